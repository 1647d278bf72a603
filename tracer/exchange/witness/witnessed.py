"""Witnessed: two nodes show each other the newest head of their logs that witnesses have signed.

A receipt stands under a checkpoint of the peer's log that nobody but the peer has signed. It is
witnessed once a later head of that log, cosigned by the witnesses the peer has chosen, provably
holds it. So each side names the checkpoints of the other's log that it keeps, and is shown the
newest witnessed head with the consistency proof from each of them:

    POST witnessed  {"profile", "checkpoint": <note with witness lines, or null>,
                     "proofs": [{"old", "new", "path"}, ...], "wanted": [size, ...]}

and the answer has the same form: `wanted` of one is answered by `proofs` of the other. A peer that
opens no port is so told and asked on its own way. What is shown is judged: (1) the log's two
signatures; (2) lines of the witnesses in the peer's entry, one at least; (3) the same size has one
root; (4) each proof leads from a checkpoint that is kept here; (5) the head continues the one
witnessed before. A contradiction is a fault, kept like any fork. (6) A line counts for nothing if
the authority in its name is known here and has never listed its key.

Decision: a proof is kept for each checkpoint that receipts stand under, so that a bundle proves
them without the peer. Rejected: asking when a bundle is made; the peer may be gone by then.

Where there is no line the same body is carried (`courier`): each file answers what the other side
wanted in the newest one that came, and shows unasked what it may hold besides (`Showing.unasked`).

What it does not do: ask witnesses (`cosign`), count (`evidence.cosignature`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from tracer.canonical import canonical_json
from tracer.clock import instant, stamp
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, verify_checkpoint
from tracer.evidence.cosignature import (
    Cosignature,
    cosignatures_of,
    parse_witness_name,
    with_cosignatures,
)
from tracer.evidence.merkle import MAX_SIZE
from tracer.evidence.proof import ConsistencyProof, compare, parse_consistency
from tracer.exchange import batch as wire
from tracer.exchange.greetings import read
from tracer.exchange.log.ledger import Ledger
from tracer.exchange.log.peerlog import LogView, keep_contradiction
from tracer.log import get_logger
from tracer.store import Store, Tx
from tracer.store.rows import CheckpointRow
from tracer.store.witness import CosignatureRow
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer
from tracer.trust.entry import verify_entry
from tracer.trust.nouns import Entry, Witness

_log = get_logger("exchange.witnessed")
WANTED: Final = 64
"""Most checkpoints named at a time."""
LOOK_BACK: Final = 24
"""Heads among which the newest that the quorum has signed is looked for."""
UNPROVEN: Final = "log-proof-needed"
"""Of a head that nothing shows to go on from the one witnessed before."""
ROUNDS: Final = 20
"""Most questions on one way."""


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one side shows and wants."""

    profile: str
    checkpoint: str | None
    proofs: list[dict[str, Any]]
    wanted: list[int]


class Unasked(NamedTuple):
    """A head that is shown to a peer that cannot ask, with proofs from what it may hold."""

    note: str
    size: int
    proofs: list[dict[str, Any]]
    quorum: bool
    """Whether as many have signed it as our entry says are enough."""


class _Taken(NamedTuple):
    """What was shown, its signatures verified."""

    head: Checkpoint
    lines: tuple[Cosignature, ...]
    proofs: tuple[ConsistencyProof, ...]
    whole: Checkpoint
    """The head with the lines of witnesses in its note."""


