"""What a desk proves when part of it cannot be, and after a restore has closed its log."""

from __future__ import annotations

from pathlib import Path

from tests.casework.desks import THEM as PEER
from tests.casework.desks import US, Desk, request_document
from tracer.canonical import unb64url
from tracer.casework.figures.proving import Page, Proving, Shown
from tracer.evidence.checkpoint import LogKey, LogPublic, verify_checkpoint
from tracer.evidence.proof import Proof, check_proof
from tracer.evidence.record import Kind
from tracer.exchange.clocks.facts import facts_from, refresh
from tracer.exchange.log.ledger import HighWater, Ledger
from tracer.exchange.projection import events_of
from tracer.store import Tx


async def acknowledged(desk: Desk) -> str:
    """A request of ours that counts, with their acknowledgement; the id of that."""
    sent = await desk.released(request_document(test=False))
    await desk.receipted(sent)
    taken = await desk.arrives(sent.thread, "acknowledgement", test=False)
    await desk.store.write(lambda tx: look(tx, sent.thread))
    return taken


def look(tx: Tx, thread: str) -> None:
    """The thread is looked at, as by the worker of the clocks."""
    row = tx.threads.get_many([thread])[thread]
    refresh(tx, row, facts_from(tx, events_of(tx, row)))


def received(page: Page, message_id: str) -> Shown | None:
    """The record of receipt of a message."""
    (one,) = page.requests
    return next(message.received for message in one.messages if message.id == message_id)


def holds(page: Page, message_id: str, log: LogPublic) -> bool:
    """Whether our record of their message leads to a checkpoint of this log."""
    shown = received(page, message_id)
    assert shown is not None
    (note,) = [n.note for n in page.checkpoints if (n.origin, n.size) == (shown.origin, shown.size)]
    record = check_proof(
        Proof(
            record=unb64url(shown.record),
            index=shown.index,
            size=shown.size,
            path=tuple(map(unb64url, shown.path)),
        ),
        verify_checkpoint(note, origin=log.origin, public=log),
        kind=Kind.RECEIVED,
        id=message_id,
        sender=PEER,
        recipient=US,
    )
    return record.id == message_id


async def test_a_receipt_whose_checkpoint_is_not_here_is_left_out_and_the_rest_is_proven(
    desk: Desk,
) -> None:
    taken = await acknowledged(desk)
    page = await desk.proving.page("ben", PEER, side="ours")
    assert received(page, page.requests[0].facts.thread) is None
    assert page.requests[0].messages[0].sent is not None
    key = next(log for log in page.logs if log.origin == f"{US}/log/1")
    public = LogPublic(key.origin, unb64url(key.ed25519), unb64url(key.mldsa44))
    assert holds(page, taken, public)


async def test_records_of_a_log_that_a_restore_closed_are_proven_under_its_last_signed_head(
    desk: Desk, tmp_path: Path
) -> None:
    taken = await acknowledged(desk)
    old, new = (LogKey.generate(f"{US}/log/{number}") for number in (1, 2))
    before = Ledger(desk.store, old, HighWater(tmp_path / "old"))
    await before.checkpoint()
    await desk.store.write(before.flush)
    await desk.store.write(lambda tx: tx.log.open_origin(f"{US}/log/2"))
    after = Proving(
        store=desk.store,
        authority=US,
        prover=Ledger(desk.store, new, HighWater(tmp_path / "new")),
        log=lambda: new.public,
    )
    assert holds(await after.page("ben", PEER, side="ours"), taken, old.public)


async def test_a_request_whose_terms_are_not_known_here_is_shown_without_targets(
    desk: Desk,
) -> None:
    thread = await desk.asked(terms="A" * 43, test=False)
    await desk.store.write(lambda tx: look(tx, thread))
    shown = await desk.cooperation.show("ben", PEER)
    assert shown.theirs.counts["acknowledged.no-target"] == shown.theirs.counts["received"] == 1
    found = await desk.cooperation.behind("ben", PEER, "received", side="theirs")
    assert [one.owed for one in found.requests] == [()]
