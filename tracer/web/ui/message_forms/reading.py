"""Between what stands in a form and a document: texts by the name of their input, both ways.

What was typed is kept flat, by the name of the input, with the number of rows beside it: so a row
is added or removed by renaming, and nothing typed is lost on the way.

What it does not do: know types of message, or what a value may be (`controls` and the types do).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tracer.web.ui import words
from tracer.web.ui.forms import Problem, Wrong, counted
from tracer.web.ui.message_forms import controls
from tracer.web.ui.message_forms.parts import Entry, Group, Part, Rows, Words, names
from tracer.web.ui.texts import SOURCE

ROW: Final = "_row"
"""Name of the hidden input that says that a row is there, though nothing may stand in it."""
_NAME: Final = re.compile(r"[a-z_]+(/(\d{1,3}|[a-z_]+)){0,8}")
_LONGEST: Final = 20_000

Texts = dict[str, tuple[str, ...]]


@dataclass(slots=True)
class Typed:
    """What stands in a form: texts by input, and how many rows each part has."""

    texts: Texts = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, path: str, most: int) -> None:
        """Add an empty row."""
        self.rows[path] = min(self.rows.get(path, 0) + 1, most)

    def remove(self, path: str, number: int) -> None:
        """Take a row away; those behind it move up."""
        if not 1 <= number <= self.rows.get(path, 0):
            return
        self.texts = {
            moved: value
            for name, value in self.texts.items()
            if (moved := _moved(name, path, number)) is not None
        }
        self.rows = {
            moved: value
            for name, value in self.rows.items()
            if (moved := _moved(name, path, number)) is not None
        }
        self.rows[path] -= 1


def _moved(name: str, path: str, number: int) -> str | None:
    """A name after a row of `path` is gone; None if it went with it."""
    step, _, rest = name.removeprefix(f"{path}/").partition("/")
    if not name.startswith(f"{path}/") or not step.isdecimal() or int(step) < number:
        return name
    if int(step) == number:
        return None
    return "/".join(filter(None, [path, str(int(step) - 1), rest]))


def from_body(body: Any) -> Typed:
    """What was sent."""
    typed = Typed()
    for name in set(body):
        if _NAME.fullmatch(name):
            given = [one for one in body.getall(name) if isinstance(one, str)]
            typed.texts[name] = tuple(one[: _LONGEST + 1] for one in given)
    for name in body.getall(ROW, []):
        path, _, number = str(name).rpartition("/")
        if _NAME.fullmatch(path) and number.isdecimal() and len(number) < len("1000"):
            typed.rows[path] = max(typed.rows.get(path, 0), int(number))
    return typed


def blank(parts: Sequence[Part], lines: Sequence[int]) -> Typed:
    """A form in which nothing is said, with the rows that stand there at first."""
    typed = Typed()
    _blank(parts, "", lines, typed)
    return typed


def _blank(parts: Sequence[Part], prefix: str, lines: Sequence[int], typed: Typed) -> None:
    for part in parts:
        if isinstance(part, Group):
            _blank(part.parts, under(prefix, part), lines, typed)
        elif isinstance(part, Rows):
            path = prefix + part.name
            count = len(lines) if part.first == "lines" else part.first
            typed.rows[path] = count
            for n in range(1, count + 1):
                if part.first == "lines":
                    typed.texts[f"{path}/{n}/line"] = (str(lines[n - 1]),)
                _blank(part.parts, f"{path}/{n}/", lines, typed)


def under(prefix: str, group: Group) -> str:
    """Where the parts of a group stand."""
    return f"{prefix}{group.name}/" if group.name else prefix


# -- from a document -----------------------------------------------------------------------------


def from_document(
    parts: Sequence[Part], document: Mapping[str, Any], lines: Sequence[int] = ()
) -> Typed:
    """A form that says what a document says, with the empty rows that a blank one has.

    A row that says nothing is in no document. It stands there again for whoever goes on writing,
    and each of `lines`, the firearms asked about, has its row until something is said of it.
    """
    typed = Typed()
    _Reader(typed, document.get("free_text", ()), lines).group(parts, document, "", "")
    return typed


@dataclass(slots=True)
class _Reader:
    typed: Typed
    notes: Sequence[Mapping[str, str]]
    lines: Sequence[int]

    def group(
        self, parts: Sequence[Part], values: Mapping[str, Any], sheet: str, place: str
    ) -> None:
        for part in parts:
            if isinstance(part, Words):
                note = _note(self.notes, about(part, place))
                self.typed.texts[sheet + part.name] = (note["text"],) if note else ()
            elif isinstance(part, Entry):
                self.typed.texts[sheet + part.name] = controls.shown(part, values.get(part.name))
            elif isinstance(part, Rows):
                self.rows(part, values.get(part.name) or [], sheet, place)
            elif part.name:
                inner = values.get(part.name) or {}
                self.group(part.parts, inner, f"{sheet}{part.name}/", f"{place}{part.name}/")
            else:
                self.group(part.parts, values, sheet, place)

    def rows(self, part: Rows, values: Sequence[Mapping[str, Any]], sheet: str, place: str) -> None:
        path, count = sheet + part.name, 0
        for at, value in enumerate(values, start=1):
            number = int(value.get("n", at)) if part.numbered else at
            count = max(count, number)
            named = f"{place}{part.name}/{numbered(value, at)}/"
            self.group(part.parts, value, f"{path}/{number}/", named)
        self.typed.rows[path] = count + self._empty(part, path, count, values)

    def _empty(self, part: Rows, path: str, count: int, values: Sequence[Mapping[str, Any]]) -> int:
        """Put empty rows behind those that say something; how many."""
        if part.first == "lines":
            said = {value.get("line") for value in values}
            lines = [line for line in self.lines if line not in said]
        else:
            lines = [0] * (part.first - count)
        for number, line in enumerate(lines, start=count + 1):
            if line:
                self.typed.texts[f"{path}/{number}/line"] = (str(line),)
            _blank(part.parts, f"{path}/{number}/", self.lines, self.typed)
        return len(lines)


def about(part: Words, place: str) -> str:
    """What a note of these words is about: a place of the document; empty: the message."""
    return f"{place}{part.about}".rstrip("/")


def _note(notes: Sequence[Mapping[str, str]], where: str) -> Mapping[str, str]:
    """The note about a place, or about something in it; nothing if there is none."""
    exact = (one for one in notes if one.get("about", "") == where)
    inside = (one for one in notes if where and one.get("about", "").startswith(f"{where}/"))
    return next(exact, None) or next(inside, {})


def numbered(value: Mapping[str, Any], otherwise: int) -> int:
    """The number by which a row is named in places."""
    found = value.get("line", value.get("n", otherwise))
    return found if isinstance(found, int) else otherwise


# -- to a document -------------------------------------------------------------------------------


@dataclass(slots=True)
class Written:
    """A document, where its values stand in the form, and what is wrong with the form."""

    document: dict[str, Any]
    places: dict[str, str]
    """By place of the document: the name of the input, where the two differ."""
    errors: dict[str, Problem]


def to_document(
    parts: Sequence[Part], typed: Typed, base: Mapping[str, Any], language: str = SOURCE
) -> Written:
    """The document that a form says, as it was typed in a language.

    What `base` holds and the form does not ask stays.
    """
    before = base.get("free_text", ())
    writer = _Writer(typed, before, language)
    document = writer.group(parts, base, "", "", must=True)
    worded = _worded(parts)
    kept = [
        note
        for note in before
        if note not in writer.spoken and note.get("about", "").split("/")[0] not in worded
    ]
    notes = [*writer.notes, *kept]
    for at, name in enumerate(writer.noted, start=1):
        writer.places[f"free_text/{at}"] = name
    if notes:
        document["free_text"] = notes
    else:
        document.pop("free_text", None)
    return Written(document, writer.places, writer.errors)


def _worded(parts: Sequence[Part]) -> set[str]:
    """Rows that have words of their own: a note about one goes with its row."""
    return {
        part.name
        for part in parts
        if isinstance(part, Rows) and any(isinstance(one, Words) for one in part.parts)
    }


@dataclass(slots=True)
class _Writer:
    typed: Typed
    before: Sequence[Mapping[str, str]]
    language: str
    notes: list[Mapping[str, str]] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    spoken: list[Mapping[str, str]] = field(default_factory=list)
    """Notes of before that the form has words for."""
    places: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Problem] = field(default_factory=dict)

    def group(
        self, parts: Sequence[Part], base: Mapping[str, Any], sheet: str, place: str, *, must: bool
    ) -> dict[str, Any]:
        """The values of parts; `must`: what is needed has to be there."""
        asked = set(names(tuple(parts)))
        found = {name: value for name, value in base.items() if name not in asked}
        for part in parts:
            if isinstance(part, Words):
                self.words(part, sheet, place, must=must)
            elif isinstance(part, Entry):
                value = self.entry(part, base.get(part.name), sheet, must=must)
                found |= {} if value is None else {part.name: value}
            elif isinstance(part, Rows):
                rows = self.rows(part, base.get(part.name) or [], sheet, place)
                found |= {part.name: rows} if rows else {}
            elif part.name:
                inner = base.get(part.name) or {}
                held = self.group(
                    part.parts, inner if isinstance(inner, Mapping) else {},
                    f"{sheet}{part.name}/", f"{place}{part.name}/", must=False,
                )  # fmt: skip
                found |= {part.name: held} if held else {}
            else:
                own = {name: base[name] for name in names(part.parts) if name in base}
                found |= self.group(part.parts, own, sheet, place, must=False)
        return found

    def entry(self, part: Entry, before: Any, sheet: str, *, must: bool) -> Any:
        name = sheet + part.name
        texts = tuple(text for text in self.typed.texts.get(name, ()) if text.strip())
        if before is not None and texts == controls.shown(part, before):
            return before
        try:
            value = controls.read(part, texts, self.language)
        except Wrong as wrong:
            self.errors[name] = Problem(words.WRONG[wrong.code], wrong.places)
            return None
        if value is None and part.needed and must:
            self.errors[name] = Problem(words.WRONG["missing"])
        return value

    def words(self, part: Words, sheet: str, place: str, *, must: bool) -> None:
        name, where = sheet + part.name, about(part, place)
        before = _note(self.before, where)
        self.spoken.append(before)
        try:
            text = controls.read(part, self.typed.texts.get(name, ()))
        except Wrong as wrong:
            self.errors[name] = Problem(words.WRONG[wrong.code], wrong.places)
            return
        if text:
            new = {"text": text} | ({"about": where} if where else {})
            self.notes.append(before if before.get("text") == text else new)
            self.noted.append(name)
        elif part.needed and must:
            self.errors[name] = Problem(words.WRONG["missing"])

    def rows(
        self, part: Rows, base: Sequence[Mapping[str, Any]], sheet: str, place: str
    ) -> list[dict[str, Any]]:
        path = sheet + part.name
        found: list[dict[str, Any]] = []
        for number in range(1, min(self.typed.rows.get(path, 0), part.most) + 1):
            inside = f"{path}/{number}/"
            if not self._said(inside):
                continue
            at = number if part.numbered else len(found) + 1
            line = self._line(inside)
            named = f"{place}{part.name}/{line or at}"
            self.places[named] = inside.rstrip("/")
            before = _before(base, "n", number) if part.numbered else _before(base, "line", line)
            row = self.group(part.parts, before, inside, f"{named}/", must=True)
            row.pop("n", None)
            kept = self._kept(part, base, number, inside)
            found.append(_renumbered(kept or row, number if part.numbered else at, part, kept))
        return found

    def _kept(
        self, part: Rows, base: Sequence[Mapping[str, Any]], number: int, inside: str
    ) -> dict[str, Any] | None:
        """The row of before that this one says again, with all that a form does not ask."""
        for one in (*base[number - 1 : number], *base):
            own = {name: value for name, value in one.items() if name != "n"}
            trial = _Writer(self.typed, (), self.language).group(
                part.parts, own, inside, "", must=False
            )
            if own == trial and (not part.numbered or one.get("n") == number):
                return dict(one)
        return None

    def _line(self, inside: str) -> int | None:
        text = next(iter(self.typed.texts.get(f"{inside}line", ())), "")
        return counted(text)

    def _said(self, inside: str) -> bool:
        """Whether a row says more than which firearm it is about."""
        return any(
            any(text.strip() for text in texts)
            for name, texts in self.typed.texts.items()
            if name.startswith(inside) and name != f"{inside}line"
        )  # fmt: skip


def _before(base: Sequence[Mapping[str, Any]], key: str, number: int | None) -> Mapping[str, Any]:
    """The row of a number as it was; nothing where there is none."""
    return next((row for row in base if number is not None and row.get(key) == number), {})


def _renumbered(
    row: dict[str, Any], number: int, part: Rows, kept: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A row with its number: where others name it by that, or where it had the same before."""
    if part.numbered or (kept is not None and kept.get("n") == number):
        return row | {"n": number}
    return {name: value for name, value in row.items() if name != "n"}


def leaves(parts: Sequence[Part], typed: Typed, prefix: str = "") -> Iterator[str]:
    """The names of all inputs of a form as it stands."""
    for part in parts:
        if isinstance(part, Group):
            yield from leaves(part.parts, typed, under(prefix, part))
        elif isinstance(part, Rows):
            path = prefix + part.name
            yield path
            for number in range(1, typed.rows.get(path, 0) + 1):
                yield from leaves(part.parts, typed, f"{path}/{number}/")
        else:
            yield prefix + part.name
