"""The published vectors of `schemas/vectors/restore`, run by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.vectors import generate_restore
from tracer.canonical import unb64url
from tracer.errors import PeerError
from tracer.exchange.greetings import read
from tracer.exchange.succession.form import Announcement, Held, Successor, judge, read_entry
from tracer.trust.entry import succeeds, verify_entry

FILE = json.loads(generate_restore.PATH.read_text("utf-8"))
CASES = FILE["cases"]


def judged(case: dict[str, Any]) -> Successor:
    """What a peer finds, in the order of rule Z-9."""
    previous = verify_entry(FILE["previous"].encode())
    told = read(json.dumps(case["announcement"]).encode(), Announcement)
    verified, succession = read_entry(told)
    succeeds(previous, verified)
    upto = case["held"]["upto"]
    held = Held(
        upto=None if upto is None else (upto[0], unb64url(upto[1])), most=case["held"]["most"]
    )
    return judge(told, verified, succession, closed=previous.entry.log.public(), held=held)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_announcement_has_its_published_outcome(case: dict[str, Any]) -> None:
    if case["expected"] == "accept":
        assert judged(case).lost == case["lost"]
        return
    with pytest.raises(PeerError) as caught:
        judged(case)
    assert caught.value.code == case["expected"]


def test_the_file_is_what_its_generator_writes() -> None:
    assert generate_restore.rendered() == generate_restore.PATH.read_text("utf-8")


def test_more_is_refused_than_accepted() -> None:
    assert sum(case["expected"] != "accept" for case in CASES) * 2 > len(CASES)
