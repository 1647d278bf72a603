"""What can go wrong, in four families.

Who must act decides the family: the peer misbehaved (`PeerError`), the line broke (`LineError`),
the user must correct something (`InputError`), the operator must act (`OperatorError`). Each error
has a stable `code` (kebab-case), a sentence that says what happened and an `advice` that says what
to do. `REFUSALS` is the complete table of the codes that travel to a peer in a signed refusal
(protocol, section on receiving); nothing but the code travels, the sentence stays here.

What it does not do: map to HTTP (`web.problems`) or print (`cli`).

Example:
    >>> raise_me = PeerError("jwe-form", "the envelope has four parts")
    >>> raise_me.retryable
    False
"""

from __future__ import annotations

from typing import NamedTuple


class TracerError(Exception):
    """Base of all errors this package raises on purpose."""

    def __init__(self, code: str, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]" + (f" {self.advice}" if self.advice else "")


class Refusal(NamedTuple):
    """One refusal code: may the peer try the same bytes again, and what the code says."""

    retryable: bool
    meaning: str


class PeerError(TracerError):
    """The peer sent something that the protocol does not allow; `code` is a key of `REFUSALS`."""

    def __init__(
        self, code: str, message: str, *, advice: str = "", hints: tuple[str, ...] = ()
    ) -> None:
        super().__init__(code, message, advice=advice)
        self.retryable = REFUSALS[code].retryable
        self.hints = hints
        """Public identifiers the peer needs to mend it: missing parents, the current key id."""


class LineError(TracerError):
    """The line broke: nothing is known about what the other side did. Trying again is right."""


class InputError(TracerError):
    """The user must correct something; `field` is the path of what is wrong, if one field is."""

    def __init__(self, code: str, message: str, *, advice: str = "", field: str = "") -> None:
        super().__init__(code, message, advice=advice)
        self.field = field


class OperatorError(TracerError):
    """The operator of this node must act: configuration, disk, keys, clock."""


REFUSALS: dict[str, Refusal] = {
    # the channel
    "peer-unknown": Refusal(False, "no active peer has this channel certificate"),
    "peer-suspended": Refusal(True, "this peer is suspended by the recipient"),
    "quota": Refusal(True, "the peer has used up a quota; try later"),
    "too-large": Refusal(False, "a size limit is exceeded"),
    "disk-reserve": Refusal(True, "the recipient has stopped intake to keep its disk reserve"),
    "restore-mode": Refusal(True, "the recipient is restoring and takes nothing in"),
    "try-again": Refusal(True, "the recipient could not finish; nothing was kept"),
    "batch-form": Refusal(False, "the batch is not the NDJSON the protocol describes"),
    # the seal
    "jwe-form": Refusal(False, "not a canonical compact JWE with the exact header members"),
    "jwe-profile": Refusal(False, "an algorithm or type outside profile tracer-1"),
    "wrong-recipient": Refusal(False, "sealed for another authority"),
    "wrong-sender": Refusal(False, "`from` is not the peer of the channel"),
    "seal-key": Refusal(True, "sealed to a key that is not ours or no longer opens"),
    "seal-open": Refusal(False, "the seal does not open"),
    "plaintext-form": Refusal(False, "the opened plaintext is not an SD-JWT with a proof"),
    "id-mismatch": Refusal(False, "the claimed id is not the hash of the signed bytes"),
    # the signature
    "jws-header": Refusal(False, "the signed header is not byte-equal to the profile's"),
    "jws-form": Refusal(False, "the signed token is not canonical"),
    "signing-key": Refusal(True, "the signing key is not in the sender's entry"),
    "jws-signature": Refusal(False, "the signature does not verify"),
    "key-expired": Refusal(False, "the signing key was not valid at the claimed time"),
    "key-revoked": Refusal(False, "the signing key is revoked and no earlier proof is known"),
    # the payload
    "json-strict": Refusal(False, "duplicate keys, floats, depth or characters not allowed"),
    "payload-schema": Refusal(False, "the payload does not fit its schema"),
    "version-unknown": Refusal(False, "a payload version that is not known here"),
    "type-unknown": Refusal(False, "a message type that is not known here"),
    "party-mismatch": Refusal(
        False, "sender or recipient in the payload are not those of the seal"
    ),
    "disclosure-mismatch": Refusal(False, "digests and disclosures do not match one to one"),
    # the proof
    "proof-form": Refusal(False, "the sender's log proof is not well-formed"),
    "proof-invalid": Refusal(False, "the sender's log proof does not lead to the checkpoint"),
    "log-origin": Refusal(False, "the checkpoint is not of the sender's current log"),
    "checkpoint-form": Refusal(False, "the checkpoint is not well-formed"),
    "checkpoint-signature": Refusal(False, "a checkpoint signature is missing or wrong"),
    "checkpoint-time": Refusal(True, "the checkpoint lies in the recipient's future"),
    "log-proof-needed": Refusal(True, "consistency with the remembered checkpoint is not shown"),
    "log-fork": Refusal(False, "the sender's log contradicts what it signed before"),
    "clock-ahead": Refusal(True, "`issued` lies more than ten minutes in the recipient's future"),
    # the thread
    "thread-unknown": Refusal(True, "the thread named is not known here"),
    "thread-parties": Refusal(False, "sender and recipient are not the two parties of the thread"),
    "type-role": Refusal(False, "this role may not send this type in a thread"),
    "follows-invalid": Refusal(False, "`follows` is not a valid chain of this thread"),
    "thread-forked": Refusal(False, "two messages of one author, neither an ancestor of the other"),
    "thread-full": Refusal(False, "the thread has reached its limit of messages"),
    "thread-purged": Refusal(False, "the thread is over and its content destroyed"),
    "parents-missing": Refusal(True, "messages named in `follows` have not arrived; it waits"),
    "terms-stale": Refusal(True, "written under terms that are not the current ones"),
    # attachments and the other endpoints
    "attachment-unknown": Refusal(False, "no accepted message of this peer announces it"),
    "attachment-digest": Refusal(False, "the bytes do not have the announced digest"),
    "attachment-offset": Refusal(True, "the upload does not continue where the stored part ends"),
    "resync-form": Refusal(False, "the resync request is not well-formed or not signed"),
    "resync-scope": Refusal(False, "a thread that is not between asker and asked"),
    # the courier
    "courier-form": Refusal(False, "not a courier file, or its manifest does not fit its schema"),
    "courier-damaged": Refusal(False, "a courier file was cut or changed on its way"),
    # the directory
    "entry-form": Refusal(False, "the entry does not fit its schema or breaks a rule of its own"),
    "entry-chain": Refusal(False, "the entry does not follow from the one known; a person decides"),
    "entry-moved": Refusal(
        False, "the authority is reached elsewhere, or has another channel; a person decides"
    ),
    "entry-shared": Refusal(False, "a key of the entry is listed by another authority"),
    "agreement-form": Refusal(False, "agreed terms do not fit their schema, rules or signatures"),
    "agreement-parties": Refusal(False, "agreed terms are not signed once by each of the two"),
    "statement-form": Refusal(False, "a statement does not fit its schema or its signatures"),
    "statement-parties": Refusal(False, "a statement is not between the two that sign it"),
    "statement-proof": Refusal(False, "a record or checkpoint of a statement proves nothing"),
    "statement-facts": Refusal(False, "a request of a statement is not what its records say"),
    "statement-figures": Refusal(False, "the figures of a statement do not follow from it"),
}
"""Every code a peer may be told, from the channel inwards."""
