"""What all messages have in common; and the two shapes: one opens a thread, one follows."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from tracer.model.attachments import MAX_ATTACHMENTS, Attachment, AttachmentKey, AttachmentName
from tracer.model.ids import AuthorityId, MessageId, Nonce, ThreadId
from tracer.model.part import Part
from tracer.model.text import Instant, LanguageTag
from tracer.model.values import Handling, Notes, Officer

VERSION: Literal[1] = 1

Attachments = Annotated[tuple[Attachment, ...], Meta(max_length=MAX_ATTACHMENTS)]
AttachmentKeys = Annotated[
    dict[AttachmentName, AttachmentKey], Meta(min_length=1, max_length=MAX_ATTACHMENTS)
]


_DATED = frozenset(
    (
        "issued",
        "received",
        "first_answer_by",
        "final_answer_by",
        "expected",
        "lapses",
        "next_by",
        "standing_until",
        "review",
        "due",
        "on",
    )
)
"""Fields of messages that hold an instant or a day: what folds and clocks compute with."""


@cache
def _dated(kind: type[Struct]) -> tuple[str, ...]:
    return tuple(name for name in kind.__struct_fields__ if name in _DATED)


def _version() -> Literal[1]:
    return VERSION


class Message(Part, frozen=True, kw_only=True, tag_field="type"):
    """Base of all messages. `issued` is shown, never used to order or to judge.

    The groups `officer` and `free_text` are disclosable in every type.
    """

    v: Literal[1] = field(default_factory=_version)  # a factory, so that it is always written
    sender: AuthorityId
    recipient: AuthorityId
    issued: Instant
    nonce: Nonce
    handling: Handling
    language: LanguageTag
    test: bool
    officer: Officer | UnsetType = UNSET
    free_text: Notes | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse an instant or a day that has the form of one but is on no calendar."""
        self._check_calendar()

    def _check_calendar(self) -> None:
        for name in _dated(type(self)):
            if value := getattr(self, name):
                datetime.fromisoformat(value)


class Opening(Message, frozen=True, kw_only=True):
    """A message that opens a thread: its id becomes the thread's id, it follows nothing."""

    @property
    def thread(self) -> str | None:
        """None: the thread's id is the hash of this message's signed bytes."""
        return None

    @property
    def follows(self) -> tuple[str, ...]:
        """Empty: nothing comes before it."""
        return ()


class Following(Message, frozen=True, kw_only=True):
    """A message in a thread. `follows` names one or two ids, sorted: the newest of each side.

    `automatic` marks what a node sent by policy without a person.
    """

    thread: ThreadId
    follows: Annotated[tuple[MessageId, ...], Meta(min_length=1, max_length=2)]
    automatic: bool = False

    def __post_init__(self) -> None:
        """Refuse `follows` that is not sorted or names one message twice, and bad dates."""
        self._check_calendar()
        if len(self.follows) == 2 and self.follows[0] >= self.follows[1]:  # noqa: PLR2004 (two sides)
            raise ValueError("follows is sorted and names two messages")
