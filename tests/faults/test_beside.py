"""What stands beside an attachment: the steps of keeping it and destroying it may fail, too.

The original and the small picture of a photo never leave, but a reader of the desk is shown them
and a court asks for the first. So each of them is what it was or what it is to be, never a torn
one, and what is destroyed is gone from its parts as well.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from tests.casework.desks import JPEG, THEM, Desk, open_desk, request_document
from tests.faults.pair import StepError, Trap
from tracer.canonical import b64url
from tracer.casework.papers.files import file_of
from tracer.casework.papers.paper import read_body
from tracer.exchange.uploads import BESIDE, Shelf, clear

DIGEST = b64url(sha256(JPEG).digest())
OLD, NEW = b"as it was", b"as it is to be"
STEPS = (
    "beside.append",
    "beside.appended",
    "beside.sync",
    "beside.rename",
    "beside.renamed",
    "beside.kept",
)
"""Before the bytes, after them, before and after the sync, with the new name, with it synced."""
NAMED = STEPS.index("beside.renamed")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("what", BESIDE)
def test_what_stands_beside_is_the_old_or_the_new_and_the_next_try_makes_it_the_new(
    tmp_path: Path, what: str, step: str
) -> None:
    trap = Trap()
    shelf = Shelf(tmp_path, trap)
    shelf.keep_beside(DIGEST, what, iter([OLD]))
    trap.on(step)
    with pytest.raises(StepError):
        shelf.keep_beside(DIGEST, what, iter([NEW]))
    assert _held(shelf, what) == (NEW if STEPS.index(step) >= NAMED else OLD)
    shelf.keep_beside(DIGEST, what, iter([NEW]))
    assert _held(shelf, what) == NEW
    assert shelf.parts() == []


@pytest.mark.parametrize("step", STEPS)
def test_what_is_destroyed_leaves_no_part_of_what_was_to_stand_beside_it(
    tmp_path: Path, step: str
) -> None:
    trap = Trap()
    shelf = Shelf(tmp_path, trap)
    shelf.put(DIGEST, iter([JPEG]))
    trap.on(step)
    with pytest.raises(StepError):
        shelf.keep_beside(DIGEST, "original", iter([NEW]))
    shelf.discard(DIGEST)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("crash", [False, True])
async def test_a_photo_whose_adding_failed_anywhere_is_added_whole_by_the_next_try(
    tmp_path: Path, *, crash: bool
) -> None:
    """Every persistent step of adding a photo to a draft, before and after it is stored."""
    trap = Trap()
    async with open_desk(tmp_path, faults=trap) as desk:
        draft = await desk.drafts.new("ada", request_document(), THEM)

        async def add() -> None:
            await desk.attach.add("ada", draft.id, JPEG, kind="PHOTO_OTHER")

        trap.set(None)
        await add()
        names = list(trap.steps)
        assert {*STEPS, "attachment.append", "attachment.renamed"} < set(names)
        await desk.attach.clear("ada", draft.id)
        for at, name in enumerate(names):
            trap.set(at)
            with pytest.raises(StepError):
                await add()
            assert trap.sprung == name
            if crash:
                clear(desk.shelf)
            if not (await desk.drafts.show("ada", draft.id)).attachments:
                await add()
            await _whole(desk, draft.id)
            await desk.attach.clear("ada", draft.id)


def _held(shelf: Shelf, what: str) -> bytes:
    found = shelf.read_beside(DIGEST, what)
    assert found is not None
    return b"".join(found)


async def _whole(desk: Desk, draft: str) -> None:
    """The picture, the small one and the file as it came are there, and no part of any."""
    row = await desk.store.read(lambda tx: tx.drafts.get(draft))
    assert row is not None
    digest = file_of(read_body(row), 1).cipher_digest
    assert desk.shelf.stored(digest).complete
    assert all(desk.shelf.read_beside(digest, what) is not None for what in BESIDE)
    large = await desk.attach.draft_picture("ada", draft, 1)
    small = await desk.attach.draft_picture("ada", draft, 1, small=True)
    assert (large.data, small.data) == (JPEG, JPEG + b"small")
    assert not [found for found, _ in desk.shelf.parts() if found == digest]
