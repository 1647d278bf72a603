"""Everything beside logs and threads: entries, terms, memory of peers, people and their acts.

Acts of people are held against each other: an approval stands in the audit trail at its instant,
with its person and draft; the audit trail opens only with its own who, what and when, is numbered
without a gap, and its time never runs back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from tracer.canonical import b64url
from tracer.clock import instant
from tracer.errors import PeerError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.node.check.findings import Faults, Keys, read_entries
from tracer.store import Tx
from tracer.store.reading import Reading
from tracer.store.rows import PersonRow
from tracer.store.survey import Act, Approval, Paper, Stated
from tracer.trust.agreement import verify_agreement, verify_offer
from tracer.trust.entry import VerifiedEntry, fingerprint

_AUDITED = {
    "write": ("draft", "edit"),
    "submit": ("submit",),
    "release": ("release",),
    "reject": ("reject",),
    "review": ("review",),
}
"""Acts on drafts and how the audit trail names them."""


def check_entries(tx: Tx, us: str, faults: Faults) -> list[VerifiedEntry]:
    """The archive of entries and what is pinned; all entries that verify."""
    archive = tx.survey.entries()
    entries = list(read_entries((row[3] for row in archive), faults))
    known = {one.digest: one for one in entries}
    for authority, digest, seq, _ in archive:
        found = known.get(digest)
        if found is None or (found.authority, found.entry.seq) != (authority, seq):
            faults.add("peer_entry", f"entry {seq} of {authority} is another than its row says")
    newest = {one.authority: one for one in entries}
    for row in tx.peers.all():
        entry = known.get(row.digest)
        if entry is None or entry.file != row.entry_file:
            faults.add(row.authority, "its pinned entry is not in the archive of entries")
        elif (entry.authority, entry.entry.seq, fingerprint(entry.jws)) != (
            row.authority,
            row.seq,
            row.fingerprint,
        ):
            faults.add(row.authority, "number or fingerprint are others than those of its entry")
        elif newest[row.authority].entry.seq > row.seq:
            faults.add(row.authority, "a newer entry of it is in the archive than is pinned")
    pinned = {row.authority for row in tx.peers.all()}
    for authority in sorted(newest.keys() - pinned - {us}):
        faults.add(authority, "its entries are kept, and it is no peer any more")
    return entries


def check_memory(tx: Tx, keys: Keys, faults: Faults) -> None:
    """What is remembered of peers' logs: sound, and not behind what was taken under it."""
    newest: dict[str, int] = {}
    for row in tx.survey.remembered():
        where = f"memory of {row.origin}"
        public = keys.logs.get(row.origin)
        if public is None or not row.origin.startswith(f"{row.authority}/"):
            faults.add(where, "no entry of this peer names this log")
            continue
        try:
            head = verify_checkpoint(row.note, origin=row.origin, public=public)
        except PeerError as error:
            faults.add(where, error.message)
            continue
        if (head.size, head.root) != (row.size, row.root):
            faults.add(where, "size or root beside the note are others than in it")
        newest[row.origin] = row.size
    for origin, size in tx.survey.proven().items():
        if newest.get(origin, 0) < size:
            faults.add(
                f"memory of {origin}",
                f"a head of {size} was taken, and {newest.get(origin, 'none')} is remembered",
            )


def check_terms(tx: Tx, keys: Keys, now: str, faults: Faults) -> None:
    """Terms by their digest; agreed ones by both signatures."""
    for row in tx.survey.terms():
        where = f"terms {row.digest}"
        if b64url(sha256(row.body).digest()) != row.digest:
            faults.add(where, "they are not those of this digest")
        if row.state == "entry":
            continue
        if wrong := _agreed(row, keys, now):
            faults.add(where, wrong)


def _agreed(row: Stated, keys: Keys, now: str) -> str:
    if row.agreement is None or row.counterpart is None:
        return "they are said to be agreed, and the signed file is missing"
    parties = {who: keys.listed.get(who, {}) for who in (row.authority, row.counterpart)}
    read = verify_agreement if row.state == "agreed" else verify_offer
    try:
        digest = read(row.agreement, parties=parties, now=instant(now)).digest
    except PeerError as error:
        return "" if error.code in {"key-revoked", "key-expired"} else error.message
    return "" if digest == row.digest else "the signed file is of other terms"


