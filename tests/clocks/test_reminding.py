"""What policy sends the peer by itself: what it says, who is on record, and when it is not sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from tests.clocks.two import DAY, HOUR, A, B, House, Two, two
from tracer.casework.people import checked
from tracer.casework.roles import POLICY
from tracer.errors import InputError
from tracer.exchange.clocks.tick import DECLINED
from tracer.model.codes import HandlingCode, ReminderLevel, code
from tracer.model.messages import AnyMessage, ProgressEnquiry, Reminder, type_of
from tracer.model.values import Handling
from tracer.node.desk import open_desk


@pytest.fixture
async def net(tmp_path: Path) -> AsyncIterator[Two]:
    """Two nodes."""
    async with two(tmp_path) as made:
        yield made


async def _late(net: Two, **changes: object) -> str:
    """A request that is to be acknowledged within four hours, and is not; both have looked."""
    thread = await net.ask("URGENT", **changes)
    await net.settle()
    net.pair.clock.advance(5 * HOUR)
    return thread


def _types(messages: list[AnyMessage]) -> list[str]:
    return [type_of(message) for message in messages]


async def _waiting(house: House) -> int:
    return len(await house.side.rooms.store.read(lambda tx: tx.outbox.rows(state="queued")))


async def test_a_reminder_names_message_day_and_level_and_holds_nothing_of_the_case(
    net: Two,
) -> None:
    thread = await _late(net, test=True)
    await net.settle()
    (said,) = await net.a.sent(thread)
    assert isinstance(said, Reminder)
    due = net.pair.clock.now() - HOUR
    assert (said.about, said.due, said.level) == (
        thread, due.date().isoformat(), code(ReminderLevel.FIRST),
    )  # fmt: skip
    assert (said.automatic, said.test, said.lines) == (True, True, ())
    assert not said.officer
    assert not said.free_text


async def test_later_ones_say_that_they_are_and_the_number_is_that_of_the_policy(net: Two) -> None:
    thread = await net.ask("URGENT")
    await net.follow(60 * DAY)
    sent = await net.a.sent(thread)
    assert [m.level for m in sent if isinstance(m, Reminder)] == [
        code(ReminderLevel.FIRST), code(ReminderLevel.SECOND), code(ReminderLevel.ESCALATED),
    ]  # fmt: skip
    assert sum(isinstance(m, ProgressEnquiry) for m in sent) == 1
    assert len(sent) == 4


async def test_what_a_person_sent_counts(net: Two) -> None:
    thread = await net.ask("URGENT")
    for _ in range(2):
        await net.a.say("reminder", thread, lines=(), about=thread)
        await net.pair.drain()
    await net.follow(60 * DAY)
    sent = await net.a.sent(thread)
    assert [getattr(m, "automatic", False) for m in sent if isinstance(m, Reminder)] == [
        False, False, True,
    ]  # fmt: skip


async def test_the_answering_side_reminds_of_its_question(net: Two) -> None:
    thread = await net.ask()
    asked = await net.b.say("more-info", thread, lines=(), questions=(), lapses=msgspec.UNSET)
    await net.pair.drain()
    await net.follow(60 * DAY)
    sent = await net.b.sent(thread)
    assert _types(sent) == ["more-info", "reminder"]
    assert getattr(sent[1], "about", "") == asked.id
    assert _types(await net.a.sent(thread)) == []


async def test_it_is_in_the_audit_trail_as_released_by_policy(net: Two) -> None:
    thread = await _late(net)
    await net.settle()
    rows = await net.a.side.rooms.store.read(lambda tx: tx.audit.list(subject=thread))
    (row,) = [row for row in rows if row.actor == POLICY]
    assert row.act == "release"
    assert (row.detail["type"], row.detail["automatic"]) == ("reminder", True)
    (key,) = [key for key in await _done(net.a, thread) if "/remind-peer/" in key]
    assert row.detail["act"] == key


async def _done(house: House, thread: str) -> dict[str, str]:
    return (await house.side.rooms.store.read(lambda tx: tx.clocks.done([thread])))[thread]


def test_nobody_can_be_named_policy() -> None:
    with pytest.raises(InputError) as caught:
        checked(POLICY, ["officer"])
    assert caught.value.code == "name-form"


async def test_the_strictest_handling_of_the_case_holds_for_its_reminder(net: Two) -> None:
    thread = await _late(net, handling=Handling(code=code(HandlingCode.H3)))
    await net.settle()
    (said,) = await net.a.sent(thread)
    assert said.handling.code == code(HandlingCode.H3)


async def test_a_suspended_peer_hears_nothing_until_it_is_active_again(net: Two) -> None:
    thread = await _late(net)
    rooms = net.a.side.rooms
    before = rooms.cell.get()
    await rooms.store.write(lambda tx: tx.people.add("sam", ["supervisor"], by="init"))
    await open_desk(rooms).peers.suspend("sam", B, "a doubt about its keys")
    assert rooms.cell.get() is not before
    await net.a.tick()
    assert await _waiting(net.a) == 0
    assert await net.a.kinds(thread) == ["acknowledge notice-after"]
    await open_desk(rooms).peers.resume("sam", B)
    net.pair.clock.advance(DECLINED)
    await net.a.tick()
    await net.pair.drain()
    assert _types(await net.a.sent(thread)) == ["reminder"]


async def test_a_peer_whose_log_contradicts_itself_hears_nothing(net: Two) -> None:
    await _late(net)
    await net.a.side.rooms.store.write(lambda tx: tx.peers.put_fault("log-fork", B, b"proof"))
    await net.a.tick()
    assert await _waiting(net.a) == 0


async def test_a_receipt_with_a_false_time_buys_nobody_silence(net: Two) -> None:
    await _late(net)
    await net.a.side.rooms.store.write(lambda tx: tx.peers.put_fault("receipt-time", B, b"record"))
    await net.a.tick()
    assert await _waiting(net.a) == 1


async def test_a_node_that_restores_sends_nothing(net: Two) -> None:
    await _late(net)
    net.a.side.rooms.gate.close("a test")
    await net.a.tick()
    assert await _waiting(net.a) == 0


async def test_nothing_is_added_to_what_has_not_arrived(net: Two) -> None:
    thread = await _late(net)
    await net.a.tick()
    assert await _waiting(net.a) == 1
    net.pair.clock.advance(20 * DAY)
    await net.a.tick()
    assert await _waiting(net.a) == 1
    await net.pair.drain()
    await net.a.tick()
    assert await _waiting(net.a) == 0, "the next one keeps its distance from when this arrived"
    await net.follow(60 * DAY)
    assert len(await net.a.sent(thread)) == 4
    assert net.a.side.rooms.authority == A
