"""A State that is no friend writes into every free text; our pages show text and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from dataclasses import dataclass
from html.parser import HTMLParser
from string import ascii_letters, digits
from typing import Any

import pytest
import pytest_asyncio

from tests.casework.desks import document, request_document
from tests.desk.world import THEM, US, World, world
from tests.media.pictures import image, saved
from tests.nodes import until
from tracer.casework.table_files import FORMULA, comma_separated
from tracer.web.ui.page import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")
LINE = "=zq\"'><i id=pwn onfocus=alert(1)>&lt;b&gt;{{7*7}}%(a)s$ {1}</script></title></textarea>"
TURNED = f"{LINE}\u202etxt.exe\u2066\u200b"
OURS = f"{ascii_letters}{digits}-._~%"
REQUEST = (
    *("officer.name", "officer.role", "officer.mail", "requester.authority"),
    *("requester.function", "requester.case_number", "legal_basis.national_article"),
    *("firearms.0.make.as_marked", "firearms.0.model.as_marked", "firearms.0.calibre.as_marked"),
    *("firearms.0.make.normalised", "firearms.0.model.normalised", "firearms.0.marks.1.text"),
    *("references.0.value", "persons.0.family_name", "persons.0.given_names"),
    *("persons.0.documents.0.number", "place.area", "place.locality"),
)
RESULT = (
    *("officer.name", "officer.role", "chain_parties.0.name", "chain_parties.0.address"),
    *("chain_parties.1.name", "answers.0.chain.1.document.number"),
    *("answers.0.chain.1.licence.number", "answers.0.chain.1.licence.description"),
    *("answers.0.searched.1.name", "searched.1.name", "answers.0.matches.0.differs.0.recorded"),
)
LONG = ("narrative.summary",)


class Shown(HTMLParser):
    """What a page is made of that hostile text could have made."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.made: list[object] = []
        self.seen = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """No element, no handler, no address of theirs; nothing hides in a title or a label."""
        for name, value in attrs:
            told = value or ""
            self.seen += "zq" in told
            outside = name in {"href", "src", "action"} and told[:1] not in {"/", "#", "?"}
            mail = tag == "a" and told.startswith(("mailto:", "tel:"))
            turned = name != "value" and "\u202e" in told
            if told == "pwn" or name.startswith("on") or (outside and not mail) or turned:
                self.made.append((tag, name, told))

    def handle_data(self, data: str) -> None:
        """No sign that turns the order of what is read."""
        self.seen += data.count("zq")
        if "\u202e" in data and self.lasttag != "textarea":
            self.made.append(data)


def _hostile(written: dict[str, Any], places: tuple[str, ...]) -> dict[str, Any]:
    made = deepcopy(written)
    for place in (*places, *LONG):
        inside: Any = made
        *steps, last = [int(step) if step.isdecimal() else step for step in place.split(".")]
        for step in steps:
            inside = inside[step]
        assert last in inside, place
        inside[last] = TURNED if place in LONG else LINE
    return made


