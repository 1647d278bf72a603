"""What pages may call: the verbs of casework, handed in by the node as one frozen value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracer.casework.accounts.factor import SecondFactor
from tracer.casework.accounts.passwords import Passwords
from tracer.casework.accounts.sessions import Sessions
from tracer.casework.accounts.sign_in import SignIn
from tracer.casework.attach import Attach
from tracer.casework.changes import Changes
from tracer.casework.lists import Lists
from tracer.casework.notices import Notices
from tracer.casework.people import People
from tracer.casework.reads import Reads
from tracer.casework.release import Release
from tracer.clock import Clock
from tracer.model.calendar import Calendar
from tracer.model.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbs:
    """One field a verb or group of verbs; a page that needs another adds a field here."""

    sign_in: SignIn
    sessions: Sessions
    passwords: Passwords
    factor: SecondFactor
    people: People
    reads: Reads
    lists: Lists
    attach: Attach
    release: Release
    notices: Notices
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What pages know of the authority: its id, name, present terms (for local time), the time.

    `exercise` marks every page: nothing here is about a real case.
    """

    authority: str
    name: str
    terms: Callable[[], Terms]
    clock: Clock
    exercise: bool = False

    def calendar(self) -> Calendar:
        """Local time, as our present terms state it."""
        return Calendar(self.terms())
