"""Issuing our own entry: the facts an authority states, with the keys its keyring holds.

The next entry follows the last one by itself: number, digest of the one before, every key that
still counts, and a signature by a key of the one before.

What it does not do: hand the entry to peers, or decide that it is time for a new one.

Example:
    >>> first = issue_entry(ring, facts, previous=None, now=clock.now())
    >>> second = issue_entry(ring, facts, previous=verify_entry(first), now=clock.now())
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET, UnsetType

from tracer.clock import stamp
from tracer.envelope.jwk import SigningKey
from tracer.errors import OperatorError, PeerError
from tracer.model.terms import Terms
from tracer.trust.entry import VERSION, VerifiedEntry, sign_entry, succeeds, verify_entry
from tracer.trust.keyring import Keyring
from tracer.trust.nouns import Contact, Entry, Mode, Succession, Witnesses


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What people decide about an entry; everything else follows from the keys."""

    name: str
    mode: Mode
    endpoint: str
    contacts: tuple[Contact, ...]
    languages: tuple[str, ...]
    terms: Terms
    succession: Succession | UnsetType = UNSET
    witnesses: Witnesses | UnsetType = UNSET


def issue_entry(
    ring: Keyring, facts: Facts, *, previous: VerifiedEntry | None, now: datetime
) -> bytes:
    """Write, sign and check the next entry of our authority; return the entry file.

    Args:
        ring: Our keys.
        facts: What the authority states.
        previous: The entry that peers hold; None for the first one, or for a new identity.
        now: The time of issue.

    Raises:
        OperatorError: peers would refuse it.
    """
    key = ring.signing_key()
    entry = Entry(
        v=VERSION,
        authority=ring.authority,
        state=ring.authority[:2],
        name=facts.name,
        seq=1 if previous is None else previous.entry.seq + 1,
        prev="" if previous is None else previous.digest,
        issued=stamp(now),
        mode=facts.mode,
        endpoint=facts.endpoint,
        contacts=facts.contacts,
        languages=facts.languages,
        keys=ring.entry_keys(now),
        log=ring.log_info(),
        channel=ring.certificates(),
        terms=facts.terms,
        succession=facts.succession,
        witnesses=facts.witnesses,
    )
    if previous is None:
        return sign_entry(entry, key=key)
    data = sign_entry(entry, key=key, endorser=_endorser(ring, entry, previous, key))
    try:
        succeeds(previous, verify_entry(data))
    except PeerError as error:
        raise OperatorError(
            error.code,
            f"the entry would not follow from the one that peers hold: {error.message}",
            advice="If no key of the old entry is left, begin a new identity.",
        ) from error
    return data


def _endorser(
    ring: Keyring, entry: Entry, previous: VerifiedEntry, key: SigningKey
) -> SigningKey | None:
    """Our newest key of the entry before that is not revoked; None if `key` is of it, or none."""
    known = {listed.kid for listed in previous.entry.listed("sign")}
    if key.kid in known:
        return None
    revoked = {listed.kid for listed in entry.keys if listed.revoked_from is not UNSET}
    usable = [kid for kid in ring.signing_keys() if kid in known and kid not in revoked]
    return ring.signing_keys()[usable[-1]] if usable else None
