"""My account: language, password, second factor, sessions; and proving oneself anew."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tracer.errors import InputError
from tracer.web.ui.forms import Field, Form, counted
from tracer.web.ui.page import Page
from tracer.web.ui.pages.sign_in import enrolling
from tracer.web.ui.session import SESSION
from tracer.web.ui.texts import N_

PASSWORD: Final = Form(
    Field("old", N_("Password of now"), required=True, secret=True),
    Field(
        "password",
        N_("New password"),
        N_("At least 12 characters. A sentence is easy to remember and hard to guess."),
        required=True,
        secret=True,
    ),
    Field("again", N_("The new one once more"), required=True, secret=True),
)
RECOVERY: Final = Form(Field("password", N_("Password of now"), required=True, secret=True))
BY_PASSWORD: Final = Form(
    Field("proof", N_("Password"), required=True, secret=True),
)
BY_CODE: Final = Form(
    Field(
        "proof",
        N_("Code, or a recovery code"),
        N_("Six digits, from the app on your phone."),
        required=True,
        longest=64,
        secret=True,
    ),
)
"""For whoever has a second factor."""


async def shown(page: Page) -> web.Response:
    """The account as it is."""
    waits = page.may("person") and (await page.verbs.roster.show(page.actor, page.actor)).waits
    return page.show(
        "account.html",
        waits=waits,
        sessions=await page.verbs.sessions.mine(page.token),
        factor=await page.verbs.factor.state(page.token),
    )


async def password(page: Page) -> web.Response:
    """Another password; all other sessions end."""
    await page.verbs.passwords.may_change(page.token)
    form = await page.form(PASSWORD)
    if form.ready and form["password"] != form["again"]:
        form.wrong("again", "not-the-same")
    if form.ready:
        try:
            opened = await page.verbs.passwords.change(
                page.token,
                form["old"],
                form["password"],
                address=page.reader.address,
                browser=page.reader.browser,
            )
        except InputError as error:
            if error.code == "proof-refused":
                form.blame_at("old", error)
            else:
                form.blame(error)
        else:
            answer = page.go("account", told="password-changed")
            page.parts.cookies.write(answer, SESSION, opened.token)
            return answer
    return page.show("account_password.html", form=form)


async def factor(page: Page) -> web.Response:
    """Another second factor; it takes a fresh proof."""
    return await enrolling(page, "account_factor.html")


async def recovery(page: Page) -> web.Response:
    """New recovery codes, shown once; it takes a fresh proof and the password."""
    form = await page.form(RECOVERY)
    if form.ready:
        try:
            codes = await page.verbs.factor.new_recovery(
                page.token,
                form["password"],
                address=page.reader.address,
                browser=page.reader.browser,
            )
        except InputError as error:
            form.blame(error)
        else:
            return page.show("recovery_codes.html", codes=codes)
    return page.show("account_recovery.html", form=form)


async def end_session(page: Page) -> web.Response:
    """End one of one's own sessions, or all others."""
    given = str(page.body.get("number", ""))
    number = counted(given) or 0 if given else None
    await page.verbs.sessions.end_mine(page.token, number)
    return page.go("account", told="sessions-ended")


async def proof(page: Page) -> web.Response:
    """Prove oneself anew, and back to what asked for it."""
    coded = (await page.verbs.factor.state(page.token)).since is not None
    form = await page.form(BY_CODE if coded else BY_PASSWORD)
    if form.ready:
        try:
            opened = await page.verbs.sessions.prove(
                page.token,
                form["proof"],
                address=page.reader.address,
                browser=page.reader.browser,
            )
        except InputError as error:
            if error.code == "proof-refused":
                form.blame_at("proof", error)
            else:
                form.blame(error)
        else:
            answer = page.go_to(page.asked("next") or "/account", told="proved")
            page.parts.cookies.write(answer, SESSION, opened.token)
            return answer
    return page.show("proof.html", form=form, coded=coded)
