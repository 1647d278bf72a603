"""The floors: bare cryptography on 2 KB with keys kept loaded, and one sync of the data folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

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


class Primitives:
    """Keys and texts of 2 KB, made once, so that the floors can be measured again at any moment."""

    def __init__(self) -> None:
        self._data = os.urandom(BYTES)
        self._ed, self._log = Ed25519PrivateKey.generate(), MLDSA44PrivateKey.generate()
        self._ed_public, self._log_public = self._ed.public_key(), self._log.public_key()
        self._ed_signature = self._ed.sign(self._data)
        self._log_signature = self._log.sign(self._data)
        self._suite = Suite(KEM.MLKEM768_X25519, KDF.SHAKE256, AEAD.AES_256_GCM)
        self._seal = SealKey.generate()
        self._sealed = self._suite.encrypt(self._data, self._seal.public.public_key)
        self._box, self._nonce = AESGCM(os.urandom(32)), os.urandom(12)

    def measure(self, *, samples: int, sync: float = 0.0) -> Floors:
        """Measure every primitive; what a sync takes is measured once (`measure`) and handed in."""
        data, seal, suite = self._data, self._seal, self._suite

        def taken(operation: Callable[[], object]) -> float:
            return microseconds(operation, samples=samples)

        return Floors(
            sign=taken(lambda: self._ed.sign(data)),
            verify=taken(lambda: self._ed_public.verify(self._ed_signature, data)),
            seal=taken(lambda: suite.encrypt(data, seal.public.public_key)),
            open=taken(lambda: suite.decrypt(self._sealed, seal.private_key)),
            log_sign=taken(lambda: self._log.sign(data)),
            log_verify=taken(lambda: self._log_public.verify(self._log_signature, data)),
            aes=taken(lambda: self._box.encrypt(self._nonce, data, None)),
            sha=taken(lambda: hashlib.sha256(data).digest()),
            sync=sync,
        )


def measure(folder: Path, *, samples: int) -> Floors:
    """Measure every primitive; `folder` lies on the disk of the data folders."""
    return Primitives().measure(samples=samples, sync=fsync_ms(folder, samples=samples * 10))


def middle(found: Sequence[Floors]) -> Floors:
    """The mean of floors that were measured one after the other."""
    return Floors(
        **{name: mean(getattr(one, name) for one in found) for name in Floors.__slots__},
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
