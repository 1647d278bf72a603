"""Reference tables that come with the package: countries, makes, models, national codes.

They are read at first use and kept. Provenance and licences are in `data/README.md`. NCIC tables
are a mapping only: one NCIC calibre covers many cartridges, one maker has several codes, and its
country letters are not ISO; nothing is decided on an NCIC code.

Example:
    >>> country("FR").names["es"]
    'Francia'
    >>> ncic_type(FirearmType.PISTOL, Action.SEMI_AUTO)
    'PI'
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, NamedTuple

from tracer.model.codes import Action, Code, FirearmType
from tracer.model.ids import is_invented

LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")

NCIC_MAKE = "ncic-make"
NCIC_CALIBRE = "ncic-calibre"
NCIC_VERSION = 6
"""NIEM release the NCIC tables were taken from; the list version of their codes."""

FORMER: Final = frozenset(
    "AN BU CS CT DD DY FQ FX HV JT MI NH NQ NT PC PU PZ RH SU TP VD WK YD YU ZR".split()  # noqa: SIM905 - one line to compare
)
"""ISO 3166-3: codes of States that are no more; firearms that they made are still about."""
_MEANT: Final = {"UK": "GB", "EL": "GR"}
ISSUERS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "EU": {
            "en": "European Union",
            "fr": "Union européenne",
            "es": "Unión Europea",
            "ru": "Европейский союз",
            "ar": "الاتحاد الأوروبي",
            "zh": "欧盟",
        },
        "UN": {
            "en": "United Nations",
            "fr": "Nations Unies",
            "es": "Naciones Unidas",
            "ru": "Организация Объединенных Наций",
            "ar": "الأمم المتحدة",
            "zh": "联合国",
        },
    }
)
"""Who issues travel documents (a laissez-passer) and is no State; ISO 3166-1 keeps their codes."""


class Country(NamedTuple):
    """A country: ISO 3166-1 codes, FIPS 10-4, short names in the six UN languages."""

    alpha2: str
    alpha3: str
    numeric: str
    fips: str
    names: Mapping[str, str]


class Model(NamedTuple):
    """A firearm model and its make, as in a list of brands of one market."""

    make: str
    model: str


@cache
def countries() -> Mapping[str, Country]:
    """Countries by alpha-2 code."""
    found = {
        row["alpha2"]: Country(
            row["alpha2"],
            row["alpha3"],
            row["numeric"],
            row["fips"],
            MappingProxyType({language: row[language] for language in LANGUAGES}),
        )
        for row in _rows("country.csv")
    }
    return MappingProxyType(found)


def country(alpha2: str) -> Country | None:
    """One country, or None for user-assigned and unknown codes."""
    return countries().get(alpha2)


def is_state(code: str) -> bool:
    """Whether a State that can be written to has this code: one of today, or an invented one."""
    return code in countries() or is_invented(code)


def is_country(code: str) -> bool:
    """Whether a State has this code or had it: what a firearm's past may name."""
    return is_state(code) or code in FORMER


def is_issuer(code: str) -> bool:
    """Whether a paper of a person can have been issued under this code."""
    return is_country(code) or code in ISSUERS


def meant_country(code: str) -> str:
    """The code that is meant by one that many write and no State has; empty: not known."""
    return _MEANT.get(code, "")


def country_name(alpha2: str, language: str = "en") -> str:
    """The short name in one of the six languages; the code itself where there is none.

    Who issues papers and is no State (`ISSUERS`) has one, too.
    """
    found = country(alpha2)
    names = ISSUERS.get(alpha2) if found is None else found.names
    return alpha2 if names is None else names.get(language) or names["en"]


@cache
def makes() -> Mapping[str, str]:
    """NCIC makes: code to text. Two-letter codes are countries or tribes, used for no make."""
    return _pairs("niem-ncic-gun-make.csv")


@cache
def calibres() -> Mapping[str, str]:
    """NCIC calibres: code to text."""
    return _pairs("niem-ncic-gun-calibre.csv")


