"""Sessions end when they should, and what is grave takes a fresh proof of who is there."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from datetime import timedelta
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
)
from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.sessions import Opened, Sessions
from tracer.casework.roles import STEP_UP, Act
from tracer.errors import InputError

# -- sessions -------------------------------------------------------------------------------------


async def test_sessions_hold_while_they_are_used_and_end_when_idle_or_old(house: House) -> None:
    """Random working days: what a model of two lines says, the sessions do, to the minute."""
    await house.enrolled("ben")
    chance, policy = random.Random(6238), house.policy  # noqa: S311 - chance of a test
    for _ in range(25):
        opened = await house.sign_in.begin("ben", PASSWORD, address=OFFICE)
        opened = await house.sign_in.code(opened.token, house.code("ben"), address=OFFICE)
        began = used = house.clock.now()
        while True:
            house.later(minutes=chance.choice((0.5, 1, 5, 20, 28, 29.9, 30, 31, 200)))
            now = house.clock.now()
            over = now >= began + policy.absolute or now >= used + policy.idle
            sure = now < began + policy.absolute and now < used + policy.idle - timedelta(minutes=1)
            held = await house.holds(opened)
            assert not (held and over)
            assert held or not sure
            if not held:
                break
            used = now
        house.later(minutes=1)
        assert not await house.holds(opened)


async def test_a_sign_in_that_is_not_finished_ends_soon_and_its_time_counts_in_full(
    house: House,
) -> None:
    await house.enrolled("ben")
    opened = await house.sign_in.begin("ben", PASSWORD, address=OFFICE)
    house.later(minutes=14)
    assert await house.holds(opened)
    house.later(minutes=1)
    assert not await house.holds(opened)


Ending = Callable[[House, Opened], Awaitable[object]]
ENDINGS: dict[str, Ending] = {
    "change": lambda h, o: h.passwords.change(
        o.token, PASSWORD, "another heron, more rain", address=OFFICE
    ),
    "give": lambda h, _: h.passwords.give("sam", "ben"),
    "lock-out": lambda h, _: h.people.disable("sam", "ben"),
    "roles": lambda h, _: h.people.set_roles("sam", "ben", ["supervisor"]),
    "factor": lambda h, _: h.factor.reset("sam", "ben", recognised="by-voice"),
    "keeper": lambda h, _: h.sessions.revoke("sam", "ben"),
    "all others": lambda h, o: h.sessions.end_mine(o.token),
}


@pytest.mark.parametrize("name", ENDINGS)
async def test_all_sessions_end_at_a_new_password_a_lock_out_and_new_roles(
    house: House, name: str
) -> None:
    await house.enrolled("eve")
    other = await house.again("eve")
    await house.enrolled("ben")
    one, two = await house.again("ben"), await house.again("ben")
    half = await house.sign_in.begin("ben", PASSWORD, address=OFFICE)
    came = await ENDINGS[name](house, one)
    kept = isinstance(came, Opened) or name == "all others"
    left = came if isinstance(came, Opened) else one
    assert [await house.holds(each) for each in (left, two, half)] == [kept, False, False]
    assert await house.holds(other)


async def test_one_sees_and_ends_ones_own_sessions_only(house: House) -> None:
    await house.enrolled("ben")
    await house.enrolled("eve")
    one, two = await house.again("ben"), await house.again("ben", address=OUTSIDE)
    theirs = await house.again("eve")
    lines = await house.sessions.mine(one.token)
    assert [(line.person, line.address, line.mine) for line in lines[:2]] == [
        ("ben", OUTSIDE, False),
        ("ben", OFFICE, True),
    ]
    ended = house.sessions.end_mine(one.token, theirs.session.number)
    assert await code_from(ended) == "session-unknown"
    assert await house.sessions.end_mine(one.token, two.session.number) == 1
    assert [await house.holds(each) for each in (one, two, theirs)] == [True, False, True]
    house.later(minutes=6)
    assert await code_from(house.sessions.end_mine(one.token)) == "step-up-needed"
    for actor, code in (("ben", ""), ("eve", "role-missing"), ("aud", "role-missing"), ("opa", "")):
        assert await code_from(house.sessions.of(actor, "ben")) == code
        assert await code_from(house.sessions.revoke(actor, "ben")) == code


async def test_signing_out_ends_this_session_and_may_be_done_twice(house: House) -> None:
    opened = await house.enrolled("ben")
    await house.sessions.end(opened.token)
    assert not await house.holds(opened)
    await house.sessions.end(opened.token)
    assert [act.act for act in await house.acts()].count("sign-out") == 1


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "é", "x" * 100_000])
async def test_a_made_up_token_leads_nowhere(house: House, token: str) -> None:
    await house.enrolled("ben")
    assert await code_from(house.sessions.resume(token)) == "session-over"


async def test_asking_often_writes_once_a_minute(house: House, tmp_path: Path) -> None:
    opened = await house.enrolled("ben")
    await house.sessions.resume(opened.token)

    def seen() -> str:
        with closing(sqlite3.connect(tmp_path / "house.db")) as conn:
            return str(conn.execute("SELECT max(seen) FROM session").fetchone()[0])

    before = seen()
    house.later(seconds=20)
    await house.sessions.resume(opened.token)
    assert seen() == before
    house.later(seconds=60)
    await house.sessions.resume(opened.token)
    assert seen() > before


# -- fresh proofs ---------------------------------------------------------------------------------


async def test_a_proof_is_fresh_for_minutes_and_renewed_by_the_second_factor(house: House) -> None:
    opened = await house.enrolled("ben")
    assert (await house.sessions.resume(opened.token)).fresh
    house.later(minutes=5)
    session = await house.sessions.resume(opened.token)
    assert not session.fresh
    for act in Act:
        with suppress(InputError):
            Sessions.check_fresh(session, act)
            assert act not in STEP_UP
            continue
        assert act in STEP_UP
    for typed in (PASSWORD, "000000", ""):
        refused = house.sessions.prove(opened.token, typed, address=OFFICE)
        assert await code_from(refused) == "proof-refused"
    opened = await house.sessions.prove(opened.token, house.code("ben"), address=OFFICE)
    Sessions.check_fresh(opened.session, Act.PEOPLE_CHANGE)
    house.later(minutes=5)
    opened = await house.sessions.prove(opened.token, house.paper["ben"][0], address=OFFICE)
    assert opened.session.fresh
    again = house.sessions.prove(opened.token, house.paper["ben"][0], address=OFFICE)
    assert await code_from(again) == "proof-refused"
    proofs = [one.detail["proof"] for one in await house.acts() if one.act == "step-up"]
    assert proofs == ["code", "code"]


async def test_whoever_guesses_codes_at_an_open_desk_waits_as_at_signing_in(house: House) -> None:
    opened = await house.enrolled("ben")
    found = [
        await code_from(house.sessions.prove(opened.token, "000000", address=OFFICE))
        for _ in range(7)
    ]
    assert found == ["proof-refused"] * 5 + ["sign-in-wait"] * 2
    right = house.sessions.prove(opened.token, house.code("ben"), address=OFFICE)
    assert await code_from(right) == "sign-in-wait"
    assert await house.holds(opened)


async def test_without_a_second_factor_the_password_proves_anew_who_is_there(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path, AccountPolicy(second_factor=False)) as house:
        opened = await house.passwords.choose((await house.first("ben")).token, PASSWORD)
        refused = house.sessions.prove(opened.token, "not the password", address=OFFICE)
        assert await code_from(refused) == "proof-refused"
        opened = await house.sessions.prove(opened.token, PASSWORD, address=OFFICE)
        assert opened.session.fresh


async def test_a_password_guessed_at_an_open_desk_is_not_counted_against_a_browser_that_is_known(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path, AccountPolicy(second_factor=False)) as house:
        await house.passwords.choose((await house.first("ben")).token, PASSWORD)
        opened = await house.sign_in.begin("ben", PASSWORD, address=OFFICE, browser="one")

        async def proved(typed: str, browser: str) -> str:
            prove = house.sessions.prove
            return await code_from(prove(opened.token, typed, address=OFFICE, browser=browser))

        while await proved("a guess", "another") != "sign-in-wait":
            pass
        assert [await proved("a guess", "one") for _ in range(5)] == ["proof-refused"] * 5
        assert await proved(PASSWORD, "one") == "sign-in-wait"
        house.later(minutes=1)
        assert await proved(PASSWORD, "one") == ""


async def test_whoever_guesses_at_an_open_desk_keeps_nobody_in_their_own_browser_from_a_change(
    house: House,
) -> None:
    await house.enrolled("ben")
    opened = await house.again("ben", browser="one")
    here = {"address": OFFICE, "browser": "one"}
    for guess in range(6):
        prove = house.sessions.prove(opened.token, "000000", address=OFFICE, browser="another")
        assert await code_from(prove) == ("proof-refused" if guess < 5 else "sign-in-wait")
    await house.factor.new_recovery(opened.token, PASSWORD, **here)
    opened = await house.passwords.change(opened.token, PASSWORD, "another heron", **here)
    new = (await house.factor.begin(opened.token)).secret.replace(" ", "")
    whole = {"old": house.code("ben"), "password": "another heron", **here}
    code = code_of(new, house.clock)
    assert await code_from(house.factor.confirm(opened.token, code, **whole)) == ""


async def test_a_new_phone_password_or_recovery_codes_take_a_fresh_proof_and_the_password(
    house: House,
) -> None:
    opened = await house.enrolled("ben")
    house.later(minutes=6)
    recovery = house.factor.new_recovery
    for act in (
        house.factor.begin(opened.token),
        recovery(opened.token, PASSWORD, address=OFFICE),
        house.passwords.change(opened.token, PASSWORD, "another heron", address=OFFICE),
        house.passwords.may_change(opened.token),
    ):
        assert await code_from(act) == "step-up-needed"
    assert await code_from(house.factor.confirm(opened.token, "000000")) == "step-up-needed"
    opened = await house.sessions.prove(opened.token, house.code("ben"), address=OFFICE)
    for typed, code in (("not the password", "proof-refused"), (PASSWORD, "")):
        assert await code_from(recovery(opened.token, typed, address=OFFICE)) == code
    change = house.passwords.change(opened.token, PASSWORD, "another heron", address=OFFICE)
    assert await code_from(change) == ""


async def test_a_proof_does_not_prolong_a_session_beyond_its_end(house: House) -> None:
    opened = await house.enrolled("ben")
    until = opened.session.until
    house.later(minutes=10)
    opened = await house.sessions.prove(opened.token, house.code("ben"), address=OFFICE)
    assert opened.session.until == until
