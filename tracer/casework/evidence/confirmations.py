"""What others say of the logs of a case: lines of witnesses and time stamps, for its bundle.

For each head that a message of the case stands under: the first heads from there on that witnesses
have signed, until as many have as the log's authority holds to be enough, and the first time stamp
(of our own log alone: nobody shows us those of a peer's). A peer's later heads are reached over the
proofs that were kept when they were shown (`exchange.witness.witnessed`); ours are joined from our
tree. Where the proofs lead from each head of a peer to one that holds them all, they go along, so
that its heads are shown to stand in one history although nobody can ask it.

What it does not do: verify anything (the exported file is), or ask anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from msgspec import UNSET

from tracer.evidence.proof import ConsistencyProof
from tracer.model.ids import parse_log_origin
from tracer.store import Tx
from tracer.trust.entry import VerifiedEntry

MOST: Final = 8
"""Heads that are looked at for the lines of one."""

MOST_JOINS: Final = 200
"""Proofs that are followed to join the heads of a log; the peer is asked for as many."""

Place = tuple[str, int]


class Named(NamedTuple):
    """The witnesses of an authority: all it has ever named, and how many are enough now."""

    names: frozenset[str]
    quorum: int

    @classmethod
    def of(cls, entries: Sequence[VerifiedEntry]) -> Self:
        """By its entries, oldest first."""
        listed = [one.entry.witnesses for one in entries]
        names = {one.name for each in listed if each is not UNSET for one in each.members}
        newest = listed[-1] if listed else UNSET
        return cls(frozenset(names), 1 if newest is UNSET else newest.quorum)


@dataclass(frozen=True, slots=True)
class Confirmations:
    """What goes along."""

    cosigned: dict[Place, str] = field(default_factory=dict)
    tokens: dict[Place, tuple[str, bytes]] = field(default_factory=dict)
    links: list[tuple[str, ConsistencyProof]] = field(default_factory=list)
    """Between a peer's heads."""
    witnesses: set[str] = field(default_factory=set)
    """Who has signed: entries that name them are needed."""


def confirmations(tx: Tx, places: Mapping[Place, str], named: Mapping[str, Named]) -> Confirmations:
    """Gather for the heads of a case.

    Args:
        tx: One read.
        places: The heads that its messages stand under.
        named: The witnesses of both authorities.
    """
    found, ours = Confirmations(), {*tx.log.origins()}
    for origin, size in sorted(places):
        chosen = named.get(parse_log_origin(origin)[0], Named(frozenset(), 1))
        heads = _ours(tx, origin, size) if origin in ours else _theirs(tx, origin, size)
        signed: set[str] = set()
        for head, link in heads:
            lines = _lines(tx, (origin, head), chosen.names, found)
            if link is not None and not lines:
                break
            if link is not None and (origin, link) not in found.links:
                found.links.append((origin, link))
            signed |= lines
            if len(signed) >= chosen.quorum:
                break
        if origin in ours and (row := tx.time_stamps.covering(origin, size)) is not None:
            found.tokens[row.origin, row.size] = (row.note, row.token)
    for origin in {origin for origin, _ in places} - ours:
        chosen = named.get(parse_log_origin(origin)[0], Named(frozenset(), 1))
        _join(tx, origin, places, chosen.names, found)
    return found


Step = tuple[int, ConsistencyProof | None]
"""A head, and the proof from the one before, where we cannot make it ourselves."""


def _ours(tx: Tx, origin: str, size: int) -> Iterator[Step]:
    for head in tx.witness.sizes_from(origin, size, most=MOST):
        yield head, None


def _theirs(tx: Tx, origin: str, size: int) -> Iterator[Step]:
    """The head itself, and those that it is proved to be continued by."""
    yield size, None
    for _ in range(MOST):
        link = tx.witness.linked(origin, size)
        if link is None:
            return
        yield link[0], ConsistencyProof(old=size, new=link[0], path=link[1])
        size = link[0]


def _join(
    tx: Tx, origin: str, places: Collection[Place], names: frozenset[str], found: Confirmations
) -> None:
    """Follow the kept proofs from all heads of a peer's log that go along until they meet."""
    sizes = {size for name, size in (*places, *found.cosigned) if name == origin and size}
    steps: list[ConsistencyProof] = []
    for _ in range(MOST_JOINS):
        if len(sizes) < 2:  # noqa: PLR2004 - one head is one history
            break
        link = tx.witness.linked(origin, least := min(sizes))
        if link is None:
            return
        steps.append(ConsistencyProof(old=least, new=link[0], path=link[1]))
        sizes = (sizes - {least}) | {link[0]}
    else:
        return
    there = {*places, *found.cosigned}
    bare = ((origin, one.new) for one in steps if (origin, one.new) not in there)
    if all(_lines(tx, place, names, found) for place in bare):
        found.links.extend((origin, one) for one in steps if (origin, one) not in found.links)


def _lines(tx: Tx, place: Place, names: frozenset[str], found: Confirmations) -> set[str]:
    """Take the lines of known witnesses under a head; whose they are."""
    rows = [one for one in tx.witness.lines(*place) if one.witness in names]
    head = tx.log.signed(*place)
    if not rows or head is None:
        return set()
    found.cosigned[place] = head.note + "".join(one.line for one in rows)
    signers = {one.witness for one in rows}
    found.witnesses.update(signers)
    return signers
