"""The answering witness: W1 its statuses, W2 it persists before it answers, W3 two roots are kept.

W1 to W3 are from the tests that transparency logs use (tlog-witness).
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evidence import rfc9162
from tests.exchange.witnessing import begin
from tests.store.conftest import Faults
from tests.trust.makers import NOW, log_info, seed, verified
from tracer.clock import FixedClock
from tracer.errors import OperatorError, PeerError
from tracer.evidence.checkpoint import Checkpoint, LogKey, sign_checkpoint
from tracer.evidence.cosignature import Cosignature, WitnessKey, cosign, read_answer
from tracer.evidence.witnessing import write_submission
from tracer.exchange.accuse import FAULTS
from tracer.exchange.witness.answer import FORK, Answer, AnswerWitness
from tracer.exchange.witness.memory import WitnessMemory, reminding
from tracer.store import FaultPoint, Store
from tracer.trust.directory import Directory, Listing, Peer

OWNER = "XB-NPOC"
ORIGIN = f"{OWNER}/log/1"
LOG = LogKey.from_seeds(ORIGIN, ed25519=seed(ORIGIN), mldsa44=seed(ORIGIN + "q"))
PEER: Peer = Directory.of([Listing(verified(OWNER))]).peer(OWNER)
KEY = WitnessKey("XA-NPOC/witness/1", seed=seed("witness"))
LEAVES = [rfc9162.leaf(bytes((number,))) for number in range(30)]
FORKED = [*LEAVES[:5], *(rfc9162.leaf(b"other" + bytes((number,))) for number in range(25))]


def head(size: int, leaves: list[bytes] | None = None) -> Checkpoint:
    return _head(size, forked=leaves is FORKED)


@cache
def _head(size: int, *, forked: bool) -> Checkpoint:
    """Signed once: each signature of a log on the same head is another."""
    root = rfc9162.tree_hash((FORKED if forked else LEAVES)[:size])
    return sign_checkpoint(origin=ORIGIN, size=size, root=root, at=NOW, key=LOG)


def asking(old: int, new: int, leaves: list[bytes] | None = None) -> bytes:
    some = LEAVES if leaves is None else leaves
    path = tuple(rfc9162.proof(old, some[:new])) if old <= new else ()
    return write_submission(old, path, head(new, leaves).note)


class House:
    """A witness with its store and its file, which both can be closed and opened again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = FixedClock(NOW + timedelta(hours=1))
        self.key: WitnessKey | None = KEY
        self.faults: FaultPoint | None = None
        self.restoring = False
        self.memory().begin(KEY.name)
        self.store: Store
        self.witness: AnswerWitness

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AnswerWitness]:
        path = self.root / "tracer.db"
        async with await Store.open(
            path, rest_key=bytes(32), clock=self.clock, faults=self._fault
        ) as self.store:
            await self._begin()
            self.witness = AnswerWitness(
                store=self.store,
                memory=self.memory(),
                clock=self.clock,
                key=lambda: self.key,
                gate=self._gate,
                faults=self._fault,
            )
            yield self.witness

    async def _begin(self) -> None:
        """The log of this node, opened once; no step of that fails."""
        faults, self.faults = self.faults, None
        if not await self.store.read(lambda tx: tx.journal.origins()):
            await self.store.write(lambda tx: begin(tx, "XC-NPOC"))
        self.faults = faults

    def memory(self) -> WitnessMemory:
        return WitnessMemory(self.root / "witnessed.json")

    async def ask(self, old: int, new: int, leaves: list[bytes] | None = None) -> Answer:
        return await self.witness(PEER, asking(old, new, leaves))

    def _fault(self, step: str) -> None:
        if self.faults is not None:
            self.faults(step)

    def _gate(self) -> None:
        if self.restoring:
            raise PeerError("restore-mode", "restoring")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def signed(answer: Answer, shown: Checkpoint) -> Cosignature:
    (found,) = read_answer(answer.body.decode(), shown, [KEY.public])
    return found


