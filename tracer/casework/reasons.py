"""Reasons: what a person says about an act that is kept with its why."""

from __future__ import annotations

from typing import Final

from tracer.errors import InputError

SHORTEST_REASON: Final = 10
"""Characters of a reason that says something."""


def reasoned(text: str, sentence: str, *, more: str = "") -> str:
    """The reason without the blanks around it, if it is one.

    Args:
        text: What the person said.
        sentence: Why this act takes a reason, for the error.
        more: What else the person should know when writing it.

    Raises:
        InputError: `reason-missing`.
    """
    said = text.strip()
    if len(said) < SHORTEST_REASON:
        raise InputError(
            "reason-missing",
            sentence,
            advice=f"At least {SHORTEST_REASON} characters.{more}",
            field="reason",
        )
    return said
