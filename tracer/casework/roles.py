"""Who may do what: one table, and one question that fails closed.

Every act of this room names a person. The person must be on record, not be locked out, and hold one
of the roles that the table gives for the act; a role or an act that is not known here allows
nothing. `acting` asks inside the transaction that carries the act out, so that a person who was
locked out a moment ago does nothing more. What speaks for the authority or changes it is not for
who belongs to agencies under it only, whatever their role (`FOR_AUTHORITY`).

Example:
    >>> may(("officer",), Act.RELEASE), may(("operator", "auditor"), Act.RELEASE)
    (True, False)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from msgspec.structs import replace

from tracer.errors import InputError
from tracer.model.messages import GROUPS
from tracer.store import Tx
from tracer.store.rows import PersonRow

POLICY: Final = "policy"
"""Who did it, in the audit trail, when the node did by itself what its policy says; no person."""


Policy = Literal["two-persons", "one-with-reason"]
"""Whether one person may do alone what takes two: release, destroy, decide about a restore."""


class Role(StrEnum):
    """What a person is here; one person may hold several."""

    INVESTIGATOR = "investigator"
    """Asks: writes drafts and follows the cases."""
    OFFICER = "officer"
    """Of the national authority: also answers and releases."""
    SUPERVISOR = "supervisor"
    """Also looks over releases by one person, and over people and peers."""
    AUDITOR = "auditor"
    """Reads what is coded of cases, and who did what; changes nothing."""
    OPERATOR = "operator"
    """Keeps the node running; sees no case."""


class Act(StrEnum):
    """What is asked of this room; the words stand in the audit trail too."""

    DRAFT = "draft"
    SUBMIT = "submit"
    RELEASE = "release"
    REJECT = "reject"
    REVIEW_LIST = "review-list"
    REVIEW = "review"
    CASE_LIST = "case-list"
    CASE_READ = "case-read"
    ATTACHMENT_READ = "attachment-read"
    COOPERATION_READ = "cooperation-read"
    AUDIT_READ = "audit-read"
    AUDIT_EXPORT = "audit-export"
    AUDIT_VERIFY = "audit-verify"
    PEOPLE_LIST = "people-list"
    PEOPLE_CHANGE = "people-change"
    PEOPLE_CONFIRM = "people-confirm"
    CONTACT_OWN = "contact-own"
    NOTICES = "notices"
    PEER_LIST = "peer-list"
    PEER_CHANGE = "peer-change"
    REPORT = "report"
    STATE = "state"
    EVIDENCE = "evidence"
    RENEW = "renew"
    KEEP = "keep"
    TERMS_READ = "terms-read"
    TERMS_SIGN = "terms-sign"
    COURIER = "courier"
    RESTORE = "restore"
    DISPOSE = "dispose"
    DISPOSAL_LIST = "disposal-list"
    ACCOUNT_OWN = "account-own"
    TEAM_LIST = "team-list"
    ASSIGN = "assign"
    RESTRICT = "restrict"
    NOTE = "note"
    TRANSCRIBE = "transcribe"
    UPKEEP_READ = "upkeep-read"


class Reach(StrEnum):
    """How far a role sees cases (`sight`)."""

    NOTHING = "nothing"
    OWN = "own"
    """Of one's teams, assigned, or with one's own hand on it."""
    AUTHORITY = "authority"
    """All but those restricted to another team."""
    ALL = "all"
    """The restricted ones, too; while nobody else has the account in hand (`sight`)."""


_WRITERS: Final = frozenset({Role.INVESTIGATOR, Role.OFFICER, Role.SUPERVISOR})
_RELEASERS: Final = frozenset({Role.OFFICER, Role.SUPERVISOR})
_KEEPERS: Final = frozenset({Role.SUPERVISOR, Role.OPERATOR})
_CASE_READERS: Final = _WRITERS | {Role.AUDITOR}

ALLOWED: Final[Mapping[Act, frozenset[Role]]] = MappingProxyType(
    {
        Act.DRAFT: _WRITERS,
        Act.SUBMIT: _WRITERS,
        Act.RELEASE: _RELEASERS,
        Act.REJECT: _RELEASERS,
        Act.REVIEW_LIST: frozenset({Role.SUPERVISOR, Role.AUDITOR}),
        Act.REVIEW: frozenset({Role.SUPERVISOR}),
        Act.CASE_LIST: _CASE_READERS,
        Act.CASE_READ: _CASE_READERS,
        Act.ATTACHMENT_READ: _WRITERS,
        Act.COOPERATION_READ: _RELEASERS | {Role.AUDITOR},
        Act.AUDIT_READ: frozenset({Role.SUPERVISOR, Role.AUDITOR}),
        Act.AUDIT_EXPORT: frozenset({Role.SUPERVISOR, Role.AUDITOR}),
        Act.AUDIT_VERIFY: frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.OPERATOR}),
        Act.PEOPLE_LIST: frozenset(Role) - {Role.INVESTIGATOR},
        Act.PEOPLE_CHANGE: _KEEPERS,
        Act.PEOPLE_CONFIRM: _RELEASERS | _KEEPERS,
        Act.CONTACT_OWN: frozenset(Role),
        Act.NOTICES: _WRITERS,
        Act.PEER_LIST: frozenset(Role),
        Act.PEER_CHANGE: _KEEPERS,
        Act.STATE: _RELEASERS,
        Act.EVIDENCE: _RELEASERS,
        Act.RENEW: _RELEASERS | _KEEPERS,
        Act.REPORT: frozenset({Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR}),
        Act.KEEP: _KEEPERS,
        Act.TERMS_READ: frozenset(Role),
        Act.TERMS_SIGN: _RELEASERS,
        Act.COURIER: _RELEASERS | _KEEPERS,
        Act.RESTORE: _RELEASERS | _KEEPERS,
        Act.DISPOSE: _RELEASERS,
        Act.DISPOSAL_LIST: _RELEASERS | {Role.AUDITOR},
        Act.ACCOUNT_OWN: frozenset(Role),
        Act.TEAM_LIST: frozenset(Role),
        Act.ASSIGN: _RELEASERS,
        Act.RESTRICT: _RELEASERS,
        Act.NOTE: _WRITERS,
        Act.TRANSCRIBE: _RELEASERS,
        Act.UPKEEP_READ: _KEEPERS,
    }
)
"""Which roles allow an act. What is not here is allowed to nobody."""

REACH: Final[Mapping[Role, Reach]] = MappingProxyType(
    {
        Role.INVESTIGATOR: Reach.OWN,
        Role.OFFICER: Reach.AUTHORITY,
        Role.SUPERVISOR: Reach.AUTHORITY,
        Role.AUDITOR: Reach.ALL,
        Role.OPERATOR: Reach.NOTHING,
    }
)
"""How far each role sees. A role that is not here sees nothing."""

GROUPS_READ: Final[Mapping[Role, frozenset[str]]] = MappingProxyType(
    {
        **dict.fromkeys(_WRITERS, frozenset(GROUPS)),
        Role.AUDITOR: frozenset({"officer"}),
        Role.OPERATOR: frozenset(),
    }
)
"""Which groups of messages each role reads: what of them can be personal, or is free text.

