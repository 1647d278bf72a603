"""People: who is here, as what, how they sign in; adding, roles, locking out, sessions."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tracer.casework.roles import Role
from tracer.errors import InputError
from tracer.web.ui import words
from tracer.web.ui.forms import Field, Form, counted
from tracer.web.ui.page import Page
from tracer.web.ui.texts import N_

ROLES: Final = Field(
    "roles",
    N_("Roles"),
    N_(
        "One person may hold several. An auditor sees requests that are restricted to a team once "
        "a third person has confirmed the account."
    ),
    required=True,
    many=True,
    choices=tuple(role.value for role in Role),
)
ADD: Final = Form(
    Field("name", N_("Name to sign in with"), N_("Letters, digits and . _ @ -"), required=True),
    ROLES,
)
CHANGE: Final = Form(ROLES)
SAID: Final = {role.value: words.ROLES[role.value] for role in Role}


async def listed(page: Page) -> web.Response:
    """Everybody on record."""
    return page.show("people.html", found=await page.verbs.roster.list(page.actor))


async def shown(page: Page) -> web.Response:
    """One person."""
    view = await page.verbs.roster.show(page.actor, page.place("person"))
    return page.show("person.html", view=view, line=view.line)


async def add(page: Page) -> web.Response:
    """Put a person on record and give a one-time password, which is shown this once."""
    form = await page.form(ADD)
    if form.ready:
        try:
            _, given = await page.verbs.passwords.give_new(page.actor, form["name"], form["roles"])
        except InputError as error:
            form.blame(error)
        else:
            return page.show("person_password.html", given=given, new=True)
    return page.show("person_add.html", form=form, roles=SAID)


async def roles(page: Page) -> web.Response:
    """Other roles."""
    name = page.place("person")
    view = await page.verbs.roster.show(page.actor, name)
    form = await page.form(CHANGE)
    if form.ready:
        try:
            await page.verbs.people.set_roles(page.actor, name, form["roles"])
        except InputError as error:
            form.blame(error)
        else:
            return page.go("person", told="person-roles", person=name)
    if page.request.method == "GET":
        form.put("roles", *view.line.roles)
    return page.show("person_roles.html", form=form, view=view, roles=SAID)


async def password(page: Page) -> web.Response:
    """A one-time password, shown this once."""
    given = await page.verbs.passwords.give(page.actor, page.place("person"))
    return page.show("person_password.html", given=given, new=False)


async def factor(page: Page) -> web.Response:
    """Take away a lost second factor."""
    name = page.place("person")
    recognised = str(page.body.get("recognised", ""))
    await page.verbs.factor.reset(page.actor, name, recognised=recognised)
    return page.go("person", told="factor-reset", person=name)


async def confirm(page: Page) -> web.Response:
    """Say that an account is held by its owner alone."""
    name = page.place("person")
    seen = counted(str(page.body.get("hand", ""))) or 0
    await page.verbs.people.confirm(page.actor, name, hand=seen)
    return page.go("person", told="person-confirmed", person=name)


async def lock(page: Page) -> web.Response:
    """Lock a person out, or let them in again."""
    name = page.place("person")
    if page.body.get("locked") == "no":
        await page.verbs.people.enable(page.actor, name)
        return page.go("person", told="person-let-in", person=name)
    await page.verbs.people.disable(page.actor, name)
    return page.go("person", told="person-locked", person=name)


async def end_session(page: Page) -> web.Response:
    """End one of a person's sessions, or all."""
    name, given = page.place("person"), str(page.body.get("number", ""))
    number = counted(given) or 0 if given else None
    await page.verbs.sessions.revoke(page.actor, name, number)
    return page.go("person", told="person-session", person=name)
