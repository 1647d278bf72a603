"""Need to know: which cases a person sees. One question, `may_see`, for every reading.

How far a role sees stands in `roles.REACH`:

    nothing    the operator
    own        the cases of one's teams, those one is assigned to, those one's own hand is on
    authority  every case but those restricted to a team that is not one's own
    all        everything, to check it (auditor)

The widest of one's roles counts. Who belongs to agencies only sees no further than `own`, whatever
the role. On a node without teams nobody has to be kept apart: `own` is as far as `authority`. A
case restricted to its team is seen by its team, those assigned and the auditor.

A case that one may not see is unknown: it is answered like one that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracer.casework.roles import Reach
from tracer.store import PersonRow, ThreadRow, Tx
from tracer.store.account_rows import CaseAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How far one person sees."""

    person: str
    reach: Reach
    teams: frozenset[str]


def sight_of(tx: Tx, person: PersonRow) -> Sight:
    """How far a person sees now."""
    raise NotImplementedError


def may_see(sight: Sight, case: CaseAccess) -> bool:
    """Whether somebody who sees so far may see a case."""
    raise NotImplementedError


def open_case(tx: Tx, person: PersonRow, text: str) -> ThreadRow:
    """A case by what people have at hand, if this person may see it.

    Raises:
        InputError: `thread-unknown`, also where it may not be seen; `thread-ambiguous`.
    """
    raise NotImplementedError
