"""Cases of the envelope about seals, what is in them, and the stream of an attachment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.vectors.envelope_parts import (
    ACCEPT,
    CLEAR,
    CONTENT_KEY,
    FOREIGN,
    GROUPS,
    SEAL,
    SIGNING,
    Case,
    case,
    flipped,
    forge,
    seeded,
    with_loose_bits,
)
from tracer.canonical import b64url, canonical_json, unb64url
from tracer.envelope import content, jwe, sdjwt, stream
from tracer.envelope.jwk import HPKE_10_KE, SealKey

MESSAGE_ID = b64url(hashlib.sha256(b"a message").digest())
PLAINTEXT = b"what is sealed"


def sealed_header(**changes: str) -> str:
    """Return our header with changed members; the order and the spelling stay."""
    members = {
        "alg": HPKE_10_KE,
        "enc": "A256GCM",
        "kid": SEAL.kid,
        "typ": jwe.TYP,
        "from": "XA-NPOC",
        "to": "XB-NPOC",
        "id": MESSAGE_ID,
        "ek": b64url(CONTENT_KEY.ek),
    }
    return json.dumps({**members, **changes}, separators=(",", ":"))


def box(header: str, plaintext: bytes = PLAINTEXT, iv: bytes = bytes(12)) -> str:
    """Seal under any header, with a tag that holds."""
    protected = b64url(header.encode())
    boxed = AESGCM(CONTENT_KEY.cek).encrypt(iv, plaintext, protected.encode())
    parts = (CONTENT_KEY.encrypted_key, iv, boxed[:-16], boxed[-16:])
    return ".".join((protected, *map(b64url, parts)))


def jwe_cases() -> Iterator[Case]:
    """Cases of the seal."""
    names = {"sender": "XA-NPOC", "recipient": "XB-NPOC", "message_id": MESSAGE_ID}
    good = jwe.assemble(
        PLAINTEXT, content_key=CONTENT_KEY, kid=SEAL.kid, random=seeded("iv"), **names
    )
    output = b64url(PLAINTEXT)
    yield case("sealed", "a canonical seal", good, ACCEPT, output=output)
    foreign = b64url(FOREIGN["plaintext"].encode())
    yield case("foreign", "sealed by another library", FOREIGN["jwe"], ACCEPT, output=foreign)
    empty = box(sealed_header(), b"")
    yield case("empty-plaintext", "opens; content refuses it", empty, ACCEPT, output="")
    yield from _jwe_forms(good.split("."))
    yield from _jwe_headers()
    yield from _jwe_changes(good.split("."))


def _jwe_forms(parts: list[str]) -> Iterator[Case]:
    header, key, iv, text, tag = parts
    good = ".".join(parts)
    message = sdjwt.issue(CLEAR, {}, key=SIGNING)
    for name, description, value in (
        ("empty", "F5: nothing at all", ""),
        ("not-a-token", "F6: not parseable", "not a token"),
        ("four-parts", "no tag", ".".join(parts[:4])),
        ("six-parts", "F3: a part too many", f"{good}.{tag}"),
        ("two-messages", "F4: two messages in one", good + good),
        ("padding", "base64url with padding", f"{good}=="),
        ("loose-bits", "unused bits set", f"{header}.{key}.{iv}.{text}.{with_loose_bits(tag)}"),
        ("white-space", "a line break at the end", f"{good}\n"),
        ("short-key", "an encrypted key of 47 bytes", good.replace(key, b64url(bytes(47)))),
        ("empty-key", "no encrypted key", f"{header}..{iv}.{text}.{tag}"),
        ("long-iv", "an IV of 16 bytes", f"{header}.{key}.{b64url(bytes(16))}.{text}.{tag}"),
        ("short-tag", "a tag of 12 bytes", f"{header}.{key}.{iv}.{text}.{b64url(bytes(12))}"),
        ("signed-only", "R10: signed, not sealed", message.compact),
        ("signed-last", "R10: sealed first, signed after", forge("{}", good.encode())),
    ):
        yield case(name, description, value, "jwe-form")


def _jwe_headers() -> Iterator[Case]:
    for name, text, changes in (
        ("alg-integrated", "F7: integrated encryption", {"alg": "HPKE-10"}),
        ("alg-9", "F7: another suite's name", {"alg": "HPKE-9-KE"}),
        ("alg-ecdh", "F7: another key management", {"alg": "ECDH-ES+A256KW"}),
        ("enc-128", "F7: another content encryption", {"enc": "A128GCM"}),
        ("typ", "another type", {"typ": "JWE"}),
    ):
        yield case(f"profile-{name}", text, box(sealed_header(**changes)), "jwe-profile")
    good = sealed_header()
    for name, text, header in (
        ("space", "white space", good.replace(":", ": ", 1)),
        ("zip", "compression asked for", good[:-1] + ',"zip":"DEF"}'),
        ("crit", "an extension asked for", good[:-1] + ',"crit":["x"],"x":1}'),
        ("twice", "a member twice", good[:-1] + f',"to":"XB-NPOC","id":"{MESSAGE_ID}"}}'),
        ("no-id", "R12: id is missing", good.replace(f'"id":"{MESSAGE_ID}",', "")),
        ("order", "members in another order", _reordered(good)),
        ("escape", "an escape that spells the same", good.replace("A256GCM", "A256GC\\u004d")),
        ("from", "a sender that is no authority", sealed_header(**{"from": "xa-npoc"})),
        ("to", "a recipient that is no authority", sealed_header(to="XB")),
        ("id", "an id that is no SHA-256", sealed_header(id=MESSAGE_ID[:-1])),
        ("loose-id", "an id that is not canonical", sealed_header(id=with_loose_bits(MESSAGE_ID))),
        ("ek", "an encapsulated secret of 1119 bytes", sealed_header(ek=b64url(bytes(1119)))),
        ("array", "an array", "[]"),
        ("not-json", "no JSON at all", "header"),
    ):
        # JSON that names our profile is refused for its form, anything else for its profile
        yield case(f"header-{name}", text, box(header), "jwe-form")


def _reordered(header: str) -> str:
    members = json.loads(header)
    return json.dumps({"typ": members.pop("typ"), **members}, separators=(",", ":"))


def _jwe_changes(parts: list[str]) -> Iterator[Case]:
    header, key, iv, text, tag = parts

    def swap(**changes: str) -> str:
        return ".".join((b64url(sealed_header(**changes).encode()), key, iv, text, tag))

    ek = CONTENT_KEY.ek
    other = SealKey.from_seed(bytes(32)).kid
    changed = b64url(flipped(unb64url(text)))
    for name, description, value, code in (
        ("other-key", "R11: sealed to another key", box(sealed_header(kid=other)), "seal-key"),
        ("to-swapped", "another recipient written in", swap(to="XC-NPOC"), "seal-open"),
        ("from-swapped", "another sender written in", swap(**{"from": "XC-NPOC"}), "seal-open"),
        ("id-swapped", "another id written in", swap(id=b64url(bytes(32))), "seal-open"),
        ("mlkem-changed", "ML-KEM part changed", swap(ek=b64url(flipped(ek, 5))), "seal-open"),
        ("x25519-changed", "X25519 part changed", swap(ek=b64url(flipped(ek, -1))), "seal-open"),
        ("x25519-zero", "X25519 part zero", swap(ek=b64url(ek[:1088] + bytes(32))), "seal-open"),
        (
            "text-changed",
            "F1: ciphertext changed",
            f"{header}.{key}.{iv}.{changed}.{tag}",
            "seal-open",
        ),
        ("text-cut", "ciphertext cut off", f"{header}.{key}.{iv}.{text[:8]}.{tag}", "seal-open"),
        (
            "key-changed",
            "encrypted key changed",
            f"{header}.{'A' * 64}.{iv}.{text}.{tag}",
            "seal-open",
        ),
        ("iv-changed", "another IV", f"{header}.{key}.{'A' * 16}.{text}.{tag}", "seal-open"),
        ("tag-changed", "another tag", f"{header}.{key}.{iv}.{text}.{'A' * 22}", "seal-open"),
    ):
        yield case(name, description, value, code)


def content_cases() -> Iterator[Case]:
    """Cases of the opened plaintext; input and output are base64url of bytes and JSON."""
    compact = sdjwt.issue(CLEAR, GROUPS, key=SIGNING, random=seeded("salts")).compact
    proof = {"record": "e30", "index": 0, "size": 1, "path": []}
    good = content.pack(compact, proof)
    output = {"id": sdjwt.split(compact).id, "disclosures": 3, "proof": proof}
    yield case("content", "message and proof", b64url(good), ACCEPT, output=output)
    sealed = box(sealed_header())
    for name, text, raw in (
        ("empty", "F5: nothing at all", b""),
        ("not-json", "F6: not parseable", b"\x00\x01"),
        ("sd-jwt-alone", "no proof around it", compact.encode()),
        ("array", "an array", canonical_json([compact, proof])),
        ("no-proof", "R12: proof is missing", canonical_json({"sd_jwt": compact})),
        ("no-message", "R12: message is missing", canonical_json({"proof": proof})),
        ("extra", "F3: a member more", good[:-1] + b',"z":1}'),
        ("proof-array", "proof is no object", canonical_json({"sd_jwt": compact, "proof": []})),
        (
            "two-messages",
            "F4: two messages",
            canonical_json({"sd_jwt": [compact] * 2, "proof": proof}),
        ),
        ("space", "white space", good.replace(b":", b": ", 1)),
        (
            "order",
            "members in another order",
            json.dumps({"sd_jwt": compact, "proof": {}}).encode(),
        ),
        ("duplicate", "a member twice", b'{"proof":{},' + good[1:]),
        ("float", "a float in the proof", content.pack(compact, {"index": 1.5})),
        ("no-tilde", "not an SD-JWT", content.pack(compact[:-1], proof)),
        ("sealed-twice", "R10: a seal inside the seal", content.pack(sealed, proof)),
    ):
        yield case(name, text, b64url(raw), "plaintext-form")


STREAM_KEY = stream.StreamKey(hashlib.sha256(b"tracer vectors: stream").digest(), bytes(range(7)))


def pattern(size: int) -> bytes:
    """Return the plaintext that large stream cases are about: byte i is i mod 251."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def stream_cases() -> Iterator[Case]:
    """Cases of an attachment; small ones carry the ciphertext, large ones its digest."""
    photo = b"".join(stream.encrypt_stream([b"photo"], *STREAM_KEY))
    empty = b"".join(stream.encrypt_stream([], *STREAM_KEY))
    second = b"".join(stream.encrypt_stream([b"photo"], *STREAM_KEY, first=1))
    yield case("small", "one segment", b64url(photo), ACCEPT, output=b64url(b"photo"))
    yield case("empty", "one empty final segment", b64url(empty), ACCEPT, output="")
    for name, text, raw in (
        ("nothing", "F5: not even a tag", b""),
        ("cut-tag", "one byte short", photo[:-1]),
        ("changed", "F1: one bit changed", flipped(photo)),
        ("trailing", "F3: a byte more", photo + b"\x00"),
        ("two", "F4: two streams in one", photo + photo),
        ("moved", "a segment out of its place", second),
        ("not-final", "the last segment is not marked final", _not_final()),
    ):
        yield case(name, text, b64url(raw), "attachment-digest")
    for size in (stream.SEGMENT - 1, stream.SEGMENT, stream.SEGMENT + 1, 3 * stream.SEGMENT):
        boxed = b"".join(stream.encrypt_stream([pattern(size)], *STREAM_KEY))
        yield case(
            f"pattern-{size}",
            "byte i of the plaintext is i mod 251; output is the ciphertext's SHA-256 and size",
            {"pattern": size},
            ACCEPT,
            output={"sha256": b64url(hashlib.sha256(boxed).digest()), "size": len(boxed)},
        )


def _not_final() -> bytes:
    whole = stream.encrypt_stream([bytes(stream.SEGMENT), b"x"], *STREAM_KEY)
    return next(whole)
