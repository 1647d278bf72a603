"""Files and malware: the scanner sees each before anybody opens it, and its word stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.casework.desks import JPEG, THIRD, AsTheyCome, Desk, open_desk
from tests.casework.test_attach import PDF, draft_of, from_peer, sent_photo
from tests.casework.test_transcribing import POST, sent
from tests.scan.server import VIRUS, Clamd, clamd
from tracer.casework.attach import Attach, Sealed, seal
from tracer.casework.reads import Step
from tracer.casework.scanning import Scanned, mark
from tracer.casework.transcribing import Paper
from tracer.errors import InputError, OperatorError, TracerError
from tracer.transport.scan import ClamdLine, Scanner

HARMFUL = PDF + VIRUS
NOWHERE = "/nowhere/clamd.ctl"


@asynccontextmanager
async def scanned(root: Path, made: Clamd) -> AsyncIterator[Desk]:
    """A desk whose files this scanner sees."""
    async with (
        clamd(made) as path,
        open_desk(root, scanner=ClamdLine(path, seconds=30)) as desk,
    ):
        yield desk


def asking(desk: Desk, scanner: Scanner | None) -> Attach:
    """The verbs on files of this desk, with another scanner."""
    return Attach(store=desk.store, shelf=desk.shelf, photos=AsTheyCome(), scanner=scanner)


async def code_of(opening: Awaitable[object]) -> str:
    with pytest.raises(TracerError) as found:
        await opening
    return found.value.code


async def acts(desk: Desk) -> list[str]:
    return [row.act for row in await desk.trail.list("aud")]


async def announced(desk: Desk, data: bytes) -> tuple[str, str]:
    """A file of the peer's that is here; its thread and message."""
    sealed = seal(data, 1)
    desk.attach.keep(sealed)
    return await from_peer(desk, sealed)


async def step_of(desk: Desk, thread: str, message: str) -> Step:
    case = await desk.reads.case("ben", thread)
    return next(step for step in case.steps if step.id == message)


async def test_what_our_own_people_attach_is_refused_if_something_is_found_in_it(
    tmp_path: Path,
) -> None:
    async with scanned(tmp_path, Clamd()) as desk:
        draft = await draft_of(desk)
        assert await code_of(desk.attach.add("ada", draft, HARMFUL)) == "upload-found"
        assert (await desk.drafts.show("ada", draft)).attachments == ()
        assert list((tmp_path / "attachments").iterdir()) == []
        (noted,) = [row for row in await desk.trail.list("aud") if row.act == "upload-found"]
        assert (noted.actor, noted.subject, noted.detail["name"]) == ("ada", draft, "Eicar-Test")


async def test_what_is_clean_when_it_is_attached_is_scanned_once_as_it_came(
    tmp_path: Path,
) -> None:
    made = Clamd()
    async with scanned(tmp_path, made) as desk:
        thread, message = await sent_photo(desk)
        await desk.attach.open_attachment("eve", thread, message, 1)
        await desk.attach.picture("eve", thread, message, 1, small=True)
        await desk.attach.original("eve", thread, message, 1)
        assert (await step_of(desk, thread, message)).scans == {}
    assert made.scanned == [JPEG]


async def test_a_file_of_a_peer_is_scanned_when_it_is_first_opened_and_not_again(
    tmp_path: Path,
) -> None:
    made = Clamd()
    async with scanned(tmp_path, made) as desk:
        place = await announced(desk, PDF)
        assert (await step_of(desk, *place)).scans == {1: Scanned("waits")}
        assert made.scanned == []
        for _ in range(2):
            assert (await desk.attach.open_attachment("ada", *place, 1)).data == PDF
        assert made.scanned == [PDF]
        assert (await step_of(desk, *place)).scans == {}
        assert (await acts(desk)).count("read-attachment") == 2


