"""The firearm with its marks: each has its place, none lies on another, nothing is hidden."""

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.model.codes import (
    FirearmType,
    MarkKind,
    MarkLocation,
    ObjectKind,
    PartKind,
    ReadingState,
    code,
)
from tracer.model.firearm import MAX_MARKS, Firearm, Mark
from tracer.web.pictures import Words, firearm
from tracer.web.pictures.cells import boxes, laid, spoken
from tracer.web.pictures.firearm import RADIUS, Label, labels
from tracer.web.pictures.outlines import HEIGHT, OTHER, OUTLINES, WIDTH, Outline, outline_of

_L = MarkLocation
LONG = {_L.FRAME, _L.RECEIVER, _L.BARREL, _L.BOLT, _L.TRIGGER_GUARD, _L.BUTT, _L.MAGAZINE}
CAN_BE_ON = {
    FirearmType.PISTOL: LONG | {_L.SLIDE},
    FirearmType.REVOLVER: LONG - {_L.BOLT, _L.MAGAZINE} | {_L.CYLINDER},
    FirearmType.RIFLE: LONG,
    FirearmType.CARBINE: LONG,
    FirearmType.SHOTGUN: LONG,
    FirearmType.SUBMACHINE_GUN: LONG,
    FirearmType.ASSAULT_RIFLE: LONG,
    FirearmType.MACHINE_GUN_LIGHT: LONG,
    FirearmType.UNKNOWN: LONG | {_L.SLIDE, _L.CYLINDER},
    FirearmType.CRAFT_MADE: LONG | {_L.SLIDE, _L.CYLINDER},
    FirearmType.FRAME_RECEIVER: {_L.FRAME, _L.RECEIVER},
    FirearmType.BARREL: {_L.BARREL},
    FirearmType.SLIDE: {_L.SLIDE},
    FirearmType.CYLINDER: {_L.CYLINDER},
    FirearmType.BOLT: {_L.BOLT},
    FirearmType.MAGAZINE: {_L.MAGAZINE},
    FirearmType.SILENCER: {_L.BARREL},
}
"""Where marks of a firearm of this kind can stand. OTHER and UNKNOWN are no place on any."""


def of_type(kind: FirearmType, *marks: Mark) -> Firearm:
    return Firearm(line=1, type=code(kind), marks=marks)


def at(location: MarkLocation, text: str = "A1") -> Mark:
    return Mark(kind=code(MarkKind.SERIAL), location=code(location), text=text)


@pytest.mark.parametrize("kind", CAN_BE_ON)
def test_every_location_that_a_kind_of_firearm_has_is_on_its_drawing(kind: FirearmType) -> None:
    assert set(outline_of(of_type(kind)).places) == CAN_BE_ON[kind]


@pytest.mark.parametrize("kind", FirearmType)
def test_every_type_has_a_drawing_and_every_location_is_either_on_it_or_beside_it(
    kind: FirearmType,
) -> None:
    marks = tuple(at(location) for location in MarkLocation)
    found = labels(marks, outline_of(of_type(kind)))
    assert [one.n for one in found] == list(range(1, len(marks) + 1))


@pytest.mark.parametrize("part", PartKind)
def test_every_kind_of_part_has_a_drawing(part: PartKind) -> None:
    line = Firearm(line=1, object=code(ObjectKind.PART), part=code(part))
    drawn = outline_of(line)
    assert (drawn is OTHER) == (
        part in {PartKind.TRIGGER_GROUP, PartKind.CONVERSION_KIT, PartKind.OTHER, PartKind.UNKNOWN}
    )


@pytest.mark.parametrize("outline", OUTLINES, ids=lambda outline: outline.name)
def test_every_place_lies_on_the_drawing(outline: Outline) -> None:
    numbers = [
        float(found)
        for stroke in outline.strokes
        for found in re.findall(r"-?\d+\.?\d*", re.sub(r"[a-z][^A-Z]*", "", stroke.d))
    ]
    assert numbers
    assert all(0 <= number <= WIDTH for number in numbers)
    for place in outline.places.values():
        assert place.span / 2 <= place.x <= WIDTH - place.span / 2
        assert 2 * RADIUS < place.y < HEIGHT - 2 * RADIUS


