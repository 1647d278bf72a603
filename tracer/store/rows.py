"""What the repositories take and give: frozen rows, instants as text of the wire.

Fields stand in the order of the columns, so that a result row becomes one of these in one call.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

from tracer.model.fingerprint import Fingerprint
from tracer.model.terms import Terms

Opener = Literal["us", "peer"]
Direction = Literal["out", "in"]


class HeadRow(msgspec.Struct, frozen=True):
    """The log as committed: what may be signed. `root` is 32 bytes."""

    origin: str
    size: int
    root: bytes
    at: str


class CheckpointRow(msgspec.Struct, frozen=True):
    """A signed head, ours or a peer's; `note` is the C2SP text."""

    origin: str
    size: int
    root: bytes
    note: str
    at: str
    mine: bool


class ThreadRow(msgspec.Struct, frozen=True):
    """A thread between us and one peer; the tips are the newest message of each side."""

    id: str
    peer: str
    opener: str
    created: str
    test: bool
    own_tip: str | None = None
    peer_tip: str | None = None
    own_count: int = 0
    peer_count: int = 0
    purged: bool = False


class Advance(NamedTuple):
    """One side or both of a thread moved on; None leaves a tip as it is."""

    thread: str
    own_tip: str | None = None
    peer_tip: str | None = None
    own_delta: int = 0
    peer_delta: int = 0


class NewMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A verified message to be stored; `record` is its own log record, already appended."""

    peer: str
    id: str
    thread: str
    direction: Direction
    type: str
    follows: tuple[str, ...]
    issued: str
    at: str
    kid: str
    jws: str
    disclosures: tuple[str, ...]
    record: bytes
    flags: str = ""


class MessageHead(msgspec.Struct, frozen=True):
    """A message without its content: enough to check chains."""

    peer: str
    id: str
    thread: str
    direction: str
    type: str
    follows: tuple[str, ...]
    issued: str
    at: str
    kid: str
    leaf_index: int
    flags: str
    origin: str


class MessageRow(msgspec.Struct, frozen=True):
    """A stored message, decrypted; `jws` is None after a purge. `origin` is the log of its leaf."""

    peer: str
    id: str
    thread: str
    direction: str
    type: str
    follows: tuple[str, ...]
    issued: str
    at: str
    kid: str
    leaf_index: int
    flags: str
    jws: str | None
    disclosures: tuple[str, ...]
    origin: str = ""


class Known(NamedTuple):
    """What a duplicate needs for its receipt; `record` is our own log record."""

    leaf_index: int
    record: bytes
    at: str


class Place(NamedTuple):
    """Where a message stands."""

    id: str
    thread: str
    direction: str


class Outgoing(NamedTuple):
    """A message as delivery needs it; `record` is our own log record."""

    id: str
    leaf: int
    record: bytes
    jws: str
    disclosures: tuple[str, ...]

    @property
    def compact(self) -> str:
        """The SD-JWT with its disclosures."""
        return "~".join((self.jws, *self.disclosures, ""))


class Receipt(msgspec.Struct, frozen=True):
    """A proof of inclusion; the checkpoint it leads to is stored by (origin, size)."""

    message_id: str
    peer: str
    record: bytes
    index: int
    size: int
    path: tuple[bytes, ...]
    origin: str
    at: str


class OutboxRow(msgspec.Struct, frozen=True):
    """One delivery; `state` is queued, delivered, undeliverable or held."""

    seq: int
    peer: str
    message_id: str
    thread: str
    state: str
    attempts: int
    first_attempt: str | None
    next_attempt: str
    lease_until: str | None
    last_error: str
    created: str


class OutboxStats(msgspec.Struct, frozen=True):
    """What is not yet delivered to one peer; `oldest` is the creation of the oldest row."""

    peer: str
    queued: int
    held: int
    undeliverable: int
    oldest: str


class UndeliveredRow(msgspec.Struct, frozen=True):
    """What one peer has given no receipt for; `requests` and `answered` are among `messages`.

    `since` is when the oldest was first tried, `answered` are those that the peer did not take.
    """

    messages: int
    requests: int
    since: str | None
    answered: int


class WaitingRow(msgspec.Struct, frozen=True):
    """A message whose parents have not arrived; `blob` is decrypted."""

    peer: str
    id: str
    blob: bytes
    arrived: str


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """The projection of a thread; `summary_json` holds coded, non-personal fields only."""

    thread: str
    peer: str
    opener: str
    state: str
    awaiting: str | None
    urgency: str
    reference: str
    test: bool
    summary_json: bytes
    updated: str
    undelivered_since: str | None = None


class PeerRow(msgspec.Struct, frozen=True):
    """A peer as pinned; `status` is active, suspended or superseded."""

    authority: str
    status: str
    entry_file: bytes
    seq: int
    fingerprint: str
    added_at: str
    added_by: str
    digest: str = ""


class PeerStateRow(msgspec.Struct, frozen=True):
    """How the line to a peer is; `sent_size` is our newest checkpoint it is known to remember.

    `unproven_since`: since when it has shown its log without the proof that it goes on from what we
    remember of it, and `unproven_asked`, how often that was asked for since.
    """

    authority: str
    last_in: str | None = None
    last_out_ok: str | None = None
    last_out_fail: str | None = None
    failures: int = 0
    breaker_until: str | None = None
    last_error: str = ""
    last_hello_in: str | None = None
    last_hello_out: str | None = None
    sent_size: int = 0
    unproven_since: str | None = None
    unproven_asked: int | None = None


class RememberedRow(msgspec.Struct, frozen=True):
    """The newest checkpoint seen of a peer's log."""

    authority: str
    origin: str
    size: int
    root: bytes
    note: str
    seen_at: str


