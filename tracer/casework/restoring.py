"""Who decides about a restore: ours, by two persons; a peer's second one in a year, by one here.

Approving binds to what was seen: the log that is closed, the head that is gone on from, the highest
checkpoint anybody showed. If more has come to light since the first person approved, that approval
counts no more. Once two persons have approved, or one where policy lets one person release (with a
reason), the plan is fixed, and repeating the approval goes on with it wherever it stopped.

What it does not do: ask anybody or take the steps (`node.restore.succeed`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import Struct

from tracer.casework.reasons import reasoned
from tracer.casework.roles import Act, Policy, acting, alone_allowed
from tracer.casework.second import check_second
from tracer.errors import InputError
from tracer.exchange.greetings import read
from tracer.exchange.succession.form import Announcement, judge, read_entry
from tracer.exchange.succession.hearing import believe, seen, succession_row
from tracer.store import Store, Tx
from tracer.store.restore_rows import RestoringRow, SuccessionRow
from tracer.store.restores import LEFT_OUT, PENDING, WAITS
from tracer.trust.directory import Directory
from tracer.wording import counted

APPROVAL: Final = "restore.approval"
"""Name in `tx.meta` of the approval that stands."""


class Approval(Struct, frozen=True, kw_only=True):
    """What was approved, and by whom; `plan` is the plan as it was seen, as plain data."""

    closed: str
    size: int
    root: str
    highest_size: int
    by: tuple[str, ...]
    at: str
    reason: str
    complete: bool
    plan: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredPeer:
    """A restore of a peer, as people here see it."""

    origin: str
    closed: str
    state: str
    """`taken`, or `waits` for a person here."""
    lost: int
    reentered: int
    """Messages with us that are back there; -1 while that is not known."""
    at: str
    by: str
    sentence: str


class Restoring:
    """The verbs."""

    def __init__(
        self,
        *,
        store: Store,
        policy: Policy,
        directory: Callable[[], Directory],
        set_directory: Callable[[Directory], None],
        changing: asyncio.Lock,
    ) -> None:
        self._store = store
        self._policy = policy
        self._directory = directory
        self._set_directory = set_directory
        self._changing = changing

    async def approval(self, actor: str) -> Approval | None:
        """The approval that stands, if one does."""

        def body(tx: Tx) -> Approval | None:
            acting(tx, actor, Act.RESTORE)
            return approved(tx)

        return await self._store.read(body)

    async def approve(self, actor: str, plan: Mapping[str, Any], reason: str = "") -> Approval:
        """Say that the lost log is to be closed and its successor opened, as seen.

        Args:
            actor: Who says so.
            plan: What was seen, as plain data: `closed`, `size`, `root`, `highest_size` among it.
            reason: Why one person decides alone, where policy allows that.

        Raises:
            InputError: `four-eyes`, `four-eyes-account`, `reason-missing`, or about the person.
        """

        def body(tx: Tx) -> Approval:
            acting(tx, actor, Act.RESTORE)
            before = approved(tx)
            if before is not None and before.complete and before.plan.get("why") == plan["why"]:
                return before
            found = self._approved(tx, actor, plan, reason.strip(), before)
            tx.meta.put(APPROVAL, msgspec.json.encode(found).decode())
            detail = {
                "closed": found.closed,
                "size": found.size,
                "highest": found.highest_size,
                "complete": found.complete,
                "reason": found.reason,
                "without": list(plan.get("without", ())),
            }
            tx.audit.write(actor, "restore-approve", found.closed, detail)
            return found

        return await self._store.write(body)

    def _approved(
        self, tx: Tx, actor: str, plan: Mapping[str, Any], reason: str, before: Approval | None
    ) -> Approval:
        seen_now = (plan["closed"], plan["size"], plan["root"], plan["highest_size"])
        first: tuple[str, ...] = ()
        if (
            before is not None
            and not before.complete
            and seen_now
            == (
                before.closed,
                before.size,
                before.root,
                before.highest_size,
            )
        ):
            first = before.by
        alone = alone_allowed(self._policy) and not first
        if alone:
            reasoned(reason, "who decides about a restore alone gives a reason")
        if actor in first:
            raise InputError(
                "four-eyes",
                "you have approved this already: somebody else approves it, too",
                advice="Ask another person: tracer --actor NAME restore approve.",
            )
        if before is not None:
            check_second(tx, actor, [(name, before.at) for name in first])
        by = (*first, actor)
        return Approval(
            closed=plan["closed"],
            size=plan["size"],
            root=plan["root"],
            highest_size=plan["highest_size"],
            by=by,
            at=tx.now,
            reason=reason,
            complete=alone or len(by) > 1,
            plan=dict(plan),
        )

    async def leave_out(self, actor: str, authority: str, reason: str) -> RestoringRow:
        """Go on with a peer although the way back with it is not gone; what it holds stays lost.

        Raises:
            InputError: `restore-none`, `reason-missing`, or about the person.
        """
        said = reasoned(reason, "this decision is kept with its reason")

        def body(tx: Tx) -> RestoringRow:
            acting(tx, actor, Act.RESTORE)
            if authority not in tx.restores.pending():
                raise InputError(
                    "restore-none",
                    f"no way back with {authority} is open",
                    advice="See: tracer restore show.",
                    field="authority",
                )
            known = next(row for row in tx.restores.ways() if row.authority == authority)
            row = msgspec.structs.replace(known, state=LEFT_OUT, at=tx.now)
            tx.restores.settle(row)
            tx.audit.write(actor, "restore-leave-out", authority, {"reason": said})
            return row

        return await self._store.write(body)

    async def try_again(self, actor: str, authority: str) -> RestoringRow:
        """Open the way back with a peer again that was left out, or that answered in part."""

        def body(tx: Tx) -> RestoringRow:
            acting(tx, actor, Act.RESTORE)
            known = {row.authority: row for row in tx.restores.ways()}
            if authority not in known:
                raise InputError("restore-none", f"no way back with {authority} was ever open")
            row = msgspec.structs.replace(known[authority], state=PENDING, at=tx.now)
            tx.restores.settle(row)
            tx.audit.write(actor, "restore-again", authority)
            return row

        return await self._store.write(body)

    async def confirm(self, actor: str, authority: str, reason: str) -> RestoredPeer:
        """Go on with a peer that was restored a second time within twelve months.

        Raises:
            InputError: `succession-none`, `reason-missing`, or about the
                person.
        """
        said = reasoned(reason, "this decision is kept with its reason")
        async with self._changing:

            def body(tx: Tx) -> tuple[RestoredPeer, Directory]:
                acting(tx, actor, Act.PEER_CHANGE)
                row = next((r for r in tx.restores.of(authority) if r.state == WAITS), None)
                if row is None:
                    raise InputError(
                        "succession-none",
                        f"no restore of {authority} waits for a person",
                        advice="See: tracer peer show.",
                        field="authority",
                    )
                told = read(row.announcement, Announcement)
                verified, succession = read_entry(told)
                after = self._directory().with_next(verified)
                closed, held = seen(tx, authority, succession)
                found = judge(told, verified, succession, closed=closed, held=held)
                kept = succession_row(
                    found,
                    state="taken",
                    reentered=row.reentered,
                    by=actor,
                    at=tx.now,
                    body=row.announcement,
                )
                tx.restores.put(kept)
                believe(tx, found, by=actor)
                detail = {"origin": row.origin, "lost": row.lost, "reason": said}
                tx.audit.write(actor, "peer-confirm-succession", authority, detail)
                return restored_peer(kept), after

            view, after = await self._store.write(body)
            self._set_directory(after)
        return view


def approved(tx: Tx) -> Approval | None:
    """The approval that stands."""
    text = tx.meta.get(APPROVAL)
    return msgspec.json.decode(text, type=Approval) if text else None


def restored_peer(row: SuccessionRow) -> RestoredPeer:
    """A peer's restore in words."""
    lost = f"{counted(row.lost, 'record')} lost"
    if row.state == WAITS:
        sentence = (
            f"restored again within twelve months, {lost}: a person here decides, "
            "tracer peer confirm-succession"
        )
    elif row.reentered < 0:
        sentence = f"restored: {lost}; what we hold is not all back there yet"
    else:
        sentence = f"restored: {lost}, {counted(row.reentered, 'message')} with us re-entered"
    return RestoredPeer(
        origin=row.origin,
        closed=row.closed,
        state=row.state,
        lost=row.lost,
        reentered=row.reentered,
        at=row.opened,
        by=row.by,
        sentence=sentence,
    )
