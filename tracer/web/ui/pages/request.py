"""A request: what is awaited, its story with receipts and witnesses, its fields, its files."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tracer.errors import InputError
from tracer.model.firearm import Firearm
from tracer.model.messages import AnyMessage
from tracer.model.thread.state import CaseState
from tracer.web.pictures.packaged import MAP
from tracer.web.ui.details import fields_of
from tracer.web.ui.drawn import drawn_firearm, ways
from tracer.web.ui.forms import counted
from tracer.web.ui.page import Page
from tracer.web.ui.pages.entered import story
from tracer.web.ui.sheets.offers import offers

SAFE: Final = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
"""Kinds that keep their type when saved; anything else is saved as bytes."""


async def shown(page: Page) -> web.Response:
    """One case with everything; the reading is on record."""
    whole = await page.verbs.reads.opened(page.actor, page.place("thread"))
    case, opening = whole.case, whole.messages.get(whole.case.thread)
    return page.show(
        "request.html",
        case=case,
        opening=opening,
        opened=fields_of(page.speech, opening) if opening is not None else (),
        story=story(whole),
        firearms=[
            (one, drawn_firearm(page.speech, one, name=f"firearm-{one.line}-drawn"))
            for one in _firearms(whole.case.state, opening)
        ],
        ways=ways(
            page.speech,
            case.state.chain if case.state else (),
            ground=page.parts.statics.path(MAP),
        ),
        messages=whole.messages,
        drafts=whole.drafts,
        offers=offers(case) if page.may("acts") else None,
    )


async def file(page: Page) -> web.Response:
    """One file of a message, decrypted; the reading is on record."""
    number = page.place("number")
    if counted(number) is None:
        raise InputError("attachment-unknown", f"there is no file {number}")
    found = await page.verbs.attach.open_attachment(
        page.actor, page.place("thread"), page.place("message"), int(number)
    )
    kind = found.media_type if found.media_type in SAFE else "application/octet-stream"
    return page.file(found.data, media_type=kind, name=found.name)


def _firearms(state: CaseState | None, opening: AnyMessage | None) -> tuple[Firearm, ...]:
    """As they are described now; nothing where the content was deleted."""
    if opening is None:
        return ()
    return (state.firearms if state else ()) or tuple(getattr(opening, "firearms", ()))
