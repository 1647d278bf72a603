from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors.generate_envelope import pattern
from tracer.envelope import stream
from tracer.envelope.stream import SEGMENT, StreamKey, decrypt_stream, encrypt_stream
from tracer.errors import PeerError

KEY = StreamKey(bytes(range(32)), bytes(7))


def _segments(size: int) -> list[bytes]:
    return list(encrypt_stream([pattern(size)], *KEY))


@given(st.lists(st.integers(0, 3 * SEGMENT), max_size=4), st.integers(1, 2 * SEGMENT))
def test_any_cutting_into_chunks_gives_the_same_bytes(sizes: list[int], cut: int) -> None:
    plain = pattern(sum(sizes))
    chunks, start = [], 0
    for size in sizes:
        chunks.append(plain[start : start + size])
        start += size
    boxed = b"".join(encrypt_stream(chunks, *KEY))
    assert boxed == b"".join(encrypt_stream([plain], *KEY))
    assert len(boxed) == stream.cipher_size(len(plain))
    pieces = [boxed[i : i + cut] for i in range(0, len(boxed), cut)]
    assert b"".join(decrypt_stream(pieces, *KEY)) == plain


@pytest.mark.parametrize("size", [SEGMENT, 2 * SEGMENT, 2 * SEGMENT + 1])
def test_a_stream_cut_at_a_segment_is_refused(size: int) -> None:
    with pytest.raises(PeerError, match="attachment-digest"):
        list(decrypt_stream(_segments(size)[:-1], *KEY))


def test_swapped_segments_are_refused() -> None:
    first, second, third = _segments(3 * SEGMENT)
    with pytest.raises(PeerError, match="attachment-digest"):
        list(decrypt_stream([second, first, third], *KEY))


def test_a_repeated_segment_is_refused() -> None:
    first, second = _segments(2 * SEGMENT)
    with pytest.raises(PeerError, match="attachment-digest"):
        list(decrypt_stream([first, first, second], *KEY))


@pytest.mark.parametrize("more", [b"\x00", bytes(16), bytes(SEGMENT)])
@pytest.mark.parametrize("size", [5, SEGMENT])
def test_data_after_the_final_segment_is_refused(size: int, more: bytes) -> None:
    with pytest.raises(PeerError, match="attachment-digest"):
        list(decrypt_stream([*_segments(size), more], *KEY))


def test_an_empty_final_segment_after_others_is_refused() -> None:
    box = AESGCM(KEY.key)
    first = box.encrypt(KEY.prefix + bytes(5), bytes(SEGMENT), None)
    last = box.encrypt(KEY.prefix + b"\0\0\0\1\1", b"", None)
    with pytest.raises(PeerError, match="attachment-digest"):
        list(decrypt_stream([first, last], *KEY))


@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_broken_transfer_is_taken_up_at_a_segment(first: int) -> None:
    plain = pattern(2 * SEGMENT + 9)
    whole = _segments(len(plain))
    assert list(encrypt_stream([plain[first * SEGMENT :]], *KEY, first=first)) == whole[first:]
    rest = b"".join(decrypt_stream(whole[first:], *KEY, first=first))
    assert rest == plain[first * SEGMENT :]


def test_only_one_segment_is_taken_from_the_source_ahead() -> None:
    taken: list[int] = []

    def source() -> Iterator[bytes]:
        for number in range(100):
            taken.append(number)
            yield bytes(SEGMENT)

    next(iter(encrypt_stream(source(), *KEY)))
    assert len(taken) == 2


def test_more_segments_than_the_counter_holds_are_refused() -> None:
    with pytest.raises(PeerError, match="too-large"):
        list(encrypt_stream([bytes(2 * SEGMENT)], *KEY, first=stream.MAX_SEGMENTS - 1))


def test_a_fresh_key_is_made_for_each_attachment() -> None:
    assert stream.new_attachment_key() != stream.new_attachment_key()


@pytest.mark.parametrize("key", [StreamKey(bytes(16), bytes(7)), StreamKey(bytes(32), bytes(12))])
def test_a_key_of_another_size_is_refused(key: StreamKey) -> None:
    with pytest.raises(ValueError, match="bytes"):
        list(encrypt_stream([b""], *key))
