"""A request written step by step: begun before anybody knows whom to ask, and looked at whole.

`begin` writes the first version with what the authority says in every request (`profile`) and no
recipient; `list` gives those in the making. `open` gives all that a page of the guided entry shows,
in one transaction: the draft, whom to ask by its marks, cases that may be of the same firearm, and
whose hands were on it since. Changes are those of `drafts.edit`, which takes the recipient as well.
`onward` tells whom to ask next about a case of ours.

What it does not do: submit (`release`), attach (`attach`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from tracer.casework.drafts import Drafts
from tracer.casework.duplicates import Duplicates
from tracer.casework.papers import paper
from tracer.casework.papers.alike import alike
from tracer.casework.papers.paper import Draft, Earlier
from tracer.casework.profile import RequestProfile
from tracer.casework.roles import Act, acting, may
from tracer.casework.sight import open_case, seen_only
from tracer.errors import InputError
from tracer.model.brief import brief
from tracer.model.fingerprint import fingerprints
from tracer.model.ids import state_of
from tracer.model.lint.requests import UNUSUAL
from tracer.model.messages import Request
from tracer.model.routing import suggest
from tracer.store import Store, Tx
from tracer.store.rows import DraftRow, PersonRow, ThreadRow
from tracer.trust.directory import Directory, Standing


class Hand(NamedTuple):
    """Who wrote a version, and when."""

    version: int
    person: str
    at: str


class Addressee(NamedTuple):
    """An authority that can be asked; `reason` is that of `onward-reason`, empty without one."""

    authority: str
    name: str
    country: str
    reason: str


class Same(NamedTuple):
    """A case that may be of the same firearm, seen by whoever asks."""

    thread: str
    reference: str
    peer: str
    ours: bool
    sure: bool


class Line(NamedTuple):
    """A draft in a list: its row without content, and its firearms in a few words."""

    row: DraftRow
    brief: Mapping[str, object]
    reference: str
    addressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInMaking:
    """A request in the making, whole."""

    draft: Draft
    message: Request
    hands: tuple[Hand, ...]
    addressees: tuple[Addressee, ...]
    """Those the marks point to first, in the order of `model.routing`; then all others."""
    same: tuple[Same, ...]
    follows: str
    """The case of ours that it continues; its recipient stays then."""
    back: Earlier | None
    """The version that was sent back last."""

    @property
    def unusual(self) -> bool:
        """The marks point to other States than that of the recipient, as the linter says."""
        return any(one.code == UNUSUAL for one in self.draft.findings)

    def others_since(self, version: int, actor: str) -> tuple[Hand, ...]:
        """Versions after `version` that somebody else than `actor` wrote."""
        return tuple(one for one in self.hands if one.version > version and one.person != actor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A case of ours that is to be continued, and whom one can ask next."""

    thread: str
    reference: str
    peer: str
    addressees: tuple[Addressee, ...]


