"""Requests, sent and received: filters, sorting, pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, get_args

from aiohttp import web

from tracer.casework.lists import SORTS, Asked, CasePage
from tracer.clock import stamp
from tracer.errors import InputError
from tracer.model.codes import UrgencyLevel
from tracer.store.case_pages import Owes
from tracer.web.ui import faults, words
from tracer.web.ui.lists import Listing, place
from tracer.web.ui.page import Page
from tracer.web.ui.routes import path_to
from tracer.web.ui.texts import N_

FILTERS: Final = ("search", "side", "way", "state", "peer", "urgency", "owes", "due")
SIDES: Final = {"sent": N_("Sent by us"), "received": N_("Received by us")}
BY: Final = {"another": N_("Something by another way")}
STATES: Final = {
    "open": N_("Still open"),
    "settled": N_("Settled"),
    **{state: stands.badge for state, stands in words.STATES.items() if state != "PURGED"},
}
OWES: Final = {"ours": N_("Us"), "theirs": N_("The other side")}
DUE: Final = {"late": N_("Passed"), "day": N_("Within a day"), "week": N_("Within a week")}
_AHEAD: Final = {"late": timedelta(), "day": timedelta(days=1), "week": timedelta(days=7)}


async def listed(page: Page) -> web.Response:
    """The list; what is awaited until some day by when it is awaited, unless somebody chose."""
    filters = {name: page.asked(name).strip()[:100] for name in FILTERS}
    chosen = page.asked("sort") if page.asked("sort") in SORTS else ""
    sort = chosen or ("due" if filters["due"] in DUE else "updated")
    after = place(page.asked("after"))
    found, problem = CasePage(lines=(), next=None), ""
    try:
        found = await page.verbs.lists.page(
            page.actor, asked_of(page, filters), sort=sort, after=after
        )
    except InputError as error:
        if error.code not in {"peer-unknown", "authority-ambiguous"}:
            raise
        problem = faults.refused(error)
    listing = Listing(path_to("requests"), filters, sort=sort, after=after, following=found.next)
    return page.show(
        "requests.html",
        lines=found.lines,
        listing=listing,
        chosen=chosen,
        filters=filters,
        problem=problem,
        sides=SIDES,
        by=BY,
        states=STATES,
        owing=OWES,
        due=DUE,
        urgencies=[level.value for level in UrgencyLevel],
    )


def asked_of(page: Page, filters: dict[str, str]) -> Asked:
    """The filters as casework takes them; what is not offered does not narrow."""
    ahead = _AHEAD.get(filters["due"])
    owes = filters["owes"]
    return Asked(
        search=filters["search"],
        side=filters["side"] if filters["side"] in SIDES else "",
        state=filters["state"] if filters["state"] in STATES else "",
        peer=filters["peer"],
        entered=filters["way"] == "another",
        urgency=filters["urgency"],
        owes="ours" if owes == "ours" else "theirs" if owes in get_args(Owes) else None,
        due_by=stamp(page.speech.now + ahead) if ahead is not None else "",
    )
