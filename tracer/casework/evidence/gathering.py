"""What an evidence bundle is made of, read from the store in one transaction.

Which entries go along: of each authority those from the oldest one that is needed (for a key that
signed, or a log that a proof leads to) up to the newest, without a gap, so that the newest, which
people compare, vouches for all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from tracer.bundle.forms import LeftOut, Placed
from tracer.bundle.write import Part
from tracer.canonical import canonical_json, strict_json, unb64url
from tracer.casework.evidence.confirmations import Named, confirmations
from tracer.envelope.sdjwt import SignedMessage, StoredMessage, redact
from tracer.evidence.merkle import consistency_path, inclusion_paths
from tracer.evidence.proof import ConsistencyProof, Proof
from tracer.exchange.reading import read_message
from tracer.model.attachments import Attachment
from tracer.model.codes import label
from tracer.model.messages import AnyMessage
from tracer.model.wire import groups_of, is_of
from tracer.store import Tx
from tracer.store.rows import MessageRow, Receipt, ThreadRow
from tracer.trust.entry import VerifiedEntry, in_chains, verify_entry


class Own(NamedTuple):
    """Who exports."""

    authority: str


class GatheredMessage(NamedTuple):
    """A message as it goes into the bundle, without its files, and the files it announces."""

    part: Part
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that the store gives."""

    row: ThreadRow
    reference: str
    at: str
    messages: tuple[GatheredMessage, ...]
    notes: Mapping[tuple[str, int], str]
    joins: tuple[tuple[str, ConsistencyProof], ...]
    cosigned: Mapping[tuple[str, int], str]
    tokens: Mapping[tuple[str, int], tuple[str, bytes]]
    entries: Mapping[str, Sequence[bytes]]
    terms: tuple[bytes, ...]
    agreements: tuple[bytes, ...]
    left_out: tuple[LeftOut, ...]
    groups: tuple[str, ...]
    """The personal groups that go along, by name."""
    handling: tuple[str, ...]
    """What the peer's messages say about their use, in words, each once."""


