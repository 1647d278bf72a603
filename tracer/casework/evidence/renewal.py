"""Renewal: a person has old evidence dated anew; it is on record with the digest that was dated.

The node sees the root of a tree of hashes, not the evidence: what is renewed may be that of other
cases, of other authorities, or years old.

What it does not do: read the old files (`cli`, `bundle.layers`) or ask anybody (`exchange.renew`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracer.casework.roles import Act, acting
from tracer.errors import InputError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.proof import Proof
from tracer.exchange.renew import Renew
from tracer.store import Store, Tx


@dataclass(frozen=True, slots=True)
class Dated:
    """What goes around the old files."""

    token: bytes | None
    proof: Proof
    head: Checkpoint
    entry: bytes
    """Our entry file, which lists the keys of the log."""


class Renewal:
    """The verb."""

    def __init__(self, *, store: Store, renew: Renew, entry: Callable[[], bytes]) -> None:
        self._store = store
        self._renew = renew
        self._entry = entry

    async def date(self, actor: str, root: bytes, size: int, *, stamped: bool = True) -> Dated:
        """Date the root of a tree over so many files.

        Raises:
            InputError: `arguments`, or about the person.
            LineError: `time-line`, `time-token`: the time-stamp authority; nothing was done.
        """
        await self._store.read(lambda tx: acting(tx, actor, Act.RENEW))

        def note(tx: Tx, digest: str, *, stamped: bool) -> None:
            acting(tx, actor, Act.RENEW)
            tx.audit.write(actor, "renew-evidence", digest, {"files": size, "stamped": stamped})

        try:
            found = await self._renew(root, size, stamped=stamped, note=note)
        except ValueError as error:
            raise InputError("arguments", str(error), field="root") from error
        return Dated(found.token, found.proof, found.head, self._entry())
