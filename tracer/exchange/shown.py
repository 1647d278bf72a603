"""How far each peer has seen our log: what our next batch to it leads on from.

A peer remembers the newest checkpoint it was shown, in our batches and in our answers to its own. A
batch that leads on from an older one is refused `log-proof-needed` and goes again, which costs a
round trip in every dialogue. What it said last is kept with its line (`peer_state.sent_size`); what
our answers have shown since then is known here only, and a restart costs that round trip once.
"""

from __future__ import annotations


class Shown:
    """Sizes of our log by peer; a hint: whether it is right is for the peer to say."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}

    def note(self, peer: str, size: int) -> None:
        """The peer was shown this checkpoint, or has said that it remembers it."""
        self._sizes[peer] = size

    def since(self, peer: str, stored: int) -> int:
        """What it is thought to remember; `stored` is what it said last."""
        return self._sizes.get(peer, stored)
