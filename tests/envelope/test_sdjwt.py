from __future__ import annotations

import pytest

from tests.envelope.conftest import CLEAR, GROUPS
from tracer.canonical import strict_json, unb64url
from tracer.envelope import sdjwt
from tracer.envelope.jwk import SigningKey, VerifyKey
from tracer.envelope.limits import Limits
from tracer.errors import PeerError

Keys = dict[str, VerifyKey]


def test_a_message_comes_back_as_it_was_signed(signed: sdjwt.SignedMessage, keys: Keys) -> None:
    found = sdjwt.verify(sdjwt.split(signed.compact), keys=keys)
    assert (found.members().clear, found.members().groups, found.missing) == (CLEAR, GROUPS, 0)
    assert found.kid in keys
    assert found.signed == signed


def test_erasing_a_group_keeps_id_and_signature(signed: sdjwt.SignedMessage, keys: Keys) -> None:
    less = sdjwt.redact(signed, {"narrative"})
    found = sdjwt.verify(less, keys=keys, allow_missing=True)
    assert less.id == signed.id
    assert (list(found.members().groups), found.missing) == (["officer"], 1)


def test_a_missing_group_is_refused_unless_erasure_is_expected(
    signed: sdjwt.SignedMessage, keys: Keys
) -> None:
    with pytest.raises(PeerError, match="disclosure-mismatch"):
        sdjwt.verify(sdjwt.redact(signed, {"officer"}), keys=keys)


def test_the_order_of_digests_says_nothing(signing_key: SigningKey) -> None:
    names = {f"group{n}": n for n in range(16)}
    body = strict_json(unb64url(sdjwt.issue({}, names, key=signing_key).jws.split(".")[1]))
    assert body["_sd"] == sorted(body["_sd"])


def test_equal_groups_have_different_digests_in_every_message(signing_key: SigningKey) -> None:
    made = {sdjwt.issue({}, {"place": "x"}, key=signing_key).disclosures for _ in range(8)}
    assert len(made) == 8


def test_the_salts_come_from_the_given_randomness(signing_key: SigningKey) -> None:
    first, second = (sdjwt.issue(CLEAR, GROUPS, key=signing_key, random=bytes) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("clear", "groups"),
    [
        ({"place": 1}, {"place": 2}),
        ({"_sd": []}, {}),
        ({"in": {"...": 1}}, {}),
        ({}, {"_sd_alg": "x"}),
        ({}, {"place": [{"_sd": []}]}),
    ],
)
def test_a_reserved_or_doubled_name_is_not_signed(
    clear: dict[str, object], groups: dict[str, object], signing_key: SigningKey
) -> None:
    with pytest.raises(ValueError, match="name"):
        sdjwt.issue(clear, groups, key=signing_key)


@pytest.mark.parametrize("limits", [Limits(jws=100), Limits(disclosures=1), Limits(disclosure=10)])
def test_a_message_over_a_limit_is_neither_read_nor_made(
    limits: Limits, signed: sdjwt.SignedMessage, signing_key: SigningKey
) -> None:
    with pytest.raises(PeerError, match="too-large"):
        sdjwt.split(signed.compact, limits=limits)
    with pytest.raises(ValueError, match=r"limit|more than"):
        sdjwt.issue(CLEAR, GROUPS, key=signing_key, limits=limits)


def test_only_verification_makes_a_verified_message(
    signed: sdjwt.SignedMessage, keys: Keys
) -> None:
    found = sdjwt.verify(signed, keys=keys)
    with pytest.raises(TypeError, match="only verify"):
        sdjwt.VerifiedMessage(
            signed=signed,
            kid=found.kid,
            missing=0,
            pieces=None,
            limits=found.limits,
            read=None,
            token=object(),
        )


def test_a_message_from_the_store_gets_its_id_again(signed: sdjwt.SignedMessage) -> None:
    assert sdjwt.SignedMessage.of(signed.jws, signed.disclosures) == signed


def test_a_digest_that_looks_like_a_reserved_name_is_no_reason_to_refuse(
    signing_key: SigningKey, keys: Keys
) -> None:
    made = sdjwt.issue({"note": "_sd and ... in a text"}, {"place": "_sd ..."}, key=signing_key)
    assert sdjwt.verify(made, keys=keys).members().groups == {"place": "_sd ..."}
