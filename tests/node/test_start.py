"""A node begins to serve: what a killed process left is gone; an address that is taken is told."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.nodes import free_port, make_node
from tracer.clock import SystemClock
from tracer.errors import OperatorError
from tracer.node.serve import running


async def test_half_a_file_of_our_own_is_removed_and_half_a_file_of_a_peer_stays(
    tmp_path: Path,
) -> None:
    made = await make_node(tmp_path / "a", "XA-NPOC", port=free_port())
    ours, theirs = (made.home.attachments / f"{'d' * 43}{end}" for end in (".part", ".XB.part"))
    for part in (ours, theirs):
        part.write_bytes(b"half")
    async with running(made.home, made.config, SystemClock()):
        assert (ours.exists(), theirs.exists()) == (False, True)


@pytest.mark.parametrize("settings", ["listen", "desk"])
async def test_a_port_that_is_in_use_is_named_with_the_setting_that_chooses_it(
    tmp_path: Path, settings: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        desk = {"host": "127.0.0.1", "port": port, "origin": f"http://127.0.0.1:{port}"}
        made = await make_node(
            tmp_path / "a",
            "XA-NPOC",
            port=port if settings == "listen" else free_port(),
            settings={"desk": desk} if settings == "desk" else None,
        )
        with pytest.raises(OperatorError, match=f"port {port} of 127.0.0.1 is in use") as told:
            async with running(made.home, made.config, SystemClock()):
                pass
    assert (told.value.code, f"{settings}.port" in told.value.advice) == ("listen-address", True)


async def test_a_host_that_is_none_of_this_machine_is_told(tmp_path: Path) -> None:
    elsewhere = {"listen": {"host": "192.0.2.1"}}
    made = await make_node(tmp_path / "a", "XA-NPOC", port=free_port(), settings=elsewhere)
    with pytest.raises(OperatorError, match=r"192\.0\.2\.1") as told:
        async with running(made.home, made.config, SystemClock()):
            pass
    assert told.value.code == "listen-address"
