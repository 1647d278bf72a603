"""Who a reader knows is who speaks: keys of another identity of the same name do not count."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.vectors.bundle_parts import (
    MESSAGE,
    THREAD,
    A,
    B,
    Files,
    acknowledgement,
    content,
    digest,
    signed,
    zipped,
)
from tests.vectors.entry_parts import b64url, canonical, entry, file, groups, seed, sign_row, token
from tests.vectors.generate_bundle import fingerprint_of
from tracer.bundle.entries import Pins, digits
from tracer.bundle.findings import Verdict
from tracer.bundle.verify import verify_bundle

FORGER = "forger"


def fake() -> dict[str, Any]:
    """An entry in the name of XB that somebody made himself."""
    other = entry("XC-NPOC")
    keys = [sign_row(FORGER), *(key for key in other["keys"] if key["use"] == "seal")]
    log = other["log"] | {"origin": f"{B}/log/7"}
    return entry(B) | {"keys": keys, "channel": other["channel"], "log": log}


def forged() -> bytes:
    """XB's genuine entry, and an answer that a self-made identity of XB has signed."""
    said = acknowledgement(THREAD) | {"nonce": b64url(seed("forged")[:16])}
    answer = token(canonical(said), FORGER, MESSAGE)
    name = digest(answer.encode())
    files: Files = content() | {
        f"entries/{B}/0002.json": file(fake(), by=FORGER).encode(),
        "messages/0002.sdjwt": f"{answer}~".encode(),
        "proofs/0002.json": canonical({"id": name, "received": None, "sent": None}),
    }
    gaps = [
        {"message": name, "name": "", "what": what, "why": "none"} for what in ("sent", "receipt")
    ]
    return zipped(signed(files, gaps))


def shown() -> str:
    """The fingerprint of the self-made entry."""
    return groups(json.loads(file(fake(), by=FORGER))["entry"])


def wrong(verdict: Verdict) -> list[tuple[str, str]]:
    return [(one.code, one.words) for one in verdict.findings if one.level == "wrong"]


def test_a_second_identity_beside_the_one_that_the_reader_knows_is_named_as_wrong() -> None:
    known = Pins(frozenset(digits(fingerprint_of(one)) for one in (A, B)))
    ((code, words),) = wrong(verify_bundle(forged(), pins=known))
    assert code == "trust"
    assert shown() in words


@pytest.mark.parametrize("knows", ["nobody", "both identities"])
def test_a_second_identity_holds_for_who_compares_all_or_gave_both(knows: str) -> None:
    prints = [fingerprint_of(B), shown()]
    pins = Pins(frozenset(map(digits, prints)) if knows != "nobody" else frozenset())
    verdict = verify_bundle(forged(), pins=pins)
    assert wrong(verdict) == []
    assert [one.authority for one in verdict.identities] == [A, B, B]


@pytest.mark.parametrize(("number", "says"), [(2, "which you gave"), (1, "from entry 1, which")])
def test_of_an_earlier_entry_that_the_reader_gave_it_is_said_that_a_newer_one_follows(
    number: int, says: str
) -> None:
    """Who steals a key of the earlier one, long out of use, could have signed the newer one."""
    first = file(entry(B), by=B)
    second = file(
        entry(B)
        | {"seq": 2, "prev": digest(json.loads(first)["entry"].encode()), "name": "Renamed"},
        by=B,
    )
    files = content() | {f"entries/{B}/0002.json": second.encode()}
    given = groups(json.loads((first, second)[number - 1])["entry"])
    verdict = verify_bundle(zipped(signed(files)), pins=Pins(frozenset({digits(given)})))
    assert verdict.holds
    (told,) = (one.words for one in verdict.findings if one.level == "trust" and B in one.words)
    assert says in told
    assert groups(json.loads(second)["entry"]) in told