@cache
def models() -> tuple[Model, ...]:
    """Models with their make; names are squeezed, without spaces, as in the source."""
    return tuple(Model(row["make"], row["model"]) for row in _rows("nvdrs-firearm-model.csv"))


@cache
def models_by_make() -> Mapping[str, tuple[str, ...]]:
    """Model names of each make."""
    found: dict[str, list[str]] = {}
    for make, model in models():
        found.setdefault(make, []).append(model)
    return MappingProxyType({make: tuple(names) for make, names in found.items()})


def make_code(ncic: str) -> Code:
    """The code of an NCIC make, with its text for readers that lack the table."""
    return Code(NCIC_MAKE, NCIC_VERSION, ncic, makes().get(ncic, "")[:200])


def calibre_code(ncic: str) -> Code:
    """The code of an NCIC calibre, with its text for readers that lack the table."""
    return Code(NCIC_CALIBRE, NCIC_VERSION, ncic, calibres().get(ncic, "")[:200])


@cache
def report_columns() -> Mapping[str, str]:
    """Draft mapping of our tables to the questionnaire: name of the table to its part there."""
    return MappingProxyType(
        {row["table"]: row["questionnaire"] for row in _rows("report-columns.csv")}
    )


@cache
def ncic_types() -> Mapping[str, str]:
    """NCIC type and description pairs: code to text. The source's `--` is its slip for `PA`."""
    pairs = dict(_pairs("niem-ncic-gun-type-combination.csv"))
    pairs["PA"] = pairs.pop("--")
    return MappingProxyType(pairs)


def ncic_type(firearm: FirearmType, action: Action | None = None) -> str | None:
    """The NCIC code of a type and action: the pair if there is one, else the type alone."""
    first = _NCIC_TYPE.get(firearm)
    if first is None:
        return None
    second = "R" if firearm is FirearmType.REVOLVER else _NCIC_ACTION.get(action, "")
    return first + second if first + second in ncic_types() else first


_NCIC_TYPE: Mapping[FirearmType, str] = MappingProxyType(
    {
        FirearmType.PISTOL: "P",
        FirearmType.REVOLVER: "P",
        FirearmType.RIFLE: "R",
        FirearmType.ASSAULT_RIFLE: "R",
        FirearmType.ANTI_MATERIEL_RIFLE: "R",
        FirearmType.CARBINE: "RC",
        FirearmType.SHOTGUN: "S",
        FirearmType.COMBINATION_GUN: "C",
        FirearmType.SUBMACHINE_GUN: "B",
        FirearmType.MACHINE_GUN_LIGHT: "MA",
        FirearmType.MACHINE_GUN_GENERAL: "MA",
        FirearmType.MACHINE_GUN_HEAVY: "MA",
        FirearmType.GRENADE_LAUNCHER: "GN",
        FirearmType.ROCKET_LAUNCHER: "KN",
        FirearmType.MORTAR: "ON",
        FirearmType.DISGUISED: "D",
        FirearmType.SILENCER: "V",
        FirearmType.AMMUNITION: "F",
    }
)
_NCIC_ACTION: Mapping[Action | None, str] = MappingProxyType(
    {
        Action.SINGLE_SHOT: "S",
        Action.BOLT: "B",
        Action.LEVER: "L",
        Action.PUMP: "P",
        Action.SEMI_AUTO: "I",
        Action.FULL_AUTO: "A",
        Action.SELECTIVE: "A",
        Action.REVOLVER_SA: "R",
        Action.REVOLVER_DA: "R",
        Action.BREAK_SINGLE: "S",
        Action.BREAK_SIDE_BY_SIDE: "E",
        Action.BREAK_OVER_UNDER: "O",
        Action.FLINTLOCK: "H",
        Action.PERCUSSION: "U",
    }
)


def _pairs(name: str) -> Mapping[str, str]:
    return MappingProxyType({row["code"]: row["definition"] for row in _rows(name)})


def _rows(name: str) -> Iterable[dict[str, str]]:
    text = files("tracer.model").joinpath("data", name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())
