"""The schema: made when the file is empty, checked when it is not, moved only on command.

Alembic is loaded where a schema is moved, not where it is only checked: a node that starts on a
database of the present schema does not pay for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from sqlalchemy import inspect, text

from tracer.errors import OperatorError
from tracer.store import engine as engines

SCHEMA: Final = "0021"
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
    _run(path, "upgrade", to)


def downgrade(path: Path, to: str) -> None:
    """Move a file down to a revision; what the older schema cannot hold is lost."""
    _run(path, "downgrade", to)


def _run(path: Path, step: Literal["upgrade", "downgrade"], to: str) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    engine = engines.writer(path)
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    try:
        with engine.begin() as conn:
            config.attributes["connection"] = conn
            getattr(command, step)(config, to)
    finally:
        engine.dispose()
