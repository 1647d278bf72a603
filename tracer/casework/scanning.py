"""Files and malware: none is opened here before the operator's scanner has looked at it.

Rules
-----
1. Without a scanner (`[scanner]` is not set) nothing of this happens; what was found before stands.
2. What our own people attach is scanned before it is kept, as it came. In which something is found
   is refused; a scanner that does not answer, or takes no file so large, loses nothing: the file is
   kept as not scanned.
3. What is not yet known to be clean is scanned when somebody opens it, whoever sent it, before a
   byte or a picture of it is shown; of a photo of ours the file as it came, too. While the scanner
   does not answer it stays closed.
4. A file in which something was found stays as evidence and is never opened here, nor sent by us.
   Each find is an act.
5. No transaction is open while the scanner is asked.

What was said is kept under `mark`, made of the file's digest and of its own key: it is about these
bytes, whoever announces them, and tells nothing to who lacks the key.

What it does not do: scan anew what was clean once; look at what passes through unopened (sealed
files travel, and go into a file for the court, as they are).

Decisions
---------
* Scanned when first opened. Rejected: on arrival, by a worker; a peer could keep it busy with what
  nobody opens, and the newest signatures are those of the day on which somebody looks.
* What was said is kept under digest and key together. Rejected: under the digest of the ciphertext;
  one ciphertext can be made that opens to two files under two keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from tracer.canonical import b64url
from tracer.casework.roles import Act, acting
from tracer.errors import InputError, OperatorError
from tracer.model.attachments import Attachment, AttachmentKey
from tracer.model.messages import AnyMessage
from tracer.store import Store, Tx
from tracer.store.scans import Outcome, ScanRow
from tracer.transport.scan import Scanner

SCANNED_AT_ONCE: Final = 4
"""Files that are opened to be scanned; others wait and hold no memory."""
WAITS: Final = "waits"
"""How it stands with a file that nobody has opened yet."""
_NOT_SCANNED: Final[Mapping[str, Outcome]] = {"scanner-size": "large", "scanner-down": "down"}


class Verdict(NamedTuple):
    """What came of scanning: how, and what was found by the scanner's name for it."""

    outcome: Outcome
    name: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """How it stands with one file: `clean`, `found`, or not scanned: `large`, `down`, `waits`."""

    outcome: str
    name: str = ""


class Scanning:
    """What the verbs on files ask; `scanner` is None where none is set."""

    def __init__(self, *, store: Store, scanner: Scanner | None) -> None:
        self._store = store
        self._scanner = scanner
        self._turn = asyncio.Semaphore(SCANNED_AT_ONCE)

    async def offered(self, actor: str, act: Act, subject: str, data: bytes) -> Verdict | None:
        """Have a file scanned that one of our people gives; what to keep with it, None: nothing.

        Raises:
            InputError: `upload-found`, which is on record under `subject`; or about the person.
        """
        if self._scanner is None:
            return None
        await self._store.read(lambda tx: acting(tx, actor, act))
        said, _ = await self._look(self._scanner, [data])
        if said.outcome != "found":
            return said

        def record(tx: Tx) -> None:
            acting(tx, actor, act)
            tx.audit.write(actor, "upload-found", subject, {"name": said.name})

        await self._store.write(record)
        raise InputError(
            "upload-found",
            f"the scanner for malware found {said.name} in it, and it was not kept",
            advice="Open it nowhere else. Tell the operator, and get it anew from where it is.",
            field="file",
        )

    def waits(self, tx: Tx, file: str) -> bool:
        """Whether a file has to be scanned before it is opened.

        Raises:
            InputError: `file-found`.
        """
        known = tx.scans.of((file,)).get(file)
        if known is not None and known.outcome == "found":
            raise _found(known.name)
        return self._scanner is not None and (known is None or known.outcome != "clean")

    async def scan(
        self,
        actor: str,
        subject: str,
        file: str,
        parts: Callable[[], Sequence[bytes]],
        **about: Any,
    ) -> None:
        """Have a file scanned that somebody wants to open, and keep what was said.

        Args:
            actor: Who opens it.
            subject: The case or draft that it belongs to.
            file: Its `mark`.
            parts: Gives its bytes, and what is kept beside them.
            about: Which file of the subject it is, for the record of a find.

        Raises:
            InputError: `file-found`.
            OperatorError: `scanner-down`, `scanner-size`.
        """
        if self._scanner is None:
            return
        async with self._turn:
            said, error = await self._look(self._scanner, await asyncio.to_thread(parts))

        def body(tx: Tx) -> None:
            known = tx.scans.of((file,)).get(file)
            if known is None or known.outcome in _NOT_SCANNED.values() or said.outcome == "found":
                tx.scans.put(file, said.outcome, said.name)
            if said.outcome == "found":
                tx.audit.write(actor, "file-found", subject, {**about, "name": said.name})

        await self._store.write(body)
        if error is not None:
            raise error
        if said.outcome == "found":
            raise _found(said.name)

    async def _look(
        self, scanner: Scanner, parts: Iterable[bytes]
    ) -> tuple[Verdict, OperatorError | None]:
        try:
            for data in parts:
                if name := await scanner.scan(data):
                    return Verdict("found", name), None
        except OperatorError as error:
            return Verdict(_NOT_SCANNED.get(error.code, "down")), error
        return Verdict("clean"), None


