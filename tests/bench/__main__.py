"""Run the benchmark: print the table as it grows, write bench.json at the end."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tests.bench import (
    acts,
    boot,
    cost,
    due,
    evidence,
    figures,
    flow,
    line,
    pages,
    primitives,
    stage,
    table,
)
from tests.bench.table import Figure
from tracer.node.collector import spare_collector

PARTS = (
    "primitives",
    "cost",
    "acts",
    "rate",
    "latency",
    "boot",
    "line",
    "due",
    "figures",
    "pages",
    "evidence",
)


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """How often each thing is done."""

    samples: int = 30
    acts: int = 20_000
    lone_rounds: int = 100
    batch_rounds: int = 25
    messages: int = 15_000
    lone_messages: int = 200
    starts: int = 5
    photo: int = 300_000
    cases: int = due.MANY
    requests: int = 100_000
    leaves: int = 100_000
    checked: int = 10_000
    listed: tuple[int, int] = (pages.FEW, pages.MANY)
    pages: int = 40
    crowd: int = 40


QUICK = Sizes(
    samples=3,
    acts=500,
    lone_rounds=3,
    batch_rounds=1,
    messages=300,
    lone_messages=5,
    starts=1,
    photo=2000,
    cases=5000,
    requests=2_000,
    leaves=2_000,
    checked=300,
    listed=(60, 150),
    pages=2,
    crowd=2,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test: figures mean nothing")
    parser.add_argument("--only", choices=PARTS, action="append", help="parts beside primitives")
    parser.add_argument("--dir", type=Path, help="folder on the disk to measure (default: TMPDIR)")
    parser.add_argument("--messages", type=int, help="messages of the rate")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where to write")
    options = parser.parse_args(arguments)
    sizes = QUICK if options.quick else Sizes()
    if options.messages:
        sizes = msgspec.structs.replace(sizes, messages=options.messages)
    print(f"Tracer benchmark: {table.machine()}", flush=True)  # noqa: T201
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="tracer-bench-", dir=options.dir) as folder:
        for part in measured(Path(folder), sizes, options.only or PARTS):
            print("\n".join(["", *table.show(part)]), flush=True)  # noqa: T201
            found += part
    table.write(found, options.json)


def measured(root: Path, sizes: Sizes, parts: Sequence[str]) -> Iterator[list[Figure]]:
    """Each part's figures, as soon as they are known. Primitives are the floor of all others."""
    floors = primitives.measure(root, samples=sizes.samples)
    yield primitives.figures(floors)
    if "cost" in parts:
        spare_collector()
        for batch, rounds in ((1, sizes.lone_rounds), (100, sizes.batch_rounds)):
            built = asyncio.run(stage.build(root / f"cost-{batch}"))
            costs = asyncio.run(cost.measure(built, batch=batch, rounds=rounds))
            yield cost.figures(costs, batch=batch)
    if "rate" in parts:
        yield flow.rate(root / "rate", count=sizes.messages)
    if "latency" in parts:
        yield flow.latency(root / "latency", floors, count=sizes.lone_messages)
    if "boot" in parts:
        yield boot.figures(root / "boot", starts=sizes.starts)
    if "line" in parts:
        yield line.figures(root / "line", photo=sizes.photo)
    yield from _kept(root, sizes, parts)


def _kept(root: Path, sizes: Sizes, parts: Sequence[str]) -> Iterator[list[Figure]]:
    """What is done with all that a node holds."""
    if "acts" in parts:
        yield acts.figures(root / "acts", samples=10 * sizes.samples, many=sizes.acts)
    if "due" in parts:
        yield due.figures(root / "due", samples=sizes.samples, many=sizes.cases)
    if "figures" in parts:
        yield figures.measure(root / "figures", count=sizes.requests, samples=sizes.samples)
    if "pages" in parts:
        few, many = sizes.listed
        yield pages.figures(
            root / "pages", samples=sizes.pages, few=few, many=many, each=sizes.crowd
        )
    if "evidence" in parts:
        yield evidence.figures(root / "evidence", leaves=sizes.leaves, messages=sizes.checked)


if __name__ == "__main__":
    main()
