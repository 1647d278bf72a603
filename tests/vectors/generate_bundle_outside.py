"""Write more of `schemas/vectors/bundle`: `python -m tests.vectors.generate_bundle_outside`.

The thread of `generate_bundle`, whose logs witnesses and a time-stamp authority confirm; and that
bundle as it was, with a layer of renewal around it. Nothing here uses the room it tests. The two
time stamps were made once by `openssl ts` (a signature of another day would be another file) and
are kept beside the vectors; `--stamp` makes them anew where what they are over has changed.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.evidence import mldsa44, rfc9162
from tests.evidence.authority import make
from tests.vectors.bundle_parts import (
    HOUR,
    LOGS,
    A,
    B,
    Files,
    content,
    gone,
    note,
    placed,
    record,
    signed,
    signer,
    small,
    zipped,
)
from tests.vectors.entry_parts import (
    DAY,
    NOW,
    Case,
    b64url,
    canonical,
    entry,
    file,
    seal_row,
    seed,
    sign_row,
    stamp,
    witness,
)
from tests.vectors.evidence_parts import b64, text_of
from tests.vectors.generate_bundle import FOLDER
from tests.vectors.generate_cosignature import Cosigner

C = "XC-NPOC"
HEAD_TOKEN, LAYER_TOKEN, ROOT = (
    FOLDER / name for name in ("head.tsr", "renewal.tsr", "tsa-root.pem")
)
COSIGNED_A, COSIGNED_B = f"cosigned/{A}/log/1/2.txt", f"cosigned/{B}/log/1/2.txt"
EARLY = f"cosigned/{B}/log/1/1.txt"
TOKEN, STAMPED = f"tokens/{A}/log/1/2.tsr", f"tokens/{A}/log/1/2.txt"
SIGNED_AT = int((NOW + 3 * HOUR).timestamp())
LAYER_KINDS = {
    "entry.json": "entry",
    "log.json": "proof",
    "log.txt": "checkpoint",
    "renewed.zip": "renewed",
    "token.tsr": "time-token",
}


@cache
def cosigner(authority: str) -> Cosigner:
    """The witness that `generate_entry.witness` names."""
    found = Cosigner(f"{authority}/witness/1")
    found.key = mldsa44.generate(seed(found.name))
    return found


def lines(log: str, size: int, *who: str, seconds: int = SIGNED_AT) -> str:
    """The lines of these witnesses under a head."""
    leaves = [rfc9162.leaf(sha256(one).digest()) for one in LOGS[log][:size]]
    root = rfc9162.tree_hash(leaves)
    return "".join(cosigner(one).over(signer(log), size, root, seconds) for one in who)


def cosigned(log: str, size: int, *who: str) -> bytes:
    return note(log, size) + lines(log, size, *who).encode()


def watched(authority: str, *others: str, quorum: int = 2, by: str = "", **more: Any) -> bytes:
    """An entry that names its witnesses and its own witness key."""
    members = [witness(other) for other in others]
    named = {"witnesses": {"quorum": quorum, "members": members}, "witness": witness(authority)}
    return file(entry(authority) | named | more, by=by or authority).encode()


def confirmed() -> Files:
    """Every file of the bundle but the manifest and its signature."""
    return content() | {
        f"entries/{A}/0001.json": watched(A, B, C),
        f"entries/{B}/0001.json": watched(B, A, C),
        COSIGNED_A: cosigned(A, 2, B, C),
        COSIGNED_B: cosigned(B, 2, A, C),
        EARLY: cosigned(B, 1, C),
        STAMPED: note(A, 2),
        TOKEN: HEAD_TOKEN.read_bytes(),
    }


def sealed(files: Files, left_out: list[Case] | None = None, by: str = A) -> Files:
    """Signed by who exports it."""
    parties = {"authority": by, "peer": B if by == A else A}
    return signed(files, left_out, by=by, **parties)


@cache
def witnessed() -> bytes:
    """The bundle."""
    return zipped(sealed(confirmed()))


# -- a layer around it ----------------------------------------------------------------------------


def leaf(old: bytes) -> bytes:
    return sha256(b"\x00" + sha256(old).digest()).digest()


def text(root: bytes, size: int = 1) -> bytes:
    return f"tracer-1 renewal\nSHA-256\n{size}\n{b64(root)}\n".encode()


def logged(over: bytes, what: str = "renewal") -> Files:
    """The place in XA's log, as its third record."""
    fields = {"id": b64url(sha256(over).digest()), "to": A}
    if what == "sent":
        fields["to"] = B
    third = record(what, 0, NOW + 3 * DAY, **fields)
    records = (*LOGS[A], third)
    leaves = [rfc9162.leaf(sha256(one).digest()) for one in records]
    root = rfc9162.tree_hash(leaves)
    head, log = text_of(3, root, f"{A}/log/1"), signer(A)
    quantum = log.quantum(3, root, int((NOW + 3 * DAY).timestamp()))
    place = placed(A, 1) | {
        "index": 2,
        "path": [b64url(one) for one in rfc9162.path(2, leaves)],
        "record": b64url(third),
        "size": 3,
    }
    return {
        "entry.json": file(entry(A), by=A).encode(),
        "log.json": canonical(place),
        "log.txt": f"{head}\n{log.classic(head)}{quantum}".encode(),
    }


