"""What goes for good when a thread is erased or purged, and what keeps it from going.

Inside the transaction of the approval (`disposing`); the files it names are removed after the
commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import msgspec

from tracer.canonical import b64url, canonical_json
from tracer.envelope.sdjwt import SignedMessage, StoredMessage, redact
from tracer.errors import InputError
from tracer.model.thread.state import SETTLED
from tracer.model.wire import KEY_PREFIX, is_of
from tracer.store import ThreadRow, Tx
from tracer.store.account_rows import TranscriptRow
from tracer.store.restore_rows import DisposalRow, FrozenRow

ERASE: Final = "erase"
PURGE: Final = "purge"
ERASED: Final = "erased"
"""The flag of a message that lost something."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Messages that lost something, and files that nothing else stands for.

    `digest` is of the case as it stood, where all went.
    """

    messages: tuple[str, ...]
    files: tuple[str, ...]
    digest: str = ""


def alive(row: ThreadRow) -> ThreadRow:
    """A thread that was not purged.

    Raises:
        InputError: `thread-purged`.
    """
    if row.purged:
        raise InputError("thread-purged", "this thread has been deleted after its retention")
    return row


def check_may_go(tx: Tx, row: ThreadRow, kind: str) -> None:
    """Nothing keeps a thread, or groups of it, from going.

    Raises:
        InputError: `thread-held`, `thread-open`.
    """
    held = tx.disposals.held(row.id)
    if held is not None:
        raise InputError(
            "thread-held",
            f"nothing of this thread may go: {held.reason} ({held.by}, {held.at})",
            advice="A hold is lifted with: tracer thread unhold.",
            field="thread",
        )
    case = tx.cases.get(row.id)
    under_way = tx.outbox.rows(thread=row.id, state="queued")
    if kind == PURGE and (case is None or case.state not in SETTLED or under_way):
        raise InputError(
            "thread-open",
            "this thread is not settled, or something of it is still on its way",
            advice="Withdraw or answer it first; only groups can be erased meanwhile.",
            field="thread",
        )


def _disclosed(jws: str, disclosures: tuple[str, ...], groups: Iterable[str]) -> list[str]:
    """The disclosures that hold one of these groups, by their name on the wire."""
    found = StoredMessage(SignedMessage.of(jws, disclosures)).members().groups
    wanted = set(groups)
    return [name for name in found if is_of(name, wanted)]


def what_goes(tx: Tx, row: DisposalRow) -> dict[str, list[str]]:
    """What each message would lose, and what came by another way.

    Raises:
        InputError: `group-absent`: nothing.
    """
    found = {
        one.id: names
        for one in tx.messages.of_thread(row.thread)
        if one.jws is not None
        and row.message_id in ("", one.id)
        and (names := _disclosed(one.jws, one.disclosures, row.groups))
    }
    found |= {
        one.id: names
        for one in tx.transcripts.of(row.thread)
        if one.jws
        and row.message_id in ("", one.id)
        and (names := _disclosed(one.jws, one.disclosures, row.groups))
    }
    if not found:
        raise InputError(
            "group-absent",
            f"no message here holds {' or '.join(row.groups)}",
            advice="Look at the thread: tracer thread show.",
            field="group",
        )
    return found


def erase(tx: Tx, row: DisposalRow) -> Lost:
    """Destroy the groups that were asked for; the thread gets a new key."""
    lose = what_goes(tx, row)
    kept = []
    for one in tx.messages.of_thread(row.thread):
        if one.id in lose and one.jws is not None:
            shown = redact(SignedMessage.of(one.jws, one.disclosures), lose[one.id]).disclosures
            flags = " ".join(sorted({*one.flags.split(), ERASED}))
            kept.append(msgspec.structs.replace(one, disclosures=shown, flags=flags))
        else:
            kept.append(one)

    def left(one: TranscriptRow) -> tuple[str, ...]:
        signed = SignedMessage.of(one.jws, one.disclosures)
        return redact(signed, lose.get(one.id, ())).disclosures if one.jws else ()

    tx.disposals.rekey(row.thread, kept, left)
    numbers = {
        name: [int(part.removeprefix(KEY_PREFIX)) for part in parts if part.startswith(KEY_PREFIX)]
        for name, parts in lose.items()
    }
    return Lost(tuple(lose), tuple(tx.disposals.end_files(row.thread, numbers)))


def purge(tx: Tx, row: ThreadRow) -> Lost:
    """Destroy a thread but for what proves it, with a digest over the case as it stood."""
    case, digest = tx.cases.get(row.id), ""
    if case is not None:
        state = canonical_json(msgspec.to_builtins(case))
        digest = b64url(sha256(state).digest())
        tx.disposals.freeze(FrozenRow(row.id, state, digest, tx.now))
    names = tuple(head.id for head in tx.messages.heads([row.id])[row.id])
    tx.threads.purge(row.id)
    tx.disposals.forget(row.id)
    return Lost(names, tuple(tx.disposals.end_files(row.id, None)), digest)
