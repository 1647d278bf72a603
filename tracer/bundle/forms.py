"""What stands in a bundle: names and kinds of files, the manifest, proofs, what was left out.

    manifest.json                       every other file: kind, size, SHA-256; what is left out
    manifest.jws                        the exporting node's signature over the manifest's digest
    README.txt                          what this is and how it is checked, for whoever finds it
    agreements/0001.json                agreed terms with both signatures
    attachments/0001-01.bin             message 1, file 1, encrypted as it travelled
    checkpoints/XA-NPOC/log/1/12.txt    the note of that log at 12 records
    consistency/XA-NPOC/log/1/5-12.json that the log of 5 records is the beginning of that of 12
    entries/XA-NPOC/0001.json           entry files, oldest first
    messages/0001.sdjwt                 a message as it was signed, with the groups that are kept
    proofs/0001.json                    that message 1 stands in its sender's and recipient's log
    report/report.html, report.pdf      the story in words, made by the exporter
    terms/0001.json                     terms that a message names by digest
    cosigned/XA-NPOC/log/1/15.txt       that log's note at 15 records with the lines of witnesses
    tokens/XA-NPOC/log/1/15.tsr         a time-stamp authority's answer over the note beside it:
    tokens/XA-NPOC/log/1/15.txt         the note as it was when it was stamped

Messages are numbered in the order of the exporter's log. Digests of files are hexadecimal, so that
`sha256sum` checks them.

Example:
    >>> kind_of("messages/0001.sdjwt")
    'message'
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tracer.canonical import b64url, canonical_json, read_canonical, unb64url
from tracer.evidence.merkle import MAX_PATH, MAX_SIZE
from tracer.evidence.proof import Proof
from tracer.evidence.record import MAX_RECORD_BYTES
from tracer.model.ids import AuthorityId, LogOrigin, MessageId
from tracer.model.text import Digest, Instant

MANIFEST_TYP: Final = "tracer-evidence+jws"
VERSION: Final = 1
PROFILE: Final = "tracer-1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.jws"
README: Final = "README.txt"
MAX_MANIFEST_BYTES: Final = 16 * 1024 * 1024
MAX_LEFT_OUT: Final = 100_000
MAX_FILE: Final = 16 * 1024 * 1024
"""Longest file of a kind that is read at once: all but attachments and explanations."""
LARGE: Final = frozenset({"attachment", "report", "readme", ""})
"""Kinds of any size; empty: a kind that is not known, which nobody reads."""

KINDS: Final = {
    "agreements": "agreement",
    "attachments": "attachment",
    "checkpoints": "checkpoint",
    "consistency": "consistency",
    "cosigned": "cosigned-checkpoint",
    "entries": "entry",
    "messages": "message",
    "proofs": "proof",
    "report": "report",
    "terms": "terms",
    "tokens": "time-token",
}
"""Kind of the files of a folder."""
MEANING: Final = {
    "agreement": "terms that both authorities signed",
    "attachment": "a file that a message announces, encrypted",
    "checkpoint": "a signed head of a log",
    "consistency": "that two heads stand in one history of a log",
    "cosigned-checkpoint": "what witnesses confirm of a log",
    "entry": "whose keys count, signed by their owner",
    "message": "what was signed and sent",
    "proof": "that a message stands in the logs of its two authorities",
    "readme": "an explanation",
    "report": "an explanation by the exporter, not evidence",
    "terms": "the terms a message was written under",
    "time-token": "when a signed head existed, by somebody from outside",
}
"""What a change of a file of this kind would change."""

_Size = Annotated[int, Meta(ge=0, le=MAX_SIZE)]
_Name = Annotated[str, Meta(max_length=120)]
_Hex = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Listed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of the bundle; `sha256` is hexadecimal."""

    kind: Annotated[str, Meta(min_length=1, max_length=40)]
    name: _Name
    sha256: _Hex
    size: _Size


