"""What the database raises, and what becomes of it: no other room sees an exception of SQL."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from tracer.errors import OperatorError

FAILURES = (SQLAlchemyError, sqlite3.Error)
"""What the database raises: through SQLAlchemy, and for prepared statements by itself."""


def translated(error: BaseException) -> BaseException:
    """Errors of the database become errors of this package; no other room knows SQL."""
    if isinstance(error, IntegrityError | sqlite3.IntegrityError):
        mine = OperatorError("store-conflict", "a row contradicts what is already stored")
    elif isinstance(error, FAILURES):
        mine = OperatorError(
            "store-failed",
            f"the database failed: {error.__class__.__name__}",
            advice="Check the disk and its free space; then restart the node.",
        )
    else:
        return error
    mine.__cause__ = error
    return mine
