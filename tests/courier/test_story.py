"""The story of the demonstration ends alike by line and by courier: state and evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from tracer.clock import SystemClock
from tracer.config import Config
from tracer.demo.cast import cast, found_all
from tracer.demo.story import Story
from tracer.demo.timeline import Timeline
from tracer.evidence.record import parse_record
from tracer.node.home import Home
from tracer.node.rooms import Rooms
from tracer.node.serve import running
from tracer.store import Tx

_ID = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_INSTANT = re.compile(r"20\d\d-\d\d-\d\dT[0-9:.]+Z")


class Quiet(Timeline):
    """Tells nobody."""

    def _print(self, text: str) -> None:
        pass


async def told(root: Path, *, courier: bool) -> dict[str, Any]:
    """Play the story with nodes in this process; what each of them holds at its end."""
    authorities = cast(root, courier=courier)
    entries = await found_all(authorities)
    async with AsyncExitStack() as stack:
        rooms = [
            (
                await stack.enter_async_context(
                    running(Home(one.folder), Config.load(one.folder, environ={}), SystemClock())
                )
            ).rooms
            for one in authorities
        ]
        story = Story(authorities, Quiet())
        await story.acquaintance(entries)
        thread = await story.first_request()
        await story.answer(thread)
        onward = await story.follow_on(thread)
        await story.feedback((thread, onward))
        await story.refusal()
        await story.proof()
        by_name = {one.authority: one for one in rooms}
        return {one.authority: await held(one, by_name) for one in rooms}


async def held(rooms: Rooms, others: Mapping[str, Rooms]) -> list[Any]:
    """Cases in the order they began: row, state as folded, messages, records, receipts."""
    return [
        {
            "case": case,
            "messages": [await evidence(one, rooms, others) for one in messages],
        }
        for case, messages in await rooms.store.read(lambda tx: _cases(tx, rooms))
    ]


def _cases(tx: Tx, rooms: Rooms) -> list[tuple[Any, Sequence[Any]]]:
    found: list[tuple[Any, Sequence[Any]]] = []
    for row in sorted(tx.cases.list(), key=lambda one: tx.threads.get(one.thread).created):  # type: ignore[union-attr]
        thread = tx.threads.get(row.thread)
        assert thread is not None
        heads = tx.messages.heads([row.thread])[row.thread]
        events = rooms.projection.events(tx, thread, heads, tx.messages.receipted([row.thread]))
        plain = [row.peer, row.opener, row.state, row.awaiting, row.urgency, row.reference]
        folded = [(one.id, type(one.message).__name__, one.author) for one in events]
        names: dict[str, str] = {}
        text = _plain(f"{plain} {row.summary_json.decode()} {folded}", names)
        found.append((text, [(head, names.get(head.id)) for head in heads]))
    return found


async def evidence(one: tuple[Any, str | None], rooms: Rooms, others: Mapping[str, Rooms]) -> Any:
    """What a node holds about a message, and that the other side holds the same bytes."""
    head, name = one
    ours = await rooms.store.read(lambda tx: tx.messages.known(head.peer, [head.id])[head.id])
    there = await others[head.peer].store.read(
        lambda tx: tx.messages.known(rooms.authority, [head.id])[head.id]
    )
    proof = await rooms.store.read(
        lambda tx: (
            tx.messages.receipt(head.peer, head.id)
            if head.direction == "out"
            else tx.messages.sender_proof(head.peer, head.id)
        )
    )
    assert proof is not None
    assert proof.record == there.record  # the receipt, or the sender's proof
    files = await rooms.store.read(lambda tx: tx.attachments.for_message(head.id))
    mine = parse_record(ours.record)
    return (
        name,
        head.direction,
        head.type,
        head.flags,
        (mine.kind, mine.sender, mine.recipient, mine.id == head.id),
        [(file.size, file.state) for file in files],
    )


def _plain(text: str, names: dict[str, str]) -> str:
    """The text with ids numbered as they appear, and without instants."""

    def number(found: re.Match[str]) -> str:
        return names.setdefault(found.group(), f"id {len(names)}")

    return _ID.sub(number, _INSTANT.sub("an instant", text))


async def test_the_story_ends_in_the_same_state_and_the_same_evidence(tmp_path: Path) -> None:
    by_line = await told(tmp_path / "line", courier=False)
    by_courier = await told(tmp_path / "courier", courier=True)
    assert by_courier == by_line
    assert [len(cases) for cases in by_line.values()] == [3, 2, 1]
