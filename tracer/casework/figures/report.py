"""The year's report: cases counted, totals declared, small cells hidden.

Whoever asks for it is on record. Messages are read page by page, outside any write, and nothing but
the tables leaves this file. The report holds counts of both directions between us and each State:
it is for our own authority and what that hands to the Conference, not for third States.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tracer.casework.roles import Act, acting
from tracer.clock import instant, stamp
from tracer.errors import InputError
from tracer.exchange.projection import events_of
from tracer.model.clocks import deadlines
from tracer.model.ids import is_outside, state_of
from tracer.model.messages import Request
from tracer.model.report import Counted, Table, told, year_tables
from tracer.model.report.year import DECLARED
from tracer.model.terms import NO_TERMS
from tracer.model.thread import Event, Timers, closed, fold
from tracer.store import Store, Tx
from tracer.store.rows import ThreadRow

PAGE = 200
"""Threads read at once."""
YEARS = range(2000, 9000)
Progress = Callable[[str, int, int], None]

METHOD = (
    "Counted from the messages of cases in this node; test cases are left out.",
    "A request counts in the year (UTC) in which the State that is asked received it.",
    "What became of it is told as it stood at the end of that year, or now if it goes on.",
    "Cells of 1 to 4 are suppressed, and others from which they could be computed.",
    "Declared totals were entered by people and are kept apart from what was counted.",
    "The names of columns are a draft mapping to the questionnaire of the Conference.",
)
"""How the report was made, as it stands in the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearReport:
    """The tables of one year, ready to leave, and how they were made."""

    authority: str
    year: int
    until: str
    """The instant as of which it was counted."""
    method: tuple[str, ...]
    tables: tuple[Table, ...]


class Reports:
    """The verbs."""

    def __init__(self, *, store: Store, authority: str) -> None:
        self._store = store
        self._authority = authority

    async def declare(self, actor: str, year: int, totals: Mapping[str, int]) -> dict[str, int]:
        """Enter totals of the whole country; all that is declared for the year.

        Raises:
            InputError: `declared-name`, `declared-value`, `report-year`, or about the person.
        """
        _check_year(year)
        for name, value in totals.items():
            if name not in DECLARED:
                raise InputError(
                    "declared-name",
                    f"{name} is not a total that is declared",
                    advice=f"Totals are {', '.join(DECLARED)}.",
                    field=name,
                )
            if value < 0:
                raise InputError("declared-value", f"{name} is not negative", field=name)

        def body(tx: Tx) -> dict[str, int]:
            acting(tx, actor, Act.REPORT)
            tx.declared.put(year, totals, by=actor)
            tx.audit.write(actor, "report-declare", str(year), dict(totals))
            return tx.declared.of(year)

        return await self._store.write(body)

    async def year(
        self, actor: str, year: int, *, progress: Progress = lambda *_: None
    ) -> YearReport:
        """Count a year.

        Raises:
            InputError: `report-year`, also of one that has not begun, or about the person.
        """
        _check_year(year)
        now, declared = await self._store.write(lambda tx: self._begin(tx, actor, year))
        until = min(now, stamp(datetime(year + 1, 1, 1, tzinfo=UTC) - timedelta(milliseconds=1)))
        cases: list[Counted] = []
        threads = await self._store.read(_every_thread)
        for start in range(0, len(threads), PAGE):
            page = threads[start : start + PAGE]
            cases += await self._store.read(
                lambda tx, page=page: list(_counted(tx, page, year, until))  # type: ignore[misc]
            )
            progress("counting cases", start + len(page), len(threads))
        return YearReport(
            authority=self._authority,
            year=year,
            until=until,
            method=METHOD,
            tables=told(year_tables(cases, declared)),
        )

    def _begin(self, tx: Tx, actor: str, year: int) -> tuple[str, dict[str, int]]:
        acting(tx, actor, Act.REPORT)
        if year > instant(tx.now).year:
            raise InputError("report-year", f"{year} has not begun", field="year")
        tx.audit.write(actor, "report-year", str(year))
        return tx.now, tx.declared.of(year)


def _check_year(year: int) -> None:
    if year not in YEARS:
        raise InputError("report-year", f"{year} is not a year of cases here", field="year")


def _every_thread(tx: Tx) -> list[ThreadRow]:
    found: list[ThreadRow] = []
    while page := tx.threads.list(purged=False, after=found[-1].id if found else ""):
        found += page
    return [row for row in found if not row.test and not is_outside(row.peer)]


def _counted(tx: Tx, page: Sequence[ThreadRow], year: int, until: str) -> Iterator[Counted]:
    """The requests among these threads that count in the year, as they stood at `until`."""
    for row in page:
        events = closed(event for event in events_of(tx, row) if event.at <= until)
        opening = next((event for event in events if event.id == row.id), None)
        in_year = opening is not None and opening.at[:4] == str(year)
        if opening is not None and in_year and isinstance(opening.message, Request):
            yield _case(tx, row, opening.message, events, until)


def _case(tx: Tx, row: ThreadRow, request: Request, events: Sequence[Event], until: str) -> Counted:
    terms, moment = tx.terms.get(request.terms), datetime.fromisoformat(until)
    return Counted(
        state_of_peer=state_of(row.peer),
        ours=row.opener == "us",
        state=fold(events, now=moment, timers=Timers(terms=terms or NO_TERMS)),
        deadlines=deadlines(events, terms, moment) if terms is not None else (),
        recoveries=request.recoveries,
    )
