"""Forms: what a person typed becomes values, or errors by field, and is never lost.

A `Form` is declared once; `fill` reads a body into a `Filled`. A field is text until its `read`
makes a value of it; `read` raises `Wrong` with a sentence of `words.WRONG`. What was typed is kept
exactly and stands in the field again, on an error and after a change of language.

A change of language is the same form sent with `_language`: its values are kept, nothing is judged,
and `ready` is false, so that no handler acts on it.

What it does not do: decide whether a value is right for casework; what casework refuses is put to
its field by `blame`. Keep files over a change of language: a browser cannot fill them in again.

Example:
    >>> FORM = Form(
    ...     Field("name", N_("Name"), required=True), Field("days", N_("Days"), read=whole_number)
    ... )
    >>> filled = FORM.fill({"name": "", "days": "x"})
    >>> sorted(filled.errors)
    ['days', 'name']
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import msgspec

from tracer.errors import InputError
from tracer.model.unseen import REFUSED
from tracer.web.ui import faults, words
from tracer.web.ui.texts import SOURCE

TOKEN: Final = "_token"  # noqa: S105 - the name of a field
LANGUAGE: Final = "_language"
"""Fields of every form: the proof that it is ours, and a language to go on in."""
_LONGEST: Final = 1000
_REASON: Final = 2000
_FIGURES: Final = 18
"""Most figures of a number; more fit no column of ours."""
_MARK: Final = 24
_COUNTED: Final = re.compile(f"[0-9]{{1,{_FIGURES}}}")

Read = Callable[[str], Any]
ReadIn = Callable[[str, str], Any]
"""Makes a value of a text in a language."""
Values = Mapping[str, str | Sequence[str]]
"""What stands in a form at first, by field; several texts where a field may have several."""


class Wrong(Exception):  # noqa: N818 - a sentence to the reader
    """What is wrong with one value; `code` is a key of `words.WRONG`."""

    def __init__(self, code: str, **places: Any) -> None:
        super().__init__(code)
        self.code = code
        self.places = places


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is shown: a sentence of the source with its places."""

    text: str
    places: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, its words, what it must be, and how its text becomes a value.

    Attributes:
        name: In the body and in templates; `id` of the input.
        label: What it is called; marked for the catalogues where it is declared.
        hint: What helps to fill it in; marked, too.
        required: An empty text is an error; of `many`, none at all.
        needed: It is taken empty, but what it is for will not be done without it.
        known: It asks for a fact that the reader may not know, not for what they want to say.
        when: Words for the case in which it is needed, where it is not always.
        longest: Most characters.
        lines: Line breaks are allowed.
        many: May stand more than once; its value is a tuple.
        secret: Never given back to the page: passwords and codes.
        choices: The texts it may have; empty: any.
        read: Makes a value of a text that is not empty.
        day: Makes a day of it, as the reader's language writes one (`days`); in place of `read`.
    """

    name: str
    label: str
    hint: str = ""
    required: bool = False
    needed: bool = False
    known: bool = False
    when: str = ""
    longest: int = _LONGEST
    lines: bool = False
    many: bool = False
    secret: bool = False
    choices: tuple[str, ...] = ()
    read: Read = str
    day: ReadIn | None = None

    def value(self, text: str, language: str = SOURCE) -> Any:
        """The value of a text in a language.

        Raises:
            Wrong: what is wrong with it.
        """
        if not text:
            if self.required:
                raise Wrong("missing")
            return None
        if len(text) > self.longest:
            raise Wrong("too-long", n=self.longest)
        if REFUSED.search(text) or (not self.lines and "\n" in text):
            raise Wrong("hidden-characters")
        if self.choices and text not in self.choices:
            raise Wrong("no-such-choice")
        return self.day(text, language) if self.day else self.read(text)

    def values(self, texts: Sequence[str], language: str = SOURCE) -> Any:
        """The value of all that was typed: a tuple where it may stand more than once.

        Raises:
            Wrong: what is wrong with it.
        """
        if not self.many:
            return self.value(texts[0] if texts else "", language)
        found = tuple(self.value(text) for text in texts if text)
        if self.required and not found:
            raise Wrong("missing")
        return found


def reason(label: str, hint: str, *, name: str = "reason", required: bool = True) -> Field:
    """The field of why something is done, in words for the record."""
    return Field(name, label, hint, required=required, longest=_REASON, lines=True)


class Form:
    """Fields in their order."""

    def __init__(self, *fields: Field) -> None:
        self.fields = fields

    def blank(self, values: Values | None = None, language: str = SOURCE) -> Filled:
        """The form as it is first shown."""
        typed = {
            name: (given,) if isinstance(given, str) else tuple(given)
            for name, given in (values or {}).items()
        }
        return Filled(self, typed, sent=False, language=language)

    def fill(self, body: Mapping[str, Any], language: str = SOURCE) -> Filled:
        """The form as it was sent; `body` gives one text, or several by `getall`."""
        typed = {one.name: _texts(body, one.name) for one in self.fields}
        switching = bool(body.get(LANGUAGE))
        filled = Filled(self, typed, sent=not switching, language=language)
        if filled.sent:
            filled.check()
        return filled


class Filled:
    """A form with what was typed, its values, and what is wrong."""

    def __init__(
        self,
        form: Form,
        typed: Mapping[str, tuple[str, ...]],
        *,
        sent: bool,
        language: str = SOURCE,
    ) -> None:
        self._fields = {one.name: one for one in form.fields}
        self._typed = dict(typed)
        self._values: dict[str, Any] = {}
        self.sent = sent
        self.language = language
        self.errors: dict[str, Problem] = {}
        """By field; the empty name is about the form as a whole."""

    def check(self) -> None:
        """Make values of what was typed; note what is wrong."""
        for name, one in self._fields.items():
            try:
                texts = [_tidy(text, one) for text in self._typed.get(name, ())]
                self._values[name] = one.values(texts, self.language)
            except Wrong as wrong:
                self.errors[name] = Problem(words.WRONG[wrong.code], wrong.places)

    @property
    def ready(self) -> bool:
        """It was sent to be acted on, and every field is well-formed."""
        return self.sent and not self.errors

    def __getitem__(self, name: str) -> Any:
        """The value of a field; None where it is empty."""
        return self._values[name]

    def __contains__(self, name: str) -> bool:
        """Whether the form has a field."""
        return name in self._fields

    def text(self, name: str) -> str:
        """What stands in the field; nothing for a secret."""
        if self._fields[name].secret:
            return ""
        return next(iter(self._typed.get(name, ())), "")

    def mark(self) -> str:
        """A mark of all that stands in the form: the same if and only if nobody typed."""
        said = [
            (name, sorted(filter(None, (_tidy(text, one) for text in self._typed.get(name, ())))))
            for name, one in sorted(self._fields.items())
        ]
        return sha256(repr(said).encode()).hexdigest()[:_MARK]

    def label(self, name: str) -> str:
        """What a field is called."""
        return self._fields[name].label

    def hint(self, name: str) -> str:
        """What helps to fill it in; often nothing."""
        return self._fields[name].hint

    def required(self, name: str) -> bool:
        """Whether it must be filled in."""
        return self._fields[name].required

    def needed(self, name: str) -> bool:
        """Whether it must be filled in now, or for what the form is about."""
        return self._fields[name].required or self._fields[name].needed

    def known(self, name: str) -> bool:
        """Whether it asks for a fact that may not be known."""
        return self._fields[name].known

    def when(self, name: str) -> str:
        """Words for the case in which it is needed; empty: they are the usual ones."""
        return self._fields[name].when

    def days(self) -> list[str]:
        """The names of the fields that take a day."""
        return [name for name, one in self._fields.items() if one.day]

    def understood(self, name: str) -> str:
        """The day that the text of a field was understood as; empty if it is none, or no day."""
        one = self._fields[name]
        try:
            found = one.value(_tidy(self.text(name), one), self.language) if one.day else None
        except Wrong:
            return ""
        return found or ""

    def chosen(self, name: str, value: str) -> bool:
        """Whether a value is chosen in a field that may have several."""
        return value in self._typed.get(name, ())

    def put(self, name: str, *texts: str) -> None:
        """Choose texts for the reader, as if they had typed them."""
        one = self._fields[name]
        self._typed[name] = texts
        values = tuple(one.value(text) for text in texts if text)
        self._values[name] = values if one.many else one.value(texts[0] if texts else "")
        self.errors.pop(name, None)

    def came(self, name: str) -> None:
        """A required field was given as a file, which is no text."""
        self.errors.pop(name, None)

    def wrong(self, name: str, code: str, **places: Any) -> None:
        """Note an error of a field by a key of `words.WRONG`."""
        self.errors[name] = Problem(words.WRONG[code], places)

    def blame(self, error: InputError) -> None:
        """Put what casework refused to the field it names, or to the form as a whole."""
        name = error.field.split("/")[0].replace("-", "_")
        self.blame_at(name if name in self._fields else "", error)

    def blame_at(self, name: str, error: InputError) -> None:
        """Put it to this field, whatever casework calls it."""
        self.errors[name] = Problem(faults.refused(error), {"code": error.code})


def counted(text: str) -> int | None:
    """A number that a page of ours put into an address or a form; None for anything else.

    Eighteen figures fit the database, and nobody has to make a number of four thousand.
    """
    return int(text) if _COUNTED.fullmatch(text) else None


def figures(text: str) -> str:
    """The text with the figures of every script as those of ours."""
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def whole_number(text: str) -> int:
    """A number without sign and fraction, of at most eighteen figures, in those of any script.

    Raises:
        Wrong: `not-a-number`.
    """
    number = counted(figures(text))
    if number is None:
        raise Wrong("not-a-number")
    return number


def fits(kind: Any, value: Any) -> bool:
    """Whether a type of the model takes a value; the model alone says what that is."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def of_model(kind: Any, code: str, make: Callable[[str], Any] = str) -> Read:
    """Reads what a type of the model takes (`fits`).

    Args:
        kind: The type.
        code: The key of `words.WRONG` for anything else.
        make: Makes of the text what the type is about; raises `Wrong` where it is none.
    """

    def read(text: str) -> Any:
        try:
            value = make(text)
        except Wrong as error:
            raise Wrong(code) from error
        if not fits(kind, value):
            raise Wrong(code)
        return value

    return read


def _texts(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    every = body.getall(name, []) if hasattr(body, "getall") else [body.get(name)]
    return tuple(text for text in every if isinstance(text, str))


def _tidy(text: str, one: Field) -> str:
    """As it is judged: secrets as they are, anything else without blanks around it."""
    return text if one.secret else text.replace("\r\n", "\n").strip()
