"""The line to a mail server: encryption, certificates, login, replies, the form of a letter."""

from __future__ import annotations

import asyncio
import email.policy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from tests.mail.server import PASSWORD, USER, Mailbox, authority, mail_server
from tests.mail.world import SENDER, smtp
from tests.nodes import free_port
from tracer.casework.mail.language import words_of
from tracer.errors import InputError, LineError, OperatorError, TracerError
from tracer.transport.letter import MAX_TEXT, Letter, on_the_wire

TO = "ben@xa.example"
LETTER = Letter(
    message_id="<0123456789abcdef0123456789abcdef01234567@xa.example>",
    at="2026-03-01T12:00:00.000Z",
    language="ar",
    subject="Tracer XA-2026-000001",
    text=f"{words_of('ar').say('act.notice-due')}\n.\n..\nFrom here\n",
)


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw(talk: Talk) -> AsyncIterator[int]:
    """A server that says what it likes; its port. It is over when every connection is."""
    over: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
            await reader.read()
        except ConnectionError:
            return
        finally:
            writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over.append(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await asyncio.gather(*over)
        await server.wait_closed()


async def refused(line: Any, letter: Letter = LETTER) -> TracerError:
    """The error of a letter that is not taken."""
    with pytest.raises(TracerError) as caught:
        await line.send(letter, to=TO)
    return caught.value


async def test_a_letter_arrives_with_its_headers_and_its_text_unchanged() -> None:
    box = Mailbox()
    async with mail_server(box) as port:
        await smtp(port).send(LETTER, to=TO)
    (found,) = box.letters
    assert box.to == [TO]
    assert found.get_content().replace("\r\n", "\n") == LETTER.text
    assert dict(found.items()) == {
        "From": SENDER,
        "To": TO,
        "Subject": "Tracer XA-2026-000001",
        "Date": "Sun, 01 Mar 2026 12:00:00 +0000",
        "Message-ID": LETTER.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": "ar",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",
        "MIME-Version": "1.0",
    }
    assert box.taken[0].isascii()
    assert max(map(len, box.taken[0].split(b"\r\n"))) <= 78


async def test_starttls_is_used_where_it_is_asked_for(tmp_path: Path) -> None:
    box, ca = Mailbox(), authority(tmp_path)
    async with mail_server(box, starttls=ca.context()) as port:
        await smtp(port, encryption="starttls", ca_file=ca.file).send(LETTER, to=TO)
    assert (len(box.taken), box.seen) == (1, ["EHLO", "EHLO", "RCPT", "DATA"])


async def test_tls_from_the_first_byte_is_used_where_it_is_asked_for(tmp_path: Path) -> None:
    box, ca = Mailbox(), authority(tmp_path)
    async with mail_server(box, implicit=ca.context()) as port:
        await smtp(port, encryption="implicit", ca_file=ca.file).send(LETTER, to=TO)
    assert len(box.taken) == 1


async def test_a_server_that_offers_no_encryption_gets_nothing(tmp_path: Path) -> None:
    box, ca = Mailbox(), authority(tmp_path)
    async with mail_server(box) as port:
        line = smtp(
            port,
            encryption="starttls",
            ca_file=ca.file,
            user=USER,
            password=lambda: PASSWORD,
        )
        error = await refused(line)
    assert (type(error), error.code) == (OperatorError, "mail-tls")
    assert box.seen == ["EHLO"]


@pytest.mark.parametrize("way", ["starttls", "implicit"])
@pytest.mark.parametrize("wrong", ["name", "authority", "system"])
async def test_a_certificate_that_is_not_trusted_for_the_name_is_refused(
    tmp_path: Path, way: str, wrong: str
) -> None:
    box, ca = Mailbox(), authority(tmp_path / "one")
    context = ca.context("mail.elsewhere.example" if wrong == "name" else "localhost")
    trusted = authority(tmp_path / "two") if wrong == "authority" else ca
    file = None if wrong == "system" else trusted.file
    given: dict[str, Any] = {way: context}
    async with mail_server(box, **given) as port:
        error = await refused(smtp(port, encryption=way, ca_file=file))
    assert (type(error), error.code) == (OperatorError, "mail-certificate")
    assert (box.taken, "RCPT" in box.seen) == ([], False)


async def test_a_file_without_certificates_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    error = await refused(smtp(1, encryption="starttls", ca_file=tmp_path / "ca.pem"))
    assert (type(error), error.code) == (OperatorError, "mail-ca")


async def test_the_password_is_asked_for_at_each_login(tmp_path: Path) -> None:
    box, ca = Mailbox(), authority(tmp_path)
    now = ["not it"]
    async with mail_server(box, starttls=ca.context(), login=True) as port:
        line = smtp(
            port,
            encryption="starttls",
            ca_file=ca.file,
            user=USER,
            password=lambda: now[0],
        )
        error = await refused(line)
        assert (type(error), error.code) == (OperatorError, "mail-login")
        now[0] = PASSWORD
        await line.send(LETTER, to=TO)
    assert len(box.taken) == 1


async def test_a_server_that_knows_no_login_is_told() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while await reader.readline():
            writer.write(b"250 hello\r\n")

    async with raw(plain) as port:
        error = await refused(smtp(port, user=USER, password=lambda: PASSWORD))
    assert (type(error), error.code) == (OperatorError, "mail-server")


@pytest.mark.parametrize(
    ("where", "reply", "kind", "code"),
    [
        ("on_rcpt", "450 4.2.0 greylisted", LineError, "mail-later"),
        ("on_rcpt", "550 5.1.1 no such mailbox", OperatorError, "mail-recipient"),
        ("on_data", "451 4.3.0 local error", LineError, "mail-later"),
        ("on_data", "554 5.7.1 not wanted", OperatorError, "mail-refused"),
    ],
)
async def test_a_reply_that_says_later_is_told_apart_from_one_that_says_never(
    where: str, reply: str, kind: type[TracerError], code: str
) -> None:
    box = Mailbox(**{where: reply})  # type: ignore[arg-type]
    async with mail_server(box) as port:
        error = await refused(smtp(port))
    assert (type(error), error.code) == (kind, code)
    assert "mailbox" not in error.message


async def test_nobody_at_the_other_end_is_the_lines_fault() -> None:
    error = await refused(smtp(free_port()))
    assert (type(error), error.code) == (LineError, "mail-line")


@pytest.mark.parametrize(
    "greeting", [b"", b"421 4.3.2 closing\r\n", b"220 x\r\n250 x\r\n", b"\xff"]
)
async def test_a_server_that_breaks_off_is_the_lines_fault(greeting: bytes) -> None:
    async def cut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    async with raw(cut) as port:
        error = await refused(smtp(port))
    assert (type(error), error.code) == (LineError, "mail-line")


@pytest.mark.parametrize(
    ("step", "kind", "code"),
    [
        (0, LineError, "mail-line"),
        (1, OperatorError, "mail-server"),
        (2, LineError, "mail-line"),
        (3, OperatorError, "mail-server"),
        (4, LineError, "mail-line"),
        (5, OperatorError, "mail-server"),
    ],
)
async def test_a_server_that_refuses_to_begin_says_nothing_about_the_letter(
    step: int, kind: type[TracerError], code: str
) -> None:
    """Greeting, hello and encryption, each refused for now and for good."""
    replies = [b"220 ready", b"250-hello\r\n250 STARTTLS", b"220 go on"]
    replies[step // 2] = b"454 not now" if step % 2 == 0 else b"502 never"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(replies[0] + b"\r\n")
        while said := await reader.readline():
            writer.write(replies[2 if said.startswith(b"STARTTLS") else 1] + b"\r\n")

    async with raw(talk) as port:
        error = await refused(smtp(port, encryption="starttls"))
    assert (type(error), error.code) == (kind, code)


@pytest.mark.parametrize("limit", ["step_seconds", "total_seconds"])
async def test_a_silent_server_is_left_after_a_time(limit: str) -> None:
    async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with raw(wait) as port:
        error = await refused(smtp(port, **{limit: 0.05}))
    assert (type(error), error.code) == (LineError, "mail-line")


async def test_a_server_that_never_ends_its_answer_is_left() -> None:
    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"220-" + b"x" * 8000 + b"\r\n")
            await writer.drain()

    async with raw(flood) as port:
        error = await refused(smtp(port))
    assert (type(error), error.code) == (LineError, "mail-line")


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Tracer\r\nBcc: eve@elsewhere.example"},
        {"subject": "Tracer\nX: y"},
        {"subject": ""},
        {"subject": "x" * 101},
        {"subject": "Tracer \u202e100000-6202"},
        {"message_id": "<a@xa.example>\r\nBcc: eve@elsewhere.example"},
        {"message_id": "a"},
        {"language": "en\r\nX: y"},
        {"text": "x" * (MAX_TEXT + 1)},
    ],
)
def test_nothing_can_be_put_into_a_header_that_does_not_belong_there(
    changes: dict[str, str],
) -> None:
    letter = Letter(
        **({name: getattr(LETTER, name) for name in LETTER.__struct_fields__} | changes)
    )
    with pytest.raises(InputError) as caught:
        on_the_wire(letter, sender=SENDER, to=TO)
    assert caught.value.code == "letter-form"


@pytest.mark.parametrize("field", ["sender", "to"])
def test_no_address_carries_a_header_with_it(field: str) -> None:
    given = {"sender": SENDER, "to": TO} | {field: "x@xa.example\r\nBcc: eve@elsewhere.example"}
    with pytest.raises(InputError) as caught:
        on_the_wire(LETTER, **given)
    assert caught.value.code == "address-form"


def test_a_text_that_looks_like_headers_stays_text() -> None:
    letter = Letter(
        message_id=LETTER.message_id,
        at=LETTER.at,
        language="en",
        subject=LETTER.subject,
        text="\r\n.\r\nBcc: eve@elsewhere.example\r\n\r\nx",
    )
    made = on_the_wire(letter, sender=SENDER, to=TO)
    found = BytesParser(policy=email.policy.default).parsebytes(made)
    assert found["Bcc"] is None
    assert b"Bcc" not in made
