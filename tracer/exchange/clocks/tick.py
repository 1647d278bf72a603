"""Tick: threads whose clocks are due are looked at, what is due is done, the next look is set.

The steps, all in ONE transaction for a bounded group of threads, 2 to 6 for each by itself:

1. claim threads that are due, longest due first (`tx.clocks.due`);
2. read each as it is judged now, once for all that follows: its receipted messages, the terms that
   its request names, the targets that follow, what we have sent to remind or enquire;
3. bring up what is kept of it (`Kept`: figures, fingerprints), and tell, as an act, if time has
   closed it (`closings`);
4. ask the schedule what is due (`model.clocks.schedule`, pure);
5. hand each act to its port, to our own people or to the peer, and note its keys;
6. set when the thread is looked at again.

After the commit delivery is woken for the peers that were written to. Exactly once: what an act
does, that it is done, and the next look are committed together, so a crash leaves all of it or
nothing, and what is left over is claimed again.

A thread whose terms are not known here (an old node wrote it) has no clocks of the answering side;
questions in it are reminded of as `NO_TERMS` says. A thread for which any step fails is put off by
a day and named in the operator's log; what was half done for it is undone, and the others of its
group go on. What fails for the node as a whole (`OF_THE_NODE`) puts nobody off: the group is lost
and claimed again.

While a group is looked at no message can be received or submitted. So a group ends when it has
taken its time (`BUDGET`), after one thread at least; the rest stays due and is of the next group,
other writes come in between.

What it does not do: decide what is due, say it to anybody, or use the network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from tracer.clock import instant, stamp
from tracer.errors import TracerError
from tracer.exchange.closings import Stands, tell
from tracer.exchange.projection import Projection
from tracer.log import get_logger
from tracer.model.calendar import later
from tracer.model.clocks import Target, targets_in
from tracer.model.clocks.schedule import TO_PEER, Act, ActKind, Asked, Policy, acts_due
from tracer.model.ids import is_outside
from tracer.model.terms import NO_TERMS, Terms
from tracer.model.thread import Author, CaseState, Event, State, Timers
from tracer.model.thread.course import Judged, judged
from tracer.model.thread.fold import closes_by_itself, state_in
from tracer.model.thread.state import OVER
from tracer.store import MessageHead, Store, ThreadRow, Tx
from tracer.store.clocks import Looked

_log = get_logger("exchange.tick")
GROUP: Final = 16
"""Most threads in one transaction."""
BUDGET: Final = 0.005
"""Seconds after which a group takes no further thread: so long what else is to be written waits."""
A_DAY: Final = timedelta(days=1)
PUT_OFF: Final = A_DAY
"""Until a thread that cannot be read, or for which a step fails, is tried again."""
OF_THE_NODE: Final = frozenset(("restore-mode", "store-failed", "store-closed"))
"""Codes of errors that say nothing about the thread that met them."""
DECLINED: Final = timedelta(hours=6)
"""Until an act is tried again that its port could not do."""
_MOMENT: Final = timedelta(milliseconds=1)
"""An instant has passed after it, not at it."""
_REMINDERS: Final = {
    "reminder": ActKind.REMIND_PEER,
    "progress-enquiry": ActKind.ENQUIRE_PEER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A thread as it is judged at an instant: what acts and figures are made from."""

    thread: ThreadRow
    us: Author
    """Which side of it we are."""
    now: datetime
    events: Sequence[Event]
    judged: Judged
    state: CaseState
    terms: Terms
    """Those the request names; `NO_TERMS` if `known` is false."""
    known: bool
    targets: tuple[Target, ...]
    asked: Asked


class Acts(Protocol):
    """Carries out what is due; `casework` implements it."""

    def do(self, tx: Tx, act: Act, look: Look) -> bool:
        """Carry out one act in the transaction of the tick; nothing of it is done elsewhere.

        Returns:
            False if it cannot be done now; then nothing was written and it is tried again.
        """
        ...


