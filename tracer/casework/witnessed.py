"""Who has witnessed the messages of a case: in our log, and in the other side's.

Each message stands in two logs: as sent in its author's, as received in the recipient's. A place in
a log is witnessed by everybody who has cosigned a head that provably holds it; the State whose log
it is says how many of whom are enough. A receipt is valid without any of this, and gains it later.

What it does not do: verify signatures (that was done when the lines came), or ask anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from msgspec import UNSET

from tracer.clock import instant, stamp
from tracer.evidence.cosignature import count
from tracer.store import MessageHead, Receipt, Tx
from tracer.trust.nouns import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessedIn:
    """A message in one log, as witnesses have seen it."""

    authority: str
    """Whose log it is."""
    origin: str
    by: tuple[str, ...]
    """Witnesses that have cosigned a head which holds it, in the order in which they did."""
    of: int
    """How many are chosen, or have."""
    quorum: int
    """How many the log's State says are enough; 0: it has chosen none."""
    since: str
    """When as many as that had; empty while they have not."""


class Witnesses:
    """Looks up the places of messages; `entry` gives the entry of an authority, ours included."""

    def __init__(self, *, authority: str, entry: Callable[[str], Entry | None]) -> None:
        self._authority = authority
        self._entry = entry

    def of_thread(
        self, tx: Tx, peer: str, heads: Mapping[str, MessageHead], receipts: Mapping[str, Receipt]
    ) -> dict[str, tuple[WitnessedIn, ...]]:
        """Both logs for each message of a thread; the peer's only where its proof is here."""
        proofs = dict(receipts)
        if heads:
            proofs |= tx.messages.sender_proofs_of(next(iter(heads.values())).thread)
        held = _held(tx, proofs.values())
        memory: dict[tuple[str, int], WitnessedIn] = {}
        ours = self._entry(self._authority)
        theirs = self._entry(peer)

        def place(origin: str, least: int, authority: str, entry: Entry | None) -> WitnessedIn:
            key = (origin, least)
            if key not in memory:
                memory[key] = _place(tx, origin, least, authority, entry)
            return memory[key]

        found = {}
        for name, head in heads.items():
            places = [place(head.origin, head.leaf_index + 1, self._authority, ours)]
            proof = proofs.get(name)
            if proof is not None:
                least = held[proof.origin].get(proof.size, 0)
                places.append(place(proof.origin, least, peer, theirs))
            found[name] = tuple(places)
        return found


def _held(tx: Tx, proofs: Iterable[Receipt]) -> dict[str, dict[int, int]]:
    """From which witnessed head on the checkpoints of proofs are held: by log, by size."""
    sizes: dict[str, set[int]] = {}
    for proof in proofs:
        sizes.setdefault(proof.origin, set()).add(proof.size)
    return {origin: tx.witness.held(origin, found) for origin, found in sizes.items()}


def _place(tx: Tx, origin: str, least: int, authority: str, entry: Entry | None) -> WitnessedIn:
    chosen = UNSET if entry is None else entry.witnesses
    members = () if chosen is UNSET else tuple(one.name for one in chosen.members)
    first = tx.witness.signed_from(origin, least) if least else []
    found = count(
        ((name, instant(at)) for name, at in first),
        members,
        0 if chosen is UNSET else chosen.quorum,
    )
    return WitnessedIn(
        authority=authority,
        origin=origin,
        by=found.names,
        of=found.of,
        quorum=found.quorum,
        since="" if found.since is None else stamp(found.since),
    )
