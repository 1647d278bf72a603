"""The channel between two nodes: mutual TLS 1.3 in which each side is known by its own key.

No certification authority is asked. The certificates that peers list in their entries are the
anchors themselves (partial chain), so a handshake succeeds only with one of them; afterwards the
peer is whoever has listed the digest of that certificate's public key (SPKI). Python's `ssl` has
no verify callback, so anchors are added to the live context (`add_anchors`) when the directory
changes. They cannot be taken out again: a suspended peer is stopped by the digest, which the
listener looks up at each request. Names in certificates are not compared; they decide nothing.

Session tickets are off: every connection proves its key anew.

What it does not do: open sockets, know who a digest belongs to (`directory`), or protect against
a quantum computer: only what is sealed is (`envelope`).

Example:
    >>> pair = new_channel("XA-NPOC", now=clock.now())
    >>> context = client_context(pair, anchors=directory.anchors_der())
"""

from __future__ import annotations

import contextlib
import os
import ssl
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tracer.canonical import b64url

YEARS = 10
"""How long a channel certificate lasts; what counts is whether an entry lists it."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Names put into a certificate when the caller gives none."""

_PARTIAL_CHAIN = 0x80000
"""OpenSSL's X509_V_FLAG_PARTIAL_CHAIN, by value: builds of `ssl` differ in naming it."""
_BACKDATE = timedelta(days=1)
"""A fresh certificate is valid for peers whose clock is behind, too."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Our end of the channel: the certificate and its private key, both DER."""

    certificate: bytes
    private_key: bytes = field(repr=False)
    """PKCS#8, unencrypted: it lives in memory and in the encrypted keyring only."""

    @property
    def spki(self) -> str:
        """The digest by which peers know us."""
        return spki_digest(self.certificate)


def new_channel(authority: str, *, now: datetime, hosts: Sequence[str] = ()) -> Channel:
    """Make a P-256 key and a certificate that it signs itself.

    Args:
        authority: Becomes the common name, for people who look at a connection.
        now: Start of validity, set back by one day.
        hosts: Host names or addresses for tools that compare them; loopback if empty.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, authority)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATE)
        .not_valid_after(now + timedelta(days=365 * YEARS))
    )
    for extension, critical in _extensions(key.public_key(), hosts or LOOPBACK):
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(key, hashes.SHA256())
    return Channel(
        certificate.public_bytes(Encoding.DER),
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )


def spki_digest(der: bytes) -> str:
    """Name a certificate by its key: base64url SHA-256 of the SubjectPublicKeyInfo.

    Raises:
        ValueError: not exactly one DER certificate, a serial number that is not positive (RFC
            5280, 4.1.2.2), or a key other than P-256 and Ed25519.
    """
    if _has_other_serial(der):
        raise ValueError("the serial number of a certificate is positive")
    try:
        key = x509.load_der_x509_certificate(der).public_key()
    except Exception as error:  # the library has errors of many kinds for what it cannot read
        raise ValueError("not a channel certificate") from error
    p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    if not p256 and not isinstance(key, ed25519.Ed25519PublicKey):
        raise ValueError("a channel key is P-256 or Ed25519")
    return b64url(
        sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    )


_VERSION_3: Final = b"\xa0\x03\x02\x01\x02\x02"
"""The version of every certificate in use, and the tag of the serial number behind it."""
_BEGINNING: Final = 16
"""Within so many bytes it stands, behind the headers of two sequences."""


def _has_other_serial(der: bytes) -> bool:
    """Whether the serial is zero or negative: what reads certificates only warns of it so far."""
    at = der.find(_VERSION_3, 0, _BEGINNING)
    rest = der[at + len(_VERSION_3) :]
    return at >= 0 and int.from_bytes(rest[1 : 1 + rest[0]], "big", signed=True) <= 0


def issues_others(der: bytes) -> bool:
    """Whether a certificate says that it may sign others, which a handshake would then let in.

    Raises:
        ValueError: its extensions cannot be read.
    """
    certificate = x509.load_der_x509_certificate(der)
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
    except Exception as error:  # as in `spki_digest`
        raise ValueError("not a channel certificate") from error


@lru_cache(maxsize=1024)
def anchors(der: bytes) -> bool:
    """Whether TLS takes a certificate as an anchor: it is stricter than what else reads them."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
    except (ssl.SSLError, ValueError):
        return False
    return True


def server_context(channel: Channel, *, anchors: Iterable[bytes]) -> ssl.SSLContext:
    """The listener's side: TLS 1.3, and no connection without one of the anchors' keys.

    Args:
        channel: Our certificate and key.
        anchors: The peers' own certificates, DER.
    """
    context = _context(ssl.PROTOCOL_TLS_SERVER, channel, anchors)
    context.num_tickets = 0
    return context


def client_context(channel: Channel, *, anchors: Iterable[bytes]) -> ssl.SSLContext:
    """The caller's side. Give only the certificates of the peer that is called.

    With those as the only anchors the handshake itself fails for everybody else, so that not a
    byte of a request reaches a wrong peer.

    Args:
        channel: Our certificate and key.
        anchors: The certificates the peer lists, DER.
    """
    return _context(ssl.PROTOCOL_TLS_CLIENT, channel, anchors)


def add_anchors(context: ssl.SSLContext, anchors: Iterable[bytes]) -> None:
    """Let a live context accept further certificates; OpenSSL holds the same one only once.

    One that TLS cannot read (an older version took it) is left out: its peer has no channel, and
    the others keep theirs.
    """
    for der in anchors:
        with contextlib.suppress(ssl.SSLError):
            context.load_verify_locations(cadata=der)


def peer_spki(connection: ssl.SSLObject | ssl.SSLSocket) -> str | None:
    """The digest of the other side's key; None if it showed no certificate that counts."""
    der = connection.getpeercert(binary_form=True)
    if not der:
        return None
    try:
        return spki_digest(der)
    except ValueError:
        return None


def to_pem(der: bytes) -> str:
    """A certificate in the text form that other tools read."""
    return ssl.DER_cert_to_PEM_cert(der)


def _context(protocol: int, channel: Channel, anchors: Iterable[bytes]) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags = ssl.VerifyFlags(context.verify_flags | _PARTIAL_CHAIN)
    _load_own(context, channel)
    add_anchors(context, anchors)
    return context


def _load_own(context: ssl.SSLContext, channel: Channel) -> None:
    """Hand our key to OpenSSL, which takes files only: encrypted, with a password used once."""
    password = b64url(os.urandom(32))
    key = load_der_private_key(channel.private_key, None)
    form = BestAvailableEncryption(password.encode("ascii"))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, form)
    with tempfile.TemporaryDirectory(prefix="tracer-") as folder:
        path = Path(folder) / "channel.pem"
        path.write_bytes(to_pem(channel.certificate).encode("ascii") + pem)
        context.load_cert_chain(path, password=password)


def _extensions(
    key: ec.EllipticCurvePublicKey, hosts: Sequence[str]
) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """What a leaf needs to pass OpenSSL's strict mode as well (RFC 5280 section 4.2)."""
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    return (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (usage, True),
        (both, False),
        (x509.SubjectAlternativeName([_general_name(host) for host in hosts]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(key), False),
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
