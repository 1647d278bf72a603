"""The list of requests: what it is sorted by. A request: what of it an auditor is shown."""

from __future__ import annotations

import gc
import re
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import pytest

from tests.casework.desks import document, request_document
from tests.desk.test_filters import speech
from tests.desk.world import THEM, World
from tests.media.pictures import image, saved
from tests.nodes import until
from tracer.casework.placed import Placed
from tracer.casework.reads import Reads, Whole
from tracer.model.messages import Request
from tracer.model.values import Note
from tracer.web.ui.details import fields_of
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("asked", "column"),
    [
        ("", "Changed"),
        ("?owes=theirs", "Changed"),
        ("?due=week", "Awaited"),
        ("?due=week&sort=updated", "Changed"),
        ("?due=no-such-time", "Changed"),
    ],
)
async def test_what_is_awaited_by_some_day_comes_by_that_day_unless_somebody_chose(
    made: World, reader: Any, asked: str, column: str
) -> None:
    page = (await reader(made.us.tokens["ben"]).get(f"/requests{asked}")).text
    assert re.findall(r'aria-sort="\w+"><a href="[^"]*">([^<]+)', page) == [column]
    chosen = "sort=" in asked
    assert ('<input type="hidden" name="sort"' in page) == chosen


async def test_an_auditors_page_of_a_request_shows_nothing_personal_and_says_so(
    made: World, reader: Any
) -> None:
    path = f"/requests/{made.threads['answered']}"
    pages = {name: (await reader(made.us.tokens[name]).get(path)).text for name in ("aud", "ben")}
    whole = await made.us.desk.reads.opened("ben", made.threads["answered"])
    opening = whole.messages[made.threads["answered"]]
    assert isinstance(opening, Request)
    assert opening.narrative
    said = escape(opening.narrative.summary[:20])
    told = "What can be personal is not shown to auditors"
    assert {name: (told in text, said in text) for name, text in pages.items()} == {
        "aud": (True, False),
        "ben": (False, True),
    }
    assert (f"{path}/print" in pages["aud"], f"{path}/print" in pages["ben"]) == (False, True)
    assert (await reader(made.us.tokens["aud"]).get(f"{path}/print")).status == 403


async def _read_as(whole: Whole, *_asked: object, **_named: object) -> Whole:
    return whole


