"""Write `schemas/vectors/evidence/*.json`: `python -m tests.vectors.generate_evidence`.

Nothing here uses the room it tests: trees are the naive recursion of RFC 9162, ML-DSA-44 is the
plain one beside it, notes and records are put together by hand. Everything is deterministic, so
running it again changes no byte; the suite checks that.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.evidence import mldsa44, rfc9162

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "evidence"
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


# --- trees -------------------------------------------------------------------------------------


def tree() -> Case:
    leaves = [rfc9162.leaf(bytes.fromhex(data)) for data in CT_LEAVES]
    roots = [rfc9162.tree_hash(leaves[:size]).hex() for size in range(len(leaves) + 1)]
    assert tuple(roots) == CT_ROOTS
    for index, size, path in CT_INCLUSION:
        assert hexes(rfc9162.path(index, leaves[:size])) == path
    for old, new, path in CT_CONSISTENCY:
        assert hexes(rfc9162.proof(old, leaves[:new])) == path
    return {
        "about": "RFC 9162 trees over leaf data in hex. `refuse` cases name the reason we give.",
        "source": "leaves, roots and first paths: Certificate Transparency reference tests",
        "leaves": list(CT_LEAVES),
        "leaf_hashes": hexes(leaves),
        "roots": roots,
        "inclusion": inclusion_cases(leaves),
        "consistency": consistency_cases(leaves),
    }


def inclusion_cases(leaves: list[bytes]) -> list[Case]:
    def case(name: str, index: int, size: int, path: list[str], **more: str) -> Case:
        leaf, root = leaves[min(index, 7)].hex(), CT_ROOTS[min(size, 8)]
        base = {"name": name, "leaf": leaf, "index": index, "size": size, "path": path}
        return base | {"root": root, "expected": "accept"} | more

    def refused(reason: str, **more: str) -> dict[str, str]:
        return {"expected": "refuse", "reason": reason} | more

    found = [
        case(f"leaf-{i}-of-{n}", i, n, hexes(rfc9162.path(i, leaves[:n])))
        for n in range(1, 9)
        for i in range(n)
    ]
    good = [D, E, CT_ROOTS[4]]
    return [
        *found,
        case("index-is-the-size", 8, 8, good, **refused("index")),
        case("index-negative", -1, 8, good, **refused("index", leaf=leaves[7].hex())),
        case("tree-empty", 0, 0, [], **refused("index")),
        case("index-of-neighbour", 4, 8, good, **refused("root", leaf=leaves[5].hex())),
        case("leaf-of-neighbour", 5, 8, good, **refused("root", leaf=leaves[4].hex())),
        case("path-too-short", 5, 8, good[:2], **refused("length")),
        case("path-too-long", 5, 8, [*good, good[0]], **refused("length")),
        case("path-empty", 5, 8, [], **refused("length")),
        case("path-reversed", 5, 8, good[::-1], **refused("root")),
        case("path-bit-changed", 5, 8, [D, E, "5" + CT_ROOTS[4][1:]], **refused("root")),
        case("path-of-smaller-tree", 5, 8, hexes(rfc9162.path(5, leaves[:6])), **refused("length")),
        case("hash-of-31-bytes", 5, 8, [D, E, CT_ROOTS[4][2:]], **refused("node")),
        case("hash-of-33-bytes", 5, 8, [D + "00", E, CT_ROOTS[4]], **refused("node")),
        case("root-of-smaller-tree", 5, 8, good, **refused("root", root=CT_ROOTS[7])),
        case("inner-node-as-leaf", 2, 4, [CT_ROOTS[2]], **refused("length", leaf=B)),
        case("size-beyond-json", 5, 2**53, good, **refused("index")),
    ]


def consistency_cases(leaves: list[bytes]) -> list[Case]:
    def case(name: str, old: int, new: int, path: list[str], **more: str) -> Case:
        base = {"name": name, "old": old, "new": new, "path": path, "old_root": CT_ROOTS[old]}
        return base | {"new_root": CT_ROOTS[min(new, 8)], "expected": "accept"} | more

    def refused(reason: str, **more: str) -> dict[str, str]:
        return {"expected": "refuse", "reason": reason} | more

    found = [
        case(f"{m}-to-{n}", m, n, hexes(rfc9162.proof(m, leaves[:n])))
        for n in range(9)
        for m in range(n + 1)
    ]
    good = [F, E, CT_ROOTS[4]]
    return [
        *found,
        case("equal-sizes-two-roots", 8, 8, [], **refused("root", new_root=CT_ROOTS[7])),
        case("equal-sizes-with-a-path", 8, 8, [A], **refused("length")),
        case("from-empty-with-a-path", 0, 8, [A], **refused("length")),
        case("from-empty-with-a-root", 0, 8, [], **refused("root", old_root=CT_ROOTS[1])),
        case("both-empty-with-a-root", 0, 0, [], **refused("root", new_root=CT_ROOTS[1])),
        case("path-missing", 6, 8, [], **refused("length")),
        case("path-too-short", 6, 8, good[:2], **refused("length")),
        case("path-too-long", 6, 8, [*good, A], **refused("length")),
        case("path-reversed", 6, 8, good[::-1], **refused("root")),
        case("first-hash-changed", 6, 8, [A, E, CT_ROOTS[4]], **refused("root")),
        case("last-hash-changed", 6, 8, [F, E, CT_ROOTS[3]], **refused("root")),
        case("old-root-of-another-size", 6, 8, good, **refused("root", old_root=CT_ROOTS[5])),
        case("new-root-of-another-size", 6, 8, good, **refused("root", new_root=CT_ROOTS[7])),
        case("old-root-repeated-for-a-power", 4, 8, [CT_ROOTS[4], C], **refused("length")),
        case("hash-of-31-bytes", 6, 8, [F[2:], E, CT_ROOTS[4]], **refused("node")),
    ]


# --- records -----------------------------------------------------------------------------------


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


def records() -> Case:
    plain = record()
    self_ = {"sender": "XA-NPOC", "to": "XA-NPOC"}
    good = {
        "sent": plain,
        "received": record(kind="received"),
        "journal": record(kind="journal", **self_),
        "succession": record(kind="succession", **self_),
        "authority-with-three-parts": record(to="XC-A1-B2-C3"),
        "leap-day": record(at="2028-02-29T23:59:59.999Z"),
    }
    salt = b64url(sha256(b"salt").digest())
    bad = {
        "empty": "",
        "not-json": "sent",
        "array": "[]",
        "space-after-colon": plain.replace('"v":1', '"v": 1'),
        "newline-at-the-end": plain + "\n",
        "byte-order-mark": "\ufeff" + plain,
        "trailing-object": plain + "{}",
        "other-order": plain.replace('"v":1,"kind":"sent"', '"kind":"sent","v":1'),
        "duplicate-member": plain.replace('"kind":"sent"', '"kind":"sent","kind":"sent"'),
        "member-missing": plain.replace(f',"salt":"{salt}"', ""),
        "member-unknown": plain[:-1] + ',"x":1}',
        "version-2": plain.replace('"v":1', '"v":2'),
        "version-as-text": plain.replace('"v":1', '"v":"1"'),
        "version-as-float": plain.replace('"v":1', '"v":1.0'),
        "kind-unknown": record(kind="read"),
        "kind-in-capitals": record(kind="Sent"),
        "kind-escaped": plain.replace('"sent"', '"\\u0073ent"'),
        "id-too-short": record(id=MESSAGE[:-1]),
        "id-too-long": record(id=MESSAGE + "A"),
        "id-padded": record(id=MESSAGE + "="),
        "id-with-stray-bits": record(id=MESSAGE[:-1] + "B"),
        "id-in-standard-alphabet": record(id="+" + MESSAGE[1:]),
        "id-null": plain.replace(f'"{MESSAGE}"', "null"),
        "authority-in-small-letters": record(to="xb-npoc"),
        "authority-without-part": record(to="XB"),
        "authority-with-four-parts": record(to="XB-A-B-C-D"),
        "authority-with-newline": plain.replace("XB-NPOC", "XB-NPOC\n"),
        "authority-in-cyrillic": record(to="\u0425B-NPOC"),
        "sent-to-oneself": record(to="XA-NPOC"),
        "journal-to-another": record(kind="journal"),
        "succession-to-another": record(kind="succession"),
        "time-without-milliseconds": record(at="2026-03-01T12:00:00Z"),
        "time-with-microseconds": record(at="2026-03-01T12:00:00.123456Z"),
        "time-with-offset": record(at="2026-03-01T12:00:00.123+00:00"),
        "time-impossible": record(at="2026-02-30T12:00:00.123Z"),
        "time-in-arabic-digits": record(at="202\u0666-03-01T12:00:00.123Z"),
        "leap-second": record(at="2026-06-30T23:59:60.000Z"),
        "salt-of-31-bytes": record(salt=b64url(bytes(31))),
        "salt-of-33-bytes": record(salt=b64url(bytes(33))),
    }
    cases: list[Case] = [
        {
            "name": name,
            "record": text,
            "expected": "accept",
            "leaf": rfc9162.leaf(sha256(text.encode()).digest()).hex(),
        }
        for name, text in good.items()
    ]
    cases += [{"name": name, "record": text, "expected": "refuse"} for name, text in bad.items()]
    return {
        "about": "A record is its UTF-8 bytes. `leaf` is SHA-256(00 || SHA-256(record)), hex.",
        "cases": cases,
    }


# --- checkpoints -------------------------------------------------------------------------------


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


def checkpoints() -> Case:
    log, root = Signer("tracer vector log"), bytes.fromhex(CT_ROOTS[8])
    text = text_of(8, root)
    ed, ml = log.classic(text), log.quantum(8, root)
    cases = [*accepted_notes(log), *forms(text, ed, ml), *signatures(log, text, ed, ml)]
    return {
        "about": "Whole notes. `expected` is accept, or the refusal code.",
        "source": "C2SP tlog-checkpoint, signed-note, tlog-cosignature at 5ba5ee8; signatures by "
        "Ed25519 (RFC 8032) and deterministic ML-DSA-44 (FIPS 204) from the seeds given",
        "seeds": {"ed25519": log.seeds[0].hex(), "mldsa44": log.seeds[1].hex()},
        "public": log.public(),
        "cases": cases,
    }


def witness_lines(count: int) -> str:
    return "".join(
        f"{DASH} witness.example/w{n} {b64(sha256(bytes((n,))).digest() * 3)}\n"
        for n in range(count)
    )


def accepted_notes(log: Signer) -> list[Case]:
    def case(name: str, size: int, root: bytes, body: str, seconds: int = SECONDS) -> Case:
        head = {"size": size, "root": root.hex(), "at": seconds}
        return {"name": name, "note": body, "expected": "accept"} | head

    root, empty = bytes.fromhex(CT_ROOTS[8]), bytes.fromhex(CT_ROOTS[0])
    text = text_of(8, root)
    ed, ml = log.classic(text), log.quantum(8, root)
    most = 2**53 - 1
    far = text_of(most, root)
    odd = f"{DASH} {log.origin} {b64(b'other key of the same name')}\n"
    zero = text_of(0, empty)
    return [
        case("two-lines", 8, root, text + "\n" + ed + ml),
        case("lines-in-other-order", 8, root, text + "\n" + ml + ed),
        case("empty-log", 0, empty, zero + "\n" + log.classic(zero) + log.quantum(0, empty)),
        case("greatest-size", most, root, far + "\n" + log.classic(far) + log.quantum(most, root)),
        case("one-second-after-1970", 8, root, text + "\n" + ed + log.quantum(8, root, 1), 1),
        case("with-a-witness", 8, root, text + "\n" + ed + ml + witness_lines(1)),
        case("with-16-witnesses-between", 8, root, text + "\n" + ed + witness_lines(16) + ml),
        case("with-an-unknown-key-of-our-name", 8, root, text + "\n" + odd + ed + ml),
    ]


def forms(text: str, ed: str, ml: str) -> list[Case]:
    """Notes that break the form: all but two are told apart without any key."""
    origin, size, root = text.splitlines()
    both = ed + ml
    bent = root[:-2] + chr(ord(root[-2]) + 1) + "="
    bad = {
        "nothing": "",
        "newline-only": "\n",
        "no-signatures": text,
        "no-signature-line": text + "\n",
        "no-blank-line": text + both,
        "no-newline-at-the-end": (text + "\n" + both)[:-1],
        "two-newlines-at-the-end": text + "\n" + both + "\n",
        "two-blank-lines": text + "\n\n" + both,
        "carriage-returns": (text + "\n" + both).replace("\n", "\r\n"),
        "tab-in-a-line": text + "\n" + both.replace(" X", "\tX", 1),
        "extension-line": text + "more\n\n" + both,
        "root-line-missing": f"{origin}\n{size}\n\n" + both,
        "origin-empty": f"\n{size}\n{root}\n\n" + both,
        "origin-without-number": f"XA-NPOC/log\n{size}\n{root}\n\n" + both,
        "origin-number-0": f"XA-NPOC/log/0\n{size}\n{root}\n\n" + both,
        "origin-number-of-7-digits": f"XA-NPOC/log/1000000\n{size}\n{root}\n\n" + both,
        "origin-with-space": f"XA-NPOC/log/1 \n{size}\n{root}\n\n" + both,
        "size-with-leading-zero": f"{origin}\n08\n{root}\n\n" + both,
        "size-with-plus": f"{origin}\n+8\n{root}\n\n" + both,
        "size-negative": f"{origin}\n-8\n{root}\n\n" + both,
        "size-in-arabic-digits": f"{origin}\n\u0668\n{root}\n\n" + both,
        "size-beyond-json": f"{origin}\n{2**53}\n{root}\n\n" + both,
        "size-0-with-a-root": f"{origin}\n0\n{root}\n\n" + both,
        "root-of-31-bytes": f"{origin}\n{size}\n{b64(bytes(31))}\n\n" + both,
        "root-without-padding": f"{origin}\n{size}\n{root[:-1]}\n\n" + both,
        "root-with-stray-bits": f"{origin}\n{size}\n{bent}\n\n" + both,
        "root-in-url-alphabet": f"{origin}\n{size}\n{'-' + root[1:]}\n\n" + both,
        "root-in-hex": f"{origin}\n{size}\n{CT_ROOTS[8]}\n\n" + both,
        "hyphen-for-dash": text + "\n" + both.replace(DASH, "-", 1),
        "line-with-two-spaces": text + "\n" + both.replace(f"{DASH} ", f"{DASH}  ", 1),
        "line-with-a-fourth-word": text + "\n" + both.replace("\n", " x\n", 1),
        "line-without-a-name": text + "\n" + both + f"{DASH}  {b64(bytes(40))}\n",
        "line-with-plus-in-name": text + "\n" + both + f"{DASH} a+b {b64(bytes(40))}\n",
        "line-with-wide-space-in-name": text + "\n" + both + f"{DASH} a\u3000b {b64(bytes(40))}\n",
        "line-not-base64": text + "\n" + both + f"{DASH} witness.example/w AAAA*AAA\n",
        "line-without-padding": text + "\n" + both + f"{DASH} witness.example/w AAAAAAA\n",
        "line-of-4-bytes": text + "\n" + both + f"{DASH} witness.example/w AAAAAA==\n",
        "ed25519-line-twice": text + "\n" + ed + both,
        "mldsa44-line-twice": text + "\n" + both + ml,
        "17-witnesses": text + "\n" + both + witness_lines(17),
        "text-over-96-kib": text + "\n" + both + f"{DASH} w {b64(bytes(75_000))}\n",
    }
    return [
        {"name": name, "note": note, "expected": "checkpoint-form"} for name, note in bad.items()
    ]


def signatures(log: Signer, text: str, ed: str, ml: str) -> list[Case]:
    """Notes of the right form that the log's keys did not sign as required."""
    root, other_root = bytes.fromhex(CT_ROOTS[8]), bytes.fromhex(CT_ROOTS[7])
    stranger = Signer("tracer vector stranger")
    second = Signer("tracer vector log", "XA-NPOC/log/2")
    foreign, other = text_of(8, root, second.origin), text_of(8, other_root)

    def changed(line: str, at: int, bit: int = 1) -> str:
        name, blob = line.rsplit(" ", 1)
        raw = bytearray(base64.b64decode(blob))
        raw[at] ^= bit
        return f"{name} {b64(bytes(raw))}\n"

    def cut(line: str) -> str:
        name, blob = line.rsplit(" ", 1)
        return f"{name} {b64(base64.b64decode(blob)[:-1])}\n"

    order = (2**252 + 27742317777372353535851937790883648493).to_bytes(32, "little")
    blob = base64.b64decode(ed.rsplit(" ", 1)[1])
    high = int.from_bytes(blob[36:], "little") + int.from_bytes(order, "little")
    malleable = f"{DASH} {ORIGIN} {b64(blob[:36] + high.to_bytes(32, 'little'))}\n"
    bad = {
        "ed25519-line-missing": text + "\n" + ml,
        "mldsa44-line-missing": text + "\n" + ed,
        "only-a-witness": text + "\n" + witness_lines(1),
        "ed25519-bit-changed": text + "\n" + changed(ed, 20) + ml,
        "ed25519-s-not-reduced": text + "\n" + malleable + ml,
        "ed25519-too-short": text + "\n" + cut(ed) + ml,
        "mldsa44-bit-changed": text + "\n" + ed + changed(ml, 200),
        "mldsa44-time-changed": text + "\n" + ed + changed(ml, 11),
        "mldsa44-too-short": text + "\n" + ed + cut(ml),
        "key-id-changed": text + "\n" + changed(ed, 0) + ml,
        "ed25519-of-another-size": text + "\n" + log.classic(text_of(7, root)) + ml,
        "mldsa44-of-another-size": text + "\n" + ed + log.quantum(7, root),
        "mldsa44-of-another-root": text + "\n" + ed + log.quantum(8, other_root),
        "ed25519-of-another-root": other + "\n" + ed + log.quantum(8, other_root),
        "both-of-a-stranger": text + "\n" + stranger.classic(text) + stranger.quantum(8, root),
        "lines-of-our-next-log": text + "\n" + second.classic(text) + second.quantum(8, root),
    }
    cases: list[Case] = [
        {"name": name, "note": note, "expected": "checkpoint-signature"}
        for name, note in bad.items()
    ]
    whole = foreign + "\n" + second.classic(foreign) + second.quantum(8, root)
    never = text + "\n" + ed + log.quantum(8, root, 0)
    later = text + "\n" + ed + log.quantum(8, root, 253_402_300_800)
    return [
        *cases,
        {"name": "another-log-of-ours", "note": whole, "expected": "log-origin"},
        {"name": "time-0", "note": never, "expected": "checkpoint-form"},
        {"name": "time-in-year-10000", "note": later, "expected": "checkpoint-form"},
    ]


