"""Everything beside logs and threads: entries, terms, memory of peers, the audit trail by itself.

The audit trail opens only with its own who, what and when, is numbered without a gap, and its time
never runs back; what it tells of is there (`acts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

import msgspec

from tracer.canonical import b64url
from tracer.clock import instant
from tracer.errors import PeerError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.model.terms import Terms, terms_digest
from tracer.node.check.acts import told
from tracer.node.check.findings import Faults, Keys, credible, paged, read_entries
from tracer.node.check.held import check_held
from tracer.node.restore.from_keys import BEGUN
from tracer.store import Tx
from tracer.store.reading import Reading
from tracer.store.survey import PAGE, Stated
from tracer.trust.agreement import verify_agreement, verify_offer
from tracer.trust.entry import VerifiedEntry, fingerprint


def check_entries(tx: Tx, us: str, faults: Faults) -> list[VerifiedEntry]:
    """The archive of entries and what is pinned; all entries that verify."""
    archive = tx.survey.entries()
    entries = list(read_entries((row[3] for row in archive), faults))
    known = {one.digest: one for one in entries}
    for authority, digest, seq, _ in archive:
        found = known.get(digest)
        if found is None or (found.authority, found.entry.seq) != (authority, seq):
            faults.add("peer_entry", f"entry {seq} of {authority} is another than its row says")
    newest = {one.authority: one for one in entries}
    for row in tx.peers.all():
        entry = known.get(row.digest)
        if entry is None or entry.file != row.entry_file:
            faults.add(row.authority, "its pinned entry is not in the archive of entries")
        elif (entry.authority, entry.entry.seq, fingerprint(entry.jws)) != (
            row.authority,
            row.seq,
            row.fingerprint,
        ):
            faults.add(row.authority, "number or fingerprint are others than those of its entry")
        elif newest[row.authority].entry.seq > row.seq:
            faults.add(row.authority, "a newer entry of it is in the archive than is pinned")
    pinned = {row.authority for row in tx.peers.all()}
    for authority in sorted(newest.keys() - pinned - {us}):
        faults.add(authority, "its entries are kept, and it is no peer any more")
    faults.add_all(f"peer_entry {us}", _own(tx, us, entries))
    return entries


def _own(tx: Tx, us: str, entries: Sequence[VerifiedEntry]) -> Iterator[str]:
    """The first of our own entries, or the one that an act says we began with.

    That none after it is missing is seen where each follows the one before, and by the acts that
    issued them; that of now is put there again when the node opens.
    """
    own = [one for one in entries if one.authority == us]
    begun = tx.survey.of_kind(BEGUN)
    first = 1 if not begun else (begun[0].detail or {}).get("seq")
    if first is not None and all(one.entry.seq != first for one in own):
        yield f"entry {first}, our first here, is not in the archive of entries"


def check_memory(tx: Tx, keys: Keys, faults: Faults) -> None:
    """What is remembered of peers' logs: sound, and not behind what was taken under it."""
    newest: dict[str, int] = {}
    for row in tx.survey.remembered():
        where = f"memory of {row.origin}"
        public = keys.logs.get(row.origin)
        if public is None or not row.origin.startswith(f"{row.authority}/"):
            faults.add(where, "no entry of this peer names this log")
            continue
        try:
            head = verify_checkpoint(row.note, origin=row.origin, public=public)
        except PeerError as error:
            faults.add(where, error.message)
            continue
        if (head.size, head.root) != (row.size, row.root):
            faults.add(where, "size or root beside the note are others than in it")
        if not credible(row.seen_at, after=head.at):
            faults.add(where, f"it was seen at {row.seen_at}, before it was signed")
        newest[row.origin] = row.size
    for origin, size in tx.survey.proven().items():
        if newest.get(origin, 0) < size:
            faults.add(
                f"memory of {origin}",
                f"a head of {size} was taken, and {newest.get(origin, 'none')} is remembered",
            )


