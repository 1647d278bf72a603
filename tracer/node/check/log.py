"""Our logs, hashed again from their records in bounded memory; every signed head of anybody.

Each record is hashed into the tree as it was appended. At every size for which a head of ours was
signed the root is compared with it, at the end with the stored head; each stored node with what was
computed, each record with the message that stands for it. Signatures of heads are verified in the
share of the pool, each once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracer.clock import stamp
from tracer.errors import PeerError
from tracer.evidence import merkle
from tracer.evidence.checkpoint import LogPublic, verify_checkpoint
from tracer.evidence.record import Kind, leaf_hash, read_record
from tracer.node.check.findings import Faults, Tell, credible, signed_once
from tracer.node.check.threads import Opened
from tracer.store.dialect import IN_LIST
from tracer.store.reading import Reading
from tracer.store.rows import CheckpointRow
from tracer.store.survey import PAGE, Leaf, Origin
from tracer.wording import counted

ADDRESS_LEVEL = 54
"""A stored address is level << 54 | index (`store.group.packed`)."""


_MESSAGES = {Kind.SENT.value: "out", Kind.RECEIVED.value: "in"}


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
        self._us = origin.origin.partition("/")[0]
        self._nodes = 0
        self._late: list[int] = []
        """Records that are dated after the head."""

    def run(self, shown: Mapping[int, bytes]) -> int:
        """Hash all records; how many there are.

        Args:
            shown: Roots by size that others say we signed; our own heads are read beside.
        """
        log, size = self._log, 0
        root = merkle.EMPTY_ROOT
        while size < log.size:
            upto = min(size + PAGE, log.size)
            grown = self._grow(size, upto, shown)
            if grown is None:
                return size
            size, root = upto, grown
        most = self._reading.glance(lambda tx: tx.survey.largest_signed(log.origin))
        if most > log.size:
            words = signed_once(most, log.size)
            self._faults.add(log.origin, words)
        self._end(root)
        return size

    def _end(self, root: bytes) -> None:
        log = self._log
        if root != log.root:
            self._faults.add(log.origin, "the records do not lead to the root of the head")
        beyond, kept = self._reading.glance(
            lambda tx: (tx.survey.beyond(log.number, log.size), tx.survey.node_count(log.number))
        )
        if beyond:
            self._faults.add(log.origin, f"outside the head: {counted(beyond, 'record')}")
        if kept != self._nodes:
            words = f"{kept} hashes are kept and {self._nodes} follow from the records"
            self._faults.add(log.origin, words)
        again = self._entered_again(self._late) if self._opened else set()
        if self._opened:  # what was carried over, or entered again, was dated in the log before
            again |= set(range(self._opened.carried + 1))
        if not credible(log.at) or set(self._late) - again:
            self._faults.add(log.origin, "the head is older than its last record")

    def _grow(self, size: int, upto: int, shown: Mapping[int, bytes]) -> bytes | None:
        """A page of records; the root behind it, None if one is missing."""
        log = self._log
        found, messages, signed = self._reading.glance(
            lambda tx: (
                tx.survey.records(log.number, size, upto),
                tx.survey.leaves(log.number, size, upto),
                tx.survey.signed_roots(log.origin, size, upto),
            )
        )
        if len(found) != upto - size:
            gone = next(index for index in range(size, upto) if index not in found)
            self._faults.add(log.origin, f"record {gone} of {log.size} is missing")
            return None
        records = [found[index] for index in range(size, upto)]
        known = dict(self._frontier)
        grown = merkle.append(size, list(map(leaf_hash, records)), merkle.reader_of(known))
        self._compare(grown.new_nodes)
        for index, record in enumerate(records, start=size):
            self._record(index, record, messages.get(index, ()))
        if self._successor is not None:
            self._carried(size, records, self._successor)
        if self._opened is not None:
            self._again(size, records, self._opened)
        known |= grown.new_nodes
        self._roots(known, signed, "the signed head of {} has another root")
        held = {at: root for at, root in shown.items() if size < at <= upto}
        self._roots(known, held, "others hold our signature on another history of {}")
        self._frontier = {at: known[at] for at in merkle.frontier_nodes(upto)}
        self._tell("hashing the log", upto, log.size)
        return merkle.root(upto, merkle.reader_of(known))

    def _roots(
        self, known: Mapping[merkle.Address, bytes], wanted: Mapping[int, bytes], words: str
    ) -> None:
        for size, root in sorted(wanted.items()):
            if merkle.root(size, merkle.reader_of(known)) != root:
                self._faults.add(self._log.origin, words.format(counted(size, "record")))

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
        for index in sorted(set(found) - self._entered_again(found)):
            where = f"reentry {self._log.origin} {index}"
            self._faults.add(where, "the record was entered again, and nothing says from where")

    def _entered_again(self, indices: Sequence[int]) -> set[int]:
        """Those of these records that are said to be of a closed log."""
        found: set[int] = set()
        for begin in range(0, len(indices), IN_LIST):
            part = indices[begin : begin + IN_LIST]
            rows = self._reading.glance(
                lambda tx, part=part: tx.survey.matching(  # type: ignore[misc]
                    "reentry", origin=[self._log.origin], leaf_index=part
                )
            )
            found |= {row["leaf_index"] for row in rows}
        return found

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

    def _record(self, index: int, raw: bytes, messages: Sequence[Leaf]) -> None:
        where = f"{self._log.origin} record {index}"
        try:
            kind, name, sender, recipient, at = read_record(raw)
        except ValueError:
            self._faults.add(where, "these are not the bytes of a record")
            return
        if at > self._log.at:
            self._late.append(index)
        if kind not in _MESSAGES:
            return
        direction = _MESSAGES[kind]
        ours, peer = (sender, recipient) if direction == "out" else (recipient, sender)
        if ours != self._us:
            self._faults.add(where, "it is of another authority's log")
        if self._successor is not None and not messages:
            return  # messages point to where it was carried
        if messages != [(name, peer, direction, at)]:
            self._differs(where, (name, peer, direction, at), messages)

    def _differs(
        self, where: str, wanted: tuple[str, str, str, str], messages: Sequence[Leaf]
    ) -> None:
        """Say what the messages at a record are, if they are not the one recorded."""
        name, peer, _, at = wanted
        if [one[:2] for one in messages] != [(name, peer)]:
            there = "another" if messages else "no"
            self._faults.add(where, f"{there} message stands for it: {name} is missing")
        for one in messages:
            if one[:3] != wanted[:3]:
                self._faults.add(one.id, "the record in our log is of another message")
            elif one.at != at:
                self._faults.add(one.id, "its time is another than in its record")


def _at(raw: bytes) -> str:
    """When a record is dated; late, where it is none: that is told of elsewhere."""
    try:
        return read_record(raw)[4]
    except ValueError:
        return "9999"


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
