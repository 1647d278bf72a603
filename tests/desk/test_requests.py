"""The list of requests: what it is sorted by."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.desk.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("asked", "column"),
    [
        ("", "Changed"),
        ("?owes=theirs", "Changed"),
        ("?due=week", "Awaited"),
        ("?due=week&sort=updated", "Changed"),
        ("?due=no-such-time", "Changed"),
    ],
)
async def test_what_is_awaited_by_some_day_comes_by_that_day_unless_somebody_chose(
    made: World, reader: Any, asked: str, column: str
) -> None:
    page = (await reader(made.us.tokens["ben"]).get(f"/requests{asked}")).text
    assert re.findall(r'aria-sort="\w+"><a href="[^"]*">([^<]+)', page) == [column]
    chosen = "sort=" in asked
    assert ('<input type="hidden" name="sort"' in page) == chosen