class Kept(Protocol):
    """Something that is kept for each thread and follows from its messages and the instant."""

    def bring_up(self, tx: Tx, look: Look) -> None:
        """Write it anew in the transaction of the tick."""
        ...


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did."""

    looked: int
    """Threads."""
    acts: int
    pause: float | None
    """Seconds until the next thread is due, 0 or less: now; None: when a message comes."""


@dataclass(slots=True)
class _Tally:
    """What happens in one transaction."""

    looked: int = 0
    acts: int = 0
    written_to: set[str] = field(default_factory=set)
    pause: float | None = None


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What is read at once for all threads of a group."""

    rows: Mapping[str, ThreadRow]
    heads: Mapping[str, Sequence[MessageHead]]
    receipts: Mapping[str, str]
    done: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Done:
    """What one thread came to."""

    peer: str
    acts: Sequence[Act] = ()
    """Carried out."""
    again: datetime | None = None
    """When what could not be done is tried again."""


class Tick:
    """The verb.

    Args:
        store: Where threads and clocks are.
        projection: Reads the messages of a thread.
        policy: What is done by itself, and when.
        notices: Tells our own people.
        peers: Writes to the other side.
        kept: What else is kept of each thread.
        wake: Called after the commit with each authority that was written to.
        group: Most threads in one transaction.
        budget: Seconds after which it takes no further one.
        monotonic: The seconds that pass.
    """

    def __init__(
        self,
        *,
        store: Store,
        projection: Projection,
        policy: Policy,
        notices: Acts,
        peers: Acts,
        kept: Sequence[Kept] = (),
        wake: Callable[[str], None] = lambda _: None,
        group: int = GROUP,
        budget: float = BUDGET,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._projection = projection
        self._policy = policy
        self._notices = notices
        self._peers = peers
        self._kept = kept
        self._wake = wake
        self._group = group
        self._budget = budget
        self._monotonic = monotonic
        self._terms: dict[str, Terms] = {}
        """Terms never change under their digest."""

    async def __call__(self) -> Ticked:
        """Look at one group of threads that are due.

        Raises:
            OperatorError: the store failed; nothing has happened.
        """
        tally = await self._store.write(self._tick)
        for authority in sorted(tally.written_to):
            self._wake(authority)
        return Ticked(tally.looked, tally.acts, tally.pause)

    def _tick(self, tx: Tx) -> _Tally:
        tally, begun = _Tally(), self._monotonic()
        # 1. Claim.
        names = tx.clocks.due(self._group)
        claimed = _Claimed(
            rows=tx.threads.get_many(names),
            heads=tx.messages.heads(names),
            receipts=tx.messages.receipted(names),
            done=tx.clocks.done(names),
        )
        for place, thread in enumerate(names):
            if place and self._monotonic() - begun >= self._budget:
                break
            self._count(tx, thread, claimed, tally)
        coming = tx.clocks.next()
        if coming is not None:
            tally.pause = (instant(coming) - instant(tx.now)).total_seconds()
        return tally

    def _count(self, tx: Tx, thread: str, claimed: _Claimed, tally: _Tally) -> None:
        """One thread, wholly or not at all: then it is put off."""
        try:
            with tx.part():
                done = self._one(tx, thread, claimed)
        except Exception as error:
            if _of_the_node(error):
                raise
            _log.error("clocks.put-off", thread=thread, exc_info=True)
            tx.clocks.put_off(thread, stamp(instant(tx.now) + PUT_OFF))
            return
        if done is not None:
            tally.looked += 1
            tally.acts += len(done.acts)
            if any(act.kind in TO_PEER for act in done.acts):
                tally.written_to.add(done.peer)

    def _one(self, tx: Tx, thread: str, claimed: _Claimed) -> _Done | None:
        """One thread; None if there is nothing to look at."""
        # 2. Read it.
        look = self._look(tx, claimed.rows[thread], claimed.heads[thread], claimed.receipts)
        if look is None:
            tx.clocks.set({thread: Looked(None)})
            return None
        # 3. What is kept.
        for one in self._kept:
            one.bring_up(tx, look)
        tell(tx, [Stands(thread, look.events, look.state)])
        # 4. What is due.
        before = claimed.done[thread]
        schedule = acts_due(
            look.targets, before, self._policy, look.now, us=look.us, asked=look.asked
        )
        # 5. Do it.
        done = self._act(tx, look, schedule.acts)
        tx.clocks.note([(thread, key) for act in done.acts for key in act.keys])
        # 6. The next look.
        moments = (schedule.next, done.again, _later(look))
        at = stamp(min(one for one in moments if one is not None)) if any(moments) else None
        tx.clocks.set({thread: Looked(at, look.targets)})
        return done

    def _act(self, tx: Tx, look: Look, acts: Sequence[Act]) -> _Done:
        carried, again = [], None
        for act in acts:
            port = self._peers if act.kind in TO_PEER else self._notices
            if port.do(tx, act, look):
                carried.append(act)
            else:
                again = look.now + DECLINED
        return _Done(look.thread.peer, carried, again)

    def _look(
        self,
        tx: Tx,
        thread: ThreadRow,
        heads: Sequence[MessageHead],
        receipts: Mapping[str, str],
    ) -> Look | None:
        """The thread as it is now; None if its opening has no receipt yet, or nothing is left."""
        if thread.purged:
            return None
        events = self._projection.events(tx, thread, heads, receipts)
        opening = next((event for event in events if event.id == thread.id), None)
        if opening is None:
            return None
        now, named = instant(tx.now), getattr(opening.message, "terms", "")
        stated = self._find(tx, named)
        terms, read = stated or NO_TERMS, judged(events)
        return Look(
            thread=thread,
            us="opener" if thread.opener == "us" else "other",
            now=now,
            events=events,
            judged=read,
            state=state_in(read.view, read.objections, now=now, timers=Timers(terms=terms)),
            terms=terms,
            known=stated is not None,
            targets=() if is_outside(thread.peer) else targets_in(read, stated, now),
            asked=asked(heads, receipts),
        )

    def _find(self, tx: Tx, digest: str) -> Terms | None:
        if digest and digest not in self._terms:
            stated = tx.terms.get(digest)
            if stated is None:
                return None
            self._terms[digest] = stated
        return self._terms.get(digest)


def asked(heads: Sequence[MessageHead], receipts: Mapping[str, str]) -> Asked:
    """What we have sent in a thread to remind or enquire; what the peer refused does not count."""
    ours = [one for one in heads if one.direction == "out" and "refused" not in one.flags.split()]
    sent = [one for one in ours if one.type in _REMINDERS]
    return Asked(
        reminders=sum(_REMINDERS[one.type] is ActKind.REMIND_PEER for one in sent),
        enquiries=sum(_REMINDERS[one.type] is ActKind.ENQUIRE_PEER for one in sent),
        last=max((receipts.get(one.id, one.at) for one in sent), default=""),
        on_its_way=any(one.id not in receipts for one in ours),
    )


def _later(look: Look) -> datetime | None:
    """When time will have changed how a thread stands of which no clock says it.

    A settled one is closed after its time; a question to a State with no node lapses, and has no
    clock: it is looked at every day.
    """
    closes = None if look.state.state in OVER else closes_by_itself(look.state)
    if closes is not None:
        return later(closes, _MOMENT)
    asks = look.state.state is State.INFO_REQUESTED and is_outside(look.thread.peer)
    return look.now + A_DAY if asks else None


def _of_the_node(error: Exception) -> bool:
    """Whether every other thread would meet the same."""
    if isinstance(error, OSError | MemoryError):
        return True
    return isinstance(error, TracerError) and error.code in OF_THE_NODE
