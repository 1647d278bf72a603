"""Entering the journal's head in the exchange log: once an hour, if there is something new.

Who did what here is kept in the node's own second log, the journal, which no peer is shown. Its
head becomes one salted record of the exchange log (protocol 3.1), so that the acts of an hour that
is over stand under signatures that peers remember, and cannot be taken back without their log
contradicting ours.

The steps, all in one transaction:

1. the node is not restoring; this hour of the clock has not been entered;
2. the committed head of the journal is larger than the one entered last, and the first act that was
   not entered is of an hour that is over;
3. it is signed with the journal's keys;
4. its record is appended to the exchange log; both and the hour are noted.

The hour is kept with the entry and is unique, so that a crash or a restart enters none twice; an
hour in which nothing was done leaves no record. The instant of the record is never earlier than an
act that it covers, and no act that it does not cover is dated earlier: an act cannot be dated back
over the hour without showing (`node.check.journal`).

What it does not do: keep time (`node.journal` has the worker), show anything to peers.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from tracer.clock import instant, stamp
from tracer.evidence.checkpoint import LogKey, sign_checkpoint
from tracer.evidence.journal import JournalHead, journal_key
from tracer.evidence.record import SALT_BYTES, Kind, new_record
from tracer.store import EntryRow, HeadRow, Store, Tx

HOUR = len("2026-03-01T12")
"""Characters of an instant that name its hour."""


class EnterJournal:
    """The verb. `restoring` says whether the gate is closed; `key` gives the present log's key."""

    def __init__(
        self,
        *,
        store: Store,
        authority: str,
        key: Callable[[], LogKey],
        restoring: Callable[[], bool],
    ) -> None:
        self._store = store
        self._authority = authority
        self._key = key
        self._restoring = restoring

    async def __call__(self) -> EntryRow | None:
        """Enter the head of now; None if there is nothing to enter, or not now."""
        if self._restoring() or not self._store.glance(_due):
            return None
        return await self._store.write(self._enter)

    def _enter(self, tx: Tx) -> EntryRow | None:
        # 1, 2. Not restoring, not yet this hour, grown.
        if self._restoring() or not _due(tx):
            return None
        head, at, hour = tx.journal.head(), tx.journal.instant(), tx.now[:HOUR]
        # 3. The journal's own signature.
        self._sign(tx, head)
        # 4. The record.
        record = new_record(
            kind=Kind.JOURNAL,
            id=JournalHead(head.origin, head.size, head.root).digest(),
            sender=self._authority,
            recipient=self._authority,
            at=instant(at),
            salt=os.urandom(SALT_BYTES),
        )
        tx.journal.entered(hour, head, at, tx.log.append(record))
        return tx.journal.entry_of(hour)

    def _sign(self, tx: Tx, head: HeadRow) -> None:
        signed = sign_checkpoint(
            origin=head.origin,
            size=head.size,
            root=head.root,
            at=instant(head.at),
            key=journal_key(self._key(), head.origin),
        )
        row = (signed.origin, signed.size, signed.root, signed.note)
        tx.log.save_checkpoint(*row, stamp(signed.at), mine=True)


def _due(tx: Tx) -> bool:
    """Whether the journal holds acts of an hour that is over and this hour has no entry."""
    if tx.journal.entry_of(tx.now[:HOUR]) is not None:
        return False
    head, last = tx.journal.head(), tx.journal.newest_entry()
    entered = last.size if last is not None and last.journal == head.origin else 0
    if head.size <= entered:
        return False
    oldest = tx.audit.dated(head.origin, entered)
    return oldest is None or oldest[:HOUR] < tx.now[:HOUR]
