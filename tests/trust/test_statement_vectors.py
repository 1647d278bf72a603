"""The published vectors of `schemas/vectors/statement`, run by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.trust.test_vectors import named, outcome
from tests.vectors import generate_statement
from tracer.clock import instant
from tracer.trust.statement import verify_statement

Case = dict[str, Any]
FILE: Case = json.loads(generate_statement.PATH.read_text("utf-8"))
NOW = instant(FILE["now"])


def test_the_statements_are_what_their_generator_writes() -> None:
    assert generate_statement.rendered() == generate_statement.PATH.read_text("utf-8")


@named(FILE["cases"])
def test_a_statement_has_its_published_outcome(case: Case) -> None:
    assert outcome(lambda: verify_statement(case["file"].encode(), now=NOW)) == case["expected"]


@pytest.mark.parametrize("case", FILE["cases"][:3], ids=lambda case: case["name"])
def test_a_statement_has_its_published_digest_and_signers(case: Case) -> None:
    found = verify_statement(case["file"].encode(), now=NOW)
    assert (found.digest, list(found.signers)) == (case["digest"], case["signed_by"])
