"""The port that letters leave by, the letter itself, and its form on the wire (RFC 5322).

A letter is made once and sent as often as it takes: its Message-ID and its Date belong to it and
not to the attempt, so that a mail server or a reader recognises a letter that comes twice.

Every header value is one line of allowed characters before it is written, so that nothing can be
smuggled into a header or add one; addresses are of the plain ASCII form only.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol

from msgspec import Struct

from tracer.clock import instant
from tracer.errors import InputError

MAX_TEXT = 128 * 1024
"""Longest text of a letter in bytes of UTF-8."""
MAX_SUBJECT = 100
"""Longest subject in characters."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>{_LABEL}(?:\.{_LABEL})*)")
_LOCAL_MAX, _ADDRESS_MAX = 64, 254
_MESSAGE_ID = re.compile(rf"<[a-z0-9]{{16,64}}@{_LABEL}(?:\.{_LABEL})*>")
_LANGUAGE = re.compile(r"[a-z]{2}")


class Letter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent, but for the addresses. `at` is the instant it was written."""

    message_id: str
    at: str
    language: str
    subject: str
    text: str


class MailLine(Protocol):
    """A line to a mail server."""

    async def send(self, letter: Letter, *, to: str) -> None:
        """Hand a letter to the mail server; it is the server's when this returns.

        Raises:
            LineError: nothing is known, or the server says later; trying again is right.
            OperatorError: somebody must mend the settings, or the address.
        """
        ...


def check_address(address: str) -> str:
    """A mail address as it may stand in a header; returned as given.

    Raises:
        InputError: `address-form`.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None or len(address) > _ADDRESS_MAX or len(found["local"]) > _LOCAL_MAX:
        raise InputError(
            "address-form",
            "this is no mail address of the plain form name@domain",
            advice="Letters without accents, digits and . _ + - only; one @.",
            field="mail",
        )
    return address


def domain_of(address: str) -> str:
    """What follows the @."""
    return address.rpartition("@")[2]


def on_the_wire(letter: Letter, *, sender: str, to: str) -> bytes:
    """The letter as a mail server takes it: 7-bit, CRLF, text in UTF-8.

    Raises:
        InputError: `address-form` or `letter-form`; nothing that came from here has that.
    """
    _check(letter)
    made = EmailMessage(policy=SMTP)
    made["From"] = check_address(sender)
    made["To"] = check_address(to)
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(instant(letter.at))
    made["Message-ID"] = letter.message_id
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text, charset="utf-8", cte="base64")
    made["Content-Language"] = letter.language
    return made.as_bytes()


def _check(letter: Letter) -> None:
    sound = (
        _MESSAGE_ID.fullmatch(letter.message_id),
        _LANGUAGE.fullmatch(letter.language),
        letter.subject.isprintable() and 0 < len(letter.subject) <= MAX_SUBJECT,
        len(letter.text.encode()) <= MAX_TEXT,
    )
    if not all(sound):
        raise InputError("letter-form", "this letter cannot be put into the form of a mail")
