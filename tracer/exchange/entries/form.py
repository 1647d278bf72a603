"""Handing on entries: the form of it, and which of ours the other side lacks.

`POST entry` carries one closed object and is answered by another:

    {"profile","holds":{"seq","digest"},"entries":[ENTRY FILE,...]}
      -> {"profile","holds":{"seq","digest"},"entries":[ENTRY FILE,...],"refused":CODE or ""}

`holds` is the newest entry of the *other* side that is believed here. `entries` are the sender's
own that follow what the other holds, oldest first; none while that is not known. `refused` says why
the first of the asker's entries that was not taken was not; those before it were.

Decision: one endpoint for entries and revocations. A revocation is a date in an entry, signed and
in the chain like everything else. Rejected: a statement of its own, which would have to be ordered
against the entries, could arrive without the key that replaces the revoked one, and would not be in
the next entry's digest.

What it does not do: believe anything (`taking`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from tracer.canonical import canonical_json
from tracer.errors import PeerError
from tracer.exchange import batch as wire
from tracer.exchange.greetings import SMALL_BYTES, read
from tracer.trust.entry import VerifiedEntry, verify_entry

MAX_ENTRIES: Final = 16
"""Most entries of one body."""
ROOM: Final = SMALL_BYTES - 4096
"""Bytes that they may have together; two of the largest fit, and the rest of the body."""

_Seq = Annotated[int, Meta(ge=1, le=2**31)]
_Digest = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{43}\Z")]
_Entries = Annotated[list[dict[str, Any]], Meta(max_length=MAX_ENTRIES)]
_Code = Annotated[str, Meta(pattern=r"\A[a-z0-9-]{0,40}\Z")]


class Holds(Struct, frozen=True, forbid_unknown_fields=True):
    """The newest entry of the other side that one side believes."""

    seq: _Seq
    digest: _Digest


class Handed(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the asker says."""

    profile: str
    holds: Holds
    entries: _Entries


class Answered(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the other answers, when it has taken what it takes."""

    profile: str
    holds: Holds
    entries: _Entries
    refused: _Code


def handed(holds: Holds, files: Sequence[bytes]) -> bytes:
    """The body of a request."""
    entries = [msgspec.json.decode(one) for one in files]
    return canonical_json(Handed(profile=wire.PROFILE, holds=holds, entries=entries))


def answered(holds: Holds, files: Sequence[bytes], refused: str) -> bytes:
    """The body of an answer."""
    entries = [msgspec.json.decode(one) for one in files]
    answer = Answered(profile=wire.PROFILE, holds=holds, entries=entries, refused=refused)
    return canonical_json(answer)


def read_handed(body: bytes) -> Handed:
    """Read a request; PeerError `batch-form` or `too-large`."""
    return read(body, Handed)


def read_answered(body: bytes) -> Answered:
    """Read an answer; PeerError `batch-form` or `too-large`."""
    return read(body, Answered)


def verified(entries: Sequence[dict[str, Any]], *, authority: str) -> list[VerifiedEntry]:
    """Verify each of them by itself, before any of them counts.

    Raises:
        PeerError: what is wrong with one, or `party-mismatch`: it is not of this authority.
    """
    found = [verify_entry(canonical_json(one)) for one in entries]
    if any(one.authority != authority for one in found):
        raise PeerError("party-mismatch", "an entry is of another authority than the channel")
    return found


def held(verified_entry: VerifiedEntry) -> Holds:
    """An entry as it is named to the other side."""
    return Holds(verified_entry.entry.seq, verified_entry.digest)


def lacking(archive: Sequence[bytes], newest: VerifiedEntry, digest: str) -> tuple[bytes, ...]:
    """Which of our entries follow the one with this digest, oldest first, as many as fit.

    Of somebody who holds what is not of our chain nobody knows what he lacks: he gets the newest
    one, refuses it, and people on both sides hear of it.
    """
    if newest.digest == digest:
        return ()
    known = {one.digest: one for one in map(verify_entry, archive)}
    chain, before = [newest], newest.entry.prev
    while before != digest:
        if before not in known:
            return (newest.file,)
        chain.insert(0, known[before])
        before = known[before].entry.prev
    return _fitting(chain)


def _fitting(chain: Sequence[VerifiedEntry]) -> tuple[bytes, ...]:
    files: list[bytes] = []
    size = 0
    for one in chain[:MAX_ENTRIES]:
        size += len(one.file) + 1
        if size > ROOM:
            break
        files.append(one.file)
    return tuple(files)
