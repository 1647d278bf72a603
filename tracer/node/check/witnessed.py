"""What others say of logs: cosignatures, links to cosigned heads, time-stamps; what we cosigned.

Each is verified again as when it came: the witness's signature over the head that is kept here, the
consistency proof between two heads that are kept here, the token over the note as it was signed.
What we have cosigned ourselves stands in the database and in a file beside it, and they must agree:
a database that knows less was put back (`exchange.witness.memory`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from tracer.canonical import unb64url
from tracer.clock import instant, stamp
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, verify_checkpoint
from tracer.evidence.cosignature import verify_cosignature
from tracer.evidence.merkle import HASH_BYTES, ProofError, verify_consistency
from tracer.evidence.timestamp import Roots, TokenError, read_token, verify_token
from tracer.node.check.findings import Faults, Keys, credible, paged
from tracer.store import Tx
from tracer.store.reading import Reading
from tracer.wording import counted

Row = Mapping[str, Any]
PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the database: the file of cosigned heads, the roots of time-stamps."""

    us: str
    keys: Keys
    witnessed: Path
    roots: Roots | None

    @property
    def names(self) -> tuple[str, ...]:
        """Our own names as a witness, as our entries gave them."""
        ours = f"{self.us}/witness/"
        return tuple(name for name in self.keys.witnesses if name.startswith(ours))


Judge = Callable[[Tx, Row, Beside], Iterator[str]]
"""What is wrong with a row."""


def check_witnessed(reading: Reading, beside: Beside, faults: Faults) -> None:
    """All of them."""
    steps: tuple[tuple[str, Judge], ...] = (
        ("cosignature", _cosignature),
        ("log_link", _link),
        ("time_stamp", _time_stamp),
        ("witness_head", _cosigned),
    )
    for table, judge in steps:
        with faults.unreadable(table):
            keys = reading.glance(lambda tx, table=table: tx.survey.key(table))  # type: ignore[misc]
            for rows in paged(reading, table, PAGE):
                look = _Look(table, keys, judge, beside, faults)
                reading.glance(lambda tx, look=look, rows=rows: look.rows(tx, rows))  # type: ignore[misc]
    with faults.unreadable("cosignature"):
        reading.glance(lambda tx: faults.add_all("cosignature", _asked(tx)))
    with faults.unreadable("witness_head"):
        reading.glance(lambda tx: faults.add_all("witness_head", _noted(tx, beside)))
    with faults.unreadable("time_stamp"):
        reading.glance(lambda tx: faults.add_all("time_stamp", _stamped(tx)))


class _Look(NamedTuple):
    """How the rows of a table are judged."""

    table: str
    keys: Sequence[str]
    judge: Judge
    beside: Beside
    faults: Faults

    def rows(self, tx: Tx, rows: Sequence[Row]) -> None:
        """Judge a page."""
        for row in rows:
            where = f"{self.table} {' '.join(str(row[name]) for name in self.keys)}"
            with self.faults.unreadable(where):
                self.faults.add_all(where, self.judge(tx, row, self.beside))


def _head(tx: Tx, origin: str, size: int) -> Checkpoint | None:
    """A head as it is kept; that it is what was signed is checked with all heads."""
    row = tx.log.signed(origin, size)
    if row is None:
        return None
    return Checkpoint(
        origin=row.origin, size=row.size, root=row.root, at=instant(row.at), note=row.note
    )


def _cosignature(tx: Tx, row: Row, beside: Beside) -> Iterator[str]:
    head = _head(tx, row["origin"], row["size"])
    if head is None:
        yield "the head that it is over is not here"
        return
    wrong = "no entry we hold names this witness"
    for public in beside.keys.witnesses.get(row["witness"], ()):
        try:
            found = verify_cosignature(row["line"], head, public)
        except PeerError as error:
            wrong = error.message
            continue
        if stamp(found.at) != row["at"]:
            yield f"its time is kept as {row['at']!r}, and was signed as {stamp(found.at)!r}"
        return
    yield wrong


