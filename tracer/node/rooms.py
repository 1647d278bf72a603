"""The rooms of a node as commands and the server get them: every verb, built (`building`).

Verbs never see `Rooms`; each was given exactly what it uses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from tracer.casework.pace import Pace
from tracer.clock import Clock
from tracer.config import Config
from tracer.exchange.collect import Collect, Counter
from tracer.exchange.courier.pack import Pack
from tracer.exchange.courier.take import Take
from tracer.exchange.deliver import Deliver
from tracer.exchange.entries.handing import AnswerEntry, HandEntries
from tracer.exchange.entries.taking import TakeEntries
from tracer.exchange.greetings import Greet
from tracer.exchange.heard import Heard
from tracer.exchange.inforce import TermsBook
from tracer.exchange.log.journal import EnterJournal
from tracer.exchange.log.ledger import Ledger
from tracer.exchange.projection import Projection
from tracer.exchange.questions import Questions
from tracer.exchange.receive import Receive
from tracer.exchange.resync.fetch import Resync
from tracer.exchange.submit import Submit
from tracer.exchange.uploads import Download, Intake, Shelf, Upload
from tracer.exchange.waiting import Waiting
from tracer.exchange.witness.answer import AnswerWitness
from tracer.exchange.witness.cosign import Cosign
from tracer.exchange.witness.memory import WitnessMemory
from tracer.exchange.witness.witnessed import Showing, Taking
from tracer.metrics import Metrics
from tracer.node.gate import Gate
from tracer.node.home import Home
from tracer.node.own import own_entry
from tracer.store import Store
from tracer.transport.port import PeerLine
from tracer.transport.scan import Scanner
from tracer.trust.directory import Directory
from tracer.trust.entry import VerifiedEntry
from tracer.trust.keyring import Keyring
from tracer.trust.nouns import Entry


@dataclass(slots=True)
class Cell:
    """The one place where the present directory is swapped; readers take it as a callable."""

    directory: Directory
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held from reading the directory to swapping what was made of it: two that change it at once
    would each swap in one without the other's change."""
    changed: list[Callable[[Directory], None]] = field(default_factory=list)

    def get(self) -> Directory:
        """The directory as it is now."""
        return self.directory

    def set(self, directory: Directory) -> None:
        """Swap it and tell those who keep something derived from it."""
        self.directory = directory
        for tell in self.changed:
            tell(directory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """A built node."""

    home: Home
    config: Config
    clock: Clock
    entry: VerifiedEntry
    keyring: Keyring
    store: Store
    cell: Cell
    terms: TermsBook
    ledger: Ledger
    projection: Projection
    submit: Submit
    deliver: Deliver
    receive: Receive
    resync: Resync
    waiting: Waiting
    gate: Gate
    journal: EnterJournal
    counter: Counter
    collect: Collect
    intake: Intake
    upload: Upload
    download: Download
    shelf: Shelf
    pack: Pack
    take: Take
    line: PeerLine
    questions: Questions
    greet: Greet
    hand: HandEntries
    entries: AnswerEntry
    take_entries: TakeEntries
    witness: AnswerWitness
    memory: WitnessMemory
    cosign: Cosign
    showing: Showing
    taking: Taking
    metrics: Metrics
    heard: Heard
    scanner: Scanner | None
    """Who looks into files for malware; None: nobody is set."""
    pace: Pace
    """How fast each of our people opens cases, by whatever door."""
    wake: Callable[[str], None]
    issued: list[Callable[[], None]] = field(default_factory=list)
    """Told when our entry has changed."""

    @property
    def authority(self) -> str:
        """The authority this node speaks for."""
        return self.entry.authority

    def own(self) -> Entry:
        """Our entry as the folder holds it now; `entry` is the one this node was opened with."""
        return own_entry(self.home).entry
