"""Which terms a request to us may name now: those of our entry, and those agreed with its sender.

A snapshot is read from the store when the node opens, and again whenever a person signs or takes
terms; a message that comes is judged by a look into it, never by a read of the store. Older terms
stay in the store, by digest, for the requests that were written under them.

What it does not do: decide what is agreed (`casework.terms.work`).

Example:
    >>> book = TermsBook(await store.read(lambda tx: in_force(tx, entry)))
    >>> book.get().agreed.get("XA-NPOC")
    'TTxq...'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracer.model.terms import Terms, terms_digest
from tracer.model.thread import Event
from tracer.store import Tx


@dataclass(frozen=True, slots=True)
class InForce:
    """Digests of what stands; what is agreed holds for one peer alone."""

    entry: frozenset[str]
    agreed: Mapping[str, str] = field(default_factory=dict)


class TermsBook:
    """The one place where the snapshot is swapped; readers take `get`."""

    def __init__(self, now: InForce) -> None:
        self._now = now

    def get(self) -> InForce:
        """What stands now."""
        return self._now

    def set(self, now: InForce) -> None:
        """Swap it, after the commit of what changed."""
        self._now = now


def in_force(tx: Tx, stated: Terms) -> InForce:
    """What stands when our entry states these terms."""
    return InForce(frozenset((terms_digest(stated),)), tx.terms.agreed_by(stated.authority))


def terms_of(tx: Tx, events: Sequence[Event]) -> Terms | None:
    """The terms that the request among these messages names, if they are known here."""
    named = (getattr(event.message, "terms", "") for event in events if not event.message.follows)
    digest = next(filter(None, named), "")
    return tx.terms.get(digest) if digest else None
