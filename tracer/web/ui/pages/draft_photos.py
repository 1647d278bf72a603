"""Step 3: photos. Each is drawn anew before it is kept (`media`), and says what it shows."""

from __future__ import annotations

from aiohttp import web

from tracer.web.ui.course import after
from tracer.web.ui.lines import line_of, query_of
from tracer.web.ui.page import Page
from tracer.web.ui.pages.files import FILES, add_each, number_of, offered, sent, shown_files
from tracer.web.ui.steps import answered, leads_to, opened


async def shown(page: Page) -> web.Response:
    """The photos that are there, and more."""
    sheet = await opened(page)
    line = line_of(page, sheet.message)
    asked = page.asked("shows") or f"PHOTO_LEFT_SIDE@{line}"
    form, files = await page.form(FILES, {"shows": asked}), sent(page)
    going = leads_to(page, sheet.draft.id)
    if going and not files and not form["caption"]:
        return page.go_to(going)
    if form.ready and page.body.get("go") == "on" and not files:
        return page.go(after("draft-photos"), draft=sheet.draft.id)
    if form.ready and not files:
        form.wrong("file", "not-a-picture")
    if form.ready:
        await add_each(page, sheet.draft.id, form, files)
    if form.ready:
        if going:
            return page.go_to(going)
        if page.body.get("go") == "on":
            return page.go(after("draft-photos"), draft=sheet.draft.id)
        return page.go("draft-photos", query=query_of(sheet.message, line), draft=sheet.draft.id)
    sheet = await opened(page) if form.errors else sheet
    return await answered(
        page,
        sheet,
        form,
        "draft_photos.html",
        kept=None,
        photos=shown_files(page.speech, sheet.message),
        choices=offered(page.speech, sheet.message),
    )


async def one(page: Page) -> web.Response:
    """One photo as a page may show it: small in lists, whole when it is opened."""
    number = number_of(page.place("number"))
    small = page.asked("size") == "small"
    found = await page.verbs.attach.draft_picture(
        page.actor, page.place("draft"), number, small=small
    )
    return page.file(found.data, media_type=found.media_type, name=found.name, inline=True)


async def clear(page: Page) -> web.Response:
    """Take all photos off and destroy them."""
    sheet = await opened(page)
    await page.verbs.attach.clear(page.actor, sheet.draft.id)
    return page.go("draft-photos", draft=sheet.draft.id, told="photos-cleared")
