"""Facts become words: local time, hidden characters seen, places in their order."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from markupsafe import Markup
from multidict import MultiDict

from tests.trust.makers import terms
from tracer.casework.owed import told_length
from tracer.clock import instant
from tracer.model.calendar import Calendar
from tracer.model.codes import FirearmType, code
from tracer.model.firearm import Year
from tracer.model.text import Country
from tracer.store.case_pages import Place
from tracer.web.ui import days
from tracer.web.ui.filters import Speech, typed, visible
from tracer.web.ui.forms import Field, Form, Wrong, fits, of_model, whole_number
from tracer.web.ui.lists import Listing, cursor, place
from tracer.web.ui.pages import draft_firearm, draft_found, draft_marks
from tracer.web.ui.render import environment
from tracer.web.ui.session import form_token, is_token

AT = "2026-03-01T12:00:00.000Z"


def speech(language: str = "en") -> Speech:
    return Speech(
        code=language, calendar=Calendar(terms("XA-NPOC")), now=instant("2026-03-05T12:00:00.000Z")
    )


def test_an_instant_is_told_in_local_time_with_utc_beside_it() -> None:
    told = speech().moment(AT)
    assert f'datetime="{AT}"' in told
    assert 'title="2026-03-01 12:00 UTC"' in told
    assert "1 Mar 2026" in told


@pytest.mark.parametrize(
    ("at", "told"),
    [("12:00:00", "just now"), ("11:59:20", "just now"), ("11:57:50", "2 minutes ago")],
)
def test_what_happened_within_the_minute_is_told_as_just_now(at: str, told: str) -> None:
    assert speech().from_now(f"2026-03-05T{at}.000Z") == told


@pytest.mark.parametrize(
    ("minutes", "told"), [(0, "UTC"), (120, "UTC+2"), (345, "UTC+5:45"), (-210, "UTC-3:30")]
)
def test_the_zone_of_all_times_is_told(minutes: int, told: str) -> None:
    (first, *_) = (known := terms("XA-NPOC")).offsets
    moved = msgspec.structs.replace(first, minutes=minutes)
    calendar = Calendar(msgspec.structs.replace(known, offsets=(moved,)))
    now = instant("2026-03-05T12:00:00.000Z")
    assert Speech(code="ar", calendar=calendar, now=now).zone() == told


@pytest.mark.parametrize(
    ("language", "told"), [("en", "4 days ago"), ("fr", "il y a 4 jours"), ("ru", "4 дня назад")]
)
def test_distance_is_told_as_the_language_does(language: str, told: str) -> None:
    assert speech(language).from_now(AT) == told


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-03-10T03:00:00.000Z", "in 4 days"),
        ("2026-03-07T11:59:00.000Z", "in 47 hours"),
        ("2026-03-26T11:00:00.000Z", "in 20 days"),
        ("2026-03-05T13:59:59.000Z", "in 119 minutes"),
        ("2026-03-05T12:00:40.000Z", "in 40 seconds"),
        ("2026-03-01T11:00:00.000Z", "4 days ago"),
    ],
)
def test_what_is_left_to_a_deadline_is_never_rounded_up_and_is_what_the_commands_say(
    at: str, told: str
) -> None:
    reader = speech()
    assert reader.from_now(at) == told
    length = abs(instant(at) - reader.now)
    if length >= timedelta(minutes=1):
        assert told_length(length) in told
        assert reader.span(length) == told_length(length)


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Germany"), ("ar", "ألمانيا"), ("zh", "德国"), ("es", "Alemania")]
)
def test_a_country_has_its_name_in_every_language(language: str, name: str) -> None:
    assert speech(language).country("DE") == name


def test_a_code_that_names_no_country_stays_a_code() -> None:
    assert [speech().country(one) for one in ("XA", "XB", "Q9")] == ["XA", "XB", "Q9"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("invoice\u202egpj.exe", "invoice⟨U+202E⟩gpj.exe"),
        ("a\x00b\x1b[31m", "a⟨U+0000⟩b⟨U+001B⟩[31m"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("B7\u3164481", "B7⟨U+3164⟩481"),
        ("B7\u200d481", "B7⟨U+200D⟩481"),
        ("\u200d481", "⟨U+200D⟩481"),
        ("سلاح ناري", "سلاح ناري"),
        ("می\u200cشد", "می\u200cشد"),
        ("line\nbreak", "line\nbreak"),
    ],
)
def test_what_hides_in_a_text_is_seen(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_template_shows_hidden_characters_and_escapes_without_being_asked() -> None:
    env = environment("en")
    text = "<b>\u202ex"
    seen = env.from_string("{{ x }}|{% trans who=x %}by {{ who }}{% endtrans %}|{{ x|exact }}")
    assert seen.render(x=text, speech=speech()) == (
        "&lt;b&gt;⟨U+202E⟩x|by &lt;b&gt;⟨U+202E⟩x|&lt;b&gt;\u202ex"
    )


def test_the_places_of_a_sentence_keep_their_own_direction() -> None:
    assert speech("ar").say("%(peer)s", peer="XB-NPOC") == Markup("\u2068XB-NPOC\u2069")
    assert speech("en").say("%(peer)s", peer="XB-NPOC") == Markup("XB-NPOC")


def test_an_arabic_day_has_its_month_in_a_word_and_no_slashes() -> None:
    told = speech("ar")
    assert told.day("2026-03-01") == "1 مارس 2026"
    assert "1 مارس 2026، 12:00" in told.moment(AT)
    assert not set("/\u200f") & set(told.moment(AT).partition(">")[2].partition("<")[0])


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "XA, &lt;b"), ("zh", "XA、&lt;b"), ("ar", "\u2068XA\u2069، \u2068&lt;b\u2069")],
)
def test_facts_beside_each_other_are_parted_as_the_language_does(language: str, told: str) -> None:
    assert speech(language).beside(["XA", "<b"]) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "&lt;b, C and D"),
        ("fr", "&lt;b, C et D"),
        ("es", "&lt;b, C y D"),
        ("ru", "&lt;b, C и D"),
        ("zh", "&lt;b、C和D"),
        ("ar", "\u2068&lt;b\u2069 و\u2068C\u2069 و\u2068D\u2069"),
    ],
)
def test_several_things_are_listed_as_the_language_does(language: str, told: str) -> None:
    assert speech(language).listed(["<b", "C", "D"]) == told
    assert speech(language).listed([]) == ""
    assert "C" in speech(language).listed(["C"])


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("Investigador", "Oficial e Investigador"),
        ("Hija", "Oficial e Hija"),
        ("Hielo", "Oficial y Hielo"),
        ("Supervisor", "Oficial y Supervisor"),
    ],
)
def test_and_is_another_word_in_spanish_before_the_same_sound(last: str, told: str) -> None:
    assert speech("es").listed(["Oficial", last]) == told


def test_what_is_typed_exactly_so_looks_like_it_and_has_no_backticks() -> None:
    shown = typed(Markup("one of `auto` and `a&amp;b`"))
    assert shown == 'one of <code dir="ltr">auto</code> and <code dir="ltr">a&amp;b</code>'


def test_a_code_is_told_by_its_label_and_its_writers_own_words() -> None:
    assert speech().label(code(FirearmType.PISTOL)) == "Pistol"
    assert speech().label(code(FirearmType.OTHER, "pen\u202e gun")) == "Other (pen⟨U+202E⟩ gun)"
    assert speech().coded("NEW_VALUE", "firearm-type") == "NEW_VALUE"


@pytest.mark.parametrize(("count", "told"), [(900, "900 byte"), (1_500_000, "1.5 MB")])
def test_a_size_is_told_in_a_unit_people_know(count: int, told: str) -> None:
    assert speech().size(count) == told


FORM = Form(
    Field("name", "Name", required=True, longest=8),
    Field("days", "Days", read=whole_number),
    Field("on", "On", day=days.day),
    Field("pick", "Pick", choices=("a", "b")),
    Field("secret", "Secret", secret=True),
)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "ben"}, set()),
        ({"name": "much too long"}, {"name"}),
        ({"name": "a\u202eb"}, {"name"}),
        ({"name": "a\nb"}, {"name"}),
        ({"name": "ben", "days": "x"}, {"days"}),
        ({"name": "ben", "days": "3", "on": "2026-02-30"}, {"on"}),
        ({"name": "ben", "pick": "c"}, {"pick"}),
    ],
)
def test_a_form_says_which_field_is_wrong(typed: dict[str, str], wrong: set[str]) -> None:
    filled = FORM.fill(typed)
    assert set(filled.errors) == wrong
    assert filled.ready == (not wrong)


@pytest.mark.parametrize(("typed", "wrong"), [((), {"roles"}), (("",), {"roles"}), (("a",), set())])
def test_a_required_field_that_may_stand_several_times_stands_once_at_least(
    typed: tuple[str, ...], wrong: set[str]
) -> None:
    form = Form(Field("roles", "Roles", required=True, many=True))
    body = MultiDict([("roles", one) for one in typed])
    assert set(form.fill(body).errors) == wrong


def test_a_form_gives_back_what_was_typed_but_no_secret() -> None:
    filled = FORM.fill({"name": "", "days": " x ", "secret": "hush"})
    assert (filled.text("days"), filled.text("secret")) == (" x ", "")


def test_a_change_of_language_is_nothing_to_act_on() -> None:
    filled = FORM.fill({"name": "ben", "_language": "fr"})
    assert (filled.ready, filled.errors, filled.text("name")) == (False, {}, "ben")


def test_a_value_that_is_none_says_what_is_wrong() -> None:
    with pytest.raises(Wrong, match="not-a-number"):
        whole_number("three")


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (draft_firearm.FIREARM, "made"),
        (draft_firearm.FIREARM, "barrel"),
        (draft_found.FOUND, "quantity"),
        (draft_marks.MARK, "year"),
    ],
)
def test_a_number_is_figures_of_any_script_and_nothing_else(form: Form, name: str) -> None:
    found = next(one for one in form.fields if one.name == name)
    for text in ("2014", "٢٠١٤", "２０１４"):  # noqa: RUF001 - figures of Arabic, and of full width
        assert found.value(text) == 2014
    for text in ("2_014", "+2014", "-2014", "2014.0", "2 014", "²014"):
        with pytest.raises(Wrong):
            found.value(text)


def test_what_a_type_of_the_model_takes_is_asked_in_one_place() -> None:
    assert (fits(Country, "DE"), fits(Country, "de"), fits(Year, 2014), fits(Year, 12)) == (
        True, False, True, False
    )  # fmt: skip
    with pytest.raises(Wrong, match="no-such-choice"):
        of_model(Country, "no-such-choice")("de")


def test_the_links_of_a_list_keep_its_filters() -> None:
    here = Listing(
        "/requests", {"side": "sent", "peer": ""}, sort="due", following=Place("2026-03-01", "abc")
    )
    assert here.next == "/requests?side=sent&sort=due&after=2026-03-01~abc"
    assert here.sorted("updated") == "/requests?side=sent&sort=updated"
    assert here.without("side") == "/requests?sort=due"
    assert place(cursor(Place("k", "t"))) == Place("k", "t")
    assert place("nonsense") is None


def test_a_token_is_of_one_secret_only() -> None:
    token = form_token("one")
    assert is_token("one", token)
    assert not is_token("other", token)
    assert not is_token("", form_token(""))
    assert not is_token("one", "é")


def test_the_number_of_an_article_keeps_its_order_in_a_text_from_the_right() -> None:
    told = speech("ar").coded("ITI-6-A", "illicit-basis")
    assert "\u20666(a)\u2069" in told
    assert isinstance(told, Markup)
    assert "\u2066" not in speech("fr").coded("ITI-6-A", "illicit-basis")
