"""What was measured: one row a figure, printed and written as bench.json."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """A measured value, and the floor, peer or target it is set against."""

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None


def set_against(name: str, value: float, unit: str, *, what: str, other: float) -> Figure:
    """A figure with its ratio to another of the same unit; `what` says what the other is."""
    against = f"{what}: {_number(other)} {unit}"
    return Figure(name, value, unit, against, value / other if other else None)


def show(figures: Iterable[Figure]) -> Iterable[str]:
    """The lines of the table."""
    rows = [
        (f.name, _number(f.value), f.unit, f"{f.ratio:.2f} x" if f.ratio else "", f.against)
        for f in figures
    ]
    wide = [max(len(row[column]) for row in rows) for column in range(4)]
    for name, value, unit, ratio, against in rows:
        left = f"{name:<{wide[0]}}  {value:>{wide[1]}} {unit:<{wide[2]}}"
        yield f"{left}  {ratio:>{wide[3]}}  {against}".rstrip()


def machine() -> str:
    """What it was measured on."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"load before the run {load:.1f}"
    )


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures as JSON, rounded to four digits."""
    rounded = [
        msgspec.structs.replace(
            figure,
            value=float(f"{figure.value:.4g}"),
            ratio=None if figure.ratio is None else float(f"{figure.ratio:.4g}"),
        )
        for figure in figures
    ]
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rounded), indent=1) + b"\n")


def _number(value: float) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f}"
