"""Routes of what came or went by another way."""

from __future__ import annotations

from typing import Final

from tracer.casework.roles import Act
from tracer.web.ui.route import Route

_BODY: Final = 18 * 1024 * 1024
"""An original and the form around it."""

ROWS: Final[tuple[Route, ...]] = (
    Route(
        method="FORM",
        path="/on-paper",
        name="paper-opened",
        handler="entered.opened",
        rule=Act.TRANSCRIBE,
        body=_BODY,
    ),
    Route(
        method="GET",
        path="/requests/{thread}/enter",
        name="enter",
        handler="entered.kinds",
        rule=Act.TRANSCRIBE,
        about="case",
    ),
    Route(
        method="FORM",
        path="/requests/{thread}/enter/{type}",
        name="enter-kind",
        handler="entered.came",
        rule=Act.TRANSCRIBE,
        about="case",
        body=_BODY,
    ),
    Route(
        method="FORM",
        path="/requests/{thread}/sent/{message}",
        name="sent-by-hand",
        handler="entered.sent",
        rule=Act.TRANSCRIBE,
        about="case",
        body=_BODY,
    ),
    Route(
        method="FORM",
        path="/requests/{thread}/entered/{number}",
        name="compare",
        handler="entered.compare",
        rule=Act.TRANSCRIBE,
        about="case",
    ),
    Route(
        method="GET",
        path="/requests/{thread}/entered/{number}/original",
        name="original",
        handler="entered.original",
        rule=Act.ATTACHMENT_READ,
        about="case",
    ),
    Route(
        method="GET",
        path="/requests/{thread}/entered/{number}/picture",
        name="original-picture",
        handler="entered.picture",
        rule=Act.ATTACHMENT_READ,
        about="case",
    ),
)
"""Rows; none stands in the menu."""
