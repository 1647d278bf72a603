"""The floors: bare cryptography on 2 KB with keys kept loaded, and one sync of the data folder."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from tests.bench.measure import fsync_ms, microseconds
from tests.bench.table import Figure
from tracer.envelope.jwk import SealKey

BYTES = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """Processor time of each primitive in microseconds; one sync in milliseconds of wall time."""

    sign: float
    verify: float
    seal: float
    open: float
    log_sign: float
    log_verify: float
    aes: float
    sha: float
    sync: float

    def receiving(self, batch: int) -> float:
        """What a receiver must pay for each message of a batch: open, verify, its share of heads.

        The sender's checkpoint is verified and our own signed once a batch, each twice: Ed25519 and
        ML-DSA-44.
        """
        return self.open + self.verify + self.heads / batch

    def delivering(self, batch: int) -> float:
        """What a sender must pay for each message of a batch after it was submitted."""
        return self.seal + self.heads / batch

    @property
    def heads(self) -> float:
        """One head of each side: the sender's verified, ours signed, with both algorithms."""
        return self.sign + self.verify + self.log_sign + self.log_verify


def measure(folder: Path, *, samples: int) -> Floors:
    """Measure every primitive; `folder` lies on the disk of the data folders."""
    data = os.urandom(BYTES)
    ed, log, seal = Ed25519PrivateKey.generate(), MLDSA44PrivateKey.generate(), SealKey.generate()
    ed_public, log_public = ed.public_key(), log.public_key()
    ed_signature, log_signature = ed.sign(data), log.sign(data)
    suite = Suite(KEM.MLKEM768_X25519, KDF.SHAKE256, AEAD.AES_256_GCM)
    sealed = suite.encrypt(data, seal.public.public_key)
    box, nonce = AESGCM(os.urandom(32)), os.urandom(12)
    return Floors(
        sign=microseconds(lambda: ed.sign(data), samples=samples),
        verify=microseconds(lambda: ed_public.verify(ed_signature, data), samples=samples),
        seal=microseconds(lambda: suite.encrypt(data, seal.public.public_key), samples=samples),
        open=microseconds(lambda: suite.decrypt(sealed, seal.private_key), samples=samples),
        log_sign=microseconds(lambda: log.sign(data), samples=samples),
        log_verify=microseconds(lambda: log_public.verify(log_signature, data), samples=samples),
        aes=microseconds(lambda: box.encrypt(nonce, data, None), samples=samples),
        sha=microseconds(lambda: hashlib.sha256(data).digest(), samples=samples),
        sync=fsync_ms(folder, samples=samples * 10),
    )


def figures(floors: Floors) -> list[Figure]:
    """One row a primitive."""
    names = {
        "Ed25519 sign, 2 KB": floors.sign,
        "Ed25519 verify, 2 KB": floors.verify,
        "X-Wing HPKE seal, 2 KB": floors.seal,
        "X-Wing HPKE open, 2 KB": floors.open,
        "ML-DSA-44 sign, 2 KB": floors.log_sign,
        "ML-DSA-44 verify, 2 KB": floors.log_verify,
        "AES-256-GCM, 2 KB": floors.aes,
        "SHA-256, 2 KB": floors.sha,
    }
    rows = [Figure(name, value, "us") for name, value in names.items()]
    return [*rows, Figure("fsync of the data folder, 4 KiB", floors.sync, "ms")]
