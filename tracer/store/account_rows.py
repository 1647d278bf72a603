"""Rows of accounts, teams and the local work on cases; see `rows` for their rules."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class AccountRow(msgspec.Struct, frozen=True, kw_only=True):
    """How a person signs in; `password` is a hash, `factor` is a key in Base32.

    `given`: the password was given for one time, up to `given_until`. `factor_last` is the step of
    the last code that was used; `pending` is the digest of a session's token and the key that was
    shown to whoever has that token, who has to confirm it. `factor_odd` is the step of a code that
    was right but `factor_apart` steps away from its time: the next may show that a clock is off.
    """

    person: str
    password: str
    given: bool = False
    given_until: str | None = None
    changed: str
    factor: str | None = None
    factor_since: str | None = None
    factor_last: int = 0
    pending: str | None = None
    factor_odd: int | None = None
    factor_apart: int | None = None


class HandRow(NamedTuple):
    """Somebody had an account in hand from `at`, until a third person had looked at it."""

    number: int
    person: str
    by: str
    act: str
    at: str
    settled_by: str | None
    settled_at: str | None


class SessionRow(NamedTuple):
    """A session; `digest` is that of its token. Instants are wire text."""

    number: int
    digest: str
    person: str
    stage: str
    began: str
    seen: str
    proved: str
    address: str
    agent: str


class TryRow(NamedTuple):
    """Failures counted since an instant, and the last."""

    failures: int
    since: str
    last: str


class TeamRow(NamedTuple):
    """A team; `agency` is empty for the authority's own."""

    id: str
    name: str
    agency: str
    closed: bool


class AssignmentRow(NamedTuple):
    """Who works on a case, since when, and who said so."""

    person: str
    at: str
    by: str


class NoteRow(NamedTuple):
    """A local note, decrypted."""

    number: int
    thread: str
    author: str
    at: str
    text: str


class TranscriptRow(NamedTuple):
    """What came or went by another way, decrypted; `jws` is empty once its content is destroyed.

    `whole`: an original is kept. `opens` is false if the content does not open in its place.
    """

    number: int
    id: str
    thread: str
    author: str
    at: str
    checked_by: str | None
    checked_at: str | None
    jws: str
    disclosures: tuple[str, ...]
    whole: bool
    opens: bool = True


class UncheckedRow(NamedTuple):
    """What was entered in a case and is not compared with its original yet."""

    number: int
    thread: str
    author: str
    at: str
    reference: str
    peer: str


class SeenRow(NamedTuple):
    """How a case stood when a person looked: its change, its newest message and note."""

    at: str
    updated: str
    message: int
    note: int


class ChangedRow(NamedTuple):
    """A case that changed since a person looked; `at` is None if they never did."""

    thread: str
    reference: str
    peer: str
    opener: str
    state: str
    updated: str
    at: str | None
    messages: int
    notes: int


class CaseAccess(NamedTuple):
    """Who a case is for; `hands` are those who wrote, submitted or released in it."""

    team: str
    restricted: bool
    assigned: frozenset[str]
    hands: frozenset[str]


class Scope(NamedTuple):
    """Which cases a person is shown; the words of `casework.roles.Reach`."""

    person: str
    reach: str
    teams: frozenset[str]
