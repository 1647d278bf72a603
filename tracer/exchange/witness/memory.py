"""What this node has cosigned, kept once more outside the database and its backups.

A witness that forgets what it signed can be made to sign a second history: put yesterday's backup
back, and it takes for new what it has contradicted today. So the heads also stand in a small file
beside the database, written after the commit and before the signature is made.

Rules
-----
1. The file is made with the key (`begin`), before anything is signed under its name. So a name
   without its file has lost its memory, whatever the database says, and signs nothing more: there
   is no state in which a lost memory looks like one that has nothing to remember yet.
2. A database that knows less than the file has been put back; the file counts.
3. Shown its own signature over a head that it does not know (`told`), this node has lost its memory
   although the file is there: both were put back. The name signs nothing more from then on.
4. A new key begins with all that is known of what earlier ones have cosigned: by the file that was
   here, and by the database where there is none any more.

Decision: no memory, no signature. Rejected: to sign under a name as long as the database knows of
no signature under it; after a restore from keys alone, or from a backup of before the first
signature, it knows of none although there may be many. Rejected, too: to ask the logs' owners for
the heads that we have cosigned; the one who wants a second history is the one who would be asked.

What it does not do: judge a request (`evidence.witnessing`), or make a key
(`node.restore.witness_key`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from tracer.canonical import b64url, unb64url
from tracer.disk import sync_folder
from tracer.errors import OperatorError, PeerError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.cosignature import WitnessKey, cosignatures_of, parse_witness_name
from tracer.evidence.witnessing import Known
from tracer.log import get_logger
from tracer.store.witness import WitnessHeadRow

_log = get_logger("exchange.witness")


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: under which name, empty if none may sign, and by origin size and base64url root."""

    witness: str
    heads: dict[str, tuple[int, str]]


class WitnessMemory:
    """The heads this node has cosigned, in a file of its own beside the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: _File | None = None

    def holds(self, witness: str) -> bool:
        """Whether what was signed under this name is known here."""
        try:
            held = self._read()
        except OperatorError:
            return False
        return held is not None and held.witness == witness

    def begin(self, witness: str, rows: Iterable[WitnessHeadRow] = ()) -> None:
        """Make the file for a name that nothing was signed under yet, with what is known so far.

        A file that cannot be read is replaced: what it knew is lost, and the name is a new one.

        Args:
            witness: The name.
            rows: What the database knows; of each log the larger head counts.

        Raises:
            OperatorError: `witness-memory`: it cannot be written.
        """
        try:
            held = self._read()
        except OperatorError:
            held = None
        if held is not None and held.witness == witness:
            return
        heads = {} if held is None else dict(held.heads)
        for row in rows:
            if heads.get(row.origin, (0, ""))[0] < row.size:
                heads[row.origin] = (row.size, b64url(row.root))
        self._write(_File(witness, heads))

    def require(self, witness: str) -> None:
        """Check that what was signed under this name is known here.

        Raises:
            OperatorError: `witness-memory`: the file is missing, cannot be read, or is of another
                name.
        """
        held = self._read()
        if held is None or held.witness != witness:
            raise OperatorError(
                "witness-memory",
                f"{self._path.name} does not hold what {witness} has signed",
                advice="Put it back, or make a new witness key: tracer key rotate-witness.",
            )

    def number(self) -> int:
        """The number in the name the file is of; 0 without a file, or without a name in it."""
        try:
            held = self._read()
            return 0 if held is None else parse_witness_name(held.witness)[1]
        except (OperatorError, ValueError):
            return 0

    def told(self, witness: str, origin: str, known: Known) -> bool:
        """Be shown a head with a signature of ours that verifies; whether we know nothing of it.

        Then the file loses its name, so that nothing more is signed under it.

        Raises:
            OperatorError: `witness-memory`: it cannot be written.
        """
        held = self._read()
        if held is None or held.witness != witness:
            return False
        size, _ = held.heads.get(origin, (0, ""))
        if size >= known.size:
            return False
        self._write(_File("", {**held.heads, origin: (known.size, b64url(known.root))}))
        return True

    def recall(self, row: WitnessHeadRow | None, origin: str) -> Known | None:
        """The newest head of a log that was cosigned, by file or database; None if none was."""
        held = self._read()
        known = None if row is None else Known(row.size, row.root)
        noted = None if held is None else held.heads.get(origin)
        if noted is None or (known is not None and known.size >= noted[0]):
            return known
        return Known(noted[0], unb64url(noted[1]))

    def note(self, witness: str, origin: str, known: Known) -> None:
        """Write a head that is about to be cosigned; returns when the disk has it.

        Raises:
            OperatorError: `witness-memory`: it cannot be written, or is not of this name any more.
        """
        self.require(witness)
        heads = {} if self._held is None else self._held.heads
        if origin in heads and heads[origin][0] > known.size:
            return
        self._write(_File(witness, {**heads, origin: (known.size, b64url(known.root))}))

    def _read(self) -> _File | None:
        if self._held is not None:
            return self._held
        try:
            self._held = msgspec.json.decode(self._path.read_bytes(), type=_File)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            raise OperatorError(
                "witness-memory",
                f"{self._path} cannot be read",
                advice="Put it back, or make a new witness key: tracer key rotate-witness.",
            ) from error
        return self._held

    def _write(self, file: _File) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out:  # all of it, or an error
                out.write(msgspec.json.encode(file))
                out.flush()
                os.fsync(handle)
            fresh.replace(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise OperatorError(
                "witness-memory",
                f"{self._path} cannot be written: {error.strerror}",
                advice="Check the disk and its free space.",
            ) from error
        self._held = file


def reminding(
    memory: WitnessMemory, key: Callable[[], WitnessKey | None]
) -> Callable[[Checkpoint], None]:
    """What takes note of a head that a peer shows with the lines of its witnesses.

    A line in our name that our own key did not make says nothing about our memory.
    """

    def reminded(head: Checkpoint) -> None:
        ours = key()
        if ours is None:
            return
        try:
            signed = cosignatures_of(head, (ours.public,))
        except PeerError:
            return
        if signed and memory.told(ours.name, head.origin, Known(head.size, head.root)):
            _log.error("witness.forgot", code="witness-memory")

    return reminded
