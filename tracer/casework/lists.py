"""Lists of cases, page by page: what a person may see, narrowed, sorted, from a place on.

A page is one transaction and reads indexes only (`store.case_pages`); lines hold coded,
non-personal fields, so looking at a list is not on record. A search finds the words of references,
makes, models, calibres and serials, from their beginning.

What it does not do: open a case (`reads`).

Example:
    >>> page = await lists.page("ada", Asked(search="glock 17", owes="ours"), sort="due")
    >>> [line.reference for line in page.lines], page.next
    (['XB-2026-000007'], None)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, get_args

from msgspec import Struct
from msgspec.structs import asdict, replace

from tracer.casework import threads, words
from tracer.casework.begun import SENT_BACK, SUBMITTED, WRITTEN, Own, own
from tracer.casework.figures.cooperation import named
from tracer.casework.leaving import count_queued
from tracer.casework.pace import Many, lately
from tracer.casework.papers import paper
from tracer.casework.reads import CaseLine, Reads
from tracer.casework.roles import Act, Role, acting, may, may_here
from tracer.casework.second import standing
from tracer.casework.sight import scope_of, seen_only
from tracer.clock import instant
from tracer.errors import InputError
from tracer.exchange.clocks.agenda import searched
from tracer.model.ids import is_digest
from tracer.model.thread.state import OPENNESS, SETTLED
from tracer.store import PersonRow, Store, Tx
from tracer.store.account_rows import Scope, UncheckedRow
from tracer.store.case_pages import Listed, Owes, Place, Sort, Wanted
from tracer.store.case_words import MOST_WORDS

PAGE: Final = 50
"""Cases on one page."""
MOST: Final = 100
"""Counted up to here; beyond it a number tells nothing."""
OPEN: Final = tuple(str(state) for state in OPENNESS if state not in SETTLED)
"""States in which something is still to come."""
GROUPS: Final = {
    "open": (*OPEN, words.SENT),
    "settled": tuple(str(state) for state in OPENNESS if state in SETTLED),
}
"""Names for several states at once."""
TAKEN: Final = 10_000
"""Cases that are taken out at once, at most."""
SCANNED: Final = 500
"""Cases of one transaction, when all are asked for."""
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
"""What lists are sorted by; newest change first unless one says otherwise."""


class Asked(Struct, frozen=True, kw_only=True):
    """What a person narrows a list by; what is empty does not narrow.

    `state` is a state or one of `GROUPS`; `side` is `sent` or `received`; `due_by` is an instant.
    """

    state: str = ""
    side: str = ""
    peer: str = ""
    urgency: str = ""
    owes: Owes | None = None
    due_by: str = ""
    search: str = ""
    entered: bool = False
    """Only cases of which something came or went by another way."""


class CasePage(Struct, frozen=True, kw_only=True):
    """One page, and the place where the next one begins; None: this is the last."""

    lines: tuple[CaseLine, ...]
    next: Place | None


class Waiting(Struct, frozen=True, kw_only=True):
    """What waits for a person now."""

    ours: tuple[CaseLine, ...]
    """What we owe, soonest first."""
    ours_in_all: int
    """Counted up to `MOST`."""
    late: tuple[CaseLine, ...]
    """What others owe us and has passed, longest first."""
    late_in_all: int
    releases: int
    """Drafts that wait for a second person; 0 for whoever may not release."""
    sent_back: Own
    """What was sent back to this person, to be mended."""
    unfinished: Own
    """What they are writing and nobody has submitted."""
    submitted: Own
    """What they wrote and waits for an officer."""
    entered: tuple[UncheckedRow, ...]
    """What others entered and this person may compare with its original, longest first."""
    entered_in_all: int
    many: tuple[Many, ...]
    """Who opened or began very many within an hour lately; told to auditors only."""


class Called(Struct, frozen=True, kw_only=True):
    """What people call a case, or a draft and the case it belongs to: coded, like a line."""

    id: str
    type: str
    """What the draft becomes; empty: it is a case."""
    thread: str
    """Empty: the draft belongs to no case yet."""
    reference: str
    brief: Mapping[str, Any]
    peer: str = ""
    left: bool = False
    """It is no draft any more: it was let go."""


class Lists:
    """The verbs."""

    def __init__(self, *, store: Store, reads: Reads) -> None:
        self._store = store
        self._reads = reads

    async def page(
        self,
        actor: str,
        asked: Asked,
        *,
        sort: str = "updated",
        after: Place | None = None,
        limit: int = PAGE,
    ) -> CasePage:
        """A page: newest change first, soonest due first, or lowest reference first.

        Raises:
            InputError: `list-sort`, `peer-unknown`, `authority-ambiguous`, or about the person.
        """
        by = next((one for one in SORTS if one == sort), None)
        if by is None:
            raise InputError("list-sort", f"lists are not sorted by {sort!r}", field="sort")

        def body(tx: Tx) -> CasePage:
            scope = scope_of(tx, acting(tx, actor, Act.CASE_LIST))
            wanted = _wanted(tx, asked)
            found = tx.case_pages.page(wanted, scope=scope, sort=by, after=after, limit=limit + 1)
            further = found[limit - 1].place if len(found) > limit else None
            return CasePage(lines=self.lines(tx, found[:limit]), next=further)

        return await self._store.read(body)

    async def names(self, actor: str, ids: Iterable[str]) -> dict[str, Called]:
        """What people call some cases and drafts, by id; those one may not see are left out.

        Raises:
            InputError: about the person.
        """
        wanted = dict.fromkeys(ids)

        def body(tx: Tx) -> dict[str, Called]:
            person = acting(tx, actor, Act.CASE_LIST)
            bare = tx.drafts.bare([one for one in wanted if not is_digest(one)])
            drafts = {row.id: row for row in paper.visible(tx, person, bare)}
            of = {name: paper.case_of(row) for name, row in drafts.items()}
            asked = [*filter(is_digest, wanted), *filter(None, of.values())]
            known = seen_only(tx, person, tx.threads.get_many([*dict.fromkeys(asked)]), str)
            cases = self._called(tx, known)
            bare_name = Called(id="", type="", thread="", reference="", brief={})
            return {name: cases[name] for name in wanted if name in cases} | {
                name: replace(
                    cases.get(of[name], bare_name),
                    id=name,
                    type=row.type,
                    peer=row.peer,
                    left=row.state == "released",
                )
                for name, row in drafts.items()
            }

        return await self._store.read(body)

    def _called(self, tx: Tx, ids: Sequence[str]) -> dict[str, Called]:
        """Cases by what they are called; of those on their way from the message itself."""
        rows = tx.cases.get_many(ids)
        lines = {name: self._reads.line(row, (), instant(tx.now)) for name, row in rows.items()}
        unsent = [name for name in ids if name not in lines or lines[name].state == words.SENT]
        ahead = threads.on_its_way(tx, unsent) if unsent else []
        lines |= {one.row.id: self._reads.ahead(one) for one in ahead}
        return {
            name: Called(id=name, type="", thread=name, reference=line.reference, brief=line.brief)
            for name, line in lines.items()
        }

    async def waiting(self, actor: str, *, limit: int = 10) -> Waiting:
        """What waits for a person: sent back, owed, late, to be released, compared, finished.

        Raises:
            InputError: about the person.
        """

        def body(tx: Tx) -> Waiting:
            person = acting(tx, actor, Act.CASE_LIST)
            scope = scope_of(tx, person)
            ours, late = Wanted(owes="ours"), Wanted(owes="theirs", due_by=tx.now)
            entered = _to_compare(tx, person, scope)
            lets_go = may(person.roles, Act.RELEASE)
            waits = count_queued(tx, acting(tx, actor, Act.RELEASE)) if lets_go else 0
            return Waiting(
                ours=self._first(tx, ours, scope, limit),
                ours_in_all=tx.case_pages.count(ours, scope=scope, most=MOST),
                late=self._first(tx, late, scope, limit),
                late_in_all=tx.case_pages.count(late, scope=scope, most=MOST),
                releases=waits,
                sent_back=own(tx, person, SENT_BACK, limit=limit, most=MOST),
                unfinished=own(tx, person, WRITTEN, limit=limit, most=MOST),
                submitted=own(tx, person, SUBMITTED, limit=limit, most=MOST),
                entered=entered[:limit],
                entered_in_all=len(entered),
                many=lately(tx) if Role.AUDITOR in person.roles else (),
            )

        return await self._store.read(body)

    def _first(self, tx: Tx, wanted: Wanted, scope: Scope, limit: int) -> tuple[CaseLine, ...]:
        return self.lines(tx, tx.case_pages.page(wanted, scope=scope, sort="due", limit=limit))

    def lines(self, tx: Tx, found: Sequence[Listed]) -> tuple[CaseLine, ...]:
        """Cases of a page as lines; called in the transaction that found them."""
        rows = [one.row for one in found]
        targets = tx.clocks.targets([row.thread for row in rows])
        unsent = [row.thread for row in rows if row.state == words.SENT]
        entered = tx.transcripts.counts([row.thread for row in rows])
        ahead = {one.row.id: one for one in threads.on_its_way(tx, unsent)} if unsent else {}
        now = instant(tx.now)
        return tuple(
            self._reads.ahead(ahead[row.thread])
            if row.thread in ahead
            else self._reads.line(
                row, targets.get(row.thread, ()), now, entered=entered.get(row.thread, 0)
            )
            for row in rows
        )

    async def everything(self, actor: str, asked: Asked) -> tuple[CaseLine, ...]:
        """All cases of a list up to `TAKEN`, newest change first, to be taken out as a table.

        The taking out is on record, with how many there were and what narrowed them, not by which
        words.

        Raises:
            InputError: as `page` does.
        """
        lines: list[CaseLine] = []
        after: Place | None = None
        while len(lines) < TAKEN:
            page = await self.page(actor, asked, after=after, limit=SCANNED)
            lines += page.lines
            after = page.next
            if after is None:
                break
        given = {name: value for name, value in asdict(asked).items() if value}
        detail = {**given, "search": bool(asked.search), "cases": len(lines)}

        def body(tx: Tx) -> None:
            acting(tx, actor, Act.CASE_LIST)
            tx.audit.write(actor, "case-list-export", actor, detail)

        await self._store.write(body)
        return tuple(lines)


def _to_compare(tx: Tx, person: PersonRow, scope: Scope) -> tuple[UncheckedRow, ...]:
    """Transcriptions that wait for a second person, who this one is; counted up to `MOST`."""
    if not may_here(tx, person, Act.TRANSCRIBE):
        return ()
    now, found = standing(tx), tx.transcripts.to_compare(scope, limit=MOST)
    return tuple(one for one in found if now.doubt(person.name, [(one.author, one.at)]) is None)


def _wanted(tx: Tx, asked: Asked) -> Wanted:
    wanted = Wanted(
        states=GROUPS.get(asked.state, (asked.state,) if asked.state else ()),
        opener={"sent": "us", "received": "peer"}.get(asked.side, ""),
        urgency=asked.urgency,
        owes=asked.owes,
        due_by=asked.due_by,
        entered=asked.entered,
        words=tuple(searched(asked.search))[:MOST_WORDS],
    )
    return replace(wanted, peer=named(tx, asked.peer)) if asked.peer else wanted
