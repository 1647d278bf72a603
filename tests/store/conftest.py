"""A store in a temporary directory, a clock that stands, a hook that makes steps fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.store import make
from tracer.clock import FixedClock
from tracer.store import Store, Tx


class Faults:
    """Records the steps of the lane and raises at the one it is told to."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.fail_at: str | None = None

    def __call__(self, step: str) -> None:
        self.steps.append(step)
        if step == self.fail_at:
            self.fail_at = None
            raise RuntimeError(step)

    def set(self, step: str | None) -> None:
        self.fail_at = step

    def commits(self) -> int:
        return self.steps.count("lane.after-commit")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(make.START)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tracer.db"


@pytest.fixture
async def store(path: Path, clock: FixedClock, faults: Faults) -> AsyncIterator[Store]:
    opened = await Store.open(path, rest_key=make.REST_KEY, clock=clock, faults=faults)
    await opened.write(lambda tx: tx.log.open_origin(make.LOG))
    faults.steps.clear()
    yield opened
    await opened.close()


async def together(store: Store, *bodies: Callable[[Tx], Any]) -> list[Any]:
    """Run bodies as one group: they pile up while the commit of an earlier one holds the lane."""
    return (await piling_up(store, lambda tx, hold: tx.after_commit(hold), *bodies))[1:]


async def piling_up(
    store: Store, first: Callable[[Tx, Callable[[], None]], Any], *bodies: Callable[[Tx], Any]
) -> list[Any]:
    """Run a body that calls `hold` to let the others come meanwhile; what came of each."""
    busy, go = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        go.wait()

    running = [asyncio.ensure_future(store.write(lambda tx: first(tx, hold)))]
    await asyncio.to_thread(busy.wait)
    running += [asyncio.ensure_future(store.write(body)) for body in bodies]
    await asyncio.sleep(0)
    go.set()
    return list(await asyncio.gather(*running, return_exceptions=True))
