"""Lists about the firearm itself: what it is, its marks, its state.

Drawn from the Firearms Protocol (articles 3, 8, 9), the International Tracing Instrument
(paragraphs 7-10) and the practice of marks. Primary lists are our own; national lists such as NCIC
are mapped in `tables`, never used as the primary value.
"""

from __future__ import annotations

from tracer.model.codes.base import CodeList, code_list


@code_list("object-kind")
class ObjectKind(CodeList):
    """What a line of a request is about (Firearms Protocol art. 3(a)-(c))."""

    FIREARM = "FIREARM"
    PART = "PART"
    AMMUNITION = "AMMUNITION"
    OTHER = "OTHER"


@code_list("part-kind")
class PartKind(CodeList):
    """A part or component (Firearms Protocol art. 3(b) and commonly marked parts)."""

    FRAME = "FRAME"
    RECEIVER = "RECEIVER"
    UPPER_RECEIVER = "UPPER_RECEIVER"
    LOWER_RECEIVER = "LOWER_RECEIVER"
    BARREL = "BARREL"
    SLIDE = "SLIDE"
    CYLINDER = "CYLINDER"
    BOLT = "BOLT"
    BREECH_BLOCK = "BREECH_BLOCK"
    SILENCER = "SILENCER"
    TRIGGER_GROUP = "TRIGGER_GROUP"
    MAGAZINE = "MAGAZINE"
    CONVERSION_KIT = "CONVERSION_KIT"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


@code_list("firearm-type")
class FirearmType(CodeList):
    """Kind of firearm, part or related object."""

    PISTOL = "PISTOL"
    REVOLVER = "REVOLVER"
    RIFLE = "RIFLE"
    CARBINE = "CARBINE"
    SHOTGUN = "SHOTGUN"
    COMBINATION_GUN = "COMBINATION_GUN"
    SUBMACHINE_GUN = "SUBMACHINE_GUN"
    ASSAULT_RIFLE = "ASSAULT_RIFLE"
    MACHINE_GUN_LIGHT = "MACHINE_GUN_LIGHT"
    MACHINE_GUN_GENERAL = "MACHINE_GUN_GENERAL"
    MACHINE_GUN_HEAVY = "MACHINE_GUN_HEAVY"
    ANTI_MATERIEL_RIFLE = "ANTI_MATERIEL_RIFLE"
    GRENADE_LAUNCHER = "GRENADE_LAUNCHER"
    ROCKET_LAUNCHER = "ROCKET_LAUNCHER"
    RECOILLESS = "RECOILLESS"
    MORTAR = "MORTAR"
    MANPADS = "MANPADS"
    ALARM_OR_SIGNAL = "ALARM_OR_SIGNAL"
    GAS_OR_AIR = "GAS_OR_AIR"
    DISGUISED = "DISGUISED"
    CRAFT_MADE = "CRAFT_MADE"
    FLARE = "FLARE"
    SILENCER = "SILENCER"
    FRAME_RECEIVER = "FRAME_RECEIVER"
    BARREL = "BARREL"
    SLIDE = "SLIDE"
    CYLINDER = "CYLINDER"
    BOLT = "BOLT"
    MAGAZINE = "MAGAZINE"
    AMMUNITION = "AMMUNITION"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


@code_list("action")
class Action(CodeList):
    """How the firearm loads and fires."""

    SINGLE_SHOT = "SINGLE_SHOT"
    BOLT = "BOLT"
    LEVER = "LEVER"
    PUMP = "PUMP"
    SEMI_AUTO = "SEMI_AUTO"
    FULL_AUTO = "FULL_AUTO"
    SELECTIVE = "SELECTIVE"
    REVOLVER_SA = "REVOLVER_SA"
    REVOLVER_DA = "REVOLVER_DA"
    BREAK_SINGLE = "BREAK_SINGLE"
    BREAK_SIDE_BY_SIDE = "BREAK_SIDE_BY_SIDE"
    BREAK_OVER_UNDER = "BREAK_OVER_UNDER"
    MULTI_BARREL = "MULTI_BARREL"
    FLINTLOCK = "FLINTLOCK"
    PERCUSSION = "PERCUSSION"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


@code_list("finish")
class Finish(CodeList):
    """Outer finish of the firearm."""

    BLUED = "BLUED"
    STAINLESS = "STAINLESS"
    NICKEL = "NICKEL"
    CHROME = "CHROME"
    PARKERIZED = "PARKERIZED"
    PAINTED = "PAINTED"
    POLYMER = "POLYMER"
    CAMOUFLAGE = "CAMOUFLAGE"
    GOLD = "GOLD"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


