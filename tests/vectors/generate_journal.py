"""Write `schemas/vectors/evidence/journal.json`: `python -m tests.vectors.generate_journal`.

Nothing here uses the room it tests: acts and heads are put together by hand, trees are the naive
recursion of RFC 9162. Running it again changes no byte; the suite checks that.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from tests.evidence import rfc9162
from tests.vectors.evidence_parts import b64, b64url
from tests.vectors.generate_evidence import FOLDER

Case = dict[str, Any]
ORIGIN, JOURNAL, US = "XA-NPOC/log/1", "XA-NPOC/journal/1", "XA-NPOC"
FILE = FOLDER / "journal.json"
PLACE, ENTRY = 4, 2


def digest(name: str) -> str:
    """A digest that is the same in every run, base64url."""
    return b64url(sha256(name.encode()).digest())


def act(n: int, **changes: Any) -> str:
    """The text of an act, in canonical JSON."""
    members = {
        "act": "read-case",
        "actor": "officer.one",
        "at": f"2026-03-01T12:0{n}:00.000Z",
        "detail": {"groups": ["narrative", "persons"]},
        "salt": digest(f"salt {n}"),
        "subject": digest("thread"),
        "v": 1,
    } | changes
    return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def record(**changes: str) -> str:
    """The text of a record of the exchange log."""
    members = {
        "kind": "journal",
        "id": "",
        "from": US,
        "to": US,
        "at": "2026-03-01T13:00:00.000Z",
        "salt": digest("salt of the record"),
    } | changes
    return '{"v":1,' + ",".join(f'"{name}":"{members[name]}"' for name in members) + "}"


def leaf(text: str) -> bytes:
    return rfc9162.leaf(sha256(text.encode()).digest())


def case(name: str, expected: str = "accept", **changes: Any) -> Case:
    """An act of seven, under a head that is record 2 of four."""
    shown = changes.pop("act", act(PLACE))
    others = [act(n) for n in range(7)]
    acts = [*others[:PLACE], changes.pop("held", shown), *others[PLACE + 1 :]]
    leaves = [leaf(one) for one in acts]
    head = {"origin": JOURNAL, "size": 7, "root": b64url(rfc9162.tree_hash(leaves))}
    entered = head | changes.pop("entered", {})
    root = b64(b64url_bytes(entered["root"]))
    text = f"{entered['origin']}\n{entered['size']}\n{root}\n"
    entry = record(**{"id": digest(text)} | changes.pop("record", {}))
    log = [leaf(f"record {n}") for n in range(4)]
    log[ENTRY] = leaf(entry)
    proof = {
        "record": b64url(entry.encode()),
        "index": ENTRY,
        "size": 4,
        "path": [b64url(node) for node in rfc9162.path(ENTRY, log)],
    }
    return {
        "name": name,
        "act": shown,
        "index": PLACE,
        "path": [b64url(node) for node in rfc9162.path(PLACE, leaves)],
        "head": head,
        "proof": proof,
        "checkpoint": {"origin": ORIGIN, "size": 4, "root": rfc9162.tree_hash(log).hex()},
        "expected": expected,
    } | changes


def b64url_bytes(text: str) -> bytes:
    import base64  # noqa: PLC0415 - the one place that reads

    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cases() -> list[Case]:
    """Two that hold, then each way not to."""
    form = {
        "act-with-a-space": act(PLACE).replace('"v":1', '"v": 1'),
        "act-with-an-unknown-member": act(PLACE, more=1),
        "act-without-salt": act(PLACE).replace(f'"salt":"{digest("salt 4")}",', ""),
        "act-with-a-short-salt": act(PLACE, salt=b64url(bytes(16))),
        "act-of-another-version": act(PLACE, v=2),
        "act-at-no-instant": act(PLACE, at="2026-03-01"),
        "act-with-detail-as-text": act(PLACE, detail="narrative"),
        "act-with-members-in-another-order": "{"
        + act(PLACE)[1:-1].replace('"act":"read-case",', "")
        + ',"act":"read-case"}',
        "act-empty": "",
    }
    good = case("read")
    return [
        good,
        case("words-that-are-not-ascii", act=act(PLACE, detail={"reason": "по запросу"})),
        *(case(name, "proof-form", act=text) for name, text in form.items()),
        case("another-actor", "proof-invalid", act=act(PLACE, actor="eve"), held=act(PLACE)),
        case("another-salt", "proof-invalid", act=act(PLACE, salt=digest("x")), held=act(PLACE)),
        case("place-of-neighbour", "proof-invalid", index=PLACE + 1),
        case("path-too-short", "proof-invalid", path=good["path"][:-1]),
        case("path-reversed", "proof-invalid", path=good["path"][::-1]),
        case("head-of-fewer-acts", "proof-invalid", head=good["head"] | {"size": 6}),
        case("head-of-another-journal", "proof-invalid", entered={"origin": f"{US}/journal/2"}),
        case("head-entered-with-another-root", "proof-invalid", entered={"root": digest("x")}),
        case("record-of-kind-succession", "proof-invalid", record={"kind": "succession"}),
        case(
            "record-of-another-authority",
            "proof-invalid",
            record={"from": "XB-NPOC", "to": "XB-NPOC"},
        ),
        case(
            "record-dated-before-the-act",
            "proof-invalid",
            record={"at": "2026-03-01T12:03:59.999Z"},
        ),
        case("proof-for-another-checkpoint", "proof-invalid", proof=good["proof"] | {"size": 5}),
        case("record-of-another-leaf", "proof-invalid", proof=good["proof"] | {"index": 1}),
    ]


def rendered() -> str:
    """The text of the file."""
    about = (
        "An act of the journal of XA-NPOC (its text, index and path), the head that covers it, the "
        "proof of that head's record in the exchange log, and the verified checkpoint it leads to."
    )
    return json.dumps({"about": about, "cases": cases()}, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(rendered(), encoding="utf-8")
