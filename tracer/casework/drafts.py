"""Drafts: what is written before anybody decides to send it. Nothing here reaches another State.

A draft opens a thread (`new`) or answers in one (`reply_draft`). The writer states the content; the
node fills in the parties, the terms of the recipient, the human reference, and defaults for
language, handling and the subject of a reply. A change needs the version that was looked at only
where two people might write at once.

What it does not do: submit or release (`release`), attach files (`attach`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from tracer.casework import threads
from tracer.casework.effect import check_once
from tracer.casework.pace import Pace
from tracer.casework.papers import paper
from tracer.casework.papers.documents import FILLED, message_type, to_document, to_message
from tracer.casework.papers.paper import NO_NONCE, Draft
from tracer.casework.papers.promise import check_promise, promised, terms_for
from tracer.casework.roles import Act, acting, may
from tracer.casework.sight import open_case
from tracer.errors import InputError
from tracer.exchange.partner import active
from tracer.exchange.uploads import Shelf
from tracer.model.codes import HandlingCode, code
from tracer.model.finding import Finding
from tracer.model.ids import is_outside, state_of
from tracer.model.messages import OPENING, ROLES, AnyMessage, Message, type_of
from tracer.model.tables import is_state, meant_country
from tracer.store import Store, Tx
from tracer.store.rows import DraftRow, ThreadRow
from tracer.trust.directory import Directory, Peer

SETTLED: Final = 200
"""Drafts that have left or are destroyed, in a list."""
_KEPT: Final = FILLED | {"language", "handling", "test", "about", "received"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a message says unless its writer says otherwise."""

    language: str = "en"
    handling: HandlingCode = HandlingCode.H2
    """Not to be passed on without permission: what is allowed is stated, not assumed."""
    exercise: bool = False
    """Every message is a test, whatever its writer says."""


