"""Which passwords are taken: long enough, and not what is guessed first.

At least 12 and at most 128 characters, any character, no composition rules (NIST SP 800-63B 3.1.1,
ASVS 5.0 V6.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 12
LONGEST: Final = 128


def check_password(password: str, *, about: Iterable[str] = ()) -> str:
    """Return the password as it is hashed; `about` are words of this person and this authority.

    Raises:
        InputError: `password-short`, `password-long`, `password-common`; `field` is "password".
    """
    raise NotImplementedError
