from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.trust.makers import (
    DAY,
    NOW,
    Chain,
    channel,
    log_info,
    seal_row,
    sealing,
    sign_row,
    signing,
    verified,
)
from tracer.canonical import b64url
from tracer.clock import stamp
from tracer.errors import OperatorError, PeerError
from tracer.model.terms import terms_digest
from tracer.trust.directory import Directory, Listing, Standing
from tracer.trust.nouns import Witness

XA, XB = "XA-NPOC", "XB-NPOC"


@pytest.fixture
def directory() -> Directory:
    return Directory.of([Listing(verified(XA)), Listing(verified(XB))])


def test_a_peer_comes_with_its_keys_loaded(directory: Directory) -> None:
    peer = directory.peer(XA)
    assert (peer.mode, peer.endpoint) == ("reached", "https://xa.example:8443")
    assert [*directory.verify_keys(XA)] == [signing(XA).kid]
    assert directory.seal_key(XA, NOW).kid == sealing(XA).kid
    assert directory.log_public(XA).origin == "XA-NPOC/log/1"
    assert peer.terms_digest == terms_digest(peer.terms)
    assert directory.verify_keys(XA) is directory.peer(XA).verify_keys


def test_a_peer_is_found_by_its_channel_key(directory: Directory) -> None:
    assert directory.by_channel(channel(XB).spki) is directory.peer(XB)
    assert directory.by_channel(channel("XC-NPOC").spki) is None


def test_an_unknown_authority_is_told_apart(directory: Directory) -> None:
    assert directory.find("XC-NPOC") is None
    with pytest.raises(PeerError) as caught:
        directory.peer("XC-NPOC")
    assert caught.value.code == "peer-unknown"
    with pytest.raises(PeerError) as caught:
        directory.signing_key(XA, signing(XB).kid)
    assert caught.value.code == "signing-key"


def test_the_anchors_are_the_certificates_that_entries_list(directory: Directory) -> None:
    assert directory.anchors_der() == (channel(XA).certificate, channel(XB).certificate)
    assert directory.anchors_pem().count("BEGIN CERTIFICATE") == 2


def test_a_suspended_peer_is_still_recognised(directory: Directory) -> None:
    changed = directory.with_standing(XA, Standing.SUSPENDED)
    found = changed.by_channel(channel(XA).spki)
    assert found is not None
    assert found.standing is Standing.SUSPENDED
    assert directory.peer(XA).standing is Standing.ACTIVE


def test_a_superseded_identity_is_kept_and_nobodys_voice(directory: Directory) -> None:
    changed = directory.with_standing(XA, Standing.SUPERSEDED)
    assert len(changed) == 2
    assert changed.find(XA) is None
    assert changed.by_channel(channel(XA).spki) is None
    assert channel(XA).certificate not in changed.anchors_der()


def test_a_change_loads_only_what_changed(directory: Directory) -> None:
    new = Chain(verified(XA)).next(name="Renamed")
    held = directory.with_next(directory.peer(XA).verified)
    assert held is directory
    base = Directory.of([Listing(verified(XA)), Listing(verified(XB))])
    changed = base.with_next(new)
    assert changed.peer(XA).verified is new
    assert changed.peer(XB) is base.peer(XB)
    assert base.peer(XA).verified is not new


def test_m8_an_entry_that_does_not_follow_overwrites_no_key(directory: Directory) -> None:
    new = Chain(verified(XA, name="Unknown before")).next()
    with pytest.raises(PeerError) as caught:
        directory.with_next(new)
    assert caught.value.code == "entry-chain"


def test_a_new_entry_does_not_lift_a_suspension(directory: Directory) -> None:
    suspended = directory.with_standing(XA, Standing.SUSPENDED)
    changed = suspended.with_next(Chain(verified(XA)).next())
    assert changed.peer(XA).standing is Standing.SUSPENDED


def test_a_new_identity_supersedes_the_old_one(directory: Directory) -> None:
    fresh = verified(XA, name="After a break")
    changed = directory.with_identity(fresh)
    assert changed.peer(XA).verified is fresh
    assert [p.standing for p in changed if p.authority == XA] == ["superseded", "active"]


def test_two_present_identities_of_one_authority_are_refused() -> None:
    with pytest.raises(OperatorError) as caught:
        Directory.of([Listing(verified(XA)), Listing(verified(XA, name="Other"))])
    assert caught.value.code == "peer-twice"


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": (sign_row(signing(XB)), sign_row(signing(XA)), seal_row(sealing(XB)))},
        {"keys": (sign_row(signing(XB)), seal_row(sealing(XA)))},
        {"channel": (b64url(channel(XB).certificate), b64url(channel(XA).certificate))},
        {"log": replace(log_info(XB), mldsa44=log_info(XA).mldsa44)},
        {"witness": Witness(name=f"{XB}/witness/1", mldsa44=log_info(XA).mldsa44)},
    ],
    ids=["signing", "sealing", "channel", "log", "witness"],
)
def test_a_key_that_two_authorities_list_is_refused(changes: dict[str, object]) -> None:
    alone = Directory.of([Listing(verified(XA))])
    with pytest.raises(PeerError) as caught:
        alone.with_identity(verified(XB, **changes))
    assert caught.value.code == "entry-shared"
    gone = alone.with_standing(XA, Standing.SUPERSEDED)
    with pytest.raises(PeerError):
        gone.with_identity(verified(XB, **changes))


def test_the_newest_sealing_key_in_use_is_sealed_to() -> None:
    keys = [seal_row(sealing(name), start=NOW + n * 80 * DAY) for n, name in enumerate("abc")]
    keys[1] = replace(keys[1], revoked_from=stamp(NOW))
    peer = Directory.of([Listing(verified(XA, keys=(sign_row(signing(XA)), *keys)))]).peer(XA)
    names = {sealing(name).kid: name for name in "abc"}
    found = [names[peer.seal_key(NOW + d * DAY).kid] for d in (0, 79, 100, 160, 160 + 489)]
    assert found == ["a", "a", "a", "c", "c"]
    for moment in (NOW - DAY, NOW + (160 + 490) * DAY):
        with pytest.raises(OperatorError) as caught:
            peer.seal_key(moment)
        assert caught.value.code == "seal-key-missing"


def test_a_revocation_counts_at_once_and_the_earlier_date_wins(directory: Directory) -> None:
    kid = signing(XA).kid
    first = directory.with_revoked(kid, stamp(NOW + 5 * DAY))
    assert first.signing_key(XA, kid).revoked_from == stamp(NOW + 5 * DAY)
    earlier = first.with_revoked(kid, stamp(NOW + 3 * DAY))
    later = earlier.with_revoked(kid, stamp(NOW + 9 * DAY))
    assert later.signing_key(XA, kid).revoked_from == stamp(NOW + 3 * DAY)


def test_a_key_revoked_from_elsewhere_brings_no_next_entry() -> None:
    held = verified(XA)
    directory = Directory.of([Listing(held)], revoked={signing(XA).kid: stamp(NOW)})
    with pytest.raises(PeerError) as caught:
        directory.with_next(Chain(held).next())
    assert caught.value.code == "key-revoked"


def test_a_revocation_in_the_entry_wins_when_it_is_earlier() -> None:
    second = sign_row(signing("second"), revoked_from=stamp(NOW + DAY))
    held = verified(XA, keys=(sign_row(signing(XA)), second, seal_row(sealing(XA))))
    directory = Directory.of([Listing(held)], revoked={second.kid: stamp(NOW + 2 * DAY)})
    assert directory.signing_key(XA, second.kid).revoked_from == stamp(NOW + DAY)
