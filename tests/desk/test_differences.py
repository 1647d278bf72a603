"""A draft that was sent back: what is different now, told field by field to author and releaser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from markupsafe import Markup

from tests.casework.desks import THEM, US, request_document
from tests.desk.world import World
from tests.trust.makers import terms
from tracer.casework.papers.documents import to_message
from tracer.model.calendar import Calendar
from tracer.model.messages import AnyMessage
from tracer.web.ui.differences import Difference, differences
from tracer.web.ui.filters import Speech
from tracer.web.ui.routes import path_to

MARKS = [{"kind": "SERIAL", "text": f"AB {n}", "location": "FRAME"} for n in (1, 2, 3)]


SPEECH = Speech(
    code="en", calendar=Calendar(terms("XA-NPOC")), now=datetime(2026, 3, 1, tzinfo=UTC)
)


def message(**said: Any) -> AnyMessage:
    filled = {
        "sender": US, "recipient": THEM, "issued": "2026-03-01T12:00:00.000Z", "nonce": "A" * 22,
        "language": "en", "terms": "A" * 43, "reference": "XA-2026-000001",
    }  # fmt: skip
    return to_message("request", request_document() | said, filled=filled)


def found(before: AnyMessage, now: AnyMessage) -> list[Difference]:
    return list(differences(SPEECH, before, now))


def test_a_message_that_is_meant_is_told_in_words_and_not_by_its_id() -> None:
    def recall(about: str) -> AnyMessage:
        filled = {
            "sender": US, "recipient": THEM, "issued": "2026-03-01T12:00:00.000Z",
            "nonce": "A" * 22, "language": "en", "thread": "A" * 43, "follows": ["A" * 43],
            "test": False,
        }  # fmt: skip
        said = {"about": about, "handling": {"code": "H1"}}
        return to_message("recall", said, filled=filled)

    first, second = "B" * 42 + "A", "C" * 42 + "A"
    called = {first: Markup("Answer, 1 March"), second: Markup("Answer, 2 March")}
    (told,) = differences(SPEECH, recall(first), recall(second), called)
    assert (told.before, told.now) == ("Answer, 1 March", "Answer, 2 March")


def firearm(**said: Any) -> list[dict[str, Any]]:
    return [{"line": 1, "object": "FIREARM", "type": "PISTOL", **said}]


def test_the_same_has_no_differences() -> None:
    assert found(message(), message()) == []


def test_a_field_is_told_with_what_it_said_and_says_and_one_that_came_or_went() -> None:
    before = message(firearms=firearm(make="Glok", model="19"))
    now = message(firearms=firearm(make="Glock", calibre="9x19"))
    told = [(one.where[-1], one.before, one.now) for one in found(before, now)]
    assert told == [("Make", "Glok", "Glock"), ("Calibre", "", "9x19"), ("Model", "19", "")]


def test_a_mark_that_was_taken_out_is_one_difference_and_those_behind_it_are_none() -> None:
    before, now = message(firearms=firearm(marks=MARKS)), message(firearms=firearm(marks=MARKS[1:]))
    (told,) = found(before, now)
    assert told.where == ("Firearm 1", "Mark 1")
    assert (str(told.before).splitlines()[2], told.now) == ("Text: AB 1", "")


def test_what_somebody_wrote_stays_text() -> None:
    before, now = (
        message(firearms=firearm(marks=[])),
        message(firearms=firearm(marks=[{"kind": "SYMBOL", "symbol": "a crown <b>"}])),
    )
    (told,) = found(before, now)
    assert "a crown &lt;b&gt;" in str(told.now)


@pytest.mark.asyncio(loop_scope="session")
async def test_author_and_releaser_read_what_changed_since_it_was_sent_back(
    made: World, reader: Any
) -> None:
    ada, ben = reader(made.us.tokens["ada"]), reader(made.us.tokens["ben"])
    hers = (await ada.get(path_to("draft", draft=made.drafts["back"]))).text
    assert "SIG-Sauer" in hers.split('id="different"')[1].split("</table>")[0]
    assert "Leave out what nobody has seen." in hers
    his = (await ben.get(path_to("release", draft=made.drafts["waiting"]))).text
    assert "Sold in 2019." in his.split("<del>")[1].split("</del>")[0]
    step = (await ada.get(path_to("draft-firearm", draft=made.drafts["back"]))).text
    assert "#different" in step
