"""Rows that people made against what they did: who, when, what, and nothing that nobody did.

The audit trail is proved by the journal (`journal`); here other tables are held against it. Of each
row the acts about it are read and folded in their order, and must lead to what the row says. Of
each act that leaves a row behind, the row must be there (`Walk.told`).

The instant of a row is that of its act. Only where the clock had run back is the act dated later,
with the instant of what stood before it; then the row may be older (`Survey.held_back`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from tracer.canonical import b64url
from tracer.exchange.accuse import FOUND
from tracer.exchange.closings import CLOSINGS
from tracer.node.check.desk import DESK
from tracer.node.check.findings import Faults, paged
from tracer.node.check.made import Key, Made, Row, differing, last, never, said, same_instant
from tracer.store import Tx
from tracer.store.dialect import IN_LIST
from tracer.store.reading import Reading
from tracer.store.survey import Act


def check_made(reading: Reading, faults: Faults) -> None:
    """Every row of these tables."""
    for made in MADE:
        with faults.unreadable(made.table):
            for rows in paged(reading, made.table, IN_LIST // 2):
                reading.glance(lambda tx, made=made, rows=rows: _rows(tx, made, rows, faults))  # type: ignore[misc]


def told(tx: Tx, acts: Sequence[Act], faults: Faults) -> None:
    """Whether what a page of acts left behind is there."""
    for made in (*MADE, STATED, TOLD_OF):
        subjects: dict[Key, str] = {}
        for act in acts:
            if act.act in made.acts:
                subjects |= dict.fromkeys(made.told(act), act.subject)
        if subjects:
            _there(tx, made, subjects, faults)
    taken = {key: act.subject for act in acts for key in _taken(act)}
    if taken:
        _there(tx, TAKEN, taken, faults)


def _there(tx: Tx, made: Made, subjects: Mapping[Key, str], faults: Faults) -> None:
    keys = sorted(subjects)
    for start in range(0, len(keys), IN_LIST):
        part = keys[start : start + IN_LIST]
        names = made.by or _key_columns(tx, made.table)[: len(part[0])]
        found = tx.survey.matching(made.table, **{names[0]: {key[0] for key in part}})
        here = {tuple(row[name] for name in names) for row in found}
        for key in part:
            if key not in here:
                about = tx.survey.about({subjects[key], *map(str, key)}, made.acts)
                if not made.ended(tx, key, about):
                    words = " ".join(map(str, key))
                    faults.add(
                        f"{made.table} {words}",
                        "the audit trail tells of it, and it is not on record",
                    )


def _key_columns(tx: Tx, table: str) -> list[str]:
    return tx.survey.key(table)


def _rows(tx: Tx, made: Made, rows: Sequence[Row], faults: Faults) -> None:
    about: dict[str, list[Act]] = {}
    for act in tx.survey.about({one for row in rows for one in made.subjects(row)}, made.acts):
        about.setdefault(act.subject, []).append(act)
    for row in rows:
        found = [act for name in dict.fromkeys(made.subjects(row)) for act in about.get(name, ())]
        where = " ".join(str(row[name]) for name in _key_columns(tx, made.table))
        faults.add_all(f"{made.table} {where}", made.judge(tx, row, sorted(found)))


def check_taken(tx: Tx, us: str, faults: Faults) -> None:
    """Entries were taken by people, or by what they had decided; peers stand as they said last."""
    issued = {key for act in tx.survey.about({us}, ()) for key in _taken(act)}
    for table in ("peer", "peer_entry"):
        for row in tx.survey.rows(table):
            at_start = (row["authority"], row["added_by"]) == (us, "node")
            if at_start and (us, row["seq"]) not in issued:
                continue  # our own entry, archived when the node started
            acts = tx.survey.about({row["authority"]}, (), at=(row["added_at"],))
            acts = acts or tx.survey.about({row["authority"]}, ())
            by = [act for act in acts if act.actor == row["added_by"]]
            if not any(same_instant(tx, row["added_at"], act) for act in by):
                words = f"nobody is on record as who took its entry at {row['added_at']}"
                faults.add(f"{table} {row['authority']} {row['seq']}", words)
    for row in tx.survey.rows("peer"):
        acts = tx.survey.about({row["authority"]}, ("peer-suspend", "peer-resume"))
        if (row["status"] == "suspended") != (bool(acts) and acts[-1].act == "peer-suspend"):
            words = "whether it is suspended is not what was done last"
            faults.add(f"peer {row['authority']}", words)


def _taken(act: Act) -> Iterator[Key]:
    """The entry that an act says was taken, or issued as our own."""
    detail = act.detail or {}
    number = detail.get("number") if "key" in detail else detail.get("seq")
    if number is not None:
        yield act.subject, number


# -- people ---------------------------------------------------------------------------------------


def _person(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    added = last(acts, "person-add")
    if added is not None:
        yield from differing(tx, row, added, {"added_by": added.actor}, at="added_at")
    else:
        yield "nobody is on record as who added them"
    given = last(acts, "person-add", "person-roles")
    roles = given and said(given, "roles" if given.act == "person-add" else "to")
    if roles is not None and tuple(sorted(roles)) != tuple(row["roles"].split()):
        yield "their roles are not those last given"
    locked = last(acts, "person-disable", "person-enable")
    if row["disabled"] != (locked is not None and locked.act == "person-disable"):
        yield "whether they are locked out is not what was done last"


def _contact(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    given = last(acts, "person-contact")
    mail = tx.survey.opened(row["mail"], f"contact:{row['person']}:mail")
    if mail is None:
        yield "it does not open in its place: it was changed"
    if given is None:
        yield "nobody is on record as who gave it"
    elif given.detail and mail is not None:
        kept = {"mail": mail, "language": row["language"], "digest": row["digest"]}
        if kept != said(given, "to"):
            yield "it is not what was given last"


def _contact_ended(_tx: Tx, _key: Key, acts: Sequence[Act]) -> bool:
    given = last(acts, "person-contact")
    return given is None or not said(given, "to")


def _declared(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    told_of = [act for act in acts if row["name"] in (act.detail or {})]
    if told_of:
        wanted = {"value": said(told_of[-1], row["name"]), "by": told_of[-1].actor}
        yield from differing(tx, row, told_of[-1], wanted, at="at")
    elif all(act.detail for act in acts):
        yield "nobody is on record as who declared it"


# -- what is held, what is to go, what is left ----------------------------------------------------

ASKS: Final = {"erase-ask": "erase", "purge-ask": "purge"}
ENDS: Final = {"erase": "done", "purge": "done", "disposal-drop": "dropped"}


def _hold(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    reason = tx.survey.opened(row["reason"], f"hold:{row['thread']}")
    if reason is None:
        yield "its reason does not open in its place: it was changed"
    first: Act | None = None
    for act in acts:  # the first reason stands, until the hold is lifted
        first = None if act.act == "unhold" else first or act
    if first is None:
        yield "nobody is on record as who holds it, or the hold was lifted"
        return
    yield from differing(tx, row, first, {"by": first.actor}, at="at")
    if first.detail and reason is not None and reason != said(first, "reason"):
        yield f"its reason is another than act {first.number} gives"


def _disposal(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    place = f"disposal:{row['thread']}:{row['asked_at']}"
    reason = tx.survey.opened(row["reason"], place)
    if reason is None:
        yield "its reason does not open in its place: it was changed"
    own = [act for act in acts if said(act, "number", row["number"]) == row["number"]]
    asked = next((act for act in own if act.act in ASKS), None)
    if asked is None:
        yield "nobody is on record as who asked for it"
        return
    wanted: dict[str, Any] = {"kind": ASKS[asked.act], "asked_by": asked.actor}
    if asked.detail:
        groups = " ".join(said(asked, "groups", ()))
        wanted |= {"groups": groups, "message_id": said(asked, "message")}
        if reason is not None and reason != said(asked, "reason"):
            yield f"its reason is another than act {asked.number} gives"
    yield from differing(tx, row, asked, wanted, at="asked_at")
    end = last(own, *ENDS)
    if end is None:
        wanted = {"state": "open", "approved_by": "", "done_at": ""}
        yield from differing(tx, row, asked, wanted)
    else:
        wanted = {"state": ENDS[end.act], "approved_by": end.actor}
        yield from differing(tx, row, end, wanted, at="done_at")


def _frozen(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    purged = last(acts, "purge")
    if purged is None:
        yield "nobody is on record as who purged this thread"
        return
    if b64url(sha256(row["state"]).digest()) != row["digest"]:
        yield "it is not what its digest says"
    wanted = {"digest": said(purged, "digest")} if purged.detail else {}
    yield from differing(tx, row, purged, wanted, at="at")


def _link(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    pair = {row["one"], row["other"]}
    newest = last([act for act in acts if _pair(act) == pair], *LINKS)
    reason = tx.survey.opened(row["reason"], f"link\n{row['one']}\n{row['other']}\n{row['at']}")
    if reason is None:
        yield "its reason does not open in its place: it was changed"
    if newest is None:
        if all(act.detail for act in acts):
            yield "nobody is on record as who said it"
        return
    wanted = {"kind": newest.act.removeprefix("case-"), "by": newest.actor}
    yield from differing(tx, row, newest, wanted, at="at")
    if reason is not None and reason != said(newest, "reason"):
        yield f"its reason is another than act {newest.number} gives"


def _pair(act: Act) -> set[str]:
    return {act.subject, said(act, "other", "")}


def _link_ended(tx: Tx, key: Key, _acts: Sequence[Act]) -> bool:
    """Links go with a thread that is purged."""
    return any(row.purged for row in tx.threads.get_many([str(one) for one in key]).values())


def _hold_ended(_tx: Tx, _key: Key, acts: Sequence[Act]) -> bool:
    done = last(acts, "hold", "unhold")
    return done is None or done.act == "unhold"


def _fault(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    own = [act for act in acts if said(act, "number") == row["number"]]
    if not own:
        if all(act.detail for act in acts):
            yield "no act says that it was found"
        return
    wanted = {"kind": said(own[0], "kind"), "peer": own[0].subject}
    yield from differing(tx, row, own[0], wanted, at="at")
    if b64url(sha256(row["evidence"]).digest()) != said(own[0], "evidence"):
        yield f"its evidence is another than act {own[0].number} tells of"


LINKS: Final = frozenset(("case-merged", "case-linked", "case-different"))
AGREED: Final = frozenset(("terms-offer", "terms-countersign", "terms-take"))
TAKEN: Final = Made(
    "peer_entry",
    frozenset(),
    lambda row: (row["authority"],),
    lambda *_: iter(()),
    _taken,
    never,
    ("authority", "seq"),
)
TOLD_OF: Final = Made(
    "thread",
    CLOSINGS,
    lambda row: (row["id"],),
    lambda *_: iter(()),
    lambda act: [(act.subject,)],
    never,
)
STATED: Final = Made(
    "terms",
    AGREED,
    lambda row: (row["authority"],),
    lambda *_: iter(()),
    lambda act: [(said(act, "terms"),)] if said(act, "terms") else [],
    never,
)
MADE: Final[tuple[Made, ...]] = (
    *DESK,
    Made(
        "person",
        frozenset(("person-add", "person-roles", "person-disable", "person-enable")),
        lambda row: (row["name"],),
        _person,
        lambda act: [(act.subject,)],
        never,
    ),
    Made(
        "contact",
        frozenset(("person-contact",)),
        lambda row: (row["person"],),
        _contact,
        lambda act: [(act.subject,)] if said(act, "to") else [],
        _contact_ended,
    ),
    Made(
        "declared",
        frozenset(("report-declare",)),
        lambda row: (row["year"],),
        _declared,
        lambda act: [(act.subject, name) for name in act.detail or ()],
        never,
    ),
    Made(
        "hold",
        frozenset(("hold", "unhold")),
        lambda row: (row["thread"],),
        _hold,
        lambda act: [(act.subject,)] if act.act == "hold" else [],
        _hold_ended,
    ),
    Made(
        "disposal",
        frozenset((*ASKS, *ENDS)),
        lambda row: (row["thread"],),
        _disposal,
        lambda act: [(said(act, "number"),)] if act.detail else [],
        never,
    ),
    Made(
        "frozen",
        frozenset(("purge",)),
        lambda row: (row["thread"],),
        _frozen,
        lambda act: [(act.subject,)] if said(act, "digest") else [],
        never,
    ),
    Made(
        "fault",
        frozenset((FOUND,)),
        lambda row: (row["peer"],),
        _fault,
        lambda act: [(said(act, "number"),)] if act.detail else [],
        never,
    ),
    Made(
        "thread_link",
        LINKS,
        lambda row: (row["one"], row["other"]),
        _link,
        lambda act: [tuple(sorted(_pair(act)))] if act.detail else [],
        _link_ended,
    ),
)
"""Every table whose rows are made by acts, but drafts and approvals (`papers`)."""
