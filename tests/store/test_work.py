"""Cases, drafts, attachments, people and the audit trail."""

from __future__ import annotations

import pytest
from msgspec import structs

from tests.store import make
from tracer.errors import InputError
from tracer.store import ApprovalRow, AttachmentRow, AuditRow, PersonRow, Store, Tx


async def put_cases(store: Store) -> None:
    def body(tx: Tx) -> None:
        tx.threads.create_many([make.thread(name) for name in "abc"])
        tx.cases.put_many(
            [make.case("a"), make.case("b", updated=make.T1), make.case("c", state="closed")]
        )

    await store.write(body)


async def test_a_case_is_replaced_by_its_newer_projection(store: Store) -> None:
    await put_cases(store)
    await store.write(lambda tx: tx.cases.put_many([make.case("a", state="answered")]))
    found = await store.read(lambda tx: tx.cases.get(make.digest("a")))
    assert found == make.case("a", state="answered")
    assert await store.read(lambda tx: tx.cases.get("none")) is None
    counts = await store.read(lambda tx: tx.cases.counts())
    assert counts == {
        (make.PEER, "answered"): 1,
        (make.PEER, "received"): 1,
        (make.PEER, "closed"): 1,
    }


async def test_cases_are_listed_newest_first_by_page_and_filter(store: Store) -> None:
    await put_cases(store)
    first = await store.read(lambda tx: tx.cases.list(limit=1))
    assert first == [make.case("b", updated=make.T1)]
    place = (first[0].updated, first[0].thread)
    rest = await store.read(lambda tx: tx.cases.list(before=place))
    assert {row.reference for row in rest} == {"XB-a", "XB-c"}
    closed = await store.read(lambda tx: tx.cases.list(state=["closed"], peer=make.PEER))
    assert [row.reference for row in closed] == ["XB-c"]
    assert await store.read(lambda tx: tx.cases.list(test=True)) == []
    assert await store.read(lambda tx: tx.cases.list(awaiting="peer")) == []


async def test_a_draft_is_written_only_over_the_version_it_was_read_at(store: Store) -> None:
    assert await store.write(lambda tx: tx.drafts.put(make.draft("d")))
    assert not await store.write(lambda tx: tx.drafts.put(make.draft("d")))
    assert await store.write(lambda tx: tx.drafts.put(make.draft("d", version=2, body=b"two")))
    assert not await store.write(lambda tx: tx.drafts.put(make.draft("d", version=2, body=b"x")))
    found = await store.read(lambda tx: tx.drafts.get("d"))
    assert found == make.draft("d", version=2, body=b"two")
    assert await store.read(lambda tx: tx.drafts.get("none")) is None


async def test_a_draft_moves_only_from_the_state_expected(store: Store) -> None:
    await store.write(lambda tx: tx.drafts.put(make.draft("d")))

    def submit(tx: Tx) -> bool:
        tx.drafts.approve("d", 1, "investigator", "submit")
        return tx.drafts.set_state("d", "submitted", expect=["draft"], submitted_by="investigator")

    assert await store.write(submit)
    assert not await store.write(lambda tx: tx.drafts.set_state("d", "submitted", expect=["draft"]))
    assert not await store.write(lambda tx: tx.drafts.set_state("d", "released", version=9))
    assert await store.write(
        lambda tx: tx.drafts.set_state("d", "rejected", reason="marks are missing", review=True)
    )
    (row,) = await store.read(lambda tx: tx.drafts.list("rejected", review=True))
    assert (row.submitted_by, row.reason, row.review) == ("investigator", "marks are missing", True)
    assert await store.read(lambda tx: tx.drafts.list("draft")) == []
    acts = await store.read(lambda tx: tx.drafts.approvals("d"))
    assert acts == (ApprovalRow("d", 1, "investigator", "submit", make.T0),)


async def test_a_wiped_draft_keeps_its_history_only(store: Store) -> None:
    await store.write(lambda tx: tx.drafts.put(make.draft("d")))
    await store.write(lambda tx: tx.drafts.wipe("d"))
    row = await store.read(lambda tx: tx.drafts.get("d"))
    assert row is not None
    assert (row.state, row.body, row.author) == ("deleted", b"", "investigator")


def attachment(digest: str, peer: str = make.PEER, n: int = 1) -> AttachmentRow:
    return AttachmentRow(
        digest=digest,
        peer=peer,
        thread="t",
        message_id="m",
        n=n,
        direction="out",
        size=100,
        next_attempt=make.T1,
    )


