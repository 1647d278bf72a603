from __future__ import annotations

import pickle

import pytest

from tracer.canonical import b64url
from tracer.envelope import jwk
from tracer.envelope.jwk import SealKey, SealPublic, SigningKey, VerifyKey
from tracer.errors import PeerError

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def test_a_signing_key_comes_back_from_its_seed() -> None:
    key = SigningKey.generate()
    assert SigningKey.from_seed(key.seed()).kid == key.kid
    assert VerifyKey.from_jwk(key.public_jwk()).kid == key.kid


def test_a_sealing_key_comes_back_from_its_seed() -> None:
    key = SealKey.generate()
    assert SealKey.from_seed(key.seed()).public.raw == key.public.raw
    assert SealPublic.from_jwk(key.public_jwk()).kid == key.kid


@pytest.mark.parametrize("kind", [SigningKey, SealKey])
def test_a_seed_of_another_size_is_refused(kind: type[SigningKey | SealKey]) -> None:
    with pytest.raises(ValueError, match="32"):
        kind.from_seed(bytes(31))


@pytest.mark.parametrize("kind", [SigningKey, SealKey])
def test_a_private_key_shows_only_its_name(kind: type[SigningKey | SealKey]) -> None:
    key = kind.generate()
    assert repr(key) == f"{kind.__name__}({key.kid})"
    assert key.seed() not in pickle.dumps(repr(key))


def test_a_public_key_of_another_size_is_not_written() -> None:
    with pytest.raises(ValueError, match="1312"):
        jwk.public_jwk(jwk.ML_DSA_44, bytes(1311))


def test_a_log_key_is_read_by_its_own_kind_only() -> None:
    written = jwk.public_jwk(jwk.ML_DSA_44, bytes(1312))
    assert jwk.public_bytes(written, jwk.ML_DSA_44) == bytes(1312)
    with pytest.raises(PeerError, match="seal-key"):
        jwk.public_bytes(written, jwk.HPKE_10_KE)


def test_the_refused_points_of_order_eight_are_those_of_the_curve() -> None:
    """2P has y = 0 exactly when d*y^4 + 2*y^2 = 1 on the curve -x^2 + y^2 = 1 + d*x^2*y^2."""
    y = jwk._ORDER_8_Y  # noqa: SLF001  # the constant itself is tested
    assert (D * y**4 + 2 * y * y) % P == 1


@pytest.mark.parametrize("u", sorted(jwk._SMALL_ORDER_U))  # noqa: SLF001  # as above
def test_a_sealing_key_of_small_order_is_refused(seal_key: SealKey, u: int) -> None:
    raw = seal_key.public.raw[:1184] + u.to_bytes(32, "little")
    with pytest.raises(PeerError, match="seal-key"):
        SealPublic.from_jwk({**seal_key.public_jwk(), "pub": b64url(raw)})
