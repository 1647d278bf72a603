"""Need to know: who sees which case, spelled out a second time, and that every verb asks."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.casework.desks import THEM, THIRD, Desk, document, open_desk, request_document
from tests.casework.people import put_on_record
from tracer.casework import threads
from tracer.casework.roles import REACH, Role
from tracer.casework.sight import may_see, scope_of
from tracer.casework.trail import ActFilter
from tracer.errors import InputError
from tracer.store import Tx
from tracer.store.rows import DraftRow

TABLE = {
    # a case of: nobody own other own-r other-r assigned-r hand hand-r (-r: restricted)
    ("investigator", "north"): "no   yes  no   yes  no   yes  yes  no",
    ("investigator", "city"): " no   yes  no   yes  no   yes  yes  no",
    ("officer", "north"): "     yes  yes  yes  yes  no   yes  yes  no",
    ("officer", "city"): "      no   yes  no   yes  no   yes  yes  no",
    ("supervisor", "north"): "  yes  yes  yes  yes  no   yes  yes  no",
    ("supervisor", "city"): "   no   yes  no   yes  no   yes  yes  no",
    ("auditor", "north"): "     yes  yes  yes  yes  yes  yes  yes  yes",
    ("auditor", "city"): "      no   yes  no   yes  no   yes  yes  no",
    ("operator", "north"): "    no   no   no   no   no   no   no   no",
    ("operator", "city"): "     no   no   no   no   no   no   no   no",
}
CASES = ("nobody", "own", "other", "own-r", "other-r", "assigned-r", "hand", "hand-r")


def code_of(found: pytest.ExceptionInfo[InputError]) -> str:
    return found.value.code


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Three teams, one of an agency; nobody of the desk is in any."""
    async with open_desk(tmp_path) as made:
        for team, agency in (("north", ""), ("south", ""), ("city", "city-police")):
            await made.teams.add("sam", team, agency=agency)
        yield made


async def asked(desk: Desk, number: int = 1) -> str:
    """One more request of a peer; its thread."""
    return await desk.asked(nonce=f"{number:021d}A", reference=f"XB-2026-{number:06d}")


def hand(tx: Tx, author: str, thread: str, number: int) -> None:
    """A person has written in a case."""
    tx.drafts.put(
        DraftRow(
            id=f"H{number}",
            thread=thread,
            peer=THEM,
            type="more-info",
            author=author,
            state="discarded",
            body=b"",
            version=1,
            created=tx.now,
            updated=tx.now,
        )
    )


async def add(desk: Desk, name: str, role: str, *teams: str) -> None:
    await put_on_record(desk.store, "sam", name, [role], command=True)
    for team in teams:
        await desk.teams.join("sam", team, name)


def test_the_table_has_every_role() -> None:
    assert {role for role, _ in TABLE} == set(Role) == set(REACH)


@pytest.mark.parametrize(("role", "team"), TABLE)
async def test_each_role_sees_what_the_table_says_and_nothing_else(
    desk: Desk, role: str, team: str
) -> None:
    await add(desk, "pia", role, team)
    names = {case: await asked(desk, number) for number, case in enumerate(CASES)}

    def arrange(tx: Tx) -> None:
        for case, thread in names.items():
            of = {"nobody": None, "own": team}.get(case.removesuffix("-r"), "south")
            if of is not None:
                tx.work.give(thread, of, restricted=case.endswith("-r"))
        tx.work.assign(names["assigned-r"], "pia", by="sam")
        for number, case in enumerate(("hand", "hand-r")):
            hand(tx, "pia", names[case], number)

    await desk.store.write(arrange)
    expected = dict(zip(CASES, TABLE[role, team].split(), strict=True))
    for case, thread in names.items():
        found = await reading(desk.reads.case("pia", thread))
        seen = {"": "yes", "thread-unknown": "no", "role-missing": "no"}[found]
        assert seen == expected[case], case
    if role != "operator":
        listed = {line.thread for line in await desk.reads.cases("pia")}
        assert listed == {names[case] for case in CASES if expected[case] == "yes"}


async def reading(action: Awaitable[object]) -> str:
    """The code that an action is refused with; "" if it is not."""
    try:
        await action
    except InputError as error:
        return error.code
    return ""


