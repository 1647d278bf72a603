"""Who did what: looking it up, and handing acts out with what proves them.

An act is a row of the audit trail; its digest is a leaf of the journal, whose head enters our
exchange log once an hour. `export` writes the acts about a case with, for each, the path to the
first head that covers it, that head's record in the exchange log, and a checkpoint of ours. Whoever
has our entry checks all of it without this node (`evidence.journal.check_act`, PROTOCOL.md 7.6).

An act of the hour that is not over has no head yet: it is handed out without a path, and says so.
Handing out is an act itself. Of acts on cases that the reader may not see nothing is shown or
handed out (`acts_seen`).

What it does not do: check the journal (`node.check.journal`), or change anything but the trail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec

from tracer.canonical import b64url
from tracer.casework.acts_seen import acts_seen, sees_every
from tracer.casework.figures.proving import Log, Note, Own, Proving, Shown
from tracer.casework.roles import Act, acting
from tracer.casework.sight import open_case
from tracer.errors import InputError
from tracer.evidence.merkle import inclusion_paths
from tracer.store import ActRow, AuditRow, EntryRow, PersonRow, Store, Tx

EXPORT: Final = "audit-export"
"""The act of handing out acts."""
HANDED_OUT: Final = 10_000
"""Acts of one table."""
LOOKED: Final = 2_000
"""Acts that are gone through for one page, and at most a page or a step more."""
STEP: Final = 500
"""Acts that are read at a time where some of those read before were left out."""
PAGES: Final = 50
"""Pages of `LOOKED` that are gone through for one list or table."""
MOST: Final = 10_000
"""Drafts of one case that are looked at."""


class ActFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which acts are wanted; what is None restricts nothing."""

    subject: str | None = None
    """A draft, thread, person or authority; a case may be named as people name it."""
    by: str | None = None
    """Who did it."""
    act: str | None = None
    """What was done."""
    since: str | None = None
    """From this instant on, or from the beginning of this day."""
    until: str | None = None
    """Before this instant, or before this day."""

    def said(self) -> dict[str, str]:
        """What restricts something, as it stands on record."""
        given = {name: getattr(self, name) for name in ActFilter.__struct_fields__}
        return {name: value for name, value in given.items() if value is not None}


EVERY: Final = ActFilter()


class Acts(NamedTuple):
    """Acts that somebody may see, newest first."""

    rows: tuple[AuditRow, ...]
    further: int | None
    """What the next page is asked for `before`; None: there is none."""
    every: bool
    """Whether this person sees every case; if not, acts on the others are left out."""


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
        wanted: ActFilter = EVERY,
        *,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[AuditRow, ...]:
        """Acts that this person may see, newest first.

        Args:
            actor: Who asks.
            wanted: Which acts.
            before: The number of the last row of the page before.
            limit: Most rows.

        Raises:
            InputError: about the person.
        """
        found = await self._gathered(actor, Act.AUDIT_READ, wanted, before=before, limit=limit)
        return found.rows

    async def page(
        self,
        actor: str,
        wanted: ActFilter = EVERY,
        *,
        before: int | None = None,
        limit: int = 100,
    ) -> Acts:
        """The same as one page, for which at most about `LOOKED` acts are gone through.

        Arguments and errors are those of `list`. Somebody who sees few cases may get fewer acts
        than `limit`, even none, and a way further.
        """
        return await self._store.read(
            lambda tx: _page(
                tx, acting(tx, actor, Act.AUDIT_READ), wanted, before=before, limit=limit
            )
        )

    async def hand_out(self, actor: str, wanted: ActFilter = EVERY) -> Acts:
        """Acts as a table that leaves the node, newest first, at most `HANDED_OUT`; on record.

        Arguments and errors are those of `list`.
        """
        found = await self._gathered(actor, Act.AUDIT_EXPORT, wanted, before=None, limit=HANDED_OUT)

        def body(tx: Tx) -> None:
            person = acting(tx, actor, Act.AUDIT_EXPORT)
            about = actor if wanted.subject is None else _subject(tx, person, wanted.subject)
            tx.audit.write(actor, EXPORT, about, {**wanted.said(), "acts": len(found.rows)})

        await self._store.write(body)
        return found

    async def _gathered(
        self, actor: str, act: Act, wanted: ActFilter, *, before: int | None, limit: int
    ) -> Acts:
        """Page after page, each in a transaction of its own, until `limit` or `PAGES`."""

        def body(tx: Tx, at: int | None, most: int) -> Acts:
            return _page(tx, acting(tx, actor, act), wanted, before=at, limit=most)

        rows: tuple[AuditRow, ...] = ()
        for _ in range(PAGES):
            found = await self._store.read(partial(body, at=before, most=limit - len(rows)))
            rows, before = rows + found.rows, found.further
            if before is None or len(rows) >= limit:
                break
        return found._replace(rows=rows)

    async def export(self, actor: str, subject: str) -> Export:
        """The acts about a case and its drafts, or about another subject, with their proofs.

        Raises:
            InputError: `act-none`: nothing was done to it that this person may see; or about the
                person.
        """

        def body(tx: Tx) -> _Found:
            found = _gather(tx, acting(tx, actor, Act.AUDIT_EXPORT), subject)
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


def _page(tx: Tx, person: PersonRow, wanted: ActFilter, *, before: int | None, limit: int) -> Acts:
    """One page of what a person may see; one more act is read, which says whether there is more."""
    asked: dict[str, Any] = {
        "subject": None if wanted.subject is None else _subject(tx, person, wanted.subject),
        "actor": wanted.by,
        "act": wanted.act,
        "since": wanted.since,
        "until": wanted.until,
    }
    found: list[AuditRow] = []
    gone, count = 0, limit + 1
    while True:
        rows = tx.audit.list(count, before=before, **asked)
        found += acts_seen(tx, person, rows)
        gone, before = gone + len(rows), rows[-1].number if len(rows) == count else None
        if before is None or len(found) > limit or gone >= LOOKED:
            break
        count = STEP
    if len(found) > limit:
        before = found[limit - 1].number
    return Acts(tuple(found[:limit]), before, sees_every(tx, person))


def _subject(tx: Tx, person: PersonRow, text: str) -> str:
    """A subject as it stands in the trail: a case may be named by reference or beginning."""
    try:
        return open_case(tx, person, text).id
    except InputError:
        return text.strip()


def _gather(tx: Tx, person: PersonRow, text: str) -> _Found:
    subject = _subject(tx, person, text)
    rows = acts_seen(tx, person, tx.audit.about((subject, *_drafts(tx, subject))))
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
