"""Write `schemas/vectors/cosignature/*.json`: `python -m tests.vectors.generate_cosignature`.

Nothing here uses the room it tests: ML-DSA-44 is the plain one of `tests.evidence`, trees are the
naive recursion of RFC 9162, notes and lines are put together by hand. Everything is deterministic.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.evidence import mldsa44, rfc9162
from tests.vectors.evidence_parts import DASH, SECONDS, Signer, b64, text_of

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors" / "cosignature"
LATER = SECONDS + 1800

Case = dict[str, Any]


class Cosigner:
    """A witness's key, and its lines put together by hand."""

    def __init__(self, name: str, label: str = "tracer vector witness") -> None:
        self.name = name
        self.seed = sha256(f"{label} {name}".encode()).digest()
        self.key = mldsa44.generate(self.seed)

    def blob(self, body: bytes, *, kind: int = 6, name: str | None = None) -> bytes:
        named = self.name if name is None else name
        return sha256(named.encode() + b"\n" + bytes((kind,)) + self.key.public).digest()[:4] + body

    def line(self, blob: bytes, name: str | None = None) -> str:
        return f"{DASH} {self.name if name is None else name} {b64(blob)}\n"

    def signed(
        self, message_name: str, origin: str, seconds: int, span: tuple[int, int], root: bytes
    ) -> bytes:
        """Time and signature over the binary form."""
        time = seconds.to_bytes(8, "big")
        parts = [bytes((len(one),)) + one.encode() for one in (message_name, origin)]
        numbers = b"".join(number.to_bytes(8, "big") for number in span)
        message = b"subtree/v1\n\x00" + parts[0] + time + parts[1] + numbers + root
        return time + mldsa44.sign(self.key, message)

    def over(self, log: Signer, size: int, root: bytes, seconds: int = LATER) -> str:
        """The right line."""
        return self.line(self.blob(self.signed(self.name, log.origin, seconds, (0, size), root)))

    def public(self) -> Case:
        return {"name": self.name, "mldsa44": b64(self.key.public)}


LOG = Signer("tracer vector log")
ONE, TWO = Cosigner("XB-NPOC/witness/1"), Cosigner("XC-NPOC/witness/1")
OTHER_KEY = Cosigner("XB-NPOC/witness/1", "another key of the same name")
STRANGER = Cosigner("XD-NPOC/witness/1")
LEAVES = [rfc9162.leaf(bytes((number,))) for number in range(21)]


def root_of(size: int) -> bytes:
    return rfc9162.tree_hash(LEAVES[:size])


def note_of(size: int, root: bytes | None = None, log: Signer = LOG) -> str:
    head = root_of(size) if root is None else root
    text = text_of(size, head, log.origin)
    return f"{text}\n{log.classic(text)}{log.quantum(size, head)}"


def cosignature() -> Case:
    root = root_of(8)
    first, second = ONE.over(LOG, 8, root), TWO.over(LOG, 8, root, LATER + 60)
    return {
        "about": "`lines`: what a witness has answered, or what stands under a note, held against "
        "`head` and the `members` that a State has chosen. `expected` is accept, with who has "
        "signed and when (POSIX seconds), or the refusal code. Lines of unknown keys are ignored.",
        "source": "C2SP tlog-cosignature and signed-note at 5ba5ee8; signatures by a second ML-DSA",
        "seeds": {one.name: b64(one.seed) for one in (ONE, TWO)},
        "head": {"origin": LOG.origin, "size": 8, "root": root.hex(), "note": note_of(8)},
        "members": [ONE.public(), TWO.public()],
        "cases": [*_signed(first, second), *_not_signed(root, first, second)],
    }


def _signed(first: str, second: str) -> list[Case]:
    def case(name: str, lines: str, **signed: int) -> Case:
        found = {key.replace("_", "-", 1).replace("_", "/"): at for key, at in signed.items()}
        return {"name": name, "lines": lines, "expected": "accept", "signed": found}

    root, one = root_of(8), "XB_NPOC_witness_1"
    both = {one: LATER, "XC_NPOC_witness_1": LATER + 60}
    stranger = STRANGER.over(LOG, 8, root)
    other = OTHER_KEY.over(LOG, 8, root)
    classic = ONE.line(ONE.blob(bytes(72), kind=4))
    last = ONE.over(LOG, 8, root, 253_402_300_799)
    return [
        case("one-witness", first, **{one: LATER}),
        case("two-witnesses", first + second, **both),
        case("in-other-order", second + first, **both),
        case("with-a-stranger", stranger + first, **{one: LATER}),
        case("with-another-key-of-the-name", other + first, **{one: LATER}),
        case("with-an-ed25519-cosignature", classic + first, **{one: LATER}),
        case("only-a-stranger", stranger),
        case("one-second-after-1970", ONE.over(LOG, 8, root, 1), **{one: 1}),
        case("last-second", last, **{one: 253_402_300_799}),
    ]


