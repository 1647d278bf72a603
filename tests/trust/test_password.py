"""Hashes of passwords: slow on purpose, a few at once, the same work for nobody."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tracer.errors import InputError
from tracer.trust import password, spoken
from tracer.trust.password import STANDARD, Cost, Hasher

CHEAP = Cost(passes=1, memory=8, lanes=1)


async def test_a_hash_is_of_its_password_alone() -> None:
    hasher = Hasher(CHEAP)
    stored = await hasher.hash("the heron in the rain")
    assert await hasher.verify(stored, "the heron in the rain")
    assert not await hasher.verify(stored, "the heron in the rain ")
    assert not await hasher.verify(stored, "The heron in the rain")
    assert stored != await hasher.hash("the heron in the rain")


async def test_the_cost_is_the_one_the_rfc_recommends_where_memory_is_short() -> None:
    stored = await Hasher().hash("the heron in the rain")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert STANDARD == (3, 65536, 4)


async def test_the_same_letters_typed_on_another_machine_are_the_same_password() -> None:
    hasher = Hasher(CHEAP)
    stored = await hasher.hash("Pass\u00e9 compos\u00e9, jadis")
    assert await hasher.verify(stored, "Passe\u0301 compose\u0301, jadis")


async def test_nobody_has_a_password_that_fits_and_costs_what_a_person_costs() -> None:
    hasher = Hasher(CHEAP)
    nothing = hasher._nobody  # noqa: SLF001 - the very thing that must look alike
    known = await hasher.hash("the heron in the rain")
    assert nothing.rsplit("$", 2)[0] == known.rsplit("$", 2)[0]
    assert [len(part) for part in nothing.split("$")] == [len(part) for part in known.split("$")]
    for typed in ("", "the heron in the rain"):
        assert not await hasher.verify(None, typed)


async def test_a_damaged_hash_fits_nothing() -> None:
    assert not await Hasher(CHEAP).verify("$argon2id$broken", "x")


async def test_a_hash_of_another_cost_is_outdated() -> None:
    old, new = Hasher(CHEAP), Hasher(Cost(passes=2, memory=8, lanes=1))
    stored = await old.hash("the heron in the rain")
    assert new.outdated(stored)
    assert not old.outdated(stored)
    assert await new.verify(stored, "the heron in the rain")


async def test_no_more_than_a_few_are_hashed_at_once_and_a_long_queue_is_refused() -> None:
    hasher, go = Hasher(CHEAP, waiting=3), threading.Event()
    inside, most = 0, 0
    lock = threading.Lock()

    def slow() -> bool:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        go.wait()
        with lock:
            inside -= 1
        return True

    room = password.AT_ONCE + 3
    running = [asyncio.ensure_future(hasher._run(slow)) for _ in range(room)]  # noqa: SLF001
    await asyncio.sleep(0)
    with pytest.raises(InputError, match="sign-in-busy"):
        await hasher.verify(None, "x")
    go.set()
    assert await asyncio.gather(*running) == [True] * room
    assert most == password.AT_ONCE
    assert not await hasher.verify(None, "x")


def test_what_is_read_out_is_heard_whatever_the_ear_makes_of_it() -> None:
    said = spoken.new_spoken(4)
    assert [len(group) for group in said.split("-")] == [4, 4, 4, 4]
    assert spoken.heard(said.lower().replace("-", " ")) == said.replace("-", "")
    assert spoken.heard("o0-il1") == "00111"
    assert set(said) <= {*spoken.SIGNS, "-"}
    assert said != spoken.new_spoken(4)
