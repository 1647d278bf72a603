"""Which passwords are taken, and how they are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.casework.accounts import (
    OFFICE,
    PASSWORD,
    House,
    code_from,
    open_house,
)
from tracer.casework.accounts import leaked
from tracer.casework.accounts.proofs import Proofs
from tracer.casework.accounts.rules import check_password
from tracer.casework.accounts.sign_in import SignIn
from tracer.errors import InputError
from tracer.trust.password import Cost, Hasher


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
