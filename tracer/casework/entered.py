"""What came or went by another way, as people see it beside a case (`exchange.outside`)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from msgspec import UNSET

from tracer.casework.scanning import Scanned, standing
from tracer.exchange.outside.course import Entry, entries
from tracer.exchange.outside.statement import Stated
from tracer.media import is_picture
from tracer.model.messages import AnyMessage
from tracer.store import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """One of them. What it says in codes is a message of `Whole.messages`, under `id`."""

    number: int
    id: str
    by: str
    """Who entered it, here."""
    at: str
    ours: bool
    """It is about something that we sent."""
    type: str
    """The kind of document; `letter` has no codes."""
    way: str = ""
    who: str = ""
    paper: str = ""
    """The number that the paper bears."""
    day: str = ""
    """On which it came, or was sent."""
    dated: str = ""
    sent: str = ""
    """The message of ours that was sent this way."""
    words: tuple[str, ...] = ()
    """What a letter says."""
    media_type: str = ""
    """Of the original; empty where there is none."""
    size: int = 0
    picture: bool = False
    kept: bool = False
    """Whether the original is here."""
    erased: bool = False
    """Something of it was erased."""
    gone: bool = False
    """Nothing is left but who entered it."""
    checked_by: str | None = None
    checked_at: str | None = None
    scan: Scanned | None = None
    """What is to be told of scanning its original for malware; None: nothing."""


def entered_in(
    tx: Tx, thread: str, *, scanned: bool = False
) -> tuple[tuple[Entered, ...], dict[str, AnyMessage]]:
    """What was entered in a case, oldest first, and what it says in codes, by id.

    `scanned`: there is a scanner for malware, so that an original waits until it is opened.
    """
    found = entries(tx, thread)
    said = {one.row.id: one.stated.message for one in found if one.stated and one.stated.message}
    known = tx.scans.of([one.row.id for one in found if one.row.whole])
    seen = [
        replace(one, scan=standing(known.get(one.id), waits=scanned)) if one.kept else one
        for one in map(view, found)
    ]
    return tuple(seen), said


def view(entry: Entry) -> Entered:
    """One entry as people see it."""
    row, stated = entry
    if stated is None:
        return Entered(
            number=row.number,
            id=row.id,
            by=row.author,
            at=row.at,
            ours=False,
            type="",
            gone=True,
            checked_by=row.checked_by,
            checked_at=row.checked_at,
        )
    told, original = stated.statement, stated.statement.original
    return Entered(
        number=row.number,
        id=row.id,
        by=row.author,
        at=row.at,
        ours=told.direction == "out",
        type=stated.type,
        way=told.way.value,
        who=told.who,
        paper=told.number,
        day=told.day,
        dated=told.dated or "",
        sent=told.sent or "",
        words=_words(stated),
        media_type=original.media_type if original is not UNSET else "",
        size=original.size if original is not UNSET else 0,
        picture=original is not UNSET and is_picture(original.media_type),
        kept=row.whole,
        erased=stated.missing > 0,
        checked_by=row.checked_by,
        checked_at=row.checked_at,
    )


def _words(stated: Stated) -> tuple[str, ...]:
    return tuple(note.text for note in stated.words)
