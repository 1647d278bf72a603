"""The bare primitives on the bytes of a real batch: what its receiver pays before it does anything.

`primitives` measures each on 2 KB, so that machines can be compared. A message whose payload is
2 KB is signed in base64url (3.1 KB) and sealed with its proof (4.4 KB); its id, its disclosures,
its path and our own record are hashed, and what is stored is encrypted. Here each of these is done
on the real bytes and nothing else: no parsing, no decision, no row.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.bench.measure import microseconds
from tracer.canonical import unb64url
from tracer.envelope.content import unpack
from tracer.envelope.jwe import open_, parse
from tracer.envelope.jwk import SealKey, VerifyKey
from tracer.envelope.jws import claimed_key
from tracer.envelope.sdjwt import TYP
from tracer.evidence.merkle import HASH_BYTES
from tracer.evidence.proof import parse_proof
from tracer.exchange.batch import read_batch

Step = Callable[[], object]
_LIMIT = 1 << 30
_NODE = bytes(1 + 2 * HASH_BYTES)


def received(
    body: bytes, *, seals: Mapping[str, SealKey], keys: Mapping[str, VerifyKey], samples: int
) -> float:
    """Microseconds of primitives that each message of this batch takes at its receiver."""
    sealed = [one.jwe for one in read_batch(body, limit=_LIMIT).messages]
    steps = [step for jwe in sealed for step in _steps(jwe, seals, keys)]
    return microseconds(lambda: [step() for step in steps], samples=samples) / len(sealed)


def _steps(jwe: str, seals: Mapping[str, SealKey], keys: Mapping[str, VerifyKey]) -> list[Step]:
    """Open, verify, hash, encrypt for storage: of one message."""
    sealed = parse(jwe)
    opener = seals[sealed.kid]
    signed, wire = unpack(open_(sealed, key=opener))
    verifier = keys[claimed_key(signed.jws, typ=TYP)[0]]
    signing_input, _, signature = signed.jws.rpartition(".")
    data, raw = signing_input.encode(), unb64url(signature)
    proof = parse_proof(wire)
    texts = [signed.jws.encode(), *map(str.encode, signed.disclosures)]
    hashed = [*texts, proof.record, proof.record, *[_NODE] * len(proof.path)]
    box, nonce = AESGCM(os.urandom(32)), os.urandom(12)
    stored = (texts[0], b"~".join(texts[1:]))
    return [
        lambda: open_(sealed, key=opener),
        lambda: verifier.verify(data, raw),
        lambda: [hashlib.sha256(one).digest() for one in hashed],
        lambda: [box.encrypt(nonce, one, None) for one in stored],
    ]
