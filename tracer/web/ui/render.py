"""The Jinja environments, one a language: what a template can say, and what it cannot do.

Rules
-----
1. Everything is escaped; a name that is not there is an error.
2. What is put out passes `_shown`: text has its hidden characters made visible, a number is written
   as the language does, and nothing is shown as `None`. The places of a translated sentence pass
   the same way. Only `exact`, for what a person typed and gets back in a field, leaves text as is.
3. Templates are compiled once for all languages.

What it does not do: read anything from the store, or know who reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tracer.media.printer import installed
from tracer.web.ui import acts, condition, firearms, particulars, sayings, tell, words
from tracer.web.ui.details import fields_of, spoken
from tracer.web.ui.filters import Speech, in_figures, typed, visible
from tracer.web.ui.texts import words_in

SPEECH: Final = "speech"
"""The name under which a template has its `Speech`."""


class _Compiled(BytecodeCache):
    """Compiled templates, in memory; they are the same in every language."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled, if it was."""
        if bucket.key in self._held:
            bucket.bytecode_from_string(self._held[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._held[bucket.key] = bucket.bytecode_to_string()


class Renderer:
    """Makes pages."""

    def __init__(self) -> None:
        self._compiled = _Compiled()
        self._environments: dict[str, Environment] = {}

    def page(self, template: str, speech: Speech, values: Mapping[str, Any]) -> str:
        """A template in the language of `speech`."""
        return (
            self._environment(speech.code).get_template(template).render({**values, SPEECH: speech})
        )

    def _environment(self, code: str) -> Environment:
        found = self._environments.get(code)
        if found is None:
            found = environment(code, cache=self._compiled)
            self._environments[code] = found
        return found


def environment(code: str, cache: BytecodeCache | None = None) -> Environment:
    """The environment of a language."""
    env = Environment(
        loader=PackageLoader("tracer.web.ui", "templates"),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=cache,
        finalize=_shown(code),
    )
    env.newstyle_gettext = True  # type: ignore[attr-defined]  # of the i18n extension
    env.globals.update(_gettexts(code))
    env.globals.update(words=words, sayings=sayings, acts=acts, condition=condition)
    env.globals["said_of"] = _said_of
    env.globals["pdf_here"] = installed()
    for name in _OF_SPEECH:
        env.filters[name] = _of_speech(name)
    for name, told in _TELLING.items():
        env.filters[name] = _telling(told)
    env.filters["exact"] = escape
    env.filters["typed"] = typed
    env.filters["known"] = firearms.known
    return env


_OF_SPEECH: Final = (
    "moment", "day", "from_now", "minutes", "span", "country", "authority", "party",
    "language_name", "number", "size", "label", "coded", "draft", "listed", "beside",
)  # fmt: skip
"""Filters that are methods of `Speech`."""
_TELLING: Final[Mapping[str, Callable[..., Any]]] = {
    "owes": tell.owes,
    "until": tell.until,
    "then": tell.then,
    "called": tell.called,
    "begun": tell.begun,
    "titled": tell.titled,
    "leaving": tell.leaving,
    "barred": tell.barred,
    "placed": tell.placed,
    "said": tell.said,
    "outcome": tell.outcome,
    "fields_of": fields_of,
    "spoken": spoken,
    "particulars": particulars.told,
    "firearm": firearms.in_list,
}
"""Filters that take a fact of casework."""


@pass_context
def _said_of(context: Context, table: Mapping[str, str]) -> list[tuple[str, Markup]]:
    """The values of a table of words, each with its words in the reader's language."""
    speech: Speech = context[SPEECH]
    return [(value, speech.say(text)) for value, text in table.items()]


def _telling(told: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    def spoken(context: Context, value: Any, *more: Any) -> Any:
        return told(context[SPEECH], value, *more)

    return spoken


def _of_speech(name: str) -> Callable[..., Any]:
    @pass_context
    def told(context: Context, value: Any, *more: Any) -> Any:
        return getattr(context[SPEECH], name)(value, *more)

    return told


@cache
def _shown(code: str) -> Callable[[Any], Any]:
    def shown(value: Any) -> Any:
        if isinstance(value, Markup):
            return value
        if isinstance(value, str):
            return visible(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return in_figures(code, value)
        return "" if value is None else value

    return shown


def _gettexts(code: str) -> dict[str, Callable[..., Markup]]:
    """The functions that `_` and `trans` call; the text is formatted with escaped places."""
    spoken = words_in(code)

    def filled(context: Context, text: str, places: Mapping[str, Any]) -> Markup:
        speech: Speech = context[SPEECH]
        return speech.filled(text, places)

    @pass_context
    def gettext(context: Context, text: str, **places: Any) -> Markup:
        return filled(context, spoken.gettext(text), places)

    @pass_context
    def ngettext(context: Context, one: str, many: str, num: int, **places: Any) -> Markup:
        places.setdefault("num", num)
        return filled(context, spoken.ngettext(one, many, num), places)

    @pass_context
    def pgettext(context: Context, about: str, text: str, **places: Any) -> Markup:
        return filled(context, str(spoken.pgettext(about, text)), places)

    @pass_context
    def npgettext(
        context: Context, about: str, one: str, many: str, num: int, **places: Any
    ) -> Markup:
        places.setdefault("num", num)
        return filled(context, str(spoken.npgettext(about, one, many, num)), places)

    found: dict[str, Callable[..., Markup]] = {
        "gettext": gettext,
        "ngettext": ngettext,
        "pgettext": pgettext,
        "npgettext": npgettext,
        "_": gettext,
    }
    return found
