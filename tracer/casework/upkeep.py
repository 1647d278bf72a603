"""Keeping the node well, as people see it: what waits for whom, health, keys, settings.

Nothing here names a case, a firearm or a person of a case, so that an operator may see all of it.
What only the node knows (its folder, keys, settings, disk) it tells through `Watch`; the delivery
queue is read here. Looking is not on record, trying again is.

What it does not do: mend, rotate keys or change settings: those are acts with a keyboard beside the
machine (`tracer key`, the settings file).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, Protocol

from msgspec import Struct

from tracer.casework.condition import Values
from tracer.casework.roles import Act, acting
from tracer.errors import InputError
from tracer.exchange.witness.view import OwnLog
from tracer.store import RefusalCount, Store, Tx
from tracer.store.rows import OutboxRow

PAGE: Final = 50
"""Deliveries on one page."""
OPEN: Final = ("queued", "held", "undeliverable")
"""States of a delivery that is not over."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at: how it is and what to do, by codes of `condition`."""

    what: str
    """Without the authority that it is about."""
    level: Literal["ok", "off", "look", "act"]
    """`off`: not set up here, which is a choice and no failure."""
    code: str
    advised: str
    """Empty: there is nothing to do."""
    values: Values
    peer: str
    """The authority it is about; empty: it is about us."""


class Health(Struct, frozen=True, kw_only=True):
    """How the node is doing."""

    version: str
    at: str
    mode: str
    fingerprint: str
    """Of our own entry, as others compare it."""
    restoring: str
    """Why the node is in restore mode; empty if it is not."""
    findings: tuple[Finding, ...]
    backup: str
    """When the newest backup was begun; empty: there is none."""
    log: OwnLog
    refusals: tuple[RefusalCount, ...]


class KeyLine(Struct, frozen=True, kw_only=True):
    """A key of ours: public facts only."""

    use: str
    kid: str
    start: str
    until: str
    last: str
    state: str


class SettingLine(Struct, frozen=True, kw_only=True):
    """A setting, where its value comes from, and what it means: `text`, as in the source."""

    name: str
    value: str
    default: str
    unit: str
    origin: str
    text: str
    changed: bool


class Journalled(Struct, frozen=True, kw_only=True):
    """What was checked of who did what; `faults` are (where, what) of what does not hold."""

    journals: int
    acts: int
    erased: int
    entries: int
    faults: tuple[tuple[str, str], ...]


class Watch(Protocol):
    """What the node tells of itself."""

    async def health(self) -> Health:
        """How it is doing."""
        ...

    def keys(self) -> tuple[KeyLine, ...]:
        """Its keys, in the order they were made."""
        ...

    def settings(self) -> tuple[SettingLine, ...]:
        """Its settings; a secret only as set or not."""
        ...

    async def journalled(self) -> Journalled:
        """The whole journal, checked."""
        ...


class QueueLine(Struct, frozen=True, kw_only=True):
    """One delivery that is not over: to whom, since when, and why it is not."""

    seq: int
    peer: str
    message: str
    state: str
    attempts: int
    since: str
    next: str
    """When it is tried next; empty: not by itself."""
    code: str
    """Of the last failure; empty: none."""


class Queue(Struct, frozen=True, kw_only=True):
    """One page, and the number after which the next begins; 0: this is the last."""

    lines: tuple[QueueLine, ...]
    next: int


class Upkeep:
    """The verbs.

    Args:
        store: The node's store.
        watch: What the node tells of itself.
        wake: Called with an authority to which something goes again.
    """

    def __init__(self, *, store: Store, watch: Watch, wake: Callable[[str], None]) -> None:
        self._store = store
        self._watch = watch
        self._wake = wake

    async def health(self, actor: str) -> Health:
        """How the node is doing.

        Raises:
            InputError: about the person.
        """
        await self._may(actor)
        return await self._watch.health()

    async def keys(self, actor: str) -> tuple[KeyLine, ...]:
        """Our keys and when they end.

        Raises:
            InputError: about the person.
        """
        await self._may(actor)
        return self._watch.keys()

    async def settings(self, actor: str) -> tuple[SettingLine, ...]:
        """Every setting, and where its value comes from.

        Raises:
            InputError: about the person.
        """
        await self._may(actor)
        return self._watch.settings()

    async def check_acts(self, actor: str) -> Journalled:
        """Check that no act was deleted, changed, moved or cut off; it reads the whole journal.

        Raises:
            InputError: about the person.
        """
        await self._store.read(lambda tx: acting(tx, actor, Act.AUDIT_VERIFY))
        return await self._watch.journalled()

    async def queue(self, actor: str, *, peer: str = "", after: int = 0) -> Queue:
        """What waits to be delivered, oldest first.

        Raises:
            InputError: about the person.
        """

        def body(tx: Tx) -> Queue:
            acting(tx, actor, Act.UPKEEP_READ)
            rows = [
                row
                for state in OPEN
                for row in tx.outbox.rows(
                    state=state, peer=peer or None, after=after, limit=PAGE + 1
                )
            ]
            rows.sort(key=lambda row: row.seq)
            shown = rows[:PAGE]
            return Queue(
                lines=tuple(map(_line, shown)), next=shown[-1].seq if len(rows) > PAGE else 0
            )

        return await self._store.read(body)

    async def again(self, actor: str, message: str) -> int:
        """Try a message again that is held or given up; to how many it is queued.

        Raises:
            InputError: `message-unknown`, or about the person.
        """

        def body(tx: Tx) -> tuple[list[str], int]:
            acting(tx, actor, Act.KEEP)
            found = tx.outbox.rows(message_id=message)
            if not found:
                raise InputError("message-unknown", "no message of this name was sent from here")
            tx.audit.write(actor, "resend", message)
            return [row.peer for row in found], tx.outbox.retry(message)

        peers, queued = await self._store.write(body)
        for peer in peers:
            self._wake(peer)
        return queued

    async def _may(self, actor: str) -> None:
        await self._store.read(lambda tx: acting(tx, actor, Act.UPKEEP_READ))


def _line(row: OutboxRow) -> QueueLine:
    return QueueLine(
        seq=row.seq,
        peer=row.peer,
        message=row.message_id,
        state=row.state,
        attempts=row.attempts,
        since=row.created,
        next=row.next_attempt if row.state == "queued" else "",
        code=row.last_error,
    )