def _link(tx: Tx, row: Row, _beside: Beside) -> Iterator[str]:
    old, new = _head(tx, row["origin"], row["old"]), _head(tx, row["origin"], row["new"])
    if old is None or new is None:
        yield "one of the two heads that it links is not here"
        return
    blob = row["path"]
    path = tuple(blob[at : at + HASH_BYTES] for at in range(0, len(blob), HASH_BYTES))
    try:
        verify_consistency(old.size, old.root, new.size, new.root, path)
    except ProofError as error:
        yield f"it does not lead from one head to the other: {error}"
    if not tx.witness.lines(new.origin, new.size):
        yield "no witness has signed the head that it leads to"


def _time_stamp(tx: Tx, row: Row, beside: Beside) -> Iterator[str]:
    head = tx.log.signed(row["origin"], row["size"])
    if head is None or head.note != row["note"]:
        yield "the head that it dates is not here, or another was signed"
    data = row["note"].encode()
    try:
        if beside.roots:
            at = verify_token(row["token"], data, roots=beside.roots).at
        else:
            at = read_token(row["token"], data).at
    except TokenError as error:
        yield f"the token: {error}"
        return
    if stamp(at) != row["at"]:
        yield f"its time is kept as {row['at']!r}, and the token says {stamp(at)!r}"


def _stamped(tx: Tx) -> Iterator[str]:
    """Larger heads are dated later; where anything was ever stamped, a token is here."""
    before: tuple[str, int, str] = ("", 0, "")
    some = False
    for row in tx.survey.instants_of_stamps():
        some = True
        if row[0] == before[0] and row[2] < before[2]:
            yield f"{row[0]} {row[1]} is dated before {before[1]}, which is smaller"
        before = row
    if not some and tx.meta.get("time.off") is not None:
        yield "tokens were kept once, and none is here"


def _cosigned(tx: Tx, row: Row, beside: Beside) -> Iterator[str]:
    public = beside.keys.logs.get(row["origin"])
    if public is None:
        yield "no entry we hold names its log"
        return
    try:
        head = verify_checkpoint(row["note"], origin=row["origin"], public=public)
    except PeerError as error:
        yield error.message
        return
    if (head.size, head.root) != (row["size"], row["root"]):
        yield "size or root beside the note are others than in it"
    if row["witness"] not in beside.names:
        yield f"no entry of ours names {row['witness']}"
    if not credible(row["at"], after=head.at):
        yield f"its time {row['at']} lies before that of the head, {stamp(head.at)}"
    kept = tx.log.signed(head.origin, head.size)
    if kept is not None and kept.root != head.root:
        yield "two histories of this log are signed: this one, and that of its checkpoint"


def _noted(tx: Tx, beside: Beside) -> Iterator[str]:
    """What was cosigned, by the file beside the database.

    The file may know less than the database: a node was killed before it wrote it. It never knows
    more, but where the database was put back.
    """
    rows, path = {row.origin: row for row in tx.witness.heads()}, beside.witnessed
    names = {row.witness for row in rows.values()}
    if not path.exists():
        if names & {max(beside.names, key=_serial, default="")}:
            yield f"{path.name} is missing, and heads were cosigned under our present name"
        return
    noted = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    for origin, (size, root) in sorted(noted["heads"].items()):
        row = rows.get(origin)
        if row is None or row.size < size:
            here = "none" if row is None else row.size
            yield f"{origin}: cosigned {counted(size, 'record')}, known here: {here}"
        elif row.size == size and row.root != unb64url(root):
            yield f"{origin}: another history of {counted(size, 'record')} was cosigned"
    newest = max(names, key=_serial, default="")
    if newest and _serial(newest) > _serial(noted["witness"]):
        yield f"{path.name} is of {noted['witness']}, and heads were cosigned as {newest}"


def _serial(witness: str) -> int:
    return int(witness.rpartition("/")[2])


def _asked(tx: Tx) -> Iterator[str]:
    """A witness that answered well when it was asked last has left its line."""
    for row in tx.survey.rows("witness_state"):
        if row["ok_at"] is None or (row["asked_at"] or "") > row["ok_at"]:
            continue
        lines = tx.witness.lines(row["origin"], row["known"])
        if all(line.witness != row["witness"] for line in lines):
            head = f"{row['origin']} {row['known']}"
            yield f"{row['witness']} cosigned {head}, and its line is not here"
