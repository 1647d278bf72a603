"""A firearm is named in words everywhere: no code stands in them, and its serial stands apart."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.desk.drafting import begun
from tests.desk.world import World
from tests.model.threads import code
from tests.trust.makers import terms
from tracer.cli.cases import firearms as told_on_a_terminal
from tracer.clock import instant
from tracer.model.calendar import Calendar
from tracer.model.firearm import Firearm
from tracer.web.ui.details import PLACE, fields_of
from tracer.web.ui.filters import Speech
from tracer.web.ui.firearms import choice, in_list, told
from tracer.web.ui.routes import path_to
from tracer.web.ui.texts import CODES

UNKNOWN = {"normalised": "UNKNOWN"}


def speech(language: str = "en") -> Speech:
    return Speech(
        code=language, calendar=Calendar(terms("XA-NPOC")), now=instant("2026-03-05T12:00:00.000Z")
    )


def firearm(**fields: Any) -> Firearm:
    return msgspec.convert({"line": 1, "object": code("object", "FIREARM"), **fields}, Firearm)


def known() -> Firearm:
    return firearm(
        make={"as_marked": "BOREAL ARMS"},
        model={"as_marked": "B-7"},
        marks=[{"kind": code("mark-kind", "SERIAL"), "text": "B7 60?21"}],
    )


def test_a_make_that_is_not_known_is_words_and_no_code() -> None:
    one = {"type": "REVOLVER", "make": "UNKNOWN", "calibre": "UNKNOWN"}
    assert in_list(speech(), one) == "Revolver, make not known"
    assert in_list(speech(), {"type": "UNKNOWN", "make": "UNKNOWN"}) == "Firearm, make not known"
    assert in_list(speech(), {"make": "UNKNOWN", "model": "B-7"}) == "B-7"
    assert told_on_a_terminal({"firearms": [one]}) == "revolver, make not known"


@pytest.mark.parametrize("language", CODES)
def test_no_language_shows_the_code_of_what_is_not_known(language: str) -> None:
    one = firearm(type=code("firearm-type", "REVOLVER"), make=UNKNOWN, calibre=UNKNOWN)
    shown = [str(row.value) for row in fields_of(speech(language), one)]
    assert not any("UNKNOWN" in text for text in (*shown, told(speech(language), one)))


def test_a_serial_stands_apart_from_the_model_before_it() -> None:
    assert told(speech(), known()) == "1: BOREAL ARMS B-7, serial B7 60?21"
    brief = {"make": "BOREAL ARMS", "model": "B-7", "serials": ["B7 60?21"]}
    assert told_on_a_terminal({"firearms": [brief]}) == "BOREAL ARMS B-7, serial B7 60?21"


def test_a_firearm_is_chosen_by_its_serial_which_no_narrow_list_cuts_off() -> None:
    assert choice(speech(), known()) == "1: serial B7 60?21, BOREAL ARMS B-7"
    assert choice(speech(), firearm()) == "1"


@pytest.mark.asyncio(loop_scope="session")
async def test_a_draft_of_an_unknown_make_is_listed_in_words(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    typed = {"type": "REVOLVER", "make_unknown": "yes", "calibre_unknown": "yes"}
    await ada.send(path_to("draft-firearm", draft=draft), typed)
    shown = (await ada.get("/drafts")).text
    assert "Revolver, make not known" in shown
    assert "UNKNOWN" not in shown


@pytest.mark.parametrize("language", CODES)
def test_a_character_that_cannot_be_read_is_told_by_its_place_and_not_as_a_count(
    language: str,
) -> None:
    mark = known().marks[0]
    unread = msgspec.structs.replace(mark, unreadable=(3, 6))
    found = [row.value for row in fields_of(speech(language), unread) if row.group == "unreadable"]
    third, sixth = (speech(language).say(PLACE, n=n) for n in (3, 6))
    assert found == [speech(language).listed([third, sixth])]
    assert str(sixth) != "6"
