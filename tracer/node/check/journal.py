"""Checking who did what: every act against the journal, the journal against the exchange log.

For each journal of the node, oldest first:

1. all digests are hashed again; the root is that of the head, of every head that was entered in the
   exchange log, and of the newest head that was signed, whose signatures are checked;
2. every leaf has its row of the audit trail, and the row has the digest of the leaf: a row that is
   missing was deleted; one whose digest stands elsewhere was moved, else it was changed;
3. acts are numbered in the order of their leaves; no act is dated before the act before it, nor
   before an hour that was entered without it, nor after one that was entered with it;
4. every row stands in a journal, and the last journal is as long as it ever was here (the file
   beside the database);
5. every record of kind `journal` in our exchange logs is the head it is said to be;
6. a journal that was closed with its log ends where the act says that closed it.

What cannot be found here: acts of the hour that is not over yet, left out by somebody who holds the
machine, the keys and the file beside the database. What has been entered, peers remember.

What it does not do: check the exchange log itself (`whole` does), repair, or show any detail.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from tracer.canonical import b64url
from tracer.clock import stamp
from tracer.errors import PeerError
from tracer.evidence import merkle
from tracer.evidence.checkpoint import LogPublic, verify_checkpoint
from tracer.evidence.journal import JournalHead, act_digest
from tracer.evidence.record import Kind, parse_record, stub_hash
from tracer.exchange.log.ledger import HighWater
from tracer.node.check.findings import Fault, Tell, credible
from tracer.node.journal import GAP
from tracer.node.rooms import Rooms
from tracer.store import ActRow, CheckpointRow, EntryRow, HeadRow, Store, Tx
from tracer.store.audit import CLOSED, ERASE, OPENED
from tracer.store.group import packed
from tracer.wording import counted

Keys = Callable[[str, str], LogPublic | None]
"""The public keys of a journal, by its origin and that of the log beside it; None: destroyed."""
ACTS = 2000
"""Acts read at once."""
RECORDS = 5000
"""Records of the exchange log read at once."""
FINISHED, APPROVED = "restore-finish", "restore-approve"
"""The acts by which people end a restore: what was lost before it is known."""
_JOURNAL_RECORD = b'{"v":1,"kind":"journal"'


class Journalled(Struct, frozen=True):
    """What was checked of who did what, and what does not hold; `entries` are heads entered."""

    journals: int
    acts: int
    erased: int
    entries: int
    faults: tuple[Fault, ...]


class _Held(NamedTuple):
    """One journal as the database has it."""

    log: int
    beside: str
    """The exchange log whose keys sign it."""
    head: HeadRow
    entries: Sequence[EntryRow]
    signed: CheckpointRow | None


async def journal_of(rooms: Rooms, tell: Tell) -> Journalled:
    """Check who did what on this node, with its keys and the file beside its database."""
    return await verify_journal(
        rooms.store,
        keys=rooms.keyring.journal_public,
        reached=HighWater(rooms.home.journal_mark).read(),
        tell=tell,
    )


async def verify_journal(
    store: Store,
    *,
    keys: Keys,
    reached: tuple[str, int, str] | None,
    tell: Tell = lambda _what, _done, _total: None,
) -> Journalled:
    """Check all acts.

    Args:
        store: Where they are.
        keys: The public keys of a journal; None: its signatures are not checked, as those of a
            journal that was closed with its log, whose secret is gone.
        reached: What the file beside the database says: origin, size, root; None if unknown.
        tell: Told how far it is.
    """
    held, strays, logs = await store.read(_look)
    checks = [_Check(store, one, keys, tell) for one in held]
    number = 0
    for check in checks:
        number = await check.run(number)
    faults = [fault for check in checks for fault in check.faults]
    faults += [_stray(row) for row in strays]
    faults += _shorter(held, reached)
    entered = {(one.log, one.leaf_index): one for journal in held for one in journal.entries}
    faults += await _records(store, logs, entered)
    said = {number for check in checks for number in check.erasures}
    gone = [row for check in checks for row in check.erased]
    faults += [
        Fault(_named(row), "its detail was destroyed, and no act says so")
        for row in gone
        if str(row.number) not in said
    ]
    marks = [row for check in checks for row in check.marks]
    faults += [*_gaps(marks), *_closings(marks, held)]
    return Journalled(
        journals=len(held),
        acts=sum(one.head.size for one in held),
        erased=len(gone),
        entries=len(entered),
        faults=tuple(faults),
    )


def _look(tx: Tx) -> tuple[list[_Held], list[ActRow], dict[str, range]]:
    """The journals, rows that stand in none, the sizes of the exchange logs: of one instant."""
    held = [
        _Held(
            tx.log.number_of(origin),
            tx.journal.beside(origin),
            tx.journal.head(origin),
            tx.journal.entries(origin),
            tx.log.newest_signed(origin),
        )
        for origin in tx.journal.origins()
    ]
    carried = tx.restores.carried()  # those records are entered where they stand now
    logs = {
        origin: range(carried.get(origin, 0), tx.log.head(origin).size)
        for origin in tx.log.origins()
    }
    return held, tx.audit.strays({one.log: one.head.size for one in held}), logs


class _Check:
    """One journal, a page of acts at a time; what does not hold is in `faults`."""

    def __init__(self, store: Store, held: _Held, keys: Keys, tell: Tell) -> None:
        self._store = store
        self._held = held
        self._sizes = [one.size for one in held.entries]
        self._keys = keys
        self._tell = tell
        self._frontier: Mapping[merkle.Address, bytes] = {}
        self._odd: list[ActRow] = []
        """Rows that do not have the digest of their leaf."""
        self._number = 0
        """The number of the row before."""
        self._newest = ""
        """The latest instant of the acts so far that are what they were."""
        self._late: list[tuple[int, Fault]] = []
        """What is wrong with the instant of an act, by its leaf."""
        self._adopted = 0
        self._hashes = 0
        self.faults: list[Fault] = []
        self.erased: list[ActRow] = []
        self.erasures: list[str] = []
        self.marks: list[ActRow] = []
        """Acts that tell of lost ones or of a closed journal, and those that end a restore."""

    async def run(self, number: int) -> int:
        """Steps 1 to 3, behind the act of this number; the number of the last act."""
        self._number = number
        head, signed = self._held.head, self._held.signed
        ends = {head.size, *(one.size for one in self._held.entries)}
        if signed is not None:
            ends.add(signed.size)
        roots, size = {0: merkle.EMPTY_ROOT}, 0
        for end in sorted(one for one in ends if one <= head.size):
            size = await self._grow(size, end)
            if size != end:
                self._fault(f"the digest of act {size} of {head.size} is missing")
                break
            roots[end] = merkle.root(size, merkle.reader_of(self._frontier))
        else:
            await self._beyond(size)
        self._heads(roots)
        await self._moved()
        self.faults += [fault for leaf, fault in self._late if leaf >= self._adopted]
        return self._number

    async def _grow(self, size: int, end: int) -> int:
        """Read, hash and compare up to a size; the size reached."""
        while size < end:
            first, count = size, min(ACTS, end - size)
            digests, rows = await self._store.read(
                lambda tx, first=first, count=count: self._page(tx, first, count)  # type: ignore[misc]
            )
            whole = [digests[at] for at in range(first, first + count) if at in digests]
            if len(whole) != count:
                return next(at for at in range(first, first + count) if at not in digests)
            known = dict(self._frontier)
            grown = merkle.append(size, list(map(stub_hash, whole)), merkle.reader_of(known))
            await self._nodes(grown.new_nodes)
            known |= grown.new_nodes
            size = grown.new_size
            self._frontier = {at: known[at] for at in merkle.frontier_nodes(size)}
            for at in range(first, size):
                self._compare(at, digests[at], rows.get(at))
            self._tell("checking who did what", size, self._held.head.size)
        return size

    async def _nodes(self, computed: Mapping[merkle.Address, bytes]) -> None:
        """Stored hashes against those that follow from the digests."""
        self._hashes += len(computed)
        levels: dict[int, list[int]] = {}
        for level, index in computed:
            levels.setdefault(level, []).append(index)
        for level, indices in levels.items():
            ends = packed((level, min(indices))), packed((level, max(indices)))
            kept = await self._store.read(
                lambda tx, ends=ends: tx.survey.nodes(self._held.log, *ends)  # type: ignore[misc]
            )
            wrong = [at for at in indices if kept.get(packed((level, at))) != computed[level, at]]
            if wrong:
                self._fault(f"the hash {wrong[0]} of level {level} is not that of its acts")

    async def _beyond(self, size: int) -> None:
        """What is kept of a whole journal and belongs to no act of it."""
        log = self._held.log
        beyond, kept = await self._store.read(
            lambda tx: (tx.survey.beyond(log, size), tx.survey.node_count(log))
        )
        if beyond:
            self._fault(f"{beyond} digests lie outside the head")
        if kept != self._hashes:
            self._fault(f"{kept} hashes are kept and {self._hashes} follow from the acts")

    def _page(self, tx: Tx, first: int, count: int) -> tuple[dict[int, bytes], dict[int, ActRow]]:
        wanted = range(first, first + count)
        digests = tx.log.records(wanted, origin=self._held.head.origin)
        rows = tx.audit.acts(self._held.log, first, count)
        return digests, {row.leaf: row for row in rows if row.leaf is not None}

    def _compare(self, leaf: int, digest: bytes, row: ActRow | None) -> None:
        if row is None:
            self._fault("the act was deleted", leaf)
            return
        self._dated(leaf, row)
        if row.number <= self._number:
            words = f"its number is not above {self._number}, which stands before it: it was moved"
            self.faults.append(Fault(_named(row, self._held.head.origin), words))
        self._number = row.number
        if row.raw == b"":
            self.erased.append(row)
        elif row.raw is None or act_digest(row.raw) != digest:
            self._odd.append(row)
            return
        self._newest = max(self._newest, row.at)
        if row.act == ERASE:
            self.erasures.append(row.subject)
        elif row.act in {GAP, FINISHED, APPROVED, CLOSED}:
            self.marks.append(row)
        elif row.act == OPENED and row.raw and _detail(row).get("rows") == leaf:
            self._adopted = leaf

    def _dated(self, leaf: int, row: ActRow) -> None:
        """Step 3: the instant of a row against the act before it and the hours entered."""
        entries, above = self._held.entries, bisect_right(self._sizes, leaf)
        least = max(self._newest, entries[above - 1].at if above else "")
        if row.at < least:
            sentence = f"it is dated back: to {row.at}, and stands after {least}"
            self._late.append((leaf, Fault(_named(row, self._held.head.origin), sentence)))
        if above < len(entries) and row.at > entries[above].at:
            sentence = f"it is dated {row.at}, and was entered at {entries[above].at}"
            self._late.append((leaf, Fault(_named(row, self._held.head.origin), sentence)))

    async def _moved(self) -> None:
        """Say of each row that is not that of its leaf whether it was moved or changed."""
        wanted = {act_digest(row.raw): row for row in self._odd if row.raw}
        places: dict[int, int] = {}
        size, origin = self._held.head.size, self._held.head.origin
        for first in range(0, size if wanted else 0, RECORDS):
            part = range(first, min(first + RECORDS, size))
            found = await self._store.read(
                lambda tx, part=part: tx.log.records(part, origin=origin)  # type: ignore[misc]
            )
            places |= {wanted[d].number: at for at, d in found.items() if d in wanted}
        for row in self._odd:
            own = places.get(row.number)
            what = "it was changed" if own is None else f"it was moved: it belongs to place {own}"
            self.faults.append(Fault(_named(row, origin), what))

    def _heads(self, roots: Mapping[int, bytes]) -> None:
        """Step 1: the heads that are known of this journal."""
        head, good = self._held.head, 0
        if head.size in roots and roots[head.size] != head.root:
            self._fault("the digests do not lead to the root of the head")
        for one in self._held.entries:
            record = f"record {one.leaf_index} of {one.log}"
            if one.size > head.size:
                self._fault(
                    f"acts {head.size} to {one.size - 1} were cut off: {one.size} were entered "
                    f"at {one.at} as {record}, {head.size} are here"
                )
            elif one.size in roots and roots[one.size] != one.root:
                self._fault(
                    f"acts {good} to {one.size - 1} are not those that were entered at {one.at} "
                    f"as {record}"
                )
            else:
                good = one.size
        if self._held.signed is not None:
            self._signed(self._held.signed, roots)

    def _signed(self, signed: CheckpointRow, roots: Mapping[int, bytes]) -> None:
        if signed.size > self._held.head.size:
            self._fault(f"signed at {signed.at}: {counted(signed.size, 'act')}; here are fewer")
        elif signed.size in roots and roots[signed.size] != signed.root:
            self._fault(f"other acts were signed at {signed.at}")
        public = self._keys(signed.origin, self._held.beside)
        if public is None:
            return
        try:
            found = verify_checkpoint(signed.note, origin=signed.origin, public=public)
        except PeerError as error:
            self._fault(f"the newest signed head: {error.message}")
            return
        if (found.size, found.root) != (signed.size, signed.root):
            self._fault("the newest signed head is not the one noted")

    def _fault(self, what: str, leaf: int | None = None) -> None:
        origin = self._held.head.origin
        self.faults.append(Fault(origin if leaf is None else f"{origin} {leaf}", what))


def _stray(row: ActRow) -> Fault:
    """Step 4: a row that stands in no journal."""
    if row.leaf is None or row.log is None:
        return Fault(_named(row), "it stands in no journal: it was put in past it")
    return Fault(_named(row), f"its place {row.leaf} is beyond the end of its journal")


def _shorter(held: Sequence[_Held], reached: tuple[str, int, str] | None) -> Iterator[Fault]:
    if reached is None or not held:
        return
    origin, size, _ = reached
    here = {one.head.origin: one.head.size for one in held}.get(origin, 0)
    if size > here:
        yield Fault(origin, f"acts {here} to {size - 1} were cut off: {size} were reached once")


def _gaps(marks: Sequence[ActRow]) -> Iterator[Fault]:
    """Acts that tell of lost ones, unless a person has ended the restore that lost them."""
    finished = max((row.number for row in marks if _ended(row)), default=0)
    for row in marks:
        if row.act == GAP and row.number > finished:
            lost = _detail(row)
            yield Fault(
                row.subject,
                f"acts {lost.get('held')} to {int(lost.get('reached', 1)) - 1} were lost before "
                f"{row.at}",
            )


def _ended(row: ActRow) -> bool:
    """Whether a person ended a restore by this act, the last of two where two have to."""
    return row.act == FINISHED or (row.act == APPROVED and _detail(row).get("complete") is True)


def _closings(marks: Sequence[ActRow], held: Sequence[_Held]) -> Iterator[Fault]:
    """Step 6: closed journals against the acts that say where they were closed."""
    heads = {one.head.origin: one.head for one in held}
    for row in marks:
        if row.act != CLOSED:
            continue
        said, head = _detail(row), heads.get(row.subject)
        if head is None or (head.size, b64url(head.root)) != (said.get("size"), said.get("root")):
            here = (
                "it is not here"
                if head is None
                else f"here: {counted(head.size, 'act')}, or others"
            )
            yield Fault(row.subject, f"it was closed with {said.get('size')} acts: {here}")


async def _records(
    store: Store, logs: Mapping[str, range], entered: Mapping[tuple[str, int], EntryRow]
) -> list[Fault]:
    """Step 5: the records of kind `journal` in all our exchange logs, and their entries."""
    found: dict[tuple[str, int], bytes] = {}
    for origin, span in logs.items():
        for first in span[::RECORDS]:
            part = range(first, min(first + RECORDS, span.stop))
            rows = await store.read(
                lambda tx, part=part, origin=origin: tx.log.records(part, origin=origin)  # type: ignore[misc]
            )
            found |= {(origin, at): r for at, r in rows.items() if r.startswith(_JOURNAL_RECORD)}
    return [
        fault
        for place in sorted(found.keys() | entered.keys())
        for fault in _record(place, found.get(place), entered.get(place))
    ]


def _record(place: tuple[str, int], raw: bytes | None, entry: EntryRow | None) -> Iterator[Fault]:
    where = f"{place[0]} {place[1]}"
    if raw is None and entry is not None:
        yield Fault(where, f"it should hold the head of {entry.journal} of {entry.at}")
        return
    if entry is None:
        yield Fault(where, "it holds a head of the journal that nothing here leads to")
        return
    try:
        record = parse_record(raw or b"")
    except ValueError:
        yield Fault(where, "it is no record")
        return
    if not credible(f"{entry.hour}:00:00.000Z") or entry.hour > entry.at:
        yield Fault(where, f"it was entered at {entry.at}, and is kept as of {entry.hour}")
    if stamp(record.at) != entry.at:
        yield Fault(where, f"it was entered at {stamp(record.at)}, and not at {entry.at}")
    wanted = JournalHead(entry.journal, entry.size, entry.root).digest()
    if record.kind is not Kind.JOURNAL or record.id != wanted:
        yield Fault(
            where, f"it holds another head than {counted(entry.size, 'act')} of {entry.journal}"
        )


def _detail(row: ActRow) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(row.raw or b"{}").get("detail", {})
    return found


def _named(row: ActRow, origin: str = "") -> str:
    """A row as people are told of it."""
    place = "" if row.leaf is None or not origin else f", {origin} {row.leaf}"
    return f"act {row.number} ({row.actor} {row.act} {row.subject} {row.at}{place})"
