"""What a process that was killed left behind is gone when the node serves again."""

from __future__ import annotations

from pathlib import Path

from tests.nodes import free_port, make_node
from tracer.clock import SystemClock
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
