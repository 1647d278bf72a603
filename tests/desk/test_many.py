"""That somebody opened very many, on the desk of who is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.world import World
from tracer.casework.roles import POLICY
from tracer.errors import InputError
from tracer.web.ui.faults import fault_of
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")
READ, BEGUN = "ada has opened 201 requests within an hour.", "ada has begun 101 drafts within an"


async def test_the_auditor_reads_who_opened_very_many_with_a_way_to_what_they_did(
    made: World, reader: Any
) -> None:
    def note(tx: Any) -> None:
        tx.audit.write(POLICY, "cases-many", "ada", {"count": 201})
        tx.audit.write(POLICY, "drafts-many", "ada", {"count": 101})

    await made.us.node.rooms.store.write(note)
    page = (await reader(made.us.tokens["aud"]).get("/")).text
    assert READ in page
    assert BEGUN in page
    assert path_to("audit", {"actor": "ada"}) in page
    assert (
        "Noted that a person opened very many"
        in (await reader(made.us.tokens["aud"]).get(path_to("audit"))).text
    )
    for other in ("ada", "ben", "sam"):
        assert READ not in (await reader(made.us.tokens[other]).get("/")).text


async def test_who_has_very_many_on_the_way_is_told_to_come_back() -> None:
    told = fault_of(InputError("pace-busy", "very many at once"))
    assert (told.status, told.advice) == (429, "Wait a few seconds, then try this one again.")
