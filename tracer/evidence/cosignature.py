"""Cosignatures: what a witness says of a log's head, and how many have said it.

A witness keeps the newest head of a log that it has seen and signs another only if that continues
the one it keeps. Its line under a checkpoint (C2SP tlog-cosignature at 5ba5ee8, ML-DSA-44, with a
time) so says: of this log I know one history, and at this time it had this head. A log that wants
to show two histories needs two sets of witnesses.

Decisions:
    ML-DSA-44 only: what a witness says is believed for decades. Rejected: Ed25519 cosignatures
    beside it; who reads ours reads ML-DSA-44 already, and a second line says nothing more.
    A witness is named `<authority>/witness/<n>`, and a key is bound to that name, as a log's are
    to its origin. Rejected: the authority's id alone; a new key would speak under the old name.
    A line without a time (zero) is refused. Rejected: taking it as an undated statement; such a
    line does not say that the head was the newest.
    Names are counted, not lines or keys: a witness counts once, whatever it has signed.

What it does not do: decide what a witness signs (`witnessing`), know whom a State has chosen
(`trust`), judge a time against a clock (`exchange`).

Example:
    >>> key = WitnessKey.generate("XB-NPOC/witness/1")
    >>> line = cosign(head, key=key, at=now).line
    >>> verify_cosignature(line, head, key.public).witness
    'XB-NPOC/witness/1'
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from tracer.errors import PeerError
from tracer.evidence.checkpoint import (
    MLDSA44_BYTES,
    MLDSA44_SIGNATURE_BYTES,
    SEED_BYTES,
    Checkpoint,
)
from tracer.evidence.note import (
    LAST_SECOND,
    MAX_EXTRA_LINES,
    MLDSA44_TYPE,
    Line,
    b64,
    cosigned_message,
    key_id,
    read_line,
    read_note,
    written_line,
)

MAX_ANSWER_CHARS: Final = 64 * 1024
"""Longest answer of a witness: its lines, and such of other keys as it likes to add."""

_NAME = re.compile(r"([A-Z]{2}(?:-[A-Z0-9]{1,16}){1,3})/witness/([1-9][0-9]{0,5})")


def witness_name(authority: str, number: int = 1) -> str:
    """Name the n-th witness key of an authority: `<authority>/witness/<n>`, n from 1."""
    return f"{authority}/witness/{number}"


def parse_witness_name(name: str) -> tuple[str, int]:
    """Authority and number of a witness that a node runs.

    Raises:
        ValueError: not such a name.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError("not the name of a node's witness: <authority>/witness/<n>")
    return found[1], int(found[2])


@dataclass(frozen=True, slots=True)
class WitnessPublic:
    """Name and public key (1,312 bytes) of one witness, as entries list them.

    Raises:
        ValueError: the key has another length, or the name none that a line can carry.
    """

    name: str
    mldsa44: bytes

    def __post_init__(self) -> None:
        if len(self.mldsa44) != MLDSA44_BYTES:
            raise ValueError("a witness key has another length")
        if "+" in self.name or self.name.split() != [self.name] or len(self.name.encode()) > 255:  # noqa: PLR2004 - a byte counts it
            raise ValueError("a name that no signature line can carry")

    @property
    def verifier_key(self) -> str:
        """The key in the text form that C2SP tools take (signed-note, verifier keys)."""
        blob = b64(MLDSA44_TYPE + self.mldsa44)
        return f"{self.name}+{key_id(self.name, MLDSA44_TYPE, self.mldsa44).hex()}+{blob}"


