"""What the tests of a new request do again and again: begin a draft, read it, upload to it."""

from __future__ import annotations

import re
from typing import Any, Final

import aiohttp

from tests.desk.conftest import Reader
from tests.desk.world import World
from tracer.casework.papers.paper import read_body

MOST: Final = 15
"""Inputs that an investigator has to think about, at most."""
FORMS: Final = (
    ("draft_firearm", "FIREARM"),
    ("draft_marks", "MARK"),
    ("draft_marks", "CONDITION"),
    ("draft_found", "FOUND"),
    ("draft_ask", "ASK"),
)
FOUND: Final = {
    "mode": "SEIZED",
    "date": "2026-02-24",
    "country": "XA",
    "circumstances": "Found under the seat of a car at a road check.",
}


async def begun(who: Reader) -> str:
    """A new draft, begun at the first page; its id."""
    answer = await who.send("/drafts/new", {"type": "PISTOL"})
    assert answer.status == 303
    return str(answer.headers["Location"]).split("/")[2]


async def stored(made: World, draft: str) -> Any:
    row = await made.us.node.rooms.store.read(lambda tx: tx.drafts.get(draft))
    assert row is not None
    return row


async def message_of(made: World, draft: str) -> Any:
    return read_body(await stored(made, draft))


def version_of(text: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', text)
    assert found
    return found[1]


async def standing_at(who: Reader, page: str) -> dict[str, str]:
    """What a browser sends of a page beside what is typed: its hidden fields."""
    text = (await who.get(page)).text
    hidden = re.findall(r'type="hidden" name="(version|shown)" value="([^"]*)"', text)
    assert {name for name, _ in hidden} == {"version", "shown"}
    return dict(hidden)


async def uploaded(who: Reader, page: str, data: bytes, **fields: str) -> int:
    shown = await who.get(page)
    form = aiohttp.FormData()
    for name, value in {"_token": shown.token, **fields}.items():
        form.add_field(name, value)
    form.add_field("file", data, filename="a.jpg", content_type="image/jpeg")
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with who.client.post(
        who.url + page, data=form, headers=headers, allow_redirects=False
    ) as answer:
        return answer.status
