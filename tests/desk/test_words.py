"""Everything on pages can be said in every language, and the catalogues have it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from tests.examples import EXAMPLES
from tests.trust.makers import terms
from tracer.casework.accounts.rules import SHORTEST
from tracer.casework.owed import Owed
from tracer.clock import instant
from tracer.model.calendar import Calendar
from tracer.model.codes import LISTS, Ground, HandlingCode, Offence, Sex, label
from tracer.web.ui import catalogue, law, texts, words
from tracer.web.ui.details import fields_of
from tracer.web.ui.filters import Speech
from tracer.web.ui.forms import Form
from tracer.web.ui.message_forms.parts import Entry
from tracer.web.ui.pages import account, sign_in
from tracer.web.ui.render import environment
from tracer.web.ui.tell import then

ROOM = Path(catalogue.__file__).parent
TRANSLATING = {"gettext", "ngettext", "pgettext", "npgettext", "_"}
NAMES = {"Tracer"}
"""What is the same in every language."""
_SAID = re.compile(r"\{#.*?#\}|\{%-? *trans\b.*?endtrans *-?%\}", re.DOTALL)
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<(script|style|svg)\b.*?</\1>|<[^>]*>", re.DOTALL)
_ENTITY = re.compile(r"&\w+;")
_SPOKEN_ATTRIBUTE = re.compile(
    r"""\b(?:title|alt|placeholder|aria-label|aria-description|data-label)\s*=\s*["']([^"']*)"""
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_PLACE = re.compile(r"%\((\w+)\)s")
OTHERS = [one.code for one in texts.LANGUAGES if one.code != texts.SOURCE]
NO_TERMS = "xx"
"""A language without a term file: English words, and every term of law a draft."""
_ARTICLE = re.compile(r"\d+(?:\(\w+\))+|(?<![\d/])\d+(?![\d/])|H\d")
CODES_OF_MARKUP = re.compile(r"[a-z0-9 _/.:;,%()?=&+#*-]*")


def _templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOM / "templates").rglob("*.html")):
        yield path.name, path.read_text()


def literals(source: str) -> Iterator[str]:
    """Words in a template that no catalogue can translate: in text, attributes, arguments."""
    bare = _SAID.sub(" ", source)
    bare = _STATEMENT.sub("", _VALUE.sub("\x00", bare))
    for text in (_TAG.sub(" ", bare), *_SPOKEN_ATTRIBUTE.findall(bare)):
        yield from (word for word in _WORD.findall(_ENTITY.sub(" ", text)) if word not in NAMES)
    tree = environment("en").parse(source)
    translated = {
        id(const)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATING
        for const in call.find_all(nodes.Const)
    }
    for const in tree.find_all(nodes.Const):
        text = const.value if isinstance(const.value, str) else ""
        loose = id(const) not in translated and not CODES_OF_MARKUP.fullmatch(text)
        if loose and _WORD.search(text):
            yield text


def test_no_template_holds_a_word_that_cannot_be_translated() -> None:
    codes = {"FLASH", "URGENT", "PRIORITY", "DELIVERED", "PURGED", "SENT"}
    codes |= {"aria", "describedby", "invalid", "true", "required"}  # attributes made by a macro
    found = {
        name: sorted(words - codes) for name, text in _templates() if (words := set(literals(text)))
    }
    assert {name: loose for name, loose in found.items() if loose} == {}


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("<p>Hello there</p>", "Hello"),
        ('<a title="Go on">{{ _("x") }}</a>', "Go"),
        ('{{ bits.badge("Not translated") }}', "Not translated"),
        ("<p>{% trans %}fine{% endtrans %} loose</p>", "loose"),
    ],
)
def test_the_test_of_templates_finds_what_it_looks_for(template: str, word: str) -> None:
    assert word in set(literals(template))


