"""Statements of cooperation: what became of requests between two authorities, signed by both.

The file is JSON `{"entries": [<file>, <file>], "signatures": [<jws>, ...], "statement": {...}}`.
The statement holds, for the requests of each to the other in a span of months: the coded facts of
each request, the records of receipt that date its messages, the checkpoints these lead to, and the
figures that follow. Each authority signs the digest of the statement. A third party needs the file
alone and the two fingerprints; no content of any case is in it.

What the proofs prove: that each message was received by then, by the log of who received it. What
the two authorities vouch for by signing: what each message was (its type, its ground) and until
when it was awaited; both hold the messages and compute the same (`model.cooperation`).

What it does not do: find requests that both leave out; compare States.

Example:
    >>> signed = sign_statement(body, entries, signatures=(), key=ours, at=now)
    >>> [step.words for step in verify_statement(signed).steps]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tracer.canonical import b64url, canonical_json, strict_json, unb64url
from tracer.clock import instant, stamp
from tracer.envelope.jwk import SigningKey
from tracer.envelope.jws import sign_object, verify_object
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, verify_checkpoint
from tracer.evidence.proof import Proof, check_proof
from tracer.evidence.record import Kind
from tracer.model.cooperation import Facts, Figures, Tally, figures
from tracer.model.ids import AuthorityId, LogOrigin, MessageId
from tracer.model.text import Digest, Instant
from tracer.trust.entry import VerifiedEntry, fingerprint, verify_entry
from tracer.trust.nouns import check_lines, load_verify_key
from tracer.trust.stated import Receipted, check_request
from tracer.wording import counted

STATEMENT_TYP: Final = "tracer-statement+jws"
MAX_FILE_BYTES: Final = 32 * 1024 * 1024
FUTURE: Final = timedelta(minutes=10)
"""How far the clock of who states or signs may run ahead of ours."""
MAX_REQUESTS: Final = 100_000
MAX_MESSAGES: Final = 400_000
MAX_CHECKPOINTS: Final = 10_000
MAX_COUNTS: Final = 10_000
VERSION: Final = 1
_BOTH: Final = 2

_Month = Annotated[str, Meta(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")]
_Name = Annotated[str, Meta(max_length=200)]
_Size = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Received(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message: the record of its receipt and the way to the checkpoint (`origin`, `size`)."""

    id: MessageId
    sender: AuthorityId
    recipient: AuthorityId
    origin: LogOrigin
    size: _Size
    index: _Size
    record: Annotated[str, Meta(max_length=2000)]
    path: Annotated[tuple[Digest, ...], Meta(max_length=64)]


