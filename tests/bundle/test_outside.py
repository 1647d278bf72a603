"""What witnesses and a time-stamp authority say of a case goes along, and is judged."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.bundle.house import House, house
from tests.evidence.authority import make
from tests.exchange.witnessing import A, B, C
from tracer.bundle.archive import pack, unpack
from tracer.bundle.entries import Pins
from tracer.bundle.findings import Verdict
from tracer.bundle.verify import verify_bundle
from tracer.evidence.timestamp import roots_of
from tracer.trust.entry import verify_entry

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def case(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("house")) as found:
        yield found


def names(data: bytes) -> list[str]:
    return [one.name for one in unpack(data).members]


def said(verdict: Verdict, level: str, words: str) -> list[str]:
    return [one.words for one in verdict.findings if one.level == level and words in one.words]


@pytest.mark.parametrize("who", ["a", "b"])
async def test_each_side_exports_the_words_of_the_witnesses_of_both_logs(
    case: House, who: str
) -> None:
    verdict = verify_bundle(await case.exported(getattr(case, who)))
    assert verdict.holds
    assert [one.name for one in verdict.witnesses] == [
        f"{A}/witness/1",
        f"{B}/witness/1",
        f"{C}/witness/1",
    ]
    for message in verdict.messages:
        assert [one.authority for one in message.confirmed] == [message.sender, message.recipient]
        for log in message.confirmed:
            assert (log.quorum, log.of, len(log.by)) == (2, 2, 2)
            assert log.since is not None
    assert not said(verdict, "open", "history")
    assert not said(verdict, "open", "no time from outside")


async def test_nobody_has_to_be_asked_for_what_witnesses_said(case: House) -> None:
    verdict = verify_bundle(await case.exported(offline=True))
    assert verdict.holds
    assert all(log.since for one in verdict.messages for log in one.confirmed)
    assert len(said(verdict, "proved", "stand in one history")) == 2
    assert verdict.manifest is not None
    assert not [one for one in verdict.manifest.left_out if one.what == "history"]


async def test_a_witness_is_shown_with_its_key_and_known_by_an_entry_of_its_own(
    case: House,
) -> None:
    data = await case.exported()
    third = case.c.home.entry.read_bytes()
    assert not any(name.startswith(f"entries/{C}") for name in names(data))
    shown = {one.name: one for one in verify_bundle(data).witnesses}
    assert [one.own_entry for one in shown.values()] == [True, True, False]
    entry = verify_entry(third)
    pins = Pins(digests=frozenset({entry.digest}), entries=(entry,))
    known = verify_bundle(data, pins=pins)
    assert known.holds
    assert all(one.own_entry for one in known.witnesses)


async def test_the_time_stamp_dates_every_message_for_who_trusts_its_root(case: House) -> None:
    verdict = verify_bundle(await case.exported(), pins=Pins(roots=case.roots))
    assert verdict.holds
    assert all(one.existed_by is not None for one in verdict.messages)
    assert said(verdict, "trust", case_root(case))
    assert said(verdict, "proved", "according to CN=Test Time Authority")


def case_root(case: House) -> str:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    return case.roots[0].fingerprint(SHA256()).hex()


async def test_without_its_root_a_time_stamp_is_told_and_counts_for_nothing(
    case: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = await case.exported()
    none = verify_bundle(data)
    assert none.holds
    assert all(one.existed_by is None for one in none.messages)
    assert said(none, "open", "no root certificate of it was given")
    other = roots_of(make(tmp_path_factory.mktemp("other")).root_pem)
    wrong = verify_bundle(data, pins=Pins(roots=other))
    assert wrong.holds
    assert all(one.existed_by is None for one in wrong.messages)
    assert said(wrong, "open", "leads to none of the root certificates")


async def test_a_line_that_was_taken_out_or_moved_to_another_head_is_named(case: House) -> None:
    data = await case.exported()
    files = {one.name: one.data for one in unpack(data).members}
    heads = [name for name in files if name.startswith(f"cosigned/{B}/")]
    one, other = files[heads[0]].decode(), files[heads[-1]].decode()
    assert len(heads) > 1
    head, _, lines = other.partition("\n\n")
    foreign = "".join(one.partition("\n\n")[2].splitlines(keepends=True)[2:])
    own = "".join(lines.splitlines(keepends=True)[:2])
    for text in (f"{head}\n\n{own}", f"{head}\n\n{own}{foreign}"):
        changed = pack(list((files | {heads[-1]: text.encode()}).items()))
        wrong = {
            (one.where, one.code) for one in verify_bundle(changed).findings if one.level == "wrong"
        }
        assert (heads[-1], "checkpoint-signature") in wrong
