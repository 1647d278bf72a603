"""The words of letters: complete in six languages, right in number, date and direction."""

from __future__ import annotations

import re
import string
from datetime import date, timedelta

import pytest

from tests.model.clocks import TERMS, with_offsets
from tracer.casework.mail.language import LANGUAGES, PLURALS, flat, read_file, words_of
from tracer.casework.mail.text import Desk, Told, digest, distance, single, span, when
from tracer.clock import instant
from tracer.model.calendar import Calendar
from tracer.model.clocks import ClockKind
from tracer.model.codes import UrgencyLevel

ENGLISH = dict(flat(read_file("en")))
OTHERS = tuple(each for each in LANGUAGES if each != "en")
PLURAL = ("span.minute", "span.hour", "span.day", "digest.intro", "digest.more")
ONE_NUMBER = {("ar", "zero"), ("ar", "one"), ("ar", "two")}
"""Forms that stand for a single number, which need not be shown."""
SAME = {
    ("fr", "span.minute.one"),
    ("fr", "span.minute.other"),
    ("fr", "date"),
    ("ar", "date"),
    *((language, "direction") for language in OTHERS),
}
"""What is right although it is written as in English."""
DUE = instant("2026-03-04T16:00:00.000Z")
PARIS = with_offsets(TERMS, ("2000-01-01T00:00:00.000Z", 60), ("2026-03-29T01:00:00.000Z", 120))


SHIFT = {
    "notice-before": timedelta(hours=-1),
    "notice-due": timedelta(0),
    "notice-after": timedelta(hours=1),
    "escalate": timedelta(hours=2),
}


def told(**changes: object) -> Told:
    given: dict[str, object] = {
        "reference": "XA-2026-000001",
        "peer": "XB-NPOC",
        "test": False,
        "act": "notice-after",
        "clock": "first-answer",
        "ours": False,
        "due": DUE,
        "binding": False,
        "urgency": "FLASH",
    }
    return Told(**(given | changes))  # type: ignore[arg-type]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def stem(name: str) -> tuple[str, str]:
    """A plural line without its category, and the category; any other line as it is."""
    before, _, last = name.rpartition(".")
    return (before, last) if before in PLURAL else (name, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_line_and_no_other(language: str) -> None:
    lines = dict(flat(read_file(language)))
    assert {stem(name)[0] for name in lines} == {stem(name)[0] for name in ENGLISH}
    for name in PLURAL:
        assert {last for head, last in map(stem, lines) if head == name} == set(
            PLURALS[language][1]
        )
    assert len(read_file(language)["months"]) == 12
    assert all(text.strip() == text and text for text in lines.values())


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str) -> None:
    lines = dict(flat(read_file(language)))
    same = {(language, name) for name, text in lines.items() if ENGLISH.get(name) == text}
    assert same <= SAME
    assert read_file(language)["months"] != read_file("en")["months"]


