"""Cases of a year counted into tables, and the files they leave in."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from tests.casework.desks import Desk
from tests.model.clocks import TERMS, Timed
from tests.model.threads import code
from tracer.casework.table_files import SUPPRESSED, as_csv, as_workbook, plain
from tracer.errors import InputError
from tracer.model.clocks import deadlines
from tracer.model.report import Counted, Table, told, year_tables
from tracer.model.report.table import TOTAL, Cell, counts
from tracer.model.tables import report_columns
from tracer.model.thread import Timers, fold

DAY = timedelta(days=1)


def counted(case: Timed, *, ours: bool = True, after: timedelta = 200 * DAY) -> Counted:
    now = case.start + after
    opening: Any = case.events[0].message
    return Counted(
        state_of_peer="XB",
        ours=ours,
        state=fold(case.events, now=now, timers=Timers(terms=TERMS)),
        deadlines=deadlines(case.events, TERMS, now),
        recoveries=opening.recoveries,
    )


def answered(after: timedelta, outcome: str = "LAST_HOLDER") -> Timed:
    case = Timed()
    case.other(after, "result", answers=[{"line": 1, "outcomes": [code("result-code", outcome)]}])
    return case


def refused() -> Timed:
    case = Timed()
    case.other(DAY, "refused", grounds=[code("ground", "ITI-22-INVESTIGATION")])
    return case


def named(cases: list[Counted], declared: dict[str, int] | None = None) -> dict[str, Table]:
    return {table.name: table for table in year_tables(cases, declared)}


def test_each_request_counts_once_on_its_side() -> None:
    cases = [counted(Timed()), counted(answered(DAY)), counted(refused(), ours=False)]
    found = named(cases)
    assert found["requests"].value("XB", "sent").value == 2
    assert found["requests"].value(TOTAL, TOTAL).value == 3
    assert found["answers"].value("unanswered", "sent").value == 1
    assert found["answers"].value("result", "sent").value == 1
    assert found["answers"].value("refused", "received").value == 1
    assert found["grounds"].value("refused: ITI-22-INVESTIGATION", "received").value == 1


def test_a_request_is_acknowledged_in_time_late_or_not() -> None:
    cases = [counted(Timed()), counted(answered(DAY)), counted(answered(10 * DAY))]
    table = named(cases)["acknowledged"]
    assert [table.value(row, "sent").value for row in ("in time", "late", "not")] == [1, 1, 1]
    pending = named([counted(Timed(), after=DAY)])["acknowledged"]
    assert pending.value("not yet", "sent").value == 1


def test_a_median_of_few_requests_is_not_told() -> None:
    few = named([counted(answered(DAY)) for _ in range(4)])["days"]
    many = named([counted(answered(n * DAY)) for n in range(1, 6)])["days"]
    assert few.value("to the final answer", "sent").suppressed
    assert many.value("to the final answer", "sent").value == 3.0


def test_declared_totals_stay_apart_from_what_was_counted() -> None:
    cases = [counted(answered(DAY)) for _ in range(6)]
    found = named(cases, {"seized": 100, "found": 20})
    assert (found["declared"].source, found["requests"].source) == ("declared", "counted")
    assert found["sdg-16-4-2"].value("share", "firearms").value == 0.05
    assert named(cases)["sdg-16-4-2"].value("share", "firearms").value is None


def test_the_share_of_few_traced_firearms_is_hidden_with_their_number() -> None:
    found = named([counted(answered(DAY))], {"seized": 100})["sdg-16-4-2"]
    assert found.value("share", "firearms").suppressed


def _clock(name: str, **found: int) -> Table:
    cells = {(row.replace("_", " "), "sent"): count for row, count in found.items()}
    rows = ("in time", "late", "not yet", "not", "waived", "no target")
    return counts(name, name, cells, columns=("sent", "received"), rows=rows)


def test_what_two_tables_count_alike_is_hidden_in_both() -> None:
    first = _clock("acknowledged", in_time=30, late=2, no_target=10)
    second = _clock("answered", in_time=32, no_target=10)
    found = told([first, second])
    assert found[0].value("late", "sent").suppressed
    cells = [table.value("no target", "sent") for table in found]
    assert len(set(cells)) == 1


def test_the_number_of_traced_firearms_gives_away_no_outcome() -> None:
    outcomes = {("FULL_CHAIN", "sent"): 3, ("NO_RECORD", "sent"): 10, ("LAST_HOLDER", "sent"): 20}
    table = counts("outcomes", "", outcomes, columns=("sent", "received"))
    indicator = Table(
        name="sdg-16-4-2",
        title="",
        rows=("traced", "recovered", "share"),
        columns=("firearms",),
        cells=((Cell(23),), (Cell(100),), (Cell(0.23),)),
        summed=False,
    )
    shown, share = told([table, indicator])
    assert shown.value("FULL_CHAIN", "sent").suppressed
    assert (
        shown.value("LAST_HOLDER", "sent").suppressed
        or share.value("traced", "firearms").suppressed
    )
    assert (
        not share.value("traced", "firearms").suppressed
        or share.value("share", "firearms").suppressed
    )


def test_every_table_has_its_place_in_the_draft_of_the_questionnaire() -> None:
    assert set(report_columns()) == set(named([]))


async def test_who_asks_for_the_report_is_on_record_and_nothing_small_leaves(desk: Desk) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    year = desk.clock.now().year
    await desk.reports.declare("sam", year, {"seized": 50})
    report = await desk.reports.year("aud", year)
    requests = next(table for table in report.tables if table.name == "requests")
    assert all(cell.suppressed or cell.value == 0 for line in requests.cells for cell in line)
    acts = await desk.store.read(lambda tx: [(act.actor, act.act) for act in tx.audit.list(2)])
    assert acts == [("aud", "report-year"), ("sam", "report-declare")]


async def test_a_year_that_has_not_begun_has_no_report(desk: Desk) -> None:
    with pytest.raises(InputError, match="has not begun") as refused:
        await desk.reports.year("aud", desk.clock.now().year + 1)
    assert (refused.value.code, refused.value.field) == ("report-year", "year")


@pytest.mark.parametrize("totals", [{"stolen": 1}, {"seized": -1}])
async def test_only_known_totals_are_declared(desk: Desk, totals: dict[str, int]) -> None:
    with pytest.raises(InputError):
        await desk.reports.declare("sam", 2026, totals)


def _report() -> dict[str, Any]:
    cases = [counted(answered(DAY)) for _ in range(7)]
    built = {
        "authority": "XA-NPOC",
        "year": 2026,
        "until": "2026-12-31T23:59:59.999Z",
        "method": ("Counted.",),
        "tables": year_tables(cases, {"seized": 3}),
    }
    return msgspec.json.decode(msgspec.json.encode(built))  # type: ignore[no-any-return]


def test_the_workbook_holds_a_sheet_for_each_table_and_how_it_was_made(tmp_path: Path) -> None:
    report = _report()
    path = tmp_path / "year.xlsx"
    path.write_bytes(as_workbook(report, report_columns()))
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == [*(table["name"] for table in report["tables"]), "method"]
    rows = book.get_sheet_by_name("requests").to_python()
    assert ["XB", 7.0, 0.0, 7.0] in [row[:4] for row in rows]


def test_the_plain_table_has_one_line_for_each_figure() -> None:
    report = _report()
    report["tables"][0]["cells"][0][0] = {"value": None, "suppressed": True}
    rows = list(csv.DictReader(io.StringIO(as_csv(report, report_columns()).lstrip("\ufeff"))))
    first = rows[0]
    assert (first["table"], first["row"], first["column"]) == ("requests", "XB", "sent")
    assert first["value"] == SUPPRESSED
    cells = sum(len(table["rows"]) * len(table["columns"]) for table in report["tables"])
    assert len(rows) == cells + 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert plain(text) == f"'{text}"
