"""What a witness is asked, and what it may sign: the judgement behind `add-checkpoint`.

A request (C2SP tlog-witness at 5ba5ee8) is text: the size the asker believes the witness holds,
the consistency proof from there, an empty line, the checkpoint:

    old 20
    <b64 of 32 bytes>      one line for each hash of the proof
    <empty>
    <checkpoint>

`judge` decides. What is wrong is a `WitnessRefusal` with the status of that specification: 400
malformed, or older than it says; 403 not signed by the log; 404 a log not known here; 409 the
witness holds another size, which it names; 422 the proof does not prove.

Rules:
    A witness never signs two roots of one size, nor a head that does not continue the newest one
    it has signed; who calls `judge` keeps what it returns, in one step, before anything is signed.
    Two roots that a log signed for one size are a fault of that log, whatever else is wrong with
    the request; `contradicts` says so, and both notes are the proof.

What it does not do: remember, sign, or know which logs are known.

Example:
    >>> asked = read_submission(body)
    >>> head = verify_submitted(asked, origin="XA-NPOC/log/1", public=keys)
    >>> judge(asked.old, asked.path, head, known=held)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from tracer.canonical import unb64
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, LogPublic, verify_checkpoint
from tracer.evidence.merkle import EMPTY_ROOT, HASH_BYTES, ProofError, verify_consistency
from tracer.evidence.note import MAX_NOTE_CHARS, b64, read_size

MAX_PROOF_LINES: Final = 63
"""Most lines of a proof in a request; more is malformed."""
MAX_SUBMISSION_BYTES: Final = 3 * MAX_NOTE_CHARS + 64 * 64
"""Longest request: a note (a character takes up to 3 bytes), a proof, the line of the old size."""
SIZE_TYPE: Final = "text/x.tlog.size"
"""Content type of an answer 409."""

MALFORMED, UNTRUSTED, UNKNOWN, CONFLICT, UNPROVEN = 400, 403, 404, 409, 422
_STATUS: Final = {"log-origin": UNKNOWN, "checkpoint-signature": UNTRUSTED}


class WitnessRefusal(Exception):  # noqa: N818 - an answer of the protocol, not a failure here
    """The answer to a request that gets no cosignature."""

    def __init__(self, status: int, sentence: str, *, size: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.size = size
        """Of 409: the size the witness holds."""


class Submission(NamedTuple):
    """A request, read; nothing of it is verified."""

    old: int
    path: tuple[bytes, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Known:
    """The newest head of a log that this witness has signed."""

    size: int
    root: bytes


NOTHING: Final = Known(0, EMPTY_ROOT)
"""What is known of a log before the first request."""


def write_submission(old: int, path: tuple[bytes, ...], note: str) -> bytes:
    """Write a request."""
    proof = "".join(f"{b64(node)}\n" for node in path)
    return f"old {old}\n{proof}\n{note}".encode()


def read_submission(body: bytes) -> Submission:
    """Read a request.

    Raises:
        WitnessRefusal: 400.
    """
    try:
        return _read(body)
    except ValueError as error:
        raise WitnessRefusal(MALFORMED, f"not an add-checkpoint request: {error}") from error


def verify_submitted(asked: Submission, *, origin: str, public: LogPublic) -> Checkpoint:
    """Verify that the log known as `origin` has signed the checkpoint.

    Raises:
        WitnessRefusal: 400, 403, 404; 422 for an empty log with another root than the empty one.
    """
    name, size, root, *_ = *asked.note.split("\n", 3), "", ""
    if name != origin:
        raise WitnessRefusal(UNKNOWN, "a log that is not known here")
    if size == "0" and root != b64(EMPTY_ROOT):
        raise WitnessRefusal(UNPROVEN, "an empty log has one root only")
    try:
        return verify_checkpoint(asked.note, origin=origin, public=public)
    except PeerError as error:
        raise WitnessRefusal(_STATUS.get(error.code, MALFORMED), error.message) from error


def contradicts(head: Checkpoint, size: int, root: bytes) -> bool:
    """Whether a log has signed two roots for one size."""
    return (head.size, head.root) != (size, root) and head.size == size


def judge(old: int, path: tuple[bytes, ...], head: Checkpoint, *, known: Known) -> Known:
    """Decide on a verified checkpoint; what the witness holds if it signs.

    Raises:
        WitnessRefusal: 400 the old size is above the checkpoint's; 409; 422.
    """
    if old > head.size:
        raise WitnessRefusal(MALFORMED, "the old size is above that of the checkpoint")
    if old != known.size:
        raise WitnessRefusal(CONFLICT, "another size is held here", size=known.size)
    try:
        verify_consistency(known.size, known.root, head.size, head.root, path)
    except ProofError as error:
        raise WitnessRefusal(UNPROVEN, f"consistency is not proved: {error}") from error
    return Known(head.size, head.root)


def _read(body: bytes) -> Submission:
    if len(body) > MAX_SUBMISSION_BYTES:
        raise ValueError("too long")
    head, gap, note = body.decode("utf-8").partition("\n\n")
    first, *rows = head.split("\n")
    word, _, size = first.partition(" ")
    if word != "old" or not gap or not note or len(rows) > MAX_PROOF_LINES:
        raise ValueError("not the parts of a request")
    path = tuple(map(unb64, rows))
    if any(len(node) != HASH_BYTES for node in path):
        raise ValueError("not a hash")
    return Submission(read_size(size), path, note)
