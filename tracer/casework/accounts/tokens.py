"""Tokens and the sessions behind them, inside a transaction.

A token is 256 random bits; the row holds its SHA-256. At every step of a sign-in and every proof
the token is replaced, so that one that was known before is worth nothing after.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple

from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.roles import Act, acting, in_agencies
from tracer.clock import instant, stamp
from tracer.errors import InputError
from tracer.store import PersonRow, Tx
from tracer.store.account_rows import AccountRow, SessionRow

TOKEN_BYTES: Final = 32


class Stage(StrEnum):
    """How far a sign-in got; only an open session reaches the desk."""

    CODE = "code"
    """The password is shown; the code is awaited."""
    CHANGE = "change"
    """A password of one's own is to be chosen."""
    ENROL = "enrol"
    """A second factor is to be set up."""
    OPEN = "open"
    """At the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that holds; instants are wire text."""

    number: int
    person: str
    roles: tuple[str, ...]
    agency: bool
    """The person belongs to agencies under the authority only."""
    stage: Stage
    began: str
    until: str
    """Over then at the latest."""
    fresh: bool
    """Whether its last proof counts as fresh now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session and its token, which is known only now."""

    token: str = field(repr=False)
    session: Session


class Held(NamedTuple):
    """A session that holds, and whose it is."""

    row: SessionRow
    person: PersonRow
    session: Session


def over() -> InputError:
    """What a token that does not hold is answered, whatever the reason."""
    return InputError("session-over", "this session is over", advice="Sign in again.")


def digest(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def ends(row: SessionRow, policy: AccountPolicy) -> tuple[datetime, datetime]:
    """When a session is over: if nothing is asked before, and at the latest."""
    open_ = row.stage == Stage.OPEN
    latest = instant(row.began) + (policy.absolute if open_ else policy.pending)
    return min(instant(row.seen) + policy.idle, latest), latest


def alive(row: SessionRow, now: datetime, policy: AccountPolicy) -> bool:
    """Whether a session holds by its times."""
    return now < ends(row, policy)[0]


def held(
    tx: Tx, token: str, policy: AccountPolicy, stages: Collection[Stage] = (Stage.OPEN,)
) -> Held:
    """The session of a token, if it holds, stands at one of these stages, and its person may act.

    Raises:
        InputError: `session-over`.
    """
    row = tx.sessions.get(digest(token))
    if row is None or row.stage not in stages or not alive(row, instant(tx.now), policy):
        raise over()
    try:
        person = acting(tx, row.person, Act.ACCOUNT_OWN)
    except InputError as error:
        raise over() from error
    return Held(row, person, view(tx, row, person, policy))


def begin(
    tx: Tx, person: PersonRow, stage: Stage, policy: AccountPolicy, *, address: str, agent: str
) -> Opened:
    """Open a session at a stage; sessions of before are forgotten once their time is over."""
    tx.sessions.prune(stamp(instant(tx.now) - max(policy.absolute, policy.pending)))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = tx.sessions.open(
        person.name, digest(token), stage, address=address, agent=_printed(agent)
    )
    return Opened(token=token, session=view(tx, row, person, policy))


def move(tx: Tx, now: Held, stage: Stage, policy: AccountPolicy, *, proved: bool = True) -> Opened:
    """Replace the token of a session, at its next stage or the same."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    tx.sessions.move(now.row.number, digest(token), stage, proved=proved)
    row = tx.sessions.get(digest(token))
    if row is None:
        raise over()
    return Opened(token=token, session=view(tx, row, now.person, policy))


def next_stage(account: AccountRow, policy: AccountPolicy, *, coded: bool) -> Stage:
    """What a sign-in needs next; `coded`: the code was shown."""
    if account.factor is not None and not coded:
        return Stage.CODE
    if account.given:
        return Stage.CHANGE
    if account.factor is None and policy.second_factor:
        return Stage.ENROL
    return Stage.OPEN


def view(tx: Tx, row: SessionRow, person: PersonRow, policy: AccountPolicy) -> Session:
    """A session as others see it."""
    _, latest = ends(row, policy)
    fresh = instant(row.proved) + policy.fresh
    return Session(
        number=row.number,
        person=person.name,
        roles=person.roles,
        agency=in_agencies(tx, person),
        stage=Stage(row.stage),
        began=row.began,
        until=stamp(latest),
        fresh=instant(tx.now) < fresh,
    )


def to_the_minute(row: SessionRow, now: datetime) -> bool:
    """Whether what is kept as its last use is as good as now."""
    return now - instant(row.seen) < timedelta(minutes=1)


def _printed(agent: str) -> str:
    """A program's name for itself, as it may be shown: one line, short."""
    return "".join(sign if sign.isprintable() else " " for sign in agent)[:200]
