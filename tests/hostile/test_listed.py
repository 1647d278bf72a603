"""What neighbouring systems test against forgers, on a node at work; each test has its list's id.

F: the forgery tests of AS4 servers; M: Complement's federation tests; R: the AS4 test assertions.
What concerns one object alone is a vector with the same id in its description; F8 to F10 and most
of R and M are in `tests.faults.test_reliability`, F11 and R9 in `test_answers`. Of R8 what is
damaged is a sealed payload, as nothing is compressed; of R14 what is kept is what officers track a
case by, as a node speaks for one authority; of M9 the look-ups that come together are none at all,
as keys are pinned.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.envelope.test_vectors import READERS
from tests.examples import PHOTO, PHOTO_KEY
from tests.hostile.enemy import Letter, lines
from tests.hostile.wire import Wire
from tests.hostile.world import World, world
from tracer.envelope.jwk import SigningKey
from tracer.errors import REFUSALS, InputError, PeerError
from tracer.model.wire import to_wire
from tracer.node.desk import open_desk
from tracer.node.status.whole import status
from tracer.node.workers.tidy import Tidy

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
def test_vectors_name_what_they_are_and_our_reader_refuses_it(id_: str) -> None:
    found: list[tuple[str, dict[str, Any]]] = [
        (path.stem, case)
        for path in sorted(VECTORS.glob("*.json"))
        for case in json.loads(path.read_text())["cases"]
        if case["description"].startswith(f"{id_}:")
    ]
    assert found
    for kind, case in found:
        with pytest.raises(PeerError) as refused:
            READERS[kind](case)
        assert refused.value.code == case["expected"], case["description"]
        assert refused.value.code in REFUSALS


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


async def test_f2_a_message_whose_attachments_and_keys_do_not_fit_is_refused(here: World) -> None:
    """Another number than its place, a key for none that is described, the same number twice."""
    one, other = (msgspec.structs.replace(PHOTO, n=n) for n in (1, 2))
    for attachments, keys in (
        ((other,), {"2": PHOTO_KEY}),
        ((one,), {"2": PHOTO_KEY}),
        ((), {"1": PHOTO_KEY}),
        ((one, one), {"1": PHOTO_KEY}),
        ((other, one), {"1": PHOTO_KEY, "2": PHOTO_KEY}),
    ):
        letter = here.enemy.write("request", attachments=attachments, attachment_keys=keys)
        assert await here.codes(here.enemy.batch(letter)) == ["payload-schema"]
        assert await _of_message(here, letter) == []


async def test_f2_an_attachment_without_its_key_is_taken_and_never_opened(here: World) -> None:
    """The key may be destroyed on its own, so the message stands; who opens the file is told."""
    letter = here.enemy.write("request", attachments=(PHOTO,), attachment_keys=msgspec.UNSET)
    assert await here.codes(here.enemy.batch(letter)) == ["receipt"]
    assert await _of_message(here, letter) == [(PHOTO.cipher_digest, "announced")]
    with pytest.raises(InputError) as found:
        await open_desk(here.rooms).attach.open_attachment("officer", letter.id, letter.id, 1)
    assert found.value.code == "attachment-erased"


async def _of_message(here: World, letter: Letter) -> list[tuple[str, str]]:
    """Attachments on record of a message: digest and state."""
    rows = await here.rooms.store.read(lambda tx: tx.attachments.for_message(letter.id))
    return [(row.digest, row.state) for row in rows]


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


@pytest.mark.parametrize("name", ["seal", "payload"])
async def test_r8_a_payload_that_does_not_open_or_parse_has_a_typed_error_and_is_told_here(
    here: World, name: str
) -> None:
    letter = here.enemy.write()
    jwe, code = here.enemy.seal(b"\x78\x9c not what it should be", letter.id), "plaintext-form"
    if name == "seal":
        *parts, text, tag = here.enemy.sealed(letter).split(".")
        other = "A" if text[40] != "A" else "B"
        jwe, code = ".".join((*parts, text[:40] + other + text[41:], tag)), "seal-open"
    assert await here.codes(lines(here.enemy.head(), {"jwe": jwe})) == [code]
    rooms = here.rooms
    tidy = Tidy(
        store=rooms.store,
        metrics=rooms.metrics,
        waiting=rooms.waiting,
        heard=rooms.heard,
        shelf=rooms.shelf,
    )
    await tidy.flush()
    told = (await status(rooms, running=True)).refusals
    assert [(one.subject, one.code, one.count) for one in told] == [(here.enemy.authority, code, 1)]


async def test_m9_many_messages_under_an_unknown_key_at_once_make_nobody_look_for_it(
    here: World,
) -> None:
    """Keys are those of the entry that is pinned: no question leaves the node, so none is merged.

    Somebody listens where the peer would: what comes there would be the question.
    """
    asked: list[bytes] = []

    async def hears(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(1))
        writer.close()

    port = here.ports[here.enemy.authority]
    server = await asyncio.start_server(hears, "127.0.0.1", port)
    strange = SigningKey.generate()
    payload = json.dumps(to_wire(here.enemy.message())[0]).encode()
    header = here.enemy.header(kid=strange.kid)
    letters = [here.enemy.enter(here.enemy.token(payload, header) + "~") for _ in range(8)]
    bodies = [here.enemy.batch(letter) for letter in letters]
    wires = [
        Wire(here.port, here.enemy.ring.channel(), here.enemy.target.certificates) for _ in bodies
    ]
    posts = (wire.post("messages", body) for wire, body in zip(wires, bodies, strict=True))
    for answer in await asyncio.gather(*posts):
        (reply,) = here.watch.check(answer)
        assert here.watch.refusal(reply).code == "signing-key"
    for wire in wires:
        await wire.close()
    server.close()
    assert asked == []
