"""What changed since I last looked: a mark for each person and case, set by reading the case.

Who wrote a request has looked at its case from its release on: the answer is news to them.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracer.casework.roles import Act, acting
from tracer.casework.sight import open_case, scope_of
from tracer.store import Store, Tx
from tracer.store.account_rows import SeenRow


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
    """Something else came: a receipt, or what another reading of the messages makes of them."""

    def __bool__(self) -> bool:
        """Whether anything is new."""
        return bool(self.messages or self.notes or self.moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A case in which something is new, in counts; the words are those of the list of cases."""

    thread: str
    reference: str
    peer: str
    ours: bool
    state: str
    updated: str
    seen: str | None
    messages: int
    notes: int


class Changes:
    """The verbs."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def list(self, actor: str, *, limit: int = 50) -> tuple[Changed, ...]:
        """Cases that one has looked at or is assigned to, and that changed since, newest first."""

        def body(tx: Tx) -> tuple[Changed, ...]:
            person = acting(tx, actor, Act.CASE_LIST)
            rows = tx.seen.changed(scope_of(tx, person), limit=limit)
            return tuple(
                Changed(
                    thread=row.thread,
                    reference=row.reference,
                    peer=row.peer,
                    ours=row.opener == "us",
                    state=row.state,
                    updated=row.updated,
                    seen=row.at,
                    messages=row.messages,
                    notes=row.notes,
                )
                for row in rows
            )

        return await self._store.read(body)

    async def mark(self, actor: str, thread: str) -> None:
        """Note a case as looked at without opening it.

        Raises:
            InputError: about case and actor.
        """

        def body(tx: Tx) -> None:
            row = open_case(tx, acting(tx, actor, Act.CASE_LIST), thread)
            tx.seen.see(actor, row.id)

        await self._store.write(body)


def since(tx: Tx, person: str, thread: str) -> Since:
    """What is new in a case for a person."""
    seen = tx.seen.get(person, thread)
    mark = seen or SeenRow("", "", 0, 0)
    case = tx.cases.get(thread)
    fresh = tuple(tx.seen.messages_since(thread, mark.message))
    notes = tuple(
        row.number
        for row in tx.case_notes.of(thread)
        if row.number > mark.note and row.author != person
    )
    moved = case is not None and case.updated != mark.updated
    return Since(seen=seen.at if seen else None, messages=fresh, notes=notes, moved=moved)
