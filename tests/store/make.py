"""What the tests of the store put into it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from tests.bench import bulk
from tracer.canonical import b64url
from tracer.evidence.record import Kind, new_record
from tracer.store import CaseRow, DraftRow, NewMessage, Receipt, ThreadRow, Tx, agenda

US: Final = "XA-NPOC"
PEER: Final = "XB-NPOC"
OTHER: Final = "XC-NPOC"
LOG: Final = "XA-NPOC/log/1"
START: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
T0: Final = "2026-03-01T12:00:00.000Z"
T1: Final = "2026-03-01T12:01:00.000Z"
T2: Final = "2026-03-01T12:02:00.000Z"
REST_KEY: Final = bytes(range(32))


def digest(name: str) -> str:
    """A message id that is the same in every run."""
    return b64url(sha256(name.encode()).digest())


def record(name: str, kind: Kind = Kind.RECEIVED) -> bytes:
    """A log record about the message `name`."""
    return new_record(
        kind=kind,
        id=digest(name),
        sender=PEER,
        recipient=US,
        at=START,
        salt=sha256(b"salt" + name.encode()).digest(),
    )


def thread(name: str, peer: str = PEER) -> ThreadRow:
    """A thread opened by the peer."""
    return ThreadRow(digest(name), peer, "peer", T0, test=False)


def message(
    name: str,
    thread_name: str | None = None,
    *,
    peer: str = PEER,
    follows: tuple[str, ...] = (),
    disclosures: tuple[str, ...] = ("WyJwZXJzb25z", "WyJwbGFjZSI"),
) -> NewMessage:
    """A message whose content is readable if it is not encrypted."""
    return NewMessage(
        peer=peer,
        id=digest(name),
        thread=digest(thread_name or name),
        direction="in",
        type="request",
        follows=follows,
        issued=T0,
        at=T0,
        kid=digest("key"),
        jws=f"header.plaintext-of-{name}.signature",
        disclosures=disclosures,
        record=record(name),
    )


def commit(tx: Tx, *messages: NewMessage) -> int:
    """Create the threads that are missing, append, store; the first leaf index."""
    known = tx.threads.get_many([new.thread for new in messages])
    fresh = {new.thread: new.peer for new in messages if new.thread not in known}
    tx.threads.create_many(
        [ThreadRow(name, peer, "peer", tx.now, test=False) for name, peer in fresh.items()]
    )
    first = tx.log.append_many([new.record for new in messages])
    tx.messages.add_many([(new, first + place) for place, new in enumerate(messages)])
    return first


def receipt(name: str, peer: str = PEER, hashes: int = 3) -> Receipt:
    """A receipt with a path of recognisable hashes."""
    path = tuple(bytes([number]) * 32 for number in range(hashes))
    return Receipt(digest(name), peer, record(name), 5, 9, path, f"{peer}/log/1", T1)


def case(name: str, *, state: str = "received", updated: str = T0, peer: str = PEER) -> CaseRow:
    """A case projection."""
    return CaseRow(
        thread=digest(name),
        peer=peer,
        opener="peer",
        state=state,
        awaiting="us",
        urgency="routine",
        reference=f"XB-{name}",
        test=False,
        summary_json=b"{}",
        updated=updated,
    )


def draft(name: str, *, version: int = 1, body: bytes = b"plaintext-of-a-draft") -> DraftRow:
    """A draft by an investigator."""
    return DraftRow(
        id=name,
        thread=None,
        peer=PEER,
        type="request",
        author="investigator",
        state="draft",
        body=body,
        version=version,
        created=T0,
        updated=T0,
    )


def say(
    tx: Tx, *, own: Iterable[tuple[str, str]], described: Iterable[tuple[str, str]] = ()
) -> None:
    """Say which words which cases have, each word with its case; many at once."""
    words: dict[str, set[str]] = {}
    for word, thread in described:
        words.setdefault(thread, set()).add(word)
    numbers = {thread: agenda.description(sorted(every)) for thread, every in words.items()}
    rows = {(word, numbers[thread]) for thread, every in words.items() for word in every}
    bulk.put(tx, "word", [*own])
    bulk.put(tx, "description", [*rows])
    bulk.put(tx, "described", [*numbers.items()])
