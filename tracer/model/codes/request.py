"""Lists about what is asked: law, purpose, urgency, handling.

Drawn from the International Tracing Instrument (paragraphs 6, 15-17), the Organized Crime
Convention (article 18) and its Firearms Protocol, and the handling codes in police use.
"""

from __future__ import annotations

from tracer.model.codes.base import CodeList, code_list


@code_list("request-kind")
class RequestKind(CodeList):
    """What an opening message asks for as a whole."""

    TRACE = "TRACE"
    VERIFY_RECORD = "VERIFY_RECORD"
    LOST_STOLEN_CHECK = "LOST_STOLEN_CHECK"
    SPONTANEOUS_INFO = "SPONTANEOUS_INFO"


@code_list("offence")
class Offence(CodeList):
    """Offences: ICCS version 1.0 codes and the offences of Firearms Protocol article 5."""

    FP_MANUFACTURE = "FP-5-MANUFACTURE"
    FP_TRAFFICKING = "FP-5-TRAFFICKING"
    FP_MARKS = "FP-5-MARKS"
    ICCS_0101 = "0101"
    ICCS_0201 = "0201"
    ICCS_0401 = "0401"
    ICCS_0501 = "0501"
    ICCS_0502 = "0502"
    ICCS_0601 = "0601"
    ICCS_0702 = "0702"
    ICCS_0703 = "0703"
    ICCS_0704 = "0704"
    ICCS_08042 = "08042"
    ICCS_0901 = "0901"
    ICCS_09011 = "09011"
    ICCS_090111 = "090111"
    ICCS_09012 = "09012"
    ICCS_090121 = "090121"
    ICCS_090122 = "090122"
    ICCS_090123 = "090123"
    ICCS_090129 = "090129"
    ICCS_0905 = "0905"
    ICCS_0906 = "0906"
    OTHER = "OTHER"


@code_list("stage")
class Stage(CodeList):
    """How far the domestic procedure has come."""

    INTELLIGENCE = "INTELLIGENCE"
    INVESTIGATION = "INVESTIGATION"
    PROSECUTION = "PROSECUTION"
    TRIAL = "TRIAL"
    DISPOSAL = "DISPOSAL"


@code_list("urgency-level")
class UrgencyLevel(CodeList):
    """How soon an answer is needed. FLASH means that life is at risk."""

    FLASH = "FLASH"
    URGENT = "URGENT"
    PRIORITY = "PRIORITY"
    ROUTINE = "ROUTINE"


@code_list("urgency-reason")
class UrgencyReason(CodeList):
    """Why a level above ROUTINE is asked for."""

    LIFE_AT_RISK = "LIFE_AT_RISK"
    PUBLIC_SECURITY = "PUBLIC_SECURITY"
    DETENTION_DECISION = "DETENTION_DECISION"
    INFORMATION_LOSES_RELEVANCE = "INFORMATION_LOSES_RELEVANCE"
    COURT_DATE = "COURT_DATE"
    SERIES_OF_OFFENCES = "SERIES_OF_OFFENCES"
    CONTROLLED_DELIVERY = "CONTROLLED_DELIVERY"
    OTHER = "OTHER"


@code_list("instrument")
class Instrument(CodeList):
    """The instrument a request rests on."""

    UNTOC = "UNTOC"
    FIREARMS_PROTOCOL = "FIREARMS_PROTOCOL"
    ITI = "ITI"
    POA = "POA"
    ATT = "ATT"
    EU_2023_977 = "EU_2023_977"
    EU_2021_555 = "EU_2021_555"
    ECOWAS_CONVENTION = "ECOWAS_CONVENTION"
    NAIROBI_PROTOCOL = "NAIROBI_PROTOCOL"
    KINSHASA_CONVENTION = "KINSHASA_CONVENTION"
    SADC_PROTOCOL = "SADC_PROTOCOL"
    CIFTA = "CIFTA"
    BILATERAL_TREATY = "BILATERAL_TREATY"
    POLICE_COOPERATION = "POLICE_COOPERATION"
    RECIPROCITY = "RECIPROCITY"
    NATIONAL_LAW = "NATIONAL_LAW"
    SECURITY_COUNCIL_RESOLUTION = "SECURITY_COUNCIL_RESOLUTION"
    OTHER = "OTHER"


