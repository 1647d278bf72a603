"""The tick as a verb: what it claims, does, notes, puts off, and leaves alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clocks.two import DAY, HOUR, TOLD, A, B, Board, Two, asked, two
from tracer.clock import instant, stamp
from tracer.errors import OperatorError
from tracer.exchange.clocks.tick import BUDGET, DECLINED, PUT_OFF, Look
from tracer.model.clocks import ClockKind
from tracer.model.clocks.schedule import Act
from tracer.store import Tx


@pytest.fixture
async def net(tmp_path: Path) -> AsyncIterator[Two]:
    """Two nodes."""
    async with two(tmp_path) as made:
        yield made


class Seen:
    """Keeps every look it is given."""

    def __init__(self) -> None:
        self.looks: list[Look] = []

    def bring_up(self, tx: Tx, look: Look) -> None:
        """Keep it."""
        assert tx.threads.get(look.thread.id) == look.thread
        self.looks.append(look)


async def test_both_sides_are_told_of_a_request_that_nobody_acknowledges(net: Two) -> None:
    thread = await net.ask()
    await net.follow(20 * DAY)
    assert await net.b.kinds(thread) == [
        "acknowledge notice-before",
        "acknowledge notice-due",
        "acknowledge notice-after",
        "acknowledge escalate",
    ]
    assert await net.a.kinds(thread) == ["acknowledge notice-after", "acknowledge escalate"]
    sent = await net.a.sent(thread)
    assert [getattr(message, "automatic", False) for message in sent] == [True, True]
    assert await net.b.sent(thread) == []


async def test_an_acknowledgement_in_time_calls_for_nothing(net: Two) -> None:
    thread = await net.ask()
    await net.settle()
    await net.b.say("acknowledgement", thread)
    await net.pair.drain()
    await net.follow(15 * DAY)
    assert await net.a.told() == await net.b.told() == []


async def test_a_request_without_receipt_has_no_clock(net: Two) -> None:
    await net.a.side.rooms.submit(asked(net.a))
    assert (await net.a.tick()).looked == 0
    net.pair.clock.advance(30 * DAY)
    assert (await net.a.tick()).looked == 0


async def test_one_transaction_takes_a_bounded_group_longest_due_first(net: Two) -> None:
    first = await net.ask()
    net.pair.clock.advance(HOUR)
    for _ in range(3):
        await net.ask()
    seen = Seen()
    net.b.group, net.b.kept = 3, (seen,)
    done = await net.b.tick()
    assert (done.looked, seen.looks[0].thread.id) == (3, first)
    assert done.pause is not None
    assert done.pause <= 0
    done = await net.b.tick()
    assert done.looked == 1
    assert done.pause is not None
    assert done.pause > 0


class Slow:
    """A look at each thread takes so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._now = 0.0
        self.looked: list[str] = []

    def now(self) -> float:
        """The seconds that have passed."""
        return self._now

    def bring_up(self, _tx: Tx, look: Look) -> None:
        """Let them pass."""
        self._now += self._seconds
        self.looked.append(look.thread.id)


@pytest.mark.parametrize(("share", "groups"), [(0.2, [4]), (0.6, [2, 2]), (4.0, [1, 1, 1, 1])])
async def test_a_group_ends_when_it_has_taken_its_time_and_the_rest_is_of_the_next(
    net: Two, share: float, groups: list[int]
) -> None:
    asked_ = []
    for _ in range(4):
        asked_.append(await net.ask())
        net.pair.clock.advance(HOUR)
    slow = Slow(share * BUDGET)
    net.b.kept, net.b.monotonic = (slow,), slow.now
    done = [await net.b.tick() for _ in groups]
    assert [one.looked for one in done] == groups
    assert slow.looked == asked_, "longest due first, each once"
    pauses = [one.pause or 0 for one in done]
    assert all(pause <= 0 for pause in pauses[:-1]), "the rest is due now"
    assert pauses[-1] > 0


