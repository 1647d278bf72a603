"""A fresh database for each test without the price of fifteen migrations for each.

The migrations are the dearest part of nearly every test that has a store: 0.15 s of processor time,
where the test itself takes a hundredth of that, and they make the same file each time. So the first
empty database of a run is made by them, and each later one is a copy of that file. What makes and
moves schemas is tried by itself (`tests/store/test_migrations.py`) with `migrate.upgrade`, which
is left as it is; so is everything in another process.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import pytest

from tracer.store import migrate


@contextmanager
def copied_schemas(folder: Path) -> Iterator[None]:
    """Inside, `migrate.prepare` fills an empty or missing file from one made in `folder`."""
    first, one_at_a_time, prepare = folder / "tracer.db", Lock(), migrate.prepare

    def copying(path: Path) -> None:
        if not path.exists() or path.stat().st_size == 0:
            with one_at_a_time:
                if not first.exists():
                    prepare(first)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            shutil.copyfile(first, path)
        prepare(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "prepare", copying)
        yield
