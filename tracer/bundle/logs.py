"""The logs in a bundle: their checkpoints, and whether those of one log stand in one history.

A proof of inclusion leads to one checkpoint. Two checkpoints of one log could be heads of two
different histories, shown to two readers; a consistency proof between them excludes that. Where the
exporter could not get such a proof, the reader is told what is not excluded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tracer.bundle.findings import Notes
from tracer.bundle.forms import checkpoint_name, consistency_name
from tracer.canonical import read_canonical
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, LogPublic, verify_checkpoint
from tracer.evidence.merkle import ProofError, verify_consistency
from tracer.evidence.proof import parse_consistency

Heads = Mapping[tuple[str, int], Checkpoint]
"""Verified checkpoints by origin and size."""

_PLACE = re.compile(r"checkpoints/(.+)/(0|[1-9][0-9]{0,15})\.txt")
_JOINED = re.compile(r"consistency/(.+)/([1-9][0-9]{0,15})-([1-9][0-9]{0,15})\.json")


def read_checkpoints(
    files: Mapping[str, bytes], logs: Mapping[str, LogPublic], notes: Notes
) -> Heads:
    """Verify both signatures of each note by the keys that its log's entry lists."""
    heads: dict[tuple[str, int], Checkpoint] = {}
    for name, data in files.items():
        place = _PLACE.fullmatch(name)
        public = logs.get(place[1]) if place else None
        if place is None or public is None:
            notes.wrong("log-origin", name, "no entry in the file lists the log of this name")
            continue
        try:
            head = verify_checkpoint(data.decode(), origin=public.origin, public=public)
        except PeerError as error:
            notes.wrong(error.code, name, error.message)
            continue
        except UnicodeDecodeError:
            notes.wrong("checkpoint-form", name, "the checkpoint is not text in UTF-8")
            continue
        if checkpoint_name(head.origin, head.size) != name:
            notes.wrong("checkpoint-form", name, f"it is of {head.size} records")
            continue
        heads[head.origin, head.size] = head
    return heads


def check_histories(files: Mapping[str, bytes], heads: Heads, notes: Notes) -> None:
    """Verify the consistency proofs and tell, log by log, whether all heads are joined."""
    joined = {place: place for place in heads}
    for name, data in files.items():
        pair = _join(name, data, heads, notes)
        if pair is not None:
            one, other = (_first(joined, place) for place in pair)
            joined[one] = other
    for origin in sorted({origin for origin, _ in heads}):
        places = [place for place in heads if place[0] == origin]
        parts = {_first(joined, place) for place in places}
        if len(places) == 1:
            notes.say("proved", f"one signed head of {origin}, with both signatures")
        elif len(parts) == 1:
            notes.say("proved", f"{len(places)} signed heads of {origin} stand in one history")
        else:
            notes.say(
                "open",
                f"{len(places)} signed heads of {origin}, each with both signatures: that they "
                f"stand in one history is not proved in this file",
            )


def _join(
    name: str, data: bytes, heads: Heads, notes: Notes
) -> tuple[tuple[str, int], tuple[str, int]] | None:
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
    try:
        verify_consistency(old.size, old.root, new.size, new.root, proof.path)
    except ProofError as error:
        notes.wrong("log-fork", name, f"the two heads are not shown to be one history: {error}")
        return None
    return (old.origin, old.size), (new.origin, new.size)


def _first(
    joined: dict[tuple[str, int], tuple[str, int]], place: tuple[str, int]
) -> tuple[str, int]:
    while joined[place] != place:
        place = joined[place]
    return place