def layer(files: Files, root: bytes, **changes: Any) -> Files:
    """All files of a layer, its list first."""
    listed = [
        {
            "kind": LAYER_KINDS.get(name, "other"),
            "name": name,
            "sha256": sha256(data).hexdigest(),
            "size": len(data),
        }
        for name, data in sorted(files.items())
    ]
    named = {
        "algorithm": "SHA-256",
        "files": listed,
        "index": 0,
        "path": [],
        "profile": "tracer-1",
        "root": b64url(root),
        "size": 1,
        "v": 1,
    }
    return {"layer.json": canonical(named | changes), **dict(sorted(files.items()))}


def around(old: bytes, *, token: bytes = b"") -> Files:
    """What dates an old file, and the file."""
    found = {"renewed.zip": old, **logged(text(leaf(old)))}
    return found | ({"token.tsr": token} if token else {})


@cache
def renewed() -> bytes:
    """The bundle with a layer around it."""
    old = small()
    return zipped(layer(around(old, token=LAYER_TOKEN.read_bytes()), leaf(old)))


# -- cases ----------------------------------------------------------------------------------------


def accepted() -> Iterator[tuple[str, Files]]:
    base = confirmed()
    yield "whole", sealed(base)
    yield "exported-by-the-other-side", sealed(base, by=B)
    fewer = base | {COSIGNED_A: cosigned(A, 2, B)}
    yield "fewer-than-the-quorum", sealed(fewer)
    none = {n: d for n, d in base.items() if not n.startswith("cosigned/")}
    yield "witnesses-named-and-none-signed", sealed(none)
    plain = {n: d for n, d in base.items() if not n.startswith("tokens/")}
    yield "no-time-stamp", sealed(plain)
    without = ("narrative", "persons")
    named = {n: d for n, d in base.items() if n not in content()} | {
        n: d for n, d in base.items() if n.startswith("entries/")
    }
    yield "two-groups-withheld", sealed(content(without) | named, [gone(n) for n in without])
    yield (
        "revoked-later-and-a-witness-saw-it-before",
        *_revoked(quorum=1, from_=stamp(NOW + 4 * HOUR)),
    )


def _revoked(*, quorum: int, from_: str) -> tuple[Files]:
    """XA's key is revoked and nobody receipted its message: only witnesses can date it."""
    revoked = [sign_row(A, revoked_from=from_), sign_row("second"), seal_row(A)]
    files = confirmed() | {
        f"entries/{A}/0001.json": watched(A, B, C, quorum=quorum, by="second", keys=revoked),
        "proofs/0001.json": canonical(
            {"id": json.loads(content()["proofs/0001.json"])["id"], "received": None,
             "sent": placed(A, 0)}
        ),
    }  # fmt: skip
    for name in (TOKEN, STAMPED, EARLY, f"checkpoints/{B}/log/1/1.txt"):
        del files[name]
    del files[f"consistency/{B}/log/1/1-2.json"]
    return (sealed(files, [gone("", "none", "receipt")], by=B),)


Lie = tuple[str, str, str, Files]


