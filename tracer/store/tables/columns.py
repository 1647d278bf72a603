"""Columns of our few kinds, and the one metadata that all tables stand in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, Text
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""A number the database gives; SQLite does that only for INTEGER."""


def text_column(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    """Text; an instant, a code or an identifier."""
    return Column(name, Text, nullable=null, primary_key=key)


def count_column(name: str, *, key: bool = False) -> Column[int]:
    """A whole number that we give."""
    return Column(name, BigInteger, nullable=False, primary_key=key, autoincrement=False)


def blob_column(name: str, *, null: bool = False) -> Column[bytes]:
    """Bytes, encrypted where they can be personal."""
    return Column(name, LargeBinary, nullable=null)


def flag_column(name: str) -> Column[bool]:
    """Yes or no."""
    return Column(name, Boolean, nullable=False)


def serial_column(name: str) -> Column[int]:
    """The number the database gives a row."""
    return Column(name, Serial, primary_key=True, autoincrement=True)
