"""What the people of the demonstration write, as they would write it in a file.

Codes are plain words here; `casework.papers.documents` expands them. All persons, firms and
numbers are invented.
"""

from __future__ import annotations

from typing import Any

Paper = dict[str, Any]

LAW: Paper = {
    "instruments": ["FIREARMS_PROTOCOL", "ITI"],
    "illicit": ["ITI-6-A"],
    "national_article": "Weapons Act, section 12",
}
SEARCHED_AT_HOME: Paper = {
    "searches": [
        {"register": "CIVILIAN_HOLDERS", "result": "NO_HIT", "date": "2026-11-20"},
        {"register": "LOST_STOLEN", "result": "NO_HIT", "date": "2026-11-20"},
    ]
}
SEIZED: Paper = {
    "mode": "SEIZED",
    "date": "2026-11-19",
    "country": "XA",
    "quantity": 1,
    "found_with": ["AMMUNITION"],
    "concealment": "IN_VEHICLE",
}


UNSCATHED: Paper = {"state": "INTACT"}
OBLITERATED: Paper = {"state": "PARTLY_OBLITERATED"}
ETCHED: Paper = OBLITERATED | {"restoration": "RESTORED_FULL", "method": "CHEMICAL_ETCHING"}
"""What was obliterated stays so, and says how it can be read now."""


def pistol(
    serial: str,
    *,
    reading: str = "CLEAR",
    unreadable: tuple[int, ...] = (),
    condition: Paper = UNSCATHED,
    photos: bool = False,
) -> Paper:
    """The pistol as XA has it on the table; with `photos`, one of each mark is attached."""
    return {
        "line": 1,
        "object": "FIREARM",
        "type": "PISTOL",
        "action": "SEMI_AUTO",
        "make": {"as_marked": "BOREAL ARMS"},
        "model": {"as_marked": "B-7"},
        "calibre": {"as_marked": "9x19"},
        "country_of_manufacture": "XB",
        "marks": [
            {
                "kind": "SERIAL",
                "location": "FRAME",
                "text": serial,
                "reading": reading,
                "unreadable": list(unreadable),
                "identity": True,
                "photos": [1] if photos else [],
            },
            {
                "kind": "IMPORT",
                "location": "BARREL",
                "text": "XC 19",
                "reading": "CLEAR",
                "country": "XC",
                "year": 2019,
                "photos": [2] if photos else [],
            },
        ],
        "condition": condition,
    }


def request() -> Paper:
    """XA asks XB, the country of manufacture."""
    return {
        "kind": "TRACE",
        "requester": {"authority": "Imagined City Police", "function": "Criminal investigation"},
        "urgency": {"level": "PRIORITY", "reason": "DETENTION_DECISION"},
        "legal_basis": LAW,
        "firearms": [
            pistol(
                "B7 4?162",
                reading="PARTLY_READABLE",
                unreadable=(5,),
                condition=OBLITERATED,
                photos=True,
            )
        ],
        "recoveries": [SEIZED],
        "investigation": {"offences": ["FP-5-TRAFFICKING"], "stage": "INVESTIGATION"},
        "intended_use": ["LOCATE_DIVERSION", "PROSECUTION_LEAD"],
        "asked": ["FIRST_SHIPMENT", "LAST_HOLDER"],
        "domestic_work": SEARCHED_AT_HOME,
        "place": {"locality": "Imagined City"},
        "narrative": {
            "summary": "A pistol in a hidden compartment of a car.",
            "circumstances": "Found at a road check; the driver named nobody.",
        },
    }


def second_request() -> Paper:
    """Another request of XA to XB, which XB will refuse."""
    paper = request()
    paper["firearms"] = [pistol("B7 51907")]
    paper["narrative"] = {
        "summary": "A second pistol of the same make.",
        "circumstances": "Handed in by a finder at a police station.",
    }
    paper["recoveries"] = [SEIZED | {"mode": "FOUND", "found_with": [], "concealment": "NONE"}]
    return paper


ACKNOWLEDGED: Paper = {"local_reference": "XB/26/0311", "unit": "Tracing unit"}

ASKED_MORE: Paper = {
    "lines": [1],
    "questions": [
        {
            "n": 1,
            "line": 1,
            "field": "firearms/1/marks/1/text",
            "helpful": "SERIAL_RESTORATION",
            "formats": ["PHOTO", "TEXT"],
        }
    ],
    "free_text": [{"about": "questions/1", "text": "Can the fifth character be restored?"}],
}


