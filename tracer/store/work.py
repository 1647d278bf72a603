"""Teams, whose case is whose, local notes, and what each person has looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)

from tracer.store.account_rows import (
    AssignmentRow,
    CaseAccess,
    ChangedRow,
    NoteRow,
    Scope,
    SeenRow,
    TeamRow,
)
from tracer.store.dialect import Prepared, chunks, listed, upsert
from tracer.store.group import Group
from tracer.store.tables.accounts import (
    assignment,
    case_note,
    case_team,
    last_seen,
    team,
    team_member,
)
from tracer.store.tables.exchange import case, draft, message
from tracer.store.vault import Vault

TeamRows = list[TeamRow]
AssignmentRows = list[AssignmentRow]
NoteRows = list[NoteRow]
ChangedRows = list[ChangedRow]
Names = list[str]

FOLLOWED: Final = 250
"""Cases that a person looked at last, in which changes are looked for."""
_PUT_TEAM: Final = upsert(team, ("id",), update=("name", "agency", "closed"))
_JOIN: Final = upsert(team_member, ("team", "person"), update=())
_GIVE: Final = upsert(case_team, ("thread",))
_ASSIGN: Final = upsert(assignment, ("thread", "person"), update=())
_SEE: Final = upsert(last_seen, ("person", "thread"))
_ASSIGNED: Final = Prepared(
    select(assignment.c.thread, assignment.c.person).where(
        assignment.c.thread.in_(listed("threads"))
    )
)
_TEAMS: Final = Prepared(
    select(case_team.c.thread, case_team.c.team).where(case_team.c.thread.in_(listed("threads")))
)
_TEAM: Final = select(team.c.id, team.c.name, team.c.agency, team.c.closed)
_TEAMS_OF: Final = Prepared(
    _TEAM.join(team_member, team_member.c.team == team.c.id)
    .where(team_member.c.person == bindparam("person"))
    .order_by(team.c.id)
)
_ANY_TEAM: Final = Prepared(select(team.c.id).limit(1))


class Teams:
    """`tx.teams`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def put(self, row: TeamRow, *, by: str) -> None:
        """Write a team; who made it and when stays as it was first."""
        _PUT_TEAM.run(self._conn, [(*row, self._group.now, by)])

    def get(self, name: str) -> TeamRow | None:
        """One team."""
        found = self._conn.execute(_TEAM.where(team.c.id == name)).first()
        return TeamRow(*found) if found else None

    def all(self) -> TeamRows:
        """Every team, by id."""
        return [TeamRow(*row) for row in self._conn.execute(_TEAM.order_by(team.c.id))]

    def any(self) -> bool:
        """Whether there is a team at all."""
        return _ANY_TEAM.first(self._conn) is not None

    def of(self, person: str) -> TeamRows:
        """The teams of a person, by id."""
        return [TeamRow(*row) for row in _TEAMS_OF.rows(self._conn, person=person)]

    def members(self) -> dict[str, Names]:
        """The people of every team that has some, by name."""
        found: dict[str, Names] = {}
        query = select(team_member.c.team, team_member.c.person).order_by(team_member.c.person)
        for name, person in self._conn.execute(query):
            found.setdefault(name, []).append(person)
        return found

    def join(self, name: str, person: str, *, by: str) -> bool:
        """Put a person into a team; False if they are in it."""
        return _JOIN.run(self._conn, [(name, person, self._group.now, by)]) == 1

    def leave(self, name: str, person: str) -> bool:
        """Take a person out of a team; False if they were not in it."""
        gone = self._conn.execute(
            delete(team_member).where(team_member.c.team == name, team_member.c.person == person)
        )
        return gone.rowcount == 1


