"""Reminding: what policy sends the other side by itself when a target has passed.

A `reminder` of what is due, or a `progress-enquiry` where the final answer stands, both marked
`automatic`. They name the message and the lines and hold no word and no content of the case; the
schedule (`model.clocks.schedule`) says when, and how many at most. Nothing is sent

* to an authority that is not active here,
* to one that contradicts itself: the override that `release` asks for is a person's,
* while the node restores, or has no key to sign with.

It is signed, logged, stored and queued in the transaction of the tick, with its line in the audit
trail under the name of nobody: `policy`. What it does not do: decide when, or wake delivery
(`exchange.clocks.tick` does both).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from msgspec import UNSET

from tracer.casework.papers.paper import NO_NONCE
from tracer.casework.roles import POLICY
from tracer.casework.threads import strictest
from tracer.clock import instant
from tracer.errors import InputError, OperatorError
from tracer.exchange.accuse import holding_up
from tracer.exchange.clocks.tick import Look
from tracer.exchange.submit import Submit
from tracer.log import get_logger
from tracer.model.clocks import Calendar
from tracer.model.clocks.schedule import Act, ActKind
from tracer.model.codes import HandlingCode, ReminderLevel, code
from tracer.model.messages import AnyMessage, ProgressEnquiry, Reminder, type_of
from tracer.model.thread.reading import WHOLE
from tracer.model.values import Handling
from tracer.store import Tx
from tracer.trust.directory import Directory, Standing

_log = get_logger("casework.reminding")
_NOT_NOW: Final = frozenset(("restore-mode", "sign-key-missing"))
"""What keeps this node from sending anything at all, and our own people from being told nothing."""
_LEVELS: Final = (ReminderLevel.FIRST, ReminderLevel.SECOND, ReminderLevel.ESCALATED)


class Reminding:
    """The port `exchange.clocks.tick.Acts` for what the peer hears of."""

    def __init__(
        self,
        *,
        authority: str,
        directory: Callable[[], Directory],
        submit: Submit,
        restoring: Callable[[], bool],
        language: str = "en",
    ) -> None:
        self._authority = authority
        self._directory = directory
        self._submit = submit
        self._restoring = restoring
        self._language = language

    def do(self, tx: Tx, act: Act, look: Look) -> bool:
        """Release one reminder or enquiry, if that is allowed now."""
        if not self._allowed(tx, look.thread.peer):
            return False
        try:
            sent = self._submit.within(tx, self._message(tx, act, look))
        except (InputError, OperatorError) as error:  # raised before anything is written
            if isinstance(error, OperatorError) and error.code not in _NOT_NOW:
                raise
            _log.warning("reminder.declined", thread=look.thread.id, code=error.code)
            return False
        tx.audit.write(
            POLICY,
            "release",
            sent.thread,
            {"message": sent.id, "type": _type(act), "automatic": True, "act": act.key},
        )
        return True

    def _allowed(self, tx: Tx, authority: str) -> bool:
        peer = self._directory().find(authority)
        active = peer is not None and peer.standing is Standing.ACTIVE
        return active and not self._restoring() and not _in_doubt(tx, authority)

    def _message(self, tx: Tx, act: Act, look: Look) -> AnyMessage:
        held = (event.message for event in look.events)
        base: dict[str, Any] = {
            "sender": self._authority,
            "recipient": look.thread.peer,
            "issued": tx.now,
            "nonce": NO_NONCE,
            "handling": Handling(code=code(strictest(held, floor=HandlingCode.H0))),
            "language": self._language,
            "test": look.thread.test,
            "thread": look.thread.id,
            "follows": (look.thread.id,),
            "automatic": True,
            "lines": tuple(line for line in act.target.lines if line != WHOLE),
        }
        if act.kind is ActKind.ENQUIRE_PEER:
            return ProgressEnquiry(**base)
        level = _LEVELS[min(look.asked.reminders, len(_LEVELS) - 1)]
        return Reminder(
            about=act.target.about or UNSET,
            level=code(level),
            due=_day(act, look),
            **base,
        )


def _in_doubt(tx: Tx, authority: str) -> bool:
    """It contradicts itself. What is only in dispute buys nobody silence."""
    return bool(holding_up(tx, authority))


def _type(act: Act) -> str:
    return type_of(ProgressEnquiry if act.kind is ActKind.ENQUIRE_PEER else Reminder)


def _day(act: Act, look: Look) -> str:
    """The date on which it was due where it is answered; an end at midnight is of the day before.

    A reply that has no time of its own was hoped for when its reminder is sent.
    """
    end = instant(act.target.remind or act.target.due) - timedelta(milliseconds=1)
    return str(Calendar(look.terms).local(end).date())
