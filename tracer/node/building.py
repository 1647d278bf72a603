"""Building a node: what was opened in, every verb with exactly what it uses out.

Nothing is opened, read or started here (`opening` does).
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from tracer.casework.pace import Pace
from tracer.clock import Clock
from tracer.config import Config
from tracer.envelope.jwk import VerifyKey
from tracer.exchange.allowance import Allowance
from tracer.exchange.backoff import Patience
from tracer.exchange.checks import Desk
from tracer.exchange.collect import Collect, Counter
from tracer.exchange.courier.look import Look
from tracer.exchange.courier.pack import Pack
from tracer.exchange.courier.take import Take
from tracer.exchange.deliver import Deliver
from tracer.exchange.entries.handing import AnswerEntry, HandEntries
from tracer.exchange.entries.handing import Shelf as Entries
from tracer.exchange.entries.taking import TakeEntries
from tracer.exchange.greetings import Greet
from tracer.exchange.heard import Heard
from tracer.exchange.inforce import TermsBook
from tracer.exchange.introduce import Introduce
from tracer.exchange.log.journal import EnterJournal
from tracer.exchange.log.ledger import HighWater, Ledger
from tracer.exchange.parcel import Parcels
from tracer.exchange.projection import Projection
from tracer.exchange.questions import Questions
from tracer.exchange.receive import Receive
from tracer.exchange.resync.fetch import Resync
from tracer.exchange.settle import Settle
from tracer.exchange.shown import Shown
from tracer.exchange.submit import Submit
from tracer.exchange.uploads import Download, Intake, Shelf, Upload
from tracer.exchange.waiting import Waiting
from tracer.exchange.witness.answer import AnswerWitness
from tracer.exchange.witness.cosign import Cosign
from tracer.exchange.witness.memory import WitnessMemory, reminding
from tracer.exchange.witness.witnessed import Showing, Taking
from tracer.metrics import Metrics
from tracer.node.gate import Gate
from tracer.node.home import Home
from tracer.node.own import own_entry
from tracer.node.rooms import Cell, Rooms
from tracer.store import FaultPoint, Store
from tracer.transport.port import PeerLine
from tracer.transport.scan import ClamdLine, Scanner
from tracer.trust.entry import VerifiedEntry
from tracer.trust.keyring import Keyring
from tracer.trust.nouns import load_verify_key


@dataclass(frozen=True, slots=True)
class Parts:
    """What the verbs are built from."""

    home: Home
    config: Config
    clock: Clock
    ring: Keyring
    entry: VerifiedEntry
    store: Store
    cell: Cell
    terms: TermsBook
    line: PeerLine
    questions: Questions
    wake: Callable[[str], None]
    arrived: Callable[[Iterable[str]], None]
    marked: Callable[[], None]
    faults: FaultPoint | None


def build(parts: Parts) -> Rooms:
    """Every verb, once, over what was opened."""
    ring, store, clock, cell = parts.ring, parts.store, parts.clock, parts.cell
    limits, metrics = parts.config.limits, Metrics()
    ledger = Ledger(store, ring.log_key(), HighWater(parts.home.high_water, parts.faults))
    shelf = Shelf(parts.home.attachments, parts.faults)
    projection, waiting = Projection(marked=parts.marked), _waiting(cell, parts.config)
    gate = Gate(home=parts.home, reserve=limits.disk_reserve_bytes)
    shown, memory = Shown(), WitnessMemory(parts.home.witnessed)
    parcels, settle = _queue(parts, ledger, projection, metrics, shown)
    receive = _receive(
        parts, ledger=ledger, projection=projection, metrics=metrics, waiting=waiting, shown=shown
    )
    intake = Intake(store=store, shelf=shelf, limit=limits.attachment_bytes)
    showing = Showing(store=store, ledger=ledger, entry=lambda: own_entry(parts.home).entry)
    taking, entries = _taking(parts, memory), _entries(parts)
    issued = Entries(store=store, own=lambda: own_entry(parts.home))
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
        submit=_submit(parts, projection, gate),
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
        pack=_pack(parts, ledger=ledger, shelf=shelf, shown=shown, showing=showing, taking=taking),
        take=_take(parts, receive=receive, settle=settle, intake=intake, taking=taking, gate=gate),
        line=parts.line,
        questions=parts.questions,
        greet=Greet(line=parts.line, random_bytes=os.urandom),
        hand=HandEntries(shelf=issued, take=entries, line=parts.line),
        entries=AnswerEntry(shelf=issued, take=entries),
        take_entries=entries,
        witness=_witness(parts, gate, memory),
        memory=memory,
        cosign=_cosign(parts, ledger, gate),
        showing=showing,
        taking=taking,
        metrics=metrics,
        heard=Heard(store=store, clock=clock),
        scanner=_scanner(parts.config),
        pace=_pace(parts),
        wake=parts.wake,
    )


def _submit(parts: Parts, projection: Projection, gate: Gate) -> Submit:
    return Submit(
        store=parts.store,
        directory=parts.cell.get,
        key=parts.ring.signing_key,
        projection=projection,
        wake=parts.wake,
        gate=gate.release,
    )


def _pace(parts: Parts) -> Pace:
    bounds = parts.config.pace
    return Pace(store=parts.store, clock=parts.clock, cases=bounds.cases, drafts=bounds.drafts)


def _scanner(config: Config) -> Scanner | None:
    at = config.scanner
    return ClamdLine(at.socket, seconds=at.seconds) if at.socket else None


def _journal(parts: Parts, gate: Gate) -> EnterJournal:
    return EnterJournal(
        store=parts.store,
        authority=parts.entry.authority,
        key=parts.ring.log_key,
        restoring=lambda: gate.restoring,
    )


def _queue(
    parts: Parts, ledger: Ledger, projection: Projection, metrics: Metrics, shown: Shown
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
    parts: Parts,
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


def _pack(
    parts: Parts, *, ledger: Ledger, shelf: Shelf, shown: Shown, showing: Showing, taking: Taking
) -> Pack:
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
        showing=showing,
        taking=taking,
        folder=parts.home.courier,
        batch_limit=limits.batch_messages,
        batch_bytes=limits.batch_bytes,
        fault=parts.faults,
    )


def _take(
    parts: Parts,
    *,
    receive: Receive,
    settle: Settle,
    intake: Intake,
    taking: Taking,
    gate: Gate,
) -> Take:
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
        introduce=Introduce(
            store=parts.store,
            directory=cell.get,
            set_directory=cell.set,
            changing=cell.changing,
        ),
        receive=receive,
        settle=settle,
        intake=intake,
        taking=taking,
        gate=gate.check,
        batch_limit=parts.config.limits.batch_messages,
    )


def _resync(parts: Parts, ledger: Ledger, projection: Projection, gate: Gate) -> Resync:
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


def _entries(parts: Parts) -> TakeEntries:
    """What it takes of peers' next entries, whichever side made the connection."""
    return TakeEntries(
        store=parts.store,
        clock=parts.clock,
        directory=parts.cell.get,
        adopt=parts.cell.set,
        changing=parts.cell.changing,
    )


