"""The table of parties says what is recorded, and how well."""

from __future__ import annotations

import re

from tracer.model.parties import INSTRUMENTS, joined, rows, standing


def test_a_found_row_has_its_date_and_source() -> None:
    france = standing("FIREARMS_PROTOCOL", "FR")
    assert (france.status, france.since, france.confidence) == ("party", "2019-03-30", "found")
    assert france.recorded


def test_a_state_without_a_row_is_unsure_and_not_recorded() -> None:
    assert not standing("FIREARMS_PROTOCOL", "ZZ").recorded


def test_a_weakly_recalled_row_is_not_recorded() -> None:
    weak = [row for row in rows() if row.confidence in {"recalled-low", "recalled-medium"}]
    assert weak
    assert not any(row.recorded for row in weak)


def test_every_row_is_well_formed_and_says_where_it_is_from() -> None:
    for row in rows():
        assert row.instrument in INSTRUMENTS
        assert re.fullmatch(r"[A-Z]{2}", row.state)
        assert row.status in {"party", "committed", "signatory", "none", "unsure"}
        assert row.confidence in {
            "found",
            "recalled-high",
            "recalled-medium",
            "recalled-low",
            "example",
        }
        assert row.source
        assert row.since == "" or re.fullmatch(r"\d{4}-\d{2}-\d{2}", row.since)


def test_the_tracing_instrument_commits_every_member_of_the_united_nations() -> None:
    assert len(joined("ITI") - {"XA", "XB", "XC"}) == 193
