"""The steps of a check of a node, each over everything.

1. the database file (pages, keys between tables);
2. entries: whose keys there are;
3. threads with their messages, proofs, deliveries, files and what is computed from them;
4. each log: records hashed again, roots against every head of ours, nodes, high-water mark;
5. the signed heads of anybody;
6. heads of our logs that others showed in files, against our records;
7. memory of peers, terms, people and their acts, what is encrypted;
8. each act against the journal, the journal against the log (`journal`).
"""

from __future__ import annotations

import asyncio
import os
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from tracer.clock import stamp
from tracer.errors import OperatorError, PeerError
from tracer.evidence.checkpoint import LogPublic, verify_checkpoint
from tracer.exchange.log.ledger import HighWater
from tracer.node.check.acts import check_made, check_taken
from tracer.node.check.books import (
    check_acts,
    check_entries,
    check_memory,
    check_numbers,
    check_rest,
    check_terms,
)
from tracer.node.check.findings import Faults, Keys, Table, Tell, Verified, signed_once
from tracer.node.check.journal import journal_of
from tracer.node.check.log import RecordsCheck
from tracer.node.check.papers import check_papers
from tracer.node.check.pool import Job, Pool, forget, spans
from tracer.node.check.restored import check_restored
from tracer.node.check.threads import Opened, Tally
from tracer.node.check.witnessed import Beside, check_witnessed
from tracer.node.collector import set_apart
from tracer.node.rooms import Rooms
from tracer.node.workers.stamping import time_roots
from tracer.store import Tx
from tracer.store.judged import JUDGED
from tracer.store.reading import Reading
from tracer.store.survey import Origin
from tracer.trust.entry import VerifiedEntry
from tracer.wording import counted

Memory = Mapping[tuple[str, int], str]
"""Notes of heads of our logs, by origin and size."""


async def verify(
    rooms: Rooms, tell: Tell, *, against: Sequence[str] = (), processes: int = 0
) -> Verified:
    """Check everything this node holds.

    Args:
        rooms: The node, running or not.
        tell: Told how far it is.
        against: Notes of signed heads that others hold; those of our logs must fit our records.
        processes: Most processes; 0: as many as there are processors.
    """
    set_apart()
    faults = Faults()
    try:
        await rooms.store.integrity_check()  # 1
    except OperatorError as error:
        faults.add("database", error.message)
    with faults.unreadable("database"):
        for one in await rooms.store.orphans():
            faults.add(f"{one.parent} {one.named}", f"it is missing: a row of {one.table} needs it")
    found = await asyncio.to_thread(
        _verify, rooms, tell, faults, against=against, processes=processes or os.cpu_count() or 1
    )
    acts = 0
    with faults.unreadable("journal"):  # 8
        journal = await journal_of(rooms, tell)
        faults.found.extend(journal.faults)
        acts = journal.acts
    return replace(found, acts=acts, faults=tuple(faults.found))


def _verify(
    rooms: Rooms, tell: Tell, faults: Faults, *, against: Sequence[str], processes: int
) -> Verified:
    reading = Reading(rooms.home.database, rooms.keyring.rest_key, stamp(rooms.clock.now()))
    try:
        return _Whole(rooms, reading, tell, faults, processes).run(against)
    finally:
        reading.close()


