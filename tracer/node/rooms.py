"""Building a node: configuration and keys in, every verb with exactly what it uses out.

`Rooms` is what commands and the server get; verbs never see it. `open_rooms` is used by the running
node and by a command that works in process under the store's lock; only the node starts workers.
"""

from __future__ import annotations

import os
import random
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from tracer.clock import Clock
from tracer.config import Config
from tracer.envelope.jwk import VerifyKey
from tracer.errors import OperatorError, PeerError
from tracer.exchange.allowance import Allowance
from tracer.exchange.backoff import Patience
from tracer.exchange.checks import Desk
from tracer.exchange.collect import Collect, Counter
from tracer.exchange.cosign import Cosign
from tracer.exchange.courier_look import Look
from tracer.exchange.courier_pack import Pack
from tracer.exchange.courier_take import Take
from tracer.exchange.deliver import Deliver
from tracer.exchange.greetings import Greet
from tracer.exchange.inforce import TermsBook, in_force
from tracer.exchange.introduce import Introduce
from tracer.exchange.journal import EnterJournal
from tracer.exchange.ledger import HighWater, Ledger
from tracer.exchange.parcel import Parcels
from tracer.exchange.projection import Projection
from tracer.exchange.receive import Receive
from tracer.exchange.resync import Resync
from tracer.exchange.settle import Settle
from tracer.exchange.shown import Shown
from tracer.exchange.submit import Submit
from tracer.exchange.uploads import Download, Intake, Shelf, Upload, tidy
from tracer.exchange.waiting import Waiting
from tracer.exchange.witness import AnswerWitness
from tracer.exchange.witness_memory import WitnessMemory
from tracer.exchange.witnessed import Showing, Taking
from tracer.metrics import Metrics
from tracer.model.terms import terms_digest
from tracer.node.gate import Gate
from tracer.node.home import Home
from tracer.node.journal import open_journal, remembering
from tracer.node.setup import kek_uri
from tracer.store import FaultPoint, PeerRow, Store, Tx
from tracer.transport.client import HttpsLine, LineLimits
from tracer.transport.port import PeerLine
from tracer.trust.channel import client_context
from tracer.trust.directory import Directory, Listing, Peer, Standing
from tracer.trust.entry import VerifiedEntry, verify_entry
from tracer.trust.keyring import Keyring
from tracer.trust.nouns import Entry, load_verify_key


@dataclass(slots=True)
class Cell:
    """The one place where the present directory is swapped; readers take it as a callable."""

    directory: Directory
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
    greet: Greet
    witness: AnswerWitness
    cosign: Cosign
    showing: Showing
    taking: Taking
    metrics: Metrics
    wake: Callable[[str], None]

    @property
    def authority(self) -> str:
        """The authority this node speaks for."""
        return self.entry.authority

    def own(self) -> Entry:
        """Our entry as the folder holds it now; `entry` is the one this node was opened with."""
        return _own(self.home)


@asynccontextmanager
async def open_rooms(
    home: Home,
    config: Config,
    clock: Clock,
    *,
    wake: Callable[[str], None] = lambda _: None,
    arrived: Callable[[Iterable[str]], None] = lambda _: None,
    marked: Callable[[], None] = lambda: None,
    faults: FaultPoint | None = None,
    through: Callable[[PeerLine], PeerLine] = lambda line: line,
) -> AsyncIterator[Rooms]:
    """Open keys and store, build the verbs, close everything at the end.

    `marked` is called, in the thread of the write lane, when clocks of threads are to be looked at.
    `faults` is called with the name of each persistent step; what it raises happens there (tests).
    `through` is given the line and returns the one the verbs use (tests of lines that err).
    """
    home.require()
    ring = Keyring.open(config.data_dir / config.keyring.file, kek_uri(config))
    entry = verify_entry(home.entry.read_bytes())
    store = await Store.open(
        home.database,
        rest_key=ring.rest_key,
        clock=clock,
        max_group=config.limits.group_writes,
        faults=faults,
        journalled=remembering(HighWater(home.journal_mark)),
    )
    try:
        await open_journal(store, HighWater(home.journal_mark))
        await tidy(store, Shelf(home.attachments))
        cell = Cell(await store.read(load_directory))
        await _keep_terms(store, [entry, *(peer.verified for peer in cell.get())])
        await keep_own_entry(store, entry)
        terms = TermsBook(await store.read(lambda tx: in_force(tx, entry.entry.terms)))
        async with HttpsLine(_contexts(ring), _line_limits(config)) as line:
            parts = (home, config, clock, ring, entry, store, cell, terms)
            rooms = _build(_Parts(*parts, through(line), wake, arrived, marked, faults))
            rooms.gate.expect(await store.read(lambda tx: tx.restores.pending()))
            yield rooms
    finally:
        await store.close()


async def _keep_terms(store: Store, entries: Iterable[VerifiedEntry]) -> None:
    """Our own terms and those of all we know are in the store before anybody writes under them."""
    stated = {terms_digest(one.entry.terms): one.entry.terms for one in entries}
    for digest, terms in stated.items():
        if await store.read(lambda tx, name=digest: tx.terms.get(name)) is None:  # type: ignore[misc]
            await store.write(lambda tx, new=terms: tx.terms.put_entry(new))  # type: ignore[misc]


