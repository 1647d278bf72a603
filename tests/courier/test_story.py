"""The story of the demonstration ends alike by line and by courier: state and evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tracer.bundle.findings import Confirmed, Verdict
from tracer.bundle.verify import verify_bundle
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.demo.cast import Authority, cast, found_all
from tracer.demo.story import Story
from tracer.demo.timeline import Timeline
from tracer.errors import LineError
from tracer.evidence.record import parse_record
from tracer.node.desk import open_desk
from tracer.node.home import Home
from tracer.node.rooms import Rooms
from tracer.node.serve import running
from tracer.store import Tx
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer

_ID = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_HEX = re.compile(r"\b[0-9a-f]{64}\b")
_INSTANT = re.compile(r"20\d\d-\d\d-\d\dT[0-9:.]+Z")


class Quiet(Timeline):
    """Tells nobody."""

    def _print(self, text: str) -> None:
        pass


class CutLine:
    """A line that leads to everybody but one."""

    def __init__(self, line: PeerLine, other: str) -> None:
        self._line = line
        self._other = other

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def verb(peer: Peer, *args: Any, **named: Any) -> Any:
            if peer.authority == self._other:
                raise LineError("line-broken", "the network is cut")
            return getattr(self._line, name)(peer, *args, **named)

        return verb


def cut_to(other: str) -> Callable[[PeerLine], PeerLine]:
    """What becomes of the line of a node that does not reach `other` any more."""
    return lambda line: CutLine(line, other)


Way = Literal["line", "cut", "no port"]


class Ending(NamedTuple):
    """What the nodes hold at the end, and what was exported from them."""

    held: dict[str, Any]
    bundles: list[Verdict]


async def told(root: Path, way: Way) -> Ending:
    """Play the story with nodes in this process; what is there at its end.

    XA and XB have a line, or one that the network cuts, or none because neither opens a port. XC
    alone witnesses their logs, so that a line between them makes no difference to who does.
    """
    authorities = cast(root, courier=way == "no port")
    entries = await found_all(authorities)
    names = [one.id for one in authorities]
    others = {names[0]: names[1], names[1]: names[0]} if way == "cut" else {}
    async with AsyncExitStack() as stack:
        rooms = [
            (
                await stack.enter_async_context(
                    running(
                        Home(one.folder),
                        Config.load(one.folder, environ={}),
                        SystemClock(),
                        through=cut_to(others.get(one.id, "")),
                    )
                )
            ).rooms
            for one in authorities
        ]
        story = Story(authorities, Quiet(), carried=way != "line")
        await story.acquaintance(entries)
        await story.watch(by_all=False)
        thread = await story.first_request()
        await story.answer(thread)
        onward = await story.follow_on(thread)
        await story.feedback((thread, onward))
        await story.refusal()
        await story.witnessed(((thread, story.maker), (onward, story.importer)))
        await story.proof()
        by_name = {one.authority: one for one in rooms}
        exports = [(rooms[0], thread), (rooms[1], thread), (rooms[0], onward)]
        return Ending(
            {one.authority: await held(one, by_name) for one in rooms},
            [await exported(one, case, authorities) for one, case in exports],
        )


async def exported(rooms: Rooms, thread: str, authorities: Sequence[Authority]) -> Verdict:
    """What a stranger finds in the evidence of a case, as this side exports it."""
    (who,) = (one.releaser for one in authorities if one.id == rooms.authority)
    found = await open_desk(rooms).evidence.export(who, thread, pdf=False)
    return verify_bundle(found.data)


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


def judged(verdict: Verdict) -> Any:
    """What a bundle proves, without instants, ids, keys and the sizes of logs."""
    assert verdict.manifest is not None
    return (
        verdict.holds,
        [one.name for one in verdict.witnesses],
        [
            (one.sender, one.recipient, one.withheld, [_confirmed(log) for log in one.confirmed])
            for one in verdict.messages
        ],
        sorted((one.what, one.why) for one in verdict.manifest.left_out),
        sorted({(one.level, _words(one.where), _words(one.words)) for one in verdict.findings}),
    )


def _confirmed(log: Confirmed) -> Any:
    return log.authority, log.by, log.of, log.quorum, log.since is not None


def _words(text: str) -> str:
    plain = _ID.sub("an id", _HEX.sub("a key", _INSTANT.sub("an instant", text)))
    return re.sub(r"\d+", "n", plain.replace("of one record of", "of 1 records of"))


async def test_the_story_ends_in_the_same_state_and_the_same_evidence(tmp_path: Path) -> None:
    by_line = await told(tmp_path / "line", "line")
    assert [len(cases) for cases in by_line.held.values()] == [3, 2, 1]
    assert [len(one.messages) for one in by_line.bundles] == [8, 8, 4]
    for one in by_line.bundles:
        assert all(log.since for message in one.messages for log in message.confirmed)
        assert not [found for found in one.findings if "is not proved" in found.words]
    cut = await told(tmp_path / "cut", "cut")
    assert cut.held == by_line.held
    assert list(map(judged, cut.bundles)) == list(map(judged, by_line.bundles))


async def test_it_ends_so_where_neither_of_two_opens_a_port(tmp_path: Path) -> None:
    found = await told(tmp_path, "no port")
    assert [len(cases) for cases in found.held.values()] == [3, 2, 1]
    for one in found.bundles:
        assert all(log.since for message in one.messages for log in message.confirmed)
        assert not [found for found in one.findings if "is not proved" in found.words]
