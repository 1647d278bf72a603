"""What lies on the disk: nothing readable, nothing that was erased, nothing for others."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.store import make
from tracer.clock import FixedClock
from tracer.errors import OperatorError
from tracer.store import Store, Tx


def on_disk(path: Path) -> bytes:
    return b"".join(part.read_bytes() for part in sorted(path.parent.glob(path.name + "*")))


async def test_no_content_is_readable_in_database_or_write_ahead_file(
    store: Store, path: Path
) -> None:
    def body(tx: Tx) -> None:
        make.commit(tx, make.message("m", disclosures=("plaintext-of-a-disclosure",)))
        tx.waiting.put(make.PEER, "w", ["p"], b"plaintext-that-waits", make.T0)
        tx.drafts.put(make.draft("d"))
        tx.drafts.set_state("d", "rejected", reason="plaintext of a reason")
        tx.audit.write("officer", "reject", "d", {"why": "plaintext of a detail"})

    await store.write(body)
    assert make.digest("m").encode() in on_disk(path)
    assert b"plaintext" not in on_disk(path)
    await store.close()
    assert b"plaintext" not in on_disk(path)
    assert make.digest("m").encode() in on_disk(path)


async def test_the_files_belong_to_their_owner_only(store: Store, path: Path) -> None:
    await store.write(lambda tx: tx.meta.put("a", "b"))
    modes = {part.stat().st_mode & 0o077 for part in path.parent.glob(path.name + "*")}
    assert modes == {0}


async def test_an_erased_blob_is_overwritten(store: Store, path: Path) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("m")))
    with sqlite3.connect(path) as conn:
        (blob,) = conn.execute("SELECT disclosures FROM message").fetchone()
    conn.close()
    assert blob in on_disk(path)
    await store.write(lambda tx: tx.messages.erase(make.PEER, make.digest("m"), keep=()))
    await store.scrub()
    assert blob not in on_disk(path)


async def test_a_purge_destroys_the_wrapped_key(store: Store, path: Path) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("m")))
    with sqlite3.connect(path) as conn:
        (key,) = conn.execute("SELECT key FROM thread").fetchone()
    conn.close()
    await store.write(lambda tx: tx.threads.purge(make.digest("m")))
    await store.scrub()
    assert key not in on_disk(path)


async def test_another_keyring_is_noticed_at_the_start(
    store: Store, path: Path, clock: FixedClock
) -> None:
    await store.write(lambda tx: tx.threads.create(make.thread("t")))
    await store.close()
    with pytest.raises(OperatorError) as caught:
        await Store.open(path, rest_key=bytes(32), clock=clock)
    assert caught.value.code == "rest-open"


async def test_messages_are_read_after_a_restart(
    store: Store, path: Path, clock: FixedClock
) -> None:
    await store.write(lambda tx: make.commit(tx, make.message("m")))
    await store.close()
    async with await Store.open(path, rest_key=make.REST_KEY, clock=clock) as again:
        row = await again.read(lambda tx: tx.messages.find(make.PEER, make.digest("m")))
    assert row is not None
    assert row.jws == "header.plaintext-of-m.signature"
