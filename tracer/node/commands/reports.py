"""The year's report, what people declare for it, and statements with one State."""

from __future__ import annotations

from msgspec import Struct

from tracer.casework.figures.report import YearReport
from tracer.casework.figures.statement import Stated
from tracer.node.commands.base import Call, command


class OfYear(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a year."""

    year: int


class Totals(Struct, frozen=True, forbid_unknown_fields=True):
    """Totals of the whole country in a year, by name."""

    year: int
    totals: dict[str, int]


@command("report.year", OfYear)
async def _year(call: Call, args: OfYear) -> YearReport:
    return await call.desk.reports.year(call.actor, args.year, progress=call.progress)


@command("report.declare", Totals)
async def _declare(call: Call, args: Totals) -> dict[str, int]:
    return await call.desk.reports.declare(call.actor, args.year, args.totals)


class Months(Struct, frozen=True, forbid_unknown_fields=True):
    """A statement with an authority over months of receipt."""

    authority: str
    since: str
    until: str


class StatementFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A statement that the other side has signed."""

    file: str


@command("statement.write", Months)
async def _write(call: Call, args: Months) -> Stated:
    return await call.desk.statements.write(
        call.actor, args.authority, since=args.since, until=args.until
    )


@command("statement.countersign", StatementFile)
async def _countersign(call: Call, args: StatementFile) -> Stated:
    return await call.desk.statements.countersign(call.actor, args.file.encode())


COMMANDS = (_year, _declare, _write, _countersign)
