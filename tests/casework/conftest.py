"""Desks for the tests of this room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.casework.desks import Desk, open_desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Two persons release."""
    async with open_desk(tmp_path) as made:
        yield made


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Desk]:
    """One person may release, with a reason."""
    async with open_desk(tmp_path, "one-with-reason") as made:
        yield made
