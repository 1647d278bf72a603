"""The other side of an exchange: an authority that is known here, and may be sent to."""

from __future__ import annotations

from tracer.errors import InputError
from tracer.trust.directory import Directory, Peer, Standing


def known(directory: Directory, authority: str, *, field: str = "") -> Peer:
    """An authority that is known here, whatever its standing.

    Raises:
        InputError: `peer-unknown`; `field` is where the person named it.
    """
    found = directory.find(authority)
    if found is None:
        raise unknown(authority, field=field)
    return found


def active(directory: Directory, authority: str, *, field: str = "") -> Peer:
    """An authority that may be sent to.

    Raises:
        InputError: `peer-unknown` or `peer-suspended`.
    """
    found = known(directory, authority, field=field)
    if found.standing is not Standing.ACTIVE:
        raise InputError(
            "peer-suspended", f"{authority} is {found.standing.value} here", field=field
        )
    return found


def unknown(authority: str, *, field: str = "") -> InputError:
    """What is said where nobody has taken the entry of an authority."""
    return InputError(
        "peer-unknown",
        f"{authority} is not among the authorities known here",
        advice="Add its entry file first: tracer peer add FILE.",
        field=field,
    )
