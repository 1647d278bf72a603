"""Terms between two authorities: offered by one, signed by the other."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import msgspec
import pytest

from tests.trust.makers import DAY, NOW, entry, signing, terms
from tracer.canonical import b64url, canonical_json, strict_json
from tracer.errors import PeerError
from tracer.model.terms import Terms, terms_digest
from tracer.trust.agreement import countersign, offer_terms, verify_agreement, verify_offer

A, B = "XA-NPOC", "XB-NPOC"
PARTIES = {who: {key.kid: key for key in entry(who).listed("sign")} for who in (A, B)}


def between() -> Terms:
    return msgspec.structs.replace(terms(B), counterpart=A)


def refused(data: bytes, *, offer: bool = False) -> str:
    verify = verify_offer if offer else verify_agreement
    with pytest.raises(PeerError) as found:
        verify(data, parties=PARTIES, now=NOW)
    return found.value.code


@pytest.mark.parametrize(("first", "second"), [(A, B), (B, A)])
def test_either_of_the_two_may_offer_and_the_other_signs(first: str, second: str) -> None:
    offer = verify_offer(
        offer_terms(between(), key=signing(first), at=NOW), parties=PARTIES, now=NOW
    )
    assert (offer.by, offer.digest) == (first, terms_digest(between()))
    later = NOW + DAY
    made = countersign(offer, key=signing(second), at=later)
    found = verify_agreement(made, parties=PARTIES, now=later)
    assert (found.terms, found.at) == (between(), "2026-03-02T12:00:00.000Z")


def test_an_offer_is_no_agreement_and_an_agreement_no_offer() -> None:
    data = offer_terms(between(), key=signing(A), at=NOW)
    assert refused(data) == "agreement-parties"
    whole = countersign(
        verify_offer(data, parties=PARTIES, now=NOW), key=signing(B), at=NOW + timedelta(seconds=1)
    )
    assert refused(whole, offer=True) == "agreement-parties"


def test_who_offered_does_not_sign_for_the_other() -> None:
    offer = verify_offer(offer_terms(between(), key=signing(A), at=NOW), parties=PARTIES, now=NOW)
    twice = countersign(offer, key=signing(A), at=NOW + timedelta(seconds=1))
    assert refused(twice) == "agreement-parties"


def test_the_file_holds_the_terms_as_they_are_hashed() -> None:
    data = offer_terms(between(), key=signing(A), at=NOW)
    stated = canonical_json(strict_json(data)["terms"])
    assert b64url(sha256(stated).digest()) == terms_digest(between())
