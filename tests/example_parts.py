"""What the example messages are made of: firearms, persons, a chain, an answer, a photo."""

from __future__ import annotations

import hashlib

from tracer.canonical import b64url
from tracer.model import codes as c
from tracer.model.chain import (
    ChainDocument,
    ChainEvent,
    ChainParty,
    Difference,
    Licence,
    LineAnswer,
    Match,
    OnwardHint,
)
from tracer.model.codes import code
from tracer.model.firearm import Condition, Firearm, Mark, Named
from tracer.model.values import (
    Officer,
    RegisterSearch,
)


def digest(seed: str) -> str:
    """A stand-in for a message id or digest, the same for the same seed."""
    return b64url(hashlib.sha256(seed.encode()).digest())


PISTOL = Firearm(
    line=1,
    object=code(c.ObjectKind.FIREARM),
    type=code(c.FirearmType.PISTOL),
    action=code(c.Action.SEMI_AUTO),
    make=Named(as_marked="VOSTOK ARMS", normalised="VOSTOK ARMS"),
    model=Named(as_marked="VP-9", normalised="VP9"),
    calibre=Named(as_marked="9x19", normalised="9X19"),
    country_of_manufacture="XB",
    year_of_manufacture=2014,
    barrel_mm=112,
    capacity=15,
    finish=code(c.Finish.BLUED),
    marks=(
        Mark(
            kind=code(c.MarkKind.SERIAL),
            location=code(c.MarkLocation.FRAME),
            text="ЯБ 4?17",
            script="Cyrl",
            normalised="ЯБ4?17",
            reading=code(c.ReadingState.PARTLY_READABLE),
            unreadable=(5,),
            identity=True,
            photos=(1,),
        ),
        Mark(
            kind=code(c.MarkKind.IMPORT),
            location=code(c.MarkLocation.BARREL),
            text="XC 15",
            reading=code(c.ReadingState.CLEAR),
            country="XC",
            year=2015,
        ),
    ),
    condition=Condition(
        state=code(c.MarkCondition.PARTLY_OBLITERATED),
        restoration=code(c.Restoration.RESTORED_PARTIAL),
        method=code(c.RestorationMethod.CHEMICAL_ETCHING),
        flags=(code(c.ConditionFlag.FUNCTION_TESTED_WORKS),),
    ),
    photos=(1,),
)

BARREL = Firearm(
    line=2,
    object=code(c.ObjectKind.PART),
    part=code(c.PartKind.BARREL),
    type=code(c.FirearmType.BARREL),
    marks=(
        Mark(
            kind=code(c.MarkKind.SERIAL),
            location=code(c.MarkLocation.BARREL),
            text="K 20931",
            reading=code(c.ReadingState.CLEAR),
        ),
    ),
    condition=Condition(state=code(c.MarkCondition.INTACT)),
)

CHAIN = (
    ChainEvent(
        n=1,
        kind=code(c.ChainEventKind.MANUFACTURED),
        date="2014-05",
        country="XB",
        to_party=1,
        register=code(c.RegisterKind.MANUFACTURE),
        confidence=code(c.Confidence.CONFIRMED),
    ),
    ChainEvent(
        n=2,
        kind=code(c.ChainEventKind.EXPORTED),
        date="2015-02-11",
        country="XB",
        from_party=1,
        to_party=2,
        document=ChainDocument(
            kind=code(c.DocumentKind.EXPORT_LICENCE), number="XB/E/0042/15", issued="2015-01-20"
        ),
        licence=Licence(
            number="XB/E/0042/15",
            issued="2015-01-20",
            expires="2016-01-19",
            issued_in="XB",
            export_country="XB",
            import_country="XC",
            final_recipient=2,
            quantity=40,
            description="Pistols VP-9",
        ),
        confidence=code(c.Confidence.CONFIRMED),
    ),
)

PARTIES = (
    ChainParty(
        n=1,
        kind=code(c.ChainPartyKind.MANUFACTURER),
        name="Vostok Arms (invented)",
        country="XB",
        address="1 Example Street, Imagined Town",
    ),
    ChainParty(
        n=2,
        kind=code(c.ChainPartyKind.IMPORTER),
        name="Nowhere Trading (invented)",
        country="XC",
    ),
)

SEARCHED = (
    RegisterSearch(
        register=code(c.RegisterKind.MANUFACTURE),
        from_year=1990,
        to_year=2025,
        result=code(c.CheckResult.HIT),
        date="2026-03-03",
    ),
    RegisterSearch(
        register=code(c.RegisterKind.PAPER_ARCHIVE),
        name="Ledgers of the closed plant",
        from_year=1961,
        to_year=1989,
        result=code(c.CheckResult.NOT_AVAILABLE),
    ),
)

ANSWER = LineAnswer(
    line=1,
    outcomes=(code(c.ResultCode.EXPORTED_TO),),
    chain=CHAIN,
    confidence=code(c.Confidence.PROBABLE),
    matches=(
        Match(
            n=1,
            serial="ЯБ 4817",
            make=Named(normalised="VOSTOK ARMS"),
            year=2014,
            agrees=(code(c.MatchField.MAKE), code(c.MatchField.CALIBRE)),
            differs=(
                Difference(field=code(c.MatchField.SERIAL), asked="ЯБ 4?17", recorded="ЯБ 4817"),
            ),
            confidence=code(c.Confidence.PROBABLE),
        ),
    ),
    searched=SEARCHED,
    onward=(OnwardHint(country="XC", reason=code(c.OnwardReason.EXPORTED_THERE)),),
)

OFFICER_XA = Officer(
    name="Officer One (invented)",
    role="Desk officer",
    mail="desk@npoc.xa.example",
    languages=("en",),
)
OFFICER_XB = Officer(
    name="Officer Two (invented)", role="Tracing unit", phone="+000 0000", languages=("fr", "en")
)