def check_people(reading: Reading, faults: Faults) -> None:
    """The audit trail, and what people did against it."""
    trail = _Trail(faults)
    after = 0
    while page := reading.glance(lambda tx, start=after: tx.survey.acts(start)):  # type: ignore[misc]
        for act in page:
            trail.add(act)
        after = page[-1].number
    approvals, papers, people, drafts = reading.glance(
        lambda tx: (
            tx.survey.approvals(),
            tx.survey.papers(),
            {row.name: row for row in tx.people.all()},
            int(tx.meta.get("count.draft") or "0"),
        )
    )
    trail.end()
    _numbered("approval", [(one.number, one.at) for one in approvals], faults)
    for one in approvals:
        if not trail.has(one):
            faults.add(
                f"approval {one.number}",
                f"the audit trail does not say that {one.person} did this ({one.act}) then",
            )
    faults.add_all("draft", _papers(papers, approvals, drafts))
    trail.compare(people)
    named = {one.person for one in approvals} | {one.author for one in papers}
    for name in sorted(named - people.keys()):
        faults.add(f"person {name}", "they acted here and are not on record")


class _Trail:
    """What the audit trail says."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._rows: list[tuple[int, str]] = []
        self._acts: set[tuple[str, str, str, str]] = set()
        self.people: dict[str, Sequence[str] | None] = {}
        self.disabled: dict[str, bool] = {}

    def add(self, act: Act) -> None:
        """Read one row."""
        self._rows.append((act.number, act.at))
        subject = "" if act.act == "release" else act.subject
        self._acts.add((act.at, act.actor, act.act, subject))
        if act.detail is None:
            words = "it does not open with who, what and when it says: it was changed"
            self._faults.add(f"audit {act.number}", words)
            return
        if act.act == "person-add":
            self.people[act.subject] = act.detail.get("roles")
        elif act.act == "person-roles":
            self.people[act.subject] = act.detail.get("to")
        elif act.act in {"person-disable", "person-enable"}:
            self.disabled[act.subject] = act.act == "person-disable"

    def end(self) -> None:
        """Numbers and times of all rows."""
        _numbered("audit", self._rows, self._faults)

    def compare(self, people: Mapping[str, PersonRow]) -> None:
        """People as they are on record against what was done about them last."""
        for name, roles in self.people.items():
            row = people.get(name)
            if row is None:
                self._faults.add(f"person {name}", "they were added and are not on record")
            elif roles is not None and tuple(roles) != row.roles:
                self._faults.add(f"person {name}", "their roles are not those last given")
        for name, disabled in self.disabled.items():
            if name in people and people[name].disabled != disabled:
                words = "whether they are locked out is not what was done last"
                self._faults.add(f"person {name}", words)

    def has(self, one: Approval) -> bool:
        """Whether an act on a draft stands in it."""
        names = _AUDITED.get(one.act, (one.act,))
        subject = "" if one.act == "release" else one.draft  # a release is told of its thread
        return any((one.at, one.person, name, subject) in self._acts for name in names)


def _numbered(table: str, rows: Sequence[tuple[int, str]], faults: Faults) -> None:
    """Numbers without a gap from 1 on, and instants that never run back."""
    before = ""
    for place, (number, at) in enumerate(rows, start=1):
        if number != place:
            faults.add(table, f"row {place} is missing: the next is {number}")
            break
        if at < before:
            faults.add(f"{table} {number}", f"its time {at} lies before that of the row before")
        before = at


def _papers(papers: Sequence[Paper], approvals: Sequence[Approval], counted: int) -> Iterator[str]:
    numbers = {int(one.id[1:]) for one in papers if one.id[1:].isdecimal()}
    for number in sorted(set(range(1, counted + 1)) - numbers):
        yield f"D{number} is missing"
    acts: Mapping[str, set[tuple[int, str]]] = {one.id: set() for one in papers}
    hands: dict[tuple[str, str], set[str]] = {}
    for one in approvals:
        acts.get(one.draft, set()).add((one.version, one.act))
        hands.setdefault((one.draft, one.act), set()).add(one.person)
    for one_ in papers:
        for version in range(1, one_.version + 1):
            if (version, "write") not in acts[one_.id]:
                yield f"{one_.id}: nobody is on record as who wrote version {version}"
        for act, person in (("submit", one_.submitted_by), ("release", one_.released_by)):
            if person is not None and person not in hands.get((one_.id, act), set()):
                yield f"{one_.id}: that {person} did this ({act}) is on record nowhere else"


def check_rest(tx: Tx, faults: Faults) -> None:
    """What is encrypted opens in its place; faults are numbered; keys fit what is said of them."""
    for sealed in tx.survey.sealed():
        faults.add(f"{sealed.table} {sealed.row}", "it does not open in its place: it was changed")
    _numbered("fault", tx.survey.faults(), faults)
    for name in tx.survey.stray_parents():
        faults.add(f"waiting {name}", "it is said to wait for another, and is not here")
    for name in tx.survey.missing_keys():
        faults.add(name, "its key is gone and it was not deleted, or the other way round")
    for sheet in tx.cooperation.sheets():
        where = f"tally {' '.join(sheet)}"
        with faults.unreadable(where):
            stored = tx.cooperation.kept(sheet)
            if stored is not None and stored != tx.cooperation.added_up(sheet):
                faults.add(where, "it is not the sum of its facts")
