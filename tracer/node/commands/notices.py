"""Notices to a person, and where a person is written to."""

from __future__ import annotations

from msgspec import Struct

from tracer.casework.notices import NoticeLine
from tracer.node.commands.base import Call, command
from tracer.store import ContactRow


class Listed(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether those that were looked at before are wanted too."""

    all: bool = False


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers of notices; none: all."""

    numbers: tuple[int, ...] = ()


class OfPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a person and what is to change; null leaves it, an empty address ends it."""

    name: str
    mail: str | None = None
    language: str | None = None
    digest: bool | None = None


class ContactView(Struct, frozen=True):
    """Where a person is written to; an empty address: nowhere."""

    name: str
    mail: str
    language: str
    digest: bool


@command("notice.list", Listed)
async def _list(call: Call, args: Listed) -> tuple[NoticeLine, ...]:
    return await call.desk.notices.list(call.actor, seen=args.all)


@command("notice.seen", Seen)
async def _seen(call: Call, args: Seen) -> dict[str, tuple[int, ...]]:
    return {"seen": await call.desk.notices.see(call.actor, numbers=args.numbers or None)}


@command("user.contact", OfPerson)
async def _contact(call: Call, args: OfPerson) -> ContactView:
    given = (args.mail, args.language, args.digest)
    if given == (None, None, None):
        found = await call.desk.people.contact(call.actor, args.name)
    else:
        found = await call.desk.people.set_contact(
            call.actor, args.name, mail=args.mail, language=args.language, digest=args.digest
        )
    return _view(args.name, found)


def _view(name: str, found: ContactRow | None) -> ContactView:
    row = found or ContactRow(name, "", "en", digest=False)
    return ContactView(row.person, row.mail, row.language, row.digest)


COMMANDS = (_list, _seen, _contact)
