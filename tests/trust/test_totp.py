"""Codes of a second factor: those of the RFC, and of which step one is."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.trust import totp

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "rfc6238.json").read_text())
START = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = base64.b32encode(b"12345678901234567890").decode()


def now_code(at: datetime) -> str:
    """What a phone with the right time shows."""
    return totp.code_at(base64.b32decode(SECRET), int(at.timestamp()) // totp.STEP)


@pytest.mark.parametrize(
    "vector", VECTORS["vectors"], ids=lambda one: f"{one['digest']}-{one['time']}"
)
def test_the_codes_are_those_of_the_rfc(vector: dict[str, Any]) -> None:
    digest = getattr(hashlib, vector["digest"])
    size = digest().digest_size
    key = (b"1234567890" * 7)[:size]
    step = vector["time"] // totp.STEP
    digits = VECTORS["digits"]
    assert totp.code_at(key, step, digits=digits, digest=digest) == vector["code"]


@given(begin=st.integers(0, 10**7), off=st.integers(-300, 300))
def test_a_code_is_of_the_step_that_shows_it_if_that_is_near(begin: int, off: int) -> None:
    shown = START + timedelta(seconds=begin)
    asked = shown + timedelta(seconds=off)
    step = totp.step_of(shown)
    found = totp.match(SECRET, now_code(shown), asked)
    if abs(totp.step_of(asked) - step) <= totp.OFF:
        # six digits: a nearer step may by chance show the same
        assert found is not None
        nearer = abs(found - totp.step_of(asked)) <= abs(step - totp.step_of(asked))
        assert found == step or nearer
    else:
        assert found is None or found != step


@pytest.mark.parametrize(
    ("step", "apart", "odd", "before", "follows"),
    [
        (100, 1, 99, 1, True),
        (101, -2, 99, -2, True),
        (102, 1, 99, 1, True),
        (103, 1, 99, 1, False),
        (99, 1, 99, 1, False),
        (98, 1, 99, 1, False),
        (100, 1, 99, 2, False),
        (100, 1, 99, -1, False),
        (100, 1, None, None, False),
    ],
)
def test_two_codes_in_a_row_that_are_off_alike_show_a_clock_that_is_off(
    step: int, apart: int, odd: int | None, before: int | None, *, follows: bool
) -> None:
    assert totp.goes_on(step, apart, odd=odd, before=before) is follows


@pytest.mark.parametrize(
    "typed", ["", "28708", "2870822", "28708O", "\uff12\uff18\uff17\uff10\uff18\uff12", "-28708"]
)
def test_what_is_no_code_is_not_taken(typed: str) -> None:
    assert totp.match(SECRET, typed, datetime.fromtimestamp(59, UTC)) is None


def test_a_phone_reads_everything_it_needs() -> None:
    found = urlsplit(totp.uri(SECRET, issuer="XA-NPOC", account="officer one@x"))
    assert (found.scheme, found.netloc) == ("otpauth", "totp")
    assert found.path == "/XA-NPOC:officer%20one%40x"
    assert parse_qs(found.query) == {
        "secret": [SECRET],
        "issuer": ["XA-NPOC"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_secrets_are_long_and_differ() -> None:
    one, other = totp.new_secret(), totp.new_secret()
    assert one != other
    assert len(base64.b32decode(one)) * 8 == 160