@dataclass(slots=True)
class _Heap:
    """What piles up while the messages are gone through."""

    notes: dict[tuple[str, int], str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    terms: dict[str, bytes] = field(default_factory=dict)
    agreements: list[bytes] = field(default_factory=list)

    def gap(self, what: str, message: str, name: str, why: str) -> None:
        """Note what is not in the bundle."""
        given = {"what": what, "message": message, "name": name, "why": why}
        self.left_out.append(msgspec.convert(given, LeftOut))


def uncovered(tx: Tx, thread: str) -> int:
    """Leaves that a new signed head must cover to prove all our records of a thread; 0 for none."""
    present = tx.log.head().origin
    places = [
        head.leaf_index for head in tx.messages.heads([thread])[thread] if head.origin == present
    ]
    last = max(places, default=-1) + 1
    return last if last and tx.log.first_signed(present, last) is None else 0


def gather(tx: Tx, own: Own, thread: str, without: Collection[str]) -> Gathered:
    """Everything about a thread that is evidence, without the groups named."""
    (row,) = tx.threads.get_many([thread]).values()
    rows = [one for one in tx.messages.of_thread(thread) if one.jws is not None]
    read = {one.id: read_message(one) for one in rows}
    heap = _Heap()
    ours = _ours(tx, rows, heap)
    receipts, sent = tx.messages.receipts_of(thread), tx.messages.sender_proofs_of(thread)
    messages = []
    for one in rows:
        theirs = _theirs(tx, (receipts if one.direction == "out" else sent).get(one.id), heap)
        pair = (ours.get(one.id), theirs) if one.direction == "out" else (theirs, ours.get(one.id))
        for what, placed in zip(("sent", "receipt"), pair, strict=True):
            if placed is None:
                heap.gap(what, one.id, "", "none")
        compact = _redacted(one, without, heap)
        part = Part(id=one.id, compact=compact, sent=pair[0], received=pair[1])
        messages.append(GatheredMessage(part, tuple(getattr(read[one.id], "attachments", ()))))
    _terms(tx, read.values(), heap)
    books = {
        who: in_chains(map(verify_entry, tx.peers.entries(who)))
        for who in (own.authority, row.peer)
    }
    said = confirmations(tx, heap.notes, {who: Named.of(held) for who, held in books.items()})
    needed = {*(one.kid for one in rows), *(origin for origin, _ in heap.notes), *said.witnesses}
    return Gathered(
        row=row,
        reference=getattr(read.get(thread), "reference", ""),
        at=tx.now,
        messages=tuple(messages),
        notes=heap.notes,
        joins=(*_joins(tx, {*heap.notes, *said.cosigned, *said.tokens}), *said.links),
        cosigned=said.cosigned,
        tokens=said.tokens,
        entries={who: _span(held, needed) for who, held in books.items()},
        terms=tuple(heap.terms[name] for name in sorted(heap.terms)),
        agreements=tuple(heap.agreements),
        left_out=tuple(heap.left_out),
        groups=tuple(
            sorted({name for one in read.values() for name in groups_of(one)} - set(without))
        ),
        handling=tuple(
            dict.fromkeys(
                label(read[one.id].handling.code) for one in rows if one.direction == "in"
            )
        ),
    )


def _ours(tx: Tx, rows: Iterable[MessageRow], heap: _Heap) -> dict[str, Placed]:
    """Our own record of each message under the first signed head that covers it."""
    found: dict[str, Placed] = {}
    for one in rows:
        head = tx.log.first_signed(one.origin, one.leaf_index + 1)
        record = tx.log.records((one.leaf_index,), origin=one.origin).get(one.leaf_index)
        if head is None or record is None:
            continue
        (path,) = inclusion_paths(
            (one.leaf_index,),
            head.size,
            lambda asked, origin=one.origin: tx.log.nodes(asked, origin=origin),  # type: ignore[misc]
        )
        proof = Proof(record=record, index=one.leaf_index, size=head.size, path=path)
        heap.notes[head.origin, head.size] = head.note
        found[one.id] = Placed.of(head.origin, proof)
    return found


def _theirs(tx: Tx, held: Receipt | None, heap: _Heap) -> Placed | None:
    """The record in the peer's log, as it was given to us, and the head it leads to."""
    if held is None or (note := tx.log.checkpoint(held.origin, held.size)) is None:
        return None
    heap.notes[held.origin, held.size] = note
    proof = Proof(record=held.record, index=held.index, size=held.size, path=held.path)
    return Placed.of(held.origin, proof)


def _redacted(row: MessageRow, without: Collection[str], heap: _Heap) -> str:
    """The message in its transmitted form, with the groups that are kept."""
    signed = SignedMessage.of(row.jws or "", row.disclosures)
    clear = strict_json(unb64url(signed.jws.split(".")[1]))
    for _ in range(len(clear.get("_sd", ())) - len(signed.disclosures)):
        heap.gap("group", row.id, "", "erased")
    dropped = [name for name in StoredMessage(signed).members().groups if is_of(name, without)]
    for name in dropped:
        heap.gap("group", row.id, name, "withheld")
    return redact(signed, dropped).compact


def _terms(tx: Tx, messages: Iterable[AnyMessage], heap: _Heap) -> None:
    for message in messages:
        digest = getattr(message, "terms", None)
        if not isinstance(digest, str) or digest in heap.terms:
            continue
        held = tx.terms.row(digest)
        if held is None:
            heap.gap("terms", "", digest, "none")
            continue
        heap.terms[digest] = canonical_json(msgspec.to_builtins(held.terms))
        if held.state == "agreed" and held.agreement is not None:
            heap.agreements.append(held.agreement)


def _joins(tx: Tx, places: Collection[tuple[str, int]]) -> Iterable[tuple[str, ConsistencyProof]]:
    """Between our own heads, size after size."""
    for origin in tx.log.origins():
        sizes = sorted(size for name, size in places if name == origin and size)
        for old, new in pairwise(sizes):
            path = consistency_path(
                old,
                new,
                lambda asked, origin=origin: tx.log.nodes(asked, origin=origin),  # type: ignore[misc]
            )
            yield origin, ConsistencyProof(old=old, new=new, path=path)


def _span(entries: Sequence[VerifiedEntry], needed: Collection[str]) -> list[bytes]:
    """The files of the entries from the oldest one needed to the newest, without a gap."""
    names = [_names(one) for one in entries]
    found = {name for listed in names for name in listed} & {*needed}
    newest = {name: max(i for i, listed in enumerate(names) if name in listed) for name in found}
    start = min([len(entries) - 1, *newest.values()])
    return [one.file for one in entries[start:]]


def _names(verified: VerifiedEntry) -> set[str]:
    entry = verified.entry
    watching = () if entry.witnesses is UNSET else entry.witnesses.members
    kids = {key.kid for key in entry.listed("sign")}
    return {*kids, entry.log.origin, *(one.name for one in watching)}
