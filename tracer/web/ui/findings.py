"""What the linter says of a message, in sentences that say what to do; and what a request needs.

Each code that `model` writes has its sentence here, so that no reader meets a rule's own English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from tracer.model.finding import Finding, Level
from tracer.web.ui.texts import N_

SENTENCES: Final[Mapping[str, str]] = {
    "recipient-missing": N_("Choose whom to ask."),
    "recipient-not-in-marks": N_(
        "The marks point to other States than the one you ask. Usual order: where it was made, the "
        "last import mark, the proof house, a military user."
    ),
    "also-sent-to-recipient": N_("The recipient also stands among those that were asked already."),
    "same-state": N_("You ask an authority of your own State."),
    "terms-calendar-short": N_(
        "The recipient's holidays are not known for the time of its answer."
    ),
    "type-missing": N_("Say what kind of firearm it is."),
    "object-missing": N_("Say whether it is a firearm, a part or ammunition."),
    "part-kind-missing": N_("Say which part it is."),
    "firearm-missing": N_("No firearm is described."),
    "make-missing": N_(
        "Say the make as it is marked, or that you do not know it; a sign of the maker helps, too."
    ),
    "model-missing": N_("Say the model: many makers number each model from 1."),
    "calibre-missing": N_("Say the calibre, or that you do not know it."),
    "calibre-ambiguous": N_(
        "This is a diameter, not a cartridge: 9 mm can be 9x19, 9x18 or 9x17. Look at the case or "
        "the barrel."
    ),
    "calibre-contradicts": N_("Two different cartridges are given."),
    "calibre-contradicts-mark": N_("The calibre is not the one that a mark gives."),
    "calibre-contradicts-model": N_("This model is not known in this calibre. Check both."),
    "calibre-contradicts-type": N_("Kind of firearm and calibre do not fit together."),
    "origin-missing": N_(
        "Neither the country of manufacture nor an import mark is given. If you do not know it, "
        "add a proof mark or a sign that you cannot place: others can read it. If nothing on it "
        "names the country, say so beside it."
    ),
    "origin-not-marked": N_(
        "Nothing on it names the country: make, model and the form of its marks have to do. Photos "
        "of all marks help."
    ),
    "may-be-no-firearm": N_("Gas and air weapons are traced only if they were converted."),
    "one-line-per-firearm": N_("Several firearms cannot have one serial number."),
    "year-in-future": N_("The year of manufacture has not come yet."),
    "year-after-recovery": N_("It was made after it was found: check both years."),
    "may-be-antique": N_("Made before 1900: the Protocol may not cover it."),
    "old-firearm": N_("Made before 1946: records rarely reach back that far."),
    "action-contradicts-type": N_("Kind of firearm and how it loads do not fit together."),
    "serial-missing": N_(
        "Add the serial number as you read it, or say that it is not there or cannot be read."
    ),
    "serial-text-missing": N_(
        "Type what you can read of the serial number, with ? for each other character."
    ),
    "serial-stop-list": N_(
        "This is no serial number. Leave it empty and say how well the mark can be read."
    ),
    "serial-is-other-mark": N_("The serial number is the same as another mark. Check which it is."),
    "serials-contradict": N_("Two serial numbers are given for the same part."),
    "components-mixed": N_("Different serial numbers on different parts: it may be put together."),
    "serial-not-on-frame": N_(
        "Look for the number on frame or receiver: most records use that one."
    ),
    "symbol-not-described": N_("Describe the sign, or add a photo of it."),
    "mark-location-missing": N_("Say where on the firearm the mark stands."),
    "mark-reading-missing": N_("Say how well the mark can be read."),
    "mark-reading-contradicts": N_("The text and how well it can be read do not fit together."),
    "condition-missing": N_("Say in what state the marks are."),
    "condition-contradicts-marks": N_("The state of the marks does not fit the marks you gave."),
    "restoration-not-tried": N_(
        "Marks were obliterated: have a laboratory try to restore them, and say what came of it."
    ),
    "country-contradicts": N_("A mark names another country than the one where it was made."),
    "year-contradicts": N_("A mark names another year than the one in which it was made."),
    "import-mark-missing": N_(
        "It was made in another country: look at barrel, frame and slide for an import mark, two "
        "letters and two digits."
    ),
    "import-country-missing": N_("Say which country the import mark stands for."),
    "import-country-contradicts": N_("The import mark reads as another country than you chose."),
    "import-year-missing": N_("Say the year of import, if the mark has one."),
    "import-before-manufacture": N_("It was imported before it was made: check both years."),
    "state-transfer-country-missing": N_("Say which State let it go from its stocks."),
    "manufacturer-mark-missing": N_("Add the name or sign of the maker as it is marked."),
    "photo-left-missing": N_("Add a photo of the left side."),
    "photo-right-missing": N_("Add a photo of the right side."),
    "photo-mark-missing": N_(
        "Add a photo of each mark, close up, with a ruler: it settles most doubts."
    ),
    "photo-unknown": N_("A mark names a photo that is no longer there."),
    "recovery-missing": N_("Say when and where it was found."),
    "recovery-mode-missing": N_("Say how it came to you."),
    "recovery-date-missing": N_("Say when it was found; the year alone helps."),
    "recovery-country-missing": N_("Say in which country it was found."),
    "recovery-in-future": N_("The day on which it was found has not come yet."),
    "recovered-elsewhere": N_("It was found in another State: that State asks about it."),
    "circumstances-missing": N_("Tell in a few sentences how it was found."),
    "circumstances-short": N_("Tell a little more of how it was found."),
    "summary-missing": N_("A summary of the facts in one sentence is missing."),
    "urgency-missing": N_("Say how soon you need the answer; otherwise it is routine."),
    "urgency-reason-missing": N_("Say why it is urgent: others put their work aside for it."),
    "flash-reason": N_("Life at risk is chosen, but the reason is another."),
    "desired-day-past": N_("The day you wish is past."),
    "desired-reason-missing": N_("A day that is wished takes a reason."),
    "offence-missing": N_("Say which offence is investigated."),
    "requester-missing": N_("Say who investigates."),
    "requester-function-missing": N_("Say what the investigating body does."),
    "officer-missing": N_("Say whom they can ask: mail or telephone."),
    "kind-missing": N_("What kind of request it is is not said."),
    "instrument-missing": N_("Say what the request rests on."),
    "instrument-party": N_(
        "One of the two States is not known here as a party to an instrument that is named."
    ),
    "illicit-basis-missing": N_("Say why the firearm is illicit."),
    "intended-use-missing": N_("Say what the answer is for."),
    "asked-missing": N_("Say what is asked."),
    "mla-reference-missing": N_(
        "Evidence for a court usually takes a request for legal assistance."
    ),
    "domestic-trace-first": N_("No register at home was searched yet; the answer is often there."),
    "lost-stolen-not-searched": N_(
        "The national register of lost and stolen firearms was not searched."
    ),
    "iarms-not-searched": N_("INTERPOL's records of lost and stolen firearms were not searched."),
    "domestic-hit": N_("A register at home knows it: say what it holds."),
    "handling-text-missing": N_("Other restrictions are chosen, but not written."),
    "received-in-future": N_("The time of receipt lies in the future."),
    "expected-missing": N_("When an answer can be expected is not said."),
    "question-missing": N_("Nothing is asked; the clock would stand for nothing."),
    "question-empty": N_("The question names nothing and has no words."),
    "lapse-past": N_("The request would have lapsed already."),
    "lapse-far": N_("This is more than 90 days away; no clock counts further."),
    "next-day-missing": N_("The day of the next answer is not said."),
    "next-day-past": N_("This day is past."),
    "answer-missing": N_("Mark what was found: an answer says nothing without it."),
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
    "country-unknown": N_("No State has this code."),
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
    "conditions-missing": N_("No condition is offered."),
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
    "delete-by-missing": N_("The day of deletion is missing."),
    "delete-by-past": N_("The day of deletion is past."),
    "authorities-missing": N_("Only named authorities may see it, and none is named."),
    "handling-contradicts": N_("It is allowed and forbidden at once."),
    "language-not-official": N_("Words in this language may not be read there."),
    "antique-after-1899": N_("Nothing made after 1899 is an antique under the Protocol."),
    "asked-before": N_("We asked about this firearm before."),
    "attachment-empty": N_("A file has no content."),
    "attachment-executable": N_(
        "A file is of a kind that can carry a program. Send pictures, PDF or plain text."
    ),
    "attachment-key-missing": N_("A file could not be opened there. Attach it again."),
    "attachment-unusual": N_(
        "A file is of a kind that may not be readable there. Pictures as JPEG or PNG and "
        "documents as PDF are read everywhere."
    ),
    "barrel-longer": N_("The barrel is longer than the whole firearm."),
    "condition-twice": N_("Two conditions have the same number."),
    "confidentiality-not-guaranteed": N_(
        "Confidentiality is said not to be guaranteed; the answer may be refused for it. Say why, "
        "and what can be guaranteed."
    ),
    "converted-weapon": N_(
        "The maker knows it as an alarm or gas weapon: ask for the sale of that weapon."
    ),
    "ground-question-open": N_("Say which ground is not clear, and why."),
    "information-missing": N_("Nothing is told."),
    "lawful-basis-missing": N_(
        "Personal data without the basis on which they are sent. Name it, or leave the person out."
    ),
    "line-twice": N_("Two firearms have the same number."),
    "line-unknown": N_("A firearm is named that is not described."),
    "line-without-recovery": N_("It is not said how this firearm was found."),
    "mark-confidence-count": N_(
        "How sure the reading is was given for another number of characters than the mark has."
    ),
    "mark-position-beyond-text": N_(
        "An unreadable character lies beyond the text. Write ? for each one."
    ),
    "person-without-name": N_("A person has no name."),
    "same-firearm-twice": N_("Two of the firearms look like one and the same."),
    "serial-repeats-yearly": N_(
        "With this maker, two letters and four digits repeat every year and in every plant. Give "
        "the mark of the plant, the model and the year that is stamped separately."
    ),
    "serial-holds-year": N_(
        "With this maker, the two digits after the letters usually code the year. Give the number "
        "in a double circle as a proof mark."
    ),
    "serial-with-year": N_(
        "With this maker, the year is often read as part of the serial number. Enter the year as a "
        "mark of its own."
    ),
    "serial-needs-plant": N_(
        "With this maker, the number is unique only with the number of the plant in a triangle or "
        "oval. Describe that sign as a mark of its own."
    ),
    "serial-prefix-lost": N_(
        "With this maker, letters of the model usually stand before the number. Look for them."
    ),
    "serial-unusual": N_(
        "Serial numbers of this maker are two to four letters and three digits. Look at the plate "
        "in the frame, the barrel and the slide."
    ),
    "serial-may-be-model": N_(
        "With this maker, a short number under the crane is the model or an assembly number. Look "
        "for the serial number at the butt or the frame."
    ),
    "serial-suffix-lost": N_(
        "With this maker, a letter usually follows a letter and five digits. Look for it."
    ),
    "standing-long": N_("This is longer than the usual two years."),
    "terms-missing": N_("The terms from which the days follow are not named."),
    "urgency-text-missing": N_("The other reason is not written."),
    "year-span": N_("The years end before they begin."),
}
"""By the code of the finding."""

THINGS: Final[Mapping[str, str]] = {
    "serial": N_("Serial number"),
    "make": N_("Make"),
    "calibre": N_("Calibre"),
    "origin": N_("Where it was made or imported"),
    "circumstances": N_("How it was found"),
    "type": N_("Kind of firearm"),
    "model": N_("Model"),
    "reading": N_("Place and reading of each mark"),
    "recovery": N_("When and where it was found"),
    "maker-mark": N_("Name or sign of the maker"),
    "condition": N_("State of the marks"),
    "restoration": N_("Whether a laboratory tried to restore the marks"),
    "photo-left": N_("Photo of the left side"),
    "photo-right": N_("Photo of the right side"),
    "photo-marks": N_("Photo of each mark"),
    "import": N_("Import mark"),
    "offence": N_("Offence"),
    "urgency": N_("Urgency with its reason"),
}
"""What `casework.completeness` counts."""


class Told(NamedTuple):
    """One finding as it is shown: `stop`: it is not sent like this; `act`; `quiet`: it helps."""

    tone: str
    text: str


TONES: Final[Mapping[Level, str]] = {Level.ERROR: "stop", Level.WARN: "act", Level.HINT: "quiet"}


def told(finding: Finding) -> Told:
    """A finding as it is shown; its text is to be translated."""
    return Told(TONES[finding.level], SENTENCES.get(finding.code, finding.message))
