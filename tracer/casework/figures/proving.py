"""What proves the figures: the records of receipt behind each request that they count.

A request's facts name the messages they rest on. Each was received on record: in the peer's log if
it is ours (its receipt), in ours if it is theirs (our own record). Both are the same bytes at the
same place on both sides. Beside it stands the record of sending in the other log. Whoever has the
two authorities' entries checks all of it without either node:

1. the checkpoint named by (`origin`, `size`) carries both signatures of that log's keys;
2. the record has its exact form, names the id and the two parties, and leads to that checkpoint;
3. the instants in the facts are those of the records; where the two logs' clocks disagree, that of
   the record of a message before it, which the facts name (`dated`) and whose record stands here.

What a message *is* (its type, its ground) and until when it was awaited stands in the message and
the terms; records show neither. The two authorities know both, and sign them in a statement.

What it does not do: show any content; say whether a record that is not there never was.

Decision: our own records are proven under one new checkpoint each time. Rejected: keeping the
proofs that went out as receipts; they can be made again from the log as long as it is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import msgspec

from tracer.canonical import b64url
from tracer.casework.figures.cooperation import Found, Side, requests
from tracer.clock import instant
from tracer.evidence.checkpoint import Checkpoint, LogPublic
from tracer.evidence.merkle import inclusion_paths
from tracer.evidence.proof import Proof
from tracer.model.cooperation import Facts, Figures, Tally, counted, figures
from tracer.store import Store, Tx
from tracer.store.rows import MessageHead, Receipt
from tracer.trust.entry import verify_entry

PAGE = 100
"""Requests proven at once."""


class Prover(Protocol):
    """Signs the head of our log and proves records under it (`exchange.log.ledger.Ledger`)."""

    async def checkpoint(self, *, covering: int = 0) -> Checkpoint:
        """A signed checkpoint of at least so many leaves."""
        ...

    async def proofs(
        self, leaves: Sequence[tuple[int, bytes]], checkpoint: Checkpoint
    ) -> list[Proof]:
        """Proofs of (index, record) pairs under it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A record with its way to the checkpoint (`origin`, `size`); bytes are base64url."""

    origin: str
    size: int
    index: int
    record: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenMessage:
    """A message that facts rest on, by its records; None: it cannot be proven here."""

    id: str
    sender: str
    recipient: str
    at: str
    received: Shown | None
    sent: Shown | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenRequest:
    """One request: its facts, the figures it counts under, and its messages."""

    facts: Facts
    figures: tuple[str, ...]
    messages: tuple[ProvenMessage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The public keys of a log, base64url, as an entry names them."""

    origin: str
    ed25519: str
    mldsa44: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A signed checkpoint."""

    origin: str
    size: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Proven requests with all that checking them takes; `after` asks for the next page."""

    authority: str
    peer: str
    side: Side
    figure: str
    since: str
    at: str
    requests: tuple[ProvenRequest, ...]
    checkpoints: tuple[Note, ...]
    logs: tuple[Log, ...]
    after: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Own:
    """A record of our own log: which log, which leaf, its bytes."""

    origin: str
    index: int
    record: bytes


class _Held(NamedTuple):
    """What the store has of the messages behind some facts."""

    heads: Mapping[str, MessageHead]
    own: Mapping[str, Own]
    receipts: Mapping[str, Receipt]
    sent: Mapping[str, Receipt]
    notes: Mapping[tuple[str, int], str]
    logs: Sequence[LogPublic]


