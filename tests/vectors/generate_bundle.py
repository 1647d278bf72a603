"""Write `schemas/vectors/bundle/*`: `python -m tests.vectors.generate_bundle`.

A request of XA with two groups and a photo, acknowledged by XB, exported by XA. As in
`generate_entry`, nothing here uses the room it tests: the zip is written by the standard library,
trees and paths by the text of RFC 9162, ML-DSA-44 in plain Python. Running it again changes no
byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from tests.vectors.bundle_parts import (
    FIRST,
    GROUPS,
    HOUR,
    IDS,
    LOGS,
    MESSAGE,
    STRANGER,
    A,
    B,
    Files,
    cipher,
    compact,
    content,
    gone,
    note,
    placed,
    record,
    request,
    signed,
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
    groups,
    seed,
    sign_row,
    stamp,
    terms,
    token,
)

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "bundle"


def accepted() -> Iterator[tuple[str, Files]]:
    yield "whole", signed(content())
    without = ("narrative", "persons")
    yield "two-groups-withheld", signed(content(without), [gone(name) for name in without])
    keyless = ("attachment_key.1",)
    yield "key-of-the-file-withheld", signed(content(keyless), [gone("attachment_key.1")])
    bare = content()
    del bare["attachments/0001-01.bin"]
    yield "digests-only", signed(bare, [gone("1", what="attachment")])
    loose = {n: d for n, d in content().items() if not n.startswith("consistency/")}
    history = [
        {"message": "", "name": f"{one}/log/1", "what": "history", "why": "not-here"}
        for one in (A, B)
    ]
    yield "heads-not-joined", signed(loose, history)
    more = content() | {"later/0001.bin": b"of a later version"}
    yield "kinds-not-judged", signed(more)
    unreceipted = content() | {
        "proofs/0001.json": canonical({"id": IDS[0], "received": None, "sent": placed(A, 0)})
    }
    del (
        unreceipted["checkpoints/XB-NPOC/log/1/1.txt"],
        unreceipted["consistency/XB-NPOC/log/1/1-2.json"],
    )
    yield "no-receipt", signed(unreceipted, [gone("", "none", "receipt")])


Lie = tuple[str, str, str, Files]


def lies() -> Iterator[Lie]:
    """What the exporter itself signed and what does not hold: name, code, file, files."""
    base = content()
    dropped = content(("persons",))
    yield "group-dropped-and-not-said", "left-out", "manifest.json", signed(dropped)
    said = [gone("persons")]
    yield "group-said-to-be-dropped", "left-out", "manifest.json", signed(base, said)
    forged = base | {"messages/0001.sdjwt": compact().replace(FIRST[-9:-1].encode(), b"AAAAAAAA")}
    yield "signature-of-a-message", "jws-signature", "messages/0001.sdjwt", signed(forged)
    other = token(canonical(request() | {"reference": "XA-2026-000002"}), STRANGER, MESSAGE)
    foreign = base | {"messages/0001.sdjwt": "~".join([other, *GROUPS.values(), ""]).encode()}
    yield "message-of-a-stranger", "signing-key", "messages/0001.sdjwt", signed(foreign)
    swapped = base | {
        "proofs/0001.json": base["proofs/0002.json"],
        "proofs/0002.json": base["proofs/0001.json"],
    }
    yield "proofs-swapped", "proof-invalid", "proofs/0001.json", signed(swapped)
    late = placed(B, 0) | {"record": b64url(record("received", 0, NOW + 5 * DAY))}
    dated = {"id": IDS[0], "received": late, "sent": placed(A, 0)}
    yield (
        "receipt-dated-otherwise",
        "proof-invalid",
        "proofs/0001.json",
        signed(base | {"proofs/0001.json": canonical(dated)}),
    )
    own = {"id": IDS[0], "received": placed(A, 0), "sent": placed(A, 0)}
    yield (
        "receipt-in-the-own-log",
        "log-origin",
        "proofs/0001.json",
        signed(base | {"proofs/0001.json": canonical(own)}),
    )
    yield from _logs(base)
    yield from _lists(base)
    yield from _stripped(base)


def _logs(base: Files) -> Iterator[Lie]:
    head = "checkpoints/XB-NPOC/log/1/2.txt"
    lines = note(B, 2).decode().split("\n")
    one = "\n".join([*lines[:5], ""]).encode()
    yield "one-signature-line", "checkpoint-signature", head, signed(base | {head: one})
    other = (LOGS[B][0], record("sent", 1, NOW + HOUR, salt=b64url(seed("other"))))
    second = note(B, 2, other)
    yield (
        "head-of-another-history",
        "log-fork",
        "consistency/XB-NPOC/log/1/1-2.json",
        signed(base | {"checkpoints/XB-NPOC/log/1/1.txt": note(B, 1, other[1:]), head: second}),
    )
    yield (
        "head-not-there",
        "missing",
        "proofs/0002.json",
        signed(
            {n: d for n, d in base.items() if n not in {head, "consistency/XB-NPOC/log/1/1-2.json"}}
        ),
    )
    wrong = entry(B) | {"log": entry(A)["log"] | {"origin": "XB-NPOC/log/1"}}
    entries = base | {"entries/XB-NPOC/0001.json": file(wrong, by=B).encode()}
    yield "log-keys-of-another", "checkpoint-signature", head, signed(entries)
    early = [row | {"sign_until": stamp(NOW + timedelta(seconds=1))} for row in entry(B)["keys"]]
    expired = base | {"entries/XB-NPOC/0001.json": file(entry(B) | {"keys": early}, by=B).encode()}
    yield "key-not-in-use", "key-expired", "messages/0002.sdjwt", signed(expired)


def _stripped(base: Files) -> Iterator[Lie]:
    """Something essential is taken out, or stands there twice, and the exporter owns to it."""
    bare = ("messages", "proofs", "attachments", "terms")
    none = {n: d for n, d in base.items() if n.partition("/")[0] not in bare}
    yield "no-message", "missing", "manifest.json", signed(none)
    again = {"messages/0003.sdjwt": base["messages/0002.sdjwt"]}
    again["proofs/0003.json"] = base["proofs/0002.json"]
    yield "message-twice", "form", "messages/0003.sdjwt", signed(base | again)
    rows = [row | {"revoked_from": stamp(NOW + DAY)} for row in entry(B)["keys"][:1]]
    second = entry(B) | {"keys": [*rows, *entry(B)["keys"][1:], sign_row("XB-NPOC second")]}
    revoked = base | {"entries/XB-NPOC/0001.json": file(second, by="XB-NPOC second").encode()}
    undated = {"id": IDS[1], "received": None, "sent": None}
    revoked["proofs/0002.json"] = canonical(undated)
    said = [gone("", "none", what) | {"message": IDS[1]} for what in ("receipt", "sent")]
    yield "revoked-key-and-no-record", "key-revoked", "messages/0002.sdjwt", signed(revoked, said)
    keys = [*entry(B)["keys"][:1], *entry(A)["keys"][1:]]
    shared = base | {"entries/XB-NPOC/0001.json": file(entry(B) | {"keys": keys}, by=B).encode()}
    yield "sealing-key-of-the-other", "entry-shared", "", signed(shared)


def _lists(base: Files) -> Iterator[Lie]:
    listed = "manifest.json"
    yield "signed-by-the-other-side", "signing-key", "manifest.jws", signed(base, by=B)
    yield "exported-by-a-third", "missing", "", signed(base, authority="XC-NPOC")
    lone = {n: d for n, d in base.items() if not n.startswith("messages/0001")}
    yield "message-taken-out", "missing", "messages/0001.sdjwt", signed(lone)
    yield "another-thread", "thread-parties", "messages/0001.sdjwt", signed(base, thread=IDS[1])
    yield "a-later-version", "version-unknown", listed, signed(base, v=2)
    stranger = signed(base)
    stranger["README.txt"] = b"Another text.\n"
    yield "file-changed-after-signing", "digest", "README.txt", stranger
    more = signed(base)
    more["report/report.html"] = b"<p>More</p>"
    yield "file-added-after-signing", "unlisted", "report/report.html", more
    less = signed(base)
    del less["README.txt"]
    yield "file-taken-out-after-signing", "missing", "README.txt", less
    announced = base | {"attachments/0001-01.bin": cipher()[:-1] + b"\x00"}
    yield "another-file", "attachment-digest", "attachments/0001-01.bin", signed(announced)
    none = base | {"terms/0001.json": canonical(terms(A))}
    yield "terms-nobody-named", "terms-form", "terms/0001.json", signed(none)


Patch = tuple[str, Callable[[bytes], bytes]]


def structures() -> Iterator[Patch]:
    """What is done to the zip itself."""
    end, central = small().rindex(b"PK\x05\x06"), small().index(b"PK\x01\x02")
    yield "byte-before", lambda data: b"\x00" + data
    yield "byte-after", lambda data: data + b"\x00"
    yield "comment", lambda data: data[:-2] + b"\x01\x00!"
    yield "cut", lambda data: data[:-1]
    yield "byte-before-the-directory", lambda d: d[:central] + b"\x00" + d[central:]
    yield "directory-left-out", lambda d: d[:central] + d[end:]
    yield "flag-set", lambda d: d[:6] + b"\x01" + d[7:]
    yield "compressed", lambda d: d[:8] + b"\x08" + d[9:]
    yield "dated", lambda d: d[:10] + b"\x01" + d[11:]
    yield "offset-in-the-directory", lambda d: d[: central + 42] + b"\x01" + d[central + 43 :]
    yield "attributes-of-a-link", lambda d: d[: central + 40] + b"\xff\xa1" + d[central + 42 :]
    yield "another-name-in-the-directory", lambda d: d[: central + 46] + b"M" + d[central + 47 :]
    yield "number-of-files", lambda d: d[: end + 8] + b"\x01" + d[end + 9 :]


def names() -> Iterator[tuple[str, Files]]:
    """Archives that are whole but hold names that none may have."""
    for case, name in (
        ("name-outside", "../escape.txt"),
        ("name-absolute", "/etc/escape"),
        ("name-of-a-folder", "report/"),
        ("name-with-a-backslash", "report\\page"),
        ("name-hidden", "report/.page"),
        ("name-that-differs-in-case", "readme.TXT"),
        ("name-not-ascii", "report/p\u00e4ge"),
    ):
        yield case, signed(content()) | {name: b"x"}


def case(name: str, files: Files, **more: str) -> Case:
    """A case that tells by how much its files differ from those of small.zip."""
    base = signed(content())
    changes: Case = {n: b64url(d) for n, d in files.items() if base.get(n) != d}
    changes |= {n: None for n in base if n not in files}
    return {"name": name, "files": changes, **more}


def cases() -> Case:
    """The file of cases."""
    refused = [
        case(name, files, expected="refuse", code=code, where=where)
        for name, code, where, files in lies()
    ]
    raw = [
        {"name": f"zip-{name}", "patch": _patch(change(small())), "expected": "refuse",
         "code": "zip", "where": ""}
        for name, change in structures()
    ]  # fmt: skip
    named = [
        {"name": f"zip-{name}", "zip": b64url(_tail(files)), "expected": "refuse", "code": "zip",
         "where": ""}
        for name, files in names()
    ]  # fmt: skip
    return {
        "about": "Bundles, each small.zip with a change: `files` are put into the zip by name, "
        "null takes one out, and the zip is written anew in the order of its files; `patch` cuts "
        "`cut` bytes of small.zip at byte `at` and puts `put` there; `zip` is a zip of its own. "
        "`code` and `where` are those of a finding; there may be others.",
        "source": "PROTOCOL.md 28; keys from SHA-256 of their names",
        "fingerprints": {one: fingerprint_of(one) for one in (A, B)},
        "cases": [
            *(case(name, files, expected="accept") for name, files in accepted()),
            *refused,
            *raw,
            *named,
        ],
    }


def _tail(files: Files) -> bytes:
    """A zip of the list, its signature and the last file alone: the name ends the reading."""
    names_ = ["manifest.json", "manifest.jws", "README.txt", list(files)[-1]]
    return zipped({name: files[name] for name in dict.fromkeys(names_)})


def _patch(data: bytes) -> Case:
    base, start = small(), 0
    while start < min(len(base), len(data)) and base[start] == data[start]:
        start += 1
    stop = 0
    while stop < min(len(base), len(data)) - start and base[-1 - stop] == data[-1 - stop]:
        stop += 1
    return {
        "at": start,
        "cut": len(base) - stop - start,
        "put": b64url(data[start : len(data) - stop]),
    }


def fingerprint_of(authority: str) -> str:
    return groups(json.loads(file(entry(authority), by=authority))["entry"])


def rendered() -> str:
    """The text of the file of cases."""
    return json.dumps(cases(), indent=1, ensure_ascii=False) + "\n"


__all__ = ["FOLDER", "rendered", "small"]

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "small.zip").write_bytes(small())
    (FOLDER / "bundle.json").write_text(rendered(), encoding="utf-8")
