"""What the State that was asked sends: receipt by a person, questions, answers, grounds."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from tracer.model.chain import Answers, ChainParties, Hints
from tracer.model.codes import (
    Alternative,
    AnswerFormat,
    Code,
    HelpfulData,
    NoRecordReason,
    OnwardReason,
    WithheldCategory,
    of,
)
from tracer.model.firearm import LineNumber, Lines
from tracer.model.ids import AuthorityId, MessageId
from tracer.model.messages.asking import AskedFor, Grounds
from tracer.model.messages.base import AttachmentKeys, Attachments, Following
from tracer.model.part import Part
from tracer.model.text import Country, Day, Digest, Instant, LanguageTag, Line, NameText
from tracer.model.values import FieldPath, Narrative, Persons, Searches

NoRecordReasons = Annotated[tuple[Annotated[Code, of(NoRecordReason)], ...], Meta(max_length=16)]
Helpful = Annotated[tuple[Annotated[Code, of(HelpfulData)], ...], Meta(max_length=20)]
Withheld = Annotated[tuple[Annotated[Code, of(WithheldCategory)], ...], Meta(max_length=16)]


class Acknowledgement(Following, frozen=True, kw_only=True, tag="acknowledgement"):
    """A person has taken the request (ITI paragraph 19).

    `received` is the time of receipt. The targets are instants computed from the terms whose
    digest is `terms`; as sent here, they stand.
    """

    received: Instant
    local_reference: NameText = ""
    unit: Line = ""
    terms: Digest | UnsetType = UNSET
    first_answer_by: Instant | UnsetType = UNSET
    final_answer_by: Instant | UnsetType = UNSET
    expected: Day | UnsetType = UNSET
    languages: Annotated[tuple[LanguageTag, ...], Meta(max_length=12)] = ()


class Question(Part, frozen=True, kw_only=True):
    """One question; its words stand in `free_text` about `questions/<n>`."""

    n: Annotated[int, Meta(ge=1, le=100)]
    line: LineNumber | UnsetType = UNSET
    field: FieldPath | UnsetType = UNSET
    helpful: Annotated[Code, of(HelpfulData)] | UnsetType = UNSET
    formats: Annotated[tuple[Annotated[Code, of(AnswerFormat)], ...], Meta(max_length=8)] = ()


class MoreInfo(Following, frozen=True, kw_only=True, tag="more-info"):
    """A request for information (ITI paragraph 20, Convention 18(16)); stops the clock."""

    lines: Lines = ()
    questions: Annotated[tuple[Question, ...], Meta(max_length=100)] = ()
    lapses: Day | UnsetType = UNSET
    attachments: Attachments = ()
    attachment_keys: AttachmentKeys | UnsetType = UNSET


class Interim(Following, frozen=True, kw_only=True, tag="interim"):
    """What is known so far, what is still open, and the day of the next answer."""

    answers: Answers = ()
    lines: Lines = ()
    open: AskedFor = ()
    next_by: Day | UnsetType = UNSET
    attachments: Attachments = ()
    persons: Persons | UnsetType = UNSET
    chain_parties: ChainParties | UnsetType = UNSET
    narrative: Narrative | UnsetType = UNSET
    attachment_keys: AttachmentKeys | UnsetType = UNSET


class Result(Following, frozen=True, kw_only=True, tag="result"):
    """The answer, line by line, with the chain of each firearm (ITI paragraph 21)."""

    answers: Answers = ()
    searched: Searches = ()
    attachments: Attachments = ()
    persons: Persons | UnsetType = UNSET
    chain_parties: ChainParties | UnsetType = UNSET
    narrative: Narrative | UnsetType = UNSET
    attachment_keys: AttachmentKeys | UnsetType = UNSET


class NoRecord(Following, frozen=True, kw_only=True, tag="no-record"):
    """Nothing found: which registers and years were searched, and why there is nothing.

    `standing_until`: later records are still compared with the request until that day.
    """

    lines: Lines = ()
    reasons: NoRecordReasons = ()
    searched: Searches = ()
    onward: Hints = ()
    standing_until: Day | UnsetType = UNSET
    attachments: Attachments = ()
    attachment_keys: AttachmentKeys | UnsetType = UNSET


class Unidentifiable(Following, frozen=True, kw_only=True, tag="unidentifiable"):
    """The firearm cannot be identified from what was sent; what would help."""

    lines: Lines = ()
    reasons: NoRecordReasons = ()
    helpful: Helpful = ()
    searched: Searches = ()


class Delayed(Following, frozen=True, kw_only=True, tag="delayed"):
    """The answer is postponed on a ground until a review day (ITI 22, Convention 18(25))."""

    review: Day
    grounds: Grounds = ()
    lines: Lines = ()


class Restricted(Following, frozen=True, kw_only=True, tag="restricted"):
    """What is left out of the answer, and on which ground (ITI paragraphs 22-23)."""

    withheld: Withheld = ()
    grounds: Grounds = ()
    lines: Lines = ()


class Refused(Following, frozen=True, kw_only=True, tag="refused"):
    """The answer is refused on a ground; reasons in words stand in `free_text` about `grounds`."""

    grounds: Grounds = ()
    lines: Lines = ()
    alternative: Annotated[Code, of(Alternative)] | UnsetType = UNSET


class Referral(Following, frozen=True, kw_only=True, tag="referral"):
    """Another State holds the record. Nothing is ever forwarded without the opener's consent."""

    country: Country
    authority: AuthorityId | UnsetType = UNSET
    authority_name: Line = ""
    reason: Annotated[Code, of(OnwardReason)] | UnsetType = UNSET
    lines: Lines = ()


class GroundClarified(Following, frozen=True, kw_only=True, tag="ground-clarified"):
    """The answer to a question about a ground (`about`); the words stand in `free_text`."""

    about: MessageId
    grounds: Grounds = ()
    lines: Lines = ()
