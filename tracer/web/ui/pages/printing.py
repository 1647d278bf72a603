"""A request on paper: two sheets of A4, in the language that whoever prints it chooses.

The first sheet is the letter: who asks whom, how urgent, what, under which law, with what handling,
and the receipt. The second is the firearm with its marks and photos, which a clerk of records can
be given by itself: no person is named on it.

Each reading is on record, that of a photo too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from unicodedata import bidirectional

from aiohttp import web

from tracer.casework.reads import Step, Whole
from tracer.errors import InputError, OperatorError
from tracer.media import is_picture
from tracer.media.printer import File
from tracer.web.pictures.packaged import STYLESHEET
from tracer.web.ui.details import fields_of
from tracer.web.ui.drawn import drawn_firearm
from tracer.web.ui.page import Page
from tracer.web.ui.pages.files import number_of
from tracer.web.ui.printing import drawn
from tracer.web.ui.routes import path_to
from tracer.web.ui.tell import called_of
from tracer.web.ui.texts import CODES

MOST_PICTURES: Final = 8
"""Pictures on the sheets; of others the list of files tells."""
STYLES: Final = (STYLESHEET, "print.css")
CHANGES: Final = frozenset({"amend", "correction", "withdraw"})
"""Messages after which the first text no longer says all that is asked."""


async def shown(page: Page) -> web.Response:
    """The sheets as a page for the browser to print; the reading is on record."""
    values = await _sheets(page)
    bar = page.part("print_bar.html", **values, chosen=_chosen(page))
    page.tell_in(_chosen(page))
    return page.show("print.html", bar=bar, **_told(page, values))


async def pdf(page: Page) -> web.Response:
    """The same as PDF, or word that there is none here, with the way to the page to print."""
    values = await _sheets(page)
    chosen = _chosen(page)
    reader, files = page.speech.code, _styles(page)
    for path, number in values["pictures"].items():
        files |= await _picture(page, values["case"].thread, path, number)
    page.tell_in(chosen)
    text = str(page.part("print.html", bar="", **_told(page, values)))
    printed = await page.parts.press.print(
        drawn(text, files[page.parts.statics.path(STYLESHEET)].data.decode()), files
    )
    if printed is None:
        page.tell_in(reader)
        return page.show("print_none.html", status=404, case=values["case"], chosen=chosen)
    case = values["case"]
    name = f"{case.reference or case.thread[:10]}-{chosen}.pdf"
    return page.file(printed, media_type="application/pdf", name=name)


async def picture(page: Page) -> web.Response:
    """A picture of a message, small and drawn anew; the reading is on record."""
    number = number_of(page.place("number"))
    found = await _small(page, page.place("thread"), page.place("message"), number)
    return page.file(found.data, media_type=found.media_type, name="picture.jpg", inline=True)


def _chosen(page: Page) -> str:
    """The language of the sheets: the one that is asked for, else the reader's."""
    asked = page.asked("language")
    return asked if asked in CODES else page.reader.language


async def _sheets(page: Page) -> dict[str, Any]:
    """What is on the sheets in whatever language.

    Raises:
        InputError: those of reading a case; `role-missing`, by the roles that see it.
    """
    whole = await page.verbs.reads.opened(page.actor, page.place("thread"))
    page.in_case(whole.roles)
    if not page.may("request-print"):
        raise InputError("role-missing", f"{page.actor} prints nothing of this case")
    case, opening = whole.case, whole.messages.get(whole.case.thread)
    letter = _letter(whole, page.asked("message"))
    first = next((step for step in case.steps if step.id == case.thread), None)
    return {
        "case": case,
        "opening": opening,
        "first": first,
        "letter": letter,
        "said": whole.messages.get(letter.id) if letter else None,
        "pictures": _pictures(case.thread, first),
        "changed": any(step.type in CHANGES for step in case.steps),
    }


def _letter(whole: Whole, asked: str) -> Step | None:
    """A message of ours to a State that is not in the exchange, which goes on paper by itself."""
    steps = whole.case.steps if whole.case.outside else ()
    return next((one for one in steps if one.id == asked and one.id != whole.case.thread), None)


def _told(page: Page, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same with what is told in the language of the sheets."""
    opening, speech = values["opening"], page.speech
    case, written = values["case"], values["said"]
    called = called_of(speech, (*case.steps, *case.entered))
    return {
        **values,
        "way": _way(speech.language.direction),
        "opened": fields_of(speech, opening) if opening is not None else (),
        "written": fields_of(speech, written, called) if written is not None else (),
        "drawings": [
            (one, drawn_firearm(speech, one, name=f"firearm-{one.line}"))
            for one in getattr(opening, "firearms", ())
        ],
    }


def _way(usual: str) -> Callable[[object], str]:
    """The direction of a text of anybody's: that of its first letter; `usual` where it has none.

    Browsers do so by themselves (`bdi`); the printer of PDFs has to be told.
    """

    def told(value: object) -> str:
        for one in str(value):
            kind = bidirectional(one)
            if kind in {"L", "R", "AL"}:
                return "ltr" if kind == "L" else "rtl"
        return usual

    return told


def _pictures(thread: str, first: Step | None) -> dict[str, int]:
    """The pictures of the request, by the address of each on the page."""
    if first is None:
        return {}
    found = [one.n for one in first.attachments if is_picture(one.media_type)]
    return {
        path_to("request-picture", thread=thread, message=first.id, number=str(n)): n
        for n in found[:MOST_PICTURES]
    }


def _styles(page: Page) -> dict[str, File]:
    """The stylesheets of the page, by address."""
    statics, found = page.parts.statics, {}
    for name in STYLES:
        path = statics.path(name)
        held = statics.get(path.rpartition("/")[2])
        if held is not None:
            found[path] = File("text/css", held.plain)
    return found


async def _picture(page: Page, thread: str, path: str, number: int) -> dict[str, File]:
    """A picture for the PDF; nothing where it has not arrived or may not be shown, or not now.

    The paper goes without it while what opens pictures, or a scanner for malware, does not work.
    """
    try:
        found = await _small(page, thread, thread, number)
    except (InputError, OperatorError):
        return {}
    return {path: File(found.media_type, found.data)}


async def _small(page: Page, thread: str, message: str, number: int) -> Any:
    return await page.verbs.attach.picture(page.actor, thread, message, number, small=True)
