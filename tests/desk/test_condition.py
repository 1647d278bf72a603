"""How the node is: each sentence by its code, in every language, with its values."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from tests.desk.world import World
from tests.trust.makers import terms
from tracer import node
from tracer.casework.condition import ADVICE, SENTENCES, said
from tracer.casework.upkeep import Finding
from tracer.clock import instant
from tracer.config import Config
from tracer.model.calendar import Calendar
from tracer.node.status.mail import mail_check
from tracer.node.status.nouns import Level, check
from tracer.store.rows import MailStats
from tracer.web.ui import condition, sayings, texts
from tracer.web.ui.filters import Speech

STATUS: Final = Path(node.__file__).parent / "status"
OTHERS: Final = [one.code for one in texts.LANGUAGES if one.code != texts.SOURCE]
_PLACE: Final = re.compile(r"%\((\w+)\)s")
ENGLISH: Final = re.compile(r"\b(the|of|is|are|not|and|by|since|until|run|see)\b")


def finding(code: str, **values: str | int) -> Finding:
    """One thing that was looked at."""
    return Finding(what="disk", level="ok", code=code, advised="", values=values, peer="")


def typical(text: str) -> dict[str, str | int]:
    """A value for each place of a text, by its name."""
    found: dict[str, str | int] = {}
    for name in _PLACE.findall(text):
        kind = name.rpartition("_")[2]
        day = "2026-04-05"
        typed: dict[str, str | int] = {"bytes": 3 << 30, "day": day, "at": f"{day}T06:07:08.000Z"}
        found[name] = typed.get(kind, 7)
    return found


def speech(code: str) -> Speech:
    """A reader of a language."""
    return Speech(
        code=code, now=instant("2026-03-01T12:00:00.000Z"), calendar=Calendar(terms("XA-NPOC"))
    )


def test_every_code_that_the_node_uses_has_its_sentence_and_every_sentence_its_use() -> None:
    words = {
        word.value
        for path in STATUS.glob("*.py")
        for word in ast.walk(ast.parse(path.read_text()))
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
    }
    mail = {"mail-tls", "mail-certificate", "mail-ca", "mail-login", "mail-sender"}

    # backup.last: the mark of the newest backup in the store
    dotted = {word for word in words if re.fullmatch(r"[a-z]+\.[a-z-]+", word)}
    assert dotted - {"backup.last"} <= set(SENTENCES) | set(ADVICE)
    assert set(SENTENCES) | set(ADVICE) <= words | mail


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_holds_its_values_in_english_and_in_every_other_language(code: str) -> None:
    held = SENTENCES[code]
    values = typical(held if isinstance(held, str) else held[1])
    assert "%(" not in said(code, values)
    for language in OTHERS:
        shown = str(condition.said(speech(language), finding(code, **values)))
        assert "%(" not in shown
        assert ENGLISH.search(re.sub(r"<[^>]*>", "", shown)) is None, shown
        if "n" in values:
            assert re.search(r"[7\u0667]", shown), shown


def test_numbers_sizes_and_days_are_told_as_the_reader_writes_them() -> None:
    one = finding("disk.free", free_bytes=1_500_000_000, reserve_bytes=1_000_000_000)
    assert (
        condition.said(speech("fr"), one) == "1,5\u202fGo libres, 1\u202fGo sont gardés en réserve"
    )
    assert said(one.code, one.values) == "1.5 GB free, 1 GB are kept in reserve"
    letter = finding("mail.waits", n=1)
    assert condition.said(speech("en"), letter) == said(letter.code, letter.values)
    day = str(condition.said(speech("ru"), finding("key.ended", until_day="2026-04-05")))
    assert "апр" in day


def test_what_is_not_set_up_is_off_and_not_good() -> None:
    nothing = MailStats(given_up=0, queued=0, oldest="", error="", lost=())
    found = mail_check(Config(), nothing, instant("2026-03-01T12:00:00.000Z"))
    assert (found.code, found.level) == ("mail.off", "off")
    assert set(sayings.LEVELS) == set(get_args(Level))


def test_what_is_about_an_authority_names_it_in_both() -> None:
    made = check("calendar of", "look", "calendar.complete", "terms.again", of="XB", until_day="x")
    assert (made.what, made.sentence) == ("calendar of XB", "complete until x")
    assert made.advice == "Agree again: tracer terms propose --to XB."
    said_so = speech("es").say(sayings.CHECKS["calendar of"], peer=made.peer)
    assert said_so == "Calendario de XB"


@pytest.mark.asyncio(loop_scope="session")
async def test_health_and_settings_are_told_in_the_readers_language(
    made: World, reader: Any
) -> None:
    who = reader(made.us.tokens["opa"])
    who.client.cookie_jar.update_cookies({"tracer-language": "ru"})
    health = (await who.get("/administration")).text
    assert "свободно" in health
    assert 'lang="en"' not in health.partition("<main")[2].partition("</main>")[0]
    settings = (await who.get("/administration/settings")).text
    assert texts.words_in("ru").pgettext("setting", "Largest batch body.") in settings
    assert "`" not in settings.partition("<main")[2]
    assert not [one.text for one in Config().describe() if one.text in settings]