class WitnessKey:
    """The private key of one witness, loaded once and bound to its name."""

    __slots__ = ("_key", "_seed", "public")

    def __init__(self, name: str, *, seed: bytes) -> None:
        parse_witness_name(name)
        if len(seed) != SEED_BYTES:
            raise ValueError("a seed of a witness key is 32 bytes")
        self._seed = seed
        self._key = MLDSA44PrivateKey.from_seed_bytes(seed)
        self.public = WitnessPublic(name, self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a fresh key for the witness `name`; ValueError if that is no such name."""
        return cls(name, seed=os.urandom(SEED_BYTES))

    @property
    def name(self) -> str:
        """The one name this key signs under."""
        return self.public.name

    def seed(self) -> bytes:
        """The secret, for the keyring only."""
        return self._seed

    def sign_head(self, message: bytes) -> bytes:
        """Sign the binary form of a head: 2,420 bytes."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"WitnessKey({self.name!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """A witness's line under a head, made or verified here; `at` has whole seconds."""

    witness: str
    origin: str
    size: int
    root: bytes
    at: datetime
    line: str


def cosign(head: Checkpoint, *, key: WitnessKey, at: datetime) -> Cosignature:
    """Sign a head that continues what this witness has signed before; `witnessing` judges that.

    Raises:
        ValueError: a time before 1970.
    """
    seconds = int(at.timestamp())
    if seconds <= 0:
        raise ValueError("a cosignature carries a time")
    message = cosigned_message(key.name, head.origin, seconds, head.size, head.root)
    known = _known(key.public)[0]
    blob = known + seconds.to_bytes(8, "big") + key.sign_head(message)
    return _said(head, key.public, seconds, written_line(key.name, blob))


def verify_cosignature(line: str, head: Checkpoint, public: WitnessPublic) -> Cosignature:
    """Read one line, with its newline, and verify it as this witness's over this head.

    The steps: (1) form of the line; (2) name and key id; (3) length; (4) time; (5) signature.

    Raises:
        PeerError: `checkpoint-form` or `checkpoint-signature`.
    """
    parsed = _read(line)  # 1
    if (parsed.name, parsed.key_id) != (public.name, _known(public)[0]):  # 2
        raise PeerError("checkpoint-signature", f"the line is not of {public.name} and its key")
    if len(parsed.signature) != 8 + MLDSA44_SIGNATURE_BYTES:  # 3
        raise PeerError("checkpoint-signature", "a cosignature has another length")
    seconds = int.from_bytes(parsed.signature[:8], "big")
    if not 0 < seconds <= LAST_SECOND:  # 4
        raise PeerError("checkpoint-form", "a cosignature carries no usable time")
    message = cosigned_message(public.name, head.origin, seconds, head.size, head.root)
    try:
        _known(public)[1].verify(parsed.signature[8:], message)  # 5
    except InvalidSignature as error:
        raise PeerError("checkpoint-signature", "a cosignature does not verify") from error
    return _said(head, public, seconds, line)


def read_answer(
    text: str, head: Checkpoint, members: Iterable[WitnessPublic]
) -> tuple[Cosignature, ...]:
    """Verify the lines that a witness has answered with; those of unknown keys are ignored.

    Raises:
        PeerError: `checkpoint-form`: not lines of signatures, too many, or one key twice;
            `checkpoint-signature`: the line of a known key does not verify.
    """
    if len(text) > MAX_ANSWER_CHARS or not text.endswith("\n"):
        raise PeerError("checkpoint-form", "an answer of a witness is lines, each ended")
    rows = text[:-1].split("\n")
    if len(rows) > MAX_EXTRA_LINES:
        raise PeerError("checkpoint-form", "an answer of a witness has too many lines")
    return _verified(rows, head, members)


def cosignatures_of(head: Checkpoint, members: Iterable[WitnessPublic]) -> tuple[Cosignature, ...]:
    """Verify the lines of these witnesses that stand in a verified checkpoint's note.

    Raises:
        PeerError: as `read_answer`.
    """
    _, _, tail = head.note[:-1].rpartition("\n\n")
    return _verified(tail.split("\n"), head, members)


def with_cosignatures(head: Checkpoint, lines: Sequence[str]) -> str:
    """The note of a checkpoint with lines of witnesses under those of its log.

    Raises:
        ValueError: more lines than a note may carry, or what is no line.
    """
    note = head.note + "".join(lines)
    read_note(note)
    return note


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """Who has cosigned a head that covers something, against whom its State has chosen."""

    names: tuple[str, ...]
    """Distinct witnesses, in the order in which they signed."""
    of: int
    """How many are chosen or have signed."""
    quorum: int
    """How many the State says are enough; 0 if it has chosen none."""
    since: datetime | None
    """When as many as that had signed; None while they have not."""

    @property
    def reached(self) -> bool:
        """Whether the quorum has signed."""
        return self.since is not None


def count(first: Iterable[tuple[str, datetime]], members: Iterable[str], quorum: int) -> Witnessed:
    """Count the quorum over distinct names.

    Args:
        first: Witness and time of verified cosignatures over heads that cover the thing.
        members: The names that the State's entry lists now.
        quorum: How many of them it says are enough; 0 if it has chosen none.

    A witness that signed counts also after the State has chosen others: what is proved stays so.
    """
    earliest: dict[str, datetime] = {}
    for name, at in first:
        earliest[name] = min(at, earliest.get(name, at))
    ordered = sorted(earliest.items(), key=lambda pair: (pair[1], pair[0]))
    since = ordered[quorum - 1][1] if 0 < quorum <= len(ordered) else None
    everybody = {*members, *earliest}
    return Witnessed(
        names=tuple(name for name, _ in ordered), of=len(everybody), quorum=quorum, since=since
    )


@lru_cache(maxsize=256)
def _known(public: WitnessPublic) -> tuple[bytes, MLDSA44PublicKey]:
    """Key id and loaded key of a witness."""
    name, key = public.name, public.mldsa44
    return key_id(name, MLDSA44_TYPE, key), MLDSA44PublicKey.from_public_bytes(key)


def _verified(
    rows: Sequence[str], head: Checkpoint, members: Iterable[WitnessPublic]
) -> tuple[Cosignature, ...]:
    known = {(public.name, _known(public)[0]): public for public in members}
    found: dict[str, Cosignature] = {}
    for row in rows:
        parsed = _read(f"{row}\n")
        public = known.get((parsed.name, parsed.key_id))
        if public is None:
            continue
        if public.name in found:
            raise PeerError("checkpoint-form", f"a line of {public.name} stands there twice")
        found[public.name] = verify_cosignature(f"{row}\n", head, public)
    return tuple(found.values())


def _read(line: str) -> Line:
    try:
        return read_line(line.removesuffix("\n") if line.endswith("\n") else "")
    except ValueError as error:
        raise PeerError("checkpoint-form", "a cosignature is not well-formed") from error


def _said(head: Checkpoint, public: WitnessPublic, seconds: int, line: str) -> Cosignature:
    return Cosignature(
        witness=public.name,
        origin=head.origin,
        size=head.size,
        root=head.root,
        at=datetime.fromtimestamp(seconds, UTC),
        line=line,
    )
