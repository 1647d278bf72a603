"""Sessions: looked up at each request, proved anew, listed, ended.

What it does not do: know cookies. The token is the whole secret; whoever is given one here puts it
where only that browser reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import Proofs, Proved, known, refused, usable
from tracer.casework.accounts.tokens import (
    Held,
    Opened,
    Session,
    Stage,
    alive,
    digest,
    held,
    move,
    over,
    to_the_minute,
)
from tracer.casework.roles import STEP_UP, Act, acting, step_up
from tracer.clock import instant
from tracer.errors import InputError
from tracer.store import Store, Tx
from tracer.store.account_rows import SessionRow

_REFUSED = "proof-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """One session in a list."""

    number: int
    person: str
    stage: Stage
    began: str
    seen: str
    """When something was last asked of it, to the minute."""
    address: str
    agent: str
    mine: bool
    """It is the one that asks."""


class Sessions:
    """The verbs."""

    def __init__(self, *, store: Store, proofs: Proofs, policy: AccountPolicy) -> None:
        self._store = store
        self._proofs = proofs
        self._policy = policy

    async def resume(self, token: str) -> Session:
        """The session of a token, kept alive by this; whoever asks looks at its stage.

        Raises:
            InputError: `session-over`, whatever the reason; sign in again.
        """

        def body(tx: Tx) -> tuple[Held, bool]:
            now = held(tx, token, self._policy, tuple(Stage))
            return now, to_the_minute(now.row, instant(tx.now))

        found, noted = self._store.glance(body)
        if noted:
            return found.session

        def kept(tx: Tx) -> Session:
            now = held(tx, token, self._policy, tuple(Stage))
            tx.sessions.seen(now.row.number)
            return held(tx, token, self._policy, tuple(Stage)).session

        return await self._store.write(kept)

    async def end(self, token: str) -> None:
        """Sign out; a token that holds no more is no error."""

        def body(tx: Tx) -> None:
            row = tx.sessions.get(digest(token))
            if row is not None and tx.sessions.end(row.number):
                tx.audit.write(row.person, "sign-out", row.person, {"session": row.number})

        await self._store.write(body)

    async def prove(self, token: str, typed: str, *, address: str, browser: str = "") -> Opened:
        """Prove anew who is there; the token is replaced.

        Whoever has a second factor shows it: a code of the phone, or a recovery code. The password,
        which somebody may have seen being typed, does for whoever has none. Both are counted alike.

        Args:
            token: Of the session.
            typed: The code or the password.
            address: Where the person is.
            browser: As at signing in.

        Raises:
            InputError: `session-over`, `proof-refused`, `sign-in-wait`.
        """
        now, coded = await self._store.read(lambda tx: self._how(tx, token))
        name, proved = now.person.name, None
        whence: dict[str, str] = {"address": address, "browser": browser}
        if not coded:
            proved = await self._proofs.password(name, typed, kind="step-up", **whence)

        def body(tx: Tx) -> Opened | None:
            now, coded = self._how(tx, token)
            if coded and not self._coded(tx, name, typed, whence):
                return None
            if not coded:
                if proved is None:
                    raise refused(_REFUSED)  # the factor was taken away meanwhile
                self._proofs.settle(tx, proved, **whence)
            tx.audit.write(name, "step-up", name, {"proof": "code" if coded else "password"})
            return move(tx, now, Stage.OPEN, self._policy)

        opened = await self._store.write(body)
        if opened is None:
            raise refused(_REFUSED)
        return opened

    def _how(self, tx: Tx, token: str) -> tuple[Held, bool]:
        """The session, and whether its person shows a second factor."""
        now = held(tx, token, self._policy)
        account = tx.accounts.get(now.person.name)
        return now, account is not None and account.factor is not None

    @staticmethod
    def check_fresh(session: Session, act: Act) -> None:
        """Whether the session's proof is new enough for an act of `roles.STEP_UP`.

        Raises:
            InputError: `step-up-needed`.
        """
        if act in STEP_UP and not session.fresh:
            raise step_up()

    async def mine(self, token: str) -> tuple[SessionLine, ...]:
        """One's own sessions, newest first.

        Raises:
            InputError: `session-over`.
        """

        def body(tx: Tx) -> tuple[SessionLine, ...]:
            now = held(tx, token, self._policy)
            return self._lines(tx, now.person.name, mine=now.row.number)

        return await self._store.read(body)

    async def end_mine(self, token: str, number: int | None = None) -> int:
        """End one of one's own sessions, or all but the one that asks; how many it were.

        It takes a fresh proof (ASVS 7.5.2): who found a desk open throws nobody out elsewhere.

        Raises:
            InputError: `session-over`, `step-up-needed`, `session-unknown`.
        """

        def body(tx: Tx) -> int:
            now = held(tx, token, self._policy)
            if not now.session.fresh:
                raise step_up()
            return _end(tx, now.person.name, now.person.name, number, but=now.row.number)

        return await self._store.write(body)

    async def of(self, actor: str, name: str) -> tuple[SessionLine, ...]:
        """Somebody's sessions: one's own, or anybody's for those who keep people.

        Raises:
            InputError: `person-unknown`, or about the actor.
        """

        def body(tx: Tx) -> tuple[SessionLine, ...]:
            _own_or_keeper(tx, actor, name)
            return self._lines(tx, name)

        return await self._store.read(body)

    async def revoke(self, actor: str, name: str, number: int | None = None) -> int:
        """End one of somebody's sessions, or all; how many it were.

        Raises:
            InputError: `session-unknown`, `person-unknown`, or about the actor.
        """

        def body(tx: Tx) -> int:
            _own_or_keeper(tx, actor, name)
            return _end(tx, actor, name, number)

        return await self._store.write(body)

    def _coded(self, tx: Tx, name: str, code: str, whence: Mapping[str, str]) -> bool:
        account = usable(tx, name)
        if account is None:
            raise over()
        return self._proofs.code(tx, account, code, kind="step-up", **whence) is not None

    def _lines(self, tx: Tx, name: str, *, mine: int = 0) -> tuple[SessionLine, ...]:
        now = instant(tx.now)
        return tuple(
            line_of(row, mine=row.number == mine)
            for row in tx.sessions.of(name)
            if alive(row, now, self._policy)
        )


def _end(tx: Tx, actor: str, name: str, number: int | None, *, but: int = 0) -> int:
    if number is None:
        ended = tx.sessions.end_all(name, but=but)
    else:
        if number not in {row.number for row in tx.sessions.of(name)}:
            raise InputError("session-unknown", f"{name} has no session {number}", field="session")
        ended = int(tx.sessions.end(number))
    tx.audit.write(actor, "session-end", name, {"session": number, "ended": ended})
    return ended


def _own_or_keeper(tx: Tx, actor: str, name: str) -> None:
    acting(tx, actor, Act.ACCOUNT_OWN if actor == name else Act.PEOPLE_CHANGE)
    known(tx, name)


def line_of(row: SessionRow, *, mine: bool) -> SessionLine:
    """A session as people see it."""
    return SessionLine(
        number=row.number,
        person=row.person,
        stage=Stage(row.stage),
        began=row.began,
        seen=row.seen,
        address=row.address,
        agent=row.agent,
        mine=mine,
    )


__all__ = ["Opened", "Proved", "Session", "SessionLine", "Sessions", "Stage"]
