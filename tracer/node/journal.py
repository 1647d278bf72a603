"""The journal of a node: opened with its rooms, entered once an hour, remembered outside.

When the rooms are opened, before anything is done:

1. a database of before there was a journal gets one, with all acts it holds;
2. the size that was last reached is read from a file beside the database, written after each
   commit. If the database holds fewer acts, or others, then acts were lost: a backup was put back,
   or somebody cut them off. The journal is closed there for ever and the next one begins, with the
   act `journal-gap` that says what is missing.

After a restore that closes the exchange log (`succeed`), the journal is closed with it, and the
next begins with the act `journal-close`: the head of the closed one.

When the node begins to serve, its settings are compared with those of the last time; what differs
is an act.

What it does not do: stop the node for lost acts. Peers hold nothing of the journal, so it
contradicts nobody; what is lost is on record, and `tracer audit verify` tells of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from tracer import __version__
from tracer.canonical import b64url, canonical_json
from tracer.config import Config
from tracer.errors import OperatorError
from tracer.evidence.merkle import frontier_nodes, reader_of, root
from tracer.exchange.log.ledger import HighWater
from tracer.log import get_logger
from tracer.store import HeadRow, Store, Tx
from tracer.store.audit import BY, CLOSED, OPENED

_log = get_logger("node.journal")
GAP: Final = "journal-gap"
"""The act that says which acts a journal has lost."""
SETTINGS: Final = "settings-change"
"""The act that says which settings differ from those of the last start."""
_SEEN: Final = "journal.settings"


def remembering(high_water: HighWater) -> Callable[[HeadRow], None]:
    """What the write lane tells each head of the journal; a failure loses nothing but the note."""

    def note(head: HeadRow) -> None:
        try:
            high_water.mark(head.origin, head.size, head.root)
        except (OperatorError, OSError):
            _log.warning("journal.unnoted", code="high-water")

    return note


async def open_journal(store: Store, high_water: HighWater) -> None:
    """Open the journal, or see that it is whole; nothing is written if it is.

    Raises:
        OperatorError: `high-water`: the file cannot be read.
    """
    noted = high_water.read()
    if not await store.read(lambda tx: tx.journal.is_open()):
        await store.write(_adopt)  # 1
    gap = await store.read(lambda tx: _gap(tx, noted))
    if gap:
        _log.error("journal.gap")
        await store.write(lambda tx: _go_on(tx, gap))  # 2


def succeed_journal(tx: Tx) -> None:
    """Close the journal with its log, and begin the next with the head at which it was closed.

    The next is signed with keys of the log that is open now; the closed one is entered no more.

    Raises:
        OperatorError: `log-busy`: the same group has already written in it.
    """
    closed = tx.journal.head()
    tx.journal.open(tx.journal.next_origin())
    tx.audit.write(BY, CLOSED, closed.origin, {"size": closed.size, "root": b64url(closed.root)})


def note_settings(tx: Tx, config: Config, authority: str, *, by: str = BY) -> None:
    """Put on record which settings, or which version, differ from the last time the node served."""
    settings, before = _settings(config), tx.meta.get(_SEEN)
    if settings == before:
        return
    old: dict[str, Any] = msgspec.json.decode(before) if before else {}
    new: dict[str, Any] = msgspec.json.decode(settings)
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    detail = {name: {"from": old.get(name), "to": new.get(name)} for name in names}
    tx.meta.put(_SEEN, settings)
    tx.audit.write(by, SETTINGS, authority, detail)


def _adopt(tx: Tx) -> None:
    origin = tx.journal.next_origin()
    tx.journal.open(origin)
    tx.audit.write(BY, OPENED, origin, {"rows": tx.audit.adopt()})


def _gap(tx: Tx, noted: tuple[str, int, str] | None) -> dict[str, Any]:
    """What the file beside the database says that the database does not; empty if nothing."""
    head = tx.journal.head()
    if noted is None:
        return {}
    origin, size, wanted = noted
    told = {"journal": origin, "reached": size, "held": head.size if origin == head.origin else 0}
    if origin != head.origin:
        return {} if origin in tx.journal.origins() else told
    if size > head.size:
        return told
    found = root(size, reader_of(_frontier(tx, origin, size)))
    return {} if b64url(found) == wanted else told


def _frontier(tx: Tx, origin: str, size: int) -> dict[tuple[int, int], bytes]:
    addresses = frontier_nodes(size)
    return dict(zip(addresses, tx.log.nodes(addresses, origin=origin), strict=True))


def _go_on(tx: Tx, gap: Mapping[str, Any]) -> None:
    lost = int(gap["journal"].rpartition("/")[2])
    tx.journal.open(tx.journal.next_origin(beyond=lost))
    tx.audit.write(BY, GAP, gap["journal"], {name: gap[name] for name in ("reached", "held")})


def _settings(config: Config) -> str:
    """Every setting that is not a default, and the version; no secret is a setting."""
    found: dict[str, Any] = {
        one.name: one.value for one in config.describe() if one.value != one.default
    }
    found["version"] = __version__
    return canonical_json(found).decode()
