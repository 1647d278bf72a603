"""Processor time and bytes of one message at sender and receiver, in batches of 1 and of 100.

Both nodes are opened in one process and only one of them works at a time, so the processor time of
the process (all threads: event loop, write lane, readers) between two instants is that node's. The
line between them is a variable: what HTTP and TLS cost is in `flow`. Means, not medians: a median
would hide the rounds in which Python looked for garbage.

The floors are measured again in every round, between receiving and settling: how fast a processor
is changes from minute to minute with its other guests, and a ratio is of figures of one minute.

Other guests of the machine slow what touches much memory more than they slow cryptography, so one
row more tells what a receiver took at most in the quietest quarter of the rounds, and the same of
its floor.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import mean
from typing import TypeVar

from tests.bench import own_bytes, stage
from tests.bench.material import small_request
from tests.bench.measure import percentile
from tests.bench.primitives import Floors, Primitives, middle
from tests.bench.table import Figure, set_against
from tracer.exchange.parcel import Parcel, Parcels
from tracer.exchange.settle import Settle
from tracer.node.rooms import Rooms

T = TypeVar("T")
WARM_UP = 2
ROUND_SAMPLES = 3
QUIET = 0.25


@dataclass(slots=True)
class Costs:
    """Seconds of processor time of each step, one entry a round; bytes of the last batch.

    `own` is what the primitives take on these very bytes, in microseconds a message, a round each.
    """

    submit: list[float] = field(default_factory=list)
    parcel: list[float] = field(default_factory=list)
    receive: list[float] = field(default_factory=list)
    settle: list[float] = field(default_factory=list)
    sealed: int = 0
    answer: int = 0
    own: list[float] = field(default_factory=list)
    floors: list[Floors] = field(default_factory=list)


async def measure(built: stage.Stage, *, batch: int, rounds: int) -> Costs:
    """Exchange `rounds` batches of `batch` messages between two nodes, after some to warm up."""
    costs, primitives = Costs(), Primitives()
    async with (
        stage.rooms_of(built.sender.home.root) as sender,
        stage.rooms_of(built.receiver.home.root) as receiver,
    ):
        for turn in range(rounds + WARM_UP):
            into = costs if turn >= WARM_UP else Costs()
            await _round(sender, receiver, batch, into, primitives)
    return costs


async def _round(
    sender: Rooms, receiver: Rooms, batch: int, costs: Costs, primitives: Primitives
) -> None:
    peer = sender.cell.get().peer(receiver.authority)
    parcels, settle = _steps(sender)
    messages = [small_request(sender, receiver.authority) for _ in range(batch)]
    await _spent(costs.submit, lambda: asyncio.gather(*map(sender.submit, messages)))
    parcel = await _spent(costs.parcel, lambda: parcels.next(peer))
    assert isinstance(parcel, Parcel)
    assert len(parcel.rows) == batch
    us = receiver.cell.get().peer(sender.authority)
    answer = await _spent(costs.receive, lambda: receiver.receive(us, parcel.body))
    costs.floors.append(primitives.measure(samples=ROUND_SAMPLES))
    done = await _spent(costs.settle, lambda: settle(peer, parcel.rows, answer))
    assert done.delivered == batch
    costs.sealed, costs.answer = len(parcel.body), len(answer)
    seals = {kid: key for kid, (key, _) in receiver.receive._desk().seal_keys.items()}  # noqa: SLF001
    costs.own.append(
        own_bytes.received(parcel.body, seals=seals, keys=us.verify_keys, samples=ROUND_SAMPLES)
    )


def _steps(rooms: Rooms) -> tuple[Parcels, Settle]:
    """The two halves of a delivery, before and after the line."""
    return rooms.deliver._parcels, rooms.deliver._settle  # noqa: SLF001 # measured one by one


async def _spent(into: list[float], step: Callable[[], Awaitable[T]]) -> T:
    begun = time.process_time()
    result = await step()
    into.append(time.process_time() - begun)
    return result


def figures(costs: Costs, *, batch: int) -> list[Figure]:
    """Microseconds and bytes per message of a batch of this size."""
    floors = middle(costs.floors)

    def each(seconds: list[float]) -> float:
        return mean(seconds) / batch * 1e6

    named = f"batch of {batch}"
    delivery = each(costs.parcel) + each(costs.settle)
    sender = each(costs.submit) + delivery
    return [
        set_against(
            f"receive, {named}",
            each(costs.receive),
            "us",
            what="open, verify, share of heads",
            other=floors.receiving(batch),
        ),
        set_against(
            f"  the same, {named}",
            each(costs.receive),
            "us",
            what="all primitives on its own bytes, share of heads",
            other=mean(costs.own) + floors.heads / batch,
        ),
        set_against(
            f"  the same in the quietest quarter of the rounds, {named}",
            percentile(costs.receive, QUIET) / batch * 1e6,
            "us",
            what="all primitives on its own bytes, share of heads",
            other=percentile(costs.own, QUIET) + floors.heads / batch,
        ),
        set_against(
            f"send, {named}",
            sender,
            "us",
            what="sign, seal, share of heads",
            other=floors.sign + floors.delivering(batch),
        ),
        set_against(
            f"  of it submit, {named}", each(costs.submit), "us", what="sign", other=floors.sign
        ),
        set_against(
            f"  of it parcel and settle, {named}",
            delivery,
            "us",
            what="seal, share of heads",
            other=floors.delivering(batch),
        ),
        Figure(f"    of it parcel, {named}", each(costs.parcel), "us"),
        Figure(f"    of it settle, {named}", each(costs.settle), "us"),
        Figure(f"sealed bytes a message, {named}", costs.sealed / batch, "B"),
        Figure(f"answer bytes a message, {named}", costs.answer / batch, "B"),
    ]