async def test_a_node_without_teams_keeps_nobody_apart(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        thread = await asked(desk)
        for name in ("ada", "ben", "sam", "aud"):
            assert (await desk.reads.case(name, thread)).thread == thread
            assert len(await desk.reads.cases(name)) == 1


async def test_lists_and_single_cases_are_judged_alike_in_any_world(desk: Desk) -> None:
    """The rule stands twice, in Python and in SQL; random worlds find no case between them."""
    chance = random.Random(4)  # noqa: S311 - chance of a test
    people, teams = [], ["north", "south", "city"]
    for number, (role, count) in enumerate(product(Role, (0, 1, 2))):
        people.append(f"p{number}")
        await add(desk, f"p{number}", role, *chance.sample(teams, count))
    threads = [await asked(desk, number) for number in range(40)]

    def arrange(tx: Tx) -> None:
        for number, thread in enumerate(threads):
            if chance.random() < 0.8:
                of = chance.choice(teams)
                tx.work.give(thread, of, restricted=chance.random() < 0.4)
            for person in chance.sample(people, chance.randrange(4)):
                tx.work.assign(thread, person, by="sam")
            if chance.random() < 0.5:
                hand(tx, chance.choice(people), thread, number)

    def compare(tx: Tx) -> int:
        access, compared = tx.work.access(threads), 0
        for person in tx.people.all():
            scope = scope_of(tx, person)
            listed = {row.thread for row in tx.cases.list(scope=scope, limit=1000)}
            assert listed == {one for one in threads if may_see(scope, access[one])}, scope
            compared += len(listed)
        return compared

    await desk.store.write(arrange)
    assert await desk.store.read(compare) > 100
    await desk.store.write(
        lambda tx: [tx.teams.leave(team, name) for team in teams for name in people]
    )
    await desk.store.read(compare)


# -- every verb that touches a case asks ----------------------------------------------------------

Verb = Callable[[Desk, str, str], Awaitable[Any]]
REASON = "for a reason that says something"
VERBS: dict[str, Verb] = {
    "reads.case": lambda d, a, t: d.reads.case(a, t),
    "attach.open_attachment": lambda d, a, t: d.attach.open_attachment(a, t, t, 1),
    "drafts.reply_draft": lambda d, a, t: d.drafts.reply_draft(
        a, t, "more-info", document("more-info")
    ),
    "following.follow_on": lambda d, a, t: d.following.follow_on(a, t, THIRD),
    "following.ask_consent": lambda d, a, t: d.following.ask_consent(a, t, THIRD),
    "duplicates.twins": lambda d, a, t: d.duplicates.twins(a, t),
    "duplicates.say": lambda d, a, t: d.duplicates.say(a, t, t, "linked", REASON),
    "duplicates.leading": lambda d, a, t: d.duplicates.leading(a, t),
    "duplicates.whom_next": lambda d, a, t: d.duplicates.whom_next(a, t),
    "notes.add": lambda d, a, t: d.notes.add(a, t, "call back"),
    "notes.list": lambda d, a, t: d.notes.list(a, t),
    "changes.mark": lambda d, a, t: d.changes.mark(a, t),
    "assigning.show": lambda d, a, t: d.assigning.show(a, t),
    "assigning.assign": lambda d, a, t: d.assigning.assign(a, t, "ada"),
    "assigning.unassign": lambda d, a, t: d.assigning.unassign(a, t, "ada"),
    "assigning.give": lambda d, a, t: d.assigning.give(a, t, "south"),
    "assigning.restrict": lambda d, a, t: d.assigning.restrict(
        a, t, restricted=False, reason=REASON
    ),
}
"""Every verb of the desk that names a case."""


@pytest.mark.parametrize("name", VERBS)
async def test_every_verb_on_a_case_that_is_not_theirs_finds_none(desk: Desk, name: str) -> None:
    thread = await asked(desk)
    await desk.store.write(lambda tx: tx.work.give(thread, "south", restricted=True))
    await add(desk, "our", "officer", "south")
    assert await reading(VERBS[name](desk, "ben", thread)) == "thread-unknown"
    assert await reading(VERBS[name](desk, "ben", thread[:12])) == "thread-unknown"
    assert await reading(VERBS[name](desk, "our", thread)) != "thread-unknown"


async def test_what_is_refused_is_not_told_apart_from_what_is_not_there(desk: Desk) -> None:
    thread = await asked(desk)
    await desk.store.write(lambda tx: tx.work.give(thread, "south", restricted=True))
    told = []
    for name in (thread, "A" * 43):
        with pytest.raises(InputError) as found:
            await desk.reads.case("ben", name)
        told.append(str(found.value).replace(name, "X"))
    assert told[0] == told[1]


async def test_a_reference_of_ours_stays_ours_whoever_else_writes_it_on_a_request(
    desk: Desk,
) -> None:
    sent = await desk.released()
    reference = (await desk.store.read(threads.on_its_way))[0].opening.reference
    for receipted in (False, True):
        if receipted:
            await desk.receipted(sent)
        await desk.asked(reference=reference, nonce=f"{receipted:021d}A")
        assert (await desk.reads.case("ben", reference)).thread == sent.thread


async def test_a_reference_means_the_case_of_the_state_that_it_names(desk: Desk) -> None:
    theirs = await asked(desk)
    other = await desk.asked(THIRD, reference="XB-2026-000001")
    assert (await desk.reads.case("ben", "XB-2026-000001")).thread == theirs
    await desk.store.write(lambda tx: tx.work.give(theirs, "south", restricted=True))
    assert (await desk.reads.case("ben", "XB-2026-000001")).thread == other


async def test_a_case_that_is_not_theirs_makes_no_name_of_another_ambiguous(desk: Desk) -> None:
    one = await asked(desk)
    twin = await desk.asked(reference="XB-2026-000001", nonce=f"{7:021d}A")
    assert await reading(desk.reads.case("ben", "XB-2026-000001")) == "thread-ambiguous"
    await desk.store.write(lambda tx: tx.work.give(twin, "south", restricted=True))
    assert (await desk.reads.case("ben", "XB-2026-000001")).thread == one
    assert await reading(desk.reads.case("aud", "XB-2026-000001")) == "thread-ambiguous"


async def test_a_firearm_of_a_case_that_is_not_theirs_is_not_shown_as_a_twin(desk: Desk) -> None:
    one = await asked(desk, 1)
    other = await asked(desk, 2)
    for thread in (one, other):
        await desk.looked_at(thread)
    assert [twin.thread for twin in await desk.duplicates.twins("ben", one)] == [other]
    await desk.store.write(lambda tx: tx.work.give(other, "south", restricted=True))
    assert await desk.duplicates.twins("ben", one) == ()
    assert len(await desk.duplicates.twins("aud", one)) == 1


async def test_nobody_is_told_of_a_case_that_is_not_theirs(desk: Desk) -> None:
    await add(desk, "our", "officer", "south")
    thread = await asked(desk)

    def told(tx: Tx) -> list[str]:
        return desk.notices._told(tx, thread, "notice-due")  # noqa: SLF001 - who is told

    assert await desk.store.read(told) == ["ben", "eve", "our"]
    await desk.store.write(lambda tx: tx.work.give(thread, "south", restricted=True))
    assert await desk.store.read(told) == ["our"]
    await desk.assigning.assign("our", thread, "ada")
    assert await desk.store.read(told) == ["ada"]


# -- teams, agencies, the queue -------------------------------------------------------------------


async def test_a_request_belongs_to_its_authors_team_and_goes_through_the_authority(
    desk: Desk,
) -> None:
    await add(desk, "cid", "investigator", "city")
    await add(desk, "cop", "officer", "city")
    await add(desk, "vic", "officer", "north")
    draft = await desk.drafts.new("cid", request_document(), THEM)
    await desk.release.submit_for_release("cid", draft.id)
    assert [row.id for row in await desk.release.waiting("cop")] == [draft.id]
    assert [row.id for row in await desk.release.waiting("vic")] == [draft.id]
    assert await reading(desk.release.release("cop", draft.id)) == "agency-release"
    sent = await desk.release.release("vic", draft.id)
    work = await desk.assigning.show("cid", sent.thread)
    assert (work.team, work.agency, work.restricted) == ("city", "city-police", False)
    await desk.receipted(sent)
    for name in ("cid", "cop", "vic", "ben"):
        assert await reading(desk.reads.case(name, sent.thread)) == ""
    assert await reading(desk.reads.case("ada", sent.thread)) == "thread-unknown"


async def test_an_agencys_officer_sees_no_draft_of_other_teams(desk: Desk) -> None:
    await add(desk, "cop", "officer", "city")
    await add(desk, "cid", "investigator", "city")
    other = await desk.drafts.new("ada", request_document(), THEM)
    mine = await desk.drafts.new("cid", request_document(), THEM)
    assert [row.id for row in await desk.drafts.list("cop")] == [mine.id]
    assert await reading(desk.drafts.show("cop", other.id)) == "draft-unknown"
    assert {row.id for row in await desk.drafts.list("ben")} == {mine.id, other.id}


async def test_a_draft_in_a_restricted_case_is_seen_by_its_team_only(desk: Desk) -> None:
    await add(desk, "our", "officer", "south")
    thread = await asked(desk)
    await desk.store.write(lambda tx: tx.work.give(thread, "south", restricted=True))
    draft = await desk.drafts.reply_draft("our", thread, "more-info", document("more-info"))
    await desk.release.submit_for_release("our", draft.id)
    assert await desk.release.waiting("ben") == ()
    assert await reading(desk.release.release("ben", draft.id)) == "draft-unknown"
    assert await reading(desk.drafts.show("ben", draft.id)) == "draft-unknown"


async def test_what_continues_a_restricted_case_is_restricted_with_it(desk: Desk) -> None:
    await add(desk, "our", "officer", "south")
    await add(desk, "two", "officer", "south")
    sent = await desk.released()
    await desk.receipted(sent)
    await desk.assigning.give("ben", sent.thread, "south")
    await desk.assigning.restrict("our", sent.thread, restricted=True, reason=REASON)
    draft = (await desk.following.follow_on("our", sent.thread, THIRD)).draft
    assert await reading(desk.drafts.show("ben", draft.id)) == "draft-unknown"
    await desk.release.submit_for_release("our", draft.id)
    next_ = await desk.release.release("two", draft.id)
    assert (await desk.assigning.show("our", next_.thread)).restricted
    assert await reading(desk.reads.case("ben", next_.thread)) == "thread-unknown"


async def test_a_supervisor_assigns_others_to_a_case_they_do_not_see_and_never_themselves(
    desk: Desk,
) -> None:
    thread = await asked(desk)
    await desk.store.write(lambda tx: tx.work.give(thread, "south", restricted=True))
    assert await reading(desk.reads.case("sam", thread)) == "thread-unknown"
    assert await reading(desk.assigning.assign("sam", thread, "sam")) == "assign-self"
    await desk.assigning.assign("sam", thread, "eve")
    assert await reading(desk.reads.case("eve", thread)) == ""
    assert await reading(desk.assigning.assign("ben", thread, "ben")) == "thread-unknown"


async def test_whose_case_it_is_is_on_record(desk: Desk) -> None:
    thread = await asked(desk)
    await desk.assigning.give("ben", thread, "north")
    await desk.assigning.assign("ben", thread, "ada")
    await desk.assigning.assign("ben", thread, "ada")
    await desk.assigning.unassign("ada", thread, "ada")
    found = [
        (act.act, act.detail) for act in await desk.trail.list("sam", ActFilter(subject=thread))
    ]
    assert found == [
        ("unassign", {"person": "ada"}),
        ("assign", {"person": "ada"}),
        ("case-team", {"from": "", "to": "north"}),
    ]


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (lambda d, t: d.assigning.assign("ben", t, "opa"), "assign-role"),
        (lambda d, t: d.assigning.assign("ben", t, "ghost"), "person-unknown"),
        (lambda d, t: d.assigning.unassign("ben", t, "ada"), "assign-none"),
        (lambda d, t: d.assigning.give("ben", t, "west"), "team-unknown"),
        (lambda d, t: d.assigning.give("ben", t, "shut"), "team-closed"),
        (
            lambda d, t: d.assigning.restrict("ben", t, restricted=True, reason="no"),
            "reason-missing",
        ),
        (
            lambda d, t: d.assigning.restrict("ben", t, restricted=True, reason=REASON),
            "team-needed",
        ),
        (lambda d, _: d.teams.add("sam", "North"), "team-form"),
        (lambda d, _: d.teams.add("sam", ""), "team-form"),
        (lambda d, _: d.teams.add("sam", "north"), "team-exists"),
        (lambda d, _: d.teams.join("sam", "shut", "ada"), "team-closed"),
        (lambda d, _: d.teams.join("sam", "north", "ghost"), "person-unknown"),
        (lambda d, _: d.teams.join("sam", "north", "sam"), "person-self"),
        (lambda d, _: d.teams.leave("sam", "north", "ada"), "team-member"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    desk: Desk, action: Callable[[Desk, str], Awaitable[object]], code: str
) -> None:
    await desk.teams.add("sam", "shut")
    await desk.teams.close("sam", "shut")
    assert await reading(action(desk, await asked(desk))) == code


# -- notes, and what is new -----------------------------------------------------------------------


async def test_a_note_stays_in_the_house_and_its_reading_is_on_record(
    desk: Desk, tmp_path: Path
) -> None:
    thread = await asked(desk)
    before = await desk.outbox()
    written = await desk.notes.add("ben", thread, "  The prosecutor calls back on Monday.  ")
    assert await desk.notes.list("eve", thread) == (written,)
    assert (await desk.reads.case("eve", thread)).notes == (written,)
    assert await desk.outbox() == before
    disk = b"".join(one.read_bytes() for one in tmp_path.glob("tracer.db*"))
    assert b"prosecutor" not in disk
    acts = [(act.actor, act.act) for act in await desk.trail.list("sam", ActFilter(subject=thread))]
    assert acts == [("eve", "read-case"), ("eve", "read-notes"), ("ben", "note")]


async def test_a_note_outlives_a_new_key_of_its_thread_and_not_its_purge(desk: Desk) -> None:
    thread = await asked(desk)
    written = await desk.notes.add("ben", thread, "The prosecutor calls back.")
    await desk.store.write(
        lambda tx: tx.disposals.rekey(thread, list(tx.messages.of_thread(thread)))
    )
    assert await desk.notes.list("ben", thread) == (written,)
    await desk.store.write(lambda tx: tx.disposals.forget(thread))
    await desk.store.write(lambda tx: tx.threads.purge(thread))
    assert await desk.notes.list("ben", thread) == ()
    assert await reading(desk.notes.add("ben", thread, "more")) == "thread-purged"
    for text, code in (("  ", "note-empty"), ("x" * 4001, "note-long")):
        assert await reading(desk.notes.add("ben", thread, text)) == code


async def test_a_case_says_what_is_new_to_whoever_reads_it(desk: Desk) -> None:
    thread = await asked(desk)
    first = await desk.reads.case("ben", thread)
    assert (first.since.seen, first.since.messages) == (None, (thread,))
    assert not (await desk.reads.case("ben", thread)).since
    await desk.notes.add("eve", thread, "Seen one like it.")
    mine = await desk.notes.add("ben", thread, "So have I.")
    reminder = await desk.arrives(thread, "reminder", about=thread)
    case = await desk.reads.case("ben", thread)
    assert case.since.messages == (reminder,)
    assert len(case.since.notes) == 1
    assert mine.number not in case.since.notes
    assert (await desk.reads.case("aud", thread)).since.seen is None


async def test_the_list_of_changes_holds_what_one_looked_at_or_is_assigned_to(desk: Desk) -> None:
    one, two, three = [await asked(desk, number) for number in (1, 2, 3)]
    await desk.reads.case("ben", one)
    await desk.assigning.assign("eve", two, "ben")
    assert [(row.thread, row.seen) for row in await desk.changes.list("ben")] == [(two, None)]
    await desk.changes.mark("ben", two)
    assert await desk.changes.list("ben") == ()
    await desk.notes.add("eve", one, "Look again.")
    await desk.arrives(two, "reminder", about=two)
    await desk.arrives(three, "reminder", about=three)
    found = {row.thread: (row.messages, row.notes) for row in await desk.changes.list("ben")}
    assert found == {one: (0, 1), two: (1, 0)}
    await desk.store.write(lambda tx: tx.work.give(one, "south", restricted=True))
    assert [row.thread for row in await desk.changes.list("ben")] == [two]
