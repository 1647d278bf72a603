"""The table of acts, spelled out a second time: each role with each act, allowed or refused."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.casework.desks import JPEG, PEOPLE, THEM, THIRD, THREAD, Desk, request_document
from tests.casework.people import put_on_record
from tests.trust.makers import verified
from tracer.casework.lists import Asked
from tracer.casework.roles import (
    ALLOWED,
    GROUPS_READ,
    Act,
    Role,
    acting,
    groups_read,
    may,
    read_roles,
    require,
)
from tracer.casework.terms.views import Wish
from tracer.casework.transcribing import Paper
from tracer.errors import InputError, PeerError
from tracer.model.messages import GROUPS
from tracer.store.rows import PersonRow

EXPECTED = {
    #                     investigator officer supervisor auditor operator
    Act.DRAFT: "           yes          yes     yes        no      no",
    Act.SUBMIT: "          yes          yes     yes        no      no",
    Act.RELEASE: "         no           yes     yes        no      no",
    Act.REJECT: "          no           yes     yes        no      no",
    Act.REVIEW_LIST: "     no           no      yes        yes     no",
    Act.REVIEW: "          no           no      yes        no      no",
    Act.CASE_LIST: "       yes          yes     yes        yes     no",
    Act.CASE_READ: "       yes          yes     yes        yes     no",
    Act.ATTACHMENT_READ: " yes          yes     yes        no      no",
    Act.COOPERATION_READ: "no           yes     yes        yes     no",
    Act.AUDIT_READ: "      no           no      yes        yes     no",
    Act.AUDIT_EXPORT: "    no           no      yes        yes     no",
    Act.AUDIT_VERIFY: "    no           no      yes        yes     yes",
    Act.PEOPLE_LIST: "     no           yes     yes        yes     yes",
    Act.PEOPLE_CHANGE: "   no           no      yes        no      yes",
    Act.PEOPLE_CONFIRM: "  no           yes     yes        no      yes",
    Act.CONTACT_OWN: "     yes          yes     yes        yes     yes",
    Act.NOTICES: "         yes          yes     yes        no      no",
    Act.PEER_LIST: "       yes          yes     yes        yes     yes",
    Act.PEER_CHANGE: "     no           no      yes        no      yes",
    Act.STATE: "           no           yes     yes        no      no",
    Act.EVIDENCE: "        no           yes     yes        no      no",
    Act.RENEW: "           no           yes     yes        no      yes",
    Act.REPORT: "          no           yes     yes        yes     no",
    Act.KEEP: "            no           no      yes        no      yes",
    Act.TERMS_READ: "      yes          yes     yes        yes     yes",
    Act.TERMS_SIGN: "      no           yes     yes        no      no",
    Act.COURIER: "         no           yes     yes        no      yes",
    Act.RESTORE: "         no           yes     yes        no      yes",
    Act.DISPOSE: "         no           yes     yes        no      no",
    Act.DISPOSAL_LIST: "   no           yes     yes        yes     no",
    Act.ACCOUNT_OWN: "     yes          yes     yes        yes     yes",
    Act.TEAM_LIST: "       yes          yes     yes        yes     yes",
    Act.ASSIGN: "          no           yes     yes        no      no",
    Act.RESTRICT: "        no           yes     yes        no      no",
    Act.NOTE: "            yes          yes     yes        no      no",
    Act.TRANSCRIBE: "      no           yes     yes        no      no",
    Act.UPKEEP_READ: "     no           no      yes        no      yes",
}
AGENCY_NEVER = {
    Act.PEOPLE_CHANGE,
    Act.PEOPLE_CONFIRM,
    Act.PEER_CHANGE,
    Act.KEEP,
    Act.STATE,
    Act.TERMS_SIGN,
    Act.RESTORE,
    Act.TRANSCRIBE,
}
"""What speaks for the authority or changes it; a release has a rule of its own."""
CELLS = [
    (act, role, word == "yes")
    for act, row in EXPECTED.items()
    for role, word in zip(Role, row.split(), strict=True)
]


def person(*roles: str, disabled: bool = False) -> PersonRow:
    return PersonRow("ada", roles, disabled, "", "")


def code_of(found: pytest.ExceptionInfo[InputError]) -> str:
    return found.value.code


@pytest.mark.parametrize(("act", "role", "allowed"), CELLS)
def test_each_role_may_do_what_the_table_says_and_nothing_else(
    act: Act,
    role: Role,
    allowed: bool,  # noqa: FBT001 - a cell of the table
) -> None:
    assert may((role,), act) is allowed
    if allowed:
        assert require(person(role), act).name == "ada"
    else:
        with pytest.raises(InputError) as found:
            require(person(role), act)
        assert code_of(found) == "role-missing"


def test_every_act_has_its_row() -> None:
    assert set(EXPECTED) == set(Act) == set(ALLOWED)


@pytest.mark.parametrize("act", Act)
def test_nobody_the_locked_out_and_the_roleless_may_do_nothing(act: Act) -> None:
    for who, code in (
        (None, "person-unknown"),
        (person(*Role, disabled=True), "person-disabled"),
        (person(), "role-missing"),
        (person("", "OFFICER", "admin", "root"), "role-missing"),
    ):
        with pytest.raises(InputError) as found:
            require(who, act)
        assert code_of(found) == code


def test_an_act_outside_the_table_is_allowed_to_nobody() -> None:
    assert not may(tuple(Role), "launch")  # type: ignore[arg-type]  # what the table does not know


def test_roles_are_read_by_name_each_once() -> None:
    assert read_roles([" Officer", "officer", "auditor"]) == (Role.AUDITOR, Role.OFFICER)
    for wrong, code in ((["boss"], "role-unknown"), ([], "role-missing")):
        with pytest.raises(InputError) as found:
            read_roles(wrong)
        assert code_of(found) == code


Call = Callable[[Desk, str], Awaitable[Any]]


async def _countersigned(desk: Desk, actor: str) -> None:
    """The role is asked for before the file is read."""
    with suppress(PeerError):
        await desk.statements.countersign(actor, b"{}")


CALL = Paper(way="TELEPHONE", day="2026-02-27", words="They found nothing.", original=b"%PDF-1")
VERBS: dict[str, tuple[Act, Call]] = {
    "drafts.new": (Act.DRAFT, lambda d, a: d.drafts.new(a, request_document(), THEM)),
    "drafts.reply_draft": (Act.DRAFT, lambda d, a: d.drafts.reply_draft(a, THREAD, "withdraw")),
    "drafts.edit": (Act.DRAFT, lambda d, a: d.drafts.edit(a, "D1", {})),
    "drafts.show": (Act.DRAFT, lambda d, a: d.drafts.show(a, "D1")),
    "drafts.lint": (Act.DRAFT, lambda d, a: d.drafts.lint(a, "D1")),
    "drafts.list": (Act.DRAFT, lambda d, a: d.drafts.list(a)),
    "drafts.discard": (Act.DRAFT, lambda d, a: d.drafts.discard(a, "D1")),
    "attach.add": (Act.DRAFT, lambda d, a: d.attach.add(a, "D1", JPEG)),
    "attach.clear": (Act.DRAFT, lambda d, a: d.attach.clear(a, "D1")),
    "attach.draft_picture": (Act.DRAFT, lambda d, a: d.attach.draft_picture(a, "D1", 1)),
    "attach.picture": (
        Act.ATTACHMENT_READ,
        lambda d, a: d.attach.picture(a, THREAD, THREAD, 1),
    ),
    "attach.original": (
        Act.ATTACHMENT_READ,
        lambda d, a: d.attach.original(a, THREAD, THREAD, 1),
    ),
    "attach.open_attachment": (
        Act.ATTACHMENT_READ,
        lambda d, a: d.attach.open_attachment(a, THREAD, THREAD, 1),
    ),
    "release.submit_for_release": (Act.SUBMIT, lambda d, a: d.release.submit_for_release(a, "D1")),
    "release.release": (Act.RELEASE, lambda d, a: d.release.release(a, "D1")),
    "release.reject": (Act.REJECT, lambda d, a: d.release.reject(a, "D1", "not good enough")),
    "release.waiting": (Act.RELEASE, lambda d, a: d.release.waiting(a)),
    "release.queue": (Act.RELEASE, lambda d, a: d.release.queue(a)),
    "release.look": (Act.DRAFT, lambda d, a: d.release.look(a, "D1")),
    "release.reviews": (Act.REVIEW_LIST, lambda d, a: d.release.reviews(a)),
    "release.review_list": (Act.REVIEW_LIST, lambda d, a: d.release.review_list(a)),
    "release.review_done": (Act.REVIEW, lambda d, a: d.release.review_done(a, "D1")),
    "following.follow_on": (Act.DRAFT, lambda d, a: d.following.follow_on(a, THREAD, THIRD)),
    "following.ask_consent": (Act.DRAFT, lambda d, a: d.following.ask_consent(a, THREAD, THIRD)),
    "reads.cases": (Act.CASE_LIST, lambda d, a: d.reads.cases(a)),
    "reads.case": (Act.CASE_READ, lambda d, a: d.reads.case(a, THREAD)),
    "reads.opened": (Act.CASE_READ, lambda d, a: d.reads.opened(a, THREAD)),
    "lists.page": (Act.CASE_LIST, lambda d, a: d.lists.page(a, Asked())),
    "lists.names": (Act.CASE_LIST, lambda d, a: d.lists.names(a, [THREAD])),
    "lists.waiting": (Act.CASE_LIST, lambda d, a: d.lists.waiting(a)),
    "lists.everything": (Act.CASE_LIST, lambda d, a: d.lists.everything(a, Asked())),
    "trail.hand_out": (Act.AUDIT_EXPORT, lambda d, a: d.trail.hand_out(a)),
    "authorities.list": (Act.PEER_LIST, lambda d, a: d.authorities.list(a)),
    "authorities.show": (Act.PEER_LIST, lambda d, a: d.authorities.show(a, THEM)),
    "overview.show": (Act.COOPERATION_READ, lambda d, a: d.overview.show(a)),
    "roster.list": (Act.PEOPLE_LIST, lambda d, a: d.roster.list(a)),
    "roster.show": (Act.PEOPLE_LIST, lambda d, a: d.roster.show(a, "eve")),
    "upkeep.health": (Act.UPKEEP_READ, lambda d, a: d.upkeep.health(a)),
    "upkeep.keys": (Act.UPKEEP_READ, lambda d, a: d.upkeep.keys(a)),
    "upkeep.settings": (Act.UPKEEP_READ, lambda d, a: d.upkeep.settings(a)),
    "upkeep.queue": (Act.UPKEEP_READ, lambda d, a: d.upkeep.queue(a)),
    "attach.remove": (Act.DRAFT, lambda d, a: d.attach.remove(a, "none", 1)),
    "attach.tell": (Act.DRAFT, lambda d, a: d.attach.tell(a, "none", 1)),
    "upkeep.again": (Act.KEEP, lambda d, a: d.upkeep.again(a, "none")),
    "upkeep.check_acts": (Act.AUDIT_VERIFY, lambda d, a: d.upkeep.check_acts(a)),
    "trail.page": (Act.AUDIT_READ, lambda d, a: d.trail.page(a)),
    "trail.list": (Act.AUDIT_READ, lambda d, a: d.trail.list(a)),
    "trail.export": (Act.AUDIT_EXPORT, lambda d, a: d.trail.export(a, "ada")),
    "trail.may_verify": (Act.AUDIT_VERIFY, lambda d, a: d.trail.may_verify(a)),
    "duplicates.twins": (Act.CASE_READ, lambda d, a: d.duplicates.twins(a, THREAD)),
    "duplicates.say": (
        Act.DRAFT,
        lambda d, a: d.duplicates.say(a, THREAD, THREAD, "linked", "the same firearm"),
    ),
    "duplicates.leading": (Act.CASE_READ, lambda d, a: d.duplicates.leading(a, THREAD)),
    "duplicates.whom_next": (Act.CASE_READ, lambda d, a: d.duplicates.whom_next(a, THREAD)),
    "statements.countersign": (Act.STATE, _countersigned),
    "statements.write": (
        Act.STATE,
        lambda d, a: d.statements.write(a, THEM, since="2026-01", until="2026-12"),
    ),
    "reports.year": (Act.REPORT, lambda d, a: d.reports.year(a, 2026)),
    "reports.declare": (Act.REPORT, lambda d, a: d.reports.declare(a, 2026, {"seized": 1})),
    "cooperation.list": (Act.COOPERATION_READ, lambda d, a: d.cooperation.list(a)),
    "cooperation.show": (Act.COOPERATION_READ, lambda d, a: d.cooperation.show(a, THEM)),
    "cooperation.behind": (
        Act.COOPERATION_READ,
        lambda d, a: d.cooperation.behind(a, THEM, "received", side="ours"),
    ),
    "proving.page": (Act.COOPERATION_READ, lambda d, a: d.proving.page(a, THEM, side="ours")),
    "people.list": (Act.PEOPLE_LIST, lambda d, a: d.people.list(a)),
    "people.set_roles": (Act.PEOPLE_CHANGE, lambda d, a: d.people.set_roles(a, "eve", ["auditor"])),
    "people.confirm": (Act.PEOPLE_CONFIRM, lambda d, a: d.people.confirm(a, "eve")),
    "people.disable": (Act.PEOPLE_CHANGE, lambda d, a: d.people.disable(a, "eve")),
    "people.enable": (Act.PEOPLE_CHANGE, lambda d, a: d.people.enable(a, "eve")),
    "peers.look": (Act.PEER_LIST, lambda d, a: d.peers.look(a, verified(THEM).file)),
    "peers.add": (Act.PEER_CHANGE, lambda d, a: d.peers.add(a, verified(THEM).file)),
    "peers.suspend": (Act.PEER_CHANGE, lambda d, a: d.peers.suspend(a, THEM, "a reason of length")),
    "peers.resume": (Act.PEER_CHANGE, lambda d, a: d.peers.resume(a, THEM)),
    "peers.list": (Act.PEER_LIST, lambda d, a: d.peers.list(a)),
    "people.contact": (Act.PEOPLE_CHANGE, lambda d, a: d.people.contact(a, "ghost")),
    "people.set_contact": (Act.PEOPLE_CHANGE, lambda d, a: d.people.set_contact(a, "ghost")),
    "notices.list": (Act.NOTICES, lambda d, a: d.notices.list(a)),
    "notices.see": (Act.NOTICES, lambda d, a: d.notices.see(a)),
    "peers.show": (Act.PEER_LIST, lambda d, a: d.peers.show(a, THEM)),
    "teams.add": (Act.PEOPLE_CHANGE, lambda d, a: d.teams.add(a, "north")),
    "teams.list": (Act.TEAM_LIST, lambda d, a: d.teams.list(a)),
    "teams.close": (Act.PEOPLE_CHANGE, lambda d, a: d.teams.close(a, "north")),
    "teams.join": (Act.PEOPLE_CHANGE, lambda d, a: d.teams.join(a, "north", "ghost")),
    "teams.leave": (Act.PEOPLE_CHANGE, lambda d, a: d.teams.leave(a, "north", "ghost")),
    "assigning.assign": (Act.ASSIGN, lambda d, a: d.assigning.assign(a, THREAD, "ghost")),
    "assigning.unassign": (Act.ASSIGN, lambda d, a: d.assigning.unassign(a, THREAD, "ghost")),
    "assigning.give": (Act.ASSIGN, lambda d, a: d.assigning.give(a, THREAD, "north")),
    "assigning.restrict": (
        Act.RESTRICT,
        lambda d, a: d.assigning.restrict(a, THREAD, restricted=True, reason="a good reason"),
    ),
    "assigning.show": (Act.CASE_LIST, lambda d, a: d.assigning.show(a, THREAD)),
    "notes.add": (Act.NOTE, lambda d, a: d.notes.add(a, THREAD, "call back")),
    "notes.list": (Act.NOTE, lambda d, a: d.notes.list(a, THREAD)),
    "transcribing.came": (Act.TRANSCRIBE, lambda d, a: d.transcribing.came(a, THREAD, CALL)),
    "transcribing.opened": (
        Act.TRANSCRIBE,
        lambda d, a: d.transcribing.opened(a, "ZZ", CALL, {}),
    ),
    "transcribing.sent": (Act.TRANSCRIBE, lambda d, a: d.transcribing.sent(a, THREAD, "", CALL)),
    "transcribing.compared": (
        Act.TRANSCRIBE,
        lambda d, a: d.transcribing.compared(a, THREAD, 1),
    ),
    "transcribing.original": (
        Act.ATTACHMENT_READ,
        lambda d, a: d.transcribing.original(a, THREAD, 1),
    ),
    "transcribing.picture": (
        Act.ATTACHMENT_READ,
        lambda d, a: d.transcribing.picture(a, THREAD, 1),
    ),
    "changes.list": (Act.CASE_LIST, lambda d, a: d.changes.list(a)),
    "changes.mark": (Act.CASE_LIST, lambda d, a: d.changes.mark(a, THREAD)),
    "terms.show": (Act.TERMS_READ, lambda d, a: d.terms.show(a)),
    "terms.propose": (Act.TERMS_READ, lambda d, a: d.terms.propose(a, Wish())),
    "terms.look": (Act.TERMS_READ, lambda d, a: d.terms.look(a, "")),
    "terms.own": (Act.TERMS_SIGN, lambda d, a: d.terms.own(a, "")),
    "terms.offer": (Act.TERMS_SIGN, lambda d, a: d.terms.offer(a, "", THEM)),
    "terms.countersign": (Act.TERMS_SIGN, lambda d, a: d.terms.countersign(a, "{}")),
    "terms.take": (Act.TERMS_SIGN, lambda d, a: d.terms.take(a, "{}")),
}
"""Every verb a person can ask for, the act it stands for, and a call of it."""
INSIDE = {
    "drafts.reply_within",
    "attach.plaintext",
    "attach.keep",
    "reads.line",
    "reads.ahead",
    "lists.lines",
    "notices.tell",
    "notices.do",
    "proving.prove",
    "proving.proven",
    "proving.own_logs",
}
"""Public, but steps of other verbs: they take a transaction or touch no record."""


def test_no_verb_is_left_out_of_the_list_of_verbs(desk: Desk) -> None:
    rooms = (
        "drafts",
        "attach",
        "release",
        "following",
        "reads",
        "lists",
        "authorities",
        "overview",
        "roster",
        "upkeep",
        "trail",
        "duplicates",
        "cooperation",
        "proving",
        "reports",
        "statements",
        "people",
        "peers",
        "terms",
        "notices",
        "teams",
        "assigning",
        "notes",
        "transcribing",
        "changes",
    )
    found = {
        f"{room}.{name}"
        for room in rooms
        for name, _ in inspect.getmembers(getattr(desk, room), callable)
        if not name.startswith("_")
    }
    assert found == set(VERBS) | INSIDE


@pytest.mark.parametrize("name", sorted(VERBS))
async def test_every_verb_refuses_whoever_lacks_the_role(desk: Desk, name: str) -> None:
    act, call = VERBS[name]
    for actor, roles in PEOPLE.items():
        try:
            await call(desk, actor)
            refused = False
        except InputError as error:
            refused = error.code == "role-missing"
        assert refused is not may(roles, act), actor


@pytest.mark.parametrize("name", sorted(VERBS))
async def test_whoever_is_of_an_agency_neither_speaks_for_the_authority_nor_changes_it(
    desk: Desk, name: str
) -> None:
    act, call = VERBS[name]
    await put_on_record(desk.store, "opa", "pol", list(Role), command=True)
    await desk.teams.add("opa", "city", agency="city-police")
    await desk.teams.join("opa", "city", "pol")
    assert (await code_when(call(desk, "pol")) == "agency-act") is (act in AGENCY_NEVER)


async def code_when(awaited: Awaitable[object]) -> str:
    """The code of a refusal; empty: there was none."""
    try:
        await awaited
    except InputError as error:
        return error.code
    return ""


@pytest.mark.parametrize("act", sorted(AGENCY_NEVER))
async def test_who_is_of_the_authority_and_of_an_agency_speaks_for_the_authority(
    desk: Desk, act: Act
) -> None:
    await put_on_record(desk.store, "opa", "pol", list(Role), command=True)
    await desk.teams.add("opa", "city", agency="city-police")
    await desk.teams.add("opa", "alpha")
    await desk.teams.join("opa", "city", "pol")
    refused = desk.store.read(lambda tx: acting(tx, "pol", act))
    assert await code_when(refused) == "agency-act"
    await desk.teams.join("opa", "alpha", "pol")
    assert (await desk.store.read(lambda tx: acting(tx, "pol", act))).name == "pol"


@pytest.mark.parametrize("name", sorted(VERBS))
async def test_every_verb_refuses_a_stranger_and_one_who_was_locked_out(
    desk: Desk, name: str
) -> None:
    await put_on_record(desk.store, "opa", "out", list(Role))
    await desk.people.disable("opa", "out")
    for actor, code in (("nobody", "person-unknown"), ("out", "person-disabled")):
        with pytest.raises(InputError) as found:
            await VERBS[name][1](desk, actor)
        assert code_of(found) == code


def test_every_role_has_its_row_of_groups() -> None:
    assert set(GROUPS_READ) == set(Role)
    every = frozenset(GROUPS)
    assert all(row <= every for row in GROUPS_READ.values())
    assert groups_read(("auditor", "no-such-role")) == {"officer"}
    assert groups_read(("auditor", "officer")) == every
    assert groups_read(("operator",)) == groups_read(()) == frozenset()
