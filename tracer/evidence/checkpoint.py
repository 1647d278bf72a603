"""Checkpoints: a log's signed head, in the C2SP text form, with two signatures.

The note is what C2SP tlog-checkpoint describes, narrowed: origin, size and root, no extension
lines, and under the blank line one signature of the log by Ed25519 over the text (signature type
0x01 of C2SP signed-note) and one by ML-DSA-44 over the binary form of the same head together with
a time (type 0x06 of C2SP tlog-cosignature; the log is its own cosigner, so both key names are the
origin). Both are required, each exactly once. Lines of other keys are witnesses: they may stand
there, up to `MAX_EXTRA_LINES`, and are not judged here (`cosignature`). Revision of the C2SP
documents: 5ba5ee8.

Decisions:
    Two signatures, because Ed25519 is what every tool reads today and ML-DSA-44 is what a court
    can still believe once quantum computers exist. Rejected: ML-DSA alone (few verifiers yet);
    "either one counts" (then the weaker one is the strength of the log).
    The time is that of the ML-DSA line, in whole seconds. Rejected: an extension line with
    milliseconds, which neither the ML-DSA line signs nor witnesses audit.
    A key is bound to one origin. After a restore the old origin is closed for ever; a key that
    cannot sign another origin makes a mistake there impossible.

A node's own journal (`journal`) has heads of the same form; where a log's is expected they are
refused, because the origin differs.

What it does not do: know which keys a State's entry lists (`trust`), judge whether the time is
plausible, or read what witnesses say (`cosignature`).

Example:
    >>> key = LogKey.generate("XA-NPOC/log/1")
    >>> head = sign_checkpoint(origin=key.origin, size=0, root=EMPTY_ROOT, at=now, key=key)
    >>> verify_checkpoint(head.note, origin="XA-NPOC/log/1", public=key.public) == head
    True
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from tracer.errors import PeerError
from tracer.evidence.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE
from tracer.evidence.note import (
    ED25519_TYPE,
    LAST_SECOND,
    MAX_EXTRA_LINES,
    MAX_NOTE_CHARS,
    MLDSA44_TYPE,
    Line,
    Note,
    b64,
    checked_origin,
    cosigned_message,
    is_journal,
    key_id,
    read_note,
    written_line,
)

__all__ = [
    "MAX_EXTRA_LINES",
    "MAX_NOTE_CHARS",
    "Checkpoint",
    "LogKey",
    "LogPublic",
    "cosigned_message",
    "log_origin",
    "sign_checkpoint",
    "verify_checkpoint",
]

SEED_BYTES: Final = 32
ED25519_BYTES: Final = 32
MLDSA44_BYTES: Final = 1312
ED25519_SIGNATURE_BYTES: Final = 64
MLDSA44_SIGNATURE_BYTES: Final = 2420

_FIELD_PRIME: Final = 2**255 - 19
_ORDER_EIGHT: Final = int.from_bytes(
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
)
_SMALL_ORDER_Y: Final = frozenset(
    (0, 1, _FIELD_PRIME - 1, _ORDER_EIGHT, _FIELD_PRIME - _ORDER_EIGHT)
)


def log_origin(authority: str, number: int = 1) -> str:
    """Name the n-th log of an authority: `<authority>/log/<n>`, n from 1.

    Raises:
        ValueError: no authority id, or a number below 1.
    """
    return checked_origin(f"{authority}/log/{number}")


def journal_origin(authority: str, number: int = 1) -> str:
    """Name the n-th journal of an authority, which no peer is shown: `<authority>/journal/<n>`.

    Raises:
        ValueError: no authority id, or a number below 1.
    """
    return checked_origin(f"{authority}/journal/{number}", journal=True)


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint: origin, size and root, a line each (C2SP tlog-checkpoint)."""
    return f"{origin}\n{size}\n{b64(root)}\n"


