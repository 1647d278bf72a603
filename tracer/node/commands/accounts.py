"""Who signs in, and who works on what: passwords, second factors, sessions, teams, cases."""

from __future__ import annotations

from msgspec import Struct

from tracer.casework.accounts.passwords import GivenPassword
from tracer.casework.accounts.sessions import SessionLine
from tracer.casework.assigning import CaseWork
from tracer.casework.changes import Changed
from tracer.casework.notes import Note
from tracer.casework.teams import Team
from tracer.node.commands.base import Call, Nothing, command


class OfAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a person, and one of their sessions or, without a number, all."""

    name: str
    session: int | None = None


class LostFactor(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a person whose phone is lost, and how it was made sure who asks."""

    name: str
    recognised: str


class Ended(Struct, frozen=True):
    """How many sessions were ended."""

    name: str
    ended: int


class Done(Struct, frozen=True):
    """What was done is about this person."""

    name: str


class NewTeam(Struct, frozen=True, forbid_unknown_fields=True):
    """A team to be made."""

    team: str
    name: str = ""
    agency: str = ""


class OfTeam(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a team, and a person where one is needed."""

    team: str
    name: str = ""


class OfWork(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a case and what is said of it: a person, a team, a reason or a text."""

    thread: str
    name: str = ""
    team: str = ""
    text: str = ""


@command("user.password", OfAccount)
async def _give(call: Call, args: OfAccount) -> GivenPassword:
    return await call.desk.accounts.passwords.give(call.actor, args.name, command=True)


@command("user.reset-factor", LostFactor)
async def _reset(call: Call, args: LostFactor) -> Done:
    reset = call.desk.accounts.factor.reset
    await reset(call.actor, args.name, recognised=args.recognised, command=True)
    return Done(args.name)


@command("user.sessions", OfAccount)
async def _sessions(call: Call, args: OfAccount) -> tuple[SessionLine, ...]:
    return await call.desk.accounts.sessions.of(call.actor, args.name)


@command("user.sign-out", OfAccount)
async def _sign_out(call: Call, args: OfAccount) -> Ended:
    ended = await call.desk.accounts.sessions.revoke(call.actor, args.name, args.session)
    return Ended(args.name, ended)


@command("team.add", NewTeam)
async def _add(call: Call, args: NewTeam) -> Team:
    return await call.desk.teams.add(call.actor, args.team, name=args.name, agency=args.agency)


@command("team.list", Nothing)
async def _teams(call: Call, _: Nothing) -> tuple[Team, ...]:
    return await call.desk.teams.list(call.actor)


@command("team.close", OfTeam)
async def _close(call: Call, args: OfTeam) -> Team:
    return await call.desk.teams.close(call.actor, args.team)


@command("team.open", OfTeam)
async def _open(call: Call, args: OfTeam) -> Team:
    return await call.desk.teams.close(call.actor, args.team, closed=False)


@command("team.join", OfTeam)
async def _join(call: Call, args: OfTeam) -> Team:
    return await call.desk.teams.join(call.actor, args.team, args.name)


@command("team.leave", OfTeam)
async def _leave(call: Call, args: OfTeam) -> Team:
    return await call.desk.teams.leave(call.actor, args.team, args.name)


@command("case.work", OfWork)
async def _work(call: Call, args: OfWork) -> CaseWork:
    return await call.desk.assigning.show(call.actor, args.thread)


@command("case.assign", OfWork)
async def _assign(call: Call, args: OfWork) -> CaseWork:
    return await call.desk.assigning.assign(call.actor, args.thread, args.name)


@command("case.unassign", OfWork)
async def _unassign(call: Call, args: OfWork) -> CaseWork:
    return await call.desk.assigning.unassign(call.actor, args.thread, args.name)


@command("case.team", OfWork)
async def _to_team(call: Call, args: OfWork) -> CaseWork:
    return await call.desk.assigning.give(call.actor, args.thread, args.team)


@command("case.restrict", OfWork)
async def _restrict(call: Call, args: OfWork) -> CaseWork:
    work = call.desk.assigning
    return await work.restrict(call.actor, args.thread, restricted=True, reason=args.text)


@command("case.open", OfWork)
async def _open_up(call: Call, args: OfWork) -> CaseWork:
    work = call.desk.assigning
    return await work.restrict(call.actor, args.thread, restricted=False, reason=args.text)


@command("case.note", OfWork)
async def _note(call: Call, args: OfWork) -> Note:
    return await call.desk.notes.add(call.actor, args.thread, args.text)


@command("case.notes", OfWork)
async def _notes(call: Call, args: OfWork) -> tuple[Note, ...]:
    return await call.desk.notes.list(call.actor, args.thread)


@command("case.changed", Nothing)
async def _changed(call: Call, _: Nothing) -> tuple[Changed, ...]:
    return await call.desk.changes.list(call.actor)


COMMANDS = (
    _give,
    _reset,
    _sessions,
    _sign_out,
    _add,
    _teams,
    _close,
    _open,
    _join,
    _leave,
    _work,
    _assign,
    _unassign,
    _to_team,
    _restrict,
    _open_up,
    _note,
    _notes,
    _changed,
)
