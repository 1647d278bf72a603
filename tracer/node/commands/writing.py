"""Writing: drafts, their files, and the way past a second person."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from tracer.casework.follow_on import FollowOn
from tracer.casework.papers.paper import Draft
from tracer.casework.release import Released
from tracer.model.finding import Finding
from tracer.node.commands.base import Call, Nothing, command
from tracer.store import DraftRow


class New(Struct, frozen=True, forbid_unknown_fields=True):
    """A message that opens a thread, as a person writes it."""

    peer: str
    document: dict[str, Any]


class Reply(Struct, frozen=True, forbid_unknown_fields=True):
    """A message in a thread."""

    thread: str
    type: str
    document: dict[str, Any] = {}


class FollowOnTo(Struct, frozen=True, forbid_unknown_fields=True):
    """A case of ours, and the authority of the third State that is asked next."""

    thread: str
    peer: str


class Edit(Struct, frozen=True, forbid_unknown_fields=True):
    """The new content of a draft; `version` is the one that was looked at."""

    draft: str
    document: dict[str, Any]
    version: int | None = None


class OfDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a draft, and the version that was looked at."""

    draft: str
    version: int | None = None


class OfState(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a state of drafts; none means all."""

    state: str | None = None


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """A file for a draft; `data` is base64."""

    draft: str
    data: bytes
    kind: str = ""
    caption: str = ""


class Approve(Struct, frozen=True, forbid_unknown_fields=True):
    """A decision to let a draft go."""

    draft: str
    version: int | None = None
    reason: str = ""
    override: str = ""


class Reject(Struct, frozen=True, forbid_unknown_fields=True):
    """A decision to send a draft back."""

    draft: str
    reason: str


class Reviewed(Struct, frozen=True, forbid_unknown_fields=True):
    """A single person's release that was looked over."""

    draft: str
    remark: str = ""


@command("draft.new", New)
async def _new(call: Call, args: New) -> Draft:
    return await call.desk.drafts.new(call.actor, args.document, args.peer)


@command("draft.reply", Reply)
async def _reply(call: Call, args: Reply) -> Draft:
    return await call.desk.drafts.reply_draft(call.actor, args.thread, args.type, args.document)


@command("draft.follow-on", FollowOnTo)
async def _follow_on(call: Call, args: FollowOnTo) -> FollowOn:
    return await call.desk.following.follow_on(call.actor, args.thread, args.peer)


@command("draft.ask-consent", FollowOnTo)
async def _ask_consent(call: Call, args: FollowOnTo) -> Draft:
    return await call.desk.following.ask_consent(call.actor, args.thread, args.peer)


@command("draft.edit", Edit)
async def _edit(call: Call, args: Edit) -> Draft:
    return await call.desk.drafts.edit(call.actor, args.draft, args.document, version=args.version)


@command("draft.show", OfDraft)
async def _show(call: Call, args: OfDraft) -> Draft:
    return await call.desk.drafts.show(call.actor, args.draft)


@command("draft.lint", OfDraft)
async def _lint(call: Call, args: OfDraft) -> tuple[Finding, ...]:
    return await call.desk.drafts.lint(call.actor, args.draft)


@command("draft.list", OfState)
async def _list(call: Call, args: OfState) -> tuple[DraftRow, ...]:
    return await call.desk.drafts.list(call.actor, args.state)


@command("draft.discard", OfDraft)
async def _discard(call: Call, args: OfDraft) -> OfDraft:
    await call.desk.drafts.discard(call.actor, args.draft)
    return args


@command("draft.attach", File)
async def _attach(call: Call, args: File) -> Draft:
    return await call.desk.attach.add(
        call.actor, args.draft, args.data, kind=args.kind, caption=args.caption
    )


@command("draft.clear-files", OfDraft)
async def _clear(call: Call, args: OfDraft) -> Draft:
    return await call.desk.attach.clear(call.actor, args.draft)


@command("release.submit", OfDraft)
async def _submit(call: Call, args: OfDraft) -> Draft:
    return await call.desk.release.submit_for_release(call.actor, args.draft, version=args.version)


@command("release.list", Nothing)
async def _waiting(call: Call, _: Nothing) -> tuple[DraftRow, ...]:
    return await call.desk.release.waiting(call.actor)


@command("release.approve", Approve, appends=True)
async def _approve(call: Call, args: Approve) -> Released:
    return await call.desk.release.release(
        call.actor,
        args.draft,
        version=args.version,
        reason=args.reason,
        override=args.override,
        fresh=True,  # who may give commands has proved it to the operating system
    )


@command("release.reject", Reject)
async def _reject(call: Call, args: Reject) -> Draft:
    return await call.desk.release.reject(call.actor, args.draft, args.reason)


@command("review.list", Nothing)
async def _reviews(call: Call, _: Nothing) -> tuple[DraftRow, ...]:
    return await call.desk.release.review_list(call.actor)


@command("review.done", Reviewed)
async def _reviewed(call: Call, args: Reviewed) -> Reviewed:
    await call.desk.release.review_done(call.actor, args.draft, args.remark)
    return args


COMMANDS = (
    _new,
    _reply,
    _follow_on,
    _ask_consent,
    _edit,
    _show,
    _lint,
    _list,
    _discard,
    _attach,
    _clear,
    _submit,
    _waiting,
    _approve,
    _reject,
    _reviews,
    _reviewed,
)
