"""Resync on the wire: the signed request and its three kinds of page.

A request is a JWS, typ `tracer-resync+jws`, by a signing key of the asker, over

    {"v":1,"asker":A,"asked":B,"at":INSTANT,"page":PAGE}

`at` is within ten minutes of the clock of the asked, so that nobody can use an old request again.
Each page narrows the one before:

    {"kind":"threads","after":THREAD|""}          which threads do you hold with me
      -> {"profile","threads":[{"thread","digest"}],"more":BOOL}           ordered by thread id
    {"kind":"ids","threads":[THREAD..],"after":ID|""}     which messages, in those that differ
      -> {"profile","threads":[{"thread","messages":[{"id","state"}]}],"more":BOOL}
    {"kind":"messages","ids":[ID..],"remembers":SIZE}     give me these
      -> NDJSON: the header of a batch, then a line per message

`state` is `held`, `erased` (a disclosure is destroyed) or `purged` (the content is). Only shared
messages count: what one side received, or sent and has a receipt for. The digest of a thread is the
base64url SHA-256 of its lines `ID SPACE STATE LF`, sorted. If `more` is true the page was cut: the
asker goes on after the last thread, or in the last thread after the last id (`after`, which then is
of the first thread named). A page of messages may hold fewer than were asked for; the rest is asked
for again. A line of it is

    {"jwe":"...","yours":PROOF,"note":CHECKPOINT}

where `jwe` is sealed anew as in a batch; its proof is that of the answering side: of its `sent`
record for a message of its own, of its `received` record (its receipt) for one of the asker's.
`yours` is the proof of the asker's log that the answering side was once given for this message, and
`note` the checkpoint it was given under: they show the asker where to look in its own log.

What it does not do: read or write the store, or judge what is returned (`resync.returned`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from tracer.canonical import b64url
from tracer.clock import instant, stamp
from tracer.envelope.jwk import SigningKey
from tracer.envelope.jws import sign_object, verify_object
from tracer.errors import PeerError
from tracer.exchange import batch as wire
from tracer.store.shared import Held
from tracer.trust.directory import Peer
from tracer.trust.validity import judge

TYP = "tracer-resync+jws"
ASK_MAX = 1000
"""Most threads or messages that one request names."""
ANSWER_BYTES = 4 * 1024 * 1024
"""After this many bytes a page of messages ends; the rest is asked for again."""
WINDOW = timedelta(minutes=10)
"""How far `at` of a request may be from the clock of the asked."""

_Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$")]
_Place = Annotated[str, Meta(pattern=r"^([A-Za-z0-9_-]{43})?$")]
_Names = Annotated[tuple[_Name, ...], Meta(min_length=1, max_length=ASK_MAX)]


class AskThreads(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="threads"):
    """The next threads after this one, by id; the first ones if it is empty."""

    after: _Place = ""


class AskIds(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="ids"):
    """The messages of these threads; of the first only those after this one."""

    threads: _Names
    after: _Place = ""


class AskMessages(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="messages"
):
    """These messages; `remembers` is the size of the log of the asked that the asker remembers."""

    ids: _Names
    remembers: Annotated[int, Meta(ge=0, le=2**53 - 1)] = 0


Page = AskThreads | AskIds | AskMessages


class ResyncRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is signed."""

    v: Literal[1]
    asker: str
    asked: str
    at: str
    page: Page


class ThreadDigest(Struct, frozen=True, forbid_unknown_fields=True):
    """A thread and the digest over what is shared of it."""

    thread: _Name
    digest: _Name


class ThreadPage(Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to `AskThreads`."""

    profile: str
    threads: tuple[ThreadDigest, ...]
    more: bool


class HeldLine(Struct, frozen=True, forbid_unknown_fields=True):
    """A shared message and what is left of it at the asked."""

    id: _Name
    state: Literal["held", "erased", "purged"]


class ThreadIds(Struct, frozen=True, forbid_unknown_fields=True):
    """The shared messages of one thread, in the order of the log of the asked."""

    thread: _Name
    messages: tuple[HeldLine, ...]


class IdPage(Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to `AskIds`."""

    profile: str
    threads: tuple[ThreadIds, ...]
    more: bool


class ReturnedLine(Struct, frozen=True, forbid_unknown_fields=True):
    """One message of the answer to `AskMessages`."""

    jwe: str
    yours: dict[str, Any] | None = None
    note: str = ""


def digest_of(held: Iterable[Held]) -> str:
    """The digest of a thread over its shared messages and their states."""
    lines = sorted(f"{one.id} {one.state}\n" for one in held)
    return b64url(hashlib.sha256("".join(lines).encode("ascii")).digest())


def sign_request(page: Page, *, asker: str, asked: str, at: datetime, key: SigningKey) -> bytes:
    """Write the request for one page, signed by the asker."""
    request = ResyncRequest(v=1, asker=asker, asked=asked, at=stamp(at), page=page)
    return sign_object(msgspec.to_builtins(request), typ=TYP, key=key).encode("ascii")


def read_request(body: bytes, *, us: str, peer: Peer, now: datetime) -> Page:
    """Verify a request of the channel's peer to us.

    Raises:
        PeerError: `resync-form`; `key-revoked` or `key-expired` for the key.
    """
    try:
        kid, payload = verify_object(body.decode("ascii"), typ=TYP, keys=peer.verify_keys)
        request = msgspec.convert(payload, ResyncRequest)
        at = instant(request.at)
    except (PeerError, ValueError, msgspec.ValidationError) as error:
        raise PeerError("resync-form", f"not a signed resync request: {error}") from error
    if (request.asker, request.asked) != (peer.authority, us):
        raise PeerError("resync-form", "the request is of another peer, or for another authority")
    if abs(at - now) > WINDOW:
        raise PeerError("resync-form", "the request was not signed just now")
    judge(peer.signing[kid], claimed=at, first_arrival=now)
    return request.page


def read_messages(body: bytes, *, wanted: int) -> tuple[wire.Head, tuple[ReturnedLine, ...]]:
    """Read a page of messages; PeerError `batch-form` or `too-large`."""
    return wire.read_lines(body, ReturnedLine, limit=wanted)
