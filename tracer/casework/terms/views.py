"""Terms before people: views of them, drafts to correct, and what may be signed.

What it does not do: read the store on its own, or sign; `terms` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, Literal

import msgspec
from msgspec import UNSET, Struct

from tracer.canonical import strict_json
from tracer.casework.terms.paper import (
    Change,
    changes,
    offsets_words,
    profile_of,
    span_words,
    weekend_words,
    write_terms,
)
from tracer.errors import InputError
from tracer.model.ids import state_of
from tracer.model.reach import is_covered
from tracer.model.terms import Terms, european_terms, starting_terms, terms_digest
from tracer.store import Tx
from tracer.store.rows import TermsRow
from tracer.trust.calendar_proposal import Proposed, propose
from tracer.trust.directory import Peer
from tracer.trust.entry import VerifiedEntry

AHEAD_MONTHS: Final = 18
"""How far a calendar reaches at least when terms are signed."""

Standing = Literal["entry", "agreed", "offered", "signed"]
"""`offered`: one of the two has signed. `signed`: both have, and we wait until they hold it."""


class TargetView(Struct, frozen=True):
    """What is aimed at for one urgency, in words; empty: nothing."""

    urgency: str
    acknowledge: str
    first_answer: str
    final_answer: str
    escalate: str


class TermsView(Struct, frozen=True, kw_only=True):
    """One set of terms for people; `terms` is what was signed."""

    authority: str
    """Who answers."""
    counterpart: str
    """Whose requests; empty: those of every authority."""
    standing: Standing
    since: str
    """When they came to be here; of agreed ones, when the later of the two signed."""
    digest: str
    nature: Literal["target", "deadline"]
    targets: tuple[TargetView, ...]
    remind_after: str
    lapse_after: str
    weekend: str
    covers_until: str
    days_without_work: int
    office: str
    local_time: str
    terms: Terms


class Wish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a draft of terms is to hold; what is not wished stays as it is now."""

    profile: Literal["", "starting", "eu"] = ""
    country: str = ""
    zone: str = ""
    to: str = ""
    """For the requests of this authority, to be agreed on."""
    theirs: bool = False
    """How `to` answers us, not how we answer it."""


class Drafted(Struct, frozen=True):
    """A draft of terms as a TOML file, and what a person should know of it."""

    file: str
    notes: tuple[str, ...]


class Looked(Struct, frozen=True, kw_only=True):
    """Terms before somebody signs them, and what changes by it."""

    view: TermsView
    changes: tuple[Change, ...]
    """Against what is in force now."""
    notes: tuple[str, ...]
    offered_by: str = ""


class Signed(Struct, frozen=True, kw_only=True):
    """A file of agreed terms, signed by us, and how these terms stand now."""

    view: TermsView
    file: str


def view(terms: Terms, standing: Standing, since: str) -> TermsView:
    """Terms as people read them."""
    return TermsView(
        authority=terms.authority,
        counterpart=terms.counterpart or "",
        standing=standing,
        since=since,
        digest=terms_digest(terms),
        nature=terms.nature or "target",
        targets=tuple(
            TargetView(
                urgency=one.urgency,
                acknowledge=span_words(one.acknowledge),
                first_answer=span_words(one.first_answer),
                final_answer=span_words(one.final_answer) if one.final_answer else "",
                escalate=span_words(one.escalate),
            )
            for one in terms.targets
        ),
        remind_after=span_words(terms.remind_after),
        lapse_after=span_words(terms.lapse_after),
        weekend=weekend_words(terms),
        covers_until=terms.covers_until,
        days_without_work=len(terms.non_working),
        office=f"{terms.office.opens}-{terms.office.closes}",
        local_time=offsets_words(terms.offsets),
        terms=terms,
    )


def stated(tx: Tx, entry: VerifiedEntry) -> TermsView:
    """The terms of an entry, with the instant from which they are known here."""
    row = tx.terms.row(terms_digest(entry.entry.terms))
    return view(entry.entry.terms, "entry", row.at if row else entry.entry.issued)


def between(tx: Tx, us: str, peer: Peer) -> Iterator[TermsView]:
    """What is agreed with a peer in either direction, and what is under way."""
    for authority, counterpart in ((peer.authority, us), (us, peer.authority)):
        for row in tx.terms.between(authority, counterpart):
            yield view(row.terms, _standing(row), row.at)
            if row.state == "agreed":
                break


def looked(tx: Tx, terms: Terms, before: Terms, now: datetime, *, by: str = "") -> Looked:
    """What a person sees before signing; `before` is what these terms replace."""
    row = tx.terms.row(terms_digest(terms))
    standing: Standing = "offered" if terms.counterpart else "entry"
    return Looked(
        view=view(terms, standing, row.at if row else ""),
        changes=changes(before, terms),
        notes=tuple(_short(terms, now)),
        offered_by=by,
    )


