"""One form in work: what stands in it, what is wrong with it, and what the template draws of it.

Errors of a document, of casework and of the linter name a place of the document; `place` finds the
input that it is about: the one of that name, the nearest group around it, or the form as a whole.

What it does not do: save anything; its handler calls casework.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tracer.errors import InputError
from tracer.model.finding import Finding
from tracer.web.ui import faults, findings
from tracer.web.ui.forms import LANGUAGE, Problem, Wrong, counted
from tracer.web.ui.message_forms import controls, reading
from tracer.web.ui.message_forms.controls import Around
from tracer.web.ui.message_forms.parts import Entry, Group, Part, Rows, Shape, Words
from tracer.web.ui.message_forms.reading import Typed, Written

ADD: Final = "_add"
REMOVE: Final = "_remove"
"""Names of the buttons of rows; their value is the rows, or the row."""
NOTES: Final = "free_text"
_LACKING: Final = {"answer-missing": "answers/1/outcomes"}
"""By finding, what is missing where the linter can name no more than the group around it."""


class MessageForm:
    """A form of one shape, about one case."""

    def __init__(
        self, shape: Shape, around: Around, typed: Typed, base: Mapping[str, Any] | None = None
    ) -> None:
        """`base`: the document that is written on, whose other values stay."""
        self.shape = shape
        self.around = around
        self.typed = typed
        self.errors: dict[str, Problem] = {}
        """By input; the empty name is about the form as a whole."""
        self.found: dict[str, list[findings.Told]] = {}
        """What the linter says, by input."""
        self._base = {name: value for name, value in (base or {}).items() if name != "type"}
        self._written = Written({}, {}, {})
        self._names: tuple[str, ...] = ()
        self._name_parts()

    # -- what was done ---------------------------------------------------------------------------

    def act(self, body: Any) -> bool:
        """Do what a button of the form itself asks (rows, language); False: it asks for more."""
        added, removed = str(body.get(ADD, "")), str(body.get(REMOVE, ""))
        if added:
            part = self._rows_at(added)
            if part is not None:
                self.typed.add(added, part.most)
        elif removed:
            path, _, number = removed.rpartition("/")
            self.typed.remove(path, counted(number) or 0)
        self._name_parts()
        return bool(added or removed or body.get(LANGUAGE))

    def document(self) -> dict[str, Any] | None:
        """The document that it says; None if something is wrong, which `errors` has."""
        self._written = self._write()
        self.errors |= self._written.errors
        return None if self.errors else self._written.document

    def _write(self) -> Written:
        code = self.around.speech.code
        return reading.to_document(self.shape.parts, self.typed, self._base, code)

    def blame(self, error: InputError) -> None:
        """Put what the document or casework refused to its input."""
        self.errors[self.place(error.field)] = Problem(faults.refused(error), {"code": error.code})

    def judge(self, found: Iterable[Finding]) -> None:
        """Put what the linter says to the inputs it is about."""
        if not self._written.document:
            self._written = self._write()
        for one in found:
            place = self.place(_LACKING.get(one.code, one.path))
            self.found.setdefault(place, []).append(findings.told(one))

    def place(self, path: str) -> str:
        """The input that a place of the document is about."""
        if path.split("/", maxsplit=1)[0] == NOTES and path not in self._written.places:
            return next(iter(self._needed_words()), "")
        steps = path.split("/")
        for end in range(len(steps), 0, -1):
            head, rest = "/".join(steps[:end]), steps[end:]
            start = self._written.places.get(head, head if head in self._names else "")
            if start:
                return self._inside(start, rest)
        return ""

    def _inside(self, start: str, rest: Sequence[str]) -> str:
        """As far into a row as there are inputs of the name."""
        for end in range(len(rest), 0, -1):
            name = "/".join([start, *rest[:end]])
            found = name if name in self._names else self._first_in(name)
            if found:
                return found
        return start if start in self._names else self._first_in(start)

    def _first_in(self, start: str) -> str:
        return next((name for name in self._names if name.startswith(f"{start}/")), "")

    def _needed_words(self) -> Iterable[str]:
        every = [part for part in self.shape.parts if isinstance(part, Words)]
        return [part.name for part in sorted(every, key=lambda part: not part.needed)]

    # -- what the template draws -----------------------------------------------------------------

    def texts(self, name: str) -> tuple[str, ...]:
        """What stands in an input."""
        return self.typed.texts.get(name, ())

    def text(self, name: str) -> str:
        """The same where it is one text."""
        return next(iter(self.texts(name)), "")

    def written(self, part: Entry, name: str) -> str:
        """The text of a line; a country by its name."""
        text = self.text(name)
        if part.control == "country" and len(text) == len("XX"):
            return self.around.speech.country(text.upper())
        if part.control == "countries":
            codes = (one.strip() for one in text.split(","))
            return ", ".join(
                self.around.speech.country(one) if len(one) == len("XX") else one for one in codes
            )
        return text

    def understood(self, part: Entry, name: str) -> str:
        """The day that was understood, as the reader's language tells it; empty if it is none."""
        if part.control not in controls.DAYS or not self.text(name):
            return ""
        try:
            found = controls.read(part, self.texts(name), self.around.speech.code)
        except Wrong:
            return ""
        return str(self.around.speech.day(found)) if found else ""

    def count(self, name: str) -> int:
        """How many rows there are."""
        return self.typed.rows.get(name, 0)

    def options(self, part: Entry, name: str) -> list[controls.Option]:
        """What can be chosen; what stands there and is not offered is offered, too."""
        offered = controls.options(part, self.around, self._parties())
        known = {value for value, _ in offered}
        return [*offered, *((text, text) for text in self.texts(name) if text not in known)]

    def open(self, group: Group, prefix: str) -> bool:
        """Whether a folded group shows what is in it: something is said or wrong there."""
        inside = tuple(reading.leaves(group.parts, self.typed, reading.under(prefix, group)))
        return any(
            any(self.texts(name)) or name in self.errors or name in self.found for name in inside
        )

    def lacks(self, name: str) -> bool:
        """Whether it cannot go without something that is missing in an input."""
        return any(one.tone == "stop" for one in self.found.get(name, ()))

    def label(self, name: str) -> str:
        """What an input is called, for the list of what is wrong."""
        return self._labels.get(name, self.shape.title)

    def _parties(self) -> list[str]:
        count = self.count("chain_parties")
        return [self.text(f"chain_parties/{n}/name") for n in range(1, count + 1)]

    def _rows_at(self, path: str) -> Rows | None:
        parts: Sequence[Part] = self.shape.parts
        found: Rows | None = None
        for step in path.split("/"):
            if step.isdecimal():
                continue
            part = _named(parts, step)
            if isinstance(part, Rows):
                found, parts = part, part.parts
            elif isinstance(part, Group):
                found, parts = None, part.parts
            else:
                return None
        return found

    def _name_parts(self) -> None:
        self._names = tuple(reading.leaves(self.shape.parts, self.typed))
        self._labels = {name: self._label_of(name) for name in self._names}

    def _label_of(self, name: str) -> str:
        parts: Sequence[Part] = self.shape.parts
        label = ""
        for step in name.split("/"):
            part = None if step.isdecimal() else _named(parts, step)
            if part is not None:
                label = part.label
                parts = part.parts if isinstance(part, Group | Rows) else ()
        return label


def _named(parts: Sequence[Part], name: str) -> Part | None:
    for part in parts:
        if isinstance(part, Group) and not part.name:
            found = _named(part.parts, name)
            if found is not None:
                return found
        elif part.name == name:
            return part
    return None