def meeting(found: tuple[Label, ...]) -> list[tuple[int, int]]:
    return [
        (one.n, two.n)
        for one, two in combinations(found, 2)
        if (one.x - two.x) ** 2 + (one.y - two.y) ** 2 < (2 * RADIUS) ** 2 - 0.1
    ]


locations = st.lists(st.sampled_from(MarkLocation), max_size=MAX_MARKS)


@given(st.sampled_from(OUTLINES), locations)
def test_no_number_lies_on_another_or_outside_the_picture(
    outline: Outline, where: list[MarkLocation]
) -> None:
    marks = tuple(at(location) for location in where)
    found = labels(marks, outline)
    assert len(found) == len(marks)
    assert meeting(found) == []
    item = Firearm(line=1, marks=marks)
    left, top, width, height = (
        float(n) for n in re.findall(r'viewBox="([^"]+)"', str(draw(item)))[0].split()
    )
    for one in labels(marks, outline_of(item)):
        assert left + RADIUS <= one.x <= left + width - RADIUS
        assert top + RADIUS <= one.y <= top + height - RADIUS


def draw(item: Firearm) -> str:
    return str(firearm(item, name="f", words=Words()).figure())


def test_a_mark_whose_place_is_not_known_is_shown_beside_the_drawing_not_hidden() -> None:
    drawn = draw(of_type(FirearmType.PISTOL, at(MarkLocation.UNKNOWN), at(MarkLocation.FRAME)))
    assert drawn.count("pic-pin-beside") == 2  # the circle and its number
    assert "the place of the mark is not known" in drawn
    assert "pic-pin-beside" not in draw(of_type(FirearmType.PISTOL, at(MarkLocation.FRAME)))


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("AB 12", ["ltr"]),
        ("\u0661\u0662", ["ltr"]),
        ("\u0627\u0628 12", ["rtl", "rtl", "ltr"]),
        ("12\u0627", ["rtl", "ltr", "rtl"]),
    ],
)
def test_a_mark_reads_in_its_own_direction_and_a_number_in_it_from_the_left(
    text: str, order: list[str]
) -> None:
    assert re.findall(r'dir="(\w+)"', laid(boxes(text))) == order


def test_what_is_read_doubted_and_not_read_has_a_box_of_its_own_kind() -> None:
    found = boxes("AB?12[8B] C", unreadable=(4,), confidence=(99, 50))
    assert [box.kind for box in found] == [
        "read", "doubt", "unread", "unread", "read", "either", "space", "read",
    ]  # fmt: skip
    assert [box.text for box in found][5] == "8 B"


def test_boxes_are_heard_as_words() -> None:
    said = spoken(boxes("A?[8B]"), Words())
    assert said == "A, not readable, one of 8 B"


def test_the_table_says_of_each_mark_what_the_drawing_shows() -> None:
    marks = (at(MarkLocation.SLIDE, "X1"), at(MarkLocation.BUTT, "17"))
    picture = firearm(of_type(FirearmType.PISTOL, *marks), name="f", words=Words())
    assert [row[0] for row in picture.table.rows] == ["1", "2"]
    assert [row[2] for row in picture.table.rows] == ["Slide", "Butt"]
    assert "1: Serial X1 (Slide); 2: Serial 17 (Butt)" in picture.description


def test_beside_a_mark_stands_what_it_was_before_and_beside_no_other() -> None:
    unread = Mark(kind=code(MarkKind.SERIAL), reading=code(ReadingState.UNREADABLE))
    item = of_type(FirearmType.PISTOL, at(_L.FRAME, "B7 46162"), at(_L.SLIDE, "B7"))
    was = {1: (unread, at(_L.FRAME, "B7 4?162"))}
    first, second = firearm(item, name="f1", words=Words(), was=was).table.rows
    assert "was: <span>Unreadable</span>, " in first[3]
    assert '<bdi dir="ltr">B7 4?162</bdi>' in first[3]
    assert "was" not in second[3]


def test_what_a_mark_was_runs_as_its_own_letters_do() -> None:
    was = {1: (at(_L.FRAME, "\u0633 12"),)}
    item = of_type(FirearmType.PISTOL, at(_L.FRAME, "A1"))
    assert '<bdi dir="rtl">' in firearm(item, name="f1", words=Words(), was=was).table.rows[0][3]