def lies() -> Iterator[Lie]:
    base = confirmed()

    def with_(name: str, data: bytes) -> Files:
        return sealed(base | {name: data})

    bad = "checkpoint-signature"
    own = note(A, 2)
    yield "no-line-under-it", bad, COSIGNED_A, with_(COSIGNED_A, own)
    stranger = Cosigner("XD-NPOC/witness/1")
    leaves = [rfc9162.leaf(sha256(one).digest()) for one in LOGS[A]]
    foreign = stranger.over(signer(A), 2, rfc9162.tree_hash(leaves), SIGNED_AT).encode()
    yield "line-of-a-stranger", bad, COSIGNED_A, with_(COSIGNED_A, own + foreign)
    beside = base[COSIGNED_A] + foreign
    yield "line-of-a-stranger-beside-others", bad, COSIGNED_A, with_(COSIGNED_A, beside)
    moved = own + lines(A, 1, B, C).encode()
    yield "lines-of-another-head", bad, COSIGNED_A, with_(COSIGNED_A, moved)
    twice = own + lines(A, 2, B, B).encode()
    yield "line-twice", "checkpoint-form", COSIGNED_A, with_(COSIGNED_A, twice)
    owner = own + lines(A, 2, A).encode()
    yield "line-of-the-log-itself", bad, COSIGNED_A, with_(COSIGNED_A, owner)
    timeless = own + lines(A, 2, B, seconds=0).encode()
    yield "line-without-a-time", "checkpoint-form", COSIGNED_A, with_(COSIGNED_A, timeless)
    unsigned = cosigned(A, 2, B, C).replace(own, b"\n".join(own.split(b"\n")[:5]) + b"\n")
    yield "without-the-line-of-the-log", bad, COSIGNED_A, with_(COSIGNED_A, unsigned)
    renamed = f"cosigned/{A}/log/1/3.txt"
    yield "under-another-size", "checkpoint-form", renamed, with_(renamed, base[COSIGNED_A])
    nobody = f"cosigned/{C}/log/1/2.txt"
    yield "log-nobody-lists", "log-origin", nobody, with_(nobody, base[COSIGNED_A])
    fork = (LOGS[A][0], record("received", 1, NOW + HOUR))
    other = note(A, 2, fork)
    yield "second-root-of-one-size", "log-fork", COSIGNED_A, with_(COSIGNED_A, other)
    yield "stamped-second-root", "log-fork", STAMPED, with_(STAMPED, other)
    yield "token-over-another-head", "time-token", TOKEN, with_(TOKEN, LAYER_TOKEN.read_bytes())
    yield "token-that-is-none", "time-token", TOKEN, with_(TOKEN, b"a token")
    alone = {n: d for n, d in base.items() if n != STAMPED}
    yield "token-without-its-head", "missing", TOKEN, sealed(alone)
    yield (
        "revoked-and-only-a-witness-nobody-else-knows",
        "key-revoked",
        "messages/0001.sdjwt",
        *_revoked(quorum=2, from_=stamp(NOW + 4 * HOUR)),
    )
    yield (
        "revoked-before-any-witness-saw-it",
        "key-revoked",
        "messages/0001.sdjwt",
        *_revoked(quorum=1, from_=stamp(NOW + 2 * HOUR)),
    )


def layers_accepted() -> Iterator[tuple[str, Files]]:
    old = small()
    whole = around(old, token=LAYER_TOKEN.read_bytes())
    yield "layer-whole", layer(whole, leaf(old))
    yield "layer-of-the-log-alone", layer(around(old), leaf(old))
    token = {"renewed.zip": old, "token.tsr": LAYER_TOKEN.read_bytes()}
    yield "layer-of-a-time-stamp-alone", layer(token, leaf(old))
    two = [leaf(b"another file"), leaf(old)]
    root = rfc9162.tree_hash(two)
    shared = {"renewed.zip": old, **logged(text(root, 2))}
    path = [b64url(two[0])]
    yield "layer-of-two-files", layer(shared, root, index=1, path=path, size=2)


