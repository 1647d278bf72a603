"""Who did what is shown as far as the cases that it was done to: to the auditor all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.casework.desks import Desk, document, open_desk
from tests.casework.people import put_on_record
from tracer.casework.trail import LOOKED, ActFilter
from tracer.errors import InputError
from tracer.store import AuditRow, Tx

REASON = "the source is a neighbour"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Two teams, one of an agency; `our` and `sue` are of the first, `pol` of the agency's."""
    async with open_desk(tmp_path) as made:
        await made.teams.add("sam", "south")
        await made.teams.add("sam", "city", agency="city-police")
        for name, role, team in (
            ("our", "officer", "south"),
            ("sue", "supervisor", "south"),
            ("pol", "supervisor", "city"),
        ):
            await put_on_record(made.store, "sam", name, [role], command=True)
            await made.teams.join("opa", team, name)
        yield made


async def restricted(desk: Desk, number: int = 1) -> tuple[str, str]:
    """A request of a peer that only the team south sees, and a draft in it."""
    thread = await desk.asked(nonce=f"{number:021d}A", reference=f"XB-2026-{number:06d}")
    await desk.assigning.give("ben", thread, "south")
    await desk.assigning.restrict("our", thread, restricted=True, reason=REASON)
    draft = await desk.drafts.reply_draft("our", thread, "more-info", document("more-info"))
    await desk.reads.case("our", thread)
    return thread, draft.id


async def done(desk: Desk, *about: str) -> None:
    """Somebody of the team did something to each of these, one after the other."""

    def body(tx: Tx) -> None:
        for one in about:
            tx.audit.write("our", "note", one)

    await desk.store.write(body)


def subjects(rows: tuple[AuditRow, ...]) -> set[str]:
    return {row.subject for row in rows}


@pytest.mark.parametrize(("name", "sees"), [("sam", 0), ("pol", 0), ("sue", 1), ("aud", 1)])
async def test_acts_on_a_case_are_shown_and_handed_out_to_whoever_may_see_it(
    desk: Desk, name: str, sees: int
) -> None:
    thread, draft = await restricted(desk)
    other = await desk.asked(nonce=f"{2:021d}A", reference="XB-2026-000002")
    await desk.reads.case("sue", other)
    trail = desk.trail
    for named in (None, thread, thread[:10], "XB-2026-000001", draft):
        for rows in (
            await trail.list(name, ActFilter(subject=named), limit=1000),
            (await trail.page(name, ActFilter(subject=named), limit=1000)).rows,
            (await trail.hand_out(name, ActFilter(subject=named))).rows,
        ):
            about = [row for row in rows if row.subject in {thread, draft} and row.actor != name]
            assert bool(about) == sees, named
            assert (REASON in str(rows)) == (sees and named != draft), named
    assert (other in subjects(await trail.list(name))) == (name != "pol")
    assert {"opa", "ben"} & {
        row.actor for row in await trail.list(name, ActFilter(act="team-join"))
    }
    for named in (thread, draft):
        if sees:
            assert (await trail.export(name, named)).acts
        else:
            with pytest.raises(InputError) as refused:
                await trail.export(name, named)
            assert refused.value.code == "act-none"
    assert (await trail.page(name)).every == (name == "aud")


async def test_where_there_is_no_team_nothing_is_left_out(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        thread = await desk.asked()
        await desk.reads.case("ben", thread)
        page = await desk.trail.page("sam")
        assert (thread in subjects(page.rows), page.every) == (True, True)


async def test_an_act_that_names_a_case_beside_its_own_is_shown_to_whoever_sees_both(
    desk: Desk,
) -> None:
    thread, _ = await restricted(desk)
    open_one = await desk.asked(nonce=f"{3:021d}A", reference="XB-2026-000003")
    await desk.duplicates.say("our", open_one, thread, "linked", "one seller sold both of them")
    for name, sees in (("sam", 0), ("sue", 1), ("aud", 1)):
        assert len(await desk.trail.list(name, ActFilter(act="case-linked"))) == sees
    for name, sees in (("sam", 0), ("sue", 1)):
        found = await desk.trail.list(name, ActFilter(subject=open_one))
        assert [row.act for row in found] == ["case-linked"] * sees


async def test_sending_a_message_of_a_case_again_is_shown_to_whoever_sees_it(desk: Desk) -> None:
    sent = await desk.released()
    await desk.store.write(
        lambda tx: tx.outbox.give_up([row.seq for row in tx.outbox.rows()], "quota")
    )
    await desk.upkeep.again("opa", sent.message_id)
    assert len(await desk.trail.list("sam", ActFilter(act="resend"))) == 1
    await desk.store.write(lambda tx: tx.work.give(sent.thread, "south", restricted=True))
    assert await desk.trail.list("sam", ActFilter(act="resend")) == ()


async def test_pages_of_what_may_be_seen_follow_one_another_without_a_gap(desk: Desk) -> None:
    hidden, _ = await restricted(desk)
    await done(desk, *("ada" if number % 3 == 0 else hidden for number in range(30)))
    whole = await desk.trail.list("sam", limit=1000)
    assert hidden not in subjects(whole)
    for limit in (1, 3, 7, len(whole)):
        rows: list[AuditRow] = []
        before: int | None = None
        while True:
            page = await desk.trail.page("sam", before=before, limit=limit)
            rows += page.rows
            before = page.further
            if before is None:
                break
            assert len(page.rows) == limit
        assert tuple(rows) == whole


async def test_a_page_goes_through_so_many_acts_and_leads_on_and_a_list_goes_on(
    desk: Desk,
) -> None:
    hidden, _ = await restricted(desk)
    await done(desk, "ada", *[hidden] * (LOOKED + 600))
    page = await desk.trail.page("sam", ActFilter(by="our", act="note"), limit=50)
    assert (page.rows, page.further is None) == ((), False)
    page = await desk.trail.page(
        "sam", ActFilter(by="our", act="note"), limit=50, before=page.further
    )
    assert ([row.subject for row in page.rows], page.further) == (["ada"], None)
    for rows in (
        await desk.trail.list("sam", ActFilter(by="our", act="note")),
        (await desk.trail.hand_out("sam", ActFilter(by="our", act="note"))).rows,
    ):
        assert [row.subject for row in rows] == ["ada"]
