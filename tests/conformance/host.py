"""A running node for a foreign implementation to speak with, driven by lines on standard input.

    python -m tests.conformance.host FOLDER

prints one JSON line `{"authority", "endpoint", "entry"}` when the node listens (`entry` is the path
of its entry file), then obeys one command a line and answers each with one JSON line:

    admit FILE       take a foreign authority's entry file
    case THREAD      the state of a thread here
    answer THREAD    send an acknowledgement and a result in the thread
    photo THREAD     send an interim reply that announces a file
    receipts THREAD  how many of our messages in the thread have a verified receipt
    files THREAD     how far each file that is announced in the thread has come
    quit
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import msgspec

from tests.faults.pair import photos
from tests.nodes import free_port, make_node, reply
from tests.peers import admit_entry
from tracer.clock import SystemClock
from tracer.errors import TracerError
from tracer.node.rooms import Rooms
from tracer.node.serve import running
from tracer.store import Tx

AUTHORITY = "XA-NPOC"
PHOTO_BYTES = 150_000


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
    told: dict[str, object] = {"error": "command-unknown"}
    match word:
        case "admit":
            data = await asyncio.to_thread(Path(rest).read_bytes)
            told = {"admitted": (await admit_entry(rooms, data, by="officer")).authority}
        case "case":
            case = await rooms.store.read(lambda tx: tx.cases.get(rest))
            told = {"state": None if case is None else case.state}
        case "answer":
            told = await send(rooms, rest, "acknowledgement", "result")
        case "photo":
            told = await send(rooms, rest, "interim", announce=True)
        case "receipts":
            told = {
                "receipts": len(await rooms.store.read(lambda tx: tx.messages.receipts_of(rest)))
            }
        case "files":
            told = {"files": await files(rooms, rest)}
    return told


async def send(
    rooms: Rooms, thread_id: str, *kinds: str, announce: bool = False
) -> dict[str, object]:
    """Send the examples of these types in a thread; they announce a file if that is wanted."""
    thread = await rooms.store.read(lambda tx: tx.threads.get(thread_id))
    if thread is None:
        return {"error": "thread-unknown"}
    for kind in kinds:
        message = reply(rooms, kind, thread_id, thread.peer)
        if announce:
            message = msgspec.structs.replace(message, **photos(rooms, 1, PHOTO_BYTES))
        await rooms.submit(message)
    return {"answered": thread_id}


async def files(rooms: Rooms, thread_id: str) -> list[str]:
    """The state of every file that our messages of a thread announce."""

    def look(tx: Tx) -> list[str]:
        sent = tx.messages.of_thread(thread_id)
        return [row.state for one in sent for row in tx.attachments.for_message(one.id)]

    return await rooms.store.read(look)


def tell(**facts: object) -> None:
    """Answer with one line of JSON."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
