"""Cases of evidence about checkpoints: whole notes, their form and their signatures."""

from __future__ import annotations

import base64
from hashlib import sha256

from tests.vectors.evidence_parts import CT_ROOTS, DASH, ORIGIN, SECONDS, Case, Signer, b64, text_of


def checkpoints() -> Case:
    log, root = Signer("tracer vector log"), bytes.fromhex(CT_ROOTS[8])
    text = text_of(8, root)
    ed, ml = log.classic(text), log.quantum(8, root)
    cases = [*accepted_notes(log), *forms(text, ed, ml), *signatures(log, text, ed, ml)]
    return {
        "about": "Whole notes. `expected` is accept, or the refusal code.",
        "source": "C2SP tlog-checkpoint, signed-note, tlog-cosignature at 5ba5ee8; signatures by "
        "Ed25519 (RFC 8032) and deterministic ML-DSA-44 (FIPS 204) from the seeds given",
        "seeds": {"ed25519": log.seeds[0].hex(), "mldsa44": log.seeds[1].hex()},
        "public": log.public(),
        "cases": cases,
    }


def witness_lines(count: int) -> str:
    return "".join(
        f"{DASH} witness.example/w{n} {b64(sha256(bytes((n,))).digest() * 3)}\n"
        for n in range(count)
    )


def accepted_notes(log: Signer) -> list[Case]:
    def case(name: str, size: int, root: bytes, body: str, seconds: int = SECONDS) -> Case:
        head = {"size": size, "root": root.hex(), "at": seconds}
        return {"name": name, "note": body, "expected": "accept"} | head

    root, empty = bytes.fromhex(CT_ROOTS[8]), bytes.fromhex(CT_ROOTS[0])
    text = text_of(8, root)
    ed, ml = log.classic(text), log.quantum(8, root)
    most = 2**53 - 1
    far = text_of(most, root)
    odd = f"{DASH} {log.origin} {b64(b'other key of the same name')}\n"
    zero = text_of(0, empty)
    return [
        case("two-lines", 8, root, text + "\n" + ed + ml),
        case("lines-in-other-order", 8, root, text + "\n" + ml + ed),
        case("empty-log", 0, empty, zero + "\n" + log.classic(zero) + log.quantum(0, empty)),
        case("greatest-size", most, root, far + "\n" + log.classic(far) + log.quantum(most, root)),
        case("one-second-after-1970", 8, root, text + "\n" + ed + log.quantum(8, root, 1), 1),
        case("with-a-witness", 8, root, text + "\n" + ed + ml + witness_lines(1)),
        case("with-16-witnesses-between", 8, root, text + "\n" + ed + witness_lines(16) + ml),
        case("with-an-unknown-key-of-our-name", 8, root, text + "\n" + odd + ed + ml),
    ]


def forms(text: str, ed: str, ml: str) -> list[Case]:
    """Notes that break the form: all but two are told apart without any key."""
    origin, size, root = text.splitlines()
    both = ed + ml
    bent = root[:-2] + chr(ord(root[-2]) + 1) + "="
    bad = {
        "nothing": "",
        "newline-only": "\n",
        "no-signatures": text,
        "no-signature-line": text + "\n",
        "no-blank-line": text + both,
        "no-newline-at-the-end": (text + "\n" + both)[:-1],
        "two-newlines-at-the-end": text + "\n" + both + "\n",
        "two-blank-lines": text + "\n\n" + both,
        "carriage-returns": (text + "\n" + both).replace("\n", "\r\n"),
        "tab-in-a-line": text + "\n" + both.replace(" X", "\tX", 1),
        "extension-line": text + "more\n\n" + both,
        "root-line-missing": f"{origin}\n{size}\n\n" + both,
        "origin-empty": f"\n{size}\n{root}\n\n" + both,
        "origin-without-number": f"XA-NPOC/log\n{size}\n{root}\n\n" + both,
        "origin-number-0": f"XA-NPOC/log/0\n{size}\n{root}\n\n" + both,
        "origin-number-of-7-digits": f"XA-NPOC/log/1000000\n{size}\n{root}\n\n" + both,
        "origin-with-space": f"XA-NPOC/log/1 \n{size}\n{root}\n\n" + both,
        "size-with-leading-zero": f"{origin}\n08\n{root}\n\n" + both,
        "size-with-plus": f"{origin}\n+8\n{root}\n\n" + both,
        "size-negative": f"{origin}\n-8\n{root}\n\n" + both,
        "size-in-arabic-digits": f"{origin}\n\u0668\n{root}\n\n" + both,
        "size-beyond-json": f"{origin}\n{2**53}\n{root}\n\n" + both,
        "size-0-with-a-root": f"{origin}\n0\n{root}\n\n" + both,
        "root-of-31-bytes": f"{origin}\n{size}\n{b64(bytes(31))}\n\n" + both,
        "root-without-padding": f"{origin}\n{size}\n{root[:-1]}\n\n" + both,
        "root-with-stray-bits": f"{origin}\n{size}\n{bent}\n\n" + both,
        "root-in-url-alphabet": f"{origin}\n{size}\n{'-' + root[1:]}\n\n" + both,
        "root-in-hex": f"{origin}\n{size}\n{CT_ROOTS[8]}\n\n" + both,
        "hyphen-for-dash": text + "\n" + both.replace(DASH, "-", 1),
        "line-with-two-spaces": text + "\n" + both.replace(f"{DASH} ", f"{DASH}  ", 1),
        "line-with-a-fourth-word": text + "\n" + both.replace("\n", " x\n", 1),
        "line-without-a-name": text + "\n" + both + f"{DASH}  {b64(bytes(40))}\n",
        "line-with-plus-in-name": text + "\n" + both + f"{DASH} a+b {b64(bytes(40))}\n",
        "line-with-wide-space-in-name": text + "\n" + both + f"{DASH} a\u3000b {b64(bytes(40))}\n",
        "line-not-base64": text + "\n" + both + f"{DASH} witness.example/w AAAA*AAA\n",
        "line-without-padding": text + "\n" + both + f"{DASH} witness.example/w AAAAAAA\n",
        "line-of-4-bytes": text + "\n" + both + f"{DASH} witness.example/w AAAAAA==\n",
        "ed25519-line-twice": text + "\n" + ed + both,
        "mldsa44-line-twice": text + "\n" + both + ml,
        "17-witnesses": text + "\n" + both + witness_lines(17),
        "text-over-96-kib": text + "\n" + both + f"{DASH} w {b64(bytes(75_000))}\n",
    }
    return [
        {"name": name, "note": note, "expected": "checkpoint-form"} for name, note in bad.items()
    ]


