"""What a person does by one button is written whole or not at all, wherever the node dies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.casework.accounts import open_house
from tests.casework.desks import JPEG, THEM, open_desk, request_document
from tracer.casework.papers.files import Place
from tracer.errors import InputError

COMMITS = ("lane.before-commit", "lane.after-commit")


class Trap:
    """Notes the steps of the store while it is set, and fails at one of them."""

    def __init__(self) -> None:
        self.steps: list[str] | None = None
        self.at: int | None = None

    def __call__(self, step: str) -> None:
        if self.steps is None:
            return
        self.steps.append(step)
        if len(self.steps) - 1 == self.at:
            raise RuntimeError(step)

    async def run(self, verb: Callable[[], Awaitable[object]], at: int | None) -> list[str]:
        """The steps of a verb, as far as it came."""
        self.steps, self.at = [], at
        try:
            await verb()
        except RuntimeError:
            assert at is not None
        found, self.steps = self.steps, None
        return found


async def test_somebody_new_has_a_password_or_is_not_on_record(tmp_path: Path) -> None:
    """Each persistent step fails once, before and after it is stored."""
    trap, names, seen = Trap(), (f"new{n}" for n in count()), set[bool]()
    async with open_house(tmp_path, faults=trap) as house:

        async def added(at: int | None) -> list[str]:
            name = next(names)
            steps = await trap.run(lambda: house.passwords.give_new("sam", name, ["officer"]), at)
            there: Any = await house.store.read(
                lambda tx: (tx.people.get(name), tx.accounts.get(name), tx.hands.all())
            )
            acts = [act.act for act in await house.acts() if act.subject == name]
            hands = [row.act for row in there[2] if row.person == name]
            whole = there[0] is not None
            seen.add(whole)
            assert (there[1] is not None) == whole
            assert acts == hands == (["person-add", "password-give"] if whole else [])
            return steps

        steps = await added(None)
        assert [step for step in steps if step in COMMITS] == list(COMMITS)
        for at in range(len(steps)):
            await added(at)
    assert seen == {True, False}


async def test_a_file_and_the_mark_that_names_it_are_told_in_one_version(tmp_path: Path) -> None:
    """Each persistent step fails once, before and after it is stored."""
    trap, seen = Trap(), set[int]()
    async with open_desk(tmp_path, faults=trap) as desk:
        draft = await desk.drafts.new("ada", request_document(), THEM)
        one = (await desk.attach.add("ada", draft.id, JPEG, kind="PHOTO_LEFT_SIDE")).version

        async def told(at: int | None) -> list[str]:
            before = await desk.drafts.show("ada", draft.id)
            named = "mark" if _named(before.document) == "whole" else "whole"
            place, kind = (Place(1, 1), "PHOTO_MARK") if named == "mark" else (Place(1, 0), OTHER)
            steps = await trap.run(
                lambda: desk.attach.tell("ada", draft.id, 1, kind=kind, place=place), at
            )
            after = await desk.drafts.show("ada", draft.id)
            seen.add(after.version - before.version)
            if after.version == before.version:
                assert after == before
            else:
                assert _named(after.document) == named
                assert f" {kind}," in after.attachments[0]
            return steps

        steps = await told(None)
        assert [step for step in steps if step in COMMITS] == list(COMMITS)
        for at in range(len(steps)):
            await told(at)
    assert (one, seen) == (2, {0, 1})


async def test_a_new_photo_comes_with_what_names_it(tmp_path: Path) -> None:
    trap, seen = Trap(), set[int]()
    async with open_desk(tmp_path, faults=trap) as desk:

        async def added(at: int | None) -> list[str]:
            draft = await desk.drafts.new("ada", request_document(), THEM)
            steps = await trap.run(
                lambda: desk.attach.add("ada", draft.id, JPEG, kind=OTHER, place=Place(1, 0)), at
            )
            after = await desk.drafts.show("ada", draft.id)
            seen.add(len(after.attachments))
            assert _named(after.document) == ("whole" if after.attachments else "")
            return steps

        steps = await added(None)
        for at in range(len(steps)):
            await added(at)
    assert seen == {0, 1}


async def test_a_paper_is_named_by_no_firearm_and_a_line_that_is_not_there_is_the_first(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as desk:
        draft = await desk.drafts.new("ada", request_document(), THEM)
        await desk.attach.add("ada", draft.id, JPEG, kind=OTHER, place=Place(9, 9))
        assert _named((await desk.drafts.show("ada", draft.id)).document) == "whole"
        told = await desk.attach.tell(
            "ada", draft.id, 1, kind="LABORATORY_REPORT", place=Place(1, 0)
        )
        assert _named(told.document) == ""
        with pytest.raises(InputError) as found:
            await desk.attach.tell("ada", draft.id, 2, kind=OTHER, place=Place(1, 0))
        assert found.value.code == "attachment-unknown"


OTHER = "PHOTO_OTHER"


def _named(document: Any) -> str:
    """What of the firearm names file 1."""
    (pistol,) = document["firearms"]
    found = ["whole"] if pistol.get("photos") == [1] else []
    found += ["mark" for mark in pistol["marks"] if mark.get("photos") == [1]]
    assert len(found) < 2
    return "".join(found)
