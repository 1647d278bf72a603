"""A time-stamp authority made for a test: a root, a certificate, and openssl to answer."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIG = """\
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """Its folder; `answer` is what a server of it would say."""

    folder: Path

    @property
    def root_pem(self) -> bytes:
        """What a reader must trust."""
        return (self.folder / "root.pem").read_bytes()

    def answer(self, request: bytes) -> bytes:
        """The authority's answer to a request, by `openssl ts`."""
        query = self.folder / "query.tsq"
        query.write_bytes(request)
        names = {"-inkey": "tsa.key", "-signer": "tsa.pem", "-config": "tsa.cnf"}
        words = [word for flag, name in names.items() for word in (flag, str(self.folder / name))]
        done = subprocess.run(  # noqa: S603
            ["openssl", "ts", "-reply", "-queryfile", str(query), *words],  # noqa: S607
            check=True,
            capture_output=True,
        )
        return done.stdout

    def stamped(self, data: bytes) -> bytes:
        """A time stamp over the SHA-256 of some bytes, asked for by openssl itself."""
        path = self.folder / "data"
        path.write_bytes(data)
        words = ["-data", str(path), "-sha256", "-cert", "-no_nonce"]
        done = subprocess.run(  # noqa: S603
            ["openssl", "ts", "-query", *words],  # noqa: S607
            check=True,
            capture_output=True,
        )
        return self.answer(done.stdout)


def make(folder: Path) -> Authority:
    """Make an authority in `folder`."""
    now = datetime.now(UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Time Root")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Time Authority")])
    limits = (now - timedelta(days=1), now + timedelta(days=1))
    root = (
        _builder(root_name, root_name, root_key, limits)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    leaf = (
        _builder(name, root_name, key, limits)
        .add_extension(usage, critical=True)
        .sign(root_key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "tsa.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    (folder / "tsa.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01")
    return Authority(folder)


def _builder(
    name: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    limits: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(limits[0])
        .not_valid_after(limits[1])
    )
