"""A statement of cooperation: both sides sign the same figures, and a third party checks them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from tests.cli.house import say
from tests.exchange.counting import Two, converse, look, send, submit, two
from tests.exchange.losing import A, B, receipted
from tests.nodes import until
from tracer.canonical import b64url, canonical_json
from tracer.casework.figures.statement import Stated
from tracer.clock import SystemClock, instant, stamp
from tracer.envelope.jws import sign_object
from tracer.errors import InputError, PeerError
from tracer.trust.statement import (
    MAX_FILE_BYTES,
    STATEMENT_TYP,
    VERSION,
    Statement,
    counts_of,
    sign_statement,
    verify_statement,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nodes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    """Two nodes forty days after they talked."""
    async with two(tmp_path_factory.mktemp("two"), ago=timedelta(days=42)) as found:
        await converse(found)
        await look(found.a, found.b)
        found.clock.advance(timedelta(days=40))
        yield found


def months(nodes: Two) -> dict[str, str]:
    now = nodes.clock.now()
    return {"since": f"{now - timedelta(days=62):%Y-%m}", "until": f"{now:%Y-%m}"}


async def written(nodes: Two) -> Stated:
    return await nodes.desk(A).statements.write("officer", B, **months(nodes))


async def test_nobody_signs_for_a_month_that_has_not_begun(nodes: Two) -> None:
    coming = f"{nodes.clock.now() + timedelta(days=32):%Y-%m}"
    with pytest.raises(InputError, match="has not begun") as refused:
        await nodes.desk(A).statements.write("officer", B, **months(nodes) | {"until": coming})
    assert (refused.value.code, refused.value.field) == ("statement-months", "until")


async def test_a_month_is_refused_where_it_was_written(nodes: Two) -> None:
    with pytest.raises(InputError) as refused:
        await nodes.desk(A).statements.write("officer", B, **months(nodes) | {"until": "2026-13"})
    assert (refused.value.code, refused.value.field) == ("month-form", "until")


async def test_both_sides_sign_one_statement_and_anyone_can_check_it(nodes: Two) -> None:
    first = await written(nodes)
    offered = verify_statement(first.file.encode())
    assert (offered.complete, first.signed_by, first.requests) == (False, (A,), 12)
    both = await nodes.desk(B).statements.countersign("officer", first.file.encode())
    found = verify_statement(both.file.encode())
    assert found.complete
    assert set(found.signers) == {A, B}
    assert both.digest == first.digest
    shown = await nodes.figures(A)
    stated = {side.asks: side.counts for side in found.statement.sides}
    assert stated[A] == {name: count for name, count in shown.ours.counts.items() if count}
    assert stated[B] == {name: count for name, count in shown.theirs.counts.items() if count}


async def test_a_statement_holds_nothing_of_any_case(nodes: Two) -> None:
    text = (await written(nodes)).file
    thread = next(iter(nodes.threads.values()))
    assert thread in text
    for word in ("VOSTOK", "9x19", "serial", "narrative", "XA-2026", "hidden"):
        assert word not in text


def _first_record(file: Json) -> Json:
    return file["statement"]["sides"][0]["messages"][0]  # type: ignore[no-any-return]


def _late(file: Json) -> None:
    for facts in file["statement"]["sides"][0]["facts"]:
        if facts.get("acknowledge", {}).get("standing") == "met":
            facts["acknowledge"]["standing"] = "met-late"
            return


CHANGES: dict[str, Callable[[Json], object]] = {
    "a figure": lambda f: f["statement"]["sides"][0]["counts"].update(received=99),
    "a request left out": lambda f: f["statement"]["sides"][0]["facts"].pop(),
    "a record of another message": lambda f: _first_record(f).update(
        id=f["statement"]["sides"][0]["messages"][1]["id"]
    ),
    "another instant": lambda f: f["statement"].update(at="2030-01-01T00:00:00.000Z"),
    "late made of in time": _late,
    "no signature": lambda f: f.update(signatures=[]),
    "signed twice by one": lambda f: f.update(signatures=f["signatures"] * 2),
    "another member": lambda f: f.update(more=1),
    "one entry twice": lambda f: f.update(entries=f["entries"][:1] * 2),
    "a checkpoint dropped": lambda f: f["statement"]["checkpoints"].clear(),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_whatever_is_changed_after_signing_is_refused(nodes: Two, name: str) -> None:
    change = CHANGES[name]
    file: Json = msgspec.json.decode((await written(nodes)).file)
    change(file)
    with pytest.raises(PeerError) as refused:
        verify_statement(canonical_json(file))
    assert refused.value.code.startswith(("statement-", "jws-", "entry-"))


def signed(nodes: Two, honest: Json, body: Json) -> bytes:
    """What the first signer itself would make of a changed statement."""
    return sign_statement(
        msgspec.convert(body, Statement),
        [entry.encode() for entry in honest["entries"]],
        key=nodes.a.keyring.signing_key(),
        at=instant(body["at"]),
    )


def resigned(nodes: Two, honest: Json, body: Json, **claim: object) -> bytes:
    """The same of what is no statement by its form."""
    digest = b64url(sha256(canonical_json(body)).digest())
    said = {"at": honest["statement"]["at"], "statement": digest, "v": 1, **claim}
    token = sign_object(said, typ=STATEMENT_TYP, key=nodes.a.keyring.signing_key())
    return canonical_json({**honest, "signatures": [token], "statement": body})


def _unacted(body: Json) -> None:
    """A target that was met, without the act that met it."""
    for facts in body["sides"][0]["facts"]:
        if facts.get("acknowledge", {}).get("standing") == "met":
            facts["acts"] = [act for act in facts["acts"] if act["role"] != "acknowledge"]
            return


def _answered(body: Json) -> None:
    """An answer in time to a request nobody has answered."""
    for facts in body["sides"][0]["facts"]:
        if facts["final_answer"]["standing"] == "pending":
            facts["final_answer"]["standing"] = "met"
            return


LIES: dict[str, tuple[Callable[[Json], object], str]] = {
    "figure": (
        lambda s: s["sides"][0]["counts"].update({"answered.in-time": 7}),
        "statement-figures",
    ),
    "left out": (lambda s: s["sides"][0]["facts"].pop(), "statement-figures"),
    "late": (lambda s: _late({"statement": s}), "statement-facts"),
    "met by nothing": (_unacted, "statement-facts"),
    "answered by nothing": (_answered, "statement-facts"),
    "twice": (
        lambda s: s["sides"][0]["facts"].append(s["sides"][0]["facts"][0]),
        "statement-facts",
    ),
    "no record": (lambda s: s["sides"][0]["messages"].pop(0), "statement-facts"),
    "no checkpoint": (lambda s: s["checkpoints"].clear(), "statement-proof"),
    "dated otherwise": (
        lambda s: s["sides"][0]["facts"][0].update(received="2020-01-01T00:00:00.000Z"),
        "statement-facts",
    ),
}


@pytest.mark.parametrize("name", LIES)
async def test_even_a_rightly_signed_lie_is_refused(nodes: Two, name: str) -> None:
    change, code = LIES[name]
    honest: Json = msgspec.json.decode((await written(nodes)).file)
    body = msgspec.json.decode(msgspec.json.encode(honest["statement"]))
    change(body)
    with pytest.raises(PeerError) as refused:
        verify_statement(signed(nodes, honest, body))
    assert refused.value.code == code


def _first_facts(body: Json) -> Json:
    return body["sides"][0]["facts"][0]  # type: ignore[no-any-return]


FORMS: dict[str, Callable[[Json], object]] = {
    "no instant": lambda s: _first_facts(s)["final_answer"].update(due="soon"),
    "a day on no calendar": lambda s: _first_facts(s).update(open_since="2026-02-30T00:00:00.000Z"),
    "an hour that never was": lambda s: _first_facts(s)["acts"][0].update(
        at="2026-02-03T25:00:00.000Z"
    ),
    "less than no time": lambda s: _first_facts(s).update(answer_minutes=-1),
    "more time than there was": lambda s: _first_facts(s).update(answer_minutes=2**40),
    "no id": lambda s: _first_facts(s)["acts"][0].update(id="x"),
    "an endless code": lambda s: _first_facts(s).update(urgency="U" * 1000),
    "a code of two lines": lambda s: _first_facts(s).update(urgency="a\nb"),
    "endless acts": lambda s: _first_facts(s).update(acts=_first_facts(s)["acts"] * 4001),
    "a member more": lambda s: _first_facts(s).update(name="N"),
    "an instant that ends a line": lambda s: s.update(at=s["at"] + "\n"),
}


@pytest.mark.parametrize("name", FORMS)
async def test_what_is_of_another_form_is_refused_as_that(nodes: Two, name: str) -> None:
    honest: Json = msgspec.json.decode((await written(nodes)).file)
    body = msgspec.json.decode(msgspec.json.encode(honest["statement"]))
    FORMS[name](body)
    with pytest.raises(PeerError) as refused:
        verify_statement(resigned(nodes, honest, body))
    assert refused.value.code == "statement-form"


@pytest.mark.parametrize("at", ["", "soon", 5, "2026-02-30T00:00:00.000Z", None])
async def test_a_signature_at_no_instant_is_refused(nodes: Two, at: object) -> None:
    honest: Json = msgspec.json.decode((await written(nodes)).file)
    with pytest.raises(PeerError) as refused:
        verify_statement(resigned(nodes, honest, honest["statement"], at=at))
    assert refused.value.code == "statement-form"


async def test_a_statement_of_the_future_is_not_signed(nodes: Two) -> None:
    honest: Json = msgspec.json.decode((await written(nodes)).file)
    now = nodes.clock.now()
    near, far = (
        signed(nodes, honest, {**honest["statement"], "at": stamp(now + timedelta(minutes=ahead))})
        for ahead in (10, 11)
    )
    assert (await nodes.desk(B).statements.countersign("officer", near)).signed_by == (A, B)
    assert verify_statement(far).signers == (A,)
    for act in (
        lambda: asyncio.to_thread(verify_statement, far, now=now),
        lambda: nodes.desk(B).statements.countersign("officer", far),
    ):
        with pytest.raises(PeerError) as refused:
            await act()
        assert refused.value.code == "clock-ahead"


async def test_signing_is_on_record_with_the_digest_and_what_is_not_signed_is_not(
    nodes: Two,
) -> None:
    async def signings(name: str) -> list[Any]:
        rooms = nodes.a if name == A else nodes.b
        rows = await rooms.store.read(lambda tx: tx.audit.list(limit=10_000))
        return [row for row in rows if row.act == "statement-sign"]

    before = len(await signings(A))
    found = await written(nodes)
    rows = await signings(A)
    assert len(rows) == before + 1
    assert found.digest in [row.detail["digest"] for row in rows]
    held = len(await signings(B))
    with pytest.raises(PeerError):
        await nodes.desk(B).statements.countersign("officer", found.file.encode() + b"x")
    with pytest.raises(InputError, match="signed this statement already"):
        await nodes.desk(A).statements.countersign("officer", found.file.encode())
    assert (len(await signings(A)), len(await signings(B))) == (before + 1, held)


async def test_who_counts_otherwise_does_not_sign_and_says_which_request(nodes: Two) -> None:
    first = await written(nodes)
    file: Json = msgspec.json.decode(first.file)
    body = msgspec.convert(file["statement"], Statement)
    side = body.sides[0]
    kept = side.facts[1:]
    counts = {n: c for n, c in counts_of(kept, body.at).counts.items() if c}
    shorter = msgspec.structs.replace(side, facts=kept, counts=counts)
    body = msgspec.structs.replace(body, sides=(shorter, body.sides[1]))
    entries = [entry.encode() for entry in file["entries"]]
    forged = sign_statement(body, entries, key=nodes.a.keyring.signing_key(), at=instant(body.at))
    with pytest.raises(InputError) as differs:
        await nodes.desk(B).statements.countersign("officer", forged)
    assert differs.value.code == "statement-differs"
    assert side.facts[0].thread in differs.value.message


async def test_what_comes_after_the_statement_does_not_change_it(nodes: Two) -> None:
    first = await written(nodes)
    nodes.clock.advance(timedelta(minutes=1))
    await submit(nodes.b, nodes.a, "acknowledgement", nodes.threads[f"{A} silent"])
    both = await nodes.desk(B).statements.countersign("officer", first.file.encode())
    assert verify_statement(both.file.encode()).complete
    with pytest.raises(InputError, match="signed this statement already"):
        await nodes.desk(B).statements.countersign("officer", both.file.encode())


async def test_the_command_checks_a_file_where_there_is_no_node(nodes: Two, tmp_path: Path) -> None:
    path = tmp_path / "statement.json"
    path.write_text((await written(nodes)).file)
    said = say(tmp_path / "nowhere", "verify", str(path), actor="")
    assert said.json["signed_by"] == [A]
    page = say(tmp_path / "nowhere", "verify", str(path), actor="", output="table")
    assert "has the fingerprint" in page.out
    assert "It holds for the one side that signed." in page.err
    path.write_text(path.read_text().replace('"received":6', '"received":9'))
    assert say(tmp_path / "nowhere", "verify", str(path), actor="").code != 0
    assert VERSION == 1


async def test_a_deleted_request_still_counts_while_its_records_prove_it(nodes: Two) -> None:
    before = await written(nodes)
    thread = nodes.threads[f"{A} answered"]
    await nodes.a.store.write(lambda tx: tx.threads.purge(thread))
    after = await written(nodes)
    assert after.requests == before.requests
    both = await nodes.desk(B).statements.countersign("officer", after.file.encode())
    assert verify_statement(both.file.encode()).complete


async def test_the_commands_refuse_what_is_larger_than_a_statement_may_be(tmp_path: Path) -> None:
    path, target = tmp_path / "large.json", tmp_path / "both.json"
    with path.open("wb") as opened:
        opened.truncate(MAX_FILE_BYTES + 1)
    for words in (
        ("verify", str(path)),
        ("report", "countersign", str(path), "-o", str(target)),
    ):
        said = say(tmp_path / "nowhere", *words)
        assert said.code != 0
        assert f"at most {MAX_FILE_BYTES} bytes" in said.err
    assert not target.exists()


async def test_the_command_refuses_a_statement_of_the_future(nodes: Two, tmp_path: Path) -> None:
    honest: Json = msgspec.json.decode((await written(nodes)).file)
    later = stamp(SystemClock().now() + timedelta(minutes=20))
    path = tmp_path / "ahead.json"
    path.write_bytes(signed(nodes, honest, {**honest["statement"], "at": later}))
    said = say(tmp_path / "nowhere", "verify", str(path), actor="")
    assert said.code != 0
    assert "is of our future" in said.err


async def test_a_statement_holds_though_the_clocks_of_the_two_logs_disagree(
    tmp_path: Path,
) -> None:
    async with two(tmp_path, ago=timedelta(days=2)) as nodes:
        thread = await submit(nodes.a, nodes.b)
        await until(lambda: receipted(nodes.a, B, thread))
        nodes.clock.advance(timedelta(hours=3))
        await send(nodes.a, nodes.b, "reminder", thread)
        nodes.clock.advance(timedelta(minutes=-9))
        await send(nodes.b, nodes.a, "result", thread)
        nodes.clock.advance(timedelta(days=1))
        await look(nodes.a, nodes.b)
        first = await written(nodes)
        both = await nodes.desk(B).statements.countersign("officer", first.file.encode())
        found = verify_statement(both.file.encode())
        assert found.complete
        told = [step.words for step in found.steps if step.what == "skewed"]
        assert [words.split(": ")[1] for words in told] == ["1, by 540.000 s at most"]