async def test_a_slow_thread_that_is_put_off_does_not_hold_up_the_rest(net: Two) -> None:
    broken = await net.ask()
    net.pair.clock.advance(HOUR)
    whole = await net.ask()
    slow = Slow(BUDGET)
    net.b.kept, net.b.monotonic = (slow, Fails(broken, KeyError("x"))), slow.now
    assert (await net.b.tick()).looked == 0
    assert (await net.b.tick()).looked == 1
    assert slow.looked == [broken, whole]


async def test_the_next_look_is_at_the_next_stage_and_none_when_all_is_over(net: Two) -> None:
    thread = await net.ask("FLASH")
    done = await net.b.tick()
    assert done.pause == 45 * 60
    await net.b.say("refused", thread)
    await net.pair.drain()
    await net.follow(100 * DAY)
    assert (await net.b.tick()).pause is None


async def test_each_look_is_given_to_what_is_kept_with_its_targets_and_side(net: Two) -> None:
    thread = await net.ask()
    for house, side in ((net.a, "opener"), (net.b, "other")):
        seen = Seen()
        house.kept = (seen,)
        await house.tick()
        (look,) = seen.looks
        assert (look.thread.id, look.us, look.known) == (thread, side, True)
        assert {one.kind for one in look.targets} == {
            ClockKind.ACKNOWLEDGE, ClockKind.FIRST_ANSWER, ClockKind.FINAL_ANSWER,
        }  # fmt: skip


async def test_without_known_terms_there_are_questions_only(net: Two) -> None:
    thread = await net.ask()
    net.b.sql("DELETE FROM terms")
    seen = Seen()
    net.b.kept = (seen,)
    await net.b.tick()
    assert (seen.looks[-1].known, seen.looks[-1].targets) == (False, ())
    await net.a.say("progress-enquiry", thread, lines=())
    await net.pair.drain()
    await net.b.tick()
    assert [one.kind for one in seen.looks[-1].targets] == [ClockKind.PROGRESS]


async def test_a_thread_that_cannot_be_read_is_put_off_and_holds_up_no_other(net: Two) -> None:
    broken, whole = await net.ask("URGENT"), await net.ask("URGENT")
    net.b.sql("UPDATE message SET jws = ? WHERE thread = ?", b"\x00" * 80, broken)
    await net.b.side.restart()
    now = net.pair.clock.now()
    done = await net.b.tick()
    assert done.looked == 1
    net.pair.clock.advance(5 * DAY)
    await net.b.tick()
    assert "acknowledge notice-after" in await net.b.kinds(whole)
    assert await net.b.told(broken) == []
    (row,) = net.b.sql("SELECT at FROM clock WHERE thread = ?", broken)
    assert row == (stamp(now + 6 * DAY),)


class Fails:
    """Writes in every thread, as port or as what is kept, and then fails in one of them."""

    def __init__(self, thread: str, error: Exception) -> None:
        self.thread, self.error = thread, error

    def bring_up(self, tx: Tx, look: Look) -> None:
        """Fail in the one, after it has written."""
        tx.audit.write(TOLD, "half", look.thread.id, {})
        if look.thread.id == self.thread:
            raise self.error

    def do(self, tx: Tx, act: Act, look: Look) -> bool:
        """Fail in the one, after it has written and logged."""
        tx.audit.write(TOLD, act.key, look.thread.id, {})
        tx.log.append(b"half")
        if look.thread.id == self.thread:
            raise self.error
        return True


@pytest.mark.parametrize("step", ["kept", "acts"])
@pytest.mark.parametrize("error", [KeyError("x"), OperatorError("rest-open", "damaged")])
async def test_a_thread_for_which_a_step_fails_is_put_off_and_leaves_nothing_half_done(
    net: Two, step: str, error: Exception
) -> None:
    broken, whole = await net.ask("URGENT"), await net.ask("URGENT")
    net.pair.clock.advance(5 * HOUR)
    fails = Fails(broken, error)
    if step == "kept":
        net.b.kept = (fails,)
    else:
        net.b.board = fails
    size = net.b.side.rooms.store.head.size
    done = await net.b.tick()
    assert done.looked == 1
    assert await net.b.told(broken) == []
    told = await net.b.told(whole)
    assert told
    assert net.b.side.rooms.store.head.size == size + (len(told) if step == "acts" else 0)
    kept = await net.b.side.rooms.store.read(lambda tx: tx.clocks.done([broken, whole]))
    assert kept[broken] == {}
    assert kept[whole]
    (row,) = net.b.sql("SELECT at FROM clock WHERE thread = ?", broken)
    assert row == (stamp(net.pair.clock.now() + PUT_OFF),)
    net.b.kept, net.b.board = (), Board()
    net.pair.clock.advance(PUT_OFF)
    await net.b.tick()
    assert "acknowledge notice-after" in await net.b.kinds(broken)


