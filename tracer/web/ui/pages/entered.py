"""What came by another way: entered, compared with its original; what of ours was sent by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from aiohttp.web_request import FileField

from tracer.casework.entered import Entered
from tracer.casework.reads import Whole
from tracer.casework.transcribing import Paper
from tracer.errors import InputError
from tracer.exchange.outside.statement import LETTER
from tracer.web.ui import days, words
from tracer.web.ui.forms import Field, Filled, Form, Wrong, counted
from tracer.web.ui.message_forms import controls, papering, reading
from tracer.web.ui.message_forms.controls import Around
from tracer.web.ui.message_forms.form import MessageForm
from tracer.web.ui.message_forms.parts import Shape
from tracer.web.ui.page import Page
from tracer.web.ui.pages.reply import around_of
from tracer.web.ui.tell import called_of
from tracer.web.ui.texts import CODES, N_

_WAY: Final = Field("paper-way", N_("How"), required=True, choices=tuple(words.WAYS))
_NUMBER: Final = Field("paper-number", N_("Number that it bears"), longest=300)
_DATED: Final = Field("paper-dated", N_("Day that it bears"), day=days.day)
_ORIGINAL: Final = Field(
    "paper-original",
    N_("The original"),
    N_("PDF, or a picture of it. It is kept as it is. Only a telephone call leaves none."),
    needed=True,
)
_WORDS: Final = Field(
    "paper-words",
    N_("What it says in words"),
    N_("As it is written, in its language; of a call, what was said."),
    longest=20_000,
    lines=True,
)
_LANGUAGE: Final = Field("paper-language", N_("Language of the words"), choices=CODES)
BARE: Final = frozenset({"TELEPHONE"})
"""Ways that leave nothing to attach."""
CAME: Final = Form(
    _WAY,
    Field("paper-day", N_("Day it came"), required=True, day=days.day),
    Field("paper-who", N_("From which office"), N_("Not the name of a person."), longest=300),
    _NUMBER,
    _DATED,
    _ORIGINAL,
    _WORDS,
    _LANGUAGE,
)
OPENED: Final = Form(
    Field("paper-state", N_("From which State"), required=True, longest=100), *CAME.fields
)
SENT: Final = Form(
    _WAY,
    Field("paper-day", N_("Day it was sent"), required=True, day=days.day),
    Field("paper-who", N_("To which office"), N_("Not the name of a person."), longest=300),
    _NUMBER,
    Field(
        "paper-original",
        N_("What was sent"),
        N_("A scan of it, or of the proof of posting. It is kept as it is."),
    ),
)


async def kinds(page: Page) -> web.Response:
    """Which kind of document came."""
    whole = await page.verbs.reads.opened(page.actor, page.place("thread"))
    return page.show(
        "enter.html", case=whole.case, kinds=papering.kinds(ours=whole.case.ours), letter=LETTER
    )


async def came(page: Page) -> web.Response:
    """What came about a case, in the codes of its kind where it has some."""
    whole = await page.verbs.reads.opened(page.actor, page.place("thread"))
    case = whole.case
    shape = papering.kind(page.place("type"), ours=case.ours)
    if shape is None:
        raise InputError("type-unknown", f"they do not send a {page.place('type')}")
    form = await page.form(CAME, _blank(page))
    sheet = _sheet(page, shape, around_of(page, whole, theirs=True))
    document = await _ready(page, form, sheet)
    if document is not None:
        try:
            await page.verbs.transcribing.came(
                page.actor, case.thread, await _paper(page, form), shape.type, document
            )
        except InputError as error:
            _blame(form, sheet, error)
        else:
            return page.go("request", told="entered", thread=case.thread)
    title = words.TYPES.get(shape.type, shape.title)
    return _shown(page, form, sheet, case=case, title=title)


async def opened(page: Page) -> web.Response:
    """A request from a State that is not in the exchange."""
    form = await page.form(OPENED, _blank(page))
    sheet = _sheet(page, papering.REQUEST, Around(speech=page.speech))
    document = await _ready(page, form, sheet)
    if document is not None:
        try:
            state = controls.country(form["paper-state"])
            entered = await page.verbs.transcribing.opened(
                page.actor, state, await _paper(page, form), _numbered(document)
            )
        except Wrong as wrong:
            form.wrong("paper-state", wrong.code, **wrong.places)
        except InputError as error:
            _blame(form, sheet, error)
        else:
            return page.go("request", told="entered", thread=entered.id)
    return _shown(page, form, sheet, case=None, title=papering.REQUEST.title)


async def sent(page: Page) -> web.Response:
    """That a message of ours was sent by hand."""
    whole = await page.verbs.reads.opened(page.actor, page.place("thread"))
    step = next((one for one in whole.case.steps if one.id == page.place("message")), None)
    if step is None or not whole.case.outside:
        raise InputError("transcript-sent", "no message of ours waits to be sent by hand")
    form = await page.form(SENT, _blank(page))
    if form.ready:
        try:
            await page.verbs.transcribing.sent(
                page.actor, whole.case.thread, step.id, await _paper(page, form)
            )
        except InputError as error:
            _blame(form, None, error)
        else:
            return page.go("request", told="sent-by-hand", thread=whole.case.thread)
    return page.show("sent.html", form=form, case=whole.case, step=step)


async def compare(page: Page) -> web.Response:
    """An entry beside its original, for a second person."""
    whole = await page.verbs.reads.opened(page.actor, page.place("thread"))
    one = _entry(whole, page.place("number"))
    form = await page.form(Form())
    if form.ready:
        try:
            await page.verbs.transcribing.compared(page.actor, whole.case.thread, one.number)
        except InputError as error:
            form.blame(error)
        else:
            return page.go("request", told="compared", thread=whole.case.thread)
    return page.show(
        "compare.html",
        form=form,
        case=whole.case,
        one=one,
        called=called_of(page.speech, (*whole.case.steps, *whole.case.entered)),
        message=whole.messages.get(one.id),
        mine=one.by == page.actor,
    )


async def original(page: Page) -> web.Response:
    """The original as it was taken in, to be saved; the reading is on record."""
    found = await page.verbs.transcribing.original(
        page.actor, page.place("thread"), _number(page.place("number"))
    )
    return page.file(found.data, media_type=found.media_type, name=found.name)


async def picture(page: Page) -> web.Response:
    """A picture of the original, drawn anew; the reading is on record."""
    found = await page.verbs.transcribing.picture(
        page.actor,
        page.place("thread"),
        _number(page.place("number")),
        small=page.asked("size") == "small",
    )
    return page.file(found.data, media_type=found.media_type, name=found.name, inline=True)


def story(whole: Whole) -> list[tuple[str, Any]]:
    """Messages and what came by another way, in the order in which they are known here."""
    steps = [("step", one) for one in whole.case.steps]
    return sorted([*steps, *(("entry", one) for one in whole.case.entered)], key=_at)


def _at(one: tuple[str, Any]) -> str:
    return str(one[1].at)


def _blank(page: Page) -> Mapping[str, str]:
    today = page.speech.calendar.local(page.speech.now).date().isoformat()
    return {"paper-day": today, "paper-language": page.reader.language}


def _sheet(page: Page, shape: Shape, around: Around) -> MessageForm:
    if page.request.method != "POST":
        return MessageForm(shape, around, reading.blank(shape.parts, around.lines))
    return MessageForm(shape, around, reading.from_body(page.body))


async def _ready(page: Page, form: Filled, sheet: MessageForm) -> dict[str, Any] | None:
    """The document, if both parts are well-formed and it was sent to be entered."""
    if page.request.method != "POST" or sheet.act(page.body):
        form.errors.clear()
        return None
    document = sheet.document()
    if form.sent and not _file(page) and form.text("paper-way") not in BARE:
        form.wrong("paper-original", "no-original")
    return document if form.ready else None


def _file(page: Page) -> FileField | None:
    files = page.body.getall("paper-original", [])
    return next((one for one in files if isinstance(one, FileField) and one.filename), None)


async def _paper(page: Page, form: Filled) -> Paper:
    """What the form says of the envelope."""
    given = _file(page)

    def text(name: str) -> str:
        return form[name] or "" if name in form else ""

    return Paper(
        way=text("paper-way"),
        day=text("paper-day"),
        who=text("paper-who"),
        number=text("paper-number"),
        dated=text("paper-dated"),
        words=text("paper-words"),
        language=text("paper-language") or page.reader.language,
        original=given.file.read() if given else None,
    )


def _blame(form: Filled, sheet: MessageForm | None, error: InputError) -> None:
    """Put what casework refused to the envelope, or to the sheet."""
    name = "original" if error.field == "file" else error.field
    if f"paper-{name}" in form:
        form.blame_at(f"paper-{name}", error)
    elif sheet is not None and error.field:
        sheet.blame(error)
    else:
        form.blame_at("", error)


def _shown(page: Page, form: Filled, sheet: MessageForm, **values: Any) -> web.Response:
    return page.show(
        "enter_kind.html",
        status=422 if form.errors or sheet.errors else 200,
        form=form,
        sheet=sheet,
        tongues={code: page.speech.language_name(code) for code in CODES},
        countries=controls.country_names(page.reader.language),
        **values,
    )


def _numbered(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its firearms numbered in their order, as messages name them."""
    firearms = enumerate(document.get("firearms", ()), start=1)
    return {**document, "firearms": [{**one, "line": line} for line, one in firearms]}


def _entry(whole: Whole, number: str) -> Entered:
    found = next((one for one in whole.case.entered if str(one.number) == number), None)
    if found is None:
        raise InputError("transcript-unknown", f"nothing was entered here as {number}")
    return found


def _number(text: str) -> int:
    number = counted(text)
    if number is None:
        raise InputError("transcript-unknown", f"nothing was entered here as {text}")
    return number
