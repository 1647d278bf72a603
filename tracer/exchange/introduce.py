"""Introduce: the next entry of an authority that is known becomes the one that counts.

Of an authority that is known only a continuation of the chain is taken: the next number, signed by
a key of the entry that is held. One that breaks the chain is refused. Of an authority that is not
known the caller has had the fingerprint compared by a person.

What it does not do: ask who may (`casework.peers`), or send entries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tracer.store import Store, Tx
from tracer.trust.directory import Directory, Peer
from tracer.trust.entry import VerifiedEntry, fingerprint


class Introduce:
    """The verb. `set_directory` swaps the directory after the commit, under the lock `changing`."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Callable[[], Directory],
        set_directory: Callable[[Directory], None],
        changing: asyncio.Lock,
    ) -> None:
        self._store = store
        self._directory = directory
        self._set_directory = set_directory
        self._changing = changing

    async def __call__(
        self,
        verified: VerifiedEntry,
        *,
        by: str,
        note: Callable[[Tx, VerifiedEntry], None] = lambda _tx, _entry: None,
    ) -> Peer:
        """Take the next entry of a known authority, or the first of a new one.

        `note` puts it on record in the same transaction.

        Raises:
            PeerError: it does not follow the one held, or shares a key with another authority.
        """

        def body(tx: Tx) -> None:
            pin(tx, verified, by=by)
            note(tx, verified)

        async with self._changing:
            before = self._directory()
            known = before.find(verified.authority)
            after = before.with_identity(verified) if known is None else before.with_next(verified)
            await self._store.write(body)
            self._set_directory(after)
        return after.peer(verified.authority)


def pin(tx: Tx, verified: VerifiedEntry, *, by: str) -> None:
    """Make an entry the one that counts, and know the terms it states."""
    tx.terms.put_entry(verified.entry.terms)
    tx.peers.put_entry(
        verified.authority,
        verified.file,
        seq=verified.entry.seq,
        digest=verified.digest,
        fingerprint=fingerprint(verified.jws),
        by=by,
    )
