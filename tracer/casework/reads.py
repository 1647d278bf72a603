"""Reading cases: the list, and one case with its story.

The list holds coded, non-personal fields. Opening a case shows what the roles of whoever opens it
read (`roles.GROUPS_READ`), so the reading itself is on record, with the personal groups that were
shown, in the same transaction, before anything is.
The state is folded at the moment of reading, timers included; what we sent and has no receipt yet
stands as on its way. Both show a person what they need to know (`sight`). Whoever is shown all that
is new in a case has looked at it (`changes`); who opens it for something else has not.

What it does not do: change anything but the audit trail and that mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from tracer.casework import threads, words
from tracer.casework.assigning import CaseWork, work_of
from tracer.casework.changes import Since, since
from tracer.casework.entered import Entered, entered_in
from tracer.casework.figures.cooperation import named
from tracer.casework.leaving import Waiting, in_case
from tracer.casework.looking import FILES, OPENED
from tracer.casework.notes import Note, notes_of
from tracer.casework.owed import Owed, Parties, next_owed, owed
from tracer.casework.pace import Pace
from tracer.casework.papers.documents import to_document
from tracer.casework.placed import STUCK, TO_BE_SENT, Placed, in_words, place
from tracer.casework.roles import Act, acting, groups_read, may
from tracer.casework.scanning import Scanned, told
from tracer.casework.sight import open_case, scope_of, seen_as
from tracer.casework.witnessed import WitnessedIn, Witnesses
from tracer.clock import instant
from tracer.exchange.outside import course
from tracer.exchange.reading import event
from tracer.model.attachments import Attachment
from tracer.model.brief import brief
from tracer.model.clocks import Deadline, Target, deadlines_in
from tracer.model.codes import Code, UrgencyLevel
from tracer.model.ids import is_outside
from tracer.model.messages import AnyMessage
from tracer.model.terms import NO_TERMS, Terms
from tracer.model.thread import CaseState, Event, Timers, closed
from tracer.model.thread.course import judged
from tracer.model.thread.earlier import Earlier, earlier_marks
from tracer.model.thread.fold import state_in
from tracer.model.thread.reading import urgency_of
from tracer.model.wire import groups_of, only
from tracer.store import Store, Tx
from tracer.store.rows import CaseRow, MessageHead, OutboxRow, ThreadRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case in the list."""

    thread: str
    reference: str
    peer: str
    ours: bool
    """We opened it."""
    state: str
    stands: str
    awaiting: str | None
    """The authority that owes the next step."""
    urgency: str
    test: bool
    updated: str
    brief: Mapping[str, Any]
    next: Owed | None
    """What is awaited first, of whom, until when, and what happens then."""
    placed: Placed | None = None
    """Of a request of ours that has no receipt yet: where it is."""
    entered: int = 0
    """How much in it came or went by another way."""
    outside: bool = False
    """The other side is not in the exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One message in the story of a case."""

    id: str
    at: str
    by: str
    type: str
    words: str
    delivery: str
    """Of our own messages: where they are, in words; empty for the peer's."""
    placed: Placed | None
    """The same as codes."""
    codes: tuple[Code, ...]
    """What came of it: grounds, reasons, outcomes, what is left out."""
    receipt_at: str | None
    ignored: str
    """Why the message changes nothing, a code; empty if it counts."""
    document: Mapping[str, Any]
    """What it says, as a person would write it (`case`); empty where it is deleted."""
    attachments: tuple[Attachment, ...]
    scans: Mapping[int, Scanned]
    """By number, what a scanner for malware said of a file; nothing of one that is clean."""
    witnessed: tuple[WitnessedIn, ...]
    """Our log first, then the other side's, if its proof is here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as a whole."""

    thread: str
    reference: str
    peer: str
    outside: bool
    """The other side is not in the exchange."""
    ours: bool
    test: bool
    stands: str
    owed: tuple[Owed, ...]
    clocks: tuple[Deadline, ...]
    """Every clock of the thread as it stands, ended ones included."""
    state: CaseState | None
    """None while nothing of it is delivered."""
    steps: tuple[Step, ...]
    follows_on: str | None
    """The thread of ours that this one continues; known here only."""
    work: CaseWork
    """Whose case it is here."""
    notes: tuple[Note, ...]
    entered: tuple[Entered, ...]
    """What came or went by another way; no messages, and in no figure."""
    since: Since
    """What is new to whoever reads."""
    earlier: tuple[Earlier, ...] = ()
    """What marks of its firearms were before they were described as they are now."""
    unread: tuple[str, ...] = ()
    """Groups that messages have and whoever reads is not shown (`roles.GROUPS_READ`)."""

    @property
    def stuck(self) -> Placed | None:
        """Where its opening message stays that has not left and is not on its way."""
        opening = (step.placed for step in self.steps if step.id == self.thread)
        return next((one for one in opening if one and one.where in STUCK), None)


