"""What several forms have in common: registers, chains, grounds, conditions, the tail."""

from __future__ import annotations

from typing import Final

from tracer.model.codes import (
    ChainEventKind,
    ChainPartyKind,
    CheckResult,
    ConditionKind,
    Confidence,
    DestructionMethod,
    DocumentKind,
    Ground,
    HandlingCode,
    HandlingLimit,
    MarkKind,
    MarkLocation,
    MatchField,
    OnwardReason,
    ReadingState,
    RegisterKind,
    ResultCode,
)
from tracer.web.ui.days import PARTIAL
from tracer.web.ui.message_forms.parts import Entry, Group, Part, Rows, Shape, Turn, Words
from tracer.web.ui.texts import N_

COUNTRY: Final = N_("Its name, or its code of two letters.")

LINES: Final = Entry(
    name="lines",
    label=N_("For these firearms"),
    control="firearms",
    hint=N_("None chosen means all of them."),
)
SEARCHED: Final = Rows(
    name="searched",
    label=N_("Registers that were searched"),
    one=N_("Register %(n)s"),
    add=N_("Add a register"),
    hint=N_("Which, and over which years: so the other side knows what was not looked at."),
    first=1,
    parts=(
        Entry(name="register", label=N_("Register"), control="code", codes=RegisterKind),
        Entry(name="name", label=N_("Its own name")),
        Entry(name="from_year", label=N_("From year"), control="number"),
        Entry(name="to_year", label=N_("To year"), control="number"),
        Entry(name="result", label=N_("Result"), control="code", codes=CheckResult),
        Entry(name="date", label=N_("Searched on"), control="day"),
    ),
)
ONWARD: Final = Rows(
    name="onward",
    label=N_("Another State that may know more"),
    one=N_("State %(n)s"),
    add=N_("Add a State"),
    hint=N_("Nothing is passed on: they decide themselves whether to ask there."),
    first=1,
    most=20,
    parts=(
        Entry(name="country", label=N_("State to ask"), control="country", hint=COUNTRY),
        Entry(name="reason", label=N_("Why"), control="code", codes=OnwardReason),
    ),
)
LICENCE: Final = Group(
    name="licence",
    label=N_("Export or import licence"),
    folded=True,
    parts=(
        Entry(name="number", label=N_("Number")),
        Entry(name="issued", label=N_("Issued"), control="date", hint=PARTIAL),
        Entry(name="expires", label=N_("Expires"), control="date", hint=PARTIAL),
        Entry(name="issued_in", label=N_("Issued in"), control="country"),
        Entry(name="export_country", label=N_("Exported from"), control="country"),
        Entry(name="import_country", label=N_("Imported into"), control="country"),
        Entry(name="transit", label=N_("Through"), control="countries"),
        Entry(name="final_recipient", label=N_("Final recipient"), control="party"),
        Entry(name="quantity", label=N_("Number of firearms"), control="number"),
        Entry(name="description", label=N_("Description")),
    ),
)
PAPER: Final = Group(
    name="document",
    label=N_("The record behind it"),
    folded=True,
    parts=(
        Entry(name="kind", label=N_("Kind of record"), control="code", codes=DocumentKind),
        Entry(name="number", label=N_("Number")),
        Entry(name="issued", label=N_("Issued"), control="date", hint=PARTIAL),
        Entry(name="expires", label=N_("Expires"), control="date", hint=PARTIAL),
        Entry(name="issued_in", label=N_("Issued in"), control="country"),
    ),
)
WHERE: Final = N_(
    "Where it happened: of a sale where it was handed over, of an export the State that it left, "
    "of an import the State that it came into."
)
_KIND: Final = ChainEventKind


def _turn(name: str, said: str, *kinds: ChainEventKind) -> Turn:
    return Turn(name=name, said=said, values=frozenset(kind.value for kind in kinds))


