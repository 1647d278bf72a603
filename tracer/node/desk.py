"""What people work with, built once over a node's rooms: casework, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from tracer.casework.accounts.factor import SecondFactor
from tracer.casework.accounts.passwords import Passwords
from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import Proofs
from tracer.casework.accounts.roster import Roster
from tracer.casework.accounts.sessions import Sessions
from tracer.casework.accounts.sign_in import SignIn
from tracer.casework.assigning import Assigning
from tracer.casework.attach import Attach
from tracer.casework.authorities import Authorities
from tracer.casework.changes import Changes
from tracer.casework.courier import Courier
from tracer.casework.disposing import Disposing
from tracer.casework.drafts import Drafts, Profile
from tracer.casework.duplicates import Duplicates
from tracer.casework.evidence.export import Evidence
from tracer.casework.evidence.renewal import Renewal
from tracer.casework.figures.cooperation import Cooperation
from tracer.casework.figures.proving import Proving
from tracer.casework.figures.report import Reports
from tracer.casework.figures.statement import Statements
from tracer.casework.follow_on import Following
from tracer.casework.guided import Guided
from tracer.casework.lists import Lists
from tracer.casework.notes import Notes
from tracer.casework.notices import Notices
from tracer.casework.overview import Overview
from tracer.casework.peers import Peers
from tracer.casework.people import People
from tracer.casework.profile import RequestProfile
from tracer.casework.reads import Reads
from tracer.casework.release import Release
from tracer.casework.restoring import Restoring
from tracer.casework.teams import Teams
from tracer.casework.terms.work import TermsWork
from tracer.casework.trail import Trail
from tracer.casework.transcribing import Transcribing
from tracer.casework.upkeep import Upkeep
from tracer.casework.witnessed import Witnesses
from tracer.config.people import Accounts as AccountSettings
from tracer.exchange.log.history import JoinHeads
from tracer.exchange.renew import Renew
from tracer.media import Darkroom
from tracer.node.own import own_entry
from tracer.node.restore.check import check_shown
from tracer.node.rooms import Rooms
from tracer.node.watch import NodeWatch
from tracer.node.workers.stamping import time_authority
from tracer.store import Store
from tracer.trust.nouns import Entry
from tracer.trust.password import Hasher


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """How people show who they are."""

    policy: AccountPolicy
    sign_in: SignIn
    sessions: Sessions
    passwords: Passwords
    factor: SecondFactor
    roster: Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The rooms of a node and the casework over them."""

    rooms: Rooms
    drafts: Drafts
    guided: Guided
    attach: Attach
    release: Release
    reads: Reads
    lists: Lists
    trail: Trail
    cooperation: Cooperation
    proving: Proving
    evidence: Evidence
    renewal: Renewal
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
    accounts: Accounts
    teams: Teams
    assigning: Assigning
    notes: Notes
    transcribing: Transcribing
    changes: Changes
    authorities: Authorities
    overview: Overview
    upkeep: Upkeep


def open_desk(rooms: Rooms) -> Desk:
    """Build the casework of a node; nothing is started and nothing needs closing."""
    store, directory, authority = rooms.store, rooms.cell.get, rooms.authority
    drafts = Drafts(
        store=store,
        directory=directory,
        authority=authority,
        shelf=rooms.shelf,
        profile=Profile(exercise=rooms.config.node.exercise),
        pace=rooms.pace,
    )
    attach = _attach(rooms)
    proving, reads = _proving(rooms), _reads(rooms)
    lists = Lists(store=store, reads=reads)
    duplicates = Duplicates(store=store, authority=authority, directory=directory)
    return Desk(
        rooms=rooms,
        drafts=drafts,
        guided=Guided(
            store=store,
            directory=directory,
            authority=authority,
            drafts=drafts,
            duplicates=duplicates,
            profile=request_profile(rooms),
        ),
        attach=attach,
        following=Following(
            store=store, directory=directory, authority=authority, drafts=drafts, attach=attach
        ),
        release=_release(rooms),
        reads=reads,
        lists=lists,
        trail=Trail(store=store, authority=authority, proving=proving),
        duplicates=duplicates,
        reports=Reports(store=store, authority=authority),
        statements=_statements(rooms, proving),
        cooperation=Cooperation(store=store, authority=authority),
        proving=proving,
        evidence=_evidence(rooms),
        renewal=_renewal(rooms),
        people=People(store=store, policy=account_policy(rooms.config.accounts)),
        peers=_peers(rooms),
        terms=_terms(rooms),
        notices=notices_of(rooms),
        courier=courier_of(rooms),
        restoring=_restoring(rooms),
        disposing=_disposing(rooms),
        accounts=_accounts(rooms),
        teams=Teams(store=store),
        assigning=Assigning(store=store),
        notes=Notes(store=store, pace=rooms.pace),
        transcribing=_transcribing(rooms),
        changes=Changes(store=store),
        authorities=Authorities(
            store=store, directory=directory, mode=lambda: rooms.entry.entry.mode
        ),
        overview=Overview(store=store, lists=lists),
        upkeep=Upkeep(store=store, watch=NodeWatch(rooms), wake=rooms.wake),
    )


