"""Two nodes and a bag: files are packed at one side, carried by the test, taken at the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.audit import audit
from tests.faults.pair import Pair, Side
from tracer.casework.courier import Exchanged
from tracer.exchange.courier.spread import LIMIT
from tracer.node.desk import courier_of


async def pack(side: Side, *, limit: int = LIMIT) -> list[bytes]:
    """Export what waits for the other side; the files as bytes, gone from the node's folder."""
    packed = await courier_of(side.rooms).export("officer", side.other, limit=limit)
    files = [one.path.read_bytes() for one in packed]
    for one in packed:
        one.path.unlink()
    return files


async def one_file(side: Side) -> bytes:
    """Export; there is exactly one file."""
    (file,) = await pack(side)
    return file


@dataclass(frozen=True, slots=True)
class Given:
    """What a file came to, and the receipts to carry back."""

    done: Exchanged
    back: list[bytes] = field(default_factory=list)


async def take(side: Side, data: bytes) -> Given:
    """Import a file that the test holds."""
    path = side.home.courier / "in-0123456789abcdef"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    done = await courier_of(side.rooms).take("officer", path)
    path.unlink()
    back = [one.path.read_bytes() for one in done.back]
    for one in done.back:
        one.path.unlink()
    return Given(done, back)


async def carry(here: Side, there: Side) -> None:
    """The whole way: export here, import there, receipts back, import here."""
    for file in await pack(here):
        for receipts in (await take(there, file)).back:
            await take(here, receipts)


async def even(two: Pair) -> None:
    """Nothing waits, both logs verify, every message has its receipt on both sides."""
    for side in (two.a, two.b):
        assert not await side.busy()
    await audit(two.a.rooms, two.b.rooms)


def folder_is_empty(side: Side) -> bool:
    """Whether nothing is left in the node's courier folder."""
    folder: Path = side.home.courier
    return not folder.exists() or not list(folder.iterdir())
