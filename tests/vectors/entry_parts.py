"""Keys, certificates, entries and tokens put together by hand for many vectors."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256, shake_256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

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


COLLECTS = {"mode": "collects", "endpoint": ""}
WITNESS = {"name": "witness.example", "mldsa44": log("XC-NPOC")["mldsa44"]}


def witness(authority: str, number: int = 1) -> Case:
    """A witness key, from a seed of its name."""
    name = f"{authority}/witness/{number}"
    key = MLDSA44PrivateKey.from_seed_bytes(seed(name)).public_key().public_bytes_raw()
    return {"name": name, "mldsa44": b64url(key)}


def by(member: Case) -> Case:
    """One witness, and it is enough."""
    return {"quorum": 1, "members": [member]}


def follower(**changes: Any) -> Case:
    """The second entry of XA, with changes."""
    first = json.loads(file(entry()))["entry"]
    follows = {"seq": 2, "prev": digest(first), "issued": stamp(NOW + DAY)}
    return entry() | follows | changes
