"""The mail worker: writes what is to be written, carries what is queued; one task of a node.

It looks every ten seconds and when a letter's next try comes. A node without a mail host has no
such task; notices then stay in Tracer. A node that is being restored writes to nobody: the copy may
hold letters that went out long ago.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from tracer.casework.mail.post import Post
from tracer.casework.mail.writing import Office, Writing
from tracer.config import LOOPBACK, Config
from tracer.errors import InputError, OperatorError
from tracer.exchange.backoff import Patience
from tracer.node.gate import Gate
from tracer.node.own import own_entry
from tracer.node.rooms import Rooms
from tracer.node.workers.bell import guarded
from tracer.transport.letter import MailLine, check_address, domain_of
from tracer.transport.mail import PORTS, Encryption, MailServer, SmtpLine
from tracer.trust.secret_text import secret_text

EVERY: Final = 10.0
"""Seconds between two looks at what is to be written."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=30)
LEASE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """The work of the mail worker, one round at a time."""

    writing: Writing
    post: Post
    gate: Gate

    async def round(self) -> float:
        """Write and carry what is due; seconds until the next look."""
        if self.gate.restoring:
            return EVERY
        await self.writing.urgent()
        await self.writing.digests()
        if await self.post():
            return 0.0
        due = await self.post.next_due()
        return EVERY if due is None else min(max(due, 0.05), EVERY)


def mailing(rooms: Rooms, line: MailLine | None = None) -> Mailing:
    """Build the work from the settings; `line` stands in for the mail server's (tests).

    Raises:
        OperatorError: `config-value`: the sender's address is none.
    """
    config = rooms.config
    office = Office(
        authority=rooms.authority,
        domain=domain_of(_sender(config)),
        terms=lambda: own_entry(rooms.home).entry.terms,
        where=config.mail.where,
        digest_hour=config.mail.digest_hour,
    )
    return Mailing(
        writing=Writing(store=rooms.store, clock=rooms.clock, office=office),
        post=Post(
            store=rooms.store,
            clock=rooms.clock,
            line=line or SmtpLine(mail_server(config)),
            patience=Patience(
                base=FIRST_WAIT,
                cap=LONGEST_WAIT,
                horizon=timedelta(hours=config.mail.give_up_hours),
                lease=LEASE,
            ),
            chance=random.SystemRandom(),
        ),
        gate=rooms.gate,
    )


def mail_work(rooms: Rooms) -> Coroutine[None, None, None]:
    """The worker, to be run as a task; it ends at once if there is no mail host.

    Raises:
        OperatorError: `config-value`, before anything runs.
    """
    return _repeat(rooms, mailing(rooms) if rooms.config.mail.host else None)


async def _repeat(rooms: Rooms, work: Mailing | None) -> None:
    if work is None:
        return
    await rooms.store.write(lambda tx: tx.mail.free())
    while True:
        pause = await guarded(work.round, otherwise=EVERY)
        await asyncio.sleep(pause)


def mail_server(config: Config) -> MailServer:
    """The mail server of the settings."""
    mail = config.mail
    encryption: Encryption
    if mail.tls == "auto":
        encryption = "none" if mail.host in LOOPBACK else "starttls"
    else:
        encryption = mail.tls
    return MailServer(
        host=mail.host,
        port=mail.port or PORTS[encryption],
        encryption=encryption,
        sender=_sender(config),
        user=mail.user,
        password=lambda: secret_text(_in_folder(config, mail.password)),
        ca_file=config.data_dir / mail.ca_file if mail.ca_file else None,
    )


def _sender(config: Config) -> str:
    try:
        return check_address(config.mail.sender)
    except InputError as error:
        raise OperatorError("config-value", f"mail.sender: {error.message}") from error


def _in_folder(config: Config, uri: str) -> str:
    """The reference with a relative file made absolute in the data folder."""
    kind, _, name = uri.partition(":")
    return f"file:{config.data_dir / Path(name)}" if kind == "file" else uri
