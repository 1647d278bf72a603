"""Commands on what came or went by another way."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from tracer.casework.attach import Opened
from tracer.casework.entered import Entered
from tracer.casework.transcribing import Paper
from tracer.exchange.outside.statement import LETTER
from tracer.node.commands.base import Call, command


class Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    """How something came or went; `thread`, `state`, `message` as the command needs them."""

    way: str
    day: str
    thread: str = ""
    state: str = ""
    message: str = ""
    who: str = ""
    number: str = ""
    dated: str = ""
    words: str = ""
    language: str = "en"
    original: bytes | None = None
    kind: str = LETTER
    document: dict[str, Any] = {}

    def paper(self) -> Paper:
        """The facts of the envelope."""
        return Paper(
            way=self.way.upper(),
            day=self.day,
            who=self.who,
            number=self.number,
            dated=self.dated,
            words=self.words,
            language=self.language,
            original=self.original,
        )


class OfEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Names an entry of a case."""

    thread: str
    number: int


@command("transcript.came", Envelope)
async def _came(call: Call, args: Envelope) -> Entered:
    return await call.desk.transcribing.came(
        call.actor, args.thread, args.paper(), args.kind, args.document
    )


@command("transcript.opened", Envelope)
async def _opened(call: Call, args: Envelope) -> Entered:
    return await call.desk.transcribing.opened(call.actor, args.state, args.paper(), args.document)


@command("transcript.sent", Envelope)
async def _sent(call: Call, args: Envelope) -> Entered:
    return await call.desk.transcribing.sent(call.actor, args.thread, args.message, args.paper())


@command("transcript.compared", OfEntry)
async def _compared(call: Call, args: OfEntry) -> Entered:
    return await call.desk.transcribing.compared(call.actor, args.thread, args.number)


@command("transcript.original", OfEntry)
async def _original(call: Call, args: OfEntry) -> Opened:
    return await call.desk.transcribing.original(call.actor, args.thread, args.number)


COMMANDS = (_came, _opened, _sent, _compared, _original)
