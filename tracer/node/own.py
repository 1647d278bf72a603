"""Our own entry: as the folder holds it now, on record with those of peers, and said again."""

from __future__ import annotations

from functools import lru_cache

from tracer.node.home import Home
from tracer.store import Store
from tracer.trust.entry import VerifiedEntry, verify_entry
from tracer.trust.issue import Facts


def own_entry(home: Home) -> VerifiedEntry:
    """Our entry as the folder holds it now; a running node may have been opened with an older."""
    return _verified(home.entry.read_bytes())


@lru_cache(maxsize=2)
def _verified(data: bytes) -> VerifiedEntry:
    """The same bytes are the same entry; every page of a case asks for it."""
    return verify_entry(data)


async def keep_own_entry(store: Store, entry: VerifiedEntry) -> None:
    """Our own entries stay on record with those of peers: evidence needs the keys of its time."""
    digest = entry.digest
    held = await store.read(lambda tx: tx.peers.entries(entry.authority))
    if entry.file not in held:
        await store.write(
            lambda tx: tx.peers.archive(
                entry.authority, entry.file, seq=entry.entry.seq, digest=digest, by="node"
            )
        )


def facts_of(before: VerifiedEntry) -> Facts:
    """What people have decided about an entry, to be said again in the next one."""
    entry = before.entry
    return Facts(
        name=entry.name,
        mode=entry.mode,
        endpoint=entry.endpoint,
        contacts=entry.contacts,
        languages=entry.languages,
        terms=entry.terms,
        succession=entry.succession,
        witnesses=entry.witnesses,
    )
