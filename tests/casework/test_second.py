"""The second person: one human with several accounts is one person wherever two are needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.casework.accounts import CHEAP, PASSWORD, open_house
from tests.casework.desks import THEM, Desk, request_document
from tests.casework.people import put_on_record
from tests.casework.test_release import REASON
from tests.casework.test_transcribing import POST, sent
from tests.trust.makers import NOW
from tracer.casework.accounts.passwords import Passwords
from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import Proofs
from tracer.casework.accounts.roster import Roster
from tracer.casework.lists import Asked
from tracer.casework.restoring import Restoring
from tracer.casework.trail import ActFilter
from tracer.clock import stamp
from tracer.errors import InputError
from tracer.store import Tx
from tracer.store.account_rows import AccountRow
from tracer.trust.password import Hasher

SOON: Final = timedelta(milliseconds=1)


def passwords(desk: Desk) -> Passwords:
    """Giving passwords over the store of a desk."""
    hasher, policy = Hasher(CHEAP), AccountPolicy()
    proofs = Proofs(store=desk.store, hasher=hasher, policy=policy)
    return Passwords(store=desk.store, hasher=hasher, proofs=proofs, policy=policy)


async def code_from(awaited: Awaitable[object]) -> str:
    """The code of a refusal; empty: it was done."""
    try:
        await awaited
    except InputError as error:
        return error.code
    return ""


async def let_go(desk: Desk, writer: str, releaser: str) -> str:
    """One writes, the other releases: how that is refused; empty: it left."""
    desk.clock.advance(SOON)
    draft = await desk.drafts.new(writer, request_document(), THEM)
    await desk.release.submit_for_release(writer, draft.id)
    code = await code_from(desk.release.release(releaser, draft.id))
    if code:
        waiting = {one.draft: one for one in await desk.release.queue(releaser)}
        held = await desk.release.look(releaser, draft.id)
        assert held.doubt is not None
        assert held.doubt == waiting[draft.id].doubt
    return code


async def chosen(desk: Desk, *names: str) -> None:
    """People have chosen a password of their own and set up a phone."""

    def body(tx: Tx) -> None:
        for name in names:
            own = AccountRow(person=name, password="hash", changed=tx.now, factor="key")
            tx.accounts.put(own)

    await desk.store.write(body)


async def confirmed(desk: Desk, who: str, name: str) -> None:
    """Somebody looks at an account and confirms what they see."""
    seen = await desk.roster.show(who, name)
    await desk.people.confirm(who, name, hand=seen.hand)


async def made(desk: Desk) -> None:
    """Sam makes two officers' accounts at the desk."""
    for name in ("pip", "pup"):
        await put_on_record(desk.store, "sam", name, ["officer"])


async def test_who_made_an_account_and_that_account_are_one_person_in_either_order(
    desk: Desk,
) -> None:
    await made(desk)
    assert await let_go(desk, "pip", "sam") == "four-eyes-account"
    assert await let_go(desk, "sam", "pip") == "four-eyes-account"


async def test_two_accounts_that_one_person_made_are_one_person(desk: Desk) -> None:
    await made(desk)
    assert await let_go(desk, "pip", "pup") == "four-eyes-account"


async def test_an_account_made_by_an_account_that_one_person_made_is_no_other_person(
    desk: Desk,
) -> None:
    await put_on_record(desk.store, "sam", "pip", ["supervisor"])
    await put_on_record(desk.store, "pip", "pup", ["officer"])
    assert await let_go(desk, "sam", "pup") == "four-eyes-account"
    assert await let_go(desk, "pup", "sam") == "four-eyes-account"


async def let_in_again(desk: Desk, name: str) -> None:
    await desk.people.disable("sam", name)
    await desk.people.enable("sam", name)


TAKEN: dict[str, Callable[[Desk, str, str], Awaitable[object]]] = {
    "a new password": lambda desk, name, _: passwords(desk).give("sam", name),
    "other roles": lambda desk, name, more: desk.people.set_roles("sam", name, ["officer", more]),
    "let in again": lambda desk, name, _: let_in_again(desk, name),
}
"""By which Sam takes an account in hand; the last is a role it has beside that of officer."""


