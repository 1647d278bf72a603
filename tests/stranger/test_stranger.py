"""A peer written from the specification alone exchanges messages with a node."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path

from tests.nodes import network, reply
from tests.peers import admit_entry
from tests.stranger import crypto
from tests.stranger.crypto import digest
from tests.stranger.peer import Stranger
from tracer.trust.entry import verify_entry

FOLDER = Path(__file__).parent


def test_the_stranger_imports_nothing_of_the_package() -> None:
    for name in ("crypto.py", "log.py", "peer.py"):
        tree = ast.parse((FOLDER / name).read_text("utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {
            a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names
        }
        assert not {name for name in imported if (name or "").startswith("tracer")}


async def test_a_stranger_asks_and_collects_the_answers(tmp_path: Path) -> None:
    async with network(tmp_path, [("XB-NPOC", "reached")]) as nodes:
        b = nodes["XB-NPOC"].rooms
        stranger = Stranger("XA-NPOC", b.home.entry.read_bytes())
        await admit_entry(b, stranger.entry_file(), by="officer")
        assert (await asyncio.to_thread(stranger.ping))["authority"] == "XB-NPOC"
        asked = await asyncio.to_thread(_ask, stranger)
        stored = await b.store.read(lambda tx: tx.threads.get(asked))
        assert stored is not None
        assert await asyncio.to_thread(stranger.collect) == []
        for kind in ("acknowledgement", "more-info"):
            await b.submit(reply(b, kind, asked, "XA-NPOC"))
        answers = await asyncio.to_thread(stranger.collect)
        assert [answer["type"] for answer in answers] == ["acknowledgement", "more-info"]
        receipts = await b.store.read(lambda tx: tx.messages.receipts_of(asked))
        assert receipts.keys() == {answer["id"] for answer in answers}
        again = {"thread": asked, "follows": sorted([asked, answers[-1]["id"]])}
        await asyncio.to_thread(stranger.send, {"type": "progress-enquiry", **again}, {})
        assert len(stranger.receipts) == 2
        assert await asyncio.to_thread(stranger.collect) == []


async def test_the_strangers_names_are_those_of_the_node(tmp_path: Path) -> None:
    async with network(tmp_path, [("XB-NPOC", "reached")]) as nodes:
        stranger = Stranger("XA-NPOC", nodes["XB-NPOC"].rooms.home.entry.read_bytes())
        verified = verify_entry(stranger.entry_file())
        assert verified.digest == digest(verified.jws.encode())


def _ask(stranger: Stranger) -> str:
    mark = {"kind": {"list": "mark-kind", "version": 1, "value": "SERIAL"}, "text": "A12345"}
    payload = {
        "type": "request",
        "terms": digest(crypto.canonical(stranger.peer["terms"])),
        "reference": "XA-2026-000001",
        "firearms": [{"line": 1, "marks": [mark]}],
    }
    return stranger.send(payload, {"narrative": {"summary": "found in a car, найдено"}})
