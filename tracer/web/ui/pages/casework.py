"""What is done on a case at home: notes, people, team, restriction, like cases, the next State.

None of it is sent. A request to the next State becomes a draft; evidence is a file to take along.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tracer.casework.assigning import assignable
from tracer.casework.lists import Called
from tracer.casework.threads import unknown
from tracer.errors import InputError
from tracer.model.messages import GROUPS
from tracer.model.naming import label_of
from tracer.web.ui.details import CONTEXT
from tracer.web.ui.forms import Field, Filled, Form, reason
from tracer.web.ui.page import Page
from tracer.web.ui.texts import N_

NOTE: Final = Form(
    Field(
        "text",
        N_("Note"),
        N_("For colleagues. It is never sent, and cannot be changed later."),
        required=True,
        longest=4000,
        lines=True,
    )
)
PEOPLE: Final = Form(
    Field("act", N_("What to do"), required=True, choices=("assign", "unassign", "team")),
    Field("name", N_("Name of the person"), longest=100),
    Field("team", N_("Team"), longest=100),
)
RESTRICTION: Final = Form(
    Field("restricted", N_("Who sees it"), required=True, choices=("yes", "no")),
    reason(N_("Reason"), N_("It stays on record, and auditors read it: name nobody.")),
)
ALIKE: Final = Form(
    Field("other", N_("The other case"), required=True, longest=100),
    Field("kind", N_("They are"), required=True, choices=("merged", "linked", "different")),
    reason(N_("Why"), N_("It stays on record, and auditors read it: name nobody.")),
)
KINDS: Final = {
    "merged": N_("One firearm: they are followed together"),
    "linked": N_("They belong together"),
    "different": N_("Different: they are not shown together again"),
}
EVIDENCE: Final = Form(
    Field("without", N_("Leave out"), N_("What the reader must not see."), many=True),
    Field("digests", N_("Only digests of the files"), choices=("", "yes")),
)


async def note(page: Page) -> web.Response:
    """Write a note; the notes of the case stand beside it."""
    thread = page.place("thread")
    form = await page.form(NOTE)
    if form.ready:
        try:
            await page.verbs.notes.add(page.actor, thread, form["text"])
        except InputError as error:
            _blamed(form, error)
        else:
            return page.go("request", told="noted", thread=thread)
    notes = await page.verbs.notes.list(page.actor, thread)
    return page.show("note.html", form=form, named=await named(page, thread), notes=notes)


async def people(page: Page) -> web.Response:
    """Whose case it is: people assigned to it, its team."""
    thread = page.place("thread")
    form = await page.form(PEOPLE)
    if form.ready:
        verbs = page.verbs.assigning
        try:
            if form["act"] == "team":
                await verbs.give(page.actor, thread, form["team"] or "")
            elif form["act"] == "assign":
                await verbs.assign(page.actor, thread, form["name"] or "")
            else:
                await verbs.unassign(page.actor, thread, form["name"] or "")
        except InputError as error:
            _blamed(form, error)
        else:
            return page.go("case-people", told="case-changed", thread=thread)
    work = await page.verbs.assigning.show(page.actor, thread)
    teams = await page.verbs.teams.list(page.actor)
    return page.show(
        "case_people.html",
        form=form,
        named=await named(page, thread),
        work=work,
        team=next((one.name or one.id for one in teams if one.id == work.team), work.team),
        teams=[team for team in teams if not team.closed],
        names=[one.name for one in await page.verbs.people.list(page.actor) if assignable(one)],
    )


async def restrict(page: Page) -> web.Response:
    """Restrict the case to its team, or open it to the authority again."""
    thread = page.place("thread")
    form = await page.form(RESTRICTION)
    if form.ready:
        try:
            await page.verbs.assigning.restrict(
                page.actor, thread, restricted=form["restricted"] == "yes", reason=form["reason"]
            )
        except InputError as error:
            _blamed(form, error)
        else:
            return page.go("case-people", told="case-changed", thread=thread)
    return page.show(
        "case_restrict.html",
        form=form,
        named=await named(page, thread),
        work=await page.verbs.assigning.show(page.actor, thread),
    )


async def alike(page: Page) -> web.Response:
    """Cases that may be about the same firearm, and what a person says of two."""
    thread = page.place("thread")
    form = await page.form(ALIKE)
    if form.ready:
        try:
            await page.verbs.duplicates.say(
                page.actor, thread, form["other"], form["kind"], form["reason"]
            )
        except InputError as error:
            _blamed(form, error)
        else:
            return page.go("alike", told="said-of-two", thread=thread)
    return page.show(
        "alike.html",
        form=form,
        named=await named(page, thread),
        twins=await page.verbs.duplicates.twins(page.actor, thread),
        kinds=KINDS,
    )


async def evidence(page: Page) -> web.Response:
    """The evidence of the case as one file that verifies by itself."""
    thread = page.place("thread")
    form = await page.form(EVIDENCE)
    if form.ready:
        try:
            found = await page.verbs.evidence.export(
                page.actor,
                thread,
                without=form["without"] or (),
                attachments=form["digests"] != "yes",
            )
        except InputError as error:
            _blamed(form, error)
        else:
            return page.file(found.data, media_type="application/zip", name=found.name)
    return page.show(
        "evidence.html", form=form, named=await named(page, thread), groups=_groups(page)
    )


async def named(page: Page, thread: str) -> Called:
    """What the case of a page is called, by the id of its thread.

    Raises:
        InputError: `thread-unknown`, or about the person.
    """
    found = await page.verbs.lists.names(page.actor, [thread])
    if thread not in found:
        raise unknown(thread)
    return found[thread]


def _groups(page: Page) -> list[tuple[str, str]]:
    """What can be left out, in words."""
    return [(name, page.speech.say_in(CONTEXT, label_of(name))) for name in GROUPS]


def _blamed(form: Filled, error: InputError) -> None:
    """Put it to its field; what is about who asks or the case as a whole is a page of its own.

    Raises:
        InputError: the same.
    """
    if error.code in {"thread-unknown", "role-missing", "person-disabled"}:
        raise error
    form.blame(error)
