"""What a check of a node finds, and the keys that it goes by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import UNSET, Struct

from tracer.clock import instant
from tracer.envelope.jwk import VerifyKey
from tracer.errors import PeerError
from tracer.evidence.checkpoint import LogPublic
from tracer.evidence.cosignature import WitnessPublic
from tracer.store.reading import Reading
from tracer.trust.entry import VerifiedEntry, succeeds, verify_entry
from tracer.trust.nouns import Entry, EntryKey, load_verify_key
from tracer.wording import counted

Tell = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, how much there is."""


class Fault(Struct, frozen=True):
    """Something that does not hold: where, and what."""

    where: str
    what: str


class Table(Struct, frozen=True):
    """A table, its rows, and what a change of it runs against."""

    name: str
    rows: int
    judged: str


class Verified(Struct, frozen=True):
    """What was checked and what does not hold."""

    logs: int
    records: int
    checkpoints: int
    messages: int
    receipts: int
    proofs: int
    acts: int
    """Acts of people, each against the journal."""
    waiting: int
    """Threads that the clocks are to look at: figures and firearms of them were not compared."""
    memories: int
    """Heads of our log in files of others that were held against it."""
    tables: tuple[Table, ...]
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class Faults:
    """Faults as they are found; of one place and kind once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Note a fault."""
        self.found.append(Fault(where, what))

    @contextmanager
    def unreadable(self, where: str) -> Iterator[None]:
        """What cannot even be read inside is a fault of this place, not the end of the check."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever damaged rows make a reader raise
            self.add(where, f"what is kept cannot be read: {type(error).__name__}: {error}"[:300])

    def add_all(self, where: str, found: Iterable[str]) -> None:
        """Note several at one place, each as soon as it is found."""
        for what in found:
            self.add(where, what)


@dataclass(frozen=True, slots=True)
class Keys:
    """Every key that an entry ever listed, ours included."""

    signing: Mapping[str, tuple[str, VerifyKey]]
    """Owner and key, by id."""
    listed: Mapping[str, Mapping[str, EntryKey]]
    """Signing keys as listed, by authority and id."""
    logs: Mapping[str, LogPublic]
    verify: Mapping[str, VerifyKey]
    witnesses: Mapping[str, Sequence[WitnessPublic]]
    """Keys that entries ever named under the name of a witness."""

    @classmethod
    def of(cls, entries: Iterable[VerifiedEntry], own: Mapping[str, VerifyKey], us: str) -> Keys:
        """Collect the keys of entries, and those our keyring still holds."""
        signing = {kid: (us, key) for kid, key in own.items()}
        listed: dict[str, dict[str, EntryKey]] = {}
        logs: dict[str, LogPublic] = {}
        witnesses: dict[str, list[WitnessPublic]] = {}
        for verified in entries:
            entry = verified.entry
            for witness in _witnesses(entry):
                known = witnesses.setdefault(witness.name, [])
                if witness not in known:
                    known.append(witness)
            logs[entry.log.origin] = entry.log.public()
            for key in entry.listed("sign"):
                signing[key.kid] = (entry.authority, load_verify_key(key))
                listed.setdefault(entry.authority, {})[key.kid] = key
        return cls(
            signing, listed, logs, {kid: key for kid, (_, key) in signing.items()}, witnesses
        )


def signed_once(most: int, here: int) -> str:
    """That a log is shorter than its owner has signed once."""
    be = "was" if most == 1 else "were"
    return f"{counted(most, 'record')} {be} signed once, here: {here}"


def _witnesses(entry: Entry) -> Iterator[WitnessPublic]:
    """The witness that an authority is, and those it has chosen."""
    if entry.witness is not UNSET:
        yield entry.witness.public()
    if entry.witnesses is not UNSET:
        yield from entry.witnesses.publics()


CLOCKS: Final = timedelta(minutes=10)
"""By how much clocks may differ."""


def credible(at: str, *, after: datetime | None = None) -> bool:
    """Whether this is an instant, and no earlier than clocks that differ would have it."""
    try:
        said = instant(at)
    except ValueError:
        return False
    return after is None or said >= after - CLOCKS


def paged(reading: Reading, table: str, size: int) -> Iterator[list[dict[str, Any]]]:
    """A table, page by page, each of a snapshot of its own."""
    keys = reading.glance(lambda tx: tx.survey.key(table))
    after: tuple[Any, ...] = ()
    while rows := reading.glance(lambda tx, start=after: tx.survey.rows(table, start, size)):  # type: ignore[misc]
        yield rows
        after = tuple(rows[-1][name] for name in keys)


def read_entries(files: Iterable[bytes], faults: Faults) -> Iterator[VerifiedEntry]:
    """Those of the entry files that verify; each that does not is a fault."""
    before: VerifiedEntry | None = None
    for data in files:
        try:
            entry = verify_entry(data)
        except PeerError as error:
            faults.add("peer_entry", f"an entry does not verify: {error.message}")
            continue
        if before is not None and before.authority == entry.authority and entry.entry.seq > 1:
            try:
                succeeds(before, entry)
            except PeerError as error:
                where = f"entry {entry.entry.seq} of {entry.authority}"
                faults.add(where, f"it does not follow the one before: {error.message}")
        yield entry
        before = entry
