"""What a supervisor looks at first: what is late, what comes next, who has it, how it goes.

One transaction: the ends of clocks that passed and that are ahead, of cases this person may see;
what we owe, by whom it lies with; the figures of every authority (those of `cooperation`, also of
cases that may not be seen: they name none); and the releases by one person that nobody has looked
over. Months whose requests changed are added up before, in a transaction of their own.

What it does not do: rank authorities or people, or draw (`web.pictures`).
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from msgspec import Struct

from tracer.casework.figures.cooperation import PeerFigures, figures_of
from tracer.casework.leaving import to_review
from tracer.casework.lists import MOST, Lists
from tracer.casework.reads import CaseLine
from tracer.casework.roles import Act, acting, may
from tracer.casework.sight import scope_of
from tracer.store import Store, Tx
from tracer.store.account_rows import Scope
from tracer.store.case_pages import Place, Wanted
from tracer.store.rows import DraftRow, PersonRow

SHOWN: Final = 12
"""Clocks shown of what has passed, and of what is ahead."""
COUNTED: Final = 1000
"""Cases we owe something in, that are shared out to people; beyond it `Load.cut` says so."""


class Share(Struct, frozen=True, kw_only=True):
    """What lies with one person, or with a team of which nobody is assigned; neither: with nobody.

    `late` are those whose clock of ours has passed.
    """

    person: str
    team: str
    cases: int
    late: int


class Load(Struct, frozen=True, kw_only=True):
    """What we owe, by whom it lies with, most late first. A case may lie with several."""

    shares: tuple[Share, ...]
    cut: bool
    """There are more cases than were counted."""


class OverviewView(Struct, frozen=True, kw_only=True):
    """All of it."""

    at: str
    passed: tuple[CaseLine, ...]
    """Longest passed first."""
    passed_in_all: int
    """Counted up to `lists.MOST`."""
    ahead: tuple[CaseLine, ...]
    """Soonest first."""
    load: Load
    figures: tuple[PeerFigures, ...]
    """By authority."""
    reviews: tuple[DraftRow, ...]
    """Released by one person and not looked over yet, without content; of cases one may see."""


class Overview:
    """The verb."""

    def __init__(self, *, store: Store, lists: Lists) -> None:
        self._store = store
        self._lists = lists

    async def show(self, actor: str) -> OverviewView:
        """Everything, for whoever may read figures.

        Raises:
            InputError: about the person.
        """

        def check(tx: Tx) -> bool:
            acting(tx, actor, Act.COOPERATION_READ)
            return bool(tx.cooperation.stale())

        if await self._store.read(check):
            await self._store.write(lambda tx: tx.cooperation.renew(tx.cooperation.stale()))
        return await self._store.read(lambda tx: self._view(tx, actor))

    def _view(self, tx: Tx, actor: str) -> OverviewView:
        person = acting(tx, actor, Act.COOPERATION_READ)
        scope, late = scope_of(tx, person), Wanted(due_by=tx.now)
        passed = tx.case_pages.page(late, scope=scope, sort="due", limit=SHOWN)
        after = Place(tx.now, "\U0010ffff")
        ahead = tx.case_pages.page(Wanted(), scope=scope, sort="due", after=after, limit=SHOWN)
        return OverviewView(
            at=tx.now,
            passed=self._lists.lines(tx, passed),
            passed_in_all=tx.case_pages.count(late, scope=scope, most=MOST),
            ahead=self._lists.lines(tx, ahead),
            load=_load(tx, scope),
            figures=tuple(figures_of(tx, name, "") for name in tx.cooperation.peers()),
            reviews=_reviews(tx, person),
        )


def _reviews(tx: Tx, person: PersonRow) -> tuple[DraftRow, ...]:
    if not may(person.roles, Act.REVIEW_LIST):
        return ()
    return to_review(tx, person)


def _load(tx: Tx, scope: Scope) -> Load:
    places = tx.case_pages.places(Wanted(owes="ours"), scope=scope, sort="due", limit=COUNTED + 1)
    counted = places[:COUNTED]
    lies = tx.work.lies_with([one.thread for one in counted])
    cases = Counter(with_ for one in counted for with_ in lies[one.thread])
    late = Counter(with_ for one in counted if one.key < tx.now for with_ in lies[one.thread])
    shares = (
        Share(person=person, team=team, cases=count, late=late[person, team])
        for (person, team), count in cases.items()
    )
    ordered = sorted(shares, key=lambda one: (-one.late, -one.cases, one.person, one.team))
    return Load(shares=tuple(ordered), cut=len(places) > COUNTED)