class Proving:
    """The verb of proving figures. `log` gives the public keys of our log."""

    def __init__(
        self, *, store: Store, authority: str, prover: Prover, log: Callable[[], LogPublic]
    ) -> None:
        self._store = store
        self._authority = authority
        self._prover = prover
        self._log = log

    async def page(
        self,
        actor: str,
        authority: str,
        *,
        side: Side,
        figure: str = "received",
        since: str = "",
        at: str = "",
        after: tuple[str, str] = ("", ""),
    ) -> Page:
        """Prove a page of the requests behind a figure, arguments as of `Cooperation.behind`.

        Raises:
            InputError: as `Cooperation.behind` does.
        """
        found = await requests(
            self._store,
            actor,
            authority,
            figure=figure,
            side=side,
            since=since,
            at=at,
            after=after,
            limit=PAGE,
        )
        proven, notes, logs = await self._prove(found)
        return Page(
            authority=self._authority,
            peer=found.peer,
            side=side,
            figure=figure,
            since=since,
            at=found.at,
            requests=proven,
            checkpoints=tuple(
                Note(origin=origin, size=size, note=note)
                for (origin, size), note in sorted(notes.items())
            ),
            logs=tuple(_keys(log) for log in (self._log(), *logs)),
            after=found.after,
        )

    async def prove(
        self, found: Found
    ) -> tuple[tuple[ProvenRequest, ...], Mapping[tuple[str, int], str]]:
        """The records behind these facts, and the checkpoints by (origin, size) they lead to."""
        proven, notes, _ = await self._prove(found)
        return proven, notes

    def own_logs(self) -> tuple[Log, ...]:
        """The public keys of our present log."""
        return (_keys(self._log()),)

    async def _prove(
        self, found: Found
    ) -> tuple[tuple[ProvenRequest, ...], dict[tuple[str, int], str], Sequence[LogPublic]]:
        held = await self._store.read(lambda tx: _held(tx, found))
        own, notes = await self.proven(held.own)
        notes |= held.notes
        requests_ = tuple(self._request(facts, found, held, own) for facts in found.facts)
        return requests_, notes, held.logs

    async def proven(
        self, own: Mapping[str, Own]
    ) -> tuple[dict[str, Shown], dict[tuple[str, int], str]]:
        """Records of ours under the newest checkpoint of their log, and those checkpoints."""
        found: dict[str, Shown] = {}
        notes: dict[tuple[str, int], str] = {}
        last = max((one.index for one in own.values()), default=-1)
        if last < 0:
            return found, notes
        head = await self._prover.checkpoint(covering=last + 1)
        for origin in sorted({one.origin for one in own.values()}):
            leaves = {name: one for name, one in own.items() if one.origin == origin}
            if origin == head.origin:
                pairs = [(one.index, one.record) for one in leaves.values()]
                proofs = await self._prover.proofs(pairs, head)
                note: tuple[int, str] | None = (head.size, head.note)
            else:
                proofs, note = await self._store.read(
                    lambda tx, leaves=leaves, origin=origin: _closed(tx, origin, leaves)  # type: ignore[misc]
                )
            if note is not None:
                notes[origin, note[0]] = note[1]
                shown = [_shown(origin, proof) for proof in proofs]
                found |= dict(zip(leaves, shown, strict=True))
        return found, notes

    def _request(
        self, facts: Facts, found: Found, held: _Held, own: Mapping[str, Shown]
    ) -> ProvenRequest:
        return ProvenRequest(
            facts=facts,
            figures=tuple(sorted(counted(facts, instant(found.at)))),
            messages=tuple(
                self._message(name, at, found.peer, held, own)
                for name, at in dict.fromkeys(_behind(facts))
            ),
        )

    def _message(
        self, name: str, at: str, peer: str, held: _Held, own: Mapping[str, Shown]
    ) -> ProvenMessage:
        head, mine = held.heads.get(name), own.get(name)
        ours = head is not None and head.direction == "out"
        proof = (held.receipts if ours else held.sent).get(name)
        theirs = None
        if proof is not None and (proof.origin, proof.size) in held.notes:
            theirs = _shown(proof.origin, proof)
        return ProvenMessage(
            id=name,
            sender=self._authority if ours else peer,
            recipient=peer if ours else self._authority,
            at=at,
            received=theirs if ours else mine,
            sent=mine if ours else theirs,
        )


def document(pages: Iterable[Page]) -> dict[str, Any]:
    """All pages of one question as one document: figures with their lists, and what proves them.

    The figures are computed from the facts in the pages, so they are what the lists hold.

    Raises:
        ValueError: the pages are not of one question.
    """
    given = list(pages)
    asked = {(page.authority, page.peer, page.figure, page.since, page.at) for page in given}
    if len(asked) != 1:
        raise ValueError("pages of different questions")
    sides: dict[str, Any] = {}
    for side in dict.fromkeys(page.side for page in given):
        proven = [one for page in given if page.side == side for one in page.requests]
        sides[side] = _side(proven, given[0].at)
    return {
        "v": 1,
        "authority": given[0].authority,
        "peer": given[0].peer,
        "figure": given[0].figure,
        "since": given[0].since,
        "at": given[0].at,
        **sides,
        "checkpoints": _distinct(note for page in given for note in page.checkpoints),
        "logs": _distinct(log for page in given for log in page.logs),
    }


