"""What a refusal without an id counts for: the peer could not read whose seal it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.lines import ScriptedLine
from tests.faults.pair import Pair, pair
from tests.nodes import request
from tracer.clock import stamp
from tracer.errors import PeerError
from tracer.exchange import batch as wire
from tracer.exchange.refusals import refuse
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer


class RefusingLine(ScriptedLine):
    """Brings one answer to every batch: a refusal without an id, of what `of` makes of the seal."""

    def __init__(self, line: PeerLine, of: Callable[[str], str]) -> None:
        super().__init__(line)
        self.of = of
        self.two: Pair | None = None

    async def messages(self, peer: Peer, body: bytes) -> bytes:
        assert self.two is not None
        b = self.two.b.rooms
        (sealed,) = wire.read_batch(body, limit=1).messages
        refusal = refuse(
            PeerError("jwe-form", "not read"),
            self.of(sealed.jwe).encode(),
            message_id="",
            us=peer.authority,
            peer=self.two.a.rooms.authority,
            at=stamp(b.clock.now()),
            key=b.keyring.signing_key(),
        )
        head = wire.Head(profile=wire.PROFILE, checkpoint=None, consistency=None)
        return wire.write(head, (wire.Reply("", refusal=refusal),))


@pytest.mark.parametrize(
    ("of", "state"),
    [(lambda jwe: jwe, "undeliverable"), (lambda jwe: jwe + "A", "queued")],
    ids=["of-the-bytes-sent", "of-other-bytes"],
)
async def test_a_refusal_without_an_id_counts_if_it_is_of_the_bytes_that_were_sent(
    tmp_path: Path, of: Callable[[str], str], state: str
) -> None:
    lines: list[RefusingLine] = []

    def through(line: PeerLine) -> PeerLine:
        lines.append(RefusingLine(line, of))
        return lines[-1]

    async with pair(tmp_path, through=through) as two:
        for line in lines:
            line.two = two
        sent = await two.a.rooms.submit(request(two.a.rooms, two.b.rooms.authority))
        await two.a.round()
        assert (await two.a.row(sent.id)).state == state
