"""Two real nodes over mutual TLS: submit, deliver, receive, settle."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.nodes import network, reply, request, until
from tracer.exchange.projection import events_of
from tracer.model.thread import Event, closed
from tracer.node.rooms import Rooms


async def _delivered(rooms: Rooms, message_id: str, peer: str) -> bool:
    receipt = await rooms.store.read(lambda tx: tx.messages.receipt(peer, message_id))
    return receipt is not None


async def test_a_request_is_receipted_and_both_sides_fold_to_the_same_state(tmp_path: Path) -> None:
    async with network(tmp_path, [("XA-NPOC", "reached"), ("XB-NPOC", "reached")]) as nodes:
        a, b = nodes["XA-NPOC"].rooms, nodes["XB-NPOC"].rooms
        sent = await a.submit(request(a, "XB-NPOC"))
        await until(lambda: _delivered(a, sent.id, "XB-NPOC"))
        ours = await a.store.read(lambda tx: tx.cases.get(sent.thread))
        theirs = await b.store.read(lambda tx: tx.cases.get(sent.thread))
        assert ours is not None
        assert theirs is not None
        assert (ours.state, ours.summary_json) == (theirs.state, theirs.summary_json)
        answer = await b.submit(reply(b, "acknowledgement", sent.thread, "XA-NPOC"))
        await until(lambda: _delivered(b, answer.id, "XA-NPOC"))
        ours = await a.store.read(lambda tx: tx.cases.get(sent.thread))
        assert ours is not None
        assert ours.state == "ACKNOWLEDGED"


async def test_a_collecting_authority_gets_and_gives_the_same(tmp_path: Path) -> None:
    async with network(tmp_path, [("XA-NPOC", "reached"), ("XC-NPOC", "collects")]) as nodes:
        a, c = nodes["XA-NPOC"].rooms, nodes["XC-NPOC"].rooms
        sent = await a.submit(request(a, "XC-NPOC"))
        c.wake("XA-NPOC")
        await until(lambda: _delivered(a, sent.id, "XC-NPOC"))
        answer = await c.submit(reply(c, "acknowledgement", sent.thread, "XA-NPOC"))
        await until(lambda: _delivered(c, answer.id, "XA-NPOC"))


async def test_an_answer_that_overtakes_the_receipt_it_follows_waits_in_the_fold(
    tmp_path: Path,
) -> None:
    async with network(tmp_path, [("XA-NPOC", "reached"), ("XB-NPOC", "reached")]) as nodes:
        a, b = nodes["XA-NPOC"].rooms, nodes["XB-NPOC"].rooms
        sent = await a.submit(request(a, "XB-NPOC"))
        await until(lambda: _delivered(a, sent.id, "XB-NPOC"))
        thread = await a.store.read(lambda tx: tx.threads.get(sent.thread))
        assert thread is not None
        enquiry = reply(a, "progress-enquiry", sent.thread, "XB-NPOC")
        chased = await a.store.write(lambda tx: a.submit.within(tx, enquiry))
        answer = reply(b, "acknowledgement", sent.thread, "XA-NPOC")
        follows = tuple(sorted((chased.id, sent.id)))
        overtaking = Event(
            chased.id + "x", "other", msgspec.structs.replace(answer, follows=follows), "2026"
        )
        held = await a.store.read(lambda tx: events_of(tx, thread))
        assert [event.id for event in closed([*held, overtaking])] == [sent.id]
