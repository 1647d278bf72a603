"""What this node has cosigned, kept once more outside the database and its backups.

A witness that forgets what it signed can be made to sign a second history: put yesterday's backup
back, and it takes for new what it has contradicted today. So the heads also stand in a small file
beside the database, written after the commit and before the signature is made. A database that
knows less than the file has been put back; the file counts. A file that is missing although the
database says there was one means that both may be old: then this witness signs nothing more under
its name until a person makes it a new key, whose name has signed nothing yet.

What it does not do: judge a request (`evidence.witnessing`), or notice that both were put back.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from tracer.canonical import b64url, unb64url
from tracer.errors import OperatorError
from tracer.evidence.witnessing import Known
from tracer.store.witness import WitnessHeadRow


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: under which name, and by origin the size and the base64url root."""

    witness: str
    heads: dict[str, tuple[int, str]]


class WitnessMemory:
    """The heads this node has cosigned, in a file of its own beside the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: _File | None = None

    def holds(self, witness: str, rows: Sequence[WitnessHeadRow]) -> bool:
        """Whether the file is of this name, or the name has signed nothing yet."""
        try:
            held = self._read()
        except OperatorError:
            return False
        mine = held is not None and held.witness == witness
        return mine or all(row.witness != witness for row in rows)

    def begin(self, witness: str, rows: Sequence[WitnessHeadRow]) -> None:
        """Have a file of this name before anything is signed under it.

        Raises:
            OperatorError: `witness-memory`: the file is missing, cannot be read or written, or is
                of another name, although this name has signed before.
        """
        held = self._read()
        if held is not None and held.witness == witness:
            return
        if not self.holds(witness, rows):
            raise OperatorError(
                "witness-memory",
                f"{self._path.name} does not hold what {witness} has signed",
                advice="Put it back, or make a new witness key: tracer key rotate-witness.",
            )
        self._write(_File(witness, {} if held is None else held.heads))

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
            OperatorError: `witness-memory`: it cannot be written.
        """
        held = self._read()
        heads = {} if held is None else held.heads
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
                advice="Put it back, or make a new witness key and remove the file.",
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
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise OperatorError(
                "witness-memory",
                f"{self._path} cannot be written: {error.strerror}",
                advice="Check the disk and its free space.",
            ) from error
        self._held = file
