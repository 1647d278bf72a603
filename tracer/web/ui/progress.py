"""How far a new request is: its steps, what is missing in each, what would help most.

What is missing is told as what is still needed, without blame: nobody has been wrong before they
have said anything. Only what is said and cannot be right is to be mended. Which of the two a
finding is, the finding knows (`Finding.unsaid`).

What it does not do: judge (`model.lint`), weigh (`casework.completeness`), keep (`steps`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tracer.casework.completeness import Gap, completeness
from tracer.casework.papers.paper import Draft, to_mend
from tracer.model.finding import Finding, Level
from tracer.web.ui.findings import THINGS, told
from tracer.web.ui.lines import OF_A_FIREARM
from tracer.web.ui.routes import path_to
from tracer.web.ui.texts import N_


class Step(NamedTuple):
    """One page: the name of its route, its words, and the fields of a request it is about."""

    name: str
    words: str
    fields: tuple[str, ...] = ()


STEPS: Final = (
    Step("draft-firearm", N_("The firearm"), ("firearms",)),
    Step("draft-marks", N_("Marks")),
    Step("draft-photos", N_("Photos"), ("attachments",)),
    Step("draft-found", N_("How it was found"), ("recoveries", "narrative", "place")),
    Step(
        "draft-ask",
        N_("How soon, and whom to ask"),
        ("urgency", "investigation", "recipient", "terms", "also_sent_to"),
    ),
    Step("draft", N_("Check and submit")),
)
"""In the order in which an investigator goes through them."""
OFFICER: Final = Step("draft-officer", N_("For the officer"))
"""What the authority's settings fill in, and what only an officer knows."""
_OF_MARKS: Final = ("marks", "condition")
_OF_ONE: Final = 3
_ASKED_IN: Final[Mapping[str, str]] = {"condition": "draft-marks"}
"""Where a thing is asked that no finding speaks of; any other is of the firearm itself."""
MOST: Final = 4
"""Things that are told at once; the others stand behind a lid."""


class Progress(NamedTuple):
    """A step in the line of steps."""

    words: str
    path: str
    here: bool
    needed: int
    """Things that are not said yet and without which the request cannot be submitted."""
    wrong: int
    """Things that are said and cannot be right."""


class Lack(NamedTuple):
    """One thing that does not count yet: its words, where it is asked, what it is worth."""

    words: str
    path: str
    points: int
    told: str
    """What to do, in a sentence; empty where the reader has said that they do not know it."""
    needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """How complete a request is, as it is told beside each step."""

    percent: int
    most: Sequence[Lack]
    """What would help most."""
    rest: Sequence[Lack]
    worth: int
    """Points of the rest together."""
    needed: int
    wrong: int


def step_of(finding: Finding) -> str:
    """The route of the step in which a finding is mended."""
    parts = finding.path.split("/")
    if parts[0] == "firearms" and len(parts) >= _OF_ONE:
        if parts[2] in _OF_MARKS:
            return "draft-marks"
        if parts[2] == "photos":
            return "draft-photos"
    return next((step.name for step in STEPS if parts[0] in step.fields), OFFICER.name)


def line_in(finding: Finding) -> int:
    """The firearm that a finding is about; 0: it is about none."""
    name, _, rest = finding.path.partition("/")
    number = rest.partition("/")[0]
    return int(number) if name == "firearms" and number.isdecimal() else 0


def mended_at(draft: Draft, finding: Finding) -> str:
    """The address at which a finding is mended; of several firearms, with that one."""
    step, line = step_of(finding), line_in(finding)
    several = len(draft.document.get("firearms", ())) > 1
    about = {"firearm": str(line)} if several and line and step in OF_A_FIREARM else None
    return path_to(step, about, draft=draft.id)


def after(name: str) -> str:
    """The route of the step after one; the last leads to itself."""
    names = [step.name for step in STEPS]
    if name not in names:
        return "draft"
    return names[min(names.index(name) + 1, len(names) - 1)]


def progress(
    draft: Draft, here: str, query: Mapping[str, str] | None = None
) -> tuple[Progress, ...]:
    """The line of steps of a draft; `query` says which firearm those of a firearm are about."""
    found = to_mend(draft.findings)
    needed = [step_of(one) for one in found if one.unsaid]
    wrong = [step_of(one) for one in found if not one.unsaid]
    return tuple(
        Progress(
            step.words,
            path_to(step.name, query if step.name in OF_A_FIREARM else None, draft=draft.id),
            step.name == here,
            needed.count(step.name),
            wrong.count(step.name),
        )
        for step in (*STEPS, OFFICER)
    )


def panel(draft: Draft) -> Panel:
    """How complete a draft is now, and what would help most."""
    score, found = completeness(draft.document, draft.findings), to_mend(draft.findings)
    lacks = [_lack(draft, gap) for gap in score.gaps if not _without_a_mark(gap)]
    rest = lacks[MOST:]
    return Panel(
        percent=score.percent,
        most=lacks[:MOST],
        rest=rest,
        worth=sum(one.points for one in rest),
        needed=sum(one.unsaid for one in found),
        wrong=sum(not one.unsaid for one in found),
    )


def _without_a_mark(gap: Gap) -> bool:
    """Whether it speaks of the reading of marks where none is given yet: these are asked first."""
    return gap.name == "reading" and gap.finding is None


def _lack(draft: Draft, gap: Gap) -> Lack:
    """A thing that does not count, with the sentence of what stands in its way."""
    if gap.finding is None:
        step = _ASKED_IN.get(gap.name, "draft-firearm")
        return Lack(THINGS[gap.name], path_to(step, draft=draft.id), gap.points, "", needed=False)
    needed = gap.finding.level is Level.ERROR
    path = mended_at(draft, gap.finding)
    return Lack(THINGS[gap.name], path, gap.points, told(gap.finding).text, needed=needed)
