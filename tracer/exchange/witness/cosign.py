"""Cosign: once an hour, if our log grew, its newest signed head goes to the witnesses we chose.

The steps of a round: (1) the head of this hour is chosen and kept, the same for all witnesses;
(2) each that has not cosigned it and is due is shown it, with the proof from the head it holds;
(3) its answer is judged: a line that verifies, made now, is kept; another size (409) moves what we
believe it holds, and it is shown the head again from there; (4) what went wrong is noted, and the
witness is asked again later, further apart each time.

No transaction is open while a witness is asked, and nothing waits for one: a receipt is valid at
once and gains its cosignatures later. A witness that opens no port comes by itself (`to_witness`);
steps 2 and 3 are the same.

Decisions:
    One head an hour for all. Rejected: each newest head to each witness; the quorum would never
    stand under one head, and witnesses would see how busy we are.
    A cosignature of another time than now is not kept: old ones could be played back to hide that
    a witness has since seen more.

What it does not do: decide who is a witness (the entry says), or cosign (`witness`).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec
from msgspec import UNSET

from tracer.clock import Clock, instant, stamp
from tracer.errors import LineError, PeerError, TracerError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.cosignature import (
    Cosignature,
    WitnessPublic,
    parse_witness_name,
    read_answer,
)
from tracer.evidence.note import read_size
from tracer.evidence.witnessing import CONFLICT, UNKNOWN, write_submission
from tracer.exchange.backoff import Patience
from tracer.exchange.log.ledger import Ledger
from tracer.log import get_logger
from tracer.store import Store, Tx
from tracer.store.witness import CosignatureRow, WitnessStateRow
from tracer.transport.port import PeerLine
from tracer.trust.directory import Directory, Peer, Standing
from tracer.trust.nouns import Entry

_log = get_logger("exchange.cosign")
EVERY: Final = timedelta(hours=1)
"""From one head that witnesses are shown to the next."""
RARELY: Final = timedelta(days=1)
"""Until a witness that does not know us, or has no such endpoint, is asked again."""
WINDOW: Final = timedelta(minutes=10)
"""How far the clock of a witness may be from ours."""
TARGET: Final = "witness.target"
"""Name in `tx.meta` of the head of this hour."""
GOOD: Final = 200


class Target(msgspec.Struct, frozen=True):
    """The head that witnesses are shown at present, and when it was chosen."""

    origin: str
    size: int
    at: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A witness we have chosen that is a node: its line goes by its authority."""

    public: WitnessPublic
    authority: str


def chosen(entry: Entry) -> tuple[Chosen, ...]:
    """The witnesses of an entry that are nodes; others have nobody here who could ask them."""
    found = []
    for public in () if entry.witnesses is UNSET else entry.witnesses.publics():
        try:
            found.append(Chosen(public, parse_witness_name(public.name)[0]))
        except ValueError:
            continue
    return tuple(found)


