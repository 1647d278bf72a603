"""Rules for every message: handling, words, persons, attachments, dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import UNSET, UnsetType

from tracer.model.attachments import Attachment
from tracer.model.codes import (
    AttachmentKind,
    Code,
    CodeList,
    HandlingCode,
    HandlingLimit,
    Language,
)
from tracer.model.dates import span
from tracer.model.finding import Finding, error, hint, warn
from tracer.model.messages import AnyMessage
from tracer.model.terms import Terms
from tracer.model.values import Handling, Note, Person

SAFE_MEDIA: Final = frozenset(
    {
        "image/jpeg", "image/png", "image/tiff", "image/webp", "image/heic", "application/pdf",
        "text/plain", "text/csv", "application/json",
    }
)  # fmt: skip
"""Media types that people can look at without running anything."""
ACTIVE_MEDIA: Final = (
    "application/x-",
    "application/java",
    "application/vnd.microsoft",
    "text/html",
    "text/javascript",
    "image/svg",
    "application/xhtml",
    "application/ecma",
)
"""Beginnings of media types that can carry a program."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules know beside the message."""

    today: date
    sender_state: str
    recipient_state: str
    now: datetime
    terms: Terms | None = None
    asked: frozenset[str] = frozenset()
    """States that were asked in the cases that a request continues."""


def lint_common(message: AnyMessage, context: Context) -> Iterator[Finding]:
    """Rules that hold for all types."""
    yield from _handling(message.handling, message, context)
    if message.language not in set(Language):
        yield warn(
            "language",
            "language-not-official",
            f"{message.language} is no official language of the United Nations",
            "Codes are read in any language; free text may not be.",
        )
    yield from _persons(getattr(message, "persons", UNSET))
    yield from _attachments(message)


def words(message: AnyMessage, *about: str) -> bool:
    """Whether free text says something about one of these places, or about no place."""
    notes: tuple[Note, ...] | UnsetType = message.free_text
    return any(
        note.text.strip() and (note.about is UNSET or note.about.startswith(about))
        for note in notes or ()
    )


def in_past(day: str | UnsetType, context: Context) -> bool:
    """Whether a day is given and lies before today."""
    return bool(day) and date.fromisoformat(str(day)) < context.today


def is_any(code: Code | UnsetType, *members: CodeList) -> bool:
    """Whether a code is given and is one of these members."""
    return not isinstance(code, UnsetType) and any(code.is_(member) for member in members)


def beyond(day: str | UnsetType, distance: timedelta, context: Context) -> bool:
    """Whether a day is given, is on a calendar and lies further away than `distance`."""
    if not day or any(check_date(day, "")):
        return False
    return span(day)[0] > context.today + distance


def future(partial: str | UnsetType, context: Context) -> bool:
    """Whether a date, in its earliest reading, lies after tomorrow (time zones differ)."""
    return beyond(partial, timedelta(days=1), context)


def check_date(partial: str | UnsetType, path: str) -> Iterator[Finding]:
    """A date that stands on no calendar."""
    if partial:
        try:
            span(partial)
        except ValueError:
            yield error(path, "date-impossible", f"{partial} is on no calendar")


def past_day(
    day: str | UnsetType, path: str, code: str, message: str, context: Context
) -> Iterator[Finding]:
    """A day that should lie ahead and does not."""
    yield from check_date(day, path)
    try:
        gone = in_past(day, context)
    except ValueError:
        return
    if gone:
        yield error(path, code, message, "Choose a day from today on.")


def _handling(handling: Handling, message: AnyMessage, context: Context) -> Iterator[Finding]:
    limits = handling.limits
    if handling.code.is_(HandlingCode.H3) and not words(message, "handling"):
        yield error(
            "handling/code",
            "handling-text-missing",
            "H3 means other restrictions, and none is written",
            "Write the restriction as free text about handling.",
        )
    if any(limit.is_(HandlingLimit.DELETE_BY) for limit in limits) and not handling.delete_by:
        yield error("handling/delete_by", "delete-by-missing", "a day of deletion is not given")
    yield from past_day(
        handling.delete_by,
        "handling/delete_by",
        "delete-by-past",
        "the day of deletion is already past",
        context,
    )
    named = any(limit.is_(HandlingLimit.ONLY_AUTHORITIES_NAMED) for limit in limits)
    if named and not handling.authorities:
        yield error(
            "handling/authorities",
            "authorities-missing",
            "only named authorities may see this, and none is named",
        )
    if handling.third_state and any(limit.is_(HandlingLimit.NO_THIRD_STATE) for limit in limits):
        yield error(
            "handling/third_state", "handling-contradicts", "a third State is allowed and forbidden"
        )
    if handling.industry and any(limit.is_(HandlingLimit.NO_INDUSTRY) for limit in limits):
        yield error(
            "handling/industry", "handling-contradicts", "industry is allowed and forbidden"
        )
    if handling.cannot_guarantee:
        yield warn(
            "handling/cannot_guarantee",
            "confidentiality-not-guaranteed",
            "confidentiality is said not to be guaranteed; the answer may be refused for it",
            "ITI 15 and 22: say why, and what can be guaranteed.",
        )


def _persons(persons: tuple[Person, ...] | UnsetType) -> Iterator[Finding]:
    for n, person in enumerate(persons or (), 1):
        place = f"persons/{n}"
        if not person.lawful_basis:
            yield error(
                f"{place}/lawful_basis",
                "lawful-basis-missing",
                "personal data without the basis on which they are sent",
                "Name the basis, or leave the person out.",
            )
        if not (person.family_name or person.given_names or person.company_name):
            yield warn(place, "person-without-name", "a person without any name")
        yield from check_date(person.birth_date, f"{place}/birth_date")


def _attachments(message: AnyMessage) -> Iterator[Finding]:
    attached: tuple[Attachment, ...] = getattr(message, "attachments", ())
    keys = getattr(message, "attachment_keys", UNSET) or {}
    for item in attached:
        place = f"attachments/{item.n}"
        if item.media_type.startswith(ACTIVE_MEDIA):
            yield error(
                f"{place}/media_type",
                "attachment-executable",
                f"{item.media_type} can carry a program",
                "Send pictures, PDF or plain text.",
            )
        elif item.media_type not in SAFE_MEDIA:
            yield warn(
                f"{place}/media_type",
                "attachment-unusual",
                f"{item.media_type} may not be readable there",
                "Pictures as JPEG or PNG and documents as PDF are read everywhere.",
            )
        if item.size == 0:
            yield error(f"{place}/size", "attachment-empty", "an attachment without content")
        if str(item.n) not in keys:
            yield error(place, "attachment-key-missing", "nothing opens this attachment")


def lint_photos(attached: tuple[Attachment, ...]) -> Iterator[Finding]:
    """What pictures would help to identify a firearm."""
    for kind, code, shown in (
        (AttachmentKind.PHOTO_LEFT_SIDE, "photo-left-missing", "the left side"),
        (AttachmentKind.PHOTO_RIGHT_SIDE, "photo-right-missing", "the right side"),
        (AttachmentKind.PHOTO_MARK, "photo-mark-missing", "each mark, close up, with a ruler"),
    ):
        if not any(item.kind and item.kind.is_(kind) for item in attached):
            yield hint(
                "attachments",
                code,
                f"no photo of {shown}",
                "Photos settle doubts about make, model and serial that words cannot.",
            )
