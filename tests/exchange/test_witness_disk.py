"""The file of what was cosigned, on a disk that takes a part of it only."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tracer.errors import OperatorError
from tracer.evidence.witnessing import Known
from tracer.exchange.witness.memory import WitnessMemory

NAME, LOG = "XA-NPOC/witness/1", "XB-NPOC/log/1"


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes: the write that meets the bound is cut short."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_is_written_in_part_does_not_replace_the_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "witnessed.json"
    memory = WitnessMemory(path)
    memory.begin(NAME)
    memory.note(NAME, LOG, Known(8, bytes(32)))
    whole = path.read_bytes()
    with room_for(20), pytest.raises(OperatorError) as caught:
        memory.note(NAME, LOG, Known(9, bytes(32)))
    assert caught.value.code == "witness-memory"
    assert path.read_bytes() == whole
    assert WitnessMemory(path).recall(None, LOG) == Known(8, bytes(32))