class Cosign:
    """The side that wants cosignatures.

    Args:
        store: Where heads and lines are kept.
        ledger: Signs our heads and proves that they continue one another.
        line: The way to witnesses.
        clock: Judges the times of their lines.
        directory: Who they are.
        entry: Our own entry as it is now; it names them.
        patience: How long to wait after failures.
        chance: Spreads the waits.
        every: From one head to the next.
        closed: Whether a peer is shown nothing now: we restore, or the way back with it is open.
    """

    def __init__(
        self,
        *,
        store: Store,
        ledger: Ledger,
        line: PeerLine,
        clock: Clock,
        directory: Callable[[], Directory],
        entry: Callable[[], Entry],
        patience: Patience,
        chance: random.Random,
        every: timedelta = EVERY,
        closed: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._line = line
        self._clock = clock
        self._directory = directory
        self._entry = entry
        self._patience = patience
        self._chance = chance
        self._every = every
        self._closed = closed

    async def round(self) -> float:
        """Show the head of this hour to whom is due; the seconds until more is to be done."""
        target = await self.target()  # 1
        if target is None:
            return self._every.total_seconds()
        witnesses = chosen(self._entry())
        await asyncio.gather(*(self._visit(one, target) for one in witnesses))
        return await self._store.read(lambda tx: self._pause(tx, witnesses, target))

    async def target(self) -> Checkpoint | None:
        """The head to be shown now; None if nobody is chosen or the log is empty."""
        if not chosen(self._entry()):
            return None
        now, head = self._clock.now(), self._store.head
        held = await self._store.read(_held)
        if held is not None and held.origin == head.origin:
            waits = now < instant(held.at) + self._every
            if waits or head.size <= held.size:
                return await self._store.read(lambda tx: _signed(tx, held.origin, held.size))
        fresh = await self._ledger.checkpoint()
        if fresh.size == 0:
            return None
        return await self._store.write(lambda tx: _choose(tx, fresh, stamp(now)))

    async def request(self, peer: Peer) -> bytes | None:
        """What the witness `peer`, which comes by itself, is to be asked now; None for nothing."""
        one = self._find(peer)
        if one is None:
            return None
        target = await self.target()
        if target is None:
            return None
        state = await self._due(one, target)
        return None if state is None else await self._asking(state, target)

    async def settle(self, peer: Peer, status: int, body: bytes) -> None:
        """Judge what the witness `peer` has brought."""
        one = self._find(peer)
        target = None if one is None else await self.target()
        if target is not None and one is not None:
            await self._settle(one, target, status, body)

    def _find(self, peer: Peer) -> Chosen | None:
        if self._closed(peer.authority):
            return None
        named = (one for one in chosen(self._entry()) if one.authority == peer.authority)
        return next(named, None)

    async def _visit(self, one: Chosen, target: Checkpoint) -> None:
        """Go to one witness, again at once if it holds another size than we believed."""
        peer = self._directory().find(one.authority)
        if peer is None or peer.mode != "reached" or peer.standing is not Standing.ACTIVE:
            return
        if self._closed(peer.authority):
            return
        for _ in range(2):
            state = await self._due(one, target)
            if state is None:
                return
            body = await self._asking(state, target)
            try:
                status, answer = await self._line.add_checkpoint(peer, body)  # 2
            except (LineError, PeerError) as error:
                await self._failed(one, target, error)
                return
            if not await self._settle(one, target, status, answer):
                return

    async def _due(self, one: Chosen, target: Checkpoint) -> WitnessStateRow | None:
        """How asking it stands, if it has not cosigned the head and its time has come."""

        def body(tx: Tx) -> WitnessStateRow | None:
            lines = tx.witness.lines(target.origin, target.size)
            state = _state(tx, one, target)
            done = any(line.witness == one.public.name for line in lines)
            return None if done or state.next_attempt > tx.now else state

        return await self._store.read(body)

    async def _asking(self, state: WitnessStateRow, target: Checkpoint) -> bytes:
        old = min(state.known, target.size)
        path = await self._ledger.consistency_path(old, target)
        asked = msgspec.structs.replace(state, asked_at=stamp(self._clock.now()))
        await self._store.write(lambda tx: tx.witness.put_state(asked))
        return write_submission(old, path, target.note)

    async def _settle(self, one: Chosen, target: Checkpoint, status: int, body: bytes) -> bool:
        """Keep a line, or note what went wrong (3); whether to ask again at once."""
        try:
            if status == CONFLICT:
                return await self._moved(one, target, _size_of(body))
            if status != GOOD:
                raise LineError(f"witness-{status}", f"{one.public.name} answered {status}")
            signed = self._judged(one, target, body)
        except TracerError as error:
            await self._failed(one, target, error)
            return False
        await self._store.write(lambda tx: self._keep(tx, one, target, signed))
        return False

    def _judged(self, one: Chosen, target: Checkpoint, body: bytes) -> Cosignature:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise PeerError("checkpoint-form", "an answer of a witness is text") from error
        found = read_answer(text, target, (one.public,))
        if not found:
            raise PeerError("checkpoint-signature", f"{one.public.name} signed with another key")
        return found[0]

    def _keep(self, tx: Tx, one: Chosen, target: Checkpoint, signed: Cosignature) -> None:
        state, now = _state(tx, one, target), instant(tx.now)
        since = now if state.asked_at is None else instant(state.asked_at)
        if not since - WINDOW <= signed.at <= now + WINDOW:
            self._note(tx, state, "checkpoint-time")
            return
        at = stamp(signed.at)
        tx.witness.add(
            [CosignatureRow(target.origin, target.size, signed.witness, signed.line, at)]
        )
        good = msgspec.structs.replace(
            state, known=target.size, ok_at=tx.now, failures=0, next_attempt="", error=""
        )
        tx.witness.put_state(good)

    async def _moved(self, one: Chosen, target: Checkpoint, size: int) -> bool:
        """The witness holds another size: ask again from there, unless that leads nowhere."""
        ahead = size > target.size

        def body(tx: Tx) -> bool:
            state = _state(tx, one, target)
            if ahead or size == state.known:
                code = "witness-ahead" if size > tx.log.head().size else "witness-409"
                self._note(tx, state, code)
                return False
            tx.witness.put_state(msgspec.structs.replace(state, known=size))
            return True

        return await self._store.write(body)

    async def _failed(self, one: Chosen, target: Checkpoint, error: TracerError) -> None:
        _log.info("cosign.failed", peer=one.authority, code=error.code)
        await self._store.write(lambda tx: self._note(tx, _state(tx, one, target), error.code))

    def _note(self, tx: Tx, state: WitnessStateRow, code: str) -> None:  # 4
        failures = state.failures + 1
        absent = code in {f"witness-{UNKNOWN}", f"http-{UNKNOWN}"}
        pause = RARELY if absent else self._patience.pause(failures, self._chance)
        later = stamp(instant(tx.now) + pause)
        tx.witness.put_state(
            msgspec.structs.replace(state, failures=failures, next_attempt=later, error=code)
        )

    def _pause(self, tx: Tx, witnesses: Iterable[Chosen], target: Checkpoint) -> float:
        """Seconds until the next head, or until a witness that failed is asked again."""
        now, held = instant(tx.now), _held(tx)
        moments = [now if held is None else instant(held.at)]
        moments[0] += self._every
        signed = {line.witness for line in tx.witness.lines(target.origin, target.size)}
        for one in witnesses:
            again = _state(tx, one, target).next_attempt
            if again and one.public.name not in signed:
                moments.append(instant(again))
        coming = [at for at in moments if at > now]
        return (min(coming, default=now + self._every) - now).total_seconds()


def _held(tx: Tx) -> Target | None:
    text = tx.meta.get(TARGET)
    return None if text is None else msgspec.json.decode(text, type=Target)


def _choose(tx: Tx, fresh: Checkpoint, at: str) -> Checkpoint:
    tx.log.save_checkpoint(
        fresh.origin, fresh.size, fresh.root, fresh.note, stamp(fresh.at), mine=True
    )
    tx.meta.put(TARGET, msgspec.json.encode(Target(fresh.origin, fresh.size, at)).decode())
    return _signed(tx, fresh.origin, fresh.size) or fresh


def _signed(tx: Tx, origin: str, size: int) -> Checkpoint | None:
    """A head of ours as it was first signed: every witness is shown the same note."""
    row = tx.log.signed(origin, size)
    if row is None:
        return None
    return Checkpoint(
        origin=row.origin, size=row.size, root=row.root, at=instant(row.at), note=row.note
    )


def _state(tx: Tx, one: Chosen, target: Checkpoint) -> WitnessStateRow:
    """How asking it stands; of a log that is closed nothing counts any more."""
    state = tx.witness.state(one.public.name)
    if state.origin == target.origin:
        return state
    return WitnessStateRow(one.public.name, target.origin)


def _size_of(body: bytes) -> int:
    try:
        return read_size(body.decode("ascii").removesuffix("\n"))
    except ValueError as error:
        raise PeerError("checkpoint-form", "an answer 409 names a size") from error
