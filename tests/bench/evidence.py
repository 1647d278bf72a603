"""Evidence: the log alone, the tree computed again, a full check of a node, what proofs weigh."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench import flow, stage
from tests.bench.primitives import Floors
from tests.bench.table import Figure, set_against
from tests.vectors.generate_bundle import small
from tracer.canonical import b64url, canonical_json, unb64url
from tracer.clock import SystemClock
from tracer.envelope.jwk import VerifyKey
from tracer.evidence import merkle
from tracer.evidence.proof import Proof
from tracer.evidence.record import Kind, leaf_hash, new_record
from tracer.node.check.findings import Verified
from tracer.node.check.whole import verify
from tracer.store import Store, Tx
from tracer.trust.nouns import load_verify_key

BATCH = 100
ROUNDS = 5
"""How often a check and its bare signatures are measured in turn; the median counts."""
TARGET_APPENDS, TARGET_LEAVES, TARGET_CHECK = 5000.0, 50_000.0, 0.5


def figures(root: Path, floors: Floors, *, leaves: int, messages: int) -> list[Figure]:
    """All of it; the check is of the receiving node after so many messages."""
    records = [_record(number) for number in range(leaves)]
    return [
        asyncio.run(_appending(root / "log", records)),
        _again(records),
        *_check(root / "check", floors, messages),
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


def _check(root: Path, floors: Floors, messages: int) -> list[Figure]:
    """A full check of a node against the bare time of the signatures that are in it.

    Both in turn, several times, in processor time: what else the machine does is in neither. Bare
    is nothing but verifying the signatures of the very messages of the node, with keys loaded and
    everything in memory; heads are added at the floor of both algorithms. The time of all processes
    of a check counts, their start included, so one ratio stands for any number of processors.
    """
    built = asyncio.run(stage.build(root))
    flow.sent(built, messages)
    home = built.receiver.home.root
    signed = asyncio.run(_signed(home))
    rows = []
    for processes in sorted({1, os.cpu_count() or 1}):
        tried = [_tried(home, signed, processes) for _ in range(ROUNDS)]
        tried.sort(key=lambda one: one.bare / one.check)
        found, check, bare = tried[len(tried) // 2]
        signatures = found.messages + 2 * found.checkpoints
        bare += found.checkpoints * (floors.verify + floors.log_verify) / 1e6
        name = f"full check of a node, {signatures:,} signatures, {processes} processes"
        what = f"bare rate of its signatures, target {TARGET_CHECK}"
        unit = "a second and processor"
        rows.append(set_against(name, signatures / check, unit, what=what, other=signatures / bare))
    return rows


class _Tried(NamedTuple):
    """A check, and processor seconds of it and of its signatures alone."""

    found: Verified
    check: float
    bare: float


class _Signature(NamedTuple):
    """A signature of a message, taken apart."""

    key: VerifyKey
    data: bytes
    signature: bytes


def _tried(home: Path, signed: list[_Signature], processes: int) -> _Tried:
    """Signatures, a check, signatures again."""
    before = _bare(signed)
    found, check = asyncio.run(_checked(home, processes))
    if found.faults:
        raise RuntimeError(f"the run is void: {found.faults[0]}")
    return _Tried(found, check, (before + _bare(signed)) / 2)


async def _checked(home: Path, processes: int) -> tuple[Verified, float]:
    async with stage.rooms_of(home) as rooms:
        begun = _processor()
        found = await verify(rooms, lambda *_: None, processes=processes)
        return found, _processor() - begun


async def _signed(home: Path) -> list[_Signature]:
    """The signatures of all messages that came to a node."""
    async with stage.rooms_of(home) as rooms:
        keys = {
            kid: load_verify_key(key)
            for peer in rooms.cell.get()
            for kid, key in peer.signing.items()
        }

        def body(tx: Tx) -> list[_Signature]:
            found = []
            for thread in tx.threads.list(limit=1_000_000):
                for row in tx.messages.of_thread(thread.id):
                    data, _, signature = (row.jws or "").rpartition(".")
                    found.append(_Signature(keys[row.kid], data.encode(), unb64url(signature)))
            return found

        return await rooms.store.read(body)


def _bare(signed: list[_Signature]) -> float:
    """Processor seconds of nothing but verifying."""
    begun = _processor()
    for key, data, signature in signed:
        key.verify(data, signature)
    return _processor() - begun


def _processor() -> float:
    """Seconds of processor time of this process and those it started and that have ended.

    What else the machine does is not in it; floors are measured in the same way.
    """
    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def _sizes(records: list[bytes]) -> list[Figure]:
    grown = merkle.append(0, list(map(leaf_hash, records)), merkle.reader_of({}))
    path = merkle.inclusion_path(7, grown.new_size, merkle.reader_of(grown.new_nodes))
    proof = Proof(record=records[7], index=7, size=grown.new_size, path=path)
    size = len(canonical_json(proof.to_wire()))
    return [
        Figure(f"a proof in a log of {len(records):,}", size, "bytes"),
        Figure("a bundle of two messages and a photo of 88 bytes", len(small()), "bytes"),
    ]
