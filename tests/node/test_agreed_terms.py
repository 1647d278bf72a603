"""Agreed terms between two running nodes over TLS: what is taken under them, and what no longer."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.nodes import network, request, until
from tests.peers import admit_entry
from tracer.casework.terms.paper import read_terms, write_terms
from tracer.casework.terms.views import Wish
from tracer.clock import stamp
from tracer.model.terms import european_terms
from tracer.node.commands import Call, run
from tracer.node.desk import open_desk
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms

A, B, C = "XA-NPOC", "XB-NPOC", "XC-NPOC"


async def outcome(rooms: Rooms, message_id: str) -> tuple[str, str]:
    """The end of a delivery: its state and code, once it is not queued any more."""
    found: list[tuple[str, str]] = []

    async def settled() -> bool:
        rows = await rooms.store.read(lambda tx: tx.outbox.rows(message_id=message_id))
        found[:] = [(row.state, row.last_error) for row in rows]
        return found[0][0] != "queued" or found[0][1] != ""

    await until(settled)
    return found[0]


async def agree(asks: Rooms, answers: Rooms, *, nature: str = "") -> str:
    """Who asks makes the offer, who answers signs it, who asked takes it back; the digest."""
    ours, theirs = open_desk(asks).terms, open_desk(answers).terms
    draft = await ours.propose("officer", Wish(to=answers.authority, theirs=True, profile="eu"))
    text = f'nature = "{nature}"\n{draft.file}' if nature else draft.file
    offer = await ours.offer("officer", text, answers.authority)
    whole = await theirs.countersign("officer", offer.file)
    return (await ours.take("officer", whole.file)).view.digest


async def ask(rooms: Rooms, recipient: str, terms: str) -> tuple[str, str]:
    """Ask under these terms; what became of it."""
    message = msgspec.structs.replace(request(rooms, recipient), terms=terms)
    return await outcome(rooms, (await rooms.submit(message)).id)


async def test_a_request_is_taken_under_agreed_terms_until_a_later_agreement_replaces_them(
    tmp_path: Path,
) -> None:
    authorities = [(name, "reached") for name in (A, B, C)]
    async with network(tmp_path, authorities) as nodes:  # type: ignore[arg-type]  # literals
        a, b, c = (nodes[name].rooms for name in (A, B, C))
        entry = a.cell.get().peer(B).terms_digest
        first = await agree(a, b)
        assert await ask(a, B, first) == ("delivered", "")
        assert await ask(a, B, entry) == ("delivered", "")
        assert (await ask(c, B, first))[1] == "terms-stale"

        signed = stamp(a.clock.now())
        await until(lambda: stamp(a.clock.now()) > signed)
        second = await agree(a, b, nature="deadline")
        assert (await ask(a, B, first))[1] == "terms-stale"
        assert await ask(a, B, second) == ("delivered", "")
        held = await b.store.read(lambda tx: tx.terms.get(first))
        assert held is not None
        assert held.targets == european_terms(held).targets


async def test_new_terms_of_our_entry_stand_at_once_in_the_running_node(tmp_path: Path) -> None:
    async with network(tmp_path, [(A, "reached"), (B, "reached")]) as nodes:
        a, b = nodes[A].rooms, nodes[B].rooms
        await b.store.write(lambda tx: tx.people.add("head", ["supervisor"], by="test"))
        before = a.cell.get().peer(B).terms_digest
        call = Call(desk=open_desk(b), actor="head", served=True)
        draft = await run("terms.propose", {"profile": "eu", "zone": "Europe/Vienna"}, call)
        issued = await run("terms.issue", {"file": draft["file"]}, call)
        assert issued["number"] == 2
        assert (await ask(a, B, before))[1] == "terms-stale"
        peer = await admit_entry(a, issued["file"].encode(), by="officer")
        assert peer.terms == read_terms(draft["file"])
        assert await ask(a, B, peer.terms_digest) == ("delivered", "")
        held = await b.store.read(lambda tx: tx.terms.get(before))
        assert held is not None
        assert read_terms(write_terms(held)) == held


async def test_what_was_agreed_stands_again_after_a_restart(tmp_path: Path) -> None:
    async with network(tmp_path, [(A, "reached"), (B, "reached")]) as nodes:
        a, b = nodes[A].rooms, nodes[B].rooms
        agreed, home, config, clock = await agree(a, b), b.home, b.config, b.clock
    async with open_rooms(home, config, clock) as again:
        assert again.terms.get().agreed == {A: agreed}
