"""Notices to our own people about what is awaited: who is told, and what they see.

Told are those with a hand on the case, that is who wrote, submitted or released a message of it,
and those assigned to it; if nobody of them may still work here, all officers. An escalation goes to
the named heads, or to every supervisor if none is named; if there is nobody of that kind either, to
all officers, so that no notice is lost on an empty chair: the officers who see the case, or, of one
restricted to a team that has none, all. Who is locked out, or may not see the case, is told nothing
else. A person is told of one act once.

What it does not do: decide when (the schedule of the clocks does, and hands each act to `tell`), or
write letters (`mail`).

Example:
    >>> notices.tell(tx, thread, act)
    >>> [line.words for line in await notices.list("ben")]
    ['XA-2026-000001: XB-NPOC owes an acknowledgement of receipt ...']
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple, Protocol

from msgspec import Struct

from tracer.casework.mail.language import words_of
from tracer.casework.mail.text import Told, distance, when
from tracer.casework.roles import Act, Role, acting, may
from tracer.casework.sight import seen_only, sees
from tracer.clock import instant, stamp
from tracer.exchange.clocks.tick import Look
from tracer.exchange.projection import events_of
from tracer.model.calendar import Calendar
from tracer.model.clocks import ClockKind, Target, targets
from tracer.model.clocks.schedule import Act as DueAct
from tracer.model.codes import UrgencyLevel
from tracer.model.messages import Request
from tracer.model.terms import Terms
from tracer.store import NoticeRow, PersonRow, Store, ThreadRow, Tx

Kind = Literal["notice-before", "notice-due", "notice-after", "escalate"]
KINDS: Final[tuple[Kind, ...]] = ("notice-before", "notice-due", "notice-after", "escalate")
AT_ONCE: Final = frozenset((UrgencyLevel.FLASH.value, UrgencyLevel.URGENT.value))
"""Urgencies whose notices do not wait for a digest."""
Names = list[str]
_REFERENCE: Final = 10
"""Characters of the thread's id that stand in for a reference that is not known yet."""


class Notifying(Protocol):
    """An act of the schedule that tells our own people something."""

    @property
    def key(self) -> str:
        """Unique in its thread."""
        ...

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        ...

    @property
    def target(self) -> Target:
        """The target it is about."""
        ...


class Standing(NamedTuple):
    """How the clock of a notice stands now. `due` is where its end lies now."""

    told: Told
    due: datetime
    awaited: bool


class NoticeLine(Struct, frozen=True, kw_only=True):
    """One notice as a person sees it; instants are wire text, `words` and `how_late` English."""

    number: int
    thread: str
    reference: str
    peer: str
    test: bool
    act: str
    clock: str
    awaited_from: str
    """The authority that owes it, ours or the peer."""
    lines: tuple[int, ...]
    due: str
    urgency: str
    life_at_risk: bool
    binding: bool
    """Whether the two States agreed on a deadline; otherwise it is a target."""
    awaited: bool
    """Whether it is still awaited; false once it was done, or put off."""
    late: bool
    told_at: str
    seen_at: str | None
    what: str
    until: str
    how_late: str
    words: str


