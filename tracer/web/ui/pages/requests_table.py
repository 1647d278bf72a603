"""The list of requests as a table to take along, narrowed as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tracer.casework.reads import CaseLine
from tracer.casework.table_files import comma_separated
from tracer.web.ui import words
from tracer.web.ui.filters import Speech
from tracer.web.ui.firearms import in_list, known
from tracer.web.ui.page import Page
from tracer.web.ui.pages.requests import FILTERS, SIDES, asked_of
from tracer.web.ui.texts import N_

HEADS: Final = (
    N_("Request"),
    N_("Direction"),
    N_("Authority"),
    N_("Status"),
    N_("Urgency"),
    N_("Firearm"),
    N_("Who must act"),
    N_("Until (UTC)"),
    N_("Changed (UTC)"),
)


async def taken(page: Page) -> web.Response:
    """The table; instants are those of the wire, so that programs can sort by them."""
    filters = {name: page.asked(name).strip()[:100] for name in FILTERS}
    lines = await page.verbs.lists.everything(page.actor, asked_of(page, filters))
    say = page.speech.words.gettext
    data = comma_separated([say(head) for head in HEADS], [_row(page, line) for line in lines])
    return page.file(data, media_type="text/csv", name=f"requests-{page.speech.now:%Y-%m-%d}.csv")


def _row(page: Page, line: CaseLine) -> tuple[object, ...]:
    informed = line.brief.get("type") == "spontaneous-information"
    speech = page.speech
    stands = words.stands_of(
        line.state,
        ours=line.ours,
        informed=informed,
        outside=line.outside,
        placed=line.placed,
    )
    return (
        line.reference or line.thread,
        speech.say(SIDES["sent" if line.ours else "received"]),
        line.peer,
        speech.say(stands.badge) if stands else line.state,
        speech.coded(line.urgency, "urgency-level") if line.urgency else "",
        _firearm(speech, line),
        line.next.who if line.next else "",
        line.next.until if line.next else "",
        line.updated,
    )


def _firearm(speech: Speech, line: CaseLine) -> str:
    """Make, model, calibre and serials of the first firearm."""
    first: Mapping[str, Any] = next(iter(line.brief.get("firearms", ())), {})
    calibre = known(str(first.get("calibre", "")))
    told = (in_list(speech, first) if first else "", calibre, *first.get("serials", ()))
    return ", ".join(str(one) for one in told if one)
