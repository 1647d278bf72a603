"""Coming to the desk and leaving it."""

from __future__ import annotations

from typing import Final

from tracer.web.ui.route import Access, Route

ROWS: Final[tuple[Route, ...]] = (
    Route(
        method="FORM",
        path="/sign-in",
        name="sign-in",
        handler="sign_in.name_and_password",
        rule=Access.ANYBODY,
    ),
    Route(
        method="FORM",
        path="/sign-in/second",
        name="second-factor",
        handler="sign_in.second_factor",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="FORM",
        path="/sign-in/recovery",
        name="recovery-code",
        handler="sign_in.recovery_code",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="FORM",
        path="/sign-in/password",
        name="forced-password",
        handler="sign_in.new_password",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="FORM",
        path="/sign-in/enrol",
        name="enrol",
        handler="sign_in.enrol",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="POST",
        path="/sign-out",
        name="sign-out",
        handler="sign_in.sign_out",
        rule=Access.UNFINISHED,
    ),
    Route(
        method="POST",
        path="/language",
        name="language",
        handler="language.choose",
        rule=Access.ANYBODY,
    ),
)
