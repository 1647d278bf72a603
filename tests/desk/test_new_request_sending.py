"""A draft leaves the desk when it is complete, and is found again until then."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from tests.casework.desks import document, request_document
from tests.desk.drafting import begun, stored, version_of
from tests.desk.world import THEM, World, asked
from tests.nodes import until
from tests.trust.makers import verified
from tracer.casework.papers.handling import SENTENCES
from tracer.trust.directory import Directory, Listing
from tracer.web.ui.pages.drafts import first
from tracer.web.ui.routes import path_to
from tracer.web.ui.texts import words_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_is_missing_keeps_a_request_from_being_submitted(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    page = path_to("draft", draft=await begun(ada))
    shown = await ada.get(page)
    seen = {"_token": shown.token, "version": version_of(shown.text)}
    answer = await ada.post(page, seen)
    assert answer.status == 422
    assert "Choose whom to ask." not in answer.text, "the officer may choose"
    assert "Tell in a few sentences how it was found." in answer.text


async def test_a_request_whose_recipient_the_officer_chooses_is_no_dead_end(
    made: World, reader: Any
) -> None:
    document = {name: one for name, one in request_document().items() if name != "type"}
    draft = (await made.us.verbs.guided.begin("ada", document)).id
    ada, ben = reader(made.us.tokens["ada"]), reader(made.us.tokens["ben"])
    page = path_to("draft", draft=draft)
    shown = await ada.get(page)
    assert "to correct" not in shown.text
    assert "The officer chooses." in shown.text
    seen = {"_token": shown.token, "version": version_of(shown.text)}
    assert (await ada.post(page, seen)).status == 303
    assert "Whom to ask is not chosen yet" in (await ben.get("/release")).text
    held = (await ben.get(f"/release/{draft}")).text
    ask = path_to("draft-ask", draft=draft)
    assert (f'href="{ask}"' in held, "Let it go" in held) == (True, False)
    typed = {"version": "1", "level": "ROUTINE", "offence": "0101", "peer": THEM, "go": "on"}
    assert (await ben.send(ask, typed)).status == 303
    shown = await ben.get(page)
    seen = {"_token": shown.token, "version": version_of(shown.text)}
    assert (await ben.post(page, seen)).status == 303
    assert "Your own hand is on it" in (await ben.get(f"/release/{draft}")).text
    eve = (await reader(made.us.tokens["eve"]).get(f"/release/{draft}")).text
    assert "Let it go" in eve
    await made.us.verbs.drafts.discard("ada", draft)


async def test_the_address_of_a_draft_that_has_left_leads_to_its_request(
    made: World, reader: Any
) -> None:
    thread, store = made.threads["fresh"], made.us.node.rooms.store
    rows = await store.read(lambda tx: tx.drafts.list("released"))
    row = next(row for row in rows if row.message_id == thread)
    who = reader(made.us.tokens[row.author])
    for name in ("draft", "reply"):
        answer = await who.get(path_to(name, draft=row.id))
        assert (answer.status, answer.headers["Location"]) == (303, f"/requests/{thread}")


async def test_only_an_authority_that_is_known_is_asked(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    answer = await ada.send(path_to("draft-ask", draft=draft), {"peer": "ZZ-NPOC"})
    assert answer.status == 422
    assert (await stored(made, draft)).peer == "XA-NPOC"


async def test_my_desk_has_what_was_sent_back_first_and_what_is_not_finished(
    made: World, reader: Any
) -> None:
    ada, ben = reader(made.us.tokens["ada"]), reader(made.us.tokens["ben"])
    document = {name: value for name, value in request_document().items() if name != "type"}
    draft = (await made.us.verbs.guided.begin("ada", document)).id
    path = path_to("draft", draft=draft)
    assert f'href="{path}"' in (await ada.get("/")).text.partition('id="unfinished"')[2]
    held = await stored(made, draft)
    await made.us.verbs.drafts.edit(
        "ada", draft, request_document(), version=held.version, peer=THEM
    )
    sent = await ada.send(path, {"version": str(held.version + 1)})
    assert sent.headers["Location"] == "/drafts?show=waiting"
    desk = (await ada.get("/")).text
    before, _, waits = desk.partition('id="submitted"')
    assert (f'href="{path}"' in before, f'href="{path}"' in waits) == (False, True)
    said = {"reason": "Say <b>where</b> it lay.", "version": str(held.version + 1)}
    await ben.send(path_to("send-back", draft=draft), said)
    told = (await ada.get("/")).text.partition('id="sent-back"')[2].partition("</section>")[0]
    assert f'href="{path}"' in told
    assert "Say &lt;b&gt;where&lt;/b&gt; it lay." in told
    assert "Sent back by ben" in told
    assert f'href="{path}"' not in (await ben.get("/")).text


async def test_a_draft_is_thrown_away(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    shown = await ada.get(path_to("draft", draft=draft))
    answer = await ada.post(path_to("draft-discard", draft=draft), {"_token": shown.token})
    assert answer.headers["Location"] == "/drafts"
    assert (await stored(made, draft)).body == b""


async def test_the_next_state_is_asked_and_what_needs_consent_is_one_click_away(
    made: World, reader: Any
) -> None:
    rooms, thread = made.us.node.rooms, made.threads["answered"]
    before, third = rooms.cell.get(), verified("XC-NPOC")
    await rooms.store.write(lambda tx: tx.terms.put_entry(third.entry.terms))
    listed = [Listing(one.verified, one.standing) for one in before]
    rooms.cell.set(Directory.of([*listed, Listing(third)]))
    try:
        ben = reader(made.us.tokens["ben"])
        page = path_to("request-onward", thread=thread)
        answer = await ben.send(page, {"peer": "XC-NPOC"})
        assert answer.status == 200
        assert "needs the consent of XB-NPOC" in answer.text
        assert "XB-NPOC answered" in answer.text
        assert SENTENCES["not-allowed"] in answer.text
        ben.client.cookie_jar.update_cookies({"tracer-language": "fr"})
        french = await ben.send(page, {"peer": "XC-NPOC"})
        assert words_in("fr").gettext(SENTENCES["not-allowed"]) in french.text
        assert SENTENCES["not-allowed"] not in french.text
        ben.client.cookie_jar.update_cookies({"tracer-language": "en"})
        consent = await ben.post(
            page, {"_token": answer.token, "peer": "XC-NPOC", "consent": "yes"}
        )
        assert consent.headers["Location"] == path_to("request", thread=thread)
    finally:
        rooms.cell.set(before)


async def test_an_answer_says_where_it_went_and_asking_there_is_the_main_act(
    made: World, reader: Any
) -> None:
    rooms = made.us.node.rooms
    thread = await asked(made.us, THEM)
    answers = [{"line": 1, "outcomes": ["EXPORTED_TO"], "onward": [{"country": "XC"}]}]
    result = {**document("result"), "answers": answers, "free_text": ""}

    async def came() -> bool:
        held = await made.them.node.rooms.store.read(lambda tx: tx.threads.get(thread))
        return held is not None

    await until(came)
    await made.them.written(thread, "result", result, "ben")
    ben, path = reader(made.us.tokens["ben"]), path_to("request", thread=thread)

    async def there() -> bool:
        return "Exported to XC" in (await ben.get(path)).text

    await until(there)
    way = path_to("request-onward", {"state": "XC"}, thread=thread)
    assert way not in (await ben.get(path)).text
    before, third = rooms.cell.get(), verified("XC-NPOC")
    await rooms.store.write(lambda tx: tx.terms.put_entry(third.entry.terms))
    rooms.cell.set(
        Directory.of([*(Listing(one.verified, one.standing) for one in before), Listing(third)])
    )
    try:
        text = (await ben.get(path)).text
        awaited = text.partition('id="awaited"')[2].partition("</section>")[0]
        assert "<strong>Exported to XC</strong>" in awaited
        mains = re.findall(r'<(?:a|button) class="button *" href="([^"]*)"', awaited)
        assert mains == [way.replace("&", "&amp;")]
        assert "Ask XC" in awaited
        form = (await ben.get(way)).text
        assert re.search(r'value="XC-NPOC" checked', form)
    finally:
        rooms.cell.set(before)


async def test_what_was_let_go_is_named_with_its_state_and_a_way_to_it(
    made: World, reader: Any
) -> None:
    ben = reader(made.us.tokens["ben"])
    draft = await made.us.verbs.drafts.new("ada", request_document(), THEM)
    await made.us.verbs.release.submit_for_release("ada", draft.id)
    waits = (await ben.get("/release")).text
    row = re.search(rf"<tr>(?:(?!</tr>).)*· {draft.id}<.*?</tr>", waits, re.DOTALL)
    assert row
    assert re.search(r'data-label="Firearm">[^<]*(?:<[^>]+>)*[^<]*VOSTOK ARMS', row[0])
    path = path_to("release", draft=draft.id)
    gone = await ben.send(path, {"version": str(draft.version)})
    left = gone.headers["Location"]
    text = (await ben.get(left)).text
    held = await stored(made, draft.id)
    assert draft.reference in text
    assert f'href="{path_to("request", thread=held.message_id)}"' in text
    assert f"to {THEM}" in " ".join(re.sub(r"<[^>]+>", "", text).split())
    other = await made.us.verbs.drafts.new("ada", request_document(), THEM)
    assert other.reference not in (await ben.get(left.replace(draft.id, other.id))).text


async def test_what_an_investigator_submitted_is_found_on_the_desk_and_among_the_drafts(
    made: World, reader: Any
) -> None:
    draft = await made.us.desk.drafts.new("ada", request_document(), THEM)
    ada, path = reader(made.us.tokens["ada"]), path_to("draft", draft=draft.id)
    done = await ada.send(path, {"version": "1"})
    assert (done.status, done.headers["Location"]) == (303, "/drafts?show=waiting")
    page = (await ada.get(done.headers["Location"])).text
    assert "among your drafts, under Waiting for an officer" in page
    assert path in page
    desk = (await ada.get("/")).text
    assert path in desk[desk.index("Yours, waiting for an officer") :]


async def test_drafts_open_where_something_is() -> None:
    def line(state: str) -> Any:
        return SimpleNamespace(row=SimpleNamespace(state=state))

    assert first([]) == "mine"
    assert first([line("submitted")]) == "waiting"
    assert first([line("submitted"), line("draft")]) == "mine"