def check_own(terms: Terms, us: VerifiedEntry) -> None:
    """Refuse what cannot stand in our next entry.

    Raises:
        InputError: `terms-parties`, `terms-nature`, `terms-same`.
    """
    if terms.authority != us.authority:
        raise InputError(
            "terms-parties",
            f"these are the terms of {terms.authority}, we are {us.authority}",
            field="authority",
        )
    if terms.counterpart is not UNSET:
        raise InputError(
            "terms-parties",
            f"terms for {terms.counterpart} alone are agreed on",
            advice=f"Sign them as an offer: --to {terms.counterpart} -o offer.json",
            field="counterpart",
        )
    if terms.nature is not UNSET:
        raise InputError(
            "terms-nature",
            "one side alone makes no deadline: in an entry these are targets",
            advice="Leave it out, or agree on it with the other authority.",
            field="nature",
        )
    if terms == us.entry.terms:
        raise InputError("terms-same", "these are our terms already", field="file")


def check_reach(terms: Terms, now: datetime) -> None:
    """Refuse to sign a calendar that ends soon.

    Raises:
        InputError: `terms-calendar-short`.
    """
    wanted = months_later(now.date(), AHEAD_MONTHS)
    if date.fromisoformat(terms.covers_until) < wanted:
        raise InputError(
            "terms-calendar-short",
            f"the calendar ends on {terms.covers_until}; what is signed today reaches to {wanted}",
            advice="Write the calendar anew: tracer terms propose --country CC --zone ZONE.",
            field="covers_until",
        )


def drafted(base: Terms, wish: Wish, now: datetime) -> Drafted:
    """The draft that was wished for. Loads the calendars, which takes a moment.

    Raises:
        InputError: `country-unknown`, `zone-unknown`.
    """
    terms = _with_targets(base, wish.profile)
    notes = [_ORIGIN[named]] if (named := profile_of(terms)) else []
    found, told = _with_calendar(terms, wish, now)
    notes += [*told, *_short(found.terms, now)]
    file = write_terms(found.terms, names=found.names, notes=[*_opening(terms), *notes])
    return Drafted(file=file, notes=tuple(notes))


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month."""
    count = day.year * 12 + day.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    following = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


_ORIGIN: Final = {
    "starting": "Final answers within 3, 7, 30 and 90 days are a proposal of the Tracer project: "
    "no treaty counts days.",
    "eu": "8 hours, 3 and 7 days are those of Directive (EU) 2023/977, article 5; which urgency is "
    "which is this project's own reading.",
}


def _opening(terms: Terms) -> tuple[str, ...]:
    command = "tracer terms sign FILE"
    if terms.counterpart is not UNSET:
        command += " --to AUTHORITY -o offer.json"
    whose = terms.counterpart or "other authorities"
    return (
        f"Terms of {terms.authority}: when it answers the requests of {whose}, and when it works.",
        f"Correct what is wrong, then sign it: {command}",
        "",
    )


def _with_targets(terms: Terms, profile: str) -> Terms:
    if not profile:
        return terms
    shipped = starting_terms(terms.authority, covers_until=terms.covers_until)
    if profile == "eu":
        shipped = european_terms(shipped)
    return msgspec.structs.replace(
        terms,
        targets=shipped.targets,
        remind_after=shipped.remind_after,
        lapse_after=shipped.lapse_after,
    )


def _with_calendar(terms: Terms, wish: Wish, now: datetime) -> tuple[Proposed, list[str]]:
    """Without a country named, that of the authority is tried; without a zone, offsets stay."""
    country, notes = wish.country or state_of(terms.authority), []
    try:
        found = propose(terms, country=country, zone=wish.zone, now=now)
        notes.append(
            f"The dates without work are proposed from the public holidays of {country}: correct "
            "them; those marked estimated are announced later."
        )
    except InputError as error:
        if wish.country or error.code != "country-unknown":
            raise
        found = propose(terms, zone=wish.zone, now=now)
        notes.append(f"No calendar is proposed: {error.message}. {error.advice}")
    if not wish.zone:
        notes.append(
            "Clock changes are those of the present terms; --zone Europe/Vienna, for example, "
            "writes down those to come."
        )
    return found, notes


def _short(terms: Terms, now: datetime) -> Iterator[str]:
    late = [one.urgency for one in terms.targets if not is_covered(terms, now, one.urgency)]
    if late:
        yield (
            f"The calendar ends on {terms.covers_until}, before what is promised for "
            f"{', '.join(late)} would be due."
        )


def _standing(row: TermsRow) -> Standing:
    if row.state != "offered" or row.agreement is None:
        return row.state
    return "offered" if len(strict_json(row.agreement)["signatures"]) == 1 else "signed"