class _Whole:
    """One check, step by step."""

    def __init__(
        self, rooms: Rooms, reading: Reading, tell: Tell, faults: Faults, processes: int
    ) -> None:
        self._rooms = rooms
        self._reading = reading
        self._tell = tell
        self._faults = faults
        self._processes = processes
        self._successors: dict[str, Origin] = {}
        self._opened: Mapping[str, Opened] = {}
        """Our logs that were opened after a restore."""

    def run(self, against: Sequence[str]) -> Verified:
        """All steps; pages of threads and heads go on in other processes meanwhile."""
        rooms, faults, reading = self._rooms, self._faults, self._reading
        entries = reading.glance(lambda tx: check_entries(tx, rooms.authority, faults))  # 2
        files = tuple(dict.fromkeys([*(one.file for one in entries), rooms.entry.file]))
        job = self._job(files)
        keys, self._opened = job.keys(), dict(job.restored)
        with Pool(job, spans(reading), self._processes) as pool:  # 3, 5
            try:
                origins = reading.glance(lambda tx: tx.survey.origins())
                self._successors = self._successions(origins)
                memory = self._memory(against, keys.logs, origins)
                records = sum(self._log(origin, memory) for origin in origins)  # 4, 6
                self._unlogged()
                self._high_water(origins)
                self._books(entries, keys, origins)
                tally = self._pages(pool)
            finally:
                forget()
        counts = reading.glance(lambda tx: tx.survey.counts())
        return Verified(
            logs=len(origins),
            records=records,
            checkpoints=tally.heads,
            messages=tally.messages,
            receipts=tally.receipts,
            proofs=tally.proofs,
            acts=0,
            waiting=tally.waiting,
            memories=len(memory),
            tables=tuple(Table(name, rows, JUDGED[name]) for name, rows in counts.items()),
            faults=tuple(faults.found),
        )

    def _books(
        self, entries: Sequence[VerifiedEntry], keys: Keys, origins: Sequence[Origin]
    ) -> None:
        rooms, faults, reading = self._rooms, self._faults, self._reading
        steps: tuple[tuple[str, Callable[[], None]], ...] = (  # 7
            ("memory", lambda: reading.glance(lambda tx: check_memory(tx, keys, faults))),
            ("terms", lambda: reading.glance(lambda tx: check_terms(tx, keys, entries, faults))),
            ("audit", lambda: check_acts(reading, faults)),
            ("people", lambda: check_made(reading, faults)),
            ("peer", lambda: reading.glance(lambda tx: check_taken(tx, rooms.authority, faults))),
            ("draft", lambda: check_papers(reading, faults)),
            ("fault", lambda: check_numbers(reading, keys, faults)),
            ("database", lambda: reading.glance(lambda tx: check_rest(tx, faults))),
            ("witnesses", lambda: check_witnessed(reading, self._beside(keys), faults)),
            (
                "succession",
                lambda: check_restored(reading, rooms.authority, keys, origins, faults),
            ),
        )
        for where, step in steps:
            with faults.unreadable(where):
                step()

    def _beside(self, keys: Keys) -> Beside:
        rooms = self._rooms
        try:
            roots = time_roots(rooms.config)
        except OperatorError:
            roots = None
        return Beside(rooms.authority, keys, rooms.home.witnessed, roots)

    def _successions(self, origins: Sequence[Origin]) -> dict[str, Origin]:
        """Which log of ours went on from which closed one."""
        named = {one.origin: one for one in origins}
        rows = self._reading.glance(lambda tx: tx.restores.of(self._rooms.authority))
        return {row.closed: named[row.origin] for row in rows if row.origin in named}

    def _journal_keys(self, tx: Tx) -> dict[str, LogPublic | None]:
        key = self._rooms.keyring.journal_public
        found: dict[str, LogPublic | None] = {}
        for one in tx.journal.origins():
            with self._faults.unreadable(one):
                found[one] = key(one, tx.journal.beside(one))
        return found

    def _job(self, files: tuple[bytes, ...]) -> Job:
        rooms, ring = self._rooms, self._rooms.keyring
        journals = self._reading.glance(self._journal_keys)
        return Job(
            database=rooms.home.database,
            rest_key=ring.rest_key,
            now=stamp(rooms.clock.now()),
            us=rooms.authority,
            shelf=rooms.home.attachments,
            entries=files,
            own_keys=tuple(key.verify_key.raw for key in ring.signing_keys().values()),
            own_logs=(*ring.log_publics().values(), *filter(None, journals.values())),
            keyless=frozenset(origin for origin, key in journals.items() if key is None),
            restored=tuple(
                (row.origin, Opened(row.opened, row.carried_from, row.carried))
                for row in self._reading.glance(lambda tx: tx.restores.of(rooms.authority))
            ),
        )

    def _pages(self, pool: Pool) -> Tally:
        """Threads and heads."""
        tally, done, all_ = Tally(), 0, len(pool.pages)
        self._tell("checking messages", done, all_)
        for done, part in enumerate(pool.rest(), start=1):
            self._faults.found.extend(part.faults)
            tally.messages += part.tally.messages
            tally.receipts += part.tally.receipts
            tally.proofs += part.tally.proofs
            tally.heads += part.tally.heads
            tally.waiting += part.tally.waiting
            self._tell("checking messages", done, all_)
        return tally

    def _unlogged(self) -> None:
        """Messages that no record leads to: those of closed logs stand in the next one."""
        for name in self._reading.glance(lambda tx: list(tx.survey.unlogged())):
            self._faults.add(name, "its record is missing in our log")

    def _memory(
        self, notes: Sequence[str], logs: Mapping[str, LogPublic], origins: Sequence[Origin]
    ) -> Memory:
        """Heads of ours in the hands of others; only what we signed counts."""
        own = {origin.origin for origin in origins} | {f"{self._rooms.authority}/log/1"}
        found: dict[tuple[str, int], str] = {}
        for note in notes:
            origin = note.partition("\n")[0]
            public = logs.get(origin)
            if not origin.startswith(f"{self._rooms.authority}/") or public is None:
                continue
            try:
                head = verify_checkpoint(note, origin=origin, public=public)
            except PeerError:
                continue  # not our signature: nobody can accuse us with it
            found[origin, head.size] = note
            if origin not in own:
                words = f"others hold {head.size} signed records of it: it is not here at all"
                self._faults.add(origin, words)
        return found

    def _log(self, origin: Origin, memory: Memory) -> int:
        """One log of ours; how many records it has."""
        name = origin.origin
        shown = {size: _root(note) for (of, size), note in memory.items() if of == name}
        for size in shown:
            if size > origin.size:
                words = (
                    f"others hold our signature on {counted(size, 'record')}, here {origin.size}"
                )
                self._faults.add(name, words)
        check = RecordsCheck(
            self._reading,
            origin,
            self._faults,
            self._tell,
            successor=self._successors.get(name),
            opened=self._opened.get(name),
        )
        return check.run(shown)

    def _high_water(self, origins: Sequence[Origin]) -> None:
        mark = HighWater(self._rooms.home.high_water).read()
        size = {origin.origin: origin.size for origin in origins}
        if mark is not None and mark[1] > size.get(mark[0], 0):
            words = signed_once(mark[1], size.get(mark[0], 0))
            self._faults.add(mark[0], words)


def _root(note: str) -> bytes:
    return b64decode(note.split("\n")[2])