def test_no_handler_holds_a_sentence_that_cannot_be_translated() -> None:
    loose = []
    for path in (ROOM / "pages").glob("*.py"):
        tree = ast.parse(path.read_text())
        said = {
            id(inner)
            for node in ast.walk(tree)
            if (isinstance(node, ast.Call) and _name(node.func) in {"N_", "InputError"})
            or isinstance(node, ast.JoinedStr)
            for inner in ast.walk(node)
        }
        said |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        loose += [
            (path.name, node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in said
            and " " in node.value.strip()
            and _WORD.search(node.value)
        ]
    assert loose == []


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_holds_what_is_said_now_and_nothing_else(code: str) -> None:
    held = (ROOM / "locale" / f"{code}.po").read_bytes()
    assert held == catalogue.written(code), "run: make catalogues"


@pytest.mark.parametrize("code", [one for one in texts.COMPLETE if one != texts.SOURCE])
def test_a_language_that_is_called_complete_lacks_nothing(code: str) -> None:
    assert catalogue.missing(code) == []


@pytest.mark.parametrize("word", ["State", "From"])
def test_a_word_of_two_meanings_heads_nothing_by_itself(word: str) -> None:
    """A State and the state of a key; from which address and from which day."""
    assert ("", word) not in catalogue.sources()


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_places_of_its_english(code: str) -> None:
    wrong = []
    for message in texts.catalogue(code):
        if not message.id or not message.string:
            continue
        english = message.id if isinstance(message.id, tuple | list) else (message.id,)
        told = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = set(_PLACE.findall(" ".join(english)))
        for text in told:
            places = set(_PLACE.findall(text))
            if text and (places - wanted or (wanted - places) - {"n", "num"}):
                wrong.append((message.id, text))
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_names_its_reviewer(language: str) -> None:
    comment = texts.catalogue(language).header_comment
    assert re.search(r"^# Reviewed by: \S", comment, re.MULTILINE)


@pytest.mark.parametrize("language", OTHERS)
def test_a_term_that_is_a_label_is_one_of_its_code_list(language: str) -> None:
    labels = {(name, label(member)) for name, every in LISTS.items() for member in every}
    assert {key for key in law.terms(language) if key[0]} - labels == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_label_of_law_keeps_the_number_of_its_article(language: str) -> None:
    spoken, lost = texts.words_in(language), []
    for member in (one for every in LISTS.values() for one in every if law.is_of_law(one)):
        english = label(member)
        said = str(spoken.pgettext(member.LIST, english))
        lost += [(said, number) for number in _ARTICLE.findall(english) if number not in said]
    assert lost == []


def _speech(language: str) -> Speech:
    return Speech(
        code=language, calendar=Calendar(terms("XA-NPOC")), now=instant("2026-03-05T12:00:00.000Z")
    )


def test_a_term_of_law_is_marked_as_a_draft_once_with_its_article_and_its_english() -> None:
    rows = {row.group: row.value for row in fields_of(_speech(NO_TERMS), EXAMPLES["refused"])}
    assert str(rows["grounds"]).startswith("Confidentiality cannot be guaranteed (ITI 22) <small ")
    assert "In English: Confidentiality cannot be guaranteed (ITI 22)" in rows["grounds"]
    assert rows["grounds"].count("draft translation") == 1
    assert rows["alternative"] == "Request for mutual legal assistance"


def test_what_another_wrote_beside_a_term_of_law_stays_escaped() -> None:
    shown = _speech(NO_TERMS).drafted("National security (<b>\u202e)", [Ground.ITI_INVESTIGATION])
    assert str(shown).startswith("National security (&lt;b&gt;⟨U+202E⟩) <small ")


def test_english_is_the_source_and_no_draft() -> None:
    assert _speech("en").drafted("National security", list(Ground)) == "National security"
    assert _speech("en").draft("ground") == ""


def test_a_term_is_no_draft_once_somebody_has_reviewed_it() -> None:
    held = {
        (one.LIST, label(one)): law.Term(english=label(one), said="", article="", reviewed=who)
        for one, who in ((HandlingCode.H0, "A. Judge, 2027"), (HandlingCode.H1, ""))
    }
    drafts = [label(one) for one in (HandlingCode.H1, HandlingCode.H2)]
    assert law.unreviewed(held, HandlingCode.H0, HandlingCode.H1, HandlingCode.H2) == drafts


def test_only_labels_that_are_words_of_a_treaty_can_be_drafts() -> None:
    assert law.unreviewed({}, Offence.ICCS_0401, Ground.OTHER, Sex.MALE, "H0", None) == []
    assert law.unreviewed({}, Offence.FP_MARKS) == [label(Offence.FP_MARKS)]


def test_a_choice_among_terms_of_law_has_the_mark_and_any_other_has_none() -> None:
    draw = environment(NO_TERMS).from_string('{{ "ground"|draft }}{{ "sex"|draft }}')
    assert draw.render(speech=_speech(NO_TERMS)).count("draft translation") == 1


def test_a_sheet_says_once_that_the_grounds_it_offers_are_drafts() -> None:
    draw = environment(NO_TERMS).from_string(
        '{% import "parts/message_forms.html" as drawn with context %}{{ drawn.label(part) }}'
    )
    for codes, marks in ((Ground, 1), (Sex, 0), (None, 0)):
        part = Entry(name="grounds", label="Ground", control="codes", codes=codes)
        shown = draw.render(speech=_speech(NO_TERMS), part=part)
        assert shown.startswith("Ground")
        assert shown.count("draft translation") == marks


def test_another_language_is_known_by_the_name_of_its_file() -> None:
    assert [one.code for one in texts.LANGUAGES][:6] == ["ar", "zh", "en", "fr", "ru", "es"]
    assert texts.languages(["fa", "en", "ar"]) == (
        texts.Language("ar", "العربية", "rtl"),
        texts.Language("en", "English", "ltr"),
        texts.Language("fa", "فارسی", "rtl"),
    )


def test_a_sentence_that_is_not_translated_stays_english() -> None:
    assert texts.words_in("zh").gettext("No such sentence") == "No such sentence"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"), ("de", "en"), ("fr-CA, en;q=0.8", "fr"), ("de, ru;q=0.3, es;q=0.4", "es"),
        ("zh-Hant-TW", "zh"), ("ar;q=x, ru", "ru"),
    ],
)  # fmt: skip
def test_the_browser_says_which_language_comes_first(header: str, code: str) -> None:
    assert texts.accepted(header) == code