def signatures(log: Signer, text: str, ed: str, ml: str) -> list[Case]:
    """Notes of the right form that the log's keys did not sign as required."""
    root, other_root = bytes.fromhex(CT_ROOTS[8]), bytes.fromhex(CT_ROOTS[7])
    stranger = Signer("tracer vector stranger")
    second = Signer("tracer vector log", "XA-NPOC/log/2")
    foreign, other = text_of(8, root, second.origin), text_of(8, other_root)

    def changed(line: str, at: int, bit: int = 1) -> str:
        name, blob = line.rsplit(" ", 1)
        raw = bytearray(base64.b64decode(blob))
        raw[at] ^= bit
        return f"{name} {b64(bytes(raw))}\n"

    def cut(line: str) -> str:
        name, blob = line.rsplit(" ", 1)
        return f"{name} {b64(base64.b64decode(blob)[:-1])}\n"

    order = (2**252 + 27742317777372353535851937790883648493).to_bytes(32, "little")
    blob = base64.b64decode(ed.rsplit(" ", 1)[1])
    high = int.from_bytes(blob[36:], "little") + int.from_bytes(order, "little")
    malleable = f"{DASH} {ORIGIN} {b64(blob[:36] + high.to_bytes(32, 'little'))}\n"
    bad = {
        "ed25519-line-missing": text + "\n" + ml,
        "mldsa44-line-missing": text + "\n" + ed,
        "only-a-witness": text + "\n" + witness_lines(1),
        "ed25519-bit-changed": text + "\n" + changed(ed, 20) + ml,
        "ed25519-s-not-reduced": text + "\n" + malleable + ml,
        "ed25519-too-short": text + "\n" + cut(ed) + ml,
        "mldsa44-bit-changed": text + "\n" + ed + changed(ml, 200),
        "mldsa44-time-changed": text + "\n" + ed + changed(ml, 11),
        "mldsa44-too-short": text + "\n" + ed + cut(ml),
        "key-id-changed": text + "\n" + changed(ed, 0) + ml,
        "ed25519-of-another-size": text + "\n" + log.classic(text_of(7, root)) + ml,
        "mldsa44-of-another-size": text + "\n" + ed + log.quantum(7, root),
        "mldsa44-of-another-root": text + "\n" + ed + log.quantum(8, other_root),
        "ed25519-of-another-root": other + "\n" + ed + log.quantum(8, other_root),
        "both-of-a-stranger": text + "\n" + stranger.classic(text) + stranger.quantum(8, root),
        "lines-of-our-next-log": text + "\n" + second.classic(text) + second.quantum(8, root),
    }
    cases: list[Case] = [
        {"name": name, "note": note, "expected": "checkpoint-signature"}
        for name, note in bad.items()
    ]
    whole = foreign + "\n" + second.classic(foreign) + second.quantum(8, root)
    never = text + "\n" + ed + log.quantum(8, root, 0)
    later = text + "\n" + ed + log.quantum(8, root, 253_402_300_800)
    return [
        *cases,
        {"name": "another-log-of-ours", "note": whole, "expected": "log-origin"},
        {"name": "time-0", "note": never, "expected": "checkpoint-form"},
        {"name": "time-in-year-10000", "note": later, "expected": "checkpoint-form"},
    ]
