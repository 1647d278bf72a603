"""Making a new node: folder, configuration, keys, database, entry, first person.

Each step leaves something that the next run finds; an interrupted `init` is repeated from an empty
folder, because the entry file, written last, is what makes a folder a node.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tracer.clock import Clock
from tracer.config import FILE, Config
from tracer.errors import InputError
from tracer.exchange.witness.memory import WitnessMemory
from tracer.model.ids import state_of
from tracer.model.tables import is_state, meant_country
from tracer.model.terms import Terms, starting_terms
from tracer.node.home import Home
from tracer.node.journal import note_settings
from tracer.node.own import own_entry
from tracer.store import Store, Tx
from tracer.trust.calendar_proposal import propose
from tracer.trust.entry import VerifiedEntry
from tracer.trust.issue import Facts, issue_entry
from tracer.trust.keyring import Keyring
from tracer.trust.nouns import Contact, Mode
from tracer.trust.private_files import write_private

INIT = "init"
"""Who did it, on record, when the node was made."""
CALENDAR = timedelta(days=730)
"""How far the calendar of the starting terms reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNode:
    """What a person states when a node is made."""

    authority: str
    name: str
    mode: Mode
    endpoint: str
    listen_host: str
    listen_port: int
    contacts: tuple[Contact, ...] = ()
    languages: tuple[str, ...] = ("en",)
    people: Sequence[tuple[str, tuple[str, ...]]] = ()
    kek: str = "file:keyring.kek"
    policy: str = "two-persons"
    country: str = ""
    """Whose public holidays the first terms list; empty: none, weekends only."""
    zone: str = ""
    """Whose clock changes they list; empty: local time is UTC."""
    number: int = 1
    """Of its first log and witness key; above those that peers knew, if all keys were lost."""


async def set_up(root: Path, new: NewNode, clock: Clock) -> VerifiedEntry:
    """Make a node in `root`, which must be empty or not there.

    Raises:
        InputError: `state-unknown`, `folder-used`, `country-unknown`, `zone-unknown`.
        OperatorError: the folder or the key cannot be made.
    """
    _check_state(state_of(new.authority))
    home, now = Home(root), clock.now()
    terms = _first_terms(new, now)
    if root.exists() and any(root.iterdir()):
        raise InputError("folder-used", f"{root} is not empty", advice="Choose another folder.")
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.attachments.mkdir(mode=0o700)
    write_private(root / FILE, settings_of(new).encode(), replace=True)
    config = Config.load(root)
    ring = Keyring.create(
        root / config.keyring.file,
        authority=new.authority,
        kek=kek_uri(config),
        now=now,
        number=new.number,
    )
    store = await Store.open(home.database, rest_key=ring.rest_key, clock=clock)
    try:
        await store.write(lambda tx: _fill(tx, new, config, ring.log_key().origin))
    finally:
        await store.close()
    if (key := ring.witness_key()) is not None:
        WitnessMemory(home.witnessed).begin(key.name)
    facts = Facts(
        name=new.name,
        mode=new.mode,
        endpoint=new.endpoint,
        contacts=new.contacts,
        languages=new.languages,
        terms=terms,
    )
    data = issue_entry(ring, facts, previous=None, now=now)
    write_private(home.entry, data, replace=True)
    return own_entry(home)


def _check_state(code: str) -> None:
    """An authority speaks for a State that there is, or for an invented one."""
    if not is_state(code):
        meant = meant_country(code)
        raise InputError(
            "state-unknown",
            f"there is no State {code!r}: the first two letters of an authority are its State's",
            advice=f"Is {meant} meant?" if meant else "Codes are those of ISO 3166-1, as FR.",
            field="authority",
        )


def _fill(tx: Tx, new: NewNode, config: Config, origin: str) -> None:
    """The log with its journal, the first settings, the first people: the first acts on record."""
    tx.log.open_origin(origin)
    note_settings(tx, config, new.authority, by=INIT)
    for name, roles in new.people:
        tx.people.add(name, roles, by=INIT)
        tx.audit.write(INIT, "person-add", name, {"roles": sorted(roles)})


def kek_uri(config: Config) -> str:
    """The keyring's key reference with a relative file made absolute in the data folder."""
    return absolute_kek(config.keyring.kek, config)


def absolute_kek(kek: str, config: Config) -> str:
    """The same of any reference."""
    kind, _, name = kek.partition(":")
    return f"file:{config.data_dir / name}" if kind == "file" else kek


def _first_terms(new: NewNode, now: datetime) -> Terms:
    bare = starting_terms(new.authority, covers_until=str((now + CALENDAR).date()))
    return propose(bare, country=new.country, zone=new.zone, now=now).terms


def settings_of(new: NewNode) -> str:
    """The configuration file of a new node."""
    return (
        f"[node]\nauthority = {_toml(new.authority)}\nname = {_toml(new.name)}\n\n"
        f"[listen]\nhost = {_toml(new.listen_host)}\nport = {new.listen_port}\n\n"
        f"[release]\npolicy = {_toml(new.policy)}\n\n"
        f"[keyring]\nkek = {_toml(new.kek)}\n"
    )


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
