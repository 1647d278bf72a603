"""The side that asks for cosignatures: what is kept, what is not, and when it asks again."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.store import make
from tests.trust.makers import NOW, entry, log_info, seed, verified
from tracer.canonical import b64url
from tracer.clock import FixedClock, instant, stamp
from tracer.errors import LineError
from tracer.evidence.checkpoint import LogKey, verify_checkpoint
from tracer.evidence.cosignature import WitnessKey, cosign
from tracer.evidence.witnessing import (
    NOTHING,
    Known,
    WitnessRefusal,
    judge,
    read_submission,
)
from tracer.exchange.backoff import Patience
from tracer.exchange.log.ledger import HighWater, Ledger
from tracer.exchange.witness.cosign import EVERY, RARELY, Cosign
from tracer.exchange.witness.view import own_log
from tracer.store import Store, Tx
from tracer.store.witness import WitnessStateRow
from tracer.transport.client import HttpsLine
from tracer.trust.directory import Directory, Listing, Peer
from tracer.trust.nouns import Entry, Witness, Witnesses

US = make.US
LOG = LogKey.from_seeds(make.LOG, ed25519=seed(make.LOG), mldsa44=seed(make.LOG + "q"))
KEYS = {name: WitnessKey(f"{name}/witness/1", seed=seed(name)) for name in ("XB-NPOC", "XC-NPOC")}
MEMBERS = tuple(Witness(name=key.name, mldsa44=b64url(key.public.mldsa44)) for key in KEYS.values())
Answers = Callable[["Far", str, bytes], tuple[int, bytes]]


class Far(HttpsLine):
    """Witnesses in memory: honest ones, unless a test says what they answer instead."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(_no_context)
        self.clock = clock
        self.asked: list[tuple[str, int]] = []
        self.held: dict[str, Known] = {}
        self.instead: dict[str, Answers] = {}

    async def add_checkpoint(self, peer: Peer, body: bytes) -> tuple[int, bytes]:
        """Answer as the witness would."""
        self.asked.append((peer.authority, read_submission(body).old))
        instead = self.instead.get(peer.authority)
        return (
            self.honest(peer.authority, body)
            if instead is None
            else instead(self, peer.authority, body)
        )

    def honest(
        self, name: str, body: bytes, *, at: datetime | None = None, key: WitnessKey | None = None
    ) -> tuple[int, bytes]:
        asked = read_submission(body)
        head = verify_checkpoint(asked.note, origin=make.LOG, public=LOG.public)
        known = self.held.get(name, NOTHING)
        try:
            self.held[name] = judge(asked.old, asked.path, head, known=known)
        except WitnessRefusal as refusal:
            return refusal.status, b"" if refusal.size is None else f"{refusal.size}\n".encode()
        line = cosign(head, key=key or KEYS[name], at=at or self.clock.now()).line
        return 200, line.encode()


def _no_context(_: Peer) -> Any:
    raise LineError("line-broken", "nothing is connected")


@dataclass
class House:
    """The asking side with everything around it."""

    store: Store
    clock: FixedClock
    far: Far
    cosign: Cosign
    entry: Entry
    count: int = field(default=0)
    closed: set[str] = field(default_factory=set)

    async def grow(self, leaves: int = 1) -> None:
        records = [make.record(str(self.count + number)) for number in range(leaves)]
        self.count += leaves
        await self.store.write(lambda tx: tx.log.append_many(records))

    async def errors(self) -> dict[str, str]:
        log = await self.store.read(lambda tx: own_log(tx, self.entry))
        return {one.name.partition("/")[0]: one.error for one in log.witnesses}

    async def sizes(self) -> dict[str, int]:
        log = await self.store.read(lambda tx: own_log(tx, self.entry))
        return {one.name.partition("/")[0]: one.size for one in log.witnesses}


@asynccontextmanager
async def opened(root: Path, *, quorum: int = 2) -> AsyncIterator[House]:
    clock = FixedClock(NOW)
    peers = Directory.of(Listing(verified(name)) for name in KEYS)
    ours = entry(US, witnesses=Witnesses(quorum=quorum, members=MEMBERS))
    async with await Store.open(root / "tracer.db", rest_key=make.REST_KEY, clock=clock) as store:
        await store.write(lambda tx: tx.log.open_origin(make.LOG))
        far, closed = Far(clock), set[str]()
        asking = Cosign(
            store=store,
            ledger=Ledger(store, LOG, HighWater(root / "high-water.json")),
            line=far,
            clock=clock,
            directory=lambda: peers,
            entry=lambda: ours,
            patience=Patience(base=timedelta(minutes=1)),
            chance=random.Random(1),  # noqa: S311 - spreads waits
            closed=closed.__contains__,
        )
        yield House(store, clock, far, asking, ours, closed=closed)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as found:
        yield found