def layer_lies() -> Iterator[Lie]:
    old = small()
    good, root = around(old, token=LAYER_TOKEN.read_bytes()), leaf(old)
    where = "layer-1/{}".format
    flipped = old[:-1] + b"\x01"
    swapped = layer(good | {"renewed.zip": flipped}, root)
    yield "layer-around-another-file", "proof-invalid", where("renewed.zip"), swapped
    yield "layer-unsealed", "digest", where("renewed.zip"), {
        **layer(good, root), "renewed.zip": flipped
    }  # fmt: skip
    bare = {"renewed.zip": old}
    yield "layer-that-nobody-dates", "missing", where("layer.json"), layer(bare, root)
    stamps = good | {"token.tsr": HEAD_TOKEN.read_bytes()}
    yield "layer-stamp-of-another", "time-token", where("token.tsr"), layer(stamps, root)
    for what in ("journal", "sent"):
        recorded = bare | logged(text(root), what)
        yield f"layer-record-{what}", "proof-invalid", where("log.json"), layer(recorded, root)
    elsewhere = bare | logged(text(leaf(b"another file")))
    yield "layer-record-of-another", "proof-invalid", where("log.json"), layer(elsewhere, root)
    foreign = good | {"entry.json": file(entry(B), by=B).encode()}
    yield "layer-entry-of-another", "log-origin", where("log.txt"), layer(foreign, root)
    one = b"\n".join(good["log.txt"].split(b"\n")[:5]) + b"\n"
    unsigned = layer(good | {"log.txt": one}, root)
    yield "layer-head-half-signed", "checkpoint-signature", where("log.txt"), unsigned
    headless = {n: d for n, d in good.items() if n != "log.txt"}
    yield "layer-without-its-head", "missing", where("log.txt"), layer(headless, root)
    yield "layer-index", "proof-invalid", where("renewed.zip"), layer(good, root, index=1, size=2)
    more = layer(good, root, path=[b64url(root)])
    yield "layer-path", "proof-invalid", where("renewed.zip"), more
    other = layer(good, root, algorithm="SHA3-256")
    yield "layer-algorithm", "version-unknown", where("layer.json"), other
    yield "layer-version", "version-unknown", where("layer.json"), layer(good, root, v=2)
    yield "layer-member", "manifest-form", where("layer.json"), layer(good, root, at=stamp(NOW))
    added = dict(sorted((layer(good, root) | {"note.txt": b"x"}).items(), key=_order))
    yield "layer-file-more", "unlisted", where("note.txt"), added
    empty = {n: d for n, d in layer(good, root).items() if n != "renewed.zip"}
    yield "layer-around-nothing", "missing", "renewed.zip", empty
    damaged = small().replace(b"Evidence of", b"evidence of")
    inside = layer(around(damaged), leaf(damaged))
    yield "layer-around-what-does-not-hold", "digest", "README.txt", inside


def _order(pair: tuple[str, bytes]) -> tuple[bool, str]:
    return pair[0] != "layer.json", pair[0]


def case(name: str, base: str, files: Files, **more: str) -> Case:
    """A case that tells by how much its files differ from those of its base."""
    before = (
        sealed(confirmed())
        if base == "witnessed.zip"
        else layer(around(small(), token=LAYER_TOKEN.read_bytes()), leaf(small()))
    )
    changes: Case = {n: b64url(d) for n, d in files.items() if before.get(n) != d}
    changes |= {n: None for n in before if n not in files}
    return {"name": name, "base": base, "files": changes, **more}


def cases() -> Case:
    inner, outer = "witnessed.zip", "renewed.zip"
    yes = {"expected": "accept"}
    return {
        "about": "As in bundle.json; `base` is the zip that a case changes. A reader is given the "
        "root certificate tsa-root.pem.",
        "source": "PROTOCOL.md 28; keys from SHA-256 of their names; time stamps by openssl ts",
        "cases": [
            *(case(name, inner, files, **yes) for name, files in accepted()),
            *(case(name, outer, files, **yes) for name, files in layers_accepted()),
            *(
                case(name, inner, files, expected="refuse", code=code, where=where)
                for name, code, where, files in lies()
            ),
            *(
                case(name, outer, files, expected="refuse", code=code, where=where)
                for name, code, where, files in layer_lies()
            ),
        ],
    }


def rendered() -> str:
    """The text of the file of cases."""
    return json.dumps(cases(), indent=1, ensure_ascii=False) + "\n"


def stamp_anew() -> None:
    """Have an authority of the moment stamp what is to be stamped."""
    with tempfile.TemporaryDirectory() as folder:
        authority = make(Path(folder))
        ROOT.write_bytes(authority.root_pem)
        for path, over in ((HEAD_TOKEN, note(A, 2)), (LAYER_TOKEN, text(leaf(small())))):
            path.write_bytes(authority.stamped(over))


if __name__ == "__main__":
    if "--stamp" in sys.argv:
        stamp_anew()
    (FOLDER / "witnessed.zip").write_bytes(witnessed())
    (FOLDER / "renewed.zip").write_bytes(renewed())
    (FOLDER / "outside.json").write_text(rendered(), encoding="utf-8")