async def test_w1_each_wrong_request_has_its_status(house: House) -> None:
    async with house.open() as witness:
        assert (await house.ask(0, 8)).status == 200
        conflict = await house.ask(5, 9)
        assert conflict == Answer(409, b"8\n", "text/x.tlog.size")
        good = asking(8, 9)
        text, _, lines = head(9).note.partition("\n\n")
        for status, body in (
            (400, b"what is this"),
            (400, write_submission(9, (), head(8).note)),
            (403, write_submission(8, (), f"{text}\n\n{lines.splitlines()[0]}\n")),
            (404, good.replace(b"XB-NPOC/log/1\n9", b"XB-NPOC/log/2\n9")),
            (422, write_submission(8, (), head(9).note)),
        ):
            assert await witness(PEER, body) == Answer(status, b"")
        assert (await witness(PEER, good)).status == 200
        assert (await house.ask(5, 7)).body == b"9\n"


async def test_w1_a_node_without_a_witness_key_knows_no_log(house: House) -> None:
    house.key = None
    async with house.open():
        assert (await house.ask(0, 8)).status == 404


async def test_the_answer_is_a_line_over_the_head_that_was_shown_made_now(house: House) -> None:
    async with house.open():
        found = signed(await house.ask(0, 8), head(8))
        assert (found.witness, found.at) == (KEY.name, house.clock.now())
        house.clock.advance(timedelta(hours=1))
        again = signed(await house.ask(8, 8), head(8))
        assert again.at == house.clock.now()


async def test_w2_the_head_is_on_disk_before_anything_is_signed(house: House) -> None:
    steps = Faults()
    house.faults = steps
    async with house.open():
        await house.ask(0, 8)
    order = [step for step in steps.steps if step in {"lane.after-commit", "witness.kept"}]
    assert order == ["lane.after-commit", "witness.kept"]
    assert steps.steps.index("witness.kept") < steps.steps.index("witness.noted")
    async with house.open():
        row = await house.store.read(lambda tx: tx.witness.head(ORIGIN))
        assert row is not None
        assert (row.size, row.note, row.witness) == (8, head(8).note, KEY.name)


STEPS = ["lane.begin", "lane.body", "lane.before-commit", "lane.after-commit"]
STEPS += ["witness.kept", "witness.noted"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("leaves", [LEAVES, FORKED], ids=["the-same-history", "another"])
async def test_w2_after_any_step_that_fails_there_is_no_way_to_another_root(
    house: House, step: str, leaves: list[bytes]
) -> None:
    async with house.open():
        assert (await house.ask(0, 8)).status == 200
        steps = Faults()
        steps.fail_at = step
        house.faults = steps
        with pytest.raises((RuntimeError, OperatorError)):
            await house.ask(8, 12)
        house.faults = None
    async with house.open():  # killed there, and started again
        row = await house.store.read(lambda tx: tx.witness.head(ORIGIN))
        assert row is not None
        kept = row.size == 12
        first = await house.ask(8, 12, leaves)
        if kept:
            assert first == Answer(409, b"12\n", "text/x.tlog.size")
            first = await house.ask(12, 12, leaves)
        assert first.status == (200 if leaves is LEAVES else 422)
        if leaves is LEAVES:
            assert signed(first, head(12)).size == 12


async def test_w3_two_roots_for_one_size_are_kept_and_not_signed(house: House) -> None:
    async with house.open():
        await house.ask(0, 8)
        assert await house.ask(8, 8, FORKED) == Answer(422, b"")
        assert (await house.ask(3, 8, FORKED)).status == 409
        faults = await house.store.read(lambda tx: tx.peers.faults(OWNER))
        assert [fault.kind for fault in faults] == [FORK]  # the same evidence is kept once
        notes = json.loads(faults[0].evidence)
        assert notes == {"remembered": head(8).note, "shown": head(8, FORKED).note}
        assert (await house.ask(8, 9)).status == 200


async def test_w3_a_root_that_was_shown_outside_the_witness_counts_too(house: House) -> None:
    async with house.open():
        other = head(9, FORKED)
        await house.store.write(
            lambda tx: tx.log.save_checkpoint(
                ORIGIN, 9, other.root, other.note, "2026-03-01T12:00:00.000Z", mine=False
            )
        )
        await house.ask(0, 8)
        assert (await house.ask(8, 9)).status == 422
        (fault,) = await house.store.read(lambda tx: tx.peers.faults(OWNER))
        assert json.loads(fault.evidence)["remembered"] == other.note
        row = await house.store.read(lambda tx: tx.witness.head(ORIGIN))
        assert row is not None
        assert row.size == 8


async def test_w3_a_peer_cannot_fill_the_disk_with_faults(house: House) -> None:
    async with house.open():
        await house.ask(0, 8)
        for _ in range(FAULTS + 3):
            _head.cache_clear()  # signed anew, it is other evidence
            await house.ask(8, 8, FORKED)
        faults = await house.store.read(lambda tx: tx.peers.faults(OWNER))
        assert len(faults) == FAULTS


async def test_nothing_is_signed_while_the_node_restores(house: House) -> None:
    async with house.open():
        house.restoring = True
        with pytest.raises(PeerError) as caught:
            await house.ask(0, 8)
        assert caught.value.code == "restore-mode"


async def test_of_many_requests_at_once_each_is_judged_by_what_stands_then(house: House) -> None:
    async with house.open():
        await house.ask(0, 8)
        answers = await asyncio.gather(*(house.ask(8, size) for size in (12, 9, 20, 8)))
        assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]


