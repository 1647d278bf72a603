"""The story of `tracer demo`, by hand: a pistol of XA, made in XB, imported to XC.

Real nodes, real desks, the system's Chromium. Ana enters and Amir releases in XA, Bo and Bea answer
in XB, each at a browser of their own; XC answers by its verbs. In the suite XA works with script
and XB without; a proof tells the whole of it in both ways.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.conftest import PROVE
from tests.desk.accounts import PASSWORD, account
from tests.desk.browser import IN_CI, browser, missing
from tests.desk.hands import Hands, seated
from tests.nodes import network, until
from tracer.demo import papers
from tracer.demo.photos import mark
from tracer.node.desk import open_desk
from tracer.node.serve import Running

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(bool(missing()) and not IN_CI, reason=missing()),
]
XA, XB, XC = "XA-NPOC", "XB-NPOC", "XC-NPOC"
PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    "ana": ("investigator",),
    "amir": ("officer",),
    "bo": ("officer",),
    "bea": ("officer",),
    "sue": ("supervisor",),
}
SETTINGS: Final[Mapping[str, Mapping[str, str | int]]] = {
    "desk": {"host": "127.0.0.1", "port": 0},
    "node": {"exercise": True},
    "accounts": {"second_factor": "optional"},
}
WAYS: Final = [(True, True), (False, False)] if PROVE else [(True, False)]
"""Whether XA and XB have script."""


@dataclass(slots=True)
class Stage:
    """The three nodes, and who sits where."""

    nodes: Mapping[str, Running]
    ana: Hands
    amir: Hands
    bo: Hands
    bea: Hands

    async def stands(self, authority: str, thread: str, state: str) -> None:
        """Wait until a case is in a state at an authority, and its clocks were looked at since."""
        store = self.nodes[authority].rooms.store

        def body(tx: Any) -> bool:
            row = tx.cases.get(thread)
            return row is not None and row.state == state and not tx.clocks.is_due(thread)

        async def looked() -> bool:
            return await store.read(body)

        await until(looked, seconds=60)

    async def has(self, authority: str, thread: str, kind: str) -> None:
        """Wait until a message of a type is in a case at an authority."""
        store = self.nodes[authority].rooms.store

        async def looked() -> bool:
            heads = await store.read(lambda tx: tx.messages.heads([thread]))
            return any(one.type == kind for one in heads[thread])

        await until(looked, seconds=60)


@asynccontextmanager
async def on_stage(root: Path, ways: tuple[bool, bool]) -> AsyncIterator[Stage]:
    """The nodes run, and four people have signed in."""
    names: list[Any] = [(each, "reached") for each in (XA, XB, XC)]
    async with AsyncExitStack() as stack:
        nodes = await stack.enter_async_context(
            network(root, names, settings=SETTINGS, people=PEOPLE)
        )
        started = await stack.enter_async_context(browser())
        seats: dict[str, Hands] = {}
        for person, authority, script in (
            ("ana", XA, ways[0]), ("amir", XA, ways[0]), ("bo", XB, ways[1]), ("bea", XB, ways[1]),
        ):  # fmt: skip
            await account(nodes[authority], person, keeper="sue")
            url = f"http://127.0.0.1:{nodes[authority].desk}/"
            seats[person] = await stack.enter_async_context(
                seated(started, url, person, PASSWORD, script=script)
            )
        yield Stage(nodes, **seats)


@pytest_asyncio.fixture(loop_scope="module", params=WAYS, ids=str)
async def stage(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """One stage a telling."""
    async with on_stage(tmp_path, request.param) as made:
        yield made


async def test_the_whole_story_is_told_by_hand_through_two_desks(stage: Stage) -> None:
    thread, reference = await asked(stage)
    await taken(stage, thread, reference)
    await more_asked_and_given(stage, thread, reference)
    await answered(stage, thread, reference)
    onward = await next_state(stage, thread, reference)
    await last_holder(stage, onward)
    await closed(stage, thread, onward)
    await refused(stage)


# -- what happens everywhere -----------------------------------------------------------------------


async def released(officer: Hands, what: str, *words: str) -> None:
    """An officer looks at the newest draft of this name and lets it go."""
    await officer.opens("Release", "What waits for a second person")
    await officer.follows(what, "What they will read", "Whose hands are on it", *words, last=True)
    await officer.presses("Let it go", "It is on its way to their system.")


async def opened(who: Hands, reference: str, *words: str) -> None:
    """Somebody opens a request from the list of requests."""
    await who.opens("Requests", "Number, make, model, serial")
    await who.follows(reference, "What is awaited", "What happened", *words)


async def found(who: Hands, peer: str) -> tuple[str, str]:
    """The newest request to an authority in the list: its thread, by its address, and reference."""
    await who.opens("Requests", "Number, make, model, serial")
    row = who.page.locator("#list tbody tr", has_text=f"to {peer}").first
    reference = await row.get_by_role("link").first.inner_text()
    await row.get_by_role("link").first.click()
    await who.reads(f"We ask {peer}", reference)
    return who.page.url.rpartition("/")[2], reference


# -- the chapters ----------------------------------------------------------------------------------


async def asked(stage: Stage) -> tuple[str, str]:
    """Ana enters the pistol with photos of two marks, Amir lets the request go."""
    ana = stage.ana
    await firearm(ana)
    await marks(ana)
    await ana.adds(mark("B7 4?162"), shows="mark-1@1", caption="Serial on the frame")
    await ana.adds(mark("XC 19"), shows="mark-2@1", caption="Import mark on the barrel")
    await ana.reads("2 files")
    await ana.presses("Go on", "How it was found")
    await ana.fills(
        {
            "mode": "SEIZED",
            "date": "2026-11-19",
            "country": "XA",
            "locality": "Imagined City",
            "circumstances": "Found at a road check; the driver named nobody.",
            "with": ("AMMUNITION",),
        }
    )
    await ana.presses("Save and go on", "How soon, and whom to ask")
    await whom_to_ask(ana)
    await ana.follows("For the officer", "Searched at home", "Handling")
    await ana.fills({"search_CIVILIAN_HOLDERS": "NO_HIT", "search_LOST_STOLEN": "NO_HIT"})
    await ana.presses("Save and go on", "Another person looks at it", "4, not readable, 1 6 2")
    await ana.misses("Before it can be submitted")
    await ana.presses("Submit for release", "Waiting for an officer", "BOREAL ARMS")
    await stage.amir.opens("My desk", "draft waits to be released")
    amir = stage.amir
    await amir.opens("Release", "What waits for a second person")
    await amir.follows("Request", "B7 4?162", "Serial on the frame", "ana wrote on it")
    await amir.sees("Photo of a mark")
    await amir.presses("Let it go", "It is on its way to their system.")
    thread, reference = await found(ana, XB)
    await stage.stands(XA, thread, "DELIVERED")
    await opened(ana, reference, "We ask XB-NPOC", "Delivered to their system")
    return thread, reference


async def firearm(who: Hands) -> None:
    """A pistol: what it is."""
    await who.opens("Drafts", "Nothing here has been sent.")
    await who.follows("New request", "What was found?", "Pistol", "Revolver")
    await who.presses("Pistol", "The firearm")
    await who.fills({"make": "BOREAL ARMS", "model": "B-7", "calibre": "9x19", "made_in": "XB"})
    await who.presses("Save and go on", "Marks", "No mark yet.")


async def marks(who: Hands) -> None:
    """Its two marks, one of them with a character that cannot be read."""
    await who.presses("Serial number", "As you read it")
    await who.fills({"location": "FRAME", "text": "B7 4?162"})
    await who.presses("Save the mark", "1 mark", "Partly readable")
    await who.presses("Import mark", "Country the mark stands for")
    await who.fills({"location": "BARREL", "text": "XC 19", "country": "XC", "year": "2019"})
    await who.presses("Save the mark", "2 marks")
    await who.fills({"condition": "PARTLY_OBLITERATED"})
    await who.presses("Save and go on", "Add photos")


async def whom_to_ask(who: Hands) -> None:
    """How soon and why, the offence, and the State that the marks point to."""
    await who.reads("The marks point to:", "Manufactured there")
    await who.fills(
        {
            "level": ("PRIORITY",),
            "reason": "DETENTION_DECISION",
            "offence": ("FP-5-TRAFFICKING",),
            "peer": (XB,),
        }
    )
    await who.presses("Save and go on", "Check and submit")


async def taken(stage: Stage, thread: str, reference: str) -> None:
    """XB sees the request with its photos; a person takes it."""
    bo = stage.bo
    await stage.stands(XB, thread, "DELIVERED")
    # Which of two debts is the sooner turns with the hour: one counts office hours, one days.
    await bo.opens("My desk", reference, "from XA-NPOC", "We owe XA-NPOC")
    await bo.follows(reference, "XA-NPOC asks us", "4, not readable, 1 6 2", "Serial on the frame")
    photo = bo.page.get_by_role("main").get_by_role("link", name="Photo of a mark").first
    where = str(await photo.get_attribute("href"))
    answer = await bo.page.context.request.get(bo.url.rstrip("/") + where)
    assert answer.ok
    assert (await answer.body()).startswith(b"\x89PNG")
    await bo.presses("Take it", "It waits for a second person")
    await bo.follows("Acknowledgement", "Your own hand is on it")
    await bo.misses("Let it go")
    await released(stage.bea, "Acknowledgement")
    await stage.stands(XA, thread, "ACKNOWLEDGED")
    await opened(stage.ana, reference, "XB-NPOC confirmed that a person has taken it")


async def more_asked_and_given(stage: Stage, thread: str, reference: str) -> None:
    """XB asks for the fifth character; XA has restored it."""
    bo, ana = stage.bo, stage.ana
    await opened(bo, reference)
    await bo.follows("Ask for more information", "Their clock and yours stand until they answer.")
    await bo.fills(
        {
            "questions/1/words": "Can the fifth character be restored?",
            "questions/1/helpful": "SERIAL_RESTORATION",
            "questions/1/field": "firearms/1/marks/1",
            "questions/1/line": "1",
            "questions/1/formats": ("PHOTO", "TEXT"),
        }
    )
    await bo.presses("Put it before a second person", "It waits for a second person")
    await released(
        stage.bea, "Question for more information", "Can the fifth character be restored?"
    )
    await stage.stands(XA, thread, "INFO_REQUESTED")
    await ana.opens("My desk", "We owe XB-NPOC the information it asked for.")
    await ana.follows(reference, "More information needed")
    await ana.unfolds("What it says", "Can the fifth character be restored?")
    await ana.follows("Change or add to the request", "Answers their question")
    await ana.fills({"answer_words": "Restored by etching: it is an 8."})
    await ana.presses("Change the description of a firearm")
    await ana.presses("Add a mark (Firearm 1 / Marks)", "As it stands there")
    await ana.fills(
        {
            "firearms/1/line": "1",
            "firearms/1/marks/1/kind": "SERIAL",
            "firearms/1/marks/1/location": "FRAME",
            "firearms/1/marks/1/text": "B7 48162",
            "firearms/1/marks/1/reading": "RESTORED",
        }
    )
    await ana.presses("Put it before a second person", "Read below what the second person will be")
    await ana.presses("Put it before a second person", "It waits for a second person")
    await released(stage.amir, "Change of the request", "B7 48162", "Restored by etching")
    await stage.has(XB, thread, "amend")
    await opened(bo, reference)
    await bo.unfolds("What it says", "B7 48162")


async def answered(stage: Stage, thread: str, reference: str) -> None:
    """XB found it: exported to XC. The answer may not go to a third State."""
    bo = stage.bo
    await opened(bo, reference)
    await bo.follows("Answer with what was found", "What our records say")
    await bo.fills({"answers/1/outcomes": ("EXPORTED_TO",), "answers/1/confidence": "CONFIRMED"})
    await bo.fills(
        {
            "answers/1/chain/1/kind": "MANUFACTURED",
            "answers/1/chain/1/date": "2018-06",
            "answers/1/chain/1/country": "XB",
            "answers/1/chain/1/to_party": "1",
            "answers/1/chain/1/register": "MANUFACTURE",
            "answers/1/chain/2/kind": "EXPORTED",
            "answers/1/chain/2/date": "2019-02-11",
            "answers/1/chain/2/country": "XB",
            "answers/1/chain/2/from_party": "1",
            "answers/1/chain/2/to_party": "2",
            "answers/1/chain/2/register": "EXPORT",
            "answers/1/onward/1/country": "XC",
            "answers/1/onward/1/reason": "EXPORTED_THERE",
            "chain_parties/1/kind": "MANUFACTURER",
            "chain_parties/1/name": "Boreal Arms (invented)",
            "chain_parties/2/kind": "IMPORTER",
            "chain_parties/2/name": "Nowhere Trading (invented)",
            "searched/1/register": "MANUFACTURE",
            "searched/1/from_year": "1990",
            "searched/1/to_year": "2026",
            "searched/1/result": "HIT",
        }
    )
    await bo.unfolds("Handling, contact, language")
    await bo.fills({"handling/code": "H2", "handling/limits": ("NO_THIRD_STATE",)})
    await bo.presses("Put it before a second person", "It waits for a second person")
    await released(stage.bea, "Answer", "Exported to", "Nowhere Trading (invented)")
    await stage.stands(XA, thread, "ANSWERED")
    await opened(stage.ana, reference, "Answered", "Exported to")


async def next_state(stage: Stage, thread: str, reference: str) -> str:
    """XA asks XC with what it knows itself; XB's answer stays at home until XB consents."""
    ana = stage.ana
    await ana.follows("Ask the next State", "Whom to ask next")
    await ana.fills({"peer": (XC,)})
    await ana.presses(
        "Begin the request", "The request to XC-NPOC is begun.", "it needs the consent of XB-NPOC"
    )
    await ana.presses("Ask for consent", "What is awaited")
    await released(stage.amir, "Question for consent", "XC")
    await ana.opens("Drafts", "to XC-NPOC")
    await ana.page.locator("tbody tr", has_text=XC).get_by_role("link").first.click()
    await ana.reads("Check and submit", "B 7, space, 4 8 1 6 2")
    await ana.misses(
        "in another case already",
        "Before it can be submitted",
        "Nowhere Trading",
        "Boreal Arms (invented)",
    )
    await ana.presses("Submit for release", "Waiting for an officer")
    await released(stage.amir, "Request", "B7 48162", "To XC-NPOC")
    onward, _ = await found(ana, XC)
    await stage.stands(XC, onward, "DELIVERED")
    await consent(stage, thread, reference)
    await stage.has(XA, thread, "consent-given")
    await opened(ana, reference, "XB-NPOC gave consent")
    return onward