Who works on a case needs all of it. Who looks at how it was worked on needs what is coded (types,
grounds, reasons, outcomes, days, firearms) and who dealt with it, not whose firearm it was.
"""

STEP_UP: Final = frozenset({Act.PEOPLE_CHANGE, Act.PEOPLE_CONFIRM, Act.PEER_CHANGE, Act.KEEP})
"""What takes a fresh proof of who is there; a release by one person does too (`release`)."""


FOR_AUTHORITY: Final = frozenset(
    {
        Act.PEOPLE_CHANGE,
        Act.PEOPLE_CONFIRM,
        Act.PEER_CHANGE,
        Act.KEEP,
        Act.STATE,
        Act.TERMS_SIGN,
        Act.RESTORE,
        Act.TRANSCRIBE,
    }
)
"""What speaks for the authority or changes it: not for who belongs to agencies only."""


def may(roles: Iterable[str], act: Act) -> bool:
    """Whether one of the roles allows the act; unknown roles count for nothing."""
    return not ALLOWED.get(act, frozenset()).isdisjoint(roles)


def groups_read(roles: Iterable[str]) -> frozenset[str]:
    """The groups of messages that one of the roles reads; unknown roles read none."""
    known = (GROUPS_READ[Role(role)] for role in roles if role in GROUPS_READ)
    return frozenset().union(*known)


def require(person: PersonRow | None, act: Act) -> PersonRow:
    """Return the person if the act is theirs to do.

    Raises:
        InputError: `person-unknown`, `person-disabled` or `role-missing`.
    """
    if person is None:
        raise InputError(
            "person-unknown",
            "nobody of this name is on record here",
            advice="A supervisor or operator adds people: tracer user add NAME --role ROLE.",
            field="actor",
        )
    if person.disabled:
        raise InputError("person-disabled", f"{person.name} is locked out", field="actor")
    if not may(person.roles, act):
        needed = sorted(ALLOWED.get(act, frozenset()))
        raise InputError(
            "role-missing",
            f"{person.name} may not do this ({act})",
            advice=f"It takes the role {' or '.join(needed)}.",
            field="actor",
        )
    return person


def alone_allowed(policy: Policy) -> bool:
    """Whether policy lets one person do alone, with a reason, what takes two."""
    return policy == "one-with-reason"


def step_up() -> InputError:
    """What is said where a fresh proof of who is there is needed."""
    return InputError(
        "step-up-needed",
        "this takes a fresh proof of who you are",
        advice="Give a code of your phone once more; your password if you have no second factor.",
    )


def acting(tx: Tx, actor: str, act: Act) -> PersonRow:
    """Look the person up and `require` the act, in the transaction that carries it out.

    Returns:
        The person with those of their roles that allow the act: an officer who is an auditor, too,
        sees restricted cases as the auditor, and writes, prints and exports as the officer.

    Raises:
        InputError: as `require`; `agency-act`.
    """
    person = require(tx.people.get(actor), act)
    if act in FOR_AUTHORITY and in_agencies(tx, person):
        raise agency_act(person.name, act)
    return replace(person, roles=tuple(role for role in person.roles if may((role,), act)))


def agency_act(name: str, act: str) -> InputError:
    """What is said where only the authority's own people do something."""
    return InputError(
        "agency-act",
        f"{name} belongs to an agency: the authority itself does this ({act})",
        advice="Ask the people of the authority.",
        field="actor",
    )


