"""One request with two photos over a bad line, by nodes at work; what became of it.

Used by the tests of the line, reduced, and by the benchmark at the size that is promised: 64
kbit/s, 800 ms, cut every 30 seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.pair import Through, make, with_photos
from tests.faults.proxy import Proxy, Weather, proxied
from tests.nodes import free_port, until
from tests.peers import admit_entry
from tracer.clock import SystemClock
from tracer.node.rooms import Rooms
from tracer.node.serve import Running, running
from tracer.store import AttachmentRow

PROMISED = Weather(rate=8000.0, delay=0.8, cut_every=30.0)
"""64 kbit/s, 800 ms, cut every 30 s."""
PHOTO = 300_000
PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Report:
    """Seconds from submit to verified receipt and to the second photo; what the line did."""

    receipted: float
    complete: float
    photos_before_receipt: int
    cuts: int
    carried: int


@asynccontextmanager
async def behind_proxy(
    root: Path, weather: Weather, *, settings: str = ""
) -> AsyncIterator[tuple[Running, Running, Proxy]]:
    """Two serving nodes; the first reaches the second through a proxy."""
    clock = SystemClock()
    real, shown = free_port(), free_port()
    a_home, a_config = await make(root / "XA-NPOC", "XA-NPOC", clock=clock, settings=settings)
    b_home, b_config = await make(root / "XB-NPOC", "XB-NPOC", clock=clock, port=real, shown=shown)
    async with (
        proxied(shown, real, weather) as proxy,
        running(a_home, a_config, clock) as a,
        running(b_home, b_config, clock) as b,
    ):
        await admit_entry(b.rooms, a_home.entry.read_bytes(), by="officer")
        await admit_entry(a.rooms, b_home.entry.read_bytes(), by="officer")
        yield a, b, proxy


@asynccontextmanager
async def between_proxies(
    root: Path, weather: Weather, *, settings: str = "", through: Through = lambda line: line
) -> AsyncIterator[tuple[Running, Running, tuple[Proxy, Proxy]]]:
    """Two serving nodes; each reaches the other through a proxy, in one weather.

    The proxies carry to the first node and to the second; `through` wraps the lines of both.
    """
    clock, names, homes, ports = SystemClock(), ("XA-NPOC", "XB-NPOC"), [], []
    for name in names:
        real, shown = free_port(), free_port()
        ports.append((shown, real))
        homes.append(
            await make(root / name, name, clock=clock, port=real, shown=shown, settings=settings)
        )
    (a_home, a_config), (b_home, b_config) = homes
    async with (
        proxied(*ports[0], weather) as to_a,
        proxied(*ports[1], weather) as to_b,
        running(a_home, a_config, clock, through=through) as a,
        running(b_home, b_config, clock, through=through) as b,
    ):
        await admit_entry(b.rooms, a_home.entry.read_bytes(), by="officer")
        await admit_entry(a.rooms, b_home.entry.read_bytes(), by="officer")
        yield a, b, (to_a, to_b)


async def send(a: Rooms, b: Rooms, proxy: Proxy, *, photo: int) -> Report:
    """Submit a request with two photos and wait for its receipt, then for the photos."""
    now = asyncio.get_running_loop().time
    message = with_photos(a, b.authority, 2, photo)
    begun, before = now(), proxy.carried
    sent = await a.submit(message)

    async def receipted() -> bool:
        found = await a.store.read(lambda tx: tx.messages.receipt(b.authority, sent.id))
        return found is not None

    async def photos(side: Rooms) -> list[AttachmentRow]:
        rows = await side.store.read(lambda tx: tx.attachments.for_message(sent.id))
        return [row for row in rows if row.state == "complete"]

    async def both() -> bool:
        return len(await photos(b)) == len(await photos(a)) == 2  # two photos

    await until(receipted, seconds=PATIENCE)
    at_receipt, early = now() - begun, len(await photos(b))
    await until(both, seconds=PATIENCE)
    return Report(at_receipt, now() - begun, early, proxy.cuts, proxy.carried - before)
