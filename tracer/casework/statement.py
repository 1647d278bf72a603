"""Statements of cooperation with one State: written, compared, signed by both, checked by anybody.

One side writes the statement of a span of months and signs it. The other computes the same requests
and facts from its own messages, as of the instant the statement names, and signs only if nothing
differs: what differs is told, request by request. The figures concern the two States alone; the
file goes to whom they both choose to give it.

What it does not do: send the file (it goes by any way), or count again later: a statement stands
for its instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tracer.casework.cooperation import Found, check_month, named
from tracer.casework.proving import ProvenRequest, Proving
from tracer.casework.roles import Act, acting
from tracer.clock import instant
from tracer.envelope.jwk import SigningKey
from tracer.errors import InputError
from tracer.exchange.figures import facts_from
from tracer.exchange.projection import events_of
from tracer.model.cooperation import Facts
from tracer.model.thread import closed
from tracer.store import Store, Tx
from tracer.trust.directory import Directory
from tracer.trust.entry import VerifiedEntry
from tracer.trust.statement import (
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
    at: str
    asked: tuple[Facts, ...]
    answered: tuple[Facts, ...]


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
            InputError: `month-form`, `statement-months`, `statement-unproven`, or about person and
                peer.
        """
        _check_months(since, until)
        own = await self._store.write(lambda tx: self._own(tx, actor, authority, since, until))
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
        file = sign_statement(statement, entries, key=self._key(), at=instant(own.at))
        return self._stated(verify_statement(file), file)

    async def countersign(self, actor: str, data: bytes) -> Stated:
        """Sign a statement that the other side has signed, if we count the same.

        Raises:
            InputError: `statement-differs` (with what differs), `statement-parties`,
                `statement-signed`, or about the person.
            PeerError: it does not hold (`trust.statement`).
        """
        await self._store.read(lambda tx: acting(tx, actor, Act.STATE))
        found = verify_statement(data)
        peer = self._check_parties(found)
        statement = found.statement
        own = await self._store.write(
            lambda tx: self._own(tx, actor, peer, statement.since, statement.until, at=statement.at)
        )
        ours = {(asks, answers): facts for asks, answers, facts in self._sides(own)}
        for side in statement.sides:
            _check_same(side, ours[side.asks, side.answers])
        entries = [one.encode() for one in found.file["entries"]]
        file = sign_statement(
            statement,
            entries,
            signatures=found.file["signatures"],
            key=self._key(),
            at=instant(await self._store.read(lambda tx: tx.now)),
        )
        return self._stated(verify_statement(file), file)

    def _own(
        self, tx: Tx, actor: str, authority: str, since: str, until: str, *, at: str = ""
    ) -> _Own:
        acting(tx, actor, Act.STATE)
        peer, moment = named(tx, authority), at or tx.now
        sides: dict[str, list[Facts]] = {"us": [], "peer": []}
        for opener, facts in _facts(tx, peer, moment):
            if since <= facts.month <= until:
                sides[opener].append(facts)
        detail = {"peer": peer, "since": since, "until": until, "at": moment}
        tx.audit.write(actor, "statement-sign", peer, detail)
        return _Own(peer, moment, tuple(sides["us"]), tuple(sides["peer"]))

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


def _facts(tx: Tx, peer: str, at: str) -> Iterator[tuple[str, Facts]]:
    """The facts of all requests with a peer as they stood at an instant, by who opened them."""
    after = ""
    while page := tx.threads.list(peer=peer, after=after):
        for row in page:
            held = closed(event for event in events_of(tx, row) if event.at <= at)
            opened = any(event.id == row.id for event in held)
            facts = facts_from(tx, held) if opened else None
            if facts is not None:
                yield row.opener, facts
        after = page[-1].id


def _side(
    asks: str, answers: str, facts: Sequence[Facts], proven: Sequence[ProvenRequest], at: str
) -> Side:
    messages: dict[str, Received] = {}
    for request in proven:
        for one in request.messages:
            if one.received is None:
                raise InputError(
                    "statement-unproven",
                    f"the receipt of {one.id} in {request.facts.thread} cannot be proven here",
                    advice="Choose months without it, or let the other side write the statement.",
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
    for month in (since, until):
        check_month(month)
    if not since or not until or since > until:
        raise InputError(
            "statement-months", "a statement is of a first month up to a last one", field="since"
        )
