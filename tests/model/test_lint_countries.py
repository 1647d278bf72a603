"""Which countries the linter takes, and where."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model.linting import MARKS, NOW, message, request, with_firearm
from tests.model.threads import code
from tracer.model.lint import Finding, Level, lint


@pytest.mark.parametrize(
    ("code_", "says"),
    [("UK", "Is GB meant?"), ("EL", "Is GR meant?"), ("QZ", "as FR"), ("AA", "as FR")],
)
def test_a_country_that_no_state_is_keeps_a_request_back_and_names_its_field(
    code_: str, says: str
) -> None:
    body = with_firearm(country_of_manufacture=code_)
    judged = {one.path: one for one in lint(message(body), now=NOW)}
    finding = judged["firearms/1/country_of_manufacture"]
    assert (finding.code, finding.level) == ("country-unknown", Level.ERROR)
    assert says in finding.help


@pytest.mark.parametrize("code_", ["GB", "SU", "YU", "XK", "XA"])
def test_a_country_that_is_was_or_is_invented_is_no_finding(code_: str) -> None:
    body = with_firearm(country_of_manufacture=code_)
    assert "country-unknown" not in {one.code for one in lint(message(body), now=NOW)}


def test_each_country_of_a_list_is_judged_by_its_number() -> None:
    body = request(also_sent_to=["FR", "UK"])
    assert "also_sent_to/2" in {
        one.path for one in lint(message(body), now=NOW) if one.code == "country-unknown"
    }


def with_person(**fields: Any) -> dict[str, Any]:
    """The complete request and somebody of whom this is said."""
    role = code("person-role", "POSSESSOR")
    return request(persons=[{"role": role, "family_name": "Nobody", **fields}])


def unknown(body: dict[str, Any]) -> dict[str, Finding]:
    """What names a country that is none, by its place."""
    return {one.path: one for one in lint(message(body), now=NOW) if one.code == "country-unknown"}


def test_a_paper_of_a_person_can_be_of_the_european_union_and_of_the_united_nations() -> None:
    kind = code("identity-document", "OTHER")
    issuers = ("EU", "UN", "FR", "QZ")
    papers = [{"kind": kind, "number": "TEST1", "country": issuer} for issuer in issuers]
    ((path, finding),) = unknown(with_person(documents=papers)).items()
    assert path == "persons/1/documents/4/country"
    assert "EU and UN" in finding.help


@pytest.mark.parametrize("code_", ["EU", "UN"])
def test_what_is_no_state_stands_nowhere_but_on_a_paper(code_: str) -> None:
    bodies = {
        "firearms/1/country_of_manufacture": with_firearm(country_of_manufacture=code_),
        "recoveries/1/country": request(recoveries=[{"country": code_}]),
        "persons/1/country": with_person(country=code_),
        "persons/1/nationalities/1": with_person(nationalities=[code_]),
    }
    for path, body in bodies.items():
        finding = unknown(body)[path]
        assert finding.level == Level.ERROR
        assert "only a person's paper" in finding.help


@pytest.mark.parametrize(("reading", "blocks"), [("ABSENT", False), ("CLEAR", True)])
def test_a_country_that_was_looked_for_in_vain_keeps_no_request_back(
    reading: str,
    blocks: bool,  # noqa: FBT001 - by pytest
) -> None:
    looked = {"kind": code("mark-kind", "COUNTRY"), "reading": code("reading-state", reading)}
    body = with_firearm(marks=[*MARKS[:2], looked], country_of_manufacture=None)
    found = {one.code: one.level for one in lint(message(body), now=NOW) if "origin" in one.code}
    assert found == (
        {"origin-missing": Level.ERROR} if blocks else {"origin-not-marked": Level.WARN}
    )


def test_a_country_that_is_not_known_and_not_looked_for_is_a_warning_without_a_place() -> None:
    unknown = {
        "kind": code("mark-kind", "COUNTRY"),
        "reading": code("reading-state", "NOT_EXAMINED"),
    }
    body = with_firearm(marks=[*MARKS[:2], unknown], country_of_manufacture=None)
    found = {one.code: one.level for one in lint(message(body), now=NOW)}
    assert found["origin-missing"] is Level.WARN
    assert "mark-location-missing" not in found
