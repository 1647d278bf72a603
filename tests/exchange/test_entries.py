"""Entries are handed on by line: what is taken, what is refused, and how both come to agree."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.nodes import free_port, make_node
from tests.peers import admit_entry
from tracer.clock import SystemClock
from tracer.node.opening import load_directory, open_rooms

A, B, C = "XA-NPOC", "XB-NPOC", "XC-NPOC"


async def test_two_entries_that_are_taken_at_once_both_count(tmp_path: Path) -> None:
    ours, *others = [await make_node(tmp_path / name, name, port=free_port()) for name in (A, B, C)]
    async with open_rooms(ours.home, ours.config, SystemClock()) as rooms:
        await asyncio.gather(
            *(admit_entry(rooms, other.entry_file, by="officer") for other in others)
        )
        stored = await rooms.store.read(load_directory)
        assert {peer.authority for peer in rooms.cell.get()} == {B, C}
        assert {peer.authority for peer in stored} == {B, C}
