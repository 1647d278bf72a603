"""What one read of the store says of a node, for all that `tracer status` looks at."""

from __future__ import annotations

from msgspec import Struct

from tracer.exchange.accuse import holding_up
from tracer.exchange.entries.taking import strange
from tracer.exchange.witness.view import OwnLog, own_log
from tracer.model.terms import Terms
from tracer.node.rooms import Rooms
from tracer.node.status.stamps import Stamped
from tracer.store import MailStats, OutboxStats, PeerRow, PeerStateRow, RefusalCount, Tx
from tracer.store.courier import Abroad
from tracer.store.restore_rows import SuccessionRow
from tracer.store.rows import HeadRow
from tracer.trust.nouns import Entry

BACKUP_MARK = "backup.last"
"""Name in `tx.meta` of the instant of the newest backup."""


class Facts(Struct, frozen=True):
    """What one read of the store gives."""

    peers: list[PeerRow]
    lines: dict[str, PeerStateRow]
    waiting: dict[str, OutboxStats]
    refusals: list[RefusalCount]
    backup: str | None
    faults: int
    strange: frozenset[str]
    """Peers that handed on an entry which does not follow from the one that counts."""
    reviews: int
    agreed: list[Terms]
    mail: MailStats
    stamped: Stamped
    abroad: list[Abroad]
    ways: frozenset[str]
    """Peers with which the way back after a restore is open."""
    restored: dict[str, list[SuccessionRow]]
    log: OwnLog
    cosigns: bool
    """Whether we know what we have cosigned, and may go on."""


def gathered(tx: Tx, entry: Entry, head: HeadRow, rooms: Rooms) -> Facts:
    """Read all of it, in one transaction."""
    return Facts(
        peers=tx.peers.all(),
        lines=tx.peers.states(),
        waiting=tx.outbox.stats(),
        refusals=tx.peers.refusals(),
        backup=tx.meta.get(BACKUP_MARK),
        faults=sum(len(holding_up(tx, one.authority)) for one in tx.peers.all()),
        strange=frozenset(row.authority for row in tx.peers.all() if strange(tx, row)),
        reviews=len(tx.drafts.list(review=True)),
        agreed=tx.terms.agreed(),
        mail=tx.mail.stats(),
        stamped=Stamped(tx, head),
        abroad=tx.courier.abroad(),
        ways=tx.restores.pending(),
        restored={row.authority: tx.restores.of(row.authority) for row in tx.peers.all()},
        log=own_log(tx, entry),
        cosigns=rooms.witness.able(),
    )
