"""Tokens of a time-stamp authority (RFC 3161): made by openssl, read by us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.authority import Authority, make
from tracer.evidence.timestamp import (
    TokenError,
    ask,
    granted,
    leading,
    read_token,
    roots_of,
    verify_token,
)

DATA = b"XA-NPOC/log/1\n7\n...\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def token(authority: Authority) -> bytes:
    return authority.answer(ask(DATA).request)


def test_a_granted_token_says_when_and_by_whom(authority: Authority) -> None:
    query, roots = ask(DATA), roots_of(authority.root_pem)
    raw, found = granted(authority.answer(query.request), query, DATA, roots=roots)
    assert abs(found.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert found.authority == "CN=Test Time Authority"
    assert found.policy == "1.2.3.4.1"
    assert verify_token(raw, DATA, roots=roots) == found


def test_an_answer_to_another_question_is_refused(authority: Authority) -> None:
    roots = roots_of(authority.root_pem)
    with pytest.raises(TokenError, match="Nonce"):
        granted(authority.answer(ask(DATA).request), ask(DATA), DATA, roots=roots)


def test_a_token_over_other_bytes_proves_nothing(authority: Authority, token: bytes) -> None:
    with pytest.raises(TokenError) as caught:
        verify_token(token, DATA + b" ", roots=roots_of(authority.root_pem))
    assert caught.value.reason == "proof"


def test_a_token_under_a_root_that_was_not_chosen_proves_nothing(
    token: bytes, tmp_path: Path
) -> None:
    other = make(tmp_path)
    with pytest.raises(TokenError) as caught:
        verify_token(token, DATA, roots=roots_of(other.root_pem))
    assert caught.value.reason == "proof"


def test_what_was_not_granted_is_told_as_refused(authority: Authority) -> None:
    refused = authority.answer(b"\x30\x03\x02\x01\x01")
    with pytest.raises(TokenError) as caught:
        verify_token(refused, DATA, roots=roots_of(authority.root_pem))
    assert caught.value.reason in {"refused", "form"}


def test_no_changed_byte_of_a_token_proves_the_same(authority: Authority, token: bytes) -> None:
    roots = roots_of(authority.root_pem)
    whole = verify_token(token, DATA, roots=roots)
    for place in range(0, len(token), 7):
        changed = token[:place] + bytes([token[place] ^ 0x55]) + token[place + 1 :]
        try:
            found = verify_token(changed, DATA, roots=roots)
        except TokenError:
            continue
        assert found == whole, place


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_a_known_way(raw: bytes) -> None:
    with pytest.raises(TokenError):
        verify_token(raw, DATA, roots=())


def test_a_token_with_any_bit_of_it_flipped_is_refused_or_says_the_same(
    authority: Authority, token: bytes
) -> None:
    roots = roots_of(authority.root_pem)
    right = verify_token(token, DATA, roots=roots)
    for at in range(len(token)):
        changed = token[:at] + bytes((token[at] ^ (1 << at % 8),)) + token[at + 1 :]
        try:
            found = leading(changed, DATA, roots=roots)
        except TokenError:
            continue
        assert found is None or found == right


def test_without_a_root_a_token_is_read_if_it_is_over_these_bytes(
    authority: Authority, token: bytes
) -> None:
    said = read_token(token, DATA)
    assert (said.authority, said.algorithms) == (
        "CN=Test Time Authority",
        "SHA-256, ECDSA secp256r1",
    )
    assert said.at == verify_token(token, DATA, roots=roots_of(authority.root_pem)).at
    with pytest.raises(TokenError, match="not over"):
        read_token(token, DATA + b" ")
