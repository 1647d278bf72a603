"""A request: what is awaited, its story with receipts and witnesses, its fields, its files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from aiohttp import web

from tracer.casework.duplicates import Next
from tracer.casework.lists import Called
from tracer.casework.reads import Case, Step
from tracer.model.firearm import Firearm
from tracer.model.messages import AnyMessage
from tracer.model.thread.state import CaseState
from tracer.web.pictures.packaged import MAP
from tracer.web.ui.details import fields_of
from tracer.web.ui.drawn import drawn_firearm, ways
from tracer.web.ui.message_forms.offers import offers
from tracer.web.ui.page import Page
from tracer.web.ui.pages.entered import story
from tracer.web.ui.pages.files import number_of
from tracer.web.ui.pages.teams import team_names
from tracer.web.ui.tell import called_of

SAFE: Final = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
"""Kinds that keep their type when saved; anything else is saved as bytes."""
PICTURED: Final = SAFE - {"application/pdf"} | {"image/tiff"}
"""Kinds that are shown small beside their name, drawn anew here."""
STORY: Final = 15
"""Entries of a long story on one page, beside the one that opens it."""
ANSWERS: Final = frozenset({"result", "no-record", "unidentifiable", "restricted", "refused"})
"""Messages whose outcome stands beside what is awaited."""
EVERYTHING: Final = "all"
"""Value of `story` in the address that asks for all of them."""
Entry = tuple[str, Any]
"""`step`, `entry` or `gap`, and the message, what came by another way, or the `Gap`."""


class Gap(NamedTuple):
    """Entries that are not shown: how many, and the id of the one that follows them."""

    hidden: int
    before: str


async def shown(page: Page) -> web.Response:
    """One case with everything; the reading is on record.

    The page of earlier entries does not show what is new, and takes from nothing that it is new.
    """
    whole_story, before = page.asked("story") == EVERYTHING, page.asked("before")
    whole = await page.verbs.reads.opened(
        page.actor, page.place("thread"), looked=whole_story or not before
    )
    page.in_case(whole.roles)
    case, opening = whole.case, whole.messages.get(whole.case.thread)
    entries, later = story(whole), False
    if not whole_story:
        entries, later = part_of(entries, before=before, new=new_in(case))
    ways_out = offers(case, whole.drafts) if page.may("acts") else None
    offered = {one.draft for offer in ways_out.owed for one in offer.drafts} if ways_out else ()
    answer = answer_of(case)
    earlier = case.earlier if opening is not None else ()
    return page.show(
        "request.html",
        answer=answer,
        leads=await _leads(page, case) if answer else (),
        case=case,
        called=called_of(page.speech, (*case.steps, *case.entered)),
        opening=opening,
        team=(await team_names(page)).get(case.work.team, case.work.team),
        opened=fields_of(page.speech, opening) if opening is not None else (),
        story=entries,
        later=later,
        firearms=[
            (
                one,
                drawn_firearm(page.speech, one, name=f"firearm-{one.line}-drawn", earlier=earlier),
            )
            for one in _firearms(whole.case.state, opening)
        ],
        ways=ways(
            page.speech,
            case.state.chain if case.state else (),
            ground=page.parts.statics.path(MAP),
            messages=whole.messages,
        ),
        messages=whole.messages,
        follows=await _continued(page, case.follows_on),
        pictured=PICTURED,
        drafts=[one for one in whole.drafts if one.draft not in offered],
        offers=ways_out,
    )


async def file(page: Page) -> web.Response:
    """One file of a message, decrypted; the reading is on record."""
    number = number_of(page.place("number"))
    found = await page.verbs.attach.open_attachment(
        page.actor, page.place("thread"), page.place("message"), number
    )
    kind = found.media_type if found.media_type in SAFE else "application/octet-stream"
    return page.file(found.data, media_type=kind, name=found.name)


def new_in(case: Case) -> tuple[str, ...]:
    """Messages that no page folds away.

    All since the last look; to who never looked, all of the other side but what opened the case:
    whoever sends many more must not bury a refusal under them.
    """
    if case.since.seen:
        return case.since.messages
    theirs = (step.id for step in case.steps if step.by == case.peer)
    return tuple(one for one in theirs if one != case.thread)


def answer_of(case: Case) -> Step | None:
    """What they answered to our request last, if it counts."""
    said = [one for one in case.steps if one.type in ANSWERS and not one.ignored and one.codes]
    return said[-1] if case.ours and said and said[-1].by == case.peer else None


async def _leads(page: Page, case: Case) -> tuple[Next, ...]:
    """States to ask next, for who may."""
    if not page.may("request-onward"):
        return ()
    return await page.verbs.duplicates.leading(page.actor, case.thread)


def part_of(
    entries: Sequence[Entry], *, before: str, new: Collection[str]
) -> tuple[list[Entry], bool]:
    """A part of a long story; and whether there are newer ones.

    It has the entry that opens the story, a gap, and the `STORY` entries before the one with the id
    `before`, or the newest: then with all from the first of the `new` on. A short story is whole.
    """
    names = [one.id for _, one in entries]
    end = names.index(before) if before in names else len(names)
    start = max(0, end - STORY)
    if end == len(names):
        start = min([start, *(names.index(one) for one in new if one in names)])
    if start <= 2:  # noqa: PLR2004 - what opens it, and one that the gap would stand for
        return list(entries[:end]), end < len(names)
    gap = ("gap", Gap(start - 1, names[start]))
    return [*entries[:1], gap, *entries[start:end]], end < len(names)


async def _continued(page: Page, thread: str | None) -> Called | None:
    """The case that one continues, if the reader may see it."""
    if thread is None:
        return None
    return (await page.verbs.lists.names(page.actor, [thread])).get(thread)


def _firearms(state: CaseState | None, opening: AnyMessage | None) -> tuple[Firearm, ...]:
    """As they are described now; nothing where the content was deleted."""
    if opening is None:
        return ()
    return (state.firearms if state else ()) or tuple(getattr(opening, "firearms", ()))
