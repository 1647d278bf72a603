"""Signing in, step by step, and out: what casework's accounts ask for at each stage.

The token that a step gives is put into the session's cookie and nowhere else.
"""

from __future__ import annotations

from typing import Final

import segno
from aiohttp import web
from markupsafe import Markup

from tracer.casework.accounts.sessions import Stage
from tracer.casework.accounts.tokens import Opened
from tracer.errors import InputError
from tracer.web.ui.forms import Field, Filled, Form
from tracer.web.ui.guard import STEPS
from tracer.web.ui.page import Page
from tracer.web.ui.session import BROWSER, SESSION, SPOKEN
from tracer.web.ui.texts import N_

NAME_AND_PASSWORD: Final = Form(
    Field("name", N_("Name"), required=True, longest=200),
    Field("password", N_("Password"), required=True, secret=True),
)
CODE: Final = Form(
    Field(
        "code",
        N_("Code"),
        N_("Six digits, from the app on your phone."),
        required=True,
        longest=64,
        secret=True,
    )
)
FIRST: Final = Form(
    Field("password", N_("Password of now"), required=True, secret=True), *CODE.fields
)
"""A first phone, set up at the desk."""
CHANGE: Final = Form(
    Field(
        "old",
        N_("Code of the phone you have now, or a recovery code"),
        required=True,
        longest=64,
        secret=True,
    ),
    *FIRST.fields,
)
"""To put another phone in the place of one."""
RECOVERY: Final = Form(
    Field(
        "code",
        N_("Recovery code"),
        N_("One of those you wrote down when you set up your second factor."),
        required=True,
        longest=64,
        secret=True,
    )
)
NEW_PASSWORD: Final = Form(
    Field(
        "password",
        N_("New password"),
        N_("At least 12 characters. A sentence is easy to remember and hard to guess."),
        required=True,
        secret=True,
    ),
    Field("again", N_("The same once more"), required=True, secret=True),
)


async def name_and_password(page: Page) -> web.Response:
    """The first step: who is there."""
    if page.reader.at_the_desk:
        return page.go_to(page.asked("next") or "/")
    form = await page.form(NAME_AND_PASSWORD)
    if form.ready:
        try:
            opened = await page.verbs.sign_in.begin(
                form["name"],
                form["password"],
                address=page.reader.address,
                agent=page.reader.agent,
                browser=page.reader.browser,
            )
        except InputError as error:
            form.blame(error)
        else:
            if page.token:  # a sign-in that this one takes the place of
                await page.verbs.sessions.end(page.token)
            return await onward(page, opened)
    return page.show("sign_in.html", form=form)


async def second_factor(page: Page) -> web.Response:
    """The code of the phone."""
    return await _coded(page, await page.form(CODE), "second_factor.html")


async def recovery_code(page: Page) -> web.Response:
    """A code that was written down, where the phone is lost."""
    return await _coded(page, await page.form(RECOVERY), "recovery_code.html")


async def _coded(page: Page, form: Filled, template: str) -> web.Response:
    if page.session.stage is not Stage.CODE:
        return _to_stage(page)
    if form.ready:
        try:
            opened = await page.verbs.sign_in.code(
                page.token,
                form["code"],
                address=page.reader.address,
                browser=page.reader.browser,
            )
        except InputError as error:
            _blame(form, error, "code")
        else:
            return await onward(page, opened)
    return page.show(template, form=form)


async def new_password(page: Page) -> web.Response:
    """A password of one's own in place of the one that was given."""
    if page.session.stage is not Stage.CHANGE:
        return _to_stage(page)
    form = await page.form(NEW_PASSWORD)
    if form.ready and form["password"] != form["again"]:
        form.wrong("again", "not-the-same")
    if form.ready:
        try:
            opened = await page.verbs.passwords.choose(page.token, form["password"])
        except InputError as error:
            form.blame(error)
        else:
            return await onward(page, opened)
    return page.show("new_password.html", form=form)


async def enrol(page: Page) -> web.Response:
    """The second factor is set up: a picture for the phone, then a code of it."""
    if page.session.stage is not Stage.ENROL:
        return _to_stage(page)
    return await enrolling(page, "enrol.html")


async def enrolling(page: Page, template: str) -> web.Response:
    """The same for whoever changes it at the desk."""
    at_the_desk = page.session.stage is Stage.OPEN
    changing = at_the_desk and await _has_one(page)
    form = await page.form(CHANGE if changing else FIRST if at_the_desk else CODE)
    if form.ready:
        try:
            confirmed = await page.verbs.factor.confirm(
                page.token,
                form["code"],
                old=form["old"] if changing else "",
                password=form["password"] if at_the_desk else "",
                address=page.reader.address,
                browser=page.reader.browser,
            )
        except InputError as error:
            _blame(form, error, "old" if error.code == "proof-refused" else "code")
        else:
            answer = page.show("recovery_codes.html", codes=confirmed.recovery)
            page.parts.cookies.write(answer, SESSION, confirmed.opened.token)
            return answer
    enrolment = await page.verbs.factor.begin(page.token)
    return page.show(
        template,
        form=form,
        enrolment=enrolment,
        picture=picture(enrolment.uri),
        changing=changing,
        at_the_desk=at_the_desk,
    )


async def _has_one(page: Page) -> bool:
    return (await page.verbs.factor.state(page.token)).since is not None


async def sign_out(page: Page) -> web.Response:
    """The session ends here and in casework."""
    await page.verbs.sessions.end(page.token)
    answer = page.go("sign-in", told="signed-out")
    page.parts.cookies.drop(answer, SESSION)
    return answer


async def onward(page: Page, opened: Opened) -> web.Response:
    """On to the next stage, or to what was asked for before signing in.

    At the desk a person is spoken to as in letters to them, unless this browser was told otherwise.
    """
    query = {"next": page.asked("next")}
    if opened.session.stage is Stage.OPEN:
        name = opened.session.person
        contact = await page.verbs.people.contact(name, name)
        if contact is not None and not page.parts.cookies.read(page.request, SPOKEN):
            page.speak(contact.language)
        answer = page.go_to(page.asked("next") or "/")
        page.parts.cookies.write(answer, BROWSER, page.reader.browser, lasting=True)
    else:
        answer = page.go(STEPS[opened.session.stage], query=query)
    page.parts.cookies.write(answer, SESSION, opened.token)
    return answer


def picture(text: str) -> Markup:
    """A QR code as an SVG in the page, black on white whatever the theme."""
    drawn = segno.make(text, error="m").svg_inline(
        scale=4, border=2, dark="#000000", light="#ffffff", omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - drawn here


def _to_stage(page: Page) -> web.Response:
    stage = page.session.stage
    return page.go_to("/") if stage is Stage.OPEN else page.go(STEPS[stage])


def _blame(form: Filled, error: InputError, field: str) -> None:
    """Put what casework refused to the field that it names, or else to this one."""
    if error.field:
        form.blame(error)
    else:
        form.blame_at(field, error)
