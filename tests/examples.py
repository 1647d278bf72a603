"""One realistic message of every type, all of one invented case.

States XA, XB and XC do not exist; persons, firms and numbers are invented and every message is
marked as a test. `EXAMPLES` maps the wire name of a type to its example.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.example_parts import (
    ANSWER,
    BARREL,
    OFFICER_XA,
    OFFICER_XB,
    PARTIES,
    PISTOL,
    SEARCHED,
    digest,
)
from tracer.canonical import b64url
from tracer.model import codes as c
from tracer.model import messages as m
from tracer.model.attachments import Attachment, AttachmentKey
from tracer.model.chain import (
    LineAnswer,
    OnwardHint,
)
from tracer.model.codes import code
from tracer.model.firearm import ExternalReference
from tracer.model.values import (
    DomesticWork,
    Handling,
    Investigation,
    LegalBasis,
    Narrative,
    Note,
    Officer,
    Person,
    PersonDocument,
    Place,
    Recovery,
    RegisterSearch,
    Requester,
    Route,
    ThreadLink,
    Urgency,
)

OPENER = "XA-NPOC"
OTHER = "XB-NPOC"
THREAD = digest("thread")
TERMS = digest("terms of XB-NPOC")

PHOTO = Attachment(
    n=1,
    media_type="image/jpeg",
    size=183_204,
    digest=digest("photo"),
    cipher_size=183_252,
    cipher_digest=digest("photo, encrypted"),
    kind=code(c.AttachmentKind.PHOTO_MARK),
    caption="Serial on the frame, left side",
)
PHOTO_KEY = AttachmentKey(key=digest("key of the photo"), prefix=b64url(bytes(range(7))))


def _common(sender: str, seed: str, day: int, officer: Officer) -> dict[str, Any]:
    return {
        "sender": sender,
        "recipient": OTHER if sender == OPENER else OPENER,
        "issued": f"2026-03-{day:02d}T09:30:00.000Z",
        "nonce": b64url(hashlib.sha256(seed.encode()).digest()[:16]),
        "handling": Handling(
            code=code(c.HandlingCode.H1), limits=(code(c.HandlingLimit.PURPOSE_ONLY),)
        ),
        "language": "en",
        "test": True,
        "officer": officer,
    }


def opening(seed: str = "request") -> dict[str, Any]:
    """Fields that every opening message of XA to XB needs."""
    return _common(OPENER, seed, 1, OFFICER_XA)


def by_opener(seed: str, *, follows: tuple[str, ...] = (THREAD,), day: int = 5) -> dict[str, Any]:
    """Fields that every later message of the opener XA needs."""
    return _common(OPENER, seed, day, OFFICER_XA) | {"thread": THREAD, "follows": follows}


def by_other(seed: str, *, follows: tuple[str, ...] = (THREAD,), day: int = 3) -> dict[str, Any]:
    """Fields that every message of the other side XB needs."""
    return _common(OTHER, seed, day, OFFICER_XB) | {"thread": THREAD, "follows": follows}


def note(about: str, text: str) -> tuple[Note, ...]:
    """Free text about one place of a message."""
    return (Note(about=about, text=text, language="en"),)


REQUEST = m.Request(
    **opening(),
    terms=TERMS,
    reference="XA-2026-000017",
    kind=code(c.RequestKind.TRACE),
    requester=Requester(
        authority="Imagined City Police", function="Criminal investigation", case_number="K 14/26"
    ),
    urgency=Urgency(
        level=code(c.UrgencyLevel.PRIORITY), reason=code(c.UrgencyReason.DETENTION_DECISION)
    ),
    legal_basis=LegalBasis(
        instruments=(code(c.Instrument.FIREARMS_PROTOCOL), code(c.Instrument.ITI)),
        illicit=(code(c.IllicitBasis.UNDER_NATIONAL_LAW),),
        national_article="Weapons Act s. 12",
    ),
    firearms=(PISTOL, BARREL),
    recoveries=(
        Recovery(
            mode=code(c.RecoveryMode.SEIZED),
            date="2026-02-24",
            country="XA",
            quantity=3,
            found_with=(code(c.FoundWith.AMMUNITION), code(c.FoundWith.DRUGS)),
            concealment=code(c.Concealment.IN_VEHICLE),
            transport=code(c.TransportMode.ROAD),
            route=Route(origin="XC", destination="XA"),
        ),
    ),
    investigation=Investigation(
        offences=(code(c.Offence.FP_TRAFFICKING), code(c.Offence.ICCS_0601)),
        stage=code(c.Stage.INVESTIGATION),
        organised_crime=True,
    ),
    intended_use=(code(c.IntendedUse.LOCATE_DIVERSION), code(c.IntendedUse.PROSECUTION_LEAD)),
    asked=(code(c.Asked.FIRST_SHIPMENT), code(c.Asked.CHAIN_OF_SALE)),
    domestic_work=DomesticWork(
        searches=(
            RegisterSearch(
                register=code(c.RegisterKind.CIVILIAN_HOLDERS),
                result=code(c.CheckResult.NO_HIT),
                date="2026-02-26",
            ),
            RegisterSearch(
                register=code(c.RegisterKind.LOST_STOLEN),
                result=code(c.CheckResult.NO_HIT),
                date="2026-02-26",
            ),
        )
    ),
    also_sent_to=("XC",),
    references=(
        ExternalReference(scheme=code(c.ReferenceScheme.INTERPOL_IARMS), value="TEST-0001"),
    ),
    standing_until="2028-03-01",
    attachments=(PHOTO,),
    persons=(
        Person(
            role=code(c.PersonRole.POSSESSOR),
            lawful_basis=code(c.LawfulBasis.CRIMINAL_INVESTIGATION),
            family_name="Nobody",
            given_names="Invented",
            birth_date="1980",
            nationalities=("XA",),
            documents=(
                PersonDocument(
                    kind=code(c.IdentityDocument.PASSPORT), number="TEST0000", country="XA"
                ),
            ),
            lines=(1,),
        ),
    ),
    place=Place(area="Northern Province", locality="Imagined City", latitude=0, longitude=0),
    narrative=Narrative(
        summary="Three pistols in a hidden compartment of a lorry.",
        circumstances="Found at a road check.\nThe driver named nobody.",
        language="en",
    ),
    attachment_keys={"1": PHOTO_KEY},
)

_ALL: tuple[m.AnyMessage, ...] = (
    REQUEST,
    m.SpontaneousInformation(
        **opening("spontaneous"),
        reference="XA-2026-000018",
        firearms=(BARREL,),
        answers=(LineAnswer(line=2, outcomes=(code(c.ResultCode.REPORTED_STOLEN),)),),
        links=(ThreadLink(reference="XA-2026-000017", authority="XC-NPOC"),),
        narrative=Narrative(summary="The barrel may belong to a pistol of yours.", language="en"),
    ),
    m.Amend(
        **by_opener("amend"),
        about=digest("more-info"),
        firearms=(PISTOL,),
        dropped=(2,),
        free_text=note("firearms/1/marks/1", "The fifth character has been restored as 8."),
    ),
    m.Withdraw(**by_opener("withdraw"), lines=(2,), reason=code(c.WithdrawReason.SOLVED)),
    m.Reminder(
        **by_opener("reminder"),
        about=THREAD,
        level=code(c.ReminderLevel.FIRST),
        due="2026-03-29",
    ),
    m.ProgressEnquiry(**by_opener("progress"), lines=(1,)),
    m.ClarifyGround(
        **by_opener("clarify", follows=tuple(sorted((THREAD, digest("refused"))))),
        about=digest("refused"),
        grounds=(code(c.Ground.ITI_NO_GUARANTEE),),
        free_text=note("grounds/1", "Which guarantee is missing?"),
    ),
    m.Feedback(
        **by_opener("feedback"),
        outcomes=(code(c.FeedbackOutcome.DIVERSION_IDENTIFIED),),
        lines=(m.LineFeedback(line=1, outcomes=(code(c.FeedbackOutcome.FOLLOW_ON_REQUEST),)),),
        usefulness=code(c.Usefulness.DECISIVE),
    ),
    m.Acknowledgement(
        **by_other("ack"),
        received="2026-03-01T09:30:00.412Z",
        local_reference="XB/26/0311",
        unit="Tracing unit",
        terms=TERMS,
        first_answer_by="2026-03-04T09:30:00.412Z",
        final_answer_by="2026-03-31T09:30:00.412Z",
        expected="2026-03-12",
        languages=("fr", "en"),
    ),
    m.MoreInfo(
        **by_other("more-info"),
        lines=(1,),
        questions=(
            m.Question(
                n=1,
                line=1,
                field="firearms/1/marks/1/text",
                helpful=code(c.HelpfulData.SERIAL_RESTORATION),
                formats=(code(c.AnswerFormat.PHOTO), code(c.AnswerFormat.TEXT)),
            ),
        ),
        lapses="2026-04-14",
        free_text=note("questions/1", "Can the fifth character of the serial be restored?"),
    ),
    m.Interim(
        **by_other("interim"),
        answers=(LineAnswer(line=1, outcomes=(code(c.ResultCode.MANUFACTURE_ONLY),)),),
        lines=(1,),
        open=(code(c.Asked.FIRST_SHIPMENT),),
        next_by="2026-03-20",
    ),
    m.Result(
        **by_other("result"),
        answers=(ANSWER,),
        searched=SEARCHED,
        chain_parties=PARTIES,
        narrative=Narrative(summary="Exported in one lot of forty.", language="en"),
    ),
    m.NoRecord(
        **by_other("no-record"),
        lines=(2,),
        reasons=(code(c.NoRecordReason.RECORDS_LOST_OR_DESTROYED),),
        searched=SEARCHED,
        onward=(OnwardHint(country="XC", reason=code(c.OnwardReason.LAST_IMPORT_THERE)),),
        standing_until="2028-03-01",
    ),
    m.Unidentifiable(
        **by_other("unidentifiable"),
        lines=(2,),
        reasons=(code(c.NoRecordReason.MAKE_UNKNOWN),),
        helpful=(code(c.HelpfulData.PROOF_MARKS), code(c.HelpfulData.PHOTO_ALL_SIDES)),
    ),
    m.Delayed(
        **by_other("delayed"),
        review="2026-06-01",
        grounds=(code(c.Ground.UNTOC_POSTPONED),),
        lines=(1,),
        free_text=note("grounds/1", "A search in the same matter is being prepared."),
    ),
    m.Restricted(
        **by_other("restricted"),
        withheld=(code(c.WithheldCategory.PERSONAL_DATA),),
        grounds=(code(c.Ground.ITI_CONFIDENTIALITY_LAW),),
        free_text=note("grounds/1", "Names of holders need a judge's order."),
    ),
    m.Refused(
        **by_other("refused"),
        grounds=(code(c.Ground.ITI_NO_GUARANTEE),),
        lines=(1,),
        alternative=code(c.Alternative.MLA_REQUEST),
        free_text=note("grounds/1", "The use in open court is not excluded."),
    ),
    m.ConditionsProposed(
        **by_other("conditions"),
        conditions=(
            m.ConditionOffered(n=1, kind=code(c.ConditionKind.NO_EVIDENCE_WITHOUT_MLA)),
            m.ConditionOffered(n=2, kind=code(c.ConditionKind.DELETE_BY_DATE), until="2027-03-01"),
        ),
    ),
    m.ConditionsAccepted(**by_opener("accepted"), about=digest("conditions")),
    m.ConditionsDeclined(
        **by_opener("declined"),
        about=digest("conditions"),
        declined=(2,),
        grounds=(code(c.ConsentGround.LAW_DOES_NOT_ALLOW),),
    ),
    m.Referral(
        **by_other("referral"),
        country="XC",
        authority="XC-NPOC",
        authority_name="National point of contact of XC",
        reason=code(c.OnwardReason.EXPORTED_THERE),
        lines=(1,),
    ),
    m.DisclosureNotice(
        **by_opener("disclosure"),
        about=(digest("result"),),
        to=code(c.DisclosureTo.DEFENCE),
        duty=code(c.DisclosureDuty.EXCULPATORY),
        on="2026-05-04",
    ),
    m.Correction(
        **by_other("correction"),
        about=digest("result"),
        reason=code(c.CorrectionReason.WRONG_PERSON),
        changed=("chain_parties/2/name",),
        erase=("chain_parties", "attachment_key.1"),
        chain_parties=PARTIES,
    ),
    m.Recall(
        **by_other("recall"), about=digest("result"), reason=code(c.RecallReason.WRONG_CONTENT)
    ),
    m.ConsentAsked(
        **by_opener("consent-asked"),
        about=(digest("result"),),
        uses=(code(c.OnwardUse.FORWARD_TO_THIRD_STATE),),
        countries=("XC",),
        lines=(1,),
    ),
    m.ConsentGiven(
        **by_other("consent-given"),
        about=digest("consent-asked"),
        uses=(code(c.OnwardUse.FORWARD_TO_THIRD_STATE),),
        conditions=(m.ConditionOffered(n=1, kind=code(c.ConditionKind.NO_PUBLICATION)),),
        until="2027",
    ),
    m.ConsentDeclined(
        **by_other("consent-declined"),
        about=digest("consent-asked"),
        grounds=(code(c.ConsentGround.INVESTIGATION_AT_RISK),),
    ),
    m.GroundClarified(
        **by_other("ground-clarified"),
        about=digest("clarify"),
        grounds=(code(c.Ground.ITI_NO_GUARANTEE),),
        free_text=note("grounds/1", "A written statement under ITI paragraph 15 is missing."),
    ),
)

EXAMPLES: Mapping[str, m.AnyMessage] = MappingProxyType({m.type_of(item): item for item in _ALL})

__all__ = ["EXAMPLES", "PISTOL", "REQUEST", "THREAD"]
