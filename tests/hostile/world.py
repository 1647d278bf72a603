"""A real node under attack, and what is watched while it is attacked."""

from __future__ import annotations

import gc
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.hostile.enemy import Enemy
from tests.hostile.wire import Answer, Wire
from tests.nodes import free_port, make_node
from tests.peers import admit_entry
from tracer.clock import Clock, SystemClock
from tracer.errors import REFUSALS
from tracer.exchange.refusals import TYP, SignedRefusal, read_refusal
from tracer.node.rooms import Rooms
from tracer.node.serve import listener, running
from tracer.node.workers.bell import Bell
from tracer.web import problems

VICTIM, ATTACKER, THIRD = "XB-NPOC", "XA-NPOC", "XC-NPOC"
INSIDE = (b"Traceback", b".py", b"Error", b"aiohttp", b"Python", b"sqlite", b"/tmp", b"line ")
"""What would tell about our inside, wherever it stood in an answer."""


SPOKEN = {"content-type", "content-length", "date", "connection", "transfer-encoding"} | {
    "upload-offset",
    "upload-complete",
}
"""Headers that an answer may have."""


class _Crashes(logging.Handler):
    """Takes the place of the listener's log and hears what asyncio complains about."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(f"{record.name}: {record.getMessage()}")

    def error(self, event: str, **_: object) -> None:
        import traceback  # noqa: PLC0415 - the rare case that fails the test anyway

        self.seen.append(f"{event}: {traceback.format_exc(limit=-4)}")


@dataclass(slots=True)
class Watch:
    """The oracle: what a node may never do, whatever it was sent."""

    database: Path
    keys: Mapping[str, Any]
    crashes: _Crashes
    seen: dict[str, int] = field(default_factory=dict)
    """Refusal codes and problem codes, with how often they were given."""

    def rows(self) -> dict[str, int]:
        """The number of rows of every table but the counters; of checkpoints, those of peers."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            names = [
                name
                for (name,) in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                )
                if name != "refusal"
            ]
            where = {"checkpoint": "WHERE NOT mine"}
            query = " UNION ALL ".join(
                f'SELECT count(*) FROM "{name}" {where.get(name, "")}'  # noqa: S608 - our tables
                for name in names
            )
            found = [count for (count,) in connection.execute(query)]
        connection.close()
        return dict(zip(names, found, strict=True))

    def remembered(self, authority: str = ATTACKER) -> int:
        """The size of a peer's log that the node remembers."""
        query = "SELECT coalesce(max(size), 0) FROM remembered WHERE authority = ?"
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            size = int(connection.execute(query, (authority,)).fetchone()[0])
        connection.close()
        return size

    def check(self, answer: Answer | None) -> list[dict[str, Any]]:
        """Hold one answer against the rules; the replies of a batch.

        A node may hang up on what is no HTTP; it may not answer with anything but our forms.
        """
        assert self.crashes.seen == []
        if answer is None:
            return []
        assert answer.status < 500, answer
        if answer.status in (200, 204):
            assert answer.headers.keys() <= SPOKEN, answer.headers
            return self._replies(answer.body)
        whole = answer.body + repr(sorted(answer.headers.items())).encode()
        assert not [word for word in INSIDE if word in whole], answer
        self._problem(answer)
        return []

    def _problem(self, answer: Answer) -> None:
        if not answer.body:
            return
        found = json.loads(answer.body)
        assert found.keys() == {"type", "code", "status"}
        assert found["status"] == answer.status
        assert found["code"] in REFUSALS or found["code"] == f"http-{answer.status}"
        self._count(found["code"])

    def _replies(self, body: bytes) -> list[dict[str, Any]]:
        replies = [json.loads(line) for line in body.split(b"\n")[1:-1]]
        for reply in replies:
            if "refusal" in reply:
                self._count(self.refusal(reply).code)
        return replies

    def refusal(self, reply: dict[str, Any], *, to: str = ATTACKER) -> SignedRefusal:
        """Verify a refusal: signed by the node, of a known code, told as the table says."""
        found = read_refusal(
            reply["refusal"], keys=self.keys, us=to, peer=VICTIM, message_id=reply["id"]
        )
        assert found.code in REFUSALS, found
        assert found.retryable == REFUSALS[found.code].retryable
        assert TYP == "tracer-refusal+jws"
        return found

    def _count(self, code: str) -> None:
        self.seen[code] = self.seen.get(code, 0) + 1


