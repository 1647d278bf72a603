"""A mail server on loopback (aiosmtpd), in the loop of the test, with TLS from a CA of the test."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "tracer", "a password of the test"


@dataclass(slots=True)
class Mailbox:
    """What the server was handed, and what it answers."""

    taken: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """Commands of any client, the handed in content as DATA."""
    on_rcpt: str = ""
    """A reply to RCPT that is not 250; empty: it is."""
    on_data: str = ""
    """A reply to DATA that is not 250; empty: it is."""
    refuses: frozenset[str] = frozenset()
    """Recipients that are refused for good."""
    when_taken: Callable[[], None] = lambda: None
    """Called when a letter is handed in, before the answer."""

    @property
    def letters(self) -> list[EmailMessage]:
        """What was handed in, parsed."""
        return [email.message_from_bytes(one, policy=email.policy.default) for one in self.taken]

    async def handle_EHLO(  # noqa: N802 - named by aiosmtpd
        self, _: SMTP, session: Session, __: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Note who says hello."""
        session.host_name = hostname
        self.seen.append("EHLO")
        return responses

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        """Take a recipient or not."""
        self.seen.append("RCPT")
        if address in self.refuses:
            return "550 5.1.1 no such mailbox"
        if self.on_rcpt:
            return self.on_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter or not."""
        self.seen.append("DATA")
        if self.on_data:
            return self.on_data
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        self.to.extend(envelope.rcpt_tos)
        self.when_taken()
        return "250 OK"


@dataclass(frozen=True, slots=True)
class Authority:
    """A certification authority of a test: its file, and contexts for servers it vouches for."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        """Its certificate, as `mail.ca_file` names it."""
        path = self.folder / "ca.pem"
        path.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return path

    def context(self, name: str = "localhost") -> ssl.SSLContext:
        """A server's side of TLS, with a certificate for a name and for 127.0.0.1 if it is ours."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if name == "localhost":
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        made = _builder(name, self.certificate.subject, key).add_extension(
            x509.SubjectAlternativeName(names), critical=False
        )
        path = self.folder / f"{name}.pem"
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + made.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        return context


def authority(folder: Path) -> Authority:
    """Make a certification authority."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA of a test")])
    made = _builder("CA of a test", name, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return Authority(folder, key, made.sign(key, hashes.SHA256()))


def _builder(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _authenticate(_: SMTP, __: Session, ___: Envelope, ____: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=right, handled=False)


@asynccontextmanager
async def mail_server(
    box: Mailbox,
    *,
    port: int = 0,
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
    login: bool = False,
) -> AsyncIterator[int]:
    """Serve inside the context; the port."""

    def session() -> SMTP:
        return SMTP(
            box,
            hostname="mail.test",
            tls_context=starttls,
            authenticator=_authenticate if login else None,
            auth_required=login,
            auth_require_tls=login,
            loop=asyncio.get_running_loop(),
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", port, ssl=implicit)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()
