"""A restore to its end, and what is erased, purged or held."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from tracer.casework.disposing import Disposed, Due
from tracer.casework.restoring import RestoredPeer
from tracer.casework.roles import Act
from tracer.errors import OperatorError
from tracer.exchange.partner import unknown
from tracer.node.commands.base import Call, Nothing, command
from tracer.node.restore.succeed import succeed
from tracer.node.restore.view import RestoreView, plan_of, view
from tracer.node.workers.restoring import RESTORE
from tracer.store.restore_rows import DisposalRow, HoldRow, RestoringRow


class Approve(Struct, frozen=True, forbid_unknown_fields=True):
    """Who could not be asked and is left out; why one person decides alone."""

    without: tuple[str, ...] = ()
    reason: str = ""


class Reasoned(Struct, frozen=True, forbid_unknown_fields=True):
    """An authority and a reason."""

    authority: str
    reason: str = ""


class Erase(Struct, frozen=True, forbid_unknown_fields=True):
    """Which groups of which messages of a thread; no message: of all."""

    thread: str
    groups: tuple[str, ...]
    reason: str
    message: str = ""


class OfThread(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a thread, with a reason."""

    thread: str
    reason: str


class OfNumber(Struct, frozen=True, forbid_unknown_fields=True):
    """Names what waits for a second person."""

    number: int
    reason: str = ""


class ApprovedNow(Struct, frozen=True):
    """What came of an approval: who approved, and whether the successor is open."""

    closed: str
    successor: str
    size: int
    lost: int
    by: tuple[str, ...]
    done: bool


@command("restore.show", Nothing)
async def _show(call: Call, _: Nothing) -> RestoreView:
    await call.may(Act.RESTORE)
    return await view(call.rooms)


@command("restore.approve", Approve)
async def _approve(call: Call, args: Approve) -> ApprovedNow:
    await call.may(Act.RESTORE)
    rooms = call.rooms
    plan, stands = await plan_of(rooms)
    silent = sorted(set(plan.without) - set(args.without))
    if silent and not (stands is not None and stands.complete):
        raise OperatorError(
            "restore-open",
            f"it is not known what {', '.join(silent)} saw of our log",
            advice="Try again when they are reached, or ask them by telephone and leave them "
            f"out: tracer restore approve {' '.join(f'--without {one}' for one in silent)}",
        )
    given = await call.desk.restoring.approve(call.actor, msgspec.to_builtins(plan), args.reason)
    if given.complete:
        await succeed(rooms, plan)
        rooms.wake(RESTORE)
    return ApprovedNow(
        closed=plan.closed,
        successor=plan.successor,
        size=plan.size,
        lost=plan.lost,
        by=given.by,
        done=given.complete,
    )


@command("restore.leave-out", Reasoned)
async def _leave_out(call: Call, args: Reasoned) -> RestoringRow:
    row = await call.desk.restoring.leave_out(call.actor, args.authority, args.reason)
    await _expect(call)
    return row


@command("restore.again", Reasoned)
async def _again(call: Call, args: Reasoned) -> RestoringRow:
    row = await call.desk.restoring.try_again(call.actor, args.authority)
    await _expect(call)
    return row


@command("peer.confirm-succession", Reasoned)
async def _confirm(call: Call, args: Reasoned) -> RestoredPeer:
    return await call.desk.restoring.confirm(call.actor, args.authority, args.reason)


@command("peer.entry", Reasoned)
async def _entry(call: Call, args: Reasoned) -> dict[str, str]:
    await call.may(Act.PEER_LIST)
    row = await call.rooms.store.read(lambda tx: tx.peers.get(args.authority))
    if row is None:
        raise unknown(args.authority)
    return {"authority": args.authority, "file": row.entry_file.decode()}


@command("thread.erase", Erase)
async def _erase(call: Call, args: Erase) -> Disposed:
    return await call.desk.disposing.erase(
        call.actor, args.thread, args.groups, args.reason, message=args.message
    )


@command("thread.purge", OfThread)
async def _purge(call: Call, args: OfThread) -> Disposed:
    return await call.desk.disposing.purge(call.actor, args.thread, args.reason)


@command("thread.due", Nothing)
async def _due(call: Call, _: Nothing) -> tuple[Due, ...]:
    return await call.desk.disposing.due(call.actor)


@command("thread.disposals", Nothing)
async def _disposals(call: Call, _: Nothing) -> tuple[DisposalRow, ...]:
    return await call.desk.disposing.waiting(call.actor)


@command("thread.approve-disposal", OfNumber)
async def _dispose(call: Call, args: OfNumber) -> Disposed:
    return await call.desk.disposing.approve(call.actor, args.number)


@command("thread.drop-disposal", OfNumber)
async def _drop(call: Call, args: OfNumber) -> dict[str, int]:
    await call.desk.disposing.drop(call.actor, args.number, args.reason)
    return {"dropped": args.number}


@command("thread.hold", OfThread)
async def _hold(call: Call, args: OfThread) -> HoldRow:
    return await call.desk.disposing.hold(call.actor, args.thread, args.reason)


@command("thread.unhold", OfThread)
async def _unhold(call: Call, args: OfThread) -> dict[str, str]:
    await call.desk.disposing.unhold(call.actor, args.thread, args.reason)
    return {"thread": args.thread}


@command("thread.holds", Nothing)
async def _holds(call: Call, _: Nothing) -> tuple[HoldRow, ...]:
    return await call.desk.disposing.holds(call.actor)


@command("store.scrub", Nothing)
async def _scrub(call: Call, _: Nothing) -> dict[str, bool]:
    await call.may(Act.KEEP)
    await call.rooms.store.scrub()
    return {"scrubbed": True}


async def _expect(call: Call) -> None:
    rooms = call.rooms
    rooms.gate.expect(await rooms.store.read(lambda tx: tx.restores.pending()))
    rooms.wake(RESTORE)


COMMANDS = (
    _show,
    _approve,
    _leave_out,
    _again,
    _confirm,
    _entry,
    _erase,
    _purge,
    _due,
    _disposals,
    _dispose,
    _drop,
    _hold,
    _unhold,
    _holds,
    _scrub,
)
