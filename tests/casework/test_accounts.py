"""Accounts: from the password given once to the desk, and all the ways not to get there."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.casework.accounts import (
    CHEAP,
    OFFICE,
    OUTSIDE,
    PASSWORD,
    House,
    code_of,
    open_house,
)
from tests.casework.desks import PEOPLE
from tracer.casework.accounts import leaked
from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import Proofs
from tracer.casework.accounts.rules import check_password
from tracer.casework.accounts.sessions import Opened, Sessions, Stage
from tracer.casework.accounts.sign_in import SignIn
from tracer.casework.roles import STEP_UP, Act
from tracer.errors import InputError
from tracer.trust import totp
from tracer.trust.password import Cost, Hasher


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as made:
        yield made


async def code_from(action: Awaitable[object]) -> str:
    """The code that an action is refused with; "" if it is not."""
    try:
        await action
    except InputError as error:
        return error.code
    return ""


# -- the way in -----------------------------------------------------------------------------------


async def test_the_first_sign_in_leads_over_a_password_and_a_phone_to_the_desk(
    house: House,
) -> None:
    opened = await house.first("ben")
    assert opened.session.stage is Stage.CHANGE
    opened = await house.passwords.choose(opened.token, PASSWORD)
    assert opened.session.stage is Stage.ENROL
    done = await house.set_up(opened)
    assert done.opened.session.stage is Stage.OPEN
    assert (done.opened.session.person, done.opened.session.roles) == ("ben", ("officer",))
    assert len(set(done.recovery)) == 10
    assert (await house.again("ben")).session.stage is Stage.OPEN


async def test_a_session_on_its_way_does_nothing_but_its_next_step(house: House) -> None:
    change = await house.first("ben")
    enrol = await house.passwords.choose((await house.first("eve")).token, PASSWORD)
    await house.enrolled("ada")
    code = await house.sign_in.begin("ada", PASSWORD, address=OFFICE)
    steps: dict[str, tuple[set[Stage], Callable[[str], Awaitable[object]]]] = {
        "code": ({Stage.CODE}, lambda t: house.sign_in.code(t, "000000", address=OFFICE)),
        "choose": ({Stage.CHANGE}, lambda t: house.passwords.choose(t, "short")),
        "begin": ({Stage.ENROL}, house.factor.begin),
        "confirm": ({Stage.ENROL}, lambda t: house.factor.confirm(t, "000000")),
        "change": (set(), lambda t: house.passwords.change(t, "a", "b", address=OFFICE)),
        "prove": (set(), lambda t: house.sessions.prove(t, "x", address=OFFICE)),
        "mine": (set(), house.sessions.mine),
        "end_mine": (set(), house.sessions.end_mine),
        "new_recovery": (
            set(),
            lambda t: house.factor.new_recovery(t, PASSWORD, address=OFFICE),
        ),
        "state": (set(), house.factor.state),
    }
    for opened in (change, enrol, code):
        for name, (stages, step) in steps.items():
            found = await code_from(step(opened.token))
            assert (found == "session-over") is (opened.session.stage not in stages), name


async def test_a_token_is_replaced_at_every_step_and_the_old_one_is_worth_nothing(
    house: House,
) -> None:
    first = await house.first("ben")
    second = await house.passwords.choose(first.token, PASSWORD)
    third = (await house.set_up(second)).opened
    fourth = await house.sessions.prove(third.token, house.code("ben"), address=OFFICE)
    tokens = [one.token for one in (first, second, third, fourth)]
    assert len(set(tokens)) == 4
    assert [await house.holds(one) for one in (first, second, third, fourth)] == [
        *(False, False, False),
        True,
    ]
    assert fourth.session.number == first.session.number


async def test_somebody_new_gets_a_password_with_their_place_on_record(house: House) -> None:
    row, given = await house.passwords.give_new("sam", "new", ["officer"])
    assert (row.name, row.roles, row.added_by, given.name) == ("new", ("officer",), "sam", "new")
    opened = await house.sign_in.begin("new", given.password, address=OFFICE)
    assert opened.session.stage == "change"
    for actor, name, roles, code in (
        ("ben", "two", ["officer"], "role-missing"),
        ("ghost", "two", ["officer"], "person-unknown"),
        ("sam", "new", ["officer"], "person-exists"),
        ("sam", "no name", ["officer"], "name-form"),
        ("sam", "two", ["boss"], "role-unknown"),
    ):
        assert await code_from(house.passwords.give_new(actor, name, roles)) == code
    assert await house.store.read(lambda tx: tx.people.get("two")) is None


async def test_a_password_given_once_counts_once_and_not_for_long(house: House) -> None:
    given = await house.passwords.give("sam", "ben")
    typed = given.password.lower().replace("-", " ")
    opened = await house.sign_in.begin("ben", typed, address=OFFICE)
    await house.passwords.choose(opened.token, PASSWORD)
    again = house.sign_in.begin("ben", given.password, address=OFFICE)
    assert await code_from(again) == "sign-in-refused"
    late = await house.passwords.give("sam", "eve")
    house.later(hours=72)
    again = house.sign_in.begin("eve", late.password, address=OFFICE)
    assert await code_from(again) == "sign-in-refused"


async def test_a_new_password_from_a_keeper_ends_the_old_one_and_every_session(
    house: House,
) -> None:
    opened = await house.enrolled("ben")
    given = await house.passwords.give("sam", "ben")
    assert not await house.holds(opened)
    old = house.sign_in.begin("ben", PASSWORD, address=OFFICE)
    assert await code_from(old) == "sign-in-refused"
    opened = await house.sign_in.begin("ben", given.password, address=OFFICE)
    assert opened.session.stage is Stage.CODE
    opened = await house.sign_in.code(opened.token, house.code("ben"), address=OFFICE)
    assert opened.session.stage is Stage.CHANGE
    opened = await house.passwords.choose(opened.token, "another heron, another rain")
    assert opened.session.stage is Stage.OPEN


async def test_only_keepers_give_passwords_and_take_factors_away_and_never_their_own(
    house: House,
) -> None:
    await house.enrolled("ben")
    for actor, roles in PEOPLE.items():
        keeper = not {"supervisor", "operator"}.isdisjoint(roles)
        reset = partial(house.factor.reset, recognised="in-person")
        for act in (house.passwords.give, reset):
            assert (await code_from(act(actor, "ben")) != "role-missing") is keeper, actor
    assert await code_from(house.passwords.give("sam", "sam")) == ""
    assert await code_from(house.passwords.give("sam", "sam")) == "person-self"
    assert (
        await code_from(house.factor.reset("sam", "sam", recognised="in-person")) == "person-self"
    )
    assert await code_from(house.passwords.give("sam", "ghost")) == "person-unknown"


async def test_without_a_second_factor_a_person_gets_in_only_where_it_is_optional(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path, AccountPolicy(second_factor=False)) as house:
        opened = await house.passwords.choose((await house.first("ben")).token, PASSWORD)
        assert opened.session.stage is Stage.OPEN
        await house.set_up(opened)
        again = await house.sign_in.begin("ben", PASSWORD, address=OFFICE)
        assert again.session.stage is Stage.CODE


# -- who is not let in ----------------------------------------------------------------------------


async def test_every_refusal_of_a_name_and_password_is_the_same(house: House) -> None:
    await house.enrolled("ben")
    await house.enrolled("eve")
    await house.people.disable("sam", "eve")
    found = set()
    for name, password in [
        *(("ghost", PASSWORD), ("", ""), ("ben", "wrong"), ("eve", PASSWORD)),
        *(("aud", PASSWORD), ("ben\n", "x" * 5000), ("x" * 500, "x")),
    ]:
        with pytest.raises(InputError) as refused:
            await house.sign_in.begin(name, password, address=OUTSIDE)
        error = refused.value
        found.add((error.code, error.message, error.advice, error.field))
    assert len(found) == 1
    assert found.pop()[0] == "sign-in-refused"


class Counting(Hasher):
    """Counts what work is done."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.verified = 0

    async def verify(self, stored: str | None, password: str) -> bool:
        self.verified += 1
        return await super().verify(stored, password)


