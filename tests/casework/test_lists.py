"""Lists: what waits for a person, found by what they have at hand, and nothing they may not see."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.casework.desks import THEM, Desk, document, request_document
from tests.nodes import until
from tracer.casework.lists import Asked
from tracer.errors import InputError
from tracer.exchange.clocks.agenda import Agenda, kept, searched
from tracer.exchange.clocks.tick import Tick
from tracer.exchange.projection import Projection
from tracer.model.clocks.schedule import Policy


async def looked(desk: Desk) -> None:
    """The clocks have looked at every case."""
    tick = Tick(
        store=desk.store,
        projection=Projection(),
        policy=Policy(),
        notices=desk.notices,
        peers=desk.notices,
        kept=(Agenda(),),
    )

    async def done() -> bool:
        return (await tick()).looked == 0

    await until(done)


async def test_what_we_owe_waits_for_us_and_what_they_owe_does_not(desk: Desk) -> None:
    await desk.receipted(await desk.released())
    asked = await desk.asked()
    await looked(desk)
    waiting = await desk.lists.waiting("ben")
    assert ([line.thread for line in waiting.ours], waiting.ours_in_all) == ([asked], 1)
    assert (waiting.late, waiting.late_in_all, waiting.releases) == ((), 0, 0)
    theirs = await desk.lists.page("ben", Asked(owes="theirs"), sort="due")
    assert [line.peer for line in theirs.lines] == [THEM]


@pytest.mark.parametrize(
    "search",
    ["XA-2026-000001", "xa-2026-0000", "vostok", "VP-9", "vp9", "ЯБ", "ЯБ 4?17", "vostok vp9 9x19"],
)
async def test_a_request_is_found_by_what_people_have_at_hand(desk: Desk, search: str) -> None:
    await desk.receipted(await desk.released())
    await looked(desk)
    found = await desk.lists.page("ada", Asked(search=search))
    assert [line.reference for line in found.lines] == ["XA-2026-000001"]
    other = await desk.lists.page("ada", Asked(search=f"{search} makarov"))
    assert other.lines == ()


async def test_no_person_and_no_place_can_be_searched(desk: Desk) -> None:
    await desk.receipted(await desk.released())
    await looked(desk)
    for word in ("Imagined City", "TEST0000", "hidden compartment"):
        assert (await desk.lists.page("ada", Asked(search=word))).lines == ()


async def test_what_is_on_its_way_says_where_it_is(desk: Desk) -> None:
    await desk.released()
    (line,) = (await desk.lists.page("ada", Asked(state="open"))).lines
    assert (line.reference, line.placed and line.placed.where) == ("XA-2026-000001", "on-its-way")


async def test_a_page_goes_on_where_the_one_before_ended(desk: Desk) -> None:
    for _ in range(3):
        await desk.receipted(await desk.released())
    first = await desk.lists.page("ada", Asked(side="sent"), limit=2)
    rest = await desk.lists.page("ada", Asked(side="sent"), after=first.next, limit=2)
    threads = [line.thread for line in (*first.lines, *rest.lines)]
    assert (len(set(threads)), rest.next) == (3, None)


async def test_a_list_holds_no_person(desk: Desk) -> None:
    await desk.receipted(await desk.released())
    text = msgspec.json.encode(await desk.lists.page("ada", Asked())).decode()
    assert "TEST0000" not in text


async def test_a_sort_that_is_none_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError, match="list-sort"):
        await desk.lists.page("ada", Asked(), sort="peer")


def test_a_text_is_found_by_its_words_its_parts_and_as_a_whole() -> None:
    assert kept("VP-9 K2") == ["vp9", "k2", "vp", "9", "vp9k2"]
    assert searched(" VP-9  vp9 K2 ") == ["vp9", "k2"]
    assert searched("VP\u200b-9 K\u20602") == ["vp9", "k2"]
    assert kept("KV\u200b-12 34") == kept("KV-12\ufeff 34") == kept("KV-12 34")


async def test_what_was_sent_back_waits_for_its_author_with_the_words_of_who_did(
    desk: Desk,
) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.release.submit_for_release("ada", draft.id)
    assert (await desk.lists.waiting("ada")).sent_back == ((), 0)
    await desk.release.reject("ben", draft.id, "The make is another.")
    waiting = await desk.lists.waiting("ada")
    (line,) = waiting.sent_back.lines
    assert (line.draft, waiting.sent_back.in_all, waiting.unfinished.in_all) == (draft.id, 1, 0)
    assert line.back is not None
    assert (line.back.person, line.back.reason) == ("ben", "The make is another.")
    assert (await desk.lists.waiting("ben")).sent_back == ((), 0)


async def test_ones_own_unfinished_drafts_are_told_the_last_touched_first_and_counted(
    desk: Desk,
) -> None:
    made = [(await desk.drafts.new("ada", request_document(), THEM)).id for _ in range(3)]
    asked = await desk.asked()
    reply = await desk.drafts.reply_draft(
        "ben", asked, "acknowledgement", document("acknowledgement")
    )
    desk.clock.advance(timedelta(seconds=1))
    first = await desk.drafts.show("ada", made[0])
    changed = request_document() | {"language": "fr"}
    await desk.drafts.edit("ada", first.id, changed, version=first.version)
    found = (await desk.lists.waiting("ada", limit=2)).unfinished
    assert (found.lines[0].draft, len(found.lines), found.in_all) == (made[0], 2, 3)
    (own,) = (await desk.lists.waiting("ben")).unfinished.lines
    assert (own.draft, own.type, own.thread) == (reply.id, "acknowledgement", asked)