def check_terms(tx: Tx, keys: Keys, entries: Sequence[VerifiedEntry], faults: Faults) -> None:
    """Terms by their digest; agreed ones by both signatures; those of all entries are here."""
    stated = {terms_digest(one.entry.terms) for one in entries}
    for digest in sorted(stated - {row.digest for row in tx.survey.terms()}):
        faults.add(f"terms {digest}", "an entry states them: they are not here")
    for row in tx.survey.terms():
        where = f"terms {row.digest}"
        with faults.unreadable(where):
            stated = msgspec.json.decode(row.body, type=Terms)
            if (stated.authority, stated.counterpart or None) != (row.authority, row.counterpart):
                faults.add(where, "they are of other authorities than is said beside them")
        if b64url(sha256(row.body).digest()) != row.digest:
            faults.add(where, "they are not those of this digest")
        if row.state == "entry":
            if row.agreement is not None:
                faults.add(where, "they were stated, and a signed file is beside them")
            continue
        if wrong := _agreed(row, keys, tx.now):
            faults.add(where, wrong)


def _agreed(row: Stated, keys: Keys, now: str) -> str:
    if row.agreement is None or row.counterpart is None:
        return "they are said to be agreed, and the signed file is missing"
    parties = {who: keys.listed.get(who, {}) for who in (row.authority, row.counterpart)}
    read = verify_agreement if row.state == "agreed" else verify_offer
    try:
        read_one = read(row.agreement, parties=parties, now=instant(now))
    except PeerError as error:
        return "" if error.code in {"key-revoked", "key-expired"} else error.message
    if read_one.digest != row.digest:
        return "the signed file is of other terms"
    return "" if row.at == read_one.at else f"they are of {read_one.at}, and kept as of {row.at}"


def check_acts(reading: Reading, faults: Faults) -> None:
    """The audit trail by itself, and that what it tells of is there."""
    numbers, after = Numbered("audit", faults), 0
    while page := reading.glance(lambda tx, start=after: tx.survey.acts(start)):  # type: ignore[misc]
        for act in page:
            numbers.add(act.number, act.at)
            if act.detail is None:
                words = "it does not open with who, what and when it says: it was changed"
                faults.add(f"audit {act.number}", words)
        reading.glance(lambda tx, page=page: told(tx, page, faults))  # type: ignore[misc]
        after = page[-1].number


def check_numbers(reading: Reading, keys: Keys, faults: Faults) -> None:
    """Approvals and faults: numbered without a gap; what proves a fault is signed."""
    for table in ("approval", "fault"):
        numbers = Numbered(table, faults)
        for rows in paged(reading, table, PAGE):
            for row in rows:
                numbers.add(row["number"], row["at"])
            if table == "fault":
                reading.glance(lambda tx, rows=rows: check_held(tx, rows, keys, faults))  # type: ignore[misc]


class Numbered:
    """Numbers without a gap from 1 on, and instants that never run back."""

    def __init__(self, table: str, faults: Faults) -> None:
        self._table = table
        self._faults = faults
        self._next = 1
        self._before = ""

    def add(self, number: int, at: str) -> None:
        """The next row."""
        if number != self._next:
            words = f"row {self._next} is missing: the next is {number}"
            self._faults.add(self._table, words)
        if at < self._before:
            words = f"its time {at} lies before that of the row before"
            self._faults.add(f"{self._table} {number}", words)
        self._next, self._before = number + 1, at


def check_rest(tx: Tx, faults: Faults) -> None:
    """What is encrypted opens in its place; faults are numbered; keys fit what is said of them."""
    for sealed in tx.survey.sealed():
        faults.add(f"{sealed.table} {sealed.row}", "it does not open in its place: it was changed")
    for name in tx.survey.stray_parents():
        faults.add(f"waiting {name}", "it is said to wait for another, and is not here")
    for name in tx.survey.patient():
        faults.add(f"waiting {name}", "it is said to wait, and not for what")
    for name, one in tx.survey.homeless():
        faults.add(f"thread {name}", f"it is not here, and message {one} is of it")
    for name in tx.survey.missing_keys():
        faults.add(name, "its key is gone and it was not deleted, or the other way round")
    stale = set(tx.cooperation.stale())
    for which in tx.cooperation.side_months():
        where = f"tally {' '.join(which)}"
        with faults.unreadable(where):
            stored = tx.cooperation.kept(which)
            if stored is None and which not in stale:
                faults.add(where, "there are facts of it, and no tally")
            elif stored is not None and stored != tx.cooperation.added_up(which):
                faults.add(where, "it is not the sum of its facts")
