"""What is said of the logs from outside: lines of witnesses, and time stamps.

Both are statements about a head, and so about all that the head provably holds. A witness says: of
this log I know one history, and at this time it had this head. A time-stamp authority says: these
bytes existed at this time. Neither has seen a message.

What counts: a line of a witness that an entry of the log's authority names. A time stamp under a
root that the reader gave; without one it is bound to the head and says a time, in the name of
somebody, and that is all that can be said.

As proof that a message existed before its key was revoked (chapter 9) counts: a time stamp that
counts; and the time by which as many witnesses as the log's authority holds to be enough had
signed, none of them the sender's. If the log is the sender's own, they must be shown to be others'
by an entry of theirs: whoever has the sender's keys could name a witness of his own.

What it does not do: judge messages (`thread`), or whether two heads are of one history (`logs`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from tracer.bundle.contents import Contents
from tracer.bundle.entries import Book, Chosen
from tracer.bundle.findings import Confirmed, Notes, Vouched
from tracer.bundle.forms import stamped_name, token_name
from tracer.bundle.logs import Heads, Histories, Place, Said
from tracer.clock import stamp
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.cosignature import (
    Witnessed,
    WitnessPublic,
    cosignatures_of,
    count,
    parse_witness_name,
)
from tracer.evidence.note import read_note
from tracer.evidence.timestamp import Roots, Token, TokenError, leading, read_token
from tracer.model.ids import parse_log_origin

LOG_LINES = 2
"""Signature lines of a checkpoint by its own log."""
_NONE = Chosen(frozenset(), (), 0)
By = dict[Place, dict[str, Said]]


@dataclass(frozen=True, slots=True)
class Outside:
    """What is said of each head, or of one that continues it."""

    book: Book
    witnessed: Mapping[Place, Mapping[str, Said]]
    stamped: Mapping[Place, Mapping[str, Said]]
    vouched: tuple[Vouched, ...] = ()
    """The witnesses that have signed."""

    def confirmed(self, place: Place) -> Confirmed:
        """Which witnesses have signed a head that holds what this one holds."""
        authority = _owner(place[0])
        found = self._count(authority, self.witnessed.get(place, {}).values())
        return Confirmed(
            authority=authority,
            by=found.names,
            of=found.of,
            quorum=found.quorum,
            since=found.since,
        )

    def stamp(self, place: Place) -> Said | None:
        """The earliest time stamp that counts over a head that holds what this one holds."""
        return min(self.stamped.get(place, {}).values(), default=None)

    def proven(self, places: Iterable[Place], sender: str) -> Iterable[datetime]:
        """Times by which others than the sender show that what these heads hold existed."""
        for place in places:
            if (one := self.stamp(place)) is not None:
                yield one.at
            owner = _owner(place[0])
            said = [
                one
                for one in self.witnessed.get(place, {}).values()
                if self._independent(one.by, owner, sender)
            ]
            since = self._count(owner, said).since
            if since is not None:
                yield since

    def _count(self, authority: str, said: Iterable[Said]) -> Witnessed:
        chosen = self.book.chosen.get(authority, _NONE)
        return count(((one.by, one.at) for one in said), chosen.names, chosen.quorum)

    def _independent(self, name: str, owner: str, sender: str) -> bool:
        if _authority(name) == sender:
            return False
        publics = self.book.chosen.get(owner, _NONE).publics
        named = [one for one in publics if one.name == name]
        return owner != sender or all(one in self.book.vouched for one in named)


def read_outside(
    files: Contents, book: Book, histories: Histories, roots: Roots, notes: Notes
) -> Outside:
    """Judge the folders `cosigned` and `tokens`, and say what is relied on.

    Args:
        files: Of the bundle.
        book: Whose keys count.
        histories: The verified heads.
        roots: What time stamps must lead to; none: they are read and prove nothing.
        notes: Takes the findings.
    """
    reader = _Reader(files, book, histories.heads, roots, notes)
    for name, data in files.folder("cosigned").items():
        reader.cosigned(name, data)
    for name, data in files.folder("tokens").items():
        if name.endswith(".tsr"):
            reader.token(name, data)
    reader.silent()
    return Outside(
        book=book,
        witnessed=histories.carried(reader.lines),
        stamped=histories.carried(reader.tokens),
        vouched=reader.trusted(),
    )


@dataclass(slots=True)
class _Reader:
    """Reads both folders."""

    files: Contents
    book: Book
    heads: Heads
    roots: Roots
    notes: Notes
    lines: By = field(default_factory=dict)
    tokens: By = field(default_factory=dict)
    signers: dict[WitnessPublic, set[str]] = field(default_factory=dict)
    """Witnesses that have signed, and whose logs."""
    led: dict[str, str] = field(default_factory=dict)
    """Time-stamp authorities by name, and the root each leads to."""

    def cosigned(self, name: str, data: bytes) -> None:
        """The lines under a head; each that stands there must be of a witness that is named."""
        head = _as_named(name, data, self.heads)
        if head is None:
            return
        owner = _owner(head.origin)
        publics = self.book.chosen.get(owner, _NONE).publics
        try:
            found = {public: cosignatures_of(head, (public,)) for public in publics}
        except PeerError as error:
            self.notes.wrong(error.code, name, error.message)
            return
        lines = sorted((one.at, one.witness) for each in found.values() for one in each)
        if not lines or len(read_note(head.note).lines) != LOG_LINES + len(lines):
            words = f"a line in it is of no witness that an entry of {owner} in this file names"
            self.notes.wrong("checkpoint-signature", name, words)
            return
        place = (head.origin, head.size)
        self.lines[place] = {by: Said(at, by, place) for at, by in lines}
        for public, signed in found.items():
            if signed:
                self.signers.setdefault(public, set()).add(owner)
        told = ", ".join(f"{by} at {stamp(at)}" for at, by in lines)
        words = f"the head of {records(head.size)} of {head.origin} is confirmed by"
        self.notes.say("proved", f"{words} {witnesses(len(lines))}: {told}", name)

    def token(self, name: str, data: bytes) -> None:
        """One time stamp: over the note beside it, under a root that the reader gave, or said."""
        place = _place(name, ".tsr")
        note = self.files.get(stamped_name(*place))
        if name != token_name(*place) or note is None or place not in self.heads:
            words = "the head that it is over is not in the file, or not sound"
            self.notes.wrong("missing", name, words)
            return
        about = f"the head of {records(place[1])} of {place[0]}"
        try:
            said = read_token(data, note)
            token = leading(data, note, roots=self.roots)
        except TokenError as error:
            self.notes.wrong("time-token", name, f"it does not stamp {about}: {error}")
            return
        if token is None:
            words = f"{about} is stamped {stamp(said.at)} in the name of {said.authority}"
            self.notes.say("open", f"{words}; {why(self.roots)}", name)
            return
        self.tokens.setdefault(place, {})[name] = Said(token.at, token.authority, place)
        words = f"{about} existed before {stamp(token.at)}, according to {token.authority}"
        self.notes.say("proved", words, name)
        if token.authority not in self.led:
            self.led[token.authority] = token.roots[0]
            self.notes.say("trust", led(token))

    def silent(self) -> None:
        """Say of which log nobody has confirmed anything."""
        confirmed = {_owner(origin) for origin, _ in self.lines}
        for owner in sorted({_owner(origin) for origin, _ in self.heads} - confirmed):
            chosen = self.book.chosen.get(owner, _NONE)
            if chosen.quorum:
                words = f"{owner} names {witnesses(len(chosen.names))}, of whom {chosen.quorum} are"
                words = f"{words} enough; no confirmation of its log is in this file"
            else:
                words = f"{owner} names no witnesses: that its log has one history, it says alone"
            self.notes.say("open", words)

    def trusted(self) -> tuple[Vouched, ...]:
        """Whose word each witness is, as far as this file and the reader's entries tell."""
        found = []
        for public in sorted(self.signers, key=lambda one: (one.name, one.mldsa44)):
            key = sha256(public.mldsa44).hexdigest()
            how, authority = self.book.vouched.get(public, ""), _authority(public.name)
            words = f"{public.name} is the witness whose key has the SHA-256 {key}, named by"
            words = f"{words} {' and '.join(sorted(self.signers[public]))}"
            if how:
                words = f"{words} and listed by {authority} {how}"
            else:
                words = f"{words}; {authority or 'it'} may be asked for its entry (--entry)"
            self.notes.say("trust", words)
            found.append(
                Vouched(name=public.name, authority=authority, key=key, own_entry=bool(how))
            )
        return tuple(found)


