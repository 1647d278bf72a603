"""Times and limits of accounts, as the configuration sets them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPolicy:
    """What the operator may set; the defaults are those of `[accounts]`."""

    idle: timedelta = timedelta(minutes=30)
    """A session that nothing was asked of for so long is over."""
    absolute: timedelta = timedelta(hours=12)
    """A session is over after this, whatever happens."""
    pending: timedelta = timedelta(minutes=15)
    """How long a sign-in may take from the password to the desk."""
    fresh: timedelta = timedelta(minutes=5)
    """How old a proof may be where a fresh one is needed."""
    given: timedelta = timedelta(hours=72)
    """How long a one-time password may be used."""
    second_factor: bool = True
    """Everybody needs a second factor; otherwise those who have set one up."""
    tries: int = 5
    """Wrong tries of one account that cost nothing; each further one doubles the wait."""
    address_tries: int = 30
    """Wrong tries from one address within `longest_wait`; then it waits."""
    first_wait: timedelta = timedelta(seconds=30)
    """The wait after the first try too many."""
    longest_wait: timedelta = timedelta(minutes=15)
    """The longest wait; then the next try is free."""
