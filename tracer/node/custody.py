"""Our own keys and our own entry, as the operator handles them.

A new key counts for peers when an entry that lists it has reached them. So every rotation issues
the next entry at once; the node then hands it on by line (`workers.entries`), and peers take it
without asking, because a key of the entry before has signed it. Who has no line is given the file.

A stolen key is revoked by an entry that says so. A revoked key endorses nothing, so an entry that
took back the only key by which peers know us would follow from none: another key has to have been
named by an entry before. Rejected: to issue both entries in one step; peers take one after the
other, and the operator would give the second file alone to who has no line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, NamedTuple

from msgspec import Struct, UnsetType

from tracer.clock import stamp, truncate
from tracer.errors import InputError
from tracer.exchange.inforce import in_force
from tracer.model.terms import Terms
from tracer.node.home import Home
from tracer.node.own import facts_of, own_entry
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.trust.entry import fingerprint
from tracer.trust.issue import issue_entry
from tracer.trust.keyring import Keyring
from tracer.trust.nouns import Entry, EntryKey, Witnesses
from tracer.trust.private_files import write_private


class Revoked(NamedTuple):
    """A key that is revoked, and from when on."""

    kid: str
    since: str


class Issued(Struct, frozen=True):
    """The entry as it now stands: what a person needs to hand it on."""

    authority: str
    name: str
    number: int
    issued: str
    mode: str
    endpoint: str
    fingerprint: str
    file: str
    """The entry file itself."""
    path: str
    new_key: str = ""
    revoked_key: str = ""


def shown(home: Home, *, new_key: str = "", revoked_key: str = "") -> Issued:
    """Our entry for people."""
    ours = own_entry(home)
    return Issued(
        authority=ours.authority,
        name=ours.entry.name,
        number=ours.entry.seq,
        issued=ours.entry.issued,
        mode=ours.entry.mode,
        endpoint=ours.entry.endpoint,
        fingerprint=fingerprint(ours.jws),
        file=ours.file.decode(),
        path=str(home.entry),
        new_key=new_key,
        revoked_key=revoked_key,
    )


async def rotate(
    rooms: Rooms, make: Callable[[Keyring, datetime], str], *, actor: str, act: str
) -> Issued:
    """Make a key, issue the entry that lists it, note who did it.

    If the entry cannot be written, the key is there and unlisted; `issue` lists it later.
    """
    now = rooms.clock.now()
    kid = make(rooms.keyring, now)
    return await issue(rooms, actor=actor, act=act, new_key=kid)


async def revoke(rooms: Rooms, kid: str, *, since: str, actor: str) -> Issued:
    """Say in a new entry that a key is no longer ours alone, from an instant on.

    Peers that have the entry refuse what the key signed, unless it is proved that it existed
    before. Nobody seals to a revoked sealing key; what was sealed to it still opens.

    Args:
        rooms: The node.
        kid: The signing or sealing key, or the beginning of its id, at least `BEGINNING` long.
        since: From this day or instant on, as `2026-03-01` or `2026-03-01T12:00`, UTC when it names
            no zone; empty: from now on.
        actor: Who does it.

    Raises:
        InputError: `key-unknown`, `key-only`, `instant-form`, `instant-early`, `instant-future`.
    """
    now, entry = rooms.clock.now(), own_entry(rooms.home).entry
    moment, key = _moment(since, now), _listed(entry, kid)
    if moment < key.term().sign_from:
        raise InputError(
            "instant-early",
            f"the key was made on {key.sign_from[:10]}",
            advice="Name a day since then, or leave it out: from now on.",
            field="since",
        )
    held = {row.kid for row in rooms.keyring.describe() if row.state in {"current", "old"}}
    left = [one for one in entry.listed(key.use) if one.kid in held - {key.kid}]
    if not any(_counts(one, now) for one in left):
        raise InputError(
            "key-only",
            "it is the only key of its use that counts in the present entry",
            advice=f"First `tracer key {_NEXT[key.use]}`; who has no line needs that entry, too.",
        )
    rooms.keyring.revoke(key.kid, moment)
    revoked = Revoked(key.kid, stamp(moment))
    return await issue(rooms, actor=actor, act="key-revoke", revoked=revoked)


BEGINNING: Final = 8
"""The beginning of a key's id by which it may be named."""
_DAY: Final = re.compile(r"[12]\d{3}-\d\d-\d\d(T\d\d:\d\d.{0,20})?", re.ASCII)
_NEXT: Final = {"sign": "rotate-signing", "seal": "rotate-sealing"}


def _counts(key: EntryKey, now: datetime) -> bool:
    term = key.term()
    return term.in_use(now) and term.revoked_from is None


def _listed(entry: Entry, kid: str) -> EntryKey:
    found = [key for key in entry.keys if len(kid) >= BEGINNING and key.kid.startswith(kid)]
    if len(found) != 1:
        raise InputError(
            "key-unknown",
            f"{len(found) or 'no'} keys of the present entry begin with {kid!r}",
            advice=f"Name a signing or sealing key of `tracer key list`, {BEGINNING} characters at "
            "least.",
            field="key",
        )
    return found[0]


def _moment(text: str, now: datetime) -> datetime:
    if not text:
        return now
    try:
        found = datetime.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        raise InputError(
            "instant-form",
            f"{text} is no day or instant such as 2026-03-01 or 2026-03-01T12:00",
            field="since",
        ) from error
    found = truncate(found if found.tzinfo else found.replace(tzinfo=UTC))
    if found > now:
        raise InputError("instant-future", "a key is revoked from now on or earlier", field="since")
    return found


async def issue(
    rooms: Rooms,
    *,
    actor: str,
    act: str = "entry-issue",
    new_key: str = "",
    revoked: Revoked | None = None,
    terms: Terms | None = None,
    witnesses: Witnesses | UnsetType | None = None,
) -> Issued:
    """Issue the next entry with the keys of now; facts not given stay those of the entry before.

    New `terms` are kept by digest before the entry that states them is there; requests to us may
    name them from then on, and those of the entry before no longer.
    """
    if terms is not None:
        await rooms.store.write(lambda tx: tx.terms.put_entry(terms))
    before = own_entry(rooms.home)  # nothing is awaited from here until the next one is written
    facts = facts_of(before)
    if terms is not None:
        facts = replace(facts, terms=terms)
    if witnesses is not None:
        facts = replace(facts, witnesses=witnesses)
    data = issue_entry(rooms.keyring, facts, previous=before, now=rooms.clock.now())
    write_private(rooms.home.entry, data, replace=True)
    detail = {
        "number": before.entry.seq + 1,
        "at": stamp(rooms.clock.now()),
        "key": revoked.kid if revoked else new_key,
        **({"since": revoked.since} if revoked else {}),
    }
    ours = own_entry(rooms.home)

    def body(tx: Tx) -> None:
        for entry in (before, ours):
            seq, digest = entry.entry.seq, entry.digest
            tx.peers.archive(rooms.authority, entry.file, seq=seq, digest=digest, by=actor)
        tx.audit.write(actor, act, rooms.authority, detail)
        now = in_force(tx, ours.entry.terms)
        tx.after_commit(lambda: rooms.terms.set(now))

    await rooms.store.write(body)
    for tell in rooms.issued:
        tell()
    return shown(rooms.home, new_key=new_key, revoked_key=revoked.kid if revoked else "")
