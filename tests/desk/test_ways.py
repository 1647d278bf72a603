"""The way of a firearm on the page of its request: a line, a map where there is one, a table."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.desk.world import World
from tests.examples import EXAMPLES
from tests.trust.makers import NOW, terms
from tracer.model.calendar import Calendar
from tracer.model.chain import ChainEvent, Licence, LineAnswer, OnwardHint
from tracer.model.codes import ChainEventKind, code
from tracer.model.thread.state import ChainItem
from tracer.web.ui.drawn import ways
from tracer.web.ui.filters import Speech
from tracer.web.ui.routes import path_to

K = ChainEventKind


def told(*events: tuple[ChainEventKind, str], line: int = 1) -> list[ChainItem]:
    return [
        ChainItem(line=line, source="", event=ChainEvent(n=n, kind=code(kind), country=country))
        for n, (kind, country) in enumerate(events, start=1)
    ]


def speech(language: str = "en") -> Speech:
    return Speech(code=language, calendar=Calendar(terms("XA-NPOC")), now=NOW)


def test_states_on_the_map_are_drawn_on_it_and_every_event_stands_in_a_table() -> None:
    chain = told((K.MANUFACTURED, "AT"), (K.EXPORTED, "AT"), (K.IMPORTED, "RS"))
    (way,) = ways(speech("fr"), chain, ground="/static/world.svg")
    assert way.mapped is not None
    assert 'href="/static/world.svg"' in way.mapped.svg
    for picture in (way.drawn, way.mapped):
        assert [row[2] for row in picture.table.rows] == ["Autriche", "Autriche", "Serbie"]


def test_a_way_through_no_state_of_the_map_has_the_line_alone() -> None:
    (way,) = ways(speech(), told((K.MANUFACTURED, "XB"), (K.EXPORTED, "XB")), ground="")
    assert way.mapped is None


def exported(to: str) -> list[ChainItem]:
    licence = Licence(import_country=to)
    event = ChainEvent(n=2, kind=code(K.EXPORTED), country="XB", licence=licence)
    return [*told((K.MANUFACTURED, "XB")), ChainItem(line=1, source="", event=event)]


def test_an_export_to_a_named_state_is_drawn_into_it_until_an_event_is_told_there() -> None:
    (way,) = ways(speech(), exported("XC"), ground="")
    assert way.drawn.table.rows[-1][2] == "XC"
    assert "pic-way-gap" in way.drawn.svg
    arrived = ChainEvent(n=3, kind=code(K.IMPORTED), country="XC")
    chain = [*exported("XC"), ChainItem(line=1, source="", event=arrived)]
    (way,) = ways(speech(), chain, ground="")
    assert len(way.drawn.table.rows) == 3
    assert "pic-way-gap" not in way.drawn.svg


def test_the_map_has_the_state_that_it_was_exported_to_as_the_line_has() -> None:
    (way,) = ways(speech(), exported("RS"), ground="")
    assert way.mapped is not None
    assert "pic-mgap" in way.mapped.svg
    assert way.mapped.table.rows == way.drawn.table.rows


def test_a_state_that_the_answer_alone_names_is_drawn_too() -> None:
    chain = told((K.MANUFACTURED, "XB"), (K.EXPORTED, "XB"))
    hint = OnwardHint(country="XC")
    answer = LineAnswer(line=1, chain=tuple(item.event for item in chain), onward=(hint,))
    result = replace(EXAMPLES["result"], answers=(answer,))
    (way,) = ways(speech(), chain, ground="", messages={"": result})
    assert way.drawn.table.rows[-1][2] == "XC"


def test_each_firearm_has_its_own_way() -> None:
    chain = told((K.MANUFACTURED, "AT")) + told((K.MANUFACTURED, "RS"), line=2)
    assert [way.line for way in ways(speech(), chain, ground="")] == [1, 2]


@pytest.mark.asyncio(loop_scope="session")
async def test_the_page_of_an_answered_request_shows_the_way_and_the_marked_firearm(
    made: World, reader: Any
) -> None:
    ben = reader(made.us.tokens["ben"])
    shown = (await ben.get(path_to("request", thread=made.threads["answered"]))).text
    assert "Where it went" in shown
    assert 'class="pic pic-chain' in shown
    assert 'class="pic pic-firearm' in shown
    fresh = (await ben.get(path_to("request", thread=made.threads["fresh"]))).text
    assert "Where it went" not in fresh
