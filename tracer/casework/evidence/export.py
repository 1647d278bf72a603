"""The evidence bundle of a case: gathered from the store, checked by the verifier, put on record.

Steps of an export:

1. the person may; the case is here and not deleted;
2. our own records without a signed head get one, which is stored;
3. one read: messages, receipts, proofs, heads, entries, terms, and what of it is left out;
4. the peer is asked to join the heads of its log, outside any transaction; if it cannot be reached
   the bundle says what is not proved;
5. the verifier itself reads the result; what does not hold is not exported;
6. the report is written from what the verifier saw;
7. who exported what, with the digest of the file, is on record before a byte is handed out.

The encrypted files stay where they lie until the bundle is written: it is a window over them
(`bundle.window`), so that a case with many photos needs no more memory than one with none.

A message is proved under the first signed head that covers it: it dates the message best, and the
key that signed it was in use then.

What it does not do: send the file, or decide who in a court may see it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

from tracer.bundle.archive import MAX_BUNDLE, TooLarge
from tracer.bundle.findings import Verdict
from tracer.bundle.forms import LeftOut
from tracer.bundle.logs import Place, joined
from tracer.bundle.verify import verify_bundle
from tracer.bundle.window import Measured, Window
from tracer.bundle.write import Parts, write_bundle
from tracer.casework.evidence.gathering import Gathered, Own, gather, uncovered
from tracer.casework.evidence.story_page import story_page
from tracer.casework.pace import Pace
from tracer.casework.roles import Act, acting
from tracer.casework.sight import open_case
from tracer.clock import instant
from tracer.envelope.jwk import SigningKey
from tracer.errors import InputError, LineError, OperatorError, PeerError
from tracer.evidence.checkpoint import Checkpoint, verify_checkpoint
from tracer.evidence.proof import ConsistencyProof
from tracer.exchange.log.history import Joined
from tracer.exchange.uploads import Shelf
from tracer.media.printer import Limits, Printer, Unprinted
from tracer.model.attachments import Attachment
from tracer.model.ids import is_outside
from tracer.model.messages import GROUPS
from tracer.model.wire import is_of
from tracer.store import Store, Tx
from tracer.trust.entry import verify_entry

AT_ONCE: Final = 2
"""Bundles that are checked and printed at a time."""
PRINTING: Final = Limits(seconds=120.0, cpu=110, longest=4 * 1024**2)
"""What printing a report may cost; the longest has some thousand messages."""
Join = Callable[[str, Sequence[Checkpoint]], Awaitable[Joined]]
"""Asks a peer to join heads of its log (`exchange.log.history.JoinHeads`)."""


class Prover(Protocol):
    """Signs the head of our log and stores the signature (`exchange.log.ledger.Ledger`)."""

    async def checkpoint(self, *, covering: int = 0) -> Checkpoint:
        """A signed checkpoint of at least so many leaves."""
        ...

    def flush(self, tx: Tx) -> None:
        """Store the newest signature in the caller's transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A bundle: its name, its SHA-256 in hexadecimal, what it holds, and the bytes."""

    name: str
    sha256: str
    thread: str
    messages: int
    attachments: int
    witnesses: int
    """Distinct witnesses whose lines are in it."""
    stamped: bool
    """Whether a time-stamp authority's word is in it."""
    left_out: int
    absent: tuple[str, ...]
    """Groups that were to be left out and of which the messages hold none."""
    pdf: bool
    unprinted: Unprinted | None
    """Why the report is not there as PDF although it was wanted; None: it is, or was not wanted."""
    joined: bool
    """Whether the heads of every log in it are shown to stand in one history."""
    forked: bool
    """Whether the peer showed another history when it was asked; that is kept against it."""
    handling: tuple[str, ...]
    """How the other authority wants what it sent to be handled: whoever uses the file must know."""
    content: Window
    """The bytes, to be read once."""

    @property
    def data(self) -> bytes:
        """All of it at once."""
        return self.content.whole()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an export is asked for."""

    without: frozenset[str] = field(default_factory=frozenset)
    attachments: bool = True
    offline: bool = False


class Evidence:
    """The verb."""

    def __init__(
        self,
        *,
        store: Store,
        authority: str,
        key: Callable[[], SigningKey],
        prover: Prover,
        join: Join,
        shelf: Shelf,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._pace = pace
        self._own = Own(authority)
        self._key = key
        self._prover = prover
        self._join = join
        self._shelf = shelf
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._printer = Printer(PRINTING, at_once=AT_ONCE)

    async def export(
        self,
        actor: str,
        thread: str,
        *,
        without: Iterable[str] = (),
        attachments: bool = True,
        offline: bool = False,
        pdf: bool = True,
    ) -> Exported:
        """Export the bundle of a case; it is on record with its digest.

        Args:
            actor: Who exports.
            thread: The case, as people name it.
            without: Groups to leave out, by their names (`persons`, `attachment_keys`).
            attachments: Whether the encrypted files go along; their digests always do.
            offline: Do not ask the peer to join the heads of its log.
            pdf: Write the report as PDF too, where this installation can.

        Raises:
            InputError: `group-unknown`, `thread-purged`, `too-large`, or about person and case.
            OperatorError: `evidence-unsound`: what is held here does not verify.
        """
        wanted = _Wanted(frozenset(without), attachments, offline)
        _check_groups(wanted.without)
        found = await self._gathered(actor, thread, wanted.without)
        if self._pace is not None:
            await self._pace.read(actor, found.row.id)
        gathered = await asyncio.to_thread(self._parts, found, wanted)
        parts, forked = await self._joined(gathered, wanted)
        async with self._turn:
            file, verdict, printed = await self._made(parts, pdf=pdf)
        digest = (await asyncio.to_thread(file.sums)).sha256.hex()
        left_out, groups = sorted(wanted.without), list(found.groups)
        said = {"groups": groups, "without": left_out, "attachments": attachments}
        detail = {"at": found.at, "sha256": digest, **said}

        def record(tx: Tx) -> None:
            acting(tx, actor, Act.EVIDENCE)
            tx.audit.write(actor, "export-evidence", found.row.id, detail)

        await self._store.write(record)
        return Exported(
            name=f"evidence-{found.reference or found.row.id[:10]}.zip",
            sha256=digest,
            thread=found.row.id,
            messages=len(parts.messages),
            attachments=sum(len(part.attachments) for part in parts.messages),
            witnesses=len(verdict.witnesses),
            stamped=bool(parts.tokens),
            left_out=len(parts.left_out),
            absent=tuple(name for name in left_out if not _left(name, found)),
            pdf=isinstance(printed, bytes),
            unprinted=printed if isinstance(printed, Unprinted) else None,
            handling=found.handling,
            joined=not any(one.what == "history" for one in parts.left_out),
            forked=forked,
            content=file,
        )

    async def _gathered(self, actor: str, thread: str, without: frozenset[str]) -> Gathered:
        def look(tx: Tx) -> tuple[str, int]:
            row = open_case(tx, acting(tx, actor, Act.EVIDENCE), thread)
            if row.purged:
                raise InputError("thread-purged", "the content of this case was deleted")
            if is_outside(row.peer):
                raise InputError(
                    "evidence-outside",
                    "this State is not in the exchange: nothing of theirs proves a message",
                    advice="What was entered and its originals: tracer transcribe save.",
                    field="thread",
                )
            return row.id, uncovered(tx, row.id)

        name, covering = await self._store.read(look)
        if covering:
            await self._prover.checkpoint(covering=covering)
            await self._store.write(self._prover.flush)
        return await self._store.read(lambda tx: gather(tx, self._own, name, without))

    def _parts(self, found: Gathered, wanted: _Wanted) -> Parts:
        left_out = list(found.left_out)
        messages = []
        for one in found.messages:
            files, missing = self._files(one.part.id, one.attachments, wanted)
            left_out += missing
            messages.append(replace(one.part, attachments=files))
        return Parts(
            thread=found.row.id,
            authority=self._own.authority,
            peer=found.row.peer,
            at=found.at,
            messages=messages,
            notes=found.notes,
            joins=found.joins,
            cosigned=found.cosigned,
            tokens=found.tokens,
            entries=found.entries,
            terms=found.terms,
            agreements=found.agreements,
            left_out=left_out,
        )

    def _files(
        self, message: str, described: Sequence[Attachment], wanted: _Wanted
    ) -> tuple[dict[int, Measured], list[LeftOut]]:
        """The ciphertexts of a message that go along, and those that do not."""
        files: dict[int, Measured] = {}
        missing = []
        for item in described:
            if wanted.attachments and self._shelf.stored(item.cipher_digest).complete:
                files[item.n] = Measured.of(_lying(self._shelf.path(item.cipher_digest)))
                continue
            why = "not-here" if wanted.attachments else "withheld"
            missing.append(LeftOut(what="attachment", message=message, name=str(item.n), why=why))  # type: ignore[arg-type]
        return files, missing

    async def _joined(self, parts: Parts, wanted: _Wanted) -> tuple[Parts, bool]:
        """With the paths the peer gives between the heads of its logs, or told that without.

        And whether it showed another history instead.
        """
        forked = False
        for origin, heads in _apart(parts).items():
            joined = None
            if not wanted.offline:
                try:
                    joined = await self._join(parts.peer, heads)
                except (LineError, PeerError) as error:
                    forked |= error.code == "log-fork"
            if joined is None:
                gap = LeftOut(what="history", message="", name=origin, why="not-here")
                parts = replace(parts, left_out=[*parts.left_out, gap])
                continue
            notes = {(origin, size): note for size, note in joined.notes.items()}
            paths: list[tuple[str, ConsistencyProof]] = [(origin, one) for one in joined.paths]
            parts = replace(parts, notes={**notes, **parts.notes}, joins=[*parts.joins, *paths])
        return parts, forked

    async def _made(
        self, parts: Parts, *, pdf: bool
    ) -> tuple[Window, Verdict, bytes | Unprinted | None]:
        """The bundle with its report, what the verifier says of it, the PDF if it was wanted."""
        key = self._key()
        verdict, page = await asyncio.to_thread(_told, parts, key)
        report = {"report/report.html": page}
        printed = await self._printer.print(page, at=instant(parts.at)) if pdf else None
        if isinstance(printed, bytes):
            report["report/report.pdf"] = printed
        file = await asyncio.to_thread(_written, replace(parts, more=report), key)
        return file, verdict, printed


def _told(parts: Parts, key: SigningKey) -> tuple[Verdict, bytes]:
    """What the verifier says of the bundle, and the report of that as a page."""
    verdict = verify_bundle(_written(parts, key))
    _check_sound(verdict)
    return verdict, story_page(verdict, parts)


def _written(parts: Parts, key: SigningKey) -> Window:
    try:
        return write_bundle(parts, key=key)
    except TooLarge as error:
        raise InputError(
            "too-large",
            f"a bundle of more than {MAX_BUNDLE} bytes is not written",
            advice="Export it with --digests-only; the encrypted files lie in the data folder.",
        ) from error


def _lying(path: Path) -> Window:
    """A file as it lies there; it is opened for each piece, so that none is held open."""

    def read(place: int, count: int) -> bytes:
        with path.open("rb") as file:
            file.seek(place)
            return file.read(count)

    return Window(read, 0, path.stat().st_size)


def _check_groups(names: frozenset[str]) -> None:
    for name in sorted(names - set(GROUPS)):
        raise InputError(
            "group-unknown",
            f"no message has a group {name!r}",
            advice=f"Groups are {', '.join(GROUPS)}.",
            field="--without",
        )


def _left(group: str, found: Gathered) -> bool:
    """Whether something was left out because of this group."""
    return any(
        one.why == "withheld" and one.what == "group" and is_of(one.name, {group})
        for one in found.left_out
    )


def _check_sound(verdict: Verdict) -> None:
    for one in verdict.findings:
        if one.level == "wrong":
            raise OperatorError(
                "evidence-unsound",
                f"what is held of this case does not verify: {one.where} {one.words}",
                advice="Run: tracer verify --data DIR",
            )


def _apart(parts: Parts) -> Mapping[str, list[Checkpoint]]:
    """The peer's heads, by log, where they are not shown to stand in one history."""
    logs = {}
    for data in parts.entries[parts.peer]:
        log = verify_entry(data).entry.log
        logs[log.origin] = log.public()
    found: dict[str, list[Checkpoint]] = {}
    for (origin, _), note in sorted({**parts.notes, **parts.cosigned}.items()):
        if origin in logs:
            head = verify_checkpoint(note, origin=origin, public=logs[origin])
            found.setdefault(origin, []).append(head)
    after: dict[Place, tuple[Place, ...]] = {}
    for origin, path in parts.joins:
        place = (origin, path.old)
        after[place] = (*after.get(place, ()), (origin, path.new))
    return {
        origin: heads
        for origin, heads in found.items()
        if not joined(origin, [head.size for head in heads], after)
    }
