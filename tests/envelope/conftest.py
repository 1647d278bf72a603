"""Keys and a message that the tests of the envelope share."""

from __future__ import annotations

import pytest

from tracer.envelope import sdjwt
from tracer.envelope.jwk import SealKey, SigningKey, VerifyKey

CLEAR = {"type": "request", "v": 1, "sender": "XA-NPOC", "recipient": "XB-NPOC"}
GROUPS = {"narrative": "found in a car", "officer": {"name": "A. Example"}}


@pytest.fixture(scope="session")
def signing_key() -> SigningKey:
    return SigningKey.from_seed(bytes(range(32)))


@pytest.fixture(scope="session")
def keys(signing_key: SigningKey) -> dict[str, VerifyKey]:
    return {signing_key.kid: signing_key.verify_key}


@pytest.fixture(scope="session")
def seal_key() -> SealKey:
    return SealKey.from_seed(bytes(range(32, 64)))


@pytest.fixture(scope="session")
def signed(signing_key: SigningKey) -> sdjwt.SignedMessage:
    return sdjwt.issue(CLEAR, GROUPS, key=signing_key)
