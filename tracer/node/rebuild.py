"""Making every case row again from the messages, and telling what differed.

The messages are the truth and a case row is what follows from them (`exchange.projection`), and so
are the facts of cooperation (`exchange.clocks.facts`) and the tallies of their months. A row that
differs from what is computed now means that something wrote to the database by another way, or that
a newer version computes more: both are reported, field by field, before the row is replaced. Facts
of a thread that waits to be looked at anyway (`tx.clocks`) may lag behind its messages: they are
put right without a report, and so is a month that was never added up. What is reported and put
right is an act, in the name of who asked.

What it does not do: touch messages, or purged threads, whose state is frozen with their proof.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Struct

from tracer.exchange.clocks.facts import facts_from
from tracer.exchange.projection import case_from, events_of
from tracer.model.thread import Event
from tracer.store import CaseRow, Store, Tx
from tracer.store.cooperation import SideMonth
from tracer.store.rows import ThreadRow

ACT: Final = "store-rebuild"
"""The act that says which fields of a case, or of a tally, were put right; it is the subject."""
PAGE = 200
"""Threads computed in one transaction."""
_DERIVED = tuple(field for field in CaseRow.__struct_fields__ if field != "undelivered_since")


class Difference(Struct, frozen=True):
    """One field of one case that was not what follows from the messages.

    Of a month's tally, `thread` names the peer, the opener and the month.
    """

    thread: str
    field: str
    stored: Any
    computed: Any


class Rebuilt(Struct, frozen=True):
    """What a rebuild looked at, what it found, and whether it put it right."""

    threads: int
    differences: tuple[Difference, ...]
    written: bool


async def rebuild(
    store: Store, *, by: str | None, progress: Callable[[str, int, int], None]
) -> Rebuilt:
    """Compute all case rows anew and compare them with the stored ones.

    `by` is who has them replaced where they differ; None: nobody, they are looked at.
    """
    threads = await store.read(_every_thread)
    found: list[Difference] = []
    for start in range(0, len(threads), PAGE):
        page = threads[start : start + PAGE]
        run = store.read if by is None else store.write
        found += await run(lambda tx, page=page: _page(tx, page, by))  # type: ignore[misc]
        progress("computing cases", start + len(page), len(threads))
    for which in await store.read(lambda tx: tx.cooperation.side_months()):
        run = store.read if by is None else store.write
        found += await run(lambda tx, which=which: _side_month(tx, which, by))  # type: ignore[misc]
    return Rebuilt(len(threads), tuple(found), by is not None)


def _every_thread(tx: Tx) -> list[ThreadRow]:
    found: list[ThreadRow] = []
    while page := tx.threads.list(purged=False, after=found[-1].id if found else ""):
        found += page
    return found


def _page(tx: Tx, threads: list[ThreadRow], by: str | None) -> list[Difference]:
    found, wrong = [], []
    for thread in threads:
        events = events_of(tx, thread)
        stored = tx.cases.get(thread.id)
        if not events and stored is None:
            continue  # sent and not receipted yet: there is no case before the receipt
        computed = case_from(tx, thread, events)
        differences = _differences(thread.id, stored, computed)
        if differences:
            wrong.append(computed)
        differences += _facts(tx, thread, events, write=by is not None)
        _note(tx, by, thread.id, differences)
        found += differences
    if by is not None and wrong:
        tx.cases.put_many(wrong)
    return found


def _note(tx: Tx, by: str | None, subject: str, differences: list[Difference]) -> None:
    if by is not None and differences:
        tx.audit.write(by, ACT, subject, {"fields": [one.field for one in differences]})


def _facts(tx: Tx, thread: ThreadRow, events: list[Event], *, write: bool) -> list[Difference]:
    """What the facts of cooperation of a thread differ in, put right if asked."""
    stored, computed = tx.cooperation.get(thread.id), facts_from(tx, events)
    if stored == computed:
        return []
    if write:
        tx.cooperation.put(thread.id, thread.peer, thread.opener, computed)
    if tx.clocks.is_due(thread.id):
        return []
    return [Difference(thread.id, "cooperation", stored, computed)]


def _side_month(tx: Tx, which: SideMonth, by: str | None) -> list[Difference]:
    """What the tally of a month differs in; added up anew if asked."""
    stored, computed = tx.cooperation.kept(which), tx.cooperation.added_up(which)
    if by is not None and stored != computed:
        tx.cooperation.renew([which])
    if stored is None or stored == computed:
        return []
    found = [Difference(" ".join(which), "tally", stored, computed)]
    _note(tx, by, found[0].thread, found)
    return found


def _differences(thread: str, stored: CaseRow | None, computed: CaseRow) -> list[Difference]:
    if stored is None:
        return [Difference(thread, "case", None, computed.state)]
    return [
        Difference(thread, name, _shown(old), _shown(new))
        for name in _DERIVED
        if (old := getattr(stored, name)) != (new := getattr(computed, name))
    ]


def _shown(value: object) -> Any:
    return msgspec.Raw(value) if isinstance(value, bytes) else value