def _not_signed(root: bytes, first: str, second: str) -> list[Case]:
    form, wrong = "checkpoint-form", "checkpoint-signature"
    at, span = LATER, (0, 8)
    second_log = Signer("tracer vector log", "XA-NPOC/log/2")

    def over(name: str, origin: str, seconds: int, over: tuple[int, int], head: bytes) -> str:
        return ONE.line(ONE.blob(ONE.signed(name, origin, seconds, over, head)))

    def changed(place: int) -> str:
        raw = bytearray(base64.b64decode(first.rsplit(" ", 1)[1]))
        raw[place] ^= 1
        return ONE.line(bytes(raw))

    good = base64.b64decode(first.rsplit(" ", 1)[1])
    rows = [
        ("nothing", form, ""),
        ("empty-line", form, "\n"),
        ("no-newline-at-the-end", form, first[:-1]),
        ("blank-line-between", form, f"{first}\n{second}"),
        ("text-before", form, f"ok\n{first}"),
        ("json", form, '{"signature":"AAAA"}\n'),
        ("hyphen-for-dash", form, first.replace(DASH, "-")),
        ("carriage-return", form, first.replace("\n", "\r\n")),
        ("not-base64", form, f"{DASH} {ONE.name} AAAA*AAA\n"),
        ("url-alphabet", form, f"{DASH} {ONE.name} {'-_' * 8}\n"),
        ("key-id-only", form, ONE.line(good[:4])),
        ("same-line-twice", form, first + first),
        ("witness-twice-at-other-times", form, first + ONE.over(LOG, 8, root, at + 1)),
        (
            "seventeen-lines",
            form,
            "".join(STRANGER.line(bytes((n, *bytes(40)))) for n in range(17)),
        ),
        ("no-time", form, over(ONE.name, LOG.origin, 0, span, root)),
        ("time-beyond-the-calendar", form, over(ONE.name, LOG.origin, 253_402_300_800, span, root)),
        ("time-of-63-bits", form, over(ONE.name, LOG.origin, 2**63 - 1, span, root)),
        ("other-root", wrong, over(ONE.name, LOG.origin, at, span, root_of(7))),
        ("other-size", wrong, over(ONE.name, LOG.origin, at, (0, 7), root)),
        ("other-log", wrong, over(ONE.name, second_log.origin, at, span, root)),
        ("other-cosigner-in-the-message", wrong, over(TWO.name, LOG.origin, at, span, root)),
        ("log-as-cosigner", wrong, over(LOG.origin, LOG.origin, at, span, root)),
        ("subtree-not-from-the-start", wrong, over(ONE.name, LOG.origin, at, (4, 8), root)),
        ("time-changed", wrong, changed(11)),
        ("first-bit-of-the-signature-changed", wrong, changed(12)),
        ("last-bit-of-the-signature-changed", wrong, changed(-1)),
        ("cut-by-a-byte", wrong, ONE.line(good[:-1])),
        ("longer-by-a-byte", wrong, ONE.line(good + b"\x00")),
        ("without-the-time", wrong, ONE.line(good[:4] + good[12:])),
        ("one-good-one-bad", wrong, second + changed(100)),
    ]
    return [{"name": name, "lines": lines, "expected": code} for name, code, lines in rows]


def submission() -> Case:
    """Requests to a witness that holds the head of 8 leaves, or nothing yet."""
    return {
        "about": "`body`: a request to a witness that knows `log` and holds `held` of it (null: "
        "nothing yet); roots in hex. `expected` is the HTTP status; `size`, with 409, the body of "
        "the answer; `holds`, with 200, the size it holds then. `fault`: two roots of one size "
        "are signed, and both notes are kept.",
        "source": "C2SP tlog-witness at 5ba5ee8; trees by the definition in RFC 9162",
        "log": LOG.public(),
        "cases": [*_taken(), *_refused()],
    }


def body(old: int | str, new: int, path: list[bytes] | None = None, note: str | None = None) -> str:
    proof = rfc9162.proof(int(old), LEAVES[:new]) if path is None else path
    lines = "".join(f"{b64(node)}\n" for node in proof)
    return f"old {old}\n{lines}\n{note_of(new) if note is None else note}"


def held(size: int) -> Case | None:
    return {"size": size, "root": root_of(size).hex()} if size else None


def _taken() -> list[Case]:
    def case(name: str, known: int, request: str, holds: int) -> Case:
        row = {"name": name, "held": held(known), "body": request, "expected": 200, "holds": holds}
        return row | {"fault": False}

    stranger = STRANGER.over(LOG, 8, root_of(8))
    return [
        case("first-head", 0, body(0, 5), 5),
        case("first-head-of-an-empty-log", 0, body(0, 0), 0),
        case("one-leaf-more", 8, body(8, 9), 9),
        case("many-leaves-more", 8, body(8, 21), 21),
        case("the-same-head-again", 8, body(8, 8), 8),
        case("with-a-line-of-another-witness", 8, body(8, 8, note=note_of(8) + stranger), 8),
    ]