def _side(proven: Sequence[ProvenRequest], at: str) -> dict[str, Any]:
    months: dict[str, list[Facts]] = {}
    for one in proven:
        months.setdefault(one.facts.month, []).append(one.facts)
    found: Figures = figures({m: Tally.of(facts) for m, facts in months.items()}, instant(at))
    lists: dict[str, list[str]] = {name: [] for name in found.counts}
    for one in proven:
        for name in one.figures:
            lists[name].append(one.facts.thread)
    return {
        "figures": {
            name: {"count": found.counts[name], "requests": lists[name]} for name in found.counts
        },
        "times": msgspec.to_builtins(found.times),
        "requests": msgspec.to_builtins(proven),
    }


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    seen: set[Any] = set()
    for value in values:
        if value not in seen:
            seen.add(value)
            found.append(msgspec.to_builtins(value))
    return found


def _held(tx: Tx, found: Found) -> _Held:
    """Records, receipts and checkpoints of the messages behind the facts."""
    names = {name for facts in found.facts for name, _ in _behind(facts)}
    rows = tx.messages.heads([facts.thread for facts in found.facts])
    heads = {head.id: head for row in rows.values() for head in row if head.id in names}
    receipts: dict[str, Receipt] = {}
    sent: dict[str, Receipt] = {}
    for thread in rows:
        receipts |= tx.messages.receipts_of(thread)
        sent |= tx.messages.sender_proofs_of(thread)
    notes: dict[tuple[str, int], str] = {}
    for proof in (*receipts.values(), *sent.values()):
        key = (proof.origin, proof.size)
        if proof.message_id in names and key not in notes and (note := tx.log.checkpoint(*key)):
            notes[key] = note
    entries = (verify_entry(data).entry for data in tx.peers.entries(found.peer))
    logs = {entry.log.origin: entry.log.public() for entry in entries}
    return _Held(heads, _own(tx, heads), receipts, sent, notes, tuple(logs.values()))


def _behind(facts: Facts) -> Iterator[tuple[str, str]]:
    """The messages that the facts of a request rest on, each with the instant that counts."""
    for act in facts.acts:
        yield act.id, act.at
        if act.dated:
            yield act.dated, act.at


def _own(tx: Tx, heads: Mapping[str, MessageHead]) -> dict[str, Own]:
    """The record of each message in our log; a message whose record was destroyed has none."""
    found: dict[str, Own] = {}
    for origin in sorted({head.origin for head in heads.values()}):
        places = {h.leaf_index: name for name, h in heads.items() if h.origin == origin}
        records = tx.log.records(list(places), origin=origin)
        found |= {places[index]: Own(origin, index, raw) for index, raw in records.items()}
    return found


def _closed(
    tx: Tx, origin: str, leaves: Mapping[str, Own]
) -> tuple[list[Proof], tuple[int, str] | None]:
    """Proofs in a log of ours that a restore has closed, under its newest signed head."""
    head = tx.log.newest_signed(origin)
    indices = [one.index for one in leaves.values()]
    if head is None or max(indices) >= head.size:
        return [], None
    paths = inclusion_paths(indices, head.size, lambda asked: tx.log.nodes(asked, origin=origin))
    proofs = [
        Proof(record=one.record, index=one.index, size=head.size, path=path)
        for one, path in zip(leaves.values(), paths, strict=True)
    ]
    return proofs, (head.size, head.note)


def _shown(origin: str, proof: Proof | Receipt) -> Shown:
    return Shown(
        origin=origin,
        size=proof.size,
        index=proof.index,
        record=b64url(proof.record),
        path=tuple(b64url(node) for node in proof.path),
    )


def _keys(log: LogPublic) -> Log:
    return Log(origin=log.origin, ed25519=b64url(log.ed25519), mldsa44=b64url(log.mldsa44))
