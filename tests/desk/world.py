"""Two authorities with desks, a person of each role, and requests in all states of a day's work."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests.casework.desks import document, request_document
from tests.desk.accounts import cheap_accounts
from tests.media.pictures import image, saved
from tests.nodes import network, until
from tracer.casework.accounts.sessions import Stage
from tracer.casework.transcribing import Paper
from tracer.clock import SystemClock
from tracer.model.ids import outside
from tracer.node.desk import Accounts, Desk, open_desk
from tracer.node.desk_site import verbs_of
from tracer.node.serve import Running
from tracer.trust.totp import STEP, code_at
from tracer.web.ui.verbs import Verbs

US, THEM = "XA-NPOC", "XB-NPOC"
PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    "sam": ("supervisor",),
    "ada": ("investigator",),
    "ben": ("officer",),
    "eve": ("officer",),
    "ola": ("officer",),
    "aud": ("auditor",),
    "opa": ("operator",),
    "nia": ("officer",),
    "noa": ("officer",),
}
"""Ola loses her role on the way; Nia has to choose a password, Noa to set up a second factor."""
UNFINISHED: Final = ("nia", "noa")
PASSWORD: Final = "the tide is high at half past six"
AGENT: Final = "a test"
HERE: Final = "127.0.0.1"
LATE: Final = STEP - 10
"""Seconds of a step after which its code is not typed any more."""


@dataclass(slots=True)
class Later:
    """The machine's clock, ahead by as much as a test says."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """The present instant, and more."""
        return SystemClock().now() + self.ahead


@dataclass(frozen=True, slots=True)
class House:
    """One authority: its node, its casework, the address of its desk."""

    node: Running
    desk: Desk
    verbs: Verbs
    accounts: Accounts
    """Its accounts, at passwords that cost little."""
    url: str
    tokens: dict[str, str] = field(default_factory=dict)
    """An open session of each person."""
    secrets: dict[str, str] = field(default_factory=dict)
    """The key of each person's second factor."""
    stages: dict[Stage, str] = field(default_factory=dict)
    """A session that stands still at each stage before the desk."""
    used: dict[str, int] = field(default_factory=dict)
    """The step of the last code that each person's phone has shown."""

    async def written(self, thread: str, kind: str, fields: Mapping[str, Any], by: str) -> None:
        """A message in a thread, written by one officer and released by another."""
        draft = await self.desk.drafts.reply_draft(by, thread, kind, fields)
        await self.desk.release.submit_for_release(by, draft.id)
        await self.desk.release.release("eve" if by != "eve" else "ben", draft.id)

    def code(self, person: str) -> str:
        """What the person's phone shows: a code that counts, for some seconds at least.

        Where the one of now was shown before, or ends soon, the clock goes on to the next one.
        """
        clock = self.node.rooms.clock
        assert isinstance(clock, Later)
        step, into = divmod(clock.now().timestamp(), STEP)
        if step <= self.used.get(person, 0) or into > LATE:
            clock.ahead += timedelta(seconds=STEP - into)
            step += 1
        self.used[person] = int(step)
        return code_at(base64.b32decode(self.secrets[person]), int(step))


@dataclass(frozen=True, slots=True)
class World:
    """Both authorities, and the requests between them by what became of them."""

    us: House
    them: House
    threads: Mapping[str, str]
    drafts: Mapping[str, str]
    """`refusal`: Ben's, kept; `waiting`: Eve's answer, submitted; `review`: let go alone;
    requests in the making: `ada`'s, with a mark and a photo, `bare`, just begun, and `back`, sent
    back and changed since.
    Hidden, for they are Eve's in the restricted case: `onward`, a request that continues it,
    `reminder`, submitted, and `shut`, let go alone."""
    disposals: tuple[str, str]
    """Numbers of what is to be destroyed, as Eve asked; the second in the restricted case."""


@asynccontextmanager
async def world(root: Path) -> AsyncIterator[World]:
    """The two nodes run inside the context, each with its desk on loopback."""
    settings = {
        "desk": {"host": HERE, "port": 0},
        "node": {"exercise": True},
        "accounts": {"fresh_minutes": 60},  # the proofs of this world outlast its tests
    }
    names = [(US, "reached"), (THEM, "reached")]
    async with network(root, names, settings=settings, people=PEOPLE, clock=Later()) as nodes:  # type: ignore[arg-type]  # modes
        us = await _house(nodes[US], [name for name in PEOPLE if name not in UNFINISHED])
        await _unfinished(us)
        them = await _house(nodes[THEM], ["sam", "ben"])
        threads = await _cases(us, them)
        await _restricted(us, threads["restricted"])
        threads |= await _papers(us, threads["answered"])
        drafts = await _replies(us, threads) | await _begun(us)
        drafts |= await _hidden(us, threads["restricted"])
        reason = "the holder asked for it in writing"
        asked = [
            await us.desk.disposing.erase("eve", threads[name], ["officer"], reason)
            for name in ("refused", "restricted")
        ]
        yield World(us, them, threads, drafts, (str(asked[0].number), str(asked[1].number)))


