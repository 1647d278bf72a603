"""Lines of other cases that may be of the same firearm, and what that says about a draft."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from tracer.model.finding import Finding, hint, warn
from tracer.model.fingerprint import Fingerprint, Likeness, fingerprints, likeness
from tracer.model.messages import AnyMessage, Request
from tracer.store import Tx
from tracer.store.rows import Alike


class Pair(NamedTuple):
    """A line of ours and one of another thread, and how far they go together."""

    own: Fingerprint
    thread: str
    theirs: Fingerprint
    like: Likeness


def alike(tx: Tx, own: Sequence[Fingerprint], *, but: str = "") -> list[Pair]:
    """Lines of other threads that may be of these firearms, what is surest first."""
    rows: dict[str, list[Alike]] = {one.skeleton: [] for one in own}
    for row in tx.firearms.alike(sorted(rows), but=but):
        rows[row.fingerprint.skeleton].append(row)
    found = [
        Pair(one, row.thread, row.fingerprint, like)
        for one in own
        for row in rows[one.skeleton]
        if (like := likeness(one, row.fingerprint)) is not None
    ]
    return sorted(found, key=_surest)


def asked_before(
    tx: Tx, message: AnyMessage, *, continued: Collection[str] = ()
) -> Iterator[Finding]:
    """For a request that is being written: the firearm stands in another case already.

    That we asked another State about it is the ordinary way of a chain, and only hinted at; of the
    cases that the request continues nothing is said: it is of the same firearm by design.
    """
    if not isinstance(message, Request):
        return
    own = [one for firearm in message.firearms for one in fingerprints(firearm)]
    first = {(pair.own.line, pair.thread): pair for pair in reversed(alike(tx, own))}
    cases = {thread: tx.cases.get(thread) for thread in {pair.thread for pair in first.values()}}
    for pair in sorted(first.values(), key=_surest):
        case = cases[pair.thread]
        if case is None or case.test != message.test or pair.thread in continued:
            continue
        sure = "the same firearm" if pair.like.degree == "same" else "perhaps the same firearm"
        ours = case.opener == "us"
        way = "sent to" if ours else "received from"
        elsewhere = ours and case.peer != message.recipient
        tell = hint if elsewhere else warn
        yield tell(
            f"firearms/{pair.own.line}",
            "asked-before",
            f"{sure} is in {case.reference or pair.thread[:10]}, {way} {case.peer}",
            "Look at that case first: tracer thread show. If it is another firearm, send it.",
        )


def _surest(pair: Pair) -> tuple[bool, int, str]:
    return pair.like.degree != "same", -len(pair.like.agrees), pair.thread
