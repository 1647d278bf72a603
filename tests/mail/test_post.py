"""Carrying letters: once, later if it must be, given up where it is no use, never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.mail.server import Mailbox, mail_server
from tests.mail.world import LEASE, Sent, World, smtp, world
from tests.nodes import free_port
from tracer.casework.mail.post import Post
from tracer.errors import LineError, OperatorError

HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        await made.reach("ada", "ben")
        yield made


async def urgent(house: World, number: int = 1) -> None:
    """Queue letters about so many urgent cases, to ada and ben each."""
    for _ in range(number):
        await house.tell(await house.case("FLASH"))
    assert await house.writing.urgent() == 2 * number


async def states(house: World) -> list[tuple[str, str, str]]:
    return [(row.person, row.state, row.last_error) for row in await house.rows()]


async def test_a_letter_is_delivered_once(house: World) -> None:
    await urgent(house)
    box = Mailbox()
    async with mail_server(box) as port:
        post = house.post(smtp(port))
        assert await post() == 2
        for _ in range(3):
            house.desk.clock.advance(LEASE)
            assert await post() == 0
    assert sorted(box.to) == ["ada@xa.example", "ben@xa.example"]
    assert {state for _, state, _ in await states(house)} == {"sent"}


async def test_a_server_that_is_down_gets_the_letter_once_when_it_is_back(house: World) -> None:
    await urgent(house)
    port, box = free_port(), Mailbox()
    post = house.post(smtp(port))
    for _ in range(5):
        assert await post() == 0
        due = await post.next_due()
        assert due is not None
        assert 0 < due <= HALF_HOUR.total_seconds()
        house.desk.clock.advance(HALF_HOUR)
    assert {error for _, _, error in await states(house)} == {"mail-line"}
    async with mail_server(box, port=port):
        assert await post() == 2
        house.desk.clock.advance(HALF_HOUR)
        assert await post() == 0
    assert sorted(box.to) == ["ada@xa.example", "ben@xa.example"]


async def test_the_wait_grows_with_each_failure_up_to_half_an_hour(house: World) -> None:
    await urgent(house)
    house.kept.raises = [LineError("mail-line", "broken")] * 20
    post, waits = house.post(), []
    for _ in range(12):
        await post()
        due = await post.next_due()
        assert due is not None
        waits.append(due)
        house.desk.clock.advance(HALF_HOUR)
    assert waits[0] <= 30
    assert waits[3] > waits[0]
    assert max(waits) <= HALF_HOUR.total_seconds()


async def test_a_letter_that_is_wanted_later_goes_later_and_holds_up_no_other(
    house: World,
) -> None:
    await urgent(house)
    box = Mailbox(on_rcpt="450 4.2.0 greylisted")
    async with mail_server(box) as port:
        post = house.post(smtp(port))
        assert await post() == 0
        assert box.seen.count("RCPT") == 2
        box.on_rcpt = ""
        house.desk.clock.advance(timedelta(minutes=1))
        assert await post() == 2
    assert len(box.taken) == 2


async def test_a_refused_address_is_given_up_at_once_and_the_others_get_theirs(
    house: World,
) -> None:
    await urgent(house)
    box = Mailbox(refuses=frozenset(["ada@xa.example"]))
    async with mail_server(box) as port:
        assert await house.post(smtp(port))() == 1
        house.desk.clock.advance(timedelta(hours=1))
        assert await house.post(smtp(port))() == 0
    assert await states(house) == [("ada", "given-up", "mail-recipient"), ("ben", "sent", "")]
    stats = await house.desk.store.read(lambda tx: tx.mail.stats())
    assert (stats.given_up, stats.lost) == (1, (("ada", "mail-recipient"),))


async def test_a_corrected_address_gets_what_was_missed_of_late(house: World) -> None:
    await urgent(house)
    house.kept.raises = [OperatorError("mail-recipient", "refused")]
    assert await house.post()() == 1
    house.desk.clock.advance(timedelta(days=4))
    await urgent(house)
    house.kept.raises = [OperatorError("mail-recipient", "refused")]
    assert await house.post()() == 1
    await house.desk.people.set_contact("ada", "ada", mail="ada@new.example")
    assert await house.post()() == 1
    to, letter = house.kept.letters[-1]
    assert (to, letter.subject) == ("ada@new.example", "Tracer XA-2026-000002")
    assert [state for _, state, _ in await states(house)] == ["dropped", "sent", "sent", "sent"]


@pytest.mark.parametrize("code", ["mail-login", "mail-tls", "mail-certificate", "mail-sender"])
async def test_what_the_operator_must_mend_stops_the_round_and_loses_no_letter(
    house: World, code: str
) -> None:
    await urgent(house, 2)
    house.kept.raises = [OperatorError(code, "to be mended")]
    assert await house.post()() == 0
    assert house.kept.letters == []
    assert {(state, error) for _, state, error in await states(house)} == {("queued", code)}
    house.desk.clock.advance(timedelta(minutes=1))
    assert await house.post()() == 4


async def test_after_the_set_time_a_letter_is_given_up(house: World) -> None:
    await urgent(house)
    for _ in range(48):
        house.kept.raises = [LineError("mail-line", "broken")]
        await house.post()()
        assert {state for _, state, _ in await states(house)} == {"queued"}
        house.desk.clock.advance(timedelta(hours=1))
    house.kept.raises = [LineError("mail-line", "broken")]
    await house.post()()
    assert {tuple(found[1:]) for found in await states(house)} == {("given-up", "mail-line")}


async def test_who_is_locked_out_or_has_no_address_gets_not_even_what_was_queued(
    house: World,
) -> None:
    await urgent(house)
    await house.desk.people.disable("sam", "ada")
    await house.desk.people.set_contact("ben", "ben", mail="")
    assert await house.post()() == 0
    assert house.kept.letters == []
    assert await states(house) == [
        ("ada", "dropped", "person-disabled"),
        ("ben", "dropped", "no-address"),
    ]


async def test_urgent_letters_go_before_digests(house: World) -> None:
    await house.tell(await house.case())
    house.desk.clock.advance(timedelta(days=1))
    await house.writing.digests()
    await urgent(house)
    assert await house.post()() == 4
    subjects = [letter.text.startswith("1 new notice") for _, letter in house.kept.letters]
    assert subjects == [False, False, True, True]


async def test_a_claimed_letter_is_left_alone_until_the_lease_runs_out(house: World) -> None:
    await urgent(house)

    class Gone(Sent):
        async def send(self, *_: object, **__: object) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await house.post(Gone())()
    assert await house.post()() == 0
    house.desk.clock.advance(LEASE)
    assert await house.post()() == 2


async def test_a_letter_whose_sending_was_not_noted_goes_again_under_the_same_id(
    tmp_path: Path,
) -> None:
    """Each persistent step on the way fails once, before and after it is stored."""
    trap, box, letters = _Trap(), Mailbox(), 0
    async with world(tmp_path, faults=trap) as house, mail_server(box) as port:
        await house.reach("ada", "ben")
        post = house.post(smtp(port))
        steps = await _way(house, post, trap, None)
        assert steps.count("lane.before-commit") == steps.count("lane.after-commit") == 5
        assert len(box.taken) == 2
        for at, step in enumerate(steps):
            await _way(house, post, trap, at)
            ids = {letter["Message-ID"] for letter in box.letters}
            assert len(ids) == len(set(box.taken)) == 2 * (at + 2), step
            letters += 2
    assert len(box.taken) > letters + 2  # some were sent twice: the same bytes


class _Trap:
    """Notes the steps of the store while it is set, and fails at one."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.at: int | None = None
        self.set = False

    def __call__(self, step: str) -> None:
        if self.set:
            self.steps.append(step)
            if self.at == len(self.steps) - 1:
                self.at = None
                raise RuntimeError(step)


async def _way(house: World, post: Post, trap: _Trap, at: int | None) -> list[str]:
    """Two letters from notice to mailbox, while the step of this number fails; the steps noted."""
    await house.tell(await house.case("FLASH"))
    trap.steps.clear()
    trap.at, trap.set = at, True
    try:
        await house.writing.urgent()
        await post()
    except (RuntimeError, OperatorError):
        assert at is not None
    found, trap.set = list(trap.steps), False
    for _ in range(3):
        house.desk.clock.advance(LEASE)
        await house.writing.urgent()
        await post()
    assert {tuple(one[1:]) for one in await states(house)} == {("sent", "")}
    return found
