"""Routes of a request on paper."""

from __future__ import annotations

from typing import Final

from tracer.casework.roles import Act
from tracer.web.ui.route import Route

ROWS: Final[tuple[Route, ...]] = (
    Route(
        method="GET",
        path="/requests/{thread}/print",
        name="request-print",
        handler="printing.shown",
        rule=Act.ATTACHMENT_READ,
        about="case",
    ),
    Route(
        method="GET",
        path="/requests/{thread}/pdf",
        name="request-pdf",
        handler="printing.pdf",
        rule=Act.ATTACHMENT_READ,
        about="case",
    ),
    Route(
        method="GET",
        path="/requests/{thread}/pictures/{message}/{number}",
        name="request-picture",
        handler="printing.picture",
        rule=Act.ATTACHMENT_READ,
        about="case",
    ),
)
"""Rows; none stands in the menu."""
