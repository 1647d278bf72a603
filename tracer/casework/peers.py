"""Peers: whom this authority believes, decided by a person and put on record.

A first entry of an authority is believed when a person has compared its fingerprint with the other
side by voice, and says so by giving it here. The next entry of a known authority is believed by its
signature; one that breaks the chain is a new identity, and takes a comparison again. So does one
that closes the log and names another, when it comes as a file: what the peer would be asked to show
for it (`exchange.succession`) is not in the file. A peer is suspended and resumed, never deleted.

What it does not do: fetch entries or talk to peers; watch what a peer's log does (`exchange`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import msgspec

from tracer.casework.reasons import reasoned
from tracer.casework.restoring import RestoredPeer, restored_peer
from tracer.casework.roles import Act, acting
from tracer.casework.sight import seen_only
from tracer.errors import InputError, PeerError
from tracer.exchange.accuse import FaultKind
from tracer.exchange.contradictions import case_of
from tracer.exchange.introduce import pin
from tracer.exchange.partner import unknown
from tracer.model.ids import is_invented, state_of
from tracer.store import Store, Tx
from tracer.store.rows import FaultRow, PeerRow, PeerStateRow
from tracer.trust.directory import Directory, Standing
from tracer.trust.entry import VerifiedEntry, fingerprint, verify_entry

News = Literal["first", "next", "same", "new-log", "new-identity"]
COMPARED: Final = frozenset(("first", "new-log", "new-identity"))
"""What is believed only when a person has compared the fingerprint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What an entry file says, before anybody believes it."""

    authority: str
    state: str
    name: str
    mode: str
    endpoint: str
    seq: int
    issued: str
    fingerprint: str
    news: News
    """Those of `COMPARED` need the fingerprint compared; `same` changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerView:
    """A peer, how the line to it is, and what is held against it."""

    authority: str
    name: str
    status: str
    mode: str
    endpoint: str
    seq: int
    fingerprint: str
    added_at: str
    added_by: str
    line: PeerStateRow
    faults: tuple[FaultRow, ...]
    about: Mapping[int, str] = field(default_factory=dict)
    """The case that a fault is about, by its number, where the reader may see it."""
    restored: tuple[RestoredPeer, ...] = ()
    """Its restores, oldest first."""


