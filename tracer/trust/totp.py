"""Codes of a second factor: RFC 6238 over RFC 4226, as every phone's program makes them.

SHA-1, six digits, 30 seconds, because that is what all of them do; SHA-1 serves as HMAC here, where
its collisions are of no use. A code is taken while it is shown, and once: `match` gives its step,
and the next code must be of a later one (RFC 6238 5.2).

Decision: no step beside the present one, which RFC 6238 5.2 allows for slow lines and clocks that
are off: a code lives 30 seconds then and not 90 (OWASP ASVS 5.0, 6.5.5). Who sends one a moment too
late types the next. A phone has the right time by itself; a node without a network may not: where
the clocks differ, two codes in a row that differ alike are taken (`goes_on`; RFC 6238 6).

Example:
    >>> code_at(b"12345678901234567890", 59 // STEP)
    '287082'
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Callable
from datetime import datetime
from hashlib import sha1
from typing import Any, Final
from urllib.parse import quote, urlencode

STEP: Final = 30
"""Seconds for which a code is shown."""
DIGITS: Final = 6
OFF: Final = 4
"""Steps that the clocks of phone and node may be apart: two minutes."""
FOLLOWS: Final = 3
"""Of so many steps after an odd code the next one is."""
SECRET_BYTES: Final = 20


def new_secret() -> str:
    """A fresh key of 160 bits, in Base32."""
    return base64.b32encode(os.urandom(SECRET_BYTES)).decode()


def code_at(
    key: bytes, step: int, *, digits: int = DIGITS, digest: Callable[..., Any] = sha1
) -> str:
    """The code of a step (RFC 4226 5.3)."""
    mac = hmac.new(key, step.to_bytes(8, "big"), digest).digest()
    place = mac[-1] & 0x0F
    number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def match(secret: str, code: str, now: datetime) -> int | None:
    """The step of a code; None if it is of none near the present one.

    The nearest, of those up to `OFF` steps away. Whether a step that is not the present one counts
    is for the caller to say.

    Args:
        secret: The key, in Base32.
        code: As typed, without spaces.
        now: The instant it was given.
    """
    key, present, given = base64.b32decode(secret), step_of(now), code.encode()
    near = sorted(range(max(-OFF, -present), OFF + 1), key=abs)
    alike = [
        present + apart
        for apart in near
        if hmac.compare_digest(code_at(key, present + apart).encode(), given)
    ]
    return alike[0] if alike else None


def step_of(now: datetime) -> int:
    """The step of an instant."""
    return int(now.timestamp()) // STEP


def goes_on(step: int, apart: int, *, odd: int | None, before: int | None) -> bool:
    """Whether a code that is off by `apart` steps follows one, of step `odd`, that was off alike.

    Two such codes show a phone whose clock is off, and not a code that was seen and kept: the one
    that is taken is of the half minute in which that phone shows it. One may be left out.
    """
    return odd is not None and apart == before and odd < step <= odd + FOLLOWS


def uri(secret: str, *, issuer: str, account: str) -> str:
    """What a phone reads from the picture."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    given = {"secret": secret, "issuer": issuer, "algorithm": "SHA1"}
    query = urlencode(given | {"digits": DIGITS, "period": STEP}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"
