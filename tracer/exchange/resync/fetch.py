"""Resync: compare with a peer what both sides hold, and fetch back what is lost here.

For one peer, page by page, so that nothing grows with the number of threads:

1. its threads with us, each with a digest over ids and states; ours of the same are computed;
2. of those that differ, the ids; what we have no row of and the peer has not purged is missing;
3. the missing messages, sealed anew, each with the evidence of both sides;
4. each is judged, then put back in one transaction (`resync.returned`): at its old time, under the
   record that our log holds; nothing is appended, so this also works in restore mode.

What our log does not hold although we signed for it shows that commits are lost: the node enters
restore mode and the verb says so, after all else has been put back. Once the lost log is closed and
the way back with this peer is open (`reenter`), that is what is fetched: it is appended anew under
its old time, and messages of ours that are here without a receipt count as missing, too. What is
wrong in another way is kept in quarantine. What we hold and the peer does not is the peer's to ask
for.

What it does not do: deliver anything, change what is held here (a message erased or purged here
stays so), or fetch the bytes of attachments.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import msgspec

from tracer.canonical import strict_json
from tracer.clock import Clock
from tracer.envelope.jwe import SealedHeader
from tracer.envelope.jwk import SigningKey, VerifyKey
from tracer.errors import InputError, OperatorError, PeerError
from tracer.evidence.checkpoint import LogPublic
from tracer.exchange import batch as wire
from tracer.exchange.checks import Desk, address
from tracer.exchange.log.ledger import Ledger
from tracer.exchange.log.peerlog import LogView, keep_fault, look
from tracer.exchange.projection import Projection
from tracer.exchange.resync.form import (
    ASK_MAX,
    AskIds,
    AskMessages,
    AskThreads,
    IdPage,
    Page,
    ReturnedLine,
    ThreadPage,
    digest_of,
    read_messages,
    sign_request,
)
from tracer.exchange.resync.returned import (
    QUARANTINE,
    Aside,
    PutBack,
    Returned,
    Sides,
    examine,
    keep_aside,
    put_back,
)
from tracer.store import RememberedRow, Store, Tx
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer
from tracer.trust.entry import verify_entry
from tracer.trust.nouns import load_verify_key
from tracer.wording import counted

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Resynced:
    """What a resync compared and what came of it; messages but for the first."""

    threads_compared: int = 0
    fetched: int = 0
    """Messages of the peer that are here again."""
    ours_restored: int = 0
    """Messages of ours that are here again."""
    quarantined: int = 0
    """Returned, and not put back: a person looks at the evidence."""
    gone: int = 0
    """Missing here, and purged by the peer."""
    orphaned: int = 0
    """Returned, and not put back: a message that they follow is not here."""
    beyond: int = 0
    """Signed for by us, and not in our log."""
    reentered: int = 0
    """Of all these, what a closed log of ours had lost; with receipts that we had lost."""

    def add(self, done: PutBack) -> None:
        """Count one page."""
        self.fetched += len(done.fetched)
        self.ours_restored += len(done.ours)
        self.quarantined += len(done.aside)
        self.orphaned += len(done.orphans)
        self.beyond += len(done.beyond)
        self.reentered += len(done.reentered)


class _Known(NamedTuple):
    """What the store knows before a page of messages is read."""

    remembered: RememberedRow | None
    peer_keys: Mapping[str, VerifyKey]
    aside: set[str]


class Resync:
    """The verb of the side that asks.

    `arrived` is told which threads changed; `restore` is told why this node must be restored;
    `reenter` tells of a peer whether the way back with it is open.
    """

    def __init__(
        self,
        *,
        authority: str,
        store: Store,
        ledger: Ledger,
        line: PeerLine,
        clock: Clock,
        desk: Callable[[], Desk],
        key: Callable[[], SigningKey],
        our_keys: Callable[[], Mapping[str, VerifyKey]],
        our_logs: Callable[[], Mapping[str, LogPublic]],
        projection: Projection,
        batch_limit: int,
        arrived: Callable[[Iterable[str]], None],
        restore: Callable[[str], None],
        reenter: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._authority = authority
        self._store = store
        self._ledger = ledger
        self._line = line
        self._clock = clock
        self._desk = desk
        self._key = key
        self._our_keys = our_keys
        self._our_logs = our_logs
        self._projection = projection
        self._batch_limit = batch_limit
        self._arrived = arrived
        self._restore = restore
        self._reenter = reenter

    async def __call__(self, peer: Peer) -> Resynced:
        """Compare all threads with `peer` and put back what is missing here.

        Raises:
            InputError: `peer-collects`: it opens no port, and comes by only while we restore.
            LineError: the line broke; what was put back stays.
            PeerError: an answer is not what the protocol describes, or the peer's log forked.
            OperatorError: `restore-mode`: our log lacks what we signed for.
        """
        comes = peer.mode == "collects" and self._reenter(peer.authority)
        if peer.mode != "reached" and not comes:
            raise InputError(
                "peer-collects",
                f"{peer.authority} opens no port and cannot be asked",
                advice="Ask its operator to run a resync with this node.",
            )
        tally, after = Resynced(), ""
        while True:
            # 1. Threads and digests.
            page = self._read(await self._ask(peer, AskThreads(after)), ThreadPage)
            names = [one.thread for one in page.threads]
            if names != sorted(set(names)) or min(names, default="~") <= after:
                raise PeerError("resync-form", "the threads of a page are not in their order")
            differing = await self._differing(page)
            tally.threads_compared += len(names)
            # 2. to 4.
            async for missing in self._missing(peer, differing, tally):
                await self._fetch(peer, missing, tally)
            if not page.more or not names:
                return self._finished(peer, tally)
            after = names[-1]

    async def _differing(self, page: ThreadPage) -> list[str]:
        names = [one.thread for one in page.threads]
        ours = await self._store.read(lambda tx: tx.shared.of(names))
        return [one.thread for one in page.threads if digest_of(ours[one.thread]) != one.digest]

    async def _missing(
        self, peer: Peer, threads: Sequence[str], tally: Resynced
    ) -> AsyncIterator[list[str]]:
        """Step 2: pages of ids that the peer holds and we have no row of."""
        left, after = list(threads), ""
        while left:
            asked = AskIds(tuple(left[:ASK_MAX]), after)
            page = self._read(await self._ask(peer, asked), IdPage)
            told = [one.thread for one in page.threads]
            last = page.threads[-1] if page.threads else None
            if told != left[: len(told)] or last is None or (page.more and not last.messages):
                raise PeerError("resync-form", "the page is not about the threads asked for")
            lines = [one for thread in page.threads for one in thread.messages]
            ids = [one.id for one in lines]
            here = await self._here(peer.authority, ids)
            lost = [one for one in lines if one.id not in here]
            tally.gone += sum(one.state == "purged" for one in lost)
            yield [one.id for one in lost if one.state != "purged"]
            if page.more:
                left, after = left[len(told) - 1 :], last.messages[-1].id
            else:
                left, after = left[len(asked.threads) :], ""

    async def _here(self, peer: str, ids: Sequence[str]) -> set[str]:
        """What needs not be fetched: held; on the way back, with its receipt if it is ours."""
        again = self._reenter(peer)

        def look(tx: Tx) -> set[str]:
            places = tx.messages.places(peer, ids)
            whole = tx.messages.receipted(sorted({one.thread for one in places})) if again else {}
            return {
                one.id for one in places if not again or one.direction == "in" or one.id in whole
            }

        return await self._store.read(look)

    async def _fetch(self, peer: Peer, missing: Sequence[str], tally: Resynced) -> None:
        """Step 3: ask until everything was returned, or nothing more is."""
        left = list(missing)
        while left:
            known = await self._store.read(lambda tx: _known(tx, peer))
            size = 0 if known.remembered is None else known.remembered.size
            asked = tuple(left[: self._batch_limit])
            body = await self._ask(peer, AskMessages(asked, size))
            head, lines = read_messages(body, wanted=len(asked))
            returned = await self._take(peer, known, head, lines, tally)
            if not returned <= set(asked):
                raise PeerError("resync-form", "a message is returned that was not asked for")
            rest = [name for name in asked if name not in returned] if returned else []
            left = rest + left[len(asked) :]

    async def _take(
        self,
        peer: Peer,
        known: _Known,
        head: wire.Head,
        lines: Sequence[ReturnedLine],
        tally: Resynced,
    ) -> set[str]:
        """Step 4: judge a page, put back what counts, keep the rest aside; the ids returned."""
        log = look(head, peer, known.remembered)
        if log.unproven is not None or log.proven:
            await self._store.write(lambda tx: keep_fault(tx, peer.authority, log))
        log.trusted()
        sides = Sides(
            us=self._authority,
            peer=peer.authority,
            our_keys=self._our_keys(),
            peer_keys=known.peer_keys,
            our_logs=self._our_logs(),
            reenter=self._reenter(peer.authority),
        )
        sealed = [address(line.jwe, us=sides.us, peer=sides.peer) for line in lines]
        judged = await asyncio.to_thread(
            lambda: [self._judge(*pair, sides, log) for pair in zip(sealed, lines, strict=True)]
        )
        head_note = log.trusted().note
        done = await self._store.write(
            lambda tx: self._apply(tx, sides, judged, head_note, known.aside)
        )
        tally.add(done)
        self._arrived(done.threads)
        return {one.id for one in sealed}

    def _judge(
        self, sealed: SealedHeader, line: ReturnedLine, sides: Sides, log: LogView
    ) -> Returned | Aside:
        try:
            return examine(
                sealed, line, sides=sides, desk=self._desk(), log=log, now=self._clock.now()
            )
        except PeerError as error:
            return Aside(sealed.id, line, error)

    def _apply(
        self,
        tx: Tx,
        sides: Sides,
        judged: Sequence[Returned | Aside],
        note: str,
        known: set[str],
    ) -> PutBack:
        self._ledger.flush(tx)
        found = [one for one in judged if isinstance(one, Returned)]
        done = put_back(tx, sides, found, self._projection)
        done.aside.extend(one for one in judged if isinstance(one, Aside))
        keep_aside(tx, sides.peer, done.aside, note, known=known)
        return done

    async def _ask(self, peer: Peer, page: Page) -> bytes:
        request = sign_request(
            page,
            asker=self._authority,
            asked=peer.authority,
            at=self._clock.now(),
            key=self._key(),
        )
        return await self._line.post(peer, "resync", request)

    def _read(self, body: bytes, kind: type[T]) -> T:
        try:
            found = msgspec.convert(strict_json(body), kind)
        except (ValueError, msgspec.ValidationError) as error:
            raise PeerError("resync-form", f"the answer is not a {kind.__name__}") from error
        if getattr(found, "profile", "") != wire.PROFILE:
            raise PeerError("resync-form", "not of profile tracer-1")
        return found

    def _finished(self, peer: Peer, tally: Resynced) -> Resynced:
        if tally.beyond:
            cause = (
                f"{peer.authority} holds {counted(tally.beyond, 'message')} that our log signed "
                "for and no longer contains"
            )
            self._restore(cause)
            raise OperatorError(
                "restore-mode",
                f"{cause}; {tally.fetched + tally.ours_restored} others were put back",
                advice="This database is older than what this node has signed: restore it.",
            )
        return tally


def _known(tx: Tx, peer: Peer) -> _Known:
    """Keys of the peer's earlier entries count here: what they signed was accepted once."""
    entries = [verify_entry(file).entry for file in tx.peers.entries(peer.authority)]
    keys = {key.kid: load_verify_key(key) for entry in entries for key in entry.listed("sign")}
    faults = tx.peers.faults(peer.authority)
    aside = {msgspec.json.decode(f.evidence)["id"] for f in faults if f.kind == QUARANTINE}
    return _Known(tx.peers.remembered(peer.authority), {**keys, **peer.verify_keys}, aside)
