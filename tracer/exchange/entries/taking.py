"""Taking the entries that a peer hands on by line: only what its own chain proves.

For each of them, oldest first; the first that fails ends it, and what came before it is kept:

1. one that is on record says nothing new; another one with a number that is taken is a fork;
2. one that names another log is left to `succession`, which is shown what an entry does not show;
3. one that is dated in our future waits until it is not (`clock-ahead`);
4. where a peer is reached, and by which certificates its channel is known, is not changed without a
   person (`entry-moved`): who has two keys of it must not lead its peers elsewhere;
5. it is the next of the chain that is held, made by a key that is in use by our clock, and shares
   no key with another authority (`Directory.with_next`): so a revocation is neither taken back nor
   put off.

Then one transaction: the entries, a line in the audit trail for each, and what was refused as
evidence. The directory is swapped after it; from then on a revoked key counts for nothing.

What is refused under 1, 4 and 5 is kept against the peer (`FaultKind.ENTRY_APART`) and waits for a
person, who compares the fingerprint by voice. It holds nothing up: whoever holds the channel key
alone could have sent it, and the entry held stays what it is.

What it does not do: take the entry of anybody but the channel's peer, or change its standing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from tracer.canonical import canonical_json
from tracer.clock import Clock, instant, stamp
from tracer.errors import PeerError
from tracer.exchange.accuse import POLICY, FaultKind, accuse
from tracer.exchange.checks import FUTURE
from tracer.exchange.introduce import pin
from tracer.log import get_logger
from tracer.store import PeerRow, Store, Tx
from tracer.trust.directory import Directory, Peer
from tracer.trust.entry import VerifiedEntry, fingerprint
from tracer.trust.nouns import Entry

_log = get_logger("exchange.entries")
A_DAY: Final = 8
"""Entries of one peer that are taken by line within a day; more wait (`quota`). No authority issues
so many, and a peer cannot fill the disk with them."""
APART: Final = 4
"""Entries that do not follow are kept so many beside one that is held: a person is told of it as
long as it counts, whatever was kept before."""
WHOLE: Final = 16
"""Of so many of one peer the file is kept; of more their digest, so that none fills the disk."""
_LATER: Final = frozenset(("log-origin", "clock-ahead", "quota"))
"""What is refused so is nothing that a person has to look at: it goes another way, or later."""


class Taken(NamedTuple):
    """What came of the entries that were handed on."""

    peer: Peer
    """The peer as it is now."""
    fresh: int
    """How many were taken."""
    refused: str
    """Why the first that was not taken was not; empty if all were, or held already."""


class Judged(NamedTuple):
    """The directory with what is taken; what is not, and why."""

    directory: Directory
    fresh: tuple[VerifiedEntry, ...]
    refused: str = ""
    apart: VerifiedEntry | None = None
    """What a person has to look at."""


class TakeEntries:
    """The verb. `adopt` swaps the directory after the commit, under the lock `changing`."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        directory: Callable[[], Directory],
        adopt: Callable[[Directory], None],
        changing: asyncio.Lock,
    ) -> None:
        self._store = store
        self._clock = clock
        self._directory = directory
        self._adopt = adopt
        self._changing = changing

    async def __call__(self, peer: Peer, entries: Sequence[VerifiedEntry]) -> Taken:
        """Take what follows from the entry held of a peer.

        Args:
            peer: Whose channel they came by.
            entries: Its own, each verified by itself (`form.verified`), oldest first.

        Raises:
            PeerError: `peer-unknown`: the peer is no longer in the directory.
        """
        name = peer.authority
        async with self._changing:
            before = self._directory()
            before.peer(name)
            if not entries:
                return Taken(before.peer(name), 0, "")
            since = stamp(self._clock.now() - timedelta(days=1))
            known, today = await self._store.read(
                lambda tx: (tx.peers.digests(name), tx.peers.archived(name, by=POLICY, since=since))
            )
            judged = judge(before, entries, known, room=A_DAY - today, now=self._clock.now())
            if judged.fresh or judged.apart is not None:
                await self._store.write(lambda tx: _keep(tx, before.peer(name), judged))
            if judged.refused:
                _log.warning("entries.refused", peer=name, code=judged.refused)
            if judged.fresh:
                self._adopt(judged.directory)
        return Taken(judged.directory.peer(name), len(judged.fresh), judged.refused)


def strange(tx: Tx, row: PeerRow) -> bool:
    """Whether a peer handed on what does not follow from the entry that counts; until the next."""
    return _beside(tx, row.authority, row.digest) > 0


def _beside(tx: Tx, authority: str, held: str) -> int:
    """How many entries are kept that did not follow from this one."""
    kept = tx.peers.faults(authority, kind=FaultKind.ENTRY_APART)
    return sum(msgspec.json.decode(one.evidence)["held"] == held for one in kept)


def judge(
    directory: Directory,
    entries: Sequence[VerifiedEntry],
    known: Collection[str],
    *,
    room: int,
    now: datetime,
) -> Judged:
    """Take what follows, up to the first that does not, in memory.

    Args:
        directory: Whom we believe now.
        entries: Of one authority of it, each verified by itself, oldest first.
        known: The digests of all entries of that authority on record.
        room: How many may be taken.
        now: The time by our clock.
    """
    fresh: list[VerifiedEntry] = []
    for one in entries:
        held = directory.peer(one.authority).verified
        if one.entry.seq <= held.entry.seq and one.digest in known:
            continue
        try:
            _check(held, one, now, full=len(fresh) >= room)
            directory = directory.with_next(one, at=now)  # 5.
        except PeerError as error:
            apart = None if error.code in _LATER else one
            return Judged(directory, tuple(fresh), error.code, apart)
        fresh.append(one)
    return Judged(directory, tuple(fresh))


def _check(held: VerifiedEntry, one: VerifiedEntry, now: datetime, *, full: bool) -> None:
    if one.entry.seq <= held.entry.seq:  # 1.
        raise PeerError("entry-chain", "another entry with a number that is taken")
    if one.entry.log.origin != held.entry.log.origin:  # 2.
        raise PeerError("log-origin", "it names another log")
    if full:
        raise PeerError("quota", "no more entries of this peer are taken by line today")
    if instant(one.entry.issued) > now + FUTURE:  # 3.
        raise PeerError("clock-ahead", "issued more than ten minutes in our future")
    if _moved(held.entry, one.entry):  # 4.
        raise PeerError("entry-moved", "reached elsewhere, or by another channel")


def _moved(held: Entry, new: Entry) -> bool:
    """Whether the authority is reached, or its channel known, in another way."""
    return (held.mode, held.endpoint, held.channel) != (new.mode, new.endpoint, new.channel)


def _keep(tx: Tx, peer: Peer, judged: Judged) -> None:
    name = peer.authority
    held = (judged.fresh[-1] if judged.fresh else peer.verified).digest
    for one in judged.fresh:
        pin(tx, one, by=POLICY)
        seen = {"seq": one.entry.seq, "fingerprint": fingerprint(one.jws), "news": "next"}
        tx.audit.write(POLICY, "peer-add", name, seen)
    if judged.apart is not None and _beside(tx, name, held) < APART:
        whole = len(tx.peers.faults(name, kind=FaultKind.ENTRY_APART)) < WHOLE
        shown = {"entry": judged.apart.file.decode()} if whole else {"digest": judged.apart.digest}
        evidence = {"code": judged.refused, "held": held, **shown}
        accuse(tx, FaultKind.ENTRY_APART, name, canonical_json(evidence))
