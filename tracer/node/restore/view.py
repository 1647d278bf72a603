"""Where a restore stands, for the person who decides at night: what is known, what is next."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from tracer.casework.restoring import Approval, approved
from tracer.node.restore.succeed import Plan, look
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.store.restore_rows import RestoringRow, SuccessionRow


class Gap(Struct, frozen=True):
    """What is known of the records that a closed log lost."""

    closed: str
    lost: int
    back: int
    """Of these, here again."""
    missing: tuple[tuple[int, int], ...]
    """Places, from and to, that nobody has shown yet: messages that reached nobody, or records of
    our own that no peer is ever shown."""


class Repeat(Struct, frozen=True):
    """What was deleted or held after the copy: this database does not know it, and no peer does."""

    since: str
    """What the database was made from, and when."""
    newest: int
    """Number of the newest erasure or purge that it knows; later ones are missing. 0: it knows
    none."""
    sentence: str


class RestoreView(Struct, frozen=True, kw_only=True):
    """All of it."""

    restoring: bool
    plan: Plan | None
    """What would be closed; None if the node is not in restore mode."""
    approved_by: tuple[str, ...]
    ways: tuple[RestoringRow, ...]
    gaps: tuple[Gap, ...]
    repeat: Repeat | None
    """None if this node was never restored into a new log."""
    next: str
    """What to do, in a sentence."""


async def plan_of(rooms: Rooms) -> tuple[Plan, Approval | None]:
    """The plan that two persons have approved for this restore, else one made anew by asking.

    Raises:
        OperatorError: `restore-none`, `restore-entry-old`.
    """
    stands = await rooms.store.read(approved)
    if stands is not None and stands.complete and rooms.gate.restoring:
        plan = msgspec.convert(stands.plan, Plan)
        if plan.why == rooms.home.restoring.read_text("utf-8").strip():
            return plan, stands
    return await look(rooms), stands


async def view(rooms: Rooms) -> RestoreView:
    """Ask everybody if that is open, and tell where it stands.

    Raises:
        OperatorError: `restore-entry-old`.
    """
    plan, stands = await plan_of(rooms) if rooms.gate.restoring else (None, None)
    ways = tuple(await rooms.store.read(lambda tx: tx.restores.ways()))
    same = stands is not None and plan is not None and stands.plan.get("why") == plan.why
    by = stands.by if stands is not None and same else ()
    done = stands is not None and same and stands.complete
    return RestoreView(
        restoring=plan is not None,
        plan=plan,
        approved_by=by,
        ways=ways,
        gaps=tuple(await rooms.store.read(lambda tx: _gaps(tx, rooms.authority))),
        repeat=await rooms.store.read(lambda tx: _repeat(tx, plan)),
        next=_next(plan, ways, by, done=done),
    )


def _repeat(tx: Tx, plan: Plan | None) -> Repeat | None:
    """Of this restore, else of the one that was approved last."""
    stands = approved(tx)
    if plan is not None:
        since, upto = plan.why, tx.now
    elif stands is not None and stands.complete:
        since, upto = str(stands.plan.get("why", "")), stands.at
    else:
        return None
    known = [row.number for row in tx.disposals.list(state="done") if row.asked_at <= upto]
    newest = max(known, default=0)
    told = f"number {newest} is the newest" if newest else "it knows of none"
    return Repeat(
        since,
        newest,
        f"What was erased, purged or put on hold after the copy was made is here again as it was "
        f"({told} of the erasures that this database knows), and peers return messages whole. "
        "Find what came later and do it again, holds first: events disposal.done and "
        "disposal.held in the operator's log, or tracer audit list --act erase (purge, hold) on "
        "the old disk or a newer copy, or the orders on paper.",
    )


def _next(
    plan: Plan | None, ways: tuple[RestoringRow, ...], by: tuple[str, ...], *, done: bool
) -> str:
    if plan is not None:
        if by and done:
            return "Approved, not finished: repeat tracer restore approve; it goes on."
        if by:
            return f"{by[0]} has approved; a second person: tracer --actor NAME restore approve."
        if plan.lost == 0 and not plan.without:
            return "Nothing is missing: tracer backup finish."
        return "Two persons decide: tracer --actor NAME restore approve."
    open_ = [row.authority for row in ways if row.state == "pending"]
    if open_:
        return (
            f"The way back with {', '.join(open_)} is open and tried every minute. One that opens "
            "no port is asked when it comes to collect. To go on without it: tracer restore "
            "leave-out AUTHORITY --reason."
        )
    return "Nothing is open."


def _gaps(tx: Tx, us: str) -> list[Gap]:
    return [_gap(tx, row) for row in tx.restores.of(us)]


def _gap(tx: Tx, row: SuccessionRow) -> Gap:
    back = tx.restores.reentered(row.closed)
    missing: list[tuple[int, int]] = []
    for index in range(row.size, row.size + row.lost):
        if index in back:
            continue
        if missing and missing[-1][1] == index - 1:
            missing[-1] = (missing[-1][0], index)
        else:
            missing.append((index, index))
    return Gap(row.closed, row.lost, len(back), tuple(missing))
