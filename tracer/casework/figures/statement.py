"""Statements of cooperation with one State: written, compared, signed by both, checked by anybody.

One side writes the statement of a span of months and signs it. The other computes the same requests
and facts from its own messages, as of the instant the statement names, and signs only if nothing
differs: what differs is told, request by request. The figures concern the two States alone; the
file goes to whom they both choose to give it.

Requests are read page by page, outside any write, and counted as of one instant; of a thread that
was deleted after its retention the kept facts count, as long as its records still prove them. Who
signed what is on record by its digest, before the file leaves.

What it does not do: send the file (it goes by any way), or count again later: a statement stands
for its instant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracer.casework.figures.cooperation import OPENERS, Found, check_month, named
from tracer.casework.figures.proving import ProvenRequest, Proving
from tracer.casework.roles import Act, acting
from tracer.clock import instant
from tracer.envelope.jwk import SigningKey
from tracer.errors import InputError
from tracer.exchange.clocks.facts import facts_from
from tracer.exchange.projection import events_of
from tracer.model.cooperation import Facts
from tracer.model.thread import closed
from tracer.store import Store, Tx
from tracer.store.rows import Opener, ThreadRow
from tracer.trust.directory import Directory
from tracer.trust.entry import VerifiedEntry
from tracer.trust.statement import (
    MAX_FILE_BYTES,
    Received,
    Shown,
    Side,
    Statement,
    VerifiedStatement,
    counts_of,
    sign_statement,
    statement_digest,
    verify_statement,
)

PAGE = 200
"""Requests counted in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A signed statement: its digest, the other authority, how much it counts, and the file."""

    digest: str
    peer: str
    since: str
    until: str
    at: str
    requests: int
    signed_by: tuple[str, ...]
    file: str


@dataclass(frozen=True, slots=True)
class _Own:
    """Our facts for a statement, by side: what we asked, what we were asked."""

    peer: str
    since: str
    until: str
    at: str
    asked: tuple[Facts, ...]
    answered: tuple[Facts, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose requests, of which months, as of when."""

    peer: str
    opener: Opener
    since: str
    until: str
    at: str


