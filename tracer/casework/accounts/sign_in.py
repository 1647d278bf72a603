"""Signing in: the password, then the code of the second factor.

What it does not do: keep sessions alive (`sessions`), change a password (`passwords`).
"""

from __future__ import annotations

from tracer.casework.accounts.sessions import Opened


class SignIn:
    """The two steps."""

    async def begin(self, name: str, password: str, *, address: str, agent: str = "") -> Opened:
        """Check name and password and open a session at its next stage.

        Args:
            name: As typed.
            password: As typed; one given once in any case, with or without dashes.
            address: Where the person comes from, for throttling and for their list of sessions.
            agent: Their program, in a few words, for their list of sessions.

        Raises:
            InputError: `sign-in-refused`: name or password is wrong, or no sign-in is open to this
                person, which is not told apart; `sign-in-wait`: too many wrong tries of this
                account or from this address, `advice` says until when; `sign-in-busy`.
        """
        raise NotImplementedError

    async def code(self, token: str, code: str, *, address: str) -> Opened:
        """Check the code of the second factor, or a recovery code; the token is replaced.

        Raises:
            InputError: `session-over`: sign in again; `code-refused`: wrong, used or too old;
                `sign-in-wait`.
        """
        raise NotImplementedError
