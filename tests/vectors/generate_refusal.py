"""Write `schemas/vectors/refusal/refusal.json`: signed refusals and what they count for.

Run `python -m tests.vectors.generate_refusal`; a test fails when the file is not what this writes.
Tokens are put together by hand from published seeds; nothing here uses the room it tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.vectors.entry_parts import b64url, canonical, digest, sign_jwk, token

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "refusal"
TYP = "tracer-refusal+jws"
ACCEPT, REFUSE = "accept", "refuse"

Case = dict[str, Any]

US, PEER = "XA-NPOC", "XB-NPOC"
SEAL, OTHER_SEAL = "a.b.c.d.e", "a.b.c.d.f"
ID, OTHER_ID = digest("a message"), digest("another message")
GONE = object()
REFUSAL: Case = {
    "v": 1,
    "digest": digest(SEAL),
    "id": ID,
    "from": PEER,
    "to": US,
    "code": "quota",
    "retryable": True,
    "at": "2026-03-01T12:00:00.000Z",
}


def signed(changes: Case | None = None, *, by: str = PEER, typ: str = TYP) -> str:
    """A refusal of the example message, with changes."""
    changed = REFUSAL | (changes or {})
    made = {name: value for name, value in changed.items() if value is not GONE}
    return token(canonical(made), by, typ)


def case(name: str, expected: str, text: str, **output: Any) -> Case:
    return {"name": name, "expected": expected, "token": text, **output}


def told(name: str, **changes: Any) -> Case:
    """A refusal that counts, and what it says."""
    made = {"hints": []} | REFUSAL | changes
    output = {member: made[member] for member in ("code", "retryable", "hints")}
    return case(name, ACCEPT, signed(changes), output=output)


def _counted() -> Iterator[Case]:
    yield told("plain")
    yield told("final", code="thread-forked", retryable=False)
    yield told("with-hints", code="parents-missing", hints=[OTHER_ID])
    yield told("empty-hints", hints=[])
    yield told("code-unknown", code="not-known-yet", retryable=False)
    yield told("retryable-otherwise-than-the-table", retryable=False)
    yield told("of-an-earlier-seal", digest=digest(OTHER_SEAL))
    yield told("id-empty", id="", code="jwe-form", retryable=False)
    spaced = json.dumps(REFUSAL | {"hints": []}, indent=1).encode()
    output = {"code": "quota", "retryable": True, "hints": []}
    yield case("not-canonical", ACCEPT, token(spaced, PEER, TYP), output=output)


def _members() -> Iterator[Case]:
    for name in REFUSAL:
        yield case(f"{name}-missing", REFUSE, signed({name: GONE}))
        yield case(f"{name}-null", REFUSE, signed({name: None}))
    rows: tuple[tuple[str, Case], ...] = (
        ("member-unknown", {"reason": "no"}),
        ("version-later", {"v": 2}),
        ("version-true", {"v": True}),
        ("version-text", {"v": "1"}),
        ("digest-loose-bits", {"digest": "A" * 42 + "B"}),
        ("digest-hexadecimal", {"digest": "00" * 32}),
        ("id-of-another-message", {"id": OTHER_ID}),
        ("id-empty-and-other-bytes", {"id": "", "digest": digest(OTHER_SEAL)}),
        ("id-with-a-line-feed", {"id": ID + "\n"}),
        ("from-another", {"from": "XC-NPOC"}),
        ("to-another", {"to": "XC-NPOC"}),
        ("parties-swapped", {"from": US, "to": PEER}),
        ("code-in-upper-case", {"code": "QUOTA"}),
        ("code-empty", {"code": ""}),
        ("code-of-41-characters", {"code": "a" * 41}),
        ("code-with-a-line-feed", {"code": "quota\n"}),
        ("code-a-list", {"code": ["quota"]}),
        ("retryable-text", {"retryable": "true"}),
        ("retryable-a-number", {"retryable": 1}),
        ("at-without-decimals", {"at": "2026-03-01T12:00:00Z"}),
        ("at-on-no-day", {"at": "2026-02-30T12:00:00.000Z"}),
        ("hints-null", {"hints": None}),
        ("hints-a-text", {"hints": OTHER_ID}),
        ("hints-of-numbers", {"hints": [7]}),
        ("hints-with-bidi-override", {"hints": ["a\u202eb"]}),
    )
    for name, changes in rows:
        yield case(name, REFUSE, signed(changes))


def _tokens() -> Iterator[Case]:
    good = signed()
    head, _, signature = good.split(".")
    other = b64url(canonical(REFUSAL | {"code": "thread-forked", "retryable": False}))
    yield case("payload-replaced", REFUSE, f"{head}.{other}.{signature}")
    yield case("signed-by-a-stranger", REFUSE, signed(by="stranger"))
    yield case("signed-by-us", REFUSE, signed(by=US))
    yield case("typ-of-a-message", REFUSE, signed(typ="tracer-message+sd-jwt"))
    yield case("typ-of-an-entry", REFUSE, signed(typ="tracer-entry+jws"))
    yield case("two-parts", REFUSE, good.rpartition(".")[0])
    yield case("padded", REFUSE, good + "=")
    twice = canonical(REFUSAL).replace(b'"v":1', b'"v":1,"v":1')
    yield case("member-twice", REFUSE, token(twice, PEER, TYP))
    yield case("no-object", REFUSE, token(b"[]", PEER, TYP))
    yield case("empty", REFUSE, "")


def refusals() -> Case:
    """Refusals of one message, as its sender reads them."""
    return {
        "about": "Refusals (`token`) that `asked.to` gets from `asked.from` about the message"
        " `asked.id`, sealed as `asked.jwe`; `keys.verify` are the signing keys in the newest entry"
        " of `asked.from`. `expected` is accept or refuse: what is refused counts as no answer.",
        "source": "PROTOCOL.md, chapter 14",
        "keys": {"verify": [sign_jwk(PEER)]},
        "asked": {"from": PEER, "to": US, "id": ID, "jwe": SEAL},
        "cases": [*_counted(), *_members(), *_tokens()],
    }


FILES = ("refusal",)


def rendered() -> str:
    """The text of the vector file."""
    return json.dumps(refusals(), indent=1) + "\n"


def main() -> None:
    """Write the file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "refusal.json").write_text(rendered(), encoding="utf-8")


if __name__ == "__main__":
    main()
