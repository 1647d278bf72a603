"""Successions of logs, ours and peers', and where records of a closed log stand again.

A succession is the first record of the log that it opened: the record commits to the closed log, to
the head gone on from and to the highest head that anybody showed. Of a peer's we hold what it
announced, signed; it is judged again as when it came, and that it was believed is an act here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from tracer.canonical import b64url, unb64url
from tracer.clock import stamp
from tracer.errors import PeerError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.evidence.record import Kind, Record, parse_record
from tracer.exchange.greetings import read
from tracer.exchange.succession.form import Announcement, Held, judge, read_entry
from tracer.exchange.succession.hearing import WAITING
from tracer.node.check.findings import Faults, Keys, credible, paged
from tracer.node.check.made import same_instant
from tracer.store import Tx
from tracer.store.reading import Reading
from tracer.store.restore_rows import SuccessionRow
from tracer.store.restores import OPEN, TAKEN, WAITS
from tracer.store.survey import Act, Origin
from tracer.trust.nouns import Succession
from tracer.trust.succession import succession_digest
from tracer.wording import counted

Row = Mapping[str, Any]
PAGE: Final = 500
BELIEVED: Final = "peer-restored"
"""The act by which a peer's next log is believed."""


def check_restored(
    reading: Reading, us: str, keys: Keys, origins: Sequence[Origin], faults: Faults
) -> None:
    """All successions, and every record that was entered again."""
    named = {one.origin: one for one in origins}
    with faults.unreadable("succession"):
        for rows in paged(reading, "succession", PAGE):
            for row in rows:
                where = f"succession {row['origin']}"
                with faults.unreadable(where):
                    found = reading.glance(lambda tx, row=row: list(_of(tx, row, us, keys, named)))  # type: ignore[misc]
                    faults.add_all(where, found)
        for closed, one in pairwise(origins):
            faults.add_all(f"succession {one.origin}", _opened(reading, one))
            if closed.closed != one.opened:
                words = f"it was closed at {closed.closed}, and the next opened at {one.opened}"
                faults.add(closed.origin, words)
        reading.glance(lambda tx: faults.add_all("succession", _told(tx)))
    with faults.unreadable("reentry"):
        opened = reading.glance(lambda tx: tx.restores.of(us))
        before = {row.closed: row for row in opened}
        for rows in paged(reading, "reentry", PAGE):
            for row in rows:
                where = f"reentry {row['closed']} {row['index']}"
                with faults.unreadable(where):
                    found = reading.glance(
                        lambda tx, row=row: list(_reentry(tx, row, named, before, keys))  # type: ignore[misc]
                    )
                    faults.add_all(where, found)


def _of(tx: Tx, row: Row, us: str, keys: Keys, named: Mapping[str, Origin]) -> Iterator[str]:
    if row["authority"] == us or row["origin"] in named:
        yield from _ours(tx, row, us, named)
    else:
        yield from _theirs(tx, row, keys)


def _ours(tx: Tx, row: Row, us: str, named: Mapping[str, Origin]) -> Iterator[str]:
    statement = Succession(
        origin=row["closed"],
        size=row["size"],
        root=b64url(row["root"]),
        highest=row["highest"],
        cause=row["cause"],
    )
    if row["origin"] not in named:
        yield "the log that it opened is not here"
        return
    record = _record(tx, row["origin"], 0)
    told = (Kind.SUCCESSION, us, us, succession_digest(statement))
    if record is None or (record.kind, record.sender, record.recipient, record.id) != told:
        yield "it is not what the first record of the log commits to"
        return
    at = stamp(record.at)
    fixed: dict[str, Any] = {
        "authority": us,
        "opened": at,
        "at": at,
        "state": OPEN,
        "by": "",
        "announcement": b"",
    }
    fixed |= {"reentered": -1}
    yield from _others(row, fixed)
    if named[row["origin"]].opened != at:
        yield "its log was opened at another instant than its first record says"
    closed = named.get(row["carried_from"])
    if closed is None or closed.size != row["carried"]:
        yield "what was carried over is not the whole of the log before"
    if row["lost"] != max(_size(row["highest"]) - row["size"], 0):
        yield f"{row['lost']} lost is not what the highest head says"


def _theirs(tx: Tx, row: Row, keys: Keys) -> Iterator[str]:
    told = read(row["announcement"], Announcement)
    try:
        verified, statement = read_entry(told)
        closed = keys.logs.get(statement.origin)
        if closed is None:
            yield "no entry we hold names the log that it closes"
            return
        found = judge(told, verified, statement, closed=closed, held=Held(upto=None, most=0))
    except PeerError as error:
        yield f"its announcement: {error.message}"
        return
    fixed = {
        "authority": verified.authority,
        "origin": verified.entry.log.origin,
        "closed": statement.origin,
        "size": statement.size,
        "root": unb64url(statement.root),
        "highest": statement.highest,
        "cause": statement.cause,
        "opened": stamp(found.record.at),
        "carried_from": "",
        "carried": 0,
    }
    yield from _others(row, fixed)
    yield from _counted(tx, row, told, found.lost)
    if not credible(row["at"], after=found.record.at):
        yield f"it is dated {row['at']}, before its log was opened"
    yield from _believed(tx, row, told)


