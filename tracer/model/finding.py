"""What a rule says about a draft: level, place, stable code, sentence, and what would help.

Codes are kebab-case and never change their meaning: pages translate them, statistics count them.
One that ends in `-missing`, or stands in `UNSAID`, is about what is not said or not done yet; any
other is about what is said: it cannot be right, or deserves a look.
Paths are those of `values.FieldPath` (`firearms/1/marks/2/text`, counted from 1, a line by its
own number), so that a finding can become a question to the other State as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

UNSAID: Final = frozenset(
    {
        "amendment-empty",
        "chain-party-unnamed",
        "circumstances-short",
        "correction-empty",
        "domestic-hit",
        "domestic-trace-first",
        "ground-question-open",
        "iarms-not-searched",
        "line-without-recovery",
        "lost-stolen-not-searched",
        "person-without-name",
        "question-empty",
        "restoration-not-tried",
        "serial-needs-plant",
        "serial-not-on-frame",
        "serial-repeats-yearly",
        "symbol-not-described",
    }
)
"""Codes about what is not said or not done yet, beside those that end in `-missing`."""


class Level(StrEnum):
    """How much a finding weighs."""

    ERROR = "ERROR"
    """The message is not sent."""
    WARN = "WARN"
    """The message can be sent; an answer is less likely, or a duty may be missed."""
    HINT = "HINT"
    """Something that usually helps."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement of one rule on one place of a message."""

    level: Level
    path: str
    code: str
    message: str
    help: str = ""

    @property
    def unsaid(self) -> bool:
        """Whether it is about what is not said or not done yet; else about what is said."""
        return self.code.endswith("-missing") or self.code in UNSAID


def error(path: str, code: str, message: str, help_: str = "") -> Finding:
    """A finding that keeps the message from being sent."""
    return Finding(Level.ERROR, path, code, message, help_)


def warn(path: str, code: str, message: str, help_: str = "") -> Finding:
    """A finding that is shown before sending."""
    return Finding(Level.WARN, path, code, message, help_)


def hint(path: str, code: str, message: str, help_: str = "") -> Finding:
    """A finding that offers help."""
    return Finding(Level.HINT, path, code, message, help_)


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether one of the findings keeps the message from being sent."""
    return any(finding.level is Level.ERROR for finding in findings)
