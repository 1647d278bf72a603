"""What pages may call: the verbs of casework, handed in by the node as one frozen value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracer.casework.accounts.factor import SecondFactor
from tracer.casework.accounts.passwords import Passwords
from tracer.casework.accounts.roster import Roster
from tracer.casework.accounts.sessions import Sessions
from tracer.casework.accounts.sign_in import SignIn
from tracer.casework.assigning import Assigning
from tracer.casework.attach import Attach
from tracer.casework.authorities import Authorities
from tracer.casework.changes import Changes
from tracer.casework.disposing import Disposing
from tracer.casework.drafts import Drafts
from tracer.casework.duplicates import Duplicates
from tracer.casework.evidence.export import Evidence
from tracer.casework.figures.cooperation import Cooperation
from tracer.casework.figures.proving import Proving
from tracer.casework.figures.report import Reports
from tracer.casework.figures.statement import Statements
from tracer.casework.follow_on import Following
from tracer.casework.guided import Guided
from tracer.casework.lists import Lists
from tracer.casework.notes import Notes
from tracer.casework.notices import Notices
from tracer.casework.overview import Overview
from tracer.casework.peers import Peers
from tracer.casework.people import People
from tracer.casework.reads import Reads
from tracer.casework.release import Release
from tracer.casework.restoring import Restoring
from tracer.casework.teams import Teams
from tracer.casework.trail import Trail
from tracer.casework.transcribing import Transcribing
from tracer.casework.upkeep import Upkeep
from tracer.clock import Clock
from tracer.model.calendar import Calendar
from tracer.model.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbs:
    """One field a group of verbs, under the name it has in `tracer.node.desk`."""

    sign_in: SignIn
    sessions: Sessions
    passwords: Passwords
    factor: SecondFactor
    roster: Roster
    people: People
    teams: Teams
    reads: Reads
    lists: Lists
    changes: Changes
    notes: Notes
    assigning: Assigning
    drafts: Drafts
    guided: Guided
    attach: Attach
    release: Release
    following: Following
    duplicates: Duplicates
    peers: Peers
    authorities: Authorities
    cooperation: Cooperation
    proving: Proving
    overview: Overview
    notices: Notices
    trail: Trail
    transcribing: Transcribing
    evidence: Evidence
    reports: Reports
    statements: Statements
    restoring: Restoring
    disposing: Disposing
    upkeep: Upkeep


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
