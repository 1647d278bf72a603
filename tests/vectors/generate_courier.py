"""Write `schemas/vectors/courier/file.json`: `python -m tests.vectors.generate_courier`.

Courier files from XA to XB as they may arrive, whole, changed or made by somebody else. The content
key of every seal is the one of `foreign_seal.json`; manifests, streams and entries are put together
by hand, so that nothing here uses the room it tests. Running it again changes no byte.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.vectors.entry_parts import (
    DAY,
    NOW,
    Case,
    b64url,
    canonical,
    digest,
    entry,
    put,
    seed,
    sign_jwk,
    stamp,
    token,
)
from tests.vectors.entry_parts import file as entry_file
from tests.vectors.envelope_parts import CONTENT_KEY, SEAL, SEAL_KEYS
from tracer.envelope import jwe

PATH = Path(__file__).parents[2] / "schemas" / "vectors" / "courier" / "file.json"
TYP = "tracer-courier+jws"
READ = NOW + 300 * DAY
"""A bag may travel for long."""
US, PEER, STRANGER = "XB-NPOC", "XA-NPOC", "XC-NPOC"
KEY, PREFIX = seed("the key of a courier file"), seed("its prefix")[:7]
SEGMENT = 64 * 1024
STATE = canonical({"held": [], "proofs": [], "yours": None})
HEAD: Case = {"profile": "tracer-1", "checkpoint": None, "consistency": None, "remembers": 0}
SHOWN = canonical({"profile": "tracer-1", "checkpoint": None, "proofs": [], "wanted": [3]})
EMPTY = json.dumps(HEAD, separators=(",", ":")).encode() + b"\n"
PHOTO = bytes(n % 251 for n in range(70_000))
GONE = object()

Item = tuple[str, bytes]
ITEMS: tuple[Item, ...] = (("state", STATE), ("attachment", b"a photo, encrypted"))


def _name(data: bytes) -> str:
    return b64url(sha256(data).digest())


def lines(items: Sequence[Item]) -> list[Case]:
    """The items as the manifest lists them."""
    return [{"kind": kind, "digest": _name(body), "size": len(body)} for kind, body in items]


def manifest(items: Sequence[Item] = ITEMS, changes: Case | None = None) -> Case:
    made: Case = {
        "v": 1,
        "from": PEER,
        "to": US,
        "at": stamp(NOW),
        "number": 7,
        "part": 1,
        "parts": 1,
        "seen": [digest("a file of XB")],
        "items": lines(items),
    } | (changes or {})
    return {name: value for name, value in made.items() if value is not GONE}


def stream(plain: bytes) -> bytes:
    """Segments of 64 KiB, as chapter 15.1 has them."""
    blocks = [plain[n : n + SEGMENT] for n in range(0, len(plain), SEGMENT)] or [b""]
    box = AESGCM(KEY)
    return b"".join(
        box.encrypt(PREFIX + n.to_bytes(4, "big") + bytes([n == len(blocks) - 1]), block, None)
        for n, block in enumerate(blocks)
    )


def sealed(
    plain: bytes,
    *,
    name: str,
    opener: bytes | None = None,
    sender: str = PEER,
    to: str = US,
    kid: str = "",
) -> bytes:
    """The whole file around the plaintext of its stream."""
    inside = canonical({"key": b64url(KEY), "prefix": b64url(PREFIX)})
    line = jwe.assemble(
        inside if opener is None else opener,
        content_key=CONTENT_KEY,
        kid=kid or SEAL.kid,
        sender=sender,
        recipient=to,
        message_id=name,
        random=bytes,
    )
    return line.encode() + b"\n" + stream(plain)


def preamble(jws: str, card: str | None = None) -> bytes:
    card = entry_file(entry()) if card is None else card
    return canonical({"entries": [card], "manifest": jws}) + b"\n"


def whole(
    items: Sequence[Item] = ITEMS,
    *,
    changes: Case | None = None,
    by: str = PEER,
    typ: str = TYP,
    card: str | None = None,
    body: bytes | None = None,
    sealing: Case | None = None,
) -> bytes:
    """A file with this manifest; `body` stands in place of its items."""
    jws = token(canonical(manifest(items, changes)), by, typ)
    inside = b"".join(one for _, one in items) if body is None else body
    return sealed(preamble(jws, card) + inside, **{"name": digest(jws), **(sealing or {})})


def case(name: str, expected: str, data: bytes, **output: Any) -> Case:
    return {"name": name, "expected": expected, "file": b64url(data), **output}


def of_two(name: str, **change: int) -> Case:
    """The case `two-segments` with one byte flipped, or only its first bytes kept."""
    return {"name": name, "expected": "courier-damaged", "of": "two-segments", **change}


def data_of(case: Case, cases: Sequence[Case]) -> bytes:
    """The bytes of a case, as its reader puts them together."""
    if "of" not in case:
        return base64.urlsafe_b64decode(case["file"] + "==")
    (base,) = (data_of(one, cases) for one in cases if one["name"] == case["of"])
    if "keep" in case:
        return base[: case["keep"]]
    at = case["flip"]
    return base[:at] + bytes([base[at] ^ 1]) + base[at + 1 :]


def _accepted() -> Iterator[Case]:
    batch, answer = ("batch", EMPTY), ("answer", EMPTY)
    for name, items, changes in (
        ("state-and-attachment", ITEMS, {}),
        ("state-alone", ITEMS[:1], {}),
        ("answers-and-batches", (ITEMS[0], answer, batch, batch, ITEMS[1]), {}),
        ("witnessed-and-batch", (ITEMS[0], ("witnessed", SHOWN), batch, ITEMS[1]), {}),
        ("two-segments", (ITEMS[0], ("attachment", PHOTO)), {}),
        ("part-of-several", ITEMS, {"part": 2, "parts": 3}),
        ("written-just-now", ITEMS, {"at": stamp(READ)}),
    ):
        found = manifest(items, changes)
        jws = token(canonical(found), PEER, TYP)
        output = {"id": digest(jws), "manifest": found}
        yield case(name, "accept", whole(items, changes=changes), output=output)


def _manifests() -> Iterator[Case]:
    form = "courier-form"
    for name in ("from", "to", "at", "number", "part", "parts", "seen", "items", "v"):
        yield case(f"{name}-missing", form, whole(changes={name: GONE}))
    rows: tuple[tuple[str, str, Case], ...] = (
        ("version-later", "version-unknown", {"v": 2}),
        ("member-unknown", form, {"note": "hurry"}),
        ("number-zero", form, {"number": 0}),
        ("part-beyond-the-last", form, {"part": 2}),
        ("seen-no-digest", form, {"seen": ["x"]}),
        ("items-none", form, {"items": []}),
        ("between-others", "party-mismatch", {"to": STRANGER}),
        ("of-another-sender", "party-mismatch", {"from": STRANGER}),
        ("of-our-future", "clock-ahead", {"at": stamp(READ + DAY)}),
        ("before-its-key", "key-expired", {"at": stamp(NOW - 4000 * DAY)}),
    )
    for name, code, changes in rows:
        yield case(name, code, whole(changes=changes))
    state, photo = ITEMS
    for name, items in (
        ("state-missing", (photo,)),
        ("two-states", (state, state)),
        ("attachment-before-batch", (state, photo, ("batch", EMPTY))),
        ("batch-before-answer", (state, ("batch", EMPTY), ("answer", EMPTY))),
        ("state-last", (photo, state)),
        ("two-witnessed", (state, ("witnessed", SHOWN), ("witnessed", SHOWN))),
        ("witnessed-after-batch", (state, ("batch", EMPTY), ("witnessed", SHOWN))),
        ("witnessed-before-state", (("witnessed", SHOWN), state)),
        ("kind-unknown", (state, ("letter", b"x"))),
        (
            "state-not-closed",
            (("state", canonical({"held": [], "proofs": [], "yours": None, "x": 1})),),
        ),
        ("state-no-json", (("state", b"{"),)),
    ):
        yield case(name, form, whole(items))
    yield case("batch-no-ndjson", "batch-form", whole((state, ("batch", b"{}"))))
    for name, shown in (
        ("witnessed-no-json", b"{"),
        ("witnessed-of-another-profile", SHOWN.replace(b"tracer-1", b"tracer-2")),
        ("witnessed-with-more", SHOWN.replace(b"{", b'{"note":"x",', 1)),
        ("witnessed-wants-no-size", SHOWN.replace(b"[3]", b"[-3]")),
        ("witnessed-wants-too-many", SHOWN.replace(b"[3]", canonical(list(range(1, 66))))),
    ):
        yield case(name, "batch-form", whole((state, ("witnessed", shown))))
    huge = lines(ITEMS)
    huge[0]["size"] = 33_554_433
    yield case("too-much-that-is-no-attachment", "too-large", whole(changes={"items": huge}))


def _signed_otherwise() -> Iterator[Case]:
    yield case("signed-by-a-stranger", "signing-key", whole(by=STRANGER))
    yield case("signed-as-another-object", "jws-header", whole(typ="tracer-entry+jws"))
    jws = token(canonical(manifest()), PEER, TYP)
    broken = jws[:-4] + ("AAAA" if jws[-4:] != "AAAA" else "BBBA")
    body = b"".join(one for _, one in ITEMS)
    yield case(
        "signature-wrong", "jws-signature", sealed(preamble(broken) + body, name=digest(broken))
    )
    other = token(canonical(manifest(changes={"number": 8})), PEER, TYP)
    yield case(
        "manifest-of-another-file", "id-mismatch", sealed(preamble(other) + body, name=digest(jws))
    )
    card = entry_file(entry(STRANGER), STRANGER)
    yield case("entry-of-another", "party-mismatch", whole(card=card))
    yield case("entry-no-entry", "entry-form", whole(card="{}"))
    changed = copy.deepcopy(entry())
    put("state", "XB")(changed)
    yield case("entry-against-its-rules", "entry-form", whole(card=entry_file(changed)))


def _sealed_otherwise() -> Iterator[Case]:
    yield case("for-another", "wrong-recipient", whole(sealing={"to": STRANGER}))
    yield case("from-a-stranger", "peer-unknown", whole(sealing={"sender": STRANGER}))
    yield case("sealed-to-another-key", "seal-key", whole(sealing={"kid": digest("a key")}))
    pair = {"key": b64url(KEY), "prefix": b64url(PREFIX)}
    for name, inside in (
        ("key-short", canonical(pair | {"key": b64url(KEY[:16])})),
        ("key-with-more", canonical(pair | {"note": "x"})),
        ("key-not-canonical", json.dumps(pair, indent=1).encode()),
        ("key-missing", canonical({"prefix": b64url(PREFIX)})),
        ("message-in-the-seal", canonical({"proof": {}, "sd_jwt": "a.b.c~"})),
    ):
        yield case(name, "courier-form", whole(sealing={"opener": inside}))
    good = whole()
    line = good.index(b"\n")
    yield case("no-seal", "courier-form", b"PK\x03\x04 an archive\n" + good)
    yield case("no-line", "courier-form", good[:line])
    yield case("line-not-ended", "courier-form", good[:line] + good[line + 1 :])
    yield case("empty", "courier-form", b"")
    at = line - 60
    flipped = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
    yield case("seal-changed", "seal-open", flipped)


def _damaged() -> Iterator[Case]:
    form, damaged = "courier-form", "courier-damaged"
    good = whole((ITEMS[0], ("attachment", PHOTO)))
    line, end = good.index(b"\n") + 1, len(good)
    for name, at in (
        ("first-byte-of-the-stream", line),
        ("middle-of-the-first-segment", line + 40_000),
        ("tag-of-the-first-segment", line + SEGMENT + 8),
        ("second-segment", line + SEGMENT + 16 + 20),
        ("last-byte", end - 1),
    ):
        yield of_two(name, flip=at)
    for name, size in (
        ("stream-missing", line),
        ("cut-in-the-first-segment", line + 40_000),
        ("cut-at-the-segment", line + SEGMENT + 16),
        ("cut-by-a-byte", end - 1),
    ):
        yield of_two(name, keep=size)
    small = whole()
    line = small.index(b"\n") + 1
    yield case("byte-added", damaged, small + b"\0")
    yield case("segment-added", damaged, small + small[line:])
    state, photo = (one for _, one in ITEMS)
    yield case("item-changed", damaged, whole(body=state + photo[:-1] + b"!"))
    yield case("item-cut", damaged, whole(body=state + photo[:-1]))
    yield case("item-longer", damaged, whole(body=state + photo + b"!"))
    yield case("items-swapped", damaged, whole(body=photo + state))
    jws = token(canonical(manifest()), PEER, TYP)
    name = digest(jws)
    yield case("first-line-missing", form, sealed(state + photo, name=name))
    spaced = json.dumps({"entries": [entry_file(entry())], "manifest": jws}).encode() + b"\n"
    yield case("first-line-not-canonical", form, sealed(spaced + state + photo, name=name))
    more = canonical({"entries": [entry_file(entry())], "manifest": jws, "note": ""}) + b"\n"
    none = canonical({"entries": [], "manifest": jws}) + b"\n"
    yield case("entries-none", form, sealed(none + state + photo, name=name))
    yield case("first-line-with-more", form, sealed(more + state + photo, name=name))


def rendered() -> str:
    """The file as it is published."""
    made = {
        "about": "Courier files (`file`, base64url) as `us` opens them at `now`, with the sealing"
        " key of `seal_seed`, knowing of the authorities only `peer`, by its entry `entry`. A case"
        " `of` another is that one's file with the lowest bit of byte `flip` changed, or the first"
        " `keep` bytes of it. `expected` is accept, or the code of the first check of [D-7] that"
        " fails.",
        "source": "PROTOCOL.md, chapter 16.1",
        "us": US,
        "peer": PEER,
        "now": stamp(READ),
        "entry": entry_file(entry()),
        "keys": {**SEAL_KEYS, "verify": [sign_jwk(PEER)]},
        "cases": [
            *_accepted(),
            *_manifests(),
            *_signed_otherwise(),
            *_sealed_otherwise(),
            *_damaged(),
        ],
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(rendered(), "utf-8")
