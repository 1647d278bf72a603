"""Courier: a person lets what waits for another authority go by hand, or takes in what came so.

Both are acts with a name, on record with the id of the file. Nothing is decided about a message
here: what goes was released before, what comes is checked as if it had come over the line.

What it does not do: read or write the file a person carries (`cli.nouns.courier`), or know its form
(`exchange.courier.form`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tracer.casework.roles import Act, acting
from tracer.errors import PeerError
from tracer.exchange.courier.pack import Pack, Packed
from tracer.exchange.courier.spread import LIMIT
from tracer.exchange.courier.take import Take, Taken
from tracer.exchange.partner import active
from tracer.store import Store, Tx
from tracer.store.courier import Abroad, CourierFile
from tracer.trust.directory import Directory
from tracer.trust.entry import VerifiedEntry, fingerprint

_COPY: Final = (
    "Nothing of it was taken in. Copy it again from what it came on; if it stays so, ask for a "
    "new file: the messages keep their ids."
)
_CARD: Final = "Exchange the newest entry files (tracer peer add), then ask for a new file."
_ADVICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "courier-form": _COPY,
        "courier-damaged": _COPY,
        "seal-open": _COPY,
        "wrong-recipient": "Nobody here can open it; give it to whom it is for.",
        "peer-unknown": "Take the entry file of that authority first: tracer peer add FILE.",
        "peer-suspended": "Resume it first, if that is right: tracer peer resume AUTHORITY.",
        "seal-key": f"They hold an old key of ours. {_CARD}",
        "signing-key": f"We do not know the key that signed it. {_CARD}",
        "key-expired": f"The key that signed it was not in use then. {_CARD}",
        "key-revoked": "Trust nothing in it; speak to them on a known telephone number.",
        "clock-ahead": "Check our clock and theirs; then take it in again.",
        "restore-mode": "Finish the restore first, see tracer status; then take it in again.",
        "disk-reserve": "Free or add disk, then take it in again.",
    }
)
"""What a person does about a file that was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What came of a file that was taken in, and the files to carry back for it."""

    taken: Taken
    back: tuple[Packed, ...]


class Courier:
    """The verbs of people; `shown` compares what another authority has seen of our log."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Callable[[], Directory],
        pack: Pack,
        take: Take,
        shown: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._store = store
        self._directory = directory
        self._pack = pack
        self._take = take
        self._shown = shown

    async def export(self, actor: str, authority: str, *, limit: int = LIMIT) -> tuple[Packed, ...]:
        """Pack all that waits for an authority; empty if nothing does.

        Raises:
            InputError: `peer-unknown`, `peer-suspended`, `courier-limit`, or about the person.
            OperatorError: `seal-key-missing`, `disk-failed`.
        """
        await self._may(actor)
        peer = active(self._directory(), authority, field="peer")
        return await self._pack(peer, by=actor, note=_note(actor, "courier-export"), limit=limit)

    async def take(self, actor: str, path: Path) -> Exchanged:
        """Take a file in; what it holds of messages is answered by files to carry back.

        Raises:
            PeerError: the first check of the file that fails; nothing was done.
            InputError: about the person.
        """
        await self._may(actor)
        record = _note(actor, "courier-import")
        try:
            taken = await self._take(
                path,
                by=actor,
                note=lambda tx, file: record(tx, [file]),
                entered=lambda tx, entry: _entered(tx, actor, entry),
                shown=self._shown,
            )
        except PeerError as error:
            advice = _ADVICE.get(error.code, "Nothing of it was taken in; speak to who wrote it.")
            raise PeerError(error.code, error.message, advice=advice) from error
        back: tuple[Packed, ...] = ()
        if taken.messages or taken.attachments:
            back = await self._pack(
                taken.peer,
                by=actor,
                note=_note(actor, "courier-receipts"),
                messages=False,
                refusals=taken.refusals,
            )
        return Exchanged(taken=taken, back=back)

    async def list(
        self, actor: str, *, authority: str | None = None, every: bool = False
    ) -> list[Abroad]:
        """Files of ours that are out; with `every` also those that were answered."""

        def body(tx: Tx) -> list[Abroad]:
            acting(tx, actor, Act.COURIER)
            return tx.courier.abroad(peer=authority, every=every)

        return await self._store.read(body)

    async def _may(self, actor: str) -> None:
        await self._store.read(lambda tx: acting(tx, actor, Act.COURIER))


def _entered(tx: Tx, actor: str, entry: VerifiedEntry) -> None:
    """As `casework.peers` notes it when a person takes the next entry."""
    acting(tx, actor, Act.COURIER)
    seen = {"seq": entry.entry.seq, "fingerprint": fingerprint(entry.jws), "news": "next"}
    tx.audit.write(actor, "peer-add", entry.authority, seen)


def _note(actor: str, act: str) -> Callable[[Tx, Sequence[CourierFile]], None]:
    def write(tx: Tx, files: Sequence[CourierFile]) -> None:
        acting(tx, actor, Act.COURIER)
        for file in files:
            detail: dict[str, Any] = {"file": file.id, "number": file.number}
            tx.audit.write(actor, act, file.peer, detail)

    return write
