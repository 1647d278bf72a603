"""Cookies, and the token that proves a form is ours.

Over TLS, or behind a proxy that ends it, every cookie is `__Host-`, Secure, HttpOnly, SameSite=Lax:
no other host and no script can read or set it. On plain loopback the prefix is not possible, and
the name is without it.

The token of a form is a digest of the session's secret, or of a visitor's random cookie before
there is a session, under a mask that is new on every page, so that a compressed page never holds
the same secret twice.

What it does not do: hold sessions. They are rows of casework; here is only the secret's way.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from aiohttp import web

SESSION: Final = "tracer"
VISIT: Final = "tracer-visit"
SPOKEN: Final = "tracer-language"
TOLD: Final = "tracer-told"
BROWSER: Final = "tracer-browser"
"""By which casework knows a browser again in which a person has signed in; it opens nothing."""
_LONGEST: Final = 200
_YEAR: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and writes cookies; `secure`: people come by https."""

    secure: bool

    def read(self, request: web.Request, name: str) -> str:
        """The value of a cookie; empty if there is none."""
        found = request.cookies.get(self._named(name), "")
        return found if len(found) <= _LONGEST else ""

    def write(
        self, answer: web.StreamResponse, name: str, value: str, *, lasting: bool = False
    ) -> None:
        """Set a cookie until the browser ends, or for a year."""
        answer.set_cookie(
            self._named(name),
            value,
            max_age=_YEAR if lasting else None,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def written(self, answer: web.StreamResponse, name: str) -> bool:
        """Whether an answer sets or takes away a cookie already."""
        return self._named(name) in answer.cookies

    def drop(self, answer: web.StreamResponse, name: str) -> None:
        """Take a cookie away."""
        answer.del_cookie(
            self._named(name), path="/", secure=self.secure, httponly=True, samesite="Lax"
        )

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name


def new_visit() -> str:
    """The secret of a visitor who has no session yet."""
    return secrets.token_urlsafe(24)


def form_token(secret: str) -> str:
    """The token of a form, masked anew."""
    proof = _proof(secret)
    mask = secrets.token_bytes(len(proof))
    return urlsafe_b64encode(mask + _xor(mask, proof)).decode()


def is_token(secret: str, token: str) -> bool:
    """Whether a token was made from this secret."""
    proof = _proof(secret)
    try:
        both = urlsafe_b64decode(token.encode())
    except (ValueError, Error):
        return False
    if not secret or len(both) != 2 * len(proof):
        return False
    return hmac.compare_digest(_xor(both[: len(proof)], both[len(proof) :]), proof)


def _proof(secret: str) -> bytes:
    return sha256(b"form\n" + secret.encode()).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
