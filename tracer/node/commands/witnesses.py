"""Witnesses: whom we have chosen, whom we serve, and choosing them."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from tracer.casework.reach import lineless
from tracer.casework.roles import Act
from tracer.errors import InputError
from tracer.exchange.partner import known
from tracer.exchange.witness.view import OwnLog, own_log
from tracer.node import custody
from tracer.node.commands.base import Call, Nothing, command
from tracer.node.restore.witness_key import making
from tracer.store import Tx
from tracer.trust.directory import Directory
from tracer.trust.nouns import Witness, Witnesses
from tracer.wording import counted


class Choose(Struct, frozen=True, forbid_unknown_fields=True):
    """Authorities to be our witnesses, and how many of them are enough; none ends it."""

    authorities: tuple[str, ...] = ()
    quorum: int = 1


class Served(Struct, frozen=True):
    """A log that we have cosigned: the newest head, and when."""

    origin: str
    size: int
    at: str
    witness: str


class Witnessing(Struct, frozen=True):
    """All of it."""

    own: str
    """The name under which we cosign; empty if this node has no witness key."""
    listed: bool
    """Whether our entry names it, so that others can choose us."""
    log: OwnLog
    serves: tuple[Served, ...]


@command("witness.list", Nothing)
async def _list(call: Call, _: Nothing) -> Witnessing:
    rooms = call.rooms
    entry, key = rooms.own(), rooms.keyring.witness_key()

    def body(tx: Tx) -> Witnessing:
        served = tuple(
            Served(row.origin, row.size, row.at, row.witness) for row in tx.witness.heads()
        )
        own = "" if key is None else key.name
        listed = entry.witness is not UNSET and entry.witness.name == own
        return Witnessing(own, listed, own_log(tx, entry), served)

    return await rooms.store.read(body)


@command("witness.choose", Choose)
async def _choose(call: Call, args: Choose) -> custody.Issued:
    actor = await call.may(Act.KEEP)
    chosen = _chosen(args, call.rooms.cell.get(), ours=call.rooms.own().mode)
    return await custody.issue(call.rooms, actor=actor, act="witness-choose", witnesses=chosen)


@command("key.rotate-witness", Nothing)
async def _rotate(call: Call, _: Nothing) -> custody.Issued:
    actor = await call.may(Act.KEEP)
    make = await making(call.rooms)
    return await custody.rotate(call.rooms, make, actor=actor, act="key-rotate-witness")


def _chosen(args: Choose, directory: Directory, *, ours: str) -> Witnesses | UnsetType:
    if not args.authorities:
        return UNSET
    if not 1 <= args.quorum <= len(set(args.authorities)) == len(args.authorities):
        most = counted(len(set(args.authorities)), "witness is", "witnesses are")
        raise InputError(
            "witness-quorum",
            f"{most} named: the quorum says how many of them are enough, and each is named once",
            advice=f"Choose --quorum from 1 to {len(set(args.authorities))}.",
            field="quorum",
        )
    members = tuple(_member(directory, authority, ours=ours) for authority in args.authorities)
    return Witnesses(quorum=args.quorum, members=members)


def _member(directory: Directory, authority: str, *, ours: str) -> Witness:
    peer = known(directory, authority, field="peer")
    witness = peer.verified.entry.witness
    if lineless(peer.mode, ours):
        raise InputError(
            "witness-none",
            f"there is no line to {authority}: what it signs would never reach us",
            advice="Choose authorities that open a port, or that fetch while we open one.",
            field="peer",
        )
    if witness is UNSET:
        raise InputError(
            "witness-none",
            f"{authority} cosigns for nobody: its entry names no witness key",
            advice="Ask it to make a witness key (key rotate-witness), and for its new entry.",
            field="peer",
        )
    return witness


COMMANDS = (_list, _choose, _rotate)
