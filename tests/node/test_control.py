"""The control socket: who may ask, how much, and what comes back."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from tests.cli.house import staffed
from tracer.clock import SystemClock
from tracer.errors import InputError, LineError, OperatorError, PeerError, TracerError
from tracer.node.commands import COMMANDS, Call, run
from tracer.node.control import client, errands
from tracer.node.control.errands import Errand, Report, error_of, failure, line, read_errand
from tracer.node.control.server import control
from tracer.node.control.sockets import may_ask, peer_uid, short_name
from tracer.node.desk import Desk, open_desk
from tracer.node.opening import open_rooms


@asynccontextmanager
async def answering(folder: Path, *, max_line: int = errands.MAX_LINE) -> AsyncIterator[Desk]:
    """A node whose control socket answers; nothing else of it runs."""
    made = await staffed(folder)
    async with AsyncExitStack() as stack:
        rooms = await stack.enter_async_context(open_rooms(made.home, made.config, SystemClock()))
        desk = open_desk(rooms)
        await stack.enter_async_context(control(desk, max_line=max_line))
        yield desk


async def raw(desk: Desk, data: bytes) -> Report:
    """Send bytes, return the last line."""
    with short_name(desk.rooms.home.socket) as path:
        reader, writer = await asyncio.open_unix_connection(path)
    writer.write(data)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return msgspec.json.decode(answer.splitlines()[-1], type=Report)


def code_of(report: Report) -> str:
    """The code of a report that must be a failure."""
    assert isinstance(report.error, errands.Failure)
    return report.error.code


@pytest.mark.parametrize(("uid", "ours", "may"), [(7, 7, True), (0, 7, True), (8, 7, False)])
def test_the_nodes_own_user_and_root_may_ask(uid: int, ours: int, may: bool) -> None:  # noqa: FBT001
    assert may_ask(uid, ours=ours) is may


def test_the_kernel_tells_who_is_at_the_other_end() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        assert peer_uid(one) == os.getuid()


async def test_the_socket_is_closed_to_others_and_gone_at_the_end(tmp_path: Path) -> None:
    async with answering(tmp_path / "node") as desk:
        path = desk.rooms.home.socket
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


async def test_a_deep_data_folder_has_a_socket_too(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 20) / ("deeper" * 20)
    async with answering(folder):
        status = await client.ask(folder, "status", {})
    assert status["running"] is True


async def test_a_socket_left_by_a_dead_node_is_in_nobodys_way(tmp_path: Path) -> None:
    made = await staffed(tmp_path / "node")
    with socket.socket(socket.AF_UNIX) as dead, short_name(made.home.socket) as name:
        dead.bind(name)
    assert (await client.ask(made.home.root, "status", {}))["running"] is False
    async with (
        open_rooms(made.home, made.config, SystemClock()) as rooms,
        control(open_desk(rooms)),
    ):
        assert (await client.ask(made.home.root, "status", {}))["running"] is True


async def test_a_line_that_is_too_long_is_refused(tmp_path: Path) -> None:
    async with answering(tmp_path / "node", max_line=1024) as desk:
        long = line(Errand("status", {"x": "y" * 2000}))
        assert code_of(await raw(desk, long)) == "too-large"
        assert code_of(await raw(desk, b'{"name": "status"}')) == "arguments"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"hello\n", "arguments"),
        (b"{}\n", "arguments"),
        (b'{"name": "status", "more": 1}\n', "arguments"),
        (b'{"name": "status", "args": {"x": 1}}\n', "arguments"),
        (b'{"name": "status", "args": []}\n', "arguments"),
        (b'{"name": "sing"}\n', "command-unknown"),
        (b'{"name": "draft.list"}\n', "person-unknown"),
    ],
)
async def test_what_is_no_errand_is_told_so(tmp_path: Path, data: bytes, code: str) -> None:
    async with answering(tmp_path / "node") as desk:
        assert code_of(await raw(desk, data)) == code


async def test_one_who_goes_away_disturbs_nobody(tmp_path: Path) -> None:
    async with answering(tmp_path / "node") as desk:
        with short_name(desk.rooms.home.socket) as path:
            _, writer = await asyncio.open_unix_connection(path)
            writer.transport.abort()
        assert (await client.ask(desk.rooms.home.root, "status", {}))["running"] is True


async def test_progress_travels_before_the_answer(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    async with answering(tmp_path / "node") as desk:
        folder = desk.rooms.home.root
        found = await client.ask(folder, "store.verify", {}, progress=lambda *one: told.append(one))
    assert found["faults"] == []
    assert told
    assert [what for what, _, _ in told] == ["checking messages", "checking who did what"]


async def test_a_node_that_goes_away_is_told_as_a_broken_line(tmp_path: Path) -> None:
    made = await staffed(tmp_path / "node")

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    with short_name(made.home.socket) as name:
        async with await asyncio.start_unix_server(hang_up, name):
            with pytest.raises(LineError) as caught:
                await client.ask(made.home.root, "status", {})
    assert caught.value.code == "control-lost"


@pytest.mark.parametrize(
    "error",
    [
        InputError("x", "m", advice="a", field="f"),
        OperatorError("x", "m", advice="a"),
        LineError("x", "m"),
        PeerError("seal-key", "m", hints=("kid",)),
        TracerError("x", "m"),
    ],
)
def test_an_error_arrives_as_what_it_was(error: TracerError) -> None:
    report = msgspec.json.decode(line(Report(error=failure(error))), type=Report)
    assert isinstance(report.error, errands.Failure)
    found = error_of(report.error)
    assert type(found) is type(error)
    assert vars(found) == vars(error)


def test_an_unexpected_error_loses_its_text() -> None:
    told = failure(RuntimeError("the serial is AB 4817"))
    assert told.code == "internal"
    assert "AB" not in told.message + told.advice


def test_an_errand_is_one_line() -> None:
    errand = Errand("draft.new", {"document": {"text": "a\nb"}}, "officer.one")
    assert line(errand).count(b"\n") == 1
    assert read_errand(line(errand)) == errand


def test_every_command_is_registered_under_its_own_name() -> None:
    assert all(name == one.name for name, one in COMMANDS.items())
    assert {name for name, one in COMMANDS.items() if one.appends} == {
        "release.approve",
        "courier.export",
        "courier.import",
    }


async def test_nothing_is_released_while_the_node_restores(tmp_path: Path) -> None:
    async with answering(tmp_path / "node") as desk:
        desk.rooms.home.restoring.write_text("restored\n")
        with pytest.raises(OperatorError) as caught:
            await run("release.approve", {"draft": "D1"}, Call(desk=desk, actor="officer.one"))
    assert caught.value.code == "restore-mode"
    assert "tracer restore show" in caught.value.advice
