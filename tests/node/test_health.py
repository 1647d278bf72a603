"""Ready or not, told on loopback; and the words of systemd."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from tests.cli.house import staffed
from tests.nodes import free_port
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.node.sdnotify import notify, watchdog
from tracer.node.serve import running
from tracer.web.health import health


async def get(port: int, path: str) -> tuple[int, str]:
    """Status and text."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status, await answer.text()


async def test_a_node_is_ready_until_it_restores(tmp_path: Path) -> None:
    made = await staffed(tmp_path / "node")
    port = free_port()
    config = Config.load(made.home.root, environ={}, explicit={"listen": {"health_port": port}})
    async with running(made.home, config, SystemClock()):
        assert await get(port, "/livez") == (200, "ok\n")
        assert await get(port, "/readyz") == (200, "ok\n")
        made.home.restoring.write_text("restored\n")
        assert await get(port, "/readyz") == (503, "restore-mode\n")
        assert await get(port, "/livez") == (200, "ok\n")
        assert (await get(port, "/status"))[0] == 404


async def test_what_stands_in_the_way_is_named_by_its_codes() -> None:
    async def both() -> tuple[str, ...]:
        return ("disk-reserve", "store-failed")

    async with health(0, both) as port:
        assert await get(port, "/readyz") == (503, "disk-reserve\nstore-failed\n")


def test_without_systemd_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert notify("READY=1") is False


async def test_systemd_is_told_that_the_loop_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        name = f"tracer-{uuid4()}"
        heard.bind(f"\0{name}")
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        monkeypatch.setenv("WATCHDOG_USEC", "1000")
        assert notify("READY=1") is True
        beat = asyncio.create_task(watchdog())
        await asyncio.sleep(0)
        beat.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beat
        assert [heard.recv(64), heard.recv(64)] == [b"READY=1", b"WATCHDOG=1"]
