"""The published vectors of `schemas/vectors/entry/handing.json`, run by name."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.vectors import generate_handing
from tracer.clock import instant
from tracer.errors import PeerError
from tracer.exchange.entries.form import read_handed, verified
from tracer.exchange.entries.taking import A_DAY, Judged, judge
from tracer.trust.directory import Directory, Listing
from tracer.trust.entry import succeeds, verify_entry

FILE = json.loads(generate_handing.PATH.read_text("utf-8"))
CASES = FILE["cases"]


def judged(case: dict[str, Any]) -> Judged:
    """What a peer that holds these entries makes of the body."""
    held = [verify_entry(one.encode()) for one in case["held"]]
    for before, after in pairwise(held):
        succeeds(before, after)
    directory = Directory.of([Listing(held[-1]), Listing(verify_entry(FILE["other"].encode()))])
    told = read_handed(json.dumps(case["body"]).encode())
    entries = verified(told.entries, authority=held[-1].authority)
    known = [one.digest for one in held]
    return judge(directory, entries, known, room=A_DAY, now=instant(FILE["now"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_handed_on_has_its_published_outcome(case: dict[str, Any]) -> None:
    if "seq" in case:
        found = judged(case)
        assert (found.refused or "accept") == case["expected"]
        assert found.directory.peer("XA-NPOC").verified.entry.seq == case["seq"]
        return
    with pytest.raises(PeerError) as caught:
        judged(case)
    assert caught.value.code == case["expected"]


def test_a_key_that_has_run_out_by_our_clock_vouches_for_nothing() -> None:
    first = verify_entry(generate_handing.FIRST.encode())
    second = verify_entry(generate_handing.SECOND.encode())
    directory = Directory.of([Listing(first)])
    ends = next(first.entry.listed("sign")).term().sign_until
    for now, code in ((ends - timedelta(days=1), ""), (ends + timedelta(days=1), "key-expired")):
        found = judge(directory, [second], [first.digest], room=A_DAY, now=now)
        assert found.refused == code


def test_the_file_is_what_its_generator_writes() -> None:
    assert generate_handing.rendered() == generate_handing.PATH.read_text("utf-8")


def test_more_is_refused_than_accepted() -> None:
    assert sum(case["expected"] != "accept" for case in CASES) * 2 > len(CASES)
