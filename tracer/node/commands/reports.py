"""The year's report and what people declare for it."""

from __future__ import annotations

from msgspec import Struct

from tracer.casework.report import YearReport
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


COMMANDS = (_year, _declare)
