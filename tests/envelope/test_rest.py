from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.envelope import rest
from tracer.errors import OperatorError

KEY = bytes(range(32))


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_what_is_encrypted_comes_back(plaintext: bytes, aad: bytes) -> None:
    assert rest.decrypt(KEY, rest.encrypt(KEY, plaintext, aad), aad) == plaintext


@given(st.integers(0, 33), st.integers(1, 255))
def test_a_changed_byte_anywhere_is_noticed(index: int, change: int) -> None:
    stored = bytearray(rest.encrypt(KEY, b"12345", b"row"))
    stored[index] ^= change
    with pytest.raises(OperatorError, match="rest-open"):
        rest.decrypt(KEY, bytes(stored), b"row")


def test_a_row_copied_over_another_does_not_open() -> None:
    with pytest.raises(OperatorError, match="rest-open"):
        rest.decrypt(KEY, rest.encrypt(KEY, b"x", b"row/1"), b"row/2")


@pytest.mark.parametrize("stored", [b"", b"\x01", b"\x01" * 12, b"\x02" + bytes(40)])
def test_bytes_that_were_never_encrypted_are_refused(stored: bytes) -> None:
    with pytest.raises(OperatorError, match="rest-open"):
        rest.decrypt(KEY, stored, b"")


def test_a_wrapped_key_comes_back_and_is_no_ordinary_ciphertext() -> None:
    key = rest.new_key()
    wrapped = rest.wrap(key, KEY, b"thread/1")
    assert rest.unwrap(wrapped, KEY, b"thread/1") == key
    with pytest.raises(OperatorError, match="rest-open"):
        rest.decrypt(KEY, wrapped, b"thread/1")


def test_a_key_of_another_size_is_refused() -> None:
    with pytest.raises(OperatorError, match="rest-key"):
        rest.encrypt(bytes(16), b"", b"")