def test_the_keys_of_the_tests_are_those_of_the_entry() -> None:
    assert log_info(US).public() == LOG.public


async def test_an_empty_log_is_shown_to_nobody(house: House) -> None:
    await house.cosign.round()
    assert house.far.asked == []


async def test_all_witnesses_are_shown_one_head_an_hour_and_only_if_the_log_grew(
    house: House,
) -> None:
    await house.grow(5)
    pause = await house.cosign.round()
    assert pause == EVERY.total_seconds()
    assert await house.sizes() == {"XB-NPOC": 5, "XC-NPOC": 5}
    await house.grow(3)
    house.clock.advance(EVERY / 2)
    assert await house.cosign.round() == (EVERY / 2).total_seconds()
    assert len(house.far.asked) == 2
    house.clock.advance(EVERY / 2)
    await house.cosign.round()
    assert sorted(house.far.asked[2:]) == [("XB-NPOC", 5), ("XC-NPOC", 5)]
    assert await house.sizes() == {"XB-NPOC": 8, "XC-NPOC": 8}
    house.clock.advance(EVERY)
    await house.cosign.round()
    assert len(house.far.asked) == 4


async def test_a_witness_with_which_the_way_back_is_open_is_shown_nothing_until_it_is_gone(
    house: House,
) -> None:
    house.closed.add("XC-NPOC")
    comes = Directory.of([Listing(verified("XC-NPOC"))]).peer("XC-NPOC")
    await house.grow(5)
    await house.cosign.round()
    assert house.far.asked == [("XB-NPOC", 0)]
    assert await house.cosign.request(comes) is None
    house.closed.clear()
    assert await house.cosign.request(comes) is not None
    await house.cosign.round()
    assert await house.sizes() == {"XB-NPOC": 5, "XC-NPOC": 5}


async def test_a_witness_that_holds_another_size_is_asked_again_from_there(house: House) -> None:
    await house.grow(5)
    await house.cosign.round()
    await house.store.write(_forget)
    await house.grow(2)
    house.clock.advance(EVERY)
    await house.cosign.round()
    assert sorted(house.far.asked[2:]) == [
        ("XB-NPOC", 0),
        ("XB-NPOC", 5),
        ("XC-NPOC", 0),
        ("XC-NPOC", 5),
    ]
    assert await house.sizes() == {"XB-NPOC": 7, "XC-NPOC": 7}


def _forget(tx: Tx) -> None:
    """As after a loss: it is not known here what the witnesses hold."""
    for key in KEYS.values():
        tx.witness.put_state(WitnessStateRow(key.name))


def _wrong_key(far: Far, name: str, body: bytes) -> tuple[int, bytes]:
    return far.honest(name, body, key=WitnessKey(KEYS[name].name, seed=seed("another")))


def _other_name(far: Far, name: str, body: bytes) -> tuple[int, bytes]:
    return far.honest(name, body, key=KEYS["XC-NPOC"])


def _bent(far: Far, name: str, body: bytes) -> tuple[int, bytes]:
    status, line = far.honest(name, body)
    return status, line[:-9] + (b"A" if line[-9:-8] != b"A" else b"B") + line[-8:]


def _old_time(far: Far, name: str, body: bytes) -> tuple[int, bytes]:
    return far.honest(name, body, at=far.clock.now() - timedelta(minutes=11))


def _future(far: Far, name: str, body: bytes) -> tuple[int, bytes]:
    return far.honest(name, body, at=far.clock.now() + timedelta(minutes=11))


def _lost(_: Far, __: str, ___: bytes) -> tuple[int, bytes]:
    raise LineError("line-broken", "lost")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda *_: (200, b"\x00\xff"), "checkpoint-form"),
        (lambda *_: (200, b""), "checkpoint-form"),
        (lambda *_: (200, b"<html>it works</html>\n"), "checkpoint-form"),
        (lambda *_: (200, b"x" * 100_000), "checkpoint-form"),
        (_wrong_key, "checkpoint-signature"),
        (_other_name, "checkpoint-signature"),
        (_bent, "checkpoint-signature"),
        (_old_time, "checkpoint-time"),
        (_future, "checkpoint-time"),
        (lambda *_: (409, b"five\n"), "checkpoint-form"),
        (lambda *_: (409, b"0\n"), "witness-409"),
        (lambda *_: (409, b"77\n"), "witness-ahead"),
        (lambda *_: (403, b""), "witness-403"),
        (lambda *_: (422, b""), "witness-422"),
        (lambda *_: (500, b""), "witness-500"),
        (_lost, "line-broken"),
    ],
)
async def test_what_does_not_hold_is_not_kept_and_asked_again_later(
    house: House, answer: Answers, code: str
) -> None:
    house.far.instead["XB-NPOC"] = answer
    await house.grow(5)
    pause = await house.cosign.round()
    assert await house.errors() == {"XB-NPOC": code, "XC-NPOC": ""}
    assert await house.sizes() == {"XB-NPOC": 0, "XC-NPOC": 5}
    assert 0 < pause <= 60
    asked = len(house.far.asked)
    await house.cosign.round()
    assert len(house.far.asked) == asked
    del house.far.instead["XB-NPOC"]
    house.clock.advance(timedelta(seconds=pause))
    await house.cosign.round()
    assert await house.sizes() == {"XB-NPOC": 5, "XC-NPOC": 5}
    assert await house.errors() == {"XB-NPOC": "", "XC-NPOC": ""}


