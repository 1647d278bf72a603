"""The desk, the requests, one request."""

from __future__ import annotations

from typing import Final

from tracer.casework.roles import Act
from tracer.web.ui.route import Access, Route
from tracer.web.ui.texts import N_

ROWS: Final[tuple[Route, ...]] = (
    Route(
        method="GET",
        path="/",
        name="desk",
        handler="desk.waiting",
        rule=Access.SIGNED_IN,
        menu=N_("My desk"),
    ),
    Route(
        method="GET",
        path="/requests",
        name="requests",
        handler="requests.listed",
        rule=Act.CASE_LIST,
        menu=N_("Requests"),
    ),
    Route(
        method="GET",
        path="/requests/{thread}",
        name="request",
        handler="request.shown",
        rule=Act.CASE_READ,
        about="case",
    ),
    Route(
        method="GET",
        path="/requests/{thread}/files/{message}/{number}",
        name="request-file",
        handler="request.file",
        rule=Act.ATTACHMENT_READ,
        about="case",
    ),
)
