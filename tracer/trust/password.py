"""Hashing the passwords of our own people: Argon2id (RFC 9106), a few at once.

One hash takes tens of milliseconds and 64 MiB, on purpose; so it runs in a thread, two at a time,
and a queue that is too long is refused: whoever floods the desk with sign-ins fills no memory.
A password is brought to one form first (Unicode NFKC, NIST SP 800-63B 3.1.1.2), so that the same
keys on another machine are the same password. A name that is not known costs the same work.

What it does not do: judge passwords (`casework.accounts.rules`) or keep hashes.

Example:
    >>> hasher = Hasher()
    >>> await hasher.verify(await hasher.hash("a long sentence"), "a long sentence")
    True
"""

from __future__ import annotations

import asyncio
import base64
import os
import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracer.errors import InputError

AT_ONCE: Final = 2
WAITING: Final = 32
"""Most hashes that wait for their turn."""
_SALT, _HASH = 16, 32

T = TypeVar("T")


class Cost(NamedTuple):
    """What one hash costs: passes, KiB of memory, lanes."""

    passes: int = 3
    memory: int = 64 * 1024
    lanes: int = 4


STANDARD: Final = Cost()
"""The second recommended choice of RFC 9106."""


class Hasher:
    """Hashes and verifies. `cost` is that of new hashes; older ones verify by their own."""

    def __init__(self, cost: Cost = STANDARD, *, waiting: int = WAITING) -> None:
        self._argon = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory,
            parallelism=cost.lanes,
            hash_len=_HASH,
            salt_len=_SALT,
        )
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._most = waiting + AT_ONCE
        self._inside = 0
        self._nobody = _nobody(cost)

    async def hash(self, password: str) -> str:
        """The hash of a password, with its salt and cost in it.

        Raises:
            InputError: `sign-in-busy`.
        """
        return await self._run(lambda: self._argon.hash(one_form(password)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether a hash is that of a password; with none the same work is done, for nothing.

        Raises:
            InputError: `sign-in-busy`.
        """
        return await self._run(lambda: self._verify(stored or self._nobody, password))

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made at another cost than new ones are."""
        return self._argon.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._argon.verify(stored, one_form(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._inside >= self._most:
            raise InputError(
                "sign-in-busy",
                "too many people are signing in at once",
                advice="Try again in a moment.",
            )
        self._inside += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work)
        finally:
            self._inside -= 1


def one_form(password: str) -> str:
    """A password in the one form that is hashed and measured."""
    return unicodedata.normalize("NFKC", password)


def _nobody(cost: Cost) -> str:
    """A hash of nothing: random bytes where a salt and a hash stand."""
    salt, digest = (
        base64.b64encode(os.urandom(size)).rstrip(b"=").decode() for size in (_SALT, _HASH)
    )
    return f"$argon2id$v=19$m={cost.memory},t={cost.passes},p={cost.lanes}${salt}${digest}"
