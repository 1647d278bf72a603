"""The story: a pistol seized in XA, made in XB, imported to XC."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tracer.demo import papers
from tracer.demo.cast import Authority
from tracer.demo.office import Office
from tracer.demo.photos import mark
from tracer.demo.timeline import Timeline
from tracer.errors import OperatorError
from tracer.node.home import Home
from tracer.trust.entry import VerifiedEntry, fingerprint, verify_entry
from tracer.wording import counted

_WAYS = {
    "reached": "is reached",
    "collects": "opens no port and collects",
    "courier": "has no line",
}


class Story:
    """Tells itself chapter by chapter.

    With `carried` there is no line between XA and XB, and files are carried; both have one to XC.
    """

    def __init__(
        self, cast: Sequence[Authority], timeline: Timeline, *, carried: bool = False
    ) -> None:
        self._a, self._b, self._c = (Office(one, timeline) for one in cast)
        self._carried = carried
        if carried:
            self._a.has_no_line_to(self._b)
            self._b.has_no_line_to(self._a)
        self._timeline = timeline

    @property
    def maker(self) -> Office:
        """XB, where the pistol was made."""
        return self._b

    @property
    def importer(self) -> Office:
        """XC, where it went."""
        return self._c

    async def acquaintance(self, entries: Sequence[VerifiedEntry]) -> None:
        """The three exchange entry files and compare fingerprints."""
        offices = (self._a, self._b, self._c)
        for office in offices:
            for other, entry in zip(offices, entries, strict=True):
                if other is not office:
                    await office.trusts(other.authority, fingerprint(entry.jws))
        for office, entry in zip(offices, entries, strict=True):
            way = _WAYS[entry.entry.mode]
            told = "the other two have compared its fingerprint by voice"
            self._timeline.step(office.state, f"{office.authority.id} {way}; {told}")
        if self._carried:
            self._timeline.step("", "XA and XB have no line to each other: files are carried")

    async def watch(self, *, by_all: bool = True) -> None:
        """Each chooses the other two as witnesses of its log, and hands out the entry that says so.

        An entry that follows from the one they know is taken without a telephone call. XA and XB
        witness nothing for each other without a line, nor where not `by_all` are to: their logs
        are witnessed by XC.
        """
        offices = (self._a, self._b, self._c)
        apart = {self._a, self._b} if self._carried or not by_all else set()
        for office in offices:
            others = [one for one in offices if one is not office and not {one, office} <= apart]
            await office.chooses([one.authority for one in others], quorum=len(others))
        for office in offices:
            for other in offices:
                if other is not office:
                    await office.told(other.authority)
        who = "XA and XB have chosen XC as witness of their logs, XC has chosen both"
        told = who if apart else "each has chosen the other two as witnesses of its log"
        self._timeline.step("", told)

    def fingerprints(self) -> None:
        """What the desks and commands of all three show from here on, to compare by voice."""
        for office in (self._a, self._b, self._c):
            entry = verify_entry(Home(office.authority.folder).entry.read_bytes())
            told = f"{office.authority.id}, entry {entry.entry.seq}, fingerprint"
            self._timeline.note(f"{told}: {fingerprint(entry.jws)}")

    async def witnessed(self, threads: Sequence[tuple[str, Office]]) -> None:
        """The cases, seen by the witnesses of both logs; what those signed is carried, too."""
        if self._carried:
            for here, there in ((self._a, self._b), (self._b, self._a)):
                await here.seen()
                await here.carries(there)
        for thread, other in threads:
            for office in (self._a, other):
                step = await office.witnessed(thread)
                for log in step["witnessed"]:
                    whose = "our log" if log["authority"] == office.authority.id else "theirs"
                    self._timeline.step(
                        office.state,
                        f"request in {whose} witnessed by {len(log['by'])} of {log['of']} "
                        f"(quorum {log['quorum']}), since {log['since'][11:19]} UTC: "
                        f"{', '.join(name.partition('/')[0] for name in log['by'])}",
                    )

    async def first_request(self) -> str:
        """XA asks XB with two photos; XB takes it, asks back, is answered."""
        draft = await self._a.writes(
            "draft.new", peer=self._b.authority.id, document=papers.request() | {"test": True}
        )
        await self._photo(draft["id"], "B7 4?162", "Serial on the frame")
        draft = await self._photo(draft["id"], "XC 19", "Import mark on the barrel")
        self._findings(draft)
        thread = await self._a.sends(draft, "tracing request: a pistol, serial B7 4?162, 2 photos")
        await self._b.has(thread, "DELIVERED")
        await self._photos_arrive(thread)
        await self._b.answers(
            thread, "acknowledgement", papers.ACKNOWLEDGED, "a person has taken it"
        )
        question = await self._b.answers(
            thread, "more-info", papers.ASKED_MORE, "asks: can the fifth character be restored?"
        )
        await self._a.has(thread, "INFO_REQUESTED")
        await self._a.answers(
            thread, "amend", papers.restored(question), "answers: restored by etching, B7 48162"
        )
        return thread

    async def answer(self, thread: str) -> str:
        """XB finds the pistol: exported to XC; its answer may not go to a third State."""
        result = await self._b.answers(
            thread,
            "result",
            papers.EXPORTED,
            "found: exported to XC in 2019 (not for third States)",
        )
        await self._a.has(thread, "ANSWERED")
        return result

    async def follow_on(self, thread: str) -> str:
        """XA asks XC with what it knows itself; XB's answer stays home until XB consents."""
        found = await self._a.writes("draft.follow-on", thread=thread, peer=self._c.authority.id)
        self._kept_back(found)
        sent = await self._a.sends(found["draft"], "follow-on request, from the import mark alone")
        ask = await self._a.writes("draft.ask-consent", thread=thread, peer=self._c.authority.id)
        asked = await self._a.sends(ask, "asks for consent to tell XC what XB answered")
        await self._b.answers(
            thread, "consent-given", papers.consent_given(asked), "consent given for XC"
        )
        await self._c.has(sent, "DELIVERED")
        await self._c.answers(
            sent, "acknowledgement", {"unit": "Register"}, "a person has taken it"
        )
        await self._c.answers(
            sent, "result", papers.LAST_HOLDER, "found: last recorded holder, 2024"
        )
        await self._a.has(sent, "ANSWERED")
        return sent

    async def feedback(self, threads: Sequence[str]) -> None:
        """XA tells both what came of it; the cases close on both sides."""
        for thread, other in zip(threads, (self._b, self._c), strict=True):
            await self._a.answers(thread, "feedback", papers.FEEDBACK, "feedback; closed")
            await self._a.has(thread, "CLOSED")
            await other.has(thread, "CLOSED")

    async def refusal(self) -> str:
        """Another request, refused on a named ground."""
        paper = papers.second_request() | {"test": True}
        draft = await self._a.writes("draft.new", peer=self._b.authority.id, document=paper)
        thread = await self._a.sends(draft, "another tracing request: serial B7 51907")
        await self._b.has(thread, "DELIVERED")
        await self._b.answers(
            thread, "refused", papers.REFUSED, "refused, ITI 22: an investigation would be at risk"
        )
        await self._a.has(thread, "REFUSED")
        return thread

    async def proof(self) -> None:
        """Every node recomputes its log, receipts and cases."""
        for office in (self._a, self._b, self._c):
            checked = await office.decides("store.verify")
            rebuilt = await office.decides("store.rebuild", write=False)
            if rebuilt["differences"] or checked["faults"]:
                raise OperatorError("demo-rebuild", f"{office.state}: a case does not rebuild")
            self._timeline.step(office.state, _proved(checked, rebuilt))

    async def evidence(self, thread: str) -> None:
        """XA exports the case; a process that knows no node checks the file."""
        found = await self._a.decides("evidence.export", thread=thread, pdf=False)
        path = self._a.authority.folder.parent / "case.zip"
        (Home(self._a.authority.folder).evidence / found["lies"]).replace(path)
        files = [Home(one.authority.folder).entry.read_bytes() for one in (self._a, self._b)]
        prints = [fingerprint(verify_entry(data).jws) for data in files]
        known = [word for one in prints for word in ("--trust", one)]
        verdict = msgspec.json.decode(
            await _tracer("--output", "json", "verify", *known, str(path))
        )
        if not verdict["holds"]:
            raise OperatorError("demo-evidence", "the exported evidence does not verify")
        self._timeline.step(
            "XA",
            f"evidence for the court: {path.name}, {path.stat().st_size / 1000:.0f} kB;"
            f" {counted(len(verdict['messages']), 'message')}, each with its receipt",
        )
        self._timeline.note(
            "checked by a process without a node, network or settings: it holds for the two"
            " authorities whose present fingerprints it was given"
        )
        for one in verdict["witnesses"]:
            self._timeline.note(f"confirmed by {one['name']}, key {one['key'][:16]}")
        for whose, count in _least(verdict["messages"]).items():
            words = f"each of its messages is witnessed by at least {count} in the log of {whose}"
            self._timeline.note(words)

    async def _photo(self, draft: str, text: str, caption: str) -> Any:
        return await self._a.writes(
            "draft.attach", draft=draft, data=mark(text), kind="PHOTO_MARK", caption=caption
        )

    async def _photos_arrive(self, thread: str) -> None:
        sizes = []
        for n in (1, 2):
            photo = await self._b.photo(thread, n)
            if photo != await self._a.photo(thread, n):
                raise OperatorError("demo-photo", "a photo did not arrive as it was sent")
            sizes.append(f"{len(photo) / 1000:.1f} kB")
        self._timeline.step("XB", f"both photos are here ({', '.join(sizes)}), digests checked")

    def _findings(self, draft: Any) -> None:
        levels = [finding["level"] for finding in draft["findings"]]
        hints = len(levels) - levels.count("ERROR")
        self._timeline.step("XA", f"checked before it is sent: nothing missing, {hints} hints")

    def _kept_back(self, found: Any) -> None:
        if not found["withheld"]:
            raise OperatorError("demo-consent", "the answer of XB was not kept back")
        for item in found["withheld"]:
            self._timeline.step("XA", f"kept back: XB's {item['type']} ({item['why']})")


async def _tracer(*words: str) -> bytes:
    """What `tracer` prints in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tracer", *words, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    return printed


def _proved(checked: Any, rebuilt: Any) -> str:
    return (
        f"{counted(checked['records'], 'log record')} recomputed,"
        f" {counted(checked['receipts'], 'receipt')} and"
        f" {counted(checked['proofs'], 'proof')} verified,"
        f" {counted(rebuilt['threads'], 'case')} rebuilt: all equal"
    )


def _least(messages: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many witnesses at the least have confirmed a message, by whose log it is."""
    found: dict[str, int] = {}
    for message in messages:
        for log in message["confirmed"]:
            count = len(log["by"])
            found[log["authority"]] = min(count, found.get(log["authority"], count))
    return found
