"""Calibres compared by cartridge, not by text.

One cartridge has many names ("9 mm Para", "9x19", "9 Luger"), and one name many cartridges
("9 mm"). `CLASSES` lists the names of each cartridge in one class; two texts that fall into one
class mean the same cartridge. Classes that are close but not the same (.223 Remington, 5.56x45)
stand in `NEAR`: they are reported as near, never merged: a barrel is marked for one of them.

What it does not do: cartridge dimensions; bore sizes; guess from a bare diameter.

Example:
    >>> cartridge("9 mm Parabellum")
    '9x19'
    >>> relation("9 Luger", "9x19mm"), relation(".223 Rem", "5.56x45"), relation("9x19", "9x18")
    ('same', 'near', 'different')
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal

from tracer.model.unseen import as_seen

Relation = Literal["same", "near", "different", "unknown"]

CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "9x19": (
        "9 luger",
        "9 para",
        "9 parabellum",
        "9 nato",
        "9 pist patr 08",
        "9x19 parabellum",
        "9x19 luger",
        "9x19 para",
        "9x19 nato",
        "9 p",
        "9 par",
    ),
    "9x17": (
        ".380 acp",
        ".380 auto",
        "380",
        ".380",
        "9 kurz",
        "9 corto",
        "9 browning short",
        "9 court",
        "9 browning court",
        "9x17 browning short",
        "9 short",
    ),
    "9x18": ("9 makarov", "9x18 makarov", "9x18 pm", "9x18 mak", "9x18 пм", "9.2x18", "9 mak"),
    "9x21": ("9 imi", "9x21 imi"),
    "7.65x17sr": (
        ".32 acp",
        ".32 auto",
        "7.65 browning",
        "7.65x17",
        "7.65 br",
        "7.65x17 browning",
    ),
    "6.35x16sr": (".25 acp", ".25 auto", "6.35 browning", "6.35x16", "6.35"),
    "7.62x25": ("7.62 tt", "7.62 tokarev", "7.62x25 tt", "7.62x25 tokarev"),
    "7.63x25": ("7.63 mauser", ".30 mauser", "7.63x25 mauser"),
    "7.65x21": ("7.65 luger", ".30 luger", "7.65 para", "7.65 parabellum"),
    "11.43x23": (".45 acp", ".45 auto", "45 acp", "11.43x23"),
    "9x29r": (".38 special", ".38 spl", ".38 spec", ".38 s&w special", "9x29"),
    "9x33r": (".357 magnum", ".357 mag", "9x33", ".357"),
    "10x22": (".40 s&w", ".40 sw", "10x22 s&w", ".40"),
    "10x25": ("10 auto",),
    "10.9x33r": (".44 magnum", ".44 mag", ".44 remington magnum", ".44 rem mag"),
    "5.6x15r": (
        ".22 lr",
        ".22 long rifle",
        ".22 lfb",
        ".22 lfb.",
        "5.6 lfb",
        ".22 l.r.",
        ".22 lr hv",
    ),
    "5.7x28": ("5.7x28 fn", "5.7 fn"),
    "5.56x45": ("5.56 nato", "5.56x45 nato", "5.56"),
    ".223 rem": (".223 remington", ".223", "223 rem"),
    "7.62x51": ("7.62 nato", "7.62x51 nato"),
    ".308 win": (".308 winchester", ".308", "308 win"),
    "7.62x39": ("7.62x39 m43", "7.62x39 soviet", "7.62 m43", "7.62x39 kalashnikov"),
    "7.62x54r": ("7.62x54", "7.62x53r", "7.62x54 r", "7.62x54r mosin"),
    "7.62x63": (".30-06", ".30-06 springfield", ".30-06 spr"),
    "7.62x33": (".30 carbine", ".30 m1 carbine"),
    "5.45x39": ("5.45", "5.45x39.5"),
    "7.92x57": ("8x57", "8x57 is", "8x57 mauser", "7.92 mauser", "8 mauser"),
    "7.7x56r": (".303 british", ".303"),
    "12.7x99": (".50 bmg", ".50 browning", "12.7 nato", "12.7x99 nato"),
    "12.7x108": ("12.7 soviet",),
    "12 gauge": ("12/70", "12/76", "12/89", "12 ga", "12 bore", "12 cal", "12", "12/65"),
    "16 gauge": ("16/70", "16/65", "16 ga", "16 bore", "16"),
    "20 gauge": ("20/70", "20/76", "20 ga", "20 bore", "20"),
    ".410 bore": (".410", "36 gauge", "410 bore", "36/76", "410"),
    "8 p.a.k": ("8 knall", "8 k", "8 pak", "8 blank"),
    "9 p.a.k": ("9 knall", "9 pak", "9 blank"),
}
NEAR: Final[frozenset[frozenset[str]]] = frozenset(
    frozenset(pair)
    for pair in (
        ("5.56x45", ".223 rem"),
        ("7.62x51", ".308 win"),
        ("7.62x25", "7.63x25"),
        ("9x29r", "9x33r"),
        ("10x22", "10x25"),
    )
)

_UNIT = re.compile(r"(?<=\d)\s*(?:mm|мм)\b\.?|\bcal(?:iber|ibre)?\b\.?")
_SPACE = re.compile(r"[\s_]+")
_CROSS = re.compile(r"(?<=\d)\s*[xX*\u00d7\u0445]\s*(?=\d)")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_GAUGE = re.compile(r"^(\d{1,2})\s*(?:gauge|gauges|ga\.?|bore)$")


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """The written form that is looked up: lower case, no unit, one kind of cross and point."""
    folded = unicodedata.normalize("NFKC", as_seen(text)).lower().strip()
    folded = _COMMA.sub(".", folded)
    folded = _CROSS.sub("x", folded)
    folded = _UNIT.sub(" ", folded)
    folded = _SPACE.sub(" ", folded.replace("-para", " para")).strip(" .;:")
    folded = f".{folded}" if _lost_point(text, folded) else folded
    return _GAUGE.sub(r"\1 gauge", folded)


def cartridge(text: str) -> str | None:
    """The class that a calibre text belongs to, or None if it is not known here."""
    return _INDEX.get(normal(text))


def relation(one: str, other: str) -> Relation:
    """How two calibre texts relate: same cartridge, near, different, or unknown."""
    if normal(one) == normal(other):
        return "same"
    first, second = cartridge(one), cartridge(other)
    if first is None or second is None:
        return "unknown"
    if first == second:
        return "same"
    return "near" if frozenset((first, second)) in NEAR else "different"


def ambiguous(text: str) -> tuple[str, ...]:
    """The classes a bare diameter such as "9 mm" or ".38" could mean; empty when it is enough."""
    bare = normal(text)
    if bare in _INDEX or not re.fullmatch(r"\.?\d+(?:\.\d+)?", bare):
        return ()
    starts = tuple(f"{dot}{bare}{end}" for dot in ("", ".") for end in ("x", " "))
    return tuple(
        name
        for name, names in CLASSES.items()
        if any(written.startswith(starts) for written in (name, *names))
    )


def _lost_point(original: str, folded: str) -> bool:
    return original.strip().startswith(".") and not folded.startswith(".")


_INDEX: Final[dict[str, str]] = {
    normal(name): key for key, names in CLASSES.items() for name in (key, *names)
}
