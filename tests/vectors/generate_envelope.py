"""Write `schemas/vectors/envelope/*.json`: what a reader of the envelope must take and must refuse.

Run `python -m tests.vectors.generate_envelope`; a test fails when the files are not what this
writes. Randomness is a seeded stream, so that the files change only when the protocol does. The
expected codes are stated here by hand, never computed. HPKE can not be seeded through its public
interface: the content key of every seal is the one of `foreign_seal.json`, made by another library.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.vectors.envelope_parts import (
    ACCEPT,
    CLEAR,
    FOREIGN,
    GROUPS,
    KEYS,
    OTHER,
    REFUSAL,
    SEAL,
    SEAL_KEYS,
    SIGNING,
    Case,
    L,
    P,
    case,
    flipped,
    forge,
    seeded,
    with_loose_bits,
)
from tests.vectors.envelope_seals import STREAM_KEY, content_cases, jwe_cases, pattern, stream_cases
from tracer.canonical import b64url, canonical_json, unb64url
from tracer.envelope import sdjwt
from tracer.envelope.jwk import HPKE_10_KE, thumbprint
from tracer.envelope.jws import sign_object

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "envelope"


def jws_cases() -> Iterator[Case]:
    """Cases of a signed object of type `tracer-refusal+jws`."""
    body = {"code": "quota", "retryable": True}
    good = sign_object(body, typ=REFUSAL, key=SIGNING)
    header, payload, signature = good.split(".")
    yield case("signed-object", "a canonical token", good, ACCEPT, output=body)
    yield case("empty-object", "{}", sign_object({}, typ=REFUSAL, key=SIGNING), ACCEPT, output={})
    yield from _jws_forms(header, payload, signature)
    yield from _jws_headers()
    raw = unb64url(signature)
    s_plus_l = raw[:32] + (int.from_bytes(raw[32:], "little") + L).to_bytes(32, "little")
    signed = f"{header}.{payload}"
    for name, text, changed in (
        ("s-plus-l", "S >= L: a second signature without the key", s_plus_l),
        ("r-changed", "one bit of R changed", flipped(raw, 0)),
        ("s-changed", "one bit of S changed", flipped(raw, 40)),
        ("all-zero", "a signature of zeros", bytes(64)),
    ):
        yield case(name, text, f"{signed}.{b64url(changed)}", "jws-signature")
    other = b64url(b'{"code":"quota","retryable":false}')
    yield case(
        "payload-changed",
        "F1: payload changed after signing",
        f"{header}.{other}.{signature}",
        "jws-signature",
    )
    for name, text, bad in bad_json():
        yield case(
            f"payload-{name}", text, sign_object(bad, typ=REFUSAL, key=SIGNING), "json-strict"
        )


def _jws_forms(header: str, payload: str, signature: str) -> Iterator[Case]:
    good = f"{header}.{payload}.{signature}"
    short = b64url(unb64url(signature)[:63])
    for name, text, value in (
        ("empty", "F5: nothing at all", ""),
        ("not-a-token", "F6: not parseable", "not a token"),
        ("two-parts", "no signature part", f"{header}.{payload}"),
        ("four-parts", "a part too many", f"{good}.{signature}"),
        ("padding", "base64url with padding", f"{good}=="),
        ("loose-bits", "unused bits of the last character set", with_loose_bits(good)),
        ("standard-alphabet", "base64 instead of base64url", f"{header}.a+b/.{signature}"),
        ("white-space", "a space before the token", f" {good}"),
        ("line-break", "a line break after the token", f"{good}\n"),
        ("not-ascii", "a character outside ASCII", f"{header}.\u00e9.{signature}"),
        ("short-signature", "63 bytes of signature", f"{header}.{payload}.{short}"),
        ("empty-signature", "alg none in effect", f"{header}.{payload}."),
    ):
        yield case(name, text, value, "jws-form")


def _jws_headers() -> Iterator[Case]:
    kid = SIGNING.kid
    tail = f'"kid":"{kid}","typ":"{REFUSAL}"}}'
    for name, text, header in (
        ("alg-eddsa", "F7: the polymorphic algorithm name", f'{{"alg":"EdDSA",{tail}'),
        ("alg-none", "F7: no algorithm", f'{{"alg":"none",{tail}'),
        ("alg-es256", "F7: another algorithm", f'{{"alg":"ES256",{tail}'),
        ("space", "white space in the header", f'{{"alg": "Ed25519",{tail}'),
        (
            "order",
            "members in another order",
            f'{{"kid":"{kid}","alg":"Ed25519","typ":"{REFUSAL}"}}',
        ),
        ("extra", "one member more", f'{{"alg":"Ed25519","crit":[],{tail}'),
        ("no-kid", "kid is missing", f'{{"alg":"Ed25519","typ":"{REFUSAL}"}}'),
        ("short-kid", "kid is no thumbprint", f'{{"alg":"Ed25519","kid":"a","typ":"{REFUSAL}"}}'),
        ("other-typ", "another object's type", f'{{"alg":"Ed25519","kid":"{kid}","typ":"JWT"}}'),
        ("escape", "an escape that spells the same", f'{{"alg":"Ed2551\\u0039",{tail}'),
        ("not-json", "no JSON at all", "header"),
        ("none", "an empty header", ""),
    ):
        yield case(f"header-{name}", text, forge(header, b"{}"), "jws-header")
    unknown = sign_object({}, typ=REFUSAL, key=OTHER)
    yield case("unknown-key", "R11: signed by a key that is not expected", unknown, "signing-key")


def bad_json() -> Iterator[tuple[str, str, bytes]]:
    """Name bytes that have several readings, or none."""
    yield "duplicate-key", "one key twice", b'{"a":1,"a":2}'
    yield "nested-duplicate", "one key twice, deeper", b'{"b":[{"a":1,"a":2}]}'
    yield "escaped-duplicate", "one key twice, once escaped", b'{"a":1,"\\u0061":2}'
    yield "float", "a number with a fraction", b'{"a":1.0}'
    yield "exponent", "a number with an exponent", b'{"a":1e2}'
    yield "big-integer", "an integer beyond 2^53-1", b'{"a":9007199254740992}'
    yield "negative-zero", "minus zero", b'{"a":-0}'
    yield "nan", "not a number", b'{"a":NaN}'
    yield "depth", "17 levels deep", b'{"a":' + b"[" * 16 + b"]" * 16 + b"}"
    yield "surrogate", "half a surrogate pair", b'{"a":"\\ud800"}'
    yield "byte-order-mark", "a byte order mark", b"\xef\xbb\xbf{}"
    yield "latin-1", "not UTF-8", b'{"a":"\xe9"}'
    yield "trailing", "bytes after the value", b"{}{}"
    yield "array", "an array instead of an object", b"[]"
    yield "nothing", "F5: empty", b""


def disclosure(name: str, value: Any, salt: bytes = b"0123456789abcdef") -> str:
    """Encode one disclosure as `issue` would."""
    return encoded([b64url(salt), name, value])


def encoded(parts: Any) -> str:
    """Encode anything as a disclosure."""
    return b64url(canonical_json(parts))


def digest(text: str) -> str:
    """Return the digest that `_sd` holds for a disclosure."""
    return b64url(hashlib.sha256(text.encode()).digest())


def signed(clear: dict[str, Any], *disclosures: str, **members: Any) -> str:
    """Sign an SD-JWT by hand; `members` overrides `_sd` and `_sd_alg` (None leaves one out)."""
    made = {"_sd": sorted(map(digest, disclosures)), "_sd_alg": "sha-256"} if disclosures else {}
    payload = {k: v for k, v in {**clear, **made, **members}.items() if v is not None}
    return "~".join((sign_object(payload, typ=sdjwt.TYP, key=SIGNING), *disclosures, ""))


def sdjwt_cases() -> Iterator[Case]:
    """Cases of a signed message with disclosures."""
    made = sdjwt.issue(CLEAR, GROUPS, key=SIGNING, random=seeded("salts"))
    output = {"clear": CLEAR, "groups": GROUPS, "missing": 0, "id": made.id}
    yield case("all-disclosed", "three groups", made.compact, ACCEPT, output=output)
    plain = sdjwt.issue(CLEAR, {}, key=SIGNING)
    nothing = {"clear": CLEAR, "groups": {}, "missing": 0, "id": plain.id}
    yield case("no-groups", "neither _sd nor _sd_alg", plain.compact, ACCEPT, output=nothing)
    less = sdjwt.redact(made, {"persons", "narrative"}).compact
    left = {**output, "groups": {"officer": GROUPS["officer"]}, "missing": 2}
    yield case("erased", "two groups erased", less, ACCEPT, allow_missing=True, output=left)
    yield case("missing", "two groups missing, not as erased", less, "disclosure-mismatch")
    yield from _sdjwt_forms(made)
    yield from _sdjwt_digests()
    yield from _sdjwt_disclosures()
    jws = made.jws.split(".")
    other = b64url(canonical_json(CLEAR))
    yield case("unsigned", "F1: payload changed", f"{jws[0]}.{other}.{jws[2]}~", "jws-signature")
    refusal = sign_object(CLEAR, typ=REFUSAL, key=SIGNING)
    yield case("other-typ", "a signed refusal shown as message", f"{refusal}~", "jws-header")
    stranger = sdjwt.issue(CLEAR, {}, key=OTHER).compact
    yield case("unknown-key", "R11: a key that is not expected", stranger, "signing-key")


def _sdjwt_forms(made: sdjwt.SignedMessage) -> Iterator[Case]:
    first = made.disclosures[0]
    for name, text, value, code in (
        ("no-tilde", "the last ~ is missing", made.compact[:-1], "plaintext-form"),
        ("jws-alone", "a JWS without ~", made.jws, "plaintext-form"),
        ("key-binding", "a key binding JWT at the end", made.compact + made.jws, "plaintext-form"),
        ("empty-disclosure", "an empty part", made.compact + "~", "plaintext-form"),
        ("no-jws", "disclosures without a JWS", f"~{first}~", "plaintext-form"),
        ("empty", "F5: nothing at all", "", "plaintext-form"),
        ("tilde", "only the separator", "~", "plaintext-form"),
        ("not-ascii", "a character outside ASCII", f"{made.jws}~\u00e9~", "plaintext-form"),
        ("twice", "one disclosure twice", f"{made.compact}{first}~", "disclosure-mismatch"),
        (
            "extra",
            "F3: a disclosure without a digest",
            f"{made.compact}{disclosure('place', 1)}~",
            "disclosure-mismatch",
        ),
        (
            "salt-changed",
            "F1: another salt than the signed one",
            made.compact.replace(first, disclosure("narrative", GROUPS["narrative"])),
            "disclosure-mismatch",
        ),
        (
            "two-messages",
            "F4: the second is met as a disclosure without a digest",
            made.compact + made.compact,
            "disclosure-mismatch",
        ),
    ):
        yield case(name, text, value, code)


def _sdjwt_digests() -> Iterator[Case]:
    a, b = sorted((disclosure("narrative", "x"), disclosure("place", "y")), key=digest)
    both = [digest(a), digest(b)]
    for name, text, value in (
        (
            "unsorted",
            "digests in an order that could say something",
            signed({}, a, b, _sd=both[::-1]),
        ),
        ("repeated", "one digest twice", signed({}, a, _sd=[digest(a)] * 2)),
        ("empty-sd", "_sd without digests", signed({}, _sd=[], _sd_alg="sha-256")),
        ("no-alg", "_sd without _sd_alg", signed({}, a, _sd_alg=None)),
        ("alg-alone", "_sd_alg without _sd", signed({}, _sd_alg="sha-256")),
        ("sha-512", "F7: another digest algorithm", signed({}, a, _sd_alg="sha-512")),
        ("not-a-list", "_sd is no list", signed({}, a, _sd=digest(a))),
        ("not-text", "a digest is no text", signed({}, _sd=[1], _sd_alg="sha-256")),
        ("decoy", "a digest that nothing matches", signed({}, a, _sd=both)),
        ("nested-sd", "_sd below the top level", signed({"in": {"_sd": both}}, a, b)),
        ("nested-alg", "_sd_alg below the top level", signed({"in": {"_sd_alg": "sha-256"}})),
        ("array-digest", "an undisclosed array element", signed({"in": [{"...": digest(a)}]}, a)),
    ):
        yield case(name, text, value, "disclosure-mismatch")
    escaped = sign_object(b'{"in":{"\\u005fsd":[]}}', typ=sdjwt.TYP, key=SIGNING)
    yield case("escaped-sd", "_sd spelled with an escape", f"{escaped}~", "disclosure-mismatch")


def _sdjwt_disclosures() -> Iterator[Case]:
    salt = b64url(b"0123456789abcdef")
    for name, text, made in (
        ("array-element", "a disclosure of an array element", encoded([salt, "x"])),
        ("four-elements", "a disclosure of four elements", encoded([salt, "a", "b", "c"])),
        ("object", "a disclosure that is no array", encoded({"salt": salt})),
        ("short-salt", "a salt of 15 bytes", encoded([b64url(bytes(15)), "place", "x"])),
        ("loose-salt", "a salt that is not canonical", encoded([salt[:-1] + "h", "place", "x"])),
        ("salt-number", "a salt that is no text", encoded([1, "place", "x"])),
        ("name-number", "a name that is no text", encoded([salt, 1, "x"])),
        ("name-sd", "the reserved name _sd", encoded([salt, "_sd", []])),
        ("name-dots", "the reserved name ...", encoded([salt, "...", "x"])),
        ("nested", "a disclosed value with digests", encoded([salt, "place", {"_sd": []}])),
        ("nested-dots", "a disclosed value with ...", encoded([salt, "place", [{"...": "x"}]])),
        ("collision", "the name of a clear member", encoded([salt, "type", "x"])),
    ):
        yield case(f"disclosure-{name}", text, signed(CLEAR, made), "disclosure-mismatch")
    one, two = disclosure("place", "x"), disclosure("place", "y")
    yield case(
        "one-name-twice", "two groups of one name", signed({}, one, two), "disclosure-mismatch"
    )
    for name, text, raw in bad_json():
        if name not in {"array", "depth"}:
            made = b64url(b'["' + salt.encode() + b'","place",' + raw + b"]") if raw else "A"
            yield case(f"disclosure-{name}", text, signed({}, made), "json-strict")
    deep = b'["' + salt.encode() + b'","place",' + b"[" * 16 + b"]" * 17
    yield case("disclosure-depth", "17 levels deep", signed({}, b64url(deep)), "json-strict")
    loose = with_loose_bits(disclosure("place", "xy"))
    yield case("disclosure-loose-bits", "not canonical base64url", signed({}, loose), "json-strict")
    strange = encoded([salt, "place", "z"])
    for name, text, value, code in (
        (
            "bad-then-unmatched",
            "the first disclosure is no JSON, the second has no digest",
            f"{signed({}, loose)}{strange}~",
            "json-strict",
        ),
        (
            "unmatched-then-bad",
            "the first disclosure has no digest, the second is no JSON",
            signed({}, loose).replace("~", f"~{strange}~", 1),
            "disclosure-mismatch",
        ),
        (
            "bad-and-missing",
            "a disclosure is no JSON, and another is missing",
            signed({}, loose, _sd=sorted((digest(loose), digest(strange)))),
            "json-strict",
        ),
    ):
        yield case(f"order-{name}", text, value, code)


def jwk_cases() -> Iterator[Case]:
    """Cases of public keys; `alg` says as what the key is read, output is its thumbprint."""
    ed: dict[str, Any] = dict(SIGNING.public_jwk())
    seal = SEAL.public_jwk()
    yield case("ed25519", "a signing key", ed, ACCEPT, alg="Ed25519", output=thumbprint(ed))
    yield case("x-wing", "a sealing key", seal, ACCEPT, alg=HPKE_10_KE, output=thumbprint(seal))
    rfc8037 = {"crv": "Ed25519", "kty": "OKP", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    rfc_name = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    yield case("rfc8037", "appendix A.2 and A.3", rfc8037, ACCEPT, alg="Ed25519", output=rfc_name)
    for name, text, x in _bad_points():
        jwk = {"crv": "Ed25519", "kty": "OKP", "x": x}
        yield case(f"ed25519-{name}", text, jwk, "signing-key", alg="Ed25519")
    wrong: tuple[tuple[str, str, Any], ...] = (
        ("extra", "a member more", {**ed, "use": "sig"}),
        ("private", "a private key", {**ed, "d": b64url(bytes(32))}),
        ("x25519", "a key agreement key", {**ed, "crv": "X25519"}),
        ("missing", "no x", {"crv": "Ed25519", "kty": "OKP"}),
        ("number", "x is no text", {**ed, "x": 1}),
        ("array", "no object", [ed]),
    )
    for name, text, value in wrong:
        yield case(f"signing-{name}", text, value, "signing-key", alg="Ed25519")
    raw = unb64url(seal["pub"])
    for name, text, pub in (
        ("short", "1215 bytes", raw[:-1]),
        ("zero-x25519", "X25519 part of small order", raw[:1184] + bytes(32)),
        ("large-x25519", "X25519 part not canonical", raw[:1184] + b"\xff" * 32),
        ("mlkem", "ML-KEM coefficients not reduced", b"\xff" * 1152 + raw[1152:]),
    ):
        jwk = {**seal, "pub": b64url(pub)}
        yield case(f"sealing-{name}", text, jwk, "seal-key", alg=HPKE_10_KE)
    renamed = {**seal, "alg": "HPKE-9-KE"}
    yield case("sealing-alg", "another suite's name", renamed, "seal-key", alg=HPKE_10_KE)


def _bad_points() -> Iterator[tuple[str, str, str]]:
    order8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
    for name, text, y in (
        ("identity", "the identity", 1),
        ("identity-signed", "the identity with a sign bit", 1 + 2**255),
        ("order-2", "order 2", P - 1),
        ("order-4", "order 4", 0),
        ("order-8", "order 8", order8),
        ("order-8-other", "order 8, the other y", P - order8),
        ("not-canonical", "y >= p", P + 3),
        ("not-on-curve", "no point has this y", 2),
    ):
        yield name, text, b64url(y.to_bytes(32, "little"))
    yield "short", "31 bytes", b64url(bytes(31))
    yield "loose-bits", "not canonical base64url", with_loose_bits(SIGNING.public_jwk()["x"])


FILES: dict[str, tuple[str, Any, Callable[[], Iterator[Case]]]] = {
    "jwk": ("read a public key", {}, jwk_cases),
    "jws": (f"verify a compact JWS whose typ must be {REFUSAL}", KEYS, jws_cases),
    "sdjwt": ("split and verify a signed message", KEYS, sdjwt_cases),
    "jwe": ("parse and open a seal; output is base64url", SEAL_KEYS, jwe_cases),
    "content": ("unpack an opened plaintext, given in base64url", {}, content_cases),
    "stream": (
        "decrypt an attachment, given in base64url",
        {"key": b64url(STREAM_KEY.key), "prefix": b64url(STREAM_KEY.prefix)},
        stream_cases,
    ),
}


def files() -> Iterator[tuple[Path, str]]:
    """Yield each file and its text."""
    for name, (operation, keys, cases) in FILES.items():
        listed = [{"keys": keys, **one} for one in cases()]
        text = json.dumps({"operation": operation, "cases": listed}, indent=1, ensure_ascii=True)
        yield FOLDER / f"{name}.json", text + "\n"


def main() -> None:
    """Write all files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in files():
        path.write_text(text)


__all__ = ["FOREIGN", "REFUSAL", "pattern"]

if __name__ == "__main__":
    main()
