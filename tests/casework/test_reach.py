"""The line to a peer, judged from what was noted."""

from __future__ import annotations

import pytest

from tracer.casework.reach import inward, lineless, outward, stopped
from tracer.clock import instant
from tracer.store import PeerStateRow

NOW = instant("2026-03-10T12:00:00.000Z")
EARLY, LATE = "2026-02-01T12:00:00.000Z", "2026-03-10T11:00:00.000Z"


@pytest.mark.parametrize(
    ("error", "side"),
    [
        ("line-broken", "line"),
        ("line-timeout", "line"),
        ("line-certificate", "theirs"),
        ("peer-unknown", "theirs"),
        ("quota", "ours"),
        ("seal-key", "ours"),
        ("http-502", "theirs"),
        ("something-new", "line"),
    ],
)
def test_a_failure_lies_on_a_side_and_counts_since_the_last_success(error: str, side: str) -> None:
    line = PeerStateRow("XB-NPOC", last_out_ok=EARLY, failures=3, last_error=error)
    way = outward(line, mode="reached", waiting=2)
    assert (way.state, way.side, way.since) == ("failing", side, EARLY)
    assert way.sentence.startswith("3 tries in a row failed: ")


def test_an_unknown_code_is_named() -> None:
    line = PeerStateRow("XB-NPOC", failures=1, last_error="something-new")
    assert outward(line, mode="reached", waiting=0).sentence == (
        "1 try failed: the cause is something-new"
    )


def test_who_was_never_written_to_is_not_failing() -> None:
    line = PeerStateRow("XB-NPOC")
    assert outward(line, mode="reached", waiting=0).state == "unused"
    assert outward(line, mode="reached", waiting=1).state == "quiet"
    assert outward(line, mode="collects", waiting=1).sentence.startswith("they fetch")


def test_a_line_that_works_says_since_when() -> None:
    assert outward(PeerStateRow("XB", last_out_ok=LATE), mode="reached", waiting=0).since == LATE


def test_silence_is_worth_a_look_after_a_week() -> None:
    came = PeerStateRow("XB", last_in=EARLY)
    assert inward(came, mode="reached", ours="reached", now=NOW).state == "quiet"
    hello = PeerStateRow("XB", last_in=EARLY, last_hello_in=LATE)
    assert inward(hello, mode="reached", ours="reached", now=NOW).state == "ok"
    assert inward(PeerStateRow("XB"), mode="reached", ours="reached", now=NOW).state == "unused"
    assert inward(hello, mode="reached", ours="collects", now=NOW).sentence.startswith("we fetch")


def test_a_suspended_peer_is_stopped_by_us() -> None:
    assert stopped("suspended").sentence == "suspended by us"


def test_where_there_is_no_line_what_waits_goes_by_courier() -> None:
    line = PeerStateRow("XB", failures=3, last_error="line-broken")
    assert outward(line, mode="courier", waiting=1).state == "unused"
    assert inward(PeerStateRow("XB"), mode="courier", ours="reached", now=NOW).state == "unused"
    assert inward(PeerStateRow("XB"), mode="reached", ours="courier", now=NOW).state == "unused"


def test_two_that_open_no_port_have_no_line_to_each_other() -> None:
    assert lineless("collects", "collects")
    assert not lineless("collects", "reached")
    assert not lineless("reached", "collects")
    way = inward(PeerStateRow("XB"), mode="collects", ours="collects", now=NOW)
    assert way.instead == "courier"


def test_a_way_that_is_not_used_by_design_says_what_takes_its_place() -> None:
    line = PeerStateRow("XB")
    assert outward(line, mode="reached", waiting=0).instead == ""
    assert outward(line, mode="collects", waiting=0).instead == "fetched"
    assert inward(line, mode="reached", ours="collects", now=NOW).instead == "fetched"
    assert outward(line, mode="courier", waiting=0).instead == "courier"
    assert inward(line, mode="courier", ours="reached", now=NOW).instead == "courier"