async def consent(stage: Stage, thread: str, reference: str) -> None:
    """XB allows its answer to go on to XC."""
    bo = stage.bo
    await stage.has(XB, thread, "consent-asked")
    await opened(bo, reference, "XA-NPOC asked for consent")
    await bo.follows("Give consent", "Consent to what they asked")
    await bo.presses("Put it before a second person", "It waits for a second person")
    await released(stage.bea, "Consent")


async def last_holder(stage: Stage, onward: str) -> None:
    """XC answers, by its verbs: who held the pistol last. XA reads it."""
    rooms = stage.nodes[XC].rooms
    desk = open_desk(rooms)
    answers = (("acknowledgement", {"unit": "Register"}), ("result", papers.LAST_HOLDER))
    for kind, paper in answers:
        draft = await desk.drafts.reply_draft("bo", onward, kind, paper)
        await desk.release.submit_for_release("bo", draft.id)
        await desk.release.release("bea", draft.id)
    await stage.stands(XA, onward, "ANSWERED")
    ana = stage.ana
    await found(ana, XC)
    await ana.reads("Answered", "Last holder")
    await ana.unfolds("What it says", "Nobody Invented", "2024")


async def closed(stage: Stage, thread: str, onward: str) -> None:
    """XA tells both what came of it; the cases close everywhere."""
    ana = stage.ana
    for authority, case in ((XB, thread), (XC, onward)):
        await found(ana, authority)
        await ana.follows("Say what became of it, and close", "It closes the case.")
        await ana.fills({"outcomes": ("DIVERSION_IDENTIFIED",), "usefulness": "DECISIVE"})
        await ana.presses("Put it before a second person", "It waits for a second person")
        await released(stage.amir, "What became of it", "Diversion identified", "Decisive")
        for each in (XA, authority):
            await stage.stands(each, case, "CLOSED")
    await found(ana, XC)
    await ana.reads("Closed")