class Drafts:
    """The verbs on drafts. Each runs in one transaction, with the person checked in it."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Callable[[], Directory],
        authority: str,
        shelf: Shelf,
        profile: Profile | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._pace = pace
        self._directory = directory
        self._authority = authority
        self._shelf = shelf
        self._profile = profile or Profile()

    async def new(
        self, actor: str, document: Mapping[str, Any] | Message, peer: str | None = None
    ) -> Draft:
        """Write a new request (or what else opens a thread) to an authority.

        Args:
            actor: Who writes.
            document: What is written; its `type` is "request" unless it says otherwise.
            peer: Authority id of the recipient; of a request that is being thought about there
                need be none until `edit` names one, and it does not leave before.

        Raises:
            InputError: about the person, the peer, or the document with the path of the field.
        """
        written = self._written(document)
        kind = message_type(str(written.get("type", "request")))
        if type_of(kind) not in OPENING:
            raise InputError(
                "type-reply",
                f"{type_of(kind)} answers in a thread, it opens none",
                advice="Write it as a reply: tracer reply TYPE THREAD.",
                field="type",
            )

        if peer is None and type_of(kind) != "request":
            raise InputError("recipient-missing", "whom it is for is not said", field="recipient")

        def body(tx: Tx) -> Draft:
            acting(tx, actor, Act.DRAFT)
            filled = self._filled(tx, self._authority) | self._addressed(tx, peer)
            filled |= {"reference": paper.next_reference(tx, self._authority)}
            message = to_message(type_of(kind), written, filled=filled)
            row = paper.create(tx, message, actor=actor, thread=None, via="new")
            return paper.view(tx, row)

        if self._pace is not None:
            await self._pace.begin(actor)
        return await self._store.write(body)

    async def reply_draft(
        self, actor: str, thread: str, kind: str, fields: Mapping[str, Any] | Message | None = None
    ) -> Draft:
        """Write an answer, a withdrawal, or whatever else follows in a thread.

        Args:
            actor: Who writes.
            thread: Thread id, the beginning of one, or the human reference.
            kind: Name of the message type.
            fields: What is written.

        Raises:
            InputError: about the person, the thread, the type, or a field; those of
                `effect.check_once`, where it is said once and somebody has written it.
        """
        tag = type_of(message_type(kind))
        written = _document(fields or {})

        def body(tx: Tx) -> Draft:
            row = open_case(tx, acting(tx, actor, Act.DRAFT), thread)
            return paper.view(tx, self.reply_within(tx, actor, row, tag, written))

        if self._pace is not None:
            await self._pace.begin(actor)
        return await self._store.write(body)

    def reply_within(
        self, tx: Tx, actor: str, thread: ThreadRow, tag: str, written: Mapping[str, Any]
    ) -> DraftRow:
        """The same inside the caller's transaction, which has checked the person."""
        _may_send(thread, tag)
        check_once(tx, thread, tag)
        if not is_outside(thread.peer):
            find_peer(self._directory(), thread.peer, self._authority)
        filled = self._filled(tx, thread.peer)
        filled |= {"thread": thread.id, "follows": [thread.id], "test": thread.test}
        filled |= threads.reply_defaults(tx, thread, tag, self._profile.handling)
        message = to_message(tag, written, filled=filled)
        _same_test(message, of=thread.test)
        check_promise(tx, thread, message)
        return paper.create(tx, message, actor=actor, thread=thread.id, via="reply")

    async def edit(
        self,
        actor: str,
        draft_id: str,
        document: Mapping[str, Any] | Message,
        *,
        version: int | None = None,
        peer: str | None = None,
    ) -> Draft:
        """Replace the content; files stay. What was submitted must be submitted again.

        Args:
            actor: Who writes.
            draft_id: The draft.
            document: What it says from now on.
            version: The version that was looked at; None: any.
            peer: Another recipient of a request, empty for none any more; None: it stays.

        Raises:
            InputError: about the person, the draft, the document; `draft-changed` if the draft is
                not at `version` any more; `recipient-bound` if the recipient cannot be another one.
        """
        written = self._written(document)

        def body(tx: Tx) -> Draft:
            person = acting(tx, actor, Act.DRAFT)
            row = paper.changeable(paper.load(tx, draft_id, person), version)
            row = _readdressed(tx, row, row.peer if peer is None else peer or self._authority)
            before = paper.read_body(row)
            filled = _kept(before)
            to = None if row.peer == self._authority else row.peer
            addressed = self._addressed(tx, to)
            if row.type == "request":
                filled |= addressed
            thread = tx.threads.get(row.thread) if row.thread else None
            if thread is not None and row.type == "acknowledgement":
                filled |= promised(tx, thread)
            message = to_message(row.type, written, filled=filled)
            if thread is not None:
                _same_test(message, of=before.test)
                check_promise(tx, thread, message)
            return paper.view(tx, paper.rewrite(tx, row, message, actor=actor, via="edit"))

        return await self._store.write(body)

    async def show(self, actor: str, draft_id: str) -> Draft:
        """One draft with its document and what the linter says; the reading is on record."""

        def body(tx: Tx) -> Draft:
            person = acting(tx, actor, Act.DRAFT)
            row = paper.load(tx, draft_id, person)
            paper.note_reading(tx, actor, row, paper.read_body(row) if row.body else None)
            return paper.view(tx, row)

        return await self._store.write(body)

    async def lint(self, actor: str, draft_id: str) -> tuple[Finding, ...]:
        """What the linter says about a draft, errors first."""

        def body(tx: Tx) -> tuple[Finding, ...]:
            row = paper.load(tx, draft_id, acting(tx, actor, Act.DRAFT))
            return paper.judge(paper.read_body(row), tx, row)

        return await self._store.read(body)

    async def list(self, actor: str, state: str | None = None) -> tuple[DraftRow, ...]:
        """Drafts without their content: own ones, or all for officers.

        All that may still be changed, then `SETTLED` of the others; the longest untouched first.
        """

        def body(tx: Tx) -> tuple[DraftRow, ...]:
            person = acting(tx, actor, Act.DRAFT)
            author = None if may(person.roles, Act.RELEASE) else person.name
            rows = tx.drafts.list(state, author=author, states=paper.CHANGEABLE)
            rows += tx.drafts.list(state, author=author, states=paper.UNCHANGEABLE, limit=SETTLED)
            return tuple(
                msgspec.structs.replace(row, body=b"") for row in paper.seen(tx, person, rows)
            )

        return await self._store.read(body)

    async def discard(self, actor: str, draft_id: str) -> None:
        """Destroy a draft's content and files; that it existed, and who did what, stays."""

        def body(tx: Tx) -> tuple[str, ...]:
            person = acting(tx, actor, Act.DRAFT)
            row = paper.changeable(paper.load(tx, draft_id, person))
            files = getattr(paper.read_body(row), "attachments", ())
            tx.drafts.wipe(row.id)
            tx.audit.write(actor, "discard", row.id, {"version": row.version})
            return tuple(item.cipher_digest for item in files)

        for digest in await self._store.write(body):
            self._shelf.discard(digest)

    def _addressed(self, tx: Tx, peer: str | None) -> dict[str, Any]:
        """Recipient and terms; while nobody is named, ourselves and no terms stand for them."""
        if peer is None:
            return {"recipient": self._authority, "terms": paper.NO_TERMS}
        if is_outside(peer):
            check_state(state_of(peer), self._authority)
            return {"recipient": peer, "terms": paper.NO_TERMS}
        known = find_peer(self._directory(), peer, self._authority)
        return {"recipient": peer, "terms": terms_for(tx, known, self._authority)}

    def _filled(self, tx: Tx, recipient: str) -> dict[str, Any]:
        return {
            "sender": self._authority,
            "recipient": recipient,
            "issued": tx.now,
            "nonce": NO_NONCE,
            "language": self._profile.language,
            "handling": {"code": msgspec.to_builtins(code(self._profile.handling))},
            "test": self._profile.exercise,
        }

    def _written(self, document: Mapping[str, Any] | Message) -> dict[str, Any]:
        written = _document(document)
        return written | {"test": True} if self._profile.exercise else written


