"""Clocks: medians of small repeated operations, percentiles of samples; and bytes on a line."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

SAMPLE_SECONDS = 0.002
"""One sample repeats an operation for at least this long, so that the clock's grain is nothing."""


def microseconds(operation: Callable[[], object], *, samples: int) -> float:
    """Processor time of one call in microseconds: the median over `samples`."""
    repeat, spent = 1, 0.0
    while spent < SAMPLE_SECONDS:
        spent = _processor(operation, repeat)
        repeat *= 2 if spent < SAMPLE_SECONDS else 1
    return median(_processor(operation, repeat) / repeat for _ in range(samples)) * 1e6


def _processor(operation: Callable[[], object], repeat: int) -> float:
    begun = time.thread_time()
    for _ in range(repeat):
        operation()
    return time.thread_time() - begun


def fsync_ms(folder: Path, *, samples: int) -> float:
    """Wall time of appending 4 KiB to a file of `folder` and syncing it: the median, in ms."""
    path = folder / "fsync.probe"
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    block, found = os.urandom(4096), []
    try:
        for _ in range(samples):
            begun = time.perf_counter()
            os.write(handle, block)
            os.fsync(handle)
            found.append(time.perf_counter() - begun)
    finally:
        os.close(handle)
        path.unlink()
    return median(found) * 1e3


def carried() -> int:
    """Bytes that went over loopback since the machine was started, as its kernel counts them."""
    told = Path("/proc/net/dev").read_text().partition("lo:")[2].split()
    return int(told[0])


def percentile(samples: Sequence[float], share: float) -> float:
    """The sample below which `share` (0 to 1) of all lie."""
    return sorted(samples)[min(int(share * len(samples)), len(samples) - 1)]
