"""The store: the only SQL of the node.

Purpose:
    Keep what was sent and received, the log that proves it, and the people's work on it, so that
    what was answered for survives a loss of power and what was erased is gone.

Rules:
    One write lane. `await store.write(body)` runs a plain function of a `Tx` in the lane's thread;
    whatever has piled up commits together, with one fsync, and the log's head is computed once for
    all of it (`lane`). `await store.read(body)` runs the same kind of function on one snapshot,
    in a thread; `store.glance(body)` does it at once, for a few rows by their keys.
    A body never awaits, so no network call can stand inside a transaction.
    Every row of the audit trail has a leaf in the journal, the second log (`journal`, `audit`);
    both logs' heads are computed in the same commit.
    Content is encrypted under its thread's key before it reaches SQL (`vault`); columns in the
    clear are ids, codes and technical values.
    What is cached is immutable and committed (`group`).
    Repositories take sequences; a batch costs a fixed number of statements.
    Errors leave as `OperatorError`; no other room sees an exception of the database.

What it does not do:
    Decide anything: validity, folding and policy are other rooms'. Sign heads. Keep the bytes of
    attachments.

Example:
    >>> store = await Store.open(path, rest_key=keyring.rest_key, clock=SystemClock())
    >>> def body(tx: Tx) -> int:
    ...     return tx.log.append(record)
    >>> index = await store.write(body)
    >>> store.head.size > index
    True
"""

from tracer.store.group import FaultPoint
from tracer.store.lock import SERVES, StoreLock, holder
from tracer.store.rows import (
    ActRow,
    Advance,
    ApprovalRow,
    AttachmentRow,
    AuditRow,
    CaseRow,
    CheckpointRow,
    ContactRow,
    DraftRow,
    EntryRow,
    FaultRow,
    HeadRow,
    Known,
    MailRow,
    MailStats,
    MessageHead,
    MessageRow,
    NewMessage,
    NoticeRow,
    OutboxRow,
    OutboxStats,
    PeerRow,
    PeerStateRow,
    PersonRow,
    Receipt,
    RefusalCount,
    RememberedRow,
    ThreadRow,
    WaitingRow,
)
from tracer.store.store import Store
from tracer.store.tx import Tx

__all__ = [
    "SERVES",
    "ActRow",
    "Advance",
    "ApprovalRow",
    "AttachmentRow",
    "AuditRow",
    "CaseRow",
    "CheckpointRow",
    "ContactRow",
    "DraftRow",
    "EntryRow",
    "FaultPoint",
    "FaultRow",
    "HeadRow",
    "Known",
    "MailRow",
    "MailStats",
    "MessageHead",
    "MessageRow",
    "NewMessage",
    "NoticeRow",
    "OutboxRow",
    "OutboxStats",
    "PeerRow",
    "PeerStateRow",
    "PersonRow",
    "Receipt",
    "RefusalCount",
    "RememberedRow",
    "Store",
    "StoreLock",
    "ThreadRow",
    "Tx",
    "WaitingRow",
    "holder",
]
