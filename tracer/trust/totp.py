"""Codes of a second factor: RFC 6238 over RFC 4226, as every phone's program makes them.

SHA-1, six digits, 30 seconds, because that is what all of them do; SHA-1 serves as HMAC here, where
its collisions are of no use. A code is taken for as long as the phone shows it, and once: `match`
gives the step, and the next code must be of a later one (RFC 6238 5.2).

Decision: no step beside the present one, which RFC 6238 5.2 allows for slow lines and clocks that
are off. A code lives 30 seconds then and not 90 (OWASP ASVS 5.0, 6.5.5). Phones have the right time
by themselves; who sends a code a moment too late types the next one, and is told so.

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


def match(secret: str, code: str, now: datetime, *, after: int = 0) -> int | None:
    """The step of a code, if it is that of now and of a later step than `after`; None if it is not.

    Args:
        secret: The key, in Base32.
        code: As typed, without spaces.
        now: The instant it was given.
        after: The step of the last code that was taken.
    """
    step = int(now.timestamp()) // STEP
    shown = code_at(base64.b32decode(secret), step)
    alike = hmac.compare_digest(shown.encode(), code.encode())
    return step if alike and step > after else None


def uri(secret: str, *, issuer: str, account: str) -> str:
    """What a phone reads from the picture."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    given = {"secret": secret, "issuer": issuer, "algorithm": "SHA1"}
    query = urlencode(given | {"digits": DIGITS, "period": STEP}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"
