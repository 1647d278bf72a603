"""What changed since I last looked: a mark for each person and case, set by reading the case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What is new in a case for one person; of a case never looked at everything is."""

    seen: str | None
    """When they looked last; None: never."""
    messages: tuple[str, ...]
    """Ids of messages stored since."""
    notes: tuple[int, ...]
    """Numbers of notes of others since."""
    moved: bool
    """Something else did: a receipt, a deadline, whose case it is."""

    def __bool__(self) -> bool:
        """Whether anything is new."""
        return bool(self.messages or self.notes or self.moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A case in which something is new, in counts; the words are those of the list of cases."""

    thread: str
    reference: str
    peer: str
    state: str
    updated: str
    seen: str | None
    messages: int
    notes: int


class Changes:
    """The verbs."""

    async def list(self, actor: str, *, limit: int = 50) -> tuple[Changed, ...]:
        """Cases that one has looked at or is assigned to, and that changed since, newest first."""
        raise NotImplementedError

    async def mark(self, actor: str, thread: str) -> None:
        """Note a case as looked at without opening it.

        Raises:
            InputError: about case and actor.
        """
        raise NotImplementedError
