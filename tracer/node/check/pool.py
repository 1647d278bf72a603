"""The share of other processors in a check: threads and heads are checked in processes.

Each process opens the database for itself and only reads. The key that opens content is handed over
a pipe and lies in memory of the same user, as it does in the node. A small node is checked in this
process, where starting others would take longer.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from tracer.envelope.jwk import VerifyKey
from tracer.evidence.checkpoint import LogPublic
from tracer.node.check.findings import Fault, Faults, Keys
from tracer.node.check.log import head_fault
from tracer.node.check.threads import Opened, Tally, ThreadsCheck
from tracer.store.reading import Reading
from tracer.store.rows import CheckpointRow
from tracer.trust.entry import verify_entry

T = TypeVar("T")
SMALL = 1500
"""Threads or heads that are checked in this process."""
THREADS = 100
"""Threads of one snapshot."""


@dataclass(frozen=True)
class Job:
    """What every process needs; hashable, so that a process prepares itself once."""

    database: Path
    rest_key: bytes
    now: str
    us: str
    shelf: Path
    entries: tuple[bytes, ...]
    own_keys: tuple[bytes, ...]
    own_logs: tuple[LogPublic, ...]
    restored: tuple[tuple[str, Opened], ...]
    """Our logs that were opened after a restore."""

    def keys(self) -> Keys:
        """The keys of everybody."""
        own = {key.kid: key for key in map(VerifyKey, self.own_keys)}
        keys = Keys.of((verify_entry(data) for data in self.entries), own, self.us)
        logs: Mapping[str, LogPublic] = {**keys.logs, **{log.origin: log for log in self.own_logs}}
        return replace(keys, logs=logs)

    def __repr__(self) -> str:
        return "Job(...)"


class Part(NamedTuple):
    """What came of some threads, or of some heads."""

    faults: tuple[Fault, ...]
    tally: Tally


def threads(job: Job, names: Sequence[str], *, processes: int = 0) -> Iterator[Part]:
    """Check threads, in this process or in several; parts in the order they are done."""
    pages = [names[start : start + THREADS] for start in range(0, len(names), THREADS)]
    yield from _shared(job, pages, len(names), _threads, processes)


def heads(job: Job, rows: Sequence[CheckpointRow], *, processes: int = 0) -> Iterator[Part]:
    """Verify signatures of heads."""
    pages = [rows[start : start + THREADS] for start in range(0, len(rows), THREADS)]
    yield from _shared(job, pages, len(rows), _heads, processes)


def _shared(
    job: Job,
    pages: Sequence[Sequence[T]],
    count: int,
    work: Callable[[Job, Sequence[T]], Part],
    processes: int,
) -> Iterator[Part]:
    workers = processes or (os.cpu_count() or 1)
    if count <= SMALL or workers == 1:
        yield from (work(job, page) for page in pages)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=workers, mp_context=context) as pool:
        yield from pool.map(work, [job] * len(pages), pages)


@lru_cache(maxsize=1)
def _prepared(job: Job) -> tuple[Reading, Keys]:
    return Reading(job.database, job.rest_key, job.now), job.keys()


def _threads(job: Job, names: Sequence[str]) -> Part:
    reading, keys = _prepared(job)
    check = ThreadsCheck(job.us, keys, job.shelf, restored=dict(job.restored))
    reading.glance(lambda tx: check.page(tx, names))
    return Part(tuple(check.faults.found), check.tally)


def _heads(job: Job, rows: Sequence[CheckpointRow]) -> Part:
    _, keys = _prepared(job)
    faults = Faults()
    for row in rows:
        if wrong := head_fault(row, keys.logs):
            faults.add(f"checkpoint {row.origin} {row.size}", wrong)
    return Part(tuple(faults.found), Tally())
