"""A case is exported by those who may, and checked where there is no node."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from tests.cli.house import Said, ask, say, staff
from tests.exchange.counting import Two, submit, two
from tests.exchange.losing import A, B, receipted
from tests.media.printing import printing
from tests.nodes import until
from tests.stranger.log import leads_to, leaf_of
from tracer.bundle.verify import verify_bundle
from tracer.canonical import unb64url
from tracer.casework.evidence.export import PRINTING
from tracer.cli.nouns.evidence import UNPRINTED
from tracer.errors import InputError, OperatorError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.media.printer import Printer, Unprinted, installed
from tracer.model.messages import GROUPS
from tracer.node.custody import rotate
from tracer.node.desk import open_desk
from tracer.node.rooms import Rooms
from tracer.store.rows import AuditRow
from tracer.trust.entry import verify_entry

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def said(sender: Rooms, recipient: Rooms, kind: str = "", thread: str = "") -> str:
    """A message and its receipt."""
    found = await submit(sender, recipient, kind, thread)
    await until(lambda: receipted(sender, recipient.authority, found))
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nodes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    """Two nodes with an answered request; XB changed its signing key on the way."""
    async with two(tmp_path_factory.mktemp("two"), ago=timedelta(days=2)) as found:
        a, b = found.a, found.b
        await staff(a)
        await staff(b)
        thread = await said(a, b)
        found.clock.advance(timedelta(hours=1))
        await said(b, a, "acknowledgement", thread)
        found.clock.advance(timedelta(hours=1))
        issued = await rotate(
            b, lambda ring, now: ring.rotate_signing(now), actor="officer.one", act="rotate"
        )
        await open_desk(a).peers.add("officer.one", issued.file.encode())
        found.clock.advance(timedelta(hours=1))
        await said(b, a, "result", thread)
        found.threads["answered"] = thread
        yield found


async def exported(nodes: Two, who: str = A, *, pdf: bool = False, **options: Any) -> bytes:
    """A bundle; its report is printed only where that is asked for, which takes a process each."""
    found = await nodes.desk(who).evidence.export(
        "officer.one", nodes.threads["answered"], pdf=pdf, **options
    )
    return found.data


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("who", [A, B])
async def test_each_side_exports_what_anybody_can_check(nodes: Two, who: str) -> None:
    verdict = verify_bundle(await exported(nodes, who))
    assert verdict.holds
    assert [one.sender for one in verdict.messages] == [A, B, B]
    assert all(one.sent_at and one.received_at for one in verdict.messages)
    joined = [one.words for one in verdict.findings if "stand in one history" in one.words]
    assert len(joined) == 2
    assert not any("not proved" in words for words in joined)


async def test_the_same_facts_and_instant_give_the_same_bytes(nodes: Two) -> None:
    bundle = await exported(nodes, pdf=True)
    assert "report/report.pdf" in files(bundle) or not installed()
    assert bundle == await exported(nodes, pdf=True)


async def test_both_sides_hold_the_same_messages_and_records(nodes: Two) -> None:
    ours, theirs = files(await exported(nodes, A)), files(await exported(nodes, B))
    for number in (1, 2, 3):
        name = f"messages/000{number}.sdjwt"
        assert ours[name] == theirs[name]
        one, other = (
            msgspec.json.decode(held[f"proofs/000{number}.json"]) for held in (ours, theirs)
        )
        for kind in ("sent", "received"):
            assert one[kind]["record"] == other[kind]["record"]


async def test_the_keys_of_the_time_are_in_it_also_after_they_were_changed(nodes: Two) -> None:
    held = files(await exported(nodes))
    headers = {held[f"messages/000{number}.sdjwt"].partition(b".")[0] for number in (2, 3)}
    assert len(headers) == 2
    newest = verify_entry(held[f"entries/{B}/0001.json"])
    assert newest.entry.seq == 2
    assert {key.kid for key in newest.entry.listed("sign")} == set(
        nodes.b.keyring.signing_keys().keys()
    )


async def test_a_message_is_proved_under_the_first_head_that_covers_it(nodes: Two) -> None:
    verdict = verify_bundle(await exported(nodes))
    for one in verdict.messages:
        assert one.sent_at is not None
        assert one.received_at is not None
        assert abs(one.received_at - one.sent_at) < timedelta(minutes=1)


async def test_a_stranger_follows_every_path_by_the_text_of_rfc_9162(nodes: Two) -> None:
    held = files(await exported(nodes))
    logs = {one.authority: one.keyring.log_key().public for one in (nodes.a, nodes.b)}
    count = 0
    for name, data in held.items():
        if not name.startswith("proofs/"):
            continue
        for placed in filter(None, (msgspec.json.decode(data)[k] for k in ("sent", "received"))):
            note = held[f"checkpoints/{placed['origin']}/{placed['size']}.txt"].decode()
            public = logs[placed["origin"].partition("/")[0]]
            head = verify_checkpoint(note, origin=placed["origin"], public=public)
            assert leads_to(leaf_of(unb64url(placed["record"])), placed) == head.root
            count += 1
    assert count == 6


def subsets() -> Iterator[tuple[str, ...]]:
    names = ("persons", "place", "narrative", "officer", "free_text")
    return chain.from_iterable(combinations(names, count) for count in range(len(names) + 1))


async def test_any_groups_may_be_left_out_and_the_rest_stays_proved(nodes: Two) -> None:
    whole = verify_bundle(await exported(nodes, offline=True))
    for without in subsets():
        data = await exported(nodes, without=without, offline=True)
        verdict = verify_bundle(data)
        assert verdict.holds, without
        assert [one.id for one in verdict.messages] == [one.id for one in whole.messages]
        for one in verdict.messages:
            assert not any(getattr(one.message, name, None) for name in without)


async def test_what_is_left_out_is_in_no_file_of_the_bundle(nodes: Two) -> None:
    def seen(data: bytes) -> bool:
        return any(b"Example" in one for name, one in files(data).items() if "report" in name)

    assert seen(await exported(nodes))
    personal = [name for name in GROUPS if name != "chain_parties"]
    assert not seen(await exported(nodes, without=[*personal, "chain_parties"]))


async def test_the_report_tells_the_story_and_says_that_it_is_no_evidence(nodes: Two) -> None:
    page = files(await exported(nodes))["report/report.html"].decode()
    assert "it is not the evidence" in page
    assert "XA-NPOC asked for a trace" in page
    assert "XB-NPOC confirmed that a person has taken it" in page
    assert "At the export it stood so: answered." in page
    assert "<script" not in page
    assert "http" not in page
    story, _, annex = page.partition("<h2>How far it is proved</h2>")
    for one in verify_bundle(await exported(nodes)).messages:
        assert one.id not in story
        assert one.id in annex.partition("Annex: ids, digests and codes")[2]


async def test_how_the_other_side_wants_it_handled_is_told(nodes: Two) -> None:
    found = await nodes.desk(A).evidence.export("officer.one", nodes.threads["answered"], pdf=False)
    assert found.handling
    assert all(words.startswith("H") for words in found.handling)


async def test_the_report_is_printed_where_the_extra_is_and_fetches_nothing(nodes: Two) -> None:
    page = files(await exported(nodes))["report/report.html"]
    at = nodes.clock.now()
    printer = Printer(PRINTING)
    printed = await printer.print(page, at=at)
    if printed is Unprinted.NOT_INSTALLED:
        pytest.skip("the extra `pdf` is not installed")
    assert isinstance(printed, bytes)
    outside = page.replace(b"</body>", b'<img src="file:///etc/hostname"></body>')
    assert isinstance(await printer.print(outside, at=at), bytes)
    assert await printer.print(page, at=at) == printed


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        (("raise ImportError", "pass"), "is not installed"),
        (("", "raise MemoryError"), "more memory than it is given"),
        (("", "raise ValueError"), "ended without a PDF"),
    ],
)
async def test_an_export_without_a_pdf_says_what_kept_it_from_being_printed(
    nodes: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extra: tuple[str, str], told: str
) -> None:
    printing(tmp_path, extra[1], head=extra[0])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    words = ("evidence", "export", nodes.threads["answered"], "--offline", "-o")
    said = await ask(nodes.a, *words, str(tmp_path / "case.zip"), output="table")
    assert said.code == 0
    [line] = [one for one in said.err.splitlines() if "HTML only" in one]
    assert told in line
    assert "unprinted" not in said.out


async def test_each_reason_for_which_a_report_is_not_printed_has_its_words() -> None:
    assert set(UNPRINTED) == set(Unprinted)


async def test_the_export_is_on_record_with_its_digest_and_what_was_left_out(nodes: Two) -> None:
    found = await nodes.desk(A).evidence.export(
        "officer.one", nodes.threads["answered"], without=["persons"], pdf=False
    )
    rows: list[AuditRow] = await nodes.a.store.read(lambda tx: tx.audit.list(limit=1))
    assert (rows[0].act, rows[0].actor, rows[0].subject) == (
        "export-evidence",
        "officer.one",
        nodes.threads["answered"],
    )
    assert rows[0].detail["sha256"] == found.sha256
    assert rows[0].detail["without"] == ["persons"]


@pytest.mark.parametrize("who", ["investigator.one", "auditor.one", "nobody"])
async def test_who_may_not_export_gets_nothing_and_nothing_is_recorded(
    nodes: Two, who: str
) -> None:
    before = await nodes.a.store.read(lambda tx: tx.audit.count())
    with pytest.raises(InputError):
        await nodes.desk(A).evidence.export(who, nodes.threads["answered"])
    assert await nodes.a.store.read(lambda tx: tx.audit.count()) == before


async def test_a_group_that_no_message_has_is_refused(nodes: Two) -> None:
    with pytest.raises(InputError, match="no message has a group"):
        await exported(nodes, without=["shoes"])


async def test_a_group_that_none_of_the_messages_holds_is_told(nodes: Two, tmp_path: Path) -> None:
    words = ("evidence", "export", nodes.threads["answered"], "--offline", "--no-pdf", "-o")
    left = ("--without", "chain-parties", "--without", "free-text")
    said = await ask(nodes.a, *words, str(tmp_path / "case.zip"), *left, output="table")
    assert said.code == 0
    told = [one for one in said.err.splitlines() if "in no message of the case" in one]
    assert told == ["To be left out, and in no message of the case: free-text."]
    assert "absent" not in said.out


async def test_where_the_peer_is_not_asked_the_missing_history_is_told(nodes: Two) -> None:
    verdict = verify_bundle(await exported(nodes, offline=True))
    assert verdict.holds
    assert [one.words for one in verdict.findings if "is not proved in this file" in one.words]
    left = verdict.manifest.left_out if verdict.manifest else ()
    assert [(one.what, one.name) for one in left if one.what == "history"] == [
        ("history", f"{B}/log/1")
    ]


async def test_what_does_not_verify_here_is_not_exported(nodes: Two) -> None:
    thread = await said(nodes.a, nodes.b)
    seqs = "SELECT seq FROM message WHERE id = ?"

    def damage(tx: Any) -> None:
        tx._conn.exec_driver_sql(  # noqa: SLF001 - as nobody should
            f"UPDATE receipt SET path = zeroblob(32) WHERE message IN ({seqs})",  # noqa: S608
            (thread,),
        )

    await nodes.a.store.write(damage)
    with pytest.raises(OperatorError) as refused:
        await nodes.desk(A).evidence.export("officer.one", thread)
    assert refused.value.code == "evidence-unsound"


async def test_a_deleted_case_is_not_exported(nodes: Two) -> None:
    thread = await said(nodes.a, nodes.b)
    await nodes.a.store.write(lambda tx: tx.threads.purge(thread))
    with pytest.raises(InputError, match="deleted"):
        await nodes.desk(A).evidence.export("officer.one", thread)


async def test_the_commands_write_a_file_and_check_it_where_there_is_no_node(
    nodes: Two, tmp_path: Path
) -> None:
    target = tmp_path / "case.zip"
    words = ("evidence", "export", nodes.threads["answered"], "-o", str(target))
    written = (await ask(nodes.a, *words)).json
    assert written["bytes"] == target.stat().st_size
    assert "[file-exists]" in (await ask(nodes.a, *words)).err

    def check(*more: str, output: str = "json") -> Said:
        return say(tmp_path / "nowhere", "verify", *more, str(target), actor="", output=output)

    found = check().json
    assert (found["holds"], found["exported_by"]) == (True, A)
    page = check(output="table")
    assert "has the fingerprint" in page.out
    assert "compare them" in page.err
    entry = tmp_path / "xb.json"
    entry.write_bytes(files(target.read_bytes())[f"entries/{B}/0001.json"])
    prints = {one["authority"]: one["fingerprint"] for one in found["authorities"]}
    pinned = check("--entry", str(entry), "--trust", prints[A])
    assert [one["pinned"] for one in pinned.json["authorities"]] == [True, True]
    assert check("--trust", "1" * 40).code == 1
    assert check("--trust", "12345").code == 65
    data = bytearray(target.read_bytes())
    data[data.index(b"messages/0002.sdjwtey") + 40] ^= 1
    target.write_bytes(bytes(data))
    damaged = check(output="table")
    assert damaged.code == 1
    assert "messages/0002.sdjwt" in damaged.out
    assert "It does not hold." in damaged.err