def _owner(origin: str) -> str:
    return parse_log_origin(origin)[0]


def _place(name: str, ending: str) -> Place:
    """Origin and size of a head by the name of a file in a folder of heads."""
    origin, _, size = name.partition("/")[2].removesuffix(ending).rpartition("/")
    return origin, int(size) if re.fullmatch("[0-9]{1,16}", size) else -1


def _as_named(name: str, data: bytes, heads: Heads) -> Checkpoint | None:
    """The head in a file with the lines that stand there; None if it was not sound."""
    head = heads.get(_place(name, ".txt"))
    if head is None:
        return None
    note = data.decode("utf-8", "replace")
    try:
        parsed = read_note(note)
    except ValueError:
        return None
    return replace(head, note=note) if parsed.root == head.root else None


def witnesses(number: int) -> str:
    """So many witnesses, in words."""
    return "one witness" if number == 1 else f"{number} witnesses"


def records(number: int) -> str:
    """So many records, in words."""
    return "one record" if number == 1 else f"{number} records"


def _authority(name: str) -> str:
    """Whose node a witness is; empty if it is none of this protocol's."""
    try:
        return parse_witness_name(name)[0]
    except ValueError:
        return ""


def led(token: Token) -> str:
    """What a reader relies on who believes a time stamp."""
    words = f"{token.authority} is the time-stamp authority that leads to the root certificate with"
    return f"{words} the SHA-256 {token.roots[0]}, which you gave"


def why(roots: Roots) -> str:
    """Why a time stamp proves nothing to this reader."""
    if roots:
        return "it leads to none of the root certificates that you gave: it counts for nothing"
    return "no root certificate of it was given (--tsa-root), so it is only said, not proved"