def mark(item: Attachment, key: AttachmentKey) -> str:
    """The name under which it is kept what a scanner said of a file."""
    return b64url(sha256(f"scan {item.digest} {key.key}".encode()).digest())


def keep(tx: Tx, file: str, said: Verdict | None) -> None:
    """Keep what was said of a file that is attached now."""
    if said is not None:
        tx.scans.put(file, said.outcome, said.name)


def told(
    tx: Tx, messages: Mapping[str, AnyMessage | None], *, all_of_them: bool
) -> dict[str, dict[int, Scanned]]:
    """How it stands with the files of messages, by message and number.

    Files that are clean are left out, and so are those that nobody has opened, unless `all_of_them`
    are wanted: where there is a scanner.
    """
    marks = {
        (name, item.n): mark(item, keys[str(item.n)])
        for name, message in messages.items()
        for keys in [getattr(message, "attachment_keys", UNSET) or {}]
        for item in getattr(message, "attachments", ())
        if str(item.n) in keys
    }
    known = tx.scans.of(list(marks.values()))
    found: dict[str, dict[int, Scanned]] = {}
    for (name, n), file in marks.items():
        if (stands := standing(known.get(file), waits=all_of_them)) is not None:
            found.setdefault(name, {})[n] = stands
    return found


def standing(row: ScanRow | None, *, waits: bool) -> Scanned | None:
    """How it stands with a file, if there is anything to tell: clean is not."""
    if row is None:
        return Scanned(WAITS) if waits else None
    return None if row.outcome == "clean" else Scanned(row.outcome, row.name)


def check_sent(tx: Tx, message: AnyMessage) -> None:
    """Nothing leaves in which something was found since it was attached.

    Raises:
        InputError: `file-found`.
    """
    for stands in told(tx, {"": message}, all_of_them=False).get("", {}).values():
        if stands.outcome == "found":
            raise _found(stands.name)


def harmful(tx: Tx, message: AnyMessage) -> frozenset[int]:
    """Numbers of the files of a message in which something was found."""
    held = told(tx, {"": message}, all_of_them=False).get("", {})
    return frozenset(n for n, stands in held.items() if stands.outcome == "found")


def _found(name: str) -> InputError:
    return InputError(
        "file-found",
        f"the scanner for malware found {name} in this file: it stays as evidence, closed",
        advice="Of theirs: ask them to send it anew. Of ours: take it off the draft, or tell them. "
        "Tell a supervisor and the operator.",
    )
