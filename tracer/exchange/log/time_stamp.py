"""Time stamp: have a stranger date what we signed (protocol 5, RFC 3161).

Once in a while, if the log grew:

1. the newest signed head
2. nothing to do where that head is stamped, or the last token is younger than `every`
3. the authority is asked about the SHA-256 of the whole note; no transaction is open
4. the answer is verified under the operator's roots, or it is as if none came
5. ONE transaction: the note as it was signed, the token as it came

A head that is stamped dates all that it covers, so nothing is asked about single messages. No
answer delays nothing: the next one dates what the missing one would have, only later. How far the
authority's instant lies from our clock is kept, because our clock dates every record.

What it does not do: decide when an operator is told that answers are missing
(`node.workers.stamping`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tracer.clock import Clock, instant, stamp
from tracer.errors import LineError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.timestamp import (
    MAX_TOKEN_BYTES,
    Roots,
    Token,
    TokenError,
    ask,
    granted,
)
from tracer.exchange.log.ledger import Ledger
from tracer.store import Store, Tx
from tracer.store.rows import TimeStampRow
from tracer.transport.tsa import TimeLine

OFF_MARK: Final = "time.off"
"""Name in `tx.meta` of the seconds by which our clock was ahead of the authority's at the end."""


class StampTime:
    """The verb. True if a new token is kept.

    Args:
        store: Where tokens are kept.
        ledger: Gives the signed head.
        clock: Ours.
        line: To the authority.
        roots: What its tokens must lead to.
        every: Least time between two tokens.
    """

    def __init__(
        self,
        *,
        store: Store,
        ledger: Ledger,
        clock: Clock,
        line: TimeLine,
        roots: Roots,
        every: timedelta,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._line = line
        self._roots = roots
        self._every = every

    async def __call__(self) -> bool:
        """Stamp the newest head if it is due.

        Raises:
            LineError: `time-line`: no answer; `time-token`: one that proves nothing.
        """
        # 1. The newest signed head.
        head = await self._ledger.checkpoint()
        # 2. Is it due?
        if not self._due(head):
            return False
        # 3. Ask.
        data = head.note.encode()
        query = ask(data)
        answer = await self._line.ask(query.request, limit=MAX_TOKEN_BYTES)
        now = self._clock.now()
        # 4. Verify.
        try:
            raw, token = granted(answer, query, data, roots=self._roots)
        except TokenError as error:
            raise LineError(
                "time-token",
                f"the time-stamp authority's answer proves nothing: {error}",
                advice="See time.url, and that time.roots holds its root certificate.",
            ) from error
        # 5. Keep it.
        await self._store.write(lambda tx: _keep(tx, head, raw, token, now))
        return True

    def _due(self, head: Checkpoint) -> bool:
        last = self._store.glance(lambda tx: tx.time_stamps.newest(head.origin))
        if head.size == 0 or (last is not None and last.size >= head.size):
            return False
        return last is None or self._clock.now() - instant(last.at) >= self._every


def _keep(tx: Tx, head: Checkpoint, raw: bytes, token: Token, now: datetime) -> None:
    tx.time_stamps.put(TimeStampRow(head.origin, head.size, head.note, raw, stamp(token.at)))
    tx.meta.put(OFF_MARK, str(round((now - token.at).total_seconds())))
