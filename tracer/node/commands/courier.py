"""Files for a courier: what waits for an authority goes out as files, what came is taken in.

The files lie in the node's own folder `courier`; the command line carries them from and to where a
person wants them, so that the node needs to reach nothing but its data folder.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from tracer.errors import InputError
from tracer.exchange.courier.pack import Packed
from tracer.exchange.courier.spread import LIMIT
from tracer.node.commands.base import Call, command

_LAID: Final = re.compile(r"in-[0-9a-f]{16}")


class Export(Struct, frozen=True, forbid_unknown_fields=True):
    """For whom; `limit` is the size of one file in bytes."""

    peer: str
    limit: int = LIMIT


class Import(Struct, frozen=True, forbid_unknown_fields=True):
    """The name of a file that was laid into the folder `courier`."""

    file: str


class Which(Struct, frozen=True, forbid_unknown_fields=True):
    """Files for one authority, or for all; `every`: also those that were answered."""

    peer: str | None = None
    every: bool = False


class Written(Struct, frozen=True):
    """A file in the folder `courier`, to be carried away from there."""

    id: str
    name: str
    number: int
    part: int
    parts: int
    bytes: int
    messages: int
    receipts: int
    attachments: int
    witnessed: bool
    """Whether it brings a head of our log that our witnesses signed."""


class Refused(Struct, frozen=True):
    """A message that was not taken."""

    id: str
    code: str


class Imported(Struct, frozen=True):
    """What came of a file."""

    authority: str
    id: str
    number: int
    part: int
    parts: int
    entry: bool
    aside: str
    messages: int
    new: int
    refused: tuple[Refused, ...]
    settled: int
    undelivered: int
    attachments: int
    left: int
    witnessed: int
    """Lines of witnesses and proofs about their log that were new."""
    unwitnessed: str
    """Why what they show of witnesses does not hold; empty if it does."""
    back: tuple[Written, ...]
    """Files to carry back."""


class Out(Struct, frozen=True):
    """A file that is out."""

    authority: str
    number: int
    part: int
    parts: int
    since: str
    by: str
    messages: int
    waiting: int
    confirmed: bool
    id: str


@command("courier.export", Export, appends=True)
async def _export(call: Call, args: Export) -> tuple[Written, ...]:
    packed = await call.desk.courier.export(call.actor, args.peer, limit=args.limit)
    return tuple(map(_written, packed))


@command("courier.import", Import, appends=True)
async def _import(call: Call, args: Import) -> Imported:
    if not _LAID.fullmatch(args.file):
        raise InputError("arguments", "no name of a file in the folder courier", field="file")
    path = call.rooms.home.courier / args.file
    if not path.exists():
        raise InputError("file-missing", f"{path} is not there", field="file")
    done = await call.desk.courier.take(call.actor, path)
    taken = done.taken
    return Imported(
        authority=taken.file.peer,
        id=taken.file.id,
        number=taken.file.number,
        part=taken.file.part,
        parts=taken.file.parts,
        entry=taken.entry,
        aside=taken.aside,
        messages=taken.messages,
        new=taken.new,
        refused=tuple(Refused(name, code) for name, code in taken.refused),
        settled=taken.settled,
        undelivered=taken.undelivered,
        attachments=taken.attachments,
        left=taken.left,
        witnessed=taken.witnessed,
        unwitnessed=taken.unwitnessed,
        back=tuple(map(_written, done.back)),
    )


@command("courier.list", Which)
async def _list(call: Call, args: Which) -> list[Out]:
    found = await call.desk.courier.list(call.actor, authority=args.peer, every=args.every)
    return [
        Out(
            authority=one.file.peer,
            number=one.file.number,
            part=one.file.part,
            parts=one.file.parts,
            since=one.file.at,
            by=one.file.by,
            messages=one.messages,
            waiting=one.open,
            confirmed=one.file.seen,
            id=one.file.id,
        )
        for one in found
    ]


def _written(packed: Packed) -> Written:
    return Written(
        id=packed.id,
        name=packed.path.name,
        number=packed.number,
        part=packed.part,
        parts=packed.parts,
        bytes=packed.size,
        messages=packed.messages,
        receipts=packed.receipts,
        attachments=packed.attachments,
        witnessed=packed.witnessed,
    )


COMMANDS = (_export, _import, _list)
