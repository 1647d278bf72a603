"""The schema: made when the file is empty, checked when it is not, moved only on command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from tracer.errors import OperatorError
from tracer.store import engine as engines

SCHEMA: Final = "0002"
"""The revision this version of the package works with; the newest in `migrations`."""

_FOLDER: Final = Path(__file__).parent / "migrations"


def prepare(path: Path) -> None:
    """Make the schema in an empty or missing file; refuse any other revision than `SCHEMA`.

    The file is in WAL mode afterwards, wherever it came from.

    Raises:
        OperatorError: `store-schema`.
    """
    found = revision(path)
    if found is None:
        upgrade(path)
    elif found != SCHEMA:
        raise OperatorError(
            "store-schema",
            f"{path} has schema {found}, this version needs {SCHEMA}",
            advice="Back up, then run `tracer store migrate`.",
        )
    else:
        engines.create_file(path)


def revision(path: Path) -> str | None:
    """The schema revision of a file; None if it is empty or missing.

    Raises:
        OperatorError: `store-schema`: a database, but none of ours.
    """
    if not path.exists() or path.stat().st_size == 0:
        return None
    engine = engines.writer(path)
    try:
        with engine.connect() as conn:
            tables = inspect(conn).get_table_names()
            if "alembic_version" in tables:
                version = text("SELECT version_num FROM alembic_version")
                found: str | None = conn.execute(version).scalar_one_or_none()
                return found
    finally:
        engine.dispose()
    if tables:
        raise OperatorError("store-schema", f"{path} is not a database of this program")
    return None


def upgrade(path: Path, to: str = "head") -> None:
    """Move a file up to a revision, creating it if it is missing; data is kept."""
    engines.create_file(path)
    _run(path, lambda config: command.upgrade(config, to))


def downgrade(path: Path, to: str) -> None:
    """Move a file down to a revision; what the older schema cannot hold is lost."""
    _run(path, lambda config: command.downgrade(config, to))


def _run(path: Path, step: Callable[[Config], None]) -> None:
    engine = engines.writer(path)
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    try:
        with engine.begin() as conn:
            config.attributes["connection"] = conn
            step(config)
    finally:
        engine.dispose()
