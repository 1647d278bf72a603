"""Transcribing: an officer enters what came by another way, and what of ours went by another way.

What it is in evidence, in the fold and in lists stands in `exchange.outside`. Here are the verbs:

    came       something about a case: an answer, a question, a letter
    opened     a request from a State that has no node; it opens a case
    sent       a message of ours to such a State was sent by hand, on a day
    compared   a second person has compared an entry with its original

Who may release may transcribe, for it speaks to colleagues as a State's word. It counts at once and
is marked until somebody else than who entered it has compared it (`four-eyes`).

The original is asked for wherever there is one: all ways but a telephone call. Its bytes are kept
untouched under the case's key, with their digest in the statement. A picture is shown drawn anew
(`media`), a PDF is handed out and never opened here.

What it does not do: judge completeness (a paper says what it says), send, or tell anybody.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from tracer.canonical import b64url
from tracer.casework import threads
from tracer.casework.attach import Opened
from tracer.casework.destroying import alive
from tracer.casework.drafts import check_state
from tracer.casework.entered import Entered, view
from tracer.casework.pace import Pace
from tracer.casework.papers import paper
from tracer.casework.papers.documents import message_type, to_message
from tracer.casework.roles import Act, acting
from tracer.casework.scanning import Scanning, Verdict, keep
from tracer.casework.second import check_second
from tracer.casework.sight import open_case
from tracer.casework.teams import first_open
from tracer.clock import instant
from tracer.envelope.jwk import SigningKey
from tracer.errors import InputError
from tracer.exchange.outside.course import Entry, entries, stated
from tracer.exchange.outside.statement import LETTER, Original, Statement, Way, sign
from tracer.exchange.projection import Projection
from tracer.media import SUFFIX, Photos, is_picture, sniff
from tracer.model.codes import HandlingCode, code
from tracer.model.ids import is_outside, outside
from tracer.model.messages import OPENING, ROLES, AnyMessage, type_of
from tracer.model.text import NOT_IN_LINE, NOT_IN_TEXT
from tracer.model.values import Notes
from tracer.model.wording import FORMS
from tracer.store import Store, ThreadRow, Tx
from tracer.transport.scan import Scanner
from tracer.wording import misfit

MAX_BYTES: Final = 16 * 1024 * 1024
"""Largest original."""
_BARE: Final = (Way.TELEPHONE,)
"""Ways that leave nothing to attach."""
_AHEAD: Final = timedelta(days=1)
"""A day may be tomorrow's where it was received: it is theirs, not UTC's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """How something came or went: facts of the envelope, not of what is in it."""

    way: str
    """A value of `Way`."""
    day: str
    """On which it came, or was sent: 2026-03-01."""
    who: str = ""
    """The office that signs it, or took the call."""
    number: str = ""
    """The number that it bears."""
    dated: str = ""
    """The day that it bears."""
    original: bytes | None = None
    words: str = ""
    """What it says, or a summary, in its language."""
    language: str = "en"


class _Kept(NamedTuple):
    """What is written in one transaction."""

    paper: Paper
    way: Way
    original: Original | None
    said: Verdict | None = None
    """What a scanner for malware said of the original."""


