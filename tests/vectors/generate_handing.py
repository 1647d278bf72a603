"""Write `schemas/vectors/entry/handing.json`: `python -m tests.vectors.generate_handing`.

What XA-NPOC posts to a peer that holds some of its entries ([G-1] to [G-6]). Nothing here uses the
room it tests: entries are put together by hand (`generate_entry`), and so are the bodies.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.vectors.entry_parts import (
    DAY,
    NOW,
    certificate,
    digest,
    entry,
    file,
    follower,
    log,
    seal_row,
    sign_row,
    stamp,
)
from tests.vectors.generate_entry import FOLDER

PATH: Path = FOLDER / "handing.json"
A, B = "XA-NPOC", "XB-NPOC"
CHAIN, MOVED = "entry-chain", "entry-moved"
LOOKED_AT = NOW + 30 * DAY
"""When the bodies are judged."""

Case = dict[str, Any]


def token_of(text: str) -> str:
    """The signed entry in a file."""
    found: str = json.loads(text)["entry"]
    return found


def after(text: str, number: int, **changes: Any) -> Case:
    """The payload that follows the entry in a file."""
    issued = stamp(NOW + (number - 1) * DAY)
    base = entry() | {"seq": number, "prev": digest(token_of(text)), "issued": issued}
    return base | changes


def keys() -> tuple[Case, Case, Case]:
    """The first signing key, the second, the sealing key."""
    return sign_row(A), sign_row("second"), seal_row(A)


FIRST = file(entry())
OWN, NEW, SEAL = keys()
SECOND = file(follower(keys=[OWN, NEW, SEAL]))
REVOKED = stamp(NOW + DAY)
THIRD = file(after(SECOND, 3, keys=[OWN | {"revoked_from": REVOKED}, NEW, SEAL]), by="second")


def fourth(revoked: Case) -> str:
    """What follows the revocation, with something else said of the first key."""
    return file(after(THIRD, 4, keys=[OWN | revoked, NEW, SEAL]), by="second")


def body(*files: str, **changes: Any) -> Case:
    """What XA posts."""
    named = {"digest": digest(token_of(file(entry("XC-NPOC"), by="XC-NPOC"))), "seq": 1}
    entries = [json.loads(one) for one in files]
    return {"profile": "tracer-1", "holds": named, "entries": entries} | changes


def taken(name: str, posted: Case, held: list[str], seq: int, refused: str = "") -> Case:
    """A body that is answered; the code in the answer, and which entry is held then."""
    expected = refused or "accept"
    return {"name": name, "expected": expected, "held": held, "body": posted, "seq": seq}


def refused(name: str, expected: str, posted: Case) -> Case:
    """A body that is refused as a whole."""
    return {"name": name, "expected": expected, "held": [FIRST], "body": posted}


def _answered() -> list[Case]:
    fork = file(follower(name="Another"))
    shared = file(follower(keys=[OWN, NEW, SEAL, sign_row(B)]))
    channel = file(follower(channel=[certificate(A), certificate(B)]))
    elsewhere = file(follower(endpoint="https://elsewhere.example"))
    later = file(after(FIRST, 2, issued=stamp(LOOKED_AT + DAY)))
    other = {"origin": f"{A}/log/1", "size": 0, "root": "A" * 43, "highest": "", "cause": "keys"}
    new_log = file(follower(log=log(A, 2), succession=other))
    stranger = file(follower(keys=[OWN, NEW, SEAL]), by="second")
    earlier = {"revoked_from": stamp(NOW + DAY / 2)}
    both = [FIRST, SECOND, THIRD]
    return [
        taken("none", body(), [FIRST], 1),
        taken("the-next", body(SECOND), [FIRST], 2),
        taken("two-in-order", body(SECOND, THIRD), [FIRST], 3),
        taken("what-is-on-record", body(FIRST, SECOND), [FIRST, SECOND], 2),
        taken("an-earlier-revocation", body(fourth(earlier)), both, 4),
        taken("one-left-out", body(THIRD), [FIRST], 1, CHAIN),
        taken("not-in-order", body(THIRD, SECOND), [FIRST], 1, CHAIN),
        taken("a-fork", body(fork), [FIRST, SECOND], 2, CHAIN),
        taken("a-fork-of-the-first", body(file(entry() | {"name": "Other"})), [FIRST], 1, CHAIN),
        taken("another-predecessor", body(file(follower(prev="A" * 43))), [FIRST], 1, CHAIN),
        taken("signed-by-nobody-before", body(stranger), [FIRST], 1, CHAIN),
        taken("the-good-before-the-bad", body(SECOND, fork), [FIRST], 2, CHAIN),
        taken("a-revocation-taken-back", body(fourth({})), both, 3, CHAIN),
        taken(
            "a-revocation-put-off",
            body(fourth({"revoked_from": stamp(NOW + 2 * DAY)})),
            both,
            3,
            CHAIN,
        ),
        taken("the-key-of-another-authority", body(shared), [FIRST], 1, "entry-shared"),
        taken("another-channel", body(channel), [FIRST], 1, MOVED),
        taken("another-endpoint", body(elsewhere), [FIRST], 1, MOVED),
        taken("dated-in-the-future", body(later), [FIRST], 1, "clock-ahead"),
        taken("another-log", body(new_log), [FIRST], 1, "log-origin"),
    ]


def _refused() -> list[Case]:
    theirs = file(entry(B), by=B)
    cut = json.loads(SECOND)
    cut["entry"] = cut["entry"][:-8] + "AAAAAAAA"
    without = body(SECOND)
    del without["holds"]
    return [
        refused("an-entry-of-another-authority", "party-mismatch", body(SECOND, theirs)),
        refused("one-is-not-signed", "jws-signature", body(SECOND, json.dumps(cut))),
        refused("too-many", "batch-form", body(*[SECOND] * 17)),
        refused("an-entry-as-text", "batch-form", body(entries=[SECOND])),
        refused("an-entry-without-members", "entry-form", body(entries=[{}])),
        refused("another-profile", "batch-form", body(SECOND, profile="tracer-2")),
        refused("a-member-more", "batch-form", body(SECOND, more=1)),
        refused("a-member-less", "batch-form", without),
        refused("holds-nothing", "batch-form", body(SECOND, holds=None)),
        refused("holds-no-digest", "batch-form", body(SECOND, holds={"seq": 1, "digest": "A"})),
        refused("holds-number-zero", "batch-form", body(holds={"seq": 0, "digest": "A" * 43})),
    ]


def handing() -> Case:
    """The file."""
    return {
        "about": "`body` as XA-NPOC posts it to `entry` of XC-NPOC, which has `held` of it on "
        "record, oldest first, the last one in force, and knows the authority of `other`, too; "
        "its clock says `now`. "
        "`expected` is accept, or the code; where `seq` is given "
        "the code is that of `refused` in the answer, and `seq` that of the entry in force then; "
        "where not, the whole is refused by that code.",
        "source": "rules G-1 to G-6",
        "now": stamp(LOOKED_AT),
        "other": file(entry(B), by=B),
        "cases": [*_answered(), *_refused()],
    }


def rendered() -> str:
    """The text of the file."""
    return json.dumps(handing(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the file."""
    PATH.write_text(rendered(), encoding="utf-8")


if __name__ == "__main__":
    main()
