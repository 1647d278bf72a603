"""Teams: who works together, and in which agency; made, filled and closed here."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tracer.errors import InputError
from tracer.web.ui.forms import Field, Filled, Form
from tracer.web.ui.page import Page
from tracer.web.ui.texts import N_

ADD: Final = Form(
    Field("team", N_("Short name"), N_("Small letters a to z, digits, -"), required=True),
    Field("name", N_("Name")),
    Field("agency", N_("Agency"), N_("Short name; empty for the authority's own people.")),
)
CHANGE: Final = Form(
    Field("act", N_("What to do"), required=True, choices=("join", "leave", "close", "open")),
    Field("name", N_("Person")),
)


async def listed(page: Page) -> web.Response:
    """Every team with its people."""
    return page.show("teams.html", found=await page.verbs.teams.list(page.actor))


async def add(page: Page) -> web.Response:
    """Make a team."""
    form = await page.form(ADD)
    if form.ready:
        try:
            await page.verbs.teams.add(
                page.actor, form["team"], name=form["name"] or "", agency=form["agency"] or ""
            )
        except InputError as error:
            form.blame(error)
        else:
            return page.go("team", told="team-added", team=form["team"])
    return page.show("team_add.html", form=form)


async def shown(page: Page) -> web.Response:
    """One team: who is in it, and changing that."""
    name, form = page.place("team"), await page.form(CHANGE)
    if form.ready:
        try:
            await _change(page, name, form)
        except InputError as error:
            form.blame(error)
        else:
            return page.go("team", told="team-changed", team=name)
    found = next((one for one in await page.verbs.teams.list(page.actor) if one.id == name), None)
    if found is None:
        raise InputError("team-unknown", f"there is no team {name}", field="team")
    return page.show("team.html", form=form, team=found)


async def team_names(page: Page) -> dict[str, str]:
    """What each team is called, by its id; nothing for whoever reads no teams."""
    if not page.may_act("team-list"):
        return {}
    return {one.id: one.name or one.id for one in await page.verbs.teams.list(page.actor)}


async def _change(page: Page, team: str, form: Filled) -> None:
    teams, act = page.verbs.teams, form["act"]
    if act == "join":
        await teams.join(page.actor, team, form["name"] or "")
    elif act == "leave":
        await teams.leave(page.actor, team, form["name"] or "")
    else:
        await teams.close(page.actor, team, closed=act == "close")