def may_as(roles: Iterable[str], act: Act, *, agency: bool) -> bool:
    """Whether the roles allow the act to somebody who belongs to agencies only, or does not."""
    return may(roles, act) and not (agency and act in FOR_AUTHORITY)


def may_here(tx: Tx, person: PersonRow, act: Act) -> bool:
    """Whether `acting` lets this person do it, the roles and the teams considered."""
    return may_as(person.roles, act, agency=in_agencies(tx, person))


def in_agencies(tx: Tx, person: PersonRow) -> bool:
    """Whether somebody belongs to agencies under the authority, and not to the authority itself."""
    teams = tx.teams.of(person.name)
    return bool(teams) and all(team.agency for team in teams)


def read_roles(roles: Iterable[str]) -> tuple[Role, ...]:
    """Roles by their names, sorted, each once.

    Raises:
        InputError: `role-unknown`, or `role-missing` when there is none.
    """
    found = set()
    for name in roles:
        try:
            found.add(Role(name.strip().lower()))
        except ValueError as error:
            raise InputError(
                "role-unknown",
                f"there is no role {name!r}",
                advice=f"Roles are {', '.join(Role)}.",
                field="roles",
            ) from error
    if not found:
        raise InputError(
            "role-missing",
            "a person needs at least one role",
            advice=f"Roles are {', '.join(Role)}.",
            field="roles",
        )
    return tuple(sorted(found))
