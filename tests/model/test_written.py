"""What is read at once from exact JSON is what the strict reader reads, or is left to it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.examples import EXAMPLES, REQUEST
from tests.strategies import messages
from tracer.canonical import MAX_DEPTH, MAX_INT, b64url, canonical_json
from tracer.envelope import jws
from tracer.envelope.jwk import SigningKey
from tracer.envelope.sdjwt import (
    TYP,
    Pieces,
    SignedMessage,
    VerifiedMessage,
    _digest,
    issue,
    issue_written,
    verify,
)
from tracer.errors import PeerError
from tracer.model.messages import TYPES, AnyMessage, Message, type_of
from tracer.model.schema import groups_schema, payload_schema
from tracer.model.wire import from_wire, to_wire
from tracer.model.written import at_once, message_of, write

KEY = SigningKey.from_seed(bytes(range(32)))
KEYS = {KEY.kid: KEY.verify_key}
SALT = b64url(bytes(16))


def pieces_of(message: AnyMessage) -> Pieces:
    clear, groups = to_wire(message)
    return Pieces(
        canonical_json(clear), {name: canonical_json(value) for name, value in groups.items()}
    )


def signed(pieces: Pieces) -> SignedMessage:
    """These bytes as any peer can sign them, whatever they are."""
    disclosures = tuple(
        b64url(b'["%b","%b",%b]' % (SALT.encode(), name.encode(), value))
        for name, value in pieces.groups.items()
    )
    digests = ",".join(f'"{one}"' for one in sorted(map(_digest, disclosures)))
    head = f'{{"_sd":[{digests}],"_sd_alg":"sha-256",'.encode() if disclosures else b"{"
    return SignedMessage.of(jws.sign_object(head + pieces.clear[1:], typ=TYP, key=KEY), disclosures)


def verified(pieces: Pieces) -> VerifiedMessage:
    return verify(signed(pieces), keys=KEYS)


def strictly(found: VerifiedMessage) -> AnyMessage:
    clear, groups, written, _ = found.members()
    return from_wire(clear, groups, written=written)


@pytest.mark.parametrize("kind", TYPES.values(), ids=type_of)
def test_what_we_write_is_read_at_once_and_as_it_was(kind: type[Message]) -> None:
    @settings(max_examples=15, deadline=None)
    @given(messages(kind))
    def comes_back(message: AnyMessage) -> None:
        pieces = pieces_of(message)
        found = verified(pieces)
        assert message_of(found) == strictly(found) == message
        if b"\\" not in pieces.clear and b"_sd" not in pieces.clear:
            assert found.pieces == pieces
            assert at_once(*pieces) == message

    comes_back()


@given(messages())
@settings(max_examples=100, deadline=None)
def test_what_is_written_at_once_is_what_is_written_by_members(message: AnyMessage) -> None:
    clear, groups = write(message)
    assert Pieces(clear, groups) == pieces_of(message)
    by_pieces = issue_written(Pieces(clear, groups), key=KEY, random=bytes)
    assert by_pieces == issue(*to_wire(message), key=KEY, random=bytes)


def test_what_a_strict_reader_refuses_is_not_written() -> None:
    (gun,) = REQUEST.firearms[:1]
    absurd = replace(REQUEST, firearms=(replace(gun, line=MAX_INT + 1),))
    with pytest.raises(ValueError, match="integer"):
        write(absurd)


edits = st.sampled_from(
    [
        *(b" ", b"\n", b"\\n", b'"', b",", b"{", b"}", b"[", b"]", b":", b"-", b"0", b"1.0", b"e3"),
        *(b"null", b"true", b'"v":1,', b'"type":"request",', b'"_sd":[],', b'"...":1,', b'"test":'),
        *(b'"officer":{},', b'"text":"",', b'"place":{},', b"\\u0041", b"\\ud800", b"\\/", b"\x7f"),
        *("\u202e".encode(), "\u0085".encode(), b"\xff", b"\xc0\x80", b"9007199254740993", b"_sd"),
    ]
)


def edited(data: st.DataObject, written: bytes) -> bytes:
    """Another run of bytes in one place, as often after a comma as anywhere."""
    commas = [at + 1 for at, byte in enumerate(written) if byte in b",{"]
    place = st.integers(0, len(written)) | (st.sampled_from(commas) if commas else st.nothing())
    begin = data.draw(place, label="place")
    gone = data.draw(st.integers(0, 3) | st.just(0), label="gone")
    return written[:begin] + data.draw(edits, label="edit") + written[begin + gone :]


@given(st.sampled_from(list(EXAMPLES.values())), st.data())
@settings(max_examples=500, deadline=None)
def test_whatever_is_changed_what_is_read_at_once_is_what_is_read_strictly(
    message: AnyMessage, data: st.DataObject
) -> None:
    clear, groups = pieces_of(message)
    in_group: bool = data.draw(st.booleans(), label="a group")
    if groups and in_group:
        name = data.draw(st.sampled_from(sorted(groups)), label="which")
        groups[name] = edited(data, groups[name])
    else:
        clear = edited(data, clear)
    try:
        found = verified(Pieces(clear, groups))
    except PeerError:
        return  # refused before anybody reads it
    quick = None if found.pieces is None else at_once(*found.pieces)
    if quick is not None:
        assert strictly(found) == quick


@given(st.sampled_from(list(EXAMPLES.values())), st.data())
@settings(max_examples=300, deadline=None)
def test_a_group_under_another_name_is_read_by_nobody_or_by_both(
    message: AnyMessage, data: st.DataObject
) -> None:
    clear, groups = pieces_of(message)
    others = ["persons", "place", "officer", "free_text", "attachment_key.1", "attachment_keys"]
    names = data.draw(st.permutations([*groups, *others]))
    found = verified(Pieces(clear, dict(zip(names, groups.values(), strict=False))))
    quick = None if found.pieces is None else at_once(*found.pieces)
    if quick is not None:
        assert strictly(found) == quick


DEEP = b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}"
ALARMING = "\u202e".encode()

Spoil = Callable[[bytes, dict[str, bytes]], tuple[bytes, dict[str, bytes]]]
SPOILT: dict[str, Spoil] = {
    "a member twice": lambda c, g: (c[:-1] + b',"test":true}', g),
    "a member that is unknown": lambda c, g: (c[:-1] + b',"surprise":1}', g),
    "a number that is no integer": lambda c, g: (c.replace(b'"v":1', b'"v":1.0'), g),
    "white space": lambda c, g: (c.replace(b'"v":1', b'"v": 1'), g),
    "something after it": lambda c, g: (c + b"\n", g),
    "something around it": lambda c, g: (b"[" + c + b"]", g),
    "something deep before its type": lambda c, g: (DEEP[:-1] + b"," + c[1:], g),
    "a group in the clear part": lambda c, g: (b'{"officer":' + g["officer"] + b"," + c[1:], g),
    "a group in the clear part alone": lambda c, g: (
        c.replace(b',"recipient"', b',"officer":' + g["officer"] + b',"recipient"'),
        {name: value for name, value in g.items() if name != "officer"},
    ),
    "an escape": lambda c, g: (c.replace(b'"caption":"', b'"caption":"\\u0041'), g),
    "a character of no line": lambda c, g: (
        c.replace(b'"caption":"', b'"caption":"' + ALARMING),
        g,
    ),
    "a character of no line in a group": lambda c, g: (
        c,
        g | {"officer": g["officer"].replace(b'"name":"', b'"name":"' + ALARMING)},
    ),
    "a line feed in a short field": lambda c, g: (
        c,
        g | {"officer": g["officer"].replace(b'"name":"', b'"name":"\\n')},
    ),
    "a member twice in a group": lambda c, g: (
        c,
        g | {"officer": g["officer"][:-1] + b',"name":"another"}'},
    ),
    "something deep in a group": lambda c, g: (c, g | {"officer": DEEP}),
    "a group of another type": lambda c, g: (c, g | {"chain_parties": b"[]"}),
    "all keys as one group": lambda c, g: (
        c,
        g | {"attachment_keys": g["attachment_key.1"]},
    ),
    "the key of a file that is not there": lambda c, g: (
        c,
        g | {"attachment_key.9": g["attachment_key.1"]},
    ),
}


LAWFUL = ("white space", "something after it", "an escape")
"""Of these, what strict JSON allows: read, though not at once."""


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_not_as_we_write_it_is_left_to_the_strict_reader(how: str) -> None:
    clear, groups = pieces_of(REQUEST)
    assert at_once(clear, groups) == REQUEST
    spoilt = SPOILT[how](clear, dict(groups))
    assert spoilt != (clear, groups)
    assert at_once(*spoilt) is None
    with contextlib.nullcontext() if how in LAWFUL else pytest.raises(PeerError):
        message_of(verified(Pieces(*spoilt)))


def test_another_order_of_members_is_read_all_the_same() -> None:
    clear, groups = to_wire(REQUEST)
    turned = json.dumps(dict(reversed(clear.items())), separators=(",", ":"), ensure_ascii=False)
    written = {name: canonical_json(value) for name, value in groups.items()}
    assert message_of(verified(Pieces(turned.encode(), written))) == REQUEST


def test_a_message_robbed_of_all_its_groups_is_told_from_one_that_had_none() -> None:
    whole = signed(pieces_of(REQUEST))
    robbed = SignedMessage.of(whole.jws, ())
    with pytest.raises(PeerError, match="without a disclosure"):
        verify(robbed, keys=KEYS)
    assert verify(robbed, keys=KEYS, allow_missing=True).missing == len(whole.disclosures)


def test_no_type_admits_what_strict_json_does_not() -> None:
    """Read at once, a number has the bounds of its field, and nesting those of its type."""
    for document in (payload_schema(), groups_schema()):
        parts = document["$defs"]

        def walk(part: Any, depth: int, parts: dict[str, Any] = parts) -> None:
            assert depth <= MAX_DEPTH
            if isinstance(part, list):
                for one in part:
                    walk(one, depth)
            if not isinstance(part, dict):
                return
            if "$ref" in part:
                walk(parts[part["$ref"].removeprefix("#/$defs/")], depth)
            kind = part.get("type")
            assert kind != "number"
            if kind == "integer":
                bounds = part.get("minimum", -MAX_INT - 1), part.get("maximum", MAX_INT + 1)
                assert -MAX_INT <= bounds[0] <= bounds[1] <= MAX_INT, part
            inner = depth + (kind in ("object", "array"))
            for name, value in part.items():
                if name not in ("$defs", "enum", "const", "default", "examples"):
                    walk(value, inner if name in ("properties", "items") else depth)

        walk({k: v for k, v in document.items() if k != "$defs"}, 0)
