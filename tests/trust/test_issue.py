from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.trust.makers import DAY, NOW, terms
from tracer.errors import OperatorError
from tracer.trust.directory import Directory, Listing
from tracer.trust.entry import VerifiedEntry, succeeds, verify_entry
from tracer.trust.issue import Facts, issue_entry
from tracer.trust.keyring import Keyring
from tracer.trust.nouns import Contact, Succession

FACTS = Facts(
    name="National point of contact",
    mode="collects",
    endpoint="",
    contacts=(Contact(name="Desk", role="duty", phone="+000 1", mail="", hours="always"),),
    languages=("fr",),
    terms=terms("XA-NPOC"),
)


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    kek = f"file:{tmp_path / 'kek'}"
    return Keyring.create(tmp_path / "ring", authority="XA-NPOC", kek=kek, now=NOW)


@pytest.fixture
def first(ring: Keyring) -> VerifiedEntry:
    return verify_entry(issue_entry(ring, FACTS, previous=None, now=NOW))


def test_a_first_entry_brings_the_keys_of_the_keyring(ring: Keyring, first: VerifiedEntry) -> None:
    peer = Directory.of([Listing(first)]).peer("XA-NPOC")
    assert peer.seal_key(NOW).kid == ring.current_seal_kid()
    assert peer.channel == {ring.channel().spki}
    assert peer.log == ring.log_key().public
    assert (first.entry.seq, peer.mode) == (1, "collects")


def test_after_every_rotation_the_next_entry_follows(ring: Keyring, first: VerifiedEntry) -> None:
    last, now = first, NOW
    rotations = (ring.rotate_seal, ring.rotate_signing, ring.rotate_channel, ring.rotate_signing)
    for rotate in rotations:
        now += 90 * DAY
        rotate(now)
        new = verify_entry(issue_entry(ring, FACTS, previous=last, now=now))
        succeeds(last, new)
        last = new
    assert last.entry.seq == 5
    assert last.endorsement is not None


def test_a_second_key_lets_the_first_be_revoked(ring: Keyring, first: VerifiedEntry) -> None:
    stolen = ring.signing_key().kid
    ring.rotate_signing(NOW + DAY)
    second = verify_entry(issue_entry(ring, FACTS, previous=first, now=NOW + DAY))
    ring.revoke(stolen, NOW + 2 * DAY)
    third = verify_entry(issue_entry(ring, FACTS, previous=second, now=NOW + 3 * DAY))
    succeeds(second, third)


def test_without_a_key_of_the_old_entry_only_a_new_identity_is_left(
    ring: Keyring, first: VerifiedEntry
) -> None:
    ring.revoke(ring.signing_key().kid, NOW + DAY)
    ring.rotate_signing(NOW + DAY)
    with pytest.raises(OperatorError) as caught:
        issue_entry(ring, FACTS, previous=first, now=NOW + 2 * DAY)
    assert caught.value.code == "entry-chain"
    assert "new identity" in caught.value.advice
    fresh = verify_entry(issue_entry(ring, FACTS, previous=None, now=NOW + 2 * DAY))
    assert (fresh.entry.seq, fresh.entry.prev) == (1, "")


def test_a_new_log_is_issued_with_what_it_succeeds(ring: Keyring, first: VerifiedEntry) -> None:
    ring.open_next_log(NOW + DAY)
    with pytest.raises(OperatorError):
        issue_entry(ring, FACTS, previous=first, now=NOW + DAY)
    cause = Succession(origin="XA-NPOC/log/1", size=3, root=first.kid, highest="", cause="restore")
    facts = replace(FACTS, succession=cause)
    succeeds(first, verify_entry(issue_entry(ring, facts, previous=first, now=NOW + DAY)))
