"""What is held against peers: that it is what its kind says, and what they signed of it.

That a row was found when it says so, and is as it was found, is seen by its act (`acts`). Here its
evidence is judged by itself: heads by the keys of the peer's logs, messages by its signing keys,
receipts by their proofs. What lies encrypted under the key of a purged thread went with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tracer.canonical import unb64url
from tracer.envelope.jws import verify_bytes
from tracer.envelope.sdjwt import TYP, message_id
from tracer.errors import PeerError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.evidence.proof import Proof, check_proof, parse_proof
from tracer.evidence.record import Kind, parse_record
from tracer.exchange.accuse import FaultKind
from tracer.exchange.contradictions import place_of
from tracer.node.check.findings import Faults, Keys
from tracer.store import Tx
from tracer.trust.entry import verify_entry

_KINDS = frozenset(FaultKind)


def check_held(tx: Tx, rows: Sequence[Mapping[str, Any]], keys: Keys, faults: Faults) -> None:
    """Judge the evidence of some faults."""
    for row in rows:
        where = f"fault {row['number']}"
        if row["kind"] not in _KINDS:
            faults.add(where, f"there is no fault {row['kind']}")
            continue
        with faults.unreadable(where):
            faults.add_all(where, _judged(tx, FaultKind(row["kind"]), row, keys))


def _judged(tx: Tx, kind: FaultKind, row: Mapping[str, Any], keys: Keys) -> Iterator[str]:
    if kind is FaultKind.RECEIPT_TIME:
        return  # the record alone, which its thread proves
    told = msgspec.json.decode(row["evidence"])
    if kind is FaultKind.THREAD_FORKED:
        yield from _written_twice(tx, row["peer"], told, keys)
    elif kind is FaultKind.ENTRY_APART:
        yield from _apart(row["peer"], told)
    elif kind is FaultKind.RECEIPT_TWICE:
        yield from _receipted_twice(row["peer"], told, keys)
    else:
        yield from _heads(row["peer"], told, keys)


def _heads(peer: str, told: Mapping[str, Any], keys: Keys) -> Iterator[str]:
    """What is wrong with the heads that two contradicting histories are proved by."""
    for name in ("remembered", "shown"):
        if told.get(name):
            yield from _head(peer, told[name], f"the head {name}", keys)


def _head(peer: str, note: str, words: str, keys: Keys) -> Iterator[str]:
    origin = note.partition("\n")[0]
    public = keys.logs.get(origin)
    if public is None or not origin.startswith(f"{peer}/"):
        yield f"no entry of {peer} names the log of {words}"
        return
    try:
        verify_checkpoint(note, origin=origin, public=public)
    except PeerError as error:
        yield f"{words}: {error.message}"


def _apart(peer: str, told: Mapping[str, Any]) -> Iterator[str]:
    """The entry that was refused is one, and the peer's by its own word, where it is kept."""
    if "entry" not in told:
        return
    try:
        found = verify_entry(told["entry"].encode())
    except PeerError as error:
        yield f"the entry that was refused: {error.message}"
        return
    if found.authority != peer:
        yield f"the entry that was refused is not of {peer}"


def _written_twice(tx: Tx, peer: str, told: Mapping[str, Any], keys: Keys) -> Iterator[str]:
    """The second message opens, is what its name says, and the peer signed it."""
    jws = tx.threads.open(told["thread"], unb64url(told["sealed"]), place_of(told["second"]))
    held = tx.messages.places(peer, [told["held"]])
    if [one.thread for one in held] != [told["thread"]]:
        yield "the message that was held beside it is not here"
    if jws is None:
        return
    if message_id(jws.decode()) != told["second"]:
        yield "the second message is not the one its name says"
        return
    try:
        kid, _ = verify_bytes(jws.decode(), typ=TYP, keys=keys.verify)
    except PeerError as error:
        yield f"the second message: {error.message}"
        return
    if keys.signing[kid][0] != peer:
        yield f"the second message is not by {peer}"


def _receipted_twice(peer: str, told: Mapping[str, Any], keys: Keys) -> Iterator[str]:
    """Both receipts are proved under heads of the peer, and are two."""
    found: list[tuple[str, int, bytes]] = []
    for name in ("first", "second"):
        note, proof = told[name]["checkpoint"], parse_proof(told[name]["proof"])
        yield from _head(peer, note, f"the head of the {name} receipt", keys)
        yield from _proved(peer, told["message"], note, proof, keys)
        found.append((note.partition("\n")[0], proof.index, proof.record))
    if found[0] == found[1]:
        yield "the two receipts are one"


def _proved(peer: str, message: str, note: str, proof: Proof, keys: Keys) -> Iterator[str]:
    origin = note.partition("\n")[0]
    public = keys.logs.get(origin)
    if public is None:
        return  # told of the head
    try:
        head = verify_checkpoint(note, origin=origin, public=public)
        sender = parse_record(proof.record).sender
        check_proof(proof, head, kind=Kind.RECEIVED, id=message, sender=sender, recipient=peer)
    except (PeerError, ValueError) as error:
        yield f"a receipt is not proved: {error}"
