"""A peer hears of a succession: it goes on with a restored authority, or does not.

In this order; the first failure is the answer:

1. the announcement is well-formed, its entry verifies and is of the channel's authority;
2. the entry is the one we hold, or the next one (`entry.succeeds`); its old log is one we know;
3. the new log begins with the succession record, and the head gone on from is a beginning of what
   we have seen of the old log (`form.judge`); a contradiction is kept as a fault;
4. once in twelve months we go on by ourselves; sooner again it waits for a person here, and what
   waits is not replaced: a second entry that succeeds the same log is a fault;
5. one transaction: the entry, the succession, the new log's checkpoint, a line in the audit trail.

What we remember of the old log stays. A checkpoint of it that is dated after the succession is a
fork (`closed`): somebody goes on with what was closed for ever.

What it does not do: tell of our own restore (`telling`); bring messages back, which the restored
side asks for (`resync`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import msgspec

from tracer.canonical import canonical_json, unb64url
from tracer.clock import Clock, stamp
from tracer.errors import PeerError
from tracer.evidence.checkpoint import LogPublic
from tracer.exchange import batch as wire
from tracer.exchange.accuse import POLICY, FaultKind, accuse
from tracer.exchange.checks import FUTURE
from tracer.exchange.greetings import read
from tracer.exchange.introduce import pin
from tracer.exchange.log.peerlog import remember
from tracer.exchange.succession.form import (
    Announcement,
    Held,
    Successor,
    judge,
    read_entry,
)
from tracer.store import Store, Tx
from tracer.store.restore_rows import SuccessionRow
from tracer.store.restores import TAKEN, WAITS
from tracer.trust.directory import Directory, Peer
from tracer.trust.entry import VerifiedEntry, verify_entry
from tracer.trust.nouns import Succession

ONCE_IN = timedelta(days=365)
"""A peer's log is followed to its successor without a person once in this time."""
FORKED = "forked"
"""What two announcements of one log come to that name different successors."""
WAITING = "peer-succession-waits"
"""The act that says that a peer's next log waits for a person."""


class AnswerSuccession:
    """The peer's side. `adopt` swaps the directory after the commit, under the lock `changing`."""

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

    async def __call__(self, peer: Peer, body: bytes) -> bytes:
        """Hear what a peer tells of its restore.

        Raises:
            PeerError: the first step that fails.
        """
        # 1. and 2. What the bytes say.
        told = read(body, Announcement)
        verified, succession = read_entry(told)
        if verified.authority != peer.authority:
            raise PeerError("party-mismatch", "the entry is of another authority")
        async with self._changing:
            return await self._follow(told, verified, succession, body)

    async def _follow(
        self, told: Announcement, verified: VerifiedEntry, succession: Succession, body: bytes
    ) -> bytes:
        """Steps 2 to 5."""
        name = verified.authority
        after = self._directory().with_next(verified)
        # 3. The two logs.
        closed, held = await self._store.read(lambda tx: seen(tx, name, succession))
        try:
            found = judge(told, verified, succession, closed=closed, held=held)
        except PeerError as error:
            if error.code == "log-proof-needed":
                return _heard("proof-needed", int(error.hints[0]))
            if error.code == "log-fork":
                await self._store.write(lambda tx: _fault(tx, name, body))
            raise
        if max(found.record.at, found.checkpoint.at) > self._clock.now() + FUTURE:
            raise PeerError("checkpoint-time", "the new log begins in our future")
        # 4. and 5.
        state = await self._store.write(lambda tx: self._keep(tx, found, told, body))
        if state == FORKED:
            raise PeerError("log-fork", "another successor of the same log was told before")
        if state == TAKEN:
            self._adopt(after)
        return _heard("taken" if state == TAKEN else "waits", 0)

    def _keep(self, tx: Tx, found: Successor, told: Announcement, body: bytes) -> str:
        name, origin = found.verified.authority, found.verified.entry.log.origin
        known = tx.restores.get(origin)
        if known is not None and known.state == WAITS and _differs(known, found):
            both = {"waits": msgspec.json.decode(known.announcement), "told": told}
            _fault(tx, name, canonical_json(both))
            return FORKED
        if known is not None:
            state = known.state
        elif _held_already(tx, found):
            state = TAKEN  # a person has taken its entry file
        else:
            state = WAITS if self._again(tx, name) else TAKEN
        counted = -1 if told.reentered is None else told.reentered
        before = -1 if known is None else known.reentered
        row = succession_row(
            found,
            state=state,
            reentered=max(counted, before),
            by=POLICY if known is None else known.by,
            at=tx.now,
            body=body,
        )
        tx.restores.put(row)
        if known is None and state == WAITS:
            tx.audit.write(POLICY, WAITING, name, {"origin": origin})
        if state == TAKEN:
            _taken(tx, found, fresh=known is None)
        return state

    def _again(self, tx: Tx, authority: str) -> bool:
        """Whether this peer's log was followed to a successor within twelve months."""
        since = stamp(self._clock.now() - ONCE_IN)
        return any(row.state == TAKEN and row.at > since for row in tx.restores.of(authority))


