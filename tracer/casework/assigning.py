"""Whose case it is: its team, the people assigned to it, whether others of the authority see it.

A case belongs to the team of whoever wrote its request; one that came from another State is
nobody's until an officer gives it. A supervisor may assign others to a case of which they see no
more than that it is there, so that none is lost with the people of its team; never themselves, nor
an account that they may stand behind (`second`).
"""

from __future__ import annotations

from dataclasses import dataclass

from tracer.casework import threads
from tracer.casework.accounts.proofs import known
from tracer.casework.reasons import reasoned
from tracer.casework.roles import Act, Reach, Role, acting, may
from tracer.casework.second import check_second
from tracer.casework.sight import open_case, scope_of, sees
from tracer.casework.teams import open_team
from tracer.errors import InputError
from tracer.store import PersonRow, Store, ThreadRow, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A person who works on a case, since when, and who said so."""

    person: str
    at: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWork:
    """Whose case it is."""

    thread: str
    team: str
    """Empty: no team's."""
    agency: str
    """The agency of the team; empty: the authority's own."""
    restricted: bool
    """Only the team, those assigned and the auditor see it."""
    assigned: tuple[Assigned, ...]


class Assigning:
    """The verbs."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def assign(self, actor: str, thread: str, name: str) -> CaseWork:
        """Assign somebody who may read cases; they see it from now on.

        Raises:
            InputError: `assign-role`: the person reads no cases; `assign-self`: of a case that is
                not theirs to see; `four-eyes-account`: nor of an account that they may stand
                behind; `person-unknown`, or about case and actor.
        """

        def body(tx: Tx) -> CaseWork:
            person = acting(tx, actor, Act.ASSIGN)
            row = _known_of(tx, person, thread)
            if not sees(tx, person, row.id):
                _check_other(tx, actor, name)
            other = known(tx, name)
            if not assignable(other):
                raise InputError("assign-role", f"{name} may not read cases", field="name")
            if tx.work.assign(row.id, name, by=actor):
                tx.audit.write(actor, "assign", row.id, {"person": name})
            return work_of(tx, row.id)

        return await self._store.write(body)

    async def unassign(self, actor: str, thread: str, name: str) -> CaseWork:
        """Take somebody off a case; officers others, everybody themselves.

        Raises:
            InputError: `assign-none`, or about case and actor.
        """

        def body(tx: Tx) -> CaseWork:
            person = acting(tx, actor, Act.CASE_READ if actor == name else Act.ASSIGN)
            row = _known_of(tx, person, thread)
            if not tx.work.unassign(row.id, name):
                raise InputError("assign-none", f"{name} is not assigned to it", field="name")
            tx.audit.write(actor, "unassign", row.id, {"person": name})
            return work_of(tx, row.id)

        return await self._store.write(body)

    async def give(self, actor: str, thread: str, team: str) -> CaseWork:
        """Make it a team's case; an empty `team`: no team's.

        Raises:
            InputError: `team-unknown`, `team-closed`, `team-needed`, or about case and actor.
        """

        def body(tx: Tx) -> CaseWork:
            row = open_case(tx, acting(tx, actor, Act.ASSIGN), thread)
            before, restricted = tx.work.team_of(row.id)
            if team:
                open_team(tx, team)
            elif restricted:
                raise _team_needed()
            tx.work.give(row.id, team or None, restricted=restricted)
            tx.audit.write(actor, "case-team", row.id, {"from": before, "to": team})
            return work_of(tx, row.id)

        return await self._store.write(body)

    async def restrict(self, actor: str, thread: str, *, restricted: bool, reason: str) -> CaseWork:
        """Restrict a case to its team, or open it to the authority again, with a reason.

        Raises:
            InputError: `team-needed`: it has no team; `reason-missing`, or about case and actor.
        """
        said = reasoned(reason, "a case is restricted and opened with a reason")

        def body(tx: Tx) -> CaseWork:
            row = open_case(tx, acting(tx, actor, Act.RESTRICT), thread)
            team, _ = tx.work.team_of(row.id)
            if restricted and not team:
                raise _team_needed()
            tx.work.give(row.id, team or None, restricted=restricted)
            act = "case-restrict" if restricted else "case-open"
            tx.audit.write(actor, act, row.id, {"team": team, "reason": said})
            return work_of(tx, row.id)

        return await self._store.write(body)

    async def show(self, actor: str, thread: str) -> CaseWork:
        """Whose case it is.

        Raises:
            InputError: about case and actor.
        """

        def body(tx: Tx) -> CaseWork:
            return work_of(tx, open_case(tx, acting(tx, actor, Act.CASE_LIST), thread).id)

        return await self._store.read(body)


def assignable(person: PersonRow) -> bool:
    """Whether somebody may be assigned to cases: they may read them, and are not locked out."""
    return not person.disabled and may(person.roles, Act.CASE_READ)


def work_of(tx: Tx, thread: str) -> CaseWork:
    """Whose case it is."""
    name, restricted = tx.work.team_of(thread)
    team = tx.teams.get(name) if name else None
    return CaseWork(
        thread=thread,
        team=name,
        agency=team.agency if team else "",
        restricted=restricted,
        assigned=tuple(
            Assigned(person=row.person, at=row.at, by=row.by) for row in tx.work.assigned(thread)
        ),
    )


def _known_of(tx: Tx, person: PersonRow, thread: str) -> ThreadRow:
    """A case that somebody may see, or, for a supervisor of the authority, knows is there."""
    overseer = Role.SUPERVISOR in person.roles and scope_of(tx, person).reach == Reach.AUTHORITY
    return threads.find(tx, thread) if overseer else open_case(tx, person, thread)


def _check_other(tx: Tx, actor: str, name: str) -> None:
    """Whoever does not see a case brings it before somebody else, not before themselves."""
    if name == actor:
        raise InputError(
            "assign-self",
            "this case is not yours to see",
            advice="One of its team assigns you.",
            field="name",
        )
    check_second(tx, actor, [(name, tx.now)])


def _team_needed() -> InputError:
    return InputError(
        "team-needed",
        "a case is restricted to a team, and this one has none",
        advice="Give it to a team first: tracer thread team.",
        field="team",
    )
