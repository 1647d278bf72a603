"""Bytes that are hardly HTTP, from a known certificate and from an unknown one."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import PROVE
from tests.faults.pair import with_photos
from tests.hostile.wire import Wire
from tests.hostile.world import World, resident, world
from tracer.canonical import b64url
from tracer.errors import PeerError
from tracer.exchange.batch import read_batch
from tracer.trust.channel import new_channel

POST = "POST /exchange/v1/{} HTTP/1.1\r\nHost: x\r\n"
DIGEST = b64url(bytes(32))
ROUTES = 16
"""How many endpoints there are; the test of pieces says so when there are more."""


KEPT = {
    "alembic_version",
    "log_origin",
    "peer",
    "peer_entry",
    "person",
    "sqlite_sequence",
    "terms",
}
"""Tables that hold something on a node that knows its peers and was never sent a message."""
ACTS = {"audit", "log_node", "log_record", "meta"}
"""Tables that hold what its own people did; nobody from outside adds a row to them."""


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as found:
        before = found.watch.rows()
        yield found
        after = found.watch.rows()
        assert {name for name, count in after.items() if count} <= KEPT | ACTS
        assert [after[name] for name in sorted(ACTS)] == [before[name] for name in sorted(ACTS)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, World]]:
    """One node for all examples of a property."""
    with asyncio.Runner() as runner:
        context = world(tmp_path_factory.mktemp("shared"))
        yield runner, runner.run(context.__aenter__())
        runner.run(context.__aexit__(None, None, None))


async def _raw(here: World, data: bytes, *, head: bool = False) -> int | None:
    """Send bytes on a fresh connection; the status of the answer, None if the node hung up."""
    async with Wire(here.port, here.enemy.ring.channel(), here.enemy.target.certificates) as wire:
        await wire.send(data)
        found = await wire.answer(head=head)
        here.watch.check(found)
        return None if found is None else found.status


MALFORMED: dict[str, bytes] = {
    "no http": b"\x16\x03\x01\x00\xff garbage\r\n\r\n",
    "no method": b"/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "old version": b"POST /exchange/v1/ping HTTP/0.9\r\n\r\n",
    "no version": b"POST /exchange/v1/ping\r\n\r\n",
    "http/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "null in path": b"POST /exchange/v1/\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "null in header": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\x00\r\n\r\n",
    "space before colon": b"POST /exchange/v1/ping HTTP/1.1\r\nHost : x\r\n\r\n",
    "folded header": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\r\n y\r\n\r\n",
    "two lengths": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Content-Length: 2\r\n\r\nab",
    "length and chunks": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "negative length": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "length with sign": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\r\n"
    b"Content-Length: +1\r\n\r\na",
    "endless length": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\r\nContent-Length: "
    + b"9" * 4000
    + b"\r\n\r\n",
    "bad chunk": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"ZZ\r\nabc\r\n",
    "huge chunk": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
    b"FFFFFFFFFFFFFFFFF\r\nabc\r\n",
    "odd encoding": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\r\n"
    b"Transfer-Encoding: xchunked\r\n\r\n",
    "long header": b"POST /exchange/v1/ping HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    "long path": b"POST /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "many headers": b"POST /exchange/v1/ping HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    "upgrade": b"POST /exchange/v1/ping HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_what_is_no_http_is_answered_with_a_code_or_not_at_all(here: World) -> None:
    for name, data in MALFORMED.items():
        status = await _raw(here, data)
        assert status is None or 400 <= status < 500, name


PATHS = (
    "/",
    "//exchange/v1/ping",
    "/exchange//v1/ping",
    "/exchange/v1/../v1/ping",
    "/exchange/v1/%2e%2e/v1/ping",
    "/exchange/v1/ping/",
    "/exchange/v1/ping%00",
    "/exchange/v1/ping%2f",
    "/exchange/v1/%70ing%0d%0aX:y",
    "/exchange/v1/_small",
    "/exchange/v1/__class__",
    "/exchange/v1/{what}",
    "/exchange/v1/*",
    "/exchange/v1/attachments",
    "/exchange/v1/attachments/",
    f"/exchange/v1/attachments/..%2f..%2fkeyring.json{DIGEST}",
    f"/exchange/v1/attachments/{DIGEST}%0a",
    f"/exchange/v1/attachments/{DIGEST}/x",
    "/exchange/v1/attachments/%2e%2e",
    "/exchange/v2/ping",
    "/metrics",
    "/favicon.ico",
    "http://other.example/exchange/v1/nothing",
    "/exchange/v1/nothing?x=" + "y" * 2000,
    "/%ff%fe",
)


async def test_no_trick_of_a_path_reaches_anything(here: World) -> None:
    for method in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "TRACE", "FOO"):
        for path in PATHS:
            found = await here.wire.call(method, path)
            here.watch.check(found)
            assert found is None or found.status in {400, 403, 404, 405, 409}, (method, path, found)


async def test_only_the_methods_of_an_endpoint_are_taken(here: World) -> None:
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "POSTPOST"):
        for path in (path for served, path in here.served if served == "POST"):
            found = await here.wire.call(method, path, b"x")
            here.watch.check(found)
            assert found is None or found.status in {400, 404, 405}, (method, path)
            await here.wire.close()


async def test_an_attachment_nobody_announced_is_unknown_by_any_method(here: World) -> None:
    for method in ("HEAD", "PATCH", "GET"):
        for offset in ("0", "9999999999999999"):
            found = await here.wire.call(
                method,
                f"/exchange/v1/attachments/{DIGEST}",
                headers=f"Upload-Offset: {offset}\r\n",
            )
            here.watch.check(found)
            assert found is not None
            assert found.status == 404
            await here.wire.close()


@pytest.mark.parametrize(
    "offset", ["", "-1", "1.0", "0x1", "1 ", "1e3", "\u0661", "9" * 17, "1, 2", "null"]
)
async def test_an_offset_is_a_short_plain_number_or_refused(here: World, offset: str) -> None:
    raw = f"PATCH /exchange/v1/attachments/{DIGEST} HTTP/1.1\r\nUpload-Offset: {offset}\r\n\r\n"
    status = await _raw(here, raw.encode())
    assert status in {400, 404, 409}


async def test_an_attachment_of_ours_is_given_from_within_it_and_refused_from_beyond(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as here:
        sent = with_photos(here.rooms, here.enemy.authority, 1, 40_000)
        await here.rooms.submit(sent)
        (photo,) = sent.attachments
        path, size = f"/exchange/v1/attachments/{photo.cipher_digest}", photo.cipher_size
        for offset in (0, 1, size - 1, size, size + 1, 2**53, 10**16 - 1):
            found = await here.wire.call("GET", path, headers=f"Upload-Offset: {offset}\r\n")
            assert found is not None
            if offset <= size:
                assert (found.status, len(found.body)) == (200, size - offset)
            else:
                here.watch.check(found)
                assert found.status == 409


def _breaks(pieces: int, _digest: str, offset: int) -> bytes:
    if offset >= pieces:
        raise OSError(5, "the disk does not answer")
    return b"x"


async def test_an_attachment_that_cannot_be_read_is_one_answer_or_a_broken_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as here:
        sent = with_photos(here.rooms, here.enemy.authority, 1, 40_000)
        await here.rooms.submit(sent)
        digest = sent.attachments[0].cipher_digest

        for pieces, status in ((0, 503), (1, None)):
            monkeypatch.setattr(here.rooms.shelf, "piece", partial(_breaks, pieces))
            found = await here.wire.call(
                "GET", f"/exchange/v1/attachments/{digest}", headers="Upload-Offset: 0\r\n"
            )
            assert (None if found is None else found.status) == status
        assert [said.partition(":")[0] for said in here.watch.crashes.seen] == ["request.crashed"]
        here.watch.crashes.seen.clear()


async def test_compressed_bodies_are_refused_and_not_unpacked(here: World) -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    before = resident()
    for what in ("messages", "ping", f"attachments/{DIGEST}"):
        method = "PATCH" if "attach" in what else "POST"
        for coding in ("gzip", "deflate", "br", "zstd", "gzip, gzip"):
            found = await here.wire.call(
                method,
                f"/exchange/v1/{what}",
                bomb,
                headers=f"Content-Encoding: {coding}\r\nUpload-Offset: 0\r\n",
            )
            here.watch.check(found)
            assert found is None or found.status in {400, 404}, found
            await here.wire.close()
    assert resident() - before < 64 * 2**20


async def test_expectations_are_met_or_refused_with_a_code(here: World) -> None:
    async with Wire(here.port, here.enemy.ring.channel(), here.enemy.target.certificates) as wire:
        await wire.send(
            (POST.format("ping") + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n").encode()
        )
        go_on = await wire.answer()
        assert go_on is not None
        assert go_on.status == 100
        await wire.send(b"{}")
        here.watch.check(await wire.answer())
    for value in ("200-ok", "<script>", "100-continue, x", "a" * 3000):
        raw = POST.format("ping") + f"Expect: {value}\r\nContent-Length: 0\r\n\r\n"
        assert await _raw(here, raw.encode()) == 417


async def test_a_body_that_is_cut_off_leaves_nothing(here: World) -> None:
    body = here.enemy.batch(here.enemy.write())
    for part in (0, 1, len(body) // 2, len(body) - 1):
        raw = POST.format("messages") + f"Content-Length: {len(body)}\r\n\r\n"
        async with Wire(
            here.port, here.enemy.ring.channel(), here.enemy.target.certificates
        ) as wire:
            await wire.send(raw.encode() + body[:part])
            await wire.half_close()
    chunked = POST.format("messages") + "Transfer-Encoding: chunked\r\n\r\nFFFF\r\nabc"
    async with Wire(here.port, here.enemy.ring.channel(), here.enemy.target.certificates) as wire:
        await wire.send(chunked.encode())
        await wire.half_close()
    here.watch.check(await here.wire.post("ping", b'{"nonce":"x","profile":"tracer-1"}'))


async def test_a_body_in_many_chunks_is_read_once_and_no_further(here: World) -> None:
    body = b'{"nonce":"x","profile":"tracer-1"}'
    chunks = b"".join(b"1;x=" + b"y" * 20 + b"\r\n" + body[i : i + 1] + b"\r\n" for i in range(34))
    raw = (POST.format("ping") + "Transfer-Encoding: chunked\r\n\r\n").encode()
    assert await _raw(here, raw + chunks + b"0\r\n\r\n") == 200


async def test_a_body_over_its_bound_is_refused_while_it_comes(here: World) -> None:
    before = resident()
    for what, size in (("ping", 2_000_000), ("messages", 9 * 2**20), ("receipts", 9 * 2**20)):
        raw = POST.format(what) + f"Content-Length: {size}\r\n\r\n"
        async with Wire(
            here.port, here.enemy.ring.channel(), here.enemy.target.certificates
        ) as wire:
            try:
                await wire.send(raw.encode() + bytes(size))
            except (ConnectionError, ssl.SSLError):
                continue
            found = await wire.answer()
            here.watch.check(found)
            assert found is None or found.status == 413
    assert resident() - before < 64 * 2**20


async def test_a_batch_of_nothing_but_line_feeds_costs_no_memory(here: World) -> None:
    body = b"\n" * (8 * 2**20)
    assert (await here.post("messages", body)).status == 413
    tracemalloc.start()
    with pytest.raises(PeerError):
        read_batch(body, limit=100)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


async def test_a_slow_body_ends_in_time_and_blocks_nobody(tmp_path: Path) -> None:
    async with world(tmp_path, body_seconds=1) as here:
        raw = POST.format("messages") + "Content-Length: 100000\r\n\r\n{"
        slow = [
            Wire(here.port, here.enemy.ring.channel(), here.enemy.target.certificates)
            for _ in range(8)
        ]
        await asyncio.gather(*(wire.send(raw.encode()) for wire in slow))
        assert await here.codes(here.enemy.batch(here.enemy.write())) in (["quota"], ["receipt"])
        third = here.third.batch(here.third.write())
        assert (await here.third_wire.post("messages", third)).status == 200
        answers = await asyncio.gather(*(wire.answer() for wire in slow))
        for wire, found in zip(slow, answers, strict=True):
            here.watch.check(found)
            assert found is None or found.status == 408
            await wire.close()
        assert await here.codes(here.enemy.batch(here.enemy.write())) == ["receipt"]


async def test_pipelined_requests_are_answered_one_by_one_in_order(here: World) -> None:
    one = b'{"nonce":"%d","profile":"tracer-1"}'
    data = b"".join(
        POST.format("ping").encode() + b"Content-Length: 34\r\n\r\n" + one % n for n in range(9)
    )
    async with Wire(here.port, here.enemy.ring.channel(), here.enemy.target.certificates) as wire:
        await wire.send(data + b"POST /smuggled")
        for n in range(9):
            found = await wire.answer()
            assert found is not None
            assert f'"nonce":"{n}"'.encode() in found.body


async def test_an_unknown_certificate_gets_no_further_than_the_handshake(here: World) -> None:
    stranger = new_channel("XZ-NPOC", now=here.enemy.clock.now())
    async with Wire(here.port, stranger, here.enemy.target.certificates) as wire:
        with pytest.raises((ConnectionError, ssl.SSLError, AssertionError)):  # noqa: PT012 - either
            await wire.send((POST.format("ping") + "\r\n").encode())
            assert await wire.answer() is not None
    here.watch.check(await here.wire.post("ping", b'{"nonce":"x","profile":"tracer-1"}'))


async def test_no_certificate_and_no_tls_get_no_answer(here: World) -> None:
    for data in (b"POST /exchange/v1/ping HTTP/1.1\r\n\r\n", b"\x16\x03\x01" + bytes(400)):
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(data)
        assert b"HTTP" not in await reader.read(64)
        writer.close()


@settings(
    max_examples=400 if PROVE else 25,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    b"Host: x\r\n",
                    b"Upload-Offset: 0\r\n",
                    b"Content-Length: 5\r\n",
                    b"Transfer-Encoding: chunked\r\n",
                    b"Expect: 100-continue\r\n",
                    b"\r\n",
                    b"0\r\n\r\n",
                    b"{}\n",
                ]
            ),
            st.integers(0, ROUTES - 1),
            st.binary(max_size=40),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_any_row_of_pieces_of_http_is_survived(
    shared: tuple[asyncio.Runner, World], pieces: list[bytes | int]
) -> None:
    """A number is the first line of a request to the endpoint of this number."""
    runner, found = shared
    assert len(found.served) == ROUTES
    lines = [
        f"{method} {path.replace('{digest}', DIGEST)} HTTP/1.1\r\n".encode()
        for method, path in found.served
    ]
    data = b"".join(lines[piece] if isinstance(piece, int) else piece for piece in pieces)

    async def send() -> None:
        wire = Wire(found.port, found.enemy.ring.channel(), found.enemy.target.certificates)
        async with wire:
            await wire.send(data + b"\r\n\r\n")
            try:
                async with asyncio.timeout(0.05):
                    found.watch.check(await wire.answer())
            except TimeoutError:
                return

    runner.run(send())
