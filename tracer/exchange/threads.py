"""The thread rules: whether a candidate fits the thread it names (protocol 1.2, 1.3, step 12).

Inside the one write transaction, for a whole batch at once: load the threads and the messages
named, then decide for each candidate, in order, one of

* `Accepted`: it continues a valid chain; it will be logged and receipted;
* `Waits`: parents are missing; it goes to the waiting room, without leaf and receipt;
* `PeerError`: it breaks a rule.

Rules: an opening message has neither `thread` nor `follows` and its id is the thread's id. A thread
has exactly two parties. Each author's messages form a chain: `follows` holds the author's own
previous message, if any, and the newest of the other side that was seen; one or two ids, sorted. A
message whose author has an earlier one that is not among its ancestors proves equivocation.

What it does not do: look into the content beyond type and role; the fold judges meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tracer.errors import PeerError
from tracer.exchange.checks import Candidate
from tracer.model.messages import OPENING, ROLES, type_of
from tracer.store import Tx

MAX_MESSAGES = 1000
"""Messages a thread may hold (protocol 7)."""
MAX_FOLLOWS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A candidate that fits its thread. Made by `Threads.place` only; only it is stored."""

    candidate: Candidate
    thread: str
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A candidate whose parents have not arrived."""

    candidate: Candidate
    missing: tuple[str, ...]


@dataclass(slots=True)
class _Known:
    """A thread as this transaction sees it: its row, and who wrote which of the messages named."""

    opener: str
    peer_tip: str | None
    count: int
    purged: bool = False
    authors: dict[str, str] = field(default_factory=dict)


class Threads:
    """The threads that one batch of a peer touches, loaded once and kept true as it is placed."""

    def __init__(self, tx: Tx, peer: str) -> None:
        self._tx = tx
        self._peer = peer
        self._known: dict[str, _Known] = {}
        self._places: dict[str, str] = {}
        """Thread of each message that was named as a parent and is held."""

    def load(self, candidates: Iterable[Candidate]) -> None:
        """Load what these candidates name and is not known yet: two queries for all of them."""
        messages = [candidate.message for candidate in candidates]
        named = {m.thread for m in messages if isinstance(m.thread, str)} - self._known.keys()
        parents = {parent for m in messages for parent in m.follows}
        for row in self._tx.threads.get_many(sorted(named)).values():
            if row.peer == self._peer:
                self._known[row.id] = _Known(
                    opener=row.opener,
                    peer_tip=row.peer_tip,
                    count=row.own_count + row.peer_count,
                    purged=row.purged,
                )
        for place in self._tx.messages.places(self._peer, sorted(parents)):
            self._places[place.id] = place.thread
            if (thread := self._known.get(place.thread)) is not None:
                thread.authors[place.id] = "peer" if place.direction == "in" else "us"

    def place(self, candidate: Candidate) -> Accepted | Waits:
        """Decide about one candidate, and remember it for those after it.

        Raises:
            PeerError: `follows-invalid`, `type-role`, `thread-full`, `thread-purged` or
                `thread-forked`.
        """
        message = candidate.message
        opens = type_of(message) in OPENING
        if opens:
            self._known[candidate.id] = _Known(opener="peer", peer_tip=candidate.id, count=1)
            self._known[candidate.id].authors[candidate.id] = "peer"
            return Accepted(candidate=candidate, thread=candidate.id, opens=True)
        if not isinstance(message.thread, str) or not 1 <= len(message.follows) <= MAX_FOLLOWS:
            raise PeerError("follows-invalid", "a message in a thread follows one or two others")
        if list(message.follows) != sorted(set(message.follows)):
            raise PeerError("follows-invalid", "`follows` is sorted and names each message once")
        if any(self._places.get(p, message.thread) != message.thread for p in message.follows):
            raise PeerError("follows-invalid", "`follows` names a message of another thread")
        thread = self._known.get(message.thread)
        if thread is None:
            return Waits(candidate=candidate, missing=message.follows)
        if missing := tuple(p for p in message.follows if p not in thread.authors):
            return Waits(candidate=candidate, missing=missing)
        self._chain(candidate, thread)
        thread.authors[candidate.id] = "peer"
        thread.peer_tip = candidate.id
        thread.count += 1
        return Accepted(candidate=candidate, thread=message.thread, opens=False)

    def _chain(self, candidate: Candidate, thread: _Known) -> None:
        message = candidate.message
        role = "opener" if thread.opener == "peer" else "other"
        if role not in ROLES[type_of(message)]:
            raise PeerError("type-role", f"the {role} of a thread may not send {type_of(message)}")
        if thread.count >= MAX_MESSAGES:
            raise PeerError("thread-full", f"a thread holds at most {MAX_MESSAGES} messages")
        if thread.purged:
            raise PeerError("thread-purged", "its content is destroyed: it takes nothing more")
        own = [parent for parent in message.follows if thread.authors[parent] == "peer"]
        if len(message.follows) - len(own) > 1:
            raise PeerError("follows-invalid", "`follows` names two messages of the other side")
        if thread.peer_tip is None:
            if own:
                raise PeerError("follows-invalid", "`follows` names two messages of one author")
        elif own != [thread.peer_tip]:
            raise PeerError("thread-forked", "the author's previous message is not an ancestor")


def order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Put a batch in an order in which parents come before children, else as it came."""
    by_id = {candidate.id: candidate for candidate in candidates}
    placed: dict[str, Candidate] = {}
    for candidate in candidates:
        chain = [candidate]
        while chain:
            ahead = [
                by_id[parent]
                for parent in chain[-1].message.follows
                if parent in by_id and parent not in placed and by_id[parent] not in chain
            ]
            if ahead:
                chain.append(ahead[0])
            else:
                done = chain.pop()
                placed.setdefault(done.id, done)
    return list(placed.values())