class Side(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The requests of one authority to the other."""

    asks: AuthorityId
    answers: AuthorityId
    facts: Annotated[tuple[Facts, ...], Meta(max_length=MAX_REQUESTS)]
    messages: Annotated[tuple[Received, ...], Meta(max_length=MAX_MESSAGES)]
    counts: Annotated[dict[_Name, _Size], Meta(max_length=MAX_COUNTS)]
    """The figures as of `at`, by name; those that are 0 may be left out."""


class Shown(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signed checkpoint of a log of one of the two."""

    origin: LogOrigin
    size: _Size
    note: Annotated[str, Meta(max_length=40_000)]


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What both sign. Months are those of receipt of the requests, both ends included."""

    v: Literal[1]
    since: _Month
    until: _Month
    at: Instant
    sides: Annotated[tuple[Side, ...], Meta(min_length=2, max_length=2)]
    checkpoints: Annotated[tuple[Shown, ...], Meta(max_length=MAX_CHECKPOINTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was looked at and holds, in words, and on what trust it rests."""

    what: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedStatement:
    """A statement that holds. Only `verify_statement` makes one."""

    statement: Statement
    digest: str
    parties: tuple[VerifiedEntry, ...]
    signers: tuple[str, ...]
    figures: tuple[Figures, ...]
    steps: tuple[Step, ...]
    file: Mapping[str, Any]

    @property
    def complete(self) -> bool:
        """Whether both have signed."""
        return len(self.signers) == _BOTH


def counts_of(facts: Sequence[Facts], at: str) -> Figures:
    """The figures that follow from these facts at an instant."""
    months: dict[str, list[Facts]] = {}
    for one in facts:
        months.setdefault(one.month, []).append(one)
    return figures({month: Tally.of(held) for month, held in months.items()}, instant(at))


def statement_digest(statement: Statement) -> str:
    """The name of a statement: base64url SHA-256 of its canonical JSON."""
    return b64url(sha256(canonical_json(msgspec.to_builtins(statement))).digest())


def sign_statement(
    statement: Statement,
    entries: Sequence[bytes],
    *,
    signatures: Sequence[str] = (),
    key: SigningKey,
    at: datetime,
) -> bytes:
    """Sign a statement, as the first of the two or beside the other's signature; the file."""
    claim = _claim(statement_digest(statement), stamp(at))
    signed = [*signatures, sign_object(claim, typ=STATEMENT_TYP, key=key)]
    return canonical_json(
        {
            "entries": [entry.decode() for entry in entries],
            "signatures": signed,
            "statement": msgspec.to_builtins(statement),
        }
    )


def verify_statement(data: bytes, *, now: datetime | None = None) -> VerifiedStatement:
    """Check a statement with nothing but its file.

    The steps: (1) form; (2) the two entries, by their own signatures; (3) each signature of the
    statement by a key of its entry, in use and not revoked; (4) each checkpoint by the keys of its
    log; (5) each record of receipt leads to its checkpoint, in the log of who received; (6) the
    facts say of each message what its record says, or that of a message before it where the logs'
    clocks disagree, and of each target what its instants say; (7) the figures are those that follow
    from the facts.

    Args:
        data: The file.
        now: Our clock; without one nobody asks whether the statement is of the future.

    Raises:
        PeerError: `too-large`, `statement-form`, `clock-ahead`, `statement-parties`,
            `statement-proof`, `statement-facts`, `statement-figures`, or what the signatures,
            entries and proofs raise.
    """
    file = _read(data)
    statement = _decode(file["statement"])
    _check_clock(statement.at, now)
    parties = _parties(file["entries"], statement)
    digest = statement_digest(statement)
    signers = tuple(_signer(token, digest, parties, now) for token in file["signatures"])
    if len(set(signers)) != len(signers):
        raise PeerError("statement-parties", "one of the two has signed twice")
    heads = dict(_heads(statement, parties))
    records = [_received(side, heads) for side in statement.sides]
    for side, found in zip(statement.sides, records, strict=True):
        _check_facts(side, found, statement)
    figured = tuple(_figures(side, statement) for side in statement.sides)
    return VerifiedStatement(
        statement=statement,
        digest=digest,
        parties=tuple(parties.values()),
        signers=signers,
        figures=figured,
        steps=(*_told(statement, parties, signers, len(heads)), *_skewed(statement, records)),
        file=file,
    )


def _read(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_FILE_BYTES:
        raise PeerError("too-large", f"a statement has at most {MAX_FILE_BYTES} bytes")
    try:
        file = strict_json(data)
    except ValueError as error:
        raise PeerError("statement-form", "a statement is strict JSON") from error
    if not isinstance(file, dict) or file.keys() != {"entries", "signatures", "statement"}:
        raise PeerError("statement-form", "a statement has entries, signatures and the statement")
    entries, signatures = file["entries"], file["signatures"]
    texts = [*entries, *signatures] if isinstance(entries, list) else [None]
    if not isinstance(signatures, list) or not all(isinstance(one, str) for one in texts):
        raise PeerError("statement-form", "entries and signatures are lists of texts")
    if len(entries) != _BOTH or not 1 <= len(signatures) <= _BOTH:
        raise PeerError("statement-form", "two entries, and one or two signatures")
    return file


def _decode(stated: object) -> Statement:
    try:
        statement = msgspec.convert(stated, Statement)
        span = [statement.since, statement.until, statement.at]
        check_lines([*span, msgspec.to_builtins(statement.sides)])
    except (msgspec.ValidationError, ValueError) as error:
        raise PeerError("statement-form", str(error)) from error
    if canonical_json(stated) != canonical_json(msgspec.to_builtins(statement)):
        raise PeerError("statement-form", "a member is written in another way than it is read")
    one, other = statement.sides
    if (one.asks, one.answers) != (other.answers, other.asks) or one.asks == one.answers:
        raise PeerError("statement-parties", "the two sides are not those of two authorities")
    return statement


def _parties(files: Sequence[str], statement: Statement) -> dict[str, VerifiedEntry]:
    found = {entry.authority: entry for entry in (verify_entry(one.encode()) for one in files)}
    if set(found) != {statement.sides[0].asks, statement.sides[0].answers}:
        raise PeerError("statement-parties", "the entries are not those of the two authorities")
    return found


def _check_clock(at: str, now: datetime | None) -> None:
    if now is not None and instant(at) > now + FUTURE:
        raise PeerError("clock-ahead", "the statement or a signature of it is of our future")


def _signer(
    token: str, digest: str, parties: Mapping[str, VerifiedEntry], now: datetime | None
) -> str:
    listed = {
        key.kid: (name, key)
        for name, entry in parties.items()
        for key in entry.entry.listed("sign")
    }
    keys = {kid: load_verify_key(key) for kid, (_, key) in listed.items()}
    kid, claim = verify_object(token, typ=STATEMENT_TYP, keys=keys)
    try:
        at = instant(text := str(claim.get("at")))
    except ValueError as error:
        raise PeerError("statement-form", "a signature names no instant") from error
    if canonical_json(claim) != canonical_json(_claim(digest, text)):
        raise PeerError("statement-form", "the signature is not of this statement")
    _check_clock(text, now)
    name, key = listed[kid]
    term = key.term()
    if term.revoked_from is not None:
        raise PeerError("key-revoked", f"a revoked key of {name} states nothing")
    if not term.in_use(at):
        raise PeerError("key-expired", f"the key of {name} was not in use")
    return name


def _claim(digest: str, at: str) -> dict[str, Any]:
    return {"at": at, "statement": digest, "v": VERSION}


def _heads(
    statement: Statement, parties: Mapping[str, VerifiedEntry]
) -> Iterator[tuple[tuple[str, int], Checkpoint]]:
    logs = {one.entry.log.origin: one.entry.log.public() for one in parties.values()}
    for shown in statement.checkpoints:
        log = logs.get(shown.origin)
        if log is None:
            raise PeerError("statement-proof", f"{shown.origin} is no log of the two entries")
        head = verify_checkpoint(shown.note, origin=shown.origin, public=log)
        if head.size != shown.size:
            raise PeerError("statement-proof", f"the checkpoint is of size {head.size}")
        yield (shown.origin, shown.size), head


def _received(side: Side, heads: Mapping[tuple[str, int], Checkpoint]) -> dict[str, Receipted]:
    """What the record of each message says."""
    found: dict[str, Receipted] = {}
    for one in side.messages:
        head = heads.get((one.origin, one.size))
        if head is None or not one.origin.startswith(f"{one.recipient}/"):
            raise PeerError("statement-proof", f"{one.id} leads to no checkpoint of its recipient")
        try:
            proof = Proof(
                record=unb64url(one.record),
                index=one.index,
                size=one.size,
                path=tuple(unb64url(node) for node in one.path),
            )
        except ValueError as error:
            raise PeerError("statement-form", f"{one.id}: {error}") from error
        record = check_proof(
            proof,
            head,
            kind=Kind.RECEIVED,
            id=one.id,
            sender=one.sender,
            recipient=one.recipient,
        )
        if {one.sender, one.recipient} != {side.asks, side.answers}:
            raise PeerError("statement-parties", f"{one.id} is between others")
        found[one.id] = Receipted(stamp(record.at), one.sender, one.origin, one.index)
    return found


def _check_facts(side: Side, records: Mapping[str, Receipted], statement: Statement) -> None:
    """Step 6, for each request: once, in the months, and what its records allow (`stated`)."""
    seen: set[str] = set()
    for facts in side.facts:
        if facts.thread in seen or not statement.since <= facts.month <= statement.until:
            raise PeerError("statement-facts", f"{facts.thread} counts twice, or not in the months")
        seen.add(facts.thread)
        check_request(facts, records, asks=side.asks, answers=side.answers, at=statement.at)


def _figures(side: Side, statement: Statement) -> Figures:
    found = counts_of(side.facts, statement.at)
    stated = {name: count for name, count in side.counts.items() if count}
    if stated != {name: count for name, count in found.counts.items() if count}:
        raise PeerError("statement-figures", "the figures are not those of the requests listed")
    return found


def _told(
    statement: Statement,
    parties: Mapping[str, VerifiedEntry],
    signers: Sequence[str],
    heads: int,
) -> Iterator[Step]:
    for name, entry in parties.items():
        yield Step(
            what="trust", words=f"{name} is who has the fingerprint {fingerprint(entry.jws)}"
        )
    yield Step(what="signed", words=f"signed by {' and '.join(signers)}")
    if len(signers) != _BOTH:
        left = next(iter(set(parties) - set(signers)))
        yield Step(what="open", words=f"{left} has not signed: these are figures of one side")
    messages = sum(len(side.messages) for side in statement.sides)
    yield Step(
        what="proved",
        words=f"{counted(messages, 'record')} of receipt, each with the way to one of "
        f"{counted(heads, 'checkpoint')}, each signed by its log",
    )
    for side in statement.sides:
        yield Step(
            what="counted",
            words=f"{side.asks} asked {side.answers} {len(side.facts)} times from "
            f"{statement.since} to {statement.until}; every figure follows from these requests",
        )
    yield Step(
        what="vouched",
        words="what each message was and until when it was awaited is vouched for by who signed",
    )


def _skewed(statement: Statement, records: Sequence[Mapping[str, Receipted]]) -> Iterator[Step]:
    """By how much the clocks of the two logs disagree, as far as that moved an instant."""
    moved = {
        act.id: instant(act.at) - instant(held[act.id].at)
        for side, held in zip(statement.sides, records, strict=True)
        for facts in side.facts
        for act in facts.acts
        if act.dated
    }
    if moved:
        yield Step(
            what="skewed",
            words="messages that one before them dates, as the clocks of the two logs disagree: "
            f"{len(moved)}, by {max(moved.values()).total_seconds():.3f} s at most",
        )
