"""The details of an act in words: what each is called, and how its value is told.

Rules
-----
1. What a detail is called stands in `casework.particulars`, where the command line finds it, too.
   What is named by nobody there, a setting, stands as it is written: as code.
2. A value is told by what it is: yes or no, an instant, a list, a change (from X to Y), a coded
   value in its words. What proves or names something (digests, ids) stands as code.
3. What is empty is left out.

What it does not do: name the act itself (`acts` does), or decide who sees it.

Example:
    >>> told(speech, row)
    [(Markup('Roles'), Markup('from <bdi>Officer</bdi> to <bdi>Auditor</bdi>'))]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup

from tracer.casework.particulars import CHANGE, OF_CONTACT, PARTS, SETTINGS, VALUES, called, changed
from tracer.model.naming import label_of
from tracer.store import AuditRow
from tracer.web.ui import sayings, words
from tracer.web.ui.acts import ACTS
from tracer.web.ui.details import CONTEXT, names
from tracer.web.ui.filters import Speech, visible
from tracer.web.ui.texts import N_

PLAIN: Final = frozenset(
    {
        "agency", "asked", "asked_by", "behind", "beside", "by", "hands", "name", "override",
        "person", "reason", "remark", "subject", "team",
    }
)  # fmt: skip
"""Details that hold names or what somebody wrote."""
CODED: Final[Mapping[str, Mapping[str, str]]] = {
    **VALUES,
    "act": ACTS,
    "answer": words.TYPES,
    "kind": {**sayings.FAULTS, **VALUES["kind"]},
    "news": sayings.NEWS,
    "roles": words.ROLES,
    "state": {**VALUES["state"], **{code: one.badge for code, one in words.STATES.items()}},
    "type": words.TYPES,
    "way": words.WAYS,
}
"""Details that are coded, with the words of each value."""
_GROUPS: Final = frozenset({*names(), "attachment_keys"})
_PEERS: Final = frozenset({"peer", "answers"})
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+Z)?")


def told(speech: Speech, row: AuditRow) -> list[tuple[Markup, Markup]]:
    """The details of an act: what each is called, and its value; empty ones are left out."""
    return list(_told(speech, row.act, row.detail))


def _told(speech: Speech, act: str, detail: Mapping[str, Any]) -> Iterator[tuple[Markup, Markup]]:
    if detail.keys() >= CHANGE:
        yield from _change(speech, act, detail["from"], detail["to"])
        detail = {name: value for name, value in detail.items() if name not in CHANGE}
    for name, value in detail.items():
        label = _called(speech, act, name)
        if isinstance(value, Mapping):
            if said := _from_to(speech, act, name, value.get("from"), value.get("to")):
                yield label, said
        elif not _empty(value):
            yield label, _value(speech, act, name, value)


def _change(speech: Speech, act: str, old: Any, new: Any) -> Iterator[tuple[Markup, Markup]]:
    """What an act changed as a whole: one thing, or several that have names of their own."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        if said := _from_to(speech, act, changed(act), old, new):
            yield _called(speech, act, "from"), said
        return
    for name in {**old, **new}:
        said = _from_to(speech, act, name, old.get(name), new.get(name))
        if said and old.get(name) != new.get(name):
            own = OF_CONTACT.get(name)
            yield speech.say(own) if own else _code(name), said


def _from_to(speech: Speech, act: str, name: str, old: Any, new: Any) -> Markup:
    if _empty(old) and _empty(new):
        return Markup()
    if _empty(old):
        return speech.say(N_("now %(after)s"), after=_value(speech, act, name, new))
    if _empty(new):
        return speech.say(N_("no longer %(before)s"), before=_value(speech, act, name, old))
    return speech.say(
        N_("from %(before)s to %(after)s"),
        before=_value(speech, act, name, old),
        after=_value(speech, act, name, new),
    )


def _empty(value: Any) -> bool:
    return value is None or (not isinstance(value, bool | int | float) and not value)


def _called(speech: Speech, act: str, name: str) -> Markup:
    said = called(act, name)
    return speech.say(said) if said else _code(name)


def _value(speech: Speech, act: str, name: str, value: Any) -> Markup:
    if isinstance(value, bool):
        return speech.say_in(CONTEXT, "Yes") if value else speech.say(N_("No"))
    if isinstance(value, list | tuple):
        return speech.listed(_value(speech, act, name, one) for one in value)
    if isinstance(value, int | float):
        return Markup(speech.size(int(value)) if name == "original_size" else speech.number(value))  # noqa: S704 - figures
    text = str(value)
    return _code(text) if act == SETTINGS else _text(speech, act, name, text)


def _text(speech: Speech, act: str, name: str, text: str) -> Markup:
    if said := CODED.get(name, {}).get(text):
        return speech.say(said)
    if name in PARTS and text in _GROUPS:
        return speech.say_in(CONTEXT, label_of(text))
    named = _named(speech, act, name, text)
    if named is not None:
        return Markup("<bdi>{}</bdi>").format(
            named if isinstance(named, Markup) else visible(named)
        )
    return _dated(speech, text) if _TIME.fullmatch(text) else _code(text)


def _dated(speech: Speech, text: str) -> Markup:
    """An instant or a day in words; what only looks like one, as somebody may write it, as code."""
    try:
        return speech.moment(text) if "T" in text else speech.day(text)
    except ValueError:
        return _code(text)


def _named(speech: Speech, act: str, name: str, text: str) -> str | None:
    """What is a name or somebody's words; None: it is neither."""
    if name == "urgency":
        return speech.coded(text, "urgency-level")
    if name == "language":
        return speech.language_name(text)
    if name in _PEERS or (act, name) == ("release", "to"):
        return speech.party(text)
    return text if name in PLAIN else None


def _code(text: str) -> Markup:
    return Markup('<code class="long" dir="ltr">{}</code>').format(visible(text))
