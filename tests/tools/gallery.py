"""Every picture on one page, to be looked at: `python -m tests.tools.gallery FOLDER`.

Writes a page and, where Chromium is there, its picture: light and dark, left to right and right to
left, wide and 320 pixels.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import msgspec

from tracer.model.chain import ChainEvent
from tracer.model.codes import (
    ChainEventKind,
    CodeList,
    FirearmType,
    MarkKind,
    MarkLocation,
    ObjectKind,
    ReadingState,
    code,
)
from tracer.model.firearm import Firearm, Mark
from tracer.model.tables import country_name
from tracer.web.pictures import (
    Bar,
    Deadline,
    Part,
    Pause,
    Picture,
    Sent,
    Square,
    Tone,
    Words,
    bars,
    chain,
    chain_map,
    deadlines,
    firearm,
    matrix,
    sparkline,
    thread,
)
from tracer.web.pictures import __file__ as pictures

HERE = Path(pictures).parent
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
TYPES = (
    FirearmType.PISTOL,
    FirearmType.REVOLVER,
    FirearmType.RIFLE,
    FirearmType.ASSAULT_RIFLE,
    FirearmType.SHOTGUN,
    FirearmType.SUBMACHINE_GUN,
    FirearmType.UNKNOWN,
    FirearmType.SLIDE,
    FirearmType.FRAME_RECEIVER,
    FirearmType.BARREL,
    FirearmType.CYLINDER,
    FirearmType.BOLT,
    FirearmType.MAGAZINE,
    FirearmType.SILENCER,
    FirearmType.AMMUNITION,
)
ARABIC = {
    "Today": "اليوم",
    "Show as a table": "عرض كجدول",
    "Where the marks stand": "مواضع العلامات",
}


def marks() -> tuple[Mark, ...]:
    """Marks of every sort: clear, damaged, doubtful, symbols, places that are not known."""
    return (
        Mark(
            kind=code(MarkKind.SERIAL),
            location=code(MarkLocation.FRAME),
            text="AB?12[8B]",
            reading=code(ReadingState.PARTLY_READABLE),
            identity=True,
        ),
        Mark(
            kind=code(MarkKind.MANUFACTURER),
            location=code(MarkLocation.SLIDE),
            text="ARMS WORKS",
            reading=code(ReadingState.CLEAR),
            country="AT",
        ),
        Mark(
            kind=code(MarkKind.IMPORT),
            location=code(MarkLocation.BARREL),
            text="DE 19",
            reading=code(ReadingState.CLEAR),
            country="DE",
            year=2019,
        ),
        Mark(
            kind=code(MarkKind.PROOF),
            location=code(MarkLocation.BARREL),
            symbol="crown over N",
            reading=code(ReadingState.DOUBTFUL),
        ),
        Mark(
            kind=code(MarkKind.SERIAL),
            location=code(MarkLocation.RECEIVER),
            text="A4471",
            reading=code(ReadingState.RESTORED),
            confidence=(99, 60, 95, 95, 40),
        ),
        Mark(kind=code(MarkKind.RACK_NUMBER), location=code(MarkLocation.BUTT), text="17"),
        Mark(kind=code(MarkKind.ASSEMBLY_NUMBER), location=code(MarkLocation.MAGAZINE), text="3"),
        Mark(kind=code(MarkKind.INSPECTION), location=code(MarkLocation.TRIGGER_GUARD), text="K"),
        Mark(kind=code(MarkKind.MODEL), location=code(MarkLocation.CYLINDER), text="M 10"),
        Mark(kind=code(MarkKind.OTHER), location=code(MarkLocation.UNKNOWN), text="<b>x</b>"),
        Mark(kind=code(MarkKind.COUNTRY), location=code(MarkLocation.BOLT), text="ITALY"),
    )


def way() -> tuple[ChainEvent, ...]:
    """A chain over four States with a gap and a theft."""
    given: tuple[tuple[ChainEventKind, str, str], ...] = (
        (ChainEventKind.MANUFACTURED, "AT", "2003"),
        (ChainEventKind.EXPORTED, "AT", "2004-02-11"),
        (ChainEventKind.IMPORTED, "DE", "2004-03"),
        (ChainEventKind.RETAIL_SALE, "DE", "2004-09-30"),
        (ChainEventKind.STOLEN, "DE", "2011-05-02"),
        (ChainEventKind.RECOVERED_EARLIER, "RS", "2019"),
        (ChainEventKind.SEIZED, "MT", "2026-01-17"),
    )
    return tuple(
        ChainEvent(n=n, kind=code(kind), country=country, date=date)
        for n, (kind, country, date) in enumerate(given, 1)
    )


def far_way() -> tuple[ChainEvent, ...]:
    """A chain over the oceans."""
    given = (
        (ChainEventKind.MANUFACTURED, "US"),
        (ChainEventKind.EXPORTED, "US"),
        (ChainEventKind.IMPORTED, "BR"),
        (ChainEventKind.LOST, "BR"),
        (ChainEventKind.SEIZED, "SN"),
        (ChainEventKind.SEIZED, "SG"),
    )
    return tuple(
        ChainEvent(n=n, kind=code(kind), country=country)
        for n, (kind, country) in enumerate(given, 1)
    )


def day(number: int) -> datetime:
    """A day before or after now."""
    return NOW + timedelta(days=number)


def gallery(words: Words, world: str) -> Iterator[Picture]:
    """One picture after the other."""
    for number, kind in enumerate(TYPES):
        some = marks() if number < 7 else marks()[:1]
        what = ObjectKind.AMMUNITION if kind is FirearmType.AMMUNITION else ObjectKind.FIREARM
        line = Firearm(line=1, type=code(kind), object=code(what), marks=some)
        if number >= 7:
            line = msgspec.structs.replace(line, marks=(_on(kind),))
        yield firearm(line, name=f"f{number}", words=words)
    yield chain(way(), name="way", words=words)
    yield chain_map(way(), name="map", words=words, href=world)
    yield chain_map(way()[:4], name="onward", words=words, href=world, onward=["RS", "MT"])
    yield chain_map(far_way(), name="far", words=words, href=world)
    yield _thread(words)
    yield _deadlines(words)
    yield _ageing(words)
    yield sparkline(
        [3, 5, 2, 8, 7, 12, 4, 6],
        name="spark",
        title="Requests a month",
        labels=[f"2025-{n:02}" for n in range(5, 13)],
        ends=("May 2025", "Dec 2025"),
        words=words,
    )
    yield _matrix(words)


def _on(kind: CodeList) -> Mark:
    at = {
        FirearmType.SLIDE: MarkLocation.SLIDE,
        FirearmType.BARREL: MarkLocation.BARREL,
        FirearmType.SILENCER: MarkLocation.BARREL,
        FirearmType.CYLINDER: MarkLocation.CYLINDER,
        FirearmType.BOLT: MarkLocation.BOLT,
        FirearmType.MAGAZINE: MarkLocation.MAGAZINE,
        FirearmType.AMMUNITION: MarkLocation.BUTT,
    }
    place = at.get(FirearmType(kind), MarkLocation.FRAME)
    return Mark(kind=code(MarkKind.SERIAL), location=code(place), text="C 1029")


def _thread(words: Words) -> Picture:
    given = (
        (-31, True, "Request", -31),
        (-30, False, "Acknowledgement", -30),
        (-24, False, "More information", -24),
        (-20, True, "Amendment", -20),
        (-9, False, "Interim reply", -9),
        (-1, True, "Progress enquiry", None),
    )
    sent = [
        Sent(
            at=day(at),
            ours=ours,
            label=label,
            delivered=None if got is None else day(got),
            witnesses=2 if got and got < -10 else 0,
        )
        for at, ours, label, got in given
    ]
    return thread(sent, us="XA National Police", them="XB Firearms Bureau", name="t", words=words)


def _deadlines(words: Words) -> Picture:
    rows = [
        Deadline(label="Acknowledgement", start=day(-31), due=day(-29), met=day(-30)),
        Deadline(label="First answer", start=day(-31), due=day(-12), met=day(-9)),
        Deadline(
            label="Final answer", start=day(-31), due=day(14), pauses=(Pause(day(-24), day(-20)),)
        ),
        Deadline(label="Consent of XC", start=day(-25), due=day(-5)),
        Deadline(label="No term was agreed", start=day(-8), due=None),
    ]
    return deadlines(rows, now=NOW, name="d", words=words)


def _ageing(words: Words) -> Picture:
    ages = (
        ("0 to 7 days", Tone.GOOD),
        ("8 to 30 days", Tone.WAIT),
        ("31 to 90 days", Tone.LATE),
        ("more than 90 days", Tone.BAD),
    )
    rows = [
        Bar(
            words.country(country),
            tuple(Part(age, n, tone) for (age, tone), n in zip(ages, counts, strict=True)),
        )
        for country, counts in (("DE", (12, 7, 3, 1)), ("RS", (2, 4, 9, 14)), ("MT", (1, 0, 0, 0)))
    ]
    return bars(rows, name="a", title="Open requests by age", words=words)


def _matrix(words: Words) -> Picture:
    tones = [Tone.GOOD, Tone.GOOD, Tone.LATE, Tone.BAD, Tone.NONE, Tone.WAIT]
    rows = [
        (
            words.country(country),
            [
                Square("" if tone is Tone.NONE else str((n * 7 + i * 3) % 19), tone)
                for i, tone in enumerate(tones[n:] + tones[:n])
            ],
        )
        for n, country in enumerate(("DE", "RS", "MT", "AT"))
    ]
    return matrix(
        rows,
        columns=[f"2025-{n:02}" for n in range(7, 13)],
        means={
            Tone.GOOD: "answered in time",
            Tone.LATE: "answered late",
            Tone.BAD: "not answered",
            Tone.WAIT: "open",
            Tone.NONE: "nothing asked",
        },
        name="m",
        title="Cooperation by State and month",
        words=words,
    )


def page(direction: str, theme: str, world: str) -> str:
    """The page as it would be served, with the stylesheet beside it."""
    arabic = direction == "rtl"
    words = (
        Words(say=lambda t: ARABIC.get(t, t), country=lambda c: country_name(c, "ar"), dir="rtl")
        if arabic
        else Words()
    )
    body = "".join(str(picture.figure()) for picture in gallery(words, world))
    return (
        f'<!doctype html><html lang="{"ar" if arabic else "en"}" dir="{direction}" '
        f'data-theme="{theme}"><meta charset="utf-8"><title>Pictures</title>'
        f'<meta name="viewport" content="width=device-width">'
        f'<link rel="stylesheet" href="pictures.css"><link rel="stylesheet" href="page.css">'
        f"<main><h1>Pictures</h1>{body}</main></html>"
    )


def main(folder: Path) -> None:
    """Write the pages and, where Chromium is there, their pictures."""
    folder.mkdir(exist_ok=True, parents=True)
    for name in ("pictures.css", "data/world.svg"):
        shutil.copy(HERE / name, folder)
    (folder / "page.css").write_text(
        "body{margin:16px;background:var(--pic-paper);color:var(--pic-ink);"
        "font:16px/1.5 system-ui,sans-serif}"
        "main{max-inline-size:62rem;margin-inline:auto}"
    )
    browser = shutil.which("chromium")
    for direction, theme in product(("ltr", "rtl"), ("light", "dark")):
        file = folder / f"{direction}-{theme}.html"
        file.write_text(page(direction, theme, "world.svg"), encoding="utf-8")
        if browser:
            for width, height in ((1100, 15000), (500, 17000)):
                shot = folder / f"{direction}-{theme}-{width}.png"
                subprocess.run(  # noqa: S603
                    [
                        browser,
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--hide-scrollbars",
                        "--allow-file-access-from-files",
                        f"--window-size={width},{height}",
                        f"--screenshot={shot}",
                        file.as_uri(),
                    ],
                    check=True,
                    capture_output=True,
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
