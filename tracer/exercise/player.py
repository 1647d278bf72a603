"""One simulated authority at work: looks at its cases, and says what its temper has it say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from tracer.clock import Clock, instant
from tracer.demo.cast import Authority
from tracer.errors import TracerError
from tracer.exercise import papers
from tracer.exercise.ground import LEARNERS, Simulated
from tracer.exercise.temper import Seen, reply
from tracer.node.control.client import ask

Told = Callable[[str, str], None]
"""Told who did what, in words."""
_QUIET: Final = frozenset({"disclosure-notice", "recall", "correction"})
"""Needs no word from a simulated authority."""


class Player:
    """Acts for one authority through the control socket of its node."""

    def __init__(
        self, authority: Authority, simulated: Simulated, *, clock: Clock, told: Told
    ) -> None:
        self._authority = authority
        self._simulated = simulated
        self._clock = clock
        self._told = told
        self._puzzled: dict[str, str] = {}
        """Newest message of cases that it could not answer: asked about once, not each round."""

    async def opens(self, n: int) -> None:
        """Ask the learners about a firearm."""
        state = self._authority.id[:2]
        paper = papers.request(n, made_in=LEARNERS[:2], found_in=state)
        draft = await self._writes("draft.new", peer=LEARNERS, document=paper)
        await self._sends(draft, "request")

    async def look(self, *, patience: float) -> int:
        """Answer every case in which the other side has waited for `patience` seconds; how many."""
        done = 0
        for line in await self._writes("thread.list"):
            if line["awaiting"] == self._authority.id and self._waited(line) >= patience:
                done += await self._answers(str(line["thread"]))
        return done

    async def _answers(self, thread: str) -> bool:
        case = await self._writes("thread.show", thread=thread)
        newest = str(case["steps"][-1]["id"])
        kind = reply(self._simulated.temper, self._seen(case))
        if kind is None or self._puzzled.get(thread) == newest:
            return False
        try:
            draft = await self._writes(
                "draft.reply", thread=thread, type=kind, document=self._paper(kind, case)
            )
            await self._sends(draft, kind)
        except (TracerError, KeyError) as error:
            # What learners write may fit no paper of ours: the exercise goes on, and says so.
            self._puzzled[thread] = newest
            self._told(self._authority.id, f"does not know what to answer ({error})")
            return False
        return True

    def _seen(self, case: Mapping[str, Any]) -> Seen:
        said = [one for one in case["steps"] if one["by"] == self._authority.id]
        heard = [one for one in case["steps"] if one["by"] != self._authority.id]
        return Seen(
            opened=str(case["steps"][0]["type"]),
            owes=tuple(str(one["what"]) for one in case["owed"] if one["ours"]),
            said=tuple(str(one["type"]) for one in said),
            heard=tuple(str(one["type"]) for one in heard if one["type"] not in _QUIET),
        )

    def _paper(self, kind: str, case: Mapping[str, Any]) -> papers.Paper:
        heard = {
            str(one["type"]): str(one["id"])
            for one in case["steps"]
            if one["by"] != self._authority.id
        }
        about = papers.About(
            state=self._authority.id[:2],
            onward=self._simulated.onward,
            today=self._today(),
            firearms=case["steps"][0]["document"].get("firearms", ()),
            heard=heard,
        )
        return papers.write(kind, about)

    async def _sends(self, draft: Mapping[str, Any], kind: str) -> None:
        await self._writes("release.submit", draft=draft["id"])
        await self._decides("release.approve", draft=draft["id"])
        self._told(self._authority.id, f"sent: {kind}")

    async def _writes(self, name: str, **args: Any) -> Any:
        return await ask(self._authority.folder, name, args, actor=self._authority.writer)

    async def _decides(self, name: str, **args: Any) -> Any:
        return await ask(self._authority.folder, name, args, actor=self._authority.releaser)

    def _waited(self, line: Mapping[str, Any]) -> float:
        return (self._clock.now() - instant(str(line["updated"]))).total_seconds()

    def _today(self) -> date:
        return self._clock.now().date()
