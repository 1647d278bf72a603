"""What one peer may cost this node: threads, attachments, refusals, hellos, what waits."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec import UNSET

from tests.examples import EXAMPLES
from tests.exchange.losing import A, B, pair, receipted, send
from tests.nodes import request, until
from tests.store import make
from tracer.canonical import canonical_json
from tracer.clock import FixedClock, instant, stamp
from tracer.errors import LineError, PeerError
from tracer.exchange import batch as wire
from tracer.exchange.allowance import Allowance
from tracer.exchange.greetings import AnswerHello, Hello
from tracer.exchange.heard import Heard
from tracer.exchange.uploads import Shelf
from tracer.exchange.waiting import Waiting
from tracer.metrics import Metrics
from tracer.model.messages import Request
from tracer.node.rooms import Rooms
from tracer.node.workers.tidy import Tidy
from tracer.store import Store, Tx
from tracer.store.rows import AttachmentRow
from tracer.trust.directory import Directory
from tracer.web.quota import RefusalCap

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(make.START)


@pytest.fixture
async def store(tmp_path: Path, clock: FixedClock) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "tracer.db", rest_key=make.REST_KEY, clock=clock)
    await opened.write(lambda tx: tx.log.open_origin(make.LOG))
    yield opened
    await opened.close()


async def _waits(rooms: Rooms, message_id: str) -> str:
    """The code with which a message was refused and waits, or ended."""
    rows = await rooms.store.read(lambda tx: tx.outbox.rows(message_id=message_id))
    return rows[0].last_error


async def test_a_peer_opens_no_more_threads_than_it_may(tmp_path: Path) -> None:
    async with pair(tmp_path, peer_open_threads=2) as (a, b):
        first = await send(a, b)
        await send(a, b)
        over = await a.submit(request(a, B))
        await until(lambda: _waits(a, over.id))
        assert await _waits(a, over.id) == "quota"
        # What goes on in the threads it has is not touched, nor are our own threads with it.
        await send(b, a, "acknowledgement", first)
        await send(b, a)


async def test_open_threads_are_counted_only_where_the_estimate_is_full(store: Store) -> None:
    allowance = Allowance(3)

    def body(tx: Tx) -> list[int]:
        found = [allowance.left(tx, make.PEER, 1)]
        make.commit(tx, make.message("a"), make.message("b"))
        allowance.opened(make.PEER, 2)
        found.append(allowance.left(tx, make.PEER, 1))
        allowance.opened(make.PEER, 5)
        found.append(allowance.left(tx, make.PEER, 1))
        tx.cases.put_many([make.case("a", state="CLOSED")])
        allowance.opened(make.PEER, 5)
        found.append(allowance.left(tx, make.PEER, 1))
        return found

    assert await store.write(body) == [3, 1, 1, 2]


async def test_an_attachment_larger_than_we_take_is_refused_with_its_message(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path, attachment_bytes=65536) as (a, b):
        template = EXAMPLES["request"]
        assert isinstance(template, Request)
        one = msgspec.structs.replace(template.attachments[0], cipher_size=65537)
        message = msgspec.structs.replace(
            request(a, B), attachments=(one,), attachment_keys=template.attachment_keys
        )
        sent = await a.submit(message)
        await until(lambda: _waits(a, sent.id))
        rows = await a.store.read(lambda tx: tx.outbox.rows(message_id=sent.id))
        assert [(row.state, row.last_error) for row in rows] == [("undeliverable", "too-large")]
        assert not await receipted(a, B, sent.id)
        assert await b.store.read(lambda tx: tx.threads.get(sent.id)) is None


async def test_a_peer_refused_too_often_gets_an_unsigned_429(tmp_path: Path) -> None:
    async with pair(tmp_path, peer_refusals_a_minute=3) as (a, b):
        peer, body = a.cell.get().peer(B), _garbage(4)
        answer = wire.read_answer(await a.line.messages(peer, body), limit=4)
        assert [one.refusal is not UNSET for one in answer.replies] == [True] * 4
        with pytest.raises(LineError) as caught:
            await a.line.messages(peer, body)
        assert caught.value.message == "the peer answered 429 quota"
        tidy = Tidy(
            store=b.store, metrics=b.metrics, waiting=b.waiting, heard=b.heard, shelf=b.shelf
        )
        for _ in range(2):
            await tidy.flush()
        counts = await b.store.read(lambda tx: tx.peers.refusals())
        assert {(one.subject, one.code): one.count for one in counts} == {
            (A, "jwe-form"): 4,
            (A, "quota"): 1,
        }


def test_the_cap_on_refusals_counts_each_peer_and_each_minute_alone(clock: FixedClock) -> None:
    metrics = Metrics()
    cap = RefusalCap(clock=clock, metrics=metrics, a_minute=2)
    cap.check(A)
    metrics.refused("jwe-form", A, 2)
    with pytest.raises(PeerError) as caught:
        cap.check(A)
    assert caught.value.code == "quota"
    cap.check(B)
    clock.advance(MINUTE)
    cap.check(A)
    metrics.refused("jwe-form", A)
    cap.check(A)


async def test_a_hello_brings_the_next_try_forward_once_in_five_minutes(
    store: Store, clock: FixedClock, tmp_path: Path
) -> None:
    async with pair(tmp_path / "nodes") as (a, _):
        peer = a.cell.get().peer(B)
    rung: list[str] = []
    hello = AnswerHello(store=store, clock=clock, chance=random.SystemRandom(), wake=rung.append)
    body = canonical_json(Hello(wire.PROFILE))
    await store.write(lambda tx: tx.outbox.enqueue([(B, make.digest("m"), make.digest("m"))]))

    async def after_hello() -> timedelta:
        """How far off the next try is, an hour before a hello comes."""
        hour = stamp(clock.now() + 60 * MINUTE)
        await store.write(lambda tx: _postpone(tx, hour))
        await hello(peer, body)
        rows = await store.read(lambda tx: tx.outbox.rows())
        return instant(rows[0].next_attempt) - clock.now()

    assert timedelta() <= await after_hello() <= MINUTE
    clock.advance(4 * MINUTE)
    assert await after_hello() == 60 * MINUTE
    clock.advance(MINUTE)
    assert timedelta() <= await after_hello() <= MINUTE
    assert rung == [B, B]


async def test_what_waits_too_long_for_its_parents_is_dropped(
    store: Store, clock: FixedClock, tmp_path: Path
) -> None:
    waiting = Waiting(lambda: Directory.of([]), stay=timedelta(days=2))
    heard = Heard(store=store, clock=clock)
    shelf = Shelf(tmp_path)
    tidy = Tidy(store=store, metrics=Metrics(), waiting=waiting, heard=heard, shelf=shelf)
    arrived = clock.now()
    await store.write(
        lambda tx: tx.waiting.put(B, make.digest("m"), [make.digest("p")], b"x", stamp(arrived))
    )
    clock.advance(timedelta(days=2))
    await tidy.expire()
    assert await store.read(lambda tx: tx.waiting.count(B)) == 1
    clock.advance(MINUTE)
    await tidy.expire()
    assert await store.read(lambda tx: tx.waiting.count(B)) == 0


async def test_a_part_that_outlived_its_file_goes_with_the_next_look(
    store: Store, clock: FixedClock, tmp_path: Path
) -> None:
    shelf, whole, growing = Shelf(tmp_path), make.digest("whole"), make.digest("growing")
    tidy = Tidy(
        store=store,
        metrics=Metrics(),
        waiting=Waiting(lambda: Directory.of([]), stay=timedelta(days=2)),
        heard=Heard(store=store, clock=clock),
        shelf=shelf,
    )

    def announced(tx: Tx) -> None:
        for digest in (whole, growing):
            tx.attachments.add(
                AttachmentRow(
                    digest=digest,
                    peer=B,
                    thread=make.digest("t"),
                    message_id=make.digest("m"),
                    n=1,
                    direction="in",
                    size=9,
                )
            )
        tx.attachments.complete(whole, peer=B)

    await store.write(announced)
    for digest in (whole, growing):
        shelf.append(digest, 0, b"a part", B)
    await tidy.expire()
    assert shelf.parts() == [(growing, B)]


def _garbage(count: int) -> bytes:
    head = wire.Head(profile=wire.PROFILE, checkpoint=None, consistency=None, remembers=0)
    return wire.write(head, [wire.Sealed(f"garbage {n}") for n in range(count)])


def _postpone(tx: Tx, until_: str) -> None:
    claimed = tx.outbox.claim(B, now=until_, lease_until=until_, limit=1)
    tx.outbox.release([row.seq for row in claimed], next_attempt=until_, error="")
