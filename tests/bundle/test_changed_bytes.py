"""Whatever byte of a bundle is changed, the verifier names the file and what it means.

Three attackers: one who damages the file as it lies there; one who also writes the zip anew, so
that its structure and checksums are right; and the exporter, who also signs the list of files anew.
For each, bytes of every kind of place are flipped, cut out, doubled and swapped: a seeded few in
`make test`, every byte under `make prove`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import pytest

from tests.conftest import PROVE
from tests.vectors.bundle_parts import content, kind, signed, small, zipped
from tests.vectors.generate_bundle_outside import (
    ROOT,
    TOKEN,
    confirmed,
    layer,
    leaf,
    renewed,
    sealed,
    witnessed,
)
from tracer.bundle.archive import unpack
from tracer.bundle.entries import Pins
from tracer.bundle.verify import verify_bundle
from tracer.evidence.timestamp import roots_of

FILES = {one.name: one.data for one in unpack(small()).members}
EVIDENCE = [name for name in content() if kind(name) != "readme"]
ROOTS = Pins(roots=roots_of(ROOT.read_bytes()))
EACH = 3
"""Places of a kind in `make test`: both ends and one between."""
ACTS = ("flip", "cut", "double", "swap")


class Place(NamedTuple):
    """A span of bytes of a file that mean one thing."""

    file: str
    what: str
    start: int
    stop: int


def places(name: str, data: bytes) -> Iterator[Place]:
    """The kinds of places in a file."""
    cuts = [0, len(data)]
    words = ["all of it"]
    if name.startswith("messages/") or name.endswith(".jws"):
        cuts = [0, *(i + 1 for i, byte in enumerate(data) if byte in b".~"), len(data)]
        words = ["header", "payload", "signature", *["disclosure"] * len(cuts)]
    elif name.endswith(".txt") and name != "README.txt":
        cuts = [0, *(i + 1 for i, byte in enumerate(data) if byte == 10)]
        words = ["origin", "size", "root", "empty line", "Ed25519 line", "ML-DSA-44 line"]
        words += ["line of a witness", "line of another witness"]
    elif name.endswith(".tsr"):
        cuts = [part * len(data) // 12 for part in range(13)]
        words = [f"part {number} of the token" for number in range(12)]
    elif data.startswith(b"{"):
        cuts = [0, *(i + 1 for i, byte in enumerate(data) if byte in b"{},["), len(data)]
        cuts = sorted({cuts[int(part * (len(cuts) - 1) / 12)] for part in range(13)})
        words = [f"part {number} of the JSON" for number in range(len(cuts))]
    for start, stop, what in zip(cuts, cuts[1:], words, strict=False):
        if start < stop:
            yield Place(name, what, start, stop)


def chosen(place: Place, act: str) -> list[int]:
    """The bytes that are changed: all, or a seeded few with both ends."""
    span = range(place.start, place.stop)
    if (PROVE and act == "flip") or len(span) <= EACH:
        return list(span)
    picked = random.Random(f"{place}").sample(span, EACH - 2)  # noqa: S311 - a seeded choice
    return sorted({span[0], span[-1], *picked})


def acted(act: str, data: bytes, at: int) -> bytes:
    """The bytes after the change; the same bytes if it changes nothing."""
    if act == "flip":
        return data[:at] + bytes((data[at] ^ (1 << at % 7),)) + data[at + 1 :]
    if act == "cut":
        return data[:at] + data[at + 1 :]
    if act == "double":
        return data[: at + 1] + data[at:]
    return data[:at] + data[at : at + 2][::-1] + data[at + 2 :]


def wrong(data: bytes) -> set[str]:
    """The files that the verifier names; what it says of each must tell what it means."""
    findings = [one for one in verify_bundle(data, pins=ROOTS).findings if one.level == "wrong"]
    assert all(one.words and one.code for one in findings)
    return {one.where or one.words for one in findings}


ALL = [place for name, data in FILES.items() for place in places(name, data)]


@pytest.mark.parametrize("place", ALL, ids=lambda place: f"{place.file}-{place.what}")
def test_a_changed_byte_is_named_even_if_the_zip_is_written_anew(place: Place) -> None:
    data = FILES[place.file]
    for act in ACTS:
        for at in chosen(place, act):
            new = acted(act, data, at)
            if new != data:
                found = wrong(zipped(FILES | {place.file: new}))
                assert place.file in found, (act, at, found)


JUDGED = [place for place in ALL if place.file in EVIDENCE]


@pytest.mark.parametrize("place", JUDGED, ids=lambda place: f"{place.file}-{place.what}")
def test_a_changed_byte_is_named_even_if_the_exporter_signs_the_list_anew(place: Place) -> None:
    data = FILES[place.file]
    for act in ACTS:
        for at in chosen(place, act):
            new = acted(act, data, at)
            if new != data:
                found = wrong(zipped(signed(content() | {place.file: new})))
                assert place.file in found, (act, at, found)


def test_another_name_of_the_exporter_is_a_fault_of_the_list() -> None:
    manifest = FILES["manifest.json"]
    changed = manifest.replace(b'"authority":"X', b'"authority":"H', 1)
    assert changed != manifest
    assert "manifest.json" in wrong(zipped(FILES | {"manifest.json": changed}))


OUTSIDE = {one.name: one.data for one in unpack(witnessed()).members}
SAID = [
    place
    for name, data in OUTSIDE.items()
    if name.startswith(("cosigned/", "tokens/"))
    for place in places(name, data)
]


FEW = ACTS if PROVE else ("flip", "cut")


def dated(data: bytes) -> set[datetime]:
    """The times from outside that count."""
    found = verify_bundle(data, pins=ROOTS)
    stamps = {one.existed_by for one in found.messages if one.existed_by is not None}
    return stamps | {one.at for layer in found.layers for one in layer.dated if one.until}


@pytest.mark.parametrize("place", SAID, ids=lambda place: f"{place.file}-{place.what}")
def test_a_changed_byte_of_what_is_said_from_outside_is_named(place: Place) -> None:
    data = OUTSIDE[place.file]
    for act in FEW:
        for at in chosen(place, act):
            new = acted(act, data, at)
            if new == data:
                continue
            assert place.file in wrong(zipped(OUTSIDE | {place.file: new})), (act, at)
            again = zipped(sealed(confirmed() | {place.file: new}))
            if place.file not in wrong(again):  # then it proves nothing more, or the same
                assert place.file == TOKEN, (act, at)
                assert dated(again) <= dated(witnessed()), (act, at)


LAYERED = {one.name: one.data for one in unpack(renewed()).members}
AROUND = [place for name, data in LAYERED.items() for place in places(name, data)]


@pytest.mark.parametrize("place", AROUND, ids=lambda place: f"{place.file}-{place.what}")
def test_a_changed_byte_of_a_layer_is_named(place: Place) -> None:
    data = LAYERED[place.file]
    rest = {name: held for name, held in LAYERED.items() if name != "layer.json"}
    for act in FEW:
        for at in chosen(place, act):
            new = acted(act, data, at)
            if new == data:
                continue
            found = wrong(zipped(LAYERED | {place.file: new}))
            if place.file == "layer.json":  # whose word it is against which file nobody can say
                assert any(one.startswith("layer-1/") for one in found), (act, at, found)
                continue
            assert f"layer-1/{place.file}" in found, (act, at, found)
            listed = zipped(layer(rest | {place.file: new}, leaf(small())))
            if f"layer-1/{place.file}" not in wrong(listed):
                assert place.file == "token.tsr", (act, at)
                assert dated(listed) <= dated(renewed()), (act, at)


@pytest.mark.parametrize("whole", [witnessed(), renewed()], ids=["witnessed", "renewed"])
def test_a_byte_changed_anywhere_in_what_lies_there_is_named(whole: bytes) -> None:
    step = 1 if PROVE else 1499
    for at in range(0, len(whole), step):
        assert wrong(acted("flip", whole, at)), at
    for length in range(0, len(whole), step * 7):
        assert wrong(whole[:length]), length


def spans() -> Iterator[tuple[str, int, int, str]]:
    """The parts of the zip: of each file its header, name and bytes; the directory; the end."""
    place = 0
    for name, data in FILES.items():
        yield f"header of {name}", place, place + 30, name
        yield f"name of {name}", place + 30, place + 30 + len(name), ""
        yield f"bytes of {name}", place + 30 + len(name), place + 30 + len(name) + len(data), name
        place += 30 + len(name) + len(data)
    for name in FILES:
        yield f"directory line of {name}", place, place + 46 + len(name), name
        place += 46 + len(name)
    yield "end of the directory", place, place + 22, ""


@pytest.mark.parametrize("span", list(spans()), ids=lambda span: str(span[0]))
def test_a_byte_changed_in_the_zip_as_it_lies_there_is_named(
    span: tuple[str, int, int, str],
) -> None:
    what, start, stop, name = span
    for act in ACTS:
        for at in chosen(Place("zip", what, start, stop), act):
            new = acted(act, small(), at)
            if new == small():
                continue
            findings = [one for one in verify_bundle(new).findings if one.level == "wrong"]
            assert findings, (act, at)
            told = " ".join(f"{one.where} {one.words}" for one in findings)
            assert name in told or "zip" in told or " at byte " in told, (act, at, told)


def test_every_length_to_which_a_bundle_is_cut_is_refused() -> None:
    whole = small()
    lengths = range(len(whole)) if PROVE else range(0, len(whole), 997)
    for length in lengths:
        assert wrong(whole[:length])
