"""Step 3: photos. Each is drawn anew before it is kept (`media`), and says what it shows."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from aiohttp.web_request import FileField

from tracer.casework.guided import Sheet
from tracer.errors import InputError
from tracer.model.firearm import Firearm
from tracer.web.ui.forms import Field, Filled, Form, counted
from tracer.web.ui.page import Page
from tracer.web.ui.steps import Document, after, answered, keep, opened
from tracer.web.ui.texts import N_

KINDS: Final = (
    "PHOTO_LEFT_SIDE", "PHOTO_RIGHT_SIDE", "PHOTO_MARK", "PHOTO_OTHER", "LABORATORY_REPORT",
    "ORIGINAL_DOCUMENT",
)  # fmt: skip
_MOST: Final = 10
"""Most files of one submit."""
PHOTOS: Final = Form(
    Field("file", N_("Photos"), N_("JPEG, PNG, WebP or TIFF; where and when they were taken is "
                                   "taken out. Several at once if they show the same.")),
    Field("shows", N_("What they show")),
    Field("caption", N_("Caption"), longest=300),
)  # fmt: skip


async def shown(page: Page) -> web.Response:
    """The photos that are there, and more."""
    sheet = await opened(page)
    form = await page.form(PHOTOS, {"shows": page.asked("shows")})
    files = [one for one in page.body.getall("file", []) if isinstance(one, FileField)]
    files = [one for one in files if one.filename][:_MOST]
    if form.ready and page.body.get("go") == "on" and not files:
        return page.go(after("draft-photos"), draft=sheet.draft.id)
    if form.ready and not files:
        form.wrong("file", "not-a-picture")
    if form.ready and await _attached(page, sheet, form, files):
        going = "draft-found" if page.body.get("go") == "on" else "draft-photos"
        return page.go(going, draft=sheet.draft.id)
    return await answered(
        page,
        await opened(page) if form.errors else sheet,
        form,
        "draft_photos.html",
        kept=None,
        photos=sheet.message.attachments,
        marks=_marks(sheet),
        kinds=KINDS,
        shown_by=_shown_by(sheet),
    )


async def one(page: Page) -> web.Response:
    """One photo as a page may show it: small in lists, whole when it is opened."""
    number = page.place("number")
    if not number.isdecimal() or len(number) > 3:  # noqa: PLR2004
        raise InputError("attachment-unknown", f"there is no file {number}")
    small = page.asked("size") == "small"
    found = await page.verbs.attach.draft_picture(
        page.actor, page.place("draft"), int(number), small=small
    )
    return page.file(found.data, media_type=found.media_type, name=found.name, inline=True)


async def clear(page: Page) -> web.Response:
    """Take all photos off and destroy them; marks no longer name them."""
    sheet = await opened(page)
    await page.verbs.attach.clear(page.actor, sheet.draft.id)

    def change(document: Document) -> None:
        for firearm in document.get("firearms", []):
            firearm.pop("photos", None)
            for mark in firearm.get("marks", []):
                mark.pop("photos", None)

    await keep(page, await opened(page), PHOTOS.blank(), change, beside=True)
    return page.go("draft-photos", draft=sheet.draft.id, told="photos-cleared")


async def _attached(page: Page, sheet: Sheet, form: Filled, files: list[FileField]) -> bool:
    """Attach each file, and say of the firearm or its mark which photos show it."""
    shows = form["shows"] or "PHOTO_OTHER"
    number = counted(shows[5:]) or 0 if shows.startswith("mark-") else 0
    kind = "PHOTO_MARK" if number else shows
    if kind not in KINDS:
        form.wrong("shows", "no-such-choice")
        return False
    made = len(sheet.message.attachments)
    numbers = []
    for file in files:
        try:
            await page.verbs.attach.add(
                page.actor,
                sheet.draft.id,
                file.file.read(),
                kind=kind,
                caption=form["caption"] or "",
            )
        except InputError as error:
            form.blame(InputError(error.code, error.message, field="file"))
            break
        made += 1
        numbers.append(made)

    def change(document: Document) -> None:
        for firearm in document.get("firearms", [])[:1]:
            marks = firearm.get("marks", [])
            named = marks[number - 1] if 0 < number <= len(marks) else firearm
            if kind.startswith("PHOTO"):
                named["photos"] = [*named.get("photos", []), *numbers]

    if numbers:
        await keep(page, await opened(page), form, change, beside=True)
    return not form.errors


def _marks(sheet: Sheet) -> tuple[object, ...]:
    firearm = next(iter(sheet.message.firearms), Firearm(line=1))
    return tuple(firearm.marks)


def _shown_by(sheet: Sheet) -> dict[int, int]:
    """Which mark each photo shows, counted from 1."""
    firearm = next(iter(sheet.message.firearms), Firearm(line=1))
    return {photo: n for n, mark in enumerate(firearm.marks, 1) for photo in mark.photos}
