"""Writing in a case: what is owed, the sheet of each type of message, drafts until they leave.

A sheet that is sent becomes a draft; it is put before a second person at once, unless something is
missing or its writer only wants to keep it. What is missing is said at its input. What the second
person would be told is worth a look, its writer is shown once before; they may still send it on.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tracer.casework.leaving import Leaving
from tracer.casework.papers.paper import Draft
from tracer.casework.reads import Case, Whole
from tracer.errors import InputError
from tracer.model.finding import Level, blocks
from tracer.model.firearm import Firearm
from tracer.model.messages import ConditionsProposed, Request
from tracer.web.ui import words
from tracer.web.ui.differences import Difference, since
from tracer.web.ui.forms import Form
from tracer.web.ui.message_forms import reading, restating
from tracer.web.ui.message_forms.controls import Around, Told, country_names
from tracer.web.ui.message_forms.form import MessageForm
from tracer.web.ui.message_forms.offers import offers
from tracer.web.ui.message_forms.parts import Entry, Part, Shape
from tracer.web.ui.message_forms.shapes import SHAPES
from tracer.web.ui.page import Page
from tracer.web.ui.pages.files import carries, shown_files
from tracer.web.ui.tell import called_of

KEEP: Final = "_keep"
VERSION: Final = "_version"
SEEN: Final = "_seen"
"""What the sheet has told its writer of what is worth a look."""
SAID: Final = frozenset({"draft-twice", "already-acknowledged"})
"""Somebody has taken it already: said on the page, with the draft that waits."""
_PARTS: Final = (
    "legal_basis", "intended_use", "investigation", "recoveries", "narrative", "attachments",
    "handling",
)  # fmt: skip
"""Parts of a request, beside its firearms, that a question can be about."""
_OF_FIREARM: Final = ("make", "model", "calibre", "type", "country_of_manufacture", "condition")


async def offered(page: Page) -> web.Response:
    """Everything that can be written in the case now; what is owed comes first."""
    whole = await page.verbs.reads.opened(page.actor, page.place("thread"))
    return page.show("acts.html", case=whole.case, offers=offers(whole.case, whole.drafts))


async def take(page: Page) -> web.Response:
    """Take a request: the acknowledgement, written and put before a second person in one step."""
    form = await page.form(Form())
    if form.ready:
        try:
            draft = await page.verbs.drafts.reply_draft(
                page.actor, page.place("thread"), "acknowledgement"
            )
        except InputError as error:
            if error.code not in SAID:
                raise
            form.blame(error)
        else:
            return await _submitted(page, draft, str(draft.thread))
    whole = await page.verbs.reads.opened(page.actor, page.place("thread"))
    held = [one for one in whole.drafts if one.type == "acknowledgement"]
    return page.show("take.html", form=form, case=whole.case, drafts=held)


async def write(page: Page) -> web.Response:
    """The sheet of a type; sent, it is a draft."""
    whole = await page.verbs.reads.opened(page.actor, page.place("thread"))
    shape = _shape(page.place("type"))
    around = around_of(page, whole)
    if page.request.method != "POST":
        typed = reading.blank(shape.parts, around.lines)
        _preset(whole.case, shape, typed)
        return _sheet(page, whole, MessageForm(shape, around, typed))
    sheet = MessageForm(shape, around, reading.from_body(page.body))
    document = None if sheet.act(page.body) else sheet.document()
    if document is None:
        return _sheet(page, whole, sheet)
    try:
        draft = await page.verbs.drafts.reply_draft(
            page.actor, whole.case.thread, shape.type, restating.whole(document, around.firearms)
        )
    except InputError as error:
        sheet.blame(error)
        return _sheet(page, whole, sheet)
    return await _written(page, draft, whole.case.thread)


async def edit(page: Page) -> web.Response:
    """A draft in a case: go on writing, or put it before a second person; the case once it left."""
    held = await page.verbs.release.look(page.actor, page.place("draft"))
    draft = held.draft
    if draft.message_id is not None:
        return page.go("request", thread=draft.thread or draft.message_id)
    if draft.thread is None or draft.type not in SHAPES or held.message is None:
        raise InputError("draft-unknown", f"{draft.id} is no reply that can be written on")
    whole = await page.verbs.reads.opened(page.actor, draft.thread)
    shape, around = SHAPES[draft.type], around_of(page, whole)
    if page.request.method != "POST":
        typed = reading.from_document(shape.parts, draft.document, around.lines)
        sheet = MessageForm(shape, around, typed, draft.document)
        sheet.judge(draft.findings)
        return _sheet(page, whole, sheet, held)
    sheet = MessageForm(shape, around, reading.from_body(page.body), draft.document)
    document = None if sheet.act(page.body) else sheet.document()
    if document is None:
        return _sheet(page, whole, sheet, held)
    try:
        changed = await page.verbs.drafts.edit(
            page.actor,
            draft.id,
            restating.whole(document, around.firearms),
            version=page.version(VERSION),
        )
    except InputError as error:
        sheet.blame(error)
        return _sheet(page, whole, sheet, held)
    return await _written(page, changed, draft.thread)


async def discard(page: Page) -> web.Response:
    """Destroy a draft, once asked."""
    held = await page.verbs.release.look(page.actor, page.place("draft"))
    form = await page.form(Form())
    if form.ready:
        await page.verbs.drafts.discard(page.actor, held.draft.id)
        if held.draft.thread is None:
            return page.go("desk", told="discarded")
        return page.go("request", told="discarded", thread=held.draft.thread)
    return page.show("discard.html", form=form, held=held)


async def _written(page: Page, draft: Draft, thread: str) -> web.Response:
    """On with what was written: kept, shown once more for what is worth a look, or submitted."""
    if page.body.get(KEEP):
        return _kept(page, draft.id)
    if _untold(page, draft):
        return page.go("reply", told="look-again", draft=draft.id)
    return await _submitted(page, draft, thread)


async def _submitted(page: Page, draft: Draft, thread: str) -> web.Response:
    """Put a draft before a second person; if it is not whole, back to its sheet, which says why."""
    try:
        await page.verbs.release.submit_for_release(page.actor, draft.id, version=draft.version)
    except InputError as error:
        if error.code != "draft-incomplete":
            raise
        return page.go("reply", told="incomplete", draft=draft.id)
    return page.go("request", told="submitted", thread=thread)


def _worth_a_look(draft: Draft) -> frozenset[str]:
    """What the second person will be told, each with its place."""
    return frozenset(f"{one.code}@{one.path}" for one in draft.findings if one.level is Level.WARN)


def _untold(page: Page, draft: Draft) -> bool:
    """Whether it could go, and its writer was not told all that the second person will be."""
    return not blocks(draft.findings) and not _worth_a_look(draft) <= _shown(page)


def _shown(page: Page) -> frozenset[str]:
    return frozenset(str(page.body.get(SEEN, "")).split())


def _kept(page: Page, draft: str) -> web.Response:
    """On with a draft that is kept: its sheet, or its files if these were asked for."""
    files = page.body.get(KEEP) == "files"
    return page.go("reply-files" if files else "reply", told="kept", draft=draft)


def _sheet(
    page: Page, whole: Whole, sheet: MessageForm, held: Leaving | None = None
) -> web.Response:
    status = 422 if sheet.errors else 200
    seen = _worth_a_look(held.draft) if held and page.request.method != "POST" else _shown(page)
    return page.show(
        "message_form.html",
        status=status,
        case=whole.case,
        sheet=sheet,
        held=held,
        seen=" ".join(sorted(seen)),
        carries=carries(sheet.shape.type),
        files=shown_files(page.speech, held.message) if held and held.message else (),
        since=_since(page, whole, held) if held else (),
        countries=country_names(page.reader.language) if _asks_country(sheet.shape.parts) else (),
    )


def _since(page: Page, whole: Whole, held: Leaving) -> tuple[Difference, ...]:
    called = called_of(page.speech, (*whole.case.steps, *whole.case.entered))
    return since(page.speech, held.back, held.message, called)


def _asks_country(parts: tuple[Part, ...]) -> bool:
    return any(
        part.control == "country"
        if isinstance(part, Entry)
        else _asks_country(getattr(part, "parts", ()))
        for part in parts
    )


def _shape(name: str) -> Shape:
    if name not in SHAPES:
        raise InputError("type-unknown", f"there is no sheet for {name}")
    return SHAPES[name]


def around_of(page: Page, whole: Whole, *, theirs: bool = False) -> Around:
    """What a sheet is written about; `theirs`: it is one of theirs that is copied here."""
    case = whole.case
    firearms = _firearms(whole)
    return Around(
        speech=page.speech,
        firearms=firearms,
        messages=tuple(
            Told(id=step.id, type=step.type, ours=bool(step.placed) is not theirs, at=step.at)
            for step in case.steps
        ),
        conditions=_conditions(page, whole),
        places=_places(firearms),
        titles={name: page.speech.say(called) for name, called in words.TYPES.items()},
    )


def _firearms(whole: Whole) -> tuple[Firearm, ...]:
    """The firearms as they are described now."""
    if whole.case.state is not None:
        return whole.case.state.firearms
    opening = whole.messages.get(whole.case.thread)
    return opening.firearms if isinstance(opening, Request) else ()


def _conditions(page: Page, whole: Whole) -> tuple[tuple[int, str], ...]:
    """What the other side proposed last."""
    proposed = [
        message
        for step in whole.case.steps
        if step.placed is None
        and isinstance(message := whole.messages.get(step.id), ConditionsProposed)
    ]
    if not proposed:
        return ()
    return tuple((one.n, page.speech.label(one.kind)) for one in proposed[-1].conditions)


def _places(firearms: tuple[Firearm, ...]) -> tuple[str, ...]:
    found = []
    for one in firearms:
        found += [f"firearms/{one.line}/{name}" for name in _OF_FIREARM]
        found += [f"firearms/{one.line}/marks/{n}" for n in range(1, len(one.marks) + 1)]
    return (*found, *_PARTS)


def _preset(case: Case, shape: Shape, typed: reading.Typed) -> None:
    """What a sheet says before anybody wrote: the one message that it can be about."""
    types = {
        type_
        for part in shape.parts
        if isinstance(part, Entry) and part.name == "about"
        for type_ in part.about
    }
    fits = [step.id for step in case.steps if step.placed is None and step.type in types]
    if fits:
        typed.texts["about"] = (fits[-1],)
