"""Wrong tries: counted before they are judged, so that many at once gain nothing.

Of one account: `tries` cost nothing, each further one makes the next wait, twice as long each time,
at most `longest_wait`; a right one, or `FORGET` without any, wipes the slate. From one address: so
many within `longest_wait`, whatever the names; right ones are not counted. While somebody waits
nothing is counted, so a wait ends by itself however often it is tried meanwhile. Names that are not
on record are counted alike. An address of IPv6 stands for its network of 64 bits.

Whoever guesses must not keep an officer from the desk at three in the morning. From an address
where a person has signed in during the last `PLACE`, their tries are counted apart from all others
of that name. From a browser where they have, which shows a secret that only it was given, they are
counted apart from those of the address too: a machine beside them, behind the same wall, that
spends the tries of the address or of their name holds up nobody who comes back. And a proof given
at the desk is that of a session: no address is counted for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final, Literal

from tracer.casework.accounts.policy import AccountPolicy
from tracer.clock import instant, stamp
from tracer.errors import InputError
from tracer.store import Tx
from tracer.store.account_rows import TryRow

Kind = Literal["password", "code", "step-up"]
FORGET: Final = timedelta(hours=24)
PLACE: Final = timedelta(days=30)
_ADDRESS: Final = "address"
_PLACE: Final = "place"
_NETWORK: Final = 64
_DOUBLINGS: Final = 20


class Throttle:
    """Counts in the caller's transaction."""

    def __init__(self, policy: AccountPolicy) -> None:
        self._policy = policy

    def take(self, tx: Tx, kind: Kind, name: str, address: str, browser: str = "") -> None:
        """Count one try against a name and an address, if none of them has to wait.

        Args:
            tx: The caller's transaction.
            kind: What is tried.
            name: As typed.
            address: Where it comes from.
            browser: The secret that this browser was given, if it shows one.

        Raises:
            InputError: `sign-in-wait`; `advice` says until when. Nothing is counted then.
        """
        now, place = instant(tx.now), network(address)
        whose, apart = _whose(tx, kind, name, address, browser)
        of_name = tx.tries.get(kind, whose)
        of_place = None if apart else tx.tries.get(_ADDRESS, place)
        until = max(self._name_until(of_name), self._place_until(of_place))
        if until > now:
            raise InputError(
                "sign-in-wait",
                "there were too many wrong tries",
                advice=f"Try again at {stamp(until)[:19]}Z.",
            )
        tx.tries.put(kind, whose, _more(of_name, tx.now, FORGET))
        if not apart:
            counted = _more(of_place, tx.now, self._policy.longest_wait, first=True)
            tx.tries.put(_ADDRESS, place, counted)
        tx.tries.prune(stamp(now - FORGET), but=_PLACE)
        tx.tries.prune(stamp(now - PLACE))

    def forgive(self, tx: Tx, kind: Kind, name: str, address: str, browser: str = "") -> None:
        """The try was right: the name's slate is clean, and the address' one less."""
        whose, apart = _whose(tx, kind, name, address, browser)
        tx.tries.clear(kind, whose)
        place = network(address)
        counted = None if apart else tx.tries.get(_ADDRESS, place)
        if counted is not None and counted.failures > 0:
            tx.tries.put(_ADDRESS, place, counted._replace(failures=counted.failures - 1))

    def at_home(self, tx: Tx, name: str, address: str, browser: str = "") -> None:
        """A person has signed in from there, with all that takes."""
        row = TryRow(0, tx.now, tx.now)
        tx.tries.put(_PLACE, _pair(name, address), row)
        if browser:
            tx.tries.put(_PLACE, _of_browser(name, browser), row)

    def _name_until(self, row: TryRow | None) -> datetime:
        if row is None:
            return instant(_LONG_AGO)
        over = row.failures - self._policy.tries
        if over < 0:
            return instant(row.since)
        wait: timedelta = self._policy.first_wait * (1 << min(over, _DOUBLINGS))
        return instant(row.last) + min(wait, self._policy.longest_wait)

    def _place_until(self, row: TryRow | None) -> datetime:
        if row is None or row.failures < self._policy.address_tries:
            return instant(_LONG_AGO)
        return instant(row.since) + self._policy.longest_wait


def _pair(name: str, address: str) -> str:
    return f"{name}\n{network(address)}"


def _of_browser(name: str, browser: str) -> str:
    return f"{name}\nbrowser\n{browser}"


def _whose(tx: Tx, kind: Kind, name: str, address: str, browser: str) -> tuple[str, bool]:
    """Against what a try is counted: the name, or the name at a place or in a browser of theirs.

    True: apart from all others of the address.
    """
    if browser and _known(tx, _of_browser(name, browser)):
        return _of_browser(name, browser), True
    pair = _pair(name, address)
    return (pair if _known(tx, pair) else name), kind == "step-up"


def _known(tx: Tx, place: str) -> bool:
    row = tx.tries.get(_PLACE, place)
    return row is not None and instant(row.last) + PLACE > instant(tx.now)


_LONG_AGO: Final = "1970-01-01T00:00:00.000Z"


def _more(row: TryRow | None, now: str, window: timedelta, *, first: bool = False) -> TryRow:
    """One more; counted anew where the window, since the last or the first, is over."""
    if row is None or instant(row.since if first else row.last) + window <= instant(now):
        return TryRow(1, now, now)
    return TryRow(row.failures + 1, row.since, now)


def network(address: str) -> str:
    """What counts as one address; what is none stands for itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((int(found), _NETWORK), strict=False))
    return str(found)
