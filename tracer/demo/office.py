"""An office in the demonstration: two people at the control socket of their node."""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from tracer.demo.cast import Authority
from tracer.demo.timeline import Timeline
from tracer.errors import InputError, OperatorError
from tracer.node.control.client import ask
from tracer.wording import counted

PATIENCE = 60.0
"""Seconds in which a message has to be receipted, or to arrive."""

_LOGS = 2


class Office:
    """What the people of one authority do, told on the timeline."""

    def __init__(self, authority: Authority, timeline: Timeline) -> None:
        self.authority = authority
        self._timeline = timeline
        self._carried: dict[str, Office] = {}

    @property
    def state(self) -> str:
        """The State, as the timeline shows it."""
        return self.authority.id[:2]

    def has_no_line_to(self, other: Office) -> None:
        """What goes to this office is carried by hand."""
        self._carried[other.authority.id] = other

    async def writes(self, name: str, **args: Any) -> Any:
        """The first person does something."""
        return await ask(self.authority.folder, name, args, actor=self.authority.writer)

    async def decides(self, name: str, **args: Any) -> Any:
        """The second person does something."""
        return await ask(self.authority.folder, name, args, actor=self.authority.releaser)

    async def trusts(self, other: Authority, fingerprint: str) -> None:
        """Take another authority's entry after comparing its fingerprint."""
        entry = (other.folder / "entry.json").read_text()
        await self.decides("peer.add", file=entry, compared=fingerprint)

    async def chooses(self, others: Sequence[Authority], quorum: int) -> None:
        """Name others as witnesses of the own log; the new entry stands in the folder."""
        names = [other.id for other in others]
        await self.decides("witness.choose", authorities=names, quorum=quorum)

    async def told(self, other: Authority) -> None:
        """Take the next entry of an authority that is known; its old key has signed it."""
        await self.decides("peer.add", file=(other.folder / "entry.json").read_text())

    async def seen(self) -> None:
        """Wait until the witnesses of our log have signed all of it.

        Raises:
            OperatorError: `demo-witness`, when patience is over.
        """
        log: Mapping[str, Any] = {"size": 1, "covered": 0}
        try:
            async with asyncio.timeout(PATIENCE):
                while log["covered"] < log["size"]:
                    log = (await self.decides("witness.list"))["log"]
                    await asyncio.sleep(0.25)
        except TimeoutError:
            told = f"{counted(log['size'] - log['covered'], 'record')} of its log without a witness"
            raise OperatorError("demo-witness", f"{self.state}: {told}") from None

    async def witnessed(self, thread: str) -> Mapping[str, Any]:
        """Wait until every message of a case is seen by its quorum in both logs; the first one.

        Raises:
            OperatorError: `demo-witness`, with what is missing when patience is over.
        """
        missing = ["all messages"]
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    steps = (await self.writes("thread.show", thread=thread))["steps"]
                    if not (missing := unwitnessed(steps)):
                        return dict(steps[0])
                    await asyncio.sleep(0.25)
        except TimeoutError:
            told = f"not witnessed after {PATIENCE:.0f} seconds: {'; '.join(missing)}"
            raise OperatorError("demo-witness", f"{self.state}: {told}") from None

    async def sends(self, draft: Mapping[str, Any], what: str) -> str:
        """Hand in a draft, have the other person release it, wait for the receipt; message id."""
        await self.writes("release.submit", draft=draft["id"])
        begun = time.monotonic()
        released = await self.decides("release.approve", draft=draft["id"])
        message = str(released["message_id"])
        if (other := self._carried.get(draft["peer"])) is not None:
            await self.carries(other)
        receipt = await self._receipt(draft["peer"], message)
        took = (time.monotonic() - begun) * 1000
        self._timeline.step(self.state, f"→ {draft['peer'][:2]}  {what}")
        self._timeline.note(
            f"written by {self.authority.writer}, released by {self.authority.releaser}; delivered"
            f" to their system {receipt[11:23]} UTC, receipt verified after {took:.0f} ms"
        )
        return message

    async def answers(self, thread: str, kind: str, paper: Mapping[str, Any], what: str) -> str:
        """Write a message in a thread and send it."""
        draft = await self.writes("draft.reply", thread=thread, type=kind, document=dict(paper))
        return await self.sends(draft, what)

    async def has(self, thread: str, state: str) -> Mapping[str, Any]:
        """Wait until a case is in a state here; the case."""
        case: Mapping[str, Any] = {}
        async with asyncio.timeout(PATIENCE):
            while case.get("state") != state:
                await asyncio.sleep(0.02)
                case = await self._case(thread)
        return case

    async def photo(self, request: str, n: int) -> bytes:
        """Wait for a file of a request, open it; its bytes."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    found = await self.writes(
                        "thread.attachment", thread=request, message=request, n=n
                    )
                    return base64.b64decode(found["data"])
                except InputError as error:
                    if error.code != "attachment-not-here":
                        raise
                await asyncio.sleep(0.05)

    async def carries(self, other: Office) -> None:
        """Export, carry the files, import there; the same back with the receipts."""
        for file in await self.decides("courier.export", peer=other.authority.id):
            size = file["bytes"] / 1000
            self._timeline.step(
                self.state, f"⇒ {other.state}  file {file['number']} for the courier, {size:.0f} kB"
            )
            taken = await other.takes_in(self, str(file["name"]))
            for receipts in taken["back"]:
                await self.takes_in(other, str(receipts["name"]))

    async def takes_in(self, giver: Office, name: str) -> Mapping[str, Any]:
        """Take in a file that was carried over from another office; what came of it."""
        laid = f"in-{secrets.token_hex(8)}"
        folder = self.authority.folder / "courier"
        folder.mkdir(mode=0o700, exist_ok=True)
        (giver.authority.folder / "courier" / name).rename(folder / laid)
        found: Mapping[str, Any] = await self.decides("courier.import", file=laid)
        (folder / laid).unlink()
        return found

    async def _case(self, thread: str) -> Mapping[str, Any]:
        lines = await self.writes("thread.list")
        return next((line for line in lines if line["thread"] == thread), {})

    async def _receipt(self, peer: str, message: str) -> str:
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.writes("message.delivery", authority=peer, message=message)
                if found["receipt_at"]:
                    return str(found["receipt_at"])
                if found["state"] == "undeliverable":
                    raise OperatorError("demo-refused", f"{peer} refused: {found['code']}")
                await asyncio.sleep(0.02)


def unwitnessed(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Messages of a case that a quorum has not seen yet in both logs, and in whose it has not."""
    missing = []
    for step in steps:
        late = [log["authority"] for log in step["witnessed"] if not log["since"]]
        if len(step["witnessed"]) < _LOGS:
            late.append("its recipient, no receipt of whom is here")
        if late:
            missing.append(f"{step['type']} of {step['by']} in the log of {', '.join(late)}")
    return missing
