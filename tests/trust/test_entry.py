from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec.structs import replace

from tests.trust.makers import (
    DAY,
    NOW,
    Chain,
    entry,
    log_info,
    seal_row,
    sealing,
    sign_row,
    signing,
    verified,
)
from tracer.canonical import canonical_json, strict_json
from tracer.clock import stamp
from tracer.errors import OperatorError, PeerError
from tracer.trust.entry import (
    MAX_FILE_BYTES,
    VerifiedEntry,
    entry_digest,
    fingerprint,
    in_chains,
    sign_entry,
    succeeds,
    verify_entry,
)
from tracer.trust.nouns import Succession

OWN = sign_row(signing("XA-NPOC"))
SEAL = seal_row(sealing("XA-NPOC"))
SECOND = sign_row(signing("second"))
REVOKED = stamp(NOW + 2 * DAY)


def refused(code: str, previous: VerifiedEntry, new: VerifiedEntry, **more: Any) -> None:
    with pytest.raises(PeerError) as caught:
        succeeds(previous, new, **more)
    assert caught.value.code == code


@pytest.fixture
def chain() -> Chain:
    return Chain(verified())


def test_an_entry_verifies_as_it_was_signed() -> None:
    found = verified()
    assert found.entry == entry()
    assert found.kid == signing("XA-NPOC").kid
    assert verify_entry(found.file) == found
    assert found.digest == entry_digest(found.jws)


def test_a_changed_byte_anywhere_is_refused() -> None:
    data = bytearray(verified().file)
    for place in range(20, len(data) - 3, 97):
        changed = data.copy()
        changed[place] ^= 1
        with pytest.raises(PeerError):
            verify_entry(bytes(changed))


def test_a_fingerprint_is_eight_groups_of_five_digits() -> None:
    text = fingerprint(verified().jws)
    assert re.fullmatch("[0-9]{5}( [0-9]{5}){7}", text)
    assert text != fingerprint(verified("XB-NPOC").jws)


def test_we_do_not_sign_what_peers_would_refuse() -> None:
    with pytest.raises(OperatorError) as caught:
        sign_entry(entry(state="XB"), key=signing("XA-NPOC"))
    assert caught.value.code == "entry-form"
    with pytest.raises(OperatorError) as caught:
        sign_entry(entry(), key=signing("second"))
    assert caught.value.code == "signing-key"


def test_an_oversized_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(PeerError) as caught:
        verify_entry(b" " * (MAX_FILE_BYTES + 1))
    assert caught.value.code == "too-large"


def test_the_next_entry_by_the_same_key_follows(chain: Chain) -> None:
    succeeds(chain.last, chain.next(name="Renamed"))


def test_a_new_key_follows_when_an_old_one_endorses_it(chain: Chain) -> None:
    new = chain.next(by="second", endorser="XA-NPOC", keys=(OWN, SECOND, SEAL))
    succeeds(chain.last, new)


def test_a_new_key_alone_is_a_break(chain: Chain) -> None:
    refused("entry-chain", chain.last, chain.next(by="second", keys=(OWN, SECOND, SEAL)))


def test_a_stranger_cannot_endorse(chain: Chain) -> None:
    new = chain.next(by="second", endorser="stranger", keys=(OWN, SECOND, SEAL))
    refused("signing-key", chain.last, new)


def test_an_endorsement_is_for_one_entry_only(chain: Chain) -> None:
    keys = (OWN, SECOND, SEAL)
    other = chain.next(by="second", endorser="XA-NPOC", keys=keys, name="Another")
    new = chain.next(by="second", keys=keys)
    file = strict_json(new.file) | {"endorsement": other.endorsement}
    refused("entry-chain", chain.last, verify_entry(canonical_json(file)))


def test_a_forged_endorsement_is_refused(chain: Chain) -> None:
    new = chain.next(by="second", endorser="XA-NPOC", keys=(OWN, SECOND, SEAL))
    assert new.endorsement is not None
    head, body, signature = new.endorsement.split(".")
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
    file = strict_json(new.file) | {"endorsement": f"{head}.{body}.{flipped}"}
    refused("jws-signature", chain.last, verify_entry(canonical_json(file)))


def test_the_entry_itself_is_no_endorsement(chain: Chain) -> None:
    new = chain.next(by="second", keys=(OWN, SECOND, SEAL))
    file = strict_json(new.file) | {"endorsement": chain.last.jws}
    refused("jws-header", chain.last, verify_entry(canonical_json(file)))


def test_a_revoked_key_endorses_nothing(chain: Chain) -> None:
    keys = (replace(OWN, revoked_from=REVOKED), SECOND, SEAL)
    new = chain.next(by="second", endorser="XA-NPOC", keys=keys)
    refused("key-revoked", chain.last, new)


def test_a_key_revoked_elsewhere_endorses_nothing(chain: Chain) -> None:
    own = signing("XA-NPOC").kid
    refused("key-revoked", chain.last, chain.next(), revoked={own})
    keys = (OWN, SECOND, SEAL)
    new = chain.next(by="second", endorser="XA-NPOC", keys=keys)
    refused("key-revoked", chain.last, new, revoked={own})
    refused("key-revoked", chain.last, new, revoked={signing("second").kid})