@dataclass(frozen=True, slots=True)
class LogPublic:
    """The two public keys of one log, as the authority's entry lists them.

    `ed25519` is 32 bytes (RFC 8032, canonical and not of small order), `mldsa44` 1,312 bytes
    (FIPS 204).

    Raises:
        ValueError: the origin or a key does not have its form.
    """

    origin: str
    ed25519: bytes
    mldsa44: bytes

    def __post_init__(self) -> None:
        checked_origin(self.origin, journal=is_journal(self.origin))
        if len(self.ed25519) != ED25519_BYTES or len(self.mldsa44) != MLDSA44_BYTES:
            raise ValueError("a log key has another length")
        y = int.from_bytes(self.ed25519, "little") & (2**255 - 1)
        if y >= _FIELD_PRIME or y in _SMALL_ORDER_Y:
            raise ValueError("the Ed25519 log key is not canonical or of small order")

    @property
    def verifier_keys(self) -> tuple[str, str]:
        """Both keys in the text form that C2SP tools take (signed-note, verifier keys)."""
        kinds = ((ED25519_TYPE, self.ed25519), (MLDSA44_TYPE, self.mldsa44))
        classic, quantum = (
            f"{self.origin}+{key_id(self.origin, kind, key).hex()}+{b64(kind + key)}"
            for kind, key in kinds
        )
        return classic, quantum


class LogKey:
    """The two private keys of one log, loaded once and bound to its origin."""

    __slots__ = ("_classic", "_quantum", "_seeds", "public")

    def __init__(self, origin: str, *, ed25519: bytes, mldsa44: bytes) -> None:
        if len(ed25519) != SEED_BYTES or len(mldsa44) != SEED_BYTES:
            raise ValueError("a seed of a log key is 32 bytes")
        self._seeds = (ed25519, mldsa44)
        self._classic = Ed25519PrivateKey.from_private_bytes(ed25519)
        self._quantum = MLDSA44PrivateKey.from_seed_bytes(mldsa44)
        self.public = LogPublic(
            origin,
            self._classic.public_key().public_bytes_raw(),
            self._quantum.public_key().public_bytes_raw(),
        )

    @classmethod
    def from_seeds(cls, origin: str, *, ed25519: bytes, mldsa44: bytes) -> Self:
        """Load from two seeds of 32 bytes each.

        Raises:
            ValueError: the origin or a seed does not have its form.
        """
        return cls(origin, ed25519=ed25519, mldsa44=mldsa44)

    @classmethod
    def generate(cls, origin: str) -> Self:
        """Make fresh keys for the log `origin`."""
        return cls(origin, ed25519=os.urandom(SEED_BYTES), mldsa44=os.urandom(SEED_BYTES))

    @property
    def origin(self) -> str:
        """The one log these keys sign for."""
        return self.public.origin

    def seeds(self) -> tuple[bytes, bytes]:
        """The secret: the Ed25519 and the ML-DSA-44 seed, for the keyring only."""
        return self._seeds

    def sign_text(self, text: bytes) -> bytes:
        """Sign the text of a note with Ed25519: 64 bytes."""
        return self._classic.sign(text)

    def sign_head(self, message: bytes) -> bytes:
        """Sign the binary form of a head with ML-DSA-44: 2,420 bytes."""
        return self._quantum.sign(message)

    def __repr__(self) -> str:
        return f"LogKey({self.origin!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A head whose two signatures were made or verified here; `at` has whole seconds."""

    origin: str
    size: int
    root: bytes
    at: datetime
    note: str


def sign_checkpoint(
    *, origin: str, size: int, root: bytes, at: datetime, key: LogKey
) -> Checkpoint:
    """Sign a committed head. Never call it for a head that may still be rolled back.

    Args:
        origin: The log, as in `key`.
        size: Number of leaves.
        root: Root hash, 32 bytes.
        at: Aware instant; cut to whole seconds.
        key: The log's private keys.

    Raises:
        ValueError: a head that no tree has, a time before 1970, or a key of another log.
    """
    if origin != key.origin:
        raise ValueError("a log key signs for its own log only")
    seconds = int(at.timestamp())
    if not 0 <= size <= MAX_SIZE or len(root) != HASH_BYTES or seconds <= 0:
        raise ValueError("not the head of a log")
    if size == 0 and root != EMPTY_ROOT:
        raise ValueError("an empty log has one root only")
    text = checkpoint_text(origin, size, root)
    ids = _known(key.public)
    classic = key.sign_text(text.encode("ascii"))
    quantum = key.sign_head(cosigned_message(origin, origin, seconds, size, root))
    stamped = ids.quantum_id + seconds.to_bytes(8, "big") + quantum
    note = (
        f"{text}\n{written_line(origin, ids.classic_id + classic)}{written_line(origin, stamped)}"
    )
    moment = datetime.fromtimestamp(seconds, UTC)
    return Checkpoint(origin=origin, size=size, root=root, at=moment, note=note)


