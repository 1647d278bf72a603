"""Nodes on disk that can be stopped, put back from an older copy, and started again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from tests.cli.house import add_person
from tests.exchange.losing import Holding, holding
from tests.nodes import Made, free_port, make_node, until
from tests.peers import admit_entry
from tracer.clock import Clock, SystemClock
from tracer.config import Config
from tracer.node.backup import whole as backup
from tracer.node.desk import open_desk
from tracer.node.home import Home
from tracer.node.restore.from_keys import from_keys
from tracer.node.restore.succeed import Plan, Step, look, succeed
from tracer.node.rooms import Rooms
from tracer.node.serve import running
from tracer.node.workers.restoring import go_back
from tracer.store import Tx

A, B, C = "XA-NPOC", "XB-NPOC", "XC-NPOC"


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@asynccontextmanager
async def up(made: Made, clock: Clock | None = None) -> AsyncIterator[Rooms]:
    """One node, running."""
    async with running(made.home, made.config, clock or SystemClock()) as node:
        yield node.rooms


@asynccontextmanager
async def all_up(*nodes: Made, clock: Clock | None = None) -> AsyncIterator[tuple[Rooms, ...]]:
    """Several, running."""
    async with AsyncExitStack() as stack:
        yield tuple([await stack.enter_async_context(up(one, clock)) for one in nodes])


async def made(
    root: Path,
    names: Sequence[str] = (A, B),
    clock: Clock | None = None,
    *,
    collecting: Sequence[str] = (),
) -> list[Made]:
    """Nodes on disk that know each other; those `collecting` open no port and come every second."""
    clock = clock or SystemClock()
    nodes = []
    for name in names:
        one = await make_node(
            root / name,
            name,
            port=free_port(),
            mode="collects" if name in collecting else "reached",
            clock=clock,
        )
        if name in collecting:
            (root / name / "conf.d").mkdir()
            (root / name / "conf.d" / "test.toml").write_text("[delivery]\ncollect_seconds = 1\n")
            one = replace(one, config=Config.load(root / name, environ={}))
        nodes.append(one)
    for one in nodes:
        async with up(one, clock) as rooms:
            for other in nodes:
                if other is not one:
                    await admit_entry(rooms, other.entry_file, by="officer")
    return nodes


async def copied(node: Made, target: Path) -> Path:
    """A backup of a node, as the operator makes it."""
    await backup.create(node.home, target, SystemClock(), quiet)
    return target


async def put_back(node: Made, copy: Path, root: Path) -> Made:
    """The node from its copy in a new folder, with the key that is in no copy; in restore mode."""
    await backup.restore(copy, Home(root), SystemClock(), quiet)
    (root / "keyring.kek").write_bytes((node.home.root / "keyring.kek").read_bytes())
    (root / "keyring.kek").chmod(0o600)
    return Made(node.authority, Home(root), Config.load(root, environ={}))


async def restored(rooms: Rooms, *, step: Step = lambda _: None) -> Plan:
    """Close the lost log and open the next one, as two persons would have it done."""
    plan = await look(rooms)
    await succeed(rooms, plan, step=step)
    return plan


async def approved_plan(rooms: Rooms) -> Plan:
    """The plan, approved by two persons."""
    await rooms.store.write(lambda tx: add_person(tx, "second", ("supervisor",)))
    plan, desk = await look(rooms), open_desk(rooms)
    first = await desk.restoring.approve("officer", msgspec.to_builtins(plan))
    assert not first.complete
    assert (await desk.restoring.approve("second", msgspec.to_builtins(plan))).complete
    return plan


async def way_back(rooms: Rooms) -> None:
    """Go the way back with everybody, until it is gone."""
    await until(lambda: _gone(rooms), seconds=60)


async def _gone(rooms: Rooms) -> bool:
    return not (await go_back(rooms)).left


def same(one: Holding) -> Holding:
    """What a node holds of a thread, but for where in which log it stands."""
    return replace(
        one,
        messages=sorted(
            (msgspec.structs.replace(row, leaf_index=0, origin="") for row in one.messages),
            key=lambda row: row.id,
        ),
    )


async def everything(rooms: Rooms) -> dict[str, Holding]:
    """All threads of a node, comparable."""
    names = await rooms.store.read(_threads)
    return {name: same(await holding(rooms, name)) for name in names}


def _threads(tx: Tx) -> list[str]:
    return [row.id for row in tx.threads.list(limit=100_000)]


async def from_keys_alone(
    node: Made, peers: Sequence[Made], root: Path, clock: Clock | None = None
) -> Made:
    """The node from its keyring and its own entry file, and peers' entries taken again."""
    host, port = node.config.listen.host, node.config.listen.port
    kek = node.home.root / "keyring.kek"
    await from_keys(
        Home(root),
        clock or SystemClock(),
        keyring=node.home.root / "keyring.json",
        entry=node.home.entry,
        kek=f"file:{kek}",
        people=("officer",),
        listen=(host, port),
    )
    again = Made(node.authority, Home(root), Config.load(root, environ={}))
    async with up(again, clock) as rooms:
        for peer in peers:
            await admit_entry(rooms, peer.entry_file, by="officer")
    return again
