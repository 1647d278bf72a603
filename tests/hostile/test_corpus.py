"""A known peer with real keys sends mutated inputs of every layer; the node gives nothing away."""

from __future__ import annotations

import os
from pathlib import Path

from tests.conftest import PROVE
from tests.hostile.corpus import Corpus
from tests.hostile.world import World, resident, world
from tests.nodes import reply, until

SEED = int(os.environ.get("HOSTILE_SEED", "20260301"))
INPUTS = int(os.environ.get("HOSTILE_INPUTS", "100000" if PROVE else "3000"))
WARM = 400
GROWTH = 64 * 1024 * 1024
STORED = frozenset(("parents-missing", "quota"))
"""Refusals that may leave something: a place in the waiting room."""
THREAD = frozenset(
    ("thread-forked", "follows-invalid", "type-role", "thread-full", "parents-missing", "quota")
)
"""Refusals of messages that are right in themselves: the peer's checkpoint is remembered."""


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


async def _fire(here: World, corpus: Corpus) -> int:
    """One shot and its judgement; the number of inputs."""
    before, log = here.watch.rows(), here.enemy.log.state
    shot = corpus.shot()
    answer = await here.wire.post(shot.what, shot.body)
    replies = here.watch.check(answer) if shot.what == "messages" else []
    if shot.what != "messages" and answer.status not in (200, 204):
        here.watch.check(answer)
    codes = {here.watch.refusal(one).code for one in replies if "refusal" in one}
    receipted = any("receipt" in one for one in replies)
    changed = {name for name, count in here.watch.rows().items() if count != before[name]}
    allowed: set[str] = set(LATER)
    if codes & THREAD or receipted:
        allowed |= {"checkpoint", "remembered"}
    if codes & STORED:
        allowed |= {"waiting", "waiting_parent"}
    if shot.layer in {"lie", "note", "head"}:
        allowed |= {"fault", "sqlite_sequence", "audit", "log_record", "log_node"}  # it is an act
    if shot.what == "hello":
        allowed |= {"peer_state"}
    if shot.what in {"receipts", "collect"}:
        allowed |= {"peer_state", "checkpoint", "remembered"}
    assert receipted or changed <= allowed, (shot.layer, codes, changed)
    here.enemy.remembered = here.watch.remembered()
    if here.enemy.remembered <= log.size:
        here.enemy.log.back_to(log)
    return shot.inputs


async def test_mutated_inputs_of_every_layer_are_refused_with_a_code_and_leave_nothing(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as here:
        corpus = Corpus(here.enemy, SEED)
        await _thread(here, corpus)
        done, base = 0, 0
        while done < INPUTS:
            done += await _fire(here, corpus)
            if not base and done >= min(WARM, INPUTS // 2):
                base = resident()
        growth = resident() - base
        print(f"{done} inputs, {growth / 2**20:.1f} MiB more, {sorted(here.watch.seen.items())}")  # noqa: T201
        assert growth < GROWTH
        assert len(here.watch.seen) > 20