# --- proofs and comparison ---------------------------------------------------------------------


def history() -> tuple[list[str], list[bytes]]:
    """Eight records and their leaves; record 5 is the one proved."""
    texts = [
        record(id=b64url(sha256(bytes((n,))).digest()), salt=b64url(sha256(bytes((n, 1))).digest()))
        for n in range(8)
    ]
    texts[5] = record()
    return texts, [rfc9162.leaf(sha256(text.encode()).digest()) for text in texts]


def proofs() -> Case:
    texts, leaves = history()
    path = [b64url(node) for node in rfc9162.path(5, leaves)]
    raw = b64url(texts[5].encode())
    good: Case = {"record": raw, "index": 5, "size": 8, "path": path}
    asked = {"kind": "sent", "id": MESSAGE, "sender": "XA-NPOC", "recipient": "XB-NPOC"}

    def case(name: str, expected: str, proof: Any, **changes: str) -> Case:
        return {"name": name, "proof": proof, "asked": asked | changes, "expected": expected}

    def without(name: str) -> Case:
        return {key: value for key, value in good.items() if key != name}

    spaced = b64url(texts[5].replace('"v":1', '"v": 1').encode())
    stray = path[0][:-1] + chr(ord(path[0][-1]) + 1)
    form: dict[str, Any] = {
        "null": None,
        "array": [good],
        "empty-object": {},
        "record-missing": without("record"),
        "path-missing": without("path"),
        "member-unknown": good | {"root": path[0]},
        "record-not-text": good | {"record": 1},
        "record-padded": good | {"record": raw + "="},
        "record-over-512-bytes": good | {"record": b64url(bytes(513))},
        "record-with-a-space": good | {"record": spaced},
        "record-empty": good | {"record": ""},
        "index-negative": good | {"index": -1},
        "index-true": good | {"index": True},
        "index-as-text": good | {"index": "5"},
        "index-is-the-size": good | {"index": 8},
        "size-beyond-json": good | {"size": 2**53},
        "size-zero": good | {"size": 0},
        "path-as-text": good | {"path": path[0]},
        "path-of-55": good | {"path": path * 18 + path[:1]},
        "hash-of-31-bytes": good | {"path": [b64url(bytes(31)), *path[1:]]},
        "hash-with-stray-bits": good | {"path": [stray, *path[1:]]},
        "hash-padded": good | {"path": [path[0] + "=", *path[1:]]},
        "hash-null": good | {"path": [None, *path[1:]]},
    }
    other = b64url(texts[4].encode())
    invalid: dict[str, Any] = {
        "index-of-neighbour": good | {"index": 4},
        "record-of-neighbour": good | {"record": other},
        "size-of-another-checkpoint": good | {"size": 9},
        "path-too-short": good | {"path": path[:2]},
        "path-too-long": good | {"path": [*path, path[0]]},
        "path-reversed": good | {"path": path[::-1]},
        "salt-changed": good
        | {"record": b64url(record(salt=b64url(sha256(b"x").digest())).encode())},
    }
    cases = [case("sent", "accept", good)]
    cases += [case(name, "proof-form", proof) for name, proof in form.items()]
    cases += [case(name, "proof-invalid", proof) for name, proof in invalid.items()]
    cases += [
        case("asked-as-received", "proof-invalid", good, kind="received"),
        case("asked-for-another-id", "proof-invalid", good, id=OTHER),
        case("asked-for-another-sender", "proof-invalid", good, sender="XC-NPOC"),
        case("asked-for-another-recipient", "proof-invalid", good, recipient="XC-NPOC"),
        case("asked-the-other-way", "proof-invalid", good, sender="XB-NPOC", recipient="XA-NPOC"),
    ]
    root = rfc9162.tree_hash(leaves).hex()
    return {
        "about": "A proof as decoded JSON, held against one verified checkpoint.",
        "checkpoint": {"origin": ORIGIN, "size": 8, "root": root},
        "cases": cases,
    }