async def test_an_unknown_name_costs_the_work_of_a_known_one_and_waits_alike(house: House) -> None:
    await house.enrolled("ben")
    for name in ("ben", "ghost"):
        hasher = Counting()
        proofs = Proofs(store=house.store, hasher=hasher, policy=house.policy)
        sign_in = SignIn(store=house.store, proofs=proofs, policy=house.policy)
        codes = [await code_from(sign_in.begin(name, "wrong", address=OUTSIDE)) for _ in range(7)]
        assert codes == ["sign-in-refused"] * 5 + ["sign-in-wait"] * 2
        assert hasher.verified == 5


async def test_what_was_typed_as_a_name_is_written_down_nowhere(
    house: House, tmp_path: Path
) -> None:
    await code_from(house.sign_in.begin("MySecretPassphrase", "ben", address=OUTSIDE))
    acts = await house.acts()
    assert (acts[-1].act, acts[-1].subject) == ("sign-in-refused", "")
    assert "MySecret" not in str(acts)
    assert acts[-1].detail == {"proof": "password", "address": OUTSIDE}
    assert b"MySecret" not in b"".join(one.read_bytes() for one in tmp_path.iterdir())


async def test_no_secret_is_on_record_or_readable_on_the_disk(house: House, tmp_path: Path) -> None:
    given = await house.passwords.give("sam", "ben")
    opened = await house.sign_in.begin("ben", given.password, address=OFFICE)
    opened = await house.passwords.choose(opened.token, PASSWORD)
    done = await house.set_up(opened)
    await house.sign_in.begin("ben", PASSWORD, address=OFFICE)
    secrets = [given.password, PASSWORD, house.phones["ben"], opened.token, done.opened.token]
    secrets += [*done.recovery, given.password.replace("-", "")]
    told = str(await house.acts()) + repr(done) + repr(given) + repr(opened)
    assert [one for one in secrets if one in told] == []
    disk = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert [one for one in [*secrets, "$argon2id", OFFICE] if one.encode() in disk] == []