WHERES: Final = (
    _turn("made", N_("The State in which it was made."), _KIND.MANUFACTURED),
    _turn(
        "left",
        N_("The State that it left. Where it went stands in the licence, or as another State."),
        _KIND.EXPORTED,
    ),
    _turn("through", N_("The State that it went through."), _KIND.TRANSITED),
    _turn("came", N_("The State that it came into."), _KIND.IMPORTED, _KIND.DELIVERY_CONFIRMED),
    _turn(
        "handed",
        N_("The State in which it was handed over, not the one where the buyer lives."),
        _KIND.WHOLESALE,
        _KIND.RETAIL_SALE,
        _KIND.PRIVATE_TRANSFER,
        _KIND.LEASED,
    ),
    _turn(
        "held",
        N_("The State in whose register it stood."),
        _KIND.REGISTERED,
        _KIND.LICENCE_CHANGED,
        _KIND.LAST_LEGAL_HOLDER,
    ),
    _turn(
        "stock",
        N_("The State whose stock it was."),
        _KIND.STATE_STOCK_IN,
        _KIND.STATE_STOCK_OUT,
    ),
)
"""Which State an event asks for, by its kind: that of `routing`, which goes on from there."""
PARTY: Final = N_("By its number among the people and companies below.")

CHAIN: Final = Rows(
    name="chain",
    label=N_("What happened to it, from its making on"),
    one=N_("Event %(n)s"),
    add=N_("Add an event"),
    hint=N_("In the order of time. What is left empty is not sent."),
    first=2,
    most=100,
    parts=(
        Entry(
            name="kind",
            label=N_("What happened"),
            control="code",
            codes=ChainEventKind,
            turned={value: turn.name for turn in WHERES for value in turn.values},
        ),
        Entry(name="date", label=N_("When"), control="date", hint=PARTIAL),
        Entry(name="circa", label=N_("The date is approximate"), control="yes"),
        Entry(
            name="country",
            label=N_("In which State it happened"),
            control="country",
            hint=WHERE,
            turns=WHERES,
        ),
        Entry(name="from_party", label=N_("From whom"), control="party", hint=PARTY),
        Entry(name="to_party", label=N_("To whom it went"), control="party", hint=PARTY),
        Entry(name="register", label=N_("Known from"), control="code", codes=RegisterKind),
        LICENCE,
        PAPER,
        Group(
            label=N_("Register, certainty, destruction"),
            folded=True,
            parts=(
                Entry(name="register_name", label=N_("Name of the register")),
                Entry(name="confidence", label=N_("How sure"), control="code", codes=Confidence),
                Entry(
                    name="destruction",
                    label=N_("How it was destroyed"),
                    control="code",
                    codes=DestructionMethod,
                ),
            ),
        ),
    ),
)
MATCHES: Final = Rows(
    name="matches",
    label=N_("Possible matches in the register"),
    one=N_("Match %(n)s"),
    add=N_("Add a possible match"),
    most=50,
    parts=(
        Entry(name="serial", label=N_("Serial number as recorded")),
        Entry(name="make", label=N_("Make as recorded")),
        Entry(name="model", label=N_("Model as recorded")),
        Entry(name="calibre", label=N_("Calibre as recorded")),
        Entry(name="year", label=N_("Year"), control="number"),
        Entry(name="agrees", label=N_("What agrees"), control="codes", codes=MatchField),
        Rows(
            name="differs",
            label=N_("What differs"),
            one=N_("Difference %(n)s"),
            add=N_("Add a difference"),
            most=16,
            parts=(
                Entry(name="field", label=N_("What"), control="code", codes=MatchField),
                Entry(name="asked", label=N_("As asked")),
                Entry(name="recorded", label=N_("As recorded")),
            ),
        ),
        Entry(name="confidence", label=N_("How sure"), control="code", codes=Confidence),
    ),
)
ANSWERS: Final = Rows(
    name="answers",
    label=N_("What was found"),
    one=N_("Answer %(n)s"),
    add=N_("Add an answer for another firearm"),
    first="lines",
    most=200,
    parts=(
        Entry(name="line", label=N_("Firearm"), control="firearm"),
        Entry(name="outcomes", label=N_("Outcome"), control="codes", codes=ResultCode),
        Entry(name="confidence", label=N_("How sure"), control="code", codes=Confidence),
        CHAIN,
        MATCHES,
        ONWARD,
    ),
)
PARTIES: Final = Rows(
    name="chain_parties",
    label=N_("People and companies in the chain"),
    one=N_("Party %(n)s"),
    add=N_("Add a person or company"),
    hint=N_("Events name them by their number. This part can be withheld or erased later alone."),
    first=2,
    most=200,
    numbered=True,
    parts=(
        Entry(name="kind", label=N_("What they are"), control="code", codes=ChainPartyKind),
        Entry(name="name", label=N_("Name, or family name")),
        Entry(name="given_names", label=N_("Given names")),
        Entry(name="birth_date", label=N_("Born"), control="date", hint=PARTIAL),
        Entry(
            name="country",
            label=N_("State in which they live or are registered"),
            control="country",
            hint=COUNTRY,
        ),
        Entry(name="address", label=N_("Address")),
    ),
)
SUMMARY: Final = Group(
    name="narrative",
    label=N_("In words"),
    parts=(
        Entry(
            name="summary",
            label=N_("What the reader should know beside that"),
            control="text",
            hint=N_("It is sent as you write it; codes above are read in any language."),
        ),
    ),
)
GROUNDS: Final = Entry(
    name="grounds",
    label=N_("Ground"),
    control="codes",
    codes=Ground,
    hint=N_("The article of the instrument on which it rests."),
    needed=True,
)
GROUND_WORDS: Final = Words(
    name="ground_words",
    about="grounds",
    label=N_("The reason in words"),
    hint=N_("One sentence is enough; it can say why no more is said. It is owed with a ground."),
    needed=True,
)
CONDITIONS: Final = Rows(
    name="conditions",
    label=N_("Conditions"),
    one=N_("Condition %(n)s"),
    add=N_("Add a condition"),
    first=1,
    most=30,
    parts=(
        Entry(name="kind", label=N_("Condition"), control="code", codes=ConditionKind),
        Entry(name="until", label=N_("Until"), control="day"),
        Words(label=N_("In words"), hint=N_("Needed where it is another condition.")),
    ),
)
COMMON: Final = Group(
    label=N_("Handling, contact, language"),
    folded=True,
    hint=N_("Left empty, it is as your authority always says it."),
    parts=(
        Words(name="other_words", label=N_("Anything else in words")),
        Group(
            name="handling",
            label=N_("Handling"),
            parts=(
                Entry(
                    name="code",
                    label=N_("What they may do with it"),
                    control="code",
                    codes=HandlingCode,
                    hint=N_("Empty: as strict as the strictest message it answers."),
                ),
                Entry(name="limits", label=N_("Limits"), control="codes", codes=HandlingLimit),
                Entry(name="third_state", label=N_("A third State may have it"), control="yes"),
                Entry(name="industry", label=N_("Industry may have it"), control="yes"),
                Entry(name="delete_by", label=N_("To be deleted by"), control="day"),
                Words(name="handling_words", label=N_("Other restrictions in words")),
            ),
        ),
        Group(
            name="officer",
            label=N_("Whom they can ask"),
            parts=(
                Entry(name="name", label=N_("Name")),
                Entry(name="role", label=N_("Function")),
                Entry(name="phone", label=N_("Telephone")),
                Entry(name="mail", label=N_("Mail")),
                Entry(name="languages", label=N_("Languages"), control="languages"),
            ),
        ),
        Entry(name="language", label=N_("Language of the words"), control="language"),
    ),
)


