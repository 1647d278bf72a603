"""What simulated authorities write. All persons, firms and numbers are invented.

Documents as `casework.papers.documents` reads them. `write` needs nothing but what was asked: the
firearms as the request describes them, and the ids of the messages to which an answer refers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from tracer.demo.papers import LAW, SEARCHED_AT_HOME, SEIZED

Paper = dict[str, Any]

REVIEW: Final = timedelta(days=14)
"""From the day of a delay to its review."""
_FOUND: Final = (
    ("PISTOL", "SEMI_AUTO", "BOREAL ARMS", "B-7", "9x19", "B7 {0:05d}"),
    ("REVOLVER", "REVOLVER_DA", "AUSTRAL WORKS", "R38", ".38 Special", "A{0:05d}"),
    ("RIFLE", "BOLT", "MERIDIAN RIFLES", "M-40", "7.62x51", "{0:04d}-40"),
    ("SHOTGUN", "BREAK_OVER_UNDER", "NOWHERE GUNMAKERS", "Field", "12/70", "{0:06d}"),
)
"""Firearms that simulated authorities ask about: type, action, make, model, calibre, serial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an answer is about."""

    state: str
    """The State that answers, two letters."""
    onward: str
    """Where it says that a firearm of its own make went."""
    today: date
    firearms: Sequence[Mapping[str, Any]]
    """As the request describes them."""
    heard: Mapping[str, str]
    """The newest message of each type of the other side: its id."""

    @property
    def lines(self) -> list[int]:
        """The lines of the request; the first if it has none."""
        return [int(one.get("line", 1)) for one in self.firearms] or [1]


def write(kind: str, about: About) -> Paper:
    """The document of one message type."""
    return _PAPERS[kind](about)


def request(n: int, *, made_in: str, found_in: str) -> Paper:
    """The `n`th request of an authority: each asks about another firearm."""
    kind, action, make, model, calibre, serial = _FOUND[n % len(_FOUND)]
    mark = {
        "kind": "SERIAL",
        "location": "FRAME",
        "text": serial.format(10007 * (n + 1) % 99991),
        "reading": "CLEAR",
        "identity": True,
    }
    firearm = {
        "line": 1,
        "object": "FIREARM",
        "type": kind,
        "action": action,
        "make": {"as_marked": make},
        "model": {"as_marked": model},
        "calibre": {"as_marked": calibre},
        "country_of_manufacture": made_in,
        "marks": [mark],
        "condition": {"state": "INTACT"},
    }
    return {
        "kind": "TRACE",
        "test": True,
        "requester": {
            "authority": "Imagined District Police",
            "function": "Criminal investigation",
        },
        "urgency": {"level": "ROUTINE"},
        "legal_basis": LAW,
        "firearms": [firearm],
        "recoveries": [SEIZED | {"country": found_in}],
        "investigation": {"offences": ["FP-5-TRAFFICKING"], "stage": "INVESTIGATION"},
        "intended_use": ["LOCATE_DIVERSION"],
        "asked": ["FIRST_SHIPMENT", "LAST_HOLDER"],
        "domestic_work": SEARCHED_AT_HOME,
        "narrative": {
            "summary": f"Exercise: a {kind.lower()} found at a road check.",
            "circumstances": "In a bag on the back seat; the driver named nobody.",
        },
    }


def _acknowledgement(about: About) -> Paper:
    return {"local_reference": f"{about.state}/X/{about.today:%j}", "unit": "Tracing unit"}


def _more_info(about: About) -> Paper:
    line = about.lines[0]
    question = {
        "n": 1,
        "line": line,
        "field": f"firearms/{line}/marks/1/text",
        "helpful": "SERIAL_RESTORATION",
        "formats": ["PHOTO", "TEXT"],
    }
    words = "Please confirm each character of the serial, and send a photo of it."
    return {
        "lines": [line],
        "questions": [question],
        "free_text": [{"about": "questions/1", "text": words}],
    }


def _amend(about: About) -> Paper:
    """The firearms as they were described: looked at again, nothing else was found."""
    words = "Looked at again under the lamp: every character is as stated."
    return {
        "about": about.heard["more-info"],
        "firearms": [dict(one) for one in about.firearms],
        "free_text": [{"about": "firearms/1/marks/1", "text": words}],
    }


def _result(about: About) -> Paper:
    answers, parties = [], _PARTIES_MADE
    for line, firearm in zip(about.lines, about.firearms or ({},), strict=True):
        made_here = firearm.get("country_of_manufacture", about.state) == about.state
        parties = _PARTIES_MADE if made_here else _PARTIES_HELD
        answers.append((_exported if made_here else _held)(about, line))
    return {
        "handling": {"code": "H2", "limits": ["NO_THIRD_STATE"]},
        "answers": answers,
        "searched": [
            {
                "register": "MANUFACTURE",
                "from_year": 1990,
                "to_year": about.today.year,
                "result": "HIT",
            }
        ],
        "chain_parties": [
            one | {"country": about.state if one["n"] == 1 else about.onward} for one in parties
        ],
    }


def _exported(about: About, line: int) -> Paper:
    made = _event(1, "MANUFACTURED", "2018-06", about.state, "MANUFACTURE", to_party=1)
    sent = _event(2, "EXPORTED", "2019-02-11", about.state, "EXPORT", from_party=1, to_party=2)
    sent["licence"] = {
        "number": f"{about.state}/E/0042/19",
        "export_country": about.state,
        "import_country": about.onward,
        "quantity": 40,
    }
    return {
        "line": line,
        "outcomes": ["EXPORTED_TO"],
        "confidence": "CONFIRMED",
        "chain": [made, sent],
        "onward": [{"country": about.onward, "reason": "EXPORTED_THERE"}],
    }


def _held(about: About, line: int) -> Paper:
    brought = _event(1, "IMPORTED", "2019-03-01", about.state, "IMPORT", to_party=1)
    sold = _event(2, "RETAIL_SALE", "2019-09-14", about.state, "DEALER", from_party=1, to_party=2)
    held = _event(3, "LAST_LEGAL_HOLDER", "2024", about.state, "CIVILIAN_HOLDERS", to_party=2)
    return {
        "line": line,
        "outcomes": ["LAST_HOLDER"],
        "confidence": "CONFIRMED",
        "chain": [brought, sold, held],
    }


def _event(n: int, kind: str, day: str, country: str, register: str, **parties: int) -> Paper:
    return {
        "n": n,
        "kind": kind,
        "date": day,
        "country": country,
        "register": register,
        "confidence": "CONFIRMED",
    } | parties


def _delayed(about: About) -> Paper:
    words = "The records of that year are on paper and are being looked through."
    return {
        "review": (about.today + REVIEW).isoformat(),
        "grounds": ["ITI-22-INVESTIGATION"],
        "free_text": [{"about": "grounds/1", "text": words}],
    }


def _no_record(about: About) -> Paper:
    searched = {
        "register": "CIVILIAN_HOLDERS",
        "from_year": 2000,
        "to_year": about.today.year,
        "result": "NO_HIT",
    }
    return {"reasons": ["NO_MATCH_IN_REGISTERS"], "searched": [searched]}


def _refused(_: About) -> Paper:
    words = "An investigation here would be put at risk."
    return {
        "grounds": ["ITI-22-INVESTIGATION"],
        "alternative": "MLA_REQUEST",
        "free_text": [{"about": "grounds/1", "text": words}],
    }


def _clarified(about: About) -> Paper:
    words = "A trial begins in spring; ask again when it is over."
    return {
        "about": about.heard["clarify-ground"],
        "grounds": ["ITI-22-INVESTIGATION"],
        "free_text": [{"about": "grounds/1", "text": words}],
    }


def _conditions(_: About) -> Paper:
    return {
        "conditions": [
            {"n": 1, "kind": "USE_ONLY_STATED_PURPOSE"},
            {"n": 2, "kind": "REPORT_OUTCOME"},
        ]
    }


def _accepted(about: About) -> Paper:
    return {"about": about.heard["conditions-proposed"]}


def _consent_given(about: About) -> Paper:
    return {"about": about.heard["consent-asked"], "uses": ["FORWARD_TO_THIRD_STATE"]}


def _consent_declined(about: About) -> Paper:
    return {"about": about.heard["consent-asked"], "grounds": ["INVESTIGATION_AT_RISK"]}


def _feedback(_: About) -> Paper:
    return {"outcomes": ["DIVERSION_IDENTIFIED"], "usefulness": "USEFUL"}


_PARTIES_MADE: Final[Sequence[Paper]] = (
    {"n": 1, "kind": "MANUFACTURER", "name": "Boreal Arms (invented)"},
    {"n": 2, "kind": "IMPORTER", "name": "Nowhere Trading (invented)"},
)
_PARTIES_HELD: Final[Sequence[Paper]] = (
    {"n": 1, "kind": "IMPORTER", "name": "Nowhere Trading (invented)"},
    {"n": 2, "kind": "PRIVATE_PERSON", "name": "Nobody Invented"},
)
_PAPERS: Final[Mapping[str, Callable[[About], Paper]]] = MappingProxyType(
    {
        "acknowledgement": _acknowledgement,
        "more-info": _more_info,
        "amend": _amend,
        "result": _result,
        "delayed": _delayed,
        "no-record": _no_record,
        "refused": _refused,
        "ground-clarified": _clarified,
        "conditions-proposed": _conditions,
        "conditions-accepted": _accepted,
        "consent-given": _consent_given,
        "consent-declined": _consent_declined,
        "feedback": _feedback,
    }
)