def put_back(house: House, copy: bytes) -> None:
    """Put an old database in the place of the present one."""
    for name in ("tracer.db-wal", "tracer.db-shm"):
        (house.root / name).unlink(missing_ok=True)
    (house.root / "tracer.db").write_bytes(copy)


async def copy_of(house: House) -> bytes:
    """The database as it is now."""
    target = house.root / "copy.db"
    await house.store.backup(target)
    return target.read_bytes()


async def test_a_database_put_back_does_not_make_the_witness_forget(house: House) -> None:
    async with house.open():
        await house.ask(0, 4)
        copy = await copy_of(house)
        await house.ask(4, 8)
    put_back(house, copy)
    async with house.open():
        assert await house.ask(4, 8, FORKED) == Answer(409, b"8\n", "text/x.tlog.size")
        assert (await house.ask(8, 8, FORKED)).status == 422
        assert (await house.ask(8, 9)).status == 200


async def test_without_its_file_a_witness_signs_only_under_a_new_name(house: House) -> None:
    async with house.open():
        await house.ask(0, 8)
    (house.root / "witnessed.json").unlink()
    async with house.open():
        with pytest.raises(OperatorError) as caught:
            await house.ask(8, 9)
        assert caught.value.code == "witness-memory"
        assert not house.witness.able()
    house.key = WitnessKey("XA-NPOC/witness/2", seed=seed("second"))
    async with house.open():
        with pytest.raises(OperatorError):
            await house.ask(8, 9)
    house.memory().begin(house.key.name)
    async with house.open():
        assert await house.ask(4, 8, FORKED) == Answer(409, b"8\n", "text/x.tlog.size")
        answer = await house.ask(8, 9)
        assert answer.status == 200
        assert house.witness.able()
        assert answer.body.startswith("\u2014 XA-NPOC/witness/2 ".encode())


async def test_a_name_signs_nothing_without_its_file_even_if_nothing_is_known_of_it(
    house: House,
) -> None:
    (house.root / "witnessed.json").unlink()
    async with house.open():
        assert not house.witness.able()
        with pytest.raises(OperatorError) as caught:
            await house.ask(0, 8, FORKED)
        assert caught.value.code == "witness-memory"
        assert await house.store.read(lambda tx: tx.witness.heads()) == []


