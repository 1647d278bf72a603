"""Renew: date a root over old evidence anew, by a time-stamp authority and by our log.

The steps:

1. if an authority is asked: the token, verified under the operator's roots; no transaction is open
2. ONE transaction: a salted record of kind `renewal` in the log, with the digest of what is
   stamped; the caller's note of who did it
3. a signed head that covers it, stored; the record's proof

The authority comes first, so that a line that is down leaves nothing behind. What is renewed is not
shown to this node: a root of hashes is all it needs, of evidence that may not be ours.

What it does not do: read or write files (`bundle.layers`), decide who may (`casework`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tracer.clock import instant
from tracer.errors import LineError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.proof import Proof
from tracer.evidence.record import SALT_BYTES, Kind, new_record
from tracer.evidence.renewal import renewal_digest, renewal_text
from tracer.evidence.timestamp import MAX_TOKEN_BYTES, Roots, TokenError, ask, granted
from tracer.exchange.log.ledger import Ledger
from tracer.store import Store, Tx
from tracer.transport.tsa import TimeLine


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamp authority: the line to it, and the roots its tokens must lead to."""

    line: TimeLine
    roots: Roots


@dataclass(frozen=True, slots=True)
class Renewed:
    """What dates a root anew: the token as it came, or none, and the place in our log."""

    token: bytes | None
    proof: Proof
    head: Checkpoint


class Note(Protocol):
    """Told in the transaction which digest is recorded, and whether it was time-stamped."""

    def __call__(self, tx: Tx, digest: str, *, stamped: bool) -> None:
        """Note who did it."""


class Renew:
    """The verb; `time` gives the authority that is asked, None if the settings name none."""

    def __init__(
        self,
        *,
        store: Store,
        ledger: Ledger,
        authority: str,
        time: Callable[[], Authority | None],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._authority = authority
        self._time = time

    async def __call__(self, root: bytes, size: int, *, stamped: bool, note: Note) -> Renewed:
        """Date a root.

        Args:
            root: Of the tree over the files.
            size: How many files.
            stamped: Whether the time-stamp authority is asked, if there is one.
            note: Called in the transaction.

        Raises:
            LineError: `time-line`, `time-token`: nothing was done.
            ValueError: no root of so many files.
        """
        text = renewal_text(root, size)
        token = await self._stamped(text) if stamped else None  # 1
        digest = renewal_digest(text)

        def body(tx: Tx) -> tuple[int, bytes]:
            record = new_record(
                kind=Kind.RENEWAL,
                id=digest,
                sender=self._authority,
                recipient=self._authority,
                at=instant(tx.now),
                salt=os.urandom(SALT_BYTES),
            )
            note(tx, digest, stamped=token is not None)
            return tx.log.append(record), record

        leaf = await self._store.write(body)  # 2
        head = await self._ledger.checkpoint(covering=leaf[0] + 1)  # 3
        await self._store.write(self._ledger.flush)
        (proof,) = await self._ledger.proofs([leaf], head)
        return Renewed(token, proof, head)

    async def _stamped(self, text: bytes) -> bytes | None:
        authority = self._time()
        if authority is None:
            return None
        query = ask(text)
        answer = await authority.line.ask(query.request, limit=MAX_TOKEN_BYTES)
        try:
            return granted(answer, query, text, roots=authority.roots)[0]
        except TokenError as error:
            raise LineError(
                "time-token",
                f"the time-stamp authority's answer proves nothing: {error}",
                advice="See time.url, and that time.roots holds its root certificate.",
            ) from error
