"""A request written step by step: begun before anybody knows whom to ask, and looked at whole.

`begin` writes the first version with what the authority says in every request (`profile`) and no
recipient. `open` gives all that a page of the guided entry shows, in one transaction: the draft,
how complete it is, whom to ask by its marks, cases that may be of the same firearm, and whose hands
were on it since. Changes are those of `drafts.edit`, which takes the recipient as well.

What it does not do: submit (`release`), attach (`attach`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from tracer.casework import paper
from tracer.casework.alike import alike
from tracer.casework.completeness import Completeness, completeness
from tracer.casework.drafts import Drafts
from tracer.casework.paper import Draft
from tracer.casework.profile import RequestProfile
from tracer.casework.roles import Act, acting
from tracer.casework.sight import seen_only
from tracer.errors import InputError
from tracer.model.fingerprint import fingerprints
from tracer.model.ids import state_of
from tracer.model.messages import Request
from tracer.model.routing import suggest
from tracer.model.wire import groups_of
from tracer.store import Store, Tx
from tracer.store.rows import PersonRow
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A request in the making, whole."""

    draft: Draft
    message: Request
    complete: Completeness
    hands: tuple[Hand, ...]
    addressees: tuple[Addressee, ...]
    """Those the marks point to first, in the order of `model.routing`; then all others."""
    same: tuple[Same, ...]
    follows: str
    """The case of ours that it continues; its recipient stays then."""

    def others_since(self, version: int, actor: str) -> tuple[Hand, ...]:
        """Versions after `version` that somebody else than `actor` wrote."""
        return tuple(one for one in self.hands if one.version > version and one.person != actor)


class Guided:
    """The verbs."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Callable[[], Directory],
        authority: str,
        drafts: Drafts,
        profile: RequestProfile | None = None,
    ) -> None:
        self._store = store
        self._directory = directory
        self._authority = authority
        self._drafts = drafts
        self._profile = profile or RequestProfile()

    async def begin(self, actor: str, written: Mapping[str, Any]) -> Draft:
        """Write the first version, with what the authority says in every request.

        Raises:
            InputError: about the person or a field.
        """
        return await self._drafts.new(actor, self._profile.document() | dict(written))

    async def open(self, actor: str, draft_id: str) -> Sheet:
        """A request in the making with all that helps to write it; the reading is on record.

        Raises:
            InputError: `draft-unknown`, `draft-type` (it is no request), `draft-state` (nothing is
                left of it), or about the person.
        """

        def body(tx: Tx) -> Sheet:
            person = acting(tx, actor, Act.DRAFT)
            row = paper.load(tx, draft_id, person)
            message = paper.read_body(row)
            if not isinstance(message, Request):
                raise InputError("draft-type", f"{row.id} is a {row.type}, not a request")
            shown = {"version": row.version, "groups": list(groups_of(message))}
            tx.audit.write(actor, "read-draft", row.id, shown)
            draft = paper.view(tx, row)
            return Sheet(
                draft=draft,
                message=message,
                complete=completeness(draft.document, draft.findings),
                hands=tuple(
                    Hand(item.version, item.person, item.at)
                    for item in tx.drafts.approvals(row.id)
                    if item.act == "write"
                ),
                addressees=tuple(self._addressees(message)),
                same=tuple(_same(tx, person, message)),
                follows=tx.meta.get(f"follow-on.draft.{row.id}") or "",
            )

        return await self._store.write(body)

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


def _same(tx: Tx, person: PersonRow, message: Request) -> Iterator[Same]:
    own = [one for firearm in message.firearms for one in fingerprints(firearm)]
    first = {pair.thread: pair for pair in reversed(alike(tx, own))}
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