class FaultRow(msgspec.Struct, frozen=True):
    """Evidence that is kept against a peer (`exchange.accuse`)."""

    number: int
    kind: str
    peer: str
    evidence: bytes
    at: str


class RefusalCount(msgspec.Struct, frozen=True):
    """How often a peer, or an unknown channel's fingerprint, was refused with one code."""

    subject: str
    code: str
    count: int
    last_at: str


class PersonRow(msgspec.Struct, frozen=True):
    """A local account's roles; never deleted, so that the audit trail keeps its names."""

    name: str
    roles: tuple[str, ...]
    disabled: bool
    added_at: str
    added_by: str


class DraftRow(msgspec.Struct, frozen=True, kw_only=True):
    """A message in the making; `body`, `reason` and `sent_back` are encrypted in the database.

    `sent_back`: the version that was sent back last, as casework keeps it; empty while none was.
    """

    id: str
    thread: str | None
    peer: str
    type: str
    author: str
    state: str
    body: bytes
    version: int
    submitted_by: str | None = None
    released_by: str | None = None
    reason: str = ""
    review: bool = False
    message_id: str | None = None
    created: str
    updated: str
    sent_back: bytes = b""


class ApprovalRow(msgspec.Struct, frozen=True):
    """One person's act on one version of a draft."""

    draft: str
    version: int
    person: str
    act: str
    at: str


class AttachmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One ciphertext; `digest` (base64url) and `size` are the ciphertext's."""

    digest: str
    peer: str
    thread: str
    message_id: str
    n: int
    direction: Direction
    size: int
    offset: int = 0
    state: str = "announced"
    path_name: str = ""
    next_attempt: str = ""
    error: str = ""


class AuditRow(msgspec.Struct, frozen=True):
    """Who did what to what, when; `detail` is encrypted in the database."""

    number: int
    at: str
    actor: str
    act: str
    subject: str
    detail: dict[str, Any]


class ActRow(msgspec.Struct, frozen=True):
    """A row of the audit trail with its place in a journal; `raw` are the bytes that it stands for.

    `raw` is None if the row does not open (it was changed), empty if its detail was erased.
    """

    number: int
    at: str
    actor: str
    act: str
    subject: str
    log: int | None
    leaf: int | None
    raw: bytes | None


class EntryRow(msgspec.Struct, frozen=True):
    """A head of a journal as it was entered in the exchange log; `hour` is that of the clock."""

    hour: str
    journal: str
    size: int
    root: bytes
    at: str
    log: str
    leaf_index: int


class TermsRow(msgspec.Struct, frozen=True):
    """Terms as they are kept; `agreement` is the signed file of those between two authorities."""

    digest: str
    authority: str
    counterpart: str | None
    state: Literal["entry", "offered", "agreed"]
    terms: Terms
    agreement: bytes | None
    at: str


LinkKind = Literal["merged", "linked", "different"]
"""What a person said of two threads: treated as one, belonging together, or not the same."""


class Alike(NamedTuple):
    """A line of another thread whose serial has the same skeleton."""

    thread: str
    fingerprint: Fingerprint


class LinkRow(msgspec.Struct, frozen=True):
    """What was said about two threads, `one` before `other`, and why."""

    one: str
    other: str
    kind: LinkKind
    at: str
    by: str
    reason: str


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one person is told about one clock; `who` owes (`us` or `peer`), `lines` are numbers."""

    number: int = 0
    person: str
    thread: str
    key: str
    act: str
    clock: str
    who: Opener
    about: str
    lines: tuple[int, ...]
    due: str
    urgency: str
    urgent: bool
    """Whether it is told in a letter of its own, at once."""
    at: str = ""
    seen_at: str | None = None
    mailed_at: str | None = None


class MailRow(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to one of our people; `state` is queued, sent, given-up or dropped."""

    number: int
    person: str
    key: str
    urgent: bool
    body: bytes
    state: str
    attempts: int
    next_attempt: str
    lease_until: str | None
    last_error: str
    created: str


class TimeStampRow(msgspec.Struct, frozen=True):
    """A token over the note of one of our heads; `at` is the authority's instant."""

    origin: str
    size: int
    note: str
    token: bytes
    at: str


class MailStats(msgspec.Struct, frozen=True):
    """What is not delivered; `oldest` and `error` are of what waits, `lost` of what was given up.

    `lost` holds (person, error), newest first, at most a few.
    """

    queued: int
    oldest: str
    error: str
    given_up: int
    lost: tuple[tuple[str, str], ...]


class ContactRow(msgspec.Struct, frozen=True):
    """Where a person is written to, in which language, and if a digest goes there every day."""

    person: str
    mail: str
    language: str
    digest: bool
