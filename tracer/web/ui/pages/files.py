"""Files on a draft, a request's or a reply's: added, told otherwise, taken off.

Each picture is drawn anew before it is kept (`casework.attach`, `media`); its original stays here.
What a file shows is one choice: a kind, or a kind or a mark of one firearm (`KIND@line`,
`mark-number@line`); without a line it is the first firearm's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from aiohttp import web
from aiohttp.web_request import FileField

from tracer.casework.papers.files import Place
from tracer.errors import InputError
from tracer.model.attachments import Attachment
from tracer.model.codes import AttachmentKind
from tracer.model.firearm import Firearm
from tracer.model.messages import TYPES, AnyMessage, Request
from tracer.web.ui.filters import Speech
from tracer.web.ui.forms import Field, Filled, Form, counted
from tracer.web.ui.page import Page
from tracer.web.ui.texts import N_

OF_FIREARM: Final = ("PHOTO_LEFT_SIDE", "PHOTO_RIGHT_SIDE", "PHOTO_MARK", "PHOTO_OTHER")
PAPERS: Final = ("LABORATORY_REPORT", "ORIGINAL_DOCUMENT")
OTHER: Final = "PHOTO_OTHER"
_MOST: Final = 10
"""Most files of one submit."""
FILES: Final = Form(
    Field("file", N_("Photos"), N_("JPEG, PNG, WebP or TIFF; where and when they were taken is "
                                   "taken out. Several at once if they show the same."),
          needed=True),
    Field("shows", N_("What they show"), needed=True),
    Field("caption", N_("Caption"), longest=300),
)  # fmt: skip
"""Photos of a request."""
PAPER: Final = Form(
    Field("file", N_("Photos or papers"), N_("A picture or a PDF. Where and when a photo was taken "
                                             "is taken out; the file as it came stays here."),
          needed=True),
    Field("shows", N_("What they show"), needed=True),
    Field("caption", N_("Caption"), longest=300),
)  # fmt: skip
"""Files of a reply."""
TOLD: Final = Form(
    Field("shows", N_("What it shows"), needed=True), Field("caption", N_("Caption"), longest=300)
)


class Offered(NamedTuple):
    """Choices of what a file shows that belong together; `name` is empty for the only ones."""

    name: str
    choices: tuple[tuple[str, str], ...]


class Said(NamedTuple):
    """What a choice says: the kind of the file, and which mark of which firearm shows it."""

    kind: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One file as a page lists it."""

    n: int
    says: str
    shows: str
    """The choice that says so."""
    caption: str
    size: int
    picture: bool


def carries(kind: str) -> bool:
    """Whether messages of a type carry files."""
    return "attachments" in TYPES[kind].__struct_fields__


def shown_files(speech: Speech, message: AnyMessage) -> tuple[Shown, ...]:
    """The files of a message."""
    files: Sequence[Attachment] = getattr(message, "attachments", ())
    words = {value: said for one in offered(speech, message) for value, said in one.choices}
    several = len(_firearms(message)) > 1
    found = []
    for item in files:
        shows = _shows(message, item)
        kind = speech.label(item.kind) if item.kind else str(speech.say(N_("File %(n)s"), n=item.n))
        says, line = words.get(shows, kind), shows.partition("@")[2]
        if several and line:
            says = f"{speech.say(N_('Firearm %(n)s'), n=int(line))} · {says}"
        found.append(
            Shown(
                n=item.n,
                says=says,
                shows=shows,
                caption=item.caption,
                size=item.size,
                picture=item.media_type.startswith("image/"),
            )
        )
    return tuple(found)


def offered(speech: Speech, message: AnyMessage) -> tuple[Offered, ...]:
    """What a file of a message can show: of a request, a firearm or one of its marks first."""
    firearms = _firearms(message)
    if not firearms:
        every = tuple((one.value, speech.label(one)) for one in AttachmentKind)
        return (Offered("", every),)
    several = len(firearms) > 1
    name = N_("Firearm %(n)s")
    groups = [
        Offered(str(speech.say(name, n=one.line)) if several else "", tuple(_of(speech, one)))
        for one in firearms
    ]
    held = {item.kind.value for item in getattr(message, "attachments", ()) if item.kind}
    rest = [*PAPERS, *sorted(held.difference(PAPERS, OF_FIREARM))]
    papers = tuple((one, speech.coded(one, "attachment-kind")) for one in rest)
    return (*groups, Offered(str(speech.say(N_("Papers"))), papers))


