"""The running node's control socket: commands of the people on this machine.

A Unix socket in the data folder, mode 0600. One errand per connection (`errands`). The steps:

1. the kernel says who is at the other end: the node's own user or root, else nothing is read;
2. one line of bounded length, decoded strictly;
3. the command runs, progress goes out as it comes;
4. its answer or its error goes out, and the connection ends.

An errand whose asker goes away is finished all the same: what it had begun commits or not, as a
whole. At the end of the node, errands under way get the time that draining has.

What it does not do: decide who may do what; the command's casework does, by the name of the actor.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator

from tracer.errors import InputError, TracerError
from tracer.log import get_logger
from tracer.node.commands import Call, run
from tracer.node.control.errands import MAX_LINE, Report, failure, line, read_errand
from tracer.node.control.sockets import may_ask, peer_uid, short_name
from tracer.node.desk import Desk

_log = get_logger("node.control")
ASK_WITHIN = 30.0
"""Seconds in which the line that asks must be here."""


@contextlib.asynccontextmanager
async def control(desk: Desk, *, max_line: int = MAX_LINE) -> AsyncIterator[None]:
    """Answer on the socket inside the context. The store's lock is held by the caller."""
    path = desk.rooms.home.socket
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with short_name(path) as name:
        before = os.umask(0o177)
        try:
            listening.bind(name)
        finally:
            os.umask(before)
    counter = Counter(desk, max_line=max_line)
    server = await asyncio.start_unix_server(counter.serve, sock=listening, limit=max_line)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)
        await counter.drain(desk.rooms.config.limits.drain_seconds)


class Counter:
    """Serves those who come, and knows who is still being served."""

    def __init__(self, desk: Desk, *, max_line: int, uid: int | None = None) -> None:
        self._desk = desk
        self._max_line = max_line
        self._uid = os.getuid() if uid is None else uid
        self._busy: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its first byte to its end."""
        task = asyncio.create_task(self._errand(reader, writer))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def drain(self, seconds: float) -> None:
        """Let errands under way end, then cut off what is left."""
        if not self._busy:
            return
        _, left = await asyncio.wait(self._busy, timeout=seconds)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _errand(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            connection = writer.get_extra_info("socket")
            if not may_ask(peer_uid(connection), ours=self._uid):  # 1
                _log.warning("control.refused", code="not-permitted")
                return
            writer.write(line(await self._report(reader, writer)))
            await writer.drain()
        except (ConnectionError, TimeoutError):
            _log.info("control.left")
        finally:
            writer.close()

    async def _report(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Report:
        try:
            errand = read_errand(await self._line(reader))  # 2

            def progress(what: str, done: int, total: int) -> None:
                if not writer.is_closing():
                    writer.write(line(Report(progress=(what, done, total))))

            call = Call(desk=self._desk, actor=errand.actor, served=True, progress=progress)
            return Report(answer=await run(errand.name, errand.args, call))  # 3
        except TracerError as error:
            return Report(error=failure(error))
        except Exception as error:  # noqa: BLE001 - one errand must not end the node
            _log.exception("control.crashed", error_type=type(error).__name__)
            return Report(error=failure(error))

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(ASK_WITHIN):
                return await reader.readuntil(b"\n")
        except asyncio.LimitOverrunError as error:
            raise InputError(
                "too-large", f"an errand has at most {self._max_line} bytes"
            ) from error
        except asyncio.IncompleteReadError as error:
            raise InputError("arguments", "the line that asks has no end") from error