async def test_shown_its_own_signature_over_a_head_it_does_not_know_it_signs_no_more(
    house: House,
) -> None:
    async with house.open():
        await house.ask(0, 4)
        copy, file = await copy_of(house), (house.root / "witnessed.json").read_bytes()
        line = (await house.ask(4, 8)).body.decode()
    put_back(house, copy)
    (house.root / "witnessed.json").write_bytes(file)
    async with house.open():
        reminded = reminding(house.memory(), lambda: house.key)
        reminded(shown_with(head(8), other_key()))
        assert (await house.ask(4, 4)).status == 200
        reminded(replace(head(8), note=head(8).note + line))
    async with house.open():
        assert not house.witness.able()
        with pytest.raises(OperatorError):
            await house.ask(4, 8, FORKED)
        house.key = WitnessKey("XA-NPOC/witness/2", seed=seed("second"))
        house.memory().begin(house.key.name)
    async with house.open():
        assert await house.ask(4, 8, FORKED) == Answer(409, b"8\n", "text/x.tlog.size")


def other_key() -> WitnessKey:
    """A key of somebody who uses our name."""
    return WitnessKey(KEY.name, seed=seed("somebody else"))


def shown_with(shown: Checkpoint, key: WitnessKey) -> Checkpoint:
    return replace(shown, note=shown.note + cosign(shown, key=key, at=NOW).line)


async def test_a_broken_file_stops_the_witness_and_nothing_else(house: House) -> None:
    (house.root / "witnessed.json").write_text("{")
    async with house.open():
        with pytest.raises(OperatorError) as caught:
            await house.ask(0, 8)
        assert caught.value.code == "witness-memory"


SIZES = (0, 4, 6, 8)
ASKED = st.tuples(
    st.booleans(),
    st.one_of(st.none(), st.none(), st.sampled_from(SIZES)),
    st.sampled_from(SIZES),
    st.sampled_from(["on", "kill", "back"]),
)
"""Which history, from where (None: from what the witness says it holds), to where, what then."""


@settings(deadline=None, max_examples=15)
@given(st.lists(ASKED, min_size=12, max_size=25), st.integers(0, 2**32))
def test_in_any_order_of_requests_and_losses_one_history_is_signed(
    asked: list[tuple[bool, int | None, int, str]], chance: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        seen = asyncio.run(_signed(House(Path(folder)), asked, random.Random(chance)))  # noqa: S311
    assert len({root for _, root in seen}) == len({size for size, _ in seen})
    histories = ({_root(some, size) for size in range(11)} for some in (LEAVES, FORKED))
    assert any({root for _, root in seen} <= roots for roots in histories)


def _root(leaves: list[bytes], size: int) -> bytes:
    return rfc9162.tree_hash(leaves[:size])


async def _signed(
    house: House, asked: Iterable[tuple[bool, int | None, int, str]], chance: random.Random
) -> set[tuple[int, bytes]]:
    """Every head that was cosigned, while the node is killed and its database put back."""
    seen: set[tuple[int, bytes]] = set()
    async with house.open():
        copy = await copy_of(house)
    told = 0
    for forked, start, new, after in asked:
        old = told if start is None else start
        leaves = FORKED if forked else LEAVES
        steps = Faults()
        steps.fail_at = chance.choice(STEPS) if after == "kill" else None
        house.faults = steps
        async with house.open():
            try:
                answer = await house.ask(old, new, leaves)
            except (RuntimeError, OperatorError):
                answer = Answer(503, b"")
            house.faults = None
            if chance.random() < 0.3:
                (house.root / "copy.db").unlink(missing_ok=True)
                copy = await copy_of(house)
        if answer.status == 409:
            told = int(answer.body)
        if answer.status == 200:
            told = new
            seen.add((new, _root(leaves, new)))
        if after == "back":
            put_back(house, copy)
    return seen


def test_the_keys_of_the_tests_are_those_of_the_entry() -> None:
    assert log_info(OWNER).public() == LOG.public
