"""Reading the layers of the configuration into one checked value; see the package for the order."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from tracer.config.people import Accounts, Desk, Pace, Requests
from tracer.config.settings import (
    SECTIONS,
    Clocks,
    Delivery,
    Keyring,
    Limits,
    Listen,
    Log,
    Mail,
    Node,
    Notices,
    Release,
    Retention,
    Scanner,
    Time,
    Witness,
)
from tracer.errors import OperatorError
from tracer.wording import misfit

FILE = "tracer.toml"
"""Name of the configuration file in the data directory."""
DROP_INS = "conf.d"
"""Folder beside the file; its `*.toml` are read in order of name."""
LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
"""Names of this machine, to which nothing needs to be encrypted."""
PREFIX = "TRACER_"
"""Environment variables `TRACER_SECTION__KEY` are settings; those without `__` are not."""


class Setting(NamedTuple):
    """One row of `Config.describe`: a setting, its value and where the value came from."""

    name: str
    value: str | int
    default: str | int | bool
    unit: str
    origin: str
    text: str


class Config(Struct, frozen=True, kw_only=True):
    """All settings of a node. Made by `load`; `Config()` alone holds the defaults."""

    node: Node = Node()
    listen: Listen = Listen()
    desk: Desk = Desk()
    requests: Requests = Requests()
    limits: Limits = Limits()
    delivery: Delivery = Delivery()
    release: Release = Release()
    retention: Retention = Retention()
    clocks: Clocks = Clocks()
    notices: Notices = Notices()
    mail: Mail = Mail()
    witness: Witness = Witness()
    time: Time = Time()
    scanner: Scanner = Scanner()
    accounts: Accounts = Accounts()
    pace: Pace = Pace()
    keyring: Keyring = Keyring()
    log: Log = Log()
    origins: Mapping[str, str] = {}
    """Where each value that is not a default came from, by `section.key`."""

    @classmethod
    def load(
        cls,
        data_dir: Path | None,
        *,
        environ: Mapping[str, str] | None = None,
        explicit: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Config:
        """Read the layers in order; `data_dir` holds `tracer.toml` and `conf.d`, if any.

        `explicit` has the shape of the file: section -> key -> value.

        Raises:
            OperatorError: `config-file`, `config-unknown` or `config-value`, naming the origin.
        """
        values: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
        origins: dict[str, str] = {}
        if data_dir is not None:
            values["node"]["data_dir"] = str(data_dir)
            origins["node.data_dir"] = "data folder"
        environment = os.environ if environ is None else environ
        for origin, section, key, value, strict in _layers(data_dir, environment, explicit or {}):
            values[section][key] = _checked(origin, section, key, value, strict=strict)
            origins[f"{section}.{key}"] = origin
        sections: dict[str, Any] = {name: SECTIONS[name](**values[name]) for name in SECTIONS}
        config = cls(origins=origins, **sections)
        _refuse_contradictions(config)
        return config

    @property
    def data_dir(self) -> Path:
        """The data folder.

        Raises:
            OperatorError: `config-value`, when none is set.
        """
        if not self.node.data_dir:
            raise OperatorError(
                "config-value", "no data folder is set", advice="Give --data-dir or node.data_dir."
            )
        return Path(self.node.data_dir)

    def describe(self) -> tuple[Setting, ...]:
        """Every setting with value, default, unit, origin and meaning, in order of `SECTIONS`."""
        return tuple(
            Setting(
                name := f"{section}.{field.name}",
                getattr(getattr(self, section), field.name),
                cast("str | int | bool", field.default),
                meta["unit"],
                self.origins.get(name, "default"),
                meta["description"],
            )
            for section, field, meta in _fields()
        )


_Row = tuple[str, str, str, Any, bool]
"""Origin, section, key, value, strict: one value as one layer gives it."""


def _layers(
    data_dir: Path | None,
    environ: Mapping[str, str],
    explicit: Mapping[str, Mapping[str, Any]],
) -> Iterator[_Row]:
    if data_dir is not None:
        for path in (data_dir / FILE, *sorted((data_dir / DROP_INS).glob("*.toml"))):
            yield from _of_file(path)
    for variable, value in sorted(environ.items()):
        section, double, key = variable.removeprefix(PREFIX).lower().partition("__")
        if variable.startswith(PREFIX) and double:
            yield variable, section, key, value, False
    for section, table in explicit.items():
        for key, value in table.items():
            yield "command line", section, key, value, True


def _of_file(path: Path) -> Iterator[_Row]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise OperatorError("config-file", f"{path}: {error}") from error
    for section, table in tables.items():
        if not isinstance(table, dict):
            raise OperatorError(
                "config-unknown", f"{path}: {section!r} stands outside of a [section]"
            )
        for key, value in table.items():
            yield str(path), section, key, value, True


def _checked(origin: str, section: str, key: str, value: object, *, strict: bool) -> str | int:
    if section not in SECTIONS:
        _refuse_unknown(origin, section, list(SECTIONS))
    types = {field.name: field.type for field in msgspec.structs.fields(SECTIONS[section])}
    if key not in types:
        _refuse_unknown(origin, f"{section}.{key}", [f"{section}.{name}" for name in types])
    try:
        return cast("str | int", msgspec.convert(value, type=types[key], strict=strict))
    except msgspec.ValidationError as error:
        says, values = misfit(error, _forms(types[key])).says, _values(types[key])
        raise OperatorError(
            "config-value",
            f"{origin}: {section}.{key}: {says}",
            advice=f"Allowed are {', '.join(values)}." if values else "",
        ) from error


def _forms(kind: Any) -> dict[str, str]:
    """How a setting of a text is written, by its pattern."""
    meta = get_args(kind)[1]
    return {meta.pattern: meta.extra["form"]} if meta.pattern else {}


def _values(kind: Any) -> tuple[str, ...]:
    """The values of a setting that takes a few words only."""
    inner = get_args(kind)[0]
    return get_args(inner) if get_origin(inner) is Literal else ()


def _refuse_unknown(origin: str, name: str, known: list[str]) -> None:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    raise OperatorError(
        "config-unknown",
        f"{origin}: there is no setting {name!r}",
        advice=f"Is {near[0]!r} meant?" if near else "deploy/CONFIG.md lists them all.",
    )


def _refuse_contradictions(config: Config) -> None:
    limits, delivery, mail, desk = config.limits, config.delivery, config.mail, config.desk
    for right, sentence in (
        (
            limits.message_bytes <= limits.batch_bytes,
            "limits.message_bytes exceeds limits.batch_bytes: no message would fit a batch",
        ),
        (
            delivery.backoff_base_seconds <= delivery.backoff_cap_seconds,
            "delivery.backoff_base_seconds exceeds delivery.backoff_cap_seconds",
        ),
        (
            delivery.lease_seconds > limits.connect_seconds + limits.answer_seconds,
            "delivery.lease_seconds does not outlast a try: two workers would send the same",
        ),
        (
            bool(desk.certificate) == bool(desk.key),
            "desk.certificate and desk.key go together",
        ),
        (
            not desk.host or bool(desk.certificate) or desk.host in LOOPBACK,
            "desk.host is no loopback and desk.certificate is not set: passwords would be readable",
        ),
        (
            not mail.host or bool(mail.sender),
            "mail.host is set and mail.sender is not: a letter needs an address it comes from",
        ),
        (
            bool(mail.user) == bool(mail.password),
            "mail.user and mail.password go together",
        ),
        (
            not (mail.user and mail.tls == "none") or mail.host in LOOPBACK,
            "mail.tls none would send the password of mail.user over the network in the clear",
        ),
    ):
        if not right:
            raise OperatorError("config-value", sentence)


def _fields() -> Iterator[tuple[str, msgspec.structs.FieldInfo, dict[str, str]]]:
    for section, struct in SECTIONS.items():
        for field in msgspec.structs.fields(struct):
            meta = cast("Meta", field.type.__metadata__[0])
            yield (
                section,
                field,
                {"description": meta.description or "", "unit": (meta.extra or {})["unit"]},
            )
