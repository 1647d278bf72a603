"""Node to node: two processes, mutual TLS, every commit synced; how many a second, how long one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from tests.bench import audit, stage
from tests.bench.measure import carried, percentile
from tests.bench.primitives import Floors
from tests.bench.processes import run, serving
from tests.bench.sending import WARM_UP, Report
from tests.bench.table import Figure, set_against

TARGET_RATE = 1000.0
TARGET_SYNCS = 4
TARGET_LATENCY_MS = 10.0
"""A lone message has up to four commits one after the other, three where the claim shares that of
the submit; beside four it may take this long."""


def rate(root: Path, *, count: int) -> list[Figure]:
    """Messages a second, submitted to receipted; processor time of both; bytes on the line.

    The bytes are those of the TCP segments both ways, TLS and HTTP included; nothing else may talk
    over loopback meanwhile.
    """
    built = asyncio.run(stage.build(root))
    before = carried()
    report, processor = _send(built, "rate", count)
    line = carried() - before
    asyncio.run(audit.nothing_lost(built, count))
    name = f"node to node, {count:,} messages in {report.seconds:.1f} s"
    each = count / 1e6
    return [
        set_against(name, count / report.seconds, "a second", what="target", other=TARGET_RATE),
        Figure("  processor time at the sender", report.processor / each, "us"),
        Figure("  processor time at the receiver", processor / each, "us"),
        Figure("  bytes on the wire a message, both ways", line / count, "B"),
    ]


def latency(root: Path, floors: Floors, *, count: int) -> list[Figure]:
    """Milliseconds from submit to verified receipt of a lone message."""
    built = asyncio.run(stage.build(root))
    report, _ = _send(built, "latency", count)
    asyncio.run(audit.nothing_lost(built, count + WARM_UP))
    samples = [seconds * 1e3 for seconds in report.samples]
    target = TARGET_LATENCY_MS + TARGET_SYNCS * floors.sync
    return [
        set_against(
            "submit to receipt, p50",
            percentile(samples, 0.5),
            "ms",
            what=f"target {TARGET_LATENCY_MS:.0f} ms + {TARGET_SYNCS} fsync",
            other=target,
        ),
        Figure("submit to receipt, p99", percentile(samples, 0.99), "ms"),
    ]


def sent(built: stage.Stage, count: int, *, alone: bool = False) -> None:
    """Let so many messages be sent, received and receipted: at full rate, or one after the other.

    At full rate some hundred share a signed head; each that is sent alone has one of its own at
    both ends.
    """
    _send(built, "latency" if alone else "rate", count)


def _send(built: stage.Stage, kind: str, count: int) -> tuple[Report, float]:
    """Let the sender's process work; its report, and the receiver's processor time meanwhile."""
    with serving(built.receiver.home.root) as node:
        before = node.processor
        folder = str(built.sender.home.root)
        printed = run("tests.bench.sending", folder, stage.RECEIVER, kind, str(count))
        return msgspec.json.decode(printed, type=Report), node.processor - before
