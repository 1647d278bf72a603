"""Carrying letters: claim, send with no transaction open, settle.

For the letters that are due, once:

1. claim a few under a lease and look up where their people are written to now; who has no address
   any more, or is locked out, gets nothing (one transaction);
2. hand each to the mail server: no transaction is open;
3. settle each in its own transaction.

A crash between 2 and 3 leaves a lease that runs out; the same letter goes again with the same
Message-ID, which is how a reader's mailbox knows it. What is the fault of the line, or of the
settings, stops the round and is tried again later; what is the fault of one letter is not.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import msgspec

from tracer.casework.notices import reachable
from tracer.clock import Clock, instant, stamp
from tracer.errors import InputError, LineError, OperatorError, TracerError
from tracer.exchange.backoff import Patience
from tracer.log import get_logger
from tracer.store import MailRow, Store, Tx
from tracer.transport.letter import Letter, MailLine

_log = get_logger("casework.post")
AT_A_TIME: Final = 5
"""Letters claimed together; sent one after another they take less than a lease."""
OF_THE_LETTER: Final = frozenset(("mail-recipient", "mail-refused", "letter-form", "address-form"))
"""Errors for which the letter itself is given up: the same will be said of it again."""
GO_ON: Final = OF_THE_LETTER | {"mail-later"}
"""Errors after which the next letter is tried."""


class _Addressed(NamedTuple):
    row: MailRow
    to: str


class Post:
    """The verb: one round."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        line: MailLine,
        patience: Patience,
        chance: random.Random,
    ) -> None:
        self._store = store
        self._clock = clock
        self._line = line
        self._patience = patience
        self._chance = chance

    async def __call__(self) -> int:
        """Carry what is due, a few letters at most; how many the server took."""
        # 1. Claim.
        waiting = await self._store.write(self._claim)
        sent = 0
        while waiting:
            one = waiting.pop(0)
            try:
                # 2. The line.
                letter = msgspec.json.decode(one.row.body, type=Letter)
                await self._line.send(letter, to=one.to)
            except (LineError, OperatorError, InputError) as error:
                _log.info("mail.waits", code=error.code, attempt=one.row.attempts)
                left = [one] if error.code in GO_ON else [one, *waiting]
                await self._settle(left, error)
                if error.code not in GO_ON:
                    return sent
                continue
            # 3. Settle.
            await self._store.write(lambda tx, n=one.row.number: tx.mail.sent(n))  # type: ignore[misc]
            sent += 1
        return sent

    async def next_due(self) -> float | None:
        """Seconds until the next letter may go; None: none waits."""
        due = await self._store.read(lambda tx: tx.mail.next_due())
        return None if due is None else (instant(due) - self._clock.now()).total_seconds()

    def _claim(self, tx: Tx) -> list[_Addressed]:
        now = self._clock.now()
        until = stamp(now + self._patience.lease)
        found = []
        for row in tx.mail.claim(now=stamp(now), lease_until=until, limit=AT_A_TIME):
            contact = tx.contacts.get(row.person)
            if not reachable(tx.people.get(row.person)):
                tx.mail.drop(row.number, "person-disabled")
            elif contact is None:
                tx.mail.drop(row.number, "no-address")
            else:
                found.append(_Addressed(row, contact.mail))
        return found

    async def _settle(self, rows: Sequence[_Addressed], error: TracerError) -> None:
        """Give up the first if it is its own fault or it has waited too long; try again later."""
        now = self._clock.now()

        def body(tx: Tx) -> None:
            for one in rows:
                old = self._patience.exhausted(instant(one.row.created), now)
                if old or error.code in OF_THE_LETTER:
                    tx.mail.give_up(one.row.number, error.code)
                    continue
                pause: timedelta = self._patience.pause(one.row.attempts, self._chance)
                later = stamp(now + pause)
                tx.mail.release([one.row.number], next_attempt=later, error=error.code)

        await self._store.write(body)
