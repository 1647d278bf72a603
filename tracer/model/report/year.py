"""Cases of one year counted into tables.

Each rule stands beside its table. Rows of a table exclude each other unless it says otherwise: a
line counts under the first outcome of its answer, a request under the kind of its last answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Final

import msgspec
from msgspec import Struct

from tracer.clock import instant
from tracer.model.clocks import ClockKind, Deadline, Standing
from tracer.model.codes import ChainEventKind, ConditionFlag, MarkCondition, MarkKind, RecoveryMode
from tracer.model.dates import span
from tracer.model.firearm import Firearm
from tracer.model.marks import import_mark, of_kind, serials
from tracer.model.report.suppress import Tie, suppressed
from tracer.model.report.table import TOTAL, Cell, Table, counts
from tracer.model.thread import CaseState, LineState, State
from tracer.model.values import Recovery

SENT, RECEIVED = "sent", "received"
_BOTH: Final = (SENT, RECEIVED)
_NO_TARGET: Final = "no target"
_INDICATOR: Final = "sdg-16-4-2"
_FEW: Final = 5
"""A median of fewer requests than this is not told."""
DECLARED: Final = ("seized", "found", "surrendered")
"""What a node cannot know: totals of the whole country, entered by people."""
TRACED: Final = frozenset(
    {
        "FULL_CHAIN", "LAST_HOLDER", "MANUFACTURE_ONLY", "EXPORTED_TO", "IMPORTED_FROM",
        "STATE_STOCK", "REPORTED_LOST", "REPORTED_STOLEN", "DEACTIVATED_RECORD",
        "DESTROYED_RECORD",
    }
)  # fmt: skip
"""Outcomes that establish the origin or the context of a firearm (SDG indicator 16.4.2)."""
_TIME_TO_CRIME: Final = (
    (365, "under 1 year"),
    (3 * 365, "1 to 3 years"),
    (10 * 365, "3 to 10 years"),
)


class Counted(Struct, frozen=True, kw_only=True):
    """One request as it stood at the end of the year."""

    state_of_peer: str
    ours: bool
    state: CaseState
    deadlines: tuple[Deadline, ...]
    recoveries: tuple[Recovery, ...] = ()

    @property
    def side(self) -> str:
        """The column it counts in."""
        return SENT if self.ours else RECEIVED


def year_tables(
    cases: Sequence[Counted], declared: Mapping[str, int] | None = None
) -> tuple[Table, ...]:
    """All tables of a year.

    Args:
        cases: Requests of the year, sent and received, without test cases.
        declared: Totals by the names in `DECLARED`, as people entered them.
    """
    sent = [case for case in cases if case.ours]
    return (
        _by_state(cases),
        _clock(cases, ClockKind.ACKNOWLEDGE, "acknowledged", "Acknowledged"),
        _clock(cases, ClockKind.FIRST_ANSWER, "answered", "First answer or interim reply"),
        _answers(cases),
        _outcomes(cases),
        _grounds(cases),
        _times(cases),
        _recovered(sent),
        _marks(sent),
        _origins(sent),
        _time_to_crime(sent),
        _declared(declared or {}),
        _indicator(sent, declared or {}),
    )


def ties() -> Iterator[Tie]:
    """Cells of different tables that count the same, so that none gives another away."""
    by_request = ("requests", "acknowledged", "answered", "answers")
    for column in (*_BOTH, TOTAL):
        for one, other in pairwise(by_request):
            yield Tie(((one, TOTAL, column),), (other, TOTAL, column))
        yield Tie((("acknowledged", _NO_TARGET, column),), ("answered", _NO_TARGET, column))
    lines = (("recovered", TOTAL, TOTAL), ("marks", TOTAL, "firearms"))
    for line in lines:
        yield Tie((line,), ("time-to-crime", TOTAL, "firearms"))
    traced = tuple(("outcomes", outcome, SENT) for outcome in sorted(TRACED))
    yield Tie(traced, (_INDICATOR, "traced", "firearms"))
    yield Tie((("declared", TOTAL, "firearms"),), (_INDICATOR, "recovered", "firearms"))


def told(tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables as they may leave: small cells hidden, and the share with what it is made of."""
    return tuple(
        _share_hidden(table) if table.name == _INDICATOR else table
        for table in suppressed(tables, ties())
    )


def _share_hidden(table: Table) -> Table:
    """A share tells its counter to whoever knows the whole."""
    *counted, share = table.cells
    if share[0].value is None or not any(cell.suppressed for line in counted for cell in line):
        return table
    return msgspec.structs.replace(table, cells=(*counted, (Cell(None, suppressed=True),)))


def _by_state(cases: Sequence[Counted]) -> Table:
    found = Counter((case.state_of_peer, case.side) for case in cases)
    return counts("requests", "Tracing requests by State", found, columns=_BOTH)


