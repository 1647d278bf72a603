"""Accounts: from the password given once to the desk, and all the ways not to get there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from tests.casework.accounts import (
    CHEAP,
    OFFICE,
    OUTSIDE,
    PASSWORD,
    House,
    code_from,
    open_house,
    wrong,
)
from tests.casework.desks import PEOPLE
from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import Proofs
from tracer.casework.accounts.sessions import Stage
from tracer.casework.accounts.sign_in import SignIn
from tracer.errors import InputError
from tracer.trust.password import Hasher

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
