"""The published vectors of `schemas/vectors/entry`, run by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.vectors import generate_agreement
from tests.vectors.generate_entry import FILES, FOLDER, rendered
from tracer.clock import instant
from tracer.errors import PeerError
from tracer.model.terms import terms_digest
from tracer.trust.agreement import verify_agreement
from tracer.trust.entry import fingerprint, succeeds, verify_entry
from tracer.trust.nouns import EntryKey
from tracer.trust.validity import judge

Case = dict[str, Any]


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def named(cases: list[Case]) -> pytest.MarkDecorator:
    assert len({case["name"] for case in cases}) == len(cases)
    return pytest.mark.parametrize("case", cases, ids=lambda case: case["name"])


def outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except PeerError as error:
        return error.code
    return "accept"


ENTRIES, SUCCESSIONS, VALIDITY = load("entry"), load("succession"), load("validity")
AGREEMENTS = load("agreement")
PARTIES = {
    who: {row["kid"]: msgspec.convert(row, EntryKey) for row in rows}
    for who, rows in AGREEMENTS["parties"].items()
}


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_what_the_generator_writes(name: str) -> None:
    assert rendered(name) == (FOLDER / f"{name}.json").read_text("utf-8")


def test_the_agreements_are_what_their_generator_writes() -> None:
    assert generate_agreement.rendered() == generate_agreement.PATH.read_text("utf-8")


@pytest.mark.parametrize("name", [*FILES, "agreement"])
def test_refused_cases_are_no_fewer_than_accepted_ones(name: str) -> None:
    cases = load(name)["cases"]
    assert 2 * sum(case["expected"] != "accept" for case in cases) >= len(cases)


@named(ENTRIES["cases"])
def test_an_entry_file_has_its_published_outcome(case: Case) -> None:
    assert outcome(lambda: verify_entry(case["file"].encode())) == case["expected"]


@named([case for case in ENTRIES["cases"] if case["expected"] == "accept"])
def test_an_entry_has_its_published_names(case: Case) -> None:
    found = verify_entry(case["file"].encode())
    assert found.digest == case["digest"]
    assert fingerprint(found.jws) == case["fingerprint"]
    assert terms_digest(found.entry.terms) == case["terms_digest"]


@named(SUCCESSIONS["cases"])
def test_a_next_entry_has_its_published_outcome(case: Case) -> None:
    previous = verify_entry(case.get("previous", SUCCESSIONS["previous"]).encode())
    new = verify_entry(case["file"].encode())
    assert outcome(lambda: succeeds(previous, new)) == case["expected"]


@named(VALIDITY["cases"])
def test_a_key_has_its_published_validity(case: Case) -> None:
    key = msgspec.convert(VALIDITY["keys"][case["key"]], EntryKey)
    proof = case["proof_of_existence"]

    def act() -> None:
        judge(
            key,
            claimed=instant(case["claimed"]),
            first_arrival=instant(case["first_arrival"]),
            proof_of_existence=None if proof is None else instant(proof),
        )

    assert outcome(act) == case["expected"]


@named(AGREEMENTS["cases"])
def test_an_agreement_has_its_published_outcome(case: Case) -> None:
    now = instant(AGREEMENTS["now"])
    data = case["file"].encode()
    assert outcome(lambda: verify_agreement(data, parties=PARTIES, now=now)) == case["expected"]


@named([case for case in AGREEMENTS["cases"] if case["expected"] == "accept"])
def test_an_agreement_has_its_published_terms_and_instant(case: Case) -> None:
    now = instant(AGREEMENTS["now"])
    found = verify_agreement(case["file"].encode(), parties=PARTIES, now=now)
    assert (found.digest, found.at) == (case["terms_digest"], case["at"])