def _taking(parts: Parts, memory: WitnessMemory) -> Taking:
    """What it keeps of other logs, and is reminded of by them."""
    return Taking(
        store=parts.store,
        own=lambda: own_entry(parts.home).entry,
        reminded=reminding(memory, parts.ring.witness_key),
    )


def _witness(parts: Parts, gate: Gate, memory: WitnessMemory) -> AnswerWitness:
    """What this node answers as the witness of others."""
    return AnswerWitness(
        store=parts.store,
        memory=memory,
        clock=parts.clock,
        key=parts.ring.witness_key,
        gate=gate.check,
        faults=parts.faults,
    )


def _cosign(parts: Parts, ledger: Ledger, gate: Gate) -> Cosign:
    """What it asks those that it has chosen itself."""
    return Cosign(
        store=parts.store,
        ledger=ledger,
        line=parts.line,
        clock=parts.clock,
        directory=parts.cell.get,
        entry=lambda: own_entry(parts.home).entry,
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


def _desk(parts: Parts) -> Callable[[], Desk]:
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


def _patience(config: Config) -> Patience:
    delivery = config.delivery
    return Patience(
        base=timedelta(seconds=delivery.backoff_base_seconds),
        cap=timedelta(seconds=delivery.backoff_cap_seconds),
        horizon=timedelta(days=delivery.give_up_days),
        lease=timedelta(seconds=delivery.lease_seconds),
        breaker_after=delivery.breaker_failures,
    )
