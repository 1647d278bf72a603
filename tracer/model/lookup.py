"""Names of makers, models and calibres as somebody types them, from the tables of the package.

What stands at the beginning comes first, then what begins a later word; each name once, in the
writing of the table. The tables are lists of one market and of one country's police: a name that is
not there is no error, and what is marked on the firearm is kept as it is marked.

Example:
    >>> makes("glo")[:1], models("Glock", "19")[:1], calibres("9 para")[:1]
    (('GLOCK',), ('19/19C',), ('9x19',))
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from tracer.model import tables
from tracer.model.calibre import CLASSES, cartridge, normal

MOST: Final = 12
"""Most names that are offered."""
_COUNTRY: Final = 2
"""Length of the codes that stand for a country, not for a make."""


def makes(text: str) -> tuple[str, ...]:
    """Makers whose name begins with a text, or has a word that does."""
    return _fitting(text, _makes())


def models(make: str, text: str) -> tuple[str, ...]:
    """Models of a maker; of all makers where this one is not in the table."""
    wanted = make.strip().casefold()
    of = [m for name, m in tables.models_by_make().items() if wanted and wanted in name.casefold()]
    known = [model for every in of for model in every] or [one.model for one in tables.models()]
    return _fitting(text, known)


def calibres(text: str) -> tuple[str, ...]:
    """Cartridges by any of their names; the one that is meant first."""
    meant = cartridge(text) if text.strip() else None
    wanted = normal(text)
    named = [name for name, others in CLASSES.items() if _begins(wanted, (name, *others))]
    found = dict.fromkeys([*([meant] if meant else []), *named])
    return tuple(found)[:MOST]


@cache
def _makes() -> tuple[str, ...]:
    """Clean names first, then those of the police list without its notes."""
    listed = (
        text.partition(";")[0].partition(",")[0].partition("(")[0].strip()
        for code, text in tables.makes().items()
        if len(code) > _COUNTRY
    )
    return tuple(dict.fromkeys([*tables.models_by_make(), *filter(None, listed)]))


def _begins(wanted: str, names: Iterable[str]) -> bool:
    return bool(wanted) and any(name.startswith(wanted) for name in names)


def _fitting(text: str, names: Iterable[str]) -> tuple[str, ...]:
    wanted = text.strip().casefold()
    if not wanted:
        return ()
    ranked: dict[str, int] = {}
    for name in names:
        folded = name.casefold()
        if folded.startswith(wanted):
            ranked.setdefault(name, 0)
        elif f" {wanted}" in folded or f"-{wanted}" in folded:
            ranked.setdefault(name, 1)
    return tuple(sorted(ranked, key=lambda name: (ranked[name], len(name))))[:MOST]
