"""The bundle of the vectors, put together by hand: its messages, logs, files and list."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.evidence import mldsa44, rfc9162
from tests.vectors.entry_parts import (
    DAY,
    NOW,
    Case,
    b64url,
    canonical,
    entry,
    file,
    seed,
    stamp,
    terms,
    token,
)
from tests.vectors.evidence_parts import Signer, text_of

A, B, STRANGER = "XA-NPOC", "XB-NPOC", "stranger"
TYP = "tracer-evidence+jws"
HOUR = timedelta(hours=1)
EXPORTED = NOW + 2 * DAY
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(64)
KEY, PREFIX = seed("photo"), seed("photo prefix")[:7]
Files = dict[str, bytes]
KINDS = {
    "agreements": "agreement",
    "attachments": "attachment",
    "checkpoints": "checkpoint",
    "consistency": "consistency",
    "cosigned": "cosigned-checkpoint",
    "entries": "entry",
    "messages": "message",
    "proofs": "proof",
    "report": "report",
    "terms": "terms",
    "tokens": "time-token",
}


def coded(name: str, value: str) -> Case:
    return {"list": name, "value": value, "version": 1}


def cipher() -> bytes:
    return AESGCM(KEY).encrypt(PREFIX + bytes(4) + b"\x01", PHOTO, None)


def disclosure(name: str, value: Any) -> str:
    return b64url(canonical([b64url(seed(f"salt of {name}")[:16]), name, value]))


_SAID: Case = {
    "attachment_key.1": {"key": b64url(KEY), "prefix": b64url(PREFIX)},
    "narrative": {"summary": "Seized at a border."},
    "persons": [{"family_name": "Example", "role": coded("person-role", "HOLDER")}],
}
GROUPS = {name: disclosure(name, value) for name, value in _SAID.items()}


def digest(data: bytes) -> str:
    return b64url(sha256(data).digest())


def request() -> Case:
    box = cipher()
    return {
        "_sd": sorted(digest(one.encode()) for one in GROUPS.values()),
        "_sd_alg": "sha-256",
        "asked": [coded("asked", "CHAIN_OF_SALE")],
        "attachments": [
            {
                "cipher_digest": digest(box),
                "cipher_size": len(box),
                "digest": digest(PHOTO),
                "media_type": "image/png",
                "n": 1,
                "size": len(PHOTO),
            }
        ],
        "firearms": [
            {
                "line": 1,
                "make": {"as_marked": "EXAMPLE ARMS"},
                "marks": [{"kind": coded("mark-kind", "SERIAL"), "text": "A12345"}],
            }
        ],
        "handling": {"code": coded("handling-code", "H0")},
        "issued": stamp(NOW),
        "language": "en",
        "nonce": b64url(seed("first")[:16]),
        "recipient": B,
        "reference": "XA-2026-000001",
        "sender": A,
        "terms": digest(canonical(terms(B))),
        "test": True,
        "type": "request",
        "v": 1,
    }


def acknowledgement(thread: str) -> Case:
    return {
        "follows": [thread],
        "handling": {"code": coded("handling-code", "H0")},
        "issued": stamp(NOW + HOUR),
        "language": "en",
        "nonce": b64url(seed("second")[:16]),
        "received": stamp(NOW),
        "recipient": A,
        "sender": B,
        "test": True,
        "thread": thread,
        "type": "acknowledgement",
        "v": 1,
    }


MESSAGE = "tracer-message+sd-jwt"
FIRST = token(canonical(request()), A, MESSAGE)
THREAD = digest(FIRST.encode())
SECOND = token(canonical(acknowledgement(THREAD)), B, MESSAGE)
IDS = (THREAD, digest(SECOND.encode()))


def record(kind: str, number: int, at: Any, **changes: str) -> bytes:
    sender, recipient = (A, B) if number == 0 else (B, A)
    fields = {
        "kind": kind,
        "id": IDS[number],
        "from": sender,
        "to": recipient,
        "at": stamp(at),
        "salt": b64url(seed(f"{kind} {number}")),
    } | changes
    return json.dumps({"v": 1} | fields, separators=(",", ":")).encode()


LOGS: Mapping[str, tuple[bytes, ...]] = {
    A: (record("sent", 0, NOW), record("received", 1, NOW + 2 * HOUR)),
    B: (record("received", 0, NOW + HOUR), record("sent", 1, NOW + HOUR)),
}
"""What stands in both logs, in order; each log has signed heads of 1 and of 2 records."""


@cache
def signer(authority: str) -> Signer:
    origin = f"{authority}/log/1"
    log = Signer(origin, origin)
    log.ed = Ed25519PrivateKey.from_private_bytes(seed(origin))
    log.ed_public = log.ed.public_key().public_bytes_raw()
    log.ml = mldsa44.generate(seed(origin + " ML-DSA-44"))
    return log


@cache
def note(authority: str, size: int, records: tuple[bytes, ...] | None = None) -> bytes:
    leaves = [rfc9162.leaf(sha256(one).digest()) for one in (records or LOGS[authority])[:size]]
    root = rfc9162.tree_hash(leaves)
    text = text_of(size, root, f"{authority}/log/1")
    log, at = signer(authority), NOW + size * HOUR
    signed = log.quantum(size, root, int(at.timestamp()))
    return f"{text}\n{log.classic(text)}{signed}".encode()


def placed(authority: str, index: int) -> Case:
    leaves = [rfc9162.leaf(sha256(one).digest()) for one in LOGS[authority]][: index + 1]
    return {
        "index": index,
        "origin": f"{authority}/log/1",
        "path": [b64url(one) for one in rfc9162.path(index, leaves)],
        "record": b64url(LOGS[authority][index]),
        "size": index + 1,
    }


def join(authority: str) -> bytes:
    leaves = [rfc9162.leaf(sha256(one).digest()) for one in LOGS[authority]]
    path = [b64url(one) for one in rfc9162.proof(1, leaves)]
    return canonical({"new": 2, "old": 1, "path": path})


def compact(without: tuple[str, ...] = ()) -> bytes:
    kept = [one for name, one in GROUPS.items() if name not in without]
    return "~".join([FIRST, *kept, ""]).encode()


def content(without: tuple[str, ...] = ()) -> Files:
    """Every file but the manifest and its signature."""
    heads = {f"checkpoints/{one}/log/1/{n}.txt": note(one, n) for one in (A, B) for n in (1, 2)}
    return {
        "README.txt": b"Evidence of XA-NPOC and XB-NPOC.\n",
        "attachments/0001-01.bin": cipher(),
        **heads,
        **{f"consistency/{one}/log/1/1-2.json": join(one) for one in (A, B)},
        **{f"entries/{one}/0001.json": file(entry(one), by=one).encode() for one in (A, B)},
        "messages/0001.sdjwt": compact(without),
        "messages/0002.sdjwt": f"{SECOND}~".encode(),
        "proofs/0001.json": canonical(
            {"id": IDS[0], "received": placed(B, 0), "sent": placed(A, 0)}
        ),
        "proofs/0002.json": canonical(
            {"id": IDS[1], "received": placed(A, 1), "sent": placed(B, 1)}
        ),
        "terms/0001.json": canonical(terms(B)),
    }


def kind(name: str) -> str:
    return KINDS.get(name.partition("/")[0], "readme" if name == "README.txt" else "other")


def manifest(files: Files, left_out: list[Case], **changes: Any) -> bytes:
    listed = [
        {"kind": kind(n), "name": n, "sha256": sha256(d).hexdigest(), "size": len(d)}
        for n, d in sorted(files.items())
    ]
    return canonical(
        {
            "at": stamp(EXPORTED),
            "authority": A,
            "files": listed,
            "left_out": left_out,
            "peer": B,
            "profile": "tracer-1",
            "thread": THREAD,
            "v": 1,
        }
        | changes
    )


def signed(files: Files, left_out: list[Case] | None = None, by: str = A, **changes: Any) -> Files:
    """All files, the manifest and its signature first."""
    listed = manifest(files, left_out or [], **changes)
    at = json.loads(listed)["at"]
    claim = {"at": at, "manifest": digest(listed), "v": 1}
    jws = token(canonical(claim), by, TYP).encode()
    return {"manifest.json": listed, "manifest.jws": jws, **dict(sorted(files.items()))}


def zipped(files: Files) -> bytes:
    """The one spelling, by another writer."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        for name, body in files.items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            archive.writestr(info, body)
    return data.getvalue()


def gone(name: str, why: str = "withheld", what: str = "group") -> Case:
    return {"message": IDS[0], "name": name, "what": what, "why": why}


@cache
def small() -> bytes:
    return zipped(signed(content()))
