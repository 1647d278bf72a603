"""The evidence bundle of a case, and what dates old bundles anew.

The file is written into the node's own folder `evidence`; the command line carries it to where a
person wants it. So a file of any size needs no memory, and the node reaches nothing but its data
folder. What a command that was interrupted left there goes with the next export.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress

from msgspec import Struct

from tracer.bundle.forms import Placed
from tracer.canonical import b64url, unb64url
from tracer.errors import InputError
from tracer.exchange.courier.disk import write_whole
from tracer.node.commands.base import Call, command

KEPT = 3600.0
"""Seconds after which a file that nobody carried away is destroyed."""


class OfCase(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a case, and what of it does not go into the bundle."""

    thread: str
    without: tuple[str, ...] = ()
    attachments: bool = True
    offline: bool = False
    pdf: bool = True


class Written(Struct, frozen=True):
    """A bundle in the folder `evidence`, to be carried away from there."""

    lies: str
    """Its name there."""
    name: str
    sha256: str
    thread: str
    messages: int
    attachments: int
    witnesses: int
    stamped: bool
    left_out: int
    absent: tuple[str, ...]
    """Groups that were to be left out and of which the messages hold none."""
    pdf: bool
    unprinted: str
    """Why the report is not there as PDF although it was wanted (`media.printer.Unprinted`)."""
    joined: bool
    forked: bool
    handling: tuple[str, ...]
    bytes: int


@command("evidence.export", OfCase)
async def _export(call: Call, args: OfCase) -> Written:
    found = await call.desk.evidence.export(
        call.actor,
        args.thread,
        without=args.without,
        attachments=args.attachments,
        offline=args.offline,
        pdf=args.pdf,
    )
    folder = call.rooms.home.evidence
    lies = f"out-{secrets.token_hex(8)}"

    def write() -> None:
        _tidy(call)
        write_whole(folder / lies, found.content.pieces())

    await asyncio.to_thread(write)
    return Written(
        lies=lies,
        name=found.name,
        sha256=found.sha256,
        thread=found.thread,
        messages=found.messages,
        attachments=found.attachments,
        witnesses=found.witnesses,
        stamped=found.stamped,
        left_out=found.left_out,
        absent=found.absent,
        pdf=found.pdf,
        unprinted=found.unprinted or "",
        joined=found.joined,
        forked=found.forked,
        handling=found.handling,
        bytes=found.content.size,
    )


def _tidy(call: Call) -> None:
    """Destroy what nobody came for."""
    now = call.rooms.clock.now().timestamp()
    folder = call.rooms.home.evidence
    for path in folder.glob("out-*") if folder.exists() else ():
        with suppress(OSError):
            if now - path.stat().st_mtime > KEPT:
                path.unlink()


class Root(Struct, frozen=True, forbid_unknown_fields=True):
    """The root over old files, base64url, and how many; whether a time stamp is wanted."""

    root: str
    size: int
    stamped: bool = True


class Renewed(Struct, frozen=True):
    """What goes around them: bytes are base64url; `token` is empty if nobody was asked."""

    token: str
    place: Placed
    note: str
    entry: str


@command("evidence.renew", Root, appends=True)
async def _renew(call: Call, args: Root) -> Renewed:
    try:
        root = unb64url(args.root)
    except ValueError as error:
        raise InputError("arguments", "no root in base64url", field="root") from error
    found = await call.desk.renewal.date(call.actor, root, args.size, stamped=args.stamped)
    return Renewed(
        token="" if found.token is None else b64url(found.token),
        place=Placed.of(found.head.origin, found.proof),
        note=found.head.note,
        entry=b64url(found.entry),
    )


COMMANDS = (_export, _renew)
