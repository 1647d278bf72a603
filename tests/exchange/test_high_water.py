"""The memory beside the database, as a loss of power leaves it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.canonical import b64url
from tracer.errors import OperatorError
from tracer.exchange.log.ledger import HighWater

LOG, HEAD = "XA-NPOC/log/1", bytes(32)


@pytest.mark.parametrize("left", [b"", bytes(256), b" " * 256], ids=["empty", "zeros", "blanks"])
def test_a_file_that_lost_its_content_with_the_power_notes_nothing_and_is_written_again(
    tmp_path: Path, left: bytes
) -> None:
    path = tmp_path / "high-water.json"
    path.write_bytes(left)
    assert HighWater(path).read() is None
    HighWater(path).mark(LOG, 7, HEAD)
    assert HighWater(path).read() == (LOG, 7, b64url(HEAD))


def test_a_lower_size_changes_nothing_and_another_log_does(tmp_path: Path) -> None:
    path = tmp_path / "high-water.json"
    HighWater(path).mark(LOG, 7, HEAD)
    HighWater(path).mark(LOG, 6, HEAD)
    assert HighWater(path).read() == (LOG, 7, b64url(HEAD))
    HighWater(path).mark("XA-NPOC/log/2", 1, HEAD)
    assert HighWater(path).read() == ("XA-NPOC/log/2", 1, b64url(HEAD))


@pytest.mark.parametrize("left", [b"[", b'["XA-NPOC/log/1",7]', b"\xff" * 256])
def test_a_file_that_says_something_else_is_not_passed_over(tmp_path: Path, left: bytes) -> None:
    path = tmp_path / "high-water.json"
    path.write_bytes(left)
    with pytest.raises(OperatorError) as caught:
        HighWater(path).mark(LOG, 7, HEAD)
    assert caught.value.code == "high-water"