def find_peer(directory: Directory, authority: str, us: str) -> Peer:
    """An active authority other than our own.

    Raises:
        InputError: `peer-self`, `peer-unknown` or `peer-suspended`.
    """
    if authority == us:
        raise InputError("peer-self", f"{us} is ourselves", field="recipient")
    return active(directory, authority, field="recipient")


def check_state(state: str, us: str) -> str:
    """A State that can be written to on paper: one of the list, or an invented one; not our own.

    Raises:
        InputError: `state-unknown` or `peer-self`.
    """
    code = state.strip().upper()
    if code == state_of(us):
        raise InputError("peer-self", f"{code} is our own State", field="state")
    if not is_state(code):
        meant = meant_country(code)
        raise InputError(
            "state-unknown",
            f"there is no State {code!r}",
            advice=f"Is {meant} meant?" if meant else "",
            field="state",
        )
    return code


def _readdressed(tx: Tx, row: DraftRow, peer: str) -> DraftRow:
    """The draft for another recipient. What quotes an answer may go to the one it was made for."""
    if peer == row.peer:
        return row
    if row.type != "request" or row.thread or tx.meta.get(f"follow-on.draft.{row.id}"):
        raise InputError(
            "recipient-bound",
            f"{row.id} was written for {row.peer}",
            advice="Write another one: tracer request new, or continue the case once more.",
            field="recipient",
        )
    return msgspec.structs.replace(row, peer=peer)


def _may_send(thread: ThreadRow, tag: str) -> None:
    if tag in OPENING:
        raise InputError("type-opening", f"a {tag} opens a thread of its own", field="type")
    ours = "opener" if thread.opener == "us" else "other"
    if ours not in ROLES[tag]:
        raise InputError(
            "thread-role",
            f"{tag} is for the State that {'was asked' if ours == 'opener' else 'asked'} to send",
            field="type",
        )
    if thread.purged:
        raise InputError("thread-purged", "this thread has been deleted after its retention")


def _same_test(message: AnyMessage, *, of: bool) -> None:
    if message.test is not of:
        raise InputError(
            "test-mismatch",
            f"the case is {'a' if of else 'no'} test, and so is what is said in it",
            advice="Leave it out.",
            field="test",
        )


def _document(written: Mapping[str, Any] | Message) -> dict[str, Any]:
    if not isinstance(written, Message):
        return dict(written)
    if getattr(written, "attachments", ()):
        raise InputError(
            "field-filled",
            "files are not taken over from a message",
            advice="Add them to the draft: tracer attach DRAFT FILE.",
            field="attachments",
        )
    return to_document(written)  # type: ignore[arg-type]  # a member of the union


def _kept(message: AnyMessage) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(message))
    return {name: value for name, value in data.items() if name in _KEPT}