class Peers:
    """The verbs on peers. `set_directory` swaps the directory after the commit, under `changing`.

    In an `exercise` no authority of a real State is believed.
    """

    def __init__(
        self,
        *,
        store: Store,
        authority: str,
        directory: Callable[[], Directory],
        set_directory: Callable[[Directory], None],
        changing: asyncio.Lock,
        exercise: bool = False,
    ) -> None:
        self._store = store
        self._authority = authority
        self._directory = directory
        self._set_directory = set_directory
        self._exercise = exercise
        self._lock = changing

    async def look(self, actor: str, entry_file: bytes) -> Offered:
        """Read an entry file without believing it: what a person compares by voice.

        Raises:
            InputError: `entry-invalid`, `peer-self`, or about the person.
        """
        await self._store.read(lambda tx: acting(tx, actor, Act.PEER_LIST))
        verified = self._verified(entry_file)
        await self._store.read(lambda tx: _check_new(tx, verified))
        return _offered(verified, self._news(verified))

    async def add(self, actor: str, entry_file: bytes, *, compared: str = "") -> PeerView:
        """Believe an entry from now on.

        Args:
            actor: Who decides.
            entry_file: The file as it came.
            compared: The fingerprint as it was read out by the other side; blanks do not count.

        Raises:
            InputError: `entry-invalid`, `peer-self`, `fingerprint-missing`, `fingerprint-differs`,
                `entry-shared`, `log-known`, or about the person.
        """
        await self._store.read(lambda tx: acting(tx, actor, Act.PEER_CHANGE))
        verified = self._verified(entry_file)
        async with self._lock:
            await self._store.read(lambda tx: _check_new(tx, verified))
            news = self._news(verified)
            if news in COMPARED:
                _check_compared(verified, compared)
            after = self._after(verified, news)

            def body(tx: Tx) -> PeerView:
                acting(tx, actor, Act.PEER_CHANGE)
                if news != "same":
                    _pin(tx, verified, actor, news, self._authority)
                return view_of(tx, verified.authority, after)

            view = await self._store.write(body)
            self._set_directory(after)
        return view

    async def suspend(self, actor: str, authority: str, reason: str) -> PeerView:
        """Neither send to nor take from a peer until it is resumed; it is told so when it calls.

        Raises:
            InputError: `reason-missing`, `peer-unknown`, or about the person.
        """
        said = reasoned(reason, "a peer is suspended with a reason")
        return await self._stand(actor, authority, Standing.SUSPENDED, said)

    async def resume(self, actor: str, authority: str) -> PeerView:
        """Go on with a suspended peer."""
        return await self._stand(actor, authority, Standing.ACTIVE, "")

    async def list(self, actor: str) -> tuple[PeerView, ...]:
        """All peers, by authority."""

        def body(tx: Tx) -> tuple[PeerView, ...]:
            acting(tx, actor, Act.PEER_LIST)
            rows = tx.peers.all()
            return tuple(view_of(tx, row.authority, self._directory()) for row in rows)

        return await self._store.read(body)

    async def show(self, actor: str, authority: str) -> PeerView:
        """One peer."""

        def body(tx: Tx) -> PeerView:
            person = acting(tx, actor, Act.PEER_LIST)
            view = view_of(tx, authority, self._directory())
            rows = {one.number: one for one in tx.peers.faults(authority)}
            cases = [(number, case_of(tx, one)) for number, one in rows.items()]
            named = [one for one in cases if one[1]]
            about = dict(seen_only(tx, person, named, lambda one: one[1]))
            faults = tuple(rows[one.number] if one.number in about else one for one in view.faults)
            return replace(view, about=about, faults=faults)

        return await self._store.read(body)

    async def _stand(self, actor: str, authority: str, standing: Standing, reason: str) -> PeerView:
        async with self._lock:

            def body(tx: Tx) -> tuple[PeerView, Directory]:
                acting(tx, actor, Act.PEER_CHANGE)
                _row(tx, authority)
                after = self._directory().with_standing(authority, standing)
                tx.peers.set_status(authority, standing.value, actor)
                act = "peer-suspend" if standing is Standing.SUSPENDED else "peer-resume"
                tx.audit.write(actor, act, authority, {"reason": reason} if reason else None)
                return view_of(tx, authority, after), after

            view, after = await self._store.write(body)
            self._set_directory(after)
        return view

    def _verified(self, entry_file: bytes) -> VerifiedEntry:
        try:
            verified = verify_entry(entry_file)
        except PeerError as error:
            raise InputError(
                "entry-invalid",
                f"this is no valid entry: {error.message}",
                advice="Ask the authority for its entry file again.",
                field="file",
            ) from error
        if verified.authority == self._authority:
            raise InputError("peer-self", f"this is our own entry, {self._authority}", field="file")
        if self._exercise and not is_invented(state_of(verified.authority)):
            raise InputError(
                "exercise-peer",
                f"{verified.authority} is no part of the exercise",
                advice="An exercise knows authorities of the invented States XA to XZ only.",
                field="file",
            )
        return verified

    def _news(self, verified: VerifiedEntry) -> News:
        directory = self._directory()
        known = directory.find(verified.authority)
        if known is None:
            return "first"
        if known.verified.digest == verified.digest:
            return "same"
        try:
            directory.with_next(verified)
        except PeerError:
            return "new-identity"
        return "next" if verified.entry.log.origin == known.log.origin else "new-log"

    def _after(self, verified: VerifiedEntry, news: News) -> Directory:
        before = self._directory()
        if news == "same":
            return before
        try:
            if news in {"next", "new-log"}:
                return before.with_next(verified)
            return before.with_identity(verified)
        except PeerError as error:
            raise InputError(error.code, error.message, field="file") from error