class Statements:
    """The verbs."""

    def __init__(
        self,
        *,
        store: Store,
        authority: str,
        directory: Callable[[], Directory],
        entry: Callable[[], VerifiedEntry],
        key: Callable[[], SigningKey],
        proving: Proving,
    ) -> None:
        self._store = store
        self._authority = authority
        self._directory = directory
        self._entry = entry
        self._key = key
        self._proving = proving

    async def write(self, actor: str, authority: str, *, since: str, until: str) -> Stated:
        """Write and sign the statement of the requests of these months, both ways.

        Args:
            actor: Who signs for our authority.
            authority: The other one, or its country.
            since: First month of receipt, `2026-01`.
            until: Last month.

        Raises:
            InputError: `month-form`, `statement-months` (also where the last has not begun),
                `statement-unproven`, `too-large`, or about person and peer.
        """
        _check_months(since, until)
        own = await self._own(actor, authority, since, until)
        _check_begun(until, own.at)
        sides, notes = [], dict[tuple[str, int], str]()
        for asks, answers, facts in self._sides(own):
            found = Found(own.peer, own.at, facts, None)
            proven, held = await self._proving.prove(found)
            sides.append(_side(asks, answers, facts, proven, own.at))
            notes |= held
        used = {(one.origin, one.size) for side in sides for one in side.messages}
        statement = Statement(
            v=1,
            since=since,
            until=until,
            at=own.at,
            sides=tuple(sorted(sides, key=lambda side: side.asks)),
            checkpoints=tuple(
                Shown(origin=origin, size=size, note=notes[origin, size])
                for origin, size in sorted(used)
            ),
        )
        entries = [self._entry().file, self._directory().peer(own.peer).verified.file]
        return await self._sign(actor, own, statement, entries)

    async def countersign(self, actor: str, data: bytes) -> Stated:
        """Sign a statement that the other side has signed, if we count the same.

        Raises:
            InputError: `statement-differs` (with what differs), `statement-parties`,
                `statement-signed`, or about the person.
            PeerError: it does not hold, or is of our future (`trust.statement`).
        """
        now = instant(await self._store.read(lambda tx: _begun(tx, actor)))
        found = await asyncio.to_thread(verify_statement, data, now=now)
        peer = self._check_parties(found)
        statement = found.statement
        own = await self._own(actor, peer, statement.since, statement.until, at=statement.at)
        ours = {(asks, answers): facts for asks, answers, facts in self._sides(own)}
        for side in statement.sides:
            _check_same(side, ours[side.asks, side.answers])
        entries = [one.encode() for one in found.file["entries"]]
        return await self._sign(actor, own, statement, entries, found.file["signatures"])

    async def _own(
        self, actor: str, authority: str, since: str, until: str, *, at: str = ""
    ) -> _Own:
        """What we count ourselves, as of an instant; now unless told."""

        def begin(tx: Tx) -> tuple[str, str]:
            acting(tx, actor, Act.STATE)
            return named(tx, authority), at or tx.now

        peer, moment = await self._store.read(begin)
        sides = [
            await self._requests(_Asked(peer, opener, since, until, moment))
            for opener in (OPENERS["ours"], OPENERS["theirs"])
        ]
        return _Own(peer, since, until, moment, *sides)

    async def _requests(self, asked: _Asked) -> tuple[Facts, ...]:
        found: list[Facts] = []
        after: tuple[str, str] | None = ("", "")
        while after is not None:
            page, after = await self._store.read(
                lambda tx, after=after: _counted(tx, asked, after)  # type: ignore[misc]
            )
            found += page
        return tuple(found)

    async def _sign(
        self,
        actor: str,
        own: _Own,
        statement: Statement,
        entries: Sequence[bytes],
        signatures: Sequence[str] = (),
    ) -> Stated:
        """Sign, check what came out, put on record that it was signed, and only then show it."""
        now, key = instant(await self._store.read(lambda tx: tx.now)), self._key()

        def signed() -> tuple[VerifiedStatement, bytes]:
            file = sign_statement(statement, entries, signatures=signatures, key=key, at=now)
            if len(file) > MAX_FILE_BYTES:
                raise InputError(
                    "too-large",
                    f"a statement has at most {MAX_FILE_BYTES} bytes, this one {len(file)}",
                    advice="State fewer months at a time.",
                )
            return verify_statement(file), file

        found, file = await asyncio.to_thread(signed)
        detail = {
            "peer": own.peer,
            "since": own.since,
            "until": own.until,
            "at": own.at,
            "digest": found.digest,
        }

        def record(tx: Tx) -> None:
            acting(tx, actor, Act.STATE)
            tx.audit.write(actor, "statement-sign", own.peer, detail)

        await self._store.write(record)
        return self._stated(found, file)

    def _sides(self, own: _Own) -> tuple[tuple[str, str, tuple[Facts, ...]], ...]:
        return (self._authority, own.peer, own.asked), (own.peer, self._authority, own.answered)

    def _check_parties(self, found: VerifiedStatement) -> str:
        """The other party; both entries must be those that count here."""
        by_name = {entry.authority: entry for entry in found.parties}
        if self._authority not in by_name:
            raise InputError("statement-parties", "this statement is between two others")
        (peer,) = set(by_name) - {self._authority}
        known = self._directory().find(peer)
        if known is None or known.verified.digest != by_name[peer].digest:
            raise InputError(
                "statement-parties",
                f"the entry of {peer} in it is not the one that counts here",
                advice="Take their newest entry, or ask them to write the statement anew.",
            )
        if self._entry().digest != by_name[self._authority].digest:
            raise InputError(
                "statement-parties",
                "our entry in it is not our present one",
                advice="Give them our newest entry and ask for a new statement.",
            )
        if self._authority in found.signers:
            raise InputError("statement-signed", "we have signed this statement already")
        return peer

    def _stated(self, found: VerifiedStatement, file: bytes) -> Stated:
        (peer,) = {one.authority for one in found.parties} - {self._authority}
        statement = found.statement
        return Stated(
            digest=statement_digest(statement),
            peer=peer,
            since=statement.since,
            until=statement.until,
            at=statement.at,
            requests=sum(len(side.facts) for side in statement.sides),
            signed_by=found.signers,
            file=file.decode(),
        )