async def _house(node: Running, people: Sequence[str]) -> House:
    desk, verbs = open_desk(node.rooms), verbs_of(node.rooms)
    house = House(node, desk, verbs, cheap_accounts(node.rooms), f"http://{HERE}:{node.desk}")
    for person in people:
        await enrol(house, person)
    return house


async def _unfinished(house: House) -> None:
    """A sign-in that got as far as each stage."""
    accounts = house.accounts
    opened = await accounts.sign_in.begin("ben", PASSWORD, address=HERE, agent=AGENT)
    house.stages[Stage.CODE] = opened.token
    for person, stage in zip(UNFINISHED, (Stage.CHANGE, Stage.ENROL), strict=True):
        given = await accounts.passwords.give("sam", person, command=True)
        opened = await accounts.sign_in.begin(person, given.password, address=HERE, agent=AGENT)
        if stage is Stage.ENROL:
            opened = await accounts.passwords.choose(opened.token, PASSWORD)
        house.stages[stage] = opened.token


async def enrol(house: House, person: str) -> None:
    """Give a person an account, as its keeper and its owner would."""
    accounts = house.accounts
    keeper = "opa" if person == "sam" and "sam" in house.tokens else "sam"
    given = await accounts.passwords.give(keeper, person, command=True)
    opened = await accounts.sign_in.begin(person, given.password, address=HERE, agent=AGENT)
    assert opened.session.stage is Stage.CHANGE
    opened = await accounts.passwords.choose(opened.token, PASSWORD)
    enrolment = await accounts.factor.begin(opened.token)
    house.secrets[person] = enrolment.secret.replace(" ", "")
    confirmed = await accounts.factor.confirm(opened.token, house.code(person))
    house.tokens[person] = confirmed.opened.token


async def _cases(us: House, them: House) -> dict[str, str]:
    """Requests of ours and theirs: fresh, taken, answered, refused, with a question, from them."""
    names = ("fresh", "taken", "answered", "refused", "question", "restricted")
    threads = {name: await asked(us, THEM) for name in names}
    threads["theirs"] = await asked(them, US)
    await _arrived(us, them, threads)
    for name in ("taken", "answered", "refused", "question"):
        await them.written(threads[name], "acknowledgement", {}, "ben")
    await them.written(threads["answered"], "result", _example("result"), "ben")
    await them.written(threads["refused"], "refused", _example("refused"), "ben")
    await them.written(
        threads["question"], "more-info", _example("more-info") | {"lapses": _in_days(20)}, "ben"
    )
    states = {"answered": "ANSWERED", "refused": "REFUSED", "question": "INFO_REQUESTED"}
    await until(lambda: _stand(us, threads, states))
    return threads


async def _replies(house: House, threads: Mapping[str, str]) -> dict[str, str]:
    """A draft that is kept, one that waits to be released, a release that waits for review."""
    verbs, theirs = house.verbs, threads["theirs"]
    first = _example("result") | {"free_text": "Sold in 2019."}
    await verbs.assigning.assign("ben", theirs, "ada")
    kept = await verbs.drafts.reply_draft("ben", theirs, "refused", {"alternative": "NONE"})
    waiting = await verbs.drafts.reply_draft("eve", theirs, "result", first)
    await verbs.release.submit_for_release("eve", waiting.id)
    await verbs.release.reject("ben", waiting.id, "The year stands in no record: leave it out.")
    await verbs.drafts.edit("eve", waiting.id, _example("result"))
    extract = saved(image(), "JPEG")
    await verbs.attach.add("eve", waiting.id, extract, kind="REGISTER_EXTRACT", caption="Page 4")
    await verbs.release.submit_for_release("eve", waiting.id)

    def alone(tx: Any) -> str:
        row = next(row for row in tx.drafts.list("released") if row.message_id == threads["fresh"])
        tx.drafts.set_state(row.id, "released", review=True, reason="nobody else was on duty")
        return str(row.id)

    review = await house.node.rooms.store.write(alone)
    return {"refusal": kept.id, "waiting": waiting.id, "review": review}