@code_list("mark-kind")
class MarkKind(CodeList):
    """What a mark says (Firearms Protocol art. 8, ITI paragraph 8, practice)."""

    MANUFACTURER = "MANUFACTURER"
    SERIAL = "SERIAL"
    MODEL = "MODEL"
    CALIBRE = "CALIBRE"
    COUNTRY = "COUNTRY"
    YEAR = "YEAR"
    IMPORT = "IMPORT"
    IMPORTER_NAME = "IMPORTER_NAME"
    PROOF = "PROOF"
    INSPECTION = "INSPECTION"
    MILITARY_ACCEPTANCE = "MILITARY_ACCEPTANCE"
    PROPERTY = "PROPERTY"
    STATE_TRANSFER = "STATE_TRANSFER"
    DEACTIVATION = "DEACTIVATION"
    REACTIVATION_OR_CONVERSION = "REACTIVATION_OR_CONVERSION"
    REBUILD = "REBUILD"
    RACK_NUMBER = "RACK_NUMBER"
    ASSEMBLY_NUMBER = "ASSEMBLY_NUMBER"
    PATENT = "PATENT"
    IMPORT_WARNING_TEXT = "IMPORT_WARNING_TEXT"
    ADDED_BY_AUTHORITY = "ADDED_BY_AUTHORITY"
    BARCODE = "BARCODE"
    SYMBOL = "SYMBOL"
    OTHER = "OTHER"


@code_list("mark-location")
class MarkLocation(CodeList):
    """Where on the firearm a mark stands."""

    FRAME = "FRAME"
    RECEIVER = "RECEIVER"
    SLIDE = "SLIDE"
    BARREL = "BARREL"
    CYLINDER = "CYLINDER"
    BOLT = "BOLT"
    TRIGGER_GUARD = "TRIGGER_GUARD"
    BUTT = "BUTT"
    MAGAZINE = "MAGAZINE"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


@code_list("reading-state")
class ReadingState(CodeList):
    """How well one mark can be read."""

    CLEAR = "CLEAR"
    PARTLY_READABLE = "PARTLY_READABLE"
    RESTORED = "RESTORED"
    DOUBTFUL = "DOUBTFUL"
    UNREADABLE = "UNREADABLE"
    ABSENT = "ABSENT"
    NOT_EXAMINED = "NOT_EXAMINED"


@code_list("mark-condition")
class MarkCondition(CodeList):
    """State of the marks of the firearm as a whole."""

    INTACT = "INTACT"
    PARTLY_OBLITERATED = "PARTLY_OBLITERATED"
    FULLY_OBLITERATED = "FULLY_OBLITERATED"
    ALTERED = "ALTERED"
    OVERSTAMPED = "OVERSTAMPED"
    NEVER_MARKED = "NEVER_MARKED"
    CORRODED = "CORRODED"
    UNKNOWN = "UNKNOWN"


@code_list("restoration")
class Restoration(CodeList):
    """How far the restoration of obliterated marks has come."""

    NOT_TRIED = "NOT_TRIED"
    IN_PROGRESS = "IN_PROGRESS"
    RESTORED_FULL = "RESTORED_FULL"
    RESTORED_PARTIAL = "RESTORED_PARTIAL"
    FAILED = "FAILED"


@code_list("restoration-method")
class RestorationMethod(CodeList):
    """How obliterated marks were restored."""

    POLISHING = "POLISHING"
    CHEMICAL_ETCHING = "CHEMICAL_ETCHING"
    ELECTROLYTIC = "ELECTROLYTIC"
    MAGNETIC_PARTICLE = "MAGNETIC_PARTICLE"
    ULTRASONIC = "ULTRASONIC"
    HEAT = "HEAT"
    XRAY = "XRAY"
    MICROSCOPY = "MICROSCOPY"
    OTHER = "OTHER"


@code_list("condition-flag")
class ConditionFlag(CodeList):
    """What was found about the firearm as an object."""

    CONVERTED_FROM_BLANK = "CONVERTED_FROM_BLANK"
    CONVERTED_FROM_ALARM = "CONVERTED_FROM_ALARM"
    CONVERTED_FROM_GAS = "CONVERTED_FROM_GAS"
    READILY_CONVERTIBLE = "READILY_CONVERTIBLE"
    DEACTIVATED = "DEACTIVATED"
    REACTIVATED = "REACTIVATED"
    PRIVATELY_MADE = "PRIVATELY_MADE"
    PRINTED_3D = "PRINTED_3D"
    MIXED_COMPONENTS = "MIXED_COMPONENTS"
    FUNCTION_TESTED_WORKS = "FUNCTION_TESTED_WORKS"
    FUNCTION_TESTED_FAILS = "FUNCTION_TESTED_FAILS"
    ANTIQUE_CLAIMED = "ANTIQUE_CLAIMED"
    MODIFIED_TO_AUTOMATIC = "MODIFIED_TO_AUTOMATIC"
    SHORTENED = "SHORTENED"
    THREADED_BARREL = "THREADED_BARREL"
    OTHER = "OTHER"