def _counted(tx: Tx, row: Row, told: Announcement, least: int) -> Iterator[str]:
    seen = tx.peers.remembered(row["authority"], row["closed"])
    most = max(least, (0 if seen is None else seen.size) - row["size"])
    if not least <= row["lost"] <= most:
        yield f"{row['lost']} lost is not what the heads say that were seen"
    if told.reentered is not None and row["reentered"] != told.reentered:
        yield f"told of: {counted(told.reentered, 'message')}, kept: {row['reentered']}"


def _believed(tx: Tx, row: Row, told: Announcement) -> Iterator[str]:
    acts = [act for act in tx.survey.about([row["authority"]], [BELIEVED]) if _named(act, row)]
    if row["state"] == WAITS:
        waits = [act for act in tx.survey.about([row["authority"]], [WAITING]) if _named(act, row)]
        if not waits:
            yield "nothing is on record of when it began to wait"
        elif not same_instant(tx, row["at"], waits[0]) and row["at"] < waits[0].at:
            yield f"it began to wait at {waits[0].at}, and is dated {row['at']}"
        if acts:
            yield "it was believed, and is said to wait"
        return
    if row["state"] != TAKEN or not acts:
        yield "nobody is on record as who believed it"
    elif acts[0].actor != row["by"]:
        yield f"it was believed by {acts[0].actor}, and {row['by']} is said to have"
    elif not same_instant(tx, row["at"], acts[0]) and acts[0].actor == "policy":
        yield f"it was believed at {acts[0].at}, and is dated {row['at']}"
    if told.reentered is None and row["reentered"] != -1 and acts:
        yield f"said to be back: {counted(row['reentered'], 'message')}, and nobody has told so"


def _named(act: Act, row: Row) -> bool:
    return not act.detail or act.detail.get("origin") == row["origin"]


def _opened(reading: Reading, origin: Origin) -> Iterator[str]:
    """Each log of ours but the first has its succession."""
    if reading.glance(lambda tx: tx.restores.get(origin.origin)) is None:
        yield "this log of ours was opened after a restore: its succession is gone"


def _told(tx: Tx) -> Iterator[str]:
    """Each peer's log that was believed, or waited for a person, has its succession."""
    for kind, words in ((BELIEVED, "was believed by"), (WAITING, "waited for a person by")):
        for act in tx.survey.of_kind(kind):
            origin = (act.detail or {}).get("origin")
            if origin is not None and tx.restores.get(origin) is None:
                yield f"{origin} {words} act {act.number}: its succession is gone"


def _reentry(
    tx: Tx, row: Row, named: Mapping[str, Origin], before: Mapping[str, Any], keys: Keys
) -> Iterator[str]:
    opened = before.get(row["closed"])
    if opened is None or row["origin"] not in named:
        yield "no log of ours went on from the one that it names"
        return
    record = _record(tx, row["origin"], row["leaf_index"])
    if record is None or record.id != row["message_id"]:
        yield f"record {row['leaf_index']} of {row['origin']} is not of its message"
        return
    if row["peer"] not in {record.sender, record.recipient}:
        yield f"{row['peer']} is no party of that record"
    if stamp(record.at) > max(opened.opened, _shown(opened, keys)):
        yield "the record is dated after the log was closed that had lost it"
    if row["index"] < opened.size:  # how many were lost is as known then: a peer may know of more
        yield "its place is none that was lost"


def _shown(opened: SuccessionRow, keys: Keys) -> str:
    """When the highest head that anybody showed of a closed log was signed; all it held is older.

    It is later than the opening of the next log where our clock has run back between them.
    """
    public = keys.logs.get(opened.closed)
    if public is None or not opened.highest:
        return ""
    try:
        head = verify_checkpoint(opened.highest, origin=opened.closed, public=public)
    except PeerError:
        return ""
    return stamp(head.at + timedelta(seconds=1))  # a head is dated to the second


def _record(tx: Tx, origin: str, index: int) -> Record | None:
    raw = tx.log.records((index,), origin=origin).get(index)
    return None if raw is None else parse_record(raw)


def _others(row: Row, fixed: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fixed.items():
        if row[name] != value:
            yield f"its {name} is kept as {row[name]!r}, and was signed as {value!r}"


def _size(note: str) -> int:
    parts = note.split("\n")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0
