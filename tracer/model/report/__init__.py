"""The year's report: tables counted from cases, in the shape of the questionnaire and SDG 16.4.2.

Rules
-----
1. *Counted* figures come from the messages of cases and nothing else; *declared* ones (what was
   seized, found, surrendered in the whole country) are entered by people and stay apart from them.
2. Test cases are never counted. A request belongs to the year (UTC) in which it was received by the
   State that is asked; what became of it is told as it stood at the end of that year.
3. Before a report leaves, cells of 1 to 4 are suppressed, and as many others as it takes that no
   suppressed cell can be computed from what is left of all tables together (`suppress`).
4. The columns of the questionnaire are a draft mapping in `data/report-columns.csv`: its official
   variable names were not at hand.

One file each: `year` (cases to tables), `suppress`, `table` (the types).

What it does not do: read the store, write files, or rank States.

Example:
    >>> tables = year_tables(cases, year=2026, own="XA")
    >>> told(tables)
"""

from __future__ import annotations

from tracer.model.report.table import Cell, Table
from tracer.model.report.year import Counted, told, year_tables

__all__ = ["Cell", "Counted", "Table", "told", "year_tables"]
