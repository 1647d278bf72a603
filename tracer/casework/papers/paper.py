"""The draft as a piece of paper: made, read, written on again; every hand on it is remembered.

A draft's body is the whole message as plain JSON, with placeholders where `exchange.submit` puts
what belongs to the moment of sending (issued, nonce, place in the thread). Each change makes a new
version in state `draft`: what was submitted before has to be submitted again. Who wrote on any
version counts as a writer for the four eyes (`release`). What it does not do: judge who may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec

from tracer.casework.papers.alike import asked_before
from tracer.casework.papers.documents import to_document
from tracer.casework.roles import Act, Reach, may
from tracer.casework.scanning import Scanned, told
from tracer.casework.second import Done
from tracer.casework.sight import may_see, scope_of
from tracer.clock import instant
from tracer.errors import InputError
from tracer.model.finding import Level, error
from tracer.model.ids import human_reference, state_of
from tracer.model.lint import Finding, lint
from tracer.model.messages import TYPES, AnyMessage, Request, type_of
from tracer.model.wire import groups_of
from tracer.store import Tx
from tracer.store.rows import DraftRow, PersonRow

CHANGEABLE: Final = ("draft", "submitted", "rejected")
"""States in which a draft can be written on or discarded."""
UNCHANGEABLE: Final = ("released", "deleted")
"""All other states of a draft."""
NO_NONCE: Final = "A" * 22
"""Stands for the nonce until the message is sent."""
UNADDRESSED: Final = "recipient-missing"
"""Finding of a request whose recipient is not chosen: it can be submitted, for the officer may
choose, and does not leave."""
NO_TERMS: Final = "A" * 43
"""Stands for the terms of a request while its recipient is not chosen (that is then ourselves), and
for those of a State that has no node and states none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as people see it; `findings` are those of the linter at this moment."""

    id: str
    type: str
    state: str
    version: int
    peer: str
    thread: str | None
    author: str
    submitted_by: str | None
    released_by: str | None
    reason: str
    review: bool
    message_id: str | None
    created: str
    updated: str
    reference: str
    document: Mapping[str, Any]
    attachments: tuple[str, ...]
    """One line for each file: number, kind or type, size in bytes."""
    scans: Mapping[int, Scanned]
    """Of files that a scanner for malware was asked about and did not call clean."""
    findings: tuple[Finding, ...]


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """A version that was sent back: who did so, when and why, and what it said."""

    version: int
    person: str
    at: str
    reason: str
    body: str

    def message(self, of: str) -> AnyMessage:
        """What it said; `of` is the type of the draft."""
        return cast("AnyMessage", msgspec.json.decode(self.body, type=TYPES[of]))


def create(tx: Tx, message: AnyMessage, *, actor: str, thread: str | None, via: str) -> DraftRow:
    """Put a new draft on record, and in the audit trail; `via` says how it came about."""
    row = DraftRow(
        id=f"D{count(tx, 'draft')}",
        thread=thread,
        peer=message.recipient,
        type=type_of(message),
        author=actor,
        state="draft",
        body=write_body(message),
        version=1,
        created=tx.now,
        updated=tx.now,
    )
    if not tx.drafts.put(row):
        raise InputError("draft-changed", f"{row.id} exists already")
    tx.drafts.approve(row.id, row.version, actor, "write")
    tx.audit.write(actor, "draft", row.id, {"type": row.type, "peer": row.peer, "via": via})
    return row


def rewrite(tx: Tx, row: DraftRow, message: AnyMessage, *, actor: str, via: str) -> DraftRow:
    """Make the next version: the state is `draft` again, earlier submissions count no more.

    Raises:
        InputError: `draft-changed`, when somebody else was faster.
    """
    new = msgspec.structs.replace(
        row,
        body=write_body(message),
        version=row.version + 1,
        state="draft",
        submitted_by=None,
        reason="",
        updated=tx.now,
    )
    if not tx.drafts.put(new):
        raise InputError("draft-changed", f"{row.id} was changed meanwhile", advice="Look again.")
    tx.drafts.approve(new.id, new.version, actor, "write")
    tx.audit.write(actor, "edit", new.id, {"version": new.version, "via": via})
    return new


def load(tx: Tx, draft_id: str, person: PersonRow) -> DraftRow:
    """A draft this person may see (`seen`).

    Raises:
        InputError: `draft-unknown`; somebody else's draft is unknown too.
    """
    row = tx.drafts.get(draft_id)
    if row is None or not may_look(tx, person, row):
        raise InputError("draft-unknown", f"there is no draft {draft_id}", field="draft")
    return row


def may_look(tx: Tx, person: PersonRow, row: DraftRow) -> bool:
    """Whether a person may see a draft (`seen`)."""
    return bool(seen(tx, person, (row,)))


def seen(tx: Tx, person: PersonRow, rows: Sequence[DraftRow]) -> tuple[DraftRow, ...]:
    """Those of some drafts that a person may see: their own; who releases, also `visible` ones."""
    if may(person.roles, Act.RELEASE):
        return visible(tx, person, rows)
    return tuple(row for row in rows if row.author == person.name)


def visible(tx: Tx, person: PersonRow, rows: Sequence[DraftRow]) -> tuple[DraftRow, ...]:
    """Those of some drafts that are a person's own or of cases that they see, whatever they do.

    A request that is not sent belongs to the case it continues, or to its author's teams.
    """
    others = [row for row in rows if row.author != person.name]
    if not others:
        return tuple(rows)
    cases = {row.id: case_of(row) or tx.meta.get(f"follow-on.draft.{row.id}") for row in others}
    scope, access = scope_of(tx, person), tx.work.access([*filter(None, cases.values())])

    def looks(row: DraftRow) -> bool:
        if row.author == person.name:
            return True
        if case := cases[row.id]:
            return may_see(scope, access[case])
        near = scope.teams.intersection(team.id for team in tx.teams.of(row.author))
        return scope.reach in {Reach.AUTHORITY, Reach.ALL} or bool(near)

    return tuple(row for row in rows if looks(row))


def case_of(row: DraftRow) -> str:
    """The case that a draft answers in, or that it opened when it left; empty: neither yet."""
    return row.thread or row.message_id or ""


def changeable(row: DraftRow, version: int | None = None) -> DraftRow:
    """Return the draft if it may still be changed and is the version that was looked at.

    Raises:
        InputError: `draft-state` or `draft-changed`.
    """
    if row.state not in CHANGEABLE:
        raise InputError("draft-state", f"{row.id} is {row.state} and is changed no more")
    return same_version(row, version)


def same_version(row: DraftRow, version: int | None) -> DraftRow:
    """Return the draft if it is the version that was looked at; None means any.

    Raises:
        InputError: `draft-changed`.
    """
    if version is not None and version != row.version:
        raise InputError(
            "draft-changed",
            f"{row.id} is at version {row.version}, not {version}",
            advice="Look at it again.",
        )
    return row


def writers(tx: Tx, row: DraftRow) -> frozenset[str]:
    """Everybody whose hand is on the draft: the author, who changed it, who submitted it."""
    return frozenset(name for name, _ in writings(tx, row)) | {*filter(None, [row.submitted_by])}


def writings(tx: Tx, row: DraftRow) -> tuple[Done, ...]:
    """Every writing and submitting, with its instant."""
    hands = (item for item in tx.drafts.approvals(row.id) if item.act in {"write", "submit"})
    return ((row.author, row.created), *((item.person, item.at) for item in hands))


def note_reading(
    tx: Tx, person: str, row: DraftRow, message: AnyMessage | None, back: Earlier | None = None
) -> None:
    """Put on record that somebody reads a draft; `back`: and beside it what was sent back."""
    said = ([message] if message else []) + ([back.message(row.type)] if back else [])
    groups = dict.fromkeys(group for one in said for group in groups_of(one))
    compared = {"sent_back": back.version} if back else {}
    detail = {"version": row.version, "groups": list(groups), **compared}
    tx.audit.write(person, "read-draft", row.id, detail)


def continued(tx: Tx, row: DraftRow) -> tuple[str, ...]:
    """The cases of ours that a draft continues: the one it was made from, the one before that."""
    found: list[str] = []
    earlier = tx.meta.get(f"follow-on.draft.{row.id}")
    while earlier and earlier not in found:
        found.append(earlier)
        earlier = tx.meta.get(f"follow-on.{earlier}")
    return tuple(found)


def judge(message: AnyMessage, tx: Tx, row: DraftRow) -> tuple[Finding, ...]:
    """What the linter says at the instant of the transaction, and what other cases say."""
    terms = tx.terms.get(message.terms) if isinstance(message, Request) else None
    chain = continued(tx, row)
    asked = {state_of(case.peer) for thread in chain if (case := tx.cases.get(thread))}
    found = lint(message, now=instant(tx.now), terms=terms, asked=asked)
    if message.recipient == message.sender:
        rest = (one for one in found if one.path != "recipient")
        found = (
            error(
                "recipient",
                UNADDRESSED,
                "whom to ask is not chosen",
                "Usual order: State of manufacture, last import mark, proof house, military user.",
            ),
            *rest,
        )
    return (*found, *asked_before(tx, message, continued=chain))


def to_mend(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings that keep a draft from being submitted: errors, but for what the officer chooses."""
    return tuple(one for one in findings if one.level is Level.ERROR and one.code != UNADDRESSED)


