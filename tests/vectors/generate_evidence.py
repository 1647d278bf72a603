"""Write `schemas/vectors/evidence/*.json`: `python -m tests.vectors.generate_evidence`.

Nothing here uses the room it tests: trees are the naive recursion of RFC 9162, ML-DSA-44 is the
plain one beside it, notes and records are put together by hand. Everything is deterministic, so
running it again changes no byte; the suite checks that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.evidence import rfc9162
from tests.vectors.evidence_notes import checkpoints
from tests.vectors.evidence_parts import (
    CT_CONSISTENCY,
    CT_INCLUSION,
    CT_LEAVES,
    CT_ROOTS,
    MESSAGE,
    ORIGIN,
    OTHER,
    A,
    B,
    C,
    Case,
    D,
    E,
    F,
    b64url,
    hexes,
    history,
    record,
)

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "evidence"


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


def _bad_records(plain: str) -> dict[str, str]:
    salt = b64url(sha256(b"salt").digest())
    return {
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
    cases: list[Case] = [
        {
            "name": name,
            "record": text,
            "expected": "accept",
            "leaf": rfc9162.leaf(sha256(text.encode()).digest()).hex(),
        }
        for name, text in good.items()
    ]
    cases += [
        {"name": name, "record": text, "expected": "refuse"}
        for name, text in _bad_records(plain).items()
    ]
    return {
        "about": "A record is its UTF-8 bytes. `leaf` is SHA-256(00 || SHA-256(record)), hex.",
        "cases": cases,
    }


def _bad_forms(good: Case, text: str) -> dict[str, Any]:
    """Proofs of another form, told apart without any head."""
    path, raw = good["path"], good["record"]

    def without(name: str) -> Case:
        return {key: value for key, value in good.items() if key != name}

    spaced = b64url(text.replace('"v":1', '"v": 1').encode())
    stray = path[0][:-1] + chr(ord(path[0][-1]) + 1)
    return {
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


def _bad_proofs(good: Case, other: str) -> dict[str, Any]:
    """Proofs that do not lead to the root; `other` is the record beside the one proved."""
    path = good["path"]
    return {
        "index-of-neighbour": good | {"index": 4},
        "record-of-neighbour": good | {"record": other},
        "size-of-another-checkpoint": good | {"size": 9},
        "path-too-short": good | {"path": path[:2]},
        "path-too-long": good | {"path": [*path, path[0]]},
        "path-reversed": good | {"path": path[::-1]},
        "salt-changed": good
        | {"record": b64url(record(salt=b64url(sha256(b"x").digest())).encode())},
    }


def proofs() -> Case:
    texts, leaves = history()
    path = [b64url(node) for node in rfc9162.path(5, leaves)]
    raw = b64url(texts[5].encode())
    good: Case = {"record": raw, "index": 5, "size": 8, "path": path}
    asked = {"kind": "sent", "id": MESSAGE, "sender": "XA-NPOC", "recipient": "XB-NPOC"}

    def case(name: str, expected: str, proof: Any, **changes: str) -> Case:
        return {"name": name, "proof": proof, "asked": asked | changes, "expected": expected}

    other = b64url(texts[4].encode())
    cases = [case("sent", "accept", good)]
    cases += [case(name, "proof-form", proof) for name, proof in _bad_forms(good, texts[5]).items()]
    cases += [
        case(name, "proof-invalid", proof) for name, proof in _bad_proofs(good, other).items()
    ]
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