Row = tuple[str, int, int, str]
"""Name, size held, status, body."""


def _refused() -> list[Case]:
    fork = sha256(b"another history").digest()
    forks = [
        ("two-roots-for-one-size", 8, 422, body(8, 8, note=note_of(8, fork))),
        ("two-roots-for-one-size-from-an-old-size", 8, 409, body(5, 8, note=note_of(8, fork))),
    ]
    return [_refusal(*row, fault=False) for row in (*_unsound(fork), *_unfitting(fork))] + [
        _refusal(*row, fault=True) for row in forks
    ]


def _unsound(fork: bytes) -> list[Row]:
    """Bodies that are not of the form, of a log that is not known, or signed by others."""
    second = Signer("tracer vector log", "XA-NPOC/log/2")
    foreign = Signer("tracer vector stranger")
    text = text_of(9, root_of(9))
    classic, quantum = LOG.classic(text), LOG.quantum(9, root_of(9))
    return [
        ("nothing", 8, 400, ""),
        ("note-only", 8, 400, note_of(9)),
        ("no-old-line", 8, 400, "\n" + note_of(9)),
        ("old-without-size", 8, 400, body(8, 9).replace("old 8", "old", 1)),
        ("old-with-leading-zero", 8, 400, body(8, 9).replace("old 8", "old 08", 1)),
        ("old-negative", 8, 400, body(8, 9).replace("old 8", "old -8", 1)),
        ("old-with-two-spaces", 8, 400, body(8, 9).replace("old 8", "old  8", 1)),
        ("other-word", 8, 400, body(8, 9).replace("old", "new", 1)),
        ("carriage-returns", 8, 400, body(8, 9).replace("\n", "\r\n")),
        ("no-empty-line", 8, 400, "old 8\n" + note_of(9).replace("\n\n", "\n")),
        ("hash-not-base64", 8, 400, "old 8\n****\n\n" + note_of(9)),
        ("hash-of-31-bytes", 8, 400, body(8, 9, [bytes(31)])),
        ("sixty-four-hashes", 8, 400, body(8, 9, [bytes(32)] * 64)),
        ("note-without-signatures", 8, 400, body(8, 9, note=text)),
        ("ed25519-line-twice", 8, 400, body(8, 9, note=f"{text}\n{classic}{classic}{quantum}")),
        ("old-above-the-checkpoint", 8, 400, body(9, 8, [])),
        ("another-log-of-the-authority", 8, 404, body(8, 9, note=note_of(9, log=second))),
        ("origin-of-a-stranger", 8, 404, body(8, 9, note=note_of(9).replace("XA-", "XZ-"))),
        ("origin-of-no-node", 8, 404, body(8, 9, note="example.org/log\n" + note_of(9))),
        ("signed-by-other-keys", 8, 403, body(8, 9, note=note_of(9, log=foreign))),
        ("without-the-ed25519-line", 8, 403, body(8, 9, note=f"{text}\n{quantum}")),
        ("without-the-mldsa44-line", 8, 403, body(8, 9, note=f"{text}\n{classic}")),
        (
            "signature-of-another-head",
            8,
            403,
            body(8, 9, note=f"{text}\n{classic}" + LOG.quantum(9, fork)),
        ),
    ]


def _unfitting(fork: bytes) -> list[Row]:
    """Signed heads that do not follow what the witness holds."""
    path = rfc9162.proof(8, LEAVES[:9])
    empty = note_of(0)
    return [
        ("old-of-before", 8, 409, body(5, 9)),
        ("old-zero-although-one-is-held", 8, 409, body(0, 9)),
        ("old-not-reached-yet", 8, 409, body(9, 10)),
        ("old-although-none-is-held", 0, 409, body(8, 9)),
        ("smaller-than-what-is-held", 8, 409, body(5, 7)),
        ("no-proof", 8, 422, body(8, 9, [])),
        ("proof-of-another-step", 8, 422, body(8, 9, rfc9162.proof(8, LEAVES[:10]))),
        ("proof-with-a-hash-more", 8, 422, body(8, 9, [*path, bytes(32)])),
        ("proof-although-old-is-zero", 0, 422, body(0, 9, path)),
        ("proof-although-the-size-is-the-same", 8, 422, body(8, 8, path)),
        ("another-history", 8, 422, body(8, 9, note=note_of(9, fork))),
        (
            "empty-log-with-a-root",
            0,
            422,
            body(0, 0, note=empty.replace(b64(root_of(0)), b64(fork))),
        ),
    ]


def _refusal(name: str, known: int, status: int, request: str, *, fault: bool) -> Case:
    row = {"name": name, "held": held(known), "body": request, "expected": status, "fault": fault}
    return row | ({"size": known} if status == 409 else {})


FILES = {"cosignature": cosignature, "submission": submission}


def rendered(name: str) -> str:
    return json.dumps(FILES[name](), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in FILES:
        (FOLDER / f"{each}.json").write_text(rendered(each), "utf-8")
