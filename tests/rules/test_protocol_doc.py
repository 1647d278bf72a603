"""The specification agrees with the code: codes, types, endpoints, constants, examples."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha3_256, shake_256
from typing import Any

import msgspec
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from tests.rules import protocol_doc as doc
from tests.rules.tree import modules
from tracer.bundle import archive, forms
from tracer.canonical import MAX_DEPTH, unb64url
from tracer.config.settings import Delivery, Limits
from tracer.config.settings import Witness as Settings
from tracer.envelope import jwe, jwk, sdjwt, stream
from tracer.envelope.limits import LIMITS
from tracer.errors import REFUSALS
from tracer.evidence import checkpoint, cosignature, merkle, record, witnessing
from tracer.exchange import (
    allowance,
    batch,
    checks,
    greetings,
    refusals,
    threads,
    verdicts,
    waiting,
)
from tracer.exchange.courier import form as courier_form
from tracer.exchange.entries import form as entries_form
from tracer.exchange.entries import taking as entries_taking
from tracer.exchange.outside import statement as transcript
from tracer.exchange.resync import form as resync_form
from tracer.exchange.witness import cosign, to_witness, witnessed
from tracer.model import terms
from tracer.model.attachments import MAX_ATTACHMENTS
from tracer.model.messages import GROUPS, TYPES
from tracer.model.wire import from_wire, to_wire
from tracer.node.workers import entries as entries_worker
from tracer.trust import agreement, entry, keyring, nouns, statement
from tracer.web import peer

TEXT = doc.PATH.read_text("utf-8")
RULES = doc.rules(TEXT)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)

CONSTANTS: dict[str, object] = {
    "profile": batch.PROFILE,
    "message typ": sdjwt.TYP,
    "refusal typ": refusals.TYP,
    "resync typ": resync_form.TYP,
    "entry typ": entry.ENTRY_TYP,
    "endorsement typ": entry.ENDORSEMENT_TYP,
    "terms typ": agreement.AGREEMENT_TYP,
    "statement typ": statement.STATEMENT_TYP,
    "courier typ": courier_form.TYP,
    "courier file, first line, most bytes": courier_form.MAX_SEAL_LINE,
    "courier file, first line inside, most bytes": courier_form.MAX_PREAMBLE,
    "courier file, entries, most": courier_form.MAX_ENTRIES,
    "courier file, items, most": courier_form.MAX_ITEMS,
    "courier file, ids it has seen, most": courier_form.MAX_SEEN,
    "courier file, bytes that are no attachments, most": courier_form.MAX_SMALL,
    "courier file, attachments held, most": courier_form.MAX_HELD,
    "courier file, consistency proofs, most": courier_form.MAX_PROOFS,
    "bundle typ": forms.MANIFEST_TYP,
    "transcript typ": transcript.TYP,
    "bundle, most bytes": archive.MAX_BYTES,
    "files of a bundle, most": archive.MAX_MEMBERS,
    "name in a bundle, most characters": archive.MAX_NAME,
    "manifest of a bundle, most bytes": forms.MAX_MANIFEST_BYTES,
    "JWE alg": jwk.HPKE_10_KE,
    "JWE enc": jwe.ENC,
    "JWE typ": jwe.TYP,
    "HPKE info (hex)": jwe.INFO.hex(),
    "HPKE suite id (hex)": b"HPKE\x64\x7a\x00\x11\x00\x02".hex(),
    "encapsulated secret, bytes": jwe.EK_SIZE,
    "sealing public key, bytes": len(jwk.SealKey.from_seed(bytes(32)).public.raw),
    "encrypted content key, bytes": jwe.ENCRYPTED_KEY_SIZE,
    "IV, bytes": jwe.IV_SIZE,
    "tag, bytes": jwe.TAG_SIZE,
    "salt of a disclosure, bytes": sdjwt.SALT_SIZE,
    "salt of a record, bytes": record.SALT_BYTES,
    "record, most bytes": record.MAX_RECORD_BYTES,
    "proof path, most hashes": merkle.MAX_PATH,
    "tree size, most leaves": merkle.MAX_SIZE,
    "empty root (hex)": merkle.EMPTY_ROOT.hex(),
    "Ed25519 signature type of a note (hex)": "01",
    "ML-DSA-44 signature type of a note (hex)": "06",
    "cosigned message label (hex)": b"subtree/v1\n\x00".hex(),
    "ML-DSA-44 public key, bytes": checkpoint.MLDSA44_BYTES,
    "ML-DSA-44 signature, bytes": checkpoint.MLDSA44_SIGNATURE_BYTES,
    "extra lines of a note, most": checkpoint.MAX_EXTRA_LINES,
    "note, most characters": checkpoint.MAX_NOTE_CHARS,
    "sealed message, most characters": LIMITS.message,
    "JWS, most characters": LIMITS.jws,
    "disclosures of a message, most": LIMITS.disclosures,
    "disclosure, most characters": LIMITS.disclosure,
    "proof in the plaintext, most bytes": LIMITS.proof,
    "JSON depth": MAX_DEPTH,
    "line of a batch, most bytes": batch.MAX_LINE,
    "messages of a batch, most": Limits().batch_messages,
    "body of a batch, bytes": Limits().batch_bytes,
    "body of a small request, most bytes": peer.PeerLimits().small_bytes,
    "ping, hello, log: body, most bytes": greetings.SMALL_BYTES,
    "attachment segment, bytes": stream.SEGMENT,
    "attachment key, bytes": stream.KEY_SIZE,
    "attachment prefix, bytes": stream.PREFIX_SIZE,
    "attachments of a message, most": MAX_ATTACHMENTS,
    "attachment ciphertext, bytes": Limits().attachment_bytes,
    "entry file, most bytes": entry.MAX_FILE_BYTES,
    "agreement, most bytes": agreement.MAX_FILE_BYTES,
    "clock of who signs an agreement ahead of ours, seconds": agreement.FUTURE // SECOND,
    "statement, most bytes": statement.MAX_FILE_BYTES,
    "clock of who signs a statement ahead of ours, seconds": statement.FUTURE // SECOND,
    "keys of an entry, most": nouns.MAX_KEYS,
    "channel certificates of an entry, most": nouns.MAX_CERTIFICATES,
    "witnesses of an entry, most": nouns.MAX_WITNESSES,
    "entries handed on at once, most": entries_form.MAX_ENTRIES,
    "entries of a peer taken by line, a day": entries_taking.A_DAY,
    "from one contact about entries to the next, seconds": entries_worker.EVERY // SECOND,
    "messages of a thread, most": threads.MAX_MESSAGES,
    "messages that wait, a peer": waiting.ROOM,
    "waiting, days": waiting.STAY // DAY,
    "open threads, a peer": allowance.OPEN_THREADS,
    "peer's clock ahead of ours, seconds": checks.FUTURE // SECOND,
    "receipt window, seconds": verdicts.WINDOW // SECOND,
    "resync request age, seconds": resync_form.WINDOW // SECOND,
    "resync names of a request, most": resync_form.ASK_MAX,
    "hello effect, once in seconds": greetings.HELLO_EVERY // SECOND,
    "hello spread, seconds": int(greetings.HELLO_SPREAD),
    "ping nonce, most characters": greetings.NONCE_LENGTH,
    "Upload-Offset, most digits": peer.OFFSET_DIGITS,
    "signing key in use, days": keyring.SIGN_FOR // DAY,
    "sealing key in use, days": keyring.SEAL_FOR // DAY,
    "key after its use, days": keyring.AFTERWARDS // DAY,
    "first wait after a failure, seconds": Delivery().backoff_base_seconds,
    "longest wait, seconds": Delivery().backoff_cap_seconds,
    "undeliverable after, days": Delivery().give_up_days,
    "lease of a batch, seconds": Delivery().lease_seconds,
    "head shown to witnesses, once in seconds": Settings().every_seconds,
    "clock of a witness from ours, seconds": cosign.WINDOW // SECOND,
    "hashes of a question to a witness, most": witnessing.MAX_PROOF_LINES,
    "answer of a witness, most characters": cosignature.MAX_ANSWER_CHARS,
    "wanted checkpoints, most": witnessed.WANTED,
    "refusals a minute": Limits().peer_refusals_a_minute,
    "bytes a day": Limits().peer_bytes_a_day,
}
ENTRY_NOUNS: tuple[type[Struct], ...] = (
    nouns.Entry,
    nouns.EntryKey,
    nouns.Contact,
    nouns.LogInfo,
    nouns.Succession,
    nouns.Witness,
    nouns.Witnesses,
    terms.Terms,
    terms.Target,
    terms.Span,
    terms.OfficeHours,
    terms.Offset,
)
WIRE_NOUNS: tuple[type[Struct], ...] = (
    forms.Manifest,
    forms.Listed,
    forms.LeftOut,
    forms.Placed,
    forms.Proofs,
    batch.Head,
    batch.Sealed,
    batch.Reply,
    courier_form.Item,
    courier_form.Manifest,
    courier_form.State,
    entries_form.Holds,
    entries_form.Handed,
    entries_form.Answered,
    greetings.Ping,
    greetings.Pong,
    greetings.AskLog,
    greetings.ShowLog,
    refusals.SignedRefusal,
    resync_form.ResyncRequest,
    resync_form.ReturnedLine,
    resync_form.HeldLine,
    resync_form.ThreadDigest,
    to_witness.ToWitness,
    to_witness.ForWitness,
    witnessed.Shown,
)


def test_the_filled_in_blocks_are_what_the_code_says() -> None:
    assert doc.filled(TEXT) == TEXT, "run: python -m tests.rules.protocol_doc"


def test_numbers_of_rules_ascend_in_each_chapter_without_a_gap() -> None:
    last: Counter[str] = Counter()
    for rule in RULES:
        last[rule.chapter] += 1
        assert rule.number == last[rule.chapter], f"[{rule.chapter}-{rule.number}]"


def test_the_rules_of_one_letter_stand_together() -> None:
    letters = [rule.chapter for rule in RULES]
    changes = [one for one, before in zip(letters, ["", *letters], strict=False) if one != before]
    assert len(changes) == len(set(changes))


def test_every_rule_that_is_referred_to_is_there() -> None:
    named = set(re.findall(r"\[([A-Z]-[0-9]+)\]", TEXT))
    assert named == {f"{rule.chapter}-{rule.number}" for rule in RULES}


def test_every_rule_says_how_binding_it_is() -> None:
    vague = [f"{r.chapter}-{r.number}" for r in RULES if not re.search("MUST|SHOULD|MAY", r.text)]
    assert not vague


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_code_is_used_outside_its_table(code: str) -> None:
    prose = TEXT.replace(doc.refusals(), "").replace(doc.statuses(), "")
    assert f"`{code}`" in prose


@pytest.mark.parametrize(
    "name", [*TYPES, *(group for group in GROUPS if group != "attachment_keys")]
)
def test_every_message_type_and_group_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT


def test_the_endpoints_are_those_that_the_listener_serves() -> None:
    served = {
        (route.method, route.resource.canonical.replace("{digest}", "<digest>"))
        for route in _application().router.routes()
        if route.resource is not None
    }
    small = {(method, path) for method, path in served if "{what}" in path}
    named = doc.endpoints(TEXT)
    verbs = {
        "ping",
        "hello",
        "log",
        "questions",
        "resync",
        "succession",
        "to-witness",
        "witnessed",
        "entry",
    }
    assert small == {("POST", "/exchange/v1/{what}")}
    assert named == (served - small) | {("POST", f"/exchange/v1/{verb}") for verb in verbs}


def test_the_constants_are_those_of_the_code() -> None:
    assert doc.constants(TEXT) == {name: str(value) for name, value in CONSTANTS.items()}


def test_every_typ_of_the_code_is_in_both_tables_of_the_page_and_no_other() -> None:
    signed = typs_of(module.tree for module in modules()) - {jwe.TYP}
    listed = {value for name, value in doc.constants(TEXT).items() if name.endswith(" typ")}
    assert doc.typs(TEXT) == signed
    assert listed - {jwe.TYP} == signed
    assert jwe.TYP in typs_of(module.tree for module in modules())


def test_a_typ_that_the_page_does_not_name_is_seen_wherever_it_stands() -> None:
    text = 'def f() -> str:\n    return sign(x, typ="tracer-news+jws")\n'
    assert typs_of([ast.parse(text)]) == {"tracer-news+jws"}
    assert "tracer-news+jws" not in doc.typs(TEXT)


def typs_of(trees: Iterable[ast.AST]) -> set[str]:
    """Every text in the code that is a `typ`."""
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"tracer-[a-z0-9-]+\+[a-z-]+", node.value)
    }


@pytest.mark.parametrize("kind", [*ENTRY_NOUNS, *WIRE_NOUNS], ids=lambda kind: kind.__name__)
def test_every_member_of_an_object_on_the_wire_is_named(kind: type[Struct]) -> None:
    names = {field.encode_name for field in msgspec.structs.fields(kind)}
    missing = {name for name in names if not re.search(rf'[`"]{name}["`]', TEXT)}
    assert not missing


def test_every_example_stands_in_the_vector_it_is_taken_from() -> None:
    quoted = list(doc.quotations(TEXT))
    assert quoted
    for file, name, lines in quoted:
        vectors = json.loads((doc.VECTORS / file).read_text("utf-8"))
        case = next(case for case in vectors["cases"] if case["name"] == name)
        texts = list(_texts(case))
        wanted = [lines.rstrip("\n")] if file.endswith("checkpoint.json") else lines.splitlines()
        for line in wanted:
            assert any(line in text for text in texts), f"{file} {name}: {line}"


def test_the_example_payloads_are_messages() -> None:
    examples = doc.payloads(TEXT)
    assert examples
    for text in examples:
        payload = json.loads(text)
        assert to_wire(from_wire(payload, {}))[0] == payload


def test_the_key_schedule_as_written_opens_a_published_seal() -> None:
    vectors = json.loads((doc.VECTORS / "envelope/jwe.json").read_text("utf-8"))
    case = next(case for case in vectors["cases"] if case["name"] == "sealed")
    parts = jwe.parse(case["input"]).parts
    shared = _shared_secret(unb64url(case["keys"]["seal_seed"]), parts.ek)
    suite = bytes.fromhex(doc.constants(TEXT)["HPKE suite id (hex)"])
    info = bytes.fromhex(doc.constants(TEXT)["HPKE info (hex)"])
    labelled = b"HPKE-v1" + suite + _prefixed(b"secret") + (108).to_bytes(2, "big")
    context = b"\x00" + _prefixed(b"") + _prefixed(info)
    secret = shake_256(_prefixed(b"") + _prefixed(shared) + labelled + context).digest(108)
    content_key = AESGCM(secret[:32]).decrypt(secret[32:44], parts.encrypted_key, b"")
    opened = AESGCM(content_key).decrypt(parts.iv, parts.ciphertext, parts.header.encode())
    assert opened == unb64url(case["output"])
    assert f"ss   {shared.hex()}\nCEK  {content_key.hex()}\n" in TEXT


def test_the_map_of_the_folder_names_every_file() -> None:
    folder = doc.PATH.parent
    text = (folder / "README.md").read_text("utf-8")
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    named = {name.removeprefix("vectors/") for name in files if not name.endswith("README.md")}
    one_a_case = {"fold", "clocks"}
    missing = {n for n in named if n.split("/", 1)[0] not in one_a_case and n not in text}
    assert not missing
    assert all(f"`{kind}/*.json`" in text for kind in one_a_case)


def _prefixed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _shared_secret(seed: bytes, ek: bytes) -> bytes:
    expanded = shake_256(seed).digest(96)
    lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    curve = X25519PrivateKey.from_private_bytes(expanded[64:])
    first, second = ek[:1088], ek[1088:]
    exchanged = curve.exchange(X25519PublicKey.from_public_bytes(second))
    own = curve.public_key().public_bytes_raw()
    label = bytes.fromhex("5c2e2f2f5e5c")
    return sha3_256(lattice.decapsulate(first) + exchanged + second + own + label).digest()


def _texts(value: Any) -> list[str]:
    """Every text in a case, and its objects as canonical JSON."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        inside = [text for item in value.values() for text in _texts(item)]
        return [json.dumps(value, separators=(",", ":"), ensure_ascii=False), *inside]
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else []


def _application() -> web.Application:
    """The listener's routes; nothing behind them is called."""
    unused: Any = object()
    names = inspect.signature(peer.PeerListener).parameters.keys() - {"limits"}
    return peer.PeerListener(**dict.fromkeys(names, unused)).application()
