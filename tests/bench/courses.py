"""What becomes of requests: a few hundred written out in full, from which many thousands are made.

A `Pattern` is one request with all that a node keeps of it: signed messages, and what the node's
own functions make of them now (case row, clocks, facts, words). A `Copy` is the same under ids, a
number, a serial and a peer of its own. Signatures and instants of messages are those of the
pattern, but for the milliseconds.
"""

from __future__ import annotations

import random
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec

from tests.bench.material import small_request
from tests.examples import EXAMPLES
from tracer.canonical import b64url, canonical_json
from tracer.clock import stamp
from tracer.envelope.jwk import SigningKey
from tracer.envelope.sdjwt import issue
from tracer.exchange.clocks.agenda import Words, words_of
from tracer.exchange.reading import case_at
from tracer.model import serials
from tracer.model.clocks import Standing, Target, judge, targets_in
from tracer.model.clocks.schedule import Asked, Policy, acts_due
from tracer.model.codes import UrgencyLevel, code
from tracer.model.cooperation import Facts, facts_in
from tracer.model.fingerprint import Fingerprint, fingerprints
from tracer.model.firearm import Named
from tracer.model.messages import AnyMessage, type_of
from tracer.model.terms import Terms, terms_digest
from tracer.model.thread import Author, Event, Timers
from tracer.model.thread.course import judged
from tracer.model.thread.fold import state_in
from tracer.model.values import Urgency
from tracer.model.wire import to_wire
from tracer.node.rooms import Rooms
from tracer.store.rows import CaseRow, Opener, ThreadRow

REFERENCE, SERIAL = "XZ-2026-000000", "QJ0000000"
"""What stands in a pattern for a copy's own."""
MAKES: Final = (
    ("GLOCK", "17", "9x19"),
    ("BERETTA", "92FS", "9x19"),
    ("VOSTOK ARMS", "VP-9", "9x18"),
    ("ZASTAVA", "M70", "7.62x39"),
    ("CESKA ZBROJOVKA", "CZ 75", "9x19"),
    ("SMITH & WESSON", "686", ".357"),
)
SPELLED_ANEW: Final = 20
"""One firearm in so many is described with a word that no other has."""
PLANTED_OF: Final = 12
"""At most one case in so many is planted."""
_URGENCIES: Final = ("ROUTINE",) * 12 + ("PRIORITY",) * 5 + ("URGENT",) * 2 + ("FLASH",)
_DECODER: Final = msgspec.json.Decoder(Facts)
_TARGETS: Final = msgspec.json.Decoder(tuple[Target, ...])


class Course(NamedTuple):
    """What happens after a request, and how long ago it may have begun, in days."""

    share: int
    """Of ten thousand cases."""
    begun: tuple[float, float]
    steps: tuple[tuple[Author, float, str], ...]
    """Who says what, and how many days after the request."""


class Planted(NamedTuple):
    """Cases that are as many among few as among many, so that a page shows the same of both."""

    number: int
    course: str
    peer: str
    urgency: str
    begun: tuple[float, float]
    alone: bool
    """No other case of ours has their course, urgency and peer."""

    def fits(self, pattern: Pattern) -> bool:
        """Whether a copy of a pattern, with the same peer, would be one more of them."""
        case = pattern.case
        here = (pattern.opener, pattern.course, case.urgency)
        return self.alone and here == ("us", self.course, self.urgency)


_TAKEN: Final = ("other", 1.0, "acknowledgement")
_TALK: Final[tuple[tuple[Author, float, str], ...]] = tuple(
    ("opener", 2.0 + turn, "progress-enquiry") if turn % 2 else ("other", 2.0 + turn, "interim")
    for turn in range(36)
)
COURSES: Final[Mapping[str, Course]] = {
    "long": Course(10, (150, 900), (_TAKEN, *_TALK, ("other", 60.0, "result"))),
    "fresh": Course(40, (0.1, 2.5), ()),
    "taken": Course(260, (3, 60), (_TAKEN,)),
    "question": Course(100, (8, 25), (_TAKEN, ("other", 4.0, "more-info"))),
    "silent": Course(300, (100, 400), ()),
    "late": Course(100, (100, 300), (_TAKEN,)),
    "answered": Course(2600, (50, 2500), (_TAKEN, ("other", 30.0, "result"))),
    "closed": Course(
        5000,
        (90, 2500),
        (_TAKEN, ("other", 25.0, "result"), ("opener", 45.0, "feedback")),
    ),
    "no-record": Course(1000, (30, 2500), (_TAKEN, ("other", 20.0, "no-record"))),
    "refused": Course(400, (30, 2500), (_TAKEN, ("other", 15.0, "refused"))),
    "withdrawn": Course(190, (30, 2500), (_TAKEN, ("opener", 12.0, "withdraw"))),
}  # fmt: skip


