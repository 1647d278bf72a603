"""Records: one form, one reading, one hash."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence import rfc9162
from tracer.canonical import b64url
from tracer.clock import stamp
from tracer.evidence.record import (
    MAX_RECORD_BYTES,
    SALT_BYTES,
    Kind,
    leaf_hash,
    new_record,
    parse_record,
    stub_hash,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
FIELDS: dict[str, Any] = {
    "kind": Kind.RECEIVED,
    "id": b64url(sha256(b"message").digest()),
    "sender": "XA-NPOC",
    "recipient": "XB-NPOC",
    "at": START,
    "salt": bytes(SALT_BYTES),
}

digests = st.binary(min_size=32, max_size=32)
authorities = st.from_regex(r"\A[A-Z]{2}(-[A-Z0-9]{1,16}){1,3}\Z")
moments = st.integers(0, 10**12).map(lambda n: START + timedelta(milliseconds=n))


two_parties = st.lists(authorities, min_size=2, max_size=2, unique=True).map(tuple)
one_party = authorities.map(lambda name: (name, name))
parties = st.tuples(st.sampled_from([Kind.SENT, Kind.RECEIVED]), two_parties) | st.tuples(
    st.sampled_from([Kind.JOURNAL, Kind.SUCCESSION]), one_party
)


@given(parties, digests, moments, digests)
def test_a_record_is_json_of_seven_members_in_order_and_reads_back(
    drawn: tuple[Kind, tuple[str, str]], subject: bytes, at: datetime, salt: bytes
) -> None:
    kind, (sender, recipient) = drawn
    fields = {"kind": kind, "id": b64url(subject), "sender": sender, "recipient": recipient}
    raw = new_record(**fields, at=at, salt=salt)  # type: ignore[arg-type] # one dict of fields
    loose = msgspec.json.decode(raw)
    assert list(loose) == ["v", "kind", "id", "from", "to", "at", "salt"]
    assert msgspec.json.encode(loose) == raw
    assert len(raw) <= MAX_RECORD_BYTES
    read = parse_record(raw)
    assert (read.kind, read.id, read.sender, read.recipient) == tuple(fields.values())
    assert (stamp(read.at), read.salt, read.v) == (loose["at"], salt, 1)


def test_the_longest_record_stays_within_its_bound() -> None:
    long = "XA" + "-ABCDEFGHIJKLMNOP" * 3
    for kind in Kind:
        other = "XB" + long[2:] if kind in {Kind.SENT, Kind.RECEIVED} else long
        raw = new_record(**FIELDS | {"kind": kind, "sender": long, "recipient": other})
        assert len(raw) <= MAX_RECORD_BYTES


@pytest.mark.parametrize(
    "change",
    [
        {"id": "short"},
        {"sender": "xa-npoc"},
        {"recipient": 'XB-NPOC","to":"XC-NPOC'},
        {"recipient": "XA-NPOC"},
        {"kind": Kind.JOURNAL},
        {"kind": "read"},
        {"salt": bytes(16)},
    ],
    ids=str,
)
def test_a_record_that_nobody_could_read_is_not_written(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        new_record(**FIELDS | change)


@given(st.data())
def test_no_single_changed_byte_reads_as_the_same_record(data: st.DataObject) -> None:
    raw = new_record(**FIELDS)
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:at] + bytes((raw[at] ^ data.draw(st.integers(1, 255)),)) + raw[at + 1 :]
    try:
        read = parse_record(changed)
    except ValueError:
        return
    assert read != parse_record(raw)
    assert leaf_hash(changed) != leaf_hash(raw)


def test_a_leaf_can_be_recomputed_when_only_the_digest_is_left() -> None:
    raw = new_record(**FIELDS)
    assert leaf_hash(raw) == stub_hash(sha256(raw).digest()) == rfc9162.leaf(sha256(raw).digest())
