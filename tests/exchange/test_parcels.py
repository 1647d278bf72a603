"""What fits one batch, and what becomes of the rest."""

from __future__ import annotations

from tracer.exchange.parcel import fitting
from tracer.store.rows import Outgoing


def _messages(count: int, size: int) -> list[Outgoing]:
    return [Outgoing(str(n), n, b"", "x" * size, ()) for n in range(count)]


def test_messages_that_are_together_too_large_for_a_batch_go_in_several() -> None:
    assert 1 < fitting(_messages(100, 200_000), 8_000_000) < 30


def test_small_messages_all_go_together() -> None:
    assert fitting(_messages(100, 4_000), 8_000_000) == 100


def test_a_message_larger_than_a_batch_goes_alone_and_is_refused_by_name() -> None:
    assert fitting(_messages(3, 9_000_000), 8_000_000) == 1
