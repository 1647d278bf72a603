"""The same firearm asked about twice, and whom to ask next.

A request is held against all others here, sent and received, by `model.fingerprint`. What is alike
is shown with what agrees; a person says what it is: *merged* (one firearm: the two are followed
together), *linked* (they belong together) or *different* (never shown again). Merging changes no
message and tells nobody: each thread keeps its two parties, and what is known from one of them goes
into the other only as its handling allows (`follow_on`).

What it does not do: decide, send, or show a case to people who may not read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tracer.casework.papers.alike import alike
from tracer.casework.reasons import reasoned
from tracer.casework.roles import Act, acting
from tracer.casework.sight import open_case, seen_only
from tracer.errors import InputError
from tracer.exchange.projection import events_of
from tracer.model.chain import OnwardHint
from tracer.model.ids import state_of
from tracer.model.messages import Referral
from tracer.model.routing import LEADING, Suggestion, suggest
from tracer.model.thread import fold
from tracer.store import Store, Tx
from tracer.store.rows import LinkKind, ThreadRow
from tracer.trust.directory import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A line of another case that may be of the same firearm."""

    line: int
    thread: str
    reference: str
    peer: str
    ours: bool
    """We opened the other case."""
    other_line: int
    degree: str
    agrees: tuple[str, ...]
    state: str
    said: str
    """What a person said of the two: merged, linked, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """A State to ask next: why, which authorities of it are known here, what stands in the way."""

    country: str
    reason: str
    why: str
    asked: bool
    authorities: tuple[str, ...]
    needs_consent: bool
    """It is known from an answer: naming that answer there may need its author's consent."""


class Duplicates:
    """The verbs."""

    def __init__(self, *, store: Store, authority: str, directory: Callable[[], Directory]) -> None:
        self._store = store
        self._authority = authority
        self._directory = directory

    async def twins(self, actor: str, thread: str) -> tuple[Twin, ...]:
        """Cases that may be about the same firearm as this one; the reading is on record.

        Raises:
            InputError: `thread-unknown`, `thread-ambiguous`, or about the person.
        """
        row = await self._opened(actor, thread, "read-twins")

        def body(tx: Tx) -> tuple[Twin, ...]:
            person = acting(tx, actor, Act.CASE_READ)
            return seen_only(tx, person, _twins(tx, row), lambda twin: twin.thread)

        return await self._store.read(body)

    async def say(
        self, actor: str, one: str, other: str, kind: LinkKind, reason: str
    ) -> tuple[str, str]:
        """Say of two cases that they are merged, linked, or different, and why; their ids.

        Raises:
            InputError: `reason-missing`, `link-self`, or about thread and person.
        """
        said = reasoned(reason, "two cases are brought together or kept apart with a reason")

        def body(tx: Tx) -> tuple[str, str]:
            person = acting(tx, actor, Act.DRAFT)
            first, second = open_case(tx, person, one), open_case(tx, person, other)
            if first.id == second.id:
                raise InputError("link-self", "that is one case", field="other")
            tx.firearms.link(first.id, second.id, kind=kind, by=actor, reason=said)
            tx.audit.write(actor, f"case-{kind}", first.id, {"other": second.id, "reason": said})
            return first.id, second.id

        return await self._store.write(body)

    async def whom_next(self, actor: str, thread: str) -> tuple[Next, ...]:
        """States to ask next about the firearms of a case, with why; the reading is on record.

        Raises:
            InputError: `thread-unknown`, `thread-ambiguous`, or about the person.
        """
        row = await self._opened(actor, thread, "read-routing")
        found = await self._store.read(lambda tx: self._suggestions(tx, row))
        return tuple(map(self._next, found))

    async def leading(self, actor: str, thread: str) -> tuple[Next, ...]:
        """States that the answers lead to, that nobody was asked in and that are known here.

        Told beside the case, whose reading is on record.

        Raises:
            InputError: `thread-unknown`, or about the person.
        """

        def body(tx: Tx) -> Sequence[Suggestion]:
            return self._suggestions(tx, open_case(tx, acting(tx, actor, Act.CASE_READ), thread))

        found = [one for one in await self._store.read(body) if one.from_answer]
        states = [self._next(one) for one in found if one.reason in LEADING and not one.asked]
        return tuple(
            one for one in states if one.authorities and one.country != state_of(self._authority)
        )

    async def _opened(self, actor: str, thread: str, act: str) -> ThreadRow:
        """The case, its reading on record before anything is searched: a search holds up nobody."""

        def body(tx: Tx) -> ThreadRow:
            row = open_case(tx, acting(tx, actor, Act.CASE_READ), thread)
            tx.audit.write(actor, act, row.id)
            return row

        return await self._store.write(body)

    def _suggestions(self, tx: Tx, row: ThreadRow) -> Sequence[Suggestion]:
        events = events_of(tx, row)
        if not events:
            return ()
        state = fold(events)
        hints = [hint for event in events for hint in _hints(event.message)]
        asked = {state_of(row.peer)} if row.opener == "us" else set()
        asked |= {
            state_of(twin.peer) for twin in _twins(tx, row) if twin.ours and twin.degree == "same"
        }
        return suggest(
            state.firearms,
            [item.event for item in state.chain],
            hints,
            own=state_of(self._authority),
            asked=asked,
        )

    def _next(self, one: Suggestion) -> Next:
        known = [p.authority for p in self._directory() if state_of(p.authority) == one.country]
        return Next(
            country=one.country,
            reason=str(one.reason),
            why=one.why,
            asked=one.asked,
            authorities=tuple(sorted(set(known))),
            needs_consent=one.from_answer,
        )


def _twins(tx: Tx, row: ThreadRow) -> Iterator[Twin]:
    said = {
        (link.other if link.one == row.id else link.one): link.kind
        for link in tx.firearms.links(row.id)
    }
    pairs = alike(tx, tx.firearms.of(row.id), but=row.id)
    known = {one: (tx.cases.get(one), tx.threads.get(one)) for one in {p.thread for p in pairs}}
    for own, thread, theirs, like in pairs:
        if said.get(thread) == "different":
            continue
        case, other = known[thread]
        if case is None or other is None or other.test != row.test:
            continue
        yield Twin(
            line=own.line,
            thread=thread,
            reference=case.reference,
            peer=other.peer,
            ours=other.opener == "us",
            other_line=theirs.line,
            degree=like.degree,
            agrees=like.agrees,
            state=case.state,
            said=said.get(thread, ""),
        )


def _hints(message: object) -> Iterator[OnwardHint]:
    yield from getattr(message, "onward", ())
    for answer in getattr(message, "answers", ()):
        yield from answer.onward
    if isinstance(message, Referral):
        yield OnwardHint(country=message.country, reason=message.reason)
