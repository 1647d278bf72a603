"""Everybody on record with how they sign in, for those who look after people.

What it does not do: change anything (`people`, `passwords`, `factor`, `sessions`, `teams`), or show
a password, a key or where a letter goes.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import known
from tracer.casework.accounts.sessions import SessionLine, line_of
from tracer.casework.accounts.tokens import alive
from tracer.casework.roles import Act, acting, may_here
from tracer.casework.second import Standing, is_finished, is_third, standing
from tracer.casework.sight import waits_for_third
from tracer.clock import instant
from tracer.store import Store, Tx
from tracer.store.rows import PersonRow

SignsIn = Literal["never", "given", "over", "yes"]


class PersonLine(Struct, frozen=True, kw_only=True):
    """A person. What is about signing in is empty for who may not change people.

    A third person who is to confirm the account sees it on the page of that person, too.
    """

    name: str
    roles: tuple[str, ...]
    locked: bool
    added_at: str
    added_by: str
    teams: tuple[str, ...]
    signs_in: SignsIn
    """`never`: no password; `given`: one for one time waits, `over`: it waited too long."""
    given_until: str
    factor_since: str
    seen: str
    """When an open session of theirs was last used; empty: there is none."""
    in_hand: tuple[str, ...]
    """Who has the account in hand, so that it is no second person beside them (`second`)."""


class PersonView(Struct, frozen=True, kw_only=True):
    """One person with their open sessions, and whether the reader may change them."""

    line: PersonLine
    sessions: tuple[SessionLine, ...]
    keeps: bool
    """The reader may change people, and this is somebody else."""
    third: bool
    """The account waits for a third person, and the reader is one."""
    confirms: bool
    """They may confirm it now: it is finished."""
    waits: bool
    """One of their roles sees every case, and does not yet: the account is not confirmed."""
    hand: int
    """The last hand that has the account; confirming names it, and counts for no later one."""


class Roster:
    """The verbs."""

    def __init__(self, *, store: Store, policy: AccountPolicy) -> None:
        self._store = store
        self._policy = policy

    async def list(self, actor: str) -> tuple[PersonLine, ...]:
        """Everybody, by name, the locked out included.

        Raises:
            InputError: about the actor.
        """

        def body(tx: Tx) -> tuple[PersonLine, ...]:
            reader = acting(tx, actor, Act.PEOPLE_LIST)
            keeps, now = may_here(tx, reader, Act.PEOPLE_CHANGE), standing(tx)
            return tuple(self._line(tx, row, now, keeps=keeps) for row in tx.people.all())

        return await self._store.read(body)

    async def show(self, actor: str, name: str) -> PersonView:
        """One person.

        Raises:
            InputError: `person-unknown`, or about the actor.
        """

        def body(tx: Tx) -> PersonView:
            reader = acting(tx, actor, Act.PEOPLE_LIST)
            keeps = may_here(tx, reader, Act.PEOPLE_CHANGE)
            row, now = known(tx, name), standing(tx)
            third = may_here(tx, reader, Act.PEOPLE_CONFIRM) and is_third(tx, now, actor, name)
            factor = self._policy.second_factor
            return PersonView(
                line=self._line(tx, row, now, keeps=keeps or third),
                sessions=self._sessions(tx, name) if keeps else (),
                keeps=keeps and name != actor,
                third=third,
                confirms=third and is_finished(tx, name, factor=factor),
                waits=waits_for_third(tx, row),
                hand=now.hand(name),
            )

        return await self._store.read(body)

    def _sessions(self, tx: Tx, name: str) -> tuple[SessionLine, ...]:
        now = instant(tx.now)
        rows = [row for row in tx.sessions.of(name) if alive(row, now, self._policy)]
        return tuple(line_of(row, mine=False) for row in rows)

    def _line(self, tx: Tx, row: PersonRow, now: Standing, *, keeps: bool) -> PersonLine:
        account = tx.accounts.get(row.name) if keeps else None
        given = account.given_until or "" if account and account.given else ""
        signs_in: SignsIn = "never"
        if account is not None:
            signs_in = "yes" if not account.given else "given" if given > tx.now else "over"
        sessions = self._sessions(tx, row.name) if keeps else ()
        return PersonLine(
            name=row.name,
            roles=row.roles,
            locked=row.disabled,
            added_at=row.added_at,
            added_by=row.added_by,
            teams=tuple(team.name for team in tx.teams.of(row.name)),
            signs_in=signs_in,
            given_until=given,
            factor_since=(account.factor_since or "") if account else "",
            seen=max((one.seen for one in sessions), default=""),
            in_hand=now.held_by(row.name),
        )
