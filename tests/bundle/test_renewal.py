"""Old evidence is dated anew: the old bytes stay, each layer is judged, and so is their chain."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio

from tests.bundle.house import House, house
from tests.cli.house import ask, say
from tests.exchange.witnessing import A
from tests.stranger.log import leads_to
from tracer.bundle.archive import pack, unpack
from tracer.bundle.entries import Pins, digits
from tracer.bundle.findings import Verdict
from tracer.bundle.forms import Placed
from tracer.bundle.layer_forms import Around, write_layer
from tracer.bundle.layers import innermost
from tracer.bundle.verify import verify_bundle
from tracer.bundle.window import Measured, Window
from tracer.canonical import b64url
from tracer.casework.evidence.renewal import Dated
from tracer.errors import InputError
from tracer.evidence.renewal import plant
from tracer.trust.entry import fingerprint, verify_entry

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def case(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def old(case: House) -> bytes:
    return await case.exported()


async def renewed(
    case: House, *olds: bytes, asked: bool = True, logged: bool = True
) -> list[bytes]:
    """A layer around each of some files."""
    tree = plant([sha256(one).digest() for one in olds])
    found = await case.renewal(asked=asked).date("officer.one", tree.root, tree.size)
    around = around_of(found, logged=logged)
    return [
        write_layer(Measured.of(one), tree, index, around).whole() for index, one in enumerate(olds)
    ]


def around_of(found: Dated, *, logged: bool = True) -> Around:
    if not logged:
        return Around(token=found.token or b"")
    return Around(
        token=found.token or b"",
        place=Placed.of(found.head.origin, found.proof),
        note=found.head.note,
        entry=found.entry,
    )


def inside(data: bytes) -> dict[str, bytes]:
    return {one.name: one.data for one in unpack(data).members}


def wrong(verdict: Verdict) -> set[tuple[str, str]]:
    return {(one.where, one.code) for one in verdict.findings if one.level == "wrong"}


def said(verdict: Verdict, words: str) -> list[str]:
    return [one.level for one in verdict.findings if words in one.words]


async def test_the_old_file_stands_in_the_new_one_byte_for_byte(case: House, old: bytes) -> None:
    (new,) = await renewed(case, old)
    assert inside(new)["renewed.zip"] == old == innermost(Window.of(new)).whole()
    verdict = verify_bundle(new, pins=Pins(roots=case.roots))
    assert verdict.holds
    assert verdict.messages == verify_bundle(old, pins=Pins(roots=case.roots)).messages
    (layer,) = verdict.layers
    assert layer.sha256 == sha256(old).hexdigest()
    assert [one.algorithms for one in layer.dated if one.until] == ["SHA-256, ECDSA secp256r1"]
    assert [one.algorithms for one in layer.dated if not one.until] == [
        "SHA-256, Ed25519, ML-DSA-44"
    ]


async def test_layer_goes_around_layer_and_each_was_made_while_the_one_before_held(
    case: House, old: bytes
) -> None:
    file = old
    for _ in range(3):
        (file,) = await renewed(case, file)
    verdict = verify_bundle(file, pins=Pins(roots=case.roots))
    assert verdict.holds
    assert [one.number for one in verdict.layers] == [1, 2, 3]
    for number in (2, 3):
        assert said(verdict, f"layer {number} was made while layer {number - 1} held") == ["proved"]
    assert said(verdict, "layer 1 was made while the exporter's key was in use") == ["proved"]


async def test_one_time_stamp_serves_several_files_and_each_is_checked_alone(
    case: House, old: bytes
) -> None:
    olds = [old, await case.exported(without=("persons",)), await case.exported(case.b)]
    news = await renewed(case, *olds)
    assert len({inside(new)["token.tsr"] for new in news}) == 1
    for new, before in zip(news, olds, strict=True):
        verdict = verify_bundle(new, pins=Pins(roots=case.roots))
        assert verdict.holds
        assert said(verdict, "layer 1 was made for 3 files at once") == ["proved"]
        assert inside(new)["renewed.zip"] == before
    swapped = inside(news[0]) | {"renewed.zip": olds[1]}
    found = wrong(verify_bundle(pack(list(swapped.items()))))
    assert ("layer-1/renewed.zip", "proof-invalid") in found


@pytest.mark.parametrize(("asked", "logged"), [(True, False), (False, True)])
async def test_a_time_stamp_alone_or_the_log_alone_is_enough(
    case: House, old: bytes, *, asked: bool, logged: bool
) -> None:
    (new,) = await renewed(case, old, asked=asked, logged=logged)
    verdict = verify_bundle(new, pins=Pins(roots=case.roots))
    assert verdict.holds
    assert [bool(one.until) for one in verdict.layers[0].dated] == [asked]


async def test_a_layer_without_anything_that_dates_it_does_not_hold(old: bytes) -> None:
    tree = plant([sha256(old).digest()])
    new = write_layer(Measured.of(old), tree, 0, Around()).whole()
    assert wrong(verify_bundle(new)) == {("layer-1/layer.json", "missing")}


async def test_a_layer_that_is_older_than_the_one_it_goes_around_does_not_hold(
    case: House, old: bytes
) -> None:
    (first,) = await renewed(case, old, logged=False)
    (second,) = await renewed(case, first, asked=False)
    verdict = verify_bundle(second, pins=Pins(roots=case.roots))
    assert wrong(verdict) == {("layer-2/layer.json", "layer-order")}


async def test_the_log_keeps_nothing_but_a_salted_digest_and_a_stranger_follows_it(
    case: House, old: bytes
) -> None:
    (new,) = await renewed(case, old)
    files = inside(new)
    placed = json.loads(files["log.json"])
    record = base64.urlsafe_b64decode(placed["record"] + "==")
    leaf = sha256(b"\x00" + sha256(record).digest()).digest()
    root = base64.b64decode(files["log.txt"].decode().split("\n")[2])
    assert leads_to(leaf, placed) == root
    layer = json.loads(files["layer.json"])
    raw = base64.urlsafe_b64decode(layer["root"] + "=")
    shown = base64.b64encode(raw).decode()
    text = f"tracer-1 renewal\nSHA-256\n1\n{shown}\n".encode()
    assert b64url(sha256(text).digest()) in record.decode()
    assert raw == sha256(b"\x00" + sha256(old).digest()).digest()


async def test_whose_log_dates_a_layer_is_shown_and_may_be_pinned(case: House, old: bytes) -> None:
    (new,) = await renewed(case, old)
    entry = verify_entry(case.a.home.entry.read_bytes())
    shown = fingerprint(entry.jws)
    verdict = verify_bundle(new)
    assert any(shown in one.words for one in verdict.findings if one.level == "trust")
    assert verify_bundle(new, pins=Pins(frozenset({digits(shown)}))).holds
    assert not verify_bundle(new, pins=Pins(frozenset({"1" * 40}))).holds


async def test_who_renewed_is_on_record_and_who_may_not_gets_nothing(
    case: House, old: bytes
) -> None:
    tree = plant([sha256(old).digest()])
    with pytest.raises(InputError, match="officer"):
        await case.renewal().date("investigator.one", tree.root, tree.size)
    with pytest.raises(InputError):
        await case.renewal().date("officer.one", tree.root, 0)
    for asked in (True, False):
        await case.renewal(asked=asked).date("officer.one", tree.root, tree.size)
        (row,) = await case.a.store.read(lambda tx: tx.audit.list(limit=1))
        assert (row.actor, row.act) == ("officer.one", "renew-evidence")
        assert row.detail["stamped"] is asked


async def test_the_commands_renew_files_into_files(case: House, old: bytes, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        (tmp_path / name).write_bytes(old)
    first, second = tmp_path / "one.zip", tmp_path / "two.zip"
    folder = tmp_path / "renewed"
    folder.mkdir()
    words = ("evidence", "renew", str(first))
    (row,) = (await ask(case.a, *words, "-o", str(tmp_path / "new.zip"))).json
    assert row["layers"] == 1
    assert "[file-exists]" in (await ask(case.a, *words, "-o", str(tmp_path / "new.zip"))).err
    second.write_bytes((tmp_path / "new.zip").read_bytes())
    rows = (await ask(case.a, *words, str(second), "-o", str(folder))).json
    assert [one["layers"] for one in rows] == [1, 2]
    page = say(tmp_path, "verify", str(folder / "two.zip"), actor="", output="table")
    assert page.code == 0
    assert "layer 2" in page.out
    broken = bytearray(old)
    broken[len(old) // 2] ^= 1
    first.write_bytes(bytes(broken))
    assert "[renew-unsound]" in (await ask(case.a, *words, "-o", str(tmp_path / "x.zip"))).err
    assert not (tmp_path / "x.zip").exists()
    assert A in page.out


async def test_a_layer_that_is_older_than_the_export_does_not_hold(case: House) -> None:
    case.a.clock.advance(timedelta(hours=3))  # type: ignore[attr-defined]
    (new,) = await renewed(case, await case.exported(), logged=False)
    verdict = verify_bundle(new, pins=Pins(roots=case.roots))
    assert wrong(verdict) == {("layer-1/layer.json", "layer-order")}
