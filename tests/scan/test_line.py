"""The line to the scanner: clamd's protocol, and every way in which it gives no answer."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

import pytest

from tests.scan.server import SILENCE, VIRUS, Clamd, clamd
from tracer.errors import OperatorError
from tracer.transport.scan import CHUNK, ClamdLine

LONG = 30.0


async def error_of(path: str, data: bytes = b"%PDF-", seconds: float = LONG) -> str:
    """The code of what is raised for a file that is not scanned."""
    with pytest.raises(OperatorError) as found:
        await ClamdLine(path, seconds=seconds).scan(data)
    assert found.value.advice
    return found.value.code


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 7])
async def test_a_file_arrives_whole_in_chunks_and_nothing_is_found(size: int) -> None:
    made, data = Clamd(), bytes(range(256)) * (size // 256 + 1)
    async with clamd(made) as path:
        assert await ClamdLine(path, seconds=LONG).scan(data[:size]) == ""
    assert made.scanned == [data[:size]]


async def test_what_was_found_is_told_by_its_name() -> None:
    async with clamd(Clamd()) as path:
        assert await ClamdLine(path, seconds=LONG).scan(b"%PDF-" + VIRUS) == "Eicar-Test"


async def test_a_scanner_that_has_enough_is_heard_though_it_hung_up_before_the_end() -> None:
    async with clamd(Clamd(limit=CHUNK)) as path:
        assert await error_of(path, bytes(64 * CHUNK)) == "scanner-size"


async def test_a_file_that_it_gave_up_on_by_its_limits_was_not_scanned() -> None:
    says = b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"
    async with clamd(Clamd(says=says)) as path:
        assert await error_of(path) == "scanner-size"


@pytest.mark.parametrize(
    "says",
    [
        b"\0",
        b"OK\0",
        b"stream: OK",
        b"stream: ok\0",
        b"stream: OK FOUND it\0",
        b"stream: Can't allocate memory ERROR\0",
        b"stream:  FOUND\0",
        b"stream: a\nb FOUND\0",
        b"stream: \xff\xfe FOUND\0",
        b"stream: " + b"A" * 2000 + b" FOUND\0",
        b"stream: OKAY\0",
        b"x" * 100_000,
    ],
)
async def test_an_answer_that_is_not_understood_never_means_that_nothing_was_found(
    says: bytes,
) -> None:
    async with clamd(Clamd(says=says)) as path:
        assert await error_of(path) == "scanner-down"


async def test_a_scanner_that_does_not_answer_is_not_waited_for_longer_than_is_set() -> None:
    async with clamd(Clamd(says=SILENCE)) as path:
        assert await error_of(path, seconds=0.01) == "scanner-down"


async def test_nobody_at_the_socket_and_no_socket_are_told_alike() -> None:
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        path = str(Path(folder) / "none")
        assert await error_of(path) == "scanner-down"
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as bound:
            bound.bind(path)
            assert await error_of(path) == "scanner-down"


async def test_it_says_that_it_is_there() -> None:
    made = Clamd()
    async with clamd(made) as path:
        await ClamdLine(path, seconds=LONG).ping()
    assert made.pinged == 1
    async with clamd(Clamd(says=b"PING\0")) as path:
        with pytest.raises(OperatorError) as found:
            await ClamdLine(path, seconds=LONG).ping()
    assert found.value.code == "scanner-down"