class Transcribing:
    """The verbs."""

    def __init__(
        self,
        *,
        store: Store,
        authority: str,
        key: Callable[[], SigningKey],
        projection: Projection,
        photos: Photos,
        exercise: bool = False,
        scanner: Scanner | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._pace = pace
        self._store = store
        self._scanning = Scanning(store=store, scanner=scanner)
        self._authority = authority
        self._key = key
        self._projection = projection
        self._photos = photos
        self._exercise = exercise

    async def came(
        self,
        actor: str,
        thread: str,
        given: Paper,
        kind: str = LETTER,
        document: Mapping[str, Any] | None = None,
    ) -> Entered:
        """Enter what came about a case, as a letter or in the codes of a type of message.

        Raises:
            InputError: `transcript-way`, `transcript-day`, `transcript-original`,
                `transcript-empty`, `transcript-unsent`, `file-too-large`, `file-type`,
                `upload-found`, `thread-role`, `thread-purged`, or about the person, the case, or a
                field.
        """
        kept = await self._kept(actor, given)

        def body(tx: Tx) -> Entered:
            row = alive(open_case(tx, acting(tx, actor, Act.TRANSCRIBE), thread))
            _check(given, tx.now)
            content: AnyMessage | None = None
            if kind != LETTER:
                content = self._content(tx, row, kind, document or {}, given)
            elif not (given.words.strip() or given.original):
                raise InputError("transcript-empty", "it says nothing", field="words")
            return self._enter(tx, actor, row, kept, content)

        return await self._store.write(body)

    async def opened(
        self, actor: str, state: str, given: Paper, document: Mapping[str, Any]
    ) -> Entered:
        """Enter a request of a State that has no node; it opens a case of its own.

        Raises:
            InputError: `state-unknown`, and as `came`.
        """
        kept = await self._kept(actor, given)

        def body(tx: Tx) -> Entered:
            acting(tx, actor, Act.TRANSCRIBE)
            _check(given, tx.now)
            peer = outside(check_state(state, self._authority))
            filled = self._filled(peer, given, test=self._exercise)
            filled["reference"] = paper.next_reference(tx, self._authority)
            filled["terms"] = paper.NO_TERMS
            content = to_message("request", _worded(document, given), filled=filled)
            return self._enter(tx, actor, _new(peer, test=content.test), kept, content)

        return await self._store.write(body)

    async def sent(self, actor: str, thread: str, message_id: str, given: Paper) -> Entered:
        """Enter that a message of ours to a State without a node was sent by hand.

        Raises:
            InputError: `transcript-sent`: it is not one, or it is entered already; and as `came`.
        """
        kept = await self._kept(actor, given, needed=False)

        def body(tx: Tx) -> Entered:
            row = alive(open_case(tx, acting(tx, actor, Act.TRANSCRIBE), thread))
            _check(given, tx.now)
            before = {one.stated.statement.sent for one in entries(tx, row.id) if one.stated}
            ours = {
                head.id for head in tx.messages.heads([row.id])[row.id] if head.direction == "out"
            }
            if not is_outside(row.peer) or message_id not in ours - before:
                raise InputError(
                    "transcript-sent",
                    "no message of ours waits here to be sent by hand",
                    field="message",
                )
            return self._enter(tx, actor, row, kept, None, sent=message_id)

        return await self._store.write(body)

    async def compared(self, actor: str, thread: str, number: int) -> Entered:
        """Note that somebody else than who entered it has compared an entry with its original.

        Raises:
            InputError: `four-eyes`, `four-eyes-account`, `transcript-unknown`,
                `transcript-checked`, or about person and case.
        """

        def body(tx: Tx) -> Entered:
            row = alive(open_case(tx, acting(tx, actor, Act.TRANSCRIBE), thread))
            found = _entry(tx, row.id, number)
            if found.row.author == actor:
                raise InputError(
                    "four-eyes",
                    "you entered it yourself: somebody else compares it with the original",
                    advice="Ask another officer: "
                    f"tracer --actor NAME transcribe compare {thread} {number}.",
                )
            check_second(tx, actor, [(found.row.author, found.row.at)])
            if not tx.transcripts.check(number, actor):
                raise InputError("transcript-checked", "it was compared already", field="number")
            tx.audit.write(actor, "transcript-check", row.id, {"transcript": number})
            return view(_entry(tx, row.id, number))

        return await self._store.write(body)

    async def original(self, actor: str, thread: str, number: int) -> Opened:
        """The original as it was taken in, to be saved; the reading is on record.

        Raises:
            InputError: `transcript-unknown`, `original-none`, `file-found`, or about person and
                case.
            OperatorError: `scanner-down`, `scanner-size`: a scanner is set and has not seen it.
        """
        row, told, data = await self._read(actor, thread, number)
        suffix = SUFFIX.get(told.media_type, ".bin")
        return Opened(f"{row[:8]}-original-{number}{suffix}", told.media_type, "", data)

    async def picture(self, actor: str, thread: str, number: int, *, small: bool = True) -> Opened:
        """A picture of an original, drawn anew; the reading is on record.

        Raises:
            InputError: as `original`; `file-type` for what is no picture, and those of `media`.
        """
        row, _, data = await self._read(actor, thread, number, picture=True)
        photo = await self._photos.develop(data)
        shown, kind = (photo.thumb, "image/jpeg") if small else (photo.data, photo.media_type)
        return Opened(f"{row[:8]}-{number}{SUFFIX[kind]}", kind, "", shown)

    async def _read(
        self, actor: str, thread: str, number: int, *, picture: bool = False
    ) -> tuple[str, Original, bytes]:
        def body(tx: Tx) -> tuple[str, Original, bytes, str]:
            row = open_case(tx, acting(tx, actor, Act.ATTACHMENT_READ), thread)
            found = _entry(tx, row.id, number)
            told = found.stated.statement.original if found.stated else UNSET
            data = tx.transcripts.original(row.id, number)
            if told is UNSET or data is None:
                raise InputError("original-none", "no original is kept here", field="number")
            if picture and not is_picture(told.media_type):
                raise InputError("file-type", f"{told.media_type} is not shown", field="number")
            if self._scanning.waits(tx, found.row.id):
                return row.id, told, data, found.row.id
            tx.audit.write(actor, "read-transcript", row.id, {"transcript": number})
            return row.id, told, data, ""

        row, told, data, waits = await self._store.write(body)
        while waits:  # nothing was read: it is, once the scanner has found nothing
            await self._scanning.scan(actor, row, waits, partial(_alone, data), transcript=number)
            row, told, data, waits = await self._store.write(body)
        if self._pace is not None:
            await self._pace.read(actor, row)
        return row, told, data

    async def _kept(self, actor: str, given: Paper, *, needed: bool = True) -> _Kept:
        try:
            way = Way(given.way)
        except ValueError as error:
            raise InputError(
                "transcript-way",
                f"nothing comes by {given.way!r}",
                advice=f"Ways are {', '.join(Way)}.",
                field="way",
            ) from error
        if given.original is None:
            if needed and way not in _BARE:
                raise InputError(
                    "transcript-original",
                    "attach the original, scanned or as it came",
                    advice="Only a telephone call leaves nothing to attach.",
                    field="original",
                )
            return _Kept(given, way, None)
        if len(given.original) > MAX_BYTES:
            raise InputError(
                "file-too-large", f"an original has at most {MAX_BYTES} bytes", field="original"
            )
        original = await asyncio.to_thread(_described, given.original)
        said = await self._scanning.offered(actor, Act.TRANSCRIBE, actor, given.original)
        return _Kept(given, way, original, said)

    def _content(
        self, tx: Tx, row: ThreadRow, kind: str, document: Mapping[str, Any], given: Paper
    ) -> AnyMessage:
        """What came, in the codes of a type that the other side of the case may write."""
        tag = type_of(message_type(kind))
        side = "other" if row.opener == "us" else "opener"
        if tag in OPENING or side not in ROLES[tag]:
            raise InputError("thread-role", f"{tag} is not theirs to send here", field="kind")
        filled = self._filled(row.peer, given, test=row.test)
        filled |= {"thread": row.id, "follows": _follows(tx, row)}
        filled |= threads.theirs_about(tx, row, tag)
        if tag == "acknowledgement":
            filled["received"] = filled["issued"]
        return to_message(tag, _worded(document, given), filled=filled)

    def _filled(self, peer: str, given: Paper, *, test: bool) -> dict[str, Any]:
        return {
            "sender": peer,
            "recipient": self._authority,
            "issued": f"{given.dated or given.day}T00:00:00.000Z",
            "nonce": b64url(os.urandom(16)),
            "language": given.language,
            "handling": {"code": msgspec.to_builtins(code(HandlingCode.H2))},
            "test": test,
        }

    def _enter(
        self,
        tx: Tx,
        actor: str,
        row: ThreadRow,
        kept: _Kept,
        content: AnyMessage | None,
        *,
        sent: str = "",
    ) -> Entered:
        """Sign, keep, count, and put it on record."""
        given = kept.paper
        statement = self._statement(tx, actor, row, kept, sent)
        notes = () if content is not None or not given.words.strip() else _notes(given)
        signed = sign(statement, content if content is not None else notes, key=self._key())
        opens = not row.id
        if opens:
            row = msgspec.structs.replace(row, id=signed.id, created=tx.now, peer_tip=signed.id)
            tx.threads.create(row)
            self._take_up(tx, actor, row)
        number = tx.transcripts.add(
            row.id,
            actor,
            id=signed.id,
            signed=(signed.jws, *signed.disclosures),
            original=given.original,
        )
        keep(tx, signed.id, kept.said)
        if is_outside(row.peer):
            if content is not None and not opens:
                tx.threads.advance(row.id, peer_tip=signed.id, peer_delta=1)
            self._projection.write(tx, [row])
        told = statement.original
        detail = {"transcript": number, "id": signed.id, "way": kept.way.value}
        detail |= {"type": type_of(content) if content is not None else LETTER}
        detail |= {"sent": sent, "original": told.digest if told is not UNSET else ""}
        tx.audit.write(actor, "transcribe", row.id, detail)
        return view(_entry(tx, row.id, number))

    def _statement(self, tx: Tx, actor: str, row: ThreadRow, kept: _Kept, sent: str) -> Statement:
        given = kept.paper
        fields = {
            "v": 1,
            "authority": self._authority,
            "counterpart": row.peer,
            "direction": "out" if sent else "in",
            "way": kept.way.value,
            "who": given.who.strip(),
            "number": given.number.strip(),
            "day": given.day,
            "entered_by": actor,
            "entered_at": tx.now,
            "nonce": b64url(os.urandom(16)),
        }
        named = {"dated": given.dated, "thread": row.id, "sent": sent}
        fields |= {name: value for name, value in named.items() if value}
        if kept.original is not None:
            fields["original"] = msgspec.to_builtins(kept.original)
        try:
            return msgspec.convert(fields, Statement)
        except msgspec.ValidationError as error:
            found = misfit(error, FORMS)
            raise InputError("field-form", found.says, field=found.at.lstrip(".")) from error

    def _take_up(self, tx: Tx, actor: str, row: ThreadRow) -> None:
        """A case that was entered begins with the team of who entered it."""
        team = first_open(tx, actor)
        if team:
            tx.work.give(row.id, team, restricted=False)
            tx.audit.write(actor, "case-team", row.id, {"from": "", "to": team})


def _new(peer: str, *, test: bool) -> ThreadRow:
    """A thread that a request on paper opens; its id is that of the statement about it."""
    return ThreadRow(id="", peer=peer, opener="peer", created="", test=test, peer_count=1)


def _entry(tx: Tx, thread: str, number: int) -> Entry:
    row = next((one for one in tx.transcripts.of(thread) if one.number == number), None)
    if row is None:
        raise InputError(
            "transcript-unknown", f"nothing was entered here as {number}", field="number"
        )
    return Entry(row, stated(row))


def _follows(tx: Tx, row: ThreadRow) -> list[str]:
    """What a message of theirs that came on paper comes after: what counts of each side.

    Raises:
        InputError: `transcript-unsent`: by what is on record here they have nothing of ours.
    """
    if not is_outside(row.peer):
        return sorted(tip for tip in (row.own_tip, row.peer_tip) if tip is not None)
    gone = [
        one.stated.statement.sent
        for one in entries(tx, row.id)
        if one.stated and one.stated.statement.sent
    ]
    found = sorted({*gone[-1:], *([row.peer_tip] if row.peer_tip else [])})
    if not found:
        raise InputError(
            "transcript-unsent",
            "it is not on record that our request was sent",
            advice="Enter first on which day and how it was sent.",
            field="",
        )
    return found


def _worded(document: Mapping[str, Any], given: Paper) -> dict[str, Any]:
    """The document with what was written of it beside its codes."""
    found = dict(document)
    if given.words.strip():
        before = list(found.get("free_text", ()))
        found["free_text"] = [*before, {"text": given.words, "language": given.language}]
    return found


def _notes(given: Paper) -> Any:
    """What a letter says; the words are refused where a message's would be."""
    plain = [{"text": given.words.strip(), "language": given.language}]
    if NOT_IN_TEXT.search(given.words):
        raise InputError("field-form", "a character that text does not hold", field="words")
    try:
        return msgspec.convert(plain, Notes)
    except msgspec.ValidationError as error:
        raise InputError("field-form", misfit(error, FORMS).says, field="words") from error


def _alone(data: bytes) -> list[bytes]:
    return [data]


def _described(data: bytes) -> Original:
    return Original(media_type=sniff(data), size=len(data), digest=b64url(sha256(data).digest()))


def _check(given: Paper, now: str) -> None:
    """The facts of the envelope, before anything is made of them."""
    _check_day(given.day, now, "day")
    if given.dated:
        _check_day(given.dated, now, "dated")
    for field in ("who", "number"):
        if NOT_IN_LINE.search(getattr(given, field)):
            raise InputError("field-form", "a character that a line does not hold", field=field)


def _check_day(text: str, now: str, field: str) -> None:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise InputError("transcript-day", "a day is written as 2026-03-01", field=field) from error
    if found > instant(now).date() + _AHEAD:
        raise InputError("transcript-day", "this day is still to come", field=field)