@dataclass(frozen=True, slots=True)
class Enemy:
    """A world of its own, for its requests would be counted in others' lists: what came."""

    world: World
    asked: str
    """Their request."""
    ours: str
    """A request of ours with their answer."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def enemy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Enemy]:
    """Their hostile request here, and their hostile answer to a request of ours."""
    async with world(tmp_path_factory.mktemp("enemy")) as made:
        yield Enemy(made, *await _in_house(made))


async def _in_house(made: World) -> tuple[str, str]:
    us, them = made.us, made.them
    draft = await them.desk.drafts.new("sam", _hostile(request_document(), REQUEST), US)
    photo = saved(image(), "JPEG")
    await them.verbs.attach.add("sam", draft.id, photo, kind="PHOTO_LEFT_SIDE", caption=LINE)
    await them.desk.release.submit_for_release("sam", draft.id)
    asked = (await them.desk.release.release("ben", draft.id)).thread
    draft = await us.desk.drafts.new("ada", request_document(), THEM)
    await us.desk.release.submit_for_release("ada", draft.id)
    ours = (await us.desk.release.release("ben", draft.id)).thread
    await until(lambda: _stands(them, ours))
    told = {k: v for k, v in document("result").items() if k not in {"about", "terms"}}
    reply = await them.desk.drafts.reply_draft("sam", ours, "result", _hostile(told, RESULT))
    await them.desk.release.submit_for_release("sam", reply.id)
    await them.desk.release.release("ben", reply.id)
    await until(lambda: _stands(us, asked))
    await until(lambda: _stands(us, ours, "ANSWERED"))
    return asked, ours


async def _stands(house: Any, thread: str, state: str = "") -> bool:
    def body(tx: Any) -> bool:
        row = tx.cases.get(thread)
        return row is not None and (not state or row.state == state)

    return bool(await house.node.rooms.store.read(body))


def _pages(asked: str, ours: str) -> Iterator[tuple[str, str, int]]:
    """Who reads which page, and how often at least the text stands there."""
    for thread, most in ((asked, 15), (ours, 8)):
        for page, least in (("", most), ("/print", most if thread == asked else 0)):
            yield "ben", f"/requests/{thread}{page}", least
        for page in ("/acts", "/notes", "/people", "/alike", "/restriction", "/evidence"):
            yield "ben", f"/requests/{thread}{page}", 0
    yield "ben", f"/requests/{asked}/print?language=ar", 15
    yield "ben", f"/requests/{asked}/write/result", 1
    yield "ben", f"/requests/{ours}/write/amend", 0
    yield "ben", "/requests", 1
    yield "ben", "/", 0
    yield "sam", f"/audit?subject={asked}", 0
    yield "ben", "/overview", 0


async def test_what_a_hostile_state_writes_is_text_on_every_page(enemy: Enemy, reader: Any) -> None:
    asked, ours, us = enemy.asked, enemy.ours, enemy.world.us
    for person, path, least in _pages(asked, ours):
        for language in ("en", "ar"):
            who = reader(us.tokens[person], us)
            answer = await who.get(path, **{"Accept-Language": language})
            shown = Shown(answer.text)
            assert (path, answer.status, shown.made) == (path, 200, [])
            assert shown.seen >= least, path
            assert "zq49" not in answer.text
    table = (await reader(us.tokens["ben"], us).get("/requests.csv")).text
    cells = [cell for row in csv.reader(io.StringIO(table.lstrip("\ufeff"))) for cell in row]
    assert any("zq" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(FORMULA)]


async def test_a_file_of_theirs_has_a_name_of_ours(enemy: Enemy, reader: Any) -> None:
    asked, us = enemy.asked, enemy.world.us
    ben = reader(us.tokens["ben"], us)
    path = f"/requests/{asked}/files/{asked}/1"
    await until(lambda: _is_there(ben, path))
    answer = await ben.get(path)
    named = answer.headers["Content-Disposition"].removeprefix("attachment; filename*=UTF-8''")
    assert named.startswith(asked[:8])
    assert set(named) <= set(OURS)
    shown = await ben.get(f"/requests/{asked}/pictures/{asked}/1")
    assert (shown.status, shown.headers["Content-Type"]) == (200, "image/jpeg")


async def _is_there(who: Any, path: str) -> bool:
    return bool((await who.get(path)).status == 200)


@pytest.mark.parametrize(
    "name", ['a"; filename=evil.html', "a\r\nSet-Cookie: x=1", "../../etc/passwd", "é\u202egpj.exe"]
)
async def test_no_name_of_a_file_leaves_its_place_in_the_header(name: str) -> None:
    answer = Page.file(None, b"x", media_type="text/plain", name=name)  # type: ignore[arg-type]  # needs nothing of a page
    told = answer.headers["Content-Disposition"]
    assert told.startswith("attachment; filename*=UTF-8''")
    assert set(told.removeprefix("attachment; filename*=UTF-8''")) <= set(OURS)


@pytest.mark.parametrize("first", FORMULA)
async def test_a_cell_that_begins_like_a_formula_is_text(first: str) -> None:
    table = comma_separated(["head"], [[f"{first}cmd|' /C calc'!A0"]]).decode()
    (cell,) = list(csv.reader(io.StringIO(table)))[1]
    assert cell.startswith("'")
