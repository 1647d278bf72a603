"""Sessions: opened at a stage, looked up at each request, proved anew, listed, ended.

What it does not do: know cookies. The token is the whole secret; whoever is given one here puts it
where only that browser reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tracer.casework.roles import Act


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
    stage: Stage
    began: str
    idle_until: str
    """Over then unless something is asked before."""
    until: str
    """Over then at the latest."""
    fresh_until: str
    """Until then its last proof counts as fresh."""
    fresh: bool
    """Whether it does now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session and its token, which is known only now."""

    token: str = field(repr=False)
    session: Session


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

    async def resume(self, token: str) -> Session:
        """The session of a token, kept alive by this.

        Raises:
            InputError: `session-over`, whatever the reason; sign in again.
        """
        raise NotImplementedError

    async def end(self, token: str) -> None:
        """Sign out; a token that holds no more is no error."""
        raise NotImplementedError

    async def prove(
        self, token: str, *, password: str = "", code: str = "", address: str
    ) -> Opened:
        """Prove anew who is there, by password or by code; the token is replaced.

        Raises:
            InputError: `session-over`, `proof-refused`, `sign-in-wait`.
        """
        raise NotImplementedError

    @staticmethod
    def check_fresh(session: Session, act: Act) -> None:
        """Whether the session's proof is new enough for an act of `roles.STEP_UP`.

        Raises:
            InputError: `step-up-needed`.
        """
        raise NotImplementedError

    async def mine(self, token: str) -> tuple[SessionLine, ...]:
        """One's own sessions, newest first.

        Raises:
            InputError: `session-over`.
        """
        raise NotImplementedError

    async def end_mine(self, token: str, number: int | None = None) -> int:
        """End one of one's own sessions, or all but the one that asks; how many it were.

        Raises:
            InputError: `session-over`, `session-unknown`.
        """
        raise NotImplementedError

    async def of(self, actor: str, name: str) -> tuple[SessionLine, ...]:
        """Somebody's sessions: one's own, or anybody's for those who keep people.

        Raises:
            InputError: `person-unknown`, or about the actor.
        """
        raise NotImplementedError

    async def revoke(self, actor: str, name: str, number: int | None = None) -> int:
        """End one of somebody's sessions, or all; how many it were.

        Raises:
            InputError: `session-unknown`, `person-unknown`, or about the actor.
        """
        raise NotImplementedError
