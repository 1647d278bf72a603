"""Erasing and purging: what must go goes for good, what proves stays, and two persons decide.

*Erase* destroys groups of messages (persons, free text, the keys of files): their disclosures are
gone from the database, its write-ahead file and the folder of files; id, signature, record, receipt
and proofs stay and verify. The thread gets a new key, so that no older page or copy of a page in
this database opens any more. *Purge*, at the end of retention, destroys the signed messages and the
thread's key too; ids, parties, types, `follows`, times, records and the case as it stood stay, with
a digest over it. A legal hold stops both.

Who asks and who approves are two persons; where policy lets one person release, one may also do
this, with the reason that is asked of everybody. The audit trail says what, why, when and who.

What it does not reach: backups made before. Each holds the thread's key, wrapped by the keyring's
key, and the keyring of its day: whoever has such a copy and what opens that keyring can still read.
The answer of both verbs says so and names the day; `deploy/OPERATE.md` says how such copies end.
Who restores from one has to erase again what it holds still, and nothing in it says what that was;
so each erasure, purge and hold is a line of the operator's log, by number and thread, which lives
elsewhere and longer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import msgspec

from tracer.casework import threads
from tracer.casework.destroying import ERASE, PURGE, alive, check_may_go, erase, purge, what_goes
from tracer.casework.reasons import reasoned
from tracer.casework.roles import Act, Policy, acting, alone_allowed
from tracer.casework.second import check_second
from tracer.casework.sight import open_case, seen_only, sees
from tracer.clock import Clock, stamp
from tracer.errors import InputError, OperatorError
from tracer.exchange.projection import Projection
from tracer.log import get_logger
from tracer.model.messages import GROUPS
from tracer.model.thread.state import SETTLED
from tracer.store import PersonRow, Store, Tx
from tracer.store.restore_rows import DisposalRow, HoldRow

_log = get_logger("casework.disposing")
MOST: Final = 1000
"""Threads listed as due at once."""


class Bin(Protocol):
    """Where files of messages lie; `uploads.Shelf`."""

    def discard(self, digest: str) -> None:
        """Overwrite and remove a file."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """What was asked, and what became of it."""

    number: int
    thread: str
    kind: str
    groups: tuple[str, ...]
    message: str
    asked_by: str
    asked_at: str
    approved_by: str
    done_at: str
    """Empty while it waits for a second person."""
    messages: int = 0
    """Messages that lost something."""
    files: int = 0
    """Files that were removed."""
    scrubbed: bool = True
    """Whether the write-ahead file was emptied; if not: tracer store scrub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A thread whose retention is over."""

    thread: str
    reference: str
    peer: str
    state: str
    updated: str


class Disposing:
    """The verbs. `retention` is how long a settled thread is kept."""

    def __init__(
        self,
        *,
        store: Store,
        projection: Projection,
        files: Bin,
        clock: Clock,
        policy: Policy,
        retention: Callable[[], timedelta],
    ) -> None:
        self._store = store
        self._projection = projection
        self._files = files
        self._clock = clock
        self._policy = policy
        self._retention = retention

    async def erase(
        self, actor: str, thread: str, groups: Sequence[str], reason: str, *, message: str = ""
    ) -> Disposed:
        """Ask that groups of a thread's messages, or of one message, be destroyed.

        Raises:
            InputError: `group-unknown`, `group-absent`, `thread-held`, `thread-purged`,
                `reason-missing`, or about the thread or the person.
        """
        wanted = tuple(dict.fromkeys(groups))
        strange = [name for name in wanted if name not in GROUPS]
        if strange or not wanted:
            raise InputError(
                "group-unknown",
                f"no message has a group {strange[0]!r}" if strange else "no group is named",
                advice=f"Groups are {', '.join(GROUPS)}.",
                field="group",
            )
        return await self._ask(actor, ERASE, thread, reason, groups=wanted, message=message)

    async def purge(self, actor: str, thread: str, reason: str) -> Disposed:
        """Ask that a settled thread be destroyed but for what proves it.

        Raises:
            InputError: `thread-open`, `thread-held`, `thread-purged`, `reason-missing`, or about
                the thread or the person.
        """
        return await self._ask(actor, PURGE, thread, reason)

    async def approve(self, actor: str, number: int) -> Disposed:
        """Let what somebody else asked be done.

        Raises:
            InputError: `disposal-unknown`, `four-eyes`, `four-eyes-account`, `thread-held`, or
                about the person.
        """

        def body(tx: Tx) -> _Done:
            row = _open(tx, acting(tx, actor, Act.DISPOSE), number)
            if row.asked_by == actor:
                raise InputError(
                    "four-eyes",
                    f"you asked for number {number} yourself: somebody else approves it",
                    advice="Ask another officer: "
                    f"tracer --actor NAME thread approve-disposal {number}.",
                )
            check_second(tx, actor, [(row.asked_by, row.asked_at)])
            return self._do(tx, row, actor)

        return await self._finish(await self._store.write(body))

    async def drop(self, actor: str, number: int, reason: str) -> None:
        """Decide that what was asked is not done."""
        said = _why(reason)

        def body(tx: Tx) -> None:
            row = _open(tx, acting(tx, actor, Act.DISPOSE), number)
            tx.disposals.end(number, "dropped", actor)
            detail = {"number": number, "kind": row.kind, "reason": said}
            tx.audit.write(actor, "disposal-drop", row.thread, detail)

        await self._store.write(body)

    async def hold(self, actor: str, thread: str, reason: str) -> HoldRow:
        """Let nothing of a thread go until the hold is lifted; what waits for approval, too."""
        said = _why(reason)

        def body(tx: Tx) -> HoldRow:
            row = alive(open_case(tx, acting(tx, actor, Act.DISPOSE), thread))
            tx.disposals.hold(row.id, actor, said)
            tx.audit.write(actor, "hold", row.id, {"reason": said})
            return HoldRow(row.id, tx.now, actor, said)

        row = await self._store.write(body)
        _log.info("disposal.held", type="hold", thread=row.thread)
        return row

    async def unhold(self, actor: str, thread: str, reason: str) -> None:
        """Lift a hold.

        Raises:
            InputError: `hold-none`, `reason-missing`, or about the thread or the person.
        """
        said = _why(reason)

        def body(tx: Tx) -> str:
            row = open_case(tx, acting(tx, actor, Act.DISPOSE), thread)
            if not tx.disposals.unhold(row.id):
                raise InputError("hold-none", f"{thread} is not held", field="thread")
            tx.audit.write(actor, "unhold", row.id, {"reason": said})
            return row.id

        name = await self._store.write(body)
        _log.info("disposal.held", type="unhold", thread=name)

    async def holds(self, actor: str) -> tuple[HoldRow, ...]:
        """Threads of which nothing may go, with the reasons."""

        def body(tx: Tx) -> tuple[HoldRow, ...]:
            person = acting(tx, actor, Act.DISPOSAL_LIST)
            return seen_only(tx, person, tx.disposals.holds(), lambda row: row.thread)

        return await self._store.read(body)

    async def waiting(self, actor: str) -> tuple[DisposalRow, ...]:
        """What waits for a second person, with the reasons."""

        def body(tx: Tx) -> tuple[DisposalRow, ...]:
            person = acting(tx, actor, Act.DISPOSAL_LIST)
            return seen_only(tx, person, tx.disposals.list(state="open"), lambda row: row.thread)

        return await self._store.read(body)

    async def due(self, actor: str) -> tuple[Due, ...]:
        """Settled threads whose retention is over, oldest first; held ones are left out."""
        before = stamp(self._clock.now() - self._retention())

        def body(tx: Tx) -> tuple[Due, ...]:
            person = acting(tx, actor, Act.DISPOSAL_LIST)
            found = []
            for name in tx.disposals.due(before, sorted(SETTLED), MOST):
                case = tx.cases.get(name)
                if case is not None:
                    found.append(
                        Due(
                            thread=name,
                            reference=case.reference,
                            peer=case.peer,
                            state=case.state,
                            updated=case.updated,
                        )
                    )
            return seen_only(tx, person, found, lambda due: due.thread)

        return await self._store.read(body)

    async def _ask(
        self,
        actor: str,
        kind: str,
        thread: str,
        reason: str,
        *,
        groups: tuple[str, ...] = (),
        message: str = "",
    ) -> Disposed:
        said = _why(reason)

        def body(tx: Tx) -> _Done:
            row = alive(open_case(tx, acting(tx, actor, Act.DISPOSE), thread))
            check_may_go(tx, row, kind)
            asked = DisposalRow(
                number=0,
                thread=row.id,
                kind=kind,
                groups=groups,
                message_id=message,
                reason=said,
                asked_by=actor,
                asked_at=tx.now,
            )
            if kind == ERASE:
                what_goes(tx, asked)
            number = tx.disposals.ask(asked)
            asked = msgspec.structs.replace(asked, number=number)
            detail = {"number": number, "groups": list(groups), "message": message, "reason": said}
            tx.audit.write(actor, f"{kind}-ask", row.id, detail)
            if alone_allowed(self._policy):
                return self._do(tx, asked, actor)
            return _Done(asked)

        return await self._finish(await self._store.write(body))

    def _do(self, tx: Tx, row: DisposalRow, actor: str) -> _Done:
        thread = alive(threads.find(tx, row.thread))
        check_may_go(tx, thread, row.kind)
        lost = erase(tx, row) if row.kind == ERASE else purge(tx, thread)
        for name in lost.messages:
            self._projection.forget(name)
        if row.kind == ERASE:
            self._projection.write(tx, [thread])
        tx.disposals.end(row.number, "done", actor)
        detail = {
            "number": row.number,
            "groups": list(row.groups),
            "messages": list(lost.messages),
            "files": len(lost.files),
            "reason": row.reason,
            "asked_by": row.asked_by,
            "digest": lost.digest,
        }
        tx.audit.write(actor, row.kind, row.thread, detail)
        done = msgspec.structs.replace(row, state="done", approved_by=actor, done_at=tx.now)
        return _Done(done, lost.messages, lost.files)

    async def _finish(self, done: _Done) -> Disposed:
        """After the commit: the files, and the older rows that stand in the write-ahead file."""
        scrubbed = True
        if done.row.state == "done":
            for name in done.files:
                self._files.discard(name)
            scrubbed = await self._scrub()
        row = done.row
        if row.state == "done":
            _log.info("disposal.done", type=row.kind, thread=row.thread, count=row.number)
        return Disposed(
            number=row.number,
            thread=row.thread,
            kind=row.kind,
            groups=row.groups,
            message=row.message_id,
            asked_by=row.asked_by,
            asked_at=row.asked_at,
            approved_by=row.approved_by,
            done_at=row.done_at,
            messages=len(done.messages),
            files=len(done.files),
            scrubbed=scrubbed,
        )

    async def _scrub(self) -> bool:
        try:
            await self._store.scrub()
        except OperatorError as error:
            if error.code != "store-busy":
                raise
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Done:
    row: DisposalRow
    messages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def _open(tx: Tx, person: PersonRow, number: int) -> DisposalRow:
    row = tx.disposals.get(number)
    if row is None or row.state != "open" or not sees(tx, person, row.thread):
        raise InputError(
            "disposal-unknown",
            f"nothing waits under number {number}",
            advice="List what waits: tracer thread disposals.",
            field="number",
        )
    return row


def _why(text: str) -> str:
    return reasoned(
        text,
        "what goes for good, or is kept from it, needs a reason",
        more=" Do not repeat what is to be erased.",
    )