def test_a_second_key_revokes_the_first(chain: Chain) -> None:
    both = Chain(chain.next(keys=(OWN, SECOND, SEAL)), days=1)
    keys = (replace(OWN, revoked_from=REVOKED), SECOND, SEAL)
    succeeds(both.last, both.next(by="second", keys=keys))


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 3},
        {"prev": "A" * 43},
        {"issued": stamp(NOW - DAY + DAY / 2)},
    ],
    ids=["number", "digest", "time"],
)
def test_what_is_not_the_very_next_entry_is_refused(change: dict[str, Any]) -> None:
    keys = (replace(OWN, sign_from=stamp(NOW - DAY)), SEAL)
    early = Chain(verified(keys=keys))
    refused("entry-chain", early.last, early.next(**change))


def test_an_entry_of_another_authority_does_not_follow(chain: Chain) -> None:
    other = verified("XB-NPOC", seq=2, prev=chain.last.digest)
    refused("entry-chain", chain.last, other)


@pytest.mark.parametrize("changed", ["sign_from", "sign_until", "accept_until"])
def test_the_instants_of_a_published_key_never_change(chain: Chain, changed: str) -> None:
    moved = stamp(NOW + DAY / 24) if changed == "sign_from" else stamp(NOW + 900 * DAY)
    moved = stamp(NOW + 700 * DAY) if changed == "sign_until" else moved
    keys = (replace(OWN, **{changed: moved}), SEAL)
    refused("entry-chain", chain.last, chain.next(keys=keys))


def test_a_key_stays_listed_while_it_counts() -> None:
    last = NOW + 5 * DAY
    brief = replace(SECOND, sign_until=stamp(NOW + DAY), accept_until=stamp(last))
    chain = Chain(verified(keys=(OWN, brief, SEAL)))
    refused("entry-chain", chain.last, chain.next(keys=(OWN, SEAL)))
    succeeds(chain.last, chain.next(keys=(OWN, SEAL), issued=stamp(last)))


def test_a_revocation_may_become_earlier_but_is_never_taken_back() -> None:
    marked = replace(SECOND, revoked_from=REVOKED)
    chain = Chain(verified(keys=(OWN, marked, SEAL)))
    earlier, later = (replace(SECOND, revoked_from=stamp(NOW + d * DAY)) for d in (1, 3))
    succeeds(chain.last, chain.next(keys=(OWN, earlier, SEAL)))
    refused("entry-chain", chain.last, chain.next(keys=(OWN, later, SEAL)))
    refused("entry-chain", chain.last, chain.next(keys=(OWN, SECOND, SEAL)))


def test_a_new_log_names_the_one_it_replaces(chain: Chain) -> None:
    succession = Succession(
        origin="XA-NPOC/log/1",
        size=7,
        root=signing("XA-NPOC").kid,
        highest="XA-NPOC/log/1\n9\n",
        cause="restore",
    )
    second = log_info("XA-NPOC", 2)
    succeeds(chain.last, chain.next(log=second, succession=succession))
    refused("entry-chain", chain.last, chain.next(log=second))


def test_the_keys_of_a_log_do_not_change(chain: Chain) -> None:
    other = replace(log_info("XA-NPOC"), mldsa44=log_info("XB-NPOC").mldsa44)
    refused("entry-chain", chain.last, chain.next(log=other))


def test_the_entries_of_two_identities_stand_chain_by_chain_whatever_their_numbers() -> None:
    """A store gives them by number; mixed, neither chain would hold for a reader of evidence."""
    old, new = Chain(verified()), Chain(verified(name="Begun anew"))
    chains = [[one.last] for one in (old, new)]
    for one, chain in zip((old, new), chains, strict=True):
        for _ in range(2):
            one.last = one.next()
            chain.append(one.last)
    by_number = [chain[at] for at in range(3) for chain in chains]
    assert in_chains(by_number) == [*chains[0], *chains[1]]
    assert in_chains(by_number[2:]) == [*chains[0][1:], *chains[1][1:]]
    assert in_chains([]) == []


def test_nobody_is_called_as_a_state_without_a_node_is() -> None:
    with pytest.raises(OperatorError) as caught:
        verified("XB-OUTSIDE")
    assert caught.value.code == "entry-form"


@pytest.mark.parametrize(
    "host",
    ["xa..example", ".xa", "xa.", "-xa", "x" * 64, ".".join(["x" * 60] * 5), "x_a", "[::g]", "[1]"],
)
def test_an_endpoint_is_a_name_that_a_resolver_takes(host: str) -> None:
    with pytest.raises(OperatorError, match="peers would refuse"):
        sign_entry(entry(endpoint=f"https://{host}"), key=signing("XA-NPOC"))


@pytest.mark.parametrize("host", ["xa.example", "a", "127.0.0.1", "[::1]", "x" * 63, "xn--80ak.a1"])
def test_ordinary_hosts_are_endpoints(host: str) -> None:
    assert verify_entry(
        sign_entry(entry(endpoint=f"https://{host}:8443"), key=signing("XA-NPOC"))
    ).entry.endpoint.endswith(":8443")