async def refused(stage: Stage) -> None:
    """Another request, which XB refuses on a ground that XA reads with its article."""
    ana, bo = stage.ana, stage.bo
    await firearm(ana)
    await ana.presses("Serial number", "As you read it")
    await ana.fills({"location": "FRAME", "text": "B7 51907"})
    await ana.presses("Save the mark", "1 mark")
    await ana.fills({"condition": "INTACT"})
    await ana.presses("Save and go on", "Add photos")
    await ana.presses("Go on", "How it was found")
    await ana.fills({"mode": "FOUND", "circumstances": "Handed in by a finder at a station."})
    await ana.presses("Save and go on", "How soon, and whom to ask")
    await whom_to_ask(ana)
    await ana.presses("Submit for release", "Waiting for an officer")
    await released(stage.amir, "Request", "B7 51907")
    thread, reference = await found(ana, XB)
    await stage.stands(XB, thread, "DELIVERED")
    await opened(bo, reference, "B 7, space, 5 1 9 0 7")
    await bo.follows("Everything that can be written now", "Something else")
    await bo.follows("Refuse", "Before refusing, States consult each other")
    await bo.fills({"grounds": ("ITI-22-INVESTIGATION",), "alternative": "MLA_REQUEST"})
    await bo.presses("Put it before a second person", "The reason in words")
    await bo.fills({"ground_words": "An investigation here would be put at risk until spring."})
    await bo.presses("Put it before a second person", "It waits for a second person")
    await released(stage.bea, "Refusal", "(ITI 22)", "put at risk until spring")
    await stage.stands(XA, thread, "REFUSED")
    await opened(ana, reference, "XB-NPOC refused", "(ITI 22)")
