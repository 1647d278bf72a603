"""Notes that others have published: our reading of C2SP is theirs, not only our own twice."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from tests.vectors.generate_evidence import FOLDER
from tracer.canonical import unb64
from tracer.evidence.note import (
    ED25519_TYPE,
    MLDSA44_TYPE,
    Line,
    cosigned_message,
    key_id,
    read_line,
    written_line,
)

Case = dict[str, Any]
CASES: list[Case] = json.loads((FOLDER / "published.json").read_text("utf-8"))["cases"]
LINES = [
    pytest.param(case["text"], row["key"], row["line"], id=f"{case['name']}-{number}")
    for case in CASES
    for number, row in enumerate(case["lines"])
]
lines = pytest.mark.parametrize(("text", "key", "line"), LINES)


class Key(NamedTuple):
    """A verifier key: name, id as it is written there, type and public key."""

    name: str
    id: bytes
    kind: bytes
    public: bytes

    @classmethod
    def of(cls, text: str) -> Key:
        """Take one apart: name, id in hex, type and key in base64."""
        name, hexed, rest = text.split("+", 2)
        blob = unb64(rest)
        return cls(name, bytes.fromhex(hexed), blob[:1], blob[1:])

    def verify(self, line: Line, text: str) -> None:
        """Raises InvalidSignature if this key has not signed this text in that line."""
        if self.kind == ED25519_TYPE:
            Ed25519PublicKey.from_public_bytes(self.public).verify(line.signature, text.encode())
            return
        origin, size, root, _ = text.split("\n")
        seconds = int.from_bytes(line.signature[:8], "big")
        message = cosigned_message(self.name, origin, seconds, int(size), unb64(root))
        MLDSA44PublicKey.from_public_bytes(self.public).verify(line.signature[8:], message)


def test_both_kinds_of_line_that_we_write_are_among_them() -> None:
    kinds = {Key.of(row["key"]).kind for case in CASES for row in case["lines"]}
    assert kinds == {ED25519_TYPE, MLDSA44_TYPE}
    assert all(case["source"] for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)


@lines
def test_the_id_of_a_published_key_is_the_one_we_compute(text: str, key: str, line: str) -> None:
    known, read = Key.of(key), read_line(line)
    assert key_id(known.name, known.kind, known.public) == known.id == read.key_id
    assert read.name == known.name
    assert text.endswith("\n")


@lines
def test_a_published_line_is_written_again_to_the_byte(text: str, key: str, line: str) -> None:
    read = read_line(line)
    assert written_line(read.name, read.key_id + read.signature) == f"{line}\n"
    assert key.startswith(f"{read.name}+")
    assert text


@lines
def test_a_published_signature_verifies_and_that_of_another_text_does_not(
    text: str, key: str, line: str
) -> None:
    known, read = Key.of(key), read_line(line)
    known.verify(read, text)
    first, rest = text.split("\n", 1)
    with pytest.raises(InvalidSignature):
        known.verify(read, f"{first}.\n{rest}")


@lines
def test_a_key_of_another_name_or_kind_has_another_id(text: str, key: str, line: str) -> None:
    known = Key.of(key)
    other = MLDSA44_TYPE if known.kind == ED25519_TYPE else ED25519_TYPE
    ids = {
        key_id(name, kind, known.public)
        for name in (known.name, f"{known.name}.")
        for kind in (known.kind, other)
    }
    assert len(ids) == 4
    assert (text, line) != ("", "")
