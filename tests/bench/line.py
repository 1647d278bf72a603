"""A bad line at the promised size: how long a request with two photos takes over it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench.table import Figure, set_against
from tests.faults.badline import PHOTO, PROMISED, Report, behind_proxy, send

TARGET_SECONDS = 15.0


def figures(root: Path, *, photo: int = PHOTO) -> list[Figure]:
    """Seconds to the receipt and to the second photo over 64 kbit/s, 800 ms, cut every 30 s."""
    report = asyncio.run(_sent(root, photo))
    return [
        set_against(
            "bad line, request receipted",
            report.receipted,
            "s",
            what="target",
            other=TARGET_SECONDS,
        ),
        set_against(
            "bad line, two photos complete",
            report.complete,
            "s",
            what="bytes over rate",
            other=2 * photo / PROMISED.rate,
        ),
        set_against(
            "bad line, bytes carried to the receiver and back",
            report.carried / 1000,
            "kB",
            what="photos",
            other=2 * photo / 1000,
        ),
    ]


async def _sent(root: Path, photo: int) -> Report:
    async with behind_proxy(root, PROMISED) as (a, b, proxy):
        return await send(a.rooms, b.rooms, proxy, photo=photo)
