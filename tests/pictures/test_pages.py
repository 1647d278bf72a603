"""Every picture: safe for a page, readable without seeing it, with a table that says the same."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from tests.tools.gallery import HERE, NOW, gallery, page
from tracer.model.chain import ChainEvent
from tracer.model.codes import ChainEventKind, Code, code
from tracer.model.firearm import Firearm, Mark
from tracer.web.pictures import (
    Bar,
    Deadline,
    Part,
    Pause,
    Picture,
    Sent,
    Square,
    Tone,
    Words,
    bars,
    chain,
    chain_map,
    deadlines,
    firearm,
    gaps,
    matrix,
    sparkline,
    thread,
)
from tracer.web.pictures.deadlines import pieces
from tracer.web.pictures.picture import Direction
from tracer.web.pictures.svg import visible

SVG = "{http://www.w3.org/2000/svg}"
ALL = {picture.kind + str(n): picture for n, picture in enumerate(gallery(Words(), "/m.svg"))}
HOSTILE = "</title><script>alert(1)</script>\" onload='x' <b>&amp;\u202e\u0007"


def tree(picture: Picture) -> ET.Element:
    """The figure as XML: it is well-formed, or this fails."""
    return ET.fromstring(f"<div>{picture.figure()}</div>")  # noqa: S314 - made by ourselves


def hostile_words() -> Words:
    return Words(
        say=lambda text: f"{text}{HOSTILE}",
        label=lambda _: HOSTILE,
        country=lambda _: HOSTILE,
        day=lambda _: HOSTILE,
        count=lambda number: f"{number}{HOSTILE}",
    )


def hostile_pictures() -> list[Picture]:
    words = hostile_words()
    odd = Code("mark-kind", 1, "X", HOSTILE[:100])
    mark = Mark(kind=odd, text=HOSTILE[:60], symbol=HOSTILE)
    event = ChainEvent(n=1, kind=odd, country="DE")
    return [
        *gallery(words, "/m.svg"),
        firearm(Firearm(line=1, marks=(mark,)), name="x", words=Words()),
        chain([event], name="x", words=Words(label=lambda _: HOSTILE)),
        bars([Bar(HOSTILE, (Part(HOSTILE, 3, Tone.BAD),))], name="x", title=HOSTILE, words=words),
        matrix([(HOSTILE, [Square(HOSTILE, Tone.GOOD)])], columns=[HOSTILE], name="x",
               means={Tone.GOOD: HOSTILE}, title=HOSTILE, words=words),
        thread([Sent(at=NOW, ours=True, label=HOSTILE)], us=HOSTILE, them=HOSTILE, name="x",
               words=words),
        deadlines([Deadline(label=HOSTILE, start=NOW, due=None)], now=NOW, name="x", words=words),
        sparkline([1], name="x", title=HOSTILE, labels=[HOSTILE], words=words),
    ]  # fmt: skip


@pytest.mark.parametrize("picture", hostile_pictures(), ids=lambda picture: picture.kind)
def test_text_of_anybody_stays_text(picture: Picture) -> None:
    markup = str(picture.figure())
    assert "<script" not in markup
    assert "\u202e" not in markup
    assert "\u0007" not in markup
    for element in tree(picture).iter():
        assert element.tag.removeprefix(SVG) not in {"script", "style", "foreignObject", "b", "a"}
        assert [name for name in element.attrib if name.startswith("on") or name == "style"] == []


def test_what_cannot_be_seen_is_told_by_its_code() -> None:
    assert visible("a\u2800b") == "a\u2039U+2800\u203ab"
    assert visible("a\u202eb\u200bc\x07") == (
        "a\u2039U+202E\u203ab\u2039U+200B\u203ac\u2039U+0007\u203a"
    )


@pytest.mark.parametrize("name", ALL)
def test_a_picture_has_a_role_a_title_a_description_and_a_table(name: str) -> None:
    picture = ALL[name]
    figure = tree(picture)[0]
    assert figure.tag == "figure"
    svg = next(element for element in figure.iter("svg") if element.get("role"))
    assert svg.get("role") == "img"
    ids = {element.get("id") for element in svg.iter()}
    assert set((svg.get("aria-labelledby") or "").split()) <= ids
    assert all((svg.findtext(tag) or "").strip() for tag in ("title", "desc"))
    table = next(figure.iter("table"))
    assert (table.findtext("caption") or "").strip()
    heads = [th.get("scope") for th in table.iter("th")]
    assert set(heads) <= {"col", "row"}
    assert all(len(row) == heads.count("col") for row in table.iter("tr"))


def test_ids_are_unique_on_a_page() -> None:
    ids = re.findall(r' id="([^"]+)"', page("ltr", "light", "/m.svg"))
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_fetched_but_the_map_and_nothing_refers_outside(name: str) -> None:
    for element in tree(ALL[name]).iter():
        for key, value in element.attrib.items():
            assert not key.endswith("src")
            assert "href" not in key or value == "/m.svg"
            assert "//" not in value
            assert "url(" not in value or re.fullmatch(r"url\(#[a-z0-9-]+\)", value)


@pytest.mark.parametrize("name", [name for name, picture in ALL.items() if picture.wide])
def test_what_scrolls_can_be_reached_and_scrolled_by_keyboard(name: str) -> None:
    (box,) = (one for one in tree(ALL[name]).iter("div") if one.get("class") == "pic-scroll")
    assert (box.get("tabindex"), box.get("role")) == ("0", "group")
    assert box.get("aria-label")


def test_a_name_that_is_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="name of a picture"):
        firearm(Firearm(line=1), name='a" onload="x', words=Words())


@pytest.mark.parametrize("kind", ["chain", "thread", "deadlines", "bars", "matrix", "sparkline"])
def test_from_right_to_left_time_runs_the_other_way_and_nothing_else_changes(kind: str) -> None:
    def drawn(direction: Direction) -> tuple[Picture, float, list[tuple[str, float]]]:
        words = replace(Words(), dir=direction)
        picture = next(one for one in gallery(words, "/m.svg") if one.kind == kind)
        svg = next(element for element in tree(picture).iter("svg") if element.get("role"))
        width = float((svg.get("viewBox") or "").split()[2])
        at = [
            (text.text or "", float(text.get("x") or 0))
            for text in svg.iter("text")
            if text.get("text-anchor") == "middle"
        ]
        return picture, width, at

    left, width, there = drawn("ltr")
    right, _, back = drawn("rtl")
    assert left.table == right.table
    assert [text for text, _ in there] == [text for text, _ in back]
    assert [round(width - x, 1) for _, x in there] == pytest.approx([x for _, x in back], abs=0.2)


def test_firearm_and_map_do_not_turn_round() -> None:
    def paths(direction: Direction, kind: str) -> list[str | None]:
        words = replace(Words(), dir=direction)
        picture = next(one for one in gallery(words, "/m.svg") if one.kind == kind)
        return [element.get("d") for element in tree(picture).iter("path")]

    for kind in ("firearm", "map"):
        assert paths("ltr", kind) == paths("rtl", kind)


def test_the_table_of_bars_adds_up_to_the_bars() -> None:
    rows = [Bar("DE", (Part("new", 2, Tone.GOOD), Part("old", 5, Tone.BAD)))]
    picture = bars(rows, name="b", title="Open", words=Words())
    assert picture.table.rows == (("DE", "2", "5", "7"),)
    widths = [
        float(one.get("width") or 0)
        for one in tree(picture).iter("rect")
        if "pic-edge-" in (one.get("class") or "") and one.get("height") == "24"
    ]
    assert (widths[0] + 1.6) / (widths[1] + 1.6) == pytest.approx(2 / 5, abs=0.01)


def test_every_tone_has_a_pattern_of_its_own() -> None:
    shown = str(ALL[next(name for name in ALL if name.startswith("matrix"))].svg)
    marks = re.findall(r'<pattern[^>]*id="m-(\w+)".*?</pattern>', shown)
    assert set(marks) == set(Tone)
    hatches = re.findall(r'<path d="([^"]*)" class="pic-hatch"', shown)
    assert len(set(hatches)) == len(Tone) - 1  # good is plain


def event(n: int, kind: ChainEventKind, country: str = "") -> ChainEvent:
    return ChainEvent(n=n, kind=code(kind), country=country or UNSET)


def test_a_gap_is_where_no_event_tells_how_it_came_to_the_other_state() -> None:
    made, out = ChainEventKind.MANUFACTURED, ChainEventKind.EXPORTED
    sold, seized = ChainEventKind.RETAIL_SALE, ChainEventKind.SEIZED
    way = [event(3, sold, "DE"), event(1, made, "AT"), event(2, out, "AT"), event(4, seized, "RS")]
    assert gaps(way) == (False, False, True)
    assert gaps([event(1, made, "AT"), event(2, seized)]) == (True,)
    picture = chain(way, name="c", words=Words())
    assert [bool(row[4]) for row in picture.table.rows] == [False, False, False, True]
    assert str(picture.svg).count("pic-way-gap") == 1
    assert "Dashed line" in str(picture.key)


def test_a_state_that_it_went_to_has_a_row_and_a_dashed_line_into_it() -> None:
    made, out = ChainEventKind.MANUFACTURED, ChainEventKind.EXPORTED
    way = [event(1, made, "AT"), event(2, out, "AT")]
    picture = chain(way, name="c", words=Words(), onward=["RS"])
    drawn = str(picture.svg)
    assert (drawn.count("pic-lane"), drawn.count("pic-way-gap")) == (2, 1)
    assert picture.table.rows[-1] == ("", "", "Serbia", "Not told yet", "")
    assert "Serbia: Not told yet" in picture.description


def test_a_short_chain_takes_the_width_of_its_place_and_a_long_one_keeps_its_own() -> None:
    def width(count: int) -> str | None:
        way = [event(n, ChainEventKind.REGISTERED, "DE") for n in range(1, count + 1)]
        (svg,) = tree(chain(way, name="c", words=Words())).iter("svg")
        return svg.get("width")

    assert (width(2), width(4), bool(width(9))) == (None, None, True)


def test_each_event_of_the_chain_stands_in_line_and_table_in_its_order() -> None:
    way = [event(n, ChainEventKind.REGISTERED, "DE") for n in (5, 1, 9)]
    picture = chain(way, name="c", words=Words())
    assert [row[0] for row in picture.table.rows] == ["1", "5", "9"]
    stops = re.findall(r'class="pic-stop-text">(\d+)<', str(picture.svg))
    assert stops == ["1", "5", "9"]


@pytest.mark.parametrize(
    "nothing",
    [
        chain([], name="c", words=Words()),
        chain_map([], name="c", words=Words(), href="/m.svg"),
        thread([], us="A", them="B", name="c", words=Words()),
        deadlines([], now=NOW, name="c", words=Words()),
        bars([], name="c", title="Open", words=Words()),
        matrix([], columns=[], means={}, name="c", title="Open", words=Words()),
        sparkline([], name="c", title="Open", labels=[], words=Words()),
        firearm(Firearm(line=1), name="c", words=Words()),
    ],
    ids=lambda picture: picture.kind,
)
def test_nothing_is_a_picture_too(nothing: Picture) -> None:
    assert tree(nothing)[0].tag == "figure"


hours = st.integers(min_value=0, max_value=400)


@given(st.tuples(hours, hours, hours, hours, hours), st.none() | hours)
def test_a_bar_of_time_has_no_hole_and_nothing_twice(
    given_hours: tuple[int, int, int, int, int], met: int | None
) -> None:
    start, due, pause, long, now = given_hours

    def at(hour: int) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)

    one = Deadline(
        label="x", start=at(start), due=at(due), met=None if met is None else at(met),
        pauses=(Pause(at(pause), at(pause + long)),),
    )  # fmt: skip
    found = pieces(one, at(now))
    end = one.met or at(now)
    if end <= one.start:
        assert found == ()
        return
    assert (found[0].since, found[-1].until) == (one.start, end)
    assert all(a.until == b.since for a, b in pairwise(found))
    late = [piece for piece in found if piece.tone in {Tone.LATE, Tone.BAD}]
    assert all(piece.since >= at(due) for piece in late)


def test_a_term_says_in_words_where_it_stands() -> None:
    day = timedelta(days=1)
    rows = [
        Deadline(label="a", start=NOW - 9 * day, due=NOW - 5 * day, met=NOW - 6 * day),
        Deadline(label="b", start=NOW - 9 * day, due=NOW - 5 * day, met=NOW - 2 * day),
        Deadline(label="c", start=NOW - 9 * day, due=NOW - 5 * day),
        Deadline(label="d", start=NOW - 9 * day, due=NOW + day),
        Deadline(label="e", start=NOW - day, due=None, pauses=(Pause(NOW - day, NOW + day),)),
    ]
    told = deadlines(rows, now=NOW, name="d", words=Words()).table.rows
    assert [row[-1] for row in told] == ["met", "met late", "over its term", "running", "paused"]


def test_a_message_that_is_not_delivered_says_so_in_picture_and_table() -> None:
    sent = [Sent(at=NOW, ours=True, label="Request", delivered=None, witnesses=0)]
    picture = thread(sent, us="A", them="B", name="t", words=Words())
    assert picture.table.rows[0][3] == "not delivered yet"
    assert "pic-way-gap" in str(picture.svg)
    done = thread([replace(sent[0], delivered=NOW)], us="A", them="B", name="t", words=Words())
    assert "pic-way-gap" not in str(done.svg)
    assert done.key == ""


def theme(css: str, selector: str) -> dict[str, tuple[float, ...]]:
    block = css.split(selector, 1)[1].split("}", 1)[0]
    found = re.findall(r"(--pic-[\w-]+): #([0-9a-f]{3,8});", block)
    return {
        name: tuple(
            int(value[i : i + 2], 16) / 255
            for value in ["".join(c * 2 for c in hexes) if len(hexes) == 3 else hexes]
            for i in (0, 2, 4)
        )
        for name, hexes in found
    }


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2.2, contrast ratio."""

    def light(colour: tuple[float, ...]) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("selector", [":root {", ':root[data-theme="dark"] {'])
