"""What leaves, is looked over, is destroyed: by a second person."""

from __future__ import annotations

from typing import Final

from tracer.casework.roles import Act
from tracer.web.ui.route import Route
from tracer.web.ui.texts import N_

ROWS: Final[tuple[Route, ...]] = (
    Route(
        method="GET",
        path="/release",
        name="releases",
        handler="release.queue",
        rule=Act.RELEASE,
        menu=N_("Release"),
    ),
    Route(
        method="FORM",
        path="/release/{draft}",
        name="release",
        handler="release.one",
        rule=Act.RELEASE,
        about="draft",
    ),
    Route(
        method="FORM",
        path="/release/{draft}/back",
        name="send-back",
        handler="release.back",
        rule=Act.REJECT,
        about="draft",
    ),
    Route(
        method="GET",
        path="/reviews",
        name="reviews",
        handler="release.reviews",
        rule=Act.REVIEW_LIST,
        menu=N_("Review"),
    ),
    Route(
        method="FORM",
        path="/reviews/{draft}",
        name="review",
        handler="release.review",
        rule=Act.REVIEW,
        about="draft",
    ),
    Route(
        method="FORM",
        path="/disposals/{number}",
        name="disposal",
        handler="release.disposal",
        rule=Act.DISPOSE,
        about="disposal",
    ),
)