@pytest.mark.parametrize("language", ["ar", "ru", "zh"])
def test_a_language_with_its_own_letters_uses_no_latin_ones(language: str) -> None:
    for name, text in flat(read_file(language)):
        bare = re.sub(r"\{\w+\}|Tracer", "", text)
        assert name == "direction" or not re.search(r"[A-Za-z]", bare), (name, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_the_places_of_the_english_one(language: str) -> None:
    for name, text in flat(read_file(language)):
        head, category = stem(name)
        expected = places(ENGLISH[f"{head}.other" if category else name])
        may_lack = {"n"} if (language, category) in ONE_NUMBER else set()
        assert expected - may_lack <= places(text) <= expected, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_clock_and_every_urgency_has_its_words(language: str) -> None:
    lines = words_of(language).lines
    assert {f"clock.{kind}" for kind in ClockKind} <= set(lines)
    assert {f"urgency.{level}" for level in UrgencyLevel} <= set(lines)


@pytest.mark.parametrize(
    ("language", "numbers", "category"),
    [
        ("en", (1,), "one"),
        ("en", (0, 2, 21, 101), "other"),
        ("es", (1,), "one"),
        ("es", (0, 2, 100), "other"),
        ("fr", (0, 1), "one"),
        ("fr", (2, 21), "other"),
        ("ru", (1, 21, 31, 101, 1001), "one"),
        ("ru", (2, 3, 4, 22, 34, 102), "few"),
        ("ru", (0, 5, 11, 12, 14, 19, 25, 111, 112, 100), "many"),
        ("ar", (0,), "zero"),
        ("ar", (1,), "one"),
        ("ar", (2,), "two"),
        ("ar", (3, 10, 103, 110, 1003), "few"),
        ("ar", (11, 26, 99, 111, 1011), "many"),
        ("ar", (100, 101, 102, 200, 1000), "other"),
        ("zh", (0, 1, 2, 100), "other"),
    ],
)
def test_numbers_take_the_form_that_cldr_gives_them(
    language: str, numbers: tuple[int, ...], category: str
) -> None:
    assert {PLURALS[language][0](n) for n in numbers} == {category}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ("1 day", "2 days", "5 days", "11 days")),
        ("fr", ("1 jour", "2 jours", "5 jours", "11 jours")),
        ("es", ("1 día", "2 días", "5 días", "11 días")),
        ("ru", ("1 день", "2 дня", "5 дней", "11 дней")),
        ("zh", ("1天", "2天", "5天", "11天")),
        ("ar", ("يوم واحد", "يومان", "5 أيام", "11 يوما")),
    ],
)
def test_days_are_counted_as_people_count_them(language: str, expected: tuple[str, ...]) -> None:
    words = words_of(language)
    assert tuple(words.plural("span.day", n) for n in (1, 2, 5, 11)) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(0), "0 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_a_span_is_told_in_the_largest_unit_that_fits_twice(
    length: timedelta, expected: str
) -> None:
    assert span(length, words_of("en")) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "4 March 2026, 16:00 UTC (local time: 4 March 2026, 17:00, UTC+01:00)"),
        ("fr", "4 mars 2026, 16:00 UTC (heure locale : 4 mars 2026, 17:00, UTC+01:00)"),
        ("es", "4 de marzo de 2026, 16:00 UTC (hora local: 4 de marzo de 2026, 17:00, UTC+01:00)"),
        (
            "ru",
            "4 марта 2026 года, 16:00 UTC (местное время: 4 марта 2026 года, 17:00, UTC+01:00)",
        ),
        ("zh", "2026年3月4日 16:00 UTC（当地时间：2026年3月4日 17:00，UTC+01:00）"),  # noqa: RUF001
    ],
)
def test_an_instant_names_its_month_and_both_times(language: str, expected: str) -> None:
    assert when(DUE, words_of(language), Calendar(PARIS)) == expected


def test_the_local_time_follows_the_clocks_of_the_terms() -> None:
    summer = when(instant("2026-03-29T23:30:00.000Z"), words_of("en"), Calendar(PARIS))
    assert summer.endswith("(local time: 30 March 2026, 01:30, UTC+02:00)")
    west = with_offsets(TERMS, ("2000-01-01T00:00:00.000Z", -210))
    assert when(DUE, words_of("en"), Calendar(west)).endswith("12:30, UTC-03:30)")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-7200, "Time left: 2 hours"), (0, "Time left: 0 minutes"), (7200, "Late by: 2 hours")],
)
def test_before_the_instant_time_is_left_and_after_it_is_late(seconds: int, expected: str) -> None:
    assert distance(DUE, DUE + timedelta(seconds=seconds), words_of("en")) == expected


