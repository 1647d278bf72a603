"""The second factor: codes count once, a phone is set up and lost, papers help."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.casework.accounts import (
    OFFICE,
    OUTSIDE,
    PASSWORD,
    House,
    code_from,
    code_of,
    open_house,
    signed_in,
)
from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.sessions import Stage
from tracer.trust import totp


async def test_a_code_counts_once_and_none_before_it_counts_after(house: House) -> None:
    await house.enrolled("ben")
    house.later(seconds=60)

    assert await signed_in(house, 0) == ""
    assert await signed_in(house, 0) == "code-refused"
    assert await signed_in(house, -1) == "code-refused"
    assert await signed_in(house, 1) == "code-refused"
    house.later(seconds=30)
    assert await signed_in(house, -1) == "code-refused"
    assert await signed_in(house, 0) == ""


async def test_a_code_counts_while_it_is_shown_and_no_moment_before_or_after(house: House) -> None:
    await house.enrolled("ben")
    house.later(seconds=300)

    for steps in (-1, 1, -2):
        assert await signed_in(house, steps) == "code-refused"
    assert await signed_in(house, 0) == ""


@pytest.mark.parametrize("off", [-4, -1, 1, 4])
async def test_a_phone_whose_clock_is_off_signs_in_with_two_codes_in_a_row(
    house: House, off: int
) -> None:
    await house.enrolled("ben")
    house.later(seconds=300)

    assert await signed_in(house, off) == "code-refused"
    assert await signed_in(house, off) == "code-refused"
    house.later(seconds=totp.STEP)
    assert await signed_in(house, off) == ""
    assert await signed_in(house, off) == "code-refused"
    house.later(seconds=totp.STEP)
    assert await signed_in(house, off) == "code-refused"  # the next sign-in takes two again


async def test_codes_that_were_seen_and_kept_count_neither_alone_nor_far_apart(
    house: House,
) -> None:
    await house.enrolled("ben")
    house.later(seconds=300)

    assert await signed_in(house, -3) == "code-refused"
    assert await signed_in(house, -2) == "code-refused"  # the next one, but not half a minute later
    house.later(seconds=4 * totp.STEP)
    assert await signed_in(house, -2) == "code-refused"  # half a minute later, and more


async def test_the_code_of_the_enrolment_does_not_count_again(house: House) -> None:
    opened = await house.passwords.choose((await house.first("ben")).token, PASSWORD)
    secret = (await house.factor.begin(opened.token)).secret.replace(" ", "")
    house.phones["ben"] = secret
    used = house.code("ben")
    await house.factor.confirm(opened.token, used)
    again = await house.sign_in.begin("ben", PASSWORD, address=OFFICE)
    step = house.sign_in.code(again.token, used, address=OFFICE)
    assert await code_from(step) == "code-refused"


async def test_each_recovery_code_counts_once_and_only_for_its_person(house: House) -> None:
    await house.enrolled("ben")
    await house.enrolled("eve")
    code = house.paper["ben"][3]

    async def given(name: str, typed: str) -> str:
        opened = await house.sign_in.begin(name, PASSWORD, address=OFFICE)
        return await code_from(house.sign_in.code(opened.token, typed, address=OFFICE))

    assert await given("eve", code) == "code-refused"
    assert await given("ben", code.lower().replace("-", " ")) == ""
    assert await given("ben", code) == "code-refused"
    opened = await house.again("ben")
    assert (await house.factor.state(opened.token)).recovery_left == 9
    fresh = await house.factor.new_recovery(opened.token, PASSWORD, address=OFFICE)
    assert await given("ben", house.paper["ben"][4]) == "code-refused"
    assert await given("ben", fresh[0]) == ""


async def test_a_lost_phone_is_taken_away_by_a_keeper_and_set_up_anew(house: House) -> None:
    opened = await house.enrolled("ben")
    assert await code_from(house.factor.reset("opa", "ben", recognised="")) == "person-unproved"
    assert await house.holds(opened)
    await house.factor.reset("opa", "ben", recognised="in-person")
    assert not await house.holds(opened)
    act = (await house.acts())[-1]
    assert act.detail["recognised"] == "in-person"
    assert (
        await code_from(house.factor.reset("opa", "ben", recognised="in-person")) == "factor-none"
    )
    again = await house.sign_in.begin("ben", PASSWORD, address=OFFICE)
    assert again.session.stage is Stage.ENROL
    await house.set_up(again)
    assert (await house.again("ben")).session.stage is Stage.OPEN


async def test_a_secret_that_was_not_confirmed_changes_nothing(house: House) -> None:
    opened = await house.enrolled("ben")
    first = await house.factor.begin(opened.token)
    assert await house.factor.begin(opened.token) == first
    confirm = house.factor.confirm(opened.token, "000000", password=PASSWORD, address=OFFICE)
    assert await code_from(confirm) == "code-refused"
    assert (await house.again("ben")).session.stage is Stage.OPEN


async def test_a_secret_that_another_session_was_shown_is_never_the_one_that_counts(
    house: House,
) -> None:
    given = await house.passwords.give("sam", "ben")
    thief = await house.sign_in.begin("ben", given.password, address=OUTSIDE)
    thief = await house.passwords.choose(thief.token, PASSWORD)
    seen = await house.factor.begin(thief.token)
    own = await house.passwords.choose((await house.first("ben")).token, PASSWORD)
    shown = await house.factor.begin(own.token)
    assert shown.secret != seen.secret
    assert await house.factor.begin(own.token) == shown
    stolen = code_of(seen.secret.replace(" ", ""), house.clock)
    assert await code_from(house.factor.confirm(own.token, stolen)) == "code-refused"
    assert (await house.set_up(own)).opened.session.stage is Stage.OPEN


async def test_a_secret_that_was_shown_for_an_older_token_of_the_session_never_counts(
    house: House,
) -> None:
    stolen = await house.enrolled("ben")
    seen = (await house.factor.begin(stolen.token)).secret
    own = await house.sessions.prove(stolen.token, house.code("ben"), address=OFFICE)
    house.later(seconds=60)
    whole = {"old": house.code("ben"), "password": PASSWORD, "address": OFFICE}
    code = code_of(seen.replace(" ", ""), house.clock)
    assert await code_from(house.factor.confirm(own.token, code, **whole)) == "factor-none"
    assert (await house.factor.begin(own.token)).secret != seen
    assert await code_from(house.factor.confirm(own.token, code, **whole)) == "code-refused"


async def test_another_phone_takes_the_password_and_a_code_of_the_one_before_or_a_recovery_code(
    house: House,
) -> None:
    opened = await house.enrolled("ben")
    new = (await house.factor.begin(opened.token)).secret.replace(" ", "")

    async def confirmed(old: str, password: str = PASSWORD) -> str:
        code = code_of(new, house.clock)
        whole = {"old": old, "password": password, "address": OFFICE}
        return await code_from(house.factor.confirm(opened.token, code, **whole))

    for old in ("", "000000", code_of(new, house.clock), house.paper["ben"][0][:-1]):
        assert await confirmed(old) == "proof-refused"
    for password in ("", "not the password"):
        assert await confirmed(house.paper["ben"][0], password) == "proof-refused"
    assert (await house.again("ben")).session.stage is Stage.OPEN
    wrong_new = house.factor.confirm(
        opened.token, "000000", old=house.paper["ben"][0], password=PASSWORD, address=OFFICE
    )
    assert await code_from(wrong_new) == "code-refused"
    assert await confirmed(house.paper["ben"][0]) == ""
    house.phones["ben"] = new
    house.later(seconds=60)
    assert (await house.again("ben")).session.stage is Stage.OPEN


async def test_a_first_phone_that_is_set_up_at_the_desk_takes_the_password(tmp_path: Path) -> None:
    async with open_house(tmp_path, AccountPolicy(second_factor=False)) as house:
        opened = await house.passwords.choose((await house.first("ben")).token, PASSWORD)
        assert opened.session.stage is Stage.OPEN
        secret = (await house.factor.begin(opened.token)).secret.replace(" ", "")

        async def confirmed(password: str) -> str:
            code = code_of(secret, house.clock)
            whole = {"password": password, "address": OFFICE}
            return await code_from(house.factor.confirm(opened.token, code, **whole))

        assert [await confirmed(one) for one in ("", "not the password")] == ["proof-refused"] * 2
        assert (await house.factor.state(opened.token)).since is None
        assert await confirmed(PASSWORD) == ""


async def test_two_sessions_that_change_a_phone_do_not_confirm_each_others(house: House) -> None:
    one, other = await house.enrolled("ben"), await house.again("ben")
    mine = await house.factor.begin(one.token)
    await house.factor.begin(other.token)
    code = code_of(mine.secret.replace(" ", ""), house.clock)
    whole = {"old": house.paper["ben"][0], "password": PASSWORD, "address": OFFICE}
    assert await code_from(house.factor.confirm(one.token, code, **whole)) == "factor-none"
    assert (await house.again("ben")).session.stage is Stage.OPEN
