"""Drafts: the list, a new request, what is looked up as one types, and the end of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from tracer.casework.guided import Line
from tracer.model import lookup
from tracer.model.codes import FirearmType
from tracer.web.ui.drawn import silhouette
from tracer.web.ui.forms import Field, Form
from tracer.web.ui.page import Page
from tracer.web.ui.steps import values_of
from tracer.web.ui.texts import N_

SHOWN: Final = {
    "mine": N_("Mine"),
    "team": N_("Of others"),
    "back": N_("Sent back"),
    "waiting": N_("Waiting for an officer"),
}
PICTURED: Final = (
    "PISTOL", "REVOLVER", "RIFLE", "ASSAULT_RIFLE", "SHOTGUN", "SUBMACHINE_GUN",
)  # fmt: skip
"""Kinds that have a drawing of their own and are nine in ten; all others stand in a list."""
NEW: Final = Form(
    Field("type", N_("What is it?"), needed=True, choices=tuple(one.value for one in FirearmType))
)


async def listed(page: Page) -> web.Response:
    """Drafts by whose they are and what became of them; the sent-back ones are always told."""
    every = await page.verbs.guided.list(page.actor)
    mine = [one for one in every if one.row.author == page.actor]
    lines = {
        "mine": [one for one in mine if one.row.state != "submitted"],
        "team": [one for one in every if one.row.author != page.actor],
        "back": [one for one in every if one.row.state == "rejected"],
        "waiting": [one for one in every if one.row.state == "submitted"],
    }
    asked = page.asked("show")
    shown = asked if asked in SHOWN else first(mine)
    return page.show(
        "drafts.html",
        lines=lines[shown],
        names=await page.verbs.lists.names(page.actor, [one.row.id for one in lines[shown]]),
        shown=shown,
        tabs=[(name, words, len(lines[name])) for name, words in SHOWN.items()],
    )


def first(mine: Sequence[Line]) -> str:
    """What is shown where nobody chose: what one writes; where one only waits, what waits."""
    waits = [one for one in mine if one.row.state == "submitted"]
    return "waiting" if waits and len(waits) == len(mine) else "mine"


async def new(page: Page) -> web.Response:
    """What was found, by pictures; the draft begins with it."""
    form = await page.form(NEW)
    if form.ready:
        kind = form["type"] or FirearmType.UNKNOWN.value
        firearm = {"line": 1, "object": "FIREARM", "type": kind}
        state = page.house.authority[:2]
        draft = await page.verbs.guided.begin(
            page.actor,
            {
                "firearms": [firearm],
                "recoveries": [{"country": state}],
                "language": page.reader.language,
                "urgency": {"level": "ROUTINE"},
            },
        )
        return page.go("draft-firearm", draft=draft.id)
    others = [one for one in values_of("firearm-type") if one not in (*PICTURED, "UNKNOWN")]
    return page.show(
        "draft_new.html",
        form=form,
        pictured=PICTURED,
        pictures={one: silhouette(FirearmType(one)) for one in PICTURED},
        others=others,
    )


async def look_up(page: Page) -> web.Response:
    """Names that fit what is being typed, as options of a list; nothing for anything else."""
    make, model, calibre = (page.asked(name)[:100] for name in ("make", "model", "calibre"))
    found = {
        "make": lambda: lookup.makes(make),
        "model": lambda: lookup.models(make, model),
        "calibre": lambda: lookup.calibres(calibre),
    }.get(page.asked("what"), tuple)()
    return page.show("parts/looked_up.html", names=found)


async def discard(page: Page) -> web.Response:
    """Destroy a draft and its photos; that it existed stays on record."""
    await page.verbs.drafts.discard(page.actor, page.place("draft"))
    return page.go("drafts", told="draft-discarded")