@pytest.mark.parametrize("what", TAKEN)
async def test_an_account_that_somebody_took_in_hand_is_no_second_person_beside_them(
    desk: Desk, what: str
) -> None:
    assert await let_go(desk, "sam", "ben") == ""
    await TAKEN[what](desk, "ben", "investigator")
    assert await let_go(desk, "sam", "ben") == "four-eyes-account"
    assert await let_go(desk, "ben", "sam") == "four-eyes-account"


async def test_a_reset_account_with_higher_roles_is_no_second_person(desk: Desk) -> None:
    await passwords(desk).give("sam", "ada")
    await chosen(desk, "ada")
    await desk.people.set_roles("sam", "ada", ["officer"])
    assert await let_go(desk, "sam", "ada") == "four-eyes-account"


async def test_everybody_else_goes_on_as_two_persons(desk: Desk) -> None:
    await made(desk)
    assert await let_go(desk, "ben", "eve") == ""
    assert await let_go(desk, "pip", "eve") == ""
    assert await let_go(desk, "ben", "pip") == ""


async def test_with_three_people_a_new_password_holds_up_one_pair_until_the_third_confirms(
    desk: Desk,
) -> None:
    await passwords(desk).give("sam", "ben")
    assert await let_go(desk, "eve", "ben") == ""
    assert await code_from(confirmed(desk, "eve", "ben")) == "confirm-early"
    await chosen(desk, "ben")
    assert await let_go(desk, "sam", "ben") == "four-eyes-account"
    await confirmed(desk, "eve", "ben")
    assert await let_go(desk, "sam", "ben") == ""
    assert await let_go(desk, "ben", "sam") == ""
    [act] = await desk.trail.list("aud", ActFilter(subject="ben", act="person-confirm"))
    assert (act.actor, act.detail) == ("eve", {"hands": ["sam"]})


async def test_nobody_who_may_be_the_same_human_confirms_an_account(desk: Desk) -> None:
    await made(desk)
    await chosen(desk, "pip", "pup")
    for who in ("sam", "pip", "pup"):
        assert await code_from(confirmed(desk, who, "pip")) == "confirm-hand"
        assert not (await desk.roster.show(who, "pip")).confirms
    assert (await desk.roster.show("eve", "pip")).line.in_hand == ("sam",)
    assert (await desk.roster.show("eve", "pip")).confirms
    assert await let_go(desk, "pip", "sam") == "four-eyes-account"
    await confirmed(desk, "eve", "pip")
    assert await code_from(confirmed(desk, "eve", "pip")) == "confirm-none"
    assert not (await desk.roster.show("eve", "pip")).confirms


async def test_what_was_written_before_an_account_was_confirmed_stays_doubtful(desk: Desk) -> None:
    await made(desk)
    await chosen(desk, "pip", "pup")
    draft = await desk.drafts.new("pip", request_document(), THEM)
    await desk.release.submit_for_release("pip", draft.id)
    desk.clock.advance(SOON)
    await confirmed(desk, "eve", "pip")
    desk.clock.advance(SOON)
    assert await code_from(desk.release.release("sam", draft.id)) == "four-eyes-account"
    assert await let_go(desk, "pip", "sam") == ""
    assert await code_from(desk.release.release("eve", draft.id)) == ""


async def test_a_confirmed_account_that_is_taken_in_hand_again_needs_another_confirmation(
    desk: Desk,
) -> None:
    await made(desk)
    await chosen(desk, "pip", "pup")
    await confirmed(desk, "eve", "pip")
    assert await let_go(desk, "pip", "sam") == ""
    await passwords(desk).give("sam", "pip")
    assert await let_go(desk, "pip", "sam") == "four-eyes-account"


async def test_an_account_made_at_the_command_line_counts_at_once(desk: Desk) -> None:
    await put_on_record(desk.store, "sam", "pip", ["officer"], command=True)
    await passwords(desk).give("sam", "pip", command=True)
    await desk.people.set_roles("sam", "pip", ["officer", "supervisor"], command=True)
    await desk.people.enable("sam", "pip", command=True)
    assert await let_go(desk, "pip", "sam") == ""
    [act] = await desk.trail.list("aud", ActFilter(subject="pip", act="person-add"))
    assert act.detail["command"] is True


