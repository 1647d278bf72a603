"""English labels of coded values. Labels in other languages are made from these elsewhere.

A label is the value in words, unless the table says it better: abbreviations, code numbers, and
values whose meaning is not plain from the word.
"""

from __future__ import annotations

from tracer.model.codes.base import Code, CodeList

_LABELS: dict[str, dict[str, str]] = {
    "action": {
        "BOLT": "Bolt action",
        "LEVER": "Lever action",
        "PUMP": "Pump action",
        "SEMI_AUTO": "Semi-automatic",
        "FULL_AUTO": "Fully automatic",
        "SELECTIVE": "Selective fire",
        "REVOLVER_SA": "Revolver, single action",
        "REVOLVER_DA": "Revolver, double action",
        "BREAK_SINGLE": "Break action, one barrel",
        "BREAK_SIDE_BY_SIDE": "Break action, side by side",
        "BREAK_OVER_UNDER": "Break action, over and under",
        "MULTI_BARREL": "More than two barrels",
    },
    "firearm-type": {
        "SUBMACHINE_GUN": "Submachine gun or machine pistol",
        "MACHINE_GUN_LIGHT": "Light machine gun",
        "MACHINE_GUN_GENERAL": "General purpose machine gun",
        "MACHINE_GUN_HEAVY": "Heavy machine gun",
        "ANTI_MATERIEL_RIFLE": "Anti-materiel rifle",
        "RECOILLESS": "Recoilless weapon",
        "MANPADS": "Man-portable air defence system",
        "ALARM_OR_SIGNAL": "Alarm or signal weapon",
        "GAS_OR_AIR": "Gas or air weapon",
        "DISGUISED": "Disguised firearm",
        "CRAFT_MADE": "Craft-made firearm",
        "FLARE": "Flare launcher",
        "FRAME_RECEIVER": "Frame or receiver",
    },
    "condition-flag": {
        "PRINTED_3D": "Three-dimensionally printed",
        "FUNCTION_TESTED_WORKS": "Function tested: works",
        "FUNCTION_TESTED_FAILS": "Function tested: does not work",
        "CONVERTED_FROM_BLANK": "Converted from a blank-firing weapon",
        "CONVERTED_FROM_ALARM": "Converted from an alarm weapon",
        "CONVERTED_FROM_GAS": "Converted from a gas weapon",
        "MIXED_COMPONENTS": "Put together from several firearms",
    },
    "restoration-method": {
        "XRAY": "X-ray",
    },
    "illicit-basis": {
        "ITI-6-A": "Illicit under the law of the State where found (ITI 6(a))",
        "ITI-6-B": "Transferred against an arms embargo (ITI 6(b))",
        "ITI-6-C": "Not marked as the Instrument provides (ITI 6(c))",
        "ITI-6-D": "Made or assembled without licence (ITI 6(d))",
        "ITI-6-E": "Transferred without licence (ITI 6(e))",
    },
    "instrument": {
        "UNTOC": "Convention against Transnational Organized Crime",
        "FIREARMS_PROTOCOL": "Firearms Protocol to the Convention",
        "ITI": "International Tracing Instrument",
        "POA": "Programme of Action on small arms",
        "ATT": "Arms Trade Treaty",
        "EU_2023_977": "Directive (EU) 2023/977",
        "EU_2021_555": "Directive (EU) 2021/555",
        "ECOWAS_CONVENTION": "ECOWAS Convention on small arms",
        "SADC_PROTOCOL": "SADC Protocol on firearms",
        "CIFTA": "Inter-American Convention (CIFTA)",
        "SECURITY_COUNCIL_RESOLUTION": "Resolution of the Security Council",
    },
    "intended-use": {
        "LOCATE_DIVERSION": "Find the point of diversion",
        "EVIDENCE_VIA_MLA": "Evidence, by a later request for legal assistance",
        "PROSECUTION_LEAD": "Lead for an investigation or prosecution",
        "RETURN_TO_OWNER": "Return to the lawful owner",
    },
    "handling-code": {
        "H0": "H0: to prevent and combat crime only",
        "H1": "H1: not in court without the provider's permission",
        "H2": "H2: not to be passed on without the provider's permission",
        "H3": "H3: other restrictions, as stated",
    },
    "source-grade": {
        "A": "A: no doubt about the source",
        "B": "B: mostly reliable",
        "C": "C: mostly unreliable",
        "X": "X: cannot be judged",
    },
    "information-grade": {
        "1": "1: known to be true",
        "2": "2: known personally to the source",
        "3": "3: corroborated by other information",
        "4": "4: cannot be judged",
    },
    "urgency-level": {
        "FLASH": "Life at risk",
        "URGENT": "Urgent",
        "PRIORITY": "Priority",
        "ROUTINE": "Routine",
    },
    "offence": {
        "FP-5-MANUFACTURE": "Illicit manufacture of firearms (Protocol art. 5)",
        "FP-5-TRAFFICKING": "Illicit trafficking in firearms (Protocol art. 5)",
        "FP-5-MARKS": "Falsifying, obliterating, removing or altering marks (Protocol art. 5)",
        "0101": "Intentional homicide (ICCS 0101)",
        "0201": "Assault and threats (ICCS 0201)",
        "0401": "Robbery (ICCS 0401)",
        "0501": "Burglary (ICCS 0501)",
        "0502": "Theft (ICCS 0502)",
        "0601": "Acts involving controlled drugs (ICCS 0601)",
        "0702": "Forgery or counterfeiting (ICCS 0702)",
        "0703": "Corruption (ICCS 0703)",
        "0704": "Acts involving the proceeds of crime (ICCS 0704)",
        "08042": "Import or export offences (ICCS 08042)",
        "0901": "Acts involving weapons, explosives and other materials (ICCS 0901)",
        "09011": "Possession or use of weapons and explosives (ICCS 09011)",
        "090111": "Unlawful possession or use of firearms (ICCS 090111)",
        "09012": "Trafficking of weapons and explosives (ICCS 09012)",
        "090121": "Trafficking of firearms (ICCS 090121)",
        "090122": "Trafficking of other weapons or explosives (ICCS 090122)",
        "090123": "Trafficking of chemical, biological, radioactive material (ICCS 090123)",
        "090129": "Other trafficking of weapons (ICCS 090129)",
        "0905": "Acts related to an organised criminal group (ICCS 0905)",
        "0906": "Terrorism (ICCS 0906)",
    },
    "ground": {
        "ITI-22-INVESTIGATION": "Would compromise an ongoing investigation (ITI 22)",
        "ITI-22-CONFIDENTIALITY-LAW": "Law on confidential information (ITI 22)",
        "ITI-22-NO-GUARANTEE": "Confidentiality cannot be guaranteed (ITI 22)",
        "ITI-22-NATIONAL-SECURITY": "National security (ITI 22)",
        "UNTOC-18-21-A": "Not in conformity with the article (Convention 18(21)(a))",
        "UNTOC-18-21-B": "Sovereignty, security or essential interests (Convention 18(21)(b))",
        "UNTOC-18-21-C": "Domestic law would forbid it (Convention 18(21)(c))",
        "UNTOC-18-21-D": "Contrary to the legal system (Convention 18(21)(d))",
        "UNTOC-18-25": "Interferes with an ongoing investigation (Convention 18(25))",
        "FP-4-2": "Transfer between States, national security (Protocol 4(2))",
        "EU-2023-977-6-A": "Information not held (EU 2023/977 art. 6(a))",
        "EU-2023-977-6-B": "Request incomplete (EU 2023/977 art. 6(b))",
        "EU-2023-977-6-C": "Judicial authorisation not given (EU 2023/977 art. 6(c))",
        "EU-2023-977-6-D": "Personal data of another category (EU 2023/977 art. 6(d))",
        "EU-2023-977-6-E": "Information inaccurate or out of date (EU 2023/977 art. 6(e))",
        "EU-2023-977-6-F-I": "National security (EU 2023/977 art. 6(f)(i))",
        "EU-2023-977-6-F-II": "Ongoing investigation or safety of a person (EU 2023/977 6(f)(ii))",
        "EU-2023-977-6-F-III": "Interests of a legal person (EU 2023/977 art. 6(f)(iii))",
        "EU-2023-977-6-G-I": "Minor offence (EU 2023/977 art. 6(g)(i))",
        "EU-2023-977-6-G-II": "Not an offence here (EU 2023/977 art. 6(g)(ii))",
        "EU-2023-977-6-H": "No consent of the State it came from (EU 2023/977 art. 6(h))",
    },
    "reference-scheme": {
        "INTERPOL_IARMS": "INTERPOL iARMS",
        "ETRACE": "eTrace trace number",
        "SIENA": "SIENA message number",
        "SIS": "Schengen Information System",
        "IBIN": "INTERPOL ballistic network (IBIN)",
        "NIBIN": "National ballistic network (NIBIN)",
        "IFRT": "INTERPOL Firearms Reference Table",
        "UN": "United Nations",
        "NCIC": "NCIC",
        "MLA": "Request for mutual legal assistance",
        "NATIONAL": "National file number",
        "COURT": "Court or prosecutor's file number",
        "PANEL_OF_EXPERTS": "Panel of experts of the Security Council",
        "TRACER": "Another thread of this exchange",
    },
    "language": {
        "ar": "Arabic",
        "en": "English",
        "es": "Spanish",
        "fr": "French",
        "ru": "Russian",
        "zh": "Chinese",
    },
    "register-kind": {
        "INTERPOL_IARMS": "INTERPOL iARMS",
        "MANUFACTURER_OWN": "Maker's own books",
        "LOST_STOLEN": "Lost or stolen",
    },
    "alternative": {
        "MLA_REQUEST": "Request for mutual legal assistance",
    },
    "consent-ground": {
        "MLA_NEEDED": "A request for mutual legal assistance is needed",
        "NOT_THE_PURPOSE": "Not the purpose it was given for",
        "THIRD_PARTY_NO_CONSENT": "A third party does not consent",
    },
    "condition-kind": {
        "NO_EVIDENCE_WITHOUT_MLA": "No evidence without a request for legal assistance",
        "USE_ONLY_STATED_PURPOSE": "Use for the stated purpose only",
        "NO_THIRD_STATE": "Not to a third State",
        "NO_INDUSTRY": "Not to industry",
        "DELETE_BY_DATE": "Delete by a date",
        "REPORT_OUTCOME": "Report the outcome",
    },
    "asked": {
        "LOST_STOLEN_STATUS": "Whether it is lost or stolen",
        "STATE_STOCK_STATUS": "Whether it is State stock",
    },
    "attachment-kind": {
        "PHOTO_LEFT_SIDE": "Photo of the left side",
        "PHOTO_RIGHT_SIDE": "Photo of the right side",
        "PHOTO_MARK": "Photo of a mark",
        "PHOTO_WITH_RULER": "Photo with a ruler",
        "PHOTO_OTHER": "Another photo",
    },
    "destruction-method": {
        "DEEP_SEA": "Sunk in the deep sea",
    },
    "feedback-outcome": {
        "FOLLOW_ON_REQUEST": "A follow-on request",
    },
    "handling-limit": {
        "ONLY_AUTHORITIES_NAMED": "Only the authorities named",
        "NO_THIRD_STATE": "Not to a third State",
        "NO_INDUSTRY": "Not to industry",
        "DELETE_BY": "Delete by a date",
        "PURPOSE_ONLY": "For the stated purpose only",
        "SECRET_REQUEST": "The request is secret",
        "COMMERCIAL_PROPRIETARY": "Commercial secrets",
    },
    "helpful-data": {
        "PHOTO_ALL_SIDES": "Photos of all sides",
        "EXAMINATION_BY_EXPERT": "Examination by an expert",
    },
    "no-record-reason": {
        "SERIAL_INVALID_FOR_MAKE": "Serial not possible for this make",
        "SERIAL_DUPLICATE_IN_RECORDS": "Serial stands in the records more than once",
        "IMPORTER_MISSING": "No importer named",
        "MODEL_CALIBRE_MISMATCH": "Model and calibre do not go together",
        "TOO_OLD_NO_RECORDS": "Too old: no records",
        "BUSINESS_CLOSED_NO_RECORDS": "The business is closed: no records",
        "NEVER_IN_COUNTRY": "Never in this country",
        "MILITARY_STOCK_SEPARATE_RECORDS": "Military stock: separate records",
        "LAPSED_NO_INFO": "Lapsed without the information",
    },
    "person-role": {
        "OWNER_CLAIMED": "Says it is theirs",
    },
    "recovery-mode": {
        "INTERCEPTED_AT_BORDER": "Intercepted at the border",
    },
    "request-kind": {
        "LOST_STOLEN_CHECK": "Check whether it is lost or stolen",
        "VERIFY_RECORD": "Verify a record",
        "SPONTANEOUS_INFO": "Spontaneous information",
    },
    "restoration": {
        "RESTORED_FULL": "Restored in full",
        "RESTORED_PARTIAL": "Restored in part",
    },
    "result-code": {
        "DEACTIVATED_RECORD": "Recorded as deactivated",
        "DESTROYED_RECORD": "Recorded as destroyed",
    },
    "withheld-category": {
        "THIRD_STATE_DATA": "Data of a third State",
    },
}


def label(value: Code | CodeList) -> str:
    """The English label of a value; of an unknown one the writer's own words, else the value."""
    if isinstance(value, Code):
        member = value.known()
        return value.text or value.value if member is None else label(member)
    plain = value.value.replace("_", " ").capitalize()
    return _LABELS.get(value.LIST, {}).get(value.value, plain)
