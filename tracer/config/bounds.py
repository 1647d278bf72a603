"""How a setting says what it is: its meaning, its unit, its bounds."""

from __future__ import annotations

from msgspec import Meta


def about(text: str, unit: str = "") -> Meta:
    """A setting without bounds."""
    return Meta(description=text, extra={"unit": unit})


def whole(text: str, unit: str, *, at_least: int, at_most: int) -> Meta:
    """A whole number between bounds, in a unit."""
    return Meta(description=text, extra={"unit": unit}, ge=at_least, le=at_most)