async def _papers(house: House, answered: str) -> dict[str, str]:
    """What came by post, and by telephone; a request on paper, and one that is to be sent."""
    transcribing = house.desk.transcribing
    scan = saved(image(), "PNG")
    post = Paper(
        way="POST", day="2026-02-27", who="Records office", number="12/2026", dated="2026-02-20",
        original=scan, words="The ledger of 1961 names a second dealer.",
    )  # fmt: skip
    await transcribing.came("eve", answered, post)
    call = Paper(way="TELEPHONE", day="2026-02-28", who="Duty desk", words="They found nothing.")
    nothing = {"reasons": ["NO_MATCH_IN_REGISTERS"]}
    await transcribing.came("ben", answered, call, "no-record", nothing)
    mark = {"kind": "SERIAL", "text": "C 7718", "reading": "CLEAR", "identity": True}
    written = {"firearms": [{"line": 1, "type": "PISTOL", "make": "MAB", "marks": [mark]}]}
    paper = await transcribing.opened("ben", "FR", post, written)
    return {"paper": paper.id, "outward": await asked(house, outside("PT"))}


async def _hidden(house: House, thread: str) -> dict[str, str]:
    """What Eve has in the restricted case: a request that continues it, a reminder, a release."""
    verbs, store = house.verbs, house.node.rooms.store
    onward = await verbs.guided.begin("eve", {"firearms": [{"line": 1, "type": "PISTOL"}]})
    reminder = await verbs.drafts.reply_draft("eve", thread, "reminder", {})
    await verbs.release.submit_for_release("eve", reminder.id)

    def alone(tx: Any) -> str:
        tx.meta.put(f"follow-on.draft.{onward.id}", thread)
        row = next(row for row in tx.drafts.list("released") if row.message_id == thread)
        tx.drafts.set_state(row.id, "released", review=True, reason="at night")
        return str(row.id)

    return {"onward": onward.id, "reminder": reminder.id, "shut": await store.write(alone)}


async def _restricted(house: House, thread: str) -> None:
    """Only Eve's team and the auditor see it from now on."""
    await house.verbs.teams.add("sam", "alpha", name="Team Alpha")
    await house.verbs.teams.join("sam", "alpha", "eve")
    await house.verbs.assigning.give("eve", thread, "alpha")
    await house.verbs.assigning.restrict(
        "eve", thread, restricted=True, reason="a source is to be protected"
    )


async def asked(house: House, peer: str) -> str:
    """A request of Ada's that Ben let go; its thread."""
    draft = await house.desk.drafts.new("ada", request_document(), peer)
    await house.desk.release.submit_for_release("ada", draft.id)
    return (await house.desk.release.release("ben", draft.id)).thread


async def _begun(house: House) -> dict[str, str]:
    """Ada writes; nobody has submitted anything."""
    written = {name: value for name, value in request_document().items() if name != "type"}
    draft = await house.verbs.guided.begin("ada", written)
    photo = saved(image(), "JPEG")
    await house.verbs.attach.add("ada", draft.id, photo, kind="PHOTO_LEFT_SIDE", caption="Left")
    bare = await house.verbs.guided.begin("ada", {"firearms": [{"line": 1, "type": "PISTOL"}]})
    return {"ada": draft.id, "bare": bare.id, "back": await _sent_back(house)}


async def _sent_back(house: House) -> str:
    """A request that came back from Ben, and that Ada has begun to mend."""
    written = request_document()
    back = await house.desk.drafts.new("ada", written, THEM)
    await house.desk.release.submit_for_release("ada", back.id)
    reason = "The make is not what the slide reads. Leave out what nobody has seen."
    await house.desk.release.reject("ben", back.id, reason)
    firearm = {**written["firearms"][0], "make": "SIG-Sauer", "marks": []}
    other = {"line": 2, "object": "FIREARM", "type": "RIFLE", "make": "Zastava"}
    await house.desk.drafts.edit("ada", back.id, written | {"firearms": [firearm, other]})
    return back.id


async def _arrived(us: House, them: House, threads: Mapping[str, str]) -> None:
    """Every request is delivered, receipted, and looked at by the clocks."""
    at_rest = dict.fromkeys(threads, "DELIVERED")
    await until(lambda: _stand(us, threads, at_rest))
    await until(lambda: _stand(them, threads, at_rest))


async def _stand(house: House, threads: Mapping[str, str], states: Mapping[str, str]) -> bool:
    """Whether the cases stand so, and their clocks have been looked at since."""
    wanted = {threads[name]: state for name, state in states.items()}
    rooms = house.node.rooms

    def body(tx: Any) -> bool:
        return all(
            (row := tx.cases.get(thread)) is not None
            and row.state == state
            and not tx.clocks.is_due(thread)
            for thread, state in wanted.items()
        )

    return await rooms.store.read(body)


def _example(kind: str) -> dict[str, Any]:
    """The example message of a type, without what belongs to its thread."""
    written = document(kind)
    return {name: value for name, value in written.items() if name not in {"about", "terms"}}


def _in_days(count: int) -> str:
    return (datetime.now(UTC) + timedelta(days=count)).date().isoformat()
