"""People and peers: who is on record, whom we believe, and that it takes a person to change it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.casework.desks import THEM, THIRD, US, Desk, request_document
from tests.casework.people import put_on_record
from tests.trust.makers import (
    NOW,
    Chain,
    channel,
    entry,
    log_info,
    seal_row,
    sealing,
    sign_row,
    signing,
    verified,
)
from tracer.canonical import b64url
from tracer.casework.trail import ActFilter
from tracer.clock import FixedClock
from tracer.errors import InputError
from tracer.evidence.checkpoint import LogKey
from tracer.evidence.merkle import EMPTY_ROOT
from tracer.store import Store
from tracer.trust.directory import Directory, Listing
from tracer.trust.entry import VerifiedEntry, fingerprint, sign_entry, verify_entry
from tracer.trust.nouns import LogInfo, Succession

NEW = "XD-NPOC"


def code_of(found: pytest.ExceptionInfo[InputError]) -> str:
    return found.value.code


async def test_the_first_person_is_added_by_nobody_and_can_add_others(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db", rest_key=b"r" * 32, clock=FixedClock(NOW))
    async with store:
        await store.write(lambda tx: tx.log.open_origin(f"{US}/log/1"))
        with pytest.raises(InputError, match="first-person"):
            await put_on_record(store, "init", "ben", ["officer"])
        await put_on_record(store, "init", "ben", ["officer", "supervisor"])
        with pytest.raises(InputError, match="person-unknown"):
            await put_on_record(store, "init", "eve", ["officer"])
        added = await put_on_record(store, "ben", "eve", ["officer"])
        assert (added.roles, added.added_by, added.disabled) == (("officer",), "ben", False)


@pytest.mark.parametrize("name", ["", "a b", "-x", "../x", "ä", "x" * 65, "a\n"])
async def test_a_name_is_a_login_name(desk: Desk, name: str) -> None:
    with pytest.raises(InputError, match="name-form"):
        await put_on_record(desk.store, "sam", name, ["officer"])


async def test_a_name_is_given_once(desk: Desk) -> None:
    with pytest.raises(InputError, match="person-exists"):
        await put_on_record(desk.store, "sam", "ada", ["officer"])


async def test_nobody_changes_their_own_account(desk: Desk) -> None:
    for action in (
        desk.people.set_roles("opa", "opa", ["officer", "operator"]),
        desk.people.disable("sam", "sam"),
        desk.people.enable("sam", "sam"),
    ):
        with pytest.raises(InputError, match="person-self"):
            await action


async def test_new_roles_and_a_lock_count_at_once_and_are_on_record(desk: Desk) -> None:
    await desk.people.set_roles("sam", "ada", ["auditor"])
    with pytest.raises(InputError, match="role-missing"):
        await desk.drafts.new("ada", request_document(), THEM)
    await desk.people.disable("sam", "ada")
    with pytest.raises(InputError, match="person-disabled"):
        await desk.reads.cases("ada")
    await desk.people.enable("sam", "ada")
    await desk.reads.cases("ada")
    trail = await desk.trail.list("aud", ActFilter(subject="ada"))
    acts = [item.act for item in trail]
    assert acts == ["person-enable", "person-disable", "person-roles"]
    assert trail[-1].detail == {"from": ["investigator"], "to": ["auditor"]}


async def test_there_is_always_somebody_who_can_add_people(desk: Desk) -> None:
    await desk.people.disable("sam", "opa")
    await put_on_record(desk.store, "sam", "two", ["supervisor"])
    await desk.people.disable("two", "sam")
    with pytest.raises(InputError, match="person-disabled"):
        await desk.people.disable("sam", "two")
    assert [one.name for one in await desk.people.list("two") if not one.disabled][-1] == "two"


async def test_somebody_who_is_not_there_is_not_changed(desk: Desk) -> None:
    with pytest.raises(InputError, match="person-unknown"):
        await desk.people.disable("sam", "nobody")


async def test_a_first_entry_is_believed_when_its_fingerprint_was_compared(desk: Desk) -> None:
    brought = verified(NEW)
    offered = await desk.peers.look("ada", brought.file)
    assert (offered.news, offered.fingerprint) == ("first", fingerprint(brought.jws))
    assert desk.cell.get().find(NEW) is None
    for said, code in (
        ("", "fingerprint-missing"),
        ("  ", "fingerprint-missing"),
        ("1" * 40, "fingerprint-differs"),
        (offered.fingerprint[:-1], "fingerprint-differs"),
    ):
        with pytest.raises(InputError) as found:
            await desk.peers.add("sam", brought.file, compared=said)
        assert code_of(found) == code
        assert desk.cell.get().find(NEW) is None
    view = await desk.peers.add("sam", brought.file, compared=offered.fingerprint.replace(" ", "-"))
    assert (view.authority, view.status, view.added_by) == (NEW, "active", "sam")
    assert desk.cell.get().peer(NEW).verified.digest == brought.digest
    trail = await desk.trail.list("aud", ActFilter(subject=NEW))
    assert (trail[0].act, trail[0].detail["news"]) == ("peer-add", "first")


async def test_the_next_entry_of_a_known_authority_is_believed_by_its_signature(
    desk: Desk,
) -> None:
    following = Chain(verified(THEM)).next(by=THEM, name="Renamed")
    assert (await desk.peers.look("ada", following.file)).news == "next"
    view = await desk.peers.add("opa", following.file)
    assert (view.name, view.seq) == ("Renamed", 2)
    row = await desk.store.read(lambda tx: tx.peers.get(THEM))
    assert row is not None
    assert verify_entry(row.entry_file).digest == following.digest


async def test_a_new_identity_does_not_take_the_name_of_a_log_that_is_known(desk: Desk) -> None:
    """What is remembered of the log would make it a fork, and no evidence of it would verify."""
    stranger = _other_first(THEM, number=1)
    with pytest.raises(InputError, match="log-known"):
        await desk.peers.add("sam", stranger.file, compared=fingerprint(stranger.jws))
    assert desk.cell.get().peer(THEM).verified.digest == verified(THEM).digest
    later = _other_first(THEM)
    await desk.peers.add("sam", later.file, compared=fingerprint(later.jws))
    assert desk.cell.get().peer(THEM).log.origin == f"{THEM}/log/2"


async def test_an_entry_that_begins_another_log_takes_a_comparison_though_its_key_is_known(
    desk: Desk,
) -> None:
    closed = Succession(
        origin=f"{THEM}/log/1", size=0, root=b64url(EMPTY_ROOT), highest="", cause="keys"
    )
    anew = Chain(verified(THEM)).next(by=THEM, log=log_info(THEM, 2), succession=closed)
    assert (await desk.peers.look("ada", anew.file)).news == "new-log"
    with pytest.raises(InputError, match="fingerprint-missing"):
        await desk.peers.add("sam", anew.file)
    assert desk.cell.get().peer(THEM).log.origin == f"{THEM}/log/1"
    await desk.peers.add("sam", anew.file, compared=fingerprint(anew.jws))
    assert desk.cell.get().peer(THEM).log.origin == f"{THEM}/log/2"
    trail = await desk.trail.list("aud", ActFilter(subject=THEM))
    assert (trail[0].act, trail[0].detail["news"]) == ("peer-add", "new-log")


async def test_the_same_entry_again_changes_nothing(desk: Desk) -> None:
    before = len(await desk.trail.list("aud"))
    assert (await desk.peers.add("sam", verified(THEM).file)).seq == 1
    assert len(await desk.trail.list("aud")) == before


async def test_an_entry_that_was_replaced_does_not_come_back(desk: Desk) -> None:
    old = verified(THEM)
    await desk.peers.add("sam", Chain(old).next(by=THEM).file)
    for attempt in (
        desk.peers.look("sam", old.file),
        desk.peers.add("sam", old.file),
        desk.peers.add("sam", old.file, compared=fingerprint(old.jws)),
    ):
        with pytest.raises(InputError, match="entry-old"):
            await attempt
    assert desk.cell.get().peer(THEM).verified.entry.seq == 2


async def test_a_break_of_the_chain_is_a_new_identity_and_takes_a_comparison(desk: Desk) -> None:
    stranger = _other_first(THEM)
    assert (await desk.peers.look("ada", stranger.file)).news == "new-identity"
    with pytest.raises(InputError, match="fingerprint-missing"):
        await desk.peers.add("sam", stranger.file)
    await desk.peers.suspend("sam", THEM, "their keys are lost")
    view = await desk.peers.add("sam", stranger.file, compared=fingerprint(stranger.jws))
    assert view.status == "active"
    assert desk.cell.get().peer(THEM).verified.digest == stranger.digest
    rows = await desk.store.read(lambda tx: tx.peers.all())
    again = Directory.of([Listing(verify_entry(row.entry_file)) for row in rows])
    assert again.peer(THEM).verified.digest == stranger.digest


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b"\xff\xfe", b"[" * 5000])
async def test_what_is_no_entry_is_told_to_whoever_brought_it(desk: Desk, data: bytes) -> None:
    with pytest.raises(InputError) as found:
        await desk.peers.add("sam", data)
    assert (code_of(found), found.value.field) == ("entry-invalid", "file")


async def test_an_entry_that_was_tampered_with_is_no_entry(desk: Desk) -> None:
    data = verified(NEW).file.replace(b"ey", b"eZ", 1)
    with pytest.raises(InputError, match="entry-invalid"):
        await desk.peers.look("sam", data)


async def test_our_own_entry_is_no_peer(desk: Desk) -> None:
    with pytest.raises(InputError, match="peer-self"):
        await desk.peers.add("sam", verified(US).file)


async def test_a_key_of_another_authority_is_refused(desk: Desk) -> None:
    shared = replace(verified(NEW).entry, keys=verified(THIRD).entry.keys)
    stolen = verified(NEW, keys=(*verified(NEW).entry.keys, shared.keys[1]))
    with pytest.raises(InputError, match="entry-shared"):
        await desk.peers.add("sam", stolen.file, compared=fingerprint(stolen.jws))
    assert desk.cell.get().find(NEW) is None


async def test_a_peer_is_suspended_with_a_reason_and_resumed(desk: Desk) -> None:
    with pytest.raises(InputError, match="reason-missing"):
        await desk.peers.suspend("sam", THEM, "  ")
    view = await desk.peers.suspend("sam", THEM, "Certificate in doubt")
    assert view.status == "suspended"
    assert desk.cell.get().peer(THEM).standing.value == "suspended"
    assert (await desk.peers.resume("opa", THEM)).status == "active"
    acts = [
        (item.act, item.detail) for item in await desk.trail.list("aud", ActFilter(subject=THEM))
    ]
    assert acts == [("peer-resume", {}), ("peer-suspend", {"reason": "Certificate in doubt"})]
    for verb in (desk.peers.show, desk.peers.resume):
        with pytest.raises(InputError, match="peer-unknown"):
            await verb("sam", NEW)


async def test_faults_of_a_peer_are_shown_with_it(desk: Desk) -> None:
    await desk.store.write(lambda tx: tx.peers.put_fault("log-fork", THEM, b"evidence"))
    views = {view.authority: view for view in await desk.peers.list("ada")}
    assert [fault.kind for fault in views[THEM].faults] == ["log-fork"]
    assert views[THIRD].faults == ()


async def test_two_entries_added_at_once_are_both_believed(desk: Desk) -> None:
    one, two = verified(NEW), verified("XE-NPOC")
    await asyncio.gather(
        desk.peers.add("sam", one.file, compared=fingerprint(one.jws)),
        desk.peers.add("opa", two.file, compared=fingerprint(two.jws)),
    )
    assert desk.cell.get().find(NEW) is not None
    assert desk.cell.get().find("XE-NPOC") is not None


def _other_first(authority: str, *, number: int = 2) -> VerifiedEntry:
    """A first entry in the authority's name, with keys of somebody else."""
    new = entry(
        authority,
        keys=(sign_row(signing("other")), seal_row(sealing("other"))),
        log=_other_log(authority, number),
        channel=(b64url(channel("other").certificate),),
    )
    return verify_entry(sign_entry(new, key=signing("other")))


def _other_log(authority: str, number: int) -> LogInfo:
    key = LogKey.generate(f"{authority}/log/{number}")
    return LogInfo(
        origin=key.origin,
        ed25519=b64url(key.public.ed25519),
        mldsa44=b64url(key.public.mldsa44),
    )