def _attach(rooms: Rooms) -> Attach:
    return Attach(
        store=rooms.store,
        shelf=rooms.shelf,
        photos=Darkroom(),
        scanner=rooms.scanner,
        pace=rooms.pace,
    )


def request_profile(rooms: Rooms) -> RequestProfile:
    """What every request of ours says by itself, as it is set."""
    said = rooms.config.requests
    return RequestProfile(
        authority=said.authority or rooms.config.node.name or rooms.entry.entry.name,
        function=said.function,
        role=said.role,
        mail=said.mail,
        phone=said.phone,
        instruments=tuple(said.instruments.split()),
        illicit=tuple(said.illicit.split()),
        article=said.article,
        uses=tuple(said.uses.split()),
        asked=tuple(said.asked.split()),
    )


def _statements(rooms: Rooms, proving: Proving) -> Statements:
    return Statements(
        store=rooms.store,
        authority=rooms.authority,
        directory=rooms.cell.get,
        entry=lambda: own_entry(rooms.home),
        key=rooms.keyring.signing_key,
        proving=proving,
    )


def _terms(rooms: Rooms) -> TermsWork:
    return TermsWork(
        store=rooms.store,
        directory=rooms.cell.get,
        entry=lambda: own_entry(rooms.home),
        key=rooms.keyring.signing_key,
        stands=rooms.terms.set,
    )


def _accounts(rooms: Rooms) -> Accounts:
    return open_accounts(
        rooms.store,
        account_policy(rooms.config.accounts),
        Hasher(),
        authority=rooms.authority,
        name=rooms.config.node.name,
    )


def account_policy(settings: AccountSettings) -> AccountPolicy:
    """Times and limits of accounts as they are set."""
    return AccountPolicy(
        idle=timedelta(minutes=settings.idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
        fresh=timedelta(minutes=settings.fresh_minutes),
        given=timedelta(hours=settings.given_hours),
        second_factor=settings.second_factor == "required",
        tries=settings.tries,
        address_tries=settings.address_tries,
        longest_wait=timedelta(minutes=settings.wait_minutes),
    )


def open_accounts(
    store: Store, policy: AccountPolicy, hasher: Hasher, *, authority: str, name: str = ""
) -> Accounts:
    """The verbs of accounts over one store; `authority` is what a phone shows beside the code."""
    proofs = Proofs(store=store, hasher=hasher, policy=policy)
    return Accounts(
        policy=policy,
        sign_in=SignIn(store=store, proofs=proofs, policy=policy),
        sessions=Sessions(store=store, proofs=proofs, policy=policy),
        passwords=Passwords(
            store=store, hasher=hasher, proofs=proofs, policy=policy, about=(authority, name)
        ),
        factor=SecondFactor(store=store, proofs=proofs, policy=policy, issuer=authority),
        roster=Roster(store=store, policy=policy),
    )


def _peers(rooms: Rooms) -> Peers:
    return Peers(
        store=rooms.store,
        authority=rooms.authority,
        directory=rooms.cell.get,
        set_directory=rooms.cell.set,
        changing=rooms.cell.changing,
        exercise=rooms.config.node.exercise,
    )


def _release(rooms: Rooms) -> Release:
    return Release(
        store=rooms.store,
        directory=rooms.cell.get,
        authority=rooms.authority,
        submit=rooms.submit,
        shelf=rooms.shelf,
        policy=rooms.config.release.policy,
        wake=rooms.wake,
    )


def _transcribing(rooms: Rooms) -> Transcribing:
    return Transcribing(
        store=rooms.store,
        authority=rooms.authority,
        key=rooms.keyring.signing_key,
        projection=rooms.projection,
        photos=Darkroom(),
        exercise=rooms.config.node.exercise,
        scanner=rooms.scanner,
        pace=rooms.pace,
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
    return Reads(
        store=rooms.store,
        authority=rooms.authority,
        witnesses=witnesses,
        scanned=rooms.scanner is not None,
        pace=rooms.pace,
    )


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
        changing=rooms.cell.changing,
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


def _renewal(rooms: Rooms) -> Renewal:
    renew = Renew(
        store=rooms.store,
        ledger=rooms.ledger,
        authority=rooms.authority,
        time=lambda: time_authority(rooms.config),
    )
    return Renewal(store=rooms.store, renew=renew, entry=rooms.home.entry.read_bytes)


def _evidence(rooms: Rooms) -> Evidence:
    return Evidence(
        store=rooms.store,
        authority=rooms.authority,
        key=rooms.keyring.signing_key,
        prover=rooms.ledger,
        join=JoinHeads(greet=rooms.greet, directory=rooms.cell.get, store=rooms.store),
        shelf=rooms.shelf,
        pace=rooms.pace,
    )
