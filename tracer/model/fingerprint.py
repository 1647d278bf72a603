"""Whether two descriptions may be of one firearm: make family, skeleton of the serial, cartridge.

A serial alone never tells two firearms apart: the same number under different makes is normal, and
series begin again. So a serial only finds candidates, by its skeleton (`serials.skeleton`), and
make and cartridge decide how far they go together. Nothing here decides that two firearms are one:
it says "same" or "possible", with what agrees, and a person looks.

Rules:

1. A serial that cannot be read as a whole, or that nobody stamps, finds nothing.
2. Known makes of different families, or known cartridges that are neither the same nor near: not
   the same firearm.
3. "same": serial equal in normal form, make of one family, same cartridge. All else "possible".

Example:
    >>> one = Fingerprint(1, "B748162", "8748162", "GLOCK", "9x19")
    >>> likeness(one, Fingerprint(2, "B7 4816Z", "8748162", "GLOCK", "9x19")).degree
    'possible'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from msgspec import UnsetType

from tracer.model import serials as serial_rules
from tracer.model.calibre import cartridge, relation
from tracer.model.firearm import Firearm, Named
from tracer.model.marks import serials
from tracer.model.tables import NCIC_MAKE, makes
from tracer.model.unseen import as_seen

SHORTEST: Final = 4
"""Characters of a skeleton that say something."""
_WORD = re.compile(r"[^\W_]+")
_NOT_NAMES: Final = frozenset(
    """
    GMBH AG KG SPA SRL SA SAS LTD LIMITED LLC INC CO CORP CORPORATION COMPANY GROUP PLC AS AB OY BV
    ARMS FIREARMS WEAPONS ARMI ARMAS WAFFEN WAFFENFABRIK FACTORY FABRICA FABBRICA MANUFACTURING MFG
    THE AND UND ET Y OF DE D I E GUN GUNS PISTOL PISTOLS RIFLE RIFLES BROS FRATELLI SONS
    UNKNOWN
    """.split()  # noqa: SIM905 # a list of words reads better as text
)
"""Words of a maker's name that are not its name."""
_ONE_NAME: Final = {
    "S W": "SMITH WESSON",
    "SW": "SMITH WESSON",
    "CESKA ZBROJOVKA": "CZ",
    "CZ UB": "CZ",
    "PIETRO BERETTA": "BERETTA",
    "P BERETTA": "BERETTA",
    "CARL WALTHER": "WALTHER",
    "FABRIQUE NATIONALE": "FN",
    "FN HERSTAL": "FN",
    "FABRIQUE NATIONALE HERSTAL": "FN",
    "HECKLER KOCH": "HK",
    "H K": "HK",
    "SIG SAUER": "SIG",
    "STURM RUGER": "RUGER",
}
"""Ways of writing one maker's name."""


class Fingerprint(NamedTuple):
    """What is compared of one line: serial in normal form, its skeleton, make family, cartridge.

    Make and cartridge are empty where they are not known.
    """

    line: int
    serial: str
    skeleton: str
    family: str
    cartridge: str


class Likeness(NamedTuple):
    """How far two fingerprints go together, and in what."""

    degree: Literal["same", "possible"]
    agrees: tuple[str, ...]
    """Of `serial`, `make`, `calibre`; `serial` only if equal in normal form."""


def fingerprints(firearm: Firearm) -> Iterator[Fingerprint]:
    """One for each serial of a line that can be searched for."""
    family, calibre = make_family(firearm.make), _cartridge(firearm.calibre)
    for text in serials(firearm):
        form, bones = serial_rules.normal(text), serial_rules.skeleton(text)
        doubtful = any(mark in text for mark in "?*[]")
        if not doubtful and len(bones) >= SHORTEST and not serial_rules.is_stopped(text):
            yield Fingerprint(firearm.line, form, bones, family, calibre)


def likeness(one: Fingerprint, other: Fingerprint) -> Likeness | None:
    """How two fingerprints go together; None if they are not of one firearm."""
    if one.skeleton != other.skeleton:
        return None
    if one.family and other.family and one.family != other.family:
        return None
    known = bool(one.cartridge and other.cartridge)
    related = relation(one.cartridge, other.cartridge) if known else "unknown"
    if related == "different":
        return None
    agreeing = {
        "serial": one.serial == other.serial,
        "make": bool(one.family) and one.family == other.family,
        "calibre": related == "same",
    }
    degree: Literal["same", "possible"] = "same" if all(agreeing.values()) else "possible"
    return Likeness(degree, tuple(name for name, agrees in agreeing.items() if agrees))


def make_family(make: Named | UnsetType) -> str:
    """The name under which all writings of one maker are compared; empty if it is not known.

    A code of the reference list is read as the text it stands for, so that a coded and a written
    make meet.
    """
    if not make:
        return ""
    text = make.normalised or make.as_marked
    if make.code and make.code.list == NCIC_MAKE:
        text = makes().get(make.code.value, text).partition(";")[0]
    return _family(text)


@lru_cache(maxsize=4096)
def _family(text: str) -> str:
    folded = unicodedata.normalize("NFKD", as_seen(text).upper())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    words = [word for word in _WORD.findall(plain.replace("S.P.A", "")) if word not in _NOT_NAMES]
    name = " ".join(words)
    return _ONE_NAME.get(name, name)


def _cartridge(calibre: Named | UnsetType) -> str:
    if not calibre:
        return ""
    text = calibre.normalised or calibre.as_marked
    return cartridge(text) or ""