def view(tx: Tx, row: DraftRow) -> Draft:
    """The draft as people see it; of one that was sent or discarded, no content is left."""
    message = read_body(row) if row.body else None
    named: dict[str, Any] = {
        field: getattr(row, field) for field in Draft.__slots__ if hasattr(row, field)
    }
    return Draft(
        **named,
        reference=getattr(message, "reference", ""),
        document=to_document(message) if message else {},
        attachments=_files(message) if message else (),
        scans=told(tx, {row.id: message}, all_of_them=False).get(row.id, {}),
        findings=judge(message, tx, row) if message else (),
    )


def send_back(tx: Tx, row: DraftRow, person: str, reason: str) -> None:
    """Keep the version that is sent back, until the draft is sent or destroyed."""
    kept = Earlier(
        version=row.version, person=person, at=tx.now, reason=reason, body=row.body.decode()
    )
    tx.drafts.send_back(row.id, msgspec.json.encode(kept))


def earlier(row: DraftRow) -> Earlier | None:
    """The version that was sent back last; None if none was, or nothing is left of the draft."""
    return msgspec.json.decode(row.sent_back, type=Earlier) if row.sent_back else None


def write_body(message: AnyMessage) -> bytes:
    """The message as it is kept in a draft."""
    return msgspec.json.encode(message)


def read_body(row: DraftRow) -> AnyMessage:
    """The message a draft holds.

    Raises:
        InputError: `draft-state`, when nothing is left of it.
    """
    if not row.body:
        raise InputError("draft-state", f"nothing is left of {row.id}, which is {row.state}")
    return cast("AnyMessage", msgspec.json.decode(row.body, type=TYPES[row.type]))


def count(tx: Tx, what: str) -> int:
    """The next number of a series of this node, from 1."""
    number = int(tx.meta.get(f"count.{what}") or "0") + 1
    tx.meta.put(f"count.{what}", str(number))
    return number


def next_reference(tx: Tx, authority: str) -> str:
    """The next reference of an authority, for people to name a case by: State, year, number."""
    year = instant(tx.now).year
    return human_reference(state_of(authority), year, count(tx, f"reference.{year}"))


def _files(message: AnyMessage) -> tuple[str, ...]:
    return tuple(
        f"{item.n}: {item.kind.value if item.kind else item.media_type}, {item.size} bytes"
        for item in getattr(message, "attachments", ())
    )
