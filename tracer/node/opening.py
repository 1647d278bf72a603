"""Opening a node: keys and database of a folder, the line to peers, and the rooms over them.

`open_rooms` is used by the running node and by a command that works in process under the store's
lock; only the node starts workers.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from tracer.clock import Clock
from tracer.config import Config
from tracer.errors import OperatorError, PeerError
from tracer.exchange.inforce import TermsBook, in_force
from tracer.exchange.log.ledger import HighWater
from tracer.exchange.questions import Questions, VisitedLine
from tracer.exchange.uploads import Shelf, tidy
from tracer.model.terms import terms_digest
from tracer.node.building import Parts, build
from tracer.node.home import Home
from tracer.node.journal import open_journal, remembering
from tracer.node.own import keep_own_entry, own_entry
from tracer.node.rooms import Cell, Rooms
from tracer.node.setup import kek_uri
from tracer.node.warm import learn_forms
from tracer.store import FaultPoint, PeerRow, Store, Tx
from tracer.transport.client import HttpsLine, LineLimits
from tracer.transport.port import PeerLine
from tracer.trust.channel import client_context
from tracer.trust.directory import Directory, Listing, Peer, Standing
from tracer.trust.entry import VerifiedEntry, verify_entry
from tracer.trust.keyring import Keyring


@asynccontextmanager
async def open_rooms(
    home: Home,
    config: Config,
    clock: Clock,
    *,
    wake: Callable[[str], None] = lambda _: None,
    arrived: Callable[[Iterable[str]], None] = lambda _: None,
    marked: Callable[[], None] = lambda: None,
    faults: FaultPoint | None = None,
    through: Callable[[PeerLine], PeerLine] = lambda line: line,
) -> AsyncIterator[Rooms]:
    """Open keys and store, build the verbs, close everything at the end.

    `marked` is called, in the thread of the write lane, when clocks of threads are to be looked at.
    `faults` is called with the name of each persistent step; what it raises happens there (tests).
    `through` is given the line and returns the one the verbs use (tests of lines that err).
    """
    home.require()
    learn_forms()
    ring = Keyring.open(config.data_dir / config.keyring.file, kek_uri(config))
    entry = own_entry(home)
    store = await Store.open(
        home.database,
        rest_key=ring.rest_key,
        clock=clock,
        max_group=config.limits.group_writes,
        faults=faults,
        journalled=remembering(HighWater(home.journal_mark)),
    )
    try:
        await open_journal(store, HighWater(home.journal_mark))
        await tidy(store, Shelf(home.attachments))
        cell = Cell(await store.read(load_directory))
        await _keep_terms(store, [entry, *(peer.verified for peer in cell.get())])
        await keep_own_entry(store, entry)
        terms = TermsBook(await store.read(lambda tx: in_force(tx, entry.entry.terms)))
        async with HttpsLine(_contexts(ring), _line_limits(config)) as line:
            parts, questions = (home, config, clock, ring, entry, store, cell, terms), Questions()
            visited = VisitedLine(through(line), questions, comes=entry.entry.mode == "reached")
            rooms = build(Parts(*parts, visited, questions, wake, arrived, marked, faults))
            rooms.gate.expect(await store.read(lambda tx: tx.restores.pending()))
            yield rooms
    finally:
        await store.close()


async def _keep_terms(store: Store, entries: Iterable[VerifiedEntry]) -> None:
    """Our own terms and those of all we know are in the store before anybody writes under them."""
    stated = {terms_digest(one.entry.terms): one.entry.terms for one in entries}
    for digest, terms in stated.items():
        if await store.read(lambda tx, name=digest: tx.terms.get(name)) is None:  # type: ignore[misc]
            await store.write(lambda tx, new=terms: tx.terms.put_entry(new))  # type: ignore[misc]


def load_directory(tx: Tx) -> Directory:
    """The directory from the peers' verified entries in the store."""
    return Directory.of(_listing(row) for row in tx.peers.all())


def _listing(row: PeerRow) -> Listing:
    try:
        return Listing(verify_entry(row.entry_file), Standing(row.status))
    except (PeerError, ValueError) as error:
        raise OperatorError(
            "store-failed",
            f"what is kept of {row.authority} is damaged: {error}",
            advice="Put back the newest backup: tracer backup restore.",
        ) from error


def _contexts(ring: Keyring) -> Callable[[Peer], ssl.SSLContext]:
    return lambda peer: client_context(ring.channel(), anchors=peer.certificates)


def _line_limits(config: Config) -> LineLimits:
    limits = config.limits
    return LineLimits(
        body=limits.batch_bytes, connect=limits.connect_seconds, total=limits.answer_seconds
    )
