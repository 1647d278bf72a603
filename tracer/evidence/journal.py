"""The journal: who did what here, as leaves of a second log that nobody else is shown.

An *act* is the exact bytes of one row of the audit trail, with 32 random bytes of its own. The
journal keeps the digest of these bytes only, and the leaf is made from the digest as in every log
of ours (`record.stub_hash`). So the journal tells nothing by itself, a row can be erased and its
leaf stays, and whoever is handed the bytes can check that they stand where they are said to stand:

    {"act":"...","actor":"...","at":"...Z","detail":{...},"salt":"...","subject":"...","v":1}

Once an hour the journal's head enters the exchange log as a record of kind `journal`. Its `id` is
the digest of the head's three lines (origin, size, root: the text of a checkpoint), so the root of
all acts so far stands under the signatures that peers remember.

Decisions:
    The digest is of the text, not of the signed note: the head can be computed anew from the acts,
    and a signature made again after a crash is the same statement.
    The head is signed with keys of the journal's own, derived from those of the log. Rejected: the
    log's keys themselves (a key that signs two origins makes a fork arguable); keys of their own in
    the keyring (one more secret to keep in a ceremony, for a signature that no stranger reads: what
    strangers check is the exchange log's).
    The place of an act is that of its leaf and does not stand in its bytes: a row that was moved is
    found by its digest, at its old place.

What it does not do: keep acts (`store`), decide when a head is entered (`exchange`), show anything.

Example:
    >>> raw = new_act(at=now, actor="ada", act="read-case", subject=thread, detail={}, salt=salt)
    >>> check_act(ShownAct(raw, 16, path), head, entry, checkpoint, authority="XA-NPOC").actor
    'ada'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from tracer.canonical import b64url, canonical_json, strict_json, unb64url
from tracer.clock import instant
from tracer.errors import PeerError
from tracer.evidence.checkpoint import SEED_BYTES, Checkpoint, LogKey, checkpoint_text
from tracer.evidence.merkle import ProofError, verify_inclusion
from tracer.evidence.proof import Proof, check_proof
from tracer.evidence.record import SALT_BYTES, Kind, stub_hash

MAX_ACT_BYTES: Final = 64 * 1024
"""No act is longer; a bound for readers."""
_KEY_INFO: Final = b"tracer journal key\n"


class Acted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act as read; `at` is an instant of the wire, `salt` base64url."""

    act: str
    actor: str
    at: str
    detail: dict[str, Any]
    salt: str
    subject: str
    v: int


@dataclass(frozen=True, slots=True)
class JournalHead:
    """A head of a journal; `root` is 32 bytes."""

    origin: str
    size: int
    root: bytes

    def digest(self) -> str:
        """What the exchange log records of it: base64url SHA-256 of its three lines."""
        text = checkpoint_text(self.origin, self.size, self.root)
        return b64url(sha256(text.encode("ascii")).digest())


@dataclass(frozen=True, slots=True)
class ShownAct:
    """An act with its place and its path to the root of a head; not yet checked."""

    act: bytes
    index: int
    path: tuple[bytes, ...]


def new_act(
    *, at: str, actor: str, act: str, subject: str, detail: Mapping[str, Any], salt: bytes
) -> bytes:
    """Write the exact bytes of an act.

    Args:
        at: Instant of the wire.
        actor: Who did it.
        act: What was done, a word of the program.
        subject: What it was done to: a thread, draft, person, authority.
        detail: More, as JSON values.
        salt: 32 random bytes.

    Raises:
        ValueError: another length of the salt.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("the salt of an act is 32 bytes")
    return canonical_json(
        {
            "v": 1,
            "at": at,
            "actor": actor,
            "act": act,
            "subject": subject,
            "detail": dict(detail),
            "salt": b64url(salt),
        }
    )


def parse_act(raw: bytes) -> Acted:
    """Read an act; only the exact bytes that `new_act` writes are read.

    Raises:
        ValueError: any other bytes.
    """
    if len(raw) > MAX_ACT_BYTES:
        raise ValueError("longer than any act")
    value = strict_json(raw)
    if canonical_json(value) != raw:
        raise ValueError("not the exact bytes of an act")
    try:
        found = msgspec.convert(value, type=Acted)
    except msgspec.ValidationError as error:
        raise ValueError("not the members of an act") from error
    if found.v != 1 or len(unb64url(found.salt)) != SALT_BYTES:
        raise ValueError("an act of another version, or without its salt")
    instant(found.at)
    return found


def act_digest(raw: bytes) -> bytes:
    """What the journal keeps of an act: 32 bytes."""
    return sha256(raw).digest()


def journal_key(log: LogKey, origin: str) -> LogKey:
    """The keys that sign the journal `origin`, derived from those of the log beside it.

    Raises:
        ValueError: the origin does not have its form.
    """
    kdf = HKDF(SHA256(), length=2 * SEED_BYTES, salt=None, info=_KEY_INFO + origin.encode())
    seeds = kdf.derive(b"".join(log.seeds()))
    return LogKey.from_seeds(origin, ed25519=seeds[:SEED_BYTES], mldsa44=seeds[SEED_BYTES:])


def check_act(
    shown: ShownAct, head: JournalHead, entry: Proof, checkpoint: Checkpoint, *, authority: str
) -> Acted:
    """Check that an act stands in the journal whose head an exchange log holds.

    The steps: (1) the act has its exact form; (2) its path leads to the root of the head; (3) the
    record of the exchange log is of kind `journal`, of this authority, names this head, and its
    path leads to the checkpoint, which the caller has verified; (4) the head was recorded when the
    act was done, or later.

    Raises:
        PeerError: `proof-form` for step 1, `proof-invalid` for the others.
    """
    try:
        acted = parse_act(shown.act)  # 1
    except ValueError as error:
        raise PeerError("proof-form", "the act is not well-formed") from error
    leaf = stub_hash(act_digest(shown.act))
    try:
        verify_inclusion(leaf, shown.index, head.size, shown.path, head.root)  # 2
    except ProofError as error:
        raise PeerError("proof-invalid", "the path does not lead to the journal's head") from error
    record = check_proof(  # 3
        entry,
        checkpoint,
        kind=Kind.JOURNAL,
        id=head.digest(),
        sender=authority,
        recipient=authority,
    )
    if instant(acted.at) > record.at:  # 4
        raise PeerError("proof-invalid", "the act is dated later than the head that covers it")
    return acted
