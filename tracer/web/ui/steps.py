"""The steps of writing a request, and how each is kept: as one types, by a submit, by two people.

A step is a page with a form over a part of the draft's document (`casework.papers.documents`).
`keep` puts what was typed into the document and writes it as the next version; what did not change
makes none.

Two people may write on one draft. Each form says which version it shows; if somebody else has
written since, nothing is saved, the page says who and when, keeps what was typed, and a second
submit puts it in the place of what stands there. One's own earlier versions (another tab, a save
under way) are no conflict.

The ways from a step to another are buttons of its form that say where they lead (`to`): what is
typed is saved, and the answer is that page. Where nobody typed since the page was shown (`shown`, a
mark of what stood there) nothing is saved, so that looking through a draft changes nothing in it.

With htmx a form is also sent when a field has changed (`?keep=yes`) and answered by a fragment: the
version that stands now, and how complete the request is. Without script the buttons do the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

from aiohttp import web

from tracer.casework.completeness import UNKNOWN
from tracer.casework.guided import RequestInMaking
from tracer.casework.papers.friendly import bare
from tracer.casework.papers.paper import Draft
from tracer.errors import InputError
from tracer.model.codes import LISTS
from tracer.web.ui.course import after, panel, progress
from tracer.web.ui.forms import Filled
from tracer.web.ui.lines import OF_A_FIREARM, line_of, query_of, tabs
from tracer.web.ui.page import Page
from tracer.web.ui.routes import path_to

Document = dict[str, Any]
_TRIES: Final = 3


# -- keeping -------------------------------------------------------------------------------------


async def opened(page: Page) -> RequestInMaking:
    """The draft of the address."""
    return await page.verbs.guided.open(page.actor, page.place("draft"))


async def keep(
    page: Page,
    sheet: RequestInMaking,
    form: Filled,
    change: Callable[[Document], None],
    *,
    peer: str | None = None,
    beside: bool = False,
) -> Draft | None:
    """Save what a form says; None if it cannot be saved, and the form says why.

    Args:
        page: The request.
        sheet: The draft as it is now.
        form: What was typed.
        change: Puts it into the document.
        peer: Another recipient; None: it stays.
        beside: The change takes nothing from what somebody else wrote meanwhile.
    """
    if leads_to(page, sheet.draft.id) and untouched(page, form):
        return sheet.draft
    for _ in range(_TRIES):
        document = deepcopy(dict(sheet.draft.document))
        change(document)
        same = peer is None or peer == addressee(sheet)
        if document == sheet.draft.document and same:
            return sheet.draft
        others = sheet.others_since(page.version(), page.actor)
        if others and not beside:
            last = others[-1]
            form.wrong("", "changed-meanwhile", who=last.person, at=page.speech.moment(last.at))
            return None
        try:
            return await page.verbs.drafts.edit(
                page.actor,
                sheet.draft.id,
                document,
                version=sheet.draft.version,
                peer=None if same else peer,
            )
        except InputError as error:
            if error.code != "draft-changed":
                form.blame(error)
                return None
        sheet = await opened(page)
    form.wrong("", "try-again")
    return None


def leads_to(page: Page, draft: str) -> str:
    """Where a way that was pressed leads, inside this draft or to the list; empty: none was."""
    path = str(page.body.get("to", ""))
    root = re.escape(path_to("draft", draft=draft))
    ours = path == path_to("drafts") or re.fullmatch(rf"{root}(?:[/?#].*)?", path)
    return path if ours else ""


def untouched(page: Page, form: Filled) -> bool:
    """Whether nobody typed since the page was shown."""
    return page.body.get("shown") == form.mark()


async def answered(
    page: Page,
    sheet: RequestInMaking,
    form: Filled,
    template: str,
    *,
    kept: Draft | None,
    **values: Any,
) -> web.Response:
    """The answer to a step: a fragment for what was saved as one typed, the next page, or this one.

    Args:
        page: The request.
        sheet: The draft as it was.
        form: The step's form.
        template: The step's page.
        kept: The draft after saving; None: nothing was saved.
        values: What the page shows beside.
    """
    name = page.row.name if page.row else ""
    draft = kept or sheet.draft
    line = line_of(page, sheet.message)
    about = query_of(sheet.message, line)
    fresh = kept is not None or page.request.method != "POST"
    standing = form.mark() if fresh else str(page.body.get("shown", ""))
    if page.asked("keep"):
        return page.show(
            "parts/kept.html",
            draft=draft,
            panel=panel(draft),
            saved=kept is not None,
            form=form,
            standing=standing,
        )
    going = leads_to(page, draft.id)
    if going and (kept is not None or untouched(page, form)):
        return page.go_to(going)
    if kept is not None:
        going = str(page.body.get("go", ""))
        if going == "leave":
            return page.go("drafts", told="draft-kept")
        if going == "on":
            following = after(name)
            said = about if following in OF_A_FIREARM else None
            return page.go(following, query=said, draft=draft.id)
    return page.show(
        template,
        sheet=sheet,
        draft=draft,
        panel=panel(draft),
        steps=progress(draft, name, about),
        about=about,
        lines=tabs(page, sheet, line, name),
        form=form,
        values_of=values_of,
        standing=standing,
        unknown=UNKNOWN,
        **values,
    )


def addressee(sheet: RequestInMaking) -> str:
    """The recipient; empty while none is chosen."""
    return "" if sheet.message.recipient == sheet.message.sender else sheet.message.recipient


# -- documents -----------------------------------------------------------------------------------


def put(part: Document, name: str, value: Any) -> None:
    """Say a field of a part of a document, or leave it unsaid."""
    if value in (None, "", [], (), {}):
        part.pop(name, None)
    else:
        part[name] = list(value) if isinstance(value, tuple) else value


def first(document: Document, name: str) -> Document:
    """The first of several groups (firearms, recoveries), made if there is none."""
    many: list[Document] = document.setdefault(name, [])
    if not many:
        many.append({})
    return many[0]


def group(document: Document, name: str) -> Document:
    """A group of fields, made if it is not there; `tidy` takes it away if it stays empty."""
    found: Document = document.setdefault(name, {})
    return found


def tidy(document: Document, *names: str) -> None:
    """Take away groups that say nothing."""
    for name in names:
        if not document.get(name):
            document.pop(name, None)


def text_of(part: Mapping[str, Any], name: str) -> str:
    """A field of a part of a document as text; empty where it is not said."""
    value = part.get(name, "")
    return value if isinstance(value, str) else str(value)


def code_of(part: Mapping[str, Any], name: str) -> str:
    """The value of a coded field, without its writer's own words."""
    return bare(part.get(name, ""))


def codes_of(part: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The same of a field with several."""
    return tuple(bare(one) for one in part.get(name, ()))


def countries(page: Page, sheet: RequestInMaking) -> list[tuple[str, str]]:
    """Countries to choose from: all, those of authorities known here, and those of the draft."""
    known = {one.country for one in sheet.addressees} | {page.house.authority[:2]}
    known |= {str(one.country_of_manufacture or "") for one in sheet.message.firearms}
    known |= {str(mark.country or "") for one in sheet.message.firearms for mark in one.marks}
    return page.speech.countries(known - {""})


def values_of(name: str) -> tuple[str, ...]:
    """The values of a code list."""
    return tuple(member.value for member in LISTS[name])
