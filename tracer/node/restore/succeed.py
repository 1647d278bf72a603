"""Going on after a restore: the lost log is closed for ever, and its successor opens.

`look` asks everybody what they saw of our log. `succeed` takes the steps, each persistent before
the next; repeating it goes on where it stopped, whatever happened in between:

1. `restore.keys`: the next log's keys are in the keyring;
2. `restore.witness`: so is a new witness key, if there was one: what was signed under the old name
   may be more than is known here;
3. `restore.log`: one transaction: the old log is closed, the new one begins with the succession
   record and carries the records on that this database holds; the journal is closed with it and the
   next one begins; with every peer the way back begins;
4. `restore.entry`: our next entry names the new log and what it went on from;
5. `restore.close`: the old log's secret key is destroyed: nobody can go on with it from here;
6. `restore.mark`: restore mode ends; the gate opens peer by peer (`workers.restoring`).

What it does not do: decide (casework), or bring messages back.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from msgspec import Struct

from tracer.canonical import b64url, unb64url
from tracer.clock import instant
from tracer.errors import LineError, OperatorError, PeerError
from tracer.evidence.checkpoint import log_origin, verify_checkpoint
from tracer.evidence.merkle import EMPTY_ROOT
from tracer.evidence.record import SALT_BYTES
from tracer.model.ids import parse_log_origin
from tracer.node.journal import succeed_journal
from tracer.node.own import facts_of, own_entry
from tracer.node.restore.witness_key import succeed_witness
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.store.restore_rows import SuccessionRow
from tracer.store.restores import OPEN
from tracer.trust.directory import Peer, Standing
from tracer.trust.issue import issue_entry
from tracer.trust.nouns import Succession
from tracer.trust.private_files import write_private
from tracer.trust.succession import first_leaf
from tracer.wording import counted

Step = Callable[[str], None]
"""Called with the name of a step before it is taken, and with that and `-done` after it."""


class Saw(Struct, frozen=True):
    """What one authority has seen of our log; None if it could not be asked."""

    authority: str
    saw: int | None
    sentence: str
    note: str = ""


class Plan(Struct, frozen=True, kw_only=True):
    """What would be closed, and from where we would go on."""

    closed: str
    successor: str
    size: int
    """Records of the closed log that this node holds."""
    root: str
    highest: str
    """The highest checkpoint of it that anybody showed; empty if none did."""
    highest_size: int
    why: str
    """Why the node is in restore mode."""
    asked: tuple[Saw, ...]
    without: tuple[str, ...] = ()
    """Who could not be asked."""

    @property
    def lost(self) -> int:
        """Records that are known to be lost."""
        return max(self.highest_size - self.size, 0)


async def look(rooms: Rooms) -> Plan:
    """Ask everybody, and say what is known.

    Raises:
        OperatorError: `restore-none`; `restore-entry-old`: others know a later log of ours.
    """
    if not rooms.gate.restoring:
        raise OperatorError(
            "restore-none",
            "this node is not in restore mode",
            advice="There is nothing to approve. `tracer status` tells how it is.",
        )
    closed = own_entry(rooms.home).entry.log.origin
    authority, number = parse_log_origin(closed)
    successor = log_origin(authority, number + 1)
    size, root = await _held(rooms, closed, successor)
    asked = tuple(
        [
            await _ask(rooms, peer, closed)
            for peer in rooms.cell.get()
            if peer.standing is not Standing.SUPERSEDED
        ]
    )
    highest = max(asked, key=lambda one: one.saw or 0, default=Saw("", None, ""))
    return Plan(
        closed=closed,
        successor=successor,
        size=size,
        root=b64url(root),
        highest=highest.note,
        highest_size=highest.saw or 0,
        why=rooms.home.restoring.read_text("utf-8").strip(),
        asked=asked,
        without=tuple(one.authority for one in asked if one.saw is None),
    )


async def _held(rooms: Rooms, closed: str, successor: str) -> tuple[int, bytes]:
    """Size and root that we go on from; of an unfinished succession, those it went on from."""
    head = rooms.store.head
    row = await rooms.store.read(lambda tx: tx.restores.get(successor))
    if row is not None:
        return row.size, row.root
    return (head.size, head.root) if head.origin == closed else (0, EMPTY_ROOT)


async def _ask(rooms: Rooms, peer: Peer, closed: str) -> Saw:
    if peer.mode == "collects":
        return Saw(peer.authority, None, "it only fetches and cannot be asked")
    try:
        shown = await rooms.greet.log(peer, 0)
    except (LineError, PeerError) as error:
        return Saw(peer.authority, None, error.message)
    if shown.yours is None:
        return Saw(peer.authority, 0, "has seen nothing of this log")
    named = shown.yours.partition("\n")[0]
    public = rooms.keyring.log_publics().get(closed)
    if named != closed or public is None:
        _check_not_later(peer.authority, named, closed)
        return Saw(peer.authority, 0, f"has seen nothing of {closed} but of {named[:80]}")
    try:
        seen = verify_checkpoint(shown.yours, origin=closed, public=public)
    except PeerError as error:
        return Saw(peer.authority, 0, f"shows a checkpoint that is not ours: {error.message}")
    return Saw(peer.authority, seen.size, f"has seen {counted(seen.size, 'record')}", seen.note)


def _check_not_later(peer: str, named: str, closed: str) -> None:
    try:
        later = parse_log_origin(named)
    except ValueError:
        return
    ours = parse_log_origin(closed)
    if later[0] == ours[0] and later[1] > ours[1]:
        raise OperatorError(
            "restore-entry-old",
            f"{peer} knows {named} of ours; this folder's entry still names {closed}",
            advice="Put the newest entry file (any peer has it: peer show --entry) and the "
            "newest keyring into this folder, then ask again.",
        )


async def succeed(rooms: Rooms, plan: Plan, *, step: Step = lambda _: None) -> None:
    """Take the steps above, from wherever they stand.

    Raises:
        OperatorError: what stands in the way; repeating it goes on.
    """
    ring = rooms.keyring
    ring.reload()
    for name, take in (
        ("restore.keys", _keys),
        ("restore.witness", _witness),
        ("restore.log", _log),
        ("restore.entry", _entry),
        ("restore.close", _close),
        ("restore.mark", _mark),
    ):
        step(name)
        await take(rooms, plan)
        step(f"{name}-done")


async def _keys(rooms: Rooms, plan: Plan) -> None:
    ring = rooms.keyring
    if plan.successor in ring.log_publics():
        return
    made = ring.open_next_log(rooms.clock.now())
    if made != plan.successor:
        raise OperatorError(
            "restore-entry-old",
            f"the keyring's next log is {made}, the entry's {plan.successor}",
            advice="Entry and keyring are not of one time: put the newest of both in place.",
        )


async def _witness(rooms: Rooms, plan: Plan) -> None:
    await succeed_witness(rooms, plan.successor)


async def _log(rooms: Rooms, plan: Plan) -> None:
    if rooms.store.head.origin != plan.successor:
        await rooms.store.write(lambda tx: _open(tx, rooms, plan))
    rooms.ledger.renew(rooms.keyring.log_key())
    await rooms.ledger.checkpoint(covering=1)
    await rooms.store.write(rooms.ledger.flush)


def _open(tx: Tx, rooms: Rooms, plan: Plan) -> None:
    statement = Succession(
        origin=plan.closed,
        size=plan.size,
        root=plan.root,
        highest=plan.highest,
        cause="restore",
    )
    record = first_leaf(
        statement, authority=rooms.authority, at=instant(tx.now), salt=os.urandom(SALT_BYTES)
    )
    carried_from, carried = tx.restores.carry(plan.successor, record)
    succeed_journal(tx)
    tx.restores.put(
        SuccessionRow(
            origin=plan.successor,
            authority=rooms.authority,
            closed=plan.closed,
            size=plan.size,
            root=unb64url(plan.root),
            highest=plan.highest,
            cause="restore",
            state=OPEN,
            lost=plan.lost,
            reentered=-1,
            opened=tx.now,
            at=tx.now,
            by="",
            announcement=b"",
            carried_from=carried_from,
            carried=carried,
        )
    )
    tx.restores.begin(row.authority for row in tx.peers.all() if row.status != "superseded")


async def _entry(rooms: Rooms, plan: Plan) -> None:
    row = await rooms.store.read(lambda tx: tx.restores.get(plan.successor))
    before = own_entry(rooms.home)
    if row is None or before.entry.log.origin == plan.successor:
        return
    statement = Succession(
        origin=row.closed,
        size=row.size,
        root=b64url(row.root),
        highest=row.highest,
        cause="restore",
    )
    facts = replace(facts_of(before), succession=statement)
    data = issue_entry(rooms.keyring, facts, previous=before, now=rooms.clock.now())
    write_private(rooms.home.entry, data, replace=True)


async def _close(rooms: Rooms, plan: Plan) -> None:
    rooms.keyring.close_log(plan.closed, rooms.clock.now())


async def _mark(rooms: Rooms, plan: Plan) -> None:  # noqa: ARG001 - one form of all steps
    rooms.gate.expect(await rooms.store.read(lambda tx: tx.restores.pending()))
    rooms.home.restoring.unlink(missing_ok=True)
