"""The scanner for malware of a node: set by its socket, and told of by `tracer status`."""

from __future__ import annotations

from pathlib import Path

from tests.nodes import free_port, make_node
from tests.scan.server import Clamd, clamd
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.node.desk import open_desk
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.node.status.nouns import Check
from tracer.node.status.whole import status


async def told(home: Home, socket: str) -> Check:
    """What status says of the scanner, with this setting."""
    config = Config.load(home.root, environ={}, explicit={"scanner": {"socket": socket}})
    async with open_rooms(home, config, SystemClock()) as rooms:
        assert open_desk(rooms).attach is not None
        found = await status(rooms, running=True)
    (one,) = [one for one in found.checks if one.what == "scanner"]
    return one


async def test_status_says_whether_there_is_a_scanner_and_whether_it_answers(
    tmp_path: Path,
) -> None:
    made, scanner = await make_node(tmp_path / "node", "XA-NPOC", port=free_port()), Clamd()
    async with clamd(scanner) as path:
        there = await told(made.home, path)
    assert (there.level, there.code, scanner.pinged) == ("ok", "scanner.answers", 1)
    gone = await told(made.home, path)
    assert (gone.level, gone.code) == ("act", "scanner.down")
    assert "Start clamd" in gone.advice
    assert (await told(made.home, "")).code == "scanner.off"
