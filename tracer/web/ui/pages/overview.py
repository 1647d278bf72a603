"""The overview: what is late, what comes next, who has it, how it goes with each State."""

from __future__ import annotations

from aiohttp import web

from tracer.web.ui import charts
from tracer.web.ui.page import Page
from tracer.web.ui.pages.teams import team_names


async def shown(page: Page) -> web.Response:
    """Everything on one page, each picture with its table."""
    view, speech = await page.verbs.overview.show(page.actor), page.speech
    return page.show(
        "overview.html",
        view=view,
        teams=await team_names(page),
        names=await page.verbs.lists.names(page.actor, [one.id for one in view.reviews]),
        passed=charts.clocks(speech, view.passed, name="clocks-passed"),
        ahead=charts.clocks(speech, view.ahead, name="clocks-ahead"),
        ages={side: charts.ages(speech, view.figures, side) for side in charts.SIDES},
        months={side: charts.months(speech, view.figures, side) for side in charts.SIDES},
        trends={side: charts.trends(speech, view.figures, side) for side in charts.SIDES},
    )
