"""Acting on requests by pages: four eyes hold against addresses, replays, roles and sessions."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.desk.world import AGENT, HERE, PASSWORD, US, World, asked
from tests.nodes import until
from tracer.web.ui import words
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def written(made: World, by: str, kind: str = "interim") -> tuple[str, str]:
    """A draft in their request, submitted; and the thread."""
    verbs, thread = made.us.verbs, made.threads["theirs"]
    fields = {"next_by": "2027-01-15"}
    draft = await verbs.drafts.reply_draft(by, thread, kind, fields)
    await verbs.release.submit_for_release(by, draft.id)
    return draft.id, thread


async def state(made: World, draft: str) -> str:
    """Where a draft stands."""
    return (await made.us.verbs.release.look("sam", draft)).draft.state


async def came(made: World, thread: str) -> bool:
    """Whether a request of theirs is here."""
    found = await made.us.node.rooms.store.read(lambda tx: tx.cases.get(thread))
    return found is not None


async def test_a_second_person_lets_a_draft_go_once(made: World, reader: Any) -> None:
    draft, _ = await written(made, "ben")
    eve = reader(made.us.tokens["eve"])
    shown = await eve.get(f"/release/{draft}")
    form = {"_token": shown.token, "version": "1", "seen": ""}
    answer = await eve.post(f"/release/{draft}", form)
    assert (answer.status, answer.headers["Location"]) == (303, f"/release?left={draft}")
    again = await eve.post(f"/release/{draft}", form)
    assert again.status == 422
    assert "The draft has moved on meanwhile" in again.text


async def test_whoever_wrote_a_draft_is_not_offered_its_release_and_cannot_post_it(
    made: World, reader: Any
) -> None:
    draft, _ = await written(made, "ben")
    ben = reader(made.us.tokens["ben"])
    shown = await ben.get(f"/release/{draft}")
    assert "Let it go" not in shown.text
    answer = await ben.post(f"/release/{draft}", {"_token": shown.token, "version": "1"})
    assert answer.status == 422
    assert "Your own hand is on it" in answer.text
    assert await state(made, draft) == "submitted"


async def test_a_second_session_of_the_same_person_is_the_same_person(
    made: World, reader: Any
) -> None:
    draft, _ = await written(made, "ben")
    opened = await made.us.verbs.sign_in.begin("ben", PASSWORD, address=HERE, agent=AGENT)
    proved = await made.us.verbs.sign_in.code(opened.token, made.us.code("ben"), address=HERE)
    other = reader(proved.token)
    shown = await other.get(f"/release/{draft}")
    assert shown.status == 200
    answer = await other.post(f"/release/{draft}", {"_token": shown.token, "version": "1"})
    assert (answer.status, await state(made, draft)) == (422, "submitted")


async def test_a_form_of_one_reader_is_no_form_of_another(made: World, reader: Any) -> None:
    draft, _ = await written(made, "ben")
    eve, ben = reader(made.us.tokens["eve"]), reader(made.us.tokens["ben"])
    token = (await eve.get(f"/release/{draft}")).token
    answer = await ben.post(f"/release/{draft}", {"_token": token, "version": "1"})
    assert (answer.status, answer.code) == (403, "foreign-form")
    assert await state(made, draft) == "submitted"


async def test_a_changed_draft_is_told_with_what_changed_and_does_not_leave(
    made: World, reader: Any
) -> None:
    draft, _ = await written(made, "ben")
    eve = reader(made.us.tokens["eve"])
    shown = await eve.get(f"/release/{draft}")
    seen = shown.text.split('name="seen" value="')[1].split('"')[0]
    changed = await made.us.verbs.drafts.edit("ben", draft, {"next_by": "2027-01-20"})
    await made.us.verbs.release.submit_for_release("ben", draft)
    answer = await eve.post(
        f"/release/{draft}", {"_token": shown.token, "version": "1", "seen": seen}
    )
    assert answer.status == 422
    assert "It is different from what you looked at" in answer.text
    assert answer.text.count('class="changed"') == 1
    assert (await state(made, draft), changed.version) == ("submitted", 2)


async def test_a_release_without_a_version_goes_nowhere(made: World, reader: Any) -> None:
    draft, _ = await written(made, "ben")
    answer = await reader(made.us.tokens["eve"]).send(f"/release/{draft}", {"version": ""})
    assert (answer.status, await state(made, draft)) == (422, "submitted")


async def test_a_role_taken_away_during_the_session_counts_at_once(
    made: World, reader: Any
) -> None:
    draft, _ = await written(made, "ben")
    ola = reader(made.us.tokens["ola"])
    shown = await ola.get(f"/release/{draft}")
    await made.us.verbs.people.set_roles("opa", "ola", ["investigator"], command=True)
    answer = await ola.post(f"/release/{draft}", {"_token": shown.token, "version": "1"})
    assert (answer.status, answer.headers["Location"].split("?")[0]) == (303, "/sign-in")
    assert await state(made, draft) == "submitted"
    await made.us.verbs.people.set_roles("opa", "ola", ["officer"], command=True)
    assert (await ola.get("/release")).status == 303
    opened = await made.us.verbs.sign_in.begin("ola", PASSWORD, address=HERE, agent=AGENT)
    again = await made.us.verbs.sign_in.code(opened.token, made.us.code("ola"), address=HERE)
    made.us.tokens["ola"] = again.token


async def test_a_draft_goes_back_with_a_reason_and_its_author_reads_it(
    made: World, reader: Any
) -> None:
    draft, _ = await written(made, "ben")
    eve, ben = reader(made.us.tokens["eve"]), reader(made.us.tokens["ben"])
    short = await eve.send(f"/release/{draft}/back", {"version": "1", "reason": "no"})
    assert short.status == 422
    reason = "the register of 1990 is missing"
    answer = await eve.send(f"/release/{draft}/back", {"version": "1", "reason": reason})
    assert answer.status == 303
    assert reason in (await ben.get(f"/drafts/{draft}/reply")).text


async def test_a_refusal_without_a_ground_in_words_is_not_drafted(made: World, reader: Any) -> None:
    path = f"/requests/{made.threads['theirs']}/write/refused"
    answer = await reader(made.us.tokens["ben"]).send(path, {"grounds": "UNTOC-18-21-B"})
    assert answer.status == 422
    assert 'href="#ground_words"' in answer.text


async def test_an_unfinished_answer_is_kept_and_says_what_is_missing(
    made: World, reader: Any
) -> None:
    path = f"/requests/{made.threads['theirs']}/write/no-record"
    ben = reader(made.us.tokens["ben"])
    answer = await ben.send(path, {"reasons": "MAKE_UNKNOWN"})
    assert answer.status == 303
    shown = await ben.get(answer.headers["Location"])
    assert "Which registers and years were searched is not said." in shown.text


async def test_an_investigator_and_an_auditor_see_no_queue(made: World, reader: Any) -> None:
    for person in ("ada", "aud", "opa"):
        answer = await reader(made.us.tokens[person]).get("/release")
        assert (answer.status, answer.code) == (403, "role-missing")


async def test_somebody_elses_draft_is_unknown_to_who_does_not_release(
    made: World, reader: Any
) -> None:
    answer = await reader(made.us.tokens["ada"]).get(f"/drafts/{made.drafts['refusal']}/reply")
    assert (answer.status, answer.code) == (404, "draft-unknown")


async def test_whoever_asked_to_destroy_does_not_decide_it(made: World, reader: Any) -> None:
    path = f"/disposals/{made.disposals[0]}"
    answer = await reader(made.us.tokens["eve"]).send(path, {"decision": "approve"})
    assert answer.status == 422
    assert "somebody else decides" in answer.text


async def test_a_note_is_kept_and_shown_on_the_request(made: World, reader: Any) -> None:
    thread = made.threads["answered"]
    ben = reader(made.us.tokens["ben"])
    assert (await ben.send(f"/requests/{thread}/notes", {"text": ""})).status == 422
    answer = await ben.send(f"/requests/{thread}/notes", {"text": "ring the dealer"})
    assert answer.status == 303
    assert "ring the dealer" in (await ben.get(f"/requests/{thread}")).text


async def test_evidence_comes_as_a_file(made: World, reader: Any) -> None:
    path = f"/requests/{made.threads['answered']}/evidence"
    answer = await reader(made.us.tokens["ben"]).send(path, {"digests": "yes"})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/zip"


async def test_what_came_to_us_is_never_told_as_delivered_to_them(made: World, reader: Any) -> None:
    came, sent = (words.stands_of("DELIVERED", ours=ours) for ours in (False, True))
    assert came == words.RECEIVED
    assert sent is not None
    ben = reader(made.us.tokens["ben"])
    theirs = (await ben.get(f"/requests/{made.threads['theirs']}")).text
    assert sent.sentence not in theirs
    assert sent.sentence in (await ben.get(f"/requests/{made.threads['fresh']}")).text


@pytest.mark.parametrize("path", ["/", "/requests"])
async def test_a_new_request_is_one_click_away_for_who_may_write_one(
    made: World, reader: Any, path: str
) -> None:
    ada, aud = reader(made.us.tokens["ada"]), reader(made.us.tokens["aud"])
    assert 'href="/drafts/new"' in (await ada.get(path)).text
    assert 'href="/drafts/new"' not in (await aud.get(path)).text


async def test_conditions_are_offered_to_the_side_that_answers(made: World, reader: Any) -> None:
    eve, ben = reader(made.us.tokens["eve"]), reader(made.us.tokens["ben"])
    for name in ("fresh", "taken", "answered"):
        thread = made.threads[name]
        shown = (await eve.get(f"/requests/{thread}/acts")).text
        assert path_to("write", thread=thread, type="conditions-proposed") not in shown
    theirs = made.threads["theirs"]
    shown = (await ben.get(f"/requests/{theirs}/acts")).text
    assert path_to("write", thread=theirs, type="conditions-proposed") in shown


@pytest.mark.parametrize(("name", "offered"), [("taken", True), ("theirs", False)])
async def test_a_reminder_is_offered_while_the_other_side_owes_something(
    made: World, reader: Any, name: str, *, offered: bool
) -> None:
    thread = made.threads[name]
    shown = (await reader(made.us.tokens["ben"]).get(f"/requests/{thread}/acts")).text
    assert (path_to("write", thread=thread, type="reminder") in shown) is offered


async def test_a_draft_that_waits_stands_in_place_of_its_button(made: World, reader: Any) -> None:
    thread = await asked(made.them, US)
    await until(lambda: came(made, thread))
    ben, eve = reader(made.us.tokens["ben"]), reader(made.us.tokens["eve"])
    take, path = f'action="/requests/{thread}/take"', f"/requests/{thread}/take"
    assert take in (await ben.get(f"/requests/{thread}")).text
    token = (await ben.get(path)).token
    taken = await ben.post(path, {"_token": token})
    assert taken.status == 303
    held = await made.us.verbs.drafts.list("ben", "submitted")
    draft = next(one.id for one in held if one.type == "acknowledgement")
    shown = (await eve.get(f"/requests/{thread}")).text
    assert take not in shown
    assert shown.count(f'href="/release/{draft}"') == 1
    assert take not in (await eve.get(f"/requests/{thread}/acts")).text
    again = await eve.post(path, {"_token": (await eve.get(path)).token})
    assert (again.status, f"/release/{draft}" in again.text) == (422, True)
    assert "Go on with that draft." in again.text
    await made.us.verbs.drafts.discard("ben", draft)
    assert take in (await eve.get(f"/requests/{thread}")).text


async def test_whoever_releases_sees_on_the_head_what_leaves_to_whom_and_about_which_firearm(
    made: World, reader: Any
) -> None:
    ben = reader(made.us.tokens["ben"])
    shown = await ben.get(path_to("release", draft=made.drafts["waiting"]))
    case = await made.us.node.rooms.store.read(lambda tx: tx.cases.get(made.threads["theirs"]))
    assert case is not None
    head = shown.text.partition('class="panel leaves"')[2].partition("</section>")[0]
    for said in (case.reference, "XB-NPOC", "Exported to", "1: VOSTOK ARMS VP-9", "<svg"):
        assert said in head, said
    assert "Nothing is said of firearm" not in head
    letter = shown.text.partition('id="reads"')[2]
    for named in ("2. Nowhere Trading (invented)", "From whom", "Event 2", "Person or company 2"):
        assert named in letter, named
    assert letter.index("Exported to") < letter.index("What they may do with it")
    for schema in ("Chain parties", "To party", "Chain 1", "Answers 1", "Searched 1"):
        assert schema not in letter, schema


WRONG_WAY = [
    ("_row", "answers/1"),
    ("_row", "answers/1/chain/1"),
    ("_row", "answers/1/chain/2"),
    ("answers/1/line", "1"),
    ("answers/1/outcomes", "LAST_HOLDER"),
    ("answers/1/chain/1/kind", "EXPORTED"),
    ("answers/1/chain/1/date", "2018"),
    ("answers/1/chain/1/country", "XB"),
    ("answers/1/chain/2/kind", "MANUFACTURED"),
    ("answers/1/chain/2/date", "2017"),
    ("answers/1/chain/2/to_party", "2"),
    ("answers/1/chain/2/country", "XB"),
]
"""An answer in which a firearm is exported before it is made, to somebody who is not described."""


async def test_its_author_is_told_once_what_the_second_person_will_be_told(
    made: World, reader: Any
) -> None:
    ben = reader(made.us.tokens["ben"])
    page = path_to("write", thread=made.threads["theirs"], type="result")
    answer = await ben.post(page, [("_token", (await ben.get(page)).token), *WRONG_WAY])
    sheet = answer.headers["Location"]
    draft = sheet.split("/")[-2]
    assert await state(made, draft) == "draft"
    shown = await ben.get(sheet)
    for told in (
        "Read below what the second person will be told",
        "The events do not run forward in time here.",
        "Events name people or companies that are not described below.",
    ):
        assert told in shown.text
    (seen,) = re.findall('name="_seen" value="([^"]*)"', shown.text)
    told_of = [("_token", shown.token), ("_version", "1"), ("_seen", seen)]
    again = await ben.post(sheet, [*told_of, *WRONG_WAY])
    assert again.headers["Location"] == path_to("request", thread=made.threads["theirs"])
    assert await state(made, draft) == "submitted"
