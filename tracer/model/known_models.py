"""A few common models and the cartridges they were made for, to notice contradictions.

Many models exist in calibres that no short list holds; a model that is not here says nothing, and
one that is here and does not agree is worth a second look, no more. General knowledge of the trade.

Example:
    >>> sorted(known_cartridges("Tokarev", "TT-33"))
    ['7.62x25']
"""

from __future__ import annotations

import re
from typing import Final

_TABLE: Final = tuple(
    (re.compile(make, re.IGNORECASE), re.compile(model, re.IGNORECASE), frozenset(classes))
    for make, model, classes in (
        ("glock", r"\W*(?:g\W*)?(17|19|26|34|45)\b.*", ("9x19",)),
        ("glock", r"\W*(?:g\W*)?(22|23|27|35)\b.*", ("10x22",)),
        ("glock", r"\W*(?:g\W*)?(21|30|41)\b.*", ("11.43x23",)),
        ("glock", r"\W*(?:g\W*)?42\b.*", ("9x17",)),
        ("", r"(?:pm|makarov.*)", ("9x18",)),
        ("tokarev|tula|izhevsk|zastava", r"(?:tt\W*3[03]|tt|m57)", ("7.62x25",)),
        ("beretta", r"(?:m\W*)?92.*", ("9x19", "7.65x21")),
        ("colt", r"(?:m\W*)?1911.*", ("11.43x23", "10.9x33r", "9x19", "10x25")),
        ("cz|ceska|\u010desk", r"(?:cz\W*)?75.*", ("9x19", "9x21", "10x22")),
        (
            "cz|ceska|\u010desk",
            r"(?:sa\W*)?vz\.?\W*61.*|.*skorpion.*",
            ("7.65x17sr", "9x17", "9x18"),
        ),
        ("", r"ak\W*47|akm\w?|akms?|type\W*56", ("7.62x39",)),
        ("", r"ak\W*74\w?|aks\W*74\w?", ("5.45x39",)),
        ("", r"m\W*16.*|m\W*4(?:a1)?", ("5.56x45", ".223 rem")),
        ("", r"dragunov|svd|mosin.*|pkm?", ("7.62x54r",)),
        ("", r"uzi|mp\W*5\w*", ("9x19", "11.43x23", "5.6x15r", "10x25", "10x22")),
        ("walther", r"ppk?(?:/s)?", ("7.65x17sr", "9x17", "6.35x16sr", "5.6x15r")),
    )
)


def known_cartridges(make: str, model: str) -> frozenset[str]:
    """The cartridge classes known for this model; empty when the model is not known here."""
    return next(
        (
            classes
            for makes, models, classes in _TABLE
            if makes.search(make) and models.fullmatch(model.strip())
        ),
        frozenset(),
    )
