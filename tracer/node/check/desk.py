"""What came with accounts and the desk, against the acts: accounts, teams, cases, notes, papers.

An account's secrets open with its person only, and their digests are in the acts that set them, so
that neither another's nor an older one of theirs can be put in. A note opens with its case, author
and instant only, under the key of its case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tracer.casework.accounts.proofs import kept_digest
from tracer.clock import instant
from tracer.node.check.made import Key, Made, Row, differing, last, never, said, same_instant
from tracer.store import Tx
from tracer.store.survey import Act
from tracer.trust.totp import OFF, STEP

GIVEN: Final = ("password-give", "password-change")
KEPT: Final = (*GIVEN, "password-renew")
SET: Final = ("factor-set", "factor-reset")
_NOBODY: Final = "nobody is on record as who did this"


def _account(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    place = f"account:{row['person']}"
    secrets = {
        name: tx.survey.opened(row[name], f"{place}:{name}")
        for name in ("password", "factor", "pending")
        if row[name] is not None
    }
    for name, secret in secrets.items():
        if secret is None:
            yield f"its {name} does not open in its place: it was changed"
    given = last(acts, *GIVEN)
    if given is None:
        yield "nobody is on record as who gave the password"
        return
    once = given.act == "password-give"
    wanted: dict[str, Any] = {"given": once}
    if given.detail:
        wanted["given_until"] = said(given, "until") if once else None
    yield from differing(tx, row, given, wanted, at="changed")
    yield from _same(last(acts, *KEPT), "password", secrets)
    yield from _factor(tx, row, acts, secrets)


def _same(act: Act | None, name: str, secrets: Mapping[str, str | None]) -> Iterator[str]:
    """A secret by the digest in the act that set it."""
    kept, secret = act and said(act, "kept"), secrets.get(name)
    if kept and secret is not None and kept_digest(secret) != kept:
        yield f"its {name} is not the one that was set last"


def _factor(
    tx: Tx, row: Row, acts: Sequence[Act], secrets: Mapping[str, str | None]
) -> Iterator[str]:
    done, begun = last(acts, *SET), last(acts, "factor-begin", *SET)
    if (row["pending"] is not None) != (begun is not None and begun.act == "factor-begin"):
        yield "whether a second factor waits to be confirmed is not what was done last"
    if done is None or done.act != "factor-set":
        wrong = row["factor"] is not None or row["factor_since"] is not None
        if wrong or row["factor_last"] != 0:
            yield "a second factor is kept, and none was set up"
        return
    since = row["factor_since"]
    if row["factor"] is None or since is None or not same_instant(tx, since, done):
        yield f"the second factor that act {done.number} set up at {done.at} is not the one kept"
        return
    yield from _same(done, "factor", secrets)
    steps = [int(instant(at).timestamp()) // STEP for at in (since, tx.now)]
    if not steps[0] - OFF <= row["factor_last"] <= steps[1] + OFF:
        yield "its last code is of a time at which none was given"


def _team(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    added = last(acts, "team-add")
    if added is None:
        yield _NOBODY
        return
    wanted: dict[str, Any] = {"by": added.actor}
    if added.detail:
        wanted |= {"name": said(added, "name"), "agency": said(added, "agency")}
    yield from differing(tx, row, added, wanted, at="at")
    shut = last(acts, "team-close", "team-open")
    if row["closed"] != (shut is not None and shut.act == "team-close"):
        yield "whether it is closed is not what was done last"


def _about(acts: Sequence[Act], **wanted: Any) -> Act | None:
    """The last act that tells all of this."""
    found = (act for act in reversed(acts) if all(said(act, k) == v for k, v in wanted.items()))
    return next(found, None)


def _member(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    joined = _about(acts, team=row["team"])
    if joined is None or joined.act != "team-join":
        if all(act.detail for act in acts):
            yield _NOBODY
        return
    yield from differing(tx, row, joined, {"by": joined.actor}, at="at")


def _left(_tx: Tx, key: Key, acts: Sequence[Act]) -> bool:
    done = _about([act for act in acts if act.subject == key[1]], team=key[0])
    return done is None or done.act == "team-leave"


def _assigned(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    given = _about(acts, person=row["person"])
    if given is None or given.act != "assign":
        if all(act.detail for act in acts):
            yield _NOBODY
        return
    yield from differing(tx, row, given, {"by": given.actor}, at="at")


def _taken_off(_tx: Tx, key: Key, acts: Sequence[Act]) -> bool:
    done = _about([act for act in acts if act.subject == key[0]], person=key[1])
    return done is None or done.act == "unassign"


def _case_team(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    told = [act for act in acts if act.act != "release" or said(act, "team")]
    if not told or not all(act.detail for act in told):
        if all(act.detail for act in acts):
            yield _NOBODY
        return
    team, restricted = "", False
    for act in told:
        team = said(act, "to" if act.act == "case-team" else "team")
        if act.act != "case-team":
            restricted = said(act, "restricted", act.act == "case-restrict")
    wanted = {"team": team or None, "restricted": restricted}
    yield from differing(tx, row, told[-1], wanted)


def _note(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    if not tx.survey.note_opens(row):
        yield "it does not open in its place: it was changed"
    wrote = _about(acts, note=row["number"])
    if wrote is None:
        if all(act.detail for act in acts):
            yield _NOBODY
        return
    yield from differing(tx, row, wrote, {"author": wrote.actor}, at="at")


def _note_ended(tx: Tx, _key: Key, acts: Sequence[Act]) -> bool:
    """Notes go with the content of their case."""
    rows = tx.threads.get_many([act.subject for act in acts])
    return any(row.purged for row in rows.values())


def _transcript(tx: Tx, row: Row, acts: Sequence[Act]) -> Iterator[str]:
    entered = _about([act for act in acts if act.act == "transcribe"], transcript=row["number"])
    if entered is None:
        if all(act.detail for act in acts):
            yield _NOBODY
        return
    wanted: dict[str, Any] = {"author": entered.actor, "id": said(entered, "id")}
    yield from differing(tx, row, entered, wanted, at="at")
    looked = _about(
        [act for act in acts if act.act == "transcript-check"], transcript=row["number"]
    )
    if looked is None:
        if (row["checked_by"] or row["checked_at"]) and all(act.detail for act in acts):
            yield "nobody is on record as who compared it with the original"
        return
    if row["checked_at"] is None:
        yield f"act {looked.number} says that it was compared with the original"
        return
    yield from differing(tx, row, looked, {"checked_by": looked.actor}, at="checked_at")


DESK: Final[tuple[Made, ...]] = (
    Made(
        "account",
        frozenset((*KEPT, "factor-begin", *SET)),
        lambda row: (row["person"],),
        _account,
        lambda act: [(act.subject,)] if act.act in GIVEN else [],
        never,
    ),
    Made(
        "team",
        frozenset(("team-add", "team-close", "team-open")),
        lambda row: (row["id"],),
        _team,
        lambda act: [(act.subject,)],
        never,
    ),
    Made(
        "team_member",
        frozenset(("team-join", "team-leave")),
        lambda row: (row["person"],),
        _member,
        lambda act: [(said(act, "team"), act.subject)] if said(act, "team") else [],
        _left,
    ),
    Made(
        "assignment",
        frozenset(("assign", "unassign")),
        lambda row: (row["thread"],),
        _assigned,
        lambda act: [(act.subject, said(act, "person"))] if said(act, "person") else [],
        _taken_off,
    ),
    Made(
        "case_team",
        frozenset(("case-team", "case-restrict", "case-open", "release")),
        lambda row: (row["thread"],),
        _case_team,
        lambda act: [(act.subject,)] if act.act != "release" or said(act, "team") else [],
        never,
    ),
    Made(
        "case_note",
        frozenset(("note",)),
        lambda row: (row["thread"],),
        _note,
        lambda act: [(said(act, "note"),)] if said(act, "note") else [],
        _note_ended,
    ),
    Made(
        "transcript",
        frozenset(("transcribe", "transcript-check")),
        lambda row: (row["thread"],),
        _transcript,
        lambda act: [(said(act, "transcript"),)] if said(act, "transcript") else [],
        never,
    ),
)
"""The tables of this room."""
