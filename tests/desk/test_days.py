"""A day is taken as people write it where it can mean one only, and told as it was understood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from multidict import MultiDict

from tests.desk.drafting import begun, message_of, version_of
from tests.desk.test_message_forms import sheet
from tests.desk.world import World
from tracer.web.ui import days
from tracer.web.ui.days import understood
from tracer.web.ui.forms import Wrong
from tracer.web.ui.message_forms.shapes import SHAPES
from tracer.web.ui.pages import draft_found
from tracer.web.ui.routes import path_to
from tracer.web.ui.texts import CODES
from tracer.web.ui.words import WRONG


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-24", "2026-11-24"),
        ("2026/3/1", "2026-03-01"),
        ("24.11.2026", "2026-11-24"),
        ("3.4.2026", "2026-04-03"),
        ("24/11/2026", "2026-11-24"),
        ("24-11-2026", "2026-11-24"),
        ("5/5/2026", "2026-05-05"),
        ("11/2026", "2026-11"),
        ("2026.11", "2026-11"),
        ("2026", "2026"),
        ("2026年11月24日", "2026-11-24"),
        ("٢٤/١١/٢٠٢٦", "2026-11-24"),  # noqa: RUF001 - figures of Arabic
    ],
)
def test_what_means_one_day_is_taken_in_every_language(
    language: str, text: str, meant: str
) -> None:
    assert understood(text, language) == meant


@pytest.mark.parametrize(
    ("language", "text", "meant"),
    [
        ("fr", "03/04/2026", "2026-04-03"),
        ("ar", "03/04/2026", "2026-04-03"),
        ("en", "11/24/2026", "2026-11-24"),
        ("en", "November 24, 2026", "2026-11-24"),
        ("en", "24 Sep 2026", "2026-09-24"),
        ("es", "24 de noviembre de 2026", "2026-11-24"),
        ("ru", "24 ноября 2026 г.", "2026-11-24"),  # noqa: RUF001 - Russian
        ("fr", "mars 2026", "2026-03"),
    ],
)
def test_the_language_settles_the_order_and_the_months(
    language: str, text: str, meant: str
) -> None:
    assert understood(text, language) == meant


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_can_be_two_days_is_refused_with_both(language: str) -> None:
    with pytest.raises(Wrong, match="two-dates") as found:
        understood("03/04/2026", language)
    assert found.value.places == {"first": "2026-04-03", "second": "2026-03-04"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "24.11.26"),
        ("en", "24 Nov Dec 2026"),
        ("en", "soon"),
        ("en", "2026-11-24-01"),
    ],
)
def test_what_is_no_day_is_refused(language: str, text: str) -> None:
    with pytest.raises(Wrong, match="not-a-date"):
        understood(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "31.02.2026"), ("en", "2026-02-30"), ("fr", "11/24/2026"), ("zh", "2026年13月1日")],
)
def test_a_day_that_no_calendar_has_is_not_told_to_lack_the_figures_of_its_year(
    language: str, text: str
) -> None:
    with pytest.raises(Wrong, match="no-such-day") as refused:
        understood(text, language)
    assert "year" not in WRONG[refused.value.code]


def test_where_a_whole_day_is_needed_a_month_is_not_enough() -> None:
    assert days.day("24.11.2026", "en") == "2026-11-24"
    for text in ("11.2026", "24.11.26", "soon"):
        with pytest.raises(Wrong, match="not-a-day"):
            days.day(text, "en")


def fields_of_dates() -> Iterator[tuple[str, str]]:
    """The hint of every field that takes a day, a month or a year, and the field."""
    for field in draft_found.FOUND.fields:
        if field.day is days.understood:
            yield field.hint, f"found/{field.name}"
    waiting: list[Any] = [part for shape in SHAPES.values() for part in shape.parts]
    for part in waiting:
        waiting.extend(getattr(part, "parts", ()))
        if getattr(part, "control", "") == "date":
            yield part.hint, part.name


def test_every_field_that_takes_a_part_of_a_day_says_so_in_the_same_words() -> None:
    found = list(fields_of_dates())
    assert len(found) > 5
    assert {hint for hint, _ in found} == {days.PARTIAL}
    for text in ("20.05.2014", "05.2014", "2014"):
        assert text in days.PARTIAL
        assert text in WRONG["not-a-date"]
        assert understood(text, "en").startswith("2014")


def test_a_sheet_takes_days_as_they_are_written_and_tells_what_it_understood() -> None:
    one = sheet("no-record", ("reasons", "NO_MATCH_IN_REGISTERS"), ("standing_until", "24.11.2026"))
    document = one.document()
    assert document is not None
    assert document["standing_until"] == "2026-11-24"
    part = next(part for part in one.shape.parts if part.name == "standing_until")
    assert one.understood(part, "standing_until") == "24 Nov 2026"  # type: ignore[arg-type]  # an entry
    unclear = sheet(
        "no-record", ("reasons", "NO_MATCH_IN_REGISTERS"), ("standing_until", "03/04/2026")
    )
    assert unclear.document() is None
    assert unclear.errors["standing_until"].places["second"] == "2026-03-04"
    assert unclear.act(MultiDict()) is False


@pytest.mark.asyncio(loop_scope="session")
async def test_a_day_that_was_typed_is_kept_and_told_beside_its_field(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page = path_to("draft-found", draft=draft)
    shown = await ada.get(page)
    sent = {"_token": shown.token, "version": version_of(shown.text), "date": "24.11.2026"}
    kept = await ada.post(f"{page}?keep=yes", sent, **{"HX-Request": "true"})
    assert 'id="date-understood"' in kept.text
    assert "Understood as 24 Nov 2026." in kept.text
    assert (await message_of(made, draft)).recoveries[0].date == "2026-11-24"
    unclear = await ada.send(page, {"date": "03/04/2026", "go": "on"})
    assert unclear.status == 422
    assert "Write 2026-04-03 if the day stands first, 2026-03-04 if the month" in unclear.text
    assert 'value="03/04/2026"' in unclear.text
    assert (await message_of(made, draft)).recoveries[0].date == "2026-11-24"
