"""The record of cooperation with one authority: figures both ways, the requests behind each."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from aiohttp import web

from tracer.casework.figures.proving import document
from tracer.store.case_pages import Place
from tracer.web.ui import charts, sayings
from tracer.web.ui.lists import cursor, place
from tracer.web.ui.page import Page
from tracer.web.ui.routes import path_to

Side = Literal["ours", "theirs"]
PAGE: Final = 50
"""Requests behind a figure on one page."""
ALWAYS: Final = frozenset(
    {"received", "answered.in-time", "answered.late", "answered.passed", "open"}
)
"""Figures that are shown also when they are nothing."""


async def shown(page: Page) -> web.Response:
    """The figures; with a figure in the query, the requests behind it too."""
    name, since = page.place("authority"), page.asked("since")[:7]
    figures = await page.verbs.cooperation.show(page.actor, name, since=since)
    figure, behind, following = page.asked("figure"), None, ""
    if figure:
        after = place(page.asked("after"))
        behind = await page.verbs.cooperation.behind(
            page.actor,
            name,
            figure,
            side=_side(page),
            since=since,
            at=page.asked("at"),
            after=(after.key, after.thread) if after else ("", ""),
            limit=PAGE,
        )
        if behind.after is not None:
            query = {"figure": figure, "side": _side(page), "since": since, "at": behind.at}
            query["after"] = cursor(Place(*behind.after))
            following = path_to("authority-record", query, authority=name)
    return page.show(
        "cooperation.html",
        authority=name,
        figures=figures,
        figure=figure,
        side=_side(page),
        since=since,
        behind=behind,
        following=following,
        names=[
            key
            for key in sayings.FIGURES
            if key in ALWAYS or figures.ours.counts[key] or figures.theirs.counts[key]
        ],
        trends={side: charts.trends(page.speech, (figures,), side) for side in charts.SIDES},
    )


async def receipts(page: Page) -> web.Response:
    """What proves a figure: facts, records, paths, signed heads; anybody checks it offline."""
    figure, side, at = page.asked("figure") or "received", _side(page), page.asked("at")
    pages, after = [], ("", "")
    while True:
        found = await page.verbs.proving.page(
            page.actor,
            page.place("authority"),
            side=side,
            figure=figure,
            since=page.asked("since")[:7],
            at=at,
            after=after,
        )
        pages.append(found)
        if found.after is None:
            break
        at, after = found.at, found.after
    data = msgspec.json.format(msgspec.json.encode(document(pages)), indent=1)
    return page.file(
        data,
        media_type="application/json",
        name=f"receipts-{page.place('authority')}-{side}-{figure}.json",
    )


def _side(page: Page) -> Side:
    return "theirs" if page.asked("side") == "theirs" else "ours"
