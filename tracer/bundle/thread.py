"""The thread of a bundle: its messages, where they stand in both logs, their terms and files.

Of each message, in this order: (1) form, signature by a key that its sender's entries list, strict
content; (2) the two parties and the thread; (3) its record in the sender's log and in the
recipient's, each leading to a verified checkpoint; (4) the key was in use then, and not revoked
before the recipient provably had the message; (5) its files; (6) what of it was left out, held
against what the exporter says was.

Decision: the first arrival of [V-1] is the `at` of the recipient's record, or else the earliest
time from outside: the other authority's log is the witness that a signer cannot write himself. The
proof of existence of [V-3] is the earliest of that and of what others say of the logs (`outside`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from msgspec import UNSET

from tracer.bundle.contents import Contents
from tracer.bundle.entries import Book
from tracer.bundle.findings import Confirmed, Notes, Told
from tracer.bundle.forms import (
    MANIFEST,
    Manifest,
    Placed,
    Proofs,
    attachment_name,
    message_name,
    proofs_name,
    read_proofs,
)
from tracer.bundle.logs import Heads
from tracer.bundle.outside import Outside, witnesses
from tracer.bundle.window import Window
from tracer.canonical import b64url, unb64url
from tracer.clock import stamp
from tracer.envelope.sdjwt import VerifiedMessage, split, verify
from tracer.envelope.stream import decrypt_stream
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.proof import check_proof
from tracer.evidence.record import Kind, Record
from tracer.model.attachments import Attachment, AttachmentKey
from tracer.model.ids import parse_log_origin
from tracer.model.messages import AnyMessage, type_of
from tracer.model.written import message_of
from tracer.trust.nouns import EntryKey
from tracer.trust.validity import earliest, judge

Missing = Counter[tuple[str, str]]
"""How often something of a kind is not there, by kind and message id."""


class _Read(NamedTuple):
    """A message whose signature and content hold."""

    verified: VerifiedMessage
    message: AnyMessage
    sender: str


class _Logged(NamedTuple):
    """What a log says of a message, and the checkpoint that covers it."""

    record: Record
    head: Checkpoint


@dataclass(frozen=True, slots=True)
class Thread:
    """Checks the messages of one bundle."""

    files: Contents
    """All files of the bundle."""
    manifest: Manifest
    book: Book
    heads: Heads
    outside: Outside
    notes: Notes

    def check(self) -> tuple[Told, ...]:
        """Check every message; those that hold."""
        missing: Missing = Counter()
        told = tuple(
            found
            for number in range(1, self._count() + 1)
            if (found := self._message(number, missing)) is not None
        )
        self._chain(told)
        self._strays(told)
        if len(told) == self._count():
            self._left_out(missing)
        return told

    def _count(self) -> int:
        count = len(self.files.folder("messages"))
        for number in range(1, count + 1):
            if message_name(number) not in self.files:
                self.notes.wrong("missing", message_name(number), "this message is not there")
        return count

    def _message(self, number: int, missing: Missing) -> Told | None:
        name = message_name(number)
        if (data := self.files.get(name)) is None:
            return None
        try:
            read = self._read(data)
        except PeerError as error:
            self.notes.wrong(error.code, name, f"message {number}: {error.message}")
            return None
        except UnicodeDecodeError:
            self.notes.wrong("plaintext-form", name, f"message {number} is not ASCII")
            return None
        signed, message = read.verified.signed, read.message
        proofs = self._proofs(number, signed.id)
        sent = received = None
        if proofs is not None:
            sent = self._logged(number, read, proofs.sent, Kind.SENT)
            received = self._logged(number, read, proofs.received, Kind.RECEIVED)
            missing["sent", signed.id] += proofs.sent is None
            missing["receipt", signed.id] += proofs.received is None
        missing["group", signed.id] += read.verified.missing
        self._key(number, read, sent, received)
        self._attachments(number, signed.id, message, missing)
        places = _places(sent, received)
        stamped = (self.outside.stamp(place) for place in places)
        told = Told(
            number=number,
            id=signed.id,
            sender=read.sender,
            recipient=message.recipient,
            message=message,
            withheld=read.verified.missing,
            sent_at=sent.head.at if sent else None,
            received_at=received.record.at if received else None,
            confirmed=tuple(map(self.outside.confirmed, places)),
            existed_by=earliest(one.at if one else None for one in stamped),
        )
        self._say(told)
        return told

    def _read(self, data: bytes) -> _Read:
        signed = split(data.decode("ascii"))
        verified = verify(signed, keys=self.book.verify_keys, allow_missing=True)
        message = message_of(verified)
        sender = self.book.signers[verified.kid].authority
        parties = {self.manifest.authority, self.manifest.peer}
        if message.sender != sender or {message.sender, message.recipient} != parties:
            raise PeerError(
                "party-mismatch", "it is not between the two authorities, by its sender"
            )
        thread = message.thread if isinstance(message.thread, str) else signed.id
        if thread != self.manifest.thread:
            raise PeerError("thread-parties", "it is a message of another thread")
        return _Read(verified, message, sender)

    def _proofs(self, number: int, message_id: str) -> Proofs | None:
        name = proofs_name(number)
        if (data := self.files.get(name)) is None:
            self.notes.wrong("missing", name, f"the proofs of message {number} are not there")
            return None
        try:
            proofs = read_proofs(data)
        except ValueError as error:
            self.notes.wrong("proof-form", name, f"not proofs: {error}")
            return None
        if proofs.id != message_id:
            self.notes.wrong("proof-invalid", name, "these are the proofs of another message")
            return None
        return proofs

    def _logged(
        self, number: int, read: _Read, placed: Placed | None, kind: Kind
    ) -> _Logged | None:
        if placed is None:
            return None
        owner = read.sender if kind is Kind.SENT else read.message.recipient
        name, head = proofs_name(number), self.heads.get((placed.origin, placed.size))
        if parse_log_origin(placed.origin)[0] != owner:
            self.notes.wrong("log-origin", name, f"{kind}: {placed.origin} is no log of {owner}")
            return None
        if head is None:
            words = f"{kind}: it leads to no sound head of {placed.origin} in this file"
            self.notes.wrong("missing", name, words)
            return None
        try:
            record = check_proof(
                placed.proof(),
                head,
                kind=kind,
                id=read.verified.signed.id,
                sender=read.sender,
                recipient=read.message.recipient,
            )
        except (PeerError, ValueError) as error:
            code = error.code if isinstance(error, PeerError) else "proof-form"
            self.notes.wrong(code, name, f"{kind}, in the log of {owner}: {error}")
            return None
        return _Logged(record, head)

    def _key(
        self, number: int, read: _Read, sent: _Logged | None, received: _Logged | None
    ) -> None:
        """Whether the key counted then, by [V-1] to [V-3]."""
        listed = self.book.signers[read.verified.kid].listed
        claimed = sent.head.at if sent else received.record.at if received else None
        if claimed is None:
            self._undated(number, listed)
            return
        arrived = received.record.at if received else None
        outside = self.outside.proven(_places(sent, received), read.sender)
        proven = earliest((arrived, *outside))
        try:
            judge(
                listed,
                claimed=claimed,
                first_arrival=arrived or proven or claimed,
                proof_of_existence=proven,
            )
        except PeerError as error:
            self.notes.wrong(error.code, message_name(number), error.message)
            return
        revoked = listed.term().revoked_from
        if revoked is not None:
            words = (
                f"its key was revoked from {stamp(revoked)} on; that it existed before is proved"
            )
            self.notes.say("proved", words, message_name(number))

    def _undated(self, number: int, listed: EntryKey) -> None:
        """Without a record nothing is proved of a revoked key's use; of another nothing is said."""
        name = message_name(number)
        if listed.revoked_from is not UNSET:
            words = f"key {listed.kid} is revoked and no record proves an earlier use"
            self.notes.wrong("key-revoked", name, words)
            return
        words = f"message {number}: no log dates it, so whether its key counted is not judged"
        self.notes.say("open", words, name)

    def _attachments(
        self, number: int, message_id: str, message: AnyMessage, missing: Missing
    ) -> None:
        keys = getattr(message, "attachment_keys", UNSET) or {}
        for item in getattr(message, "attachments", ()):
            name = attachment_name(number, item.n)
            content = self.files.windows.get(name)
            if content is None:
                missing["attachment", message_id] += 1
                continue
            sums = self.files.sums[name]
            if (sums.size, b64url(sums.sha256)) != (item.cipher_size, item.cipher_digest):
                words = f"it is not file {item.n} that message {number} announces"
                self.notes.wrong("attachment-digest", name, words)
            elif str(item.n) in keys:
                self._open(name, number, item, content, keys[str(item.n)])
            else:
                words = f"file {item.n} of message {number} is the one announced, encrypted"
                self.notes.say("proved", f"{words}; its key was left out", name)

    def _open(
        self, name: str, number: int, item: Attachment, content: Window, key: AttachmentKey
    ) -> None:
        plain, size = sha256(), 0
        try:
            for part in decrypt_stream(content.pieces(), unb64url(key.key), unb64url(key.prefix)):
                plain.update(part)
                size += len(part)
        except PeerError as error:
            self.notes.wrong(error.code, name, error.message)
            return
        if (size, b64url(plain.digest())) != (item.size, item.digest):
            self.notes.wrong("attachment-digest", name, "what it opens to is not what is announced")
            return
        words = f"file {item.n} of message {number} ({item.media_type}) is the one announced"
        self.notes.say("proved", f"{words}, and its key opens it", name)

    def _say(self, told: Told) -> None:
        """What is proved of a message, by whom and since when."""
        name = message_name(told.number)
        words = f"message {told.number} ({type_of(told.message)}) was signed by {told.sender}"
        self.notes.say("proved", f"{words}, id {told.id}", name)
        confirmed = {one.authority: one for one in told.confirmed}
        if told.sent_at is not None:
            at = stamp(told.sent_at)
            words = f"it stood in the log of {told.sender} by {at}, as that log's clock says"
            self._logged_by(confirmed[told.sender], words, name)
        else:
            self.notes.say("open", f"nothing shows that {told.sender} logged it", name)
        if told.received_at is not None:
            at = stamp(told.received_at)
            words = f"{told.recipient} received it at {at}, by its own log and clock"
            self._logged_by(confirmed[told.recipient], words, name)
        else:
            words = f"no receipt: nothing shows that {told.recipient} received it"
            self.notes.say("open", words, name)
        if told.existed_by is not None:
            words = f"it existed before {stamp(told.existed_by)}, by a time stamp over a log"
            self.notes.say("proved", words, name)
        if told.withheld:
            words = f"{told.withheld} of its groups are not in this file; they were signed, too"
            self.notes.say("open", words, name)

    def _logged_by(self, one: Confirmed, words: str, name: str) -> None:
        """What a log says, and which witnesses stand behind that log."""
        if not one.by:
            self.notes.say("proved", words, name)
            if one.quorum:
                words = f"no witness has confirmed it in the log of {one.authority}"
                self.notes.say("open", words, name)
            return
        told = f"{words}; confirmed by {witnesses(len(one.by))}: {', '.join(one.by)}"
        if one.since is not None:
            told = f"{told} ({one.quorum} are enough there: reached {stamp(one.since)})"
        self.notes.say("proved", told, name)
        if one.since is None and one.quorum:
            words = f"{one.authority} holds {one.quorum} witnesses to be enough, and"
            self.notes.say("open", f"{words} {len(one.by)} confirmed it in its log", name)

    def _chain(self, told: tuple[Told, ...]) -> None:
        """Messages are there, each once, the opening one among them; what they follow is, too."""
        if self._count() == 0:
            self.notes.wrong("missing", MANIFEST, "there is no message: the file proves nothing")
        known: set[str] = set()
        for one in told:
            if one.id in known:
                self.notes.wrong("form", message_name(one.number), "it stands in the file twice")
            known.add(one.id)
        if told and self.manifest.thread not in known and len(told) == self._count():
            self.notes.wrong("left-out", MANIFEST, "the message that opens the thread is not there")
        for one in told:
            for parent in one.message.follows or ():
                if parent not in known:
                    words = f"message {one.number} follows {parent}, which is not among those that"
                    self.notes.say("open", f"{words} hold in this file", message_name(one.number))

    def _strays(self, told: tuple[Told, ...]) -> None:
        """Files of messages that are not there."""
        if len(told) != self._count():
            return
        expected = {proofs_name(one.number) for one in told}
        for one in told:
            items = getattr(one.message, "attachments", ())
            expected |= {attachment_name(one.number, item.n) for item in items}
        for name in self.files:
            if name.startswith(("proofs/", "attachments/")) and name not in expected:
                self.notes.wrong("form", name, "no message in the file has it")

    def _left_out(self, missing: Missing) -> None:
        """What is missing is what the exporter says is missing."""
        stated: Missing = Counter(
            (one.what, one.message)
            for one in self.manifest.left_out
            if one.what in {"group", "attachment", "receipt", "sent"}
        )
        for place in sorted((+missing).keys() | stated.keys()):
            if missing[place] != stated[place]:
                what, message_id = place
                words = f"{missing[place]} of kind {what} are missing of {message_id}, "
                self.notes.wrong(
                    "left-out", MANIFEST, f"{words}and the exporter says {stated[place]}"
                )


def _places(sent: _Logged | None, received: _Logged | None) -> list[tuple[str, int]]:
    """The heads under which a message stands."""
    return [(one.head.origin, one.head.size) for one in (sent, received) if one is not None]


def named_terms(told: tuple[Told, ...]) -> Iterator[tuple[int, str]]:
    """The digests of terms that messages name, each with the number of its message."""
    for one in told:
        digest = getattr(one.message, "terms", UNSET)
        if isinstance(digest, str):
            yield one.number, digest