@dataclass(frozen=True, slots=True)
class World:
    """The node under attack and its two hostile peers, each with a raw line."""

    rooms: Rooms
    port: int
    watch: Watch
    enemy: Enemy
    wire: Wire
    third: Enemy
    third_wire: Wire
    ports: Mapping[str, int]
    """Where the node expects its peers to listen; nothing does unless a test does."""
    served: tuple[tuple[str, str], ...]
    """Method and path of every endpoint that it has."""

    async def post(self, what: str, body: bytes) -> Answer:
        """Post as the enemy, under the oracle."""
        found = await self.wire.post(what, body)
        self.watch.check(found)
        return found

    async def batch(self, body: bytes) -> list[dict[str, Any]]:
        """Post a batch as the enemy; the replies, checked."""
        found = await self.wire.post("messages", body)
        replies = self.watch.check(found)
        if found.status == 200:
            self.enemy.remembered = json.loads(found.body.split(b"\n")[0])["remembers"]
        return replies

    async def codes(self, body: bytes) -> list[str]:
        """Post a batch as the enemy; for each message its refusal's code, or `receipt`."""
        found = await self.wire.post("messages", body)
        if found.status != 200:
            self.watch.check(found)
            return [str(json.loads(found.body)["code"])]
        replies = self.watch.check(found)
        self.enemy.remembered = json.loads(found.body.split(b"\n")[0])["remembers"]
        return [
            self.watch.refusal(reply).code if "refusal" in reply else "receipt" for reply in replies
        ]


@asynccontextmanager
async def world(root: Path, *, clock: Clock | None = None, **limits: int) -> AsyncIterator[World]:
    """A running node XB-NPOC that knows two enemies, XA-NPOC and XC-NPOC.

    `limits` changes settings of the node; refusals are not capped unless it says so.
    """
    clock = clock or SystemClock()
    made = {
        name: await make_node(root / name, name, port=free_port(), clock=clock)
        for name in (VICTIM, ATTACKER, THIRD)
    }
    victim = made[VICTIM]
    bounds = msgspec.structs.replace(
        victim.config.limits, **({"peer_refusals_a_minute": 10**9} | limits)
    )
    config = msgspec.structs.replace(victim.config, limits=bounds)
    crashes = _Crashes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(problems, "_log", crashes)
        loud = logging.getLogger("asyncio")
        loud.addHandler(crashes)
        try:
            async with running(victim.home, config, clock) as node:
                assert node.port is not None
                for name in (ATTACKER, THIRD):
                    await admit_entry(node.rooms, made[name].entry_file, by="officer")
                enemy, third = (
                    Enemy(made[name], victim.entry_file, clock) for name in (ATTACKER, THIRD)
                )
                watch = Watch(victim.home.database, enemy.target.verify_keys, crashes)
                anchors = enemy.target.certificates
                async with (
                    Wire(node.port, enemy.ring.channel(), anchors) as wire,
                    Wire(node.port, third.ring.channel(), anchors) as third_wire,
                ):
                    ports = {name: one.config.listen.port for name, one in made.items()}
                    served = listener(node.rooms, Bell()).served()
                    yield World(
                        node.rooms,
                        node.port,
                        watch,
                        enemy,
                        wire,
                        third,
                        third_wire,
                        ports,
                        served,
                    )
            assert crashes.seen == []
        finally:
            loud.removeHandler(crashes)


def resident() -> int:
    """Bytes of memory this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096
