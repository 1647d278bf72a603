"""The second factor: set up by its owner with a phone, taken away by a keeper when it is lost.

What it does not do: draw the picture a phone reads (`web` does, from `Enrolment.uri`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tracer.casework.accounts.sessions import Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What a phone needs; shown until it is confirmed."""

    secret: str = field(repr=False)
    """Base32, in groups of four, to be typed where no camera is."""
    uri: str = field(repr=False)
    """`otpauth://totp/...`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The factor counts from now on; the recovery codes are known only now."""

    opened: Opened
    recovery: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorState:
    """Whether a person has a second factor."""

    since: str | None
    """When it was set up; None: there is none."""
    recovery_left: int


class SecondFactor:
    """The verbs. `begin` and `confirm`: at `Stage.ENROL`, or at the desk with a fresh proof."""

    async def begin(self, token: str) -> Enrolment:
        """A new secret, or the one that waits to be confirmed; the factor of now counts till then.

        Raises:
            InputError: `session-over`, `step-up-needed`.
        """
        raise NotImplementedError

    async def confirm(self, token: str, code: str) -> Confirmed:
        """Take up the new secret by a code of it; other sessions end, the token is replaced.

        Raises:
            InputError: `session-over`, `step-up-needed`, `factor-none`: nothing waits;
                `code-refused`.
        """
        raise NotImplementedError

    async def new_recovery(self, token: str) -> tuple[str, ...]:
        """Ten new recovery codes; the old ones count no more.

        Raises:
            InputError: `session-over`, `step-up-needed`, `factor-none`.
        """
        raise NotImplementedError

    async def state(self, token: str) -> FactorState:
        """Whether one has a second factor, and how many recovery codes are left.

        Raises:
            InputError: `session-over`.
        """
        raise NotImplementedError

    async def reset(self, actor: str, name: str) -> None:
        """Take away a lost second factor; their sessions end, the next sign-in sets one up.

        Raises:
            InputError: `person-self`, `person-unknown`, `factor-none`, or about the actor.
        """
        raise NotImplementedError
