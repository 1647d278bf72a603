"""A long request on its page: the newest of its story, what is new, and every way to the rest."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.casework.desks import Desk, open_desk
from tests.desk.world import THEM, World, asked
from tracer.web.ui.pages.entered import story
from tracer.web.ui.pages.request import STORY, Entry, Gap, new_in, part_of
from tracer.web.ui.routes import path_to


def told(count: int) -> list[Entry]:
    return [("step", SimpleNamespace(id=f"m{number}")) for number in range(count)]


def names(entries: list[Entry]) -> list[str]:
    return [one.id for kind, one in entries if kind != "gap"]


def gap_of(entries: list[Entry]) -> Gap:
    (found,) = (one for kind, one in entries if kind == "gap")
    assert isinstance(found, Gap)
    return found


@pytest.mark.parametrize("count", [0, 1, STORY, STORY + 2])
def test_a_short_story_is_whole(count: int) -> None:
    assert part_of(told(count), before="", new=()) == (told(count), False)


def test_of_a_long_story_the_newest_stand_after_what_opened_it() -> None:
    entries, later = part_of(told(40), before="", new=())
    assert names(entries) == ["m0", *(f"m{number}" for number in range(40 - STORY, 40))]
    assert (gap_of(entries), later) == (Gap(40 - STORY - 1, f"m{40 - STORY}"), False)


@pytest.mark.parametrize("count", range(STORY + 1, 4 * STORY))
def test_going_back_from_part_to_part_shows_every_entry(count: int) -> None:
    before, seen = "", set[str]()
    while True:
        entries, later = part_of(told(count), before=before, new=())
        assert later == bool(before)
        seen |= set(names(entries))
        if not any(kind == "gap" for kind, _ in entries):
            break
        before = gap_of(entries).before
    assert seen == set(names(told(count)))


def test_what_is_new_is_shown_however_much_it_is() -> None:
    entries, _ = part_of(told(60), before="", new=("m12", "m50"))
    assert names(entries) == ["m0", *(f"m{number}" for number in range(12, 60))]


def test_a_place_that_is_not_there_leads_to_the_newest() -> None:
    assert part_of(told(40), before="nowhere", new=()) == part_of(told(40), before="", new=())


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def test_a_refusal_under_many_messages_is_shown_to_whoever_never_looked(desk: Desk) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    refusal = await desk.arrives(sent.thread, "refused")
    for _ in range(STORY + 3):
        desk.clock.advance(timedelta(minutes=1))
        await desk.arrives(sent.thread, "acknowledgement")
    whole = await desk.reads.opened("eve", sent.thread)
    shown, _ = part_of(story(whole), before="", new=new_in(whole.case))
    assert refusal in names(shown)


async def test_a_case_counts_as_looked_at_only_where_all_that_is_new_was_shown(desk: Desk) -> None:
    thread = await desk.asked()
    for looked in (False, False, True):
        whole = await desk.reads.opened("eve", thread, looked=looked)
        assert whole.case.since.messages == (thread,)
    assert (await desk.reads.opened("eve", thread)).case.since.messages == ()


@pytest.mark.asyncio(loop_scope="session")
async def test_the_page_of_earlier_messages_takes_from_nothing_that_it_is_new(
    made: World, reader: Any
) -> None:
    thread = await asked(made.us, THEM)
    for _ in range(STORY + 3):
        await made.us.written(thread, "progress-enquiry", {}, "ben")
    eve = reader(made.us.tokens["eve"])
    reads = made.us.verbs.reads
    page = (await eve.get(path_to("request", thread=thread))).text
    link = re.search(r'href="([^"]*before=[^"#]*)#story"', page)
    assert link is not None
    await made.us.written(thread, "progress-enquiry", {}, "ben")
    await eve.get(link[1])
    await eve.get(path_to("acts", thread=thread))
    assert len((await reads.opened("eve", thread)).case.since.messages) == 1
    await eve.get(path_to("request", thread=thread))
    assert (await reads.opened("eve", thread)).case.since.messages == ()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_long_request_leads_to_its_earlier_messages_and_to_all_of_them(
    made: World, reader: Any
) -> None:
    thread = await asked(made.us, THEM)
    for _ in range(STORY + 3):
        await made.us.written(thread, "progress-enquiry", {}, "ben")
    eve = reader(made.us.tokens["eve"])
    whole = (await eve.get(path_to("request", {"story": "all"}, thread=thread))).text
    assert _steps(whole) == STORY + 4
    newest = (await eve.get(path_to("request", thread=thread))).text
    assert _steps(newest) == STORY + 1
    assert "3 earlier entries are not shown here." in newest
    link = re.search(r'href="([^"]*before=[^"#]*)#story"', newest)
    assert link is not None
    earlier = (await eve.get(link[1])).text
    assert _steps(earlier) == 4
    assert "Show the newest" in earlier


def _steps(page: str) -> int:
    return len(re.findall(r'<li class="(?:ours|theirs)', page))
