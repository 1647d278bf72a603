"""One officer alone at night, in Chromium: a reason, a fresh proof, and the supervisor's list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from tests.casework.desks import request_document
from tests.desk.accounts import PASSWORD, account
from tests.desk.browser import IN_CI, browser, missing
from tests.desk.hands import seated
from tests.desk.world import Later
from tests.nodes import network
from tracer.node.desk import open_desk
from tracer.node.serve import Running

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(bool(missing()) and not IN_CI, reason=missing()),
]
SETTINGS: Final[Mapping[str, Mapping[str, str | int]]] = {
    "desk": {"host": "127.0.0.1", "port": 0},
    "node": {"exercise": True},
    "accounts": {"second_factor": "optional"},
    "release": {"policy": "one-with-reason"},
}
PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {"ben": ("officer",), "sue": ("supervisor",)}
REASON: Final = "Nobody else is on duty, and the detention ends at six."


@pytest_asyncio.fixture(loop_scope="module")
async def night(tmp_path: Path) -> AsyncIterator[tuple[Running, Later]]:
    """A node where policy lets one person release, and somebody to write to."""
    clock = Later()
    names = [("XA-NPOC", "reached"), ("XB-NPOC", "reached")]
    async with network(tmp_path, names, clock=clock, settings=SETTINGS, people=PEOPLE) as nodes:  # type: ignore[arg-type]  # modes
        for person in ("ben", "sue"):
            await account(nodes["XA-NPOC"], person, keeper="sue")
        yield nodes["XA-NPOC"], clock


async def test_one_officer_alone_gives_a_reason_and_proves_who_they_are(
    night: tuple[Running, Later],
) -> None:
    node, clock = night
    desk, url = open_desk(node.rooms), f"http://127.0.0.1:{node.desk}/"
    draft = await desk.drafts.new("ben", request_document(), "XB-NPOC")
    await desk.release.submit_for_release("ben", draft.id)

    async def state() -> str:
        return (await desk.release.look("sue", draft.id)).draft.state

    async with browser() as started, seated(started, url, "ben", PASSWORD, script=False) as ben:
        await ben.opens("Release", "What waits for a second person")
        await ben.follows("Request", "Your own hand is on it.", "Why you let it go alone")
        await ben.presses("Let it go", "Something is not right yet")
        assert await state() == "submitted"
        await ben.fills({"reason": REASON})
        clock.ahead = timedelta(minutes=16)  # the proof of signing in is too old now
        await ben.presses("Let it go", "Prove who you are")
        assert await state() == "submitted"
        await ben.fills({"proof": "not the password at all"})
        await ben.presses("Go on", "Something is not right yet")
        await ben.opens("Release")
        await ben.follows("Request", "Prove who you are")
        await ben.misses("Let it go")
        await ben.follows("Prove who you are", "Password")
        await ben.fills({"proof": PASSWORD})
        await ben.presses("Go on", "Why you let it go alone")
        await ben.fills({"reason": REASON})
        await ben.presses("Let it go", "What waits for a second person")
        assert await state() == "released"
        await ben.misses("Review")
    async with browser() as started, seated(started, url, "sue", PASSWORD, script=False) as sue:
        await sue.opens("Review", "What one person let go alone", REASON, "ben")
        await sue.follows("Look it over", "Let go by")
        await sue.presses("I have looked it over")
        await sue.misses(REASON)
