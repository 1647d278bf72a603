"""The same firearm asked about twice, and whom to ask next."""

from __future__ import annotations

from msgspec import Struct

from tracer.casework.duplicates import Next, Twin
from tracer.node.commands.base import Call, command
from tracer.node.commands.cases import OfThread
from tracer.store.rows import LinkKind


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says of two cases, and why."""

    one: str
    other: str
    kind: LinkKind
    reason: str


class Linked(Struct, frozen=True):
    """The two threads."""

    one: str
    other: str
    kind: LinkKind


@command("firearm.twins", OfThread)
async def _twins(call: Call, args: OfThread) -> tuple[Twin, ...]:
    return await call.desk.duplicates.twins(call.actor, args.thread)


@command("firearm.say", Said)
async def _say(call: Call, args: Said) -> Linked:
    one, other = await call.desk.duplicates.say(
        call.actor, args.one, args.other, args.kind, args.reason
    )
    return Linked(one, other, args.kind)


@command("firearm.next", OfThread)
async def _next(call: Call, args: OfThread) -> tuple[Next, ...]:
    return await call.desk.duplicates.whom_next(call.actor, args.thread)


COMMANDS = (_twins, _say, _next)
