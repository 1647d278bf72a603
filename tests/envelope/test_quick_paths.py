"""The quick readers of the envelope say the same as slow and obvious ones, whatever comes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.envelope.conftest import CLEAR, GROUPS
from tracer.canonical import b64url, canonical_json, strict_json, unb64url
from tracer.envelope import content, jwe, jws, sdjwt
from tracer.envelope.jwk import SealKey, SigningKey
from tracer.errors import PeerError

SIGNING = SigningKey.from_seed(bytes(range(32)))
SIGNED = sdjwt.issue(CLEAR, GROUPS, key=SIGNING)
PLAINTEXT = content.pack(SIGNED.compact, {"index": 1, "path": ["a", "b"]}).decode()
SEALED = jwe.seal(
    b"x",
    to=SealKey.from_seed(bytes(range(32))).public,
    sender="XA-NPOC",
    recipient="XB-NPOC",
    message_id=SIGNED.id,
)
HEADER = unb64url(SEALED.split(".")[0]).decode()

PIECES = st.sampled_from(
    ('"', "\\", "\\u0061", ",", "{", "}", "~", ".", " ", "\n", "\x7f", "é", "1.0", "1", "{}")
) | st.sampled_from(
    ('"sd_jwt":"a~"', '"proof":{}', '"sd_jwt"', "null", "[[[[[[[[[[1]]]]]]]]]]", "9" * 17)
)
HEADER_PIECES = st.sampled_from(
    ('"', "\\", "A", "=", " ", "é", '"}', '","zip":"DEF', '"ek":"', '"alg":"HPKE-9-KE"', ",")
)


def _outcome(read: Callable[[Any], object], value: object) -> object:
    try:
        return read(value)
    except PeerError as error:
        return error.code


def _spliced(text: str, piece: str, start: int, end: int) -> str:
    return text[:start] + piece + text[max(start, end) :]


def _plainly(plaintext: bytes) -> object:
    """Read the plaintext of a seal as its definition says."""
    try:
        value = strict_json(plaintext.decode())
    except ValueError:
        return "plaintext-form"
    fits = isinstance(value, dict) and value.keys() == {"proof", "sd_jwt"}
    if not fits or not isinstance(value["proof"], dict) or not isinstance(value["sd_jwt"], str):
        return "plaintext-form"
    if canonical_json(value) != plaintext:
        return "plaintext-form"
    return sdjwt.split(value["sd_jwt"]), value["proof"]


@given(PIECES, st.integers(0, len(PLAINTEXT)), st.integers(0, 40))
@settings(max_examples=400)
@example("", 0, 0)
def test_a_plaintext_with_a_piece_put_in_is_read_as_it_is_defined(
    piece: str, start: int, cut: int
) -> None:
    changed = _spliced(PLAINTEXT, piece, start, start + cut).encode()
    assert _outcome(content.unpack, changed) == _outcome(_plainly, changed)


@given(
    st.recursive(
        st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    ),
    st.text(max_size=6) | st.sampled_from(["a.b.c~", "a~b~"]),
    st.booleans(),
)
@settings(max_examples=300)
def test_any_two_members_are_read_as_a_plaintext_is_defined(
    proof: object,
    compact: str,
    escaped: bool,  # noqa: FBT001 - given by the strategy
) -> None:
    written = json.dumps(
        {"proof": proof, "sd_jwt": compact}, ensure_ascii=escaped, separators=(",", ":")
    ).encode()
    assert _outcome(content.unpack, written) == _outcome(_plainly, written)


_WHOLE = re.compile(
    r'\{"alg":"HPKE-10-KE","enc":"A256GCM","kid":"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]",'
    r'"typ":"tracer-1\+jwe","from":"[A-Z]{2}(?:-[A-Z0-9]{1,16}){1,3}",'
    r'"to":"[A-Z]{2}(?:-[A-Z0-9]{1,16}){1,3}","id":"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]",'
    r'"ek":"[A-Za-z0-9_-]{1493}[AQgw]"\}'
)


@given(HEADER_PIECES, st.integers(0, len(HEADER)), st.integers(0, 40))
@settings(max_examples=400)
@example("", 0, 0)
@example('"', len(HEADER), 0)
@example("", len(HEADER) - 3, 1)
def test_a_header_is_taken_exactly_when_it_is_of_the_profiles_form(
    piece: str, start: int, cut: int
) -> None:
    header = _spliced(HEADER, piece, start, start + cut)
    sealed = ".".join((b64url(header.encode()), *SEALED.split(".")[1:]))
    found = _outcome(jwe.parse, sealed)
    assert isinstance(found, jwe.SealedHeader) == bool(_WHOLE.fullmatch(header))


@given(HEADER_PIECES, st.integers(0, 107), st.integers(0, 40), st.booleans())
@settings(max_examples=400)
def test_a_header_of_a_signature_is_judged_alike_the_first_time_and_again(
    piece: str,
    start: int,
    cut: int,
    encoded: bool,  # noqa: FBT001 - given by the strategy
) -> None:
    header, rest = SIGNED.jws.split(".", 1)
    if encoded:
        changed = _spliced(header, piece, start, start + cut)
    else:
        text = _spliced(unb64url(header).decode(), piece, start, start + cut)
        changed = b64url(text.encode())
    token = f"{changed}.{rest}"
    found = [_outcome(lambda one: jws.claimed_key(one, typ=sdjwt.TYP), token) for _ in range(2)]
    assert found[0] == found[1]
    assert (found[0] == (SIGNING.kid, unb64url(rest.split(".")[0]))) == (changed == header)