class Notices:
    """Tells, lists, notes as seen."""

    def __init__(
        self,
        *,
        store: Store,
        authority: str,
        terms: Callable[[], Terms],
        heads: Collection[str] = (),
    ) -> None:
        self._store = store
        self._authority = authority
        self._terms = terms
        self._heads = frozenset(heads)

    def tell(self, tx: Tx, thread: ThreadRow, act: Notifying) -> None:
        """Write a notice for everybody who is to know; called in the transaction of the tick."""
        case = tx.cases.get(thread.id)
        urgency = case.urgency if case else ""
        target = act.target
        ours = (target.who == "opener") == (thread.opener == "us")
        tx.notices.add(
            [
                NoticeRow(
                    person=person,
                    thread=thread.id,
                    key=act.key,
                    act=act.kind,
                    clock=target.kind.value,
                    who="us" if ours else "peer",
                    about=target.about,
                    lines=target.lines,
                    due=target.due,
                    urgency=urgency,
                    urgent=act.kind == "escalate" or urgency in AT_ONCE,
                )
                for person in self._told(tx, thread.id, act.kind)
            ]
        )

    def do(self, tx: Tx, act: DueAct, look: Look) -> bool:
        """The port of the tick: people are told at once, so it never has to try again."""
        self.tell(tx, look.thread, act)
        return True

    async def list(self, actor: str, *, seen: bool = False) -> tuple[NoticeLine, ...]:
        """A person's own notices, the newest first; with `seen` also those looked at before."""

        def body(tx: Tx) -> tuple[NoticeLine, ...]:
            person = acting(tx, actor, Act.NOTICES)
            rows = tx.notices.of(actor, seen=seen)
            rows = list(seen_only(tx, person, rows, lambda row: row.thread))
            found = standings(tx, rows)
            now, calendar = instant(tx.now), Calendar(self._terms())
            return tuple(self._line(row, found[row.number], now, calendar) for row in rows)

        return await self._store.read(body)

    async def see(self, actor: str, *, numbers: Sequence[int] | None = None) -> tuple[int, ...]:
        """Note that the person has looked at these of their notices, or at all of them.

        Returns the numbers that were new to them.
        """

        def body(tx: Tx) -> tuple[int, ...]:
            acting(tx, actor, Act.NOTICES)
            return tuple(tx.notices.see(actor, numbers))

        return await self._store.write(body)

    def _told(self, tx: Tx, thread: str, kind: str) -> Names:
        everybody = [one for one in tx.people.all() if reachable(one)]
        people = [one for one in everybody if sees(tx, one, thread)]
        if kind == "escalate":
            found = _named(people, self._heads) or _with_role(people, Role.SUPERVISOR)
        else:
            assigned = [row.person for row in tx.work.assigned(thread)]
            found = _named(people, {*tx.notices.hands(thread), *assigned})
        officers = _with_role(people, Role.OFFICER) or _with_role(everybody, Role.OFFICER)
        return found or officers

    def _line(
        self, row: NoticeRow, standing: Standing, now: datetime, calendar: Calendar
    ) -> NoticeLine:
        told, words = standing.told, words_of("en")
        what = words.say(f"clock.{ClockKind(row.clock).value}")
        owes = self._authority if told.ours else told.peer
        name = "agreed deadline" if told.binding else "target"
        risk = f"{words.say('urgency.FLASH')}: " if row.urgency == UrgencyLevel.FLASH else ""
        far = distance(standing.due, now, words)
        until = when(standing.due, words, calendar)
        open_ = f"{name} {until}. {far}." if standing.awaited else "No longer awaited."
        lines = f" for line {', '.join(map(str, row.lines))}" if row.lines else ""
        return NoticeLine(
            number=row.number,
            thread=row.thread,
            reference=told.reference,
            peer=told.peer,
            test=told.test,
            act=row.act,
            clock=row.clock,
            awaited_from=owes,
            lines=row.lines,
            due=stamp(standing.due),
            urgency=row.urgency,
            life_at_risk=row.urgency == UrgencyLevel.FLASH,
            binding=told.binding,
            awaited=standing.awaited,
            late=standing.awaited and now > standing.due,
            told_at=row.at,
            seen_at=row.seen_at,
            what=f"{what}{lines}",
            until=until,
            how_late=far if standing.awaited else "no longer awaited",
            words=f"{risk}{told.reference}, with {told.peer}: {owes} owes {what}{lines}; {open_}",
        )


def reachable(person: PersonRow | None) -> bool:
    """Whether somebody may be told about cases at all."""
    return person is not None and not person.disabled and may(person.roles, Act.NOTICES)


def standings(tx: Tx, rows: Iterable[NoticeRow]) -> dict[int, Standing]:
    """How the clocks of these notices stand now, by number; each thread is computed once."""
    now = instant(tx.now)
    cases: dict[str, _Case] = {}
    found = {}
    for row in rows:
        if row.thread not in cases:
            cases[row.thread] = _case(tx, row.thread, now)
        found[row.number] = _standing(row, cases[row.thread], now)
    return found


class _Case(NamedTuple):
    """What is told about a thread, and its targets now.

    `targets` is None where they cannot be computed: no request, or terms that are not kept here.
    """

    reference: str
    peer: str
    test: bool
    targets: tuple[Target, ...] | None


def _case(tx: Tx, thread: str, now: datetime) -> _Case:
    row, case = tx.threads.get(thread), tx.cases.get(thread)
    reference = (case.reference if case else "") or thread[:_REFERENCE]
    if row is None or row.purged:
        return _Case(reference, "", test=False, targets=())
    events = events_of(tx, row)
    opening = next((one.message for one in events if one.id == row.id), None)
    terms = tx.terms.get(opening.terms) if isinstance(opening, Request) else None
    if terms is None:
        return _Case(reference, row.peer, row.test, targets=None)
    return _Case(reference, row.peer, row.test, targets(events, terms, now))


def _standing(row: NoticeRow, case: _Case, now: datetime) -> Standing:
    due, awaited, target = instant(row.due), True, None
    if case.targets is not None:
        target = next((one for one in case.targets if _same(row, one)), None)
        awaited = target is not None
        due = instant(target.due) if target else due
        if row.act != "notice-before" and due > now:
            awaited = False
    told = Told(
        reference=case.reference,
        peer=case.peer,
        test=case.test,
        act=row.act,
        clock=row.clock,
        ours=row.who == "us",
        due=due,
        binding=target is not None and target.binding,
        urgency=row.urgency,
    )
    return Standing(told, due, awaited)


def _same(row: NoticeRow, target: Target) -> bool:
    """Whether this is the target of the notice, and it runs."""
    if target.ended or target.waived or target.paused:
        return False
    alike = (target.kind.value, target.about) == (row.clock, row.about)
    return alike and (not row.lines or not set(row.lines).isdisjoint(target.lines))


def _named(people: Iterable[PersonRow], names: Collection[str]) -> Names:
    return [one.name for one in people if one.name in names]


def _with_role(people: Iterable[PersonRow], role: Role) -> Names:
    return [one.name for one in people if role in one.roles]
