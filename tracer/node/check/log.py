"""Our logs, hashed again from their records in bounded memory; every signed head of anybody.

Each record is hashed into the tree as it was appended. At every size for which a head of ours was
signed the root is compared with it, at the end with the stored head; each stored node with what was
computed. Signatures of heads are verified in the share of the pool, those that a thread needed not
a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tracer.clock import stamp
from tracer.errors import PeerError
from tracer.evidence import merkle
from tracer.evidence.checkpoint import LogPublic, verify_checkpoint
from tracer.evidence.record import Kind, leaf_hash, parse_record
from tracer.node.check.findings import Faults, Tell, credible
from tracer.node.check.threads import Opened
from tracer.store.dialect import IN_LIST
from tracer.store.reading import Reading
from tracer.store.rows import CheckpointRow
from tracer.store.survey import PAGE, Origin

ADDRESS_LEVEL = 54
"""A stored address is level << 54 | index (`store.group.packed`)."""


class Rehashed(NamedTuple):
    """A log as it follows from its records."""

    size: int
    roots: Mapping[int, bytes]
    """At the sizes that were asked for."""


class RecordsCheck:
    """Hashes one log again."""

    def __init__(
        self,
        reading: Reading,
        origin: Origin,
        faults: Faults,
        tell: Tell,
        *,
        successor: Origin | None = None,
        opened: Opened | None = None,
    ) -> None:
        self._reading = reading
        self._log = origin
        self._successor = successor
        self._opened = opened
        self._faults = faults
        self._tell = tell
        self._frontier: Mapping[merkle.Address, bytes] = {}
        self._seen: dict[tuple[str, str], int] = {}
        self._nodes = 0
        self._at = ""

    def run(self, stops: Iterable[int]) -> Rehashed:
        """Hash all records; the roots at these sizes, as far as the records reach."""
        log, size = self._log, 0
        roots: dict[int, bytes] = {}
        for stop in sorted({*stops, log.size}):
            if stop > log.size:
                self._faults.add(
                    log.origin, f"{stop} records were signed once, {log.size} are here"
                )
                continue
            size = self._grow(size, stop)
            if size != stop:
                self._faults.add(log.origin, f"record {size} of {log.size} is missing")
                return Rehashed(size, roots)
            roots[stop] = merkle.root(size, merkle.reader_of(self._frontier))
        self._end(roots[log.size])
        return Rehashed(size, roots)

    def _end(self, root: bytes) -> None:
        log = self._log
        if root != log.root:
            self._faults.add(log.origin, "the records do not lead to the root of the head")
        beyond, kept = self._reading.glance(
            lambda tx: (tx.survey.beyond(log.number, log.size), tx.survey.node_count(log.number))
        )
        if beyond:
            self._faults.add(log.origin, f"{beyond} records lie outside the head")
        if kept != self._nodes:
            words = f"{kept} hashes are kept and {self._nodes} follow from the records"
            self._faults.add(log.origin, words)
        if not credible(log.at) or (self._at and self._at > log.at):
            self._faults.add(log.origin, "the head is older than its last record")

    def _grow(self, size: int, stop: int) -> int:
        while size < stop:
            upto = min(size + PAGE, stop)
            found, messages = self._reading.glance(
                lambda tx, start=size, end=upto: (  # type: ignore[misc]
                    tx.survey.records(self._log.number, start, end),
                    tx.survey.leaves(self._log.number, start, end),
                )
            )
            if len(found) != upto - size:
                return next(index for index in range(size, upto) if index not in found)
            records = [found[index] for index in range(size, upto)]
            known = dict(self._frontier)
            grown = merkle.append(size, list(map(leaf_hash, records)), merkle.reader_of(known))
            self._compare(grown.new_nodes)
            for index, record in enumerate(records, start=size):
                self._record(index, record, messages.get(index, []))
            if self._successor is not None:
                self._carried(size, records, self._successor)
            if self._opened is not None:
                self._again(size, records, self._opened)
            known |= grown.new_nodes
            size = grown.new_size
            self._frontier = {at: known[at] for at in merkle.frontier_nodes(size)}
            self._tell("hashing the log", size, self._log.size)
        return size

    def _carried(self, start: int, records: Sequence[bytes], successor: Origin) -> None:
        """The records of a closed log go on in the next one, one place further (PROTOCOL Z-7)."""
        found = self._reading.glance(
            lambda tx: tx.survey.records(successor.number, start + 1, start + 1 + len(records))
        )
        for index, record in enumerate(records, start=start):
            if found.get(index + 1) != record:
                where = f"{self._log.origin} record {index}"
                self._faults.add(
                    where, f"it does not stand in {successor.origin}, which carried it"
                )

    def _again(self, start: int, records: Sequence[bytes], opened: Opened) -> None:
        """A record that is older than its log, and was not carried, was entered again."""
        found = [
            index
            for index, raw in enumerate(records, start)
            if index > opened.carried and _at(raw) < opened.at
        ]
        for begin in range(0, len(found), IN_LIST):
            part = found[begin : begin + IN_LIST]
            rows = self._reading.glance(
                lambda tx, part=part: tx.survey.matching(  # type: ignore[misc]
                    "reentry", origin=[self._log.origin], leaf_index=part
                )
            )
            for index in sorted(set(part) - {row["leaf_index"] for row in rows}):
                where = f"reentry {self._log.origin} {index}"
                self._faults.add(where, "the record was entered again, and nothing says from where")

    def _compare(self, computed: Mapping[merkle.Address, bytes]) -> None:
        """Stored nodes against computed ones, level by level."""
        self._nodes += len(computed)
        levels: dict[int, list[int]] = {}
        for level, index in computed:
            levels.setdefault(level, []).append(index)
        for level, indices in levels.items():
            base = level << ADDRESS_LEVEL
            ends = base + min(indices), base + max(indices)
            kept = self._reading.glance(
                lambda tx, span=ends: tx.survey.nodes(self._log.number, *span)  # type: ignore[misc]
            )
            wrong = [at for at in indices if kept.get(base + at) != computed[level, at]]
            if wrong:
                words = f"the hash {wrong[0]} of level {level} is not that of its records"
                self._faults.add(self._log.origin, words)

    def _record(self, index: int, raw: bytes, messages: Sequence[tuple[str, str]]) -> None:
        where = f"{self._log.origin} record {index}"
        try:
            record = parse_record(raw)
        except ValueError:
            self._faults.add(where, "these are not the bytes of a record")
            return
        self._at = max(self._at, stamp(record.at))
        if record.kind not in {Kind.SENT, Kind.RECEIVED}:
            return
        ours = self._log.origin.partition("/")[0]
        if (record.sender if record.kind is Kind.SENT else record.recipient) != ours:
            self._faults.add(where, "it is of another authority's log")
        peer = record.recipient if record.kind is Kind.SENT else record.sender
        before = self._seen.setdefault((record.kind, f"{peer} {record.id}"), index)
        if before != index:
            self._faults.add(where, f"the same message was recorded before, at {before}")
        if self._successor is not None and not messages:
            return  # messages point to where it was carried
        if messages != [(record.id, peer)]:
            there = "another" if messages else "no"
            self._faults.add(where, f"{there} message stands for it: {record.id} is missing")


def _at(raw: bytes) -> str:
    """When a record is dated; now, where it is none: that is told of elsewhere."""
    try:
        return stamp(parse_record(raw).at)
    except ValueError:
        return "9999"


def own_heads(reading: Reading, origin: str) -> dict[int, CheckpointRow]:
    """Every signed head of one of our logs, by size."""
    found: dict[int, CheckpointRow] = {}
    for row in heads(reading, after=(origin, -1)):
        if row.origin != origin:
            break
        found[row.size] = row
    return found


def heads(reading: Reading, *, after: tuple[str, int] = ("", -1)) -> Iterator[CheckpointRow]:
    """Every signed head, by origin and size."""
    while page := reading.glance(lambda tx, place=after: tx.survey.checkpoints(place)):  # type: ignore[misc]
        yield from page
        after = (page[-1].origin, page[-1].size)


def head_fault(row: CheckpointRow, logs: Mapping[str, LogPublic]) -> str:
    """What is wrong with a stored head by itself; empty if nothing is."""
    public = logs.get(row.origin)
    if public is None:
        return "no entry we hold names its log"
    try:
        head = verify_checkpoint(row.note, origin=row.origin, public=public)
    except PeerError as error:
        return error.message
    if (head.size, head.root) != (row.size, row.root):
        return "size or root beside the note are others than in it"
    # A peer's head is stored with the time of its note, ours with the same in milliseconds.
    return "" if stamp(head.at) == row.at else "the time beside the note is another than in it"
