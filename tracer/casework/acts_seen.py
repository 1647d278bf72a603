"""Need to know, for who did what: acts on cases that a person may not see are left out.

An act names a case or a draft as its subject, and others in its detail (the case that it was linked
with, the message that left). Where one of them is of a case that the reader may not see (`sight`),
or a draft that they may not see, the whole act is not there for them: who did it and when would
tell of the case. Acts on people, authorities and the node name no case. The auditor sees all.

What it does not do: look acts up (`trail`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from tracer.casework.papers import paper
from tracer.casework.roles import Reach
from tracer.casework.sight import scope_of, seen_only
from tracer.model.ids import is_digest
from tracer.store import ActRow, AuditRow, PersonRow, Tx

Row = TypeVar("Row", AuditRow, ActRow)

RESEND: Final = "resend"
"""The act whose subject is a message."""


def sees_every(tx: Tx, person: PersonRow) -> bool:
    """Whether somebody sees every act: all cases, or all where no team keeps one apart."""
    reach = scope_of(tx, person).reach
    return reach == Reach.ALL or (reach == Reach.AUTHORITY and not tx.teams.any())


def acts_seen(tx: Tx, person: PersonRow, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Those of some acts that a person may see."""
    if sees_every(tx, person):
        return tuple(rows)
    named = {row.number: frozenset(_named(tx, row)) for row in rows}
    hidden = _hidden(tx, person, frozenset[str]().union(*named.values()))
    return tuple(row for row in rows if hidden.isdisjoint(named[row.number]))


def _named(tx: Tx, row: AuditRow | ActRow) -> Iterator[str]:
    """What an act is about, and what else of a case its detail names."""
    yield row.subject
    if row.act == RESEND:
        yield from {item.thread for item in tx.outbox.rows(message_id=row.subject)}
    for value in _detail(row).values():
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str) and is_digest(one):
                yield one


def _detail(row: AuditRow | ActRow) -> Mapping[str, Any]:
    if isinstance(row, AuditRow):
        return row.detail
    return msgspec.json.decode(row.raw)["detail"] if row.raw else {}


def _hidden(tx: Tx, person: PersonRow, names: Collection[str]) -> set[str]:
    """Those of some names that are cases and drafts which a person may not see."""
    threads = set(tx.threads.get_many([one for one in names if is_digest(one)]))
    drafts = tx.drafts.bare([one for one in names if not is_digest(one)])
    seen = {row.id for row in paper.visible(tx, person, drafts)}
    return (threads - set(seen_only(tx, person, threads, str))) | {
        row.id for row in drafts if row.id not in seen
    }
