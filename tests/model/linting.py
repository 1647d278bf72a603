"""Messages as the linter's tests write them, and what it finds in them."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.model.threads import code, id_of
from tracer.clock import instant
from tracer.model.lint import Finding, lint
from tracer.model.messages import TYPES, AnyMessage

NOW = instant("2026-03-01T12:00:00.000Z")

BASE: dict[str, Any] = {
    "v": 1,
    "sender": "XA-NPOC",
    "recipient": "XB-NPOC",
    "issued": "2026-03-01T12:00:00.000Z",
    "nonce": "6bVfKurZBv6QycSO6q45lQ",
    "handling": {"code": code("handling-code", "H0")},
    "language": "en",
    "test": False,
}
MARKS: list[dict[str, Any]] = [
    {
        "kind": code("mark-kind", "MANUFACTURER"),
        "location": code("mark-location", "SLIDE"),
        "reading": code("reading-state", "CLEAR"),
        "text": "EXAMPLE ARMS",
    },
    {
        "kind": code("mark-kind", "SERIAL"),
        "location": code("mark-location", "FRAME"),
        "reading": code("reading-state", "CLEAR"),
        "text": "AB4711",
    },
    {
        "kind": code("mark-kind", "IMPORT"),
        "location": code("mark-location", "BARREL"),
        "reading": code("reading-state", "CLEAR"),
        "text": "XA 19",
        "country": "XA",
        "year": 2019,
    },
]
FIREARM: dict[str, Any] = {
    "line": 1,
    "object": code("object-kind", "FIREARM"),
    "type": code("firearm-type", "PISTOL"),
    "action": code("action", "SEMI_AUTO"),
    "make": {"as_marked": "EXAMPLE ARMS"},
    "model": {"as_marked": "M1"},
    "calibre": {"as_marked": "9x19"},
    "country_of_manufacture": "XB",
    "year_of_manufacture": 2018,
    "condition": {"state": code("mark-condition", "INTACT")},
    "marks": MARKS,
}
REQUEST: dict[str, Any] = {
    **BASE,
    "type": "request",
    "terms": id_of("terms"),
    "reference": "XA-2026-000001",
    "kind": code("request-kind", "TRACE"),
    "requester": {"authority": "Police of XA", "function": "criminal investigation"},
    "officer": {"name": "On duty", "phone": "+000"},
    "urgency": {"level": code("urgency-level", "ROUTINE")},
    "legal_basis": {
        "instruments": [code("instrument", "FIREARMS_PROTOCOL")],
        "illicit": [code("illicit-basis", "ITI-6-A")],
    },
    "firearms": [FIREARM],
    "recoveries": [
        {"mode": code("recovery-mode", "SEIZED"), "date": "2026-02-01", "country": "XA"}
    ],
    "investigation": {"offences": [code("offence", "090121")]},
    "intended_use": [code("intended-use", "LOCATE_DIVERSION")],
    "asked": [code("asked", "LAST_HOLDER")],
    "domestic_work": {
        "searches": [
            {
                "register": code("register-kind", kind),
                "result": code("check-result", "NO_HIT"),
                "date": "2026-02-02",
            }
            for kind in ("CIVILIAN_HOLDERS", "LOST_STOLEN", "INTERPOL_IARMS")
        ]
    },
    "narrative": {
        "summary": "A pistol was found in a car.",
        "circumstances": "Found during a road check near the border.",
    },
}
FOLLOWING: dict[str, Any] = {**BASE, "thread": id_of("o0"), "follows": [id_of("o0")]}
WORDS = {"free_text": [{"text": "The investigation would be put at risk.", "about": "grounds"}]}
SECURITY = [code("ground", "ITI-22-NATIONAL-SECURITY")]
SEARCH = {"register": code("register-kind", "MANUFACTURE"), "from_year": 1990, "to_year": 2020}


def message(body: dict[str, Any]) -> AnyMessage:
    """A message of plain fields, groups included."""
    return msgspec.convert(body, TYPES[body["type"]])  # type: ignore[no-any-return]


def found(body: dict[str, Any]) -> dict[str, Finding]:
    """The findings of a message by code."""
    return {finding.code: finding for finding in lint(message(body), now=NOW)}


def request(**changes: Any) -> dict[str, Any]:
    """The complete request, changed; None takes a field away."""
    body = {**REQUEST, **changes}
    return {name: value for name, value in body.items() if value is not None}


def with_firearm(**changes: Any) -> dict[str, Any]:
    """The complete request with its firearm changed; None takes a field away."""
    firearm = {name: value for name, value in {**FIREARM, **changes}.items() if value is not None}
    return request(firearms=[firearm])


def with_mark(n: int, **changes: Any) -> dict[str, Any]:
    """The complete request with one mark changed."""
    marks = [*MARKS]
    marks[n] = {k: v for k, v in {**marks[n], **changes}.items() if v is not None}
    return with_firearm(marks=marks)


def reply(type_: str, **fields: Any) -> dict[str, Any]:
    """A following message; the side that answers is XB."""
    return {**FOLLOWING, "type": type_, "sender": "XB-NPOC", "recipient": "XA-NPOC", **fields}