class Written(NamedTuple):
    """One message of a pattern, taken apart."""

    id: str
    author: Author
    type: str
    at: str
    follows: tuple[str, ...]
    head: str
    payload: str
    signature: str
    disclosures: tuple[str, ...]


class Pattern(NamedTuple):
    """One request and what a node makes of it."""

    course: str
    opener: Opener
    peer: str
    terms: str
    messages: tuple[Written, ...]
    case: CaseRow
    next: str | None
    targets: str
    ends: tuple[str | None, str | None]
    """First end of what we owe, and of what they owe."""
    words: Words
    facts: str
    prints: tuple[Fingerprint, ...]


class Said(NamedTuple):
    """A message of a copy, as it is stored."""

    id: str
    mine: bool
    type: str
    at: str
    follows: tuple[str, ...]
    jws: str
    disclosures: tuple[str, ...]


class Copy(NamedTuple):
    """A request of its own."""

    number: int
    course: str
    thread: ThreadRow
    said: tuple[Said, ...]
    case: CaseRow
    next: str | None
    targets: tuple[Target, ...]
    ends: tuple[str | None, str | None]
    words: Words
    facts: Facts | None
    prints: tuple[Fingerprint, ...]


def patterns(rooms: Rooms, peer: str, count: int) -> list[Pattern]:
    """So many at least, each course in its share, the rare ones once; the same in every run."""
    chance = random.Random(11)  # noqa: S311 - figures, no secrets
    names = [
        name for name, one in COURSES.items() for _ in range(max(1, one.share * count // 10_000))
    ]
    return [_Writer(rooms, peer, name, place, chance).pattern() for place, name in enumerate(names)]


def planted(rooms: Rooms, peer: str, groups: Sequence[Planted]) -> list[Pattern]:
    """A pattern for each group: a request of ours about the first of `MAKES`."""
    chance = random.Random(17)  # noqa: S311 - figures, no secrets
    return [_Writer(rooms, peer, one.course, 1, chance, planted=one).pattern() for one in groups]


class _Writer:
    """Writes one pattern."""

    def __init__(
        self,
        rooms: Rooms,
        peer: str,
        course: str,
        place: int,
        chance: random.Random,
        *,
        planted: Planted | None = None,
    ) -> None:
        self._rooms = rooms
        self._key: SigningKey = rooms.keyring.signing_key()
        self._peer = peer
        self._course = course
        self._opener: Opener = "us" if place % 2 else "peer"
        self._chance = chance
        self._now = rooms.clock.now()
        self._planted = planted
        first, last = planted.begun if planted else COURSES[course].begun
        self._start = self._now - timedelta(days=first + chance.random() * (last - first))
        self._events: list[Event] = []
        self._written: list[Written] = []

    def pattern(self) -> Pattern:
        """The request, its replies, and what follows from them."""
        self._write("opener", timedelta(), self._request())
        for author, days, kind in COURSES[self._course].steps:
            self._write(
                author, timedelta(days=days * (0.8 + 0.4 * self._chance.random())), EXAMPLES[kind]
            )
        terms = self._terms()
        read = judged(self._events)
        timers = Timers(terms=terms)
        state = state_in(read.view, read.objections, now=self._now, timers=timers)
        targets = targets_in(read, terms, self._now)
        us: Author = "opener" if self._opener == "us" else "other"
        thread = ThreadRow(
            self._written[0].id, self._peer, self._opener, stamp(self._start), test=False
        )
        facts = facts_in(read, terms)
        coming = acts_due(targets, (), Policy(), self._now, us=us, asked=Asked()).next
        return Pattern(
            course=self._course,
            opener=self._opener,
            peer=self._peer,
            terms=self._digest(),
            messages=tuple(self._written),
            case=case_at(thread, self._events, state_in(read.view, read.objections)),
            next=stamp(coming) if coming else None,
            targets=msgspec.json.encode(targets).decode(),
            ends=(self._end(targets, us, mine=True), self._end(targets, us, mine=False)),
            words=words_of(REFERENCE, state),
            facts=canonical_json(facts).decode() if facts else "",
            prints=tuple(one for line in state.firearms for one in fingerprints(line)),
        )

    def _end(self, targets: Sequence[Target], us: Author, *, mine: bool) -> str | None:
        running = (Standing.PENDING, Standing.DUE_SOON, Standing.PASSED)
        ends = [
            one.due
            for one in targets
            if (one.who == us) == mine and judge(one, self._now).standing in running
        ]
        return min(ends, default=None)

    def _digest(self) -> str:
        """Whose terms the request is under: of who is asked."""
        if self._opener == "us":
            return self._rooms.cell.get().peer(self._peer).terms_digest
        return terms_digest(self._rooms.entry.entry.terms)

    def _terms(self) -> Terms:
        found = self._rooms.store.glance(lambda tx: tx.terms.get(self._digest()))
        assert found is not None
        return found

    def _request(self) -> AnyMessage:
        make, model, calibre = MAKES[0] if self._planted else self._chance.choice(MAKES)
        base = small_request(self._rooms, self._peer)
        (firearm,) = base.firearms
        mark = msgspec.structs.replace(
            firearm.marks[0], text=SERIAL, normalised=SERIAL, script="Latn", unreadable=()
        )
        firearm = msgspec.structs.replace(
            firearm,
            make=Named(as_marked=make, normalised=make),
            model=Named(as_marked=model, normalised=model),
            calibre=Named(as_marked=calibre, normalised=calibre.upper()),
            marks=(mark,),
        )
        urgency = self._planted.urgency if self._planted else self._chance.choice(_URGENCIES)
        level = code(UrgencyLevel(urgency))
        return msgspec.structs.replace(
            base,
            reference=REFERENCE,
            terms=self._digest(),
            firearms=(firearm,),
            urgency=Urgency(level=level),
        )

    def _write(self, author: Author, after: timedelta, message: AnyMessage) -> None:
        at = _whole(min(self._start + after, self._now))
        ours = (author == "opener") == (self._opener == "us")
        parties = (self._rooms.authority, self._peer)
        sender, recipient = parties if ours else parties[::-1]
        changes: dict[str, Any] = {
            "sender": sender,
            "recipient": recipient,
            "issued": at,
            "test": False,
        }
        changes["nonce"] = b64url(self._chance.randbytes(16))
        if self._written:
            tips = {one.author: one.id for one in self._written}
            changes |= {"thread": self._written[0].id, "follows": tuple(sorted(tips.values()))}
        if isinstance(getattr(message, "lapses", None), str):
            changes["lapses"] = (self._now + timedelta(days=20)).date().isoformat()
        if all(isinstance(one, int) for one in getattr(message, "lines", (None,))):
            changes["lines"] = (1,)
        if type_of(message) == "acknowledgement":
            changes["terms"] = self._digest()
        placed = msgspec.structs.replace(message, **changes)
        clear, groups = to_wire(placed)
        signed = issue(clear, groups, key=self._key)
        head, payload, signature = signed.jws.split(".")
        text = urlsafe_b64decode(payload + "==").decode()
        self._events.append(Event(signed.id, author, placed, at))
        self._written.append(
            Written(
                signed.id,
                author,
                type_of(placed),
                at,
                placed.follows,
                head,
                text,
                signature,
                signed.disclosures,
            )
        )


def _whole(moment: datetime) -> str:
    """An instant without milliseconds: a copy puts its own there."""
    return stamp(moment.replace(microsecond=0))


def copies(
    every: Sequence[Pattern],
    groups: Sequence[tuple[Planted, Pattern]],
    peers: Mapping[str, str],
    ours: str,
    *,
    count: int,
) -> Iterator[Copy]:
    """So many requests, taking the patterns in turn, the peers (with their terms) at random.

    The last ones are those that are planted.
    """
    chance = random.Random(13)  # noqa: S311 - figures, no secrets
    names = sorted(peers)
    last = [one for one in groups for _ in range(one[0].number)][: count // PLANTED_OF]
    for number in range(count - len(last)):
        pattern = every[number % len(every)]
        taken = {one.peer for one, _ in groups if one.fits(pattern)}
        peer = chance.choice([name for name in names if name not in taken])
        yield _copied(pattern, number, peer, peers[peer] if pattern.opener == "us" else ours)
    for number, (one, pattern) in enumerate(last, count - len(last)):
        yield _copied(pattern, number, one.peer, peers[one.peer])


def _copied(pattern: Pattern, number: int, peer: str, terms: str) -> Copy:
    ids = {
        one.id: b64url(sha256(f"{number} {place}".encode()).digest())
        for place, one in enumerate(pattern.messages)
    }
    serial, milliseconds = f"QJ{number:07}", f".{number % 1000:03}Z"
    changed = {
        pattern.peer: peer, pattern.terms: terms, REFERENCE: f"XZ-2026-{number:06}",
        SERIAL: serial, ".000Z": milliseconds, **ids,
    }  # fmt: skip

    def anew(text: str) -> str:
        for old, new in changed.items():
            text = text.replace(old, new)
        return text

    thread = ids[pattern.messages[0].id]
    said = tuple(_said(one, pattern, anew, ids) for one in pattern.messages)
    row = pattern.case
    lower = {REFERENCE.casefold(): f"xz-2026-{number:06}", SERIAL.casefold(): serial.casefold()}
    plain = {REFERENCE.replace("-", "").casefold(): f"xz2026{number:06}", "000000": f"{number:06}"}
    return Copy(
        number=number,
        course=pattern.course,
        thread=_thread(pattern, thread, peer, said),
        said=said,
        case=msgspec.structs.replace(
            row,
            thread=thread,
            peer=peer,
            reference=f"XZ-2026-{number:06}",
            summary_json=anew(row.summary_json.decode()).encode(),
            updated=anew(row.updated),
        ),
        next=anew(pattern.next) if pattern.next else None,
        targets=_TARGETS.decode(anew(pattern.targets)),
        ends=tuple(anew(end) if end else None for end in pattern.ends),  # type: ignore[arg-type]
        words=_words(pattern.words, number, lower | plain),
        facts=_DECODER.decode(anew(pattern.facts)) if pattern.facts else None,
        prints=tuple(_print(one, serial) for one in pattern.prints),
    )


def _words(words: Words, number: int, anew: Mapping[str, str]) -> Words:
    """Its own words, and every so often a firearm that is written as nobody wrote it before."""
    return Words(
        own=frozenset(anew.get(word, word) for word in words.own),
        described=words.described | ({f"mk{number}"} if number % SPELLED_ANEW == 0 else set()),
    )


def _thread(pattern: Pattern, thread: str, peer: str, said: Sequence[Said]) -> ThreadRow:
    mine = [one.id for one in said if one.mine]
    theirs = [one.id for one in said if not one.mine]
    return ThreadRow(
        thread, peer, pattern.opener, said[0].at, test=False,
        own_tip=mine[-1] if mine else None, peer_tip=theirs[-1] if theirs else None,
        own_count=len(mine), peer_count=len(theirs),
    )  # fmt: skip


def _said(
    one: Written, pattern: Pattern, anew: Callable[[str], str], ids: Mapping[str, str]
) -> Said:
    before = ",".join(f'"{ids[name]}"' for name in one.follows)
    follows = tuple(sorted(ids[name] for name in one.follows))
    sorted_ = ",".join(f'"{name}"' for name in follows)
    payload = (
        anew(one.payload).replace(f"[{before}]", f"[{sorted_}]") if follows else anew(one.payload)
    )
    return Said(
        id=ids[one.id],
        mine=(one.author == "opener") == (pattern.opener == "us"),
        type=one.type,
        at=anew(one.at),
        follows=follows,
        jws=f"{one.head}.{b64url(payload.encode())}.{one.signature}",
        disclosures=one.disclosures,
    )


def _print(one: Fingerprint, serial: str) -> Fingerprint:
    return one._replace(serial=serial, skeleton=serials.skeleton(serial))
