"""What neighbouring systems test against forgers, on a node at work; each test has its list's id.

F: the forgery tests of AS4 servers; M: Complement's federation tests; R: the AS4 test assertions.
What concerns one object alone is a vector with the same id in its description; F8 to F10 and most
of R and M are in `tests.faults.test_reliability`, F11 and R9 in `test_answers`. Not applicable:
R8 (bodies are never compressed), R14 (a node speaks for one authority and forwards nothing), M9
(keys are pinned, nobody looks them up).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.enemy import Letter
from tests.hostile.world import World, world
from tracer.model.wire import to_wire

VECTORS = Path(__file__).parents[2] / "schemas" / "vectors" / "envelope"
BAD_JSON = {
    "float": '"test":1.0',
    "duplicate": '"test":false,"test":true',
    "depth": '"deep":' + "[" * 40 + "]" * 40,
    "big integer": f'"big":{2**60}',
    "not a number": '"test":NaN',
    "surrogate": '"test":"\\ud800"',
}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as found:
        yield found


def _unread(here: World, extra: str) -> Letter:
    """A rightly signed and logged message whose payload holds what strict JSON does not."""
    clear, _ = to_wire(here.enemy.message())
    body = json.dumps(clear)[:-1] + f",{extra}}}"
    return here.enemy.enter(here.enemy.token(body.encode()) + "~")


@pytest.mark.parametrize("id_", ["F1", "F3", "F4", "F5", "F6", "F7", "R10", "R11", "R12"])
def test_vectors_name_what_they_are_and_refuse_it(id_: str) -> None:
    found: list[dict[str, Any]] = [
        case
        for path in sorted(VECTORS.glob("*.json"))
        for case in json.loads(path.read_text())["cases"]
        if case["description"].startswith(f"{id_}:")
    ]
    assert found
    outcomes = {case.get("expected", case.get("expect")) for case in found}
    assert "accept" not in outcomes


async def test_f1_a_message_changed_after_signing_is_refused(here: World) -> None:
    letter = here.enemy.write()
    header, payload, signature = letter.compact.split("~")[0].split(".")
    other = "A" if payload[40] != "A" else "B"
    jws = f"{header}.{payload[:40]}{other}{payload[41:]}.{signature}"
    changed = here.enemy.enter("~".join((jws, *letter.compact.split("~")[1:])))
    assert await here.codes(here.enemy.batch(changed)) == ["jws-signature"]


async def test_f2_an_attachment_that_nobody_announced_is_not_taken(here: World) -> None:
    digest = "A" * 43
    for method in ("HEAD", "PATCH", "GET"):
        path = f"/exchange/v1/attachments/{digest}"
        found = await here.wire.call(method, path, headers="Upload-Offset: 0\r\n")
        here.watch.check(found)
        assert found is not None
        assert found.status == 404


async def test_f3_a_disclosure_more_or_less_than_signed_is_refused(here: World) -> None:
    letter = here.enemy.write()
    parts = letter.compact.split("~")
    fewer = Letter("~".join((*parts[:1], *parts[2:])), letter.id, letter.record, letter.index)
    more = Letter("~".join((*parts[:-1], parts[1], "")), letter.id, letter.record, letter.index)
    for changed in (fewer, more):
        assert await here.codes(here.enemy.batch(changed)) == ["disclosure-mismatch"]
    assert await here.codes(here.enemy.batch(letter)) == ["receipt"]


async def test_f4_two_messages_in_one_seal_are_refused(here: World) -> None:
    one, two = here.enemy.write(), here.enemy.write()
    both = Letter(one.compact + two.compact, one.id, one.record, one.index)
    assert await here.codes(here.enemy.batch(both)) == ["disclosure-mismatch"]


async def test_f5_f6_an_empty_and_an_unreadable_batch_have_a_code(here: World) -> None:
    for body in (b"", b"\n", b"{}", b"\x00\xff", b"[]\n"):
        assert await here.codes(body) == ["batch-form"]


async def test_f7_another_algorithm_is_refused_even_with_a_right_signature(here: World) -> None:
    payload = json.dumps(to_wire(here.enemy.message())[0]).encode()
    for header in (here.enemy.header(alg="EdDSA"), here.enemy.header(alg="none")):
        letter = here.enemy.enter(here.enemy.token(payload, header) + "~")
        assert await here.codes(here.enemy.batch(letter)) == ["jws-header"]


@pytest.mark.parametrize("name", BAD_JSON)
async def test_m4_bad_json_is_refused_for_the_one_message_and_blocks_no_other(
    here: World, name: str
) -> None:
    before, bad, after = (
        here.enemy.write(),
        _unread(here, BAD_JSON[name]),
        here.enemy.write(),
    )
    codes = await here.codes(here.enemy.batch(before, bad, after))
    assert codes == ["receipt", "json-strict", "receipt"]


async def test_m7_a_key_outside_its_time_signs_nothing(here: World) -> None:
    (signing,) = here.rooms.cell.get().peer(here.enemy.authority).signing.values()
    early = here.enemy.write()
    dated = here.enemy.checkpoint(at=signing.term().sign_from - timedelta(days=1))
    assert await here.codes(here.enemy.batch(early, checkpoint=dated.note)) == ["key-expired"]
    assert await here.codes(here.enemy.batch(early)) == ["receipt"]
