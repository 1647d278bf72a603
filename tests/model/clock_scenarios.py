"""The scenarios behind `schemas/vectors/clocks`: each a thread, terms, and the sentence it proves.

`python -m tests.model.clock_scenarios` writes the vectors anew; tests compare them with `deadlines`
and with the second implementation. What is due soon is told as pending: when that begins is a
node's own matter.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from tests.model import clock_endings, clock_holds, clock_promises
from tests.model.clock_calendar import FOLDER, HELD, calendar
from tests.model.clock_cases import SCENARIOS
from tracer.clock import stamp
from tracer.model.clocks import Deadline, Standing, deadlines

PARTS = (clock_promises, clock_holds, clock_endings)
"""What is read in here is in `SCENARIOS`."""


def expected(found: Deadline) -> dict[str, Any]:
    """A deadline as a file holds it: what both sides must agree on."""
    target = found.target
    known = {
        "kind": target.kind,
        "who": target.who,
        "about": target.about,
        "lines": list(target.lines),
        "since": target.since,
        "due": target.due,
        "paused": target.paused,
        "ended": target.ended,
        "standing": found.standing,
    }
    if found.standing is Standing.DUE_SOON:
        known["standing"] = Standing.PENDING
    return {name: value for name, value in known.items() if value}


def vector(name: str) -> dict[str, Any]:
    """The vector of a scenario in the form of its file."""
    case = SCENARIOS[name]()
    named = "terms" in case.wire[0]["message"]
    return {
        "name": name,
        "proves": (SCENARIOS[name].__doc__ or "").strip(),
        "events": case.wire,
        "terms": msgspec.to_builtins(case.terms) if named else None,
        "now": stamp(case.now),
        "expected": [expected(d) for d in deadlines(case.events, case.terms, case.now)],
    }


def written(name: str) -> str:
    """The file of a vector."""
    found = calendar() if name == HELD else vector(name)
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write every vector."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in (HELD, *SCENARIOS):
        (FOLDER / f"{name}.json").write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main()