async def test_a_person_who_is_locked_out_meanwhile_gets_no_further(house: House) -> None:
    await house.enrolled("ben")
    opened = await house.sign_in.begin("ben", PASSWORD, address=OFFICE)
    await house.people.disable("sam", "ben")
    step = house.sign_in.code(opened.token, house.code("ben"), address=OFFICE)
    assert await code_from(step) == "session-over"


# -- waits ----------------------------------------------------------------------------------------


async def wrong(
    house: House, name: str = "ben", address: str = OUTSIDE, *, browser: str = ""
) -> str:
    return await code_from(house.sign_in.begin(name, "wrong", address=address, browser=browser))


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


# -- the second factor ----------------------------------------------------------------------------


async def signed_in(house: House, steps: int) -> str:
    """What comes of Ben's code of so many steps from now: empty, or how it is refused."""
    opened = await house.sign_in.begin("ben", PASSWORD, address=OFFICE)
    code = house.code("ben", steps=steps)
    return await code_from(house.sign_in.code(opened.token, code, address=OFFICE))


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


# -- passwords ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password-short"),
        ("x" * 129, "password-long"),
        ("password1234", "password-common"),
        ("P@ssw0rd-2026!", "password-common"),
        ("qwertyuiop12", "password-common"),
        ("aaaaaaaaaaaaaaaa", "password-common"),
        ("abcabcabcabcabc", "password-common"),
        ("123456789012", "password-common"),
        ("ben.olsen-XA-NPOC", "password-common"),
        ("Firearms Tracing 2026", "password-common"),
        ("correct horse battery staple", "password-common"),
        ("the heron stood in the rain", ""),
        ("мой дядя самых честных правил", ""),
        ("春眠不觉晓处处闻啼鸟夜来", ""),
        ("vKq7-Zr2p-Lm9x", ""),
        ("x" + "yz" * 30, "password-common"),
        ("lettuce " * 2 + "and a wolf", ""),
    ],
)
def test_a_password_is_long_and_not_what_is_guessed_first(password: str, code: str) -> None:
    about = ("ben.olsen", "XA-NPOC")
    if not code:
        assert check_password(password, about=about) == password
        return
    with pytest.raises(InputError) as refused:
        check_password(password, about=about)
    assert (refused.value.code, refused.value.field) == (code, "password")


