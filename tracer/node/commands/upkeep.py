"""What keeps a node well: status, keys, entry, database, backup marks, the line to a peer."""

from __future__ import annotations

from msgspec import Struct

from tracer.casework.roles import Act
from tracer.clock import instant
from tracer.node import custody
from tracer.node.check.findings import Verified
from tracer.node.check.whole import verify
from tracer.node.commands.base import Call, Nothing, command
from tracer.node.rebuild import Rebuilt, rebuild
from tracer.node.restore.finish import Finished, finish
from tracer.node.setup import absolute_kek
from tracer.node.status.facts import BACKUP_MARK
from tracer.node.status.nouns import Status
from tracer.node.status.whole import status
from tracer.store import Tx
from tracer.store.audit import BY


class Rebuild(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether to replace what differs."""

    write: bool = True


class Rewrap(Struct, frozen=True, forbid_unknown_fields=True):
    """What shall open the keyring from now on."""

    kek: str


class Against(Struct, frozen=True, forbid_unknown_fields=True):
    """Notes of signed heads that others hold."""

    notes: tuple[str, ...] = ()


class Revoke(Struct, frozen=True, forbid_unknown_fields=True):
    """A key that is no longer ours alone, and from when on; empty: from now."""

    key: str
    since: str = ""


class OfPeer(Struct, frozen=True, forbid_unknown_fields=True):
    """Names an authority."""

    authority: str


class OfMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a message."""

    message: str


class BackupMade(Struct, frozen=True, forbid_unknown_fields=True):
    """A backup that was just written: when it was begun, and its digest."""

    at: str
    digest: str


class Finish(Struct, frozen=True, forbid_unknown_fields=True):
    """Authorities that are left out because they cannot be asked."""

    without: tuple[str, ...] = ()


class Ping(Struct, frozen=True):
    """A peer's answer to a ping."""

    authority: str
    at: str
    milliseconds: float
    clock_difference_seconds: float
    """Their clock less ours."""


@command("status", Nothing)
async def _status(call: Call, _: Nothing) -> Status:
    return await status(call.rooms, running=call.served)


@command("store.rebuild", Rebuild)
async def _rebuild(call: Call, args: Rebuild) -> Rebuilt:
    by = await call.may(Act.KEEP) if args.write else None
    return await rebuild(call.rooms.store, by=by, progress=call.progress)


@command("store.verify", Against)
async def _verify(call: Call, args: Against) -> Verified:
    return await verify(call.rooms, call.progress, against=args.notes)


@command("key.list", Nothing)
async def _keys(call: Call, _: Nothing) -> list[dict[str, str]]:
    return [row._asdict() for row in call.rooms.keyring.describe()]


@command("key.rotate-sealing", Nothing)
async def _rotate_sealing(call: Call, _: Nothing) -> custody.Issued:
    return await custody.rotate(
        call.rooms,
        lambda ring, now: ring.rotate_seal(now),
        actor=await call.may(Act.KEEP),
        act="key-rotate-sealing",
    )


@command("key.rotate-signing", Nothing)
async def _rotate_signing(call: Call, _: Nothing) -> custody.Issued:
    return await custody.rotate(
        call.rooms,
        lambda ring, now: ring.rotate_signing(now),
        actor=await call.may(Act.KEEP),
        act="key-rotate-signing",
    )


@command("key.revoke", Revoke)
async def _revoke(call: Call, args: Revoke) -> custody.Issued:
    actor = await call.may(Act.KEEP)
    return await custody.revoke(call.rooms, args.key, since=args.since, actor=actor)


@command("key.rewrap", Rewrap)
async def _rewrap(call: Call, args: Rewrap) -> dict[str, str]:
    rooms, actor = call.rooms, await call.may(Act.KEEP)
    rooms.keyring.rewrap(absolute_kek(args.kek, rooms.config))
    await rooms.store.write(lambda tx: tx.audit.write(actor, "key-rewrap", rooms.authority))
    return {"keyring": str(rooms.keyring.path), "kek": args.kek}


@command("entry.show", Nothing)
async def _entry(call: Call, _: Nothing) -> custody.Issued:
    return custody.shown(call.rooms.home)


@command("entry.issue", Nothing)
async def _issue(call: Call, _: Nothing) -> custody.Issued:
    return await custody.issue(call.rooms, actor=await call.may(Act.KEEP))


@command("peer.ping", OfPeer)
async def _ping(call: Call, args: OfPeer) -> Ping:
    peer = call.rooms.cell.get().peer(args.authority)
    before = call.rooms.clock.now()
    pong = await call.rooms.greet.ping(peer)
    after = call.rooms.clock.now()
    middle = before + (after - before) / 2
    return Ping(
        authority=peer.authority,
        at=pong.at,
        milliseconds=(after - before).total_seconds() * 1000,
        clock_difference_seconds=round((instant(pong.at) - middle).total_seconds(), 3),
    )


@command("thread.resend", OfMessage)
async def _resend(call: Call, args: OfMessage) -> dict[str, int]:
    return {"queued": await call.desk.upkeep.again(call.actor, args.message)}


@command("backup.note", BackupMade)
async def _backup(call: Call, args: BackupMade) -> dict[str, str]:
    instant(args.at)

    def body(tx: Tx) -> None:
        tx.meta.put(BACKUP_MARK, args.at)
        tx.audit.write(call.actor or BY, "backup", args.digest, {"at": args.at})

    await call.rooms.store.write(body)
    return {"at": args.at}


@command("backup.finish", Finish)
async def _finish(call: Call, args: Finish) -> Finished:
    actor = await call.may(Act.KEEP)
    return await finish(call.rooms, without=args.without, actor=actor)


COMMANDS = (
    _status,
    _rebuild,
    _verify,
    _keys,
    _rotate_sealing,
    _rotate_signing,
    _revoke,
    _rewrap,
    _entry,
    _issue,
    _ping,
    _resend,
    _backup,
    _finish,
)
