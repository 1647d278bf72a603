"""What the linter says about answers, in words that are translated, by the code of the finding.

What stands here is said in the reader's language; a finding that does not is said in the English of
its rule. What it does not do: judge (`model.lint`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from tracer.model.finding import Finding, Level
from tracer.web.ui.texts import N_


class Told(NamedTuple):
    """One finding as it is shown: `stop`: it is not sent like this; `act`; `quiet`: it helps."""

    tone: str
    text: str
    help: str = ""


TONES: Final[Mapping[Level, str]] = {Level.ERROR: "stop", Level.WARN: "act", Level.HINT: "quiet"}
SAID: Final[Mapping[str, str]] = {
    "received-in-future": N_("The time of receipt lies in the future."),
    "expected-missing": N_("When an answer can be expected is not said."),
    "question-missing": N_("Nothing is asked; the clock would stand for nothing."),
    "question-empty": N_("The question names nothing and has no words."),
    "lapse-past": N_("The request would have lapsed already."),
    "lapse-far": N_("This is more than 90 days away; no clock counts further."),
    "next-day-missing": N_("The day of the next answer is not said."),
    "next-day-past": N_("This day is past."),
    "answer-missing": N_("No firearm is answered."),
    "outcome-missing": N_("What came of it is not said."),
    "searched-missing": N_("Which registers and years were searched is not said."),
    "reason-missing": N_("The reason is not chosen."),
    "standing-past": N_("This day is past."),
    "onward-missing": N_("Does another State hold the record?"),
    "helpful-missing": N_("What would help is not said."),
    "review-past": N_("This day is past."),
    "review-far": N_("This is more than 90 days away; no clock counts further."),
    "withheld-missing": N_("What is left out is not said."),
    "ground-missing": N_("No ground is named."),
    "ground-text-missing": N_("The reason is not given in words."),
    "ground-without-instrument": N_("The ground is of no named instrument."),
    "ground-instrument-party": N_("One of the two States is not known to be bound by it."),
    "ground-is-no-refusal": N_("This is no ground to refuse: say that there is no record, or ask."),
    "alternative-missing": N_("Which way stays open is not said."),
    "consult-first": N_("Before refusing, States consult each other on conditions."),
    "referral-to-self": N_("This is our own State."),
    "referral-to-asker": N_("This is the State that asked."),
    "referral-reason-missing": N_("Why that State holds the record is not said."),
    "chain-party-unnamed": N_("Events name people or companies that are not described below."),
    "matches-missing": N_("Possible matches, but none is given."),
    "identification-missing": N_("The right identification is missing."),
    "chain-missing": N_("A full chain, but no event is given."),
    "export-country-missing": N_("Exported, but not where to."),
    "recorded-destroyed": N_("Recorded as destroyed, and found: both sides should look into it."),
    "event-in-future": N_("The event lies in the future."),
    "chain-order": N_("The events do not run forward in time here."),
    "licence-missing": N_("No export licence is given."),
    "destruction-method-missing": N_("How it was destroyed is not said."),
    "search-years-missing": N_("Which years the register covers is not said."),
    "search-years-order": N_("The years end before they begin."),
    "search-in-future": N_("The search lies in the future."),
    "date-impossible": N_("There is no such date."),
    "condition-missing": N_("No condition is offered."),
    "condition-text-missing": N_("The other condition is not written."),
    "condition-day-missing": N_("The day of deletion is missing."),
    "condition-day-past": N_("This day is past."),
    "use-missing": N_("For which use is not said."),
    "about-missing": N_("Which message it is about is not said."),
    "country-missing": N_("To which State is not said."),
    "disclosure-to-missing": N_("To whom is not said."),
    "disclosure-duty-missing": N_("Which duty demands it is not said."),
    "disclosure-day-missing": N_("On which day is not said."),
    "disclosure-late": N_("Notice is given before the disclosure, not after."),
    "correction-empty": N_("Nothing is corrected."),
    "correction-reason-missing": N_("Why it is corrected is not said."),
    "recall-reason-missing": N_("Why it is taken back is not said."),
    "withdraw-reason-missing": N_("Why it is withdrawn is not said."),
    "usefulness-missing": N_("How useful the answer was is not said."),
    "amendment-empty": N_("Nothing is changed."),
    "line-dropped-and-given": N_("The same firearm is changed and dropped."),
    "handling-text-missing": N_("Other restrictions are meant, and none is written."),
    "delete-by-missing": N_("The day of deletion is missing."),
    "delete-by-past": N_("The day of deletion is past."),
    "authorities-missing": N_("Only named authorities may see it, and none is named."),
    "handling-contradicts": N_("It is allowed and forbidden at once."),
    "language-not-official": N_("Words in this language may not be read there."),
}
"""By code of the finding."""


def told(finding: Finding) -> Told:
    """A finding as it is shown."""
    said = SAID.get(finding.code)
    if said is None:
        return Told(TONES[finding.level], finding.message, finding.help)
    return Told(TONES[finding.level], said)