async def test_a_witness_that_fails_is_asked_further_and_further_apart(house: House) -> None:
    house.far.instead["XB-NPOC"] = _lost
    await house.grow(5)
    waits = []
    for _ in range(5):
        pause = await house.cosign.round()
        waits.append(pause)
        house.clock.advance(timedelta(seconds=pause))
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]


@pytest.mark.parametrize("absent", ["status", "problem"])
async def test_a_peer_that_is_no_witness_is_asked_again_once_a_day(
    house: House, absent: str
) -> None:
    def answer(*_: object) -> tuple[int, bytes]:
        if absent == "problem":
            raise LineError("http-404", "no such endpoint")
        return 404, b""

    house.far.instead["XB-NPOC"] = answer
    for _ in range(30):
        await house.grow()
        await house.cosign.round()
        house.clock.advance(EVERY)
    asked = [name for name, _ in house.far.asked if name == "XB-NPOC"]
    assert len(asked) == 2
    state = await house.store.read(lambda tx: tx.witness.state(KEYS["XB-NPOC"].name))
    assert instant(state.next_attempt) - instant(state.asked_at or "") == RARELY


async def test_a_head_that_a_witness_saw_before_a_crash_is_signed_again(house: House) -> None:
    def silent(far: Far, name: str, body: bytes) -> tuple[int, bytes]:
        far.honest(name, body)
        raise LineError("line-broken", "killed before it answered")

    house.far.instead["XB-NPOC"] = silent
    await house.grow(5)
    pause = await house.cosign.round()
    del house.far.instead["XB-NPOC"]
    house.clock.advance(timedelta(seconds=pause))
    await house.cosign.round()
    assert [old for name, old in house.far.asked if name == "XB-NPOC"] == [0, 0, 5]
    assert await house.sizes() == {"XB-NPOC": 5, "XC-NPOC": 5}


async def test_the_quorum_is_late_when_a_record_has_waited_too_long(house: House) -> None:
    day = timedelta(days=1)
    house.far.instead["XB-NPOC"] = _lost
    house.clock.advance(timedelta(hours=1))
    await house.grow(5)
    await house.cosign.round()
    found = await house.store.read(lambda tx: own_log(tx, house.entry))
    assert (found.covered, found.size, found.quorum) == (0, 5, 2)
    since = instant(found.waiting_since)
    assert not found.late(since + day, day)
    assert found.late(since + day + timedelta(seconds=1), day)
    del house.far.instead["XB-NPOC"]
    house.clock.advance(EVERY)
    await house.cosign.round()
    found = await house.store.read(lambda tx: own_log(tx, house.entry))
    assert (found.covered, found.waiting_since) == (5, "")
    assert not found.late(since + 100 * day, day)


async def test_one_witness_is_enough_where_the_quorum_is_one(tmp_path: Path) -> None:
    async with opened(tmp_path, quorum=1) as house:
        house.far.instead["XB-NPOC"] = _lost
        await house.grow(5)
        await house.cosign.round()
        found = await house.store.read(lambda tx: own_log(tx, house.entry))
        assert found.covered == 5


async def test_the_time_of_a_cosignature_is_that_of_the_witness(house: House) -> None:
    await house.grow(5)
    at = house.clock.now() + timedelta(minutes=3)
    house.far.instead["XB-NPOC"] = lambda far, name, body: far.honest(name, body, at=at)
    await house.cosign.round()
    lines = await house.store.read(lambda tx: tx.witness.lines(make.LOG, 5))
    assert {line.witness: line.at for line in lines}[KEYS["XB-NPOC"].name] == stamp(at)


async def test_others_write_while_a_witness_is_asked(house: House) -> None:
    honest = house.far.add_checkpoint

    async def slow(peer: Peer, body: bytes) -> tuple[int, bytes]:
        await house.store.write(lambda tx: tx.meta.put("written", peer.authority))
        return await honest(peer, body)

    house.far.add_checkpoint = slow  # type: ignore[method-assign]
    await house.grow(5)
    await house.cosign.round()
    assert await house.sizes() == {"XB-NPOC": 5, "XC-NPOC": 5}
    assert await house.store.read(lambda tx: tx.meta.get("written")) in KEYS
