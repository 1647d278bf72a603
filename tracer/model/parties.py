"""Which State has joined which instrument, as far as this package knows.

A request that cites the Firearms Protocol between two States of which one is not a party is not
void, but the officer should know before it leaves. The table `data/parties.csv` answers what is
recorded here and how well: `found` (read in a public source named in the row), `recalled-high`,
`recalled-medium` and `recalled-low` (written from general knowledge, named as such in the row),
`example` (the invented States XA, XB, XC). Only the depositary's own list counts in law; a row
here never blocks anything.

What it does not do: reservations, denunciations, territorial application.

Example:
    >>> standing("FIREARMS_PROTOCOL", "FR").status
    'party'
    >>> standing("FIREARMS_PROTOCOL", "ZZ").recorded
    False
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

INSTRUMENTS: Final = {
    "UNTOC": "United Nations Convention against Transnational Organized Crime",
    "FIREARMS_PROTOCOL": "Firearms Protocol supplementing that Convention",
    "ITI": "International Tracing Instrument",
    "EU_2021_555": "Directive (EU) 2021/555",
    "EU_2023_977": "Directive (EU) 2023/977",
    "ECOWAS_CONVENTION": "ECOWAS Convention on small arms and light weapons",
}
JOINED: Final = frozenset({"party", "committed"})
SURE: Final = frozenset({"found", "recalled-high", "example"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What is recorded of one State under one instrument.

    `status` is party, committed (political), signatory, none or unsure; `since` is the date of
    entry into force for that State, empty when it is not recorded.
    """

    instrument: str
    state: str
    status: str
    since: str
    confidence: str
    source: str

    @property
    def recorded(self) -> bool:
        """Whether the State is recorded as having joined, well enough to say nothing about it."""
        return self.status in JOINED and self.confidence in SURE


def standing(instrument: str, state: str) -> Standing:
    """The recorded standing of `state` (ISO 3166 alpha-2) under `instrument`; unknown is unsure."""
    found = _table().get((instrument, state))
    return found or Standing(instrument, state, "unsure", "", "none", "no row in this table")


def joined(instrument: str) -> frozenset[str]:
    """The States recorded as having joined `instrument`, however well that is known."""
    return frozenset(
        s for (i, s), row in _table().items() if i == instrument and row.status in JOINED
    )


def rows() -> tuple[Standing, ...]:
    """The whole table, in the order of the file."""
    return tuple(_table().values())


@cache
def _table() -> dict[tuple[str, str], Standing]:
    text = resources.files("tracer.model").joinpath("data/parties.csv").read_text("utf-8")
    read = (Standing(**row) for row in csv.DictReader(text.splitlines()))
    return {(row.instrument, row.state): row for row in read}
