"""Firearms by the skeleton of their serial."""

from __future__ import annotations

from tests.store import make
from tracer.model.fingerprint import Fingerprint
from tracer.store import Store, Tx
from tracer.store.firearms import MOST


def _print(number: int, skeleton: str) -> Fingerprint:
    return Fingerprint(number, f"{skeleton}-{number}", skeleton, "GLOCK", "9x19")


async def test_a_serial_that_stands_everywhere_hides_no_other_one(store: Store) -> None:
    def fill(tx: Tx) -> None:
        make.commit(tx, make.message("m"))
        flood = [_print(number, "8748162") for number in range(MOST + 100)]
        tx.firearms.put(make.message("m").thread, [*flood, _print(9000, "5550001")])

    await store.write(fill)
    found = await store.read(lambda tx: tx.firearms.alike(["8748162", "5550001", "0000000"]))
    lines = [one.fingerprint.line for one in found]
    assert len(lines) == MOST + 1
    assert 9000 in lines
