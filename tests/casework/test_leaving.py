"""What waits to leave: the order of the queue, and one draft with every hand on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.casework.desks import THEM, Desk, document, message_of, open_desk, request_document
from tracer.errors import InputError
from tracer.store import Tx


async def test_the_most_urgent_waits_in_front_of_what_waits_longest(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as made:
        for level in ("ROUTINE", "FLASH"):
            urgency = {"level": level} | ({"reason": "LIFE_AT_RISK"} if level == "FLASH" else {})
            written = request_document() | {"urgency": urgency}
            draft = await made.drafts.new("ada", written, THEM)
            await made.release.submit_for_release("ada", draft.id)
        queue = await made.release.queue("ben")
        assert [one.urgency for one in queue] == ["FLASH", "ROUTINE"]
        assert [one.mine for one in queue] == [False, False]


async def test_my_desk_counts_what_the_queue_has_with_ones_own_draft_of_a_case_that_was_closed_off(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as made:
        sent = await made.released()
        await made.receipted(sent)
        own = await made.drafts.reply_draft("ben", sent.thread, "withdraw", document("withdraw"))
        await made.release.submit_for_release("ben", own.id)
        new = await made.drafts.new("ada", request_document(), THEM)
        await made.release.submit_for_release("ada", new.id)
        await made.teams.add("sam", "south")
        await made.store.write(lambda tx: tx.work.give(sent.thread, "south", restricted=True))
        for person, seen in (("ben", {own.id, new.id}), ("eve", {new.id})):
            assert {one.draft for one in await made.release.queue(person)} == seen
            assert (await made.lists.waiting(person)).releases == len(seen)


async def test_many_that_wait_hide_none_that_waits_behind_them(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as made:
        first = await made.drafts.new("ada", request_document(), THEM)
        await made.release.submit_for_release("ada", first.id)
        await made.store.write(lambda tx: _crowd(tx, first.id))
        urgency = {"level": "FLASH", "reason": "LIFE_AT_RISK"}
        last = await made.drafts.new("ada", request_document(urgency=urgency), THEM)
        await made.release.submit_for_release("ada", last.id)
        queue = await made.release.queue("ben")
        assert (queue[0].draft, len(queue)) == (last.id, 202)
        assert (await made.lists.waiting("ben")).releases == 202
        for listed in (made.release.waiting("ben"), made.drafts.list("ben")):
            assert last.id in {row.id for row in await listed}
        assert last.id in {line.row.id for line in await made.guided.list("ben")}
        assert len(await made.release.reviews("sam")) == 201
        assert len(await made.release.review_list("sam")) == 201


def _crowd(tx: Tx, like: str) -> None:
    """200 more that wait to be let go, and 201 that were let go by one person alone."""
    row = tx.drafts.get(like)
    assert row is not None
    for number in range(200):
        tx.drafts.put(replace(row, id=f"W{number}", version=1))
    for number in range(201):
        gone = replace(row, id=f"R{number}", version=1, state="released", body=b"", review=True)
        tx.drafts.put(replace(gone, released_by="ben"))


async def test_a_draft_is_shown_with_every_hand_and_the_reading_is_on_record(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as made:
        draft = await made.drafts.new("ada", request_document(), THEM)
        await made.release.submit_for_release("ada", draft.id)
        held = await made.release.look("ben", draft.id)
        assert [(one.person, one.act) for one in held.hands] == [
            ("ada", "write"), ("ada", "submit")
        ]  # fmt: skip
        assert (held.mine, (await made.release.look("ada", draft.id)).mine) == (False, True)
        found = await made.store.read(lambda tx: tx.audit.list(limit=100))
        assert any(row.act == "read-draft" and row.actor == "ben" for row in found)


async def test_a_version_that_was_not_looked_at_is_not_sent_back(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as made:
        draft = await made.drafts.new("ada", request_document(), THEM)
        await made.release.submit_for_release("ada", draft.id)
        with pytest.raises(InputError) as refused:
            await made.release.reject("ben", draft.id, "the serial is wrong", version=9)
        assert refused.value.code == "draft-changed"


async def asked_about_two(desk: Desk) -> str:
    """Their request about two firearms; its thread."""
    request: Any = message_of("request")
    one = replace(request.firearms[0], photos=(), line=1)
    return await desk.asked(firearms=(one, replace(one, line=2)))


async def says(desk: Desk, thread: str, kind: str, line: int, **more: Any) -> str:
    """A draft of ours that answers one firearm; its id."""
    answers = [{"line": line, "outcomes": ["MANUFACTURE_ONLY"]}]
    written = await desk.drafts.reply_draft("ada", thread, kind, {"answers": answers, **more})
    return written.id


async def test_a_firearm_that_no_answer_speaks_of_is_told_before_the_answer_leaves(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as made:
        thread = await asked_about_two(made)
        first = await says(made, thread, "interim", 1, next_by="2026-12-01")
        assert (await made.release.look("ben", first)).silent == (2,)
        await made.release.submit_for_release("ada", first)
        sent = await made.release.release("ben", first)
        await made.receipted(sent)
        last = await says(made, thread, "result", 2)
        assert (await made.release.look("ben", last)).silent == ()
        again = await says(made, thread, "result", 1)
        assert (await made.release.look("ben", again)).silent == (2,)


async def test_who_wrote_in_a_case_that_is_closed_off_sees_their_draft_and_no_more_of_the_case(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as made:
        thread = await asked_about_two(made)
        own = await made.drafts.reply_draft("ben", thread, "interim", {"next_by": "2027-01-15"})
        await made.release.submit_for_release("ben", own.id)
        open_to_all = await made.release.look("ben", own.id)
        await made.teams.add("sam", "south")
        await made.store.write(lambda tx: tx.work.give(thread, "south", restricted=True))
        closed = await made.release.look("ben", own.id)
        assert len(open_to_all.firearms) == 2
        assert open_to_all.reference
        assert (closed.firearms, closed.reference, closed.silent) == ((), "", ())
        assert closed.message is not None
        queued = [one for one in await made.release.queue("ben") if one.draft == own.id]
        assert [(one.reference, one.urgency) for one in queued] == [("", "")]


async def test_what_leaves_is_the_firearm_as_the_draft_describes_it(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as made:
        sent = await made.released()
        await made.receipted(sent)
        changed = request_document()["firearms"][0] | {"make": "Colt", "photos": []}
        amend = await made.drafts.reply_draft("ada", sent.thread, "amend", {"firearms": [changed]})
        shown = (await made.release.look("ben", amend.id)).firearms
        assert [one.make.as_marked for one in shown if one.make] == ["Colt"]


async def test_a_correction_of_one_firearm_is_silent_about_none(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as made:
        thread = await asked_about_two(made)
        first = await says(made, thread, "interim", 1, next_by="2026-12-01")
        await made.release.submit_for_release("ada", first)
        sent = await made.release.release("ben", first)
        await made.receipted(sent)
        fix = await says(made, thread, "correction", 1, about=sent.message_id)
        assert (await made.release.look("ben", fix)).silent == ()


async def test_whoever_is_of_an_agency_is_told_beforehand_that_they_do_not_let_it_go(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as made:
        await made.people.add("opa", "pol", ["officer", "investigator"], command=True)
        await made.teams.add("sam", "city", name="City police", agency="city-police")
        draft = await made.drafts.new("pol", request_document(), THEM)
        await made.release.submit_for_release("pol", draft.id)
        assert (await made.release.look("pol", draft.id)).lets_go
        await made.teams.join("sam", "city", "pol")
        assert not (await made.release.look("pol", draft.id)).lets_go
        assert (await made.release.look("ben", draft.id)).lets_go
        with pytest.raises(InputError) as refused:
            await made.release.release("pol", draft.id)
        assert refused.value.code == "agency-release"
