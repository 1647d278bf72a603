"""Pages of the desk among few cases and many: time in the server, bytes on the way, a crowd.

Two nodes serve at once (`tracer serve`, each a process of its own, as deployed behind a proxy:
plain HTTP on loopback), one with `FEW` cases, one with many. A page is asked of both in turn, so
that what else the machine does falls on both. All of it, readers included, has two cores.

Processor time is that of the serving process, all threads, over all samples of a page.

Like is compared with like: a page shows as many rows of both nodes, and as many instants in them (a
running clock is two more to write out), so that the ratio is of finding what is shown. For that a
number of cases is planted in both (`house.PLANTED`): two dozen that several filters leave, each of
which fits many; a page of newly answered ones with common words. Where a page shows more of one
node than of the other all the same, it is told.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from tests.bench.house import INVESTIGATORS, OFFICERS, PEERS, SOUGHT, House, build
from tests.bench.measure import percentile
from tests.bench.processes import Node, serving
from tests.bench.readers import Loaded, Reader, crowd, reader
from tests.bench.table import Figure, set_against
from tracer.clock import stamp

FEW, MANY = 1_000, 100_000
TARGET_MS, TARGET_RATIO, TARGET_KB = 60.0, 1.3, 60.0
READERS, CORES = 50, 2
WARM_UP: Final = 3
_KB: Final = 1000
_MIDDLE: Final = quote(f"{stamp(datetime.now(UTC) - timedelta(days=1200))}~a", safe="")
"""A place in the middle of all cases, by their newest change."""
PAGES: Final[Mapping[str, tuple[str, str]]] = {
    "my desk": ("ben", "/"),
    "my desk, an investigator's": ("ada", "/"),
    "requests": ("ben", "/requests"),
    "requests, an investigator's": ("ada", "/requests"),
    "requests, open": ("ben", "/requests?state=open"),
    "requests, answered": ("ben", "/requests?state=ANSWERED"),
    "requests, of one peer": ("ben", f"/requests?peer={PEERS[2]}"),
    "requests, sent": ("ben", "/requests?side=sent"),
    "requests, late": ("ben", "/requests?due=late"),
    "requests, we must act": ("ben", "/requests?owes=ours&sort=due"),
    "requests, life at risk": ("ben", "/requests?urgency=FLASH"),
    "requests, several filters": (
        "ben", f"/requests?state=REFUSED&peer={SOUGHT.peer}&urgency={SOUGHT.urgency}&side=sent",
    ),
    "requests, filters that many fit": (
        "ben", "/requests?state=CLOSED&urgency=ROUTINE&side=sent",
    ),
    "requests, a serial": ("ben", "/requests?search=QJ0000123"),
    "requests, a common word": ("ben", "/requests?search=glock"),
    "requests, common words": ("ben", "/requests?search=glock+17+9x19"),
    "requests, words never together": ("ben", "/requests?search=glock+beretta"),
    "requests, by what is awaited": ("ben", "/requests?sort=due"),
    "requests, by number": ("ben", "/requests?sort=reference"),
    "requests, from the middle": ("ben", f"/requests?after={_MIDDLE}"),
    "an investigator's, a serial": ("ada", "/requests?search=QJ0000123"),
    "an investigator's, from the middle": ("ada", f"/requests?after={_MIDDLE}"),
    "a request": ("ben", "/requests/{usual}"),
    "a long request": ("ben", "/requests/{long}"),
    "a long request, all of it": ("ben", "/requests/{long}?story=all"),
    "overview": ("sam", "/overview"),
    "audit": ("aud", "/audit"),
    "audit, by one person": ("aud", "/audit?by=eve"),
    "audit, of one act": ("aud", "/audit?act=sign-in"),
    "audit, about a request": ("aud", "/audit?subject={long}"),
    "audit, of one day": ("aud", "/audit?since=2026-03-01&until=2026-03-01"),
}  # fmt: skip
"""Pages by name: who reads, and the address."""
_ROW, _INSTANT = b'<th scope="row">', b"<time "
CROWDED: Final = ("/", "/requests", "/requests?owes=ours&sort=due", "/requests?search=glock")


class _Side(NamedTuple):
    """One of the two nodes with its readers."""

    house: House
    node: Node
    readers: Mapping[str, Reader]


class _Samples(NamedTuple):
    """What was measured of a page at one node."""

    server: list[float]
    wall: list[float]
    processor: float
    """Seconds a page."""
    rows: int = 0
    """Of its tables, as shown last."""
    instants: int = 0


class _Turns(NamedTuple):
    """How often a page is asked for so that it counts, and before that."""

    samples: int
    warm_up: int


class _Crowd(NamedTuple):
    """How many read at once, and how many pages each."""

    readers: int
    each: int


def figures(
    root: Path,
    *,
    samples: int,
    warm_up: int = WARM_UP,
    few: int = FEW,
    many: int = MANY,
    each: int = 40,
    readers: int = READERS,
) -> list[Figure]:
    """Measure every page at both nodes, what a first page weighs, and a crowd at the larger one."""
    with two_cores():
        houses = [asyncio.run(build(root / str(count), count)) for count in (few, many)]
        with ExitStack() as stack:
            nodes = [stack.enter_context(serving(one.made.home.root)) for one in houses]
            turns = _Turns(samples, warm_up)
            return asyncio.run(_measure(houses, nodes, turns, _Crowd(readers, each)))


@contextmanager
def two_cores() -> Iterator[None]:
    """What begins meanwhile has two cores."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:CORES])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def _measure(
    houses: Sequence[House], nodes: Sequence[Node], turns: _Turns, size: _Crowd
) -> list[Figure]:
    names = sorted({name for name, _ in PAGES.values()})
    async with AsyncExitStack() as stack:
        sides = []
        for house, node in zip(houses, nodes, strict=True):
            readers = {
                name: await stack.enter_async_context(reader(house.url, name)) for name in names
            }
            sides.append(_Side(house, node, readers))
        found = []
        for name, (who, path) in PAGES.items():
            few, many = await _page(sides, who, path, turns)
            found += _rows(name, few, many, houses)
        found += await _weights(sides[-1])
        found += await _crowd(sides[-1], size)
    return found