async def test_a_file_in_which_something_is_found_is_never_opened_and_stays_as_it_is(
    tmp_path: Path,
) -> None:
    made = Clamd()
    async with scanned(tmp_path, made) as desk:
        place = await announced(desk, JPEG + VIRUS)
        lies = {one.name: one.read_bytes() for one in (tmp_path / "attachments").iterdir()}
        for attach in (
            desk.attach,
            asking(desk, None),
            asking(desk, ClamdLine(NOWHERE, seconds=1)),
        ):
            for opening in (
                attach.open_attachment("ada", *place, 1),
                attach.picture("ada", *place, 1),
                attach.picture("ada", *place, 1, small=True),
                attach.original("ada", *place, 1),
            ):
                assert await code_of(opening) == "file-found"
        assert made.scanned == [JPEG + VIRUS]
        assert (await step_of(desk, *place)).scans == {1: Scanned("found", "Eicar-Test")}
        (noted,) = [row for row in await desk.trail.list("aud") if row.act == "file-found"]
        assert (noted.actor, noted.subject) == ("ada", place[0])
        assert noted.detail == {"message": place[1], "n": 1, "name": "Eicar-Test"}
        assert "read-attachment" not in await acts(desk)
        assert lies == {one.name: one.read_bytes() for one in (tmp_path / "attachments").iterdir()}


async def test_a_scanner_that_is_down_loses_nothing_and_keeps_closed_what_it_has_not_seen(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path, scanner=ClamdLine(NOWHERE, seconds=30)) as desk:
        draft = await draft_of(desk)
        shown = await desk.attach.add("ada", draft, JPEG)
        assert shown.scans == {1: Scanned("down")}
        assert await code_of(desk.attach.draft_picture("ada", draft, 1)) == "scanner-down"
        await desk.release.submit_for_release("ada", draft)
        gone = await desk.release.release("ben", draft)
        place = (gone.thread, gone.message_id, 1)
        for opening in (
            desk.attach.open_attachment("ada", *place),
            desk.attach.picture("ada", *place, small=True),
            desk.attach.original("ada", *place),
        ):
            assert await code_of(opening) == "scanner-down"
        assert "read-attachment" not in await acts(desk)
        made = Clamd()
        async with clamd(made) as path:
            attach = asking(desk, ClamdLine(path, seconds=30))
            assert (await attach.original("ada", *place)).data == JPEG
        assert made.scanned == [JPEG, JPEG]  # what is sent, and the file as it came


async def test_where_no_scanner_is_set_nothing_is_scanned_and_everything_opens(
    desk: Desk,
) -> None:
    place = await announced(desk, HARMFUL)
    assert (await desk.attach.open_attachment("ada", *place, 1)).data == HARMFUL
    assert (await step_of(desk, *place)).scans == {}


async def test_a_file_that_is_too_large_for_the_scanner_stays_closed_until_it_takes_it(
    tmp_path: Path,
) -> None:
    made = Clamd(limit=10)
    async with scanned(tmp_path, made) as desk:
        place = await announced(desk, PDF)
        assert await code_of(desk.attach.open_attachment("ada", *place, 1)) == "scanner-size"
        assert (await step_of(desk, *place)).scans == {1: Scanned("large")}
        made.limit = 10_000
        assert (await desk.attach.open_attachment("ada", *place, 1)).data == PDF


async def test_a_draft_does_not_leave_with_a_file_in_which_something_was_found_since(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path, scanner=ClamdLine(NOWHERE, seconds=30)) as desk:
        draft = await draft_of(desk)
        await desk.attach.add("ada", draft, JPEG + VIRUS)
        async with clamd(Clamd()) as path:
            attach = asking(desk, ClamdLine(path, seconds=30))
            assert await code_of(attach.draft_picture("ada", draft, 1)) == "file-found"
        shown = await desk.release.submit_for_release("ada", draft)
        assert shown.scans == {1: Scanned("found", "Eicar-Test")}
        assert await code_of(desk.release.release("ben", draft)) == "file-found"


