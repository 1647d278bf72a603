"""Lists about the case: recovery, persons, registers searched, other systems, attachments."""

from __future__ import annotations

from tracer.model.codes.base import CodeList, code_list


@code_list("recovery-mode")
class RecoveryMode(CodeList):
    """How the firearm came into the hands of the authority."""

    SEIZED = "SEIZED"
    FOUND = "FOUND"
    SURRENDERED = "SURRENDERED"
    INTERCEPTED_AT_BORDER = "INTERCEPTED_AT_BORDER"
    CONTROLLED_DELIVERY = "CONTROLLED_DELIVERY"
    CONTROLLED_PURCHASE = "CONTROLLED_PURCHASE"
    OTHER = "OTHER"


@code_list("found-with")
class FoundWith(CodeList):
    """What was recovered together with the firearm."""

    AMMUNITION = "AMMUNITION"
    OTHER_FIREARMS = "OTHER_FIREARMS"
    PARTS = "PARTS"
    EXPLOSIVES = "EXPLOSIVES"
    DRUGS = "DRUGS"
    CASH = "CASH"
    DOCUMENTS = "DOCUMENTS"
    STOLEN_GOODS = "STOLEN_GOODS"
    WILDLIFE_PRODUCTS = "WILDLIFE_PRODUCTS"
    TOOLS = "TOOLS"
    OTHER = "OTHER"


@code_list("transport-mode")
class TransportMode(CodeList):
    """How the firearm was being moved."""

    ROAD = "ROAD"
    RAIL = "RAIL"
    SEA = "SEA"
    AIR = "AIR"
    POST = "POST"
    PARCEL = "PARCEL"
    ON_FOOT = "ON_FOOT"
    INLAND_WATER = "INLAND_WATER"
    NONE = "NONE"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


@code_list("concealment")
class Concealment(CodeList):
    """How the firearm was hidden."""

    NONE = "NONE"
    ON_PERSON = "ON_PERSON"
    IN_VEHICLE = "IN_VEHICLE"
    IN_LUGGAGE = "IN_LUGGAGE"
    IN_CARGO = "IN_CARGO"
    IN_PARCEL = "IN_PARCEL"
    IN_BUILDING = "IN_BUILDING"
    BURIED = "BURIED"
    DISMANTLED = "DISMANTLED"
    DISGUISED = "DISGUISED"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


@code_list("person-role")
class PersonRole(CodeList):
    """What a person has to do with the firearm."""

    POSSESSOR = "POSSESSOR"
    SUSPECT = "SUSPECT"
    OWNER_CLAIMED = "OWNER_CLAIMED"
    ASSOCIATE = "ASSOCIATE"
    VICTIM_OF_THEFT = "VICTIM_OF_THEFT"
    COMPANY = "COMPANY"
    LAST_HOLDER = "LAST_HOLDER"
    BUYER = "BUYER"
    SELLER = "SELLER"
    OTHER = "OTHER"


@code_list("sex")
class Sex(CodeList):
    """Sex as entered in the identity document (ISO/IEC 5218 in words)."""

    NOT_KNOWN = "NOT_KNOWN"
    MALE = "MALE"
    FEMALE = "FEMALE"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@code_list("identity-document")
class IdentityDocument(CodeList):
    """Kind of identity or company document."""

    PASSPORT = "PASSPORT"
    NATIONAL_IDENTITY_CARD = "NATIONAL_IDENTITY_CARD"
    DRIVING_LICENCE = "DRIVING_LICENCE"
    RESIDENCE_PERMIT = "RESIDENCE_PERMIT"
    FIREARM_LICENCE = "FIREARM_LICENCE"
    TAX_NUMBER = "TAX_NUMBER"
    COMPANY_REGISTER = "COMPANY_REGISTER"
    OTHER = "OTHER"


@code_list("lawful-basis")
class LawfulBasis(CodeList):
    """Why personal data of this person may be sent."""

    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"
    PUBLIC_TASK = "PUBLIC_TASK"
    CRIMINAL_INVESTIGATION = "CRIMINAL_INVESTIGATION"
    JUDICIAL_AUTHORISATION = "JUDICIAL_AUTHORISATION"
    VITAL_INTEREST = "VITAL_INTEREST"
    CONSENT = "CONSENT"
    OTHER = "OTHER"


@code_list("register-kind")
class RegisterKind(CodeList):
    """A kind of register that can be searched."""

    MANUFACTURE = "MANUFACTURE"
    IMPORT = "IMPORT"
    EXPORT = "EXPORT"
    DEALER = "DEALER"
    CIVILIAN_HOLDERS = "CIVILIAN_HOLDERS"
    LOST_STOLEN = "LOST_STOLEN"
    STATE_STOCK = "STATE_STOCK"
    MILITARY_STOCK = "MILITARY_STOCK"
    POLICE_STOCK = "POLICE_STOCK"
    SEIZED = "SEIZED"
    DEACTIVATED = "DEACTIVATED"
    DESTROYED = "DESTROYED"
    PROOF_HOUSE = "PROOF_HOUSE"
    BALLISTIC = "BALLISTIC"
    INTERPOL_IARMS = "INTERPOL_IARMS"
    PAPER_ARCHIVE = "PAPER_ARCHIVE"
    CLOSED_BUSINESS = "CLOSED_BUSINESS"
    MANUFACTURER_OWN = "MANUFACTURER_OWN"
    OTHER = "OTHER"


@code_list("check-result")
class CheckResult(CodeList):
    """What a search of a register gave."""

    HIT = "HIT"
    NO_HIT = "NO_HIT"
    POSSIBLE_HIT = "POSSIBLE_HIT"
    NOT_CHECKED = "NOT_CHECKED"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    PENDING = "PENDING"


@code_list("reference-scheme")
class ReferenceScheme(CodeList):
    """Another system in which the case or the firearm has a number."""

    INTERPOL_IARMS = "INTERPOL_IARMS"
    ETRACE = "ETRACE"
    SIENA = "SIENA"
    SIS = "SIS"
    IBIN = "IBIN"
    NIBIN = "NIBIN"
    IFRT = "IFRT"
    UN = "UN"
    NCIC = "NCIC"
    MLA = "MLA"
    NATIONAL = "NATIONAL"
    COURT = "COURT"
    PANEL_OF_EXPERTS = "PANEL_OF_EXPERTS"
    TRACER = "TRACER"
    OTHER = "OTHER"


@code_list("attachment-kind")
class AttachmentKind(CodeList):
    """What an attachment shows."""

    PHOTO_LEFT_SIDE = "PHOTO_LEFT_SIDE"
    PHOTO_RIGHT_SIDE = "PHOTO_RIGHT_SIDE"
    PHOTO_MARK = "PHOTO_MARK"
    PHOTO_WITH_RULER = "PHOTO_WITH_RULER"
    PHOTO_OTHER = "PHOTO_OTHER"
    LABORATORY_REPORT = "LABORATORY_REPORT"
    LICENCE = "LICENCE"
    CERTIFICATE = "CERTIFICATE"
    REGISTER_EXTRACT = "REGISTER_EXTRACT"
    COURT_ORDER = "COURT_ORDER"
    ORIGINAL_DOCUMENT = "ORIGINAL_DOCUMENT"
    TRANSLATION = "TRANSLATION"
    OTHER = "OTHER"


@code_list("date-precision")
class DatePrecision(CodeList):
    """How exactly a date is known."""

    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"
    UNKNOWN = "UNKNOWN"
