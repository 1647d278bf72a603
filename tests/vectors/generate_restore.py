"""Write `schemas/vectors/restore/announcement.json`: `python -m tests.vectors.generate_restore`.

Nothing here uses the room it tests: entries and notes are put together by hand, trees and proofs
are those of the plain RFC 9162 functions of the tests, keys come from seeds.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.evidence import mldsa44, rfc9162
from tests.vectors.entry_parts import b64url, canonical, entry, file, follower, log, seed
from tests.vectors.evidence_parts import SECONDS, Signer, record, text_of

PATH = Path(__file__).parents[2] / "schemas" / "vectors" / "restore" / "announcement.json"
OLD, NEW = "XA-NPOC/log/1", "XA-NPOC/log/2"
SIZE, LOST = 5, 3

Case = dict[str, Any]


class Log(Signer):
    """The keys that the entries of these vectors list for a log."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.seeds = [seed(origin), seed(origin + " ML-DSA-44")]
        self.ed = Ed25519PrivateKey.from_private_bytes(self.seeds[0])
        self.ml = mldsa44.generate(self.seeds[1])
        self.ed_public = self.ed.public_key().public_bytes_raw()

    def note(self, leaves: list[bytes]) -> str:
        """A checkpoint of these leaves."""
        root = rfc9162.tree_hash(leaves)
        text = text_of(len(leaves), root, self.origin)
        return f"{text}\n{self.classic(text)}{self.quantum(len(leaves), root, SECONDS)}"


def leaf_of(text: str) -> bytes:
    """The hash of a record."""
    return rfc9162.leaf(sha256(text.encode()).digest())


def texts() -> list[str]:
    """The records of the old log, all that were ever in it."""
    return [
        record(
            id=b64url(sha256(bytes((n,))).digest()),
            salt=b64url(sha256(b"salt" + bytes((n,))).digest()),
        )
        for n in range(SIZE + LOST)
    ]


def wire(path: list[bytes]) -> list[str]:
    """The hashes of a path as they travel."""
    return [b64url(one) for one in path]


def first_record(succession: Case, **changes: str) -> str:
    """The record that begins the new log."""
    named = {"kind": "succession", "id": b64url(sha256(canonical(succession)).digest())}
    return record(**{**named, "to": "XA-NPOC", **changes})


def told(*, highest: str | None = None, size: int = SIZE, root: bytes | None = None) -> Case:
    """An announcement that holds."""
    old = [leaf_of(one) for one in texts()]
    succession = {
        "cause": "restore",
        "highest": Log(OLD).note(old) if highest is None else highest,
        "origin": OLD,
        "root": b64url(rfc9162.tree_hash(old[:size]) if root is None else root),
        "size": size,
    }
    first = first_record(succession)
    leaves = [leaf_of(first), *old[:size]]
    return {
        "checkpoint": Log(NEW).note(leaves),
        "consistency": None,
        "entry": json.loads(file(follower(log=log("XA-NPOC", 2), succession=succession))),
        "profile": "tracer-1",
        "proof": {
            "index": 0,
            "path": wire(rfc9162.path(0, leaves)),
            "record": b64url(first.encode()),
            "size": len(leaves),
        },
        "reentered": None,
    }


def proved(before: int) -> Case:
    """The proof in the old log from a head to the one gone on from."""
    old = [leaf_of(one) for one in texts()[:SIZE]]
    return {"new": SIZE, "old": before, "path": wire(rfc9162.proof(before, old))}


def held(size: int | None, most: int = SIZE + LOST) -> Case:
    """What the peer has seen of the old log."""
    old = [leaf_of(one) for one in texts()]
    upto = None if size is None else [size, b64url(rfc9162.tree_hash(old[:size]))]
    return {"most": most, "upto": upto}


def case(name: str, expected: str, announcement: Case, seen: Case, lost: int | None = None) -> Case:
    """One case."""
    found = {"name": name, "expected": expected, "announcement": announcement, "held": seen}
    return found if lost is None else found | {"lost": lost}


def changed(change: Callable[[Case], object], base: Case | None = None) -> Case:
    """A good announcement with one change."""
    made = copy.deepcopy(told() if base is None else base)
    change(made)
    return made


def second_place() -> Case:
    """A succession record that is not the first of its log."""
    made = told()
    old = [leaf_of(one) for one in texts()]
    first = json.loads(json.dumps(made["proof"]))
    raw = leaf_of(_text(first["record"]))
    leaves = [old[0], raw, *old[1:SIZE]]
    made["checkpoint"] = Log(NEW).note(leaves)
    made["proof"] = first | {"index": 1, "path": wire(rfc9162.path(1, leaves)), "size": len(leaves)}
    return made


