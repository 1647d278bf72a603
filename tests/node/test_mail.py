"""The mail worker of a node: settings to server, rounds, what the operator is told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.casework.desks import PEOPLE
from tests.mail.server import PASSWORD, USER, Mailbox, authority, mail_server
from tests.mail.world import SENDER, Sent
from tests.nodes import Made, free_port, make_node, until
from tests.store import make
from tests.store.test_mail import notice
from tracer.clock import FixedClock, SystemClock, instant
from tracer.config import Config
from tracer.errors import LineError, OperatorError
from tracer.model.terms import Offset
from tracer.node.custody import issue
from tracer.node.desk import notices_of
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms
from tracer.node.serve import running
from tracer.node.status.nouns import Check
from tracer.node.status.whole import status
from tracer.node.workers.mail import mail_server as server_of
from tracer.node.workers.mail import mailing
from tracer.store import ContactRow, Tx
from tracer.trust.private_files import write_private

MAIL = {"host": "localhost", "sender": SENDER}


def settings(**mail: Any) -> Config:
    return Config.load(Path("data"), environ={}, explicit={"mail": MAIL | mail})


async def made_node(root: Path, **mail: Any) -> Made:
    """A node on disk with these settings of mail."""
    made = await make_node(root, "XA-NPOC", port=free_port())
    return Made("XA-NPOC", made.home, Config.load(root, environ={}, explicit={"mail": mail}))


async def fill(rooms: Rooms) -> None:
    """An officer with an address, and an urgent notice for them."""

    def body(tx: Tx) -> None:
        tx.people.add("ben", PEOPLE["ben"], by="test")
        tx.threads.create_many([make.thread("m")])
        tx.contacts.put(ContactRow("ben", "ben@xa.example", "en", digest=True))
        tx.notices.add([notice(urgent=True, urgency="FLASH")])

    await rooms.store.write(body)


async def mail_check(rooms: Rooms) -> Check:
    found = await status(rooms, running=True)
    return next(one for one in found.checks if one.what == "mail")


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        ({}, ("none", 25)),
        ({"host": "127.0.0.1"}, ("none", 25)),
        ({"host": "mail.xa.example"}, ("starttls", 587)),
        ({"host": "localhost.xa.example"}, ("starttls", 587)),
        ({"tls": "starttls"}, ("starttls", 587)),
        ({"host": "mail.xa.example", "tls": "implicit"}, ("implicit", 465)),
        ({"host": "mail.xa.example", "tls": "none"}, ("none", 25)),
        ({"tls": "implicit", "port": 4465}, ("implicit", 4465)),
    ],
)
def test_mail_is_encrypted_unless_the_server_is_here_or_the_settings_say_otherwise(
    mail: dict[str, Any], expected: tuple[str, int]
) -> None:
    server = server_of(settings(**mail))
    assert (server.encryption, server.port) == expected


async def test_a_running_node_sends_with_encryption_and_a_login(tmp_path: Path) -> None:
    box, ca = Mailbox(), authority(tmp_path / "ca")
    async with mail_server(box, starttls=ca.context(), login=True) as port:
        made = await made_node(
            tmp_path / "node",
            **MAIL,
            port=port,
            tls="starttls",
            ca_file=str(ca.file),
            user=USER,
            password="file:mail.password",
        )
        write_private(made.home.root / "mail.password", PASSWORD.encode(), replace=False)
        async with open_rooms(made.home, made.config, SystemClock()) as rooms:
            await fill(rooms)
        async with running(made.home, made.config, SystemClock()) as node:
            await until(lambda: box.taken)
            assert box.to == ["ben@xa.example"]
            assert "LIFE AT RISK" in box.letters[0].get_content()
            await until(lambda: _sent(node.rooms))
            assert (await mail_check(node.rooms)).level == "ok"


async def _sent(rooms: Rooms) -> bool:
    rows = await rooms.store.read(lambda tx: tx.mail.rows())
    return [row.state for row in rows] == ["sent"]


async def test_a_node_without_a_mail_host_writes_to_nobody(tmp_path: Path) -> None:
    made = await made_node(tmp_path)
    async with running(made.home, made.config, SystemClock()) as node:
        await fill(node.rooms)
        await asyncio.sleep(0)
        assert await node.rooms.store.read(lambda tx: tx.mail.rows()) == []
        found = await mail_check(node.rooms)
        assert (found.level, found.sentence) == ("off", "off, notices stay in Tracer (mail.host)")


async def test_a_sender_that_is_no_address_stops_the_start(tmp_path: Path) -> None:
    made = await made_node(tmp_path, host="localhost", sender="tracer\nBcc: x@y.example")
    with pytest.raises(OperatorError) as caught:
        async with running(made.home, made.config, SystemClock()):
            pass
    assert (caught.value.code, "mail.sender" in caught.value.message) == ("config-value", True)


async def test_a_node_that_is_being_restored_writes_to_nobody(tmp_path: Path) -> None:
    made = await made_node(tmp_path, **MAIL)
    line = Sent()
    async with open_rooms(made.home, made.config, SystemClock()) as rooms:
        await fill(rooms)
        made.home.restoring.write_text("restored from a copy")
        assert await mailing(rooms, line).round() > 0
        assert line.letters == []
        made.home.restoring.unlink()
        assert await mailing(rooms, line).round() == 0
        assert len(line.letters) == 1


async def test_mail_and_notices_tell_the_local_time_of_the_terms_of_now(tmp_path: Path) -> None:
    made = await made_node(tmp_path, **MAIL)
    line = Sent()
    async with open_rooms(made.home, made.config, SystemClock()) as rooms:
        east = (Offset("2000-01-01T00:00:00.000Z", 330),)
        terms = msgspec.structs.replace(rooms.entry.entry.terms, offsets=east)
        assert terms != rooms.entry.entry.terms
        notices, mail = notices_of(rooms), mailing(rooms, line)
        await issue(rooms, actor="officer", terms=terms)
        await fill(rooms)
        (told,) = await notices.list("ben")
        assert "+05:30" in told.until
        await mail.round()
        ((_, letter),) = line.letters
        assert "+05:30" in letter.text


@pytest.mark.parametrize(
    ("error", "hours", "level", "says"),
    [
        (LineError("mail-line", "broken"), 0, "ok", "1 letter waiting"),
        (LineError("mail-line", "broken"), 2, "look", "does not take it"),
        (OperatorError("mail-login", "refused"), 0, "act", "mail-login"),
        (OperatorError("mail-tls", "refused"), 0, "act", "mail-tls"),
        (OperatorError("mail-recipient", "refused"), 0, "act", "ben (mail-recipient)"),
    ],
)
async def test_the_operator_is_told_what_waits_and_what_was_given_up(
    tmp_path: Path, error: Any, hours: int, level: str, says: str
) -> None:
    made = await made_node(tmp_path, **MAIL)
    clock = FixedClock(SystemClock().now())
    async with open_rooms(made.home, made.config, clock) as rooms:
        await fill(rooms)
        await mailing(rooms, Sent(raises=[error])).round()
        clock.advance(hours * (instant("2026-03-01T01:00:01.000Z") - _MIDNIGHT))
        found = await mail_check(rooms)
        assert (found.level, says in found.sentence) == (level, True)
        assert bool(found.advice) is (level != "ok")


_MIDNIGHT = instant("2026-03-01T00:00:00.000Z")
