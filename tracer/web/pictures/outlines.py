"""The drawings: line art of our own, and where on each the marks stand.

A drawing is seen from the left side, muzzle to the left, in a box of 480 by 240; each part is a
path of its own with a tone (`body`, `light`, `grip`, `line`), in the order of painting. A place is
the middle of the spot where a mark of that location usually stands, and how wide the spot is.

The drawings show a kind, not a make. They were drawn for this page, after no picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from tracer.model.codes import FirearmType, MarkLocation, ObjectKind, PartKind
from tracer.model.firearm import Firearm

WIDTH: Final = 480
HEIGHT: Final = 240


class Stroke(NamedTuple):
    """One path and its tone."""

    tone: str
    d: str


class Place(NamedTuple):
    """Where marks of a location stand: the middle, and the width over which several are spread."""

    x: float
    y: float
    span: float = 40


class Outline(NamedTuple):
    """A drawing: its name for tests, its strokes, its places, how far to the right it goes."""

    name: str
    strokes: tuple[Stroke, ...]
    places: Mapping[MarkLocation, Place]
    right: float = 472


_L = MarkLocation

PISTOL: Final = Outline(
    "pistol",
    (
        Stroke("dark", "M84 64h12v16h-12z"),
        Stroke(
            "body",
            "M104 92H372C378 98 384 102 397 104C400 110 394 115 387 116C390 126 398 152 409"
            " 181C411 187 408 190 402 191L347 196C341 196 338 194 336 188L316 116H120C110 116 104"
            " 110 104 102Z",
        ),
        Stroke(
            "grip",
            "M329 122H378C384 142 391 161 398 180C399 183 398 184 395 184L352 188C349 188 347"
            " 187 346 184Z",
        ),
        Stroke("line", "M338 136H384M342 150H388M346 164H393M350 178H398"),
        Stroke("dark", "M338 197L410 191L412 199L340 205Z"),
        Stroke(
            "light",
            "M98 52H352C362 52 367 56 368 64L373 92H96C92 92 90 90 90 86V60C90 55 93 52 98 52Z",
        ),
        Stroke("dark", "M214 56H262V70H214Z"),
        Stroke(
            "line",
            "M318 58L322 86M327 58L331 86M336 58L340 86M345 58L349 86M354 60L358 86M90 84H370",
        ),
        Stroke("dark", "M104 52V45H112L117 52ZM338 52V44H353V52Z"),
        Stroke("body", "M369 72L384 62C390 61 393 65 390 70L376 90Z"),
        Stroke("wire", "M250 116C247 134 250 152 267 154H302C313 154 319 148 323 140"),
        Stroke("thin", "M286 116C286 128 285 138 276 145"),
        Stroke("thin", "M292 99H326L322 106H290ZM342 98a5 5 0 1 0 .1 0M136 100H228V108H136Z"),
    ),
    {
        _L.FRAME: Place(182, 104, 76),
        _L.RECEIVER: Place(262, 104, 34),
        _L.SLIDE: Place(158, 70, 90),
        _L.BARREL: Place(238, 63, 34),
        _L.BOLT: Place(294, 70, 24),
        _L.TRIGGER_GUARD: Place(272, 154, 22),
        _L.BUTT: Place(368, 154, 30),
        _L.MAGAZINE: Place(376, 198, 44),
    },
    right=414,
)

REVOLVER: Final = Outline(
    "revolver",
    (
        Stroke("light", "M70 62H226V87H70C67 87 66 85 66 82V67C66 64 67 62 70 62Z"),
        Stroke("body", "M112 87H226V101H126C118 101 112 96 112 87Z"),
        Stroke("dark", "M78 62L90 48H98L104 62Z"),
        Stroke(
            "body",
            "M218 54H316C332 56 344 66 350 80C354 92 362 98 374 102L352 130C344 127 336 125 330"
            " 127H256C238 127 226 118 222 104H218Z",
        ),
        Stroke(
            "light",
            "M236 62H300C305 62 308 66 308 71V107C308 112 305 116 300 116H236C232 116 230 113 230"
            " 109V69C230 65 232 62 236 62Z",
        ),
        Stroke(
            "thin",
            "M236 74H272C278 74 278 82 272 82H236M236 96H272C278 96 278 104 272 104H236M298 62V116",
        ),
        Stroke("body", "M346 74L362 52C368 46 377 50 373 57L361 86Z"),
        Stroke(
            "grip",
            "M350 116C362 110 370 100 378 106C394 126 406 153 415 184C417 194 411 198 403 199L367"
            " 202C359 202 355 198 353 190C347 166 340 146 332 128C340 126 346 122 350 116Z",
        ),
        Stroke("line", "M352 132L386 128M356 148L394 142M360 164L402 158M364 180L408 174"),
        Stroke("wire", "M256 127C254 148 262 160 280 160H306C322 160 332 148 334 130"),
        Stroke("thin", "M298 128C299 138 296 147 288 152"),
        Stroke("thin", "M330 108a4 4 0 1 0 .1 0M216 60V88"),
    ),
    {
        _L.FRAME: Place(330, 92, 20),
        _L.RECEIVER: Place(244, 121, 30),
        _L.BARREL: Place(146, 74, 90),
        _L.CYLINDER: Place(287, 88, 16),
        _L.TRIGGER_GUARD: Place(292, 160, 22),
        _L.BUTT: Place(384, 168, 26),
    },
    right=418,
)

RIFLE: Final = Outline(
    "rifle",
    (
        Stroke("light", "M12 85L170 82L250 78V94L170 92L12 91Z"),
        Stroke("dark", "M18 85V75H25L28 85ZM206 80L216 72H224V79Z"),
        Stroke(
            "grip",
            "M118 92H332C342 95 348 101 358 107L462 93C468 93 471 96 471 102V146"
            "C471 152 466 154 460"
            " 153L374 129C362 126 352 128 342 133C332 136 325 126 318 119H232L128 104"
            "C120 102 116 98 118 92Z",
        ),
        Stroke("body", "M246 76H320C330 78 334 84 338 94H246Z"),
        Stroke("dark", "M262 80H298V88H262Z"),
        Stroke("body", "M302 70H334C338 70 338 78 334 78H302Z"),
        Stroke("thin", "M318 78C320 92 324 100 327 106"),
        Stroke("dark", "M328 106a6 6 0 1 0 .1 0"),
        Stroke("body", "M234 119H270V127H242Z"),
        Stroke("wire", "M272 119C272 134 281 139 293 139C305 139 313 133 315 120"),
        Stroke("thin", "M294 119C294 127 292 131 288 134"),
        Stroke("line", "M464 94V153M140 99L226 112"),
    ),
    {
        _L.BARREL: Place(96, 88, 110),
        _L.RECEIVER: Place(274, 85, 36),
        _L.FRAME: Place(316, 87, 14),
        _L.BOLT: Place(322, 74, 12),
        _L.TRIGGER_GUARD: Place(293, 139, 18),
        _L.BUTT: Place(424, 122, 40),
        _L.MAGAZINE: Place(254, 123, 16),
    },
)

AUTOMATIC: Final = Outline(
    "automatic rifle",
    (
        Stroke("light", "M30 92H170V100H30Z"),
        Stroke("dark", "M10 88H36V104H10Z"),
        Stroke("body", "M66 80H110V87H66ZM52 92V68H60L66 92Z"),
        Stroke("grip", "M98 78H190V113H106C100 113 98 110 98 105Z"),
        Stroke("line", "M112 88H126M136 88H150M160 88H174M112 102H126M136 102H150M160 102H174"),
        Stroke(
            "body",
            "M206 112H248C248 141 242 166 228 189C225 193 221 193 216 190L194 180"
            "C190 178 189 175 191"
            " 171C201 153 206 134 206 112Z",
        ),
        Stroke("line", "M212 128L246 131M208 146L243 152M202 164L236 174"),
        Stroke("light", "M190 76H328C336 78 340 84 340 92V117H190Z"),
        Stroke("line", "M190 92H340"),
        Stroke("dark", "M168 78L178 68H196V78ZM246 82H292V89H246Z"),
        Stroke(
            "grip",
            "M298 117H324C328 137 334 153 340 169C342 177 338 180 332 180H316"
            "C310 180 308 176 307 169"
            "C306 151 302 135 298 117Z",
        ),
        Stroke("wire", "M254 117C254 136 262 141 274 141H290C296 141 300 137 301 131"),
        Stroke("thin", "M280 117C281 127 279 133 274 137M306 100L324 106"),
        Stroke(
            "grip",
            "M340 88L456 96C464 97 469 101 469 109V150C469 156 465 159 458 157L444 154L354 117"
            "H340Z",
        ),
        Stroke("line", "M460 98V157"),
    ),
    {
        _L.BARREL: Place(76, 96, 30),
        _L.RECEIVER: Place(222, 104, 44),
        _L.FRAME: Place(282, 104, 30),
        _L.BOLT: Place(269, 85, 30),
        _L.TRIGGER_GUARD: Place(270, 141, 20),
        _L.BUTT: Place(424, 126, 40),
        _L.MAGAZINE: Place(222, 162, 16),
    },
)

SHOTGUN: Final = Outline(
    "shotgun",
    (
        Stroke("light", "M10 76H268V88H10Z"),
        Stroke("body", "M30 91H262V101H30Z"),
        Stroke("dark", "M14 76a3 3 0 0 1 6 0Z"),
        Stroke("grip", "M130 88H214V109H140C133 109 130 105 130 99Z"),
        Stroke("line", "M142 92V105M154 92V106M166 92V106M178 92V106M190 92V106M202 92V106"),
        Stroke("light", "M262 73H338C349 77 354 87 360 98V108C354 115 345 119 336 119H262Z"),
        Stroke("dark", "M288 79H324V90H288Z"),
        Stroke("wire", "M284 119C284 136 294 141 306 141C318 141 327 133 329 120"),
        Stroke("thin", "M308 119C308 128 306 133 301 136"),
        Stroke(
            "grip",
            "M352 82C366 97 372 103 385 103L464 93C469 93 472 96 472 102V150"
            "C472 155 468 157 462 155"
            "L392 131C376 127 366 125 354 114C360 108 360 98 352 82Z",
        ),
        Stroke("line", "M464 93V155"),
    ),
    {
        _L.BARREL: Place(70, 82, 90),
        _L.RECEIVER: Place(288, 104, 36),
        _L.FRAME: Place(334, 106, 24),
        _L.BOLT: Place(306, 85, 26),
        _L.TRIGGER_GUARD: Place(306, 141, 18),
        _L.BUTT: Place(436, 122, 36),
        _L.MAGAZINE: Place(80, 96, 60),
    },
)

SUBMACHINE: Final = Outline(
    "submachine gun",
    (
        Stroke("light", "M56 82H124V92H56Z"),
        Stroke("body", "M104 76H124V98H104ZM128 72V60H136L140 72Z"),
        Stroke("grip", "M124 72H206V110H134C127 110 124 106 124 100Z"),
        Stroke("line", "M138 100H196M138 92H196"),
        Stroke(
            "body",
            "M198 108H232C232 140 226 168 215 193C213 197 210 198 206 196L188 189"
            "C185 188 184 185 185 182"
            "C195 158 198 134 198 108Z",
        ),
        Stroke("light", "M206 70H342C347 70 350 73 350 78V110H206Z"),
        Stroke("line", "M206 92H350"),
        Stroke("dark", "M240 76H286V84H240ZM318 70V62H330V70Z"),
        Stroke(
            "grip",
            "M292 110H322C325 132 332 152 338 173C339 179 336 182 330 182H315"
            "C308 182 306 178 305 170"
            "C304 148 299 128 292 110Z",
        ),
        Stroke("wire", "M240 110C241 131 248 138 260 138H284C293 138 298 130 299 122"),
        Stroke("thin", "M272 110C273 122 271 128 266 133M308 98L322 104"),
        Stroke("body", "M350 76H436V84H350ZM350 98L434 140L431 147L350 107Z"),
        Stroke("grip", "M436 70H447C450 70 451 72 451 75V152C451 155 450 157 447 157H436Z"),
    ),
    {
        _L.BARREL: Place(84, 87, 34),
        _L.RECEIVER: Place(228, 101, 34),
        _L.FRAME: Place(290, 101, 40),
        _L.BOLT: Place(263, 80, 30),
        _L.TRIGGER_GUARD: Place(266, 138, 20),
        _L.BUTT: Place(443, 114, 6),
        _L.MAGAZINE: Place(212, 160, 16),
    },
)

OTHER: Final = Outline(
    "firearm of another kind",
    (
        Stroke("plan", "M40 88H196V106H40Z"),
        Stroke("plan", "M196 74H326V122H196Z"),
        Stroke("plan", "M326 84L444 92V146L430 150L346 122H326Z"),
        Stroke("plan", "M212 122H250L240 186H206Z"),
        Stroke("plan", "M292 122H322L334 178H304Z"),
        Stroke("plan", "M254 122V140H288V122"),
        Stroke("plan", "M232 82H292V94H232Z"),
    ),
    {
        _L.FRAME: Place(296, 108, 34),
        _L.RECEIVER: Place(226, 108, 34),
        _L.SLIDE: Place(214, 88, 8),
        _L.BARREL: Place(110, 97, 90),
        _L.CYLINDER: Place(306, 84, 8),
        _L.BOLT: Place(262, 88, 34),
        _L.TRIGGER_GUARD: Place(271, 140, 20),
        _L.BUTT: Place(410, 120, 36),
        _L.MAGAZINE: Place(228, 158, 16),
    },
)
"""Places only: used where the kind is not known or has no drawing."""


def _part(name: str, place: Place, *strokes: Stroke, of: tuple[MarkLocation, ...]) -> Outline:
    return Outline(name, strokes, dict.fromkeys(of, place))


_PARTS: Final[Mapping[PartKind, Outline]] = {
    PartKind.FRAME: _part(
        "frame",
        Place(200, 104, 120),
        *(PISTOL.strokes[n] for n in (1, 2, 3, 10, 11, 12)),
        of=(_L.FRAME, _L.RECEIVER),
    )._replace(
        places={
            place: PISTOL.places[place]
            for place in (_L.FRAME, _L.RECEIVER, _L.TRIGGER_GUARD, _L.BUTT)
        }
    ),
    PartKind.RECEIVER: _part(
        "receiver",
        Place(240, 116, 120),
        Stroke("light", "M130 84H330C342 88 348 96 348 108V152H130Z"),
        Stroke("dark", "M210 94H280V106H210Z"),
        Stroke("line", "M130 112H348"),
        Stroke("thin", "M152 132a5 5 0 1 0 .1 0M326 132a5 5 0 1 0 .1 0M130 90H112V146H130"),
        of=(_L.RECEIVER, _L.FRAME),
    ),
    PartKind.BARREL: _part(
        "barrel",
        Place(240, 115, 240),
        Stroke("light", "M60 104L380 98V132L60 126Z"),
        Stroke("body", "M380 92H424V138H380Z"),
        Stroke("dark", "M52 108H60V122H52Z"),
        Stroke("thin", "M392 92V138M412 92V138"),
        of=(_L.BARREL,),
    ),
    PartKind.SLIDE: _part(
        "slide",
        Place(180, 116, 120),
        *(
            Stroke("light" if n == 0 else "dark" if n == 1 else "line", d)
            for n, d in enumerate(
                (
                    (
                        "M98 90H352C362 90 367 94 368 102L373 138H96C92 138 90 136 90 132V98"
                        "C90 93 93 90 98 90Z"
                    ),
                    "M214 94H262V110H214ZM104 90V83H112L117 90ZM338 90V82H353V90Z",
                    (
                        "M318 96L322 130M327 96L331 130M336 96L340 130M345 96L349 130M354 98"
                        "L358 130M90 128H370"
                    ),
                )
            )
        ),
        of=(_L.SLIDE,),
    ),
    PartKind.CYLINDER: _part(
        "cylinder",
        Place(300, 115, 40),
        Stroke(
            "light",
            "M160 66H316C325 66 330 72 330 80V150C330 158 325 164 316 164H160"
            "C153 164 148 159 148 152V78"
            "C148 71 153 66 160 66Z",
        ),
        Stroke(
            "line",
            "M160 86H246C258 86 258 102 246 102H160M160 128H246C258 128 258 144 246 144H160"
            "M312 66V164",
        ),
        of=(_L.CYLINDER,),
    ),
    PartKind.BOLT: _part(
        "bolt",
        Place(230, 112, 120),
        Stroke("light", "M110 98H340V126H110Z"),
        Stroke("body", "M96 102H110V122H96ZM340 94H376V130H340Z"),
        Stroke("wire", "M322 126C324 146 330 160 336 172"),
        Stroke("dark", "M338 172a9 9 0 1 0 .1 0"),
        Stroke("line", "M128 98V126M146 98V126"),
        of=(_L.BOLT,),
    ),
    PartKind.MAGAZINE: _part(
        "magazine",
        Place(240, 116, 50),
        Stroke("body", "M196 44H284L300 176H212Z"),
        Stroke("dark", "M206 176H306V190H208Z"),
        Stroke("light", "M200 44C206 30 276 30 282 44Z"),
        Stroke("line", "M212 70H280M216 100H284M220 130H288"),
        of=(_L.MAGAZINE,),
    ),
    PartKind.SILENCER: _part(
        "silencer",
        Place(240, 115, 160),
        Stroke(
            "light",
            "M110 88H360C366 88 370 92 370 98V132C370 138 366 142 360 142H110"
            "C104 142 100 138 100 132V98"
            "C100 92 104 88 110 88Z",
        ),
        Stroke("line", "M130 88V142M340 88V142"),
        Stroke("dark", "M370 104H390V126H370Z"),
        of=(_L.BARREL,),
    ),
}
AMMUNITION: Final = _part(
    "ammunition",
    Place(286, 115, 60),
    Stroke("body", "M100 115C112 98 140 92 176 92V138C140 138 112 132 100 115Z"),
    Stroke("light", "M176 90L206 84H352V146H206L176 140Z"),
    Stroke("dark", "M358 82H374V148H358Z"),
    Stroke("line", "M352 88V142M206 84V146"),
    of=(_L.BUTT,),
)
_SAME_PART: Final = {
    PartKind.UPPER_RECEIVER: PartKind.RECEIVER,
    PartKind.LOWER_RECEIVER: PartKind.RECEIVER,
    PartKind.BREECH_BLOCK: PartKind.BOLT,
}
_TYPES: Final[Mapping[FirearmType, Outline]] = {
    FirearmType.PISTOL: PISTOL,
    FirearmType.ALARM_OR_SIGNAL: PISTOL,
    FirearmType.REVOLVER: REVOLVER,
    FirearmType.RIFLE: RIFLE,
    FirearmType.CARBINE: RIFLE,
    FirearmType.ANTI_MATERIEL_RIFLE: RIFLE,
    FirearmType.ASSAULT_RIFLE: AUTOMATIC,
    FirearmType.MACHINE_GUN_LIGHT: AUTOMATIC,
    FirearmType.MACHINE_GUN_GENERAL: AUTOMATIC,
    FirearmType.MACHINE_GUN_HEAVY: AUTOMATIC,
    FirearmType.SHOTGUN: SHOTGUN,
    FirearmType.COMBINATION_GUN: SHOTGUN,
    FirearmType.SUBMACHINE_GUN: SUBMACHINE,
    FirearmType.SILENCER: _PARTS[PartKind.SILENCER],
    FirearmType.FRAME_RECEIVER: _PARTS[PartKind.RECEIVER],
    FirearmType.BARREL: _PARTS[PartKind.BARREL],
    FirearmType.SLIDE: _PARTS[PartKind.SLIDE],
    FirearmType.CYLINDER: _PARTS[PartKind.CYLINDER],
    FirearmType.BOLT: _PARTS[PartKind.BOLT],
    FirearmType.MAGAZINE: _PARTS[PartKind.MAGAZINE],
    FirearmType.AMMUNITION: AMMUNITION,
}
OUTLINES: Final = (
    PISTOL,
    REVOLVER,
    RIFLE,
    AUTOMATIC,
    SHOTGUN,
    SUBMACHINE,
    OTHER,
    *_PARTS.values(),
    AMMUNITION,
)
"""Every drawing there is."""


def outline_of(firearm: Firearm) -> Outline:
    """The drawing for a line of a request: the part's, else the type's, else places only."""
    if firearm.object and firearm.object.is_(ObjectKind.AMMUNITION):
        return AMMUNITION
    part = firearm.part.known() if firearm.part else None
    if isinstance(part, PartKind) and firearm.object and firearm.object.is_(ObjectKind.PART):
        return _PARTS.get(_SAME_PART.get(part, part), OTHER)
    kind = firearm.type.known() if firearm.type else None
    return _TYPES.get(kind, OTHER) if isinstance(kind, FirearmType) else OTHER
