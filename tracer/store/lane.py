"""The write lane: one thread, one connection, one COMMIT for everything that piled up.

Bodies are plain functions of a `Tx`. They queue; the lane takes what is queued, never waits for
more, and while the disk syncs one group the next one piles up. So a lone write pays one sync and
no delay, and a busy node pays one sync for hundreds of writes. What came while the bodies ran goes
along: who knows what is to follow a write queues it at once, and both pay one sync. Where time has
moved on meanwhile (a long body, a clock that was set) it is of the next group: what is received is
not recorded under an instant at which it had not been sent.

Order of a group, and what a failure of each step does:

    1. BEGIN IMMEDIATE                         all callers get the error
    2. each body, in a SAVEPOINT if several,   only its own caller; its writes and leaves are undone
       then once what came meanwhile
    3. the head of all leaves, once            all; nothing is stored
    4. COMMIT (one fsync)                      all; whether it is stored is not known to them
    5. caches and the committed head, then every caller

A caller whose error came from step 4 does what it does after a crash: it asks again, and meets its
own write as a duplicate. Cancelling a caller does not undo its body.

Decision: bodies run in the lane's thread against a synchronous connection. Rejected: asynchronous
bodies over aiosqlite; each statement then costs two changes of thread, 200-400 us against 10-20 us
here, and a batch of 100 messages needs some ten statements.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine

from tracer.clock import Clock, instant, stamp
from tracer.errors import OperatorError
from tracer.store.dialect import execute_text
from tracer.store.failures import FAILURES, translated
from tracer.store.group import FaultPoint, Group, Shared
from tracer.store.tx import Tx

LATE: Final = timedelta(seconds=1)
"""How far the clock may have moved since a group began for what came meanwhile to go along."""
T = TypeVar("T")
Body = Callable[[Tx], T]


class _Item(NamedTuple):
    body: Body[Any]
    future: asyncio.Future[Any]


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    value: Any
    error: BaseException | None


class Lane:
    """Runs bodies in groups. Made and used from one event loop.

    Args:
        engine: Gives the one connection, opened in the lane's thread.
        shared: Receives the committed head and caches after each COMMIT.
        clock: Gives each group its instant.
        max_group: Most bodies under one COMMIT.
        faults: Called at each step; see `group.Step`.
    """

    def __init__(
        self,
        engine: Engine,
        shared: Shared,
        clock: Clock,
        *,
        max_group: int = 512,
        faults: FaultPoint | None = None,
    ) -> None:
        self._engine = engine
        self._shared = shared
        self._clock = clock
        self._max_group = max_group
        self._step: FaultPoint = faults or (lambda _step: None)
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[_Item | None] = SimpleQueue()
        self._held: list[_Item] = []
        """Taken from the queue, and of the next group."""
        self._closed = False
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="store-lane", daemon=True)

    async def start(self) -> None:
        """Open the connection and read the head."""
        self._thread.start()
        await self._opened

    def submit(self, body: Body[T]) -> asyncio.Future[T]:
        """Queue a body; the future resolves after the COMMIT of its group.

        Raises:
            OperatorError: `store-closed`.
        """
        if self._closed:
            raise OperatorError("store-closed", "the store is closed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Item(body, future))
        return future

    async def close(self) -> None:
        """Finish what is queued and end the thread."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        try:
            conn = self._engine.connect()
            with conn.begin():
                self._shared.head = Tx(conn, Group(self._shared, "")).log.load_head()
        except Exception as error:  # noqa: BLE001 - whoever waits for the start gets it
            self._resolve([_Outcome(self._opened, None, translated(error))])
            return
        self._resolve([_Outcome(self._opened, None, None)])
        while items := self._take():
            self._resolve(self._process(conn, items))
        conn.close()

    def _take(self) -> list[_Item]:
        """Everything queued, at least one item; nothing when the lane closes."""
        if self._held:
            held, self._held = self._held, []
            return held + self._queued(self._max_group - len(held))
        item = self._queue.get()
        return [] if item is None else [item, *self._queued(self._max_group - 1)]

    def _queued(self, most: int) -> list[_Item]:
        """What is queued now, without waiting for any."""
        items: list[_Item] = []
        with contextlib.suppress(Empty):
            while len(items) < most:
                item = self._queue.get_nowait()
                if item is None:
                    self._queue.put(None)  # the end, for the next look: nobody queues after it
                    break
                items.append(item)
        return items

    def _late(self, group: Group, most: int) -> list[_Item]:
        """What came while a group ran and goes along; none where its instant is past."""
        late = self._queued(most)
        if late and abs(instant(self._now()) - instant(group.now)) > LATE:
            late, self._held = [], late
        return late

    def _now(self) -> str:
        """The instant of a group: not before a log that was opened after a restore was opened.

        What is older than such a log was lost and entered again; a clock that has run back since
        must make nothing look like that.
        """
        now, head = stamp(self._clock.now()), self._shared.head
        if head is None or head.row.origin.endswith("/log/1"):
            return now
        return max(now, head.opened)

    def _process(self, conn: Connection, items: list[_Item]) -> list[_Outcome]:
        """One group, from BEGIN to COMMIT; what came meanwhile is added to `items`."""
        outcomes: list[_Outcome] = []
        group = Group(self._shared, self._now())
        try:
            self._step("lane.begin")
            with conn.begin() as transaction:
                tx = Tx(conn, group)
                alone = len(items) == 1
                run = partial(self._body, conn, tx, group)
                outcomes.extend(run(item, alone=alone) for item in items)
                if all(outcome.error for outcome in outcomes):
                    transaction.rollback()
                    return outcomes
                late = self._late(group, self._max_group - len(items))
                items += late
                outcomes.extend(run(item, alone=False) for item in late)
                self._step("lane.head")
                tx.log.seal()
                self._step("lane.before-commit")
            self._step("lane.after-commit")
        except BaseException as error:  # noqa: BLE001 - the lane lives on, the callers get it
            return self._failed(conn, items, outcomes, translated(error))
        group.publish()
        return outcomes

    def _body(
        self, conn: Connection, tx: Tx, group: Group, item: _Item, *, alone: bool
    ) -> _Outcome:
        """Run one body; undo what it did if it fails.

        Raises:
            FAILURES: its savepoint could not be rolled back; the group is lost.
        """
        mark = group.mark()
        if not alone:
            execute_text(conn, "SAVEPOINT body")
        try:
            value = item.body(tx)
            self._step("lane.body")
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            group.back_to(mark)
            if not alone:
                execute_text(conn, "ROLLBACK TO SAVEPOINT body")
                execute_text(conn, "RELEASE SAVEPOINT body")
            return _Outcome(item.future, None, translated(error))
        if not alone:
            execute_text(conn, "RELEASE SAVEPOINT body")
        return _Outcome(item.future, value, None)

    def _failed(
        self,
        conn: Connection,
        items: Sequence[_Item],
        outcomes: Sequence[_Outcome],
        error: BaseException,
    ) -> list[_Outcome]:
        """The group is lost, or stored without our knowing: read again what is committed."""
        with contextlib.suppress(*FAILURES):
            conn.rollback()
            with conn.begin():
                self._shared.head = Tx(conn, Group(self._shared, "")).log.load_head()
        own = {id(outcome.future): outcome for outcome in outcomes if outcome.error}
        return [own.get(id(item.future)) or _Outcome(item.future, None, error) for item in items]

    def _resolve(self, outcomes: list[_Outcome]) -> None:
        """Hand results to the event loop in one wake-up; a closed loop wants none."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_deliver, outcomes)


def _deliver(outcomes: list[_Outcome]) -> None:
    for future, value, error in outcomes:
        if future.done():
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)
