"""Teams: who works on cases together, within the authority or in an agency under it.

An agency (a State's or city's police, customs) is the name that its teams carry. Its people write
drafts and follow their cases; what leaves the house goes through the authority's officers, and what
speaks for the authority or changes it is its own people's, whatever their roles (`roles`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tracer.casework.accounts.proofs import known
from tracer.casework.roles import Act, acting
from tracer.casework.second import check_second
from tracer.errors import InputError
from tracer.store import Store, Tx
from tracer.store.account_rows import TeamRow

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_LONGEST: Final = 80
"""Characters of a team's name."""


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

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def add(self, actor: str, team: str, *, name: str = "", agency: str = "") -> Team:
        """Make a team under a short id.

        Raises:
            InputError: `team-form`, `team-exists`, or about the actor.
        """
        shown = name.strip() or team
        for given in filter(None, (team, agency)):
            if _ID.fullmatch(given) is None:
                raise _form("a team and an agency have a short id", "Letters a to z, digits, -.")
        if not team or not shown.isprintable() or len(shown) > _LONGEST:
            raise _form(f"a team's name is a line of at most {_LONGEST} characters", "")

        def body(tx: Tx) -> Team:
            acting(tx, actor, Act.PEOPLE_CHANGE)
            if tx.teams.get(team) is not None:
                raise InputError("team-exists", f"there is a team {team} already", field="team")
            tx.teams.put(TeamRow(team, shown, agency, closed=False), by=actor)
            tx.audit.write(actor, "team-add", team, {"name": shown, "agency": agency})
            return _view(tx, team)

        return await self._store.write(body)

    async def list(self, actor: str) -> tuple[Team, ...]:
        """Every team, by id, closed ones included."""

        def body(tx: Tx) -> tuple[Team, ...]:
            acting(tx, actor, Act.TEAM_LIST)
            people = tx.teams.members()
            return tuple(_team(row, people.get(row.id, ())) for row in tx.teams.all())

        return await self._store.read(body)

    async def close(self, actor: str, team: str, *, closed: bool = True) -> Team:
        """Give a team no more cases and people, or open it again; what it has it keeps.

        Raises:
            InputError: `team-unknown`, or about the actor.
        """

        def body(tx: Tx) -> Team:
            acting(tx, actor, Act.PEOPLE_CHANGE)
            tx.teams.put(find_team(tx, team)._replace(closed=closed), by=actor)
            tx.audit.write(actor, "team-close" if closed else "team-open", team)
            return _view(tx, team)

        return await self._store.write(body)

    async def join(self, actor: str, team: str, name: str) -> Team:
        """Put a person into a team; nobody does that for themselves, nor for an account of theirs.

        Raises:
            InputError: `team-unknown`, `team-closed`, `person-unknown`, `person-self`,
                `four-eyes-account`, or about the actor.
        """

        def body(tx: Tx) -> Team:
            _change(tx, actor, name)
            open_team(tx, team)
            if tx.teams.join(team, known(tx, name).name, by=actor):
                tx.audit.write(actor, "team-join", name, {"team": team})
            return _view(tx, team)

        return await self._store.write(body)

    async def leave(self, actor: str, team: str, name: str) -> Team:
        """Take a person out of a team; nobody does that for themselves, nor for one of theirs.

        Raises:
            InputError: `team-unknown`, `team-member`, `person-self`, `four-eyes-account`, or about
                the actor.
        """

        def body(tx: Tx) -> Team:
            _change(tx, actor, name)
            find_team(tx, team)
            if not tx.teams.leave(team, name):
                raise InputError("team-member", f"{name} is not in {team}", field="name")
            tx.audit.write(actor, "team-leave", name, {"team": team})
            return _view(tx, team)

        return await self._store.write(body)


def find_team(tx: Tx, team: str) -> TeamRow:
    """A team by its id.

    Raises:
        InputError: `team-unknown`.
    """
    found = tx.teams.get(team)
    if found is None:
        raise InputError("team-unknown", f"there is no team {team}", field="team")
    return found


def open_team(tx: Tx, team: str) -> TeamRow:
    """A team that takes people and cases.

    Raises:
        InputError: `team-unknown`, `team-closed`.
    """
    found = find_team(tx, team)
    if found.closed:
        raise InputError("team-closed", f"{team} is closed", field="team")
    return found


def _change(tx: Tx, actor: str, name: str) -> None:
    """What a team's people see is not theirs to widen, nor to leave behind."""
    acting(tx, actor, Act.PEOPLE_CHANGE)
    if actor == name:
        raise InputError("person-self", "nobody changes their own teams", field="name")
    check_second(tx, actor, [(name, tx.now)])


def _form(sentence: str, advice: str) -> InputError:
    return InputError("team-form", sentence, advice=advice, field="team")


def _view(tx: Tx, team: str) -> Team:
    return _team(find_team(tx, team), tx.teams.members().get(team, ()))


def _team(row: TeamRow, people: Iterable[str]) -> Team:
    return Team(
        id=row.id, name=row.name, agency=row.agency, closed=row.closed, people=tuple(people)
    )


def first_open(tx: Tx, name: str) -> str:
    """The team that a case of this person begins with: their first that is not closed, if any."""
    return next((one.id for one in tx.teams.of(name) if not one.closed), "")
