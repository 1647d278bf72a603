"""Four eyes at the desk: no address, form, role or session lets a draft go by one pair of them."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import pytest

from tests.casework.desks import request_document
from tests.desk.conftest import Reader
from tests.desk.world import AGENT, HERE, PASSWORD, World, enrol
from tests.media.pictures import image, saved
from tracer.web.ui.guard import HEADERS

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATH: Final = "/release/{}"


async def submitted(made: World, by: str) -> str:
    """A request written and put before a second person by somebody; the draft."""
    verbs = made.us.verbs
    draft = await verbs.drafts.new(by, request_document(), "XB-NPOC")
    await verbs.release.submit_for_release(by, draft.id)
    return str(draft.id)


async def state(made: World, draft: str) -> str:
    """Where a draft stands."""
    return (await made.us.verbs.release.look("sam", draft)).draft.state


async def newcomer(made: World, person: str, *roles: str) -> None:
    """One more person, with an account and an open session."""
    await made.us.verbs.passwords.give_new("sam", person, list(roles), command=True)
    await enrol(made.us, person)


async def signed_in_again(made: World, reader: Any, person: str) -> Reader:
    """A second session of somebody, with the next code of their phone."""
    sign_in = made.us.verbs.sign_in
    opened = await sign_in.begin(person, PASSWORD, address=HERE, agent=AGENT)
    proved = await sign_in.code(opened.token, made.us.code(person), address=HERE)
    found: Reader = reader(proved.token)
    return found


async def let_go(who: Reader, draft: str) -> tuple[int, str]:
    """Look at the draft and press the button, as its page would: status, and what is said."""
    shown = await who.get(PATH.format(draft))
    version = shown.text.split('name="version" value="')[-1].split('"')[0]
    fields = {"_token": shown.token, "version": version if version.isdecimal() else "1"}
    answer = await who.post(PATH.format(draft), fields)
    return answer.status, answer.text


async def test_an_author_who_is_made_an_officer_does_not_release_what_they_wrote(
    made: World, reader: Any
) -> None:
    await newcomer(made, "ivo", "investigator")
    draft = await submitted(made, "ivo")
    await made.us.verbs.people.set_roles("opa", "ivo", ["officer"], command=True)
    ivo = await signed_in_again(made, reader, "ivo")
    status, text = await let_go(ivo, draft)
    assert (status, await state(made, draft)) == (422, "submitted")
    assert "Your own hand is on it" in text


async def test_an_officer_who_wrote_on_a_draft_does_not_release_it_any_more(
    made: World, reader: Any
) -> None:
    draft = await submitted(made, "ada")
    changed = request_document() | {"asked": ["LAST_HOLDER"]}
    await made.us.verbs.drafts.edit("eve", draft, changed)
    await made.us.verbs.release.submit_for_release("ada", draft)
    assert (await let_go(reader(made.us.tokens["eve"]), draft))[0] == 422
    assert await state(made, draft) == "submitted"
    assert (await let_go(reader(made.us.tokens["ben"]), draft))[0] == 303


async def test_who_only_submitted_a_draft_does_not_release_it(made: World, reader: Any) -> None:
    verbs = made.us.verbs
    draft = await verbs.drafts.new("ada", request_document(), "XB-NPOC")
    await verbs.release.submit_for_release("ben", draft.id)
    assert (await let_go(reader(made.us.tokens["ben"]), draft.id))[0] == 422
    assert await state(made, draft.id) == "submitted"


async def test_an_address_alone_releases_nothing(made: World, reader: Any) -> None:
    draft = await submitted(made, "ada")
    eve = reader(made.us.tokens["eve"])
    token = (await eve.get(PATH.format(draft))).token
    for path in (
        f"/release/{draft}?version=1&_token={token}",
        f"/release/{draft}/?version=1",
        f"/release/{draft}/approve",
        f"//release/{draft}",
        f"/release/{draft}%2F",
    ):
        answer = await eve.get(path)
        assert set(HEADERS) <= set(answer.headers)
        assert await state(made, draft) == "submitted", path
    for fields in ({"version": "1"}, {"_token": "", "version": "1"}):
        answer = await eve.post(PATH.format(draft), fields)
        assert (answer.status, answer.code) == (403, "foreign-form")
    answer = await eve.post(f"{PATH.format(draft)}?version=1", {"_token": token})
    assert (answer.status, await state(made, draft)) == (422, "submitted")


async def test_a_form_of_a_session_that_is_over_is_no_form_of_the_next(
    made: World, reader: Any
) -> None:
    await newcomer(made, "ida", "officer")
    draft = await submitted(made, "ada")
    before = reader(made.us.tokens["ida"])
    old = (await before.get(PATH.format(draft))).token
    token = (await before.get("/account")).token
    assert (await before.post("/sign-out", {"_token": token})).status == 303
    fields = {"_token": old, "version": "1"}
    answer = await before.post(PATH.format(draft), fields)
    assert (answer.status, answer.headers["Location"].split("?")[0]) == (303, "/sign-in")
    again = await signed_in_again(made, reader, "ida")
    answer = await again.post(PATH.format(draft), fields)
    assert (answer.status, answer.code) == (403, "foreign-form")
    assert await state(made, draft) == "submitted"


async def test_a_photo_added_after_the_look_is_not_released_by_that_look(
    made: World, reader: Any
) -> None:
    draft = await submitted(made, "ada")
    eve = reader(made.us.tokens["eve"])
    shown = await eve.get(PATH.format(draft))
    seen = shown.text.split('name="seen" value="')[1].split('"')[0]
    await made.us.verbs.attach.add("ada", draft, saved(image(), "JPEG"), kind="PHOTO_LEFT_SIDE")
    await made.us.verbs.release.submit_for_release("ada", draft)
    fields = {"_token": shown.token, "version": "1", "seen": seen}
    answer = await eve.post(PATH.format(draft), fields)
    assert (answer.status, await state(made, draft)) == (422, "submitted")
    assert "It is different from what you looked at" in answer.text
    assert answer.text.count('class="changed"') == 1
    forged = {**fields, "version": "1", "seen": ""}
    assert (await eve.post(PATH.format(draft), forged)).status == 422
    assert await state(made, draft) == "submitted"


async def test_two_officers_at_the_same_moment_let_one_message_go(made: World, reader: Any) -> None:
    draft = await submitted(made, "ada")
    forms = []
    for person in ("ben", "eve"):
        who = reader(made.us.tokens[person])
        token = (await who.get(PATH.format(draft))).token
        forms.append(who.post(PATH.format(draft), {"_token": token, "version": "1"}))
    answers = await asyncio.gather(*forms)
    assert sorted(answer.status for answer in answers) == [303, 422]
    assert await state(made, draft) == "released"


async def test_the_desk_counts_what_waits_for_release_as_the_queue_lists_it(made: World) -> None:
    verbs, counts = made.us.verbs, {}
    for person in ("ben", "eve", "sam"):
        counts[person] = (await verbs.lists.waiting(person)).releases
        assert counts[person] == len(await verbs.release.queue(person))
    assert counts["eve"] > counts["ben"] == counts["sam"]


def hand_of(page: str) -> str:
    """The last hand that a page of a person has in its form; empty without one."""
    return page.partition('name="hand" value="')[2].partition('"')[0]


async def puppet(made: World, person: str) -> None:
    """An officer whom Sam makes at the desk, and who has chosen a password."""
    await made.us.verbs.passwords.give_new("sam", person, ["officer"])
    await enrol(made.us, person)


async def test_an_account_that_sam_made_at_the_desk_is_no_second_person_beside_sam(
    made: World, reader: Any
) -> None:
    await puppet(made, "pam")
    sam, pam = reader(made.us.tokens["sam"]), reader(made.us.tokens["pam"])
    for writer, other in (("pam", sam), ("sam", pam)):
        draft = await submitted(made, writer)
        page = (await other.get(PATH.format(draft))).text
        assert "do not count as two persons: sam may stand behind both" in page
        assert "Let it go" not in page
        status, text = await let_go(other, draft)
        assert (status, await state(made, draft)) == (422, "submitted")
        assert "These two accounts do not count as two persons" in text
        assert "You two do not count as two persons" in (await other.get("/release")).text


async def test_a_third_person_confirms_an_account_at_the_desk_and_sam_does_not(
    made: World, reader: Any
) -> None:
    await puppet(made, "pia")
    draft, where = await submitted(made, "sam"), "/administration/people/pia"
    for person, status, offered in (("sam", 422, False), ("ben", 303, True)):
        who = reader(made.us.tokens[person])
        page = await who.get(where)
        assert "until a third person has confirmed it" in page.text
        assert (f'action="{where}/confirm"' in page.text) is offered
        fields = {"_token": page.token, "hand": hand_of(page.text)}
        answer = await who.post(f"{where}/confirm", fields)
        assert answer.status == status
    pia = await signed_in_again(made, reader, "pia")
    assert "Not confirmed" not in (await pia.get("/administration/people/pia")).text
    assert (await let_go(pia, draft))[0] == 303


async def test_a_page_that_is_older_than_the_last_hand_on_an_account_does_not_confirm_it(
    made: World, reader: Any
) -> None:
    await puppet(made, "pod")
    where = "/administration/people/pod"
    ben = reader(made.us.tokens["ben"])
    page = await ben.get(where)
    await made.us.verbs.people.disable("sam", "pod")
    await made.us.verbs.people.enable("sam", "pod")
    fields = {"_token": page.token, "hand": hand_of(page.text)}
    answer = await ben.post(f"{where}/confirm", fields)
    assert answer.status == 422
    assert "since you looked" in answer.text
    assert "Not confirmed" in (await ben.get(where)).text


async def test_the_page_of_a_person_tells_a_third_person_how_they_sign_in_or_what_is_missing(
    made: World, reader: Any
) -> None:
    await made.us.verbs.passwords.give_new("sam", "pim", ["officer"])
    ben, where = reader(made.us.tokens["ben"]), "/administration/people/pim"
    page = (await ben.get(where)).text
    assert "This account is not finished." in page
    assert f'action="{where}/confirm"' not in page
    await enrol(made.us, "pim")
    page = (await ben.get(where)).text
    assert "Set up on" in page
    assert f'action="{where}/confirm"' in page
    assert "Set up on" not in (await reader(made.us.tokens["aud"]).get(where)).text


async def test_an_auditor_made_at_the_desk_is_told_what_a_confirmation_would_open(
    made: World, reader: Any
) -> None:
    await made.us.verbs.passwords.give_new("sam", "ava", ["auditor"])
    await enrol(made.us, "ava")
    where, unseen = "/administration/people/ava", "no request that is restricted to a team"
    own = "/account"
    assert unseen in (await reader(made.us.tokens["ava"]).get(own)).text
    assert unseen in (await reader(made.us.tokens["ben"]).get(where)).text
    assert unseen not in (await reader(made.us.tokens["aud"]).get(own)).text
    assert unseen not in (await reader(made.us.tokens["ada"]).get(own)).text
    await made.us.verbs.people.confirm("sam", "ava", command=True)
    ava = await signed_in_again(made, reader, "ava")
    assert unseen not in (await ava.get(own)).text
