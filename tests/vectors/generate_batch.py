"""Write `schemas/vectors/batch/*.json`: the NDJSON of batches and answers, form alone.

Run `python -m tests.vectors.generate_batch`; a test fails when the files are not what this writes.
Nothing here uses the room it tests. A body is a list of pieces, each a text or a text with the
number of times it stands there, so that a body above a limit is a short case.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "batch"
ACCEPT, FORM, LARGE, REFUSE = "accept", "batch-form", "too-large", "refuse"

Case = dict[str, Any]
Piece = str | Case

ID = "A" * 43
NOTE = "XA-NPOC/log/1\n1\n...\n"
JOINED = {"old": 1, "new": 2, "path": []}
HEAD: Case = {"profile": "tracer-1", "checkpoint": NOTE, "consistency": None, "remembers": 0}
SEAL = {"jwe": "a.b.c.d.e"}
RECEIPT = {"id": ID, "receipt": {"record": "...", "index": 0, "size": 1, "path": []}}
REFUSAL = {"id": ID, "refusal": "a.b.c"}


def line(value: object) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def lines(*values: object) -> list[Piece]:
    return ["".join(map(line, values))]


def case(name: str, expected: str, body: list[Piece], **output: Any) -> Case:
    return {"name": name, "expected": expected, "body": body, **output}


def read(name: str, body: list[Piece], header: Case, count: int) -> Case:
    """A body that is taken; what the reader then has."""
    return case(name, ACCEPT, body, output={"header": header, "lines": count})


def without(name: str) -> Case:
    return {key: value for key, value in HEAD.items() if key != name}


def _forms(refused: str, first: object) -> Iterator[Case]:
    """What is no NDJSON of strict objects, and no header, whatever the lines after it are."""
    head, one = line(HEAD), line(first)
    for name, body in (
        ("empty", ""),
        ("line-feed-alone", "\n"),
        ("no-line-feed-at-the-end", head + one[:-1]),
        ("empty-line-between", f"{head}\n{one}"),
        ("empty-line-at-the-end", f"{head}{one}\n"),
        ("byte-order-mark", f"\ufeff{head}{one}"),
        ("header-no-json", f"header\n{one}"),
        ("header-a-list", f"[]\n{one}"),
        ("header-member-twice", head.replace("{", '{"profile":"tracer-1",', 1) + one),
        ("header-after-the-lines", one + head),
        ("line-no-json", f"{head}line\n"),
        ("line-a-list", f"{head}[]\n"),
        ("line-member-twice", head + one.replace("{", '{"id":"","id":"",', 1)),
        ("line-over-two-lines", head + one.replace(":", ":\n", 1)),
    ):
        yield case(name, refused, [body])
    for name, header in (
        ("profile-missing", without("profile")),
        ("profile-another", HEAD | {"profile": "tracer-2"}),
        ("checkpoint-missing", without("checkpoint")),
        ("checkpoint-an-object", HEAD | {"checkpoint": {}}),
        ("consistency-missing", without("consistency")),
        ("consistency-a-list", HEAD | {"consistency": []}),
        ("consistency-a-text", HEAD | {"consistency": ""}),
        ("remembers-negative", HEAD | {"remembers": -1}),
        ("remembers-null", HEAD | {"remembers": None}),
        ("remembers-text", HEAD | {"remembers": "0"}),
        ("remembers-true", HEAD | {"remembers": True}),
        ("remembers-beyond-2-53", HEAD | {"remembers": 2**53}),
        ("header-member-unknown", HEAD | {"witnesses": []}),
    ):
        yield case(name, refused, lines(header, first))
    yield case("remembers-a-fraction", refused, [head.replace(":0}", ":0.0}") + one])


def batches() -> Iterator[Case]:
    """Bodies of `messages`, and what `collect` answers."""
    yield read("one-message", lines(HEAD, SEAL), HEAD, 1)
    yield read("two-messages", lines(HEAD, SEAL, SEAL), HEAD, 2)
    yield read("no-message", lines(HEAD), HEAD, 0)
    yield read("remembers-left-out", lines(without("remembers"), SEAL), HEAD, 1)
    known = HEAD | {"consistency": JOINED, "remembers": 2**53 - 1}
    yield read("consistency-and-remembers", lines(known, SEAL), known, 1)
    nothing = HEAD | {"checkpoint": None}
    yield read("null-checkpoint-with-a-message", lines(nothing, SEAL), nothing, 1)
    odd = HEAD | {"consistency": {"anything": "else"}}
    yield read("consistency-of-another-form", lines(odd, SEAL), odd, 1)
    spaced = json.dumps(HEAD) + " \r\n" + json.dumps(SEAL) + "\n"
    yield read("white-space-in-a-line", [spaced], HEAD, 1)
    hundred: list[Piece] = [line(HEAD), {"text": line(SEAL), "times": 100}]
    yield read("hundred-messages", hundred, HEAD, 100)
    yield case("hundred-and-one-messages", LARGE, [line(HEAD), {"text": line(SEAL), "times": 101}])
    for name, size in (("line-of-400000-bytes", 400_000), ("line-of-400001-bytes", 400_001)):
        filled: list[Piece] = [line(HEAD), '{"jwe":"', {"text": "a", "times": size - 10}, '"}\n']
        yield read(name, filled, HEAD, 1) if size == 400_000 else case(name, LARGE, filled)
    yield from _forms(FORM, SEAL)
    for name, second in (
        ("jwe-missing", {}),
        ("jwe-null", {"jwe": None}),
        ("jwe-an-object", {"jwe": {}}),
        ("line-member-unknown", SEAL | {"id": ID}),
        ("line-of-an-answer", RECEIPT),
    ):
        yield case(name, FORM, lines(HEAD, second))


def answers() -> Iterator[Case]:
    """Answers to a batch of as many messages as `messages` says."""
    for found in _answers():
        yield {"name": found.pop("name"), "messages": found.pop("messages", 1)} | found


def _answers() -> Iterator[Case]:
    yield read("receipt", lines(HEAD, RECEIPT), HEAD, 1)
    yield read("refusal", lines(HEAD, REFUSAL), HEAD, 1)
    yield read("receipt-and-refusal", lines(HEAD, RECEIPT, REFUSAL), HEAD, 2) | {"messages": 2}
    yield read("to-an-empty-batch", lines(HEAD), HEAD, 0) | {"messages": 0}
    yield read("refusal-without-an-id", lines(HEAD, REFUSAL | {"id": ""}), HEAD, 1)
    nothing = HEAD | {"checkpoint": None}
    yield read("null-checkpoint", lines(nothing, REFUSAL), nothing, 1)
    yield case("more-lines-than-messages", REFUSE, lines(HEAD, RECEIPT, RECEIPT))
    yield from _forms(REFUSE, RECEIPT)
    for name, second in (
        ("id-missing", {"refusal": "a.b.c"}),
        ("id-null", REFUSAL | {"id": None}),
        ("neither", {"id": ID}),
        ("both", RECEIPT | REFUSAL),
        ("receipt-null", {"id": ID, "receipt": None}),
        ("receipt-and-null", RECEIPT | {"refusal": None}),
        ("refusal-and-null", REFUSAL | {"receipt": None}),
        ("receipt-a-text", {"id": ID, "receipt": "a.b.c"}),
        ("refusal-an-object", {"id": ID, "refusal": {}}),
        ("line-member-unknown", RECEIPT | {"at": "now"}),
        ("line-of-a-batch", SEAL),
    ):
        yield case(name, REFUSE, lines(HEAD, second))


ABOUT = {
    "batch": "Bodies of a batch: `body` is pieces to join, a text or `text` as many `times`."
    " `expected` is accept, or the code for the whole request.",
    "answer": "Bodies of an answer to `messages` messages, made as in batch.json. `expected` is"
    " accept or refuse: what is refused is no answer.",
}
CASES: dict[str, Callable[[], Iterator[Case]]] = {"batch": batches, "answer": answers}
FILES = tuple(CASES)


def body(made: Case) -> bytes:
    """The bytes of a case."""
    pieces = (p if isinstance(p, str) else p["text"] * p["times"] for p in made["body"])
    return "".join(pieces).encode()


def rendered(name: str) -> str:
    """The text of one vector file."""
    file = {"about": ABOUT[name], "source": "PROTOCOL.md, chapter 11", "cases": list(CASES[name]())}
    return json.dumps(file, indent=1) + "\n"


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (FOLDER / f"{name}.json").write_text(rendered(name), encoding="utf-8")


if __name__ == "__main__":
    main()
