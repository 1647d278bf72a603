"""Write `schemas/vectors/payload/*.json`: which payloads and groups a reader takes.

Run `python -m tests.vectors.generate_payload`; a test fails when the files are not what this
writes. Every case is one change of a message that is right; the outcome is stated by hand. A case
is one line of its file.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.examples import EXAMPLES
from tracer.model.wire import to_wire

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "payload"
ACCEPT, FORM, STRICT = "accept", "payload-schema", "json-strict"

Case = dict[str, Any]
Row = tuple[str, str, tuple[Any, ...], Any]
"""Name, outcome, path of a member, its new value."""

GONE = object()
"""As a value: the member is left out."""
DIGEST = "A" * 43
OTHER = "B" * 42 + "A"
BIDI, CONTROL, SEPARATOR = "a\u202eb", "a\u0007b", "a\u2028b"


def wired(name: str) -> tuple[Case, Case]:
    """The example of a type: clear members and groups."""
    return to_wire(EXAMPLES[name])


def case(name: str, expected: str, clear: Case, groups: Case) -> Case:
    return {"name": name, "expected": expected, "clear": clear, "groups": groups}


def changed(holder: Case, path: tuple[Any, ...], value: Any) -> Case:
    """A copy with one member set, or left out."""
    made = copy.deepcopy(holder)
    at: Any = made
    for step in path[:-1]:
        at = at[step]
    if value is GONE:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return made


def small() -> tuple[Case, Case]:
    """A request with one firearm, one recovery and one file: what the changes are made to."""
    clear, groups = wired("request")
    keep = {
        *("type", "v", "sender", "recipient", "issued", "nonce", "handling", "language", "test"),
        *("terms", "reference"),
    }
    made = {name: value for name, value in clear.items() if name in keep} | {
        "firearms": [{"line": 1, "make": {"as_marked": "EXAMPLE ARMS"}, "marks": [MARK]}],
        "recoveries": [{"date": "2026-02-27", "country": "XA"}],
        "attachments": clear["attachments"],
    }
    return made, {"attachment_key.1": groups["attachment_key.1"]}


def code(name: str, value: str, **more: Any) -> Case:
    return {"list": name, "version": 1, "value": value, **more}


MARK = {"kind": code("mark-kind", "SERIAL"), "text": "A12345"}


def types() -> Iterator[Case]:
    """Every type: its example, the same with a member nobody knows, and with a foreign group."""
    for name in EXAMPLES:
        clear, groups = wired(name)
        yield case(name, ACCEPT, clear, groups)
        yield case(f"{name}-member-unknown", FORM, clear | {"colour": "red"}, groups)
        foreign = "chain_parties" if name == "request" else "attachment_keys"
        yield case(f"{name}-foreign-group", FORM, clear, groups | {foreign: []})
    clear, groups = small()
    for label, value in (("greeting", "greeting"), ("list", ["request"]), ("missing", GONE)):
        yield case(f"type-{label}", "type-unknown", changed(clear, ("type",), value), groups)
    for label, value in (("two", 2), ("zero", 0), ("text", "1"), ("true", True), ("missing", GONE)):
        yield case(f"version-{label}", "version-unknown", changed(clear, ("v",), value), groups)
    both = changed(clear, ("type",), "greeting") | {"v": 2, "colour": "red"}
    yield case("type-before-version-and-schema", "type-unknown", both, groups)


def _members() -> Iterator[Row]:
    for name in ("sender", "recipient", "issued", "nonce", "handling", "language", "test", "terms"):
        yield f"{name}-missing", FORM, (name,), GONE
        yield f"{name}-null", FORM, (name,), None
    yield "sender-lower-case", FORM, ("sender",), "xa-npoc"
    yield "sender-without-a-part", FORM, ("sender",), "XA"
    yield "nonce-loose-bits", FORM, ("nonce",), "AAAAAAAAAAAAAAAAAAAAAB"
    yield "nonce-short", FORM, ("nonce",), "AAAA"
    yield "terms-loose-bits", FORM, ("terms",), "A" * 42 + "B"
    yield "test-a-number", FORM, ("test",), 1
    yield "language-not-a-tag", FORM, ("language",), "english language"
    yield "thread-of-an-opening-message", FORM, ("thread",), DIGEST
    yield "follows-of-an-opening-message", FORM, ("follows",), [DIGEST]
    yield "group-in-the-clear", FORM, ("persons",), []
    yield "reference-form", FORM, ("reference",), "XA-2026-17"
    yield "reference-of-another-state", ACCEPT, ("reference",), "FR-2026-000001"
    yield "nested-member-unknown", FORM, ("firearms", 0, "colour"), "red"
    yield "line-text", FORM, ("firearms", 0, "line"), "1"
    yield "line-zero", FORM, ("firearms", 0, "line"), 0
    yield "nested-null", FORM, ("firearms", 0, "make"), None
    yield "firearms-no-list", FORM, ("firearms",), {}
    yield "mark-too-long", FORM, ("firearms", 0, "marks", 0, "text"), "A" * 101
    yield "mark-of-100-code-points", ACCEPT, ("firearms", 0, "marks", 0, "text"), "\U0001d434" * 100
    yield "code-value-unknown", ACCEPT, ("asked",), [code("asked", "SOMETHING_OF_TOMORROW")]
    yield "code-list-unknown", ACCEPT, ("asked",), [code("list-of-tomorrow", "X")]
    yield "code-with-text", ACCEPT, ("asked",), [code("asked", "OTHER", text="anything else")]
    yield "code-version-text", FORM, ("asked",), [code("asked", "OTHER") | {"version": "1"}]
    yield "code-value-two-words", FORM, ("asked",), [code("asked", "TWO WORDS")]
    yield "code-member-unknown", FORM, ("asked",), [code("asked", "OTHER", label="other")]
    yield "empty-list-written", ACCEPT, ("asked",), []


def _dates() -> Iterator[Row]:
    for label, value in (
        ("on-no-day", "2026-02-30T12:00:00.000Z"),
        ("in-month-13", "2026-13-01T12:00:00.000Z"),
        ("at-24-hours", "2026-03-01T24:00:00.000Z"),
        ("at-60-seconds", "2026-03-01T12:00:60.000Z"),
        ("without-decimals", "2026-03-01T12:00:00Z"),
        ("with-an-offset", "2026-03-01T12:00:00.000+00:00"),
        ("29-february-2100", "2100-02-29T12:00:00.000Z"),
    ):
        yield f"issued-{label}", FORM, ("issued",), value
    yield "issued-29-february-2028", ACCEPT, ("issued",), "2028-02-29T12:00:00.000Z"
    yield "issued-29-february-2000", ACCEPT, ("issued",), "2000-02-29T12:00:00.000Z"
    yield "day-on-no-calendar", FORM, ("standing_until",), "2026-02-30"
    yield "day-with-a-time", FORM, ("standing_until",), "2026-03-01T12:00:00.000Z"
    yield "nested-day", ACCEPT, ("handling", "delete_by"), "2028-02-29"
    yield "nested-day-on-no-calendar", FORM, ("handling", "delete_by"), "2026-02-29"
    yield "nested-day-31-april", FORM, ("handling", "delete_by"), "2026-04-31"
    yield "nested-day-year-0", FORM, ("handling", "delete_by"), "0000-01-01"
    yield "date-of-a-year", ACCEPT, ("recoveries", 0, "date"), "2026"
    yield "date-of-a-month", ACCEPT, ("recoveries", 0, "date"), "2026-02"
    yield "date-of-month-13", FORM, ("recoveries", 0, "date"), "2026-13"
    yield "date-on-no-calendar", FORM, ("recoveries", 0, "date"), "2026-02-30"
    yield "date-with-a-dash-too-many", FORM, ("recoveries", 0, "date"), "2026-"


def _characters() -> Iterator[Row]:
    mark = ("firearms", 0, "make", "as_marked")
    for label, value in (
        ("bidi-override", BIDI),
        ("bell", CONTROL),
        ("line-separator", SEPARATOR),
        ("line-feed", "a\nb"),
        ("tab", "a\tb"),
        ("delete", "a\u007fb"),
        ("next-line", "a\u0085b"),
        ("isolate", "a\u2066b"),
    ):
        yield f"short-text-with-{label}", STRICT, mark, value
    yield "short-text-with-joiner", ACCEPT, mark, "\u0645\u06cc\u200c\u062e"
    yield "short-text-with-mark", ACCEPT, mark, "a\u200fb"
    yield "line-feed-after-a-pattern", STRICT, ("language",), "en\n"
    yield "characters-before-schema", STRICT, ("colour",), BIDI


def _attachments() -> Iterator[tuple[str, str, Case, Case]]:
    clear, groups = small()
    (first,), (key,) = clear["attachments"], groups.values()
    rest: Case = {}
    two = [first, first | {"n": 2}]
    yield "attachment-without-its-key", ACCEPT, clear, rest
    yield "key-without-attachment", FORM, changed(clear, ("attachments",), GONE), groups
    yield "key-of-a-second-file", FORM, clear, groups | {"attachment_key.2": key}
    yield "two-attachments", ACCEPT, clear | {"attachments": two}, groups
    yield "attachments-not-from-1", FORM, clear | {"attachments": two[1:]}, rest
    yield "attachments-not-in-order", FORM, clear | {"attachments": two[::-1]}, groups
    yield "attachment-number-twice", FORM, clear | {"attachments": [first, first]}, groups
    yield "attachment-size-negative", FORM, changed(clear, ("attachments", 0, "size"), -1), groups
    kind = changed(clear, ("attachments", 0, "media_type"), "photo")
    yield "attachment-media-type", FORM, kind, groups


def clear() -> Iterator[Case]:
    """The members of a request, one changed at a time; then those of a message that follows."""
    base, groups = small()
    yield case("plain", ACCEPT, base, groups)
    yield case("without-groups", ACCEPT, changed(base, ("attachments",), GONE), {})
    for rows in (_members(), _dates(), _characters()):
        for name, expected, path, value in rows:
            yield case(name, expected, changed(base, path, value), groups)
    for row in _attachments():
        yield case(*row)
    base, groups = wired("reminder")
    for name, expected, follows in (
        ("follows-one", ACCEPT, [DIGEST]),
        ("follows-two", ACCEPT, [DIGEST, OTHER]),
        ("follows-none", FORM, []),
        ("follows-unsorted", FORM, [OTHER, DIGEST]),
        ("follows-one-twice", FORM, [DIGEST, DIGEST]),
        ("follows-three", FORM, [DIGEST, OTHER, OTHER]),
        ("follows-no-digest", FORM, ["A" * 42 + "B"]),
    ):
        yield case(name, expected, base | {"follows": follows}, groups)
    yield case("thread-missing", FORM, changed(base, ("thread",), GONE), groups)
    consent, groups = wired("consent-given")
    yield case("until-a-month", ACCEPT, consent | {"until": "2027-02"}, groups)
    yield case("until-on-no-calendar", FORM, consent | {"until": "2027-02-29"}, groups)


def groups() -> Iterator[Case]:
    """The groups of a request."""
    clear, base = small()
    key = base["attachment_key.1"]
    role = code("person-role", "POSSESSOR")
    person = {"role": role, "family_name": "Example"}
    rows: tuple[tuple[str, str, Case], ...] = (
        ("unknown-name", FORM, {"vehicle": {}}),
        ("name-of-a-clear-member", FORM, {"sender": "XB-NPOC"}),
        ("name-in-upper-case", FORM, {"Persons": [person]}),
        ("name-with-a-line-feed", FORM, {"place\n": {}}),
        ("keys-as-one-group", FORM, {"attachment_keys": {"1": key}}),
        ("key-without-a-number", FORM, {"attachment_key.": key}),
        ("key-number-zero", FORM, {"attachment_key.0": key}),
        ("key-number-with-zero", FORM, {"attachment_key.01": key}),
        ("key-number-17", FORM, {"attachment_key.17": key}),
        ("key-loose-bits", FORM, {"attachment_key.1": key | {"key": "A" * 42 + "B"}}),
        ("key-prefix-short", FORM, {"attachment_key.1": key | {"prefix": "AAAA"}}),
        ("key-without-prefix", FORM, {"attachment_key.1": {"key": key["key"]}}),
        ("persons", ACCEPT, {"persons": [person]}),
        ("persons-empty", ACCEPT, {"persons": []}),
        ("persons-no-list", FORM, {"persons": person}),
        ("persons-null", FORM, {"persons": None}),
        ("person-without-role", FORM, {"persons": [{"family_name": "Example"}]}),
        ("person-member-unknown", FORM, {"persons": [person | {"shoe_size": 43}]}),
        ("person-born-on-a-day", ACCEPT, {"persons": [person | {"birth_date": "1980-02-29"}]}),
        ("person-born-on-no-day", FORM, {"persons": [person | {"birth_date": "1981-02-29"}]}),
        ("person-born-in-a-year", ACCEPT, {"persons": [person | {"birth_date": "1981"}]}),
        ("person-with-bidi", STRICT, {"persons": [person | {"family_name": BIDI}]}),
        ("person-with-line-feed", STRICT, {"persons": [person | {"address": "a\nb"}]}),
        ("place", ACCEPT, {"place": {"latitude": -90_000_000, "longitude": 180_000_000}}),
        ("place-beyond-the-pole", FORM, {"place": {"latitude": 90_000_001}}),
        ("place-latitude-text", FORM, {"place": {"latitude": "47.1"}}),
        ("narrative-with-lines", ACCEPT, {"narrative": {"summary": "a\n\tb \u2067c\u2069"}}),
        ("narrative-with-bell", STRICT, {"narrative": {"summary": CONTROL}}),
        ("narrative-with-return", STRICT, {"narrative": {"circumstances": "a\r\nb"}}),
        ("narrative-language-line-feed", STRICT, {"narrative": {"language": "en\n"}}),
        ("narrative-too-long", FORM, {"narrative": {"summary": "a" * 20_001}}),
        ("note-with-lines", ACCEPT, {"free_text": [{"text": "a\nb"}]}),
        ("note-about-a-place", ACCEPT, {"free_text": [{"text": "a", "about": "firearms/1"}]}),
        ("note-about-with-bidi", STRICT, {"free_text": [{"text": "a", "about": BIDI}]}),
        ("note-without-text", FORM, {"free_text": [{"about": "firearms/1"}]}),
        ("officer-with-bidi", STRICT, {"officer": {"name": BIDI}}),
        ("officer-text", FORM, {"officer": "A. Example"}),
        ("foreign-name-before-characters", FORM, {"vehicle": BIDI}),
        ("characters-before-schema", STRICT, {"officer": {"shoe_size": BIDI}}),
    )
    yield case("plain", ACCEPT, clear, base)
    for name, expected, more in rows:
        yield case(name, expected, clear, base | more)


ABOUT = (
    "Payloads without `_sd` and `_sd_alg` (`clear`) and the values of the disclosures by name"
    " (`groups`). `expected` is accept, or the refusal code."
)
CASES: dict[str, Callable[[], Iterator[Case]]] = {"type": types, "clear": clear, "groups": groups}
FILES = tuple(CASES)


def rendered(name: str) -> str:
    """The text of one vector file."""
    head = {"about": ABOUT, "source": "PROTOCOL.md, chapter 5"}
    lines = ",\n  ".join(json.dumps(one) for one in CASES[name]())
    return f'{json.dumps(head, indent=1)[:-2]},\n "cases": [\n  {lines}\n ]\n}}\n'


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (FOLDER / f"{name}.json").write_text(rendered(name), encoding="utf-8")


if __name__ == "__main__":
    main()
