"""What people work with, built once over a node's rooms: casework, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from tracer.casework.attach import Attach
from tracer.casework.cooperation import Cooperation
from tracer.casework.courier import Courier
from tracer.casework.disposing import Disposing
from tracer.casework.drafts import Drafts, Profile
from tracer.casework.duplicates import Duplicates
from tracer.casework.evidence import Evidence
from tracer.casework.follow_on import Following
from tracer.casework.notices import Notices
from tracer.casework.peers import Peers
from tracer.casework.people import People
from tracer.casework.proving import Proving
from tracer.casework.reads import Reads
from tracer.casework.release import Release
from tracer.casework.report import Reports
from tracer.casework.restoring import Restoring
from tracer.casework.statement import Statements
from tracer.casework.terms import TermsWork
from tracer.casework.trail import Trail
from tracer.casework.witnessed import Witnesses
from tracer.exchange.history import JoinHeads
from tracer.node.custody import own_entry
from tracer.node.restore_check import check_shown
from tracer.node.rooms import Rooms
from tracer.trust.nouns import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The rooms of a node and the casework over them."""

    rooms: Rooms
    drafts: Drafts
    attach: Attach
    release: Release
    reads: Reads
    trail: Trail
    cooperation: Cooperation
    proving: Proving
    evidence: Evidence
    following: Following
    duplicates: Duplicates
    reports: Reports
    statements: Statements
    people: People
    peers: Peers
    terms: TermsWork
    notices: Notices
    courier: Courier
    restoring: Restoring
    disposing: Disposing


def open_desk(rooms: Rooms) -> Desk:
    """Build the casework of a node; nothing is started and nothing needs closing."""
    store, directory, authority = rooms.store, rooms.cell.get, rooms.authority
    drafts = Drafts(
        store=store,
        directory=directory,
        authority=authority,
        shelf=rooms.shelf,
        profile=Profile(exercise=rooms.config.node.exercise),
    )
    attach = Attach(store=store, shelf=rooms.shelf)
    proving = _proving(rooms)
    return Desk(
        rooms=rooms,
        drafts=drafts,
        attach=attach,
        following=Following(
            store=store, directory=directory, authority=authority, drafts=drafts, attach=attach
        ),
        release=Release(
            store=store,
            directory=directory,
            authority=authority,
            submit=rooms.submit,
            shelf=rooms.shelf,
            policy=rooms.config.release.policy,
            wake=rooms.wake,
        ),
        reads=_reads(rooms),
        trail=Trail(store=store, authority=authority, proving=proving),
        duplicates=Duplicates(store=store, authority=authority, directory=directory),
        reports=Reports(store=store, authority=authority),
        statements=Statements(
            store=store,
            authority=authority,
            directory=directory,
            entry=lambda: own_entry(rooms.home),
            key=rooms.keyring.signing_key,
            proving=proving,
        ),
        cooperation=Cooperation(store=store, authority=authority),
        proving=proving,
        evidence=_evidence(rooms),
        people=People(store=store),
        peers=_peers(rooms),
        terms=TermsWork(
            store=store,
            directory=directory,
            entry=lambda: own_entry(rooms.home),
            key=rooms.keyring.signing_key,
            stands=rooms.terms.set,
        ),
        notices=notices_of(rooms),
        courier=courier_of(rooms),
        restoring=_restoring(rooms),
        disposing=_disposing(rooms),
    )


def _peers(rooms: Rooms) -> Peers:
    return Peers(
        store=rooms.store,
        authority=rooms.authority,
        directory=rooms.cell.get,
        set_directory=rooms.cell.set,
        exercise=rooms.config.node.exercise,
    )


def _proving(rooms: Rooms) -> Proving:
    return Proving(
        store=rooms.store,
        authority=rooms.authority,
        prover=rooms.ledger,
        log=lambda: rooms.keyring.log_key().public,
    )


def _reads(rooms: Rooms) -> Reads:
    """Who looks at cases, and at who has witnessed what is in them."""
    witnesses = Witnesses(authority=rooms.authority, entry=lambda name: _entry(rooms, name))
    return Reads(store=rooms.store, authority=rooms.authority, witnesses=witnesses)


def courier_of(rooms: Rooms) -> Courier:
    """Who lets files go and takes them in."""
    return Courier(
        store=rooms.store,
        directory=rooms.cell.get,
        pack=rooms.pack,
        take=rooms.take,
        shown=partial(check_shown, rooms),
    )


def _entry(rooms: Rooms, authority: str) -> Entry | None:
    """The present entry of an authority, ours included."""
    if authority == rooms.authority:
        return rooms.own()
    peer = rooms.cell.get().find(authority)
    return None if peer is None else peer.verified.entry


def notices_of(rooms: Rooms) -> Notices:
    """Who tells our own people; the clocks hand it what is to be told."""
    return Notices(
        store=rooms.store,
        authority=rooms.authority,
        terms=lambda: own_entry(rooms.home).entry.terms,
        heads=rooms.config.notices.heads.split(),
    )


def _restoring(rooms: Rooms) -> Restoring:
    return Restoring(
        store=rooms.store,
        policy=rooms.config.release.policy,
        directory=rooms.cell.get,
        set_directory=rooms.cell.set,
    )


def _disposing(rooms: Rooms) -> Disposing:
    return Disposing(
        store=rooms.store,
        projection=rooms.projection,
        files=rooms.shelf,
        clock=rooms.clock,
        policy=rooms.config.release.policy,
        retention=lambda: timedelta(days=rooms.config.retention.days),
    )


def _evidence(rooms: Rooms) -> Evidence:
    return Evidence(
        store=rooms.store,
        authority=rooms.authority,
        key=rooms.keyring.signing_key,
        prover=rooms.ledger,
        join=JoinHeads(greet=rooms.greet, directory=rooms.cell.get),
        shelf=rooms.shelf,
    )
