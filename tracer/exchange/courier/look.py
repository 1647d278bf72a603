"""Look: a courier file is read to its end and checked; nothing is written, nothing is believed.

Steps 2 to 9 of taking a file in (`take`), in their order; the first failure is the refusal:

2. form of the first line · 3. it is for us; its sender is known and active
4. open · 5. the first line inside · 6. the id on the seal is the hash of the manifest
7. its entries, as far as they go on from the one we hold, count for what comes
8. the manifest's signature, form, parties, key and clock
9. every item against its digest, to the end of the file; the form of all but attachments
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from tracer.clock import Clock, instant
from tracer.envelope.jwe import SealedHeader
from tracer.envelope.jwk import SealKey
from tracer.envelope.stream import StreamKey
from tracer.errors import PeerError
from tracer.exchange import batch as wire
from tracer.exchange.checks import FUTURE, Desk
from tracer.exchange.courier.form import (
    MAX_SEAL_LINE,
    Item,
    Manifest,
    Preamble,
    Reader,
    State,
    check_items,
    open_seal,
    read_seal,
    read_state,
    verify_manifest,
)
from tracer.exchange.witness.witnessed import Shown, read_shown
from tracer.trust.directory import Directory, Peer, Standing
from tracer.trust.entry import VerifiedEntry, verify_entry
from tracer.trust.validity import judge

_READ = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file that was checked to its end; nothing of it was done yet."""

    peer: Peer
    entries: tuple[VerifiedEntry, ...]
    """The sender's next entries, one following from the other, that the file brings."""
    aside: str
    """Why an entry it brings does not count; empty if all do or are known."""
    id: str
    manifest: Manifest
    state: State
    shown: Shown | None
    """What it shows and wants of heads that witnesses have signed."""
    answers: tuple[bytes, ...]
    batches: tuple[bytes, ...]
    stream: StreamKey
    start: int
    before: int
    """Bytes of the plaintext before the first attachment."""

    @property
    def attachments(self) -> list[Item]:
        """Lines of the manifest."""
        return [item for item in self.manifest.items if item.kind == "attachment"]


class Look:
    """The verb: one file."""

    def __init__(
        self,
        *,
        clock: Clock,
        desk: Callable[[], Desk],
        directory: Callable[[], Directory],
        batch_limit: int,
    ) -> None:
        self._clock = clock
        self._desk = desk
        self._directory = directory
        self._batch_limit = batch_limit

    def __call__(self, path: Path) -> Opened:
        """Steps 2 to 9: read the file to its end, believe nothing, write nothing.

        Raises:
            PeerError: the first check that fails.
        """
        now, desk = self._clock.now(), self._desk()
        with path.open("rb") as file:
            # 2. and 3. Who says to whom.
            line = file.readline(MAX_SEAL_LINE)
            sealed = read_seal(line)
            known = self._sender(sealed, desk)
            # 4. to 6. Inside.
            stream = open_seal(sealed, _seal_key(sealed, desk, now))
            reader = Reader(pieces_of(file), stream)
            preamble = reader.preamble()
            if preamble.id != sealed.id:
                raise PeerError("id-mismatch", "the id on the seal is not that of the manifest")
            # 7. and 8. Who signed it.
            peer, entries, aside = self._entries(known, preamble)
            manifest = _manifest(preamble, peer, desk.authority, now)
            # 9. All of it is there.
            small = check_items(reader, manifest.items)
        kinds = [item.kind for item in manifest.items if item.kind != "attachment"]
        of = {
            kind: tuple(b for k, b in zip(kinds, small, strict=True) if k == kind)
            for kind in ("state", "witnessed", "answer", "batch")
        }
        self._check_forms(of["answer"], of["batch"])
        return Opened(
            peer=peer,
            entries=entries,
            aside=aside,
            id=sealed.id,
            manifest=manifest,
            state=read_state(of["state"][0]),
            shown=read_shown(of["witnessed"][0]) if of["witnessed"] else None,
            answers=of["answer"],
            batches=of["batch"],
            stream=stream,
            start=len(line),
            before=len(preamble.line) + sum(map(len, small)),
        )

    def _sender(self, sealed: SealedHeader, desk: Desk) -> Peer:
        if sealed.recipient != desk.authority:
            raise PeerError(
                "wrong-recipient", f"this file is for {sealed.recipient}, we are {desk.authority}"
            )
        found = self._directory().find(sealed.sender)
        if found is None or found.standing is Standing.SUPERSEDED:
            raise PeerError("peer-unknown", f"{sealed.sender} is not known here")
        if found.standing is not Standing.ACTIVE:
            raise PeerError("peer-suspended", f"{sealed.sender} is suspended here")
        return found

    def _entries(
        self, known: Peer, preamble: Preamble
    ) -> tuple[Peer, tuple[VerifiedEntry, ...], str]:
        """The sender with the entries that the file brings, as far as they go on from ours."""
        found = [verify_entry(one) for one in preamble.entries]
        if any(one.authority != known.authority for one in found):
            raise PeerError("party-mismatch", "an entry in the file is of another authority")
        directory = self._directory()
        taken: list[VerifiedEntry] = []
        for entry in found:
            if entry.entry.seq <= directory.peer(known.authority).verified.entry.seq:
                continue
            if _begins_anew(directory.peer(known.authority), entry):
                return directory.peer(known.authority), tuple(taken), "log-origin"
            try:
                directory = directory.with_next(entry)
            except PeerError as error:
                return directory.peer(known.authority), tuple(taken), error.code
            taken.append(entry)
        return directory.peer(known.authority), tuple(taken), ""

    def _check_forms(self, answers: Sequence[bytes], batches: Sequence[bytes]) -> None:
        for body in answers:
            wire.read_answer(body, limit=self._batch_limit)
        for body in batches:
            wire.read_batch(body, limit=self._batch_limit)


def _begins_anew(peer: Peer, entry: VerifiedEntry) -> bool:
    """Whether it closes the log we know, without what shows where the next one goes on from.

    A file has none of what `succession` checks, and no bound on how often: who holds a signing key
    alone could put a log of his own in place of the authority's.
    """
    return entry.entry.log.origin != peer.log.origin


def _seal_key(sealed: SealedHeader, desk: Desk, now: datetime) -> SealKey:
    held = desk.seal_keys.get(sealed.kid)
    if held is None or now >= held[1]:
        raise PeerError("seal-key", "sealed to a key that does not open here any more")
    return held[0]


def _manifest(preamble: Preamble, peer: Peer, us: str, now: datetime) -> Manifest:
    kid, manifest = verify_manifest(preamble.manifest, keys=peer.verify_keys)
    if (manifest.sender, manifest.recipient) != (peer.authority, us):
        raise PeerError("party-mismatch", "the manifest is between others than the seal")
    try:
        at = instant(manifest.at)
    except ValueError as error:
        raise PeerError("courier-form", "the manifest names no instant") from error
    judge(peer.signing[kid], claimed=at, first_arrival=now)
    if at > now + FUTURE:
        raise PeerError("clock-ahead", "the file is from our future")
    return manifest


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """The bytes from where the file stands on, in pieces."""
    while chunk := file.read(_READ):
        yield chunk
