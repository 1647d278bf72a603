"""The checks of one sealed message, in the protocol's order (section 4, steps 2-3 and 5-11).

Everything here is computation on bytes: no store, no network, no clock but the `now` handed in. The
first check that fails raises a `PeerError` whose code is the refusal. What passes is a `Candidate`:
a message that is right in itself. Whether it fits its thread is for `threads`.

Steps: 2 form of the seal · 3 for us, from the channel's peer · 5 open · 6 signature and key · 7
strict decode, parties · 8 the sender's log proof · 9 (consistency: `peerlog`, once per batch) · 10
clock · 11 disclosures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple, TypeVar

from tracer.clock import instant
from tracer.envelope.content import unpack
from tracer.envelope.jwe import SealedHeader, open_, parse
from tracer.envelope.jwk import SealKey
from tracer.envelope.sdjwt import SignedMessage, VerifiedMessage, verify
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.proof import Proof, check_proof, parse_proof
from tracer.evidence.record import Kind
from tracer.exchange.log.peerlog import LogView
from tracer.model.messages import AnyMessage, Request
from tracer.model.written import message_of
from tracer.trust.directory import Peer
from tracer.trust.validity import judge

A = TypeVar("A")
B = TypeVar("B")

FUTURE = timedelta(minutes=10)
"""How far a peer's clock may run ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A message whose seal, signature, content and log proof are right; made by `check_all`."""

    peer: str
    id: str
    message: AnyMessage
    verified: VerifiedMessage
    proof: Proof
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the checks need of us: our id, the sealing keys that still open, our terms."""

    authority: str
    seal_keys: Mapping[str, tuple[SealKey, datetime]]
    current_seal_kid: str
    terms: frozenset[str]
    """Digests of the terms under which a request may be written to us."""
    agreed: Mapping[str, str] = field(default_factory=dict)
    """The same for one peer alone: what we agreed on with it."""
    attachment_bytes: int = 64 * 1024 * 1024
    """Largest ciphertext of one attachment that may be announced to us."""

    def takes(self, terms: str, peer: str) -> bool:
        """Whether `peer` may write a request to us under these terms now."""
        return terms in self.terms or terms == self.agreed.get(peer)


def address(jwe: str, *, us: str, peer: str) -> SealedHeader:
    """Steps 2 and 3: the form of the seal, and that it is for us and from the channel's peer.

    Raises:
        PeerError: `jwe-form`, `jwe-profile`, `wrong-recipient`, `wrong-sender`.
    """
    sealed = parse(jwe)
    if sealed.recipient != us:
        raise PeerError("wrong-recipient", f"sealed for {sealed.recipient}, we are {us}")
    if sealed.sender != peer:
        raise PeerError("wrong-sender", f"the seal says {sealed.sender}, the channel says {peer}")
    return sealed


def check_all(
    sealed: Mapping[str, SealedHeader], *, desk: Desk, peer: Peer, log: LogView, now: datetime
) -> dict[str, Candidate | PeerError]:
    """Steps 5 to 11 for the messages of one batch, by id; of each the first check that fails.

    No message can tell in which order the others are checked. All are opened before the first
    signature is verified, and so on: what a step works with stays near the processor, which takes
    a tenth less time than one message after the other.
    """
    # 5. The seal: our key, before its end; the id is the hash of what was signed.
    opened = _each(sealed, lambda one: _Opened(one, *unseal(one, desk, now)))
    # 6. and 11. The signature by a key of the sender's entry; disclosures match one to one.
    signed = _each(opened, lambda one: (one, verify(one.signed, keys=peer.verify_keys)))
    dated = _dated(peer, now)
    return _each(signed, lambda one: _judged(*one, desk=desk, dated=dated, log=log, now=now))


Dated = Callable[[str, datetime, datetime | None], None]
"""Judges the signing key of this name at the time of the checkpoint that covers the message, given
by when the message provably was in the sender's log, if that is known."""


