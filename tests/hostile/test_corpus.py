"""A known peer with real keys sends mutated inputs of every layer; the node gives nothing away."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from tests.conftest import PROVE
from tests.examples import PHOTO, PHOTO_KEY
from tests.faults.pair import with_photos
from tests.hostile.corpus import Corpus
from tests.hostile.endpoints import ATTACHMENT, METHODS, Shot
from tests.hostile.wire import Answer
from tests.hostile.world import World, resident, world
from tests.nodes import reply, until
from tracer.canonical import b64url
from tracer.clock import FixedClock, SystemClock
from tracer.web.peer import BASE

SEED = int(os.environ.get("HOSTILE_SEED", "20260301"))
INPUTS = int(os.environ.get("HOSTILE_INPUTS", "100000" if PROVE else "2000"))
WARM = 400
WITNESS = (400, 403, 404, 409, 422)
"""Statuses of a witness, whose answers are no problems of ours."""
GROWTH = 64 * 1024 * 1024
STORED = frozenset(("parents-missing", "quota"))
"""Refusals that may leave something: a place in the waiting room."""
THREAD = frozenset(
    ("thread-forked", "follows-invalid", "type-role", "thread-full", "parents-missing", "quota")
)
"""Refusals of messages that are right in themselves: the peer's checkpoint is remembered."""


FAULT = frozenset(("fault", "sqlite_sequence", "audit", "log_record", "log_node"))
"""A contradiction of two signed heads is kept as evidence, and that is an act."""
KEEPS = {
    "hello": frozenset(("peer_state",)),
    "receipts": frozenset(("peer_state", "checkpoint", "remembered")),
    "collect": frozenset(("peer_state", "checkpoint", "remembered")),
    "add-checkpoint": FAULT | {"witness_head"},
}
"""What an endpoint may leave, whatever it is told: when a peer came by, what it has signed."""
LATER = frozenset(
    (
        "agenda", "case_description", "case_word", "clock", "clock_act", "cooperation",
        "description_word", "firearm", "mail", "notice", "tally",
    )
)  # fmt: skip
"""What the worker of the clocks keeps of messages that were taken before; no peer waits for it."""


async def _thread(here: World, corpus: Corpus) -> None:
    """One open thread, answered by the node, so that every type has a place to go."""
    letter = here.enemy.write("request")
    assert await here.codes(here.enemy.batch(letter)) == ["receipt"]
    answer = await here.rooms.submit(reply(here.rooms, "more-info", letter.id, "XA-NPOC"))
    corpus.thread = (letter.id, answer.id)
    await until(lambda: here.watch.rows()["peer_state"])  # its delivery has failed once


async def _announced(here: World, corpus: Corpus) -> None:
    """Each side has announced a file to the other; of neither has a byte gone."""
    size = 3000
    digest = b64url(sha256(b"never seen").digest())
    given = msgspec.structs.replace(PHOTO, n=1, cipher_size=size, cipher_digest=digest)
    letter = here.enemy.write("request", attachments=(given,), attachment_keys={"1": PHOTO_KEY})
    assert await here.codes(here.enemy.batch(letter)) == ["receipt"]
    ours = with_photos(here.rooms, "XA-NPOC", 1, size)
    await here.rooms.submit(ours)
    (offered,) = ours.attachments
    corpus.endpoints.announced = [(digest, size), (offered.cipher_digest, offered.cipher_size)]


def _shelf(here: World, corpus: Corpus) -> None:
    """Of the file that the enemy announced there is at most the part it may have given."""
    (digest, size), (ours, _) = corpus.endpoints.announced
    found = {path.name: path.stat().st_size for path in here.rooms.home.attachments.iterdir()}
    assert found.keys() <= {ours, f"{digest}.XA-NPOC.part"}
    assert found.get(f"{digest}.XA-NPOC.part", 0) < size, "a whole one has the wrong digest"


def _judged(here: World, shot: Shot, answer: Answer | None) -> list[dict[str, Any]]:
    """Hold an answer against the rules of its endpoint; the replies of a batch."""
    assert answer is not None or shot.endpoint == ATTACHMENT, "a post gets an answer"
    good = answer is not None and answer.status in (200, 204)
    if shot.what == "add-checkpoint" and answer is not None and not answer.body.startswith(b"{"):
        assert answer.status in {200, *WITNESS}
        assert good or not answer.body.strip(b"0123456789\n")
        assert here.watch.check(None) == []
        return []
    return here.watch.check(answer) if shot.what == "messages" or not good else []


async def _answered(here: World, shot: Shot) -> Answer | None:
    """Ask; a connection that the node closed between is opened once more."""
    path = f"/exchange/v1/{shot.what}"
    for _ in range(2):
        found = await here.wire.call(shot.method, path, shot.body, headers=shot.headers)
        if found is not None:
            return found
    return None


async def _fire(here: World, corpus: Corpus) -> int:
    """One shot and its judgement; the number of inputs."""
    before, log = here.watch.rows(), here.enemy.log.state
    shot = corpus.shot()
    answer = await _answered(here, shot)
    replies = _judged(here, shot, answer)
    codes = {here.watch.refusal(one).code for one in replies if "refusal" in one}
    receipted = any("receipt" in one for one in replies)
    changed = {name for name, count in here.watch.rows().items() if count != before[name]}
    allowed: set[str] = set(LATER)
    if codes & THREAD or receipted:
        allowed |= {"checkpoint", "remembered"}
    if codes & STORED:
        allowed |= {"waiting", "waiting_parent"}
    if shot.layer in {"lie", "note", "head"}:
        allowed |= FAULT
    allowed |= KEEPS.get(shot.what, frozenset())
    assert receipted or changed <= allowed, (shot.layer, codes, changed)
    here.enemy.remembered = here.watch.remembered()
    if here.enemy.remembered <= log.size:
        here.enemy.log.back_to(log)
    return shot.inputs


async def test_mutated_inputs_of_every_layer_are_refused_with_a_code_and_leave_nothing(
    tmp_path: Path,
) -> None:
    clock = FixedClock(SystemClock().now())  # what a node does by the hour is no answer to a shot
    async with world(tmp_path, clock=clock) as here:
        corpus = Corpus(here.enemy, SEED)
        await _thread(here, corpus)
        await _announced(here, corpus)
        done, base = 0, 0
        while done < INPUTS:
            done += await _fire(here, corpus)
            if not base and done >= min(WARM, INPUTS // 2):
                base = resident()
        _shelf(here, corpus)
        growth = resident() - base
        print(f"{done} inputs, {growth / 2**20:.1f} MiB more, {sorted(here.watch.seen.items())}")  # noqa: T201
        assert growth < GROWTH
        assert len(here.watch.seen) > 20


async def test_every_endpoint_that_is_served_is_fired_at(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        known = {("POST", what) for what in Corpus(here.enemy, SEED).endpoints.posts}
        known |= {("POST", "messages"), *((method, ATTACHMENT) for method in METHODS)}
        assert {(how, path.removeprefix(BASE)) for how, path in here.served} == known
