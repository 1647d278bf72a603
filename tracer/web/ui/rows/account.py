"""The reader's own account."""

from __future__ import annotations

from typing import Final

from tracer.web.ui.route import Access, Route

ROWS: Final[tuple[Route, ...]] = (
    Route(
        method="GET",
        path="/account",
        name="account",
        handler="account.shown",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="FORM",
        path="/account/password",
        name="account-password",
        handler="account.password",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="FORM",
        path="/account/factor",
        name="account-factor",
        handler="account.factor",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="FORM",
        path="/account/recovery",
        name="account-recovery",
        handler="account.recovery",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="POST",
        path="/account/sessions",
        name="account-sessions",
        handler="account.end_session",
        rule=Access.SIGNED_IN,
    ),
    Route(
        method="FORM",
        path="/account/proof",
        name="proof",
        handler="account.proof",
        rule=Access.SIGNED_IN,
    ),
)
