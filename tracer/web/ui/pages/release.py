"""Release: what waits for a second person, one draft as it will leave, the list for review.

Every check is casework's, in the transaction that sends; a page only tells beforehand what it will
say. The page of a draft remembers the version that it showed, and by a digest each field and file,
so that a draft that somebody changed meanwhile is told with what is different, and does not leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from aiohttp import web

from tracer.casework.leaving import Leaving
from tracer.errors import InputError
from tracer.model.attachments import Attachment
from tracer.model.codes import Code
from tracer.model.finding import blocks
from tracer.model.ids import is_outside
from tracer.model.naming import label_of
from tracer.web.ui.details import CONTEXT, Row, fields_of
from tracer.web.ui.differences import since
from tracer.web.ui.drawn import drawn_firearm
from tracer.web.ui.findings import told
from tracer.web.ui.firearms import told as firearm
from tracer.web.ui.forms import Field, Filled, Form, reason
from tracer.web.ui.message_forms.shapes import SHAPES
from tracer.web.ui.page import Page
from tracer.web.ui.pages.casework import named
from tracer.web.ui.tell import called_of, came
from tracer.web.ui.texts import N_

_LAST: Final = frozenset({"handling", "officer"})
_DRAWN: Final = 3
"""Firearms that the head of a page draws; the letter describes them all."""
RELEASE: Final = Form(
    Field("seen", N_("What was shown"), longest=60_000),
    reason(
        N_("Why you let it go alone"),
        N_("It stands on the list for review until a supervisor has looked at it."),
        required=False,
    ),
    reason(
        N_("Why it is sent all the same"),
        N_("They contradict what they signed; this reason stays on record."),
        name="override",
        required=False,
    ),
)
BACK: Final = Form(
    reason(N_("What has to change"), N_("Its author reads it, and auditors do: name nobody.")),
)
REMARK: Final = Form(
    reason(
        N_("Remark"),
        N_("It stays on record, and auditors read it: name nobody."),
        name="remark",
        required=False,
    ),
)
DISPOSAL: Final = Form(
    Field("decision", N_("Decision"), required=True, choices=("approve", "drop")),
    reason(N_("Reason"), N_("Needed where it is not done."), required=False),
)
STALE: Final = frozenset({"draft-changed", "draft-state"})


async def queue(page: Page) -> web.Response:
    """What waits for a second person, the most urgent first; and what is to be destroyed.

    After a release it names what left, and leads to it.
    """
    left = page.asked("left")
    gone = (await page.verbs.lists.names(page.actor, [left])).get(left) if left else None
    disposals = await page.verbs.disposing.waiting(page.actor)
    return page.show(
        "releases.html",
        waiting=await page.verbs.release.queue(page.actor),
        gone=gone if gone and gone.left and gone.thread else None,
        disposals=disposals,
        names=await page.verbs.lists.names(page.actor, [one.thread for one in disposals]),
    )


async def one(page: Page) -> web.Response:
    """One draft as it will leave; let it go."""
    form = await page.form(RELEASE)
    if form.ready:
        try:
            released = await page.verbs.release.release(
                page.actor,
                page.place("draft"),
                version=page.version(),
                reason=form["reason"] or "",
                override=form["override"] or "",
                fresh=page.session.fresh,
            )
        except InputError as error:
            if error.code in {"step-up-needed", "draft-unknown", "role-missing"}:
                raise
            form.blame(error)
        else:
            told = "released-alone" if released.review else "released"
            if is_outside(released.peer):
                return page.go("request", told="released-on-paper", thread=released.thread)
            return page.go("releases", told=told, query={"left": page.place("draft")})
    return await _shown(page, form)


async def back(page: Page) -> web.Response:
    """Send a draft back to its author, with a reason."""
    form = await page.form(BACK)
    if form.ready:
        try:
            await page.verbs.release.reject(
                page.actor, page.place("draft"), form["reason"], version=page.version()
            )
        except InputError as error:
            if error.code in {"draft-unknown", "role-missing"}:
                raise
            form.blame(error)
        else:
            return page.go("releases", told="sent-back")
    held = await page.verbs.release.look(page.actor, page.place("draft"))
    return page.show("send_back.html", form=form, draft=held.draft, held=held)


async def reviews(page: Page) -> web.Response:
    """What one person let go alone and nobody has looked over yet."""
    return page.show("reviews.html", waiting=await page.verbs.release.reviews(page.actor))


async def review(page: Page) -> web.Response:
    """Look one over: somebody other than who let it go."""
    form = await page.form(REMARK)
    if form.ready:
        try:
            await page.verbs.release.review_done(
                page.actor, page.place("draft"), form["remark"] or ""
            )
        except InputError as error:
            if error.code == "role-missing":
                raise
            form.blame(error)
        else:
            return page.go("reviews", told="reviewed")
    waiting = await page.verbs.release.reviews(page.actor)
    found = next((each for each in waiting if each.draft == page.place("draft")), None)
    if found is None:
        raise InputError("draft-unknown", "this waits for no review")
    names = await page.verbs.lists.names(page.actor, [found.draft])
    return page.show("review.html", form=form, one=found, named=names.get(found.draft))


async def disposal(page: Page) -> web.Response:
    """What is to be destroyed: do it, or not; somebody other than who asked."""
    waiting = await page.verbs.disposing.waiting(page.actor)
    found = next((each for each in waiting if str(each.number) == page.place("number")), None)
    if found is None:
        raise InputError("disposal-unknown", "nothing waits under this number")
    form = await page.form(DISPOSAL)
    if form.ready:
        try:
            if form["decision"] == "approve":
                await page.verbs.disposing.approve(page.actor, found.number)
            else:
                await page.verbs.disposing.drop(page.actor, found.number, form["reason"] or "")
        except InputError as error:
            form.blame(error)
        else:
            done = form["decision"] == "approve"
            return page.go("releases", told="disposed" if done else "disposal-dropped")
    return page.show(
        "disposal.html",
        form=form,
        one=found,
        named=await named(page, found.thread),
        groups=[page.speech.say_in(CONTEXT, label_of(name)) for name in found.groups],
    )


async def _shown(page: Page, form: Filled) -> web.Response:
    """The draft as it is now; after a change, with what is different from what was shown."""
    held = await page.verbs.release.look(page.actor, page.place("draft"))
    called = called_of(page.speech, held.messages)
    fields = fields_of(page.speech, held.message, called) if held.message is not None else ()
    rows = _in_order(fields)
    files: Sequence[Attachment] = getattr(held.message, "attachments", ())
    marks = dict(_digests(rows)) | {
        f"file.{one.n}": _digest(f"{one.cipher_digest} {one.kind} {one.caption}") for one in files
    }
    problem = form.errors.get("")
    stale = problem is not None and problem.places.get("code") in STALE
    before = _seen(form.text("seen")) if stale else {}
    release = page.verbs.release
    return page.show(
        "release.html",
        form=form,
        held=held,
        hands=held.runs(),
        pictures=[
            (firearm(page.speech, each), drawn_firearm(page.speech, each, name=f"f{each.line}"))
            for each in held.firearms[:_DRAWN]
        ],
        more=max(0, len(held.firearms) - _DRAWN),
        gist=came(page.speech, _gist(held), held.message),
        rows=rows,
        since=since(page.speech, held.back, held.message, called),
        seen=" ".join(f"{path}={digest}" for path, digest in marks.items()),
        changed={path for path, digest in marks.items() if before and before.get(path) != digest},
        gone=len(set(before) - set(marks)),
        findings=[(one, told(one)) for one in held.draft.findings],
        can_write=held.draft.type in SHAPES and held.draft.thread is not None,
        may_go=may_go(held),
        alone=(held.mine or held.doubt is not None) and release.alone_allowed,
    )


def _gist(held: Leaving) -> tuple[Code, ...]:
    """What a message comes to in its codes: outcomes, reasons, grounds."""
    answers = getattr(held.message, "answers", ())
    found = [code for one in answers for code in one.outcomes]
    found += [code for name in ("reasons", "grounds") for code in getattr(held.message, name, ())]
    return tuple(dict.fromkeys(found))


def may_go(held: Leaving) -> bool:
    """Whether it stands submitted and complete, so that a button is not shown in vain."""
    return held.draft.state == "submitted" and not blocks(held.draft.findings)


def _in_order(rows: Sequence[Row]) -> Sequence[Row]:
    """What a message says before how it is handled and whom one can ask, as in every message."""
    return sorted(rows, key=lambda row: row.group in _LAST)


def _digests(rows: Sequence[Row], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each field with a short digest of what it says, in its order."""
    for n, row in enumerate(rows, start=1):
        path = f"{prefix}{row.name or row.group}.{n}"
        if row.inner:
            yield from _digests(row.inner, f"{path}/")
        else:
            yield path.replace(" ", "_"), _digest(str(row.value))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _seen(text: str) -> dict[str, str]:
    pairs = (one.rpartition("=") for one in text.split())
    return {path: digest for path, _, digest in pairs}