def seen(tx: Tx, authority: str, succession: Succession) -> tuple[LogPublic, Held]:
    """The keys of the closed log, and what we have seen of it.

    Raises:
        PeerError: `log-origin`: no entry that we hold named it.
    """
    logs = {
        entry.log.origin: entry.log.public()
        for entry in (verify_entry(file).entry for file in tx.peers.entries(authority))
    }
    closed = logs.get(succession.origin)
    if closed is None:
        raise PeerError("log-origin", "the log that it closes is not one that we know")
    newest = tx.peers.remembered(authority, succession.origin)
    upto = tx.restores.held(succession.origin, succession.size)
    return closed, Held(upto=upto, most=0 if newest is None else newest.size)


def succession_row(
    found: Successor, *, state: str, reentered: int, by: str, at: str, body: bytes
) -> SuccessionRow:
    """A peer's succession as it is kept."""
    entry, succession = found.verified.entry, found.succession
    return SuccessionRow(
        origin=entry.log.origin,
        authority=entry.authority,
        closed=succession.origin,
        size=succession.size,
        root=unb64url(succession.root),
        highest=succession.highest,
        cause=succession.cause,
        state=state,
        lost=found.lost,
        reentered=reentered,
        opened=stamp(found.record.at),
        at=at,
        by=by,
        announcement=body,
    )


def believe(tx: Tx, found: Successor, *, by: str) -> None:
    """Pin the entry and begin anew with the new log, in the caller's transaction."""
    verified = found.verified
    row = tx.peers.get(verified.authority)
    if row is None or row.digest != verified.digest:
        pin(tx, verified, by=by)
    remember(tx, verified.authority, found.checkpoint)
    detail = {
        "origin": verified.entry.log.origin,
        "lost": found.lost,
        "size": found.succession.size,
    }
    tx.audit.write(by, "peer-restored", verified.authority, detail)


def _taken(tx: Tx, found: Successor, *, fresh: bool) -> None:
    """Believe it when it is first heard of; a later entry that tells of it again is pinned."""
    if fresh:
        believe(tx, found, by=POLICY)
    elif not _held_already(tx, found):
        pin(tx, found.verified, by=POLICY)


def _differs(known: SuccessionRow, found: Successor) -> bool:
    """Whether another entry waits for a person already: who decides decides about one."""
    waiting, _ = read_entry(read(known.announcement, Announcement))
    return waiting.digest != found.verified.digest


def _held_already(tx: Tx, found: Successor) -> bool:
    row = tx.peers.get(found.verified.authority)
    return row is not None and row.digest == found.verified.digest


def _fault(tx: Tx, authority: str, body: bytes) -> None:
    accuse(tx, FaultKind.LOG_FORK, authority, body)


def _heard(state: str, held: int) -> bytes:
    return canonical_json({"profile": wire.PROFILE, "state": state, "held": held})
