"""How long a body may be at each endpoint, as PROTOCOL.md says and over a real line."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hostile.world import World, world
from tests.rules import protocol_doc as doc

TEXT = doc.PATH.read_text("utf-8")
POSTED = {path.rpartition("/")[2] for method, path in doc.endpoints(TEXT) if method == "POST"}
SMALL, LARGE = (
    int(doc.constants(TEXT)[name])
    for name in ("body of a small request, most bytes", "body of a batch, bytes")
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as found:
        yield found


def long_ones() -> set[str]:
    """The endpoints of which [Q-2] says that a body is as long as a batch."""
    (rule,) = (one for one in doc.rules(TEXT) if (one.chapter, one.number) == ("Q", 2))
    return set(re.findall(r"`([a-z-]+)`", rule.text)) & POSTED


def junk(size: int) -> bytes:
    """So many bytes in lines that are short enough for a batch, and say nothing."""
    line = b"x" * 300_000 + b"\n"
    return (line * (size // len(line) + 1))[:size]


async def too_large(here: World, size: int) -> set[str]:
    """The endpoints that refuse a body of so many bytes for its size."""
    found = set()
    for what in sorted(POSTED):
        answer = await here.post(what, junk(size))
        await here.wire.close()
        if answer.status == 413 and json.loads(answer.body)["code"] == "too-large":
            found.add(what)
    return found


async def test_a_body_is_at_most_as_long_as_the_page_says_of_its_endpoint(here: World) -> None:
    assert await too_large(here, SMALL + 1) == POSTED - long_ones()
    assert await too_large(here, LARGE + 1) == POSTED


async def test_the_page_names_the_body_of_what_is_brought_as_long_as_a_batch(here: World) -> None:
    assert long_ones() == {"messages", "receipts", "questions"}
    (rule,) = (one for one in doc.rules(TEXT) if (one.chapter, one.number) == ("C", 6))
    assert "as long as a batch ([Q-2])" in rule.text
    assert (await here.post("questions", junk(SMALL + 1))).status != 413
