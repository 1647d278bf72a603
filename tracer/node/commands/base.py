"""What a command is: a name, the form of its arguments, the work, and what it may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msgspec import Struct

from tracer.casework.roles import Act, acting
from tracer.node.desk import Desk
from tracer.node.rooms import Rooms

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a command: the node it works on, who acts, who watches.

    `actor` is empty if nobody was named; `served` tells whether the node is running.
    """

    desk: Desk
    actor: str = ""
    served: bool = False
    progress: Progress = silent

    @property
    def rooms(self) -> Rooms:
        """The node's rooms."""
        return self.desk.rooms

    async def may(self, act: Act) -> str:
        """The name of the person who acts, if the act is theirs to do.

        Raises:
            InputError: `person-unknown`, `person-disabled` or `role-missing`.
        """
        return (await self.rooms.store.read(lambda tx: acting(tx, self.actor, act))).name


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """A command without arguments."""


A = TypeVar("A", bound=Struct)
Work = Callable[[Call, A], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[A]):
    """A command as registered. `appends`: it writes to the log or sends; not while restoring."""

    name: str
    args: type[A]
    work: Work[A]
    appends: bool = False


AnyCommand = Command[Any]


def command(name: str, args: type[A], *, appends: bool = False) -> Callable[[Work[A]], Command[A]]:
    """Make a command of the function below."""
    return lambda work: Command(name=name, args=args, work=work, appends=appends)
