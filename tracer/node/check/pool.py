"""The share of other processors in a check: threads and heads are checked in processes.

All pages are handed out at once; while the others begin, this process hashes the logs and reads the
books, then it takes pages from the end that nobody has begun. Each process opens the database for
itself and only reads. The key that opens content is handed over a pipe and lies in memory of the
same user, as it does in the node. A small node is checked in this process, where starting others
would take longer.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

from tracer.envelope.jwk import VerifyKey
from tracer.evidence.checkpoint import LogPublic
from tracer.node.check.findings import Fault, Faults, Keys
from tracer.node.check.log import head_fault
from tracer.node.check.threads import Opened, Tally, ThreadsCheck
from tracer.node.collector import set_apart
from tracer.store.reading import Reading
from tracer.trust.entry import verify_entry

THREADS = HEADS = 250
"""Threads and heads of one snapshot."""
SMALL = 8
"""Pages that are checked in this process: starting another takes as long."""
THREAD, HEAD = "thread", "head"


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
    keyless: frozenset[str]
    """Journals whose keys were destroyed with the secret of the log beside them."""

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


Span = tuple[str, Any, Any]
"""What it is of, behind which key, and up to which: small enough to be handed to a process."""


def spans(reading: Reading) -> list[Span]:
    """All threads and all heads, cut into pages; only where each ends is held."""
    threads = reading.glance(lambda tx: tx.survey.thread_marks(THREADS))
    heads = reading.glance(lambda tx: tx.survey.head_marks(HEADS))
    pages: list[Span] = [(THREAD, after, upto) for after, upto in pairwise(("", *threads))]
    return pages + [(HEAD, after, upto) for after, upto in pairwise((("", -1), *heads))]


class Pool:
    """Pages that other processes begin at once, and this one helps with when it comes to `rest`."""

    def __init__(self, job: Job, pages: Sequence[Span], processes: int) -> None:
        self._job = job
        self.pages = pages
        self._others = (processes or os.cpu_count() or 1) - 1 if len(pages) > SMALL else 0
        self._pool: ProcessPoolExecutor | None = None
        self._futures: list[Future[Part]] = []

    def __enter__(self) -> Self:
        if self._others:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._others, mp_context=context)
            self._futures = [self._pool.submit(_work, self._job, page) for page in self.pages]
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def rest(self) -> Iterator[Part]:
        """What came of each page; what nobody has begun is done here, from the end."""
        if not self._futures:
            yield from (_work(self._job, page) for page in self.pages)
            return
        for future, page in zip(reversed(self._futures), reversed(self.pages), strict=True):
            yield _work(self._job, page) if future.cancel() else future.result()


class _Prepared(NamedTuple):
    """What a process has at hand from page to page."""

    reading: Reading
    keys: Keys


@lru_cache(maxsize=1)
def _prepared(job: Job) -> _Prepared:
    set_apart()
    return _Prepared(Reading(job.database, job.rest_key, job.now), job.keys())


def forget() -> None:
    """Let go of what this process has at hand."""
    _prepared.cache_clear()


def _work(job: Job, page: Span) -> Part:
    """One page. Nothing of it is a cycle: the collector need not look at what it makes."""
    kind, after, upto = page
    collected = gc.isenabled()
    gc.disable()
    try:
        return (_threads if kind == THREAD else _heads)(_prepared(job), job, after, upto)
    finally:
        if collected:
            gc.enable()


def _threads(at_hand: _Prepared, job: Job, after: str, upto: str) -> Part:
    check = ThreadsCheck(job.us, at_hand.keys, job.shelf, restored=dict(job.restored))
    at_hand.reading.glance(lambda tx: check.page(tx, after, upto))
    return Part(tuple(check.faults.found), check.tally)


def _heads(at_hand: _Prepared, job: Job, after: tuple[str, int], upto: tuple[str, int]) -> Part:
    faults, tally = Faults(), Tally()
    for row in at_hand.reading.glance(lambda tx: tx.survey.checkpoints(after, HEADS)):
        if (row.origin, row.size) > upto:
            break
        tally.heads += 1
        where = f"checkpoint {row.origin} {row.size}"
        if row.origin not in job.keyless and (wrong := head_fault(row, at_hand.keys.logs)):
            faults.add(where, wrong)
        if row.mine != row.origin.startswith(f"{job.us}/"):
            faults.add(where, "it is said to be another's")
    return Part(tuple(faults.found), tally)
