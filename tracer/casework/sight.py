"""Need to know: which cases a person sees. One question, `may_see`, for every reading.

How far a role sees stands in `roles.REACH`:

    nothing    the operator
    own        the cases of one's teams, those one is assigned to, those one's own hand is on
    authority  every case but those restricted to a team that is not one's own
    all        everything, to check it (auditor)

A role that sees everything does so while nobody else has the account in hand (`second`): whoever
makes an auditor at the desk, or gives one a new password, would read restricted cases as that
auditor. Until an uninvolved third person has confirmed the account it sees as far as `authority`,
which is no more than any account that a keeper makes. An account of the command line counts at
once, so a node with one person is not locked out (`waits_for_third`).

The widest of those roles counts that allow what is done (`roles.acting`): who is an officer and an
auditor opens a restricted case as the auditor and reads of it what auditors read (`seen_as`), but
writes in it, prints or exports none that the officer does not see. Who belongs to agencies only
sees no further than `own`, whatever the role. On a node without teams nobody has to be kept apart:
`own` is as far as `authority`. A case restricted to its team is seen by its team, those assigned
and the auditor.

A case that one may not see is unknown: it is answered like one that does not exist. `store.work`
has the same rule once more, as a condition on lists; a test holds the two against each other.

Decisions
---------
* Rejected: an auditor who is not confirmed sees nothing. The same keeper makes an officer, who sees
  every case that is not restricted; it would look like more than it holds.
* Rejected: a list of auditors that wait for a second keeper's yes. It is the same third person,
  with one more place to look at; and a password that was reset afterwards would go past it.
* Rejected: those of a team, or assigned, likewise. Who forgot a password at night has to work on
  the case that is theirs; who gave the new one is on record, and the old one signs in no more.

What goes further than a person's own cases on purpose: the linter's word that somebody here asked
about the same firearm before, and figures of cooperation with what they were counted from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from msgspec.structs import replace

from tracer.casework import threads
from tracer.casework.roles import REACH, Reach, Role, in_agencies
from tracer.casework.second import standing
from tracer.errors import InputError
from tracer.store import PersonRow, ThreadRow, Tx
from tracer.store.account_rows import CaseAccess, Scope

_ORDER: Final = (Reach.NOTHING, Reach.OWN, Reach.AUTHORITY, Reach.ALL)

T = TypeVar("T")


def scope_of(tx: Tx, person: PersonRow) -> Scope:
    """How far a person sees now."""
    teams = tx.teams.of(person.name)
    reach = max(map(_reach, person.roles), key=_ORDER.index, default=Reach.NOTHING)
    if reach is Reach.ALL and waits_for_third(tx, person):
        reach = Reach.AUTHORITY
    if in_agencies(tx, person) and reach is not Reach.NOTHING:
        reach = Reach.OWN
    elif reach is Reach.OWN and not tx.teams.any():
        reach = Reach.AUTHORITY
    return Scope(person.name, reach.value, frozenset(team.id for team in teams))


def waits_for_third(tx: Tx, person: PersonRow) -> bool:
    """Whether one of their roles sees everything, and does not yet: somebody has the account."""
    everything = any(_reach(role) is Reach.ALL for role in person.roles)
    return everything and bool(standing(tx).held_by(person.name))


def may_see(scope: Scope, case: CaseAccess) -> bool:
    """Whether somebody who sees so far may see a case."""
    if scope.reach == Reach.ALL:
        return True
    if scope.reach not in {Reach.OWN, Reach.AUTHORITY}:
        return False
    if scope.person in case.assigned or case.team in scope.teams:
        return True
    if case.restricted:
        return False
    return scope.reach == Reach.AUTHORITY or scope.person in case.hands


def sees(tx: Tx, person: PersonRow, thread: str) -> bool:
    """Whether a person may see a case, by the id of its thread."""
    return may_see(scope_of(tx, person), tx.work.access((thread,))[thread])


def seen_as(tx: Tx, person: PersonRow, thread: str) -> tuple[str, ...]:
    """Those of a person's roles by which they see a case: what they read of it is theirs."""
    access = tx.work.access((thread,))[thread]
    alone = ((role, replace(person, roles=(role,))) for role in person.roles)
    return tuple(role for role, one in alone if may_see(scope_of(tx, one), access))


def open_case(tx: Tx, person: PersonRow, text: str) -> ThreadRow:
    """A case by what people have at hand, if this person may see it.

    Raises:
        InputError: `thread-unknown`, also where it may not be seen; `thread-ambiguous`, of those
            that may be.
    """
    return threads.find(tx, text, seen=lambda names: seen_only(tx, person, names, str))


def seen_only(
    tx: Tx, person: PersonRow, items: Iterable[T], thread_of: Callable[[T], str]
) -> tuple[T, ...]:
    """Those of some things whose cases this person may see."""
    given = tuple(items)
    scope, access = scope_of(tx, person), tx.work.access([thread_of(one) for one in given])
    return tuple(one for one in given if may_see(scope, access[thread_of(one)]))


def lets_go(tx: Tx, person: PersonRow) -> bool:
    """Whether what this person lets go leaves in the authority's name: of no agency."""
    return not in_agencies(tx, person)


def check_releases(tx: Tx, person: PersonRow) -> None:
    """The same, as a check.

    Raises:
        InputError: `agency-release`.
    """
    if not lets_go(tx, person):
        raise InputError(
            "agency-release",
            f"{person.name} belongs to an agency: the authority's officers let its requests go",
            advice="It waits for them: tracer release list.",
            field="actor",
        )


def _reach(role: str) -> Reach:
    return REACH.get(Role(role), Reach.NOTHING) if role in set(Role) else Reach.NOTHING
