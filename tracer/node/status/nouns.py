"""What `tracer status` says. Levels: `ok`, `off` (not set up), `look` (soon), `act` (now)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal

from msgspec import Struct

from tracer.casework.condition import ADVICE, filled, said
from tracer.casework.reach import Way
from tracer.exchange.witness.view import OwnLog
from tracer.store import RefusalCount

Level = Literal["ok", "off", "look", "act"]
CLOCK_OFF: Final = timedelta(minutes=2)
"""Peers refuse what is ten minutes off; the operator hears of it earlier."""


class Check(Struct, frozen=True):
    """One thing that was looked at; `sentence` and `advice` are English, from codes and values."""

    what: str
    level: Level
    sentence: str
    advice: str = ""
    code: str = ""
    """Of the sentence, in `casework.condition`."""
    advised: str = ""
    """Code of the advice; empty: there is none."""
    values: dict[str, str | int] = {}
    """What stands in the places of both."""
    peer: str = ""
    """The authority it is about; empty: it is about us."""


def check(
    what: str, level: Level, code: str, advised: str = "", *, of: str = "", **values: str | int
) -> Check:
    """A thing that was looked at, said by codes; with `of`, `what` names that authority, too."""
    places = {**values, "peer": of} if of else values
    return Check(
        what=f"{what} {of}" if of else what,
        level=level,
        sentence=said(code, places),
        advice=filled(ADVICE[advised], places) if advised else "",
        code=code,
        advised=advised,
        values=places,
        peer=str(places.get("peer", "")),
    )


class PeerStatus(Struct, frozen=True):
    """One peer: both ways of the line, and what waits for it."""

    authority: str
    name: str
    standing: str
    fingerprint: str
    we_reach_them: Way
    they_reach_us: Way
    waiting: int
    stuck: int
    """Messages that a person must look at: refused for good, or given up."""
    oldest: str
    carried: int
    """Messages that are with a courier and have no receipt yet."""
    carried_since: str


class Differs(Struct, frozen=True):
    """A setting that is not a default, and where it came from."""

    name: str
    value: str | int
    origin: str


class Status(Struct, frozen=True):
    """All of it."""

    authority: str
    name: str
    version: str
    at: str
    running: bool
    restoring: str
    """Why the node is in restore mode; empty if it is not."""
    mode: str
    fingerprint: str
    desk: str
    """What people type to reach the desk; empty: there is none."""
    log_size: int
    checks: tuple[Check, ...]
    peers: tuple[PeerStatus, ...]
    refusals: tuple[RefusalCount, ...]
    log: OwnLog
    """Our log as witnesses have seen it."""
    settings: tuple[Differs, ...]
    """Settings that are not defaults."""
