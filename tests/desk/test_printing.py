"""A request on paper: two sheets in the language that is chosen, and as PDF where that can be."""

from __future__ import annotations

import asyncio
import re
import zlib
from importlib.util import find_spec
from typing import Any

import pytest

from tests.casework.desks import JPEG
from tests.conftest import PROVE
from tests.desk.world import World
from tracer.errors import OperatorError
from tracer.media.printer import File, Limits, installed
from tracer.web.pictures import packaged
from tracer.web.ui.printing import Press, drawn
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")
HERE = find_spec("weasyprint") is not None
WITH_PDF = pytest.mark.skipif(
    not HERE, reason="the extra `pdf` is not installed: pip install -r requirements/pdf.txt"
)

EVERY = ["en", "ar", "zh", "fr", "ru", "es"]
"""Languages. A PDF of each is a proof; the suite prints two: one from right to left, one long."""


def paper(made: World, name: str = "answered", language: str = "") -> str:
    return path_to("request-print", {"language": language}, thread=made.threads[name])


def pages(data: bytes) -> int:
    """How many pages a PDF says it has; its objects are packed."""
    assert data.startswith(b"%PDF-")
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    plain = data + b"".join(
        zlib.decompressobj().decompress(one) for one in found if one[:1] == b"x"
    )
    return len(re.findall(rb"/Type ?/Page\b", plain))


async def test_the_sheets_hold_what_a_clerk_needs_who_has_only_the_paper(
    made: World, reader: Any
) -> None:
    ben = reader(made.us.tokens["ben"])
    answer = await ben.get(paper(made))
    words = re.sub(r"<style.*?</style>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    thread = made.threads["answered"]
    assert answer.status == 200
    for said in (
        "XA-NPOC", "XB-NPOC", "XA-2026-", "Priority", "First shipment", "Firearms Protocol",
        "Seized", "VOSTOK ARMS", "Pistol", "Officer One", "H1", "Delivered to their system", thread,
        "Exercise: nothing here is about a real case.",
    ):  # fmt: skip
        assert said in words, said


async def test_no_person_is_named_on_the_sheet_of_the_firearm(made: World, reader: Any) -> None:
    answer = await reader(made.us.tokens["ben"]).get(paper(made))
    letter, firearm = answer.text.split('<article class="sheet"')[1:]
    assert "Nobody" in letter
    assert "Nobody" not in firearm
    assert "<svg" in firearm


@pytest.mark.parametrize("language", ["ar", "zh", "fr", "ru", "es"])
async def test_the_sheets_are_told_in_the_language_that_is_chosen_and_the_reader_keeps_theirs(
    made: World, reader: Any, language: str
) -> None:
    ben = reader(made.us.tokens["ben"])
    answer = await ben.get(paper(made, language=language), **{"Accept-Language": "en"})
    way = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{way}"' in answer.text
    assert '<nav class="bar" lang="en" dir="ltr"' in answer.text
    after = await ben.get("/", **{"Accept-Language": "en"})
    assert '<html lang="en"' in after.text


async def test_another_language_than_the_six_is_not_one(made: World, reader: Any) -> None:
    answer = await reader(made.us.tokens["ben"]).get(paper(made, language="xx"))
    assert '<html lang="en"' in answer.text


async def test_who_gets_the_request_prints_it_with_the_letterhead_of_who_asks(
    made: World, reader: Any
) -> None:
    ben = reader(made.them.tokens["ben"], made.them)
    answer = await ben.get(paper(made))
    assert '<p class="house"><strong>XA-NPOC</strong>' in answer.text
    assert "they hold our receipt" in answer.text


async def test_a_printing_is_a_reading_on_record(made: World, reader: Any) -> None:
    store, thread = made.us.node.rooms.store, made.threads["refused"]

    async def count() -> int:
        acts = await store.read(lambda tx: tx.audit.list(1000, subject=thread))
        return sum(1 for act in acts if (act.actor, act.act) == ("eve", "read-case"))

    before = await count()
    await reader(made.us.tokens["eve"]).get(paper(made, "refused"))
    assert await count() == before + 1


async def test_the_request_leads_to_its_sheets(made: World, reader: Any) -> None:
    thread = made.threads["answered"]
    answer = await reader(made.us.tokens["ben"]).get(path_to("request", thread=thread))
    assert f'href="{paper(made)}"' in answer.text
    pdf = f'href="/requests/{thread}/pdf?language=en"'
    assert (pdf in answer.text) is installed()


@pytest.mark.skipif(HERE, reason="the extra `pdf` is installed here")
async def test_without_the_extra_the_page_says_so_and_leads_to_the_sheets(
    made: World, reader: Any
) -> None:
    thread = made.threads["answered"]
    path = path_to("request-pdf", {"language": "fr"}, thread=thread)
    answer = await reader(made.us.tokens["ben"]).get(path)
    assert answer.status == 404
    assert "No PDF here" in answer.text
    assert f'href="{paper(made, language="fr")}"' in answer.text


@WITH_PDF
@pytest.mark.parametrize("language", EVERY if PROVE else ["ar", "ru"])
async def test_an_ordinary_request_is_a_pdf_of_two_pages(
    made: World, reader: Any, language: str
) -> None:
    thread = made.threads["answered"]
    path = path_to("request-pdf", {"language": language}, thread=thread)
    ben = reader(made.us.tokens["ben"])
    async with ben.client.get(ben.url + path) as answer:
        data = await answer.read()
    assert answer.content_type == "application/pdf"
    assert pages(data) == 2
    assert f"-{language}.pdf" in answer.headers["Content-Disposition"]


@WITH_PDF
async def test_the_printer_shows_what_it_was_given_and_reaches_nothing_else() -> None:
    def page(*addresses: str) -> str:
        pictures = "".join(f'<img alt="a" src="{one}">' for one in addresses)
        return f'<html lang="en"><title>x</title>{pictures}</html>'

    held = {"/a.jpg": File("image/jpeg", JPEG)}
    given = await Press().print(page("/a.jpg"), held)
    assert given is not None
    elsewhere = ("/b.jpg", "file:///etc/hostname", "http://127.0.0.1:9/a.jpg")
    other = await Press().print(page(*elsewhere), held)
    assert other is not None
    assert b"/Image" not in other


async def test_a_printing_that_takes_too_long_is_ended_and_said() -> None:
    with pytest.raises(OperatorError) as caught:
        await Press(Limits(seconds=0.0, cpu=1)).print("<p>", {})
    assert caught.value.code == "print-failed"


async def test_a_drawing_for_the_printer_has_its_colours_filled_in() -> None:
    sheet = packaged()["pictures.css"].decode()
    found = await asyncio.to_thread(drawn, '<p><svg class="pic-svg"><path/></svg>', sheet)
    assert '<svg class="pic-svg"><style>' in found
    assert ".pic-pin-key { fill: #0b57a4; }" in found
    assert "var(" not in found
    assert "@media" not in found


async def test_the_sheets_of_an_answered_request_say_that_the_answer_is_not_on_them(
    made: World, reader: Any
) -> None:
    ben = reader(made.us.tokens["ben"])
    printed = (await ben.get(paper(made))).text
    assert "Printed here is the request alone." in printed
    assert path_to("evidence", thread=made.threads["answered"]) in printed
    assert "Printed here is the request alone." not in (await ben.get(paper(made, "fresh"))).text
