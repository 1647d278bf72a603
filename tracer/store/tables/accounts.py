"""Tables of accounts, teams and the local work on cases; see `tables` for their rules.

Whose session it is and where it stands is in the clear; what a secret could be guessed from (the
hash of a password, the key of a second factor) and where people come from is encrypted.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from tracer.store.tables.columns import (
    blob_column,
    count_column,
    flag_column,
    metadata,
    serial_column,
    text_column,
)


def _person(*, key: bool = False) -> Column[str]:
    return Column("person", Text, ForeignKey("person.name"), nullable=False, primary_key=key)


def _thread(*, key: bool = False) -> Column[str]:
    return Column("thread", Text, ForeignKey("thread.id"), nullable=False, primary_key=key)


account = Table(
    "account",
    metadata,
    _person(key=True),
    blob_column("password"),
    flag_column("given"),
    text_column("given_until", null=True),
    text_column("changed"),
    blob_column("factor", null=True),
    text_column("factor_since", null=True),
    count_column("factor_last"),
    blob_column("pending", null=True),
    Column("factor_odd", BigInteger, nullable=True),
    Column("factor_apart", BigInteger, nullable=True),
)

recovery_code = Table("recovery_code", metadata, _person(key=True), text_column("digest", key=True))

account_hand = Table(
    "account_hand",
    metadata,
    serial_column("number"),
    _person(),
    text_column("by"),
    text_column("act"),
    text_column("at"),
    text_column("settled_by", null=True),
    text_column("settled_at", null=True),
    Index(None, "person"),
    sqlite_autoincrement=True,
)

session = Table(
    "session",
    metadata,
    serial_column("number"),
    text_column("digest"),
    _person(),
    text_column("stage"),
    text_column("began"),
    text_column("seen"),
    text_column("proved"),
    blob_column("origin"),
    UniqueConstraint("digest"),
    Index(None, "person"),
    Index(None, "began"),
    sqlite_autoincrement=True,
)

sign_in_try = Table(
    "sign_in_try",
    metadata,
    text_column("subject", key=True),
    count_column("failures"),
    text_column("since"),
    text_column("last"),
    Index(None, "last"),
)

team = Table(
    "team",
    metadata,
    text_column("id", key=True),
    text_column("name"),
    text_column("agency"),
    flag_column("closed"),
    text_column("at"),
    text_column("by"),
)

team_member = Table(
    "team_member",
    metadata,
    Column("team", Text, ForeignKey("team.id"), primary_key=True),
    _person(key=True),
    text_column("at"),
    text_column("by"),
    Index(None, "person"),
)

case_team = Table(
    "case_team",
    metadata,
    _thread(key=True),
    Column("team", Text, ForeignKey("team.id"), nullable=True),
    flag_column("restricted"),
    Index(None, "team", "thread"),
)

assignment = Table(
    "assignment",
    metadata,
    _thread(key=True),
    _person(key=True),
    text_column("at"),
    text_column("by"),
    Index(None, "person"),
)

case_note = Table(
    "case_note",
    metadata,
    serial_column("number"),
    _thread(),
    text_column("author"),
    text_column("at"),
    blob_column("body"),
    Index(None, "thread"),
)

transcript = Table(
    "transcript",
    metadata,
    serial_column("number"),
    text_column("id"),
    _thread(),
    text_column("author"),
    text_column("at"),
    text_column("checked_by", null=True),
    text_column("checked_at", null=True),
    blob_column("body", null=True),
    blob_column("original", null=True),
    UniqueConstraint("id"),
    Index(None, "thread"),
    Index(None, "checked_by"),
)

last_seen = Table(
    "last_seen",
    metadata,
    _person(key=True),
    _thread(key=True),
    text_column("at"),
    text_column("updated"),
    count_column("message"),
    count_column("note"),
    Index(None, "person", "at"),
)
