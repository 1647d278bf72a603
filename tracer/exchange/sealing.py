"""Seal a message that is in our log: what it is, and the proof that it is there, to one peer."""

from __future__ import annotations

from tracer.envelope.content import pack
from tracer.envelope.jwe import seal
from tracer.envelope.jwk import SealPublic
from tracer.evidence.proof import Proof


def seal_proved(
    message_id: str, compact: str, proof: Proof, *, to: SealPublic, sender: str, recipient: str
) -> str:
    """The sealed message as it travels: compact JWE.

    Args:
        message_id: The id of the message, which stands on the seal.
        compact: The signed message with its disclosures.
        proof: Of its `sent` record, under the checkpoint that goes along.
        to: The recipient's current sealing key.
        sender: Who sends it.
        recipient: Whom it is for.
    """
    return seal(
        pack(compact, proof.to_wire()),
        to=to,
        sender=sender,
        recipient=recipient,
        message_id=message_id,
    )
