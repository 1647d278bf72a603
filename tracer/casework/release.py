"""Release: the one door through which a draft becomes a message that leaves the house.

`submit_for_release` puts a version before a second person; `release` lets it go; `reject` sends it
back with a reason. Everything a release depends on is looked at again in the ONE transaction that
signs and queues the message, in this order; the first that fails stops it:

1. the person may release, and does so for the authority, not for an agency under it;
2. the draft stands submitted, at the version that was looked at, and that very version is on
   record as submitted;
3. four eyes: whoever has a hand on it (author, writers of any version, submitter) does not release
   it; where policy allows one person, with a reason, a fresh proof of who they are, and on the list
   for review; who may be the same human as one of those hands counts as one person (`second`);
4. what an acknowledgement promises is computed anew; the linter finds no error today, and a
   request has a recipient; a reply
   would count in its thread as it stands (`effect`); the recipient's terms are those it was written
   under;
5. a recorded fault of the recipient's log needs a written override;
6. its files are on the shelf, whole;
7. sign, log, store, queue, announce its files (`exchange.Submit.within`); the draft's content is
   destroyed, the message holds it now; a new case is its author's team's, and one that continues
   another is whose that is; who wrote it has looked at it (`changes`); the audit trail has it.

What goes to a State that has no node is signed and kept alike and not queued: somebody prints it,
sends it and enters on which day (`transcribing`).

Delivery is woken after the commit. What it does not do: send anything itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec

from tracer.casework import words
from tracer.casework.drafts import find_peer
from tracer.casework.effect import check_counts
from tracer.casework.leaving import (
    Leaving,
    Waiting,
    all_hands,
    as_of_now,
    doubt_about,
    opened,
    queued,
    to_review,
    waiting,
)
from tracer.casework.papers import paper
from tracer.casework.papers.paper import Draft
from tracer.casework.papers.promise import terms_for
from tracer.casework.reasons import SHORTEST_REASON, reasoned
from tracer.casework.roles import Act, Policy, acting, alone_allowed, step_up
from tracer.casework.scanning import check_sent
from tracer.casework.second import Doubt, one_human
from tracer.casework.sight import check_releases
from tracer.casework.teams import first_open
from tracer.errors import InputError
from tracer.exchange.accuse import holding_up
from tracer.exchange.submit import Submit, Submitted
from tracer.exchange.uploads import Shelf
from tracer.model.attachments import Attachment
from tracer.model.finding import Finding, Level, blocks
from tracer.model.ids import is_outside
from tracer.model.messages import AnyMessage, Request
from tracer.model.wire import groups_of
from tracer.store import Store, Tx
from tracer.store.rows import DraftRow
from tracer.trust.directory import Directory

TAKEN: Final = "acknowledgement"
"""What says that a person has taken a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What became of a draft: the message, its thread, and whether a review is due."""

    draft: str
    message_id: str
    thread: str
    peer: str
    review: bool


class _Said(NamedTuple):
    """What the person who releases says with it."""

    version: int | None
    reason: str
    override: str
    fresh: bool


class Release:
    """The verbs between a finished draft and its leaving."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Callable[[], Directory],
        authority: str,
        submit: Submit,
        shelf: Shelf,
        policy: Policy,
        wake: Callable[[str], None],
    ) -> None:
        self._store = store
        self._directory = directory
        self._authority = authority
        self._submit = submit
        self._shelf = shelf
        self._policy = policy
        self._wake = wake

    async def submit_for_release(
        self, actor: str, draft_id: str, *, version: int | None = None
    ) -> Draft:
        """Put a draft before whoever releases, who may have to choose the recipient of a request.

        Raises:
            InputError: `draft-incomplete` with what the linter says; `draft-state`,
                `draft-changed`, or about the person.
        """

        def body(tx: Tx) -> Draft:
            person = acting(tx, actor, Act.SUBMIT)
            row = paper.same_version(paper.load(tx, draft_id, person), version)
            _check_complete(paper.to_mend(paper.judge(paper.read_body(row), tx, row)))
            moved = tx.drafts.set_state(
                row.id,
                "submitted",
                expect=("draft", "rejected"),
                version=row.version,
                submitted_by=actor,
                reason="",
            )
            if not moved:
                raise InputError("draft-state", f"{row.id} is {row.state}")
            tx.drafts.approve(row.id, row.version, actor, "submit")
            tx.audit.write(actor, "submit", row.id, {"version": row.version})
            return paper.view(tx, paper.load(tx, row.id, person))

        return await self._store.write(body)

    async def release(
        self,
        actor: str,
        draft_id: str,
        *,
        version: int | None = None,
        reason: str = "",
        override: str = "",
        fresh: bool = False,
    ) -> Released:
        """Let a submitted draft go.

        Args:
            actor: Who decides.
            draft_id: The draft.
            version: The version that was looked at.
            reason: Why one person alone releases, where policy allows that.
            override: Why it is sent although the recipient's log has a recorded fault.
            fresh: Whether the person has proved who they are within the last minutes, which
                releasing alone takes; a page says so from the session.

        Raises:
            InputError: the first step that fails; nothing has happened then.
        """
        said = _Said(version, reason.strip(), override.strip(), fresh)
        return await self._store.write(lambda tx: self._release(tx, actor, draft_id, said))

    def _release(self, tx: Tx, actor: str, draft_id: str, said: _Said) -> Released:
        # 1. The person.
        person = acting(tx, actor, Act.RELEASE)
        check_releases(tx, person)
        # 2. The draft, submitted as it stands.
        row = paper.same_version(paper.load(tx, draft_id, person), said.version)
        _check_submitted(tx, row)
        # 3. Four eyes.
        doubt = doubt_about(tx, person, row)
        alone = actor in paper.writers(tx, row) or doubt is not None
        if alone:
            self._check_alone(row, actor, said, doubt)
        # 4. Complete, and under today's terms.
        message = as_of_now(tx, row)
        _check_complete(paper.judge(message, tx, row))
        check_counts(tx, row.thread, message)
        self._check_recipient(tx, row, message)
        # 5. Faults of the recipient.
        faults = self._check_faults(tx, row, said.override)
        # 6. Its files, and what a scanner said of them.
        files: Sequence[Attachment] = getattr(message, "attachments", ())
        self._check_files(files)
        check_sent(tx, message)
        # 7. Sign, log, store, queue; then the draft has done its work.
        sent = self._submit.within(tx, message)
        if not is_outside(row.peer):
            self._wake(row.peer)  # delivery claims behind this transaction, so it may come already
        begins = _take_up(tx, row, sent.thread) if row.thread is None else {}
        if row.type == TAKEN:
            _lies_with(tx, row.author, sent.thread, by=actor)
        if row.thread is None:
            for name in paper.writers(tx, row):
                tx.seen.see(name, sent.thread)  # they know it: what comes of it is news to them
        _settle(tx, row, actor, sent, reason=said.reason, review=alone)
        detail = {"draft": row.id, "version": row.version, "message": sent.id, "alone": alone}
        detail |= {"to": row.peer, "type": row.type, "groups": list(groups_of(message))}
        detail |= begins
        if faults:
            detail |= {"faults": faults, "override": said.override}
        if alone:
            detail |= {"reason": said.reason}
        if doubt is not None:
            detail |= {"beside": doubt.account, "behind": list(doubt.behind)}
        tx.audit.write(actor, "release", sent.thread, detail)
        return Released(
            draft=row.id, message_id=sent.id, thread=sent.thread, peer=row.peer, review=alone
        )

    async def reject(
        self, actor: str, draft_id: str, reason: str, *, version: int | None = None
    ) -> Draft:
        """Send a submitted draft back to its author, with a reason.

        Raises:
            InputError: `reason-missing`, `draft-state`, `draft-changed` if it is not at `version`
                any more, or about the person.
        """
        said = reasoned(reason, "a draft is sent back with a reason")

        def body(tx: Tx) -> Draft:
            person = acting(tx, actor, Act.REJECT)
            row = paper.same_version(paper.load(tx, draft_id, person), version)
            moved = tx.drafts.set_state(row.id, "rejected", expect=("submitted",), reason=said)
            if not moved:
                raise InputError("draft-state", f"{row.id} is {row.state}")
            paper.send_back(tx, row, actor, said)
            tx.drafts.approve(row.id, row.version, actor, "reject")
            tx.audit.write(actor, "reject", row.id, {"version": row.version, "reason": said})
            return paper.view(tx, paper.load(tx, row.id, person))

        return await self._store.write(body)

    @property
    def alone_allowed(self) -> bool:
        """Whether policy lets one person release, with a reason and a fresh proof."""
        return alone_allowed(self._policy)

    async def queue(self, actor: str) -> tuple[Waiting, ...]:
        """What waits for a second person: the most urgent first, then the longest waiting."""
        return await self._store.read(lambda tx: queued(tx, acting(tx, actor, Act.RELEASE)))

    async def look(self, actor: str, draft_id: str) -> Leaving:
        """One draft as it will leave, with every hand on it; the reading is on record.

        Raises:
            InputError: `draft-unknown`, or about the person.
        """
        return await self._store.write(
            lambda tx: opened(tx, acting(tx, actor, Act.DRAFT), draft_id)
        )

    async def reviews(self, actor: str) -> tuple[Waiting, ...]:
        """The list for review with what the page of it shows, longest first."""

        def body(tx: Tx) -> tuple[Waiting, ...]:
            person = acting(tx, actor, Act.REVIEW_LIST)
            return tuple(waiting(tx, person, row) for row in to_review(tx, person))

        return await self._store.read(body)

    async def waiting(self, actor: str) -> tuple[DraftRow, ...]:
        """Drafts that wait for a second person, longest first, without their content."""

        def body(tx: Tx) -> tuple[DraftRow, ...]:
            person = acting(tx, actor, Act.RELEASE)
            return _bare(paper.seen(tx, person, tx.drafts.list("submitted")))

        return await self._store.read(body)

    async def review_list(self, actor: str) -> tuple[DraftRow, ...]:
        """What one person released alone and nobody has looked over yet, with the reasons."""

        def body(tx: Tx) -> tuple[DraftRow, ...]:
            return _bare(to_review(tx, acting(tx, actor, Act.REVIEW_LIST)))

        return await self._store.read(body)

    async def review_done(self, actor: str, draft_id: str, remark: str = "") -> None:
        """Note that a supervisor, other than who released it, has looked it over.

        Raises:
            InputError: `four-eyes`, `four-eyes-account`, `review-none`, or about the person.
        """

        def body(tx: Tx) -> None:
            person = acting(tx, actor, Act.REVIEW)
            row = next((one for one in to_review(tx, person) if one.id == draft_id), None)
            if row is None:
                raise InputError("review-none", f"{draft_id} waits for no review", field="draft")
            if actor in all_hands(tx, row):
                raise InputError("four-eyes", "nobody looks over what they released themselves")
            doubt = doubt_about(tx, person, row)
            if doubt is not None:
                raise one_human(actor, doubt)
            tx.drafts.set_state(row.id, "released", expect=("released",), review=False)
            tx.drafts.approve(row.id, row.version, actor, "review")
            tx.audit.write(actor, "review", row.id, {"message": row.message_id, "remark": remark})

        await self._store.write(body)

    def _check_alone(self, row: DraftRow, actor: str, said: _Said, doubt: Doubt | None) -> None:
        if not self.alone_allowed:
            if doubt is not None:
                raise one_human(actor, doubt)
            raise InputError(
                "four-eyes",
                f"your own hand is on {row.id}: somebody else releases it",
                advice=f"Ask another officer: tracer --actor NAME release approve {row.id}.",
            )
        reasoned(said.reason, "who releases alone gives a reason")
        if not said.fresh:
            raise step_up()

    def _check_recipient(self, tx: Tx, row: DraftRow, message: AnyMessage) -> None:
        if (message.sender, message.recipient) != (self._authority, row.peer):
            raise InputError("draft-state", f"{row.id} is not from us to {row.peer}")
        if is_outside(row.peer):
            return
        peer = find_peer(self._directory(), row.peer, self._authority)
        if not isinstance(message, Request):
            return
        if message.terms != terms_for(tx, peer, self._authority):
            raise InputError(
                "terms-stale",
                f"{row.peer} has new terms since {row.id} was written",
                advice="Edit the draft (it takes the new terms) and submit it again.",
                field="terms",
            )

    def _check_faults(self, tx: Tx, row: DraftRow, override: str) -> int:
        faults = holding_up(tx, row.peer)
        if faults and len(override) < SHORTEST_REASON:
            raise InputError(
                "peer-fault",
                f"{row.peer} {words.HELD[faults[-1].kind]} (found {faults[-1].at})",
                advice="Send only with a written reason: --override REASON.",
                field="override",
            )
        return len(faults)

    def _check_files(self, files: Sequence[Attachment]) -> None:
        for item in files:
            stored = self._shelf.stored(item.cipher_digest)
            if not stored.complete or stored.stored != item.cipher_size:
                raise InputError(
                    "attachment-lost",
                    f"file {item.n} is not on the shelf any more",
                    advice="Take the files off the draft and attach them again.",
                    field=f"attachments/{item.n}",
                )