async def keep_own_entry(store: Store, entry: VerifiedEntry) -> None:
    """Our own entries stay on record with those of peers: evidence needs the keys of its time."""
    digest = entry.digest
    held = await store.read(lambda tx: tx.peers.entries(entry.authority))
    if entry.file not in held:
        await store.write(
            lambda tx: tx.peers.archive(
                entry.authority, entry.file, seq=entry.entry.seq, digest=digest, by="node"
            )
        )


def load_directory(tx: Tx) -> Directory:
    """The directory from the peers' verified entries in the store."""
    return Directory.of(_listing(row) for row in tx.peers.all())


@dataclass(frozen=True, slots=True)
class _Parts:
    home: Home
    config: Config
    clock: Clock
    ring: Keyring
    entry: VerifiedEntry
    store: Store
    cell: Cell
    terms: TermsBook
    line: PeerLine
    wake: Callable[[str], None]
    arrived: Callable[[Iterable[str]], None]
    marked: Callable[[], None]
    faults: FaultPoint | None


def _listing(row: PeerRow) -> Listing:
    try:
        return Listing(verify_entry(row.entry_file), Standing(row.status))
    except (PeerError, ValueError) as error:
        raise OperatorError(
            "store-failed",
            f"what is kept of {row.authority} is damaged: {error}",
            advice="Put back the newest backup: tracer backup restore.",
        ) from error


def _build(parts: _Parts) -> Rooms:
    ring, store, clock, cell = parts.ring, parts.store, parts.clock, parts.cell
    limits, metrics = parts.config.limits, Metrics()
    ledger = Ledger(store, ring.log_key(), HighWater(parts.home.high_water))
    shelf = Shelf(parts.home.attachments, parts.faults)
    projection, waiting = Projection(marked=parts.marked), _waiting(cell, parts.config)
    gate = Gate(home=parts.home, reserve=limits.disk_reserve_bytes)
    shown = Shown()
    parcels, settle = _queue(parts, ledger, projection, metrics, shown)
    receive = _receive(
        parts,
        ledger=ledger,
        projection=projection,
        metrics=metrics,
        waiting=waiting,
        shown=shown,
    )
    intake = Intake(store=store, shelf=shelf, limit=limits.attachment_bytes)
    return Rooms(
        home=parts.home,
        config=parts.config,
        clock=clock,
        entry=parts.entry,
        keyring=ring,
        store=store,
        cell=cell,
        terms=parts.terms,
        ledger=ledger,
        projection=projection,
        submit=Submit(
            store=store,
            directory=cell.get,
            key=ring.signing_key,
            projection=projection,
            wake=parts.wake,
            gate=gate.release,
        ),
        deliver=Deliver(parcels=parcels, settle=settle, line=parts.line),
        receive=receive,
        resync=_resync(parts, ledger, projection, gate),
        waiting=waiting,
        gate=gate,
        journal=_journal(parts, gate),
        counter=Counter(store=store, parcels=parcels, settle=settle),
        collect=Collect(store=store, line=parts.line, receive=receive),
        intake=intake,
        upload=Upload(store=store, shelf=shelf, line=parts.line),
        download=Download(intake=intake, line=parts.line),
        shelf=shelf,
        pack=_pack(parts, ledger, shelf, shown),
        take=_take(parts, receive, settle, intake, gate),
        line=parts.line,
        greet=Greet(line=parts.line, random_bytes=os.urandom),
        witness=_witness(parts, gate),
        cosign=_cosign(parts, ledger, gate),
        showing=Showing(store=store, ledger=ledger, entry=lambda: _own(parts.home)),
        taking=Taking(store=store),
        metrics=metrics,
        wake=parts.wake,
    )


def _journal(parts: _Parts, gate: Gate) -> EnterJournal:
    return EnterJournal(
        store=parts.store,
        authority=parts.entry.authority,
        key=parts.ring.log_key,
        restoring=lambda: gate.restoring,
    )


def _queue(
    parts: _Parts, ledger: Ledger, projection: Projection, metrics: Metrics, shown: Shown
) -> tuple[Parcels, Settle]:
    """What goes out, and what comes back for it."""
    patience = _patience(parts.config)
    parcels = Parcels(
        store=parts.store,
        ledger=ledger,
        clock=parts.clock,
        authority=parts.entry.authority,
        patience=patience,
        batch_limit=parts.config.limits.batch_messages,
        batch_bytes=parts.config.limits.batch_bytes,
        shown=shown,
    )
    settle = Settle(
        store=parts.store,
        ledger=ledger,
        clock=parts.clock,
        authority=parts.entry.authority,
        patience=patience,
        projection=projection,
        metrics=metrics,
        chance=random.SystemRandom(),
        shown=shown,
    )
    return parcels, settle


