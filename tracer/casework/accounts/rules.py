"""Which passwords are taken: long enough, and not what is guessed first.

At least 12 and at most 128 characters, any character, no composition rules (NIST SP 800-63B 3.1.1,
ASVS 5.0 6.2). What is commonly used, or stands near (the person, the authority, this program), does
not count towards the length: such words, runs of the alphabet, of digits and of the keyboard, and
repetitions are taken out first, and what is left must still be `LEFT` characters. So `Password`,
`P@ssw0rd` and `password-2026!` with anything as easy beside them fall together, in few words. And
it is none of those that were published after break-ins elsewhere (`leaked`; ASVS 6.2.4, 6.2.12).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from tracer.casework.accounts.leaked import is_leaked
from tracer.errors import InputError
from tracer.trust.password import one_form

SHORTEST: Final = 12
LONGEST: Final = 128
LEFT: Final = 6
"""Characters that must be left when what is guessed first is taken out."""
_READ: Final = str.maketrans("013457@$!", "oieastasi")
_RUNS: Final = (
    *("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    *("qwertzuiop", "azertyuiop", "йцукенгшщзхъ", "фывапролджэ", "1qaz2wsx3edc4rfv5tgb"),
)
_RUN: Final = 4
"""Characters in a row that make a run."""
_LEAST: Final = 4
"""Characters of a word that is taken out."""


def check_password(password: str, *, about: Iterable[str] = ()) -> str:
    """Return the password as it is hashed; `about` are words of this person and this authority.

    Raises:
        InputError: `password-short`, `password-long`, `password-common`; `field` is "password".
    """
    given = one_form(password)
    if len(given) < SHORTEST:
        raise InputError(
            "password-short",
            f"a password has at least {SHORTEST} characters",
            advice="Take a sentence that only you would say.",
            field="password",
        )
    if len(given) > LONGEST:
        raise InputError(
            "password-long", f"a password has at most {LONGEST} characters", field="password"
        )
    if is_leaked(given) or len(_left(given, about)) < LEFT:
        raise InputError(
            "password-common",
            "this is among the passwords that are guessed first",
            advice="Common words, names of this house, runs and repetitions do not count.",
            field="password",
        )
    return given


def _left(password: str, about: Iterable[str]) -> str:
    """What is not guessed first."""
    near = {part for word in about for part in re.split(r"[\W_]+", word.casefold())}
    words = sorted(
        {word for word in (*_common(), *near) if len(word) >= _LEAST}, key=len, reverse=True
    )
    kept = min((_without(form, words) for form in _forms(password)), key=len)
    return "".join(dict.fromkeys(kept))


def _forms(password: str) -> tuple[str, str]:
    """As written, and as read where signs stand for letters."""
    plain = password.casefold()
    return plain, plain.translate(_READ)


def _without(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    for run in (*_RUNS, *(run[::-1] for run in _RUNS)):
        for size in range(len(run), _RUN - 1, -1):
            for start in range(len(run) - size + 1):
                text = text.replace(run[start : start + size], "")
    text = re.sub(r"(?:19|20)\d\d", "", text)
    text = re.sub(r"(.{1,8}?)\1+", r"\1", text)
    return re.sub(r"[\W_]+", "", text)


@cache
def _common() -> tuple[str, ...]:
    lines = (Path(__file__).parent / "common.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
