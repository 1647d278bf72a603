"""What came by another way, by pages: entered, marked, compared, narrowed to, printed, sent."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from tests.casework.desks import request_document
from tests.desk.conftest import Answer, Reader
from tests.desk.world import World
from tests.media.pictures import image, saved
from tracer.casework.transcribing import Paper
from tracer.model.ids import outside

pytestmark = pytest.mark.asyncio(loop_scope="session")
PDF = b"%PDF-1.7\n" + b"a letter, scanned " * 50
ENVELOPE = {
    "paper-way": "POST", "paper-day": "2026-02-27", "paper-who": "Records office",
    "paper-number": "44/2026", "paper-language": "fr",
}  # fmt: skip


async def upload(who: Reader, path: str, fields: dict[str, str], original: bytes = b"") -> Answer:
    """Fill in a form with a file, as a browser would."""
    shown = await who.get(path)
    data = aiohttp.FormData()
    for name, value in {"_token": shown.token, **fields}.items():
        data.add_field(name, value)
    name = "scan.pdf" if original else ""
    data.add_field("paper-original", original, filename=name, content_type="application/pdf")
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with who.client.post(
        who.url + path, data=data, headers=headers, allow_redirects=False
    ) as answer:
        return Answer(answer.status, answer.headers, await answer.text("utf-8", "replace"))


async def test_an_answer_by_post_is_entered_marked_and_compared_by_somebody_else(
    made: World, reader: Any
) -> None:
    ben, eve = reader(made.us.tokens["ben"]), reader(made.us.tokens["eve"])
    thread = made.threads["taken"]
    path = f"/requests/{thread}/enter/no-record"
    words = {"paper-words": "Aucune trace.", "reasons": "NO_MATCH_IN_REGISTERS"}
    answer = await upload(ben, path, ENVELOPE | words, PDF)
    assert (answer.status, answer.headers["Location"]) == (303, f"/requests/{thread}")
    shown = (await eve.get(f"/requests/{thread}")).text
    for said in ("By post", "Entered by ben", "Not compared yet", "44/2026", "Aucune trace."):
        assert said in shown
    (one,) = (await made.us.verbs.reads.case("eve", thread)).entered
    where = f'href="/requests/{thread}/entered/{one.number}"'
    assert where in (await eve.get("/")).text
    assert where not in (await ben.get("/")).text
    compared = await eve.send(f"/requests/{thread}/entered/{one.number}", {})
    assert compared.status == 303
    shown = (await eve.get(f"/requests/{thread}")).text
    assert "Compared with the original" in shown
    assert "Not compared yet" not in shown
    assert where not in (await eve.get("/")).text


async def test_who_entered_it_is_not_offered_to_compare_and_cannot_post_it(
    made: World, reader: Any
) -> None:
    eve, thread = reader(made.us.tokens["eve"]), made.threads["answered"]
    path = f"/requests/{thread}/entered/1"
    shown = await eve.get(path)
    assert "It says what the original says" not in shown.text
    answer = await eve.post(path, {"_token": shown.token})
    assert answer.status == 422
    assert "Your own hand is on it" in answer.text


async def test_an_original_is_handed_out_to_be_saved_and_a_pdf_is_never_shown(
    made: World, reader: Any
) -> None:
    ada, ben = reader(made.us.tokens["ada"]), reader(made.us.tokens["ben"])
    thread = made.threads["refused"]
    await upload(ben, f"/requests/{thread}/enter/letter", ENVELOPE, PDF)
    (one,) = (await made.us.verbs.reads.case("ben", thread)).entered
    base = f"/requests/{thread}/entered/{one.number}"
    saved_ = await ada.get(f"{base}/original")
    assert saved_.headers["Content-Disposition"].startswith("attachment;")
    assert saved_.headers["Content-Type"] == "application/pdf"
    assert (await ada.get(f"{base}/picture")).status == 422
    assert "<img" not in (await ada.get(f"/requests/{thread}")).text.split('class="by-hand')[1]


@pytest.mark.parametrize(
    ("changed", "original", "said"),
    [
        ({}, b"", "Attach the original."),
        ({}, b"MZ a program", "PDF"),
        ({"paper-way": ""}, PDF, "How"),
        ({"paper-day": "2036-01-01"}, PDF, "This day is still to come"),
        ({"paper-way": "TELEPHONE"}, b"", "Say what it says"),
    ],
)
async def test_what_is_wrong_is_said_by_its_field_and_nothing_typed_is_lost(
    made: World, reader: Any, changed: dict[str, str], original: bytes, said: str
) -> None:
    ben, thread = reader(made.us.tokens["ben"]), made.threads["fresh"]
    answer = await upload(ben, f"/requests/{thread}/enter/letter", ENVELOPE | changed, original)
    assert answer.status == 422
    assert said in answer.text
    assert 'value="44/2026"' in answer.text
    assert (await made.us.verbs.reads.case("ben", thread)).entered == ()


async def test_a_change_of_language_and_a_further_row_lose_nothing_and_enter_nothing(
    made: World, reader: Any
) -> None:
    ben, thread = reader(made.us.tokens["ben"]), made.threads["fresh"]
    path = f"/requests/{thread}/enter/result"
    for more in ({"_language": "fr"}, {"_add": "chain_parties"}):
        answer = await upload(ben, path, ENVELOPE | {"paper-words": "Trouvé."} | more, PDF)
        assert answer.status == 200
        assert "Trouvé." in answer.text
    await upload(ben, path, ENVELOPE | {"_language": "en"}, PDF)
    assert (await made.us.verbs.reads.case("ben", thread)).entered == ()


async def test_a_request_on_paper_opens_a_case_in_the_one_list(made: World, reader: Any) -> None:
    ben = reader(made.us.tokens["ben"])
    fields = ENVELOPE | {
        "paper-state": "France", "_row": "firearms/1", "firearms/1/make": "MAB",
        "firearms/1/marks/1/kind": "SERIAL", "firearms/1/marks/1/text": "G 2201",
        "firearms/1/marks/1/reading": "CLEAR",
    }  # fmt: skip
    shown = await ben.get("/on-paper")
    data = aiohttp.FormData()
    for name, value in {"_token": shown.token, **fields}.items():
        data.add_field(name, value)
    data.add_field("_row", "firearms/1/marks/1")
    data.add_field("paper-original", PDF, filename="a.pdf", content_type="application/pdf")
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with ben.client.post(
        ben.url + "/on-paper", data=data, headers=headers, allow_redirects=False
    ) as answer:
        assert answer.status == 303, (await answer.text()).split('id="errors"')[1][:900]
        thread = answer.headers["Location"].rpartition("/")[2]
    case = await ben.get(f"/requests/{thread}")
    assert "France asks us" in case.text
    listed = (await ben.get("/requests?way=another")).text
    assert f"/requests/{thread}" in listed
    assert "By another way" in listed
    assert f"/requests/{made.threads['question']}" not in listed


async def test_a_state_outside_is_asked_printed_in_its_language_and_sent_by_hand(
    made: World, reader: Any
) -> None:
    ada, ben = reader(made.us.tokens["ada"]), reader(made.us.tokens["ben"])
    written = {name: value for name, value in request_document().items() if name != "type"}
    draft = (await made.us.verbs.guided.begin("ada", written)).id
    form = {"level": "ROUTINE", "offence": "FP-5-TRAFFICKING", "peer": "on-paper", "go": "on"}
    wrong = await ada.send(f"/drafts/{draft}/ask", form | {"state": "Atlantis"})
    assert wrong.status == 422
    answer = await ada.send(f"/drafts/{draft}/ask", form | {"state": "Portugal"})
    assert answer.status == 303, answer.text.partition('id="errors"')[2][:700]
    assert (await made.us.verbs.guided.open("ada", draft)).draft.peer == outside("PT")
    await made.us.verbs.release.submit_for_release("ada", draft)
    released = await made.us.verbs.release.release("ben", draft)
    thread = released.thread
    case = (await ben.get(f"/requests/{thread}")).text
    assert "To be printed and sent" in case
    printed = await ben.get(f"/requests/{thread}/print?language=es")
    assert printed.status == 200
    assert '<html lang="es"' in printed.text
    assert "Portugal" in printed.text
    sent = await upload(ben, f"/requests/{thread}/sent/{thread}", ENVELOPE)
    assert sent.status == 303, sent.text
    case = (await ben.get(f"/requests/{thread}")).text
    assert "Sent by another way on" in case
    assert "To be printed and sent" not in case
    again = await ben.send(f"/requests/{thread}/sent/{quote(thread)}", ENVELOPE)
    assert again.status == 422


async def test_a_scan_is_shown_drawn_anew(made: World, reader: Any) -> None:
    ada, thread = reader(made.us.tokens["ada"]), made.threads["answered"]
    base = f"/requests/{thread}/entered/1"
    small = await ada.get(f"{base}/picture?size=small")
    assert (small.status, small.headers["Content-Type"]) == (200, "image/jpeg")
    whole = await ada.client.get(ada.url + f"{base}/original")
    assert await whole.read() == saved(image(), "PNG")


async def test_an_answer_to_a_state_outside_is_printed_in_its_language(
    made: World, reader: Any
) -> None:
    ben, thread = reader(made.us.tokens["ben"]), made.threads["paper"]
    draft = await made.us.verbs.drafts.reply_draft("ben", thread, "acknowledgement")
    await made.us.verbs.release.submit_for_release("ben", draft.id)
    released = await made.us.verbs.release.release("eve", draft.id)
    case = (await ben.get(f"/requests/{thread}")).text
    assert f"/requests/{thread}/print?message={released.message_id}" in case
    sheet = await ben.get(f"/requests/{thread}/print?message={released.message_id}&language=fr")
    assert sheet.status == 200
    assert "12/2026" in sheet.text
    assert "<dd>France</dd>" in sheet.text
    evidence = await ben.send(f"/requests/{thread}/evidence", {})
    assert (evidence.status, "not in the exchange" in evidence.text) == (422, True)


def unfolded(text: str) -> str:
    """The words of a page that stand open."""
    return re.sub(r"<details.*?</details>|<[^>]+>", " ", text, flags=re.DOTALL)


async def test_what_a_letter_of_ours_is_about_is_printed_in_words_and_ids_are_folded_away(
    made: World, reader: Any
) -> None:
    house, ben = made.us, reader(made.us.tokens["ben"])
    thread = await _on_paper(made)

    async def sent(kind: str, said: dict[str, Any]) -> str:
        draft = await house.verbs.drafts.reply_draft("ben", thread, kind, said)
        await house.verbs.release.submit_for_release("ben", draft.id)
        return str((await house.verbs.release.release("eve", draft.id)).message_id)

    taken = await sent("acknowledgement", {})
    recall = await sent("recall", {"about": taken, "reason": "WRONG_ADDRESSEE"})
    sheet = (await ben.get(f"/requests/{thread}/print?message={recall}")).text
    assert re.search(r"<dd[^>]*>Acknowledgement, <time", sheet)
    assert taken not in sheet
    assert recall in sheet
    assert recall not in unfolded(sheet)


async def test_what_an_entry_is_about_is_compared_in_words(made: World, reader: Any) -> None:
    thread = await _on_paper(made)
    call = Paper(way="TELEPHONE", day="2026-02-28", who="Duty desk", words="Not for you.")
    said = {"about": thread, "reason": "WRONG_ADDRESSEE"}
    one = await made.us.desk.transcribing.came("eve", thread, call, "recall", said)
    shown = (
        await reader(made.us.tokens["ben"]).get(f"/requests/{thread}/entered/{one.number}")
    ).text
    assert re.search(r"Request, <time", shown)
    assert thread not in unfolded(shown)


async def _on_paper(made: World) -> str:
    """A request that came by post from a State that is not in the exchange; its thread."""
    post = Paper(way="POST", day="2026-02-27", who="Records office", number="77/2026",
                 original=PDF, words="Who sold it?")  # fmt: skip
    firearm = {"line": 1, "type": "PISTOL", "make": "MAB"}
    opened = await made.us.desk.transcribing.opened("ben", "FR", post, {"firearms": [firearm]})
    return str(opened.id)
