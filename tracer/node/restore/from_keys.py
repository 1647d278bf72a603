"""A node from its keyring alone: when the database and every backup of it are lost.

What is needed beside the keyring and the key that opens it is our own newest entry file: it is
public, every peer holds it (`tracer peer show --entry` there), and without it the next entry cannot
follow from it. The folder begins with an empty database, in restore mode; peers' entry files are
taken as ever, with the fingerprints compared. Then the restore goes its way: the old log is closed
at nothing, its successor opens, and everything that peers hold comes back.

What does not come back: what no peer holds (drafts, people, the audit trail, what never left), the
bytes of files, of which peers keep theirs, and what was cosigned of others' logs: the witness key
signs nothing more, the restore makes another one under a new name (`witness_key`).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from tracer.clock import Clock, stamp
from tracer.config import FILE, Config
from tracer.errors import OperatorError
from tracer.node.backup import medium
from tracer.node.home import Home
from tracer.node.setup import NewNode, kek_uri, settings_of
from tracer.store import Store, Tx
from tracer.trust.entry import VerifiedEntry, verify_entry
from tracer.trust.keyring import Keyring
from tracer.trust.private_files import write_private

ROLES = ("officer", "operator")
"""Of the first persons: enough to restore and to add others."""
BY = "from-keys"
"""Who did it where a node is made anew."""
BEGUN = "entry-begin"
"""The act that says with which of our entries the archive begins, where it is not the first."""


async def from_keys(
    home: Home,
    clock: Clock,
    *,
    keyring: Path,
    entry: Path,
    kek: str,
    people: Sequence[str],
    listen: tuple[str, int],
) -> VerifiedEntry:
    """Fill an empty folder from a keyring and our own entry file, and leave it in restore mode.

    Raises:
        OperatorError: `folder-used`, `restore-entry-old`, and those of the keyring; then the folder
            is empty again.
        PeerError: the entry file does not verify.
    """
    root = home.root
    if root.exists() and any(root.iterdir()):
        raise OperatorError(
            "folder-used", f"{root} is not empty", advice="A restore needs an empty folder."
        )
    ours = verify_entry(entry.read_bytes())
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with medium.new_file(home.restoring) as mark:
            mark.write(f"restored from keys alone on {stamp(clock.now())}\n".encode())
        home.attachments.mkdir(mode=0o700)
        new = _as_new(ours, kek=kek, listen=listen)
        write_private(root / FILE, settings_of(new).encode(), replace=False)
        config = Config.load(root)
        ring_file = root / config.keyring.file
        write_private(ring_file, keyring.read_bytes(), replace=False)
        ring = Keyring.open(ring_file, kek_uri(config))
        _check(ring, ours)
        await _database(home, ring, ours, clock, people)
        write_private(home.entry, ours.file, replace=False)  # last: what makes a folder a node
    except BaseException:
        for left in root.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        raise
    return ours


async def _database(
    home: Home, ring: Keyring, ours: VerifiedEntry, clock: Clock, people: Sequence[str]
) -> None:
    store = await Store.open(home.database, rest_key=ring.rest_key, clock=clock)
    try:
        await store.write(lambda tx: tx.log.open_origin(ours.entry.log.origin))
        await store.write(lambda tx: _first_acts(tx, ours, people))
    finally:
        await store.close()


def _first_acts(tx: Tx, ours: VerifiedEntry, people: Sequence[str]) -> None:
    """The first acts on record: with which entry the archive of ours begins, and who is there."""
    detail = {"seq": ours.entry.seq, "digest": ours.digest}
    tx.peers.archive(ours.authority, ours.file, seq=ours.entry.seq, digest=ours.digest, by=BY)
    tx.audit.write(BY, BEGUN, ours.authority, detail)
    for name in people:
        tx.people.add(name, ROLES, by=BY)
        tx.audit.write(BY, "person-add", name, {"roles": sorted(ROLES)})


def _check(ring: Keyring, ours: VerifiedEntry) -> None:
    if ring.authority != ours.authority:
        raise OperatorError(
            "restore-entry-old", f"the keyring is of {ring.authority}, not of {ours.authority}"
        )
    known = ring.log_publics().get(ours.entry.log.origin)
    listed = {key.kid for key in ours.entry.listed("sign")}
    if known != ours.entry.log.public() or listed.isdisjoint(ring.signing_keys()):
        raise OperatorError(
            "restore-entry-old",
            "the entry file names keys that are not in this keyring",
            advice="Entry and keyring are not of one time: find the newest of both.",
        )


def _as_new(ours: VerifiedEntry, *, kek: str, listen: tuple[str, int]) -> NewNode:
    return NewNode(
        authority=ours.authority,
        name=ours.entry.name,
        mode=ours.entry.mode,
        endpoint=ours.entry.endpoint,
        listen_host=listen[0],
        listen_port=listen[1],
        kek=kek,
    )