async def test_the_command_line_confirms_where_no_third_person_is_left(desk: Desk) -> None:
    await made(desk)
    await chosen(desk, "pip", "pup")
    await desk.people.confirm("sam", "pip", command=True)
    assert await let_go(desk, "sam", "pip") == ""
    await confirmed(desk, "pip", "pup")
    assert await let_go(desk, "pip", "pup") == ""


async def test_where_one_may_release_an_account_of_theirs_makes_it_one_persons_release(
    small: Desk,
) -> None:
    await made(small)
    draft = await small.drafts.new("pip", request_document(), THEM)
    await small.release.submit_for_release("pip", draft.id)
    assert await code_from(small.release.release("sam", draft.id)) == "reason-missing"
    released = await small.release.release("sam", draft.id, reason=REASON, fresh=True)
    assert released.review
    await put_on_record(small.store, "sam", "sup", ["supervisor"])
    assert await code_from(small.release.review_done("sup", draft.id)) == "four-eyes-account"
    await put_on_record(small.store, "opa", "sue", ["supervisor"])
    await small.release.review_done("sue", draft.id)
    assert await small.release.review_list("aud") == ()


async def test_an_account_of_theirs_does_not_compare_what_somebody_entered(desk: Desk) -> None:
    await made(desk)
    thread = await sent(desk)
    one = await desk.transcribing.came("sam", thread, POST)
    compared = desk.transcribing.compared
    assert await code_from(compared("pip", thread, one.number)) == "four-eyes-account"
    assert await code_from(compared("ben", thread, one.number)) == ""


async def test_an_account_of_theirs_does_not_approve_a_restore(desk: Desk) -> None:
    await made(desk)
    restoring = Restoring(
        store=desk.store,
        policy="two-persons",
        directory=desk.cell.get,
        set_directory=desk.cell.set,
        changing=asyncio.Lock(),
    )
    plan = {"closed": "XA-NPOC/log/1", "size": 7, "root": "", "highest_size": 9, "why": "lost"}
    await restoring.approve("sam", plan)
    assert await code_from(restoring.approve("pip", plan)) == "four-eyes-account"
    assert (await restoring.approve("ben", plan)).complete


async def test_a_confirmation_does_not_count_for_what_was_done_to_the_account_since_the_look(
    desk: Desk,
) -> None:
    await passwords(desk).give("opa", "ben", command=True)
    await desk.people.set_roles("sam", "ben", ["officer", "investigator"])
    await chosen(desk, "ben")
    seen = await desk.roster.show("eve", "ben")
    await passwords(desk).give("sam", "ben")
    await chosen(desk, "ben")
    late = desk.people.confirm("eve", "ben", hand=seen.hand)
    assert await code_from(late) == "confirm-changed"
    assert await code_from(desk.people.confirm("eve", "ben")) == "confirm-changed"
    assert await let_go(desk, "sam", "ben") == "four-eyes-account"
    await confirmed(desk, "eve", "ben")
    assert await let_go(desk, "sam", "ben") == ""


async def test_an_account_without_a_password_or_a_phone_of_its_own_is_not_confirmed(
    tmp_path: Path,
) -> None:
    """Whoever uses the one-time password, or sets up the phone, afterwards would be believed."""
    async with open_house(tmp_path) as house:
        roster = Roster(store=house.store, policy=house.policy)

        async def confirm(*, command: bool = False) -> str:
            seen = await roster.show("eve", "ben")
            assert (seen.third, seen.confirms) == (True, False)
            who = "opa" if command else "eve"
            confirming = house.people.confirm(who, "ben", hand=seen.hand, command=command)
            return await code_from(confirming)

        await house.people.set_roles("sam", "ben", ["officer", "investigator"])
        assert await confirm() == "confirm-early"
        begun = await house.first("ben")
        assert await confirm() == "confirm-early"
        chose = await house.passwords.choose(begun.token, PASSWORD)
        assert await confirm() == "confirm-early"
        assert await confirm(command=True) == "confirm-early"
        await house.set_up(chose)
        assert (await roster.show("eve", "ben")).confirms


