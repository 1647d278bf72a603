"""Evidence: the log alone, the tree computed again, a full check of a node, what proofs weigh."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from tests.bench import flow, stage
from tests.bench.checking import processor
from tests.bench.processes import run
from tests.bench.table import Figure, set_against
from tests.vectors.generate_bundle import small
from tracer.canonical import b64url, canonical_json, unb64url
from tracer.clock import SystemClock
from tracer.evidence import merkle
from tracer.evidence.checkpoint import LogPublic
from tracer.evidence.note import cosigned_message, is_journal, read_note
from tracer.evidence.proof import Proof
from tracer.evidence.record import Kind, leaf_hash, new_record
from tracer.store import Store, Tx
from tracer.trust.nouns import load_verify_key

BATCH = 100
ROUNDS = 5
"""How often a check and its bare signatures are measured in turn; the median counts."""
LONE_SHARE = 2
"""For each message that is sent alone before a check, so many are sent before one at full rate."""
TARGET_APPENDS, TARGET_LEAVES, TARGET_CHECK = 5000.0, 50_000.0, 0.5


def figures(root: Path, *, leaves: int, messages: int) -> list[Figure]:
    """All of it; the check is of the receiving node after so many messages."""
    records = [_record(number) for number in range(leaves)]
    return [
        asyncio.run(_appending(root / "log", records)),
        _again(records),
        *_check(root / "flood", messages, alone=False),
        *_check(root / "alone", messages // LONE_SHARE, alone=True),
        *_sizes(records),
    ]


def _record(number: int) -> bytes:
    return new_record(
        kind=Kind.SENT,
        id=b64url(number.to_bytes(32, "big")),
        sender=stage.SENDER,
        recipient=stage.RECEIVER,
        at=SystemClock().now(),
        salt=os.urandom(32),
    )


async def _appending(folder: Path, records: list[bytes]) -> Figure:
    """Leaves a second with nothing else, each batch committed and synced."""
    folder.mkdir(parents=True)
    store = await Store.open(folder / "log.db", rest_key=bytes(32), clock=SystemClock())
    try:
        await store.write(lambda tx: tx.log.open_origin(f"{stage.SENDER}/log/1"))
        begun = time.perf_counter()
        for start in range(0, len(records), BATCH):
            part = records[start : start + BATCH]
            await store.write(lambda tx, part=part: tx.log.append_many(part))  # type: ignore[misc]
        seconds = time.perf_counter() - begun
    finally:
        await store.close()
    name = f"the log alone, {BATCH} leaves a commit, synced"
    rate = len(records) / seconds
    return set_against(name, rate, "a second", what="target", other=TARGET_APPENDS)


def _again(records: list[bytes]) -> Figure:
    """Leaves a second when the tree is computed again from its records."""
    begun = time.perf_counter()
    merkle.append(0, list(map(leaf_hash, records)), merkle.reader_of({}))
    rate = len(records) / (time.perf_counter() - begun)
    name = "the tree computed again from its records"
    return set_against(name, rate, "a second", what="target", other=TARGET_LEAVES)


def _check(root: Path, messages: int, *, alone: bool) -> list[Figure]:
    """A full check of a node against the bare time of the signatures that are in it.

    Of one that heard everything at once, so that hundreds of messages share a signed head and there
    is hardly more than one signature to each, and of one that heard each message alone, as in the
    days of an authority: then there are five, two on each of the two heads.

    Both in turn, several times, in processor time: what else the machine does is in neither. Bare
    is nothing but verifying the very signatures of the node's messages and heads, with keys loaded
    and everything in memory. The time of all processes of a check counts, the start of those that
    it starts included, so one ratio stands for any number of processors.
    """
    built = asyncio.run(stage.build(root))
    flow.sent(built, messages, alone=alone)
    home = built.receiver.home.root
    signed = asyncio.run(_signed(home))
    rows = []
    for processes in sorted({1, os.cpu_count() or 1}):
        tried = [_tried(home, signed, processes) for _ in range(ROUNDS)]
        tried.sort(key=lambda one: one.bare / one.check)
        check, bare = tried[len(tried) // 2]
        signatures = len(signed)
        how = "one by one" if alone else "at once"
        name = f"full check of a node, {signatures:,} signatures, {how}, {processes} processes"
        what = f"bare rate of its signatures, target {TARGET_CHECK}"
        unit = "a second and processor"
        rows.append(set_against(name, signatures / check, unit, what=what, other=signatures / bare))
    return rows


class _Tried(NamedTuple):
    """A check, and processor seconds of it and of its signatures alone."""

    check: float
    bare: float


class _Signature(NamedTuple):
    """A signature, taken apart: what verifies it, and what that is called with."""

    verify: Callable[[bytes, bytes], object]
    one: bytes
    other: bytes


def _tried(home: Path, signed: list[_Signature], processes: int) -> _Tried:
    """Signatures, a check, signatures again."""
    before = _bare(signed)
    check = float(run("tests.bench.checking", str(home), str(processes)))
    return _Tried(check, (before + _bare(signed)) / 2)


async def _signed(home: Path) -> list[_Signature]:
    """All signatures in a node: of the messages that came to it, and of heads."""
    async with stage.rooms_of(home) as rooms:
        peers = rooms.cell.get()
        keys = {k: load_verify_key(key) for peer in peers for k, key in peer.signing.items()}
        logs = {**{peer.log.origin: peer.log for peer in peers}, **rooms.keyring.log_publics()}

        def body(tx: Tx) -> list[_Signature]:
            found = []
            for thread in tx.threads.list(limit=1_000_000):
                for row in tx.messages.of_thread(thread.id):
                    data, _, signature = (row.jws or "").rpartition(".")
                    key = keys[row.kid]
                    found.append(_Signature(key.verify, data.encode(), unb64url(signature)))
            for origin in tx.journal.origins():
                public = rooms.keyring.journal_public(origin, tx.journal.beside(origin))
                if public is not None:
                    logs[origin] = public
            after = ("", -1)
            while rows := tx.survey.checkpoints(after):
                found += [one for row in rows for one in _of_head(row.note, logs[row.origin])]
                after = rows[-1].origin, rows[-1].size
            return found

        return await rooms.store.read(body)


def _of_head(note: str, public: LogPublic) -> Iterator[_Signature]:
    """Both signatures of a head."""
    read = read_note(note, journal=is_journal(public.origin))
    lines = {len(line.signature): line.signature for line in read.lines}
    classic, stamped = lines[min(lines)], lines[max(lines)]
    yield _Signature(
        Ed25519PublicKey.from_public_bytes(public.ed25519).verify, classic, read.text.encode()
    )
    message = cosigned_message(
        read.origin, read.origin, int.from_bytes(stamped[:8], "big"), read.size, read.root
    )
    key = MLDSA44PublicKey.from_public_bytes(public.mldsa44)
    yield _Signature(key.verify, stamped[8:], message)


def _bare(signed: list[_Signature]) -> float:
    """Processor seconds of nothing but verifying."""
    begun = processor()
    for verify_one, one, other in signed:
        verify_one(one, other)
    return processor() - begun


def _sizes(records: list[bytes]) -> list[Figure]:
    grown = merkle.append(0, list(map(leaf_hash, records)), merkle.reader_of({}))
    path = merkle.inclusion_path(7, grown.new_size, merkle.reader_of(grown.new_nodes))
    proof = Proof(record=records[7], index=7, size=grown.new_size, path=path)
    size = len(canonical_json(proof.to_wire()))
    return [
        Figure(f"a proof in a log of {len(records):,}", size, "bytes"),
        Figure("a bundle of two messages and a photo of 88 bytes", len(small()), "bytes"),
    ]