def _receive(
    parts: _Parts,
    *,
    ledger: Ledger,
    projection: Projection,
    metrics: Metrics,
    waiting: Waiting,
    shown: Shown,
) -> Receive:
    limits = parts.config.limits
    return Receive(
        store=parts.store,
        ledger=ledger,
        waiting=waiting,
        allowance=Allowance(limits.peer_open_threads),
        projection=projection,
        clock=parts.clock,
        desk=_desk(parts),
        key=parts.ring.signing_key,
        metrics=metrics,
        batch_limit=limits.batch_messages,
        shown=shown,
        arrived=parts.arrived,
    )


def _pack(parts: _Parts, ledger: Ledger, shelf: Shelf, shown: Shown) -> Pack:
    limits = parts.config.limits
    return Pack(
        store=parts.store,
        ledger=ledger,
        clock=parts.clock,
        authority=parts.entry.authority,
        key=parts.ring.signing_key,
        entry=parts.home.entry.read_bytes,
        shelf=shelf,
        shown=shown,
        folder=parts.home.courier,
        batch_limit=limits.batch_messages,
        batch_bytes=limits.batch_bytes,
        fault=parts.faults,
    )


def _take(parts: _Parts, receive: Receive, settle: Settle, intake: Intake, gate: Gate) -> Take:
    cell = parts.cell
    return Take(
        store=parts.store,
        clock=parts.clock,
        look=Look(
            clock=parts.clock,
            desk=_desk(parts),
            directory=cell.get,
            batch_limit=parts.config.limits.batch_messages,
        ),
        introduce=Introduce(store=parts.store, directory=cell.get, set_directory=cell.set),
        receive=receive,
        settle=settle,
        intake=intake,
        gate=gate.check,
        batch_limit=parts.config.limits.batch_messages,
    )


def _resync(parts: _Parts, ledger: Ledger, projection: Projection, gate: Gate) -> Resync:
    ring = parts.ring
    return Resync(
        authority=parts.entry.authority,
        store=parts.store,
        ledger=ledger,
        line=parts.line,
        clock=parts.clock,
        desk=_desk(parts),
        key=ring.signing_key,
        our_keys=lambda: _own_keys(ring, parts.entry),
        our_logs=ring.log_publics,
        projection=projection,
        batch_limit=parts.config.limits.batch_messages,
        arrived=parts.arrived,
        restore=gate.close,
        reenter=gate.waits,
    )


def _own(home: Home) -> Entry:
    return verify_entry(home.entry.read_bytes()).entry


def _witness(parts: _Parts, gate: Gate) -> AnswerWitness:
    """What this node answers as the witness of others."""
    return AnswerWitness(
        store=parts.store,
        memory=WitnessMemory(parts.home.witnessed),
        clock=parts.clock,
        key=parts.ring.witness_key,
        gate=gate.check,
        faults=parts.faults,
    )


def _cosign(parts: _Parts, ledger: Ledger, gate: Gate) -> Cosign:
    """What it asks those that it has chosen itself."""
    return Cosign(
        store=parts.store,
        ledger=ledger,
        line=parts.line,
        clock=parts.clock,
        directory=parts.cell.get,
        entry=lambda: _own(parts.home),
        patience=_patience(parts.config),
        chance=random.SystemRandom(),
        every=timedelta(seconds=parts.config.witness.every_seconds),
        closed=lambda peer: gate.restoring or gate.waits(peer),
    )


def _waiting(cell: Cell, config: Config) -> Waiting:
    limits = config.limits
    return Waiting(cell.get, room=limits.waiting_messages, stay=timedelta(days=limits.waiting_days))


def _own_keys(ring: Keyring, entry: VerifiedEntry) -> dict[str, VerifyKey]:
    """Every key that ever signed for us and is still held or listed."""
    listed = {key.kid: load_verify_key(key) for key in entry.entry.listed("sign")}
    return listed | {kid: key.verify_key for kid, key in ring.signing_keys().items()}


def _desk(parts: _Parts) -> Callable[[], Desk]:
    ring, entry, limits = parts.ring, parts.entry, parts.config.limits

    def desk() -> Desk:
        now = parts.terms.get()
        return Desk(
            authority=entry.authority,
            terms=now.entry,
            agreed=now.agreed,
            seal_keys=ring.seal_keys(),
            current_seal_kid=ring.current_seal_kid(),
            attachment_bytes=limits.attachment_bytes,
        )

    return desk


def _contexts(ring: Keyring) -> Callable[[Peer], ssl.SSLContext]:
    return lambda peer: client_context(ring.channel(), anchors=peer.certificates)


def _line_limits(config: Config) -> LineLimits:
    limits = config.limits
    return LineLimits(
        body=limits.batch_bytes, connect=limits.connect_seconds, total=limits.answer_seconds
    )


def _patience(config: Config) -> Patience:
    delivery = config.delivery
    return Patience(
        base=timedelta(seconds=delivery.backoff_base_seconds),
        cap=timedelta(seconds=delivery.backoff_cap_seconds),
        horizon=timedelta(days=delivery.give_up_days),
        lease=timedelta(seconds=delivery.lease_seconds),
        breaker_after=delivery.breaker_failures,
    )
