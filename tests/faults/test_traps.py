"""Nothing persists on the ways of a message and its files without a trap before and after it.

`test_steps` fails each step that a trap names; this is what makes a step without a trap fail.
"""

from __future__ import annotations

from pathlib import Path

import tracer
from tests.faults.traps import Persistent, persistent

ROOT = Path(tracer.__file__).parent
PLACES = ("exchange", "store/lane.py", "disk.py")
"""The verbs, the shelf of the attachments among them, the write lane, and what syncs a folder."""
INSIDE = "it is called by steps that have their traps, and does nothing else"
READS = "it reads the head, and writes nothing"
COURIER = "courier.sync, courier.rename follow each other around it; tests.courier.test_steps"
DISPOSAL = "no way of a message: the act is on record before, and is done again until all is gone"
MEMORY = "witness.kept and witness.noted stand around it; the file is replaced whole or not at all"
UNTRAPPED = {
    ("disk.py:sync_folder", "fsync"): INSIDE,
    ("exchange/uploads.py:_write", "pwrite"): INSIDE,
    (
        "exchange/uploads.py:_write",
        "ftruncate",
    ): "the way back of that write; tests.faults.test_disk",
    ("exchange/uploads.py:Shelf:discard", "_write"): DISPOSAL,
    ("exchange/uploads.py:Shelf:discard", "fsync"): DISPOSAL,
    ("exchange/uploads.py:Shelf:discard", "unlink"): DISPOSAL,
    ("exchange/uploads.py:Shelf:discard", "sync_folder"): DISPOSAL,
    ("exchange/witness/memory.py:WitnessMemory:_write", "fsync"): MEMORY,
    ("exchange/witness/memory.py:WitnessMemory:_write", "replace"): MEMORY,
    ("exchange/witness/memory.py:WitnessMemory:_write", "sync_folder"): MEMORY,
    ("exchange/courier/disk.py:write_whole", "_write"): COURIER,
    ("exchange/courier/disk.py:_write", "fsync"): COURIER,
    ("exchange/courier/disk.py:write_whole", "unlink"): "the way back, after an error of the disk",
    ("exchange/courier/pack.py:Pack:_tidy", "unlink"): "files that were carried long ago",
    ("exchange/courier/schema.py:write", "write_text"): "a tool that makes a schema, not the node",
    ("store/lane.py:Lane:_run", "begin"): READS,
    ("store/lane.py:Lane:_failed", "begin"): READS,
}
"""What persists without a trap on either side, and why that is right."""
SOURCE = """
class Shelf:
    def finish(self, part):
        self._fault("sync")
        os.fsync(part)
        {between}
        part.replace(self.name)
        self._fault("renamed")

    def commit(self, conn):
        self._step("before")
        with conn.begin() as transaction:
            self._run(transaction)
        {between}
"""


def test_what_persists_stands_between_two_traps_or_is_listed_with_its_reason() -> None:
    found = [one for place in PLACES for one in _under(ROOT / place)]
    bare = {one.name for one in found if not one.trapped}
    assert bare - UNTRAPPED.keys() == set(), "a step that no test fails"
    assert UNTRAPPED.keys() - bare == set(), "an exception that is none any more"
    assert len({one.name for one in found if one.trapped}) >= 13


def test_a_missing_trap_is_seen_on_both_sides_of_it(tmp_path: Path) -> None:
    def traps(between: str) -> dict[str, bool]:
        path = tmp_path / "shelf.py"
        path.write_text(SOURCE.replace("{between}", between))
        return {one.call: one.trapped for one in persistent(path, "shelf.py")}

    assert traps('self._fault("after")') == {"fsync": True, "replace": True, "begin": True}
    assert traps("pass") == {"fsync": False, "replace": False, "begin": False}


def _under(place: Path) -> list[Persistent]:
    paths = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    return [one for path in paths for one in persistent(path, str(path.relative_to(ROOT)))]
