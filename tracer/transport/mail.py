"""Letters over SMTP, on aiosmtplib: the one way mail leaves.

Rules:
    1. Encryption is by the setting, never by what the server offers: with `starttls` a server that
       does not offer it, or loses it, gets nothing; with `implicit` TLS comes first. `none` is for
       a server on this machine, or for an operator who says so.
    2. The server's certificate is checked for its name, against the system's trust or the file of
       certificates the operator names.
    3. One connection a letter, each step and the whole bounded in time, answers bounded in size.
    4. The line's fault (`LineError`: `mail-line`, `mail-later`) is told apart from what a person
       must mend (`OperatorError`: `mail-tls`, `mail-certificate`, `mail-login`, `mail-server`,
       `mail-sender`, and of one letter `mail-recipient`, `mail-refused`). What a server says in
       words is not passed on.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import aiosmtplib
from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPTimeoutError,
)

from tracer.errors import LineError, OperatorError, TracerError
from tracer.transport.letter import Letter, domain_of, on_the_wire

Encryption = Literal["starttls", "implicit", "none"]
PERMANENT = 500
"""Least reply code that says: do not try this again (RFC 5321, 4.2.1)."""
PORTS: dict[Encryption, int] = {"starttls": 587, "implicit": 465, "none": 25}
"""The port of each way, unless another is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where letters are handed in, and as whom. `password` is asked for at each login."""

    host: str
    port: int
    encryption: Encryption
    sender: str
    user: str = ""
    password: Callable[[], str] = str
    ca_file: Path | None = None
    step_seconds: float = 20.0
    """Time for one step: connecting, the handshake, one answer."""
    total_seconds: float = 45.0
    """Time for a letter."""


class SmtpLine:
    """`MailLine` over SMTP."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def send(self, letter: Letter, *, to: str) -> None:
        """Hand a letter to the server."""
        body = on_the_wire(letter, sender=self._server.sender, to=to)
        try:
            async with asyncio.timeout(self._server.total_seconds):
                await self._hand_in(body, to)
        except (SMTPException, OSError, TimeoutError) as error:
            raise _told(error) from error

    async def _hand_in(self, body: bytes, to: str) -> None:
        server = self._server
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.encryption == "implicit",
            start_tls=False,
            tls_context=None if server.encryption == "none" else _context(server.ca_file),
            local_hostname=domain_of(server.sender),
            timeout=server.step_seconds,
        )
        try:
            await smtp.connect()
            if server.encryption == "starttls":
                await _start_tls(smtp)
            if server.user:
                await smtp.login(server.user, server.password())
            await smtp.sendmail(server.sender, [to], body)
            await _farewell(smtp)
        finally:
            smtp.close()


async def _start_tls(smtp: SMTP) -> None:
    """Encrypt, or leave.

    Raises:
        OperatorError: `mail-tls`.
    """
    await smtp.ehlo()
    if not smtp.supports_extension("starttls"):
        raise OperatorError(
            "mail-tls",
            "the mail server does not offer encryption, so it got nothing",
            advice="Use another port or server, or set mail.tls to implicit.",
        )
    await smtp.starttls()


async def _farewell(smtp: SMTP) -> None:
    """Say goodbye; the letter is handed in, so what happens here does not matter."""
    try:
        await smtp.quit()
    except (aiosmtplib.SMTPException, OSError):
        return


def _context(ca_file: Path | None) -> ssl.SSLContext:
    """Trust in the system's certificates, or in those of the file alone.

    Raises:
        OperatorError: `mail-ca`.
    """
    try:
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise OperatorError("mail-ca", f"{ca_file} holds no certificates to trust") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


_REPLIES: tuple[tuple[type[SMTPResponseException], str, str], ...] = (
    (SMTPAuthenticationError, "mail-login", "the mail server refuses our user or password"),
    (SMTPSenderRefused, "mail-sender", "the mail server refuses our sender's address"),
    (SMTPDataError, "mail-refused", "the mail server refuses this letter"),
    (SMTPResponseException, "mail-server", "the mail server does not serve us"),
)
"""What a reply is about, by the step it came at; the first that fits."""


def _told(error: Exception) -> TracerError:
    """What went wrong, in one of the two families."""
    if (found := _of_certificate(error)) is not None:
        return found
    if isinstance(error, SMTPRecipientsRefused):
        code = error.recipients[0].code
        return _reply(code, "mail-recipient", "the mail server refuses this address")
    for kind, name, sentence in _REPLIES:
        if isinstance(error, kind):
            return _reply(error.code, name, sentence)
    if isinstance(error, SMTPTimeoutError | TimeoutError):
        return LineError("mail-line", "the mail server did not answer in time")
    if isinstance(error, OSError):  # a broken connection is one, in aiosmtplib too
        return LineError("mail-line", f"the line to the mail server broke: {_kind(error)}")
    return OperatorError("mail-server", f"the mail server lacks what is asked: {_kind(error)}")


def _of_certificate(error: BaseException) -> TracerError | None:
    """Whether the server's certificate is at the bottom of it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return OperatorError(
                "mail-certificate",
                "the mail server's certificate is not one we trust for its name",
                advice="Set mail.host to the name in it, or mail.ca_file to who signed it.",
            )
        cause = cause.__cause__ or cause.__context__
    return None


def _reply(code: int, permanent: str, sentence: str) -> TracerError:
    if code >= PERMANENT:
        return OperatorError(permanent, f"{sentence} ({code})")
    if permanent in {"mail-server", "mail-login"}:
        return LineError("mail-line", f"the mail server is not ready ({code})")
    return LineError("mail-later", f"the mail server wants this letter later ({code})")


def _kind(error: BaseException) -> str:
    return type(error).__name__
