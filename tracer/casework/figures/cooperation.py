"""Cooperation with a peer, both ways: what became of our requests, what we did with theirs.

The figures are those of `model.cooperation`; the peer's node computes the same ones. They are shown
to the people of the two authorities concerned, without ranking: peers stand by name. What we tried
to send and could not is our own statement, known to us alone, and stands apart.

A month whose requests changed is added up anew before it is shown. The reading of figures is not on
record: they name no person and no case; the list behind a figure names cases by their reference.

What it does not do: prove anything (`proving`), compare one peer with another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from tracer.casework.roles import Act, acting
from tracer.clock import instant
from tracer.errors import InputError
from tracer.exchange.inforce import terms_of
from tracer.exchange.partner import unknown
from tracer.exchange.projection import events_of
from tracer.model.clocks import RUNNING, Standing, deadlines
from tracer.model.cooperation import NAMES, Facts, Figures, counted, figures
from tracer.model.cooperation.facts import GROUNDED
from tracer.store import Store, Tx
from tracer.store.rows import Opener, ThreadRow, UndeliveredRow

Side = Literal["ours", "theirs"]
"""Whose requests."""
OPENERS: dict[Side, Opener] = {"ours": "us", "theirs": "peer"}
SCANNED = 500
"""Requests looked at in one transaction for the list behind a figure."""
_COUNTRY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFigures:
    """What became of requests between us and a peer, at an instant."""

    authority: str
    at: str
    since: str
    """First month counted; empty: all."""
    ours: Figures
    """Our requests, and what they did with them."""
    theirs: Figures
    """Their requests, and what we did with them."""
    undelivered: UndeliveredRow
    """Our own statement, nothing they have signed: what we sent and has no receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLine:
    """One thing that is awaited in a request: what, of which authority, since when, until when."""

    what: str
    who: str
    since: str
    until: str
    standing: Standing
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """One request behind a figure. Empty instants: not yet."""

    thread: str
    reference: str
    received: str
    urgency: str
    acknowledged: str
    first_answer: str
    answered: str
    kind: str
    owed: tuple[OwedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Part of the requests behind a figure; `after` asks for the next part, None: there is none."""

    authority: str
    at: str
    requests: tuple[RequestLine, ...]
    after: tuple[str, str] | None


class Found(NamedTuple):
    """Facts of requests that count under a figure, and where to go on."""

    peer: str
    at: str
    facts: tuple[Facts, ...]
    after: tuple[str, str] | None


class Cooperation:
    """The verbs of looking at figures."""

    def __init__(self, *, store: Store, authority: str) -> None:
        self._store = store
        self._authority = authority

    async def list(self, actor: str) -> tuple[PeerFigures, ...]:
        """The figures of every peer there are requests with, by name."""

        def names(tx: Tx) -> tuple[str, ...]:
            acting(tx, actor, Act.COOPERATION_READ)
            return tuple(tx.cooperation.peers())

        return tuple([await self.show(actor, name) for name in await self._store.read(names)])

    async def show(self, actor: str, authority: str, *, since: str = "") -> PeerFigures:
        """The figures of a peer.

        Args:
            actor: Who asks.
            authority: The peer, or its country.
            since: First month of receipt, `2026-03`; empty: from the beginning.

        Raises:
            InputError: `peer-unknown`, `authority-ambiguous`, `month-form`, or about the person.
        """
        check_month(since)

        def body(tx: Tx) -> PeerFigures | str:
            acting(tx, actor, Act.COOPERATION_READ)
            peer = named(tx, authority)
            return peer if tx.cooperation.stale(peer=peer) else figures_of(tx, peer, since)

        found = await self._store.read(body)
        if isinstance(found, str):
            peer = found
            await self._store.write(
                lambda tx: tx.cooperation.renew(tx.cooperation.stale(peer=peer))
            )
            found = await self._store.read(lambda tx: figures_of(tx, peer, since))
        return found

    async def behind(
        self,
        actor: str,
        authority: str,
        figure: str,
        *,
        side: Side,
        since: str = "",
        at: str = "",
        after: tuple[str, str] = ("", ""),
        limit: int = 100,
    ) -> Behind:
        """Requests that a figure counts, in the order of their months.

        Args:
            actor: Who asks.
            authority: The peer, or its country.
            figure: The name of the figure.
            side: Whose requests.
            since: First month.
            at: The instant of the figure; now unless told.
            after: Where the part before ended.
            limit: Most requests.

        Raises:
            InputError: `figure-unknown`, `peer-unknown`, `authority-ambiguous`, `month-form`,
                `instant-form`, or about the person.
        """
        found = await requests(
            self._store,
            actor,
            authority,
            figure=figure,
            side=side,
            since=since,
            at=at,
            after=after,
            limit=limit,
        )

        def body(tx: Tx) -> tuple[RequestLine, ...]:
            rows = tx.threads.get_many([facts.thread for facts in found.facts])
            now = instant(found.at)
            return tuple(self._line(tx, rows[one.thread], one, now) for one in found.facts)

        return Behind(
            authority=found.peer,
            at=found.at,
            requests=await self._store.read(body),
            after=found.after,
        )

    def _line(self, tx: Tx, row: ThreadRow, facts: Facts, now: datetime) -> RequestLine:
        case = tx.cases.get(row.id)
        return RequestLine(
            thread=row.id,
            reference=case.reference if case else "",
            received=facts.received,
            urgency=facts.urgency,
            acknowledged=facts.at("acknowledge"),
            first_answer=facts.at("first-answer"),
            answered=max((a.at for a in facts.acts if a.role == "answer"), default="")
            if facts.kind
            else "",
            kind=facts.kind,
            owed=self._owed(tx, row, now),
        )

    def _owed(self, tx: Tx, row: ThreadRow, now: datetime) -> tuple[OwedLine, ...]:
        events = events_of(tx, row)
        terms = terms_of(tx, events) if events else None
        if terms is None:
            return ()
        ours = row.opener == "us"
        names = {"opener": self._authority if ours else row.peer}
        names["other"] = row.peer if ours else self._authority
        found = deadlines(events, terms, now)
        running = [one for one in found if one.standing in RUNNING]
        paused = [one for one in found if one.standing is Standing.PAUSED]
        return tuple(
            OwedLine(
                what=one.target.kind,
                who=names[one.target.who],
                since=one.target.since,
                until=one.target.due,
                standing=one.standing,
                lines=one.target.lines,
            )
            for one in (*running, *paused)
        )


async def requests(
    store: Store,
    actor: str,
    authority: str,
    *,
    figure: str = "received",
    side: Side,
    since: str = "",
    at: str = "",
    after: tuple[str, str] = ("", ""),
    limit: int = 100,
) -> Found:
    """The facts of requests that a figure counts; arguments and errors of `Cooperation.behind`."""
    check_month(since)
    check_figure(figure)
    check_instant(at)
    held: list[Facts] = []
    peer = ""

    def body(tx: Tx) -> tuple[str, str, Sequence[Facts]]:
        acting(tx, actor, Act.COOPERATION_READ)
        name = named(tx, authority)
        page = tx.cooperation.facts(name, OPENERS[side], since=since, after=after, limit=SCANNED)
        return name, at or tx.now, page

    while True:
        peer, at, page = await store.read(body)
        for facts in page:
            after = (facts.month, facts.thread)
            if figure in counted(facts, instant(at)):
                held.append(facts)
                if len(held) == limit:
                    return Found(peer, at, tuple(held), after)
        if len(page) < SCANNED:
            return Found(peer, at, tuple(held), None)


def named(tx: Tx, text: str) -> str:
    """A peer by its name, or by its country if that has one authority here.

    Raises:
        InputError: `peer-unknown`, `authority-ambiguous`.
    """
    text = text.strip().upper()
    known = [row.authority for row in tx.peers.all()]
    found = [name for name in known if name == text or (len(text) == _COUNTRY and name[:2] == text)]
    if len(found) > 1:
        raise InputError(
            "authority-ambiguous",
            f"{text} has {len(found)} authorities here: {', '.join(found)}",
            advice="Name one of them.",
            field="authority",
        )
    if not found:
        raise unknown(text, field="authority")
    return found[0]


def check_month(text: str, *, field: str = "since") -> None:
    """Accept `YYYY-MM` or nothing.

    Raises:
        InputError: `month-form`.
    """
    try:
        if text and len(text) == len("2026-03"):
            datetime.fromisoformat(f"{text}-01")
            return
    except ValueError:
        pass
    if text:
        raise InputError("month-form", f"{text} is no month such as 2026-03", field=field)


def check_instant(text: str) -> None:
    """Accept an instant of the wire form or nothing.

    Raises:
        InputError: `instant-form`.
    """
    try:
        if text:
            instant(text)
    except ValueError as error:
        raise InputError("instant-form", f"{text} is no instant", field="at") from error


def check_figure(name: str) -> None:
    """Accept the name of a figure.

    Raises:
        InputError: `figure-unknown`.
    """
    if name not in NAMES and name.partition(".")[0] not in GROUNDED:
        raise InputError(
            "figure-unknown",
            f"there is no figure {name}",
            advice=f"The figures are {', '.join(NAMES)}; and refused.GROUND and the like.",
            field="figure",
        )


def figures_of(tx: Tx, peer: str, since: str) -> PeerFigures:
    """The figures of a peer as they are added up; `tx.cooperation.stale` says what changed."""
    now = instant(tx.now)
    return PeerFigures(
        authority=peer,
        at=tx.now,
        since=since,
        ours=figures(tx.cooperation.tallies(peer, "us", since=since), now),
        theirs=figures(tx.cooperation.tallies(peer, "peer", since=since), now),
        undelivered=tx.outbox.undelivered(peer),
    )
