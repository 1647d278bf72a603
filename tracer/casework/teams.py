"""Teams: who works on cases together, within the authority or in an agency under it.

An agency (a State's or city's police, customs) is the name that its teams carry. Its people write
drafts and follow their cases; what leaves the house goes through the authority's officers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team with its people, by name. `agency` is empty for the authority's own."""

    id: str
    name: str
    agency: str
    closed: bool
    people: tuple[str, ...]


class Teams:
    """The verbs."""

    async def add(self, actor: str, team: str, *, name: str = "", agency: str = "") -> Team:
        """Make a team under a short id.

        Raises:
            InputError: `team-form`, `team-exists`, or about the actor.
        """
        raise NotImplementedError

    async def list(self, actor: str) -> tuple[Team, ...]:
        """Every team, by id, closed ones included."""
        raise NotImplementedError

    async def close(self, actor: str, team: str, *, closed: bool = True) -> Team:
        """Give a team no more cases and people, or open it again; what it has it keeps.

        Raises:
            InputError: `team-unknown`, or about the actor.
        """
        raise NotImplementedError

    async def join(self, actor: str, team: str, name: str) -> Team:
        """Put a person into a team.

        Raises:
            InputError: `team-unknown`, `team-closed`, `person-unknown`, or about the actor.
        """
        raise NotImplementedError

    async def leave(self, actor: str, team: str, name: str) -> Team:
        """Take a person out of a team.

        Raises:
            InputError: `team-unknown`, `team-member`, or about the actor.
        """
        raise NotImplementedError
