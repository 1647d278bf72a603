"""Suspend an authority, go on with it, or with its new log after a second restore in a year."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tracer.errors import InputError
from tracer.web.ui.forms import Field, Form
from tracer.web.ui.page import Page
from tracer.web.ui.texts import N_

SUSPEND: Final = Form(
    Field("reason", N_("Why"), N_("It is kept on record; the other side does not read it."),
          required=True, lines=True),
)  # fmt: skip
RESUME: Final = Form()
SUCCESSION: Final = Form(
    Field("reason", N_("What its people said, and who said it"), N_("It is kept on record."),
          required=True, lines=True),
)  # fmt: skip


async def suspend(page: Page) -> web.Response:
    """Neither send to it nor take from it."""
    name, form = page.place("authority"), await page.form(SUSPEND)
    if form.ready:
        try:
            await page.verbs.peers.suspend(page.actor, name, form["reason"])
        except InputError as error:
            form.blame(error)
        else:
            return page.go("authority", told="authority-suspended", authority=name)
    peer = await page.verbs.peers.show(page.actor, name)
    return page.show("authority_suspend.html", form=form, peer=peer)


async def resume(page: Page) -> web.Response:
    """Go on with it."""
    name, form = page.place("authority"), await page.form(RESUME)
    if form.ready:
        await page.verbs.peers.resume(page.actor, name)
        return page.go("authority", told="authority-resumed", authority=name)
    peer = await page.verbs.peers.show(page.actor, name)
    return page.show("authority_resume.html", form=form, peer=peer)


async def succession(page: Page) -> web.Response:
    """Believe its new log, which waits for a person."""
    name, form = page.place("authority"), await page.form(SUCCESSION)
    if form.ready:
        try:
            await page.verbs.restoring.confirm(page.actor, name, form["reason"])
        except InputError as error:
            form.blame(error)
        else:
            return page.go("authority", told="succession-confirmed", authority=name)
    peer = await page.verbs.peers.show(page.actor, name)
    return page.show("authority_succession.html", form=form, peer=peer)