def test_text_and_shapes_stand_out_from_the_ground(selector: str) -> None:
    colours = theme((HERE / "pictures.css").read_text(), selector)
    for ground in ("--pic-paper", "--pic-ground"):
        for text in ("--pic-ink", "--pic-soft"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        for shape in ("accent", "line", "good", "wait", "pause", "late", "bad", "steel-3"):
            assert contrast(colours[f"--pic-{shape}"], colours[ground]) >= 3, (shape, ground)
    for shape in ("accent", "bad"):
        assert contrast(colours["--pic-on-accent"], colours[f"--pic-{shape}"]) >= 4.5, shape


def test_the_text_of_a_drawing_is_as_readable_without_the_figure_around_it() -> None:
    """A page may show the drawing alone; a number on a dark pin was dark there."""
    css = (HERE / "pictures.css").read_text("utf-8")
    assert ".pic-svg text" in css
    assert not re.search(r"\.pic (text|\.pic-\w+-text|\.pic-strong)", css)


def test_the_stylesheet_knows_no_physical_side_and_every_class_that_is_drawn() -> None:
    css = (HERE / "pictures.css").read_text()
    assert re.findall(r"\b(?:margin|padding|border|inset)-(?:left|right)|float:", css) == []
    assert "url(" not in css
    used = {
        name
        for picture in ALL.values()
        for names in re.findall(r'class="([^"]+)"', str(picture.figure()))
        for name in names.split()
    }
    plain = {"pic-land", "pic-pin-text", "pic-pin-key", "pic-firearm", "pic-sparkline"}
    known = set(re.findall(r"\.(pic[\w-]*)", css)) | plain
    kinds = {f"pic-{picture.kind}" for picture in ALL.values()}
    assert (
        used - known - kinds
        == {"pic-box-read"} | {name for name in used if name.startswith("pic-pin-key-text")} - known
    )


def test_the_page_of_all_pictures_has_no_inline_style_or_script() -> None:
    for direction in ("ltr", "rtl"):
        whole = page(direction, "dark", "/m.svg")
        assert " style=" not in whole
        assert "<script" not in whole