def _take_up(tx: Tx, row: DraftRow, thread: str) -> dict[str, Any]:
    """A request of ours begins with the team of its author, or as the case it continues.

    What is told of it; nothing, where it is no team's.
    """
    earlier = tx.meta.get(f"follow-on.draft.{row.id}")
    team, restricted = tx.work.team_of(earlier) if earlier else ("", False)
    if earlier:
        tx.meta.put(f"follow-on.{thread}", earlier)
    mine = team or first_open(tx, row.author)
    if not mine:
        return {}
    tx.work.give(thread, mine, restricted=restricted)
    return {"team": mine, "restricted": restricted}


def _lies_with(tx: Tx, author: str, thread: str, *, by: str) -> None:
    """Whoever tells the other side that a person has taken a case is that person here.

    Not where somebody is assigned to it already.
    """
    if not tx.work.assigned(thread) and tx.work.assign(thread, author, by=by):
        tx.audit.write(by, "assign", thread, {"person": author})


def _check_submitted(tx: Tx, row: DraftRow) -> None:
    if row.state != "submitted":
        raise InputError(
            "draft-state",
            f"{row.id} is {row.state}, not submitted",
            advice=f"Submit it first: tracer request send {row.id}.",
        )
    on_record = {
        item.person
        for item in tx.drafts.approvals(row.id)
        if item.act == "submit" and item.version == row.version
    }
    if row.submitted_by is None or row.submitted_by not in on_record:
        raise InputError("draft-state", f"nobody submitted version {row.version} of {row.id}")


def _check_complete(findings: Sequence[Finding]) -> None:
    if not blocks(findings):
        return
    errors = [item for item in findings if item.level is Level.ERROR]
    told = "; ".join(f"{item.path}: {item.message}" for item in errors)
    raise InputError(
        "draft-incomplete",
        f"{len(errors)} thing{'s' if len(errors) > 1 else ''} to mend: {told}",
        advice=errors[0].help,
        field=errors[0].path,
    )


def _settle(
    tx: Tx, row: DraftRow, actor: str, sent: Submitted, *, reason: str, review: bool
) -> None:
    tx.drafts.wipe(row.id)
    moved = tx.drafts.set_state(
        row.id,
        "released",
        expect=("deleted",),
        version=row.version,
        released_by=actor,
        reason=reason,
        review=review,
        message_id=sent.id,
    )
    if not moved:
        raise InputError("draft-changed", f"{row.id} was changed meanwhile")
    tx.drafts.approve(row.id, row.version, actor, "release")


def _bare(rows: Sequence[DraftRow]) -> tuple[DraftRow, ...]:
    return tuple(msgspec.structs.replace(row, body=b"") for row in rows)
