from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.trust.makers import DAY, NOW, seal_row, sealing, sign_row, signing
from tracer.clock import stamp
from tracer.errors import PeerError
from tracer.trust.validity import earliest, judge

KEY = sign_row(signing("XA-NPOC"), days=730)
UNTIL, LAST = NOW + 730 * DAY, NOW + 1130 * DAY
REVOKED = replace(KEY, revoked_from=stamp(NOW + 10 * DAY))
TICK = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("claimed", "arrival"),
    [(NOW, NOW), (UNTIL, UNTIL), (UNTIL, LAST - TICK), (NOW, LAST - TICK)],
)
def test_a_key_counts_in_its_time_and_until_the_last_arrival(
    claimed: datetime, arrival: datetime
) -> None:
    judge(KEY, claimed=claimed, first_arrival=arrival)


@pytest.mark.parametrize(
    ("claimed", "arrival"), [(NOW - TICK, NOW), (UNTIL + TICK, UNTIL + DAY), (NOW, LAST)]
)
def test_outside_its_time_a_key_does_not_count(claimed: datetime, arrival: datetime) -> None:
    with pytest.raises(PeerError) as caught:
        judge(KEY, claimed=claimed, first_arrival=arrival, proof_of_existence=NOW)
    assert caught.value.code == "key-expired"


@pytest.mark.parametrize("proof", [None, NOW + 10 * DAY, NOW + 11 * DAY])
def test_a_revoked_key_needs_a_proof_from_before(proof: datetime | None) -> None:
    with pytest.raises(PeerError) as caught:
        judge(REVOKED, claimed=NOW + DAY, first_arrival=NOW + DAY, proof_of_existence=proof)
    assert caught.value.code == "key-revoked"


def test_a_proof_from_before_the_revocation_saves_a_message() -> None:
    proof = NOW + 10 * DAY - TICK
    judge(REVOKED, claimed=NOW, first_arrival=NOW + 20 * DAY, proof_of_existence=proof)


def test_a_proof_does_not_save_what_was_signed_out_of_time() -> None:
    with pytest.raises(PeerError) as caught:
        judge(REVOKED, claimed=NOW - TICK, first_arrival=NOW, proof_of_existence=NOW)
    assert caught.value.code == "key-expired"


def test_a_sealing_key_signs_nothing() -> None:
    with pytest.raises(ValueError, match="signing"):
        judge(seal_row(sealing("XA-NPOC")), claimed=NOW, first_arrival=NOW)


def test_the_earliest_proof_counts() -> None:
    assert earliest([None, NOW + DAY, NOW, None]) == NOW
    assert earliest([None]) is None
