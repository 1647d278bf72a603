"""Take an entry file: first what it says, then, if it must be, the fingerprint as it was read out.

The file travels with the second form as text, so that both steps work without script and nothing is
kept in between; casework reads and judges it anew.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web
from aiohttp.web_request import FileField

from tracer.casework.peers import COMPARED, Offered
from tracer.errors import InputError
from tracer.web.ui.forms import Field, Filled, Form
from tracer.web.ui.page import Page
from tracer.web.ui.texts import N_

MOST: Final = 256 * 1024
"""Bytes of an entry file that are read."""
ADD: Final = Form(
    Field(
        "file",
        N_("Entry file"),
        N_("The file that the authority sent, by mail or on a medium."),
        required=True,
    ),
    Field("entry", N_("Entry file"), longest=MOST, lines=True),
    Field(
        "fingerprint",
        N_("The 40 digits, as the other side reads them out"),
        N_("Ring them on a number that you know from elsewhere. Type what you hear; do not copy."),
    ),
)


async def add(page: Page) -> web.Response:
    """Look at a file; then believe it."""
    form = await page.form(ADD)
    offered = None
    if form.sent or form.text("entry"):
        text = _given(page, form)
        offered = await _looked(page, form, text) if text else None
        if offered is not None:
            form.put("entry", text)
        if offered is not None and form.ready and page.body.get("step") == "believe":
            try:
                view = await page.verbs.peers.add(
                    page.actor, text.encode(), compared=form["fingerprint"] or ""
                )
            except InputError as error:
                form.blame(error)
            else:
                return page.go("authority", told="authority-added", authority=view.authority)
    return page.show(
        "authority_add.html",
        form=form,
        offered=offered,
        compare=offered is not None and offered.news in COMPARED,
    )


def _given(page: Page, form: Filled) -> str:
    """The file as it came, or as the second form brings it back."""
    sent = page.body.get("file")
    if not isinstance(sent, FileField):
        text = form.text("entry")
        if text:
            form.came("file")
        return text
    form.came("file")
    try:
        return sent.file.read(MOST).decode()
    except UnicodeDecodeError:
        form.wrong("file", "no-text")
        return ""


async def _looked(page: Page, form: Filled, text: str) -> Offered | None:
    try:
        return await page.verbs.peers.look(page.actor, text.encode())
    except InputError as error:
        form.blame(error)
        return None
