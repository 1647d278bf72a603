"""The published vectors of `schemas/vectors/bundle`, run by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.trust.test_vectors import named
from tests.vectors import generate_bundle, generate_bundle_outside
from tracer.bundle.archive import pack, unpack
from tracer.bundle.entries import Pins, digits
from tracer.bundle.findings import Verdict
from tracer.bundle.verify import verify_bundle
from tracer.canonical import unb64url
from tracer.evidence.timestamp import roots_of

Case = dict[str, Any]
FOLDER = generate_bundle.FOLDER
FILE: Case = json.loads((FOLDER / "bundle.json").read_text("utf-8"))
SMALL = (FOLDER / "small.zip").read_bytes()
OUTSIDE: Case = json.loads((FOLDER / "outside.json").read_text("utf-8"))
ROOTS = Pins(roots=roots_of((FOLDER / "tsa-root.pem").read_bytes()))


def made(case: Case) -> bytes:
    """The bundle that a case describes."""
    if "zip" in case:
        return unb64url(case["zip"])
    if "patch" in case:
        at, cut = case["patch"]["at"], case["patch"]["cut"]
        return SMALL[:at] + unb64url(case["patch"]["put"]) + SMALL[at + cut :]
    base = (FOLDER / case.get("base", "small.zip")).read_bytes()
    files = {one.name: one.data for one in unpack(base).members}
    for name, data in case["files"].items():
        if data is None:
            del files[name]
        else:
            files[name] = unb64url(data)
    first = [one for one in ("layer.json", "manifest.json", "manifest.jws") if one in files]
    order = [*first, *sorted(files.keys() - set(first))]
    return pack([(name, files[name]) for name in order])


def found(verdict: Verdict) -> set[tuple[str, str]]:
    return {(one.code, one.where) for one in verdict.findings if one.level == "wrong"}


def test_the_bundles_are_what_their_generator_writes() -> None:
    assert generate_bundle.small() == SMALL
    assert generate_bundle.rendered() == (FOLDER / "bundle.json").read_text("utf-8")


def test_the_bundles_with_words_from_outside_are_what_their_generator_writes() -> None:
    assert generate_bundle_outside.witnessed() == (FOLDER / "witnessed.zip").read_bytes()
    assert generate_bundle_outside.renewed() == (FOLDER / "renewed.zip").read_bytes()
    assert generate_bundle_outside.rendered() == (FOLDER / "outside.json").read_text("utf-8")


@pytest.mark.parametrize("cases", [FILE["cases"], OUTSIDE["cases"]], ids=["bundle", "outside"])
def test_there_are_more_cases_to_refuse_than_to_accept(cases: list[Case]) -> None:
    assert sum(case["expected"] == "accept" for case in cases) * 2 < len(cases)


@named(FILE["cases"])
def test_a_bundle_has_its_published_outcome(case: Case) -> None:
    verdict = verify_bundle(made(case))
    if case["expected"] == "accept":
        assert found(verdict) == set()
    else:
        assert (case["code"], case["where"]) in found(verdict)


@named(OUTSIDE["cases"])
def test_what_is_said_from_outside_has_its_published_outcome(case: Case) -> None:
    verdict = verify_bundle(made(case), pins=ROOTS)
    if case["expected"] == "accept":
        assert found(verdict) == set()
    else:
        assert (case["code"], case["where"]) in found(verdict)


def test_a_bundle_of_the_first_version_stays_readable() -> None:
    verdict = verify_bundle(SMALL)
    assert verdict.holds
    assert [(one.number, one.sender) for one in verdict.messages] == [
        (1, "XA-NPOC"),
        (2, "XB-NPOC"),
    ]
    shown = {one.authority: one.fingerprint for one in verdict.identities}
    assert shown == FILE["fingerprints"]


def test_what_the_reader_pins_is_told_apart_and_a_wrong_pin_is_named() -> None:
    right = digits(FILE["fingerprints"]["XB-NPOC"])
    verdict = verify_bundle(SMALL, pins=Pins(frozenset({right})))
    assert {one.authority: one.pinned for one in verdict.identities} == {
        "XA-NPOC": False,
        "XB-NPOC": True,
    }
    assert verdict.holds
    wrong = verify_bundle(SMALL, pins=Pins(frozenset({right, "1" * 40})))
    assert found(wrong) == {("trust", "")}


def test_what_is_not_judged_is_said() -> None:
    case = next(case for case in FILE["cases"] if case["name"] == "kinds-not-judged")
    verdict = verify_bundle(made(case))
    unjudged = [one.where for one in verdict.findings if one.level == "unjudged"]
    assert unjudged == ["later/0001.bin"]


@pytest.mark.parametrize("case", FILE["cases"][1:5], ids=lambda case: str(case["name"]))
def test_what_is_left_out_is_told_and_the_rest_stays_proved(case: Case) -> None:
    verdict = verify_bundle(made(case))
    assert len(verdict.messages) == 2
    assert any(one.words.startswith("left out") for one in verdict.findings)
