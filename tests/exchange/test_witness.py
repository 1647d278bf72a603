"""Real nodes over mutual TLS that cosign each other's heads, and what comes of it in a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from tests.exchange.losing import send
from tests.exchange.witnessing import A, B, C, choose, turn, watched
from tests.nodes import Mode
from tests.store import make
from tracer.canonical import canonical_json
from tracer.casework.reads import Step
from tracer.errors import LineError
from tracer.evidence.checkpoint import sign_checkpoint, verify_checkpoint
from tracer.evidence.cosignature import verify_cosignature
from tracer.evidence.witnessing import write_submission
from tracer.exchange.witness.cosign import TARGET
from tracer.exchange.witness.to_witness import GoWitness, ToWitness
from tracer.exchange.witness.witnessed import AskWitnessed
from tracer.node.desk import open_desk
from tracer.node.rooms import Rooms
from tracer.node.status.whole import status
from tracer.store.witness import WitnessStateRow
from tracer.trust.directory import Standing

PAIR: Final[tuple[tuple[str, Mode], ...]] = ((A, "reached"), (B, "reached"))


async def steps(rooms: Rooms, thread: str) -> tuple[Step, ...]:
    return (await open_desk(rooms).reads.case("officer", thread)).steps


async def test_a_message_is_witnessed_in_both_logs_by_everybody_but_their_owners(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, quorum=2) as nodes:
        a, b, c = nodes[A], nodes[B], nodes[C]
        thread = await send(a, b)
        (before,) = await steps(a, thread)
        assert [(log.by, log.of, log.quorum) for log in before.witnessed] == [((), 2, 2)] * 2
        await turn(a, b, c)
        await turn(a, b)
        for rooms, other in ((a, b), (b, a)):
            (step,) = await steps(rooms, thread)
            ours, theirs = step.witnessed
            assert (ours.authority, theirs.authority) == (rooms.authority, other.authority)
            for log in (ours, theirs):
                names = {f"{name}/witness/1" for name in (A, B, C) if name != log.authority}
                assert set(log.by) == names
                assert (log.of, log.quorum) == (2, 2)
                assert log.since


async def test_a_listener_answers_a_witness_question_with_the_statuses_of_its_specification(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, PAIR) as nodes:
        a, b = nodes[A], nodes[B]
        await send(a, b)
        peer = a.cell.get().peer(B)
        head = await a.ledger.checkpoint()
        good = write_submission(0, (), head.note)
        assert await a.line.add_checkpoint(peer, b"what is this") == (400, b"")
        assert await a.line.add_checkpoint(peer, good.replace(b"/log/1", b"/log/2")) == (404, b"")
        assert await a.line.add_checkpoint(peer, b"old 3\n\n" + head.note.encode()) == (400, b"")
        status, line = await a.line.add_checkpoint(peer, good)
        assert status == 200
        public = b.keyring.witness_info().public()  # type: ignore[union-attr]
        assert verify_cosignature(line.decode(), head, public).size == head.size
        assert await a.line.add_checkpoint(peer, good) == (409, f"{head.size}\n".encode())
        with pytest.raises(LineError) as caught:
            await a.line.add_checkpoint(peer, b"x" * 1_000_001)
        assert caught.value.code == "too-large"


async def test_a_peer_that_is_suspended_is_told_so_and_cosigned_nothing(tmp_path: Path) -> None:
    async with watched(tmp_path, PAIR) as nodes:
        a, b = nodes[A], nodes[B]
        await send(a, b)
        b.cell.set(b.cell.get().with_standing(A, Standing.SUSPENDED))
        await turn(a)
        state = await a.store.read(lambda tx: tx.witness.state(f"{B}/witness/1"))
        assert state.error == "peer-suspended"
        assert await b.store.read(lambda tx: tx.witness.heads()) == []


async def test_a_witness_that_opens_no_port_is_asked_again_on_its_own_way(tmp_path: Path) -> None:
    async with watched(tmp_path) as nodes:
        a, b, c = nodes[A], nodes[B], nodes[C]
        await send(a, b)
        await a.cosign.round()
        await turn(c)
        name = f"{C}/witness/1"
        first = await a.store.read(lambda tx: tx.witness.largest("XA-NPOC/log/1"))
        await a.store.write(lambda tx: tx.witness.put_state(WitnessStateRow(name)))
        await a.store.write(lambda tx: tx.meta.put(TARGET, '{"origin":"","size":0,"at":""}'))
        await send(a, b)
        await a.cosign.round()
        await turn(c)  # it believes 0 is held there, is told the size, asks from it
        then = await a.store.read(lambda tx: tx.witness.largest("XA-NPOC/log/1"))
        assert then[name].size > first[name].size
        held = await c.store.read(lambda tx: tx.witness.head("XA-NPOC/log/1"))
        assert held is not None
        assert held.size == then[name].size


async def test_a_peer_that_is_no_witness_of_ours_has_nothing_to_bring(tmp_path: Path) -> None:
    async with watched(tmp_path, PAIR) as nodes:
        a, b = nodes[A], nodes[B]
        await send(a, b)
        await choose(a, [])
        peer = b.cell.get().peer(A)
        go = GoWitness(line=b.line, answer=b.witness, serves=lambda: True)
        assert await go(peer) == 0
        junk = canonical_json(ToWitness("tracer-1", 200, "junk\n"))
        assert b'"request":null' in await b.line.post(peer, "to-witness", junk)
        assert await a.store.read(lambda tx: tx.witness.largest("XA-NPOC/log/1")) == {}


async def test_a_witness_names_a_log_that_shows_it_another_history(tmp_path: Path) -> None:
    async with watched(tmp_path, PAIR) as nodes:
        a, b = nodes[A], nodes[B]
        await send(a, b)
        await turn(a)
        peer, head = a.cell.get().peer(B), await a.ledger.checkpoint()
        lied = sign_checkpoint(
            origin=head.origin,
            size=head.size,
            root=bytes(32),
            at=head.at,
            key=a.keyring.log_key(),
        )
        body = write_submission(head.size, (), lied.note)
        assert await a.line.add_checkpoint(peer, body) == (422, b"")
        (fault,) = await b.store.read(lambda tx: tx.peers.faults(A))
        assert fault.kind == "witness-fork"
        notes = json.loads(fault.evidence)
        for note in notes.values():
            verify_checkpoint(note, origin=head.origin, public=a.keyring.log_key().public)
        found = await status(b, running=True)
        assert ("evidence", "act") in {(one.what, one.level) for one in found.checks}


async def test_peers_ask_each_other_only_while_something_is_not_witnessed(tmp_path: Path) -> None:
    async with watched(tmp_path, PAIR) as nodes:
        a, b = nodes[A], nodes[B]
        await send(a, b)
        assert await a.taking.wanted(a.cell.get().peer(B))
        await turn(a, b)
        await turn(a, b)
        assert await a.taking.wanted(a.cell.get().peer(B)) == []
        assert await b.taking.wanted(b.cell.get().peer(A)) == []


async def test_a_later_head_that_nobody_asked_for_is_no_failure(tmp_path: Path) -> None:
    """Who opens no port asks to be asked: without a size in its question nothing is proven."""
    async with watched(tmp_path) as nodes:
        a, b, c = nodes[A], nodes[B], nodes[C]
        await send(c, a)
        await turn(a, b, c)
        origin, peer = "XA-NPOC/log/1", c.cell.get().peer(A)
        taken = await c.store.read(lambda tx: tx.witness.sizes(origin))
        assert taken
        assert await c.taking.wanted(peer) == []
        await a.store.write(lambda tx: tx.meta.put(TARGET, '{"origin":"","size":0,"at":""}'))
        await send(a, b)
        await turn(a)
        head, _ = await a.showing([])
        assert verify_checkpoint(head or "", origin=origin, public=peer.log).size > taken[0][0]
        ask = AskWitnessed(showing=c.showing, taking=c.taking, line=c.line)
        assert await ask(peer) == 0
        assert await c.store.read(lambda tx: tx.witness.sizes(origin)) == taken


async def test_an_authority_without_a_line_goes_to_no_witness(tmp_path: Path) -> None:
    pair: tuple[tuple[str, Mode], ...] = ((A, "reached"), (B, "courier"))
    async with watched(tmp_path, pair) as nodes:
        a, b = nodes[A], nodes[B]
        await b.store.write(lambda tx: tx.log.append_many([make.record("1")]))
        await turn(b)
        state = await b.store.read(lambda tx: tx.witness.state(f"{A}/witness/1"))
        assert (state.asked_at, state.error) == (None, "")
        assert await a.store.read(lambda tx: tx.witness.heads()) == []


async def test_of_two_that_open_no_port_neither_waits_for_the_other_to_come_by(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, ((A, "collects"), (B, "collects"))) as nodes:
        with pytest.raises(LineError) as caught:
            await nodes[A].greet.log(nodes[A].cell.get().peer(B), 0)
        assert caught.value.code == "no-endpoint"