class Whole(NamedTuple):
    """A case and its messages by id, None where one is deleted; and what is being written in it."""

    case: Case
    messages: Mapping[str, AnyMessage | None]
    drafts: tuple[Waiting, ...] = ()
    """Drafts that have not left, of those this person may see."""
    roles: tuple[str, ...] = ()
    """Those of this person's roles by which they see the case: what they may do in it is theirs."""


class _Local(NamedTuple):
    """What of a case is known here only."""

    since: Since
    notes: tuple[Note, ...]
    entered: tuple[Entered, ...]
    said: Mapping[str, AnyMessage]
    """What was entered in codes, by id."""


class _Around(NamedTuple):
    """What a step is told with: its thread, where that stands, what arrived, what waits."""

    row: ThreadRow
    state: CaseState | None
    receipts: Mapping[str, str]
    queue: Mapping[str, OutboxRow]
    witnessed: Mapping[str, tuple[WitnessedIn, ...]]
    scans: Mapping[str, Mapping[int, Scanned]]
    carried: Mapping[str, str]
    """Since when a message is with the courier."""


class Reads:
    """The verbs of looking."""

    def __init__(
        self,
        *,
        store: Store,
        authority: str,
        witnesses: Witnesses,
        scanned: bool = False,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._pace = pace
        self._scanned = scanned
        """There is a scanner for malware."""
        self._authority = authority
        self._witnesses = witnesses

    async def cases(self, actor: str, **filters: Any) -> tuple[CaseLine, ...]:
        """Cases, newest first; `filters` are those of `tx.cases.list`.

        Those still on their way are told from the message and the queue, all others from the row.

        Raises:
            InputError: `peer-unknown`, `authority-ambiguous`, or about the person.
        """

        def body(tx: Tx) -> tuple[CaseLine, ...]:
            scope = scope_of(tx, acting(tx, actor, Act.CASE_LIST))
            ahead = {one.row.id: one for one in threads.on_its_way(tx)}
            if filters.get("peer") is not None:
                filters["peer"] = named(tx, filters["peer"])
            rows = tx.cases.list(**filters, scope=scope)
            targets = tx.clocks.targets([row.thread for row in rows])
            return tuple(
                self.ahead(ahead[row.thread])
                if row.state == words.SENT and row.thread in ahead
                else self.line(row, targets.get(row.thread, ()), instant(tx.now))
                for row in rows
            )

        return await self._store.read(body)

    async def case(self, actor: str, thread: str) -> Case:
        """One case with all that was written and this person reads; the reading is on record.

        Raises:
            InputError: `thread-unknown`, `thread-ambiguous`, or about the person.
        """
        whole = await self.opened(actor, thread, looked=True)
        steps = tuple(
            replace(step, document=to_document(message))
            if (message := whole.messages[step.id])
            else step
            for step in whole.case.steps
        )
        return replace(whole.case, steps=steps)

    async def opened(self, actor: str, thread: str, *, looked: bool = False) -> Whole:
        """The same, with the messages themselves in place of what they say as documents.

        Args:
            actor: Who reads.
            thread: The case.
            looked: All that is new is shown, so the case counts as looked at.

        Raises:
            InputError: those of `case`.
        """

        def body(tx: Tx) -> Whole:
            person = acting(tx, actor, Act.CASE_READ)
            row = open_case(tx, person, thread)
            held = threads.messages(tx, row.id)
            roles = seen_as(tx, person, row.id)
            local = self._local(tx, actor, row.id, works=may(roles, Act.NOTE))
            messages: dict[str, AnyMessage | None] = dict(local.said)
            messages |= {name: message for name, (_, message) in held.items()}
            there = {name for one in messages.values() if one for name in groups_of(one)}
            reads, files = groups_read(roles), may(roles, Act.ATTACHMENT_READ)
            detail: dict[str, Any] = {"groups": sorted(there & reads)}
            detail |= {"notes": len(local.notes)} if local.notes else {}
            detail |= {"transcripts": len(local.entered)} if local.entered else {}
            count = sum(len(getattr(one, "attachments", ())) for _, one in held.values())
            detail |= {FILES: count} if count and files else {}
            tx.audit.write(actor, OPENED, row.id, detail)
            if looked:
                tx.seen.see(actor, row.id)
            shown = {name: one and only(one, reads) for name, one in messages.items()}
            case = _read(self._case(tx, row, held, local), shown, unread=sorted(there - reads))
            drafts = in_case(tx, structs.replace(person, roles=roles), row.id)
            return Whole(case, shown, drafts, roles)

        whole = await self._store.write(body)
        if self._pace is not None:
            await self._pace.read(actor, whole.case.thread, urgent=_life_at_risk(whole))
        return whole

    def _local(self, tx: Tx, actor: str, thread: str, *, works: bool) -> _Local:
        """What of a case is known here only; of notes and letters for who works on it."""
        entered, said = entered_in(tx, thread, scanned=self._scanned)
        return _Local(
            since(tx, actor, thread),
            notes_of(tx, thread) if works else (),
            entered if works else tuple(replace(one, who="", words=()) for one in entered),
            said,
        )

    def _case(
        self,
        tx: Tx,
        row: ThreadRow,
        held: Mapping[str, tuple[MessageHead, AnyMessage | None]],
        local: _Local,
    ) -> Case:
        given = tx.messages.receipts_of(row.id)
        receipts = {name: found.at for name, found in given.items()}
        if is_outside(row.peer):
            receipts = {one.sent: one.at for one in local.entered if one.sent}
        events = _events(tx, row, held, receipts)
        opening = held[row.id][1] if row.id in held else local.said.get(row.id)
        terms = tx.terms.get(getattr(opening, "terms", ""))
        state, clocks, earlier = _judged(events, terms, instant(tx.now))
        queue = {item.message_id: item for item in tx.outbox.rows(thread=row.id)}
        heads = {name: head for name, (head, _) in held.items()}
        witnessed = self._witnesses.of_thread(tx, row.peer, heads, given)
        carried = tx.courier.since(list(queue))
        scans = told(tx, {name: m for name, (_, m) in held.items()}, all_of_them=self._scanned)
        around = _Around(row, state, receipts, queue, witnessed, scans, carried)
        ours = row.opener == "us"
        parties = self._parties(row.peer, ours=ours)
        case = Case(
            thread=row.id,
            reference=getattr(opening, "reference", "") or _reference(tx, row.id),
            peer=row.peer,
            outside=is_outside(row.peer),
            ours=ours,
            test=row.test,
            stands=_stands(tx, row, state),
            owed=owed(state, clocks, parties, instant(tx.now)) if state else (),
            clocks=clocks,
            state=state,
            steps=tuple(self._step(head, message, around) for head, message in held.values()),
            follows_on=tx.meta.get(f"follow-on.{row.id}"),
            work=work_of(tx, row.id),
            notes=local.notes,
            entered=local.entered,
            since=local.since,
            earlier=earlier,
        )
        return replace(case, stands=in_words(case.stuck)) if case.stuck else case

    def _step(self, head: MessageHead, message: AnyMessage | None, around: _Around) -> Step:
        row, state, receipts, queue, witnessed, scans, carried = around
        objections = {one.id: one.code for one in state.objections} if state else {}
        mine = head.direction == "out"
        at = receipts.get(head.id) if mine else None
        placed = place(at, queue.get(head.id), carried.get(head.id)) if mine else None
        if placed is not None and is_outside(row.peer):
            placed = Placed("by-hand", at) if at else TO_BE_SENT
        return Step(
            id=head.id,
            at=head.at,
            by=self._authority if mine else row.peer,
            type=head.type,
            words=words.said(message, head.type),
            delivery=in_words(placed) if placed else "",
            placed=placed,
            codes=words.coded(message) if message else (),
            receipt_at=at,
            ignored=objections.get(head.id, ""),
            document={},
            attachments=_files(message),
            scans=scans.get(head.id, {}),
            witnessed=witnessed.get(head.id, ()),
        )

    def _parties(self, peer: str, *, ours: bool) -> Parties:
        opener, other = (self._authority, peer) if ours else (peer, self._authority)
        return Parties(opener=opener, other=other, us=self._authority)

    def line(
        self, row: CaseRow, targets: Sequence[Target], now: datetime, *, entered: int = 0
    ) -> CaseLine:
        """A case in a list, told from its row and what was awaited when it was last looked at."""
        unsent = row.state == words.SENT and is_outside(row.peer)
        summary = msgspec.json.decode(row.summary_json)
        found = summary.get("brief") or {}
        ours = row.opener == "us"
        owes = {None: None, "opener": self._authority if ours else row.peer}
        return CaseLine(
            thread=row.thread,
            reference=row.reference,
            peer=row.peer,
            ours=ours,
            state=row.state,
            stands=words.stands(row.state, found.get("type", "")),
            awaiting=owes.get(row.awaiting, row.peer if ours else self._authority),
            urgency=row.urgency,
            test=row.test,
            updated=row.updated,
            brief=found,
            next=next_owed(targets, self._parties(row.peer, ours=ours), now),
            placed=TO_BE_SENT if unsent else None,
            entered=entered,
            outside=is_outside(row.peer),
        )

    def ahead(self, one: threads.OnItsWay) -> CaseLine:
        """A case in a list that is still on its way, told from its message and the queue."""
        urgency = getattr(one.opening, "urgency", None)
        placed = place(None, one.queued, one.carried)
        return CaseLine(
            thread=one.row.id,
            reference=one.opening.reference,
            peer=one.row.peer,
            ours=True,
            state=words.SENT,
            stands=in_words(placed),
            awaiting=None,
            urgency=urgency.level.value if urgency else "",
            test=one.row.test,
            updated=one.row.created,
            brief=brief(one.opening),
            next=None,
            placed=placed,
        )


def _read(case: Case, shown: Mapping[str, AnyMessage | None], *, unread: Sequence[str]) -> Case:
    """The case as far as it is shown to whoever reads it."""
    steps = tuple(replace(step, attachments=_files(shown[step.id])) for step in case.steps)
    return replace(case, unread=tuple(unread), steps=steps)


def _files(message: AnyMessage | None) -> tuple[Attachment, ...]:
    return tuple(getattr(message, "attachments", ()))


def _life_at_risk(whole: Whole) -> bool:
    state, opening = whole.case.state, whole.messages.get(whole.case.thread)
    stated = state.urgency if state else urgency_of(opening) if opening else ""
    return stated == UrgencyLevel.FLASH


def _reference(tx: Tx, thread: str) -> str:
    """What stays of the opening message where its content was destroyed."""
    case = tx.cases.get(thread)
    return case.reference if case else ""


def _stands(tx: Tx, row: ThreadRow, state: CaseState | None) -> str:
    if row.purged:
        frozen = tx.disposals.frozen(row.id)
        return words.PURGED if frozen is None else f"{words.PURGED} on {frozen.at}"
    return words.stands(state.state, state.kind) if state else words.ON_ITS_WAY


def _judged(
    events: Sequence[Event], terms: Terms | None, now: datetime
) -> tuple[CaseState | None, tuple[Deadline, ...], tuple[Earlier, ...]]:
    """The state of what is receipted, as far as it is closed under ancestors, and its clocks.

    Beside them what its marks were before. Without events none of them; without terms known here no
    clocks. The messages are judged once.
    """
    if not events:
        return None, (), ()
    thread = judged(events)
    state = state_in(
        thread.view, thread.objections, now=now, timers=Timers(terms=terms or NO_TERMS)
    )
    clocks = () if terms is None else deadlines_in(thread, terms, now)
    return state, clocks, earlier_marks(thread.view)


def _events(
    tx: Tx,
    row: ThreadRow,
    held: Mapping[str, tuple[MessageHead, AnyMessage | None]],
    receipts: Mapping[str, str],
) -> list[Event]:
    if is_outside(row.peer):
        return course.events(tx, row)
    return closed(
        event(head.id, head.direction, row.opener, message, at)
        for head, message in held.values()
        if (at := head.at if head.direction == "in" else receipts.get(head.id)) is not None
        and message is not None
    )