class Showing:
    """Shows the newest witnessed head of our log; `entry` is our own as it is now."""

    def __init__(self, *, store: Store, ledger: Ledger, entry: Callable[[], Entry]) -> None:
        self._store = store
        self._ledger = ledger
        self._entry = entry

    async def __call__(self, wanted: Sequence[int]) -> tuple[str | None, list[dict[str, Any]]]:
        """The note with its witness lines, and the proofs from these sizes."""
        found = await self._store.read(self._newest)
        if found is None:
            return None, []
        head, lines = found
        proofs = [await self._ledger.consistency(old, head) for old in sorted(set(wanted))]
        return with_cosignatures(head, lines), [proof for proof in proofs if proof is not None]

    async def unasked(self, *, wanted: Sequence[int], held: Sequence[int]) -> Unasked | None:
        """The same for a peer that cannot ask just now; None while nobody has signed a head.

        Args:
            wanted: Sizes that it was heard to want last.
            held: Sizes that it may hold besides; the newest count if there are more than fit.
        """
        chosen = self._entry().witnesses
        found = await self._store.read(self._newest)
        if found is None or chosen is UNSET:
            return None
        head, lines = found
        before = await self._store.read(lambda tx: tx.witness.sizes(head.origin, most=LOOK_BACK))
        others = sorted({*held, *(size for size, _ in before)} - {*wanted}, reverse=True)
        olds = [size for size in (*wanted, *others) if 0 < size < head.size][:WANTED]
        proofs = [await self._ledger.consistency(old, head) for old in sorted(olds)]
        return Unasked(
            note=with_cosignatures(head, lines),
            size=head.size,
            proofs=[proof for proof in proofs if proof is not None],
            quorum=len(lines) >= chosen.quorum,
        )

    def _newest(self, tx: Tx) -> tuple[Checkpoint, list[str]] | None:
        """The newest head that the quorum has signed, or that anybody has."""
        origin, chosen = tx.log.head().origin, self._entry().witnesses
        if chosen is UNSET:
            return None
        names = {one.name for one in chosen.members}
        best: tuple[int, list[str]] = (0, [])
        for size, _ in tx.witness.sizes(origin, most=LOOK_BACK):
            found = [one.line for one in tx.witness.lines(origin, size) if one.witness in names]
            if found and (not best[1] or len(found) >= chosen.quorum):
                best = (size, found)
            if len(found) >= chosen.quorum:
                break
        row = tx.log.signed(origin, best[0]) if best[1] else None
        return None if row is None else (_head(row), best[1])


