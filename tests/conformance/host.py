"""A running node for a foreign implementation to speak with, driven by lines on standard input.

    python -m tests.conformance.host FOLDER

prints one JSON line `{"authority", "endpoint", "entry"}` when the node listens (`entry` is the path
of its entry file), then obeys one command a line and answers each with one JSON line:

    admit FILE       take a foreign authority's entry file
    case THREAD      the state of a thread here
    answer THREAD    send an acknowledgement and a result in the thread
    receipts THREAD  how many of our messages in the thread have a verified receipt
    quit
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.nodes import free_port, make_node, reply
from tracer.clock import SystemClock
from tracer.errors import TracerError
from tracer.node.peers import admit_entry
from tracer.node.rooms import Rooms
from tracer.node.serve import running

AUTHORITY = "XA-NPOC"


async def main(folder: Path) -> None:
    """Serve until `quit` or the end of input."""
    made = await make_node(folder / "node", AUTHORITY, port=free_port())
    async with running(made.home, made.config, SystemClock()) as node:
        tell(
            authority=AUTHORITY,
            endpoint=node.rooms.entry.entry.endpoint,
            entry=str(made.home.entry),
        )
        while (line := await asyncio.to_thread(sys.stdin.readline)).strip() not in {"", "quit"}:
            word, _, rest = line.strip().partition(" ")
            try:
                tell(**await obey(node.rooms, word, rest))
            except TracerError as error:
                tell(error=error.code, sentence=error.message)


async def obey(rooms: Rooms, word: str, rest: str) -> dict[str, object]:
    """Do one command."""
    if word == "admit":
        data = await asyncio.to_thread(Path(rest).read_bytes)
        return {"admitted": (await admit_entry(rooms, data, by="officer")).authority}
    if word == "case":
        case = await rooms.store.read(lambda tx: tx.cases.get(rest))
        return {"state": None if case is None else case.state}
    if word == "answer":
        thread = await rooms.store.read(lambda tx: tx.threads.get(rest))
        if thread is None:
            return {"error": "thread-unknown"}
        for kind in ("acknowledgement", "result"):
            await rooms.submit(reply(rooms, kind, rest, thread.peer))
        return {"answered": rest}
    if word == "receipts":
        found = await rooms.store.read(lambda tx: tx.messages.receipts_of(rest))
        return {"receipts": len(found)}
    return {"error": "command-unknown"}


def tell(**facts: object) -> None:
    """Answer with one line of JSON."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
