"""Lists about the course of a thread: conditions, consent, disclosure, correction, closing.

Drawn from the Organized Crime Convention (article 18(19)-(26)) and the Firearms Protocol (article
12(5)).
"""

from __future__ import annotations

from tracer.model.codes.base import CodeList, code_list


@code_list("condition-kind")
class ConditionKind(CodeList):
    """A condition under which information is given (Convention article 18(26))."""

    USE_ONLY_STATED_PURPOSE = "USE_ONLY_STATED_PURPOSE"
    NO_EVIDENCE_WITHOUT_MLA = "NO_EVIDENCE_WITHOUT_MLA"
    NO_THIRD_STATE = "NO_THIRD_STATE"
    NO_INDUSTRY = "NO_INDUSTRY"
    NO_PUBLICATION = "NO_PUBLICATION"
    DELETE_AFTER_USE = "DELETE_AFTER_USE"
    DELETE_BY_DATE = "DELETE_BY_DATE"
    SECRECY = "SECRECY"
    PRIOR_CONSULTATION = "PRIOR_CONSULTATION"
    REPORT_OUTCOME = "REPORT_OUTCOME"
    COSTS = "COSTS"
    OTHER = "OTHER"


@code_list("onward-use")
class OnwardUse(CodeList):
    """A use beyond the stated purpose, for which consent is asked."""

    EVIDENCE_IN_COURT = "EVIDENCE_IN_COURT"
    OTHER_INVESTIGATION = "OTHER_INVESTIGATION"
    FORWARD_TO_THIRD_STATE = "FORWARD_TO_THIRD_STATE"
    FORWARD_TO_INTERNATIONAL_ORGANISATION = "FORWARD_TO_INTERNATIONAL_ORGANISATION"
    FORWARD_TO_INDUSTRY = "FORWARD_TO_INDUSTRY"
    ADMINISTRATIVE_PROCEDURE = "ADMINISTRATIVE_PROCEDURE"
    PUBLICATION = "PUBLICATION"
    PANEL_OF_EXPERTS = "PANEL_OF_EXPERTS"
    RETENTION_EXTENDED = "RETENTION_EXTENDED"
    OTHER = "OTHER"


@code_list("disclosure-to")
class DisclosureTo(CodeList):
    """To whom information must be disclosed (Firearms Protocol article 12(5))."""

    COURT = "COURT"
    PROSECUTOR = "PROSECUTOR"
    DEFENCE = "DEFENCE"
    PARLIAMENT = "PARLIAMENT"
    OVERSIGHT_BODY = "OVERSIGHT_BODY"
    FREEDOM_OF_INFORMATION = "FREEDOM_OF_INFORMATION"
    DATA_SUBJECT = "DATA_SUBJECT"
    PUBLIC = "PUBLIC"
    OTHER = "OTHER"


@code_list("disclosure-duty")
class DisclosureDuty(CodeList):
    """The duty that compels disclosure."""

    EXCULPATORY = "EXCULPATORY"
    CRIMINAL_PROCEDURE = "CRIMINAL_PROCEDURE"
    COURT_ORDER = "COURT_ORDER"
    STATUTE = "STATUTE"
    DATA_PROTECTION_LAW = "DATA_PROTECTION_LAW"
    OTHER = "OTHER"


@code_list("consent-ground")
class ConsentGround(CodeList):
    """Why consent or conditions are declined."""

    LAW_DOES_NOT_ALLOW = "LAW_DOES_NOT_ALLOW"
    NOT_THE_PURPOSE = "NOT_THE_PURPOSE"
    THIRD_PARTY_NO_CONSENT = "THIRD_PARTY_NO_CONSENT"
    INVESTIGATION_AT_RISK = "INVESTIGATION_AT_RISK"
    SECURITY = "SECURITY"
    CANNOT_BE_MET = "CANNOT_BE_MET"
    LEGAL_HOLD = "LEGAL_HOLD"
    MLA_NEEDED = "MLA_NEEDED"
    OTHER = "OTHER"


@code_list("withdraw-reason")
class WithdrawReason(CodeList):
    """Why a request is withdrawn."""

    SOLVED = "SOLVED"
    CASE_CLOSED = "CASE_CLOSED"
    DUPLICATE = "DUPLICATE"
    SENT_IN_ERROR = "SENT_IN_ERROR"
    ANSWERED_ELSEWHERE = "ANSWERED_ELSEWHERE"
    LEGAL_REASON = "LEGAL_REASON"
    OTHER = "OTHER"


@code_list("correction-reason")
class CorrectionReason(CodeList):
    """Why a message is corrected."""

    TYPING_ERROR = "TYPING_ERROR"
    WRONG_FIREARM = "WRONG_FIREARM"
    WRONG_PERSON = "WRONG_PERSON"
    NEW_FINDING = "NEW_FINDING"
    LEGAL_RECTIFICATION = "LEGAL_RECTIFICATION"
    DATA_SUBJECT_REQUEST = "DATA_SUBJECT_REQUEST"
    HANDLING_CHANGED = "HANDLING_CHANGED"
    NEW_RECORD = "NEW_RECORD"
    OTHER = "OTHER"


@code_list("recall-reason")
class RecallReason(CodeList):
    """Why a message is recalled."""

    WRONG_ADDRESSEE = "WRONG_ADDRESSEE"
    WRONG_CONTENT = "WRONG_CONTENT"
    UNAUTHORISED_RELEASE = "UNAUTHORISED_RELEASE"
    LEGAL_REASON = "LEGAL_REASON"
    SUPERSEDED = "SUPERSEDED"
    OTHER = "OTHER"


@code_list("feedback-outcome")
class FeedbackOutcome(CodeList):
    """What became of the case (closes the loop to the answering State)."""

    DIVERSION_IDENTIFIED = "DIVERSION_IDENTIFIED"
    HOLDER_IDENTIFIED = "HOLDER_IDENTIFIED"
    ARREST = "ARREST"
    PROSECUTION = "PROSECUTION"
    CONVICTION = "CONVICTION"
    ACQUITTAL = "ACQUITTAL"
    NETWORK_IDENTIFIED = "NETWORK_IDENTIFIED"
    FIREARM_RETURNED = "FIREARM_RETURNED"
    FIREARM_DESTROYED = "FIREARM_DESTROYED"
    FOLLOW_ON_REQUEST = "FOLLOW_ON_REQUEST"
    NO_FURTHER_USE = "NO_FURTHER_USE"
    STILL_OPEN = "STILL_OPEN"
    OTHER = "OTHER"


@code_list("usefulness")
class Usefulness(CodeList):
    """How useful the answer was."""

    DECISIVE = "DECISIVE"
    USEFUL = "USEFUL"
    LITTLE_USE = "LITTLE_USE"
    NOT_USED = "NOT_USED"


@code_list("reminder-level")
class ReminderLevel(CodeList):
    """How far reminding has gone."""

    FIRST = "FIRST"
    SECOND = "SECOND"
    ESCALATED = "ESCALATED"
