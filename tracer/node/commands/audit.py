"""Who did what: the list, the check, and acts handed out with their proofs."""

from __future__ import annotations

from msgspec import Struct

from tracer.casework.trail import ActFilter, Export
from tracer.node.check.journal import Journalled, journal_of
from tracer.node.commands.base import Call, Nothing, command
from tracer.store import AuditRow


class Audited(ActFilter, frozen=True, forbid_unknown_fields=True):
    """Which acts; `before` is the number of the last one of the page before."""

    before: int | None = None
    limit: int = 100


class OfSubject(Struct, frozen=True, forbid_unknown_fields=True):
    """Names what was done something to: a case, draft, person or authority."""

    subject: str


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """What acts were done to, of which cases are called by their reference."""

    subjects: tuple[str, ...]


@command("audit.list", Audited)
async def _list(call: Call, args: Audited) -> tuple[AuditRow, ...]:
    return await call.desk.trail.list(call.actor, args, before=args.before, limit=args.limit)


@command("audit.names", Named)
async def _names(call: Call, args: Named) -> dict[str, str]:
    names = await call.desk.lists.names(call.actor, args.subjects)
    return {subject: one.reference for subject, one in names.items() if one.reference}


@command("audit.verify", Nothing)
async def _verify(call: Call, _: Nothing) -> Journalled:
    await call.desk.trail.may_verify(call.actor)
    return await journal_of(call.rooms, call.progress)


@command("audit.export", OfSubject)
async def _export(call: Call, args: OfSubject) -> Export:
    return await call.desk.trail.export(call.actor, args.subject)


COMMANDS = (_list, _names, _verify, _export)