def verify_checkpoint(note: str, *, origin: str, public: LogPublic) -> Checkpoint:
    """Read a checkpoint of a peer and verify both signatures of the log.

    The steps: (1) form of the note; (2) origin; (3) both lines there, once; (4) Ed25519;
    (5) time; (6) ML-DSA-44.

    Args:
        note: The whole text, as received.
        origin: The log that is expected.
        public: The keys of that log from the authority's entry.

    Raises:
        PeerError: `checkpoint-form`, `log-origin` or `checkpoint-signature`.
        ValueError: `public` belongs to another log than `origin`.
    """
    if public.origin != origin:
        raise ValueError("the keys are of another log")
    parsed = _parse(note, journal=is_journal(origin))  # 1
    if parsed.origin != origin:  # 2
        raise PeerError("log-origin", f"the checkpoint is of another log than {origin}")
    known = _known(public)
    classic = _only(parsed.lines, origin, known.classic_id, ED25519_SIGNATURE_BYTES)  # 3
    stamped = _only(parsed.lines, origin, known.quantum_id, 8 + MLDSA44_SIGNATURE_BYTES)
    try:
        known.classic.verify(classic, parsed.text.encode("ascii"))  # 4
    except InvalidSignature as error:
        raise PeerError("checkpoint-signature", "the Ed25519 line does not verify") from error
    seconds = int.from_bytes(stamped[:8], "big")
    if not 0 < seconds <= LAST_SECOND:  # 5
        raise PeerError("checkpoint-form", "the ML-DSA-44 line carries no usable time")
    message = cosigned_message(origin, origin, seconds, parsed.size, parsed.root)
    try:
        known.quantum.verify(stamped[8:], message)  # 6
    except InvalidSignature as error:
        raise PeerError("checkpoint-signature", "the ML-DSA-44 line does not verify") from error
    at = datetime.fromtimestamp(seconds, UTC)
    return Checkpoint(origin=origin, size=parsed.size, root=parsed.root, at=at, note=note)


class _Known(NamedTuple):
    """What the lines of one log are recognised and verified by."""

    classic_id: bytes
    classic: Ed25519PublicKey
    quantum_id: bytes
    quantum: MLDSA44PublicKey


@lru_cache(maxsize=1024)
def _known(public: LogPublic) -> _Known:
    origin = public.origin
    return _Known(
        key_id(origin, ED25519_TYPE, public.ed25519),
        Ed25519PublicKey.from_public_bytes(public.ed25519),
        key_id(origin, MLDSA44_TYPE, public.mldsa44),
        MLDSA44PublicKey.from_public_bytes(public.mldsa44),
    )


def _only(lines: tuple[Line, ...], origin: str, key_id: bytes, length: int) -> bytes:
    """The signature of the one line of a known key."""
    found = [line.signature for line in lines if line.name == origin and line.key_id == key_id]
    if not found:
        raise PeerError("checkpoint-signature", "a signature line of the log is missing")
    if len(found) > 1:
        raise PeerError("checkpoint-form", "a signature line of the log stands there twice")
    if len(found[0]) != length:
        raise PeerError("checkpoint-signature", "a signature of the log has another length")
    return found[0]


def _parse(note: str, *, journal: bool) -> Note:
    """Take a note apart; every deviation from the one form is refused."""
    try:
        return read_note(note, journal=journal)
    except ValueError as error:
        raise PeerError("checkpoint-form", "the checkpoint is not well-formed") from error
