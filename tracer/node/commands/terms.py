"""Terms: show, propose, sign for our own entry, offer, countersign, take."""

from __future__ import annotations

from msgspec import Struct

from tracer.casework.terms.views import Drafted, Looked, Signed, TermsView, Wish
from tracer.node import custody
from tracer.node.commands.base import Call, command


class OfAuthority(Struct, frozen=True, forbid_unknown_fields=True):
    """Names an authority; empty: our own."""

    authority: str = ""


class TermsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A draft, an offer or an agreement; `to` is with whom a draft is to be agreed on."""

    file: str
    to: str = ""


@command("terms.show", OfAuthority)
async def _show(call: Call, args: OfAuthority) -> tuple[TermsView, ...]:
    return await call.desk.terms.show(call.actor, args.authority)


@command("terms.propose", Wish)
async def _propose(call: Call, args: Wish) -> Drafted:
    return await call.desk.terms.propose(call.actor, args)


@command("terms.look", TermsFile)
async def _look(call: Call, args: TermsFile) -> Looked:
    return await call.desk.terms.look(call.actor, args.file, args.to)


@command("terms.issue", TermsFile)
async def _issue(call: Call, args: TermsFile) -> custody.Issued:
    terms = await call.desk.terms.own(call.actor, args.file)
    return await custody.issue(call.rooms, actor=call.actor, act="terms-issue", terms=terms)


@command("terms.offer", TermsFile)
async def _offer(call: Call, args: TermsFile) -> Signed:
    return await call.desk.terms.offer(call.actor, args.file, args.to)


@command("terms.countersign", TermsFile)
async def _countersign(call: Call, args: TermsFile) -> Signed:
    return await call.desk.terms.countersign(call.actor, args.file)


@command("terms.take", TermsFile)
async def _take(call: Call, args: TermsFile) -> Signed:
    return await call.desk.terms.take(call.actor, args.file)


COMMANDS = (_show, _propose, _look, _issue, _offer, _countersign, _take)