def _begun(tx: Tx, actor: str) -> str:
    """The instant of it; whoever may not sign learns nothing of a file."""
    acting(tx, actor, Act.STATE)
    return tx.now


def _counted(
    tx: Tx, asked: _Asked, after: tuple[str, str]
) -> tuple[list[Facts], tuple[str, str] | None]:
    """A page of requests as they stood at the instant, and where to go on; None: that was all."""
    kept = tx.cooperation.facts(
        asked.peer, asked.opener, since=asked.since, until=asked.until, after=after, limit=PAGE
    )
    rows = tx.threads.get_many([one.thread for one in kept])
    found = [_as_of(tx, rows[one.thread], one, asked.at) for one in kept]
    last = (kept[-1].month, kept[-1].thread) if len(kept) == PAGE else None
    return [one for one in found if one is not None], last


def _as_of(tx: Tx, row: ThreadRow, kept: Facts, at: str) -> Facts | None:
    """The facts of a request at an instant; None: it was received later.

    Raises:
        InputError: `statement-unproven`: the thread is deleted and what is kept of it is of later.
    """
    if kept.received > at:
        return None
    if row.purged:
        if any(act.at > at for act in kept.acts):
            raise _unproven(f"what became of {row.id} by {at} is deleted here")
        return kept
    return facts_from(tx, closed(event for event in events_of(tx, row) if event.at <= at))


def _unproven(what: str) -> InputError:
    return InputError(
        "statement-unproven",
        what,
        advice="Choose months without it, or let the other side write the statement.",
    )


def _side(
    asks: str, answers: str, facts: Sequence[Facts], proven: Sequence[ProvenRequest], at: str
) -> Side:
    messages: dict[str, Received] = {}
    for request in proven:
        for one in request.messages:
            if one.received is None:
                raise _unproven(
                    f"the receipt of {one.id} in {request.facts.thread} cannot be proven here"
                )
            messages[one.id] = Received(
                id=one.id,
                sender=one.sender,
                recipient=one.recipient,
                origin=one.received.origin,
                size=one.received.size,
                index=one.received.index,
                record=one.received.record,
                path=one.received.path,
            )
    ordered = tuple(sorted(facts, key=lambda one: (one.received, one.thread)))
    counts = {name: count for name, count in counts_of(ordered, at).counts.items() if count}
    return Side(
        asks=asks,
        answers=answers,
        facts=ordered,
        messages=tuple(messages[name] for name in sorted(messages)),
        counts=counts,
    )


def _check_same(side: Side, ours: Sequence[Facts]) -> None:
    """Raise with the first request that the two count differently."""
    stated = {one.thread: one for one in side.facts}
    own = {one.thread: one for one in ours}
    for thread in sorted(stated.keys() | own.keys()):
        if stated.get(thread) == own.get(thread):
            continue
        what = "is counted differently here"
        if thread not in own:
            what = "is not among our requests"
        elif thread not in stated:
            what = "is missing from the statement"
        raise InputError(
            "statement-differs",
            f"request {thread} from {side.asks} to {side.answers} {what}",
            advice="Compare (tracer cooperation show --proof), resync, then ask for a new one.",
        )


def _check_months(since: str, until: str) -> None:
    for name, month in (("since", since), ("until", until)):
        check_month(month, field=name)
    if not since or not until or since > until:
        raise InputError(
            "statement-months", "a statement is of a first month up to a last one", field="since"
        )


def _check_begun(until: str, now: str) -> None:
    """Refuse a last month that has not begun: nobody signs for what is still to come."""
    if until > now[: len(until)]:
        raise InputError(
            "statement-months",
            f"{until} has not begun",
            field="until",
            advice="State months up to this one; of this one the requests so far are counted.",
        )
