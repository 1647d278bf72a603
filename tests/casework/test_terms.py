"""Terms before people: written, corrected, signed, agreed on, shown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.casework.desks import THEM, THIRD, US, Desk
from tests.trust.makers import DAY, NOW, signing, terms, verified
from tracer.canonical import strict_json
from tracer.casework.terms.paper import changes, read_terms, write_terms
from tracer.casework.terms.views import Wish, months_later
from tracer.casework.trail import ActFilter
from tracer.errors import InputError
from tracer.model.terms import Terms, european_terms, terms_digest
from tracer.trust.agreement import countersign, offer_terms, verify_agreement, verify_offer
from tracer.trust.calendar_proposal import propose

NEWER = msgspec.structs.replace(european_terms(terms(US)), covers_until="2028-06-30")


def between(answers: str, asks: str, **changes: Any) -> Terms:
    return msgspec.structs.replace(
        european_terms(verified(answers).entry.terms), counterpart=asks, **changes
    )


def parties(*names: str) -> Any:
    return {who: {key.kid: key for key in verified(who).entry.listed("sign")} for who in names}


def offered(desk: Desk, stated: Terms, by: str = THEM) -> str:
    """The file that `by` has signed as the first."""
    return offer_terms(stated, key=signing(by), at=desk.clock.now()).decode()


def signed(desk: Desk, text: str, by: str = THEM) -> str:
    """The file that `by` has signed as the second."""
    now = desk.clock.now()
    offer = verify_offer(text.encode(), parties=parties(US, THEM), now=now)
    return countersign(offer, key=signing(by), at=now).decode()


async def code_of(verb: Any) -> str:
    with pytest.raises(InputError) as found:
        await verb
    return found.value.code


def test_a_file_of_terms_reads_back_as_what_was_written() -> None:
    austria = propose(terms(US), country="AT", zone="Europe/Vienna", now=NOW)
    text = write_terms(austria.terms, names=austria.names, notes=["Correct it."])
    assert read_terms(text) == austria.terms
    assert '"2026-12-25",  # Christmas Day' in text
    bound = between(US, THEM, nature="deadline")
    assert read_terms(write_terms(bound)) == bound
    odd = msgspec.structs.replace(terms(US).targets[0], urgency='A "LATER" \u00e9 \U0001f600')
    more = msgspec.structs.replace(terms(US), targets=(*terms(US).targets, odd))
    assert read_terms(write_terms(more)) == more


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('acknowledge = "1 hour"', 'acknowledge = "soon"', "targets.FLASH.acknowledge"),
        ('acknowledge = "1 hour"', "acknowledge = 1", "targets.FLASH.acknowledge"),
        ('acknowledge = "1 hour"', "", "targets.FLASH"),
        ('acknowledge = "1 hour"', 'acknowledged = "1 hour"', "targets.FLASH"),
        ('escalate = "2 hours"', 'escalate = "2 hours"\nmore = 1', "targets.FLASH"),
        ('"Sunday"', '"Sonntag"', "weekend"),
        ('utc = "+00:00"', 'utc = "UTC"', "offsets[0]"),
        ('utc = "+00:00"', 'utc = "+00:00", more = 1', "offsets[0]"),
        ('opens = "08:00"', 'opens = "8"', "office.opens"),
        ('opens = "08:00"', 'opens = "17:00"', ""),
        ('remind_after = "14 days"', 'remind_after = "0 days"', "remind_after.n"),
        ('remind_after = "14 days"', 'later = "14 days"', ""),
        ("[targets.FLASH]", "[targets.FLASCH]", ""),
        ('"2026-12-25"', '"2026-12-32"', "non_working[0]"),
        ("weekend = [", "weekend = [[", ""),
    ],
)
def test_what_is_wrong_in_a_file_of_terms_is_told_with_its_place(
    old: str, new: str, field: str
) -> None:
    text = write_terms(terms(US))
    assert old in text
    with pytest.raises(InputError) as found:
        read_terms(text.replace(old, new, 1))
    assert (found.value.code, found.value.field) == ("terms-form", field)


def test_what_changes_is_told_in_words() -> None:
    later = msgspec.structs.replace(terms(US), non_working=("2026-12-24", "2026-12-25"))
    told = {one.what: (one.before, one.after) for one in changes(later, NEWER)}
    assert told["URGENT first answer"] == ("24 hours", "8 hours")
    assert told["calendar until"] == ("2027-12-31", "2028-06-30")
    assert told["days without work"] == ("2026-12-24", "")
    assert "weekend" not in told
    assert changes(NEWER, NEWER) == ()


async def test_a_draft_starts_from_what_is_in_force_and_can_be_signed(desk: Desk) -> None:
    plain = await desk.terms.propose("aud", Wish(zone="Europe/Vienna"))
    stated = read_terms(plain.file)
    assert stated.targets == verified(US).entry.terms.targets
    assert len(stated.offsets) > 3
    assert await desk.terms.own("ben", plain.file) == stated
    assert any("user-assigned" in note for note in plain.notes)
    assert any("proposal of the Tracer project" in note for note in plain.notes)


async def test_the_shipped_profiles_are_named_for_what_they_are(desk: Desk) -> None:
    eu = await desk.terms.propose("ben", Wish(profile="eu", country="AT", zone="Europe/Vienna"))
    assert read_terms(eu.file).targets == NEWER.targets
    assert any("2023/977" in note for note in eu.notes)
    file = await desk.terms.offer("ben", write_terms(between(US, THEM)), THEM)
    await desk.terms.take("ben", signed(desk, file.file))
    agreed = await desk.terms.propose("ben", Wish(to=THEM))
    assert read_terms(agreed.file) == between(US, THEM)
    again = await desk.terms.propose("ben", Wish(to=THEM, profile="starting"))
    assert read_terms(again.file).targets == terms(US).targets


async def test_a_draft_of_their_terms_starts_from_their_entry(desk: Desk) -> None:
    found = read_terms((await desk.terms.propose("ben", Wish(to=THEM, theirs=True))).file)
    assert (found.authority, found.counterpart) == (THEM, US)
    assert await code_of(desk.terms.propose("ben", Wish(theirs=True))) == "terms-parties"
    assert await code_of(desk.terms.propose("ben", Wish(country="ZZ"))) == "country-unknown"
    assert await code_of(desk.terms.propose("ben", Wish(to="XQ-NPOC"))) == "peer-unknown"


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        (terms(US), "terms-same"),
        (terms(THEM), "terms-parties"),
        (between(US, THEM), "terms-parties"),
        (msgspec.structs.replace(NEWER, nature="deadline"), "terms-nature"),
        (msgspec.structs.replace(NEWER, covers_until="2027-08-31"), "terms-calendar-short"),
    ],
)
async def test_what_cannot_stand_in_our_entry_is_not_signed(
    desk: Desk, stated: Terms, code: str
) -> None:
    text = write_terms(stated)
    if stated.nature:
        text = f'nature = "deadline"\n{text}'
    assert await code_of(desk.terms.own("ben", text)) == code
    assert await code_of(desk.terms.look("ben", text)) == code


async def test_a_calendar_of_eighteen_months_is_long_enough(desk: Desk) -> None:
    text = write_terms(msgspec.structs.replace(NEWER, covers_until="2027-09-01"))
    assert (await desk.terms.own("ben", text)).covers_until == "2027-09-01"


async def test_where_we_answer_our_signature_puts_their_offer_in_force(desk: Desk) -> None:
    stated = between(US, THEM)
    text = offered(desk, stated)
    looked = await desk.terms.look("ben", text)
    assert looked.offered_by == THEM
    assert ("for the requests of", "every authority", THEM) in {
        (one.what, one.before, one.after) for one in looked.changes
    }
    assert desk.book.get().agreed == {}
    made = await desk.terms.countersign("ben", text)
    assert made.view.standing == "agreed"
    assert desk.book.get().agreed == {THEM: terms_digest(stated)}
    now = desk.clock.now()
    verify_agreement(made.file.encode(), parties=parties(US, THEM), now=now)
    trail = await desk.trail.list("sam", ActFilter(subject=THEM))
    assert (trail[0].act, trail[0].actor) == ("terms-countersign", "ben")


async def test_where_we_ask_it_waits_until_they_hold_both_signatures(desk: Desk) -> None:
    stated = between(THEM, US)
    made = await desk.terms.countersign("ben", offered(desk, stated))
    assert made.view.standing == "signed"
    assert await desk.store.read(lambda tx: tx.terms.in_force(THEM, US)) is None
    assert [one.standing for one in await desk.terms.show("ben", THEM)] == ["entry", "signed"]
    await desk.terms.take("ben", made.file)
    assert [one.standing for one in await desk.terms.show("ben", THEM)] == ["entry", "agreed"]
    await desk.terms.countersign("ben", offered(desk, stated))
    assert [one.standing for one in await desk.terms.show("ben", THEM)] == ["entry", "agreed"]


async def test_our_offer_is_in_force_when_it_comes_back_signed(desk: Desk) -> None:
    stated = between(US, THEM, nature="deadline")
    made = await desk.terms.offer("ben", write_terms(stated), THEM)
    assert made.view.standing == "offered"
    assert desk.book.get().agreed == {}
    back = signed(desk, made.file)
    taken = await desk.terms.take("ben", back)
    assert (taken.view.standing, taken.view.nature) == ("agreed", "deadline")
    assert desk.book.get().agreed == {THEM: terms_digest(stated)}
    assert (await desk.terms.take("ben", back)).view.since == taken.view.since
    shown = await desk.terms.show("aud")
    assert [(one.authority, one.counterpart) for one in shown] == [(US, ""), (US, THEM)]
    offer = desk.terms.offer("ben", write_terms(stated), THEM)
    assert await code_of(offer) == "terms-same"


async def test_the_later_agreement_stands_in_whatever_order_they_are_taken(desk: Desk) -> None:
    first = (await desk.terms.offer("ben", write_terms(between(US, THEM)), THEM)).file
    earlier = signed(desk, first)
    desk.clock.advance(DAY)
    bound = between(US, THEM, nature="deadline")
    later = signed(desk, (await desk.terms.offer("ben", write_terms(bound), THEM)).file)
    await desk.terms.take("ben", later)
    await desk.terms.take("ben", earlier)
    assert desk.book.get().agreed == {THEM: terms_digest(bound)}
    held = await desk.store.read(lambda tx: tx.terms.get(terms_digest(between(US, THEM))))
    assert held == between(US, THEM)


async def test_only_what_the_other_side_has_offered_is_signed(desk: Desk) -> None:
    ours = (await desk.terms.offer("ben", write_terms(between(US, THEM)), THEM)).file
    assert await code_of(desk.terms.countersign("ben", ours)) == "terms-own-offer"
    assert await code_of(desk.terms.take("ben", ours)) == "agreement-invalid"
    whole = signed(desk, ours)
    assert await code_of(desk.terms.countersign("ben", whole)) == "agreement-invalid"
    others = offered(desk, between(THIRD, THEM))
    assert await code_of(desk.terms.countersign("ben", others)) == "terms-parties"
    changed = strict_json(offered(desk, between(US, THEM)))
    changed["terms"]["covers_until"] = "2029-12-31"
    forged = msgspec.json.encode(changed).decode()
    assert await code_of(desk.terms.countersign("ben", forged)) == "agreement-invalid"
    for text in ("{", "{}", '{"terms": 7}', '{"terms": {}}'):
        assert await code_of(desk.terms.take("ben", text)) == "agreement-invalid"


async def test_an_offer_is_to_whom_it_says(desk: Desk) -> None:
    text = write_terms(between(US, THEM))
    assert await code_of(desk.terms.offer("ben", text, THIRD)) == "terms-parties"
    assert await code_of(desk.terms.offer("ben", text, "XQ-NPOC")) == "peer-unknown"
    assert await code_of(desk.terms.offer("ben", text, US)) == "peer-self"
    short = write_terms(between(US, THEM, covers_until="2027-01-31"))
    assert await code_of(desk.terms.offer("ben", short, THEM)) == "terms-calendar-short"


async def test_a_peer_that_is_suspended_agrees_to_nothing(desk: Desk) -> None:
    text = offered(desk, between(US, THEM))
    await desk.peers.suspend("sam", THEM, "its key may be stolen")
    assert await code_of(desk.terms.countersign("ben", text)) == "peer-suspended"


async def test_terms_of_an_unknown_authority_are_not_shown(desk: Desk) -> None:
    assert await code_of(desk.terms.show("ben", "XQ-NPOC")) == "peer-unknown"


def test_months_are_counted_on_the_calendar() -> None:
    assert months_later(date(2026, 3, 1), 18) == date(2027, 9, 1)
    assert months_later(date(2026, 8, 31), 18) == date(2028, 2, 29)
    assert months_later(date(2026, 12, 31), 12) == date(2027, 12, 31)
    assert months_later(date(2026, 7, 1), 6) - date(2026, 7, 1) == timedelta(days=184)
