"""Follow-on: the chain leads to a third State, and one step writes the request to it.

The new request holds what we recorded ourselves: our own request with our own amendments and
corrections, and our own files, encrypted anew for the new recipient. Of the other side's answers it
holds coded facts only (the manufacture, the numbers of licences and documents, the link to the
case), and only from messages whose handling allows it or whose author consented; everything else is
listed as withheld, with the reason, and `ask_consent` asks for it with one call. Persons, free text
and places of the other side are never taken over, and not even that it was asked, unless allowed.

The link between the two threads is kept here. What it does not do: send anything; it is a draft.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

import msgspec
from msgspec import UNSET

from tracer.casework import threads
from tracer.casework.attach import Attach, Sealed, seal, with_files
from tracer.casework.drafts import Drafts, find_peer
from tracer.casework.papers import paper
from tracer.casework.papers.files import without_files, without_photos
from tracer.casework.papers.handling import Barrier, consented, quotable
from tracer.casework.papers.paper import NO_NONCE, Draft
from tracer.casework.papers.promise import terms_for
from tracer.casework.roles import Act, acting
from tracer.casework.scanning import harmful
from tracer.casework.sight import open_case
from tracer.clock import instant
from tracer.errors import InputError, PeerError
from tracer.model.chain import ChainEvent, LineAnswer
from tracer.model.codes import ChainEventKind, OnwardUse, ReferenceScheme, code
from tracer.model.firearm import ExternalReference, Firearm
from tracer.model.ids import state_of
from tracer.model.messages import (
    Amend,
    AnyMessage,
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    Correction,
    Request,
    Withdraw,
)
from tracer.model.values import ThreadLink
from tracer.store import Store, Tx
from tracer.store.rows import ThreadRow
from tracer.trust.directory import Directory

SPEAKING: Final = frozenset(
    {"interim", "result", "no-record", "referral", "correction", "unidentifiable", "restricted"}
)
"""Messages of the other side from which a fact for a third State could be quoted."""
_OWN_GROUPS: Final = (
    "requester", "urgency", "legal_basis", "recoveries", "investigation", "intended_use", "asked",
    "domestic_work", "also_sent_to", "standing_until",
)  # fmt: skip
"""What an amendment of ours replaces as a whole. Left out: persons, who are sent on their own
decision; words and references, which may repeat what an answer said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A message of the other side that was not quoted, and why: in English, and as a code."""

    message: str
    type: str
    why: str
    barrier: Barrier


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowOn:
    """The draft to the third State, and what needs the other side's consent to be added."""

    draft: Draft
    withheld: tuple[Withheld, ...]
    files_lost: tuple[int, ...]
    """Numbers of our own files that could not be taken along."""


class _Source(NamedTuple):
    """The thread to be followed on: our request, what we said later, what may be quoted."""

    thread: ThreadRow
    request: Request
    later: tuple[AnyMessage, ...]
    quoted: tuple[AnyMessage, ...]
    withheld: tuple[Withheld, ...]


