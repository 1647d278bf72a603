"""Handing on entries at work: one side asks, the other answers, and both know what the other holds.

One contact brings both up to date: the asker hands on what the other lacks and is handed what it
lacks itself. So an authority that opens no port, and makes all connections, gets and gives entries
as the others do. Entries that do not fit into one body go in the next.

What it does not do: decide when (`node.workers.entries`), or what is believed (`taking`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from tracer.exchange.entries.form import (
    Holds,
    answered,
    handed,
    held,
    lacking,
    read_answered,
    read_handed,
    verified,
)
from tracer.exchange.entries.taking import TakeEntries
from tracer.store import Store
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer
from tracer.trust.entry import VerifiedEntry

ROUNDS: Final = 20
"""Most questions on one way."""


class Told(NamedTuple):
    """How a peer stands to our entry after a contact."""

    holds: Holds
    """The newest of our entries that it believes."""
    refused: str
    """Why it does not take a newer one; empty: it has not refused any."""
    apart: bool = False
    """Whether that is not the one that counted here when the contact ended."""


class Shelf:
    """Our entries as they are handed on; `own` is the one that counts now."""

    def __init__(self, *, store: Store, own: Callable[[], VerifiedEntry]) -> None:
        self._store = store
        self._own = own

    @property
    def digest(self) -> str:
        """That of the entry that counts now."""
        return self._own().digest

    async def after(self, digest: str) -> tuple[bytes, ...]:
        """Those that somebody lacks who holds the one with this digest."""
        newest = self._own()
        if newest.digest == digest:
            return ()
        archive = await self._store.read(lambda tx: tx.peers.entries(newest.authority))
        return lacking(archive, newest, digest)


class AnswerEntry:
    """The answering side."""

    def __init__(self, *, shelf: Shelf, take: TakeEntries) -> None:
        self._shelf = shelf
        self._take = take

    async def __call__(self, peer: Peer, body: bytes) -> bytes:
        """Take what follows from what we hold, say what we hold then, hand on what the peer lacks.

        Raises:
            PeerError: `batch-form`, `too-large`, `party-mismatch`, or what is wrong with an entry
                by itself; nothing was taken.
        """
        told = read_handed(body)
        entries = verified(told.entries, authority=peer.authority)
        taken = await self._take(peer, entries)
        files = await self._shelf.after(told.holds.digest)
        return answered(held(taken.peer.verified), files, taken.refused)


class HandEntries:
    """The asking side."""

    def __init__(self, *, shelf: Shelf, take: TakeEntries, line: PeerLine) -> None:
        self._shelf = shelf
        self._take = take
        self._line = line
        self._last: dict[str, Told] = {}

    def last(self, authority: str) -> Told | None:
        """How a peer stood to our entry at the last contact of this process, if there was one."""
        return self._last.get(authority)

    async def __call__(self, peer: Peer, holds: Holds | None = None) -> Told:
        """Bring a peer and us up to date.

        Args:
            peer: Whom to ask; it has a port.
            holds: What it was heard to hold last; None: it is asked first.

        Raises:
            LineError: it cannot be reached, or knows no such endpoint (`http-404`).
            PeerError: what it answers is not of this form, or an entry in it is not sound.
        """
        peer, told, fresh = await self._contact(peer, holds)
        before = holds
        for _ in range(ROUNDS - 1):
            settled = told.holds.digest == self._shelf.digest or told.refused
            if not fresh and (settled or told.holds == before):
                break
            before = told.holds
            peer, told, fresh = await self._contact(peer, before)
        told = told._replace(apart=told.holds.digest != self._shelf.digest)
        self._last[peer.authority] = told
        return told

    async def _contact(self, peer: Peer, holds: Holds | None) -> tuple[Peer, Told, int]:
        files = () if holds is None else await self._shelf.after(holds.digest)
        body = handed(held(peer.verified), files)
        answer = read_answered(await self._line.post(peer, "entry", body))
        entries = verified(answer.entries, authority=peer.authority)
        taken = await self._take(peer, entries)
        return taken.peer, Told(answer.holds, answer.refused), taken.fresh
