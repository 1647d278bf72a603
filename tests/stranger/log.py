"""Chapter 7: records, the tree by its definition, checkpoints, proofs."""

from __future__ import annotations

import base64
import os
import time
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from tests.stranger.crypto import b64url, unb64url


def root(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    left = _split(len(leaves))
    return _node(root(leaves[:left]), root(leaves[left:]))


def inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162 section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    left = _split(len(leaves))
    if index < left:
        return [*inclusion(index, leaves[:left]), root(leaves[left:])]
    return [*inclusion(index - left, leaves[left:]), root(leaves[:left])]


def consistency(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """RFC 9162 section 2.1.4.1."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    left = _split(len(leaves))
    if old <= left:
        return [*consistency(old, leaves[:left], whole=whole), root(leaves[left:])]
    return [*consistency(old - left, leaves[left:], whole=False), root(leaves[:left])]


def leads_to(leaf: bytes, proof: dict[str, Any]) -> bytes:
    """RFC 9162 section 2.1.3.2: the root that a path leads to."""
    place, last, value = proof["index"], proof["size"] - 1, leaf
    for text in proof["path"]:
        node = unb64url(text)
        if place & 1 or place == last:
            value = _node(node, value)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            value = _node(value, node)
        place, last = place >> 1, last >> 1
    assert last == 0
    return value


def leaf_of(record: bytes) -> bytes:
    """[L-4]."""
    return sha256(b"\x00" + sha256(record).digest()).digest()


class Log:
    """A log in memory; a real one is stored before anything is signed ([L-16])."""

    def __init__(self, authority: str) -> None:
        self.origin = f"{authority}/log/1"
        self.leaves: list[bytes] = []
        self.records: dict[tuple[str, str], tuple[int, bytes]] = {}
        self._classic, self._quantum = Ed25519PrivateKey.generate(), MLDSA44PrivateKey.generate()

    def listed(self) -> dict[str, str]:
        """The member `log` of the entry."""
        return {
            "ed25519": b64url(self._classic.public_key().public_bytes_raw()),
            "mldsa44": b64url(self._quantum.public_key().public_bytes_raw()),
            "origin": self.origin,
        }

    def append(self, kind: str, message_id: str, sender: str, recipient: str, at: str) -> None:
        """[L-1], [L-5]: one record for a kind and id."""
        if (kind, message_id) in self.records:
            return
        record = (
            f'{{"v":1,"kind":"{kind}","id":"{message_id}","from":"{sender}","to":"{recipient}",'
            f'"at":"{at}","salt":"{b64url(os.urandom(32))}"}}'
        ).encode()
        self.records[kind, message_id] = (len(self.leaves), record)
        self.leaves.append(leaf_of(record))

    def proof(self, kind: str, message_id: str) -> dict[str, Any]:
        """[L-13]."""
        index, record = self.records[kind, message_id]
        path = [b64url(node) for node in inclusion(index, self.leaves)]
        size = len(self.leaves)
        return {"record": b64url(record), "index": index, "size": size, "path": path}

    def since(self, old: int) -> dict[str, Any] | None:
        """[L-14], [B-1]."""
        if not 0 < old < len(self.leaves):
            return None
        path = [b64url(node) for node in consistency(old, self.leaves)]
        return {"old": old, "new": len(self.leaves), "path": path}

    def checkpoint(self) -> str:
        """[L-7] to [L-11]."""
        text = f"{self.origin}\n{len(self.leaves)}\n{_b64(root(self.leaves))}\n"
        seconds = int(time.time())
        message = _cosigned(self.origin, seconds, len(self.leaves), root(self.leaves))
        classic = self._classic.public_key().public_bytes_raw()
        quantum = self._quantum.public_key().public_bytes_raw()
        first = _key_id(self.origin, b"\x01" + classic) + self._classic.sign(text.encode())
        second = _key_id(self.origin, b"\x06" + quantum) + seconds.to_bytes(8, "big")
        second += self._quantum.sign(message)
        lines = "".join(f"\u2014 {self.origin} {_b64(one)}\n" for one in (first, second))
        return f"{text}\n{lines}"


def checked(note: str, listed: dict[str, str]) -> tuple[int, bytes]:
    """[L-12]: size and root of a checkpoint of the log that an entry lists."""
    text, _, tail = note[:-1].rpartition("\n\n")
    origin, size, encoded = text.split("\n")
    assert origin == listed["origin"]
    found = {}
    for row in tail.split("\n"):
        dash, name, blob = row.split(" ")
        assert (dash, name) == ("\u2014", origin)
        found[base64.b64decode(blob)[:4]] = base64.b64decode(blob)[4:]
    classic, quantum = unb64url(listed["ed25519"]), unb64url(listed["mldsa44"])
    signature = found[_key_id(origin, b"\x01" + classic)]
    Ed25519PublicKey.from_public_bytes(classic).verify(signature, f"{text}\n".encode())
    stamped = found[_key_id(origin, b"\x06" + quantum)]
    seconds, head = int.from_bytes(stamped[:8], "big"), base64.b64decode(encoded)
    message = _cosigned(origin, seconds, int(size), head)
    MLDSA44PublicKey.from_public_bytes(quantum).verify(stamped[8:], message)
    return int(size), head


def _cosigned(origin: str, seconds: int, size: int, head: bytes) -> bytes:
    name = bytes((len(origin),)) + origin.encode()
    numbers = bytes(8) + size.to_bytes(8, "big")
    return b"subtree/v1\n\x00" + name + seconds.to_bytes(8, "big") + name + numbers + head


def _key_id(origin: str, key: bytes) -> bytes:
    return sha256(origin.encode() + b"\n" + key).digest()[:4]


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)
