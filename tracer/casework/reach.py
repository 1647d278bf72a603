"""The line to a peer in plain words: can we reach them, can they reach us, since when, whose side.

Judged from what the store noted at each contact, as a pure function of that and of now. A code says
on whose side a failure lies as far as one side can know; what one side cannot know is said to lie
on the line.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from tracer.clock import instant
from tracer.store import PeerStateRow

Side = Literal["", "ours", "theirs", "line"]
QUIET = timedelta(days=7)
"""After this time without a word, silence is worth a look."""


class Way(Struct, frozen=True):
    """One direction: how it is, in words, since which instant, and on whose side a failure is."""

    state: Literal["ok", "failing", "quiet", "unused", "stopped"]
    sentence: str
    since: str = ""
    side: Side = ""
    code: str = ""
    """Of the last failure; empty if there is none."""
    tries: int = 0
    """How many failed in a row."""
    instead: Literal["", "courier", "fetched"] = ""
    """Of a way that is not used: what takes its place; empty if nothing does."""


_CAUSES: dict[str, tuple[Side, str]] = {
    "line-certificate": ("theirs", "they show another certificate than their entry holds"),
    "line-timeout": (
        "line",
        "no answer in time: their system is slow, down, or a firewall drops it",
    ),
    "line-broken": ("line", "the connection fails: their system or the network is down"),
    "no-endpoint": ("theirs", "their entry names no address"),
    "answer-too-large": ("theirs", "their answer is longer than allowed"),
    "answer-form": ("theirs", "their answer has the wrong form"),
    "batch-form": ("theirs", "their answer has the wrong form"),
    "peer-unknown": ("theirs", "they do not know our certificate: send them our newest entry file"),
    "peer-suspended": ("theirs", "they have suspended us: speak to them"),
    "quota": ("ours", "we used up the quota they give us; it goes on by itself"),
    "disk-reserve": ("theirs", "their disk is full; it goes on by itself when they free it"),
    "restore-mode": ("theirs", "they are restoring from a backup; it goes on by itself"),
    "try-again": ("theirs", "their system could not finish; it goes on by itself"),
    "seal-key": ("ours", "we hold an old key of theirs: ask for their newest entry file"),
    "signing-key": ("theirs", "they hold an old entry of ours: send them our newest entry file"),
    "clock-ahead": ("ours", "our clock is ahead, or theirs is behind: check both"),
    "log-proof-needed": ("line", "proof of our log is being exchanged"),
    "log-fork": ("theirs", "signed statements contradict each other: stop, and speak to them"),
}


def lineless(mode: str, ours: str) -> bool:
    """Whether there is no line: one side has none at all, or neither opens a port."""
    return "courier" in (mode, ours) or mode == ours == "collects"


def outward(line: PeerStateRow, *, mode: str, waiting: int) -> Way:
    """Whether we reach them, from our last tries; `mode` is that of their entry."""
    if mode == "courier":
        return Way(
            "unused", "there is no line: what we have for them goes by courier", instead="courier"
        )
    if mode == "collects":
        return Way("unused", "they fetch what we have for them; we never call", instead="fetched")
    if line.failures:
        side, why = _cause(line.last_error)
        tries = "1 try" if line.failures == 1 else f"{line.failures} tries in a row"
        since = line.last_out_ok or line.last_out_fail or ""
        return Way("failing", f"{tries} failed: {why}", since, side, line.last_error, line.failures)
    if line.last_out_ok:
        return Way("ok", "our last message arrived", line.last_out_ok)
    if waiting:
        return Way("quiet", "something waits, nothing was tried yet")
    return Way("unused", "nothing was ever sent")


def inward(line: PeerStateRow, *, mode: str, ours: str, now: datetime) -> Way:
    """Whether they reach us, from what came; `mode` is that of their entry, `ours` of ours."""
    if lineless(mode, ours):
        return Way(
            "unused", "there is no line: what they have for us comes by courier", instead="courier"
        )
    came = max(filter(None, (line.last_in, line.last_hello_in)), default="")
    if ours == "collects":
        return Way(
            "unused", "we fetch what they have for us; they never call", came, instead="fetched"
        )
    if not came:
        return Way("unused", "nothing ever came; `tracer peer ping` asks whether they know us")
    if now - instant(came) > QUIET:
        return Way("quiet", "nothing came lately", came)
    return Way("ok", "they spoke to us", came)


def stopped(standing: str) -> Way:
    """A peer that persons here have stopped."""
    return Way("stopped", f"{standing} by us", side="ours")


def _cause(code: str) -> tuple[Side, str]:
    if code in _CAUSES:
        return _CAUSES[code]
    if code.startswith("http-5"):
        return "theirs", "their system answers with an error"
    return "line", f"the cause is {code or 'not known'}"
