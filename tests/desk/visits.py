"""Every page of the table, as somebody who may see it: what browsers and matrices visit.

A row whose path has places is visited with the values of `PLACES`; a new kind of object gets its
value here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from tests.desk.world import PEOPLE, THEM, UNFINISHED, House, World
from tracer.casework.accounts.sessions import Stage
from tracer.casework.roles import may
from tracer.web.ui.routes import TABLE, Access, Route, path_to

PLACES: Final[Mapping[str, Callable[[World], Mapping[str, str]]]] = {
    "request": lambda world: {"thread": world.threads["question"]},
    "request-file": lambda world: {
        "thread": world.threads["question"],
        "message": world.threads["question"],
        "number": "1",
    },
    "request-print": lambda world: {"thread": world.threads["answered"]},
    "request-pdf": lambda world: {"thread": world.threads["answered"]},
    "request-picture": lambda world: {
        "thread": world.threads["answered"],
        "message": world.threads["answered"],
        "number": "1",
    },
    **dict.fromkeys(
        (
            "authority",
            "authority-record",
            "authority-receipts",
            "authority-suspend",
            "authority-resume",
            "authority-succession",
        ),
        lambda _: {"authority": THEM},
    ),
    **dict.fromkeys(
        (
            "person",
            "person-roles",
            "person-password",
            "person-factor",
            "person-confirm",
            "person-lock",
            "person-sessions",
        ),
        lambda _: {"person": "ben"},
    ),
    "team": lambda _: {"team": "alpha"},
    **{
        row.name: lambda world: {"draft": world.drafts["ada"], "number": "1"}
        for row in TABLE
        if row.about == "draft"
    },
    "draft": lambda world: {"draft": world.drafts["back"]},
    "request-onward": lambda world: {"thread": world.threads["answered"]},
    "acts": lambda world: {"thread": world.threads["theirs"]},
    "take": lambda world: {"thread": world.threads["theirs"]},
    "write": lambda world: {"thread": world.threads["theirs"], "type": "result"},
    "note": lambda world: {"thread": world.threads["question"]},
    "case-people": lambda world: {"thread": world.threads["question"]},
    "case-restrict": lambda world: {"thread": world.threads["question"]},
    "alike": lambda world: {"thread": world.threads["question"]},
    "evidence": lambda world: {"thread": world.threads["answered"]},
    "enter": lambda world: {"thread": world.threads["answered"]},
    "enter-kind": lambda world: {"thread": world.threads["answered"], "type": "result"},
    "sent-by-hand": lambda world: {
        "thread": world.threads["outward"],
        "message": world.threads["outward"],
    },
    **dict.fromkeys(
        ("compare", "original", "original-picture"),
        lambda world: {"thread": world.threads["answered"], "number": "1"},
    ),
    "reply-files": lambda world: {"draft": world.drafts["waiting"]},
    "reply": lambda world: {"draft": world.drafts["refusal"]},
    "discard": lambda world: {"draft": world.drafts["refusal"]},
    "release": lambda world: {"draft": world.drafts["waiting"]},
    "send-back": lambda world: {"draft": world.drafts["waiting"]},
    "review": lambda world: {"draft": world.drafts["review"]},
    "disposal": lambda world: {"number": world.disposals[0]},
}
"""By name of the row: the values of its places."""
HIDDEN: Final[Mapping[str, Callable[[World], Mapping[str, str]]]] = {
    **{
        row.name: lambda world: {"thread": world.threads["restricted"]}
        for row in TABLE
        if row.about == "case"
    },
    **{
        row.name: lambda world: {"draft": world.drafts["onward"]}
        for row in TABLE
        if row.about == "draft"
    },
    **dict.fromkeys(
        ("reply", "reply-files", "discard", "release", "send-back"),
        lambda world: {"draft": world.drafts["reminder"]},
    ),
    "review": lambda world: {"draft": world.drafts["shut"]},
    "disposal": lambda world: {"number": world.disposals[1]},
}
"""By name of the row: places that only Eve, and the auditor in cases, may see."""
NOWHERE: Final[Mapping[str, str]] = {
    "thread": "A" * 43,
    "draft": "D99999",
    "authority": "ZZ-NPOC",
    "person": "nobody",
    "team": "nowhere",
    "number": "99999",
}
"""By name of the place: what is not there."""
STAGES: Final = {
    "second-factor": Stage.CODE,
    "recovery-code": Stage.CODE,
    "forced-password": Stage.CHANGE,
    "enrol": Stage.ENROL,
}
"""Pages of a sign-in that is under way."""
NOT_PAGES: Final = frozenset(
    {
        "request-file",
        "request-picture",
        "request-pdf",
        "draft-photo",
        "original",
        "original-picture",
        "draft-look-up",
        "requests-table",
        "authority-receipts",
        "report-year",
        "audit-table",
    }
)
"""Rows whose GET gives a file, or a part of a page."""


class Visit(NamedTuple):
    """One page: its name, address, and the session to come with (empty: none)."""

    name: str
    path: str
    token: str


def visits(world: World) -> Iterator[Visit]:
    """Every page that is shown by GET, once."""
    for row in TABLE:
        if "GET" in row.methods and row.name not in NOT_PAGES:
            yield Visit(row.name, path_of(row, world), token_for(row, world.us))


def path_of(row: Route, world: World) -> str:
    """An address of a row that leads somewhere."""
    return path_to(row.name, **(PLACES[row.name](world) if row.places else {}))


def token_for(row: Route, house: House) -> str:
    """The session of somebody who may come to a row."""
    if row.rule is Access.ANYBODY:
        return ""
    if row.name in STAGES:
        return house.stages[STAGES[row.name]]
    return house.tokens[
        next(
            name
            for name in ("ben", "sam", "opa", "aud", "ada")
            if name not in UNFINISHED
            and (isinstance(row.rule, Access) or may(PEOPLE[name], row.rule))
        )
    ]