class Following:
    """The verb, and its question for consent."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Callable[[], Directory],
        authority: str,
        drafts: Drafts,
        attach: Attach,
    ) -> None:
        self._store = store
        self._directory = directory
        self._authority = authority
        self._drafts = drafts
        self._attach = attach

    async def follow_on(self, actor: str, thread: str, peer: str) -> FollowOn:
        """Write the request to a third State that continues a case of ours.

        Args:
            actor: Who writes.
            thread: Thread id, its beginning, or the human reference.
            peer: Authority id in the third State.

        Raises:
            InputError: `follow-on-own` (the case is not ours, or the peer is its other side), or
                about person, thread and peer.
        """

        def look(tx: Tx) -> tuple[Request, frozenset[int]]:
            request = self._source(tx, actor, thread, peer).request
            return request, harmful(tx, request)

        files, lost = await asyncio.to_thread(self._files, *await self._store.read(look))

        def body(tx: Tx) -> FollowOn:
            again = self._source(tx, actor, thread, peer)
            known = find_peer(self._directory(), peer, self._authority)
            terms = terms_for(tx, known, self._authority)
            message = self._request(tx, again, peer, terms)
            whole = without_photos(message) if lost else with_files(message, files)
            row = paper.create(tx, whole, actor=actor, thread=None, via="follow-on")
            tx.meta.put(f"follow-on.draft.{row.id}", again.thread.id)
            tx.audit.write(actor, "follow-on", again.thread.id, {"draft": row.id, "peer": peer})
            return FollowOn(draft=paper.view(tx, row), withheld=again.withheld, files_lost=lost)

        return await self._store.write(body)

    async def ask_consent(self, actor: str, thread: str, peer: str) -> Draft:
        """Write the question for consent to what `follow_on` withheld.

        Raises:
            InputError: `consent-none`, when nothing is withheld, or as `follow_on`.
        """

        def body(tx: Tx) -> Draft:
            source = self._source(tx, actor, thread, peer)
            if not source.withheld:
                raise InputError("consent-none", "nothing needs consent", field="thread")
            written = {
                "about": [item.message for item in source.withheld],
                "uses": [OnwardUse.FORWARD_TO_THIRD_STATE.value],
                "countries": [state_of(peer)],
            }
            row = self._drafts.reply_within(tx, actor, source.thread, "consent-asked", written)
            return paper.view(tx, row)

        return await self._store.write(body)

    def _source(self, tx: Tx, actor: str, thread: str, peer: str) -> _Source:
        row = open_case(tx, acting(tx, actor, Act.DRAFT), thread)
        find_peer(self._directory(), peer, self._authority)
        held = threads.messages(tx, row.id)
        opening = held[row.id][1] if row.id in held else None
        if row.opener != "us" or not isinstance(opening, Request):
            raise InputError("follow-on-own", "only a request of our own is followed on")
        if state_of(row.peer) == state_of(peer):
            raise InputError("follow-on-own", f"{peer} is of the State that was asked already")
        ours = [(h.id, m) for h, m in held.values() if h.direction == "out" and m is not None]
        theirs = [(h.id, m) for h, m in held.values() if h.direction == "in" and m is not None]
        quoted, withheld = _sorted(tx, ours, theirs, peer)
        later = tuple(message for _, message in ours if message is not opening)
        return _Source(row, opening, later, quoted, withheld)

    def _request(self, tx: Tx, source: _Source, peer: str, terms: str) -> Request:
        base = own_request(source.request, source.later)
        links: tuple[ThreadLink, ...] = ()
        told = base.also_sent_to
        if source.quoted:
            links = (ThreadLink(reference=base.reference, authority=source.thread.peer),)
            told = tuple(dict.fromkeys((*told, state_of(source.thread.peer))))
        return msgspec.structs.replace(
            base,
            recipient=peer,
            terms=terms,
            reference=paper.next_reference(tx, self._authority),
            issued=tx.now,
            nonce=NO_NONCE,
            firearms=tuple(_learnt(item, source.quoted) for item in base.firearms),
            also_sent_to=tuple(country for country in told if country != state_of(peer)),
            links=links,
        )

    def _files(
        self, request: Request, closed: Collection[int]
    ) -> tuple[list[Sealed], tuple[int, ...]]:
        """Our own files again, each under a fresh key; the numbers of those that are lost.

        Those that are `closed`, because something harmful was found in them, are lost, too.
        """
        sealed, lost = [], []
        keys = request.attachment_keys or {}
        for item in request.attachments:
            if item.n in closed:
                lost.append(item.n)
                continue
            try:
                data = self._attach.plaintext(item, keys[str(item.n)])
                sealed.append(seal(data, item.n, kind=item.kind or None, caption=item.caption))
            except (KeyError, OSError, PeerError, InputError):
                lost.append(item.n)
        if not lost:
            for one in sealed:
                self._attach.keep(one)
        return sealed, tuple(lost)


def own_request(request: Request, later: Iterable[AnyMessage]) -> Request:
    """Our request as it stands after our own amendments and corrections; no persons, no files.

    Free text is left out: it was written to the State that was asked.
    """
    firearms: dict[int, Firearm] = {item.line: item for item in request.firearms}
    changed: dict[str, Any] = {}
    for message in later:
        if isinstance(message, Amend | Correction):
            firearms.update((item.line, item) for item in message.firearms)
            for name in _OWN_GROUPS:
                value = getattr(message, name, UNSET)
                if value is not UNSET and value != ():
                    changed[name] = value
        if isinstance(message, Amend):
            for line in message.dropped:
                firearms.pop(line, None)
        elif isinstance(message, Withdraw):
            for line in message.lines:
                firearms.pop(line, None)
    bare = cast("Request", without_files(request))
    return msgspec.structs.replace(
        bare,
        firearms=tuple(firearms.values()),
        persons=UNSET,
        free_text=UNSET,
        links=(),
        **changed,
    )


def _sorted(
    tx: Tx,
    ours: Sequence[tuple[str, AnyMessage]],
    theirs: Sequence[tuple[str, AnyMessage]],
    peer: str,
) -> tuple[tuple[AnyMessage, ...], tuple[Withheld, ...]]:
    """The other side's messages that may be quoted to `peer`, and those that may not."""
    today = instant(tx.now).date()
    asked = {name: message for name, message in ours if isinstance(message, ConsentAsked)}
    gone = _recalled(theirs)
    agreed = consented(asked, _standing(theirs, gone), state_of(peer), today=today)
    quoted, withheld = [], []
    for name, message in theirs:
        kind = str(message.__struct_config__.tag)
        if kind not in SPEAKING or name in gone:
            continue
        why = quotable(name, message, peer, agreed, today=today)
        if why is None:
            quoted.append(message)
        else:
            withheld.append(Withheld(message=name, type=kind, why=str(why), barrier=why))
    return tuple(quoted), tuple(withheld)