@code_list("illicit-basis")
class IllicitBasis(CodeList):
    """Why the firearm is considered illicit: the letters of ITI paragraph 6."""

    UNDER_NATIONAL_LAW = "ITI-6-A"
    EMBARGO = "ITI-6-B"
    NOT_MARKED = "ITI-6-C"
    MADE_WITHOUT_LICENCE = "ITI-6-D"
    TRANSFERRED_WITHOUT_LICENCE = "ITI-6-E"


@code_list("intended-use")
class IntendedUse(CodeList):
    """What the information is wanted for (ITI paragraph 17(c))."""

    LOCATE_DIVERSION = "LOCATE_DIVERSION"
    IDENTIFY_LAST_HOLDER = "IDENTIFY_LAST_HOLDER"
    PROSECUTION_LEAD = "PROSECUTION_LEAD"
    EVIDENCE_VIA_MLA = "EVIDENCE_VIA_MLA"
    TRAFFICKING_ANALYSIS = "TRAFFICKING_ANALYSIS"
    RETURN_TO_OWNER = "RETURN_TO_OWNER"
    STATISTICS = "STATISTICS"
    EMBARGO_MONITORING = "EMBARGO_MONITORING"


@code_list("asked")
class Asked(CodeList):
    """What the requested State is asked to look for."""

    CONFIRM_MANUFACTURE = "CONFIRM_MANUFACTURE"
    FIRST_SHIPMENT = "FIRST_SHIPMENT"
    EXPORT_LICENCE = "EXPORT_LICENCE"
    IMPORT_RECORD = "IMPORT_RECORD"
    CHAIN_OF_SALE = "CHAIN_OF_SALE"
    LAST_HOLDER = "LAST_HOLDER"
    LOST_STOLEN_STATUS = "LOST_STOLEN_STATUS"
    STATE_STOCK_STATUS = "STATE_STOCK_STATUS"
    DEACTIVATION_RECORD = "DEACTIVATION_RECORD"
    DESTRUCTION_RECORD = "DESTRUCTION_RECORD"
    CONFIRM_IDENTIFICATION = "CONFIRM_IDENTIFICATION"
    OTHER_SIMILAR_RECOVERIES = "OTHER_SIMILAR_RECOVERIES"


@code_list("handling-code")
class HandlingCode(CodeList):
    """What a recipient may do with the content; strictest last."""

    H0 = "H0"
    H1 = "H1"
    H2 = "H2"
    H3 = "H3"


@code_list("handling-limit")
class HandlingLimit(CodeList):
    """Limits of one message in addition to its handling code."""

    ONLY_AUTHORITIES_NAMED = "ONLY_AUTHORITIES_NAMED"
    NO_THIRD_STATE = "NO_THIRD_STATE"
    NO_INDUSTRY = "NO_INDUSTRY"
    DELETE_BY = "DELETE_BY"
    PURPOSE_ONLY = "PURPOSE_ONLY"
    SECRET_REQUEST = "SECRET_REQUEST"  # noqa: S105 (a limit, not a password)
    COMMERCIAL_PROPRIETARY = "COMMERCIAL_PROPRIETARY"


@code_list("source-grade")
class SourceGrade(CodeList):
    """How reliable the source of intelligence is."""

    A = "A"
    B = "B"
    C = "C"
    X = "X"


@code_list("information-grade")
class InformationGrade(CodeList):
    """How reliable a piece of intelligence is."""

    TRUE = "1"
    KNOWN_TO_SOURCE = "2"
    CORROBORATED = "3"
    NOT_ASSESSABLE = "4"


@code_list("language")
class Language(CodeList):
    """The six official languages of the United Nations (ISO 639-1)."""

    AR = "ar"
    EN = "en"
    ES = "es"
    FR = "fr"
    RU = "ru"
    ZH = "zh"