async def test_where_no_second_factor_is_asked_for_a_password_of_ones_own_is_enough(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path, AccountPolicy(second_factor=False)) as house:
        begun = await house.first("ben")
        await house.passwords.choose(begun.token, PASSWORD)
        seen = await Roster(store=house.store, policy=house.policy).show("eve", "ben")
        assert seen.confirms
        await house.people.confirm("eve", "ben", hand=seen.hand)


async def test_whoever_sits_at_an_account_when_it_is_confirmed_shows_both_factors_again(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as house:
        opened = await house.enrolled("ben")
        roster = Roster(store=house.store, policy=house.policy)
        seen = await roster.show("eve", "ben")
        await house.people.confirm("eve", "ben", hand=seen.hand)
        assert not await house.holds(opened)
        act = (await house.acts())[-1]
        assert (act.act, act.detail) == ("person-confirm", {"hands": ["sam"], "sessions": 1})


async def test_a_third_person_sees_how_an_account_signs_in_and_since_when(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.enrolled("ben")
        roster = Roster(store=house.store, policy=house.policy)
        line = (await roster.show("eve", "ben")).line
        assert (line.signs_in, line.factor_since) == ("yes", stamp(NOW))
        line = (await roster.show("aud", "ben")).line
        assert (line.signs_in, line.factor_since) == ("never", "")


async def test_nobody_comes_into_a_team_through_an_account_of_their_own_making(desk: Desk) -> None:
    """What a team sees would be seen by whoever made the account."""
    await put_on_record(desk.store, "sam", "pip", ["officer"])
    await put_on_record(desk.store, "sam", "pup", ["supervisor"])
    await desk.teams.add("opa", "alpha")
    await desk.teams.join("opa", "alpha", "eve")
    for keeper, name in (("sam", "pip"), ("pup", "sam"), ("pup", "pip")):
        assert await code_from(desk.teams.join(keeper, "alpha", name)) == "four-eyes-account"
    await desk.teams.join("opa", "alpha", "sam")
    assert await code_from(desk.teams.leave("pup", "alpha", "sam")) == "four-eyes-account"
    await chosen(desk, "pip")
    await confirmed(desk, "eve", "pip")
    desk.clock.advance(SOON)
    await desk.teams.join("sam", "alpha", "pip")


async def test_nobody_changes_their_own_account_through_one_that_they_had_in_hand(
    desk: Desk,
) -> None:
    await put_on_record(desk.store, "sam", "pup", ["supervisor"])
    roles = desk.people.set_roles("pup", "sam", ["supervisor", "auditor"])
    assert await code_from(roles) == "four-eyes-account"
    await desk.people.set_roles("sam", "pup", ["officer", "supervisor"])
    await desk.people.disable("pup", "sam")  # it gives Sam nothing
    assert await code_from(desk.people.enable("pup", "sam")) == "four-eyes-account"


async def test_nobody_sees_a_case_that_is_not_theirs_through_an_account_of_their_own_making(
    desk: Desk,
) -> None:
    await put_on_record(desk.store, "sam", "pip", ["officer"])
    await desk.teams.add("opa", "alpha")
    await desk.teams.join("opa", "alpha", "eve")
    thread = await desk.asked()
    await desk.assigning.assign("sam", thread, "pip")  # a case that Sam sees
    await desk.assigning.unassign("sam", thread, "pip")
    await desk.assigning.give("eve", thread, "alpha")
    await desk.assigning.restrict("eve", thread, restricted=True, reason="a source to protect")
    assert await code_from(desk.assigning.assign("sam", thread, "sam")) == "assign-self"
    assert await code_from(desk.assigning.assign("sam", thread, "pip")) == "four-eyes-account"
    await desk.assigning.assign("sam", thread, "ben")


async def restricted(desk: Desk) -> str:
    """A case that is restricted to a team, of which Eve is."""
    await desk.teams.add("opa", "alpha")
    await desk.teams.join("opa", "alpha", "eve")
    thread = await desk.asked()
    await desk.assigning.give("eve", thread, "alpha")
    await desk.assigning.restrict("eve", thread, restricted=True, reason="a source to protect")
    return thread


async def sees(desk: Desk, name: str, thread: str) -> bool:
    """Whether somebody sees a case and its acts, wherever one may look."""
    code = await code_from(desk.reads.case(name, thread))
    listed = {line.thread for line in (await desk.lists.page(name, Asked())).lines}
    acts = await desk.trail.list(name, ActFilter(subject=thread, by="eve"))
    found = {not code, thread in listed, bool(acts), (await desk.trail.page(name)).every}
    assert code in {"", "thread-unknown"}
    (seen,) = found
    return seen


async def test_an_auditor_made_at_the_desk_sees_restricted_cases_once_a_third_has_confirmed(
    desk: Desk,
) -> None:
    thread, other = (
        await restricted(desk),
        await desk.asked(nonce=f"{2:021d}A", reference="XB-2026-000002"),
    )
    await put_on_record(desk.store, "sam", "pip", ["auditor"])
    await chosen(desk, "pip")
    assert not await sees(desk, "pip", thread)
    await desk.reads.case("pip", other)
    assert (await desk.roster.show("pip", "pip")).waits
    assert await code_from(confirmed(desk, "sam", "pip")) == "confirm-hand"
    await confirmed(desk, "eve", "pip")
    assert await sees(desk, "pip", thread)
    assert not (await desk.roster.show("pip", "pip")).waits


async def test_nobody_becomes_an_auditor_through_accounts_of_their_own_making(desk: Desk) -> None:
    thread = await restricted(desk)
    await put_on_record(desk.store, "sam", "pup", ["supervisor"])
    await put_on_record(desk.store, "pup", "pip", ["auditor"])
    await chosen(desk, "pup", "pip")
    for who in ("sam", "pup", "pip"):
        assert await code_from(confirmed(desk, who, "pip")) in {"confirm-hand", "role-missing"}
    assert not await sees(desk, "pip", thread)
    await confirmed(desk, "eve", "pup")
    desk.clock.advance(SOON)
    await desk.people.set_roles("pup", "sam", ["supervisor", "auditor"])
    await chosen(desk, "sam")
    assert await code_from(desk.reads.case("sam", thread)) == "thread-unknown"
    await confirmed(desk, "eve", "sam")
    assert await sees(desk, "sam", thread)


@pytest.mark.parametrize("what", TAKEN)
async def test_nobody_reads_restricted_cases_as_an_auditor_whom_they_took_in_hand(
    desk: Desk, what: str
) -> None:
    thread = await restricted(desk)
    assert await sees(desk, "aud", thread)
    await TAKEN[what](desk, "aud", "auditor")
    assert not await sees(desk, "aud", thread)
    await chosen(desk, "aud")
    await confirmed(desk, "ben", "aud")
    assert await sees(desk, "aud", thread)


async def test_on_a_node_with_one_person_the_command_line_makes_and_confirms_auditors(
    desk: Desk,
) -> None:
    thread = await restricted(desk)
    await put_on_record(desk.store, "sam", "one", ["auditor"], command=True)
    assert await sees(desk, "one", thread)
    await put_on_record(desk.store, "sam", "two", ["auditor"])
    await chosen(desk, "two")
    assert not await sees(desk, "two", thread)
    await desk.people.confirm("sam", "two", command=True)
    assert await sees(desk, "two", thread)


async def test_an_auditor_in_somebodys_hand_who_is_of_the_team_sees_its_cases(desk: Desk) -> None:
    """Only what the role adds waits: their own work goes on."""
    thread = await restricted(desk)
    await desk.teams.join("opa", "alpha", "aud")
    await passwords(desk).give("sam", "aud")
    await desk.reads.case("aud", thread)


async def test_whoever_was_never_shut_out_is_not_taken_in_hand_by_being_let_in(desk: Desk) -> None:
    thread = await restricted(desk)
    await desk.people.enable("sam", "aud")
    assert await sees(desk, "aud", thread)