def other_record(**changes: str) -> Case:
    """A first record that is another one."""
    made = told()
    succession = {"cause": "restore"}
    text = first_record(succession, **changes)
    leaves = [leaf_of(text), *[leaf_of(one) for one in texts()[:SIZE]]]
    made["checkpoint"] = Log(NEW).note(leaves)
    made["proof"] = {
        "index": 0,
        "path": wire(rfc9162.path(0, leaves)),
        "record": b64url(text.encode()),
        "size": len(leaves),
    }
    return made


def _text(encoded: str) -> str:
    import base64  # noqa: PLC0415 - once

    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()


def accepted() -> list[Case]:
    """What a peer goes on with."""
    with_proof = told() | {"consistency": proved(3)}
    nothing = told(size=0, root=sha256(b"").digest())
    return [
        case("the-same-head-is-held", "accept", told(), held(SIZE), lost=LOST),
        case("nothing-is-held", "accept", told(), held(None, most=0), lost=LOST),
        case("a-head-that-leads-on", "accept", with_proof, held(3), lost=LOST),
        case("from-keys-alone", "accept", nothing, held(3), lost=SIZE + LOST),
        case("nobody-showed-more", "accept", told(highest=""), held(SIZE, most=SIZE), lost=0),
        case("highest-proves-nothing", "accept", told(highest="x"), held(SIZE), lost=LOST),
        case("all-is-back", "accept", told() | {"reentered": 3}, held(SIZE), lost=LOST),
    ]


def refused() -> list[Case]:
    """What it does not."""
    other = [sha256(bytes((n,))).digest() for n in range(SIZE)]
    lying = told(root=rfc9162.tree_hash(other))
    return [
        case("proof-not-given", "log-proof-needed", told(), held(3)),
        case(
            "proof-of-other-sizes", "log-proof-needed", told() | {"consistency": proved(2)}, held(3)
        ),
        case(
            "proof-false", "log-fork", told() | {"consistency": proved(3) | {"path": []}}, held(3)
        ),
        case("another-root-at-the-size", "log-fork", lying, held(SIZE)),
        case("empty-with-a-root", "log-fork", told(size=0, root=bytes(32)), held(None)),
        case("not-the-first-record", "proof-invalid", second_place(), held(SIZE)),
        case("of-another-succession", "proof-invalid", other_record(), held(SIZE)),
        case("a-record-of-another-kind", "proof-invalid", other_record(kind="journal"), held(SIZE)),
        case(
            "proof-without-members", "proof-form", changed(lambda m: m.update(proof={})), held(SIZE)
        ),
        case(
            "checkpoint-of-the-old-log",
            "log-origin",
            changed(lambda m: m.update(checkpoint=Log(OLD).note([bytes(32)]))),
            held(SIZE),
        ),
        case(
            "checkpoint-not-signed",
            "checkpoint-signature",
            changed(lambda m: m.update(checkpoint=_unsigned(m["checkpoint"]))),
            held(SIZE),
        ),
        case(
            "entry-without-succession",
            "entry-form",
            changed(lambda m: m.update(entry=json.loads(file(follower())))),
            held(SIZE),
        ),
        case("member-unknown", "batch-form", changed(lambda m: m.update(more=1)), held(SIZE)),
        case("member-missing", "batch-form", changed(lambda m: m.pop("reentered")), held(SIZE)),
        case(
            "count-below-nothing",
            "batch-form",
            changed(lambda m: m.update(reentered=-1)),
            held(SIZE),
        ),
        case(
            "count-as-float", "batch-form", changed(lambda m: m.update(reentered=1.0)), held(SIZE)
        ),
        case(
            "another-profile",
            "batch-form",
            changed(lambda m: m.update(profile="tracer-2")),
            held(SIZE),
        ),
    ]


def _unsigned(note: str) -> str:
    """One signature is of another text."""
    return note.replace(note.split("\n")[4], Log(NEW).classic("another\n").rstrip("\n"))


def announcements() -> Case:
    """The file."""
    return {
        "about": "`announcement` as told by XA-NPOC to a peer that holds `previous`, and of the "
        "old log what `held` says: `upto`, the largest head not above the size gone on from, or "
        "null, and `most`, the size of the largest. `expected` is accept, or the code of the first "
        "check of rule Z-9 that fails; `lost` the records that are lost.",
        "source": "rules Z-7 to Z-10",
        "previous": file(entry()),
        "cases": [*accepted(), *refused()],
    }


def rendered() -> str:
    """The text of the file."""
    return json.dumps(announcements(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the file."""
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(rendered(), encoding="utf-8")


if __name__ == "__main__":
    main()
