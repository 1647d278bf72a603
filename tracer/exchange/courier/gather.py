"""Gather: what waits for a peer, from one read of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracer.exchange.courier.form import MAX_CHAIN, MAX_ENTRIES, MAX_HELD, MAX_SEEN
from tracer.exchange.shown import Shown
from tracer.exchange.uploads import Shelf
from tracer.store import AttachmentRow, Known, OutboxRow, Tx
from tracer.store.courier import Carried
from tracer.store.rows import Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What one read of the store gives."""

    rows: Sequence[OutboxRow]
    messages: Sequence[Outgoing]
    uploads: Sequence[AttachmentRow]
    """Attachments that the peer has not got and that lie here whole."""
    owed: dict[str, Known]
    """Messages of the peer whose receipts go by courier."""
    held: Sequence[str]
    """Attachments of the peer that are here whole, to be said so."""
    seen: Sequence[str]
    """Files of the peer that were taken in here."""
    sizes: Sequence[int]
    """Sizes of our log that the peer may remember."""
    carried: Carried
    """What of our log it got by courier, and what it wants of it."""
    remembered: int
    """Size of the peer's log that we remember."""
    yours: str | None
    """The checkpoint of the peer's log with that size."""
    entries: tuple[bytes, ...]

    @property
    def waits(self) -> bool:
        """Whether there is anything to carry."""
        return bool(self.messages or self.uploads or self.owed or self.held)


class Gather:
    """The look of one node at what waits."""

    def __init__(self, *, authority: str, shelf: Shelf, shown: Shown) -> None:
        self._authority = authority
        self._shelf = shelf
        self._shown = shown

    def __call__(self, tx: Tx, peer: str, *, entry: bytes, messages: bool) -> Gathered:
        """What waits for `peer`; without `messages`, only what answers the peer's.

        `entry` is our entry as it is handed out now.
        """
        rows = tx.outbox.carry(peer) if messages else []
        ids = [row.message_id for row in rows]
        remembered = tx.peers.remembered(peer)
        said = tx.peers.state(peer).sent_size
        return Gathered(
            rows=rows,
            messages=tx.messages.outgoing(peer, ids),
            uploads=self._uploads(tx, peer, ids) if messages else [],
            owed=tx.messages.known(peer, tx.courier.owed(peer, "receipt")),
            held=tx.courier.owed(peer, "held")[:MAX_HELD],
            seen=tx.courier.taken(peer, MAX_SEEN),
            sizes=[*tx.courier.sizes(peer), said, self._shown.since(peer, said)],
            carried=tx.courier.carried(peer),
            remembered=0 if remembered is None else remembered.size,
            yours=None if remembered is None else remembered.note,
            entries=_chain(tx.peers.entries(self._authority), entry),
        )

    def _uploads(self, tx: Tx, peer: str, going: Sequence[str]) -> list[AttachmentRow]:
        """Attachments of what goes now, and of what is there without them."""
        rows = tx.attachments.pending(peer, incoming=False)
        rows += [
            row
            for name in going
            for row in tx.attachments.for_message(name)
            if row.peer == peer and row.state != "complete"
        ]
        whole = {row.digest: row for row in rows if self._shelf.path(row.digest).exists()}
        return list(whole.values())


def _chain(earlier: Sequence[bytes], newest: bytes) -> tuple[bytes, ...]:
    """Our newest entries, as many as fit, so that a reader who missed some can follow."""
    chain, size = [newest], len(newest)
    for one in reversed([one for one in earlier if one != newest]):
        size += len(one)
        if len(chain) == MAX_ENTRIES or size > MAX_CHAIN:
            break
        chain.insert(0, one)
    return tuple(chain)
