"""Which notices become which letters: at once or in the day's digest, once, and never content."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.casework.desks import document, request_document
from tests.mail.world import BERLIN_LIKE, SENDER, Acted, World, world
from tracer.casework.mail.writing import SINGLES
from tracer.clock import instant
from tracer.model.clocks import ClockKind
from tracer.store import Tx
from tracer.transport.letter import Letter, on_the_wire


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        await made.reach("ben")
        yield made


def at(house: World, text: str) -> None:
    """Move the clock forward to an instant."""
    step = instant(f"2026-{text}:00.000Z") - house.desk.clock.now()
    assert step >= timedelta(0)
    house.desk.clock.advance(step)


def references(letter: Letter) -> list[str]:
    """The cases a letter names, in order, each once."""
    return list(dict.fromkeys(re.findall(r"XA-2026-\d{6}", letter.text)))


@pytest.mark.parametrize("level", ["FLASH", "URGENT"])
async def test_what_is_urgent_is_a_letter_of_its_own_at_once(house: World, level: str) -> None:
    for _ in range(2):
        await house.tell(await house.case(level))
    assert await house.writing.urgent() == 2
    letters = await house.letters()
    assert [(who, letter.subject) for who, letter in letters] == [
        ("ben", "Tracer XA-2026-000001"),
        ("ben", "Tracer XA-2026-000002"),
    ]
    assert await house.writing.urgent() == 0
    at(house, "03-02T08:00")
    assert await house.day() == []


@pytest.mark.parametrize("why", ["no address", "locked out", "no such role any more"])
async def test_notices_to_people_who_get_no_mail_hold_up_no_urgent_letter(
    house: World, why: str
) -> None:
    thread = await house.case("FLASH")
    target = await house.target(thread)
    if why != "no address":
        await house.reach("sam")

    def body(tx: Tx) -> None:
        row = tx.threads.get(thread)
        assert row is not None
        for number in range(100):
            house.notices.tell(tx, row, Acted(f"k{number}", "escalate", target))

    await house.desk.store.write(body)  # to sam, the supervisor
    if why == "locked out":
        await house.desk.store.write(lambda tx: tx.people.disable("sam"))
    elif why == "no such role any more":
        await house.desk.store.write(lambda tx: tx.people.set_roles("sam", ("operator",)))
    house.desk.clock.advance(timedelta(minutes=1))
    await house.tell(thread)
    assert await house.writing.urgent() == 1
    ((who, _),) = await house.letters()
    assert who == "ben"


async def test_many_urgent_cases_are_ten_letters_in_an_hour_and_one_of_the_others(
    house: World,
) -> None:
    for _ in range(SINGLES + 3):
        await house.tell(await house.case("FLASH"))
    assert await house.writing.urgent() == SINGLES + 1
    letters = [letter for _, letter in await house.letters()]
    assert references(letters[-1]) == [f"XA-2026-{n:06}" for n in range(11, 14)]
    await house.tell(await house.case("FLASH"))
    assert await house.writing.urgent() == 0  # it waits, and holds up nobody else
    house.desk.clock.advance(timedelta(hours=1, seconds=1))
    assert await house.writing.urgent() == 1


async def test_an_escalation_is_a_letter_at_once_whatever_the_urgency(house: World) -> None:
    await house.reach("sam")
    thread = await house.case("ROUTINE")
    at(house, "03-20T08:00")
    await house.tell(thread, "escalate")
    assert await house.writing.urgent() == 1
    ((who, letter),) = await house.letters()
    assert who == "sam"
    assert "brought to you as head" in letter.text


async def test_what_is_not_urgent_waits_for_the_digest_of_the_day(house: World) -> None:
    await house.writing.digests()  # that of today is done
    for _ in range(2):
        await house.tell(await house.case())
    assert await house.writing.urgent() == 0
    at(house, "03-02T06:59")
    assert await house.day() == []
    at(house, "03-02T07:00")
    ((who, letter),) = await house.day()
    assert (who, letter.subject) == ("ben", "Tracer")
    assert references(letter) == ["XA-2026-000001", "XA-2026-000002"]
    at(house, "03-02T23:00")
    assert await house.day() == []
    at(house, "03-03T07:00")
    assert await house.day() == []


async def test_a_digest_of_one_case_carries_its_reference_as_subject(house: World) -> None:
    await house.tell(await house.case())
    at(house, "03-02T07:00")
    ((_, letter),) = await house.day()
    assert letter.subject == "Tracer XA-2026-000001"


async def test_a_node_that_was_down_at_the_hour_writes_when_it_is_back(house: World) -> None:
    await house.tell(await house.case())
    at(house, "03-02T15:30")
    assert len(await house.day()) == 1
    await house.tell(await house.case())
    assert await house.day() == []
    at(house, "03-03T07:00")
    assert len(await house.day()) == 1


async def test_what_comes_after_the_hour_waits_for_tomorrow_even_if_nothing_went_out_today(
    house: World,
) -> None:
    at(house, "03-02T07:00")
    assert await house.day() == []
    await house.tell(await house.case())
    at(house, "03-02T20:00")
    assert await house.day() == []
    at(house, "03-03T07:00")
    assert len(await house.day()) == 1


async def test_a_digest_is_sorted_by_what_is_most_pressing(house: World) -> None:
    routine, urgent = await house.case("ROUTINE"), await house.case("URGENT")
    at(house, "03-01T13:00")
    later, priority = await house.case("PRIORITY"), await house.case("PRIORITY")
    await house.desk.people.set_contact("sam", "ben", mail="")  # nothing can go at once
    for thread in (routine, later, urgent):
        await house.tell(thread)
    await house.tell(priority, clock=ClockKind.FIRST_ANSWER)
    await house.reach("ben")
    at(house, "03-02T14:00")
    await house.writing.urgent()  # older than a day: it waits for the digest
    ((_, letter),) = await house.day()
    assert references(letter) == [
        "XA-2026-000002",
        "XA-2026-000003",
        "XA-2026-000004",
        "XA-2026-000001",
    ]


async def test_nothing_to_tell_makes_no_letter(house: World) -> None:
    at(house, "03-02T07:00")
    assert await house.day() == []
    assert await house.letters() == []


@pytest.mark.parametrize("how", ["answered", "seen"])
async def test_what_was_settled_or_seen_meanwhile_is_not_written_about(
    house: World, how: str
) -> None:
    done, still, urgent = await house.case(), await house.case(), await house.case("FLASH")
    for thread in (done, still, urgent):
        await house.tell(thread)
    if how == "answered":
        for thread in (done, urgent):
            await house.desk.arrives(thread, "acknowledgement")
    else:
        lines = await house.desk.notices.list("ben")
        others = [one.number for one in lines if one.thread != still]
        await house.desk.notices.see("ben", numbers=others)
    assert await house.writing.urgent() == 0
    at(house, "03-02T07:00")
    ((_, letter),) = await house.day()
    assert references(letter) == ["XA-2026-000002"]


async def test_a_clock_that_was_put_off_is_not_called_passed(house: World) -> None:
    thread = await house.case()
    at(house, "03-04T11:00")
    target = await house.target(thread, ClockKind.FIRST_ANSWER)
    assert target.due == "2026-03-04T12:00:00.000Z"
    await house.desk.arrives(thread, "more-info")
    at(house, "03-04T13:00")
    act = Acted("k", "notice-after", target)

    def body(tx: Tx) -> None:
        row = tx.threads.get(thread)
        assert row is not None
        house.notices.tell(tx, row, act)

    await house.desk.store.write(body)
    (line,) = await house.desk.notices.list("ben")
    assert not line.awaited
    assert await house.day() == []


@pytest.mark.parametrize("level", ["PRIORITY", "FLASH"])
async def test_what_is_told_twice_of_one_clock_is_written_once(house: World, level: str) -> None:
    thread = await house.case(level)
    for key in ("first", "second"):
        await house.tell(thread, key=key)
    await house.tell(await house.case(level))
    at(house, "03-02T07:00")
    await house.writing.urgent()
    await house.writing.digests()
    named = [name for _, letter in await house.letters() for name in references(letter)]
    assert named == ["XA-2026-000001", "XA-2026-000002"]
    assert sum(letter.text.count("Awaited") for _, letter in await house.letters()) == 2
    at(house, "03-03T07:00")
    assert await house.day() == []


async def test_without_a_digest_only_what_is_urgent_is_written(house: World) -> None:
    await house.desk.people.set_contact("ben", "ben", digest=False)
    for level in ("PRIORITY", "FLASH"):
        await house.tell(await house.case(level))
    assert await house.writing.urgent() == 1
    at(house, "03-02T07:00")
    assert await house.day() == []


async def test_each_person_reads_their_own_language(house: World) -> None:
    await house.reach("ada", language="ar")
    await house.desk.people.set_contact("ben", "ben", language="ru")
    await house.tell(await house.case("FLASH"))
    assert await house.writing.urgent() == 2
    found = dict(await house.letters())
    assert (found["ada"].language, found["ben"].language) == ("ar", "ru")
    assert "خطر على الحياة" in found["ada"].text
    assert "УГРОЗА ЖИЗНИ" in found["ben"].text


async def test_the_text_on_where_to_look_names_the_case(tmp_path: Path) -> None:
    async with world(tmp_path, where="https://tracer.xa.example/cases/{reference}") as house:
        await house.reach("ben")
        await house.tell(await house.case("FLASH"))
        for _ in range(2):
            await house.tell(await house.case())
        await house.writing.urgent()
        at(house, "03-02T07:00")
        await house.writing.digests()
        (_, one), (_, many) = await house.letters()
        assert "https://tracer.xa.example/cases/XA-2026-000001" in one.text
        for number in (2, 3):
            assert f"https://tracer.xa.example/cases/XA-2026-00000{number}\n" in many.text
        assert "{" not in one.text + many.text


async def test_digests_go_at_the_local_hour_over_both_changes_of_the_clocks(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, offsets=BERLIN_LIKE) as house:
        await house.reach("ben")
        expected = {
            "03-28": "03-28T06:00",
            "03-29": "03-29T05:00",  # the night has an hour less
            "03-30": "03-30T05:00",
            "10-24": "10-24T05:00",
            "10-25": "10-25T06:00",  # the night has an hour more
            "10-26": "10-26T06:00",
        }
        for day, moment in expected.items():
            at(house, f"{day}T00:30")
            await house.writing.digests()  # at half past one or two in the night: not yet
            await house.tell(await house.case("ROUTINE"))
            due = instant(f"2026-{moment}:00.000Z")
            house.desk.clock.advance(due - house.desk.clock.now() - timedelta(minutes=1))
            assert await house.day() == []
            house.desk.clock.advance(timedelta(minutes=1))
            assert len(await house.day()) == 1


async def test_every_hour_of_a_year_makes_one_digest_a_day(tmp_path: Path) -> None:
    async with world(tmp_path, offsets=BERLIN_LIKE) as house:
        days: list[date] = []
        for _ in range(365 * 24):
            now = house.desk.clock.advance(timedelta(hours=1))
            day = house.writing._due_day(now)  # noqa: SLF001 - the rule alone, without a store
            if day is not None and (not days or day > days[-1]):
                days.append(day)
        assert len(days) == len(set(days))
        assert {b - a for a, b in pairwise(days)} == {timedelta(days=1)}


async def test_a_letter_holds_nothing_of_what_the_case_is_about(house: World) -> None:
    for language in ("ar", "en", "es", "fr", "ru", "zh"):
        await house.desk.people.set_contact("ben", "ben", language=language)
        thread = await house.case("FLASH")
        await house.desk.arrives(thread, "more-info")
        await house.tell(thread, clock=ClockKind.INFORMATION)
        await house.writing.urgent()
        await house.tell(await house.case())
        at(house, f"03-{house.desk.clock.now().day + 1:02}T08:00")
        await house.writing.digests()
    letters = [letter for _, letter in await house.letters()]
    assert len(letters) == 12
    wire = b"".join(on_the_wire(each, sender=SENDER, to="ben@xa.example") for each in letters)
    plain = wire.decode() + "".join(each.text for each in letters)
    secrets = texts(request_document()) | texts(document("more-info"))
    assert {"VOSTOK ARMS", "VP-9", "\u042f\u0411 4?17", "Imagined City", "TEST0000"} <= secrets
    assert {secret for secret in secrets if secret in plain} == set()
    for letter in letters:
        assert re.fullmatch(r"Tracer XA-2026-\d{6}", letter.subject)


def texts(value: object) -> set[str]:
    """Every text of a document that people wrote; codes and the shortest are left out."""
    if isinstance(value, dict):
        return set().union(*map(texts, value.values()), set())
    if isinstance(value, list | tuple):
        return set().union(*map(texts, value), set())
    coded = re.compile(r"[A-Z_]+|[a-z-]+|[\d-]+")
    if isinstance(value, str) and len(value) > 2 and not coded.fullmatch(value):
        return {value}
    return set()