def _dated(peer: Peer, now: datetime) -> Dated:
    """Judge each key once a batch: one checkpoint covers it, and all of it arrives now."""

    @cache
    def dated(kid: str, claimed: datetime, seen: datetime | None) -> None:
        judge(peer.signing[kid], claimed=claimed, first_arrival=now, proof_of_existence=seen)

    return dated


class _Opened(NamedTuple):
    sealed: SealedHeader
    signed: SignedMessage
    proof: object


def _each(found: Mapping[str, A | PeerError], step: Callable[[A], B]) -> dict[str, B | PeerError]:
    """Take one step with every message that has not failed before."""
    done: dict[str, B | PeerError] = {}
    for name, one in found.items():
        try:
            done[name] = one if isinstance(one, PeerError) else step(one)
        except PeerError as error:
            done[name] = error
    return done


def _judged(
    opened: _Opened,
    verified: VerifiedMessage,
    *,
    desk: Desk,
    dated: Dated,
    log: LogView,
    now: datetime,
) -> Candidate:
    sealed, signed = opened.sealed, opened.signed
    # 7. Strict decode; the parties are those of the seal.
    message = message_of(verified)
    if (message.sender, message.recipient) != (sealed.sender, desk.authority):
        raise PeerError("party-mismatch", "sender or recipient are not those of the seal")
    if any(one.cipher_size > desk.attachment_bytes for one in getattr(message, "attachments", ())):
        raise PeerError("too-large", "an announced attachment is larger than we take")
    # 8. The sender's proof under its checkpoint, whose time also dates the signing key.
    parties = (sealed.sender, desk.authority)
    proof = proved(opened.proof, log, kind=Kind.SENT, message_id=signed.id, parties=parties)
    # 9. That checkpoint leads to the one we remember.
    checkpoint = log.trusted()
    if checkpoint.at > now + FUTURE:
        raise PeerError("checkpoint-time", "the sender's checkpoint lies in our future")
    dated(verified.kid, checkpoint.at, log.seen(proof.index))
    # 10. The clock window: nothing may come from our future.
    if instant(message.issued) > now + FUTURE:
        raise PeerError("clock-ahead", "issued more than ten minutes in our future")
    # 12., first part. A request is written under the terms that stand.
    if isinstance(message, Request) and not desk.takes(message.terms, sealed.sender):
        raise PeerError("terms-stale", "the request names terms that are not the current ones")
    return Candidate(
        peer=sealed.sender,
        id=signed.id,
        message=message,
        verified=verified,
        proof=proof,
        checkpoint=checkpoint,
    )


def unseal(sealed: SealedHeader, desk: Desk, now: datetime) -> tuple[SignedMessage, object]:
    """Step 5: open the seal; the id on it is the hash of what was signed.

    Raises:
        PeerError: `seal-key`, `seal-open`, `plaintext-form`, `too-large`, `id-mismatch`.
    """
    signed, wire_proof = unpack(open_(sealed, key=_seal_key(sealed, desk, now)))
    if signed.id != sealed.id:
        raise PeerError("id-mismatch", "the id on the seal is not the hash of the signed bytes")
    return signed, wire_proof


def proved(
    wire: object, log: LogView, *, kind: Kind, message_id: str, parties: tuple[str, str]
) -> Proof:
    """Step 8: the record of this kind, of the message between its sender and recipient.

    Raises:
        PeerError: `proof-form`, `proof-invalid`, or what is wrong with the checkpoint.
    """
    proof = parse_proof(wire)
    if log.invalid is not None or log.checkpoint is None:
        raise log.invalid or PeerError("checkpoint-form", "no checkpoint is shown")
    sender, recipient = parties
    check_proof(proof, log.checkpoint, kind=kind, id=message_id, sender=sender, recipient=recipient)
    return proof


def _seal_key(sealed: SealedHeader, desk: Desk, now: datetime) -> SealKey:
    held = desk.seal_keys.get(sealed.kid)
    if held is None or now >= held[1]:
        raise PeerError(
            "seal-key",
            "sealed to a key that does not open here",
            hints=(desk.current_seal_kid,),
        )
    return held[0]