def comparisons() -> Case:
    _, leaves = history()
    forked = [*leaves[:6], rfc9162.leaf(b"x"), *leaves[7:]]

    def head(size: int, of: list[bytes], origin: str = ORIGIN) -> Case:
        return {"origin": origin, "size": size, "root": rfc9162.tree_hash(of[:size]).hex()}

    def joined(old: int, new: int, of: list[bytes]) -> Case:
        path = [b64url(node) for node in rfc9162.proof(old, of[:new])]
        return {"old": old, "new": new, "path": path}

    def case(name: str, expected: str, known: Case | None, shown: Case, proof: Any = None) -> Case:
        parts = {"remembered": known, "shown": shown, "consistency": proof}
        return {"name": name, "expected": expected} | parts

    three, seven, eight = head(3, leaves), head(7, leaves), head(8, leaves)
    fork, five = head(8, forked), head(5, leaves)
    good = joined(5, 8, leaves)
    bent = good | {"path": good["path"][::-1]}
    need, cut = "log-proof-needed", good | {"path": good["path"][1:]}
    return {
        "about": "A shown checkpoint beside the remembered one, both already verified. `first`, "
        "`same`, `ahead` and `behind` are accepted; the others are refusal codes.",
        "cases": [
            case("nothing-remembered", "first", None, eight),
            case("same-head", "same", eight, eight),
            case("same-head-with-a-useless-proof", "same", eight, eight, good),
            case("ahead-with-proof", "ahead", five, eight, good),
            case("behind-with-proof", "behind", eight, five, good),
            case("from-power-of-two", "ahead", head(4, leaves), eight, joined(4, 8, leaves)),
            case("after-the-empty-log", "ahead", head(0, leaves), eight),
            case("empty-log-shown-again", "behind", eight, head(0, leaves)),
            case("fork-beyond-the-remembered", "ahead", five, fork, joined(5, 8, forked)),
            case("ahead-without-proof", need, five, eight),
            case("behind-without-proof", need, eight, five),
            case("proof-from-another-size", need, five, eight, joined(3, 8, leaves)),
            case("proof-to-another-size", need, three, eight, joined(3, 7, leaves)),
            case("proof-to-itself", need, five, eight, joined(5, 5, leaves)),
            case("same-size-other-root", "log-fork", eight, fork),
            case("same-size-other-root-with-proof", "log-fork", eight, fork, joined(5, 8, forked)),
            case("fork-ahead", "log-fork", seven, fork, joined(7, 8, forked)),
            case("fork-ahead-with-honest-proof", "log-fork", seven, fork, joined(7, 8, leaves)),
            case("fork-behind", "log-fork", fork, seven, joined(7, 8, leaves)),
            case("proof-reversed", "log-fork", five, eight, bent),
            case("proof-cut", "log-fork", five, eight, cut),
            case("another-log", "log-origin", five, head(8, leaves, "XA-NPOC/log/2"), good),
            case("proof-not-an-object", "proof-form", five, eight, []),
            case("proof-backwards", "proof-form", five, eight, good | {"old": 8, "new": 5}),
            case("proof-with-a-float", "proof-form", five, eight, good | {"old": 5.0}),
            case("proof-member-missing", "proof-form", five, eight, {"old": 5, "new": 8}),
            case("proof-member-unknown", "proof-form", five, eight, good | {"root": ""}),
        ],
    }


FILES: dict[str, Callable[[], Case]] = {
    "tree": tree,
    "record": records,
    "checkpoint": checkpoints,
    "proof": proofs,
    "compare": comparisons,
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
