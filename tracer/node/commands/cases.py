"""Cases, and who may be asked and who may ask: threads, their files, people, peers."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tracer.casework.attach import Opened
from tracer.casework.peers import Offered, PeerView
from tracer.casework.reads import Case, CaseLine
from tracer.casework.roles import Act, acting
from tracer.casework.sight import sees
from tracer.errors import InputError
from tracer.node.commands.base import Call, Nothing, command
from tracer.node.workers.restoring import RESTORE
from tracer.store import PersonRow, Tx


class Threads(Struct, frozen=True, forbid_unknown_fields=True):
    """Which cases; what is empty restricts nothing."""

    state: tuple[str, ...] = ()
    peer: str | None = None
    opener: Literal["us", "peer"] | None = None
    reference: str | None = None
    limit: int = 100


class OfThread(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a thread: its id, the beginning of it, or the reference."""

    thread: str


class OfFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a file of a message."""

    thread: str
    message: str
    n: int


class Stuck(Struct, frozen=True):
    """A message that did not reach its recipient and is not tried any more."""

    message: str
    thread: str
    authority: str
    state: str
    code: str
    since: str


class OfMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """Names one of our messages."""

    authority: str
    message: str


class Delivery(Struct, frozen=True):
    """Where one of our messages is: the instant of its receipt, or why there is none yet."""

    receipt_at: str
    state: str
    code: str


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """A person and their roles."""

    name: str
    roles: tuple[str, ...]


class Added(Struct, frozen=True):
    """A person put on record, with the one-time password for the desk, shown now only."""

    name: str
    roles: tuple[str, ...]
    disabled: bool
    added_at: str
    added_by: str
    password: str
    password_until: str


class OfPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a person."""

    name: str


class EntryFile(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry file; `compared` is the fingerprint as the other side read it out."""

    file: str
    compared: str = ""


class OfPeer(Struct, frozen=True, forbid_unknown_fields=True):
    """Names an authority, with a reason where one is needed."""

    authority: str
    reason: str = ""


@command("thread.list", Threads)
async def _threads(call: Call, args: Threads) -> tuple[CaseLine, ...]:
    return await call.desk.reads.cases(
        call.actor,
        state=args.state,
        peer=args.peer,
        opener=args.opener,
        reference=args.reference,
        limit=args.limit,
    )


@command("thread.show", OfThread)
async def _thread(call: Call, args: OfThread) -> Case:
    return await call.desk.reads.case(call.actor, args.thread)


@command("thread.attachment", OfFile)
async def _file(call: Call, args: OfFile) -> Opened:
    return await call.desk.attach.open_attachment(call.actor, args.thread, args.message, args.n)


@command("message.delivery", OfMessage)
async def _delivery(call: Call, args: OfMessage) -> Delivery:
    return await call.rooms.store.read(lambda tx: _delivery_of(tx, call.actor, args))


@command("thread.stuck", Nothing)
async def _stuck(call: Call, _: Nothing) -> list[Stuck]:
    rows = await call.rooms.store.read(
        lambda tx: [
            row for state in ("undeliverable", "held") for row in tx.outbox.rows(state=state)
        ]
    )
    return [
        Stuck(row.message_id, row.thread, row.peer, row.state, row.last_error, row.created)
        for row in rows
    ]


@command("user.add", Person)
async def _add_person(call: Call, args: Person) -> Added:
    row, given = await call.desk.accounts.passwords.give_new(
        call.actor, args.name, args.roles, command=True
    )
    return Added(
        name=row.name,
        roles=row.roles,
        disabled=row.disabled,
        added_at=row.added_at,
        added_by=row.added_by,
        password=given.password,
        password_until=given.until,
    )


@command("user.roles", Person)
async def _set_roles(call: Call, args: Person) -> PersonRow:
    return await call.desk.people.set_roles(call.actor, args.name, args.roles, command=True)


@command("user.disable", OfPerson)
async def _disable(call: Call, args: OfPerson) -> PersonRow:
    return await call.desk.people.disable(call.actor, args.name)


@command("user.enable", OfPerson)
async def _enable(call: Call, args: OfPerson) -> PersonRow:
    return await call.desk.people.enable(call.actor, args.name, command=True)


@command("user.confirm", OfPerson)
async def _confirm(call: Call, args: OfPerson) -> PersonRow:
    return await call.desk.people.confirm(call.actor, args.name, command=True)


@command("user.list", Nothing)
async def _people(call: Call, _: Nothing) -> tuple[PersonRow, ...]:
    return await call.desk.people.list(call.actor)


@command("peer.look", EntryFile)
async def _look(call: Call, args: EntryFile) -> Offered:
    return await call.desk.peers.look(call.actor, args.file.encode())


@command("peer.add", EntryFile)
async def _add_peer(call: Call, args: EntryFile) -> PeerView:
    view = await call.desk.peers.add(call.actor, args.file.encode(), compared=args.compared)
    rooms = call.rooms
    rooms.gate.expect(await rooms.store.read(lambda tx: tx.restores.pending()))
    rooms.wake(RESTORE)
    return view


@command("peer.suspend", OfPeer)
async def _suspend(call: Call, args: OfPeer) -> PeerView:
    return await call.desk.peers.suspend(call.actor, args.authority, args.reason)


@command("peer.resume", OfPeer)
async def _resume(call: Call, args: OfPeer) -> PeerView:
    return await call.desk.peers.resume(call.actor, args.authority)


@command("peer.list", Nothing)
async def _peers(call: Call, _: Nothing) -> tuple[PeerView, ...]:
    return await call.desk.peers.list(call.actor)


@command("peer.show", OfPeer)
async def _peer(call: Call, args: OfPeer) -> PeerView:
    return await call.desk.peers.show(call.actor, args.authority)


def _delivery_of(tx: Tx, actor: str, args: OfMessage) -> Delivery:
    person = acting(tx, actor, Act.CASE_LIST)
    receipt = tx.messages.receipt(args.authority, args.message)
    rows = tx.outbox.rows(message_id=args.message, peer=args.authority)
    if not rows or not sees(tx, person, rows[0].thread):
        raise InputError("message-unknown", "no message of ours to this authority has this id")
    at = "" if receipt is None else receipt.at
    return Delivery(receipt_at=at, state=rows[0].state, code=rows[0].last_error)


COMMANDS = (
    _delivery,
    _threads,
    _thread,
    _file,
    _stuck,
    _add_person,
    _set_roles,
    _disable,
    _enable,
    _confirm,
    _people,
    _look,
    _add_peer,
    _suspend,
    _resume,
    _peers,
    _peer,
)