class Guided:
    """The verbs."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Callable[[], Directory],
        authority: str,
        drafts: Drafts,
        duplicates: Duplicates,
        profile: RequestProfile | None = None,
    ) -> None:
        self._store = store
        self._directory = directory
        self._authority = authority
        self._drafts = drafts
        self._duplicates = duplicates
        self._profile = profile or RequestProfile()

    async def begin(self, actor: str, written: Mapping[str, Any]) -> Draft:
        """Write the first version, with what the authority says in every request.

        Raises:
            InputError: about the person or a field.
        """
        return await self._drafts.new(actor, self._profile.document() | dict(written))

    async def list(self, actor: str) -> tuple[Line, ...]:
        """Drafts in the making that a person may see, last touched first, in coded words only."""

        def body(tx: Tx) -> tuple[Line, ...]:
            person = acting(tx, actor, Act.DRAFT)
            author = None if may(person.roles, Act.RELEASE) else person.name
            found = []
            for state in paper.CHANGEABLE:
                rows = tx.drafts.list(state, author=author)
                found += [_line(row) for row in paper.seen(tx, person, rows)]
            return tuple(sorted(found, key=lambda one: one.row.updated, reverse=True))

        return await self._store.read(body)

    async def open(self, actor: str, draft_id: str) -> RequestInMaking:
        """A request in the making with all that helps to write it; the reading is on record.

        Raises:
            InputError: `draft-unknown`, `draft-type` (it is no request), `draft-state` (nothing is
                left of it), or about the person.
        """

        def body(tx: Tx) -> RequestInMaking:
            person = acting(tx, actor, Act.DRAFT)
            row = paper.load(tx, draft_id, person)
            message = paper.read_body(row)
            if not isinstance(message, Request):
                raise InputError("draft-type", f"{row.id} is a {row.type}, not a request")
            back = paper.earlier(row)
            paper.note_reading(tx, actor, row, message, back)
            follows = tx.meta.get(f"follow-on.draft.{row.id}") or ""
            return RequestInMaking(
                draft=paper.view(tx, row),
                message=message,
                hands=tuple(
                    Hand(item.version, item.person, item.at)
                    for item in tx.drafts.approvals(row.id)
                    if item.act == "write"
                ),
                addressees=tuple(self._addressees(message)),
                same=tuple(_same(tx, person, message, but=follows)),
                follows=follows,
                back=back,
            )

        return await self._store.write(body)

    async def onward(self, actor: str, thread: str) -> Onward:
        """A case of ours that is to be continued, and who is known in the States to ask next.

        Raises:
            InputError: `thread-unknown`, `follow-on-own`, or about the person.
        """

        def body(tx: Tx) -> tuple[ThreadRow, str]:
            row = open_case(tx, acting(tx, actor, Act.DRAFT), thread)
            if row.opener != "us":
                raise InputError("follow-on-own", "only a request of our own is followed on")
            case = tx.cases.get(row.id)
            return row, case.reference if case else ""

        row, reference = await self._store.read(body)
        asked = state_of(row.peer)
        known = {
            one.authority: one.verified.entry.name
            for one in self._directory()
            if one.standing is Standing.ACTIVE and state_of(one.authority) != asked
        }
        after = await self._duplicates.whom_next(actor, row.id)
        pointed = [
            Addressee(name, known[name], one.country, one.reason)
            for one in after
            if not one.asked
            for name in one.authorities
            if name in known
        ]
        taken = {one.authority for one in pointed}
        rest = [
            Addressee(name, known[name], state_of(name), "")
            for name in sorted(known)
            if name not in taken
        ]
        return Onward(
            thread=row.id, reference=reference, peer=row.peer, addressees=(*pointed, *rest)
        )

    def _addressees(self, message: Request) -> Iterator[Addressee]:
        active = {
            peer.authority: peer.verified.entry.name
            for peer in self._directory()
            if peer.standing is Standing.ACTIVE
        }
        own, asked = state_of(self._authority), set(message.also_sent_to)
        pointed = suggest(message.firearms, (), (), own=own, asked=asked)
        for one in pointed:
            for authority in sorted(name for name in active if state_of(name) == one.country):
                yield Addressee(authority, active.pop(authority), one.country, str(one.reason))
        for authority in sorted(active):
            yield Addressee(authority, active[authority], state_of(authority), "")


def _line(row: DraftRow) -> Line:
    message = paper.read_body(row)
    return Line(
        row=msgspec.structs.replace(row, body=b""),
        brief=brief(message),
        reference=getattr(message, "reference", ""),
        addressed=message.recipient != message.sender,
    )


def _same(tx: Tx, person: PersonRow, message: Request, *, but: str) -> Iterator[Same]:
    """Cases that the firearm may stand in already, `but` the one that the request continues."""
    own = [one for firearm in message.firearms for one in fingerprints(firearm)]
    first = {pair.thread: pair for pair in reversed(alike(tx, own, but=but))}
    for pair in seen_only(tx, person, list(first.values()), lambda pair: pair.thread):
        case = tx.cases.get(pair.thread)
        if case is not None and case.test == message.test:
            yield Same(
                pair.thread,
                case.reference,
                case.peer,
                case.opener == "us",
                pair.like.degree == "same",
            )
