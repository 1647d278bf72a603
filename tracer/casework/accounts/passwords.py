"""Passwords: given once by a keeper, chosen and changed by their owner."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracer.casework.accounts.sessions import Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPassword:
    """A one-time password, which is known only now; `until` is wire text."""

    name: str
    password: str = field(repr=False)
    until: str


class Passwords:
    """The verbs."""

    async def give(self, actor: str, name: str) -> GivenPassword:
        """Give somebody a one-time password; the one they had and their sessions end.

        Nobody gives one to themselves, but for the first of all.

        Raises:
            InputError: `person-self`, `person-unknown`, or about the actor.
        """
        raise NotImplementedError

    async def choose(self, token: str, new: str) -> Opened:
        """At `Stage.CHANGE`: choose a password; the token is replaced, the next stage follows.

        Raises:
            InputError: `session-over`, or one of those of `rules.check_password`.
        """
        raise NotImplementedError

    async def change(self, token: str, old: str, new: str, *, address: str) -> Opened:
        """Change one's own password at the desk; all other sessions end, the token is replaced.

        Raises:
            InputError: `session-over`, `proof-refused` (about `old`), `sign-in-wait`, or one of
                those of `rules.check_password`.
        """
        raise NotImplementedError
