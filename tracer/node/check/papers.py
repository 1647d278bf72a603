"""Drafts and approvals against the acts on them: written, edited, submitted, rejected, released.

Every act on a draft is a line of the audit trail, a row of `approval` (but for a discard) and a
step of the draft. The steps are taken again in their order and must lead to the draft as it is
kept; of each approval there is an act of its person, version and instant, and of each act its
approval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from tracer.node.check.findings import Faults, paged
from tracer.node.check.made import differing, same_instant
from tracer.store import Tx
from tracer.store.reading import Reading
from tracer.store.survey import Act

Row = Mapping[str, Any]
PAGE: Final = 200
"""Drafts at once, with all acts on them."""
ON_DRAFTS: Final = ("draft", "edit", "submit", "reject", "review", "discard")
RELEASE: Final = "release"
"""Told of the thread; the draft is in its detail."""
APPROVED: Final = {
    "draft": "write",
    "edit": "write",
    "submit": "submit",
    "reject": "reject",
    "review": "review",
    "release": "release",
}
"""How an act is kept in `approval`."""


class _Papers(NamedTuple):
    """What is known of a page of drafts."""

    acts: Mapping[str, Sequence[Act]]
    approvals: Mapping[str, Sequence[Row]]


def check_papers(reading: Reading, faults: Faults) -> None:
    """All drafts, with what was done to them."""
    last = 0
    for rows in paged(reading, "draft", PAGE):
        reading.glance(lambda tx, rows=rows: _page(tx, rows, faults))  # type: ignore[misc]
        last = max(last, *(_number(row["id"]) for row in rows))
    counted = reading.glance(lambda tx: int(tx.meta.get("count.draft") or "0"))
    here = reading.glance(lambda tx: tx.survey.drafts())
    if here != max(counted, last):
        _missing(reading, max(counted, last), faults)


def _missing(reading: Reading, counted: int, faults: Faults) -> None:
    for first in range(1, counted + 1, PAGE):
        names = [f"D{number}" for number in range(first, min(first + PAGE, counted + 1))]
        rows = reading.glance(lambda tx, names=names: tx.survey.matching("draft", id=names))  # type: ignore[misc]
        for name in sorted(set(names) - {row["id"] for row in rows}):
            faults.add("draft", f"{name} is missing")


def _number(name: str) -> int:
    return int(name[1:]) if name[1:].isdecimal() else 0


def _page(tx: Tx, rows: Sequence[Row], faults: Faults) -> None:
    names = {row["id"] for row in rows}
    sent = {row["message_id"] for row in rows if row["message_id"]}
    threads = {row["id"]: row["thread"] for row in tx.survey.matching("message", id=sent)}
    acts: dict[str, list[Act]] = {name: [] for name in names}
    for act in tx.survey.about(names, ON_DRAFTS):
        acts[act.subject].append(act)
    for act in tx.survey.about(set(threads.values()), (RELEASE,)):
        draft = (act.detail or {}).get("draft")
        if draft in acts:
            acts[draft].append(act)
    approvals: dict[str, list[Row]] = {name: [] for name in names}
    for one in tx.survey.matching("approval", draft=names):
        approvals[one["draft"]].append(one)
    known = _Papers(acts, approvals)
    for row in rows:
        faults.add_all(f"draft {row['id']}", _draft(tx, row, known, threads))
        _approvals(tx, row["id"], known, faults)


def _draft(tx: Tx, row: Row, known: _Papers, threads: Mapping[str, str]) -> Iterator[str]:
    acts = sorted(known.acts[row["id"]])
    for name in ("body", "reason", "sent_back"):
        if (
            row[name] is not None
            and tx.survey.opened(row[name], f"draft:{row['id']}:{name}") is None
        ):
            yield f"its {name} does not open in its place: it was changed"
    if not acts or acts[0].act != "draft":
        yield f"nobody is on record as who wrote version {row['version']}"
        return
    yield from differing(tx, row, acts[0], {"author": acts[0].actor}, at="created")
    if not any(act.detail == {} or act.detail is None for act in acts):
        yield from differing(tx, row, acts[-1], _steps(acts), at="updated")
    if row["message_id"] and row["message_id"] not in threads:
        yield f"the message {row['message_id']} that it became is not here"
    if row["thread"] and tx.threads.get(row["thread"]) is None:
        yield "its thread is not here"
    yield from _reply(tx, row)
    if row["thread"] and threads.get(row["message_id"], row["thread"]) != row["thread"]:
        yield "its thread is another than that of the message it became"


def _reply(tx: Tx, row: Row) -> Iterator[str]:
    """The thread beside the content of a draft against that in it."""
    body = tx.survey.opened(row["body"], f"draft:{row['id']}:body")
    if body and msgspec.json.decode(body).get("thread") != row["thread"]:
        yield "its thread is another than that in its content"


def _steps(acts: Sequence[Act]) -> dict[str, Any]:
    """What a draft is after these acts."""
    now: dict[str, Any] = {}
    for act in acts:
        detail = act.detail or {}
        if act.act == "draft":
            now = {"type": detail["type"], "peer": detail["peer"], "version": 1, "state": "draft"}
            now |= {"submitted_by": None, "released_by": None, "message_id": None, "review": False}
        elif act.act == "edit":
            now |= {"version": detail["version"], "state": "draft", "submitted_by": None}
        elif act.act == "submit":
            now |= {"state": "submitted", "submitted_by": act.actor}
        elif act.act == "reject":
            now |= {"state": "rejected"}
        elif act.act == "discard":
            now |= {"state": "deleted"}
        elif act.act == RELEASE:
            now |= {"state": "released", "released_by": act.actor, "version": detail["version"]}
            now |= {"message_id": detail["message"], "review": detail["alone"]}
        elif act.act == "review":
            now |= {"review": False}
    return now


def _approvals(tx: Tx, draft: str, known: _Papers, faults: Faults) -> None:
    left = list(known.approvals[draft])
    for act in sorted(known.acts[draft]):
        if act.act not in APPROVED:
            continue
        found = next((row for row in left if _is(tx, row, act)), None)
        if found is None:
            words = f"no approval says that {act.actor} did this ({act.act}) at {act.at}"
            faults.add(f"draft {draft}", words)
        else:
            left.remove(found)
    for row in left:
        words = f"the audit trail does not say that {row['person']} did this ({row['act']}) then"
        faults.add(f"approval {row['number']}", f"{words}, to version {row['version']}")


def _is(tx: Tx, row: Row, act: Act) -> bool:
    version = (act.detail or {}).get("version", 1 if act.act == "draft" else row["version"])
    return (row["act"], row["person"], row["version"]) == (
        APPROVED[act.act],
        act.actor,
        version,
    ) and same_instant(tx, row["at"], act)
