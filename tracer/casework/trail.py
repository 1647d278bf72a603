"""Who did what: looking it up, and handing acts out with what proves them.

An act is a row of the audit trail; its digest is a leaf of the journal, whose head enters our
exchange log once an hour. `export` writes the acts about a case with, for each, the path to the
first head that covers it, that head's record in the exchange log, and a checkpoint of ours. Whoever
has our entry checks all of it without this node (`evidence.journal.check_act`, PROTOCOL.md 7.6).

An act of the hour that is not over has no head yet: it is handed out without a path, and says so.
Handing out is an act itself.

What it does not do: check the journal (`node.check.journal`), or change anything but the trail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec

from tracer.canonical import b64url
from tracer.casework import threads
from tracer.casework.figures.proving import Log, Note, Own, Proving, Shown
from tracer.casework.roles import Act, acting
from tracer.errors import InputError
from tracer.evidence.merkle import inclusion_paths
from tracer.store import ActRow, AuditRow, EntryRow, Store, Tx

EXPORT: Final = "audit-export"
"""The act of handing out acts."""
HANDED_OUT: Final = 10_000
"""Acts of one table."""
MOST: Final = 10_000
"""Drafts of one case that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAct:
    """An act: its exact bytes as text, its place, and its path to the head of `size` acts.

    `act` is empty if its detail was erased: only its `digest` is left. `size` is 0, and `path`
    empty, while no head covers it.
    """

    number: int
    act: str
    digest: str
    journal: str
    index: int
    size: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHead:
    """A head of the journal with its record in the exchange log; `root` is base64url."""

    journal: str
    size: int
    root: str
    at: str
    shown: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The acts about a subject, oldest first, with all that checking them takes."""

    v: int
    kind: str
    authority: str
    subject: str
    at: str
    acts: tuple[ShownAct, ...]
    heads: tuple[ShownHead, ...]
    checkpoints: tuple[Note, ...]
    logs: tuple[Log, ...]


class _Found(NamedTuple):
    """What the store holds for an export."""

    subject: str
    at: str
    acts: tuple[ShownAct, ...]
    entries: Mapping[tuple[str, int], EntryRow]
    records: Mapping[str, Own]


class Trail:
    """The verbs. `proving` proves records of our exchange log."""

    def __init__(self, *, store: Store, authority: str, proving: Proving) -> None:
        self._store = store
        self._authority = authority
        self._proving = proving

    async def list(
        self,
        actor: str,
        *,
        subject: str | None = None,
        by: str | None = None,
        act: str | None = None,
        since: str | None = None,
        until: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[AuditRow, ...]:
        """Acts, newest first; what is None restricts nothing.

        Args:
            actor: Who asks.
            subject: A draft, thread, person or authority; a case may be named as people name it.
            by: Who did it.
            act: What was done.
            since: From this instant on, or from the beginning of this day.
            until: Before this instant, or before this day.
            before: The number of the last row of the page before.
            limit: Most rows.

        Raises:
            InputError: about the person.
        """

        def body(tx: Tx) -> tuple[AuditRow, ...]:
            acting(tx, actor, Act.AUDIT_READ)
            found = tx.audit.list(
                limit,
                subject=None if subject is None else _subject(tx, subject),
                before=before,
                actor=by,
                act=act,
                since=since,
                until=until,
            )
            return tuple(found)

        return await self._store.read(body)

    async def hand_out(
        self,
        actor: str,
        *,
        subject: str | None = None,
        by: str | None = None,
        act: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> tuple[AuditRow, ...]:
        """Acts as a table that leaves the node, newest first, at most `HANDED_OUT`; on record.

        Arguments and errors are those of `list`.
        """
        given = {"subject": subject, "by": by, "act": act, "since": since, "until": until}

        def body(tx: Tx) -> tuple[AuditRow, ...]:
            acting(tx, actor, Act.AUDIT_EXPORT)
            about = None if subject is None else _subject(tx, subject)
            found = tx.audit.list(
                HANDED_OUT, subject=about, actor=by, act=act, since=since, until=until
            )
            asked = {name: value for name, value in given.items() if value}
            tx.audit.write(actor, EXPORT, about or actor, {**asked, "acts": len(found)})
            return tuple(found)

        return await self._store.write(body)

    async def export(self, actor: str, subject: str) -> Export:
        """The acts about a case and its drafts, or about another subject, with their proofs.

        Raises:
            InputError: `act-none`: nothing was done to it; or about the person.
        """

        def body(tx: Tx) -> _Found:
            acting(tx, actor, Act.AUDIT_EXPORT)
            found = _gather(tx, subject)
            tx.audit.write(actor, EXPORT, found.subject, {"acts": len(found.acts)})
            return found

        found = await self._store.write(body)
        shown, notes = await self._proving.proven(found.records)
        return Export(
            v=1,
            kind="tracer-acts",
            authority=self._authority,
            subject=found.subject,
            at=found.at,
            acts=found.acts,
            heads=tuple(
                ShownHead(
                    journal=one.journal,
                    size=one.size,
                    root=b64url(one.root),
                    at=one.at,
                    shown=shown[one.hour],
                )
                for one in found.entries.values()
                if one.hour in shown
            ),
            checkpoints=tuple(
                Note(origin=origin, size=size, note=note)
                for (origin, size), note in sorted(notes.items())
            ),
            logs=self._proving.own_logs(),
        )

    async def may_verify(self, actor: str) -> None:
        """Whether somebody may have the journal checked.

        Raises:
            InputError: about the person.
        """
        await self._store.read(lambda tx: acting(tx, actor, Act.AUDIT_VERIFY))


def _subject(tx: Tx, text: str) -> str:
    """A subject as it stands in the trail: a case may be named by reference or beginning."""
    try:
        return threads.find(tx, text).id
    except InputError:
        return text.strip()


def _gather(tx: Tx, text: str) -> _Found:
    subject = _subject(tx, text)
    rows = tx.audit.about((subject, *_drafts(tx, subject)))
    if not rows:
        raise InputError("act-none", f"nothing on record is about {text}", field="subject")
    entries: dict[tuple[str, int], EntryRow] = {}
    shown: list[ShownAct] = []
    names = {tx.log.number_of(origin): origin for origin in tx.journal.origins()}
    for log, origin in names.items():
        mine = [row for row in rows if row.log == log and row.raw is not None]
        covering = _covering(tx.journal.entries(origin), mine)
        entries |= {(origin, one.size): one for one in covering.values()}
        paths = _paths(tx, origin, covering)
        shown += [_act(tx, origin, row, covering, paths) for row in mine]
    records = {one.hour: _record(tx, one) for one in entries.values()}
    ordered = tuple(sorted(shown, key=lambda one: one.number))
    return _Found(subject, tx.now, ordered, entries, records)


def _drafts(tx: Tx, subject: str) -> list[str]:
    """The drafts that became messages of a case, and those that are written in it."""
    sent = [row.detail.get("draft", "") for row in tx.audit.list(MOST, subject=subject)]
    open_ = [row.id for row in tx.drafts.list(thread=subject, limit=MOST)]
    return sorted({name for name in (*sent, *open_) if name})


def _covering(entries: Sequence[EntryRow], rows: Iterable[ActRow]) -> dict[int, EntryRow]:
    """For each leaf the first head that covers it."""
    found: dict[int, EntryRow] = {}
    for row in rows:
        leaf = row.leaf or 0
        first = next((one for one in entries if one.size > leaf), None)
        if first is not None:
            found[leaf] = first
    return found


def _paths(tx: Tx, origin: str, covering: Mapping[int, EntryRow]) -> dict[int, tuple[bytes, ...]]:
    found: dict[int, tuple[bytes, ...]] = {}
    for size in sorted({one.size for one in covering.values()}):
        leaves = [leaf for leaf, one in covering.items() if one.size == size]
        paths = inclusion_paths(leaves, size, lambda asked: tx.log.nodes(asked, origin=origin))
        found |= dict(zip(leaves, paths, strict=True))
    return found


def _act(
    tx: Tx,
    origin: str,
    row: ActRow,
    covering: Mapping[int, EntryRow],
    paths: Mapping[int, tuple[bytes, ...]],
) -> ShownAct:
    leaf = row.leaf or 0
    return ShownAct(
        number=row.number,
        act=(row.raw or b"").decode(),
        digest=b64url(tx.log.record(leaf, origin=origin)),
        journal=origin,
        index=leaf,
        size=covering[leaf].size if leaf in covering else 0,
        path=tuple(b64url(node) for node in paths.get(leaf, ())),
    )


def _record(tx: Tx, entry: EntryRow) -> Own:
    record = tx.log.record(entry.leaf_index, origin=entry.log)
    return Own(entry.log, entry.leaf_index, record)


def to_file(export: Mapping[str, Any]) -> bytes:
    """An export as the bytes of a file: indented JSON that ends with a line feed."""
    return msgspec.json.format(msgspec.json.encode(export), indent=1) + b"\n"