async def test_a_request_that_was_given_up_or_held_back_is_not_called_on_its_way(
    made: World, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue of this house is empty, so the case is read as such a queue would make it."""
    thread = made.threads["answered"]
    whole = await made.us.desk.reads.opened("ben", thread)
    opening = whole.case.steps[0]
    for where, badge, words in (
        ("undeliverable", "Given up", "Could not be delivered (seal-open)."),
        ("held", "Held back", "Held back (seal-open)."),
        ("on-its-way", "On its way", "It is on its way to their system."),
    ):
        step = replace(opening, placed=Placed(where, "", "seal-open"), receipt_at=None)
        case = replace(whole.case, state=None, owed=(), clocks=(), steps=(step,))
        monkeypatch.setattr(Reads, "opened", partial(_read_as, whole._replace(case=case)))
        page = (await reader(made.us.tokens["ben"]).get(f"/requests/{thread}")).text
        awaited = page[page.index('id="awaited"') :].partition("</section>")[0]
        assert words in awaited
        assert badge in page[: page.index('id="awaited"')]
        assert ("On its way" in page) == (where == "on-its-way")


async def test_a_firearm_whose_calibre_is_not_known_is_told_by_its_serial_alone(
    made: World, reader: Any
) -> None:
    page = (await reader(made.us.tokens["ben"]).get("/requests")).text
    told = [" ".join(one.split()) for one in re.findall(r"<small>(.*?)</small>", page, re.DOTALL)]
    assert any("C 7718" in one for one in told)
    assert [one for one in told if one.startswith("·")] == []


async def test_pages_leave_nothing_behind_that_a_later_one_has_to_clear_up(
    made: World, reader: Any
) -> None:
    who, path = reader(made.us.tokens["ben"]), f"/requests/{made.threads['answered']}"
    await who.get(path)
    before = gc.get_threshold()
    gc.set_threshold(1_000_000)  # as seldom as in a node that serves, and more
    try:
        gc.collect()
        for _ in range(20):
            await who.get(path)
        assert gc.get_count()[0] < 5_000
    finally:
        gc.set_threshold(*before)


async def sent(made: World, **changes: Any) -> str:
    """A request of Ada's with a photo that Ben let go; its thread."""
    desk = made.us.desk
    draft = await desk.drafts.new("ada", request_document(**changes), THEM)
    photo = saved(image(), "JPEG")
    await desk.attach.add("ada", draft.id, photo, kind="PHOTO_MARK", caption="Serial on the frame")
    await desk.release.submit_for_release("ada", draft.id)
    return (await desk.release.release("ben", draft.id)).thread


async def test_the_words_under_a_file_stand_apart_from_its_kind(made: World, reader: Any) -> None:
    thread = await sent(made)
    page = (await reader(made.us.tokens["ben"]).get(f"/requests/{thread}")).text
    assert re.search(r"Photo of a mark</a>\s*<br><bdi>Serial on the frame</bdi>", page)


async def test_how_urgent_a_request_is_and_why_stands_in_sight(made: World, reader: Any) -> None:
    urgency = {"level": "URGENT", "reason": "COURT_DATE"}
    thread = await sent(made, urgency=urgency)
    written = {name: value for name, value in request_document().items() if name != "type"}
    draft = await made.us.verbs.guided.begin("ada", written | {"urgency": urgency})
    for person, path, part in (
        ("ben", f"/requests/{thread}", 'id="asked"'),
        ("ada", path_to("draft", draft=draft.id), 'id="all"'),
    ):
        page = (await reader(made.us.tokens[person]).get(path)).text
        told = page[page.index(part) :]
        assert "Court date" in told[: told.index("<details>")]
        assert "<summary>Urgency" not in page


async def test_a_message_about_another_says_which_one_before_it_leaves_and_after(
    made: World, reader: Any
) -> None:
    ben, desk = reader(made.us.tokens["ben"]), made.us.desk
    thread = await sent(made)
    fields = document("correction") | {"about": thread}
    draft = await desk.drafts.reply_draft("eve", thread, "correction", fields)
    await desk.release.submit_for_release("eve", draft.id)
    before = (await ben.get(path_to("release", draft=draft.id))).text
    await desk.release.release("ben", draft.id)
    after = (await ben.get(path_to("request", thread=thread))).text
    for page in (before, after):
        (about,) = re.findall(r"<dt>About the message</dt><dd><bdi>(.*?)</bdi>", page)
        assert about.startswith("Request, ")
        assert thread not in about


async def test_what_a_note_is_about_is_no_message() -> None:
    note = Note(text="It is worn.", about="firearms/1/marks/1")
    said = {row.name: row.value for row in fields_of(speech(), note)}
    assert said["About"] == "Firearm 1 / Mark 1"


async def test_a_team_is_called_by_its_name(made: World, reader: Any) -> None:
    thread = made.threads["theirs"]
    await made.us.verbs.teams.add("sam", "night", name="Duty desk")
    await made.us.verbs.assigning.give("ben", thread, "night")
    await made.us.verbs.assigning.unassign("ben", thread, "ada")
    try:
        for person, path in (
            ("ben", f"/requests/{thread}"),
            ("ben", f"/requests/{thread}/people"),
            ("sam", "/overview"),
        ):
            page = (await reader(made.us.tokens[person]).get(path)).text
            assert "Duty desk" in page
            assert not re.search(r">night<|Team night\b", page)
    finally:
        await made.us.verbs.assigning.give("ben", thread, "")
        await made.us.verbs.assigning.assign("ben", thread, "ada")


async def test_only_who_may_read_cases_is_offered_for_assigning(made: World, reader: Any) -> None:
    page = (
        await reader(made.us.tokens["ben"]).get(f"/requests/{made.threads['taken']}/people")
    ).text
    select = page[page.index('<select id="name"') :]
    names = re.findall(r'<option value="([^"]*)"', select[: select.index("</select>")])
    assert "eve" in names
    assert "opa" not in names


async def test_what_waits_to_be_released_leads_to_its_request(made: World, reader: Any) -> None:
    ben, thread = reader(made.us.tokens["ben"]), made.threads["theirs"]
    link = rf'<a href="{path_to("request", thread=thread)}"><bdi>XB-2026-\d+</bdi></a>'
    assert re.search(link, (await ben.get("/release")).text)
    assert re.search(link, (await ben.get(f"/release/{made.drafts['waiting']}")).text)


async def test_what_a_button_adds_to_is_said_in_words(made: World, reader: Any) -> None:
    page = (
        await reader(made.us.tokens["eve"]).get(path_to("reply", draft=made.drafts["waiting"]))
    ).text
    said = re.findall(r'<span class="unseen"> \(([^)]*)\)</span></button>', page)
    assert "Answer 1 / What happened to it" in said
    assert not [one for one in said if "/1/" in one]


async def test_an_officer_who_sees_a_case_as_auditor_only_is_offered_nothing_that_refuses(
    made: World, reader: Any
) -> None:
    store, path = made.us.node.rooms.store, f"/requests/{made.threads['restricted']}"
    await store.write(lambda tx: tx.people.set_roles("aud", ["auditor", "officer"]))
    try:
        who = reader(made.us.tokens["aud"])
        for case in (path, f"/requests/{made.threads['answered']}"):
            page = (await who.get(case)).text.partition('<main id="main"')[2].partition("</main>")
            offered = set(re.findall(r'(?:href|action)="(/requests/[^"#]+/[^"#]+)"', page[0]))
            assert (f"{case}/print" in offered, f"{case}/notes" in offered) == (
                (False, False) if case == path else (True, True)
            )
            assert offered == set() if case == path else len(offered) > 5
            printed = await who.get(f"{case}/print")
            assert (printed.status == 200) is (case != path)
    finally:
        await store.write(lambda tx: tx.people.set_roles("aud", ["auditor"]))


async def test_a_serial_that_was_corrected_tells_what_it_was_before(
    made: World, reader: Any
) -> None:
    desk = made.us.desk
    thread = await sent(made)
    path = path_to("request", thread=thread)
    assert "was:" not in (await reader(made.us.tokens["ben"]).get(path)).text
    (one,) = request_document()["firearms"]
    marks = [{**mark, "text": "B7 46162"} for mark in one["marks"] if mark["kind"] == "SERIAL"]
    fields = {"about": thread, "firearms": [{**one, "marks": marks}]}
    draft = await desk.drafts.reply_draft("eve", thread, "correction", fields)
    await desk.release.submit_for_release("eve", draft.id)
    await desk.release.release("ben", draft.id)
    await until(lambda: described(made, thread, "B7 46162"))
    (before,) = {mark["text"] for mark in one["marks"] if mark["kind"] == "SERIAL"}
    for language, word in (("en", "was:"), ("fr", "auparavant\u202f:"), ("ar", "سابقًا:")):
        page = (await reader(made.us.tokens["ben"]).get(path, **{"Accept-Language": language})).text
        assert f'{word} <bdi dir="ltr">{before}</bdi>' in page


async def described(made: World, thread: str, serial: str) -> bool:
    """Whether the firearm of a case stands so now."""
    state = (await made.us.desk.reads.opened("ben", thread)).case.state
    return serial in {m.text for one in (state.firearms if state else ()) for m in one.marks}
