"""Write `schemas/vectors/entry/*.json`: `python -m tests.vectors.generate_entry`.

Nothing here uses the room it tests: entries are plain dictionaries, tokens are put together by
hand, keys come from the seeds given. Everything is deterministic (the channel certificates are
Ed25519 for that reason), so running it again changes no byte; the suite checks that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from tests.vectors.entry_parts import (
    COLLECTS,
    DAY,
    NOW,
    WITNESS,
    Case,
    Change,
    b64url,
    by,
    canonical,
    certificate,
    changed,
    digest,
    entry,
    file,
    follower,
    groups,
    log,
    put,
    seal_row,
    sign_row,
    stamp,
    terms,
    token,
    witness,
)

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "entry"


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


def _accepted() -> list[Case]:
    watched = {"quorum": 1, "members": [WITNESS]}
    unknown = {**terms("XA-NPOC")["targets"][0], "urgency": "LATER"}
    second = sign_row("second", revoked_from=stamp(NOW + DAY))
    return [
        accepted("plain", entry()),
        accepted("collects", entry() | COLLECTS),
        accepted("by-courier", entry() | COLLECTS | {"mode": "courier"}),
        accepted("with-witnesses", entry() | {"witnesses": watched}),
        accepted("with-a-node-as-witness", entry() | {"witnesses": by(witness("XB-NPOC"))}),
        accepted("witness-itself", entry() | {"witness": witness("XA-NPOC", 7)}),
        accepted("revoked-key-listed", changed(lambda e: e["keys"].append(second))),
        accepted("address-as-endpoint", entry() | {"endpoint": "https://[2001:db8::7]"}),
        accepted("unknown-urgency-kept", changed(lambda e: e["terms"]["targets"].append(unknown))),
    ]


def _refused() -> list[Case]:
    own, form = sign_row("XA-NPOC"), "entry-form"
    loud = {**WITNESS, "mldsa44": "AAAA"}
    own_witness = witness("XA-NPOC")
    of_log = own_witness | {"mldsa44": log("XA-NPOC")["mldsa44"]}
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
        ("witness-of-the-own-log", form, put("witnesses", by(own_witness))),
        ("log-key-as-witness", form, put("witnesses", by(of_log | {"name": "w.example"}))),
        ("witness-under-another-authority", form, put("witness", witness("XB-NPOC"))),
        ("witness-without-number", form, put("witness", own_witness | {"name": "XA-NPOC/witness"})),
        ("witness-number-zero", form, put("witness", own_witness | {"name": "XA-NPOC/witness/0"})),
        ("witness-with-cut-key", form, put("witness", own_witness | {"mldsa44": "AAAA"})),
        ("witness-with-the-log-key", form, put("witness", of_log)),
        ("witness-with-a-member-more", form, put("witness", own_witness | {"since": "now"})),
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
        ]
        + _witness_keys(),
    }


def _witness_keys() -> list[Case]:
    """Second entries after one that names a witness key; such cases have their own `previous`."""
    before = entry() | {"witness": witness("XA-NPOC", 3)}
    previous = file(before)
    tip = {"seq": 2, "prev": digest(json.loads(previous)["entry"]), "issued": stamp(NOW + DAY)}
    swapped = witness("XA-NPOC", 4) | {"name": "XA-NPOC/witness/3"}
    rows: list[tuple[str, str, Case]] = [
        ("witness-key-kept", "accept", before),
        ("witness-key-next", "accept", before | {"witness": witness("XA-NPOC", 4)}),
        ("witness-key-gone", "accept", entry()),
        ("witness-key-after-a-gap", "accept", before | {"witness": witness("XA-NPOC", 9)}),
        ("witness-key-under-the-same-name", "entry-chain", before | {"witness": swapped}),
        ("witness-number-falls", "entry-chain", before | {"witness": witness("XA-NPOC", 2)}),
    ]
    return [
        {"name": name, "expected": code, "previous": previous, "file": file(after | tip)}
        for name, code, after in rows
    ]


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