@pytest.mark.parametrize("form", [sign_in.NEW_PASSWORD, account.PASSWORD])
def test_a_new_password_is_asked_for_with_the_length_of_the_rule(form: Form) -> None:
    hint = next(one.hint for one in form.fields if one.name == "password")
    assert re.findall(r"\d+", hint) == [str(SHORTEST)]


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "request waits for us", "requests wait for us"),
        ("ru", "запрос ждёт нас", "запроса ждут нас"),
    ],
)
def test_a_tile_of_the_desk_counts_as_its_language_does(language: str, one: str, two: str) -> None:
    called = dict(_tiles())["ours_in_all"]
    env = environment(language)
    said = [
        env.from_string(called).render(waiting={"ours_in_all": n}, speech=_speech(language))
        for n in (1, 2)
    ]
    assert [re.sub("<[^>]+>", "", text) for text in said] == [one, two]


def _tiles() -> Iterator[tuple[str, str]]:
    """What is said beside each number of the desk, with the name of the number."""
    source = dict(_templates())["desk.html"]
    yield from re.findall(r"<b>\{\{ waiting\.(\w+) \}\}</b><a [^>]+>(.+?)</a>", source)


@pytest.mark.parametrize("covered", [True, False])
def test_an_acknowledgement_due_after_the_first_answer_is_said_to_come_with_it(
    *, covered: bool
) -> None:
    one = Owed(
        what="acknowledgement", who="XB-NPOC", ours=False, lines=(), clock="acknowledge", since="",
        until="2026-03-09T16:00:00.000Z", standing="pending", nature="target", paused="",
        escalate="", text="", then="", covered=covered,
    )  # fmt: skip
    called = '{% import "parts/bits.html" as bits with context %}{{ bits.clock(one, "XB") }}'
    shown = environment("en").from_string(called).render(one=one, speech=_speech("en"), words=words)
    assert ("The first answer, which is due before, counts for it, too." in shown) is covered


@pytest.mark.parametrize(
    ("escalate", "said"),
    [
        ("2026-03-11T16:00:00.000Z", "If it is not done by"),
        ("2026-03-05T10:00:00.000Z", "have been asked to step in since"),
    ],
)
def test_what_we_owe_tells_whom_of_ours_it_is_brought_to_and_whether_it_was(
    escalate: str, said: str
) -> None:
    one = Owed(
        what="acknowledgement", who="XB-NPOC", ours=True, lines=(), clock="acknowledge", since="",
        until="2026-03-04T16:00:00.000Z", standing="passed", nature="target", paused="",
        escalate=escalate, text="", then="",
    )  # fmt: skip
    shown = then(_speech("en"), one, "XB").striptags()
    assert said in shown
    assert "people in charge of our office" in shown