class Work:
    """`tx.work`: whose case it is."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def give(self, thread: str, name: str | None, *, restricted: bool) -> None:
        """Say which team's case it is, and whether only that team sees it."""
        _GIVE.run(self._conn, [(thread, name, restricted)])

    def team_of(self, thread: str) -> tuple[str, bool]:
        """The team of a case, empty if none; and whether only it sees the case."""
        query = select(case_team.c.team, case_team.c.restricted)
        found = self._conn.execute(query.where(case_team.c.thread == thread)).first()
        return (found[0] or "", bool(found[1])) if found else ("", False)

    def assign(self, thread: str, person: str, *, by: str) -> bool:
        """Assign a person to a case; False if they are."""
        return _ASSIGN.run(self._conn, [(thread, person, self._group.now, by)]) == 1

    def unassign(self, thread: str, person: str) -> bool:
        """Take a person off a case; False if they were not on it."""
        gone = self._conn.execute(
            delete(assignment).where(assignment.c.thread == thread, assignment.c.person == person)
        )
        return gone.rowcount == 1

    def assigned(self, thread: str) -> AssignmentRows:
        """Who works on a case, longest first."""
        query = select(assignment.c.person, assignment.c.at, assignment.c.by)
        ordered = query.order_by(assignment.c.at, assignment.c.person)
        rows = self._conn.execute(ordered.where(assignment.c.thread == thread))
        return [AssignmentRow(*row) for row in rows]

    def lies_with(self, threads: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
        """With whom these cases lie: each person assigned as (name, ""), else ("", team)."""
        people: dict[str, list[tuple[str, str]]] = {name: [] for name in threads}
        teams: dict[str, str] = {}
        for part in chunks(threads):
            for name, person in _ASSIGNED.rows(self._conn, threads=part):
                people[name].append((person, ""))
            teams |= dict(_TEAMS.rows(self._conn, threads=part))
        return {name: found or [("", teams.get(name) or "")] for name, found in people.items()}

    def access(self, threads: Sequence[str]) -> dict[str, CaseAccess]:
        """Who these cases are for."""
        teams: dict[str, tuple[str, bool]] = {}
        people: dict[str, set[str]] = {name: set() for name in threads}
        hands: dict[str, set[str]] = {name: set() for name in threads}
        for part in chunks(list(people)):
            query = select(case_team).where(case_team.c.thread.in_(part))
            teams |= {row[0]: (row[1] or "", bool(row[2])) for row in self._conn.execute(query)}
            who = select(assignment.c.thread, assignment.c.person)
            for name, person in self._conn.execute(who.where(assignment.c.thread.in_(part))):
                people[name].add(person)
            for column in (draft.c.thread, draft.c.message_id):
                wrote = select(column, draft.c.author).where(column.in_(part))
                for name, person in self._conn.execute(wrote):
                    hands[name].add(person)
        return {
            name: CaseAccess(
                *teams.get(name, ("", False)), frozenset(people[name]), frozenset(hands[name])
            )
            for name in people
        }


class CaseNotes:
    """`tx.case_notes`."""

    def __init__(self, conn: Connection, group: Group, vault: Vault) -> None:
        self._conn = conn
        self._group = group
        self._vault = vault

    def add(self, thread: str, author: str, text: str) -> NoteRow:
        """Write a note under the thread's key, which is there."""
        now, key = self._group.now, self._vault.keys((thread,))[thread]
        body = self._vault.seal_under(key, text.encode(), note_place(thread, author, now))
        done = self._conn.execute(
            insert(case_note).values(thread=thread, author=author, at=now, body=body)
        )
        number = int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0
        return NoteRow(number, thread, author, now, text)

    def of(self, thread: str) -> NoteRows:
        """Notes on a case, oldest first; none once its key is destroyed."""
        key = self._vault.keys((thread,)).get(thread)
        if key is None:
            return []
        query = select(case_note).where(case_note.c.thread == thread)
        return [
            NoteRow(
                row.number,
                thread,
                row.author,
                row.at,
                self._opened(key, row),
            )
            for row in self._conn.execute(query.order_by(case_note.c.number))
        ]

    def _opened(self, key: bytes, row: Any) -> str:
        place = note_place(row.thread, row.author, row.at)
        return self._vault.open_under(key, row.body, place).decode()

    def forget(self, thread: str) -> None:
        """Destroy the notes on a case."""
        self._conn.execute(delete(case_note).where(case_note.c.thread == thread))

    def rewrite(self, rows: Sequence[NoteRow], key: bytes) -> None:
        """Encrypt these notes of one thread anew, under the key it has now."""
        for row in rows:
            place = note_place(row.thread, row.author, row.at)
            body = self._vault.seal_under(key, row.text.encode(), place)
            self._conn.execute(
                update(case_note).where(case_note.c.number == row.number).values(body=body)
            )


class Seen:
    """`tx.seen`: what each person has looked at."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def get(self, person: str, thread: str) -> SeenRow | None:
        """How a case stood when a person looked last; None: they never did."""
        query = select(*(last_seen.c[name] for name in SeenRow._fields))
        found = self._conn.execute(
            query.where(last_seen.c.person == person, last_seen.c.thread == thread)
        ).first()
        return SeenRow(*found) if found else None

    def see(self, person: str, thread: str) -> None:
        """Note that a person looks at a case as it is now."""
        updated = select(case.c.updated).where(case.c.thread == thread)
        newest = select(func.max(message.c.seq)).where(message.c.thread == thread)
        written = select(func.max(case_note.c.number)).where(case_note.c.thread == thread)
        row = (
            self._conn.execute(updated).scalar_one_or_none() or "",
            self._conn.execute(newest).scalar_one_or_none() or 0,
            self._conn.execute(written).scalar_one_or_none() or 0,
        )
        _SEE.run(self._conn, [(person, thread, self._group.now, *row)])

    def messages_since(self, thread: str, number: int) -> Names:
        """Ids of messages of a thread that were stored after one, in order."""
        query = select(message.c.id).where(message.c.thread == thread, message.c.seq > number)
        return list(self._conn.execute(query.order_by(message.c.seq)).scalars())

    def changed(self, scope: Scope, *, limit: int) -> ChangedRows:
        """Cases of a person's that are not as they looked at them last, newest first.

        Looked through are those they are assigned to and the `FOLLOWED` they looked at last: first
        among the cases that changed last of all, from their index; if that does not fill the list,
        each by its keys.
        """
        found: Sequence[str] = ()
        floor = self._conn.execute(_FLOOR).scalar_one_or_none()
        if floor is not None:
            newest = _changed_of(scope).where(case.c.updated >= floor)
            among = func.coalesce(case.c.thread, "").in_(_followed(scope))
            newest = newest.where(among).order_by(case.c.updated.desc(), case.c.thread.desc())
            found = self._conn.execute(newest.limit(limit)).scalars().all()
        if len(found) < limit:
            every = _changed_of(scope).where(case.c.thread.in_(_followed(scope)))
            found = self._conn.execute(every.order_by(*_BY_CHANGE).limit(limit)).scalars().all()
        counts = (
            select(func.count()).where(*_said()).correlate(case, last_seen).scalar_subquery(),
            select(func.count()).where(*_noted(scope)).correlate(case, last_seen).scalar_subquery(),
        )
        query = (
            select(*_CHANGED, last_seen.c.at, *counts)
            .select_from(case.outerjoin(last_seen, _here_seen(scope)))
            .where(case.c.thread.in_(found))
            .order_by(*_BY_CHANGE)
        )  # counted for those that are shown only
        return [ChangedRow(*row) for row in self._conn.execute(query)]


NEWEST: Final = 2000
"""Cases that changed last, among which those of a person's are looked for first."""
_FLOOR: Final = select(case.c.updated).order_by(case.c.updated.desc()).offset(NEWEST).limit(1)
_BY_CHANGE: Final = (func.coalesce(case.c.updated, "").desc(), case.c.thread.desc())
"""An expression, so that no database walks all cases by their instant."""


def _followed(scope: Scope) -> CompoundSelect[Any]:
    """Cases that a person is assigned to, and those they looked at last."""
    mine = select(assignment.c.thread).where(assignment.c.person == scope.person)
    looked = select(last_seen.c.thread).where(last_seen.c.person == scope.person)
    latest = looked.order_by(last_seen.c.at.desc()).limit(FOLLOWED).subquery()
    return mine.union(select(latest.c.thread))


def _changed_of(scope: Scope) -> Select[Any]:
    """Cases that are not as a person looked at them last, of those they may see."""
    return (
        select(case.c.thread)
        .select_from(case.outerjoin(last_seen, _here_seen(scope)))
        .where(
            or_(
                last_seen.c.updated.is_(None),
                last_seen.c.updated != case.c.updated,
                exists().where(*_said()).correlate(case, last_seen),
                exists().where(*_noted(scope)).correlate(case, last_seen),
            ),
            *visible(scope),
        )
    )


def _here_seen(scope: Scope) -> ColumnElement[bool]:
    return and_(last_seen.c.person == scope.person, last_seen.c.thread == case.c.thread)


def _said() -> tuple[ColumnElement[bool], ...]:
    """A message that was stored since."""
    return (
        message.c.thread == case.c.thread,
        message.c.seq > func.coalesce(last_seen.c.message, 0),
    )


def _noted(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """A note that somebody else wrote since."""
    return (
        case_note.c.thread == case.c.thread,
        case_note.c.number > func.coalesce(last_seen.c.note, 0),
        case_note.c.author != scope.person,
    )


_CHANGED: Final = (
    case.c.thread, case.c.reference, case.c.peer, case.c.opener, case.c.state, case.c.updated,
)  # fmt: skip


def visible(scope: Scope) -> list[ColumnElement[bool]]:
    """The cases that somebody may see, as a condition on `case`: `casework.sight` in SQL.

    Each case is asked by its keys, so that a list costs what it shows, not what somebody may see.
    """
    if scope.reach == "all":
        return []
    if scope.reach not in {"own", "authority"}:
        return [false()]
    teams = sorted(scope.teams)
    assigned = _here(assignment, assignment.c.person == scope.person)
    theirs = _here(case_team, case_team.c.team.in_(teams))
    closed = _here(case_team, case_team.c.restricted.is_(True))
    if scope.reach == "authority":
        return [or_(~closed, theirs, assigned)]
    author = func.coalesce(draft.c.author, "")  # so that the case's drafts are asked, not theirs
    wrote = (
        exists().where(column == case.c.thread, author == scope.person).correlate(case)
        for column in (draft.c.thread, draft.c.message_id)
    )
    return [or_(theirs, assigned, and_(or_(*wrote), ~closed))]


def seen_by(scope: Scope) -> CompoundSelect[Any]:
    """All that somebody of reach `own` may see, and some more, for whoever sees little."""
    mine = (
        select(assignment.c.thread).where(assignment.c.person == scope.person),
        select(case_team.c.thread).where(case_team.c.team.in_(sorted(scope.teams))),
        *(
            select(column).where(draft.c.author == scope.person, column.is_not(None))
            for column in (draft.c.thread, draft.c.message_id)
        ),
    )
    return union_all(*mine)


def _here(table: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A row of a case in a table that is keyed by it."""
    return exists().where(table.c.thread == case.c.thread, condition).correlate(case)


def note_place(thread: str, author: str, at: str) -> str:
    """Where a note stands: it opens there, under the key of its case, and nowhere else."""
    return f"case_note:{thread}:{author}:{at}:body"