@pytest.mark.parametrize(
    "password",
    [
        *("123qweasdzxc", "Mailcreated5240", "1q2w3e4r5t6y", "leavemealone", "gfhjkmgfhjkm"),
        *("needforspeed", "unbelievable", "finalfantasy", "justinbieber", "supernatural"),
        *("NeedForSpeed", "counterstrike", "professional", "vjhufksdsrjk."),
    ],
)
def test_a_password_that_was_published_elsewhere_is_refused_however_its_letters_are_cased(
    password: str,
) -> None:
    with pytest.raises(InputError) as refused:
        check_password(password)
    assert refused.value.code == "password-common"


def test_the_set_of_published_passwords_has_more_than_the_3000_most_frequent_in_order() -> None:
    held = leaked.SET.read_bytes()
    digests = [held[at : at + leaked.BYTES] for at in range(0, len(held), leaked.BYTES)]
    assert len(digests) == leaked.count() > 40_000
    assert digests == sorted(set(digests))
    assert {len(one) for one in digests} == {leaked.BYTES}


def test_the_set_is_made_of_a_list_and_finds_its_first_and_its_last() -> None:
    listed = [f"a long password {n}" for n in range(100)]
    held = leaked.made_of(reversed(listed))
    assert all(leaked.is_in(held, one.upper()) for one in listed)
    assert not leaked.is_in(held, "a long password 100")


@pytest.mark.parametrize("near", ["ben.olsen", "XA-NPOC", "Ministry of Examples"])
def test_words_that_stand_near_do_not_count_and_others_do(near: str) -> None:
    password = f"{near} {near} Tracer".ljust(12, "!")
    with pytest.raises(InputError) as refused:
        check_password(password, about=("ben.olsen", "XA-NPOC", "Ministry of Examples"))
    assert refused.value.code == "password-common"
    assert check_password(f"{password} heron at dusk", about=(near,))


async def test_a_password_that_is_refused_changes_nothing(house: House) -> None:
    opened = await house.first("ben")
    chosen = house.passwords.choose(opened.token, "ben-ben-ben-ben")
    assert await code_from(chosen) == "password-common"
    assert await house.holds(opened)
    opened = await house.enrolled("eve")
    changed = house.passwords.change(opened.token, "wrong", "something else 77", address=OFFICE)
    assert await code_from(changed) == "proof-refused"
    assert await house.holds(opened)


async def test_an_old_hash_is_made_anew_at_the_next_sign_in(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.enrolled("ben")
        dearer = Hasher(Cost(passes=2, memory=8, lanes=1))
        proofs = Proofs(store=house.store, hasher=dearer, policy=house.policy)
        sign_in = SignIn(store=house.store, proofs=proofs, policy=house.policy)
        await sign_in.begin("ben", PASSWORD, address=OFFICE)
        account = await house.store.read(lambda tx: tx.accounts.get("ben"))
        assert account is not None
        assert not dearer.outdated(account.password)
        await house.sign_in.begin("ben", PASSWORD, address=OFFICE)


# -- the record -----------------------------------------------------------------------------------


async def test_everything_is_on_record_in_its_order(house: House) -> None:
    opened = await house.enrolled("ben")
    await wrong(house)
    opened = await house.sessions.prove(opened.token, house.code("ben"), address=OFFICE)
    opened = await house.passwords.change(
        opened.token, PASSWORD, "another heron, more rain", address=OFFICE
    )
    await house.factor.new_recovery(opened.token, "another heron, more rain", address=OFFICE)
    await house.sessions.end_mine(opened.token)
    await house.sessions.end(opened.token)
    await house.factor.reset("sam", "ben", recognised="in-person")
    told = [(act.actor, act.act, act.subject) for act in await house.acts()]
    assert told == [
        ("sam", "password-give", "ben"),
        ("ben", "sign-in", "ben"),
        ("ben", "password-change", "ben"),
        ("ben", "factor-begin", "ben"),
        ("ben", "factor-set", "ben"),
        ("policy", "sign-in-refused", "ben"),
        ("ben", "step-up", "ben"),
        ("ben", "password-change", "ben"),
        ("ben", "recovery-new", "ben"),
        ("ben", "session-end", "ben"),
        ("ben", "sign-out", "ben"),
        ("sam", "factor-reset", "ben"),
    ]