class LeftOut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that the exporter says is not in the file, and why; nothing proves the reason.

    `name` is a group (empty: its name is gone too), the number of a file, or the origin of a log.
    """

    what: Literal["group", "attachment", "receipt", "sent", "message", "terms", "history"]
    message: Annotated[str, Meta(max_length=43)]
    name: _Name
    why: Literal["withheld", "erased", "not-here", "none"]


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the exporter signs. `at` is the instant of the export, by the exporter's clock."""

    at: Instant
    authority: AuthorityId
    files: Annotated[tuple[Listed, ...], Meta(max_length=40_000)]
    left_out: Annotated[tuple[LeftOut, ...], Meta(max_length=MAX_LEFT_OUT)]
    peer: AuthorityId
    profile: Annotated[str, Meta(max_length=20)]
    thread: MessageId
    v: int


class Placed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record with its path to the checkpoint (`origin`, `size`); bytes are base64url."""

    index: _Size
    origin: LogOrigin
    path: Annotated[tuple[Digest, ...], Meta(max_length=MAX_PATH)]
    record: Annotated[str, Meta(max_length=MAX_RECORD_BYTES * 2)]
    size: _Size

    @classmethod
    def of(cls, origin: str, proof: Proof) -> Placed:
        """The form of a proof under a checkpoint of this log."""
        return cls(
            index=proof.index,
            origin=origin,
            path=tuple(map(b64url, proof.path)),
            record=b64url(proof.record),
            size=proof.size,
        )

    def proof(self) -> Proof:
        """The proof, not yet checked; ValueError for what is not base64url."""
        return Proof(
            record=unb64url(self.record),
            index=self.index,
            size=self.size,
            path=tuple(map(unb64url, self.path)),
        )


class Proofs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a message stands: in its sender's log, and in its recipient's (the receipt)."""

    id: MessageId
    received: Placed | None
    sent: Placed | None


def kind_of(name: str) -> str:
    """The kind of a file by its folder; empty for a folder that is not known."""
    if name == README:
        return "readme"
    folder, slash, _ = name.partition("/")
    return KINDS.get(folder, "") if slash else ""


def message_name(number: int) -> str:
    """File of a message, numbered from 1."""
    return f"messages/{number:04}.sdjwt"


def proofs_name(number: int) -> str:
    """File of the proofs of a message."""
    return f"proofs/{number:04}.json"


def attachment_name(number: int, n: int) -> str:
    """File of the n-th attachment of a message."""
    return f"attachments/{number:04}-{n:02}.bin"


def checkpoint_name(origin: str, size: int) -> str:
    """File of a log's note at a size."""
    return f"checkpoints/{origin}/{size}.txt"


def cosigned_name(origin: str, size: int) -> str:
    """File of a log's note at a size with the lines of witnesses."""
    return f"cosigned/{origin}/{size}.txt"


def token_name(origin: str, size: int) -> str:
    """File of a time stamp over a log's note at a size."""
    return f"tokens/{origin}/{size}.tsr"


def stamped_name(origin: str, size: int) -> str:
    """File of the note that was stamped."""
    return f"tokens/{origin}/{size}.txt"


def consistency_name(origin: str, old: int, new: int) -> str:
    """File of the proof that joins two sizes of a log."""
    return f"consistency/{origin}/{old}-{new}.json"


def entry_name(authority: str, number: int) -> str:
    """File of the n-th entry of an authority."""
    return f"entries/{authority}/{number:04}.json"


def written(value: Struct) -> bytes:
    """The canonical JSON of a form."""
    return canonical_json(msgspec.to_builtins(value))


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest; only canonical JSON of exactly this form.

    Raises:
        ValueError: any other bytes.
    """
    if len(data) > MAX_MANIFEST_BYTES:
        raise ValueError(f"a manifest has at most {MAX_MANIFEST_BYTES} bytes")
    return msgspec.convert(read_canonical(data), Manifest)


def read_proofs(data: bytes) -> Proofs:
    """Read the proofs of a message; ValueError for other bytes than canonical JSON of the form."""
    return msgspec.convert(read_canonical(data), Proofs)


def claim(manifest: bytes, manifest_at: str) -> dict[str, Any]:
    """What the exporter's signature is over."""
    return {"at": manifest_at, "manifest": b64url(sha256(manifest).digest()), "v": VERSION}