def restored(question: str) -> Paper:
    """XA has restored the serial and says so."""
    return {
        "about": question,
        "firearms": [pistol("B7 48162", reading="RESTORED", condition=ETCHED)],
        "free_text": [{"about": "firearms/1/marks/1", "text": "Restored by etching: it is an 8."}],
    }


EXPORTED: Paper = {
    "handling": {"code": "H2", "limits": ["NO_THIRD_STATE"]},
    "answers": [
        {
            "line": 1,
            "outcomes": ["EXPORTED_TO"],
            "confidence": "CONFIRMED",
            "chain": [
                {
                    "n": 1,
                    "kind": "MANUFACTURED",
                    "date": "2018-06",
                    "country": "XB",
                    "to_party": 1,
                    "register": "MANUFACTURE",
                    "confidence": "CONFIRMED",
                },
                {
                    "n": 2,
                    "kind": "EXPORTED",
                    "date": "2019-02-11",
                    "country": "XB",
                    "from_party": 1,
                    "to_party": 2,
                    "register": "EXPORT",
                    "confidence": "CONFIRMED",
                    "licence": {
                        "number": "XB/E/0042/19",
                        "export_country": "XB",
                        "import_country": "XC",
                        "quantity": 40,
                    },
                },
            ],
            "onward": [{"country": "XC", "reason": "EXPORTED_THERE"}],
        }
    ],
    "searched": [
        {"register": "MANUFACTURE", "from_year": 1990, "to_year": 2026, "result": "HIT"},
        {"register": "EXPORT", "from_year": 1995, "to_year": 2026, "result": "HIT"},
    ],
    "chain_parties": [
        {"n": 1, "kind": "MANUFACTURER", "name": "Boreal Arms (invented)", "country": "XB"},
        {"n": 2, "kind": "IMPORTER", "name": "Nowhere Trading (invented)", "country": "XC"},
    ],
}

LAST_HOLDER: Paper = {
    "answers": [
        {
            "line": 1,
            "outcomes": ["LAST_HOLDER"],
            "confidence": "CONFIRMED",
            "chain": [
                {
                    "n": 1,
                    "kind": "IMPORTED",
                    "date": "2019-03-01",
                    "country": "XC",
                    "to_party": 1,
                    "register": "IMPORT",
                    "confidence": "CONFIRMED",
                },
                {
                    "n": 2,
                    "kind": "RETAIL_SALE",
                    "date": "2019-09-14",
                    "country": "XC",
                    "from_party": 1,
                    "to_party": 2,
                    "register": "DEALER",
                    "confidence": "CONFIRMED",
                },
                {
                    "n": 3,
                    "kind": "LAST_LEGAL_HOLDER",
                    "date": "2024",
                    "country": "XC",
                    "to_party": 2,
                    "register": "CIVILIAN_HOLDERS",
                    "confidence": "PROBABLE",
                },
            ],
        }
    ],
    "searched": [
        {"register": "CIVILIAN_HOLDERS", "from_year": 2000, "to_year": 2026, "result": "HIT"}
    ],
    "chain_parties": [
        {"n": 1, "kind": "IMPORTER", "name": "Nowhere Trading (invented)", "country": "XC"},
        {"n": 2, "kind": "PRIVATE_PERSON", "name": "Nobody Invented", "country": "XC"},
    ],
}

REFUSED: Paper = {
    "grounds": ["ITI-22-INVESTIGATION"],
    "alternative": "MLA_REQUEST",
    "free_text": [
        {"about": "grounds/1", "text": "An investigation here would be put at risk until spring."}
    ],
}

FEEDBACK: Paper = {
    "outcomes": ["DIVERSION_IDENTIFIED"],
    "usefulness": "DECISIVE",
}


def consent(result: str) -> Paper:
    """XA asks XB whether it may tell XC what XB answered."""
    return {
        "about": [result],
        "uses": ["FORWARD_TO_THIRD_STATE"],
        "countries": ["XC"],
        "lines": [1],
    }


def consent_given(asked: str) -> Paper:
    """XB allows it."""
    return {"about": asked, "uses": ["FORWARD_TO_THIRD_STATE"]}
