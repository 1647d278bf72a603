"""Write `schemas/vectors/entry/*.json`: `python -m tests.vectors.generate_entry`.

Nothing here uses the room it tests: entries are plain dictionaries, tokens are put together by
hand, keys come from the seeds given. Everything is deterministic (the channel certificates are
Ed25519 for that reason), so running it again changes no byte; the suite checks that.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256, shake_256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "entry"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)

Case = dict[str, Any]
Change = Callable[[Case], object]


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def seed(name: str) -> bytes:
    return sha256(name.encode()).digest()


def private(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed(name))


def thumbprint(jwk: Case) -> str:
    return b64url(sha256(canonical(jwk)).digest())


def sign_jwk(name: str) -> Case:
    raw = private(name).public_key().public_bytes_raw()
    return {"crv": "Ed25519", "kty": "OKP", "x": b64url(raw)}


@cache
def _xwing(name: str) -> bytes:
    expanded = shake_256(seed(name)).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).public_key().public_bytes_raw()
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:]).public_key().public_bytes_raw()
    return mlkem + x25519


def sign_row(name: str, **more: str) -> Case:
    jwk = sign_jwk(name)
    return {
        "accept_until": stamp(NOW + 1130 * DAY),
        "jwk": jwk,
        "kid": thumbprint(jwk),
        "sign_from": stamp(NOW),
        "sign_until": stamp(NOW + 730 * DAY),
        "use": "sign",
        **more,
    }


def seal_row(name: str) -> Case:
    jwk = {"alg": "HPKE-10-KE", "kty": "AKP", "pub": b64url(_xwing(name))}
    return {
        "jwk": jwk,
        "kid": thumbprint(jwk),
        "open_until": stamp(NOW + 490 * DAY),
        "sign_from": stamp(NOW),
        "sign_until": stamp(NOW + 90 * DAY),
        "use": "seal",
    }


@cache
def certificate(name: str) -> str:
    key = private(name + " channel")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    public = key.public_key()
    made = x509.CertificateBuilder(subject, subject, public, 7, NOW, NOW + 3650 * DAY)
    return b64url(made.sign(key, None).public_bytes(Encoding.DER))


def log(authority: str, number: int = 1) -> Case:
    origin = f"{authority}/log/{number}"
    quantum = MLDSA44PrivateKey.from_seed_bytes(seed(origin + " ML-DSA-44"))
    return {
        "ed25519": b64url(private(origin).public_key().public_bytes_raw()),
        "mldsa44": b64url(quantum.public_key().public_bytes_raw()),
        "origin": origin,
    }


def span(n: int, unit: str) -> Case:
    return {"n": n, "unit": unit}


def terms(authority: str) -> Case:
    table = (
        ("FLASH", span(1, "hour"), span(8, "hour"), span(2, "hour")),
        ("URGENT", span(4, "hour"), span(24, "hour"), span(12, "hour")),
        ("PRIORITY", span(1, "working-day"), span(3, "day"), span(2, "day")),
        ("ROUTINE", span(2, "working-day"), span(28, "day"), span(7, "day")),
    )
    names = ("urgency", "acknowledge", "first_answer", "escalate")
    return {
        "authority": authority,
        "covers_until": "2027-12-31",
        "lapse_after": span(30, "day"),
        "non_working": ["2026-12-25"],
        "office": {"closes": "16:00", "opens": "08:00"},
        "offsets": [{"minutes": 60, "start": "2000-01-01T00:00:00.000Z"}],
        "remind_after": span(14, "day"),
        "targets": [dict(zip(names, row, strict=True)) for row in table],
        "v": 1,
        "weekend": [6, 7],
    }


def entry(authority: str = "XA-NPOC") -> Case:
    return {
        "authority": authority,
        "channel": [certificate(authority)],
        "contacts": [
            {
                "hours": "always",
                "mail": "desk@xa.example",
                "name": "Desk",
                "phone": "+000 1",
                "role": "duty",
            }
        ],
        "endpoint": "https://xa.example:8443",
        "issued": stamp(NOW),
        "keys": [sign_row(authority), seal_row(authority)],
        "languages": ["en", "fr"],
        "log": log(authority),
        "mode": "reached",
        "name": "National point of contact",
        "prev": "",
        "seq": 1,
        "state": authority[:2],
        "terms": terms(authority),
        "v": 1,
    }


def token(body: bytes, name: str, typ: str = "tracer-entry+jws") -> str:
    header = {"alg": "Ed25519", "kid": thumbprint(sign_jwk(name)), "typ": typ}
    text = f"{b64url(canonical(header))}.{b64url(body)}"
    return f"{text}.{b64url(private(name).sign(text.encode()))}"


def file(payload: Case, by: str = "XA-NPOC", endorsed_by: str | None = None) -> str:
    jws = token(canonical(payload), by)
    endorsement = None
    if endorsed_by is not None:
        endorsement = token(
            canonical(
                {
                    "authority": payload["authority"],
                    "entry": digest(jws),
                    "seq": payload["seq"],
                    "v": 1,
                }
            ),
            endorsed_by,
            "tracer-entry-endorsement+jws",
        )
    return canonical({"endorsement": endorsement, "entry": jws}).decode()


def digest(jws: str) -> str:
    return b64url(sha256(jws.encode()).digest())


def groups(jws: str) -> str:
    digits = str(int(sha256(jws.encode()).hexdigest(), 16) % 10**40).zfill(40)
    return " ".join(digits[start : start + 5] for start in range(0, 40, 5))


def changed(change: Change, payload: Case | None = None) -> Case:
    """A copy of an entry with one change."""
    made = copy.deepcopy(entry() if payload is None else payload)
    change(made)
    return made


def put(*path: Any) -> Change:
    """Set the member at the path to the last argument."""
    *steps, last, value = path

    def change(payload: Case) -> None:
        holder: Any = payload
        for step in steps:
            holder = holder[step]
        holder[last] = value

    return change


def accepted(name: str, payload: Case) -> Case:
    text = file(payload)
    jws = json.loads(text)["entry"]
    return {
        "name": name,
        "expected": "accept",
        "file": text,
        "digest": digest(jws),
        "fingerprint": groups(jws),
        "terms_digest": b64url(sha256(canonical(payload["terms"])).digest()),
    }


def refused(name: str, expected: str, change: Change) -> Case:
    return {"name": name, "expected": expected, "file": file(changed(change))}


COLLECTS = {"mode": "collects", "endpoint": ""}
WITNESS = {"name": "witness.example", "mldsa44": log("XC-NPOC")["mldsa44"]}


def _accepted() -> list[Case]:
    watched = {"quorum": 1, "members": [WITNESS]}
    unknown = {**terms("XA-NPOC")["targets"][0], "urgency": "LATER"}
    second = sign_row("second", revoked_from=stamp(NOW + DAY))
    return [
        accepted("plain", entry()),
        accepted("collects", entry() | COLLECTS),
        accepted("by-courier", entry() | COLLECTS | {"mode": "courier"}),
        accepted("with-witnesses", entry() | {"witnesses": watched}),
        accepted("revoked-key-listed", changed(lambda e: e["keys"].append(second))),
        accepted("address-as-endpoint", entry() | {"endpoint": "https://[2001:db8::7]"}),
        accepted("unknown-urgency-kept", changed(lambda e: e["terms"]["targets"].append(unknown))),
    ]


def _refused() -> list[Case]:
    own, form = sign_row("XA-NPOC"), "entry-form"
    loud = {**WITNESS, "mldsa44": "AAAA"}
    rows: list[tuple[str, str, Change]] = [
        ("member-unknown", form, put("extra", 1)),
        ("member-missing", form, lambda e: e.pop("languages")),
        ("version-later", "version-unknown", put("v", 2)),
        ("version-text", form, put("v", "1")),
        ("authority-form", form, put("authority", "xa-npoc")),
        ("state-of-another", form, put("state", "XB")),
        ("first-with-predecessor", form, put("prev", "A" * 43)),
        ("later-without-predecessor", form, put("seq", 2)),
        ("issued-without-decimals", form, put("issued", "2026-03-01T12:00:00Z")),
        ("issued-on-no-day", form, put("issued", "2026-02-30T12:00:00.000Z")),
        ("endpoint-plain-http", form, put("endpoint", "http://xa.example")),
        ("endpoint-with-path", form, put("endpoint", "https://xa.example/exchange")),
        ("endpoint-with-user", form, put("endpoint", "https://me@xa.example")),
        ("endpoint-missing", form, put("endpoint", "")),
        ("endpoint-in-upper-case", form, put("endpoint", "https://XA.example")),
        ("endpoint-with-underscore", form, put("endpoint", "https://xa_node.example")),
        ("endpoint-port-zero", form, put("endpoint", "https://xa.example:0")),
        ("endpoint-port-with-zero", form, put("endpoint", "https://xa.example:0443")),
        ("endpoint-port-65536", form, put("endpoint", "https://xa.example:65536")),
        ("endpoint-with-newline", form, put("endpoint", "https://xa.example\n")),
        ("endpoint-of-one-that-collects", form, put("mode", "collects")),
        ("endpoint-of-one-by-courier", form, put("mode", "courier")),
        ("name-with-bidi-override", form, put("name", "A\u202eB")),
        ("language-with-newline", form, put("languages", ["en\n"])),
        ("no-sealing-key", form, put("keys", [own, sign_row("second")])),
        ("no-signing-key", form, put("keys", [seal_row("XA-NPOC"), seal_row("second")])),
        ("key-twice", form, put("keys", [own, own, seal_row("XA-NPOC")])),
        ("key-under-another-id", form, put("keys", 0, "kid", sign_row("second")["kid"])),
        ("key-with-private-half", "signing-key", put("keys", 0, "jwk", "d", "AAAA")),
        ("key-of-small-order", "signing-key", put("keys", 0, "jwk", "x", "A" * 43)),
        ("sealing-key-cut", "seal-key", put("keys", 1, "jwk", "pub", "AAAA")),
        ("signing-key-with-open-until", form, put("keys", 0, "open_until", stamp(NOW + DAY))),
        ("key-ends-before-it-begins", form, put("keys", 0, "sign_until", stamp(NOW - DAY))),
        ("signer-expired", "key-expired", put("issued", stamp(NOW - DAY))),
        ("signer-revoked", "key-revoked", put("keys", 0, "revoked_from", stamp(NOW + DAY))),
        ("log-of-another", form, put("log", "origin", "XB-NPOC/log/1")),
        ("log-key-cut", form, put("log", "mldsa44", "AAAA")),
        ("certificate-broken", form, put("channel", ["AAAA"])),
        ("certificate-twice", form, put("channel", [certificate("XA-NPOC")] * 2)),
        ("terms-of-another", form, put("terms", "authority", "XB-NPOC")),
        ("terms-for-one-counterpart", form, put("terms", "counterpart", "XB-NPOC")),
        ("terms-without-an-urgency", form, lambda e: e["terms"]["targets"].pop()),
        ("witness-key-cut", form, put("witnesses", {"quorum": 1, "members": [loud]})),
        ("witness-quorum", form, put("witnesses", {"quorum": 2, "members": [WITNESS]})),
    ]
    return [refused(*row) for row in rows]


def _tokens() -> list[Case]:
    """What is wrong around the entry, not in it."""
    good = file(entry())
    jws = json.loads(good)["entry"]
    body = canonical(entry())
    head, _, signature = jws.split(".")
    other = canonical(entry() | {"name": "Another"})
    twice = body.replace(b'"v":1,', b'"v":1,"v":1,', 1)
    texts = {
        "signed-by-a-key-not-listed": ("signing-key", token(body, "stranger")),
        "payload-replaced": ("jws-signature", f"{head}.{b64url(other)}.{signature}"),
        "other-typ": ("jws-header", token(body, "XA-NPOC", "tracer-terms+jws")),
        "two-parts": ("jws-form", f"{head}.{b64url(body)}"),
        "padded": ("jws-form", jws + "="),
        "duplicate-key": ("json-strict", token(twice, "XA-NPOC")),
        "no-object": ("json-strict", token(b"[]", "XA-NPOC")),
    }
    cases = [
        {"name": name, "expected": code, "file": json.dumps({"endorsement": None, "entry": text})}
        for name, (code, text) in texts.items()
    ]
    files = {
        "file-empty": "",
        "file-no-endorsement": json.dumps({"entry": jws}),
        "file-member-unknown": json.dumps({"entry": jws, "endorsement": None, "more": 1}),
        "file-entry-no-text": json.dumps({"entry": 7, "endorsement": None}),
        "first-with-endorsement": json.dumps({"entry": jws, "endorsement": jws}),
    }
    forms = [{"name": n, "expected": "entry-form", "file": text} for n, text in files.items()]
    return cases + forms


def entries() -> Case:
    """Single entry files."""
    return {
        "about": "Entry files. `expected` is accept, or the refusal code.",
        "source": "RFC 7515, RFC 7638, RFC 8037, RFC 9864; keys from SHA-256 of their names",
        "cases": _accepted() + _refused() + _tokens(),
    }


def follower(**changes: Any) -> Case:
    """The second entry of XA, with changes."""
    first = json.loads(file(entry()))["entry"]
    follows = {"seq": 2, "prev": digest(first), "issued": stamp(NOW + DAY)}
    return entry() | follows | changes


def successions() -> Case:
    """Second entries, all after the same first one."""
    own, new, seal = sign_row("XA-NPOC"), sign_row("second"), seal_row("XA-NPOC")
    both = follower(keys=[own, new, seal])
    marked = follower(keys=[own | {"revoked_from": stamp(NOW + DAY)}, new, seal])
    moved = follower(keys=[own | {"sign_until": stamp(NOW + 700 * DAY)}, seal])
    dropped = follower(keys=[new, seal])
    replaced = follower(keys=[own, seal_row("second")])
    root = sign_row("root")["kid"]
    cause = {"origin": "XA-NPOC/log/1", "size": 9, "root": root, "highest": "", "cause": "restore"}
    other_log = log("XA-NPOC") | {"mldsa44": log("XB-NPOC")["mldsa44"]}
    swapped = json.loads(file(both, by="second", endorsed_by="XA-NPOC"))
    swapped["entry"] = json.loads(file(both | {"name": "Another"}, by="second"))["entry"]
    a, chain = "XA-NPOC", "entry-chain"
    rows: list[tuple[str, str, str]] = [
        ("same-key", "accept", file(follower())),
        ("new-key-endorsed", "accept", file(both, by="second", endorsed_by=a)),
        ("new-key-listed-by-the-old", "accept", file(both)),
        (
            "new-log-named",
            "accept",
            file(follower(log=log(a, 2), succession=cause)),
        ),
        ("new-key-not-endorsed", chain, file(both, by="second")),
        ("endorsed-by-a-stranger", "signing-key", file(both, by="second", endorsed_by="stranger")),
        ("endorsed-by-itself", "signing-key", file(both, by="second", endorsed_by="second")),
        ("endorsement-of-another", chain, canonical(swapped).decode()),
        ("endorsed-by-a-revoked-key", "key-revoked", file(marked, by="second", endorsed_by=a)),
        ("number-left-out", chain, file(follower(seq=3))),
        ("another-predecessor", chain, file(follower(prev="A" * 43))),
        ("key-left-out", chain, file(dropped, by="second", endorsed_by=a)),
        ("sealing-key-left-out", chain, file(replaced)),
        ("instants-changed", chain, file(moved)),
        ("log-keys-changed", chain, file(follower(log=other_log))),
        ("new-log-not-named", chain, file(follower(log=log(a, 2)))),
        ("another-authority", chain, file(_stranger(), by="XB-NPOC")),
    ]
    return {
        "about": "Each file against `previous`. `expected` is accept, or the refusal code.",
        "source": "the chain rule of entries",
        "previous": file(entry()),
        "cases": [
            {"name": name, "expected": expected, "file": text} for name, expected, text in rows
        ],
    }


def _stranger() -> Case:
    first = json.loads(file(entry()))["entry"]
    return entry("XB-NPOC") | {"seq": 2, "prev": digest(first), "issued": stamp(NOW + DAY)}


def validity() -> Case:
    """When a signing key counts."""
    end, last, revoked = NOW + 730 * DAY, NOW + 1130 * DAY, NOW + 10 * DAY
    late, gone, tick = "key-expired", "key-revoked", timedelta(seconds=1)
    plain: list[tuple[str, str, datetime, datetime]] = [
        ("first-instant", "accept", NOW, NOW),
        ("last-instant", "accept", end, end),
        ("by-courier", "accept", end, last - tick),
        ("before-its-time", late, NOW - tick, NOW),
        ("after-its-time", late, end + tick, end + tick),
        ("arrives-too-late", late, NOW, last),
    ]
    marked: list[tuple[str, str, datetime, datetime, datetime | None]] = [
        ("revoked-proved-earlier", "accept", NOW, NOW + 20 * DAY, revoked - tick),
        ("revoked-not-proved", gone, NOW, NOW, None),
        ("revoked-proved-at-that-instant", gone, NOW, NOW, revoked),
        ("revoked-claims-an-earlier-time", gone, NOW, NOW + 20 * DAY, NOW + 20 * DAY),
        ("revoked-proved-but-out-of-time", late, NOW - tick, NOW, NOW),
    ]
    key, withdrawn = sign_row("XA-NPOC"), sign_row("XA-NPOC", revoked_from=stamp(revoked))
    rows = [(*row, None, "key") for row in plain] + [(*row, "revoked") for row in marked]
    return {
        "about": "Instants against `key` or `revoked`. `expected` is accept, or the refusal code.",
        "source": "the validity rule of signing keys",
        "keys": {"key": key, "revoked": withdrawn},
        "cases": [
            {
                "name": name,
                "expected": expected,
                "key": which,
                "claimed": stamp(claimed),
                "first_arrival": stamp(arrival),
                "proof_of_existence": None if proof is None else stamp(proof),
            }
            for name, expected, claimed, arrival, proof, which in rows
        ],
    }


FILES: dict[str, Callable[[], Case]] = {
    "entry": entries,
    "succession": successions,
    "validity": validity,
}


def rendered(name: str) -> str:
    """The text of one vector file."""
    return json.dumps(FILES[name](), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (FOLDER / f"{name}.json").write_text(rendered(name), encoding="utf-8")


if __name__ == "__main__":
    main()
