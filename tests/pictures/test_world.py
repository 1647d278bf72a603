"""The map: every State has its place, what is shown is cut to what matters, names lie apart."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from tests.tools.gallery import HERE
from tracer.model.chain import ChainEvent
from tracer.model.codes import ChainEventKind, code
from tracer.model.tables import countries
from tracer.web.pictures import Words, chain_map, packaged
from tracer.web.pictures.packaged import MAP, STYLESHEET
from tracer.web.pictures.world import HEIGHT, WIDTH, cut_to, names, shapes, spots

OVERSEAS = {"AQ", "BQ", "BV", "CC", "CX", "GF", "GP", "MQ", "RE", "SJ", "TK", "UM", "YT"}
"""Territories that the source draws as part of their State, or not at all; none is a State."""
some = st.lists(st.sampled_from(sorted(spots())), min_size=1, max_size=8, unique=True)


def test_every_state_is_on_the_map() -> None:
    assert set(countries()) - set(spots()) == OVERSEAS


def test_every_state_that_has_a_spot_is_drawn_as_an_area_or_as_a_dot() -> None:
    for alpha2, spot in spots().items():
        assert spot.small or alpha2 in shapes(), alpha2
        assert 0 <= spot.x <= WIDTH
        assert 0 <= spot.y <= HEIGHT


def test_the_map_is_small_names_its_source_and_brings_nothing_of_its_own() -> None:
    text = (HERE / "data" / MAP).read_text()
    assert 40_000 < len(text) < 120_000
    assert "Natural Earth" in text
    assert "ISC" in text
    tags = {element.tag.split("}")[1] for element in ET.fromstring(text).iter()}  # noqa: S314
    assert tags == {"svg", "g", "path", "circle"}
    assert "href" not in text
    assert "style" not in text


def test_what_pages_need_is_packaged_and_the_map_has_the_size_that_is_drawn_over() -> None:
    found = packaged()
    assert set(found) == {STYLESHEET, MAP}
    assert f'viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}"'.encode() in found[MAP]


@given(some)
def test_the_part_shown_holds_every_state_concerned_and_lies_on_the_map(chosen: list[str]) -> None:
    cut = cut_to([spots()[alpha2] for alpha2 in chosen])
    for alpha2 in chosen:
        assert cut.x <= spots()[alpha2].x <= cut.x + cut.width
        assert cut.y <= spots()[alpha2].y <= cut.y + cut.height
    assert min(cut.x, cut.y) >= 0
    assert cut.x + cut.width <= WIDTH + 0.2
    assert cut.y + cut.height <= HEIGHT + 0.2


@given(some)
def test_no_name_on_the_map_lies_on_another_or_on_a_stop(chosen: list[str]) -> None:
    pins = {alpha2: (spots()[alpha2].x, spots()[alpha2].y) for alpha2 in chosen}
    cut = cut_to([spots()[alpha2] for alpha2 in chosen])
    found = names(pins, cut, Words())
    for one, two in combinations(found, 2):
        apart = (
            one.x + one.width <= two.x or two.x + two.width <= one.x
            or one.y + one.height <= two.y or two.y + two.height <= one.y
        )  # fmt: skip
        assert apart, (one, two)


@pytest.mark.parametrize("unknown", ["XA", ""])
def test_an_event_in_no_known_state_is_in_the_table_though_not_on_the_map(unknown: str) -> None:
    events = [
        ChainEvent(n=1, kind=code(ChainEventKind.MANUFACTURED), country="AT"),
        ChainEvent(n=2, kind=code(ChainEventKind.SEIZED), country=unknown or UNSET),
    ]
    picture = chain_map(events, name="m", words=Words(), href="/m.svg")
    assert len(picture.table.rows) == 2
    assert str(picture.svg).count("pic-mstop") == 1
    assert "do not imply endorsement" in str(picture.key)


def test_a_dashed_arrow_goes_to_a_question_mark_in_a_state_that_it_went_to_untold() -> None:
    events = [
        ChainEvent(n=1, kind=code(ChainEventKind.MANUFACTURED), country="AT"),
        ChainEvent(n=2, kind=code(ChainEventKind.EXPORTED), country="AT"),
    ]
    picture = chain_map(events, name="m", words=Words(), href="/m.svg", onward=["RS", "XA"])
    drawn = str(picture.svg)
    assert (drawn.count("pic-mgap"), drawn.count('class="pic-head"')) == (1, 1)
    assert ">?</text>" in drawn
    assert ">Serbia</text>" in drawn
    assert "Dashed line" in str(picture.key)
    assert picture.description == "Austria (1, 2); Serbia: Not told yet."
    assert [row[2] for row in picture.table.rows] == ["Austria", "Austria", "Serbia", "XA"]
    without = chain_map(events, name="m", words=Words(), href="/m.svg")
    assert "stroke-dasharray" not in str(without.svg)


def test_stops_of_neighbours_leave_room_for_the_arrow_between_them() -> None:
    events = [ChainEvent(n=1, kind=code(ChainEventKind.EXPORTED), country="AT")]
    drawn = ET.fromstring(  # noqa: S314 - made by ourselves
        str(chain_map(events, name="m", words=Words(), href="/m.svg", onward=["SI"]).svg)
    )
    stop, end = (
        (float(one.get("cx") or 0), float(one.get("cy") or 0), float(one.get("r") or 0))
        for one in drawn.iter("circle")
        if (one.get("class") or "") in {"pic-mstop", "pic-mgap"}
    )
    apart = ((stop[0] - end[0]) ** 2 + (stop[1] - end[1]) ** 2) ** 0.5
    assert apart > 4 * stop[2]
