"""What the linter says of a request, in sentences that say what to do; and what a request needs.

Codes are those of `model.lint`; one that is not here is told in the linter's own English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracer.model.finding import Finding
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
    "restoration-not-tried": N_("Have a laboratory try to restore the marks."),
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
    "photos-missing": N_(
        "Add photos: left side, right side, and each mark close up with a ruler. They settle most "
        "doubts."
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
}
"""By the code of the finding."""

THINGS: Final[Mapping[str, str]] = {
    "serial": N_("Serial number"),
    "make": N_("Make"),
    "photos": N_("Photos"),
    "calibre": N_("Calibre"),
    "origin": N_("Where it was made or imported"),
    "circumstances": N_("How it was found"),
    "type": N_("Kind of firearm"),
    "model": N_("Model"),
    "reading": N_("Place and reading of each mark"),
    "recovery": N_("When and where it was found"),
    "maker-mark": N_("Name or sign of the maker"),
    "condition": N_("State of the marks"),
    "import": N_("Import mark"),
    "offence": N_("Offence"),
    "urgency": N_("Urgency with its reason"),
}
"""What `casework.completeness` counts."""


def sentence(finding: Finding) -> str:
    """A finding in a sentence to be translated."""
    return SENTENCES.get(finding.code, finding.message)
