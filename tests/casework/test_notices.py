"""Who is told what about a case, and what they see of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.casework.desks import THEM, US
from tests.casework.people import put_on_record
from tests.casework.test_promise import agree, between
from tests.mail.world import World, world
from tracer.clock import stamp
from tracer.errors import InputError
from tracer.model.clocks import ClockKind
from tracer.store import NoticeRow


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


async def told(house: World) -> dict[str, list[str]]:
    """Keys of the notices of everybody who has some."""

    async def of(name: str) -> list[NoticeRow]:
        return await house.desk.store.read(lambda tx: tx.notices.of(name, seen=True))

    people = await house.desk.store.read(lambda tx: tx.people.all())
    found = {one.name: [row.key for row in await of(one.name)] for one in people}
    return {name: keys for name, keys in found.items() if keys}


async def test_those_with_a_hand_on_the_case_are_told_each_once(house: World) -> None:
    thread = await house.case()
    for _ in range(3):
        await house.tell(thread, key="k")
    assert await told(house) == {"ada": ["k"], "ben": ["k"]}


async def test_whoever_answered_has_a_hand_on_the_case_too(house: World) -> None:
    thread = await house.case()
    draft = await house.desk.drafts.reply_draft("eve", thread, "progress-enquiry")
    await house.tell(thread, key="k")
    assert set(await told(house)) == {"ada", "ben", "eve"}
    await house.desk.drafts.discard("eve", draft.id)


async def test_a_case_that_nobody_has_touched_is_told_to_all_officers(house: World) -> None:
    thread = await house.case()
    for name in ("ada", "ben"):
        await house.desk.people.set_roles("sam", name, ["operator"])
    await house.tell(thread, key="k")
    assert await told(house) == {"eve": ["k"]}


async def test_a_locked_out_person_is_told_nothing(house: World) -> None:
    thread = await house.case()
    await house.desk.people.disable("sam", "ada")
    await house.tell(thread, key="k")
    assert await told(house) == {"ben": ["k"]}
    await house.desk.people.disable("sam", "ben")
    await house.tell(thread, key="l")
    assert await told(house) == {"ben": ["k"], "eve": ["l"]}


async def test_an_escalation_goes_to_every_supervisor_if_no_head_is_named(house: World) -> None:
    thread = await house.case()
    await put_on_record(house.desk.store, "sam", "sue", ["supervisor"])
    await house.tell(thread, "escalate", key="e")
    assert await told(house) == {"sam": ["e"], "sue": ["e"]}


async def test_an_escalation_goes_to_the_named_heads(tmp_path: Path) -> None:
    async with world(tmp_path, heads=("eve", "nobody")) as house:
        thread = await house.case()
        await house.tell(thread, "escalate", key="e")
        assert await told(house) == {"eve": ["e"]}
        await house.desk.people.disable("sam", "eve")
        await house.tell(thread, "escalate", key="f")
        assert await told(house) == {"eve": ["e"], "sam": ["f"]}


async def test_an_escalation_is_not_lost_on_an_empty_chair(house: World) -> None:
    thread = await house.case()
    await put_on_record(house.desk.store, "sam", "ops", ["operator"])
    await house.desk.people.disable("ops", "sam")
    await house.tell(thread, "escalate", key="e")
    assert await told(house) == {"ben": ["e"], "eve": ["e"]}


async def test_a_notice_says_what_is_awaited_from_whom_until_when(house: World) -> None:
    thread = await house.case("FLASH")
    target = await house.target(thread)
    await house.tell(thread)
    (line,) = await house.desk.notices.list("ben")
    assert (line.reference, line.peer) == ("XA-2026-000001", THEM)
    assert (line.awaited_from, line.clock, line.due) == (THEM, "acknowledge", target.due)
    assert (line.life_at_risk, line.awaited, line.late, line.seen_at) == (True, True, False, None)
    assert line.how_late == "Time left: 60 minutes"
    assert line.words == (
        "LIFE AT RISK: XA-2026-000001, with XB-NPOC: XB-NPOC owes an acknowledgement of receipt; "
        "target 1 March 2026, 13:00 UTC (local time: 1 March 2026, 13:00, UTC+00:00). "
        "Time left: 60 minutes."
    )


async def test_a_notice_says_how_late_it_is(house: World) -> None:
    thread = await house.case("URGENT")
    await house.tell(thread)
    house.desk.clock.advance(timedelta(hours=9))
    (line,) = await house.desk.notices.list("ben")
    assert (line.late, line.how_late) == (True, "Late by: 5 hours")


async def test_a_notice_about_us_says_so(house: World) -> None:
    thread = await house.case()
    await house.desk.arrives(thread, "more-info")
    await house.tell(thread, clock=ClockKind.INFORMATION)
    (line,) = await house.desk.notices.list("ben")
    assert (line.awaited_from, line.what) == (US, "the information that was asked for for line 1")


async def test_only_what_the_two_agreed_on_is_called_a_deadline(house: World) -> None:
    await agree(house.desk, between(THEM, US, nature="deadline"))
    thread = await house.case()
    await house.desk.arrives(thread, "consent-asked", about=(thread,))
    await house.tell(thread, key="k")
    await house.tell(thread, clock=ClockKind.CONSENT, key="l")
    found = {line.clock: line for line in await house.desk.notices.list("ben")}
    assert {clock: line.binding for clock, line in found.items()} == {
        "acknowledge": True,
        "consent": False,
    }
    assert "; agreed deadline " in found["acknowledge"].words
    assert "; target " in found["consent"].words


async def test_what_was_done_meanwhile_is_no_longer_awaited(house: World) -> None:
    thread = await house.case()
    await house.tell(thread)
    await house.desk.arrives(thread, "acknowledgement")
    (line,) = await house.desk.notices.list("ben")
    assert (line.awaited, line.late, line.how_late) == (False, False, "no longer awaited")
    assert line.words.endswith("No longer awaited.")


async def test_what_was_seen_is_gone_from_the_list_and_kept_for_all(house: World) -> None:
    first, second = await house.case(), await house.case()
    for thread in (first, second):
        await house.tell(thread)
    new = [line.number for line in await house.desk.notices.list("ben")]
    assert len(new) == 2
    assert await house.desk.notices.see("ben", numbers=new[:1]) == (new[0],)
    assert [line.number for line in await house.desk.notices.list("ben")] == new[1:]
    assert await house.desk.notices.see("ben", numbers=new) == (new[1],)
    assert await house.desk.notices.list("ben") == ()
    old = await house.desk.notices.list("ben", seen=True)
    assert [line.seen_at for line in old] == [stamp(house.desk.clock.now())] * 2
    assert len(await house.desk.notices.list("ada")) == 2


async def test_nobody_notes_anothers_notices_as_seen(house: World) -> None:
    await house.tell(await house.case())
    (mine,) = await house.desk.notices.list("ada")
    assert await house.desk.notices.see("ben", numbers=[mine.number]) == ()
    assert len(await house.desk.notices.list("ada")) == 1


async def test_a_persons_address_is_theirs_or_a_keepers_to_set(house: World) -> None:
    people = house.desk.people
    mine = await people.set_contact("ben", "ben", mail="ben@xa.example", language="fr")
    assert (mine and mine.mail, mine and mine.language) == ("ben@xa.example", "fr")
    await people.set_contact("opa", "ben", digest=False)
    found = await people.contact("ben", "ben")
    assert found is not None
    assert (found.mail, found.language, found.digest) == ("ben@xa.example", "fr", False)
    with pytest.raises(InputError) as caught:
        await people.set_contact("eve", "ben", mail="eve@elsewhere.example")
    assert caught.value.code == "role-missing"
    assert await people.set_contact("ben", "ben", mail="") is None
    assert await people.contact("sam", "ben") is None


@pytest.mark.parametrize(
    "address",
    [
        "ben",
        "@xa.example",
        "ben@",
        "ben@xa.example\nBcc: eve@xa.example",
        "ben@xa.example\r\n",
        "ben@xa.example,eve@xa.example",
        "Ben <ben@xa.example>",
        '"ben"@xa.example',
        "b\u00e9n@xa.example",
        "ben@-xa.example",
        "ben@xa..example",
        ".ben@xa.example",
        "ben@xa.example\x00",
        "b" * 65 + "@xa.example",
        "ben@" + ".".join(["a" * 60] * 5),
    ],
)
async def test_what_is_no_plain_address_is_refused(house: World, address: str) -> None:
    with pytest.raises(InputError) as caught:
        await house.desk.people.set_contact("ben", "ben", mail=address)
    assert (caught.value.code, caught.value.field) == ("address-form", "mail")


async def test_a_language_without_letters_and_a_digest_to_nowhere_are_refused(
    house: World,
) -> None:
    for given, code in (
        ({"mail": "ben@xa.example", "language": "de"}, "language-unknown"),
        ({"language": "fr"}, "address-missing"),
        ({"digest": True}, "address-missing"),
    ):
        with pytest.raises(InputError) as caught:
            await house.desk.people.set_contact("ben", "ben", **given)
        assert caught.value.code == code


async def test_an_address_cannot_be_read_from_the_disk(house: World, tmp_path: Path) -> None:
    await house.reach("ben")
    await house.tell(await house.case("FLASH"))
    await house.writing.urgent()
    written = b"".join(path.read_bytes() for path in tmp_path.glob("tracer.db*"))
    assert b"ben@xa.example" not in written
    assert b"Awaited from" not in written
