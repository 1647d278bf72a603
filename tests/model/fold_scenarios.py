"""The scenarios behind `schemas/vectors/fold`: each a thread and the sentence it proves.

`python -m tests.model.fold_scenarios` writes the vectors anew; a test compares them with the fold.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from tests.model import fold_lines, fold_turns
from tests.model.fold_cases import SCENARIOS
from tests.model.threads import Talk
from tracer.clock import instant
from tracer.model.terms import NO_TERMS
from tracer.model.thread import CaseState, Timers, fold

PARTS = (fold_turns, fold_lines)
"""What is read in here is in `SCENARIOS`."""
FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "fold"
NOW: dict[str, str] = {
    "lapsed": "2026-04-15T12:00:00.000Z",
    "question-with-its-own-day": "2026-04-15T12:00:00.000Z",
    "closed-by-time": "2026-09-01T12:00:00.000Z",
}
"""Scenarios folded with an instant, under the default timers."""


def state_of(name: str, talk: Talk) -> CaseState:
    """The folded state of a scenario, at its instant if it has one."""
    now = NOW.get(name)
    return fold(talk.events, now=instant(now) if now else None)


def vector(name: str) -> dict[str, Any]:
    """The vector of a scenario in the form of its file."""
    talk = SCENARIOS[name]()
    timers, terms = Timers(), NO_TERMS
    found: dict[str, Any] = {
        "name": name,
        "proves": (SCENARIOS[name].__doc__ or "").strip(),
        "events": [
            {"id": event.id, "author": event.author, "at": event.at, "message": clear}
            for event, clear in zip(talk.events, talk.clear, strict=True)
        ],
        "now": NOW.get(name),
        "timers": {
            "lapse_days": terms.remind_after.n + terms.lapse_after.n,
            "close_days": timers.close.days if timers.close else None,
        },
        "expected": msgspec.to_builtins(state_of(name, talk)),
    }
    return found


def written(name: str) -> str:
    """The file of a vector."""
    return json.dumps(vector(name), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write every vector."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SCENARIOS:
        (FOLDER / f"{name}.json").write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main()