async def test_a_thread_that_was_put_off_still_says_what_is_awaited_in_it(net: Two) -> None:
    thread = await net.ask("URGENT")
    await net.b.tick()
    store = net.b.side.rooms.store
    before = await store.read(lambda tx: tx.clocks.targets([thread]))
    assert before[thread]
    net.pair.clock.advance(5 * HOUR)
    net.b.kept = (Fails(thread, KeyError("x")),)
    await net.b.tick()
    assert await store.read(lambda tx: tx.clocks.targets([thread])) == before


@pytest.mark.parametrize(
    "error",
    [
        OperatorError("restore-mode", "restoring"),
        OperatorError("store-failed", "disk"),
        OSError("no space"),
    ],
)
async def test_what_fails_for_the_whole_node_puts_no_thread_off(net: Two, error: Exception) -> None:
    thread, other = await net.ask("URGENT"), await net.ask("URGENT")
    net.pair.clock.advance(5 * HOUR)
    net.b.board = Fails(other, error)
    before = net.b.sql("SELECT thread, at FROM clock ORDER BY thread")
    with pytest.raises(type(error)):
        await net.b.tick()
    assert net.b.sql("SELECT thread, at FROM clock ORDER BY thread") == before
    assert await net.b.told() == []
    net.b.board = Board()
    await net.b.tick()
    assert "acknowledge notice-after" in await net.b.kinds(thread)


async def test_a_purged_thread_is_left_alone(net: Two) -> None:
    thread = await net.ask()
    await net.b.side.rooms.store.write(lambda tx: tx.threads.purge(thread))
    assert (await net.b.tick()).looked == 0
    net.pair.clock.advance(30 * DAY)
    assert (await net.b.tick()).looked == 0
    assert await net.b.told() == []


async def test_what_cannot_be_done_now_is_noted_nowhere_and_tried_again(net: Two) -> None:
    thread = await net.ask("URGENT")
    net.b.board = Board(able=False)
    net.pair.clock.advance(5 * HOUR)
    done = await net.b.tick()
    assert (done.acts, done.pause) == (0, DECLINED.total_seconds())
    assert await net.b.side.rooms.store.read(lambda tx: tx.clocks.done([thread])) == {thread: {}}
    net.b.board = Board()
    net.pair.clock.advance(DECLINED)
    await net.b.tick()
    assert "acknowledge notice-after" in await net.b.kinds(thread)


async def test_delivery_is_woken_for_whoever_was_written_to_and_nobody_else(net: Two) -> None:
    await net.ask("URGENT")
    await net.settle()
    net.pair.clock.advance(6 * HOUR)
    await net.a.tick()
    await net.b.tick()
    assert (net.a.woken, net.b.woken) == ([B], [])


async def test_notices_of_a_test_are_marked_as_such(net: Two) -> None:
    seen = Seen()
    net.b.kept = (seen,)
    await net.ask(test=True)
    await net.b.tick()
    assert seen.looks[0].thread.test


async def test_cases_from_before_there_were_clocks_are_looked_at(net: Two) -> None:
    thread = await net.ask()
    net.b.sql("DELETE FROM clock")
    net.b.sql("INSERT INTO clock SELECT id, created, x'5B5D' FROM thread WHERE NOT purged")
    await net.b.tick()
    due = await net.b.side.rooms.store.read(lambda tx: tx.clocks.next())
    assert due is not None
    assert instant(due) > net.pair.clock.now()
    assert await net.b.told(thread) == []
    assert net.a.side.rooms.authority == A
