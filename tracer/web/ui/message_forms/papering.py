"""The forms of what came on paper: those of messages, asked from the side of whoever reads.

A request on paper opens a case; of it is asked what a paper has: firearms, how urgent, what is
asked for, what it says. What has no codes is a letter.
"""

from __future__ import annotations

from typing import Final

from tracer.exchange.outside.statement import LETTER
from tracer.model.codes import (
    Asked,
    FirearmType,
    MarkKind,
    MarkLocation,
    ReadingState,
    UrgencyLevel,
    UrgencyReason,
)
from tracer.model.messages import ROLES
from tracer.web.ui.message_forms.parts import Entry, Group, Rows, Shape
from tracer.web.ui.message_forms.shapes import SHAPES
from tracer.web.ui.texts import N_

LETTERS: Final = Shape(
    type=LETTER,
    title=N_("A letter, or anything that fits no other kind"),
    intro=N_("Kept in words and with its original; nothing is counted from it."),
    parts=(),
)
REQUEST: Final = Shape(
    type="request",
    title=N_("A request on paper"),
    intro=N_("From a State that is not in the exchange. It opens a case of its own here."),
    parts=(
        Rows(
            name="firearms",
            label=N_("Firearms"),
            one=N_("Firearm %(n)s"),
            add=N_("Add a firearm"),
            first=1,
            most=200,
            parts=(
                Entry(name="type", label=N_("Type"), control="code", codes=FirearmType),
                Entry(name="make", label=N_("Make")),
                Entry(name="model", label=N_("Model")),
                Entry(name="calibre", label=N_("Calibre")),
                Rows(
                    name="marks",
                    label=N_("Marks"),
                    one=N_("Mark %(n)s"),
                    add=N_("Add a mark"),
                    first=1,
                    parts=(
                        Entry(name="kind", label=N_("Mark"), control="code", codes=MarkKind),
                        Entry(
                            name="location",
                            label=N_("Where"),
                            control="code",
                            codes=MarkLocation,
                        ),
                        Entry(name="text", label=N_("As it stands there")),
                        Entry(
                            name="reading",
                            label=N_("How it reads"),
                            control="code",
                            codes=ReadingState,
                        ),
                    ),
                ),
            ),
        ),
        Entry(name="asked", label=N_("What is asked for"), control="codes", codes=Asked),
        Group(
            name="urgency",
            label=N_("Urgency"),
            folded=True,
            parts=(
                Entry(name="level", label=N_("Urgency"), control="code", codes=UrgencyLevel),
                Entry(name="reason", label=N_("Why"), control="code", codes=UrgencyReason),
                Entry(name="desired_by", label=N_("Answer wished by"), control="day"),
            ),
        ),
    ),
)


def kinds(*, ours: bool) -> tuple[Shape, ...]:
    """What the other side of a case may send: answers where we asked, else what follows."""
    side = "other" if ours else "opener"
    return (*(shape for name, shape in SHAPES.items() if side in ROLES[name]), LETTERS)


def kind(name: str, *, ours: bool) -> Shape | None:
    """The sheet of one of them; None for what they do not send."""
    return next((shape for shape in kinds(ours=ours) if shape.type == name), None)
