"""The logs in a bundle: their checkpoints, and which of them provably continue which.

A proof of inclusion leads to one checkpoint. Two checkpoints of one log could be heads of two
different histories, shown to two readers; a consistency proof between them excludes that. All heads
of a log stand in one history if each is proved to be the beginning of the largest; that two heads
continue a third says nothing of the two. Where such a proof is missing, the reader is told what is
not excluded.

What is proved of a head by others (a witness, a time stamp) holds for all that it continues:
`Histories.carried`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tracer.bundle.findings import Notes
from tracer.bundle.forms import checkpoint_name, consistency_name, cosigned_name, stamped_name
from tracer.canonical import read_canonical
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, LogPublic, verify_checkpoint
from tracer.evidence.merkle import ProofError, verify_consistency
from tracer.evidence.proof import parse_consistency
from tracer.wording import counted

Place = tuple[str, int]
"""Origin and size of a head."""
Heads = Mapping[Place, Checkpoint]
"""Verified checkpoints."""

_PLACE = re.compile(r"(?:checkpoints|cosigned|tokens)/(.+)/(0|[1-9][0-9]{0,15})\.txt")
_JOINED = re.compile(r"consistency/(.+)/([1-9][0-9]{0,15})-([1-9][0-9]{0,15})\.json")
_NAMES = {"checkpoints": checkpoint_name, "cosigned": cosigned_name, "tokens": stamped_name}


class Said(NamedTuple):
    """That a head existed by a time, by whom, and the head that shows it."""

    at: datetime
    by: str
    place: Place


@dataclass(frozen=True, slots=True)
class Histories:
    """The heads of all logs, and for each the larger ones that it is proved to be begun by."""

    heads: Heads
    after: Mapping[Place, tuple[Place, ...]]

    def carried(self, said: Mapping[Place, Mapping[str, Said]]) -> dict[Place, dict[str, Said]]:
        """What is said of each head or of one that continues it: of each name the earliest."""
        found: dict[Place, dict[str, Said]] = {}
        for place in sorted(self.heads, key=lambda one: one[1], reverse=True):
            own = dict(said.get(place, {}))
            for larger in self.after.get(place, ()):
                for name, one in found[larger].items():
                    if name not in own or one.at < own[name].at:
                        own[name] = one
            found[place] = own
        return found


def read_checkpoints(
    files: Mapping[str, bytes], logs: Mapping[str, LogPublic], notes: Notes
) -> Heads:
    """Verify both signatures of each note by the keys that its log's entry lists."""
    heads: dict[Place, Checkpoint] = {}
    for name, data in files.items():
        if name.startswith("tokens/") and name.endswith(".tsr"):
            continue
        head = _head(name, data, logs, notes)
        if head is None:
            continue
        known = heads.setdefault((head.origin, head.size), head)
        if known.root != head.root:
            words = f"two roots are signed for {counted(head.size, 'record')} of {head.origin}"
            notes.wrong("log-fork", name, words)
    return heads


def _head(name: str, data: bytes, logs: Mapping[str, LogPublic], notes: Notes) -> Checkpoint | None:
    place = _PLACE.fullmatch(name)
    public = logs.get(place[1]) if place else None
    if place is None or public is None:
        notes.wrong("log-origin", name, "no entry in the file lists the log of this name")
        return None
    try:
        head = verify_checkpoint(data.decode(), origin=public.origin, public=public)
    except PeerError as error:
        notes.wrong(error.code, name, error.message)
        return None
    except UnicodeDecodeError:
        notes.wrong("checkpoint-form", name, "the checkpoint is not text in UTF-8")
        return None
    if _NAMES[name.partition("/")[0]](head.origin, head.size) != name:
        notes.wrong("checkpoint-form", name, f"it is of {counted(head.size, 'record')}")
        return None
    return head


def read_histories(files: Mapping[str, bytes], heads: Heads, notes: Notes) -> Histories:
    """Verify the consistency proofs and tell, log by log, whether all heads are joined."""
    after: dict[Place, tuple[Place, ...]] = {}
    for name, data in files.items():
        pair = _join(name, data, heads, notes)
        if pair is not None:
            after[pair[0]] = (*after.get(pair[0], ()), pair[1])
    found = Histories(heads, after)
    for origin in sorted({origin for origin, _ in heads}):
        _tell(origin, found, notes)
    return found


def _tell(origin: str, found: Histories, notes: Notes) -> None:
    sizes = [size for name, size in found.heads if name == origin]
    if len(sizes) == 1:
        notes.say("proved", f"one signed head of {origin}, with both signatures")
    elif joined(origin, sizes, found.after):
        notes.say("proved", f"{len(sizes)} signed heads of {origin} stand in one history")
    else:
        notes.say(
            "open",
            f"{len(sizes)} signed heads of {origin}, each with both signatures: that they "
            f"stand in one history is not proved in this file",
        )


def joined(origin: str, sizes: list[int], after: Mapping[Place, tuple[Place, ...]]) -> bool:
    """Whether every head of a log is proved to be the beginning of its largest; 0 always is."""
    largest = max(sizes)
    reach = {largest}
    for size in sorted(set(sizes) - {largest}, reverse=True):
        if size == 0 or any(larger in reach for _, larger in after.get((origin, size), ())):
            reach.add(size)
    return reach.issuperset(sizes)


def _join(name: str, data: bytes, heads: Heads, notes: Notes) -> tuple[Place, Place] | None:
    place = _JOINED.fullmatch(name)
    if place is None:
        notes.wrong("form", name, "the name does not say which two heads it joins")
        return None
    try:
        proof = parse_consistency(read_canonical(data))
    except (ValueError, PeerError) as error:
        notes.wrong("proof-form", name, f"not a proof of consistency: {error}")
        return None
    old, new = (heads.get((place[1], size)) for size in (proof.old, proof.new))
    if consistency_name(place[1], proof.old, proof.new) != name or old is None or new is None:
        notes.wrong(
            "missing", name, "the two heads that it joins are not in the file, or not sound"
        )
        return None
    if old.size >= new.size:
        notes.wrong("form", name, "it leads from a head to no larger one")
        return None
    try:
        verify_consistency(old.size, old.root, new.size, new.root, proof.path)
    except ProofError as error:
        notes.wrong("log-fork", name, f"the two heads are not shown to be one history: {error}")
        return None
    return (old.origin, old.size), (new.origin, new.size)
