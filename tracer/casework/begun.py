"""What a person has begun themselves and nobody has let go: sent back to them, or still written.

Their own drafts only, the last touched first, with nothing of a case that is no longer theirs to
see; counted up to a number beyond which it tells nothing.

What it does not do: list those of others (`guided`), or what waits for a second person (`leaving`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from msgspec import Struct
from msgspec.json import decode

from tracer.casework.papers import paper
from tracer.casework.papers.paper import Earlier
from tracer.casework.sight import seen_only
from tracer.model.brief import brief
from tracer.model.messages import AnyMessage, Request
from tracer.store import PersonRow, Tx
from tracer.store.rows import CaseRow, DraftRow

SENT_BACK: Final = "rejected"
WRITTEN: Final = "draft"
"""States of a draft that its author has to go on with."""
SUBMITTED: Final = "submitted"
"""State of a draft that waits for somebody else."""


class Begun(Struct, frozen=True, kw_only=True):
    """One draft of one's own, in coded words, and what was said when it was sent back."""

    draft: str
    type: str
    thread: str
    """The case that it belongs to; empty: it opens one."""
    peer: str
    """The recipient; empty while none is chosen."""
    reference: str
    brief: Mapping[str, Any]
    updated: str
    back: Earlier | None


class Own(NamedTuple):
    """The first of them, and how many there are."""

    lines: tuple[Begun, ...]
    in_all: int


def own(tx: Tx, person: PersonRow, state: str, *, limit: int, most: int) -> Own:
    """Drafts of a person in a state; `in_all` is counted up to `most`."""
    rows = tx.drafts.own(person.name, state, limit=limit)
    known = seen_only(tx, person, [row.thread for row in rows if row.thread], str)
    cases = tx.cases.get_many(known)
    count = tx.drafts.count_own(person.name, state, most=most) if len(rows) == limit else len(rows)
    return Own(tuple(_begun(row, cases.get(row.thread or "")) for row in rows), count)


def brief_of(message: AnyMessage | None, case: CaseRow | None) -> Mapping[str, Any]:
    """The firearms of a draft that asks, else of the case that it belongs to, in a few words."""
    if isinstance(message, Request):
        return brief(message)
    return (decode(case.summary_json).get("brief") if case else None) or {}


def _begun(row: DraftRow, case: CaseRow | None) -> Begun:
    message = paper.read_body(row)
    return Begun(
        draft=row.id,
        type=row.type,
        thread=row.thread or "",
        peer=message.recipient if message.recipient != message.sender else "",
        reference=getattr(message, "reference", "") or (case.reference if case else ""),
        brief=brief_of(message, case),
        updated=row.updated,
        back=paper.earlier(row),
    )