class Taking:
    """Judges and keeps what a peer shows of its own log; `own` is our own entry as it is now.

    `reminded` is shown each head with its witnesses' lines: our own may be among them.
    """

    def __init__(
        self,
        *,
        store: Store,
        own: Callable[[], Entry] | None = None,
        reminded: Callable[[Checkpoint], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._own = own
        self._reminded = reminded

    async def wanted(self, peer: Peer) -> list[int]:
        """The sizes of checkpoints of a peer's log that no witnessed head is known to hold.

        The head witnessed last is among them, so that the next is proven to continue it. Of a peer
        that has chosen no witnesses nothing is wanted.
        """

        def body(tx: Tx) -> list[int]:
            origin, chosen = peer.log.origin, peer.verified.entry.witnesses
            if chosen is UNSET:
                return []
            sizes, held = tx.witness.unlinked(origin, most=WANTED - 1), tx.witness.sizes(origin)
            if not sizes and (not held or held[0][1] >= chosen.quorum):
                return []
            return sorted({*sizes, *(size for size, _ in held)})

        return await self._store.read(body)

    async def __call__(self, peer: Peer, shown: Shown, *, asked: bool = True) -> int:
        """Keep what is shown; how many lines and proofs were new.

        If nothing was `asked` for, nothing proves that the head goes on from the one before: it is
        looked at and not taken, and nobody has failed.

        Raises:
            PeerError: `checkpoint-form`, `checkpoint-signature`, `log-origin`, `proof-form`,
                `log-proof-needed`, or `log-fork`: then both notes are kept as a fault.
        """
        if shown.checkpoint is None:
            return 0
        taken = _verified(peer, shown)
        self._reminded(taken.whole)
        found = await self._store.write(lambda tx: _keep(tx, peer, self._vouched(tx, peer, taken)))
        if isinstance(found, PeerError):
            if found.code == UNPROVEN and not asked:
                return 0
            raise found
        return found

    def _vouched(self, tx: Tx, peer: Peer, taken: _Taken) -> _Taken:
        """Without the lines of keys that their supposed owner, who is known here, never listed."""
        chosen = peer.verified.entry.witnesses
        members = () if chosen is UNSET else chosen.members
        own = () if self._own is None else (self._own(),)
        false = {one.name for one in members if not _listed(tx, one, own)}
        if false & {line.witness for line in taken.lines}:
            _log.warning("witnessed.strange-key", peer=peer.authority)
        lines = tuple(line for line in taken.lines if line.witness not in false)
        return taken._replace(lines=lines)


class AnswerWitnessed:
    """The answering side."""

    def __init__(self, *, showing: Showing, taking: Taking) -> None:
        self._showing = showing
        self._taking = taking

    async def __call__(self, peer: Peer, body: bytes) -> bytes:
        """Take what is shown, show what is wanted, want what is missing."""
        shown = read_shown(body)
        await self._taking(peer, shown)
        note, proofs = await self._showing(shown.wanted)
        return canonical_json(Shown(wire.PROFILE, note, proofs, await self._taking.wanted(peer)))


class AskWitnessed:
    """The asking side."""

    def __init__(self, *, showing: Showing, taking: Taking, line: PeerLine) -> None:
        self._showing = showing
        self._taking = taking
        self._line = line

    async def __call__(self, peer: Peer) -> int:
        """Ask until nothing new comes; how much was new.

        Raises:
            LineError: it cannot be reached, or knows no such endpoint.
            PeerError: what it shows does not hold.
        """
        note: str | None = None
        proofs: list[dict[str, Any]] = []
        fresh, asked = 0, None
        for _ in range(ROUNDS):
            wanted = await self._taking.wanted(peer)
            ask = Shown(wire.PROFILE, note, proofs, wanted)
            if ask == asked:
                break
            asked = ask
            answer = read_shown(await self._line.post(peer, "witnessed", canonical_json(ask)))
            fresh += await self._taking(peer, answer, asked=bool(wanted))
            note, proofs = await self._showing(answer.wanted) if answer.wanted else (None, [])
        return fresh


def read_shown(body: bytes) -> Shown:
    """Read a body that shows and wants.

    Raises:
        PeerError: `batch-form`, `too-large`.
    """
    shown = read(body, Shown)
    sizes = (*shown.wanted, len(shown.proofs))
    if len(shown.wanted) > WANTED or not all(0 <= size <= MAX_SIZE for size in sizes):
        raise PeerError("batch-form", "not sizes of checkpoints")
    if len(shown.proofs) > WANTED:
        raise PeerError("batch-form", "more proofs than anybody asked for")
    return shown


def _verified(peer: Peer, shown: Shown) -> _Taken:
    """Steps 1 and 2, and the form of the proofs."""
    entry = peer.verified.entry
    members = () if entry.witnesses is UNSET else entry.witnesses.publics()
    head = verify_checkpoint(shown.checkpoint or "", origin=peer.log.origin, public=peer.log)
    lines = cosignatures_of(head, members)
    if not lines:
        raise PeerError("checkpoint-signature", "no witness of the peer has signed this head")
    return _Taken(_bare(head, lines), lines, tuple(map(parse_consistency, shown.proofs)), head)


def _listed(tx: Tx, member: Witness, own: Sequence[Entry]) -> bool:
    """Whether an authority lists this key as its witness, or is not known here to say so.

    The peer's entry says who its witnesses are; a known name with a key of the peer's own making
    would count as the word of somebody who has never seen the log.
    """
    try:
        authority, _ = parse_witness_name(member.name)
    except ValueError:
        return True
    entries = [verify_entry(file).entry for file in tx.peers.entries(authority)]
    entries += [one for one in own if one.authority == authority]
    return not entries or any(one.witness == member for one in entries)


def _bare(head: Checkpoint, lines: Sequence[Cosignature]) -> Checkpoint:
    """The same head without the lines of witnesses, which are kept beside it."""
    note = head.note
    for line in lines:
        note = note.replace(line.line, "")
    return replace(head, note=note)


def _keep(tx: Tx, peer: Peer, taken: _Taken) -> int | PeerError:
    """Steps 3 to 5 in one transaction; a fault is returned, so that its evidence is kept."""
    head, origin = taken.head, taken.head.origin
    stored = tx.log.signed(origin, head.size)
    proofs = {proof.old: proof for proof in taken.proofs if proof.new == head.size}
    before = tx.witness.sizes(origin)
    if before and before[0][0] > head.size:
        return 0
    if before and before[0][0] < head.size and before[0][0] not in proofs:
        return PeerError(UNPROVEN, "the head witnessed before is not shown to go on")
    held = [tx.log.signed(origin, old) for old in proofs]
    known = [row for row in (stored, *held) if row is not None]
    for row in known:
        try:
            compare(_head(row), head, proofs.get(row.size))
        except PeerError as error:
            view = LogView(head, unproven=error)
            if view.fork:
                keep_contradiction(tx, peer.authority, row.note, view)
                _log.error("witnessed.fork", peer=peer.authority, code=error.code)
            return error
    if not taken.lines:
        return 0
    tx.log.save_checkpoint(origin, head.size, head.root, head.note, stamp(head.at), mine=False)
    for row in known:
        if row.size != head.size:
            tx.witness.link(origin, row.size, head.size, proofs[row.size].path)
    rows = [
        CosignatureRow(origin, head.size, one.witness, one.line, stamp(one.at))
        for one in taken.lines
    ]
    return tx.witness.add(rows) + sum(row.size != head.size for row in known)


def _head(row: CheckpointRow) -> Checkpoint:
    return Checkpoint(
        origin=row.origin, size=row.size, root=row.root, at=instant(row.at), note=row.note
    )
