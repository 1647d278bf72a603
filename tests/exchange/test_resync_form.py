"""The signed request of a resync: one form, one asker, one asked, one moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.trust.makers import DAY, NOW, sign_row, signing, verified
from tracer.clock import stamp
from tracer.envelope.jws import sign_object
from tracer.errors import PeerError
from tracer.exchange.resync.form import (
    ASK_MAX,
    TYP,
    AskIds,
    AskMessages,
    AskThreads,
    Page,
    digest_of,
    read_request,
    sign_request,
)
from tracer.store.shared import Held
from tracer.trust.directory import Directory, Listing, Peer

A, B, C = "XA-NPOC", "XB-NPOC", "XC-NPOC"
NAME = "A" * 43
WHOLE: dict[str, Any] = {
    "v": 1,
    "asker": A,
    "asked": B,
    "at": stamp(NOW),
    "page": {"kind": "threads", "after": ""},
}
MINUTE = timedelta(minutes=1)


def asker(**changes: Any) -> Peer:
    return Directory.of([Listing(verified(A, **changes))]).peer(A)


def refused(body: bytes, *, peer: Peer | None = None) -> str:
    with pytest.raises(PeerError) as caught:
        read_request(body, us=B, peer=peer or asker(), now=NOW)
    return caught.value.code


def signed(payload: dict[str, Any], *, typ: str = TYP, key: str = A) -> bytes:
    return sign_object(payload, typ=typ, key=signing(key)).encode()


@pytest.mark.parametrize("page", [AskThreads(NAME), AskIds((NAME,), NAME), AskMessages((NAME,), 7)])
def test_each_kind_of_page_is_read_as_it_was_signed(page: Page) -> None:
    body = sign_request(page, asker=A, asked=B, at=NOW, key=signing(A))
    assert read_request(body, us=B, peer=asker(), now=NOW) == page


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"asker": C},
        {"asked": C},
        {"asker": B, "asked": A},
        {"at": stamp(NOW - 11 * MINUTE)},
        {"at": stamp(NOW + 11 * MINUTE)},
        {"at": "today"},
        {"page": {}},
        {"page": {"kind": "all"}},
        {"page": {"kind": "threads", "after": "short"}},
        {"page": {"kind": "threads", "after": "", "peer": C}},
        {"page": {"kind": "ids", "threads": []}},
        {"page": {"kind": "ids", "threads": [NAME] * (ASK_MAX + 1)}},
        {"page": {"kind": "ids", "threads": ["*"]}},
        {"page": {"kind": "messages", "ids": []}},
        {"page": {"kind": "messages", "ids": [NAME], "remembers": -1}},
        {"more": True},
    ],
)
def test_a_request_of_another_form_party_or_time_is_refused(change: dict[str, Any]) -> None:
    assert refused(signed(WHOLE | change)) == "resync-form"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"a.b.c",
        msgspec.json.encode(WHOLE),
        signed(WHOLE, typ="tracer-refusal+jws"),
        signed(WHOLE, key=C),
        signed(WHOLE)[:-2] + b"AA",
    ],
)
def test_what_the_asker_did_not_sign_as_a_resync_is_refused(body: bytes) -> None:
    assert refused(body) == "resync-form"


def test_a_revoked_key_asks_for_nothing() -> None:
    revoked = sign_row(signing(A), revoked_from=stamp(NOW - DAY))
    others = tuple(asker().verified.entry.listed("seal"))
    fresh = sign_row(signing("fresh"))
    entry = {"keys": (fresh, revoked, *others)}
    peer = Directory.of([Listing(_by("fresh", **entry))]).peer(A)
    assert refused(signed(WHOLE), peer=peer) == "key-revoked"


def test_the_digest_of_a_thread_tells_states_apart_and_not_orders() -> None:
    one, two = Held("a", "held"), Held("b", "held")
    assert digest_of([one, two]) == digest_of([two, one])
    digests = {
        digest_of(held)
        for held in ([], [one], [one, two], [Held("a", "erased"), two], [Held("a", "purged"), two])
    }
    assert len(digests) == 5


def _by(key: str, **changes: Any) -> Any:
    from tests.trust.makers import entry  # noqa: PLC0415 - one use
    from tracer.trust.entry import sign_entry, verify_entry  # noqa: PLC0415 - one use

    return verify_entry(sign_entry(entry(A, **changes), key=signing(key)))