async def test_an_attachment_goes_from_announced_to_complete(store: Store) -> None:
    rows = [attachment("two", n=2), attachment("one")]
    await store.write(lambda tx: tx.attachments.add_many(rows))
    of_message = await store.read(lambda tx: tx.attachments.for_message("m"))
    assert [row.digest for row in of_message] == ["one", "two"]
    await store.write(lambda tx: tx.attachments.set_offset("one", 64))
    row = await store.read(lambda tx: tx.attachments.get("one"))
    assert row is not None
    assert (row.offset, row.state) == (64, "partial")
    await store.write(lambda tx: tx.attachments.complete("one"))
    pending = await store.read(lambda tx: tx.attachments.pending_uploads(make.PEER))
    assert [row.digest for row in pending] == ["two"]
    assert await store.read(lambda tx: tx.attachments.pending_uploads(now=make.T0)) == []


async def test_a_file_that_was_destroyed_while_it_was_sent_stays_destroyed(store: Store) -> None:
    row = attachment("one")

    def body(tx: Tx) -> None:
        tx.attachments.add(row)
        assert tx.disposals.end_files(row.thread, None) == ["one"]
        tx.attachments.set_offset("one", 64)
        tx.attachments.complete("one")
        tx.attachments.fail("one", "line-broken", next_attempt=make.T1)

    await store.write(body)
    left = await store.read(lambda tx: tx.attachments.get("one"))
    assert left is not None
    assert (left.state, left.error, left.offset) == ("failed", "erased", 0)


async def test_a_digest_announced_by_another_peer_is_another_attachment(store: Store) -> None:
    await store.write(lambda tx: tx.attachments.add(attachment("one")))
    await store.write(lambda tx: tx.attachments.add(attachment("one", make.OTHER)))
    await store.write(lambda tx: tx.attachments.complete("one", peer=make.OTHER))
    row = await store.read(lambda tx: tx.attachments.get("one", peer=make.PEER))
    assert row == attachment("one")


async def test_an_upload_is_due_when_its_message_has_a_receipt(store: Store) -> None:
    def body(tx: Tx) -> None:
        make.commit(tx, make.message("m"))
        row = attachment("one")
        tx.attachments.add(structs.replace(row, message_id=make.digest("m")))
        tx.attachments.add(structs.replace(row, digest="two", direction="in"))

    async def due(now: str, *, incoming: bool = False) -> list[str]:
        rows = await store.read(
            lambda tx: tx.attachments.pending(make.PEER, now=now, incoming=incoming)
        )
        return [row.digest for row in rows]

    await store.write(body)
    assert await due(make.T1) == []
    await store.write(lambda tx: tx.messages.save_receipts([make.receipt("m")]))
    assert await due(make.T0) == []
    assert await due(make.T1) == ["one"]
    assert await due(make.T1, incoming=True) == ["one", "two"]


async def test_an_upload_fails_for_now_or_for_good(store: Store) -> None:
    await store.write(lambda tx: tx.attachments.add(attachment("one")))
    await store.write(lambda tx: tx.attachments.fail("one", "line", next_attempt=make.T2))
    row = await store.read(lambda tx: tx.attachments.get("one"))
    assert row is not None
    assert (row.state, row.error, row.next_attempt) == ("announced", "line", make.T2)
    await store.write(lambda tx: tx.attachments.fail("one", "attachment-digest"))
    assert await store.read(lambda tx: tx.attachments.pending_uploads()) == []


async def test_people_are_added_once_and_never_deleted(store: Store) -> None:
    await store.write(lambda tx: tx.people.add("officer", ["officer", "auditor"], "operator"))
    with pytest.raises(InputError, match="person-exists"):
        await store.write(lambda tx: tx.people.add("officer", [], "operator"))
    await store.write(lambda tx: tx.people.set_roles("officer", ["supervisor"]))
    await store.write(lambda tx: tx.people.disable("officer"))
    expected = PersonRow("officer", ("supervisor",), True, make.T0, "operator")
    assert await store.read(lambda tx: tx.people.all()) == [expected]
    with pytest.raises(InputError, match="person-missing"):
        await store.write(lambda tx: tx.people.disable("nobody"))


async def test_the_audit_trail_is_read_newest_first(store: Store) -> None:
    await store.write(lambda tx: tx.audit.write("officer", "release", "d1", {"peer": make.PEER}))
    await store.write(lambda tx: tx.audit.write("officer", "read", "d2"))
    rows = await store.read(lambda tx: tx.audit.list())
    assert [row.act for row in rows] == ["read", "release"]
    (row,) = await store.read(lambda tx: tx.audit.list(subject="d1"))
    assert row == AuditRow(1, make.T0, "officer", "release", "d1", {"peer": make.PEER})
    assert await store.read(lambda tx: tx.audit.list(before=1)) == []
    assert await store.read(lambda tx: tx.audit.count()) == 2


async def test_named_values_are_overwritten(store: Store) -> None:
    await store.write(lambda tx: tx.meta.put("authority", "XA-OLD"))
    await store.write(lambda tx: tx.meta.put("authority", make.US))
    assert await store.read(lambda tx: tx.meta.get("authority")) == make.US
    assert await store.read(lambda tx: tx.meta.get("none")) is None
