"""A log's keys, records and leaves put together by hand for the vectors of evidence."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.evidence import mldsa44, rfc9162

ORIGIN = "XA-NPOC/log/1"
SECONDS = 1_772_366_400
DASH = "\u2014"
MESSAGE = base64.urlsafe_b64encode(sha256(b"message").digest()).decode().rstrip("=")
OTHER = base64.urlsafe_b64encode(sha256(b"other message").digest()).decode().rstrip("=")

Case = dict[str, Any]

# The test tree of the Certificate Transparency reference implementation (its roots and some of
# its paths are asserted below; they are published facts).
CT_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
CT_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
CT_INCLUSION: tuple[tuple[int, int, list[str]], ...] = (
    (0, 1, []),
    (0, 8, [A, B, C]),
    (5, 8, [D, E, CT_ROOTS[4]]),
    (2, 3, [CT_ROOTS[2]]),
    (1, 5, [CT_ROOTS[1], B, D]),
)
CT_CONSISTENCY: tuple[tuple[int, int, list[str]], ...] = (
    (1, 1, []),
    (1, 8, [A, B, C]),
    (6, 8, [F, E, CT_ROOTS[4]]),
    (2, 5, [B, D]),
)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def hexes(nodes: list[bytes]) -> list[str]:
    return [node.hex() for node in nodes]


def record(**changes: str) -> str:
    fields = {
        "kind": "sent",
        "id": MESSAGE,
        "from": "XA-NPOC",
        "to": "XB-NPOC",
        "at": "2026-03-01T12:00:00.123Z",
        "salt": b64url(sha256(b"salt").digest()),
    } | {("from" if name == "sender" else name): value for name, value in changes.items()}
    return json.dumps({"v": 1} | fields, separators=(",", ":"), ensure_ascii=False)


class Signer:
    """A log's keys, and its notes put together by hand."""

    def __init__(self, label: str, origin: str = ORIGIN) -> None:
        self.origin = origin
        self.seeds = [sha256(f"{label} {kind}".encode()).digest() for kind in ("ed", "ml")]
        self.ed = Ed25519PrivateKey.from_private_bytes(self.seeds[0])
        self.ml = mldsa44.generate(self.seeds[1])
        self.ed_public = self.ed.public_key().public_bytes_raw()

    def key_id(self, kind: int, key: bytes) -> bytes:
        return sha256(self.origin.encode() + b"\n" + bytes((kind,)) + key).digest()[:4]

    def line(self, kind: int, key: bytes, body: bytes) -> str:
        return f"{DASH} {self.origin} {b64(self.key_id(kind, key) + body)}\n"

    def classic(self, text: str) -> str:
        return self.line(1, self.ed_public, self.ed.sign(text.encode()))

    def quantum(self, size: int, root: bytes, seconds: int = SECONDS) -> str:
        name = bytes((len(self.origin),)) + self.origin.encode()
        time = seconds.to_bytes(8, "big")
        head = bytes(8) + size.to_bytes(8, "big") + root
        signature = mldsa44.sign(self.ml, b"subtree/v1\n\x00" + name + time + name + head)
        return self.line(6, self.ml.public, time + signature)

    def public(self) -> Case:
        return {
            "origin": self.origin,
            "ed25519": b64(self.ed_public),
            "mldsa44": b64(self.ml.public),
        }


def text_of(size: int | str, root: bytes, origin: str = ORIGIN) -> str:
    return f"{origin}\n{size}\n{b64(root)}\n"


def history() -> tuple[list[str], list[bytes]]:
    """Eight records and their leaves; record 5 is the one proved."""
    texts = [
        record(id=b64url(sha256(bytes((n,))).digest()), salt=b64url(sha256(bytes((n, 1))).digest()))
        for n in range(8)
    ]
    texts[5] = record()
    return texts, [rfc9162.leaf(sha256(text.encode()).digest()) for text in texts]
