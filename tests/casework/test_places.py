"""What is about no single case: authorities, the overview, the node, people, tables that leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.casework.desks import THEM, THIRD, Desk, request_document
from tracer.casework.lists import Asked
from tracer.casework.trail import ActFilter
from tracer.errors import InputError
from tracer.exchange.clocks.facts import facts_from, refresh
from tracer.exchange.projection import events_of
from tracer.store import Tx
from tracer.store.account_rows import AccountRow


async def counting(desk: Desk) -> str:
    """A request of ours that counts, delivered; its thread."""
    sent = await desk.released(request_document(test=False))
    await desk.receipted(sent)

    def body(tx: Tx) -> None:
        row = tx.threads.get_many([sent.thread])[sent.thread]
        refresh(tx, row, facts_from(tx, events_of(tx, row)))
        tx.agenda.put(row.id, ours=None, theirs="2026-04-01T00:00:00.000Z")

    await desk.store.write(body)
    return sent.thread


async def test_an_authority_is_found_by_id_name_and_country(desk: Desk) -> None:
    verbs = desk.authorities
    assert [one.authority for one in await verbs.list("ada")] == [THEM, THIRD]
    assert [one.authority for one in await verbs.list("ada", search="xb-")] == [THEM]
    found = await verbs.list("ada", search="no such", states={"XC"})
    assert [one.authority for one in found] == [THIRD]
    assert await verbs.list("ada", search="no such") == ()


async def test_a_line_says_what_failed_and_a_suspended_authority_is_stopped(desk: Desk) -> None:
    await desk.store.write(
        lambda tx: tx.peers.note_contact(THEM, failures=2, last_error="line-timeout")
    )
    line = (await desk.authorities.show("ada", THEM)).line
    assert (line.out.state, line.out.side, line.out.code) == ("failing", "line", "line-timeout")
    await desk.peers.suspend("sam", THEM, "a key may be stolen")
    line = (await desk.authorities.show("ada", THEM)).line
    assert (line.standing, line.out.state, line.back.state) == ("suspended", "stopped", "stopped")


async def test_figures_are_shown_to_those_who_may_read_them(desk: Desk) -> None:
    await counting(desk)
    assert (await desk.authorities.show("ada", THEM)).figures is None
    assert (await desk.authorities.show("opa", THEM)).figures is None
    shown = await desk.authorities.show("ben", THEM)
    assert shown.figures is not None
    assert shown.entry is not None
    assert shown.entry.contacts


async def test_the_overview_counts_what_is_late_and_with_whom_it_lies(desk: Desk) -> None:
    thread = await counting(desk)
    view = await desk.overview.show("sam")
    assert [line.thread for line in view.ahead] == [thread]
    assert view.passed == ()
    assert view.figures[0].ours.counts["received"] == 1
    desk.clock.advance(timedelta(days=60))
    view = await desk.overview.show("sam")
    assert [line.thread for line in view.passed] == [thread]
    assert (view.passed_in_all, view.ahead) == (1, ())
    assert view.load.shares == ()  # they owe us, we owe nothing


async def test_what_we_owe_lies_with_whom_it_is_assigned_to_else_with_the_team(desk: Desk) -> None:
    first, second = await counting(desk), await counting(desk)

    def owe(tx: Tx) -> None:
        for thread, until in ((first, "2020-01-01T00:00:00.000Z"), (second, "2099-01-01")):
            tx.agenda.put(thread, ours=until, theirs=None)

    await desk.store.write(owe)
    await desk.assigning.assign("ben", first, "ada")
    shares = (await desk.overview.show("sam")).load.shares
    told = [(one.person, one.team, one.cases, one.late) for one in shares]
    assert told == [("ada", "", 1, 1), ("", "", 1, 0)]


async def test_the_overview_is_not_for_investigators_and_operators(desk: Desk) -> None:
    for person in ("ada", "opa"):
        with pytest.raises(InputError) as found:
            await desk.overview.show(person)
        assert found.value.code == "role-missing"


async def test_the_queue_says_what_waits_why_and_names_no_case(desk: Desk) -> None:
    sent = await desk.released()
    (line,) = (await desk.upkeep.queue("opa")).lines
    assert (line.peer, line.message, line.state) == (THEM, sent.message_id, "queued")
    assert not hasattr(line, "thread")
    assert (await desk.upkeep.queue("opa", peer=THIRD)).lines == ()
    with pytest.raises(InputError, match="may not"):
        await desk.upkeep.queue("ben")


async def test_what_was_given_up_is_tried_again_on_record(desk: Desk) -> None:
    sent = await desk.released()

    def give_up(tx: Tx) -> None:
        tx.outbox.give_up([row.seq for row in tx.outbox.rows()], "quota")

    await desk.store.write(give_up)
    (line,) = (await desk.upkeep.queue("opa")).lines
    assert (line.state, line.code, line.next) == ("undeliverable", "quota", "")
    desk.woken.clear()
    assert await desk.upkeep.again("opa", sent.message_id) == 1
    assert desk.woken == [THEM]
    (line,) = (await desk.upkeep.queue("opa")).lines
    assert line.state == "queued"
    (row, *_) = await desk.trail.list("aud", ActFilter(act="resend"))
    assert (row.actor, row.subject) == ("opa", sent.message_id)
    with pytest.raises(InputError, match="no message"):
        await desk.upkeep.again("opa", "none")


async def test_how_somebody_signs_in_is_for_those_who_keep_people(desk: Desk) -> None:
    roster = desk.roster
    later = "2099-01-01T00:00:00.000Z"
    row = AccountRow(person="ben", password="x", given=True, given_until=later, changed=later)
    await desk.store.write(lambda tx: tx.accounts.put(row))
    lines = {one.name: one for one in await roster.list("opa")}
    assert (lines["ben"].signs_in, lines["ada"].signs_in) == ("given", "never")
    assert {one.signs_in for one in await roster.list("eve")} == {"never"}
    assert not (await roster.show("eve", "ben")).keeps
    assert (await roster.show("opa", "ben")).keeps
    assert not (await roster.show("opa", "opa")).keeps


async def test_a_list_of_requests_is_taken_out_whole_and_on_record(desk: Desk) -> None:
    threads = {await counting(desk) for _ in range(3)}
    lists = desk.lists
    lines = await lists.everything("ben", Asked(side="sent", search="glock secret"))
    assert lines == ()
    lines = await lists.everything("ben", Asked(side="sent"))
    assert {line.thread for line in lines} == threads
    rows = await desk.trail.list("aud", ActFilter(act="case-list-export"))
    assert [row.detail["cases"] for row in rows] == [3, 0]
    assert "secret" not in str(rows)


async def test_acts_are_taken_out_as_they_are_narrowed_and_that_is_an_act(desk: Desk) -> None:
    thread = await counting(desk)
    rows = (await desk.trail.hand_out("aud", ActFilter(subject=thread, by="ben"))).rows
    assert {row.actor for row in rows} == {"ben"}
    (kept, *_) = await desk.trail.list("aud", ActFilter(act="audit-export"))
    assert (kept.actor, kept.subject, kept.detail["acts"]) == ("aud", thread, len(rows))
    with pytest.raises(InputError, match="may not"):
        await desk.trail.hand_out("ben")
