"""Whoever guesses waits, ever longer, and keeps nobody else from the desk."""

from __future__ import annotations

import asyncio

from tests.casework.accounts import (
    OFFICE,
    OUTSIDE,
    PASSWORD,
    House,
    code_from,
    wrong,
)
from tracer.casework.accounts.sessions import Stage


async def test_each_wrong_try_too_many_doubles_the_wait_up_to_the_longest(house: House) -> None:
    await house.enrolled("ben")
    for _ in range(5):
        assert await wrong(house) == "sign-in-refused"
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        house.later(seconds=seconds - 1)
        assert await wrong(house) == "sign-in-wait"
        house.later(seconds=1)
        assert await wrong(house) == "sign-in-refused"


async def test_a_wait_ends_by_itself_however_often_it_is_tried_meanwhile(house: House) -> None:
    await house.enrolled("ben")
    await house.sessions.revoke("sam", "ben")
    while await wrong(house) != "sign-in-wait":
        pass
    for _ in range(15):
        assert await wrong(house) == "sign-in-wait"
        house.later(seconds=1)
    house.later(seconds=15)
    opened = await house.sign_in.begin("ben", PASSWORD, address=OUTSIDE)
    assert opened.session.stage is Stage.CODE
    for _ in range(5):
        assert await wrong(house) == "sign-in-refused"


async def test_the_right_password_does_not_help_while_one_waits(house: House) -> None:
    await house.enrolled("ben")
    while await wrong(house) != "sign-in-wait":
        pass
    right = house.sign_in.begin("ben", PASSWORD, address=OUTSIDE)
    assert await code_from(right) == "sign-in-wait"


async def test_whoever_guesses_from_outside_keeps_nobody_from_the_desk_in_the_office(
    house: House,
) -> None:
    await house.enrolled("ben")
    opened = await house.again("ben", address=OFFICE)
    while await wrong(house, address=OUTSIDE) != "sign-in-wait":
        pass
    assert (await house.again("ben", address=OFFICE)).session.stage is Stage.OPEN
    assert await house.holds(opened)
    opened = await house.sessions.prove(opened.token, house.code("ben"), address=OFFICE)
    while await wrong(house, address=OFFICE) != "sign-in-wait":
        pass
    house.later(days=31)
    while await wrong(house, address=OUTSIDE) != "sign-in-wait":
        pass
    assert await wrong(house, address=OFFICE) == "sign-in-wait"


async def test_a_machine_beside_them_keeps_nobody_from_the_desk_whose_browser_is_known(
    house: House,
) -> None:
    await house.enrolled("ben")
    await house.again("ben", browser="a secret of this browser")
    house.later(minutes=30)
    tried = [await wrong(house, f"guess{n}", OFFICE) for n in range(31)]
    assert tried[-1] == "sign-in-wait"
    assert await wrong(house, address=OFFICE) == "sign-in-wait"
    assert await code_from(house.again("ben")) == "sign-in-wait"
    back = await house.again("ben", browser="a secret of this browser")
    assert back.session.stage is Stage.OPEN
    await house.sessions.prove(back.token, house.code("ben"), address=OFFICE)


async def test_a_name_spent_at_its_own_address_is_not_spent_in_its_own_browser(
    house: House,
) -> None:
    await house.enrolled("ben")
    await house.again("ben", browser="one")
    while await wrong(house, address=OFFICE) != "sign-in-wait":
        pass
    assert await wrong(house, address=OFFICE, browser="another") == "sign-in-wait"
    assert (await house.again("ben", browser="one")).session.stage is Stage.OPEN


async def test_a_browser_that_is_known_guesses_no_more_often_than_any_other_and_for_one_name(
    house: House,
) -> None:
    await house.enrolled("ben")
    await house.enrolled("eve")
    await house.again("ben", browser="one")
    found = [await wrong(house, "ben", OUTSIDE, browser="one") for _ in range(6)]
    assert found == ["sign-in-refused"] * 5 + ["sign-in-wait"]
    for _ in range(5):
        assert await wrong(house, "eve", OUTSIDE) == "sign-in-refused"
    assert await wrong(house, "eve", OUTSIDE, browser="one") == "sign-in-wait"
    house.later(days=31)
    while await wrong(house, address=OFFICE) != "sign-in-wait":
        pass
    assert await wrong(house, address=OFFICE, browser="one") == "sign-in-wait"


async def test_one_address_that_tries_many_names_waits_and_others_do_not(house: House) -> None:
    await house.enrolled("ben")
    for number in range(30):
        assert await wrong(house, f"guess{number}", "2001:db8::1") == "sign-in-refused"
    assert await wrong(house, "guess30", "2001:db8::2") == "sign-in-wait"
    assert await wrong(house, "guess30", "2001:db8:0:1::2") == "sign-in-refused"
    house.later(minutes=15)
    assert await wrong(house, "guess31", "2001:db8::1") == "sign-in-refused"


async def test_an_office_behind_one_address_may_sign_in_as_often_as_it_likes(house: House) -> None:
    await house.enrolled("ben")
    for _ in range(40):
        await house.sign_in.begin("ben", PASSWORD, address=OFFICE)


async def test_many_tries_at_once_are_counted_before_any_is_judged(house: House) -> None:
    await house.enrolled("ben")
    found = await asyncio.gather(*(wrong(house) for _ in range(20)))
    assert sorted(found) == ["sign-in-refused"] * 5 + ["sign-in-wait"] * 15


async def test_codes_are_counted_apart_and_the_right_password_wipes_no_slate_of_theirs(
    house: House,
) -> None:
    await house.enrolled("ben")
    found = []
    for _ in range(7):
        opened = await house.sign_in.begin("ben", PASSWORD, address=OUTSIDE)
        found.append(await code_from(house.sign_in.code(opened.token, "000000", address=OUTSIDE)))
    assert found == ["code-refused"] * 5 + ["sign-in-wait"] * 2
