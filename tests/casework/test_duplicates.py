"""The same firearm in two cases: found, told, said to be one or not; and whom to ask next."""

from __future__ import annotations

from typing import Any

import pytest

from tests.casework.desks import THEM, THIRD, Desk, request_document
from tracer.casework.release import Released
from tracer.errors import InputError

REASON = "same pistol, two police districts"


def readable(serial: str = "B7 48162") -> dict[str, Any]:
    """The request with a serial number that is read as a whole."""
    written = request_document()
    mark = written["firearms"][0]["marks"][0]
    mark["text"] = serial
    for doubt in ("unreadable", "confidence", "reading", "normalised", "script"):
        mark.pop(doubt, None)
    return written


async def sent(desk: Desk, peer: str = THEM, serial: str = "B7 48162") -> Released:
    """A request that was delivered and looked at."""
    released = await desk.released(readable(serial), peer)
    await desk.receipted(released)
    await desk.looked_at(released.thread)
    return released


async def test_the_same_firearm_asked_of_two_states_is_found_from_both_cases(desk: Desk) -> None:
    one, two = await sent(desk), await sent(desk, THIRD)
    for here, there in ((one, two), (two, one)):
        (twin,) = await desk.duplicates.twins("ada", here.thread)
        assert (twin.thread, twin.degree) == (there.thread, "same")
        assert twin.agrees == ("serial", "make", "calibre")


async def test_a_serial_that_looks_the_same_is_the_same_firearm(desk: Desk) -> None:
    one, two = await sent(desk), await sent(desk, THIRD, "B7\u200b 481\u206062")
    (twin,) = await desk.duplicates.twins("ada", one.thread)
    assert (twin.thread, twin.degree) == (two.thread, "same")
    assert twin.agrees == ("serial", "make", "calibre")


async def test_what_was_said_to_be_different_is_not_shown_again(desk: Desk) -> None:
    one, two = await sent(desk), await sent(desk, THIRD)
    await desk.duplicates.say("ada", two.thread, one.thread, "merged", REASON)
    (twin,) = await desk.duplicates.twins("ada", one.thread)
    assert twin.said == "merged"
    await desk.duplicates.say("ada", one.thread, two.thread, "different", REASON)
    assert await desk.duplicates.twins("ada", one.thread) == ()
    (link,) = await desk.store.read(lambda tx: tx.firearms.links(two.thread))
    assert (link.kind, link.by, link.reason) == ("different", "ada", REASON)


async def test_cases_are_brought_together_with_a_reason_and_on_record(desk: Desk) -> None:
    one, two = await sent(desk), await sent(desk, THIRD)
    with pytest.raises(InputError, match="reason"):
        await desk.duplicates.say("ada", one.thread, two.thread, "merged", "same")
    with pytest.raises(InputError, match="one case"):
        await desk.duplicates.say("ada", one.thread, one.thread, "merged", REASON)
    await desk.duplicates.say("ada", one.thread, two.thread, "merged", REASON)
    acts = await desk.store.read(lambda tx: tx.audit.list(5))
    assert [(act.act, act.detail["other"]) for act in acts if act.act.startswith("case-")] == [
        ("case-merged", two.thread)
    ]


async def test_an_operator_sees_no_case(desk: Desk) -> None:
    one = await sent(desk)
    with pytest.raises(InputError, match="may not"):
        await desk.duplicates.twins("opa", one.thread)


async def test_a_second_request_to_the_same_state_is_warned_of_before_it_leaves(desk: Desk) -> None:
    await sent(desk)
    again = await desk.drafts.new("ada", readable(), THEM)
    elsewhere = await desk.drafts.new("ada", readable(), THIRD)
    levels = {
        draft.peer: [str(f.level) for f in draft.findings if f.code == "asked-before"]
        for draft in (again, elsewhere)
    }
    assert levels == {THEM: ["WARN"], THIRD: ["HINT"]}


async def test_whom_to_ask_next_names_authorities_known_here_and_who_was_asked(desk: Desk) -> None:
    one = await sent(desk)
    before = await desk.duplicates.whom_next("ada", one.thread)
    await desk.arrives(one.thread, "result")
    found = await desk.duplicates.whom_next("ada", one.thread)
    assert {item.country for item in before} <= {item.country for item in found}
    first = found[0]
    assert first.needs_consent
    assert first.why
    known = {item.country: item.authorities for item in found}
    assert known.get("XC", (THIRD,)) == (THIRD,)