FIREARMS: Final = Rows(
    name="firearms",
    label=N_("Firearms as they are now described"),
    one=N_("Firearm %(n)s"),
    add=N_("Change the description of a firearm"),
    hint=N_("What is left empty stays as it was described before."),
    most=200,
    parts=(
        Entry(name="line", label=N_("Firearm"), control="firearm"),
        Entry(name="make", label=N_("Make")),
        Entry(name="model", label=N_("Model")),
        Entry(name="calibre", label=N_("Calibre")),
        Entry(name="country_of_manufacture", label=N_("Made in"), control="country"),
        Entry(name="year_of_manufacture", label=N_("Year of manufacture"), control="number"),
        Rows(
            name="marks",
            label=N_("Marks"),
            one=N_("Mark %(n)s"),
            add=N_("Add a mark"),
            first=1,
            parts=(
                Entry(name="kind", label=N_("Mark"), control="code", codes=MarkKind),
                Entry(name="location", label=N_("Where"), control="code", codes=MarkLocation),
                Entry(name="text", label=N_("As it stands there")),
                Entry(name="reading", label=N_("How it reads"), control="code", codes=ReadingState),
            ),
        ),
    ),
)


def about(
    label: str, *types: str, many: bool = False, hint: str = "", needed: bool | None = None
) -> Entry:
    """The message of the thread that this one is about."""
    return Entry(
        name="about",
        label=label,
        control="messages" if many else "message",
        about=types,
        hint=hint,
        needed=not many if needed is None else needed,
    )


def shape(type_: str, title: str, intro: str, *parts: Part) -> Shape:
    """A sheet with what every message can say at its end."""
    return Shape(type=type_, title=title, intro=intro, parts=(*parts, COMMON))