def _of(speech: Speech, firearm: Firearm) -> Iterator[tuple[str, str]]:
    for kind in OF_FIREARM:
        yield f"{kind}@{firearm.line}", speech.coded(kind, "attachment-kind")
    for n, mark in enumerate(firearm.marks, start=1):
        told = speech.say(N_("Mark %(n)s: %(kind)s"), n=n, kind=speech.label(mark.kind))
        yield f"mark-{n}@{firearm.line}", str(told)


def _firearms(message: AnyMessage) -> tuple[Firearm, ...]:
    return message.firearms if isinstance(message, Request) else ()


def _shows(message: AnyMessage, item: Attachment) -> str:
    kind = item.kind.value if item.kind else ""
    for firearm in _firearms(message):
        for n, mark in enumerate(firearm.marks, start=1):
            if item.n in mark.photos:
                return f"mark-{n}@{firearm.line}"
        if item.n in firearm.photos and kind in OF_FIREARM:
            return f"{kind}@{firearm.line}"
    first = next(iter(_firearms(message)), None)
    return f"{kind}@{first.line}" if first and kind in OF_FIREARM else kind


def number_of(text: str) -> int:
    """The number of a file, as an address has it.

    Raises:
        InputError: `attachment-unknown`.
    """
    number = counted(text)
    if number is None:
        raise InputError("attachment-unknown", f"there is no file {text}")
    return number


def read_choice(text: str) -> Said | None:
    """What a choice says; None if it is none."""
    what, _, line = text.partition("@")
    number = counted(line) or 0
    mark = counted(what.removeprefix("mark-"))
    if what.startswith("mark-") and mark is not None:
        return Said("PHOTO_MARK", Place(number, mark))
    return Said(what, Place(number, 0)) if what in set(AttachmentKind) else None


def sent(page: Page) -> list[FileField]:
    """The files of a submit."""
    files = [one for one in page.body.getall("file", []) if isinstance(one, FileField)]
    return [one for one in files if one.filename][:_MOST]


async def add_each(page: Page, draft: str, form: Filled, files: Sequence[FileField]) -> None:
    """Attach each file until one is refused, which the form then says."""
    said = read_choice(form["shows"] or OTHER)
    if said is None:
        form.wrong("shows", "no-such-choice")
        return
    for file in files:
        try:
            await page.verbs.attach.add(
                page.actor,
                draft,
                file.file.read(),
                kind=said.kind,
                caption=form["caption"] or "",
                place=said.place,
            )
        except InputError as error:
            form.blame_at("file", error)
            return


async def change(page: Page) -> web.Response:
    """Say of one file what it shows, or take it off."""
    held = await page.verbs.release.look(page.actor, page.place("draft"))
    n, version = number_of(page.place("number")), page.version()
    form = await page.form(TOLD)
    if held.message is None:
        raise InputError("attachment-unknown", f"there is no file {n}")
    back = "draft-photos" if isinstance(held.message, Request) else "reply-files"
    if page.body.get("act") == "remove":
        await page.verbs.attach.remove(page.actor, held.draft.id, n, version=version)
        return page.go(back, draft=held.draft.id, told="file-removed")
    said = read_choice(form["shows"] or "") if form.ready else None
    if said is None:
        raise InputError("field-form", "what the file shows or its caption cannot be read")
    await page.verbs.attach.tell(
        page.actor,
        held.draft.id,
        n,
        kind=said.kind,
        caption=form["caption"] or "",
        place=said.place,
        version=version,
    )
    return page.go(back, draft=held.draft.id, told="file-told")


async def of_reply(page: Page) -> web.Response:
    """Photos and papers on a reply: those that are there, and more."""
    held = await page.verbs.release.look(page.actor, page.place("draft"))
    if held.message is None or held.draft.thread is None or not carries(held.draft.type):
        raise InputError("attachment-none", "a message of this type carries no files")
    form, files = await page.form(PAPER, {"shows": OTHER}), sent(page)
    if form.ready and not files:
        form.wrong("file", "not-a-picture")
    if form.ready:
        await add_each(page, held.draft.id, form, files)
        if not form.errors:
            return page.go("reply-files", draft=held.draft.id, told="files-added")
        held = await page.verbs.release.look(page.actor, held.draft.id)
    message: Any = held.message
    return page.show(
        "reply_files.html",
        form=form,
        draft=held.draft,
        files=shown_files(page.speech, message),
        choices=offered(page.speech, message),
    )
