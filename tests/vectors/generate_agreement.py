"""Write `schemas/vectors/entry/agreement.json`: `python -m tests.vectors.generate_agreement`.

Terms between XB, which answers, and XA, which asks. As in `generate_entry`, nothing here uses the
room it tests, and running it again changes no byte.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from tests.vectors.entry_parts import (
    DAY,
    NOW,
    Case,
    b64url,
    canonical,
    put,
    sign_row,
    span,
    stamp,
    terms,
    token,
)
from tests.vectors.generate_entry import FOLDER

TYP = "tracer-terms+jws"
PATH = FOLDER / "agreement.json"
A, B, STRANGER = "XA-NPOC", "XB-NPOC", "stranger"
OLD, STOLEN = "XA-NPOC old", "XB-NPOC stolen"
SIGNED = NOW + 30 * DAY


def agreed() -> Case:
    """The terms under which XB answers the requests of XA."""
    final = {"FLASH": 3, "URGENT": 7, "PRIORITY": 30, "ROUTINE": 90}
    stated = terms(B) | {"counterpart": A, "nature": "deadline"}
    for target in stated["targets"]:
        target["final_answer"] = span(final[target["urgency"]], "day")
    return stated


def digest(stated: Case) -> str:
    return b64url(sha256(canonical(stated)).digest())


def claim(stated: Case, **changes: Any) -> Case:
    """What each of the two signs."""
    return {
        "at": stamp(SIGNED),
        "authority": stated["authority"],
        "counterpart": stated.get("counterpart", A),
        "terms": digest(stated),
        "v": 1,
        **changes,
    }


def signed(stated: Case, by: str, typ: str = TYP, **changes: Any) -> str:
    return token(canonical(claim(stated, **changes)), by, typ)


def file(stated: Case, *signatures: str) -> str:
    return canonical({"signatures": list(signatures), "terms": stated}).decode()


def both(stated: Case) -> str:
    return file(stated, signed(stated, A), signed(stated, B))


def altered(change: Callable[[Case], object]) -> str:
    """An agreement about terms with one change, signed rightly by both."""
    stated = copy.deepcopy(agreed())
    change(stated)
    return both(stated)


def accepted(name: str, text: str, at: str) -> Case:
    return {
        "name": name,
        "expected": "accept",
        "file": text,
        "terms_digest": digest(json.loads(text)["terms"]),
        "at": at,
    }


def _accepted() -> list[Case]:
    stated, later = agreed(), stamp(SIGNED + timedelta(minutes=5))
    plain = {name: value for name, value in stated.items() if name != "nature"}
    first, second = signed(stated, A), signed(stated, B, at=later)
    rotated = signed(stated, OLD, at=stamp(NOW - DAY))
    ahead = stamp(SIGNED + timedelta(minutes=10))
    indented = json.dumps(json.loads(both(stated)), indent=1)
    return [
        accepted("signed-by-both", both(stated), stamp(SIGNED)),
        accepted("the-later-signature-decides", file(stated, first, second), later),
        accepted("in-either-order", file(stated, second, first), later),
        accepted("targets-that-do-not-bind", both(plain), stamp(SIGNED)),
        accepted("signed-while-an-older-key-was-in-use", file(stated, rotated, second), later),
        accepted("ten-minutes-ahead", file(stated, first, signed(stated, B, at=ahead)), ahead),
        accepted("written-in-another-spelling", indented, stamp(SIGNED)),
    ]


def _terms() -> list[tuple[str, str, str]]:
    """What is wrong with the terms."""
    form = "agreement-form"
    turned = both(agreed() | {"authority": A, "counterpart": "XC-NPOC"})
    return [
        ("terms-member-unknown", form, altered(put("extra", 1))),
        ("terms-member-missing", form, altered(lambda t: t.pop("office"))),
        ("terms-without-counterpart", form, altered(lambda t: t.pop("counterpart"))),
        ("terms-with-oneself", form, altered(put("counterpart", B))),
        ("terms-without-an-urgency", form, altered(lambda t: t["targets"].pop())),
        ("terms-with-a-day-on-no-calendar", form, altered(put("non_working", ["2026-02-30"]))),
        ("terms-with-another-nature", form, altered(put("nature", "duty"))),
        ("terms-with-a-time-that-ends-a-line", form, altered(put("office", "closes", "16:00\n"))),
        ("terms-with-a-bidi-override", form, altered(put("targets", 0, "urgency", "\u202e"))),
        ("terms-of-a-later-version", "version-unknown", altered(put("v", 2))),
        ("terms-between-others", "agreement-parties", turned),
    ]


def _signatures() -> list[tuple[str, str, str]]:
    """What is wrong with who signed, or when."""
    stated, other = agreed(), agreed() | {"covers_until": "2028-12-31"}
    first, who, future = signed(stated, A), "agreement-parties", SIGNED + timedelta(minutes=11)
    claims: list[tuple[str, str, Case]] = [
        ("signature-of-other-terms", "agreement-form", {"terms": digest(other)}),
        ("signature-for-the-other-direction", "agreement-form", {"authority": A, "counterpart": B}),
        ("signature-with-a-member-more", "agreement-form", {"more": 1}),
        ("signature-of-a-later-version", "version-unknown", {"v": 2}),
        ("signature-on-no-day", "agreement-form", {"at": "2026-02-30T12:00:00.000Z"}),
        ("signature-before-the-key-was-in-use", "key-expired", {"at": stamp(NOW - DAY)}),
        ("signature-in-our-future", "clock-ahead", {"at": stamp(future)}),
    ]
    found = [(name, code, file(stated, first, signed(stated, B, **c))) for name, code, c in claims]
    return [
        *found,
        ("offer", who, file(stated, first)),
        ("signed-twice-by-one", who, file(stated, first, signed(stated, A, at=stamp(NOW + DAY)))),
        ("signed-by-a-stranger", "signing-key", file(stated, first, signed(stated, STRANGER))),
        ("signed-by-a-revoked-key", "key-revoked", file(stated, first, signed(stated, STOLEN))),
        (
            "signed-after-the-key-was-in-use",
            "key-expired",
            file(stated, signed(stated, OLD), signed(stated, B)),
        ),
    ]


def _tokens() -> list[tuple[str, str, str]]:
    """What is wrong around the claim."""
    stated, form = agreed(), "agreement-form"
    first, second = signed(stated, A), signed(stated, B)
    head, body, signature = second.split(".")
    other = b64url(canonical(claim(stated, at=stamp(NOW + DAY))))
    twice = canonical(claim(stated)).replace(b'"v":1', b'"v":1,"v":1')
    texts = {
        "payload-replaced": ("jws-signature", f"{head}.{other}.{signature}"),
        "typ-of-an-entry": ("jws-header", signed(stated, B, typ="tracer-entry+jws")),
        "two-parts": ("jws-form", f"{head}.{body}"),
        "duplicate-key": ("json-strict", token(twice, B, TYP)),
        "no-object": ("json-strict", token(b"[]", B, TYP)),
    }
    whole = json.loads(both(stated))
    return [
        *((name, code, file(stated, first, text)) for name, (code, text) in texts.items()),
        ("file-empty", form, ""),
        ("file-no-signatures", form, json.dumps({"terms": stated})),
        ("file-not-signed", form, file(stated)),
        ("file-three-signatures", form, file(stated, first, second, second)),
        ("file-member-unknown", form, json.dumps(whole | {"more": 1})),
        ("file-terms-no-object", form, json.dumps(whole | {"terms": digest(stated)})),
        ("file-terms-twice", form, both(stated).replace('"v":1,', '"v":1,"v":1,', 1)),
        ("file-too-large", "too-large", both(stated) + " " * (128 * 1024)),
    ]


def agreements() -> Case:
    """Agreed terms between XB and XA."""
    old = sign_row(
        OLD, sign_from=stamp(NOW - 100 * DAY), sign_until=stamp(NOW), accept_until=stamp(NOW + DAY)
    )
    stolen = sign_row(STOLEN, revoked_from=stamp(NOW + 40 * DAY))
    refused = [*_terms(), *_signatures(), *_tokens()]
    return {
        "about": "Agreed terms, read at `now` by one who knows the keys of the two `parties`. "
        "`expected` is accept, or the refusal code; `at` is the instant that decides.",
        "source": "PROTOCOL.md 19.2; keys from SHA-256 of their names",
        "now": stamp(SIGNED),
        "parties": {A: [sign_row(A), old], B: [sign_row(B), stolen]},
        "cases": [
            *_accepted(),
            *({"name": name, "expected": code, "file": text} for name, code, text in refused),
        ],
    }


def rendered() -> str:
    """The text of the file."""
    return json.dumps(agreements(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(rendered(), encoding="utf-8")
