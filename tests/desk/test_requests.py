"""The list of requests: what it is sorted by. A request: what of it an auditor is shown."""

from __future__ import annotations

import gc
import re
from html import escape
from typing import Any

import pytest

from tests.desk.world import World
from tracer.model.messages import Request

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


async def test_an_auditors_page_of_a_request_shows_nothing_personal_and_says_so(
    made: World, reader: Any
) -> None:
    path = f"/requests/{made.threads['answered']}"
    pages = {name: (await reader(made.us.tokens[name]).get(path)).text for name in ("aud", "ben")}
    whole = await made.us.desk.reads.opened("ben", made.threads["answered"])
    opening = whole.messages[made.threads["answered"]]
    assert isinstance(opening, Request)
    assert opening.narrative
    said = escape(opening.narrative.summary[:20])
    told = "What can be personal is not shown to auditors"
    assert {name: (told in text, said in text) for name, text in pages.items()} == {
        "aud": (True, False),
        "ben": (False, True),
    }
    assert (f"{path}/print" in pages["aud"], f"{path}/print" in pages["ben"]) == (False, True)
    assert (await reader(made.us.tokens["aud"]).get(f"{path}/print")).status == 403


async def test_a_firearm_whose_calibre_is_not_known_is_told_by_its_serial_alone(
    made: World, reader: Any
) -> None:
    page = (await reader(made.us.tokens["ben"]).get("/requests")).text
    told = [" ".join(one.split()) for one in re.findall(r"<small>(.*?)</small>", page, re.DOTALL)]
    assert any("C 7718" in one for one in told)
    assert [one for one in told if one.startswith("·")] == []


async def test_pages_leave_nothing_behind_that_a_later_one_has_to_clear_up(
    made: World, reader: Any
) -> None:
    who, path = reader(made.us.tokens["ben"]), f"/requests/{made.threads['answered']}"
    await who.get(path)
    before = gc.get_threshold()
    gc.set_threshold(1_000_000)  # as seldom as in a node that serves, and more
    try:
        gc.collect()
        for _ in range(20):
            await who.get(path)
        assert gc.get_count()[0] < 5_000
    finally:
        gc.set_threshold(*before)