def test_arabic_reads_from_the_right_and_keeps_references_and_times_in_order() -> None:
    where = "https://tracer.example/{reference}"
    text = single(told(), DUE, language="ar", desk=Desk(calendar=Calendar(PARIS), where=where))
    assert all(line.startswith("\u200f") for line in text.split("\n") if line)
    for latin in ("XA-2026-000001", "XB-NPOC", "16:00 UTC", "17:00", "UTC+01:00"):
        assert f"\u2066{latin}\u2069" in text
    assert "\u2066https://tracer.example/XA-2026-000001\u2069" in text
    assert text.count("\u2066") == text.count("\u2069")
    outside = re.sub("\u2066[^\u2069]*\u2069|Tracer", "", text)
    assert not re.search(r"[A-Za-z]", outside)


@pytest.mark.parametrize("language", OTHERS[1:])
def test_other_languages_need_no_direction_marks(language: str) -> None:
    text = single(told(), DUE, language=language, desk=Desk(calendar=Calendar(PARIS)))
    assert not re.search("[\u200e\u200f\u2066-\u2069]", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("act", ["notice-before", "notice-due", "notice-after", "escalate"])
@pytest.mark.parametrize("clock", list(ClockKind))
def test_every_notice_can_be_told_in_every_language(
    language: str, act: str, clock: ClockKind
) -> None:
    words = words_of(language)
    for ours in (True, False):
        one = told(act=act, clock=clock.value, ours=ours, test=ours, binding=ours)
        now = DUE + SHIFT[act]
        text = single(one, now, language=language, desk=Desk(calendar=Calendar(PARIS)))
        for name in (f"act.{act}", f"clock.{clock}", "urgency.FLASH", "line.nowhere"):
            assert words.say(name) in text
        assert (words.say("line.test") in text) is ours
        assert "{" not in text


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-60, ("is near", "Time left: 1 minute")),
        (-59, ("is reached now", "Time left: 0 minutes")),
        (10, ("is reached now", "Time left: 0 minutes")),
        (60, ("has passed", "Late by: 1 minute")),
    ],
)
def test_a_letter_says_how_it_stands_when_it_is_written(
    seconds: int, expected: tuple[str, str]
) -> None:
    """A digest goes out hours after the notice was told."""
    desk = Desk(calendar=Calendar(PARIS))
    for act in ("notice-before", "notice-due", "notice-after"):
        now = DUE + timedelta(seconds=seconds)
        text = single(told(act=act), now, language="en", desk=desk)
        assert all(words in text for words in expected)
        assert text.count("A target of this case") == 1


def test_a_target_is_called_a_deadline_only_if_the_two_states_agreed_on_one() -> None:
    desk = Desk(calendar=Calendar(PARIS))
    for binding, word in ((False, "\nTarget: "), (True, "\nAgreed deadline: ")):
        assert word in single(told(binding=binding), DUE, language="en", desk=desk)


def test_life_at_risk_is_said_in_so_many_words() -> None:
    desk = Desk(calendar=Calendar(PARIS))
    assert "LIFE AT RISK" in single(told(), DUE, language="en", desk=desk)
    assert "RISK" not in single(told(urgency="URGENT"), DUE, language="en", desk=desk)


def test_a_digest_tells_the_most_pressing_first_and_counts_what_is_too_much() -> None:
    many = [
        told(reference=f"XA-2026-{n:06}", urgency="ROUTINE", due=DUE - timedelta(hours=n))
        for n in range(1, 46)
    ]
    text = digest(
        [*many, told(reference="XA-2026-000099")],
        date(2026, 3, 5),
        DUE,
        language="en",
        desk=Desk(calendar=Calendar(PARIS)),
    )
    found = re.findall(r"XA-2026-(\d+)", text)
    assert found[:3] == ["000099", "000045", "000044"]
    assert len(found) == 40
    assert text.startswith("46 new notices, 5 March 2026")
    assert "6 more notices are in Tracer." in text


def test_an_unknown_language_is_answered_in_english() -> None:
    assert words_of("tlh").language == "en"
