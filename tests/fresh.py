"""A fresh database for each test without the price of the migrations, or of the SQL, for each.

The migrations are the dearest part of nearly every test that has a store: 0.15 s of processor time,
where the test itself takes a hundredth of that, and they make the same file each time. So the first
empty database of a run is made by them, and each later one is a copy of that file. What makes and
moves schemas is tried by itself (`tests/store/test_migrations.py`) with `migrate.upgrade`, which
is left as it is; so is everything in another process.

A store compiles each statement once, when it is first asked for. A test opens a store, asks a few
hundred things once, and closes it: half of its processor time went into the same SQL text made
anew. So all stores of a run share what the first of them compiled, as the threads of one store do.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.util import LRUCache

from tracer.store import engine, migrate

STATEMENTS = 4000
"""Compiled statements that are kept; the program has some six hundred."""


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


@contextmanager
def shared_statements() -> Iterator[None]:
    """Inside, engines of one kind of database have one dialect and one cache of statements."""
    dialects: dict[str, Any] = {}
    compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    def sharing(*arguments: Any, **options: Any) -> Engine:
        made: Any = create_engine(*arguments, **options)
        shared = dialects.setdefault(made.dialect.name, made.dialect)
        made.dialect = made.pool._dialect = shared  # noqa: SLF001 # there is no public way
        made._compiled_cache = compiled  # noqa: SLF001
        return made  # type: ignore[no-any-return]  # it was any engine above

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "create_engine", sharing)
        yield
