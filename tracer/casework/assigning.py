"""Whose case it is: its team, the people assigned to it, whether others of the authority see it."""

from __future__ import annotations

from dataclasses import dataclass


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

    async def assign(self, actor: str, thread: str, name: str) -> CaseWork:
        """Assign somebody who may read cases; they see it from now on.

        Raises:
            InputError: `assign-role`: the person reads no cases; `person-unknown`, or about case
                and actor.
        """
        raise NotImplementedError

    async def unassign(self, actor: str, thread: str, name: str) -> CaseWork:
        """Take somebody off a case; officers others, everybody themselves.

        Raises:
            InputError: `assign-none`, or about case and actor.
        """
        raise NotImplementedError

    async def give(self, actor: str, thread: str, team: str) -> CaseWork:
        """Make it a team's case; an empty `team`: no team's.

        Raises:
            InputError: `team-unknown`, `team-closed`, `team-needed`, or about case and actor.
        """
        raise NotImplementedError

    async def restrict(self, actor: str, thread: str, *, restricted: bool, reason: str) -> CaseWork:
        """Restrict a case to its team, or open it to the authority again, with a reason.

        Raises:
            InputError: `team-needed`: it has no team; `reason-missing`, or about case and actor.
        """
        raise NotImplementedError

    async def show(self, actor: str, thread: str) -> CaseWork:
        """Whose case it is.

        Raises:
            InputError: about case and actor.
        """
        raise NotImplementedError
