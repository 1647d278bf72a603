"""The evidence bundle of a case."""

from __future__ import annotations

from msgspec import Struct

from tracer.casework.evidence.export import Exported
from tracer.node.commands.base import Call, command


class OfCase(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a case, and what of it does not go into the bundle."""

    thread: str
    without: tuple[str, ...] = ()
    attachments: bool = True
    offline: bool = False
    pdf: bool = True


@command("evidence.export", OfCase)
async def _export(call: Call, args: OfCase) -> Exported:
    return await call.desk.evidence.export(
        call.actor,
        args.thread,
        without=args.without,
        attachments=args.attachments,
        offline=args.offline,
        pdf=args.pdf,
    )


COMMANDS = (_export,)
