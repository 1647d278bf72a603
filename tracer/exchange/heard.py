"""When each peer last came by itself, whatever for: to bring, to fetch, or only to look.

A peer that opens no port brings a message now and then, but looks for what waits all the time: that
is hearing from it, too. A write for each look would cost more than the look, so they are noted in
memory and written now and then (`node.workers.tidy`), of each peer at most once in `EVERY`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tracer.clock import Clock, stamp
from tracer.store import Store, Tx

EVERY: Final = timedelta(minutes=5)
"""From one note about a peer in the store to the next."""


class Heard:
    """Instants by peer; an end of the process loses at most what was heard since the last note."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._last: dict[str, datetime] = {}
        self._noted: dict[str, datetime] = {}

    def note(self, peer: str) -> None:
        """It is here now, over its own channel."""
        self._last[peer] = self._clock.now()

    async def flush(self) -> None:
        """Write of whom nothing is noted for a while."""
        due = {peer: at for peer, at in self._last.items() if self._due(peer, at)}
        if due:
            await self._store.write(lambda tx: _keep(tx, due))
            self._noted.update(due)

    def _due(self, peer: str, at: datetime) -> bool:
        noted = self._noted.get(peer)
        return noted is None or at - noted >= EVERY


def _keep(tx: Tx, due: Mapping[str, datetime]) -> None:
    """A message that came meanwhile has noted its own instant, which may be later."""
    for peer, at in sorted(due.items()):
        if stamp(at) > (tx.peers.state(peer).last_in or ""):
            tx.peers.note_contact(peer, last_in=stamp(at))
