"""Other authorities as people look them up: who they are, how the line is, what they promise.

A line says whether we reach them and they reach us; one authority is shown with all that its entry
says (contact points, languages, keys, terms), what two authorities agreed on, what waits for it,
and, to those who may read figures, what became of the requests between us. Each is one transaction
and names no case.

What it does not do: change anything (`peers`), call anybody, or know the names of countries: who
searches by one gives the codes that it may stand for.

Example:
    >>> [line.authority for line in await authorities.list("ben", search="police")]
    ['XB-NPOC']
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from tracer.casework.figures.cooperation import PeerFigures, figures_of
from tracer.casework.peers import PeerView, view_of
from tracer.casework.reach import Way, inward, lineless, outward, stopped
from tracer.casework.roles import Act, acting, may
from tracer.clock import instant
from tracer.exchange.accuse import holding_up
from tracer.model.ids import state_of
from tracer.model.terms import Terms
from tracer.store import OutboxStats, PeerRow, PeerStateRow, Store, Tx
from tracer.store.restores import WAITS
from tracer.trust.directory import Directory
from tracer.trust.nouns import Entry

ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityLine:
    """An authority in a list. `out` is our way to them, `back` theirs to us."""

    authority: str
    state: str
    """Its country."""
    name: str
    standing: str
    mode: str
    out: Way
    back: Way
    waiting: int
    """Messages of ours that are on their way."""
    stuck: int
    """Messages of ours that a person must look at."""
    waiting_since: str
    faults: int
    """Contradictions that it has signed."""
    succession: bool
    """A second restore of its log waits for a person here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityView:
    """One authority. `figures` is None for those who may not read figures."""

    line: AuthorityLine
    peer: PeerView
    entry: Entry | None
    """Its present entry; None if none is believed."""
    agreed: tuple[Terms, ...]
    """Terms that the two authorities agreed on, either way."""
    figures: PeerFigures | None
    stale: bool
    """The figures are not added up yet; `Cooperation.show` does it."""


class Authorities:
    """The verbs.

    Args:
        store: The node's store.
        directory: Whom we believe.
        mode: How we ourselves are reached.
    """

    def __init__(
        self, *, store: Store, directory: Callable[[], Directory], mode: Callable[[], str]
    ) -> None:
        self._store = store
        self._directory = directory
        self._mode = mode

    async def list(
        self, actor: str, *, search: str = "", states: Collection[str] = ()
    ) -> tuple[AuthorityLine, ...]:
        """Authorities, by id; those whose id or name holds the text, or whose country is given.

        Raises:
            InputError: about the person.
        """

        def body(tx: Tx) -> tuple[AuthorityLine, ...]:
            acting(tx, actor, Act.PEER_LIST)
            rows = tx.peers.all()
            lines, waiting = tx.peers.states(), tx.outbox.stats()
            return tuple(
                self._line(tx, row, lines.get(row.authority), waiting.get(row.authority))
                for row in rows
                if self._fits(row, search.strip().casefold(), states)
            )

        return await self._store.read(body)

    async def show(self, actor: str, authority: str) -> AuthorityView:
        """One authority.

        Raises:
            InputError: `peer-unknown`, or about the person.
        """

        def body(tx: Tx) -> AuthorityView:
            person = acting(tx, actor, Act.PEER_LIST)
            directory = self._directory()
            view = view_of(tx, authority, directory)
            row, peer = tx.peers.get(authority), directory.find(authority)
            assert row is not None  # noqa: S101 - view_of has found it
            counts = may(person.roles, Act.COOPERATION_READ)
            return AuthorityView(
                line=self._line(tx, row, view.line, tx.outbox.stats().get(authority)),
                peer=view,
                entry=peer.verified.entry if peer else None,
                agreed=_agreed(tx, authority),
                figures=figures_of(tx, authority, "") if counts else None,
                stale=counts and bool(tx.cooperation.stale(peer=authority)),
            )

        return await self._store.read(body)

    def _fits(self, row: PeerRow, wanted: str, states: Collection[str]) -> bool:
        peer = self._directory().find(row.authority)
        name = peer.verified.entry.name if peer else ""
        return (
            not wanted
            or state_of(row.authority) in states
            or any(wanted in text.casefold() for text in (row.authority, name))
        )

    def _line(
        self, tx: Tx, row: PeerRow, state: PeerStateRow | None, stats: OutboxStats | None
    ) -> AuthorityLine:
        name, ours = row.authority, self._mode()
        peer = self._directory().find(name)
        mode = peer.mode if peer else "reached"
        line = state or PeerStateRow(name)
        waits = stats or OutboxStats(name, 0, 0, 0, "")
        out = outward(line, mode="courier" if lineless(mode, ours) else mode, waiting=waits.queued)
        back = inward(line, mode=mode, ours=ours, now=instant(tx.now))
        if row.status != ACTIVE:
            out = back = stopped(row.status)
        stuck = waits.held + waits.undeliverable
        return AuthorityLine(
            authority=name,
            state=state_of(name),
            name=peer.verified.entry.name if peer else "",
            standing=row.status,
            mode=mode,
            out=out,
            back=back,
            waiting=waits.queued,
            stuck=stuck,
            waiting_since=waits.oldest if waits.queued or stuck else "",
            faults=len(holding_up(tx, name)),
            succession=any(one.state == WAITS for one in tx.restores.of(name)),
        )


def _agreed(tx: Tx, authority: str) -> tuple[Terms, ...]:
    return tuple(one for one in tx.terms.agreed() if authority in (one.authority, one.counterpart))
