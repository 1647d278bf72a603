"""Cases and drafts are called what people call them; an id stands where it proves something."""

from __future__ import annotations

import re
from html import unescape
from importlib import resources
from typing import Any

import pytest

from tests.desk.visits import visits
from tests.desk.world import World
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")
HEADING = re.compile(r'<(title|h[1-6]|caption|option|span class="over")[^>]*>(.*?)</')
LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)
DRAFT = re.compile(r"D\d+")


def called(text: str) -> list[str]:
    """What headings and links say."""
    found = [match[1] for match in HEADING.findall(text)] + LINK.findall(text)
    return [unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in found]


async def test_no_heading_and_no_link_is_an_id(made: World, reader: Any) -> None:
    ids = {one[:10] for one in made.threads.values()}
    loose: dict[str, set[str]] = {}
    for visit in visits(made):
        text = (await reader(visit.token).get(visit.path)).text
        said = called(text)
        found = {one for one in said if DRAFT.fullmatch(one) or any(name in one for name in ids)}
        if found:
            loose[visit.name] = found
    assert loose == {}


async def test_a_case_is_headed_by_its_reference_and_its_firearm(made: World, reader: Any) -> None:
    ben, thread = reader(made.us.tokens["ben"]), made.threads["question"]
    case = (await ben.get(f"/requests/{thread}")).text
    reference = re.findall(r"<h1>(XA-2026-\d+)</h1>", case)[0]
    for room in ("notes", "people", "restriction", "alike", "evidence"):
        text = (await ben.get(f"/requests/{thread}/{room}")).text
        assert f'<span class="over">{reference}, ' in text, room
    assert thread in (await ben.get(f"/requests/{thread}/evidence")).text


async def test_what_is_to_be_destroyed_is_said_by_what_it_is(made: World, reader: Any) -> None:
    ben = reader(made.us.tokens["ben"])
    text = (await ben.get(f"/disposals/{made.disposals[0]}")).text
    assert "XA-2026-000004, " in text
    assert re.search(r"What is destroyed</dt><dd>Of all its messages: Officer", text)
    listed = (await ben.get("/release")).text
    assert "Parts of a request: XA-2026-000004, " in listed


async def test_the_audit_names_cases_and_drafts_and_keeps_the_id_in_small_print(
    made: World, reader: Any
) -> None:
    aud, thread = reader(made.us.tokens["aud"]), made.threads["refused"]
    text = (await aud.get(f"/audit?subject={thread}")).text
    assert re.search(rf'">XA-2026-000004, [^<]+</a><small><bdi [^>]*>{thread}', text)
    text = (await aud.get(f"/audit?subject={made.drafts['waiting']}")).text
    assert re.search(
        rf'">Answer, XB-2026-\d+, [^<]+</a><small>.{{0,40}}{made.drafts["waiting"]}', text
    )


async def test_a_case_that_may_not_be_seen_has_no_name(made: World) -> None:
    thread, draft = made.threads["restricted"], made.drafts["onward"]
    names = made.us.verbs.lists.names
    assert await names("ben", [thread, draft, made.drafts["reminder"]]) == {}
    assert set(await names("eve", [thread, draft, "no such"])) == {thread, draft}


async def test_a_draft_is_called_by_its_request_and_firearm_before_anybody_decides_on_it(
    made: World, reader: Any
) -> None:
    ben, draft = reader(made.us.tokens["ben"]), made.drafts["ada"]
    held = await made.us.verbs.release.look("ben", draft)
    for page in ("send-back", "discard"):
        text = (await ben.get(path_to(page, draft=draft))).text
        over = re.findall(r'<span class="over">(.*?)</span>', text)[0]
        assert over.startswith(f"Request, {held.reference}, "), page


async def test_no_page_needs_the_name_of_what_somebody_may_not_see_any_more() -> None:
    room = resources.files("tracer.web.ui")
    every = [*(room / "templates").iterdir(), *(room / "pages").iterdir()]
    needing = [
        (path.name, line.strip())
        for path in every
        if path.name.endswith((".html", ".py"))
        for line in path.read_text("utf-8").splitlines()
        for used in re.findall(r"\bnames\[([^\]]+)\]", line)
        if path.name != "request.py" and f"{used} in names" not in line
    ]
    assert needing == []
