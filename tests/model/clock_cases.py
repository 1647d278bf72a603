"""A case of the clocks: a thread, how long after its opening it is looked at, and its terms."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.model.clocks import MONDAY, TERMS, Timed
from tests.model.threads import code, id_of
from tracer.clock import instant, stamp
from tracer.model.terms import Terms, terms_digest
from tracer.model.thread import Event
from tracer.model.wire import from_wire

HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
GROUND = {"grounds": [code("ground", "ITI-22-INVESTIGATION")]}
CONDITION = {"conditions": [{"n": 1, "kind": code("condition-kind", "NO_THIRD_STATE")}]}


class Case(NamedTuple):
    """A thread, how long after its opening it is looked at, and under which terms."""

    thread: Timed
    after: timedelta
    terms: Terms = TERMS

    @property
    def now(self) -> datetime:
        """The instant it is looked at."""
        return self.thread.start + self.after

    @property
    def wire(self) -> list[dict[str, Any]]:
        """The events as a file holds them; the request names the digest of the terms."""
        digest = terms_digest(self.terms)
        events = zip(self.thread.events, self.thread.talk.clear, strict=True)
        plain = [
            {"id": event.id, "author": event.author, "at": event.at, "message": clear}
            for event, clear in events
        ]
        found: list[dict[str, Any]] = json.loads(json.dumps(plain).replace(id_of("terms"), digest))
        return found

    @property
    def events(self) -> list[Event]:
        """The events as read from a file."""
        return [
            Event(e["id"], e["author"], from_wire(e["message"], {}), e["at"]) for e in self.wire
        ]


Scenario = Callable[[], Case]
SCENARIOS: dict[str, Scenario] = {}


def scenario(make: Scenario) -> Scenario:
    """Register a scenario under its name with hyphens; its docstring is its sentence."""
    SCENARIOS[make.__name__.replace("_", "-")] = make
    return make


def thread(level: str = "ROUTINE", lines: int = 1) -> Timed:
    """A request received on a Monday at ten."""
    return Timed(level=level, lines=lines)


def acknowledge(found: Timed, after: timedelta, **named: str) -> str:
    """An acknowledgement; `named`: the instants it names under the terms of the request."""
    terms = {"terms": id_of("terms"), **named} if named else {}
    return found.other(after, "acknowledgement", received=MONDAY, **terms)


def on(day: timedelta) -> str:
    """An instant so long after the request."""
    return stamp(instant(MONDAY) + day)