async def test_a_file_in_which_something_was_found_is_not_taken_along_to_a_third_state(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path, scanner=ClamdLine(NOWHERE, seconds=30)) as desk:
        draft = await draft_of(desk)
        await desk.attach.add("ada", draft, JPEG + VIRUS)
        await desk.release.submit_for_release("ada", draft)
        gone = await desk.release.release("ben", draft)
        await desk.receipted(gone)
        async with clamd(Clamd()) as path:
            attach = asking(desk, ClamdLine(path, seconds=30))
            opening = attach.open_attachment("ada", gone.thread, gone.message_id, 1)
            assert await code_of(opening) == "file-found"
        assert (await desk.following.follow_on("ada", gone.thread, THIRD)).files_lost == (1,)


async def test_an_original_that_came_by_another_way_is_scanned_as_files_are(
    tmp_path: Path,
) -> None:
    made = Clamd()
    async with scanned(tmp_path, made) as desk:
        thread = await sent(desk)
        bad = Paper(way="POST", day=POST.day, original=HARMFUL)
        assert await code_of(desk.transcribing.came("ben", thread, bad)) == "upload-found"
        made.limit = 10
        entered = await desk.transcribing.came("ben", thread, POST)
        (shown,) = (await desk.reads.case("ben", thread)).entered
        assert shown.scan == Scanned("large")
        opening = desk.transcribing.original("ada", thread, entered.number)
        assert await code_of(opening) == "scanner-size"
        assert "read-transcript" not in await acts(desk)
        made.limit = 10_000
        found = await desk.transcribing.original("ada", thread, entered.number)
        assert found.data == POST.original
        (shown,) = (await desk.reads.case("ben", thread)).entered
        assert shown.scan is None


class Meanwhile:
    """A scanner during whose work something else happens; then it says what it is made to say."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.down = False

    async def scan(self, data: bytes) -> str:
        """Let it happen, once."""
        assert data
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            await happens()
        if self.down:
            raise OperatorError("scanner-down", "down", advice="Start it.")
        return ""

    async def ping(self) -> None:
        """It is there."""


async def test_while_the_scanner_is_asked_others_work_on(tmp_path: Path) -> None:
    scanner = Meanwhile()
    async with open_desk(tmp_path, scanner=scanner) as desk:
        place = await announced(desk, PDF)
        scanner.meanwhile = lambda: desk.reads.case("ben", place[0])
        assert (await desk.attach.open_attachment("ada", *place, 1)).data == PDF


async def test_a_scanner_that_went_down_takes_nothing_back_that_was_said_meanwhile(
    tmp_path: Path,
) -> None:
    late, scanner = Meanwhile(), Meanwhile()
    late.down = True
    async with open_desk(tmp_path, scanner=scanner) as desk:
        place = await announced(desk, PDF)
        late.meanwhile = lambda: desk.attach.open_attachment("ben", *place, 1)
        opening = asking(desk, late).open_attachment("ada", *place, 1)
        assert await code_of(opening) == "scanner-down"
        assert (await step_of(desk, *place)).scans == {}


def test_what_was_said_is_of_these_bytes_under_this_key_alone() -> None:
    one, other, again = seal(PDF, 1), seal(HARMFUL, 1), seal(PDF, 1)
    named = {mark(sealed.attachment, sealed.key) for sealed in (one, other, again)}
    crossed = Sealed(other.attachment, one.key, one.ciphertext)
    assert mark(crossed.attachment, crossed.key) not in named
    assert len(named) == 3


async def test_whoever_may_not_attach_makes_nothing_be_scanned(tmp_path: Path) -> None:
    made = Clamd()
    async with scanned(tmp_path, made) as desk:
        draft = await draft_of(desk)
        with pytest.raises(InputError):
            await desk.attach.add("aud", draft, HARMFUL)
        thread = await sent(desk)
        with pytest.raises(InputError):
            await desk.transcribing.came("ada", thread, POST)
    assert made.scanned == []