def _clock(cases: Sequence[Counted], kind: ClockKind, name: str, title: str) -> Table:
    """In time, late, not yet (the target lies ahead or stands), not (it passed), waived."""
    rows = ("in time", "late", "not yet", "not", "waived", _NO_TARGET)
    found = Counter((_stands(case, kind), case.side) for case in cases)
    note = "against the targets of the State that is asked; a passed target is no refusal"
    return counts(name, title, found, columns=_BOTH, rows=rows, note=note)


def _stands(case: Counted, kind: ClockKind) -> str:
    standing = next((d.standing for d in case.deadlines if d.target.kind is kind), None)
    return _WORDS.get(standing, "not yet") if standing is not None else _NO_TARGET


_WORDS: Final[Mapping[Standing, str]] = {
    Standing.MET: "in time",
    Standing.MET_LATE: "late",
    Standing.PASSED: "not",
    Standing.WAIVED: "waived",
}


def _answers(cases: Sequence[Counted]) -> Table:
    """A request counts under the kind of its last answer; one without, under where it stands."""
    found = Counter((_answer(case.state), case.side) for case in cases)
    return counts("answers", "Answers by kind", found, columns=_BOTH)


def _answer(state: CaseState) -> str:
    if state.answer and state.answer not in {"amend", "withdraw"}:
        return state.answer
    open_as = {State.DELAYED: "delayed", State.WITHDRAWN: "withdrawn", State.LAPSED: "lapsed"}
    return open_as.get(state.state, "unanswered")


def _outcomes(cases: Sequence[Counted]) -> Table:
    """Lines, not requests: each under the first outcome that its answer names."""
    found = Counter(
        (line.outcomes[0].value, case.side)
        for case in cases
        for line in case.state.lines
        if line.outcomes
    )
    return counts("outcomes", "Results by outcome, firearms", found, columns=_BOTH)


def _grounds(cases: Sequence[Counted]) -> Table:
    """Grounds of refusals, restrictions and delays; a request may name several."""
    found: Counter[tuple[str, str]] = Counter()
    for case in cases:
        ground = case.state.ground
        if ground is not None and ground.type in {"refused", "restricted", "delayed"}:
            found.update((f"{ground.type}: {one.value}", case.side) for one in ground.grounds)
    rows = sorted({row for row, _ in found})
    cells = tuple(tuple(Cell(found[row, column]) for column in _BOTH) for row in rows)
    return Table(
        name="grounds",
        title="Grounds of refusals, restrictions and delays",
        note="a request may name several grounds, so there is no sum",
        rows=tuple(rows),
        columns=_BOTH,
        cells=cells,
        summed=False,
    )


def _times(cases: Sequence[Counted]) -> Table:
    rows = {ClockKind.ACKNOWLEDGE: "to acknowledge", ClockKind.FINAL_ANSWER: "to the final answer"}
    cells = tuple(tuple(_median(_days(cases, kind, side)) for side in _BOTH) for kind in rows)
    return Table(
        name="days",
        title="Median days",
        note=f"from receipt; not told for fewer than {_FEW} requests",
        rows=tuple(rows.values()),
        columns=_BOTH,
        cells=cells,
        summed=False,
    )


def _days(cases: Sequence[Counted], kind: ClockKind, side: str) -> list[float]:
    found = []
    for case in cases:
        ended = [
            d.target
            for d in case.deadlines
            if d.target.kind is kind and d.standing in {Standing.MET, Standing.MET_LATE}
        ]
        if case.side == side and ended:
            took = instant(ended[0].ended) - instant(ended[0].since)
            found.append(took.total_seconds() / 86_400)
    return found


def _median(days: Sequence[float]) -> Cell:
    if len(days) < _FEW:
        return Cell(None, suppressed=bool(days))
    return Cell(round(median(days), 1))


def _recovered(cases: Sequence[Counted]) -> Table:
    """Firearms we asked about, by type and by how they were recovered."""
    columns = ("seized", "found", "surrendered", "other")
    found = Counter(
        (firearm.type.value if firearm.type else "UNKNOWN", _mode(case, firearm))
        for case in cases
        for firearm in case.state.firearms
    )
    return counts("recovered", "Firearms asked about, by recovery", found, columns=columns)


def _mode(case: Counted, firearm: Firearm) -> str:
    recovery = _recovery(case, firearm)
    mode = recovery.mode if recovery and recovery.mode else None
    names = {
        RecoveryMode.SEIZED: "seized",
        RecoveryMode.FOUND: "found",
        RecoveryMode.SURRENDERED: "surrendered",
        RecoveryMode.INTERCEPTED_AT_BORDER: "seized",
    }
    return next((name for code, name in names.items() if mode and mode.is_(code)), "other")


