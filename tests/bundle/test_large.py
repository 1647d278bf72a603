"""A case with many photos is exported and checked without being held in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from tests.cli.house import ask, say, staff
from tests.exchange.counting import Two, two
from tests.exchange.losing import A, B, receipted
from tests.nodes import request, until
from tracer.bundle.archive import TooLarge, packed, unpack
from tracer.bundle.window import PIECE, Measured, Window, joined
from tracer.casework.attach import seal, with_files

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = 200 * 1024 * 1024
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(24 * 1024 * 1024)


def zeros(size: int, asked: list[int]) -> Window:
    """So many zeros that lie nowhere."""

    def read(_place: int, count: int) -> bytes:
        asked.append(count)
        return bytes(count)

    return Window(read, 0, size)


async def test_no_more_than_a_piece_of_a_file_is_read_at_once() -> None:
    asked: list[int] = []
    members = [("a.bin", Measured.of(zeros(MANY, asked))), ("b.txt", Measured.of(b"words"))]
    whole = packed(members)
    opened = unpack(whole)
    assert opened.damaged == ()
    assert opened.sums["a.bin"].size == MANY
    assert opened.members[1].data == b"words"
    assert max(asked) <= PIECE


async def test_windows_into_windows_read_what_the_bytes_are() -> None:
    whole = bytes(range(256)) * 3
    parts = [Window.of(whole[:100]), Window.of(b""), Window.of(whole[100:333])]
    row = joined([*parts, Window.of(whole).window(333, 999)])
    assert row.whole() == whole
    for place in range(0, 768, 37):
        for size in (0, 1, 99, 400, 900):
            assert row.at(place, size) == whole[place : place + size]
            assert row.window(place, size).whole() == whole[place : place + size]
            assert (
                row.window(place, size).sums().sha256
                == sha256(whole[place : place + size]).digest()
            )


async def test_more_than_a_bundle_may_hold_is_not_written() -> None:
    with pytest.raises(TooLarge):
        packed([("a.bin", Measured.of(bytes(1000)))], most=999)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nodes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    """A request with two photos of 24 MiB each."""
    async with two(tmp_path_factory.mktemp("two"), ago=timedelta(days=1)) as found:
        a, b = found.a, found.b
        await staff(a)
        sealed = [seal(PHOTO + bytes((n,)), n) for n in (1, 2)]
        for one in sealed:
            a.shelf.put(one.attachment.cipher_digest, iter(one.ciphertext))
        message = with_files(request(a, B), sealed)
        sent = (await a.submit(msgspec.structs.replace(message, test=False))).id
        await until(lambda: receipted(a, b.authority, sent))
        found.threads["large"] = sent
        yield found


async def test_a_case_of_forty_eight_megabytes_is_exported_and_checked(
    nodes: Two, tmp_path: Path
) -> None:
    target = tmp_path / "large.zip"
    words = ("evidence", "export", nodes.threads["large"], "-o", str(target), "--no-pdf")
    written = (await ask(nodes.a, *words)).json
    assert written["attachments"] == 2
    assert written["bytes"] == target.stat().st_size > 2 * len(PHOTO)
    assert written["sha256"] == sha256(target.read_bytes()).hexdigest()
    assert list(nodes.a.home.evidence.iterdir()) == []
    found = say(tmp_path / "nowhere", "verify", str(target), actor="").json
    assert found["holds"]
    assert found["exported_by"] == A
    opened = [one for one in found["findings"] if "its key opens it" in one["words"]]
    assert len(opened) == 2
