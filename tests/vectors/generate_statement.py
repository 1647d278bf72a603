"""Write `schemas/vectors/statement/statement.json`: `python -m tests.vectors.generate_statement`.

One request of XA to XB, answered in time, and one of XB to XA that is still open. As in
`generate_entry`, nothing here uses the room it tests, and running it again changes no byte.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.evidence import mldsa44, rfc9162
from tests.vectors.entry_parts import (
    DAY,
    NOW,
    Case,
    b64url,
    canonical,
    entry,
    put,
    seed,
    stamp,
    token,
)
from tests.vectors.entry_parts import file as entry_file
from tests.vectors.evidence_parts import Signer, text_of

TYP = "tracer-statement+jws"
PATH = Path(__file__).parents[2] / "schemas" / "vectors" / "statement" / "statement.json"
A, B, STRANGER = "XA-NPOC", "XB-NPOC", "stranger"
AT = NOW + 20 * DAY
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FIRST, TAKEN, FOUND, SECOND, REMINDED = (
    b64url(sha256(name.encode()).digest())
    for name in ("first", "taken", "found", "second", "reminded")
)
TIMES = {
    FIRST: NOW,
    TAKEN: NOW + HOUR,
    FOUND: NOW + 3 * DAY,
    SECOND: NOW + 18 * DAY,
    REMINDED: NOW + 3 * DAY + HOUR,
}
LOGS = {A: (TAKEN, FOUND, SECOND), B: (FIRST, REMINDED)}
"""The messages that each has received, in the order of its log."""


def _sender(message: str) -> str:
    return B if message in LOGS[A] else A


def record(message: str, **changes: str) -> bytes:
    """The record of a receipt."""
    sender = _sender(message)
    fields = {
        "kind": "received",
        "id": message,
        "from": sender,
        "to": A if sender == B else B,
        "at": stamp(TIMES[message]),
        "salt": b64url(seed(f"salt {message}")),
    } | changes
    return json.dumps({"v": 1} | fields, separators=(",", ":")).encode()


def _leaves(authority: str) -> list[bytes]:
    return [rfc9162.leaf(sha256(record(one)).digest()) for one in LOGS[authority]]


@cache
def note(authority: str) -> str:
    """The checkpoint of a log, signed by the keys that its entry names."""
    origin = f"{authority}/log/1"
    log = Signer(origin, origin)
    log.ed = Ed25519PrivateKey.from_private_bytes(seed(origin))
    log.ed_public = log.ed.public_key().public_bytes_raw()
    log.ml = mldsa44.generate(seed(origin + " ML-DSA-44"))
    leaves = _leaves(authority)
    text = text_of(len(leaves), rfc9162.tree_hash(leaves), origin)
    signed = log.quantum(len(leaves), rfc9162.tree_hash(leaves), int(AT.timestamp()))
    return f"{text}\n{log.classic(text)}{signed}"


def received(message: str) -> Case:
    sender = _sender(message)
    recipient = A if sender == B else B
    index, leaves = LOGS[recipient].index(message), _leaves(recipient)
    return {
        "id": message,
        "index": index,
        "origin": f"{recipient}/log/1",
        "path": [b64url(one) for one in rfc9162.path(index, leaves)],
        "recipient": recipient,
        "record": b64url(record(message)),
        "sender": sender,
        "size": len(leaves),
    }


def act(role: str, kind: str, message: str) -> Case:
    return {"at": stamp(TIMES[message]), "id": message, "role": role, "type": kind}


def _clocks(message: str, standing: str) -> Case:
    spans = {"acknowledge": 2 * DAY, "first_answer": 28 * DAY, "final_answer": 90 * DAY}
    return {
        name: {"due": stamp(TIMES[message] + span), "standing": standing}
        for name, span in spans.items()
    }


def _answered() -> Case:
    return {
        **_clocks(FIRST, "met"),
        "acknowledge_minutes": 60,
        "acts": [
            act("request", "request", FIRST),
            act("acknowledge", "acknowledgement", TAKEN),
            act("first-answer", "result", FOUND),
            act("answer", "result", FOUND),
        ],
        "answer_minutes": 3 * 1440,
        "first_answer_minutes": 3 * 1440,
        "kind": "result",
        "received": stamp(NOW),
        "thread": FIRST,
        "urgency": "ROUTINE",
    }


def _skewed(at: datetime = TIMES[REMINDED], dated: str = REMINDED) -> Case:
    """The same answer, to a reminder that the later clock of the other log dates after it."""
    found = _answered()
    later = {"at": stamp(at)} | ({"dated": dated} if dated else {})
    return found | {
        "acts": [*found["acts"][:2], *(one | later for one in found["acts"][2:])],
        "answer_minutes": (at - NOW) // MINUTE,
        "first_answer_minutes": (at - NOW) // MINUTE,
    }


def _open() -> Case:
    received_ = stamp(TIMES[SECOND])
    return {
        **_clocks(SECOND, "pending"),
        "acts": [act("request", "request", SECOND)],
        "open_since": received_,
        "received": received_,
        "thread": SECOND,
        "urgency": "ROUTINE",
    }


def _side(asks: str, facts: Case, messages: tuple[str, ...], *figures: str) -> Case:
    return {
        "answers": A if asks == B else B,
        "asks": asks,
        "counts": dict.fromkeys(figures, 1),
        "facts": [facts],
        "messages": [received(one) for one in sorted(messages)],
    }


def statement() -> Case:
    """What the two state."""
    met = ("acknowledged.in-time", "answered.in-time", "first-answer.in-time", "kind.result")
    waits = ("acknowledged.awaited", "answered.awaited", "first-answer.awaited")
    return {
        "at": stamp(AT),
        "checkpoints": [
            {"note": note(one), "origin": f"{one}/log/1", "size": len(LOGS[one])} for one in (A, B)
        ],
        "sides": [
            _side(A, _answered(), (FIRST, TAKEN, FOUND), "received", *met),
            _side(B, _open(), (SECOND,), "received", "open", "open.0-7", *waits),
        ],
        "since": "2026-03",
        "until": "2026-03",
        "v": 1,
    }


def digest(stated: Case) -> str:
    return b64url(sha256(canonical(stated)).digest())


def signed(stated: Case, by: str, typ: str = TYP, **changes: Any) -> str:
    return token(
        canonical({"at": stamp(AT), "statement": digest(stated), "v": 1, **changes}), by, typ
    )


def file(stated: Case, *signatures: str, entries: tuple[str, str] = (A, B)) -> str:
    files = [entry_file(entry(one), by=one) for one in entries]
    return canonical(
        {"entries": files, "signatures": list(signatures), "statement": stated}
    ).decode()


def altered(change: Callable[[Case], object]) -> str:
    """A statement with one change, signed rightly by both."""
    stated = copy.deepcopy(statement())
    change(stated)
    return both(stated)


def skewed(facts: Case, *messages: str) -> Case:
    """The statement whose first request has these facts, resting on these messages."""
    stated = statement()
    stated["sides"][0] |= {
        "facts": [facts],
        "messages": [received(one) for one in sorted((FIRST, TAKEN, FOUND, *messages))],
    }
    return stated


def both(stated: Case) -> str:
    """A statement that both have signed."""
    return file(stated, signed(stated, A), signed(stated, B))


def _dates() -> list[tuple[str, str, str]]:
    """What is wrong with the message that dates another."""
    wrong, reminded = "statement-facts", stamp(TIMES[REMINDED])
    opened, taken = _skewed(), _skewed()
    opened["acts"][0] |= {"at": reminded, "dated": REMINDED}
    taken["acts"][1] |= {"at": stamp(TIMES[FOUND]), "dated": FOUND}
    taken["acknowledge_minutes"] = 3 * 1440
    return [
        ("dated-by-nothing", wrong, both(skewed(_skewed(dated=""), REMINDED))),
        ("dated-by-a-record-that-is-missing", wrong, both(skewed(_skewed()))),
        ("dated-otherwise", wrong, both(skewed(_skewed(NOW + 4 * DAY), REMINDED))),
        ("dated-earlier", wrong, both(skewed(_skewed(NOW, FIRST), REMINDED))),
        ("dated-by-what-stands-after-it", wrong, both(skewed(taken, REMINDED))),
        ("request-dated-by-another", wrong, both(skewed(opened, REMINDED))),
    ]


def _facts() -> list[tuple[str, str, str]]:
    """What is wrong with what is stated."""
    wrong, one = "statement-facts", ("sides", 0, "facts", 0)

    def acts(*places: int) -> Callable[[Case], object]:
        return put(*one, "acts", [_answered()["acts"][place] for place in places])

    late = stamp(NOW)
    return [
        ("met-without-an-acknowledgement", wrong, altered(acts(0, 2, 3))),
        ("met-without-a-first-answer", wrong, altered(acts(0, 1, 3))),
        ("met-without-an-answer", wrong, altered(acts(0, 1, 2))),
        ("met-after-its-end", wrong, altered(put(*one, "acknowledge", "due", late))),
        ("late-but-in-time", wrong, altered(put(*one, "acknowledge", "standing", "met-late"))),
        ("acknowledged-but-open", wrong, altered(put(*one, "acknowledge", "standing", "pending"))),
        ("act-of-the-other-side", wrong, altered(put(*one, "acts", 1, "id", FIRST))),
        ("act-at-another-instant", wrong, altered(put(*one, "acts", 1, "at", late))),
        ("minutes-of-another-time", wrong, altered(put(*one, "acknowledge_minutes", 59))),
        ("request-of-another-month", wrong, altered(put("since", "2026-04"))),
        ("request-twice", wrong, altered(lambda s: s["sides"][0]["facts"].append(_answered()))),
        ("figure-more", "statement-figures", altered(put("sides", 0, "counts", "received", 2))),
        ("record-missing", wrong, altered(lambda s: s["sides"][1]["messages"].clear())),
        ("checkpoint-missing", "statement-proof", altered(lambda s: s["checkpoints"].clear())),
        (
            "record-changed",
            "proof-invalid",
            altered(
                put("sides", 1, "messages", 0, "record", b64url(record(SECOND, at=stamp(NOW))))
            ),
        ),
    ]


def _forms() -> list[tuple[str, str, str]]:
    """What is wrong with the form."""
    form, one = "statement-form", ("sides", 0, "facts", 0)
    return [
        ("no-instant", form, altered(put(*one, "acknowledge", "due", "soon"))),
        (
            "instant-on-no-day",
            form,
            altered(put(*one, "acts", 0, "at", "2026-02-30T12:00:00.000Z")),
        ),
        ("minutes-below-nothing", form, altered(put(*one, "answer_minutes", -1))),
        ("code-too-long", form, altered(put(*one, "urgency", "U" * 101))),
        ("code-of-two-lines", form, altered(put(*one, "urgency", "A\nB"))),
        ("instant-that-ends-a-line", form, altered(put("at", stamp(AT) + "\n"))),
        ("member-unknown", form, altered(put(*one, "name", "N"))),
        ("empty-member-written", form, altered(put(*one, "open_since", ""))),
        ("one-side", form, altered(lambda s: s["sides"].pop())),
        ("with-oneself", "statement-parties", altered(put("sides", 1, "asks", A))),
    ]


def _signatures() -> list[tuple[str, str, str]]:
    """What is wrong with who signed, or when."""
    stated, form, who = statement(), "statement-form", "statement-parties"
    first, ahead = signed(stated, A), AT + timedelta(minutes=11)
    return [
        ("signed-twice-by-one", who, file(stated, first, first)),
        ("entries-of-one", who, file(stated, first, entries=(A, A))),
        ("not-signed", form, file(stated)),
        ("signed-by-a-stranger", "signing-key", file(stated, signed(stated, STRANGER))),
        ("signature-of-another", form, file(stated, signed(stated, A, statement=FIRST))),
        ("signature-at-no-instant", form, file(stated, signed(stated, A, at="soon"))),
        ("signature-with-a-member-more", form, file(stated, signed(stated, A, more=1))),
        (
            "signature-before-the-key",
            "key-expired",
            file(stated, signed(stated, A, at=stamp(NOW - DAY))),
        ),
        (
            "signature-in-our-future",
            "clock-ahead",
            file(stated, signed(stated, A, at=stamp(ahead))),
        ),
        ("statement-in-our-future", "clock-ahead", altered(put("at", stamp(ahead)))),
        ("typ-of-terms", "jws-header", file(stated, signed(stated, A, "tracer-terms+jws"))),
    ]


def statements() -> Case:
    """Statements between XA and XB."""
    stated = statement()
    first, second = signed(stated, A), signed(stated, B, at=stamp(AT + timedelta(minutes=10)))
    kept = {"expected": "accept", "digest": digest(stated)}
    return {
        "about": "Statements of cooperation, read at `now` with nothing but the file. `expected` "
        "is accept, or the refusal code; `signed_by` are those who have signed, in order.",
        "source": "PROTOCOL.md 19.3; keys from SHA-256 of their names",
        "now": stamp(AT),
        "cases": [
            {"name": "signed-by-one", "file": file(stated, first), "signed_by": [A], **kept},
            {
                "name": "signed-by-both",
                "file": file(stated, first, second),
                "signed_by": [A, B],
                **kept,
            },
            {
                "name": "dated-by-a-message-before",
                "expected": "accept",
                "digest": digest(skewed(_skewed(), REMINDED)),
                "file": both(skewed(_skewed(), REMINDED)),
                "signed_by": [A, B],
            },
            *(
                {"name": name, "expected": code, "file": text}
                for name, code, text in (*_facts(), *_dates(), *_forms(), *_signatures())
            ),
        ],
    }


def rendered() -> str:
    """The text of the file."""
    return json.dumps(statements(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(rendered(), encoding="utf-8")