def _check_new(tx: Tx, verified: VerifiedEntry) -> None:
    """Refuse what was replaced; the entry that counts may come again."""
    held = tx.peers.get(verified.authority)
    if held is not None and held.digest == verified.digest:
        return
    if verified.digest in tx.peers.digests(verified.authority):
        raise InputError(
            "entry-old",
            f"{verified.authority} has replaced this entry by a newer one",
            advice="Ask the authority for its present entry file.",
            field="file",
        )


def _pin(tx: Tx, verified: VerifiedEntry, actor: str, news: News, us: str) -> None:
    name = verified.authority
    if news == "new-identity":
        _check_new_log(tx, verified)
    voice = fingerprint(verified.jws)
    pin(tx, verified, by=actor)
    if news == "first" and tx.restores.of(us):
        tx.restores.begin((name,))  # it may hold what we lost before we knew it again
    if news == "new-identity":
        tx.peers.set_status(name, Standing.ACTIVE.value, actor)
    seen = {"seq": verified.entry.seq, "fingerprint": voice, "news": news}
    tx.audit.write(actor, "peer-add", name, seen)


def _check_new_log(tx: Tx, verified: VerifiedEntry) -> None:
    """A new identity begins a log of its own: what is remembered stands under the old name.

    Raises:
        InputError: `log-known`: it names a log that an entry held of it lists with other keys.
    """
    log = verified.entry.log
    held = [verify_entry(file).entry.log for file in tx.peers.entries(verified.authority)]
    if any(one.origin == log.origin and one != log for one in held):
        raise InputError(
            "log-known",
            f"{log.origin} is known here with other keys: what it held would count as forged",
            advice="They begin their folder anew with the next number (init, --log N).",
            field="file",
        )


def _check_compared(verified: VerifiedEntry, compared: str) -> None:
    wanted, given = fingerprint(verified.jws), re.sub(r"[\s-]+", "", compared)
    if not given:
        raise InputError(
            "fingerprint-missing",
            f"nobody has compared the fingerprint of {verified.authority}: {wanted}",
            advice="Have it read out by the authority on a known telephone number.",
            field="fingerprint",
        )
    if given != wanted.replace(" ", ""):
        raise InputError(
            "fingerprint-differs",
            f"this is not the fingerprint of the file, which is {wanted}",
            advice="Do not use the file. Find out with the authority how it came about.",
            field="fingerprint",
        )


def _offered(verified: VerifiedEntry, news: News) -> Offered:
    entry = verified.entry
    return Offered(
        authority=entry.authority,
        state=entry.state,
        name=entry.name,
        mode=entry.mode,
        endpoint=entry.endpoint,
        seq=entry.seq,
        issued=entry.issued,
        fingerprint=fingerprint(verified.jws),
        news=news,
    )


def _row(tx: Tx, authority: str) -> PeerRow:
    row = tx.peers.get(authority)
    if row is None:
        raise unknown(authority, field="peer")
    return row


def _without_case(row: FaultRow) -> FaultRow:
    """What is held against a peer as everybody who sees the peer may see it: of no case."""
    kinds = (FaultKind.THREAD_FORKED, FaultKind.RECEIPT_TWICE, FaultKind.RECEIPT_TIME)
    return msgspec.structs.replace(row, evidence=b"") if row.kind in kinds else row


def view_of(tx: Tx, authority: str, directory: Directory) -> PeerView:
    """A peer as it stands.

    Raises:
        InputError: `peer-unknown`.
    """
    row = _row(tx, authority)
    peer = directory.find(authority)
    return PeerView(
        authority=row.authority,
        name=peer.verified.entry.name if peer else "",
        status=row.status,
        mode=peer.mode if peer else "",
        endpoint=peer.endpoint if peer else "",
        seq=row.seq,
        fingerprint=row.fingerprint,
        added_at=row.added_at,
        added_by=row.added_by,
        line=tx.peers.state(authority),
        faults=tuple(map(_without_case, tx.peers.faults(authority))),
        restored=tuple(map(restored_peer, tx.restores.of(authority))),
    )
