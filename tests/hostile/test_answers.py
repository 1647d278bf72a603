"""F11, R9: the other side answers garbage, nothing, too much, too slowly, or as somebody else.

The peer here has the real channel key of the authority it stands for, so TLS is in order; what it
says is not. Whatever it says, nothing counts as delivered, nothing of it is kept, and when the real
node is back the message arrives once.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.audit import audit
from tests.faults.pair import LEASE, Pair, Side, pair, third
from tests.nodes import request
from tracer.clock import SystemClock
from tracer.errors import PeerError
from tracer.exchange import batch as wire
from tracer.exchange.refusals import refuse
from tracer.trust.channel import new_channel, server_context

B = "XB-NPOC"
SETTINGS = "answer_seconds = 1\nconnect_seconds = 1\n"
Say = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


def says(status: str, body: bytes, *headers: str) -> Say:
    """A peer that answers everything with the same."""

    async def say(_request: bytes, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()

    return say


async def _endless(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0)  # a lost line is told to whoever lets the loop run


async def _silent(_request: bytes, writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():  # until the node has lost its patience
        writer.write(b"")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _drips(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"{")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _hangs_up(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}")
    await writer.drain()


ANSWERS: dict[str, Say] = {
    "empty": says("200 OK", b""),
    "no content": says("204 No Content", b""),
    "garbage": says("200 OK", bytes(range(256)) * 40),
    "other json": says("200 OK", b'{"ok":true}\n'),
    "deep json": says("200 OK", b"[" * 100_000),
    "html": says("200 OK", b"<html>welcome</html>", "Content-Type: text/html"),
    "an error page": says("500 Internal Server Error", b"<h1>Traceback</h1>"),
    "elsewhere": says("302 Found", b"", "Location: https://127.0.0.1:1/exchange/v1/messages"),
    "forever": says("308 Permanent Redirect", b"", "Location: http://127.0.0.1:1/"),
    "a false problem": says("403 Forbidden", b'{"code":"peer-suspended","status":403}'),
    "a problem of its own": says("400 Bad Request", b'{"code":"<script>","status":400}'),
    "compressed": says("200 OK", b"\x1f\x8b\x08" + bytes(400), "Content-Encoding: gzip"),
    "endless": _endless,
    "silent": _silent,
    "drop by drop": _drips,
    "cut short": _hangs_up,
}


@asynccontextmanager
async def in_place_of(side: Side, say: Say, context: ssl.SSLContext) -> AsyncIterator[list[bytes]]:
    """Listen where a node listened and answer in its place; what was asked."""
    asked: list[bytes] = []

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            asked.append(head)
            await say(head, writer)
        except (OSError, EOFError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()

    port = side.config.listen.port
    server = await asyncio.start_server(connection, "127.0.0.1", port, ssl=context)
    try:
        yield asked
    finally:
        server.close()


@asynccontextmanager
async def impersonated(two: Pair, say: Say) -> AsyncIterator[list[bytes]]:
    """The second node is away; somebody with its channel key answers for it."""
    channel = two.b.rooms.keyring.channel()
    context = server_context(channel, anchors=two.b.rooms.cell.get().anchors_der())
    await two.b.stop()
    async with in_place_of(two.b, say, context) as asked:
        yield asked
    await two.b.start()


@pytest.mark.parametrize("name", ANSWERS)
async def test_f11_whatever_a_peer_answers_nothing_counts_until_it_answers_rightly(
    tmp_path: Path, name: str
) -> None:
    async with pair(tmp_path, settings=SETTINGS) as two:
        sent = await two.a.rooms.submit(request(two.a.rooms, B))
        async with impersonated(two, ANSWERS[name]) as asked:
            await two.a.round()
            row = await two.a.row(sent.id)
            assert (row.state, row.attempts) == ("queued", 1)
            assert row.last_error.replace("-", "").isalnum()
            assert len([one for one in asked if one.startswith(b"POST")]) == 1
            assert await two.a.rooms.store.read(lambda tx: tx.messages.receipt(B, sent.id)) is None
            assert await two.a.rooms.store.read(lambda tx: tx.peers.faults(B)) == []
        two.clock.advance(LEASE)
        await two.drain()
        await audit(two.a.rooms, two.b.rooms)


async def test_f11_a_refusal_signed_by_somebody_else_ends_nothing(tmp_path: Path) -> None:
    async with pair(tmp_path / "pair") as two, third(tmp_path / "third", two) as c:
        sent = await two.a.rooms.submit(request(two.a.rooms, B))
        forged = refuse(
            PeerError("payload-schema", "not said by the peer"),
            b"anything",
            message_id=sent.id,
            us=B,
            peer=two.a.rooms.authority,
            at="2026-03-01T12:00:00.000Z",
            key=c.rooms.keyring.signing_key(),
        )
        head = wire.Head(profile=wire.PROFILE, checkpoint=None, consistency=None)
        body = wire.write(head, (wire.Reply(sent.id, refusal=forged),))
        async with impersonated(two, says("200 OK", body)):
            await two.a.round()
            assert (await two.a.row(sent.id)).state == "queued"
        two.clock.advance(LEASE)
        await two.drain()
        await audit(two.a.rooms, two.b.rooms)


async def test_f11_another_certificate_gets_not_a_byte(tmp_path: Path) -> None:
    async with pair(tmp_path, settings=SETTINGS) as two:
        sent = await two.a.rooms.submit(request(two.a.rooms, B))
        anchors = two.b.rooms.cell.get().anchors_der()
        stranger = new_channel(B, now=SystemClock().now(), hosts=("127.0.0.1",))
        await two.b.stop()
        context = server_context(stranger, anchors=anchors)
        async with in_place_of(two.b, ANSWERS["empty"], context) as asked:
            await two.a.round()
            assert asked == []
        assert (await two.a.row(sent.id)).last_error == "line-certificate"
        await two.b.start()
        two.clock.advance(LEASE)
        await two.drain()
        await audit(two.a.rooms, two.b.rooms)


async def test_r9_no_address_that_a_peer_names_is_fetched(tmp_path: Path) -> None:
    followed: list[bytes] = []

    async def trap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        followed.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(trap, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with pair(tmp_path, settings=SETTINGS) as two:
        sent = await two.a.rooms.submit(request(two.a.rooms, B))
        away = says("307 Temporary Redirect", b"", f"Location: https://127.0.0.1:{port}/x")
        async with impersonated(two, away):
            await two.a.round()
        assert (await two.a.row(sent.id)).state == "queued"
        two.clock.advance(LEASE)
        await two.drain()
    server.close()
    assert followed == []
