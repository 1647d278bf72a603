"""The table of routes: every path of the desk, who may come there, and what it is about.

A row is checked when it is made: one without a rule, with an unknown method, or with a place in its
path that is not said to be about something, cannot exist. `guard` reads the rule, the navigation
and the authorisation matrix are made from the same rows.

Example:
    >>> path_to("request", thread="abc")
    '/requests/abc'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final, Literal, get_args
from urllib.parse import quote, urlencode

from tracer.casework.roles import Act
from tracer.web.ui.texts import N_

Method = Literal["GET", "POST", "FORM"]
"""GET reads, POST changes, FORM is a page with a form: shown by GET, sent by POST to itself."""
About = Literal["nothing", "case", "draft", "person", "peer", "team"]
"""What the places of a path name; the matrix has an own, another's and an unrelated one of each."""


class Access(Enum):
    """A rule that is no act of casework."""

    ANYBODY = "anybody"
    """Whoever reaches the listener: signing in, and what is not about anybody."""
    SIGNED_IN = "signed-in"
    """Every person with a session, whatever the role: their own account."""
    UNFINISHED = "unfinished"
    """A session that has still to do something: a second factor, a change of password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row.

    Attributes:
        method: See `Method`; no other method of HTTP is answered.
        path: With places in braces, as aiohttp writes them.
        name: By which pages link to it.
        handler: `noun.function` in `pages`.
        rule: The act of casework that the reader's roles must allow, or an `Access`.
        about: What the places of the path name.
        menu: Its words in the navigation; empty: it does not stand there.
        body: Most bytes of a POST's body.
    """

    method: Method
    path: str
    name: str
    handler: str
    rule: Act | Access
    about: About = "nothing"
    menu: str = ""
    body: int = 64 * 1024

    def __post_init__(self) -> None:
        """Refuse a row that says too little.

        Raises:
            ValueError: with the path.
        """
        good = (
            self.method in get_args(Method)
            and type(self.rule) in (Act, Access)
            and re.fullmatch(r"(/[a-z0-9.-]+|/\{[a-z]+\})+|/", self.path)
            and re.fullmatch(r"[a-z_]+\.[a-z_]+", self.handler)
            and ("{" in self.path) == (self.about != "nothing")
        )
        if not good:
            raise ValueError(f"the route {self.method} {self.path} is not whole")

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the places in the path."""
        return tuple(re.findall(r"\{([a-z]+)\}", self.path))

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods of HTTP that it answers."""
        return ("GET", "POST") if self.method == "FORM" else (self.method,)