async def _page(sides: Sequence[_Side], who: str, path: str, turns: _Turns) -> list[_Samples]:
    """A page, of both in turn."""
    found = [_Samples([], [], 0.0) for _ in sides]
    spent = [0.0 for _ in sides]
    for turn in range(turns.samples + turns.warm_up):
        for place, side in enumerate(sides):
            before = side.node.processor
            loaded = await side.readers[who].load(_address(path, side.house))
            _check(path, loaded)
            found[place] = found[place]._replace(
                rows=loaded.body.count(_ROW), instants=loaded.body.count(_INSTANT)
            )
            if turn >= turns.warm_up:
                found[place].server.append(loaded.server)
                found[place].wall.append(loaded.wall)
                spent[place] += side.node.processor - before
    return [one._replace(processor=spent[n] / turns.samples) for n, one in enumerate(found)]


def _address(path: str, house: House) -> str:
    return path.format(long=house.long, usual=house.usual)


def _check(path: str, loaded: Loaded) -> None:
    if loaded.status != 200 or not loaded.server:
        raise RuntimeError(f"the run is void: {path} answered {loaded.status}")


def _rows(name: str, few: _Samples, many: _Samples, houses: Sequence[House]) -> list[Figure]:
    small, large = (f"{house.cases:,}" for house in houses)
    late = percentile(many.server, 0.95) * 1e3
    return [
        set_against(f"{name}, p95, {large} cases", late, "ms", what="target", other=TARGET_MS),
        set_against(
            f"  to that among {small}",
            late / (percentile(few.server, 0.95) * 1e3),
            "times",
            what="target",
            other=TARGET_RATIO,
        ),
        set_against(
            "  p50",
            percentile(many.server, 0.5) * 1e3,
            "ms",
            what=f"among {small}",
            other=percentile(few.server, 0.5) * 1e3,
        ),
        set_against(
            "  processor time",
            many.processor * 1e3,
            "ms",
            what=f"among {small}",
            other=few.processor * 1e3,
        ),
        Figure("  at the reader, p95", percentile(many.wall, 0.95) * 1e3, "ms"),
        *_unlike(few, many, small),
    ]


def _unlike(few: _Samples, many: _Samples, small: str) -> Iterator[Figure]:
    """What a page shows more or less of among many."""
    for what in ("rows", "instants"):
        shown, other = getattr(many, what), getattr(few, what)
        if shown != other:
            yield set_against("  shown", shown, what, what=f"among {small}", other=other)


async def _weights(side: _Side) -> list[Figure]:
    """What a browser that knows nothing loads for a first page."""
    rows = []
    for name in ("my desk", "requests", "a request", "a long request", "overview"):
        who, path = PAGES[name]
        wire, fonts = await side.readers[who].whole(_address(path, side.house))
        if fonts:
            raise RuntimeError(f"the run is void: {name} loads {fonts} fonts")
        weight = f"{name}, first load, packed, no fonts"
        rows.append(set_against(weight, wire / _KB, "kB", what="target", other=TARGET_KB))
    return rows


async def _crowd(side: _Side, size: _Crowd) -> list[Figure]:
    """Many readers at once, each signed in by the form.

    Raises:
        RuntimeError: a page was an error.
    """
    people = (*OFFICERS, *INVESTIGATORS)
    whole = (*CROWDED, f"/requests/{side.house.long}")  # which no other team sees
    async with AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(reader(side.house.url, people[n % len(people)]))
            for n in range(size.readers)
        ]
        before = side.node.processor
        came = await crowd(
            [
                (one, whole if people[n % len(people)] in OFFICERS else CROWDED)
                for n, one in enumerate(readers)
            ],
            each=size.each,
        )
        spent = side.node.processor - before
    if came.errors:
        raise RuntimeError(f"the run is void: {came.errors} of {came.pages} pages were errors")
    return [
        Figure(
            f"{size.readers} readers at once, {came.pages:,} pages, errors", came.errors, "pages"
        ),
        Figure("  pages", came.pages / came.seconds, "a second"),
        Figure("  at the reader, p95", percentile(came.walls, 0.95) * 1e3, "ms"),
        Figure("  processor time of a page", spent / came.pages * 1e3, "ms"),
    ]
