"""Desks and accounts for the tests of this room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.casework.accounts import House, open_house
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


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Accounts of people of whom none has a password yet."""
    async with open_house(tmp_path) as made:
        yield made
