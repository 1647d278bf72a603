"""What is on record in a journal, and how it is handed out to a stranger."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest

from tests.evidence import rfc9162
from tests.node.journal.keeping import NOON, US, opened
from tests.nodes import Made
from tracer.canonical import b64url, unb64url
from tracer.clock import FixedClock, stamp
from tracer.evidence.checkpoint import LogPublic, verify_checkpoint
from tracer.evidence.journal import JournalHead, ShownAct, check_act
from tracer.evidence.proof import Proof
from tracer.node.commands import Call, run
from tracer.node.desk import open_desk
from tracer.node.journal import SETTINGS, note_settings


async def test_a_setting_that_differs_from_the_last_start_is_an_act(
    made: Made, clock: FixedClock
) -> None:
    changed = msgspec.structs.replace(
        made.config, release=type(made.config.release)(policy="one-with-reason")
    )
    async with opened(made, clock) as rooms:
        for config in (made.config, changed, changed):
            await rooms.store.write(lambda tx, c=config: note_settings(tx, c, US))  # type: ignore[misc]
        rows = await rooms.store.read(lambda tx: tx.audit.list(act=SETTINGS))
    assert [(row.actor, row.detail) for row in rows[:-1]] == [
        ("operator", {"release.policy": {"from": None, "to": "one-with-reason"}})
    ]
    assert rows[-1].actor == "init"


async def test_acts_are_handed_out_with_all_that_a_stranger_needs_to_check_them(
    filled: Made, clock: FixedClock
) -> None:
    async with opened(filled, clock) as rooms:
        call = Call(desk=open_desk(rooms), actor="auditor.one")
        found = await run("audit.export", {"subject": "D1"}, call)
        public = rooms.keyring.log_key().public
        last = (await rooms.store.read(lambda tx: tx.audit.list(1)))[0]
    assert (last.actor, last.act, last.subject) == ("auditor.one", "audit-export", "D1")
    assert [bool(one["size"]) for one in found["acts"]] == [True] * 5 + [False] * 3
    for one in found["acts"][:5]:
        assert checked(found, one, public) == ("ada", one["number"] - 1)
        # the same by the text of RFC 9162, from the file alone
        head = head_of(found, one)
        leaf = rfc9162.leaf(hashlib.sha256(one["act"].encode()).digest())
        path = [unb64url(node) for node in one["path"]]
        root = rfc9162_root(leaf, one["index"], one["size"], path)
        assert b64url(root) == head["root"]


def rfc9162_root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.3.2, written here again."""
    fn, sn, result = index, size - 1, leaf
    for node in path:
        assert sn
        if fn & 1 or fn == sn:
            result = hashlib.sha256(b"\x01" + node + result).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = hashlib.sha256(b"\x01" + result + node).digest()
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return result


def head_of(found: Any, one: Any) -> Any:
    (head,) = [each for each in found["heads"] if each["size"] == one["size"]]
    return head


def checked(found: Any, one: Any, public: LogPublic) -> tuple[str, int]:
    """Check one act of a file with the keys of an entry; who did it, and at which place."""
    head = head_of(found, one)
    shown = head["shown"]
    (note,) = [n["note"] for n in found["checkpoints"] if n["size"] == shown["size"]]
    acted = check_act(
        ShownAct(one["act"].encode(), one["index"], tuple(map(unb64url, one["path"]))),
        JournalHead(head["journal"], head["size"], unb64url(head["root"])),
        Proof(
            record=unb64url(shown["record"]),
            index=shown["index"],
            size=shown["size"],
            path=tuple(map(unb64url, shown["path"])),
        ),
        verify_checkpoint(note, origin=public.origin, public=public),
        authority=US,
    )
    return acted.actor, one["index"]


async def test_one_who_may_not_is_refused_and_one_who_may_is_answered(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        desk = open_desk(rooms)
        assert (await run("audit.verify", {}, Call(desk=desk, actor="officer.one")))["acts"] == 3
        with pytest.raises(Exception, match="role-missing"):
            await run("audit.verify", {}, Call(desk=desk, actor="investigator.one"))
        rows = await run(
            "audit.list",
            {"by": "ada", "since": stamp(NOON)[:10], "until": "2026-03-02"},
            Call(desk=desk, actor="auditor.one"),
        )
        assert [row["act"] for row in rows] == ["first"]
        none = await run(
            "audit.list", {"until": "2026-03-01"}, Call(desk=desk, actor="auditor.one")
        )
        assert none == []