def _recovery(case: Counted, firearm: Firearm) -> Recovery | None:
    fits = [r for r in case.recoveries if not r.lines or firearm.line in r.lines]
    return fits[0] if fits else None


def _marks(cases: Sequence[Counted]) -> Table:
    """The first that holds: privately made, converted, marks altered, unique mark, none."""
    rows = (
        "unique mark",
        "mark altered or removed",
        "converted",
        "privately made",
        "no unique mark",
    )
    found = Counter(
        (_marked(firearm), "firearms") for case in cases for firearm in case.state.firearms
    )
    return counts("marks", "Marks of firearms asked about", found, columns=("firearms",), rows=rows)


def _marked(firearm: Firearm) -> str:
    condition = firearm.condition or None
    flags = condition.flags if condition else ()
    if any(flag.is_(ConditionFlag.PRIVATELY_MADE) for flag in flags):
        return "privately made"
    if any("CONVERTED" in flag.value for flag in flags):
        return "converted"
    whole = condition is None or condition.state.is_(MarkCondition.INTACT)
    if not whole and not (condition and condition.state.is_(MarkCondition.NEVER_MARKED)):
        return "mark altered or removed"
    return "unique mark" if serials(firearm) else "no unique mark"


def _origins(cases: Sequence[Counted]) -> Table:
    """Countries of firearms we asked about: made, last imported, last legal record."""
    columns = ("manufacture", "last import", "last legal record")
    found: Counter[tuple[str, str]] = Counter()
    for case in cases:
        for firearm in case.state.firearms:
            for column, country in zip(columns, _countries(case.state, firearm), strict=True):
                if country:
                    found[country, column] += 1
    return counts("countries", "Countries of firearms asked about", found, columns=columns)


def _countries(state: CaseState, firearm: Firearm) -> tuple[str, str, str]:
    made = firearm.country_of_manufacture or ""
    imports = [
        read.country
        for _, mark in of_kind(firearm, MarkKind.IMPORT)
        if (read := import_mark(mark.text)) is not None
    ]
    chain = [item.event for item in state.chain if item.line == firearm.line]
    legal = [e.country for e in chain if e.kind.is_(ChainEventKind.LAST_LEGAL_HOLDER) and e.country]
    return made, imports[-1] if imports else "", str(legal[-1]) if legal else ""


def _time_to_crime(cases: Sequence[Counted]) -> Table:
    """Between the last legal record and the recovery, where both dates are known."""
    rows = (*(name for _, name in _TIME_TO_CRIME), "over 10 years", "not known")
    found = Counter(
        (_band(case, firearm), "firearms") for case in cases for firearm in case.state.firearms
    )
    title = "From the last legal record to the recovery"
    return counts("time-to-crime", title, found, columns=("firearms",), rows=rows)


def _band(case: Counted, firearm: Firearm) -> str:
    recovery = _recovery(case, firearm)
    legal = [
        item.event.date
        for item in case.state.chain
        if item.line == firearm.line
        and item.event.kind.is_(ChainEventKind.LAST_LEGAL_HOLDER)
        and item.event.date
    ]
    if not legal or recovery is None or not recovery.date:
        return "not known"
    days = (_earliest(recovery.date) - _earliest(str(legal[-1]))).days
    return next((name for most, name in _TIME_TO_CRIME if days < most), "over 10 years")


def _earliest(partial: str) -> date:
    return span(partial)[0]


def _declared(declared: Mapping[str, int]) -> Table:
    found = {(name, "firearms"): declared.get(name, 0) for name in DECLARED}
    note = "entered by people for the whole country; nothing of it is counted here"
    return counts(
        "declared",
        "Firearms seized, found, surrendered",
        found,
        columns=("firearms",),
        rows=DECLARED,
        note=note,
        source="declared",
    )


def _indicator(cases: Sequence[Counted], declared: Mapping[str, int]) -> Table:
    """SDG 16.4.2: firearms traced or whose context was established, of all that were recovered."""
    traced = sum(1 for case in cases for line in case.state.lines if _is_traced(line))
    whole = sum(declared.get(name, 0) for name in DECLARED)
    told = whole > 0 and traced not in range(1, _FEW)
    share = Cell(round(traced / whole, 4)) if told else Cell(None, suppressed=whole > 0)
    return Table(
        name=_INDICATOR,
        title="SDG 16.4.2: share of recovered firearms that were traced",
        note="counted: firearms traced by requests of this node; divided by the declared totals",
        source="counted and declared",
        rows=("traced", "recovered", "share"),
        columns=("firearms",),
        cells=((Cell(traced),), (Cell(whole),), (share,)),
        summed=False,
    )


def _is_traced(line: LineState) -> bool:
    return any(outcome.value in TRACED for outcome in line.outcomes)