TABLE: Final[tuple[Route, ...]] = (
    # -- coming and going ------------------------------------------------------------------------
    Route(
        method="FORM",
        path="/sign-in",
        name="sign-in",
        handler="sign_in.name_and_password",
        rule=Access.ANYBODY,
    ),
    Route(
        method="FORM",
        path="/sign-in/second",
        name="second-factor",
        handler="sign_in.second_factor",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="FORM",
        path="/sign-in/recovery",
        name="recovery-code",
        handler="sign_in.recovery_code",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="FORM",
        path="/sign-in/password",
        name="forced-password",
        handler="sign_in.new_password",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="FORM",
        path="/sign-in/enrol",
        name="enrol",
        handler="sign_in.enrol",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="POST",
        path="/sign-out",
        name="sign-out",
        handler="sign_in.sign_out",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="POST",
        path="/language",
        name="language",
        handler="language.choose",
        rule=Access.ANYBODY,
    ),
    # -- work ------------------------------------------------------------------------------------
    Route(
        method="GET",
        path="/",
        name="desk",
        handler="desk.waiting",
        rule=Access.SIGNED_IN,
        menu=N_("My desk"),
    ),
    Route(
        method="GET",
        path="/requests",
        name="requests",
        handler="requests.listed",
        rule=Act.CASE_LIST,
        menu=N_("Requests"),
    ),
    Route(
        method="GET",
        path="/requests/{thread}",
        name="request",
        handler="request.shown",
        rule=Act.CASE_READ,
        about="case",
    ),
    Route(
        method="GET",
        path="/requests/{thread}/files/{message}/{number}",
        name="request-file",
        handler="request.file",
        rule=Act.ATTACHMENT_READ,
        about="case",
    ),
    # -- requests as a table ---------------------------------------------------------------------
    Route(
        method="GET",
        path="/requests.csv",
        name="requests-table",
        handler="requests_table.taken",
        rule=Act.CASE_LIST,
    ),
    # -- other authorities -----------------------------------------------------------------------
    Route(
        method="GET",
        path="/authorities",
        name="authorities",
        handler="authorities.listed",
        rule=Act.PEER_LIST,
        menu=N_("Authorities"),
    ),
    Route(
        method="FORM",
        path="/authorities/add",
        name="authority-add",
        handler="authority_add.add",
        rule=Act.PEER_CHANGE,
        body=512 * 1024,
    ),
    Route(
        method="GET",
        path="/authorities/{authority}",
        name="authority",
        handler="authorities.shown",
        rule=Act.PEER_LIST,
        about="peer",
    ),
    Route(
        method="GET",
        path="/authorities/{authority}/record",
        name="authority-record",
        handler="cooperation.shown",
        rule=Act.COOPERATION_READ,
        about="peer",
    ),
    Route(
        method="GET",
        path="/authorities/{authority}/receipts",
        name="authority-receipts",
        handler="cooperation.receipts",
        rule=Act.COOPERATION_READ,
        about="peer",
    ),
    Route(
        method="FORM",
        path="/authorities/{authority}/suspend",
        name="authority-suspend",
        handler="authority_stand.suspend",
        rule=Act.PEER_CHANGE,
        about="peer",
    ),
    Route(
        method="FORM",
        path="/authorities/{authority}/resume",
        name="authority-resume",
        handler="authority_stand.resume",
        rule=Act.PEER_CHANGE,
        about="peer",
    ),
    Route(
        method="FORM",
        path="/authorities/{authority}/succession",
        name="authority-succession",
        handler="authority_stand.succession",
        rule=Act.PEER_CHANGE,
        about="peer",
    ),
    # -- the whole, in pictures and reports ------------------------------------------------------
    Route(
        method="GET",
        path="/overview",
        name="overview",
        handler="overview.shown",
        rule=Act.COOPERATION_READ,
        menu=N_("Overview"),
    ),
    Route(
        method="FORM",
        path="/reports",
        name="reports",
        handler="reports.shown",
        rule=Act.REPORT,
    ),
    Route(
        method="GET",
        path="/reports/year",
        name="report-year",
        handler="reports.year",
        rule=Act.REPORT,
    ),
    Route(
        method="FORM",
        path="/reports/statement",
        name="statement",
        handler="reports.statement",
        rule=Act.STATE,
    ),
    Route(
        method="FORM",
        path="/reports/countersign",
        name="countersign",
        handler="reports.countersign",
        rule=Act.STATE,
        body=32 * 1024 * 1024,
    ),
    # -- notices ---------------------------------------------------------------------------------
    Route(
        method="GET",
        path="/notices",
        name="notices",
        handler="notices.listed",
        rule=Act.NOTICES,
        menu=N_("Notices"),
    ),
    Route(
        method="POST",
        path="/notices/seen",
        name="notices-seen",
        handler="notices.seen",
        rule=Act.NOTICES,
    ),
    # -- who did what ----------------------------------------------------------------------------
    Route(
        method="GET",
        path="/audit",
        name="audit",
        handler="audit.listed",
        rule=Act.AUDIT_READ,
        menu=N_("Audit"),
    ),
    Route(
        method="GET",
        path="/audit/acts.csv",
        name="audit-table",
        handler="audit.table",
        rule=Act.AUDIT_EXPORT,
    ),
    Route(
        method="FORM",
        path="/audit/proofs",
        name="audit-proofs",
        handler="audit.proofs",
        rule=Act.AUDIT_EXPORT,
    ),
    Route(
        method="FORM",
        path="/audit/check",
        name="audit-check",
        handler="audit.check",
        rule=Act.AUDIT_VERIFY,
    ),
    # -- administration --------------------------------------------------------------------------
    Route(
        method="GET",
        path="/administration",
        name="health",
        handler="upkeep.health",
        rule=Act.UPKEEP_READ,
        menu=N_("Administration"),
    ),
    Route(
        method="GET",
        path="/administration/queue",
        name="queue",
        handler="upkeep.queue",
        rule=Act.UPKEEP_READ,
    ),
    Route(
        method="POST",
        path="/administration/queue/again",
        name="queue-again",
        handler="upkeep.again",
        rule=Act.KEEP,
    ),
    Route(
        method="GET",
        path="/administration/keys",
        name="keys",
        handler="upkeep.keys",
        rule=Act.UPKEEP_READ,
    ),
    Route(
        method="GET",
        path="/administration/settings",
        name="settings",
        handler="upkeep.settings",
        rule=Act.UPKEEP_READ,
    ),
    Route(
        method="GET",
        path="/administration/people",
        name="people",
        handler="people.listed",
        rule=Act.PEOPLE_LIST,
    ),
    Route(
        method="FORM",
        path="/administration/people/add",
        name="person-add",
        handler="people.add",
        rule=Act.PEOPLE_CHANGE,
    ),
    Route(
        method="GET",
        path="/administration/people/{person}",
        name="person",
        handler="people.shown",
        rule=Act.PEOPLE_LIST,
        about="person",
    ),
    Route(
        method="FORM",
        path="/administration/people/{person}/roles",
        name="person-roles",
        handler="people.roles",
        rule=Act.PEOPLE_CHANGE,
        about="person",
    ),
    Route(
        method="POST",
        path="/administration/people/{person}/password",
        name="person-password",
        handler="people.password",
        rule=Act.PEOPLE_CHANGE,
        about="person",
    ),
    Route(
        method="POST",
        path="/administration/people/{person}/factor",
        name="person-factor",
        handler="people.factor",
        rule=Act.PEOPLE_CHANGE,
        about="person",
    ),
    Route(
        method="POST",
        path="/administration/people/{person}/lock",
        name="person-lock",
        handler="people.lock",
        rule=Act.PEOPLE_CHANGE,
        about="person",
    ),
    Route(
        method="POST",
        path="/administration/people/{person}/sessions",
        name="person-sessions",
        handler="people.end_session",
        rule=Act.PEOPLE_CHANGE,
        about="person",
    ),
    Route(
        method="GET",
        path="/administration/teams",
        name="teams",
        handler="teams.listed",
        rule=Act.TEAM_LIST,
    ),
    Route(
        method="FORM",
        path="/administration/teams/add",
        name="team-add",
        handler="teams.add",
        rule=Act.PEOPLE_CHANGE,
    ),
    Route(
        method="FORM",
        path="/administration/teams/{team}",
        name="team",
        handler="teams.shown",
        rule=Act.PEOPLE_CHANGE,
        about="team",
    ),
    # -- the reader's own account ----------------------------------------------------------------
    Route(
        method="GET",
        path="/account",
        name="account",
        handler="account.shown",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="FORM",
        path="/account/password",
        name="account-password",
        handler="account.password",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="FORM",
        path="/account/factor",
        name="account-factor",
        handler="account.factor",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="POST",
        path="/account/recovery",
        name="account-recovery",
        handler="account.recovery",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="POST",
        path="/account/sessions",
        name="account-sessions",
        handler="account.end_session",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="FORM",
        path="/account/proof",
        name="proof",
        handler="account.proof",
        rule=Access.SIGNED_IN,
    ),
)
"""All routes. Rows of one noun stand together; the order of the menu is that of the rows."""

BY_NAME: Final[Mapping[str, Route]] = MappingProxyType({row.name: row for row in TABLE})
BY_PATH: Final[Mapping[tuple[str, str], Route]] = MappingProxyType(
    {(method, row.path): row for row in TABLE for method in row.methods}
)
"""By method of HTTP and path, as the guard finds a row."""


def path_to(name: str, query: Mapping[str, str] | None = None, /, **places: str) -> str:
    """The address of a route with its places filled, and a query if there is one.

    Raises:
        KeyError: there is no such route, or a place was not given.
    """
    row = BY_NAME[name]
    path = row.path
    for place in row.places:
        path = path.replace(f"{{{place}}}", quote(places[place], safe=""))
    given = {key: value for key, value in (query or {}).items() if value}
    return f"{path}?{urlencode(given)}" if given else path