def _standing(theirs: Iterable[tuple[str, AnyMessage]], gone: frozenset[str]) -> list[ConsentGiven]:
    """The consents that stand: the last word on their question, and not taken back."""
    last: dict[str, tuple[str, ConsentGiven | ConsentDeclined]] = {}
    for name, message in theirs:
        if isinstance(message, ConsentGiven | ConsentDeclined):
            last[message.about] = (name, message)
    return [
        reply
        for name, reply in last.values()
        if isinstance(reply, ConsentGiven) and name not in gone
    ]


def _recalled(theirs: Sequence[tuple[str, AnyMessage]]) -> frozenset[str]:
    """What its author took back, or corrected: the old words are not quoted."""
    return frozenset(
        str(getattr(message, "about", ""))
        for _, message in theirs
        if str(message.__struct_config__.tag) in {"recall", "correction"}
    )


def _learnt(firearm: Firearm, quoted: Sequence[AnyMessage]) -> Firearm:
    """The firearm with what the quoted answers say of its making and papers."""
    found = firearm
    for message in quoted:
        answers: Iterable[LineAnswer] = getattr(message, "answers", ())
        for answer in answers:
            if answer.line == firearm.line:
                for item in answer.chain:
                    found = _with_event(found, item, message.sender)
    return found


def _with_event(firearm: Firearm, item: ChainEvent, source: str) -> Firearm:
    changes: dict[str, Any] = {}
    if item.kind.is_(ChainEventKind.MANUFACTURED):
        if not firearm.country_of_manufacture and item.country:
            changes["country_of_manufacture"] = item.country
        if not firearm.year_of_manufacture and item.date:
            changes["year_of_manufacture"] = int(item.date[:4])
    numbers = (
        item.licence.number if item.licence else "",
        item.document.number if item.document else "",
    )
    papers = [
        ExternalReference(
            scheme=code(ReferenceScheme.NATIONAL),
            value=number,
            country=item.country or state_of(source),
        )
        for number in dict.fromkeys(filter(None, numbers))
    ]
    fresh = [paper_ for paper_ in papers if paper_ not in firearm.references]
    if fresh:
        changes["references"] = (*firearm.references, *fresh)
    return msgspec.structs.replace(firearm, **changes) if changes else firearm
