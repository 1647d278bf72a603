"""What the fields of messages are called in English, for pages, reports and their translation.

A label is made from the field's name, unless the tables here say it better. A place of a message
becomes words, too: `firearms/1/marks/2/text` is "Firearm 1, mark 2, text".
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

NAMED: Final = {
    "agrees": "What agrees",
    "alternative": "The way that stays open",
    "as_marked": "As marked",
    "birth_date": "Born",
    "cannot_guarantee": "Confidentiality cannot be kept",
    "case_number": "Number of their case",
    "chain": "What happened to it",
    "chain_parties": "People and companies in the chain",
    "circa": "The date is approximate",
    "confidence": "How sure",
    "country_of_manufacture": "Made in",
    "delete_by": "To be deleted by",
    "desired_by": "Answer wished by",
    "desired_reason": "Reason for that wish",
    "destruction": "How it was destroyed",
    "differs": "What differs",
    "dropped": "No longer asked about",
    "due": "It was due on",
    "erase": "To be erased",
    "erased": "What was erased",
    "expected": "Answer expected on",
    "from_party": "From whom",
    "to_party": "To whom it went",
    "helpful": "What would help",
    "identified": "What it really is",
    "identity": "The mark that records use",
    "illicit": "Why it is illicit",
    "industry": "Industry may have it",
    "lapses": "Without an answer it lapses on",
    "line": "Number of the firearm",
    "lines": "For these firearms",
    "matches": "Possible matches",
    "mode": "How it was recovered",
    "narrative": "In words",
    "next_by": "The next answer comes by",
    "normalised": "In its usual form",
    "onward": "States that may know more",
    "open": "Still being looked for",
    "outcomes": "Outcome",
    "recoveries": "How it was found",
    "register_name": "Name of the register",
    "review": "Looked at again on",
    "searched": "Registers that were searched",
    "searches": "Registers searched at home",
    "standing_until": "New records are compared until",
    "third_state": "A third State may have it",
    "unreadable": "What cannot be read, blanks counted",
    "withheld": "What is left out",
    "barrel_mm": "Barrel, mm",
    "overall_mm": "Overall length, mm",
    "year_to": "Year, at the latest",
    "also_sent_to": "Also sent to",
    "domestic_work": "Checked at home",
    "about": "About the message",
    "free_text": "Notes",
    "code": "Code",
    "n": "Number",
}
"""Labels that are better than the field's name in words."""
ONE: Final = {
    "answers": "Answer",
    "chain": "Event",
    "chain_parties": "Person or company",
    "conditions": "Condition of use",
    "differs": "Difference",
    "documents": "Paper",
    "firearms": "Firearm",
    "free_text": "Note",
    "marks": "Mark",
    "matches": "Possible match",
    "onward": "State that may know more",
    "persons": "Person",
    "questions": "Question",
    "recoveries": "Recovery",
    "references": "Number elsewhere",
    "searched": "Register searched",
    "searches": "Register searched at home",
}
"""What one of several is called, before its number; any other as all of them are."""
OWN: Final = {
    ("ChainEvent", "kind"): "What happened",
    ("ChainEvent", "date"): "When",
    ("ChainEvent", "country"): "In which State it happened",
    ("ChainEvent", "register"): "Known from",
    ("ChainParty", "kind"): "What they are",
    ("ChainParty", "country"): "State in which they live or are registered",
    ("Difference", "field"): "What",
    ("Difference", "asked"): "As asked",
    ("Difference", "recorded"): "As recorded",
    ("Handling", "code"): "What they may do with it",
    ("Licence", "export_country"): "Exported from",
    ("Licence", "import_country"): "Imported into",
    ("Licence", "quantity"): "Number of firearms",
    ("Note", "about"): "About",
    ("Officer", "phone"): "Telephone",
    ("Officer", "role"): "Function",
    ("PersonDocument", "country"): "Issued by",
    ("Recovery", "quantity"): "Firearms in the whole seizure",
}
"""Labels of fields whose name says something else elsewhere, by the group they stand in."""
NUMBERED: Final = {"firearms": "line"}
"""The field that numbers one of several, where it is not `n`."""
PATH: Final = re.compile("[a-z_]+(/[a-z0-9_]+)*")
"""A place of a message (`model.values.FieldPath`)."""


def label_of(name: str) -> str:
    """The English label of a field; the source of its translation."""
    return NAMED.get(name, name.replace("_", " ").capitalize())


def one_of(name: str) -> str:
    """The English label of one of several, which its number follows."""
    return ONE.get(name, label_of(name))


def label_in(kind: type[Struct], name: str) -> str:
    """The English label of a field in the group it stands in."""
    return OWN.get((kind.__name__, name), label_of(name))


def in_words(place: str) -> str:
    """A place of a message in English: `firearms/1/marks/2/text` as "Firearm 1, mark 2, text"."""
    steps = place.split("/")
    said: list[str] = []
    for step, after in zip(steps, [*steps[1:], ""], strict=True):
        if step.isdecimal() and said:
            said[-1] = f"{said[-1]} {step}"
        else:
            said.append(one_of(step) if after.isdecimal() else label_of(step))
    return ", ".join([said[0], *(one[:1].lower() + one[1:] for one in said[1:])])
