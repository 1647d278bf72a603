"""Acts and heads of the journal: their one form, the vectors, the keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors.generate_journal import FILE, US, rendered
from tracer.canonical import unb64url
from tracer.errors import PeerError
from tracer.evidence.checkpoint import (
    Checkpoint,
    LogKey,
    journal_origin,
    sign_checkpoint,
    verify_checkpoint,
)
from tracer.evidence.journal import (
    Acted,
    JournalHead,
    ShownAct,
    act_digest,
    check_act,
    journal_key,
    new_act,
    parse_act,
)
from tracer.evidence.merkle import EMPTY_ROOT
from tracer.evidence.proof import parse_proof

CASES = json.loads(FILE.read_text("utf-8"))["cases"]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JOURNAL = "XA-NPOC/journal/1"
FIELDS: dict[str, Any] = {
    "at": "2026-03-01T12:00:00.000Z",
    "actor": "ada",
    "act": "read-case",
    "subject": "D1",
    "detail": {"groups": ["persons"], "n": 3, "alone": False, "why": None},
    "salt": bytes(range(32)),
}


def test_the_file_of_vectors_is_what_the_generator_writes() -> None:
    assert rendered() == FILE.read_text("utf-8")
    assert len({case["name"] for case in CASES}) == len(CASES)


def checked(case: dict[str, Any]) -> Acted:
    head, shown = case["head"], case["checkpoint"]
    return check_act(
        ShownAct(case["act"].encode(), case["index"], tuple(map(unb64url, case["path"]))),
        JournalHead(head["origin"], head["size"], unb64url(head["root"])),
        parse_proof(case["proof"]),
        Checkpoint(
            origin=shown["origin"],
            size=shown["size"],
            root=bytes.fromhex(shown["root"]),
            at=NOW,
            note="",
        ),
        authority=US,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_vectors(case: dict[str, Any]) -> None:
    if case["expected"] == "accept":
        assert checked(case).actor == "officer.one"
        return
    with pytest.raises(PeerError) as caught:
        checked(case)
    assert caught.value.code == case["expected"]


@given(
    actor=st.text(max_size=20),
    subject=st.text(max_size=50),
    detail=st.dictionaries(
        st.text(max_size=10), st.none() | st.booleans() | st.integers(0, 2**53 - 1) | st.text()
    ),
    salt=st.binary(min_size=32, max_size=32),
)
def test_what_is_written_is_read_as_it_was(
    actor: str, subject: str, detail: dict[str, Any], salt: bytes
) -> None:
    fields = FIELDS | {"actor": actor, "subject": subject, "detail": detail, "salt": salt}
    try:
        raw = new_act(**fields)
    except UnicodeEncodeError:
        return
    read = parse_act(raw)
    assert (read.actor, read.subject, read.detail) == (actor, subject, detail)
    assert (unb64url(read.salt), read.at, read.v) == (salt, FIELDS["at"], 1)


@given(st.data())
def test_no_single_changed_byte_reads_as_the_same_act(data: st.DataObject) -> None:
    raw = new_act(**FIELDS)
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:at] + bytes((raw[at] ^ data.draw(st.integers(1, 255)),)) + raw[at + 1 :]
    assert act_digest(changed) != act_digest(raw)
    try:
        assert parse_act(changed) != parse_act(raw)
    except ValueError:
        return


def test_a_salt_of_another_length_is_not_written() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        new_act(**FIELDS | {"salt": bytes(31)})


def test_the_keys_of_a_journal_are_its_own_and_always_the_same() -> None:
    log = LogKey.from_seeds("XA-NPOC/log/1", ed25519=bytes(32), mldsa44=bytes(range(32)))
    key = journal_key(log, JOURNAL)
    again = journal_key(
        LogKey.from_seeds(log.origin, ed25519=bytes(32), mldsa44=bytes(range(32))), JOURNAL
    )
    assert key.public == again.public
    others = [log.public, journal_key(log, "XA-NPOC/journal/2").public]
    assert not {key.public.ed25519, key.public.mldsa44} & {
        part for one in others for part in (one.ed25519, one.mldsa44)
    }


def test_a_head_of_a_journal_is_no_checkpoint_of_a_log() -> None:
    log = LogKey.generate("XA-NPOC/log/1")
    key = journal_key(log, journal_origin("XA-NPOC"))
    head = sign_checkpoint(origin=JOURNAL, size=0, root=EMPTY_ROOT, at=NOW, key=key)
    assert verify_checkpoint(head.note, origin=JOURNAL, public=key.public) == head
    with pytest.raises(PeerError) as caught:
        verify_checkpoint(head.note, origin=log.origin, public=log.public)
    assert caught.value.code == "checkpoint-form"
    with pytest.raises(ValueError, match="journal"):
        journal_origin("XA-NPOC", 0)
