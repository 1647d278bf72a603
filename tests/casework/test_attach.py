"""Files: pictures and documents only, encrypted for one recipient, checked before shown."""

from __future__ import annotations

import asyncio
import dataclasses
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.casework.desks import JPEG, THEM, AsTheyCome, Desk, document, request_document
from tracer.canonical import b64url, unb64url
from tracer.casework.attach import MAX_BYTES, SHOWN_AT_ONCE, Attach, Sealed, seal
from tracer.casework.papers.files import Place
from tracer.casework.papers.paper import read_body
from tracer.casework.trail import ActFilter
from tracer.envelope.stream import encrypt_stream
from tracer.errors import InputError, PeerError
from tracer.media import SUFFIX, Photo, sniff
from tracer.model.attachments import MAX_ATTACHMENTS

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\x00" * 40
TIFF = b"II*\x00" + b"\x00" * 40
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"

RUNS = {
    "windows": b"MZ\x90\x00" + b"\x00" * 60,
    "linux": b"\x7fELF\x02\x01\x01" + b"\x00" * 60,
    "mac": b"\xcf\xfa\xed\xfe" + b"\x00" * 60,
    "java": b"\xca\xfe\xba\xbe\x00\x00\x00\x34",
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "python": b"import os\n",
    "script": b"<script>alert(1)</script>",
    "html": b"<!DOCTYPE html><html></html>",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="a()"/>',
    "zip, office, jar, apk": b"PK\x03\x04" + b"\x00" * 60,
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 60,
    "gif": b"GIF89a" + b"\x00" * 60,
    "shortcut": b"L\x00\x00\x00\x01\x14\x02\x00",
    "webassembly": b"\x00asm\x01\x00\x00\x00",
    "wav, a riff that is no picture": b"RIFF\x00\x00\x00\x00WAVEfmt ",
    "a pdf that does not begin as one": b"MZ\x90\x00" + PDF,
    "text": b"plain words",
}


async def draft_of(desk: Desk, **changes: Any) -> str:
    return (await desk.drafts.new("ada", request_document(**changes), THEM)).id


def code_of(found: pytest.ExceptionInfo[InputError]) -> str:
    return found.value.code


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (WEBP, "image/webp"),
        (TIFF, "image/tiff"),
        (b"MM\x00*" + b"\x00" * 9, "image/tiff"),
        (PDF, "application/pdf"),
    ],
)
def test_the_bytes_say_what_a_file_is(data: bytes, media_type: str) -> None:
    assert sniff(data) == media_type
    assert media_type in SUFFIX


@pytest.mark.parametrize("what", sorted(RUNS))
async def test_nothing_that_runs_can_be_attached(desk: Desk, tmp_path: Path, what: str) -> None:
    draft = await draft_of(desk)
    disguised = tmp_path / "photo.jpg"
    disguised.write_bytes(RUNS[what])
    with pytest.raises(InputError) as found:
        await desk.attach.add("ada", draft, disguised)
    assert code_of(found) == "file-type"
    assert (await desk.drafts.show("ada", draft)).attachments == ()
    assert list((tmp_path / "attachments").iterdir()) == []


@pytest.mark.parametrize("name", [b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia"])
async def test_a_pdf_that_brings_a_program_is_not_attached(desk: Desk, name: bytes) -> None:
    with pytest.raises(InputError) as found:
        await desk.attach.add("ada", await draft_of(desk), PDF.replace(b"/Catalog", name))
    assert code_of(found) == "file-active"


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "file-empty"),
        (JPEG + b"\x00" * MAX_BYTES, "file-too-large"),
        (Path("/nowhere/a.jpg"), "file-missing"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused(
    desk: Desk, file: Path | bytes, code: str
) -> None:
    with pytest.raises(InputError) as found:
        await desk.attach.add("ada", await draft_of(desk), file)
    assert code_of(found) == code


async def test_a_file_lies_encrypted_under_its_own_key_and_its_name_is_nowhere(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "suspect-name.jpg"
    file.write_bytes(JPEG)
    draft = await draft_of(desk)
    await desk.attach.add("ada", draft, file, kind="photo left side", caption="left")
    shown = await desk.attach.add("ada", draft, file)
    assert len(shown.attachments) == 2
    stored = list((tmp_path / "attachments").iterdir())
    assert len(stored) == 2 * 3  # what is sent; beside it the file as it came and a thumbnail
    assert all(JPEG[:40] not in path.read_bytes() for path in stored)
    row = await desk.store.read(lambda tx: tx.drafts.get(draft))
    assert row is not None
    assert b"suspect-name" not in row.body


async def test_the_kind_of_a_file_is_a_code(desk: Desk) -> None:
    with pytest.raises(InputError) as found:
        await desk.attach.add("ada", await draft_of(desk), JPEG, kind="selfie")
    assert (code_of(found), found.value.field) == ("code-unknown", "kind")


async def test_a_message_carries_so_many_files_and_no_more(desk: Desk) -> None:
    draft = await draft_of(desk)
    for _ in range(MAX_ATTACHMENTS):
        await desk.attach.add("ada", draft, PNG)
    with pytest.raises(InputError) as found:
        await desk.attach.add("ada", draft, PNG)
    assert code_of(found) == "attachment-full"


async def test_a_type_without_files_takes_none(desk: Desk) -> None:
    sent = await desk.released()
    draft = await desk.drafts.reply_draft("ada", sent.thread, "withdraw")
    with pytest.raises(InputError) as found:
        await desk.attach.add("ada", draft.id, JPEG)
    assert code_of(found) == "attachment-none"


async def test_one_file_is_taken_off_and_what_named_those_behind_it_still_does(
    desk: Desk, tmp_path: Path
) -> None:
    marks = [{"kind": "SERIAL", "location": "FRAME", "text": "AB 1", "photos": [2, 3]}]
    firearm = {"line": 1, "object": "FIREARM", "type": "PISTOL", "photos": [1], "marks": marks}
    draft = await draft_of(desk, firearms=[firearm])
    for caption in ("left", "the number", "closer"):
        await desk.attach.add("ada", draft, JPEG, kind="PHOTO_MARK", caption=caption)
    before, lay = (
        await _message(desk, draft),
        len(list((tmp_path / "attachments").iterdir())),
    )
    changed = await desk.attach.remove("ada", draft, 2)
    message = await _message(desk, draft)
    assert [(one.n, one.caption) for one in message.attachments] == [(1, "left"), (2, "closer")]
    assert message.attachment_keys["2"] == before.attachment_keys["3"]
    assert (message.firearms[0].photos, message.firearms[0].marks[0].photos) == ((1,), (2,))
    here = len(list((tmp_path / "attachments").iterdir()))
    assert here == lay * 2 // 3
    assert (await desk.attach.draft_picture("ada", draft, 2)).data == JPEG
    with pytest.raises(InputError) as found:
        await desk.attach.remove("ada", draft, 2, version=changed.version - 1)
    assert code_of(found) == "draft-changed"
    with pytest.raises(InputError) as found:
        await desk.attach.remove("ada", draft, 3)
    assert code_of(found) == "attachment-unknown"


async def test_what_a_file_shows_can_be_said_anew(desk: Desk) -> None:
    draft = await draft_of(desk)
    await desk.attach.add("ada", draft, JPEG, kind="PHOTO_OTHER", caption="a")
    told = await desk.attach.tell("ada", draft, 1, kind="PHOTO_LEFT_SIDE", caption="b")
    (one,) = (await _message(desk, draft)).attachments
    assert (one.kind.value, one.caption) == ("PHOTO_LEFT_SIDE", "b")
    again = await desk.attach.tell("ada", draft, 1, kind="PHOTO_LEFT_SIDE", caption="b")
    assert again.version == told.version


async def _message(desk: Desk, draft: str) -> Any:
    row = await desk.store.read(lambda tx: tx.drafts.get(draft))
    assert row is not None
    return read_body(row)


async def test_a_photo_of_an_amendment_stays_with_the_firearm_whose_writer_named_it(
    desk: Desk,
) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    first = request_document()["firearms"][0]
    written = document("amend") | {"firearms": [first, first | {"line": 2}], "dropped": []}
    draft = await desk.drafts.reply_draft("ada", sent.thread, "amend", written)
    await desk.attach.add("ada", draft.id, JPEG, kind="PHOTO_LEFT_SIDE", place=Place(0, 0))
    assert await named_photos(desk, draft.id) == [(), ()]
    second = first | {"line": 2, "photos": [1]}
    await desk.drafts.edit("ada", draft.id, written | {"firearms": [first, second]})
    told: Any = {"kind": "PHOTO_LEFT_SIDE", "caption": "left", "place": Place(0, 0)}
    assert (await desk.attach.tell("ada", draft.id, 1, **told)).version > draft.version
    assert await named_photos(desk, draft.id) == [(), (1,)]


async def named_photos(desk: Desk, draft: str) -> list[tuple[int, ...]]:
    """The photos that each firearm of a draft names."""
    row = await desk.store.read(lambda tx: tx.drafts.get(draft))
    assert row is not None
    message: Any = read_body(row)
    return [one.photos for one in message.firearms]


async def test_an_edit_keeps_the_files_and_clearing_or_discarding_destroys_them(
    desk: Desk, tmp_path: Path
) -> None:
    draft = await draft_of(desk)
    await desk.attach.add("ada", draft, JPEG)
    edited = await desk.drafts.edit("ada", draft, request_document())
    assert len(edited.attachments) == 1
    cleared = await desk.attach.clear("ada", draft)
    assert cleared.attachments == ()
    assert list((tmp_path / "attachments").iterdir()) == []
    await desk.attach.add("ada", draft, JPEG)
    await desk.drafts.discard("ada", draft)
    assert list((tmp_path / "attachments").iterdir()) == []


async def test_what_named_a_file_names_none_when_all_are_taken_off(desk: Desk) -> None:
    draft = await draft_of(desk)
    await desk.attach.add("ada", draft, JPEG)
    document = request_document()
    document["firearms"][0]["photos"] = [1]
    document["firearms"][0]["marks"][0]["photos"] = [1]
    named = await desk.drafts.edit("ada", draft, document)
    cleared = await desk.attach.clear("ada", draft)
    assert named.document["firearms"][0]["photos"] == [1]
    assert "photo-unknown" not in {finding.code for finding in cleared.findings}


async def test_a_sent_file_opens_again_under_a_name_of_ours_and_the_reading_is_on_record(
    desk: Desk,
) -> None:
    draft = await draft_of(desk)
    await desk.attach.add("ada", draft, JPEG, caption="left side")
    await desk.release.submit_for_release("ada", draft)
    sent = await desk.release.release("ben", draft)
    opened = await desk.attach.open_attachment("eve", sent.thread, sent.message_id, 1)
    assert (opened.data, opened.media_type, opened.caption) == (JPEG, "image/jpeg", "left side")
    assert opened.name.endswith("-1.jpg")
    assert "/" not in opened.name
    trail = await desk.trail.list("aud", ActFilter(subject=sent.thread))
    assert (trail[0].actor, trail[0].act, trail[0].detail["n"]) == ("eve", "read-attachment", 1)


class Camera(AsTheyCome):
    """Draws a picture anew: what the camera wrote behind it is gone."""

    async def develop(self, data: bytes) -> Photo:
        return dataclasses.replace(await super().develop(data), data=PNG)


async def sent_photo(desk: Desk) -> tuple[str, str]:
    draft = await draft_of(desk)
    await desk.attach.add("ada", draft, JPEG, caption="left side")
    await desk.release.submit_for_release("ada", draft)
    sent = await desk.release.release("ben", draft)
    return sent.thread, sent.message_id


async def test_a_photo_is_sent_drawn_anew_and_the_file_as_it_came_stays_here_as_evidence(
    desk: Desk,
) -> None:
    desk.attach = Attach(store=desk.store, shelf=desk.shelf, photos=Camera())
    thread, message = await sent_photo(desk)
    sent = await desk.attach.open_attachment("eve", thread, message, 1)
    assert (sent.data, sent.media_type) == (PNG, "image/png")
    kept = await desk.attach.original("eve", thread, message, 1)
    assert (kept.data, kept.media_type) == (JPEG, "image/jpeg")
    assert kept.name.endswith("-original-1.jpg")
    (noted,) = [act for act in await desk.trail.list("aud") if act.act == "keep-original"]
    assert noted.detail["original"] == b64url(sha256(JPEG).digest())
    assert noted.detail["sent"] == b64url(sha256(PNG).digest())
    assert [act.act for act in await desk.trail.list("aud", ActFilter(subject=thread))][:2] == [
        "read-original",
        "read-attachment",
    ]


async def test_a_document_is_kept_as_it_is_and_has_no_other_original_and_no_picture(
    desk: Desk,
) -> None:
    draft = await draft_of(desk)
    await desk.attach.add("ada", draft, PDF)
    await desk.release.submit_for_release("ada", draft)
    sent = await desk.release.release("ben", draft)
    with pytest.raises(InputError) as found:
        await desk.attach.original("ada", sent.thread, sent.message_id, 1)
    assert code_of(found) == "original-none"
    with pytest.raises(InputError) as found:
        await desk.attach.picture("ada", sent.thread, sent.message_id, 1)
    assert code_of(found) == "file-type"


async def test_the_thumbnail_of_our_own_photo_is_the_one_made_when_it_was_attached(
    desk: Desk,
) -> None:
    photos = AsTheyCome()
    desk.attach = Attach(store=desk.store, shelf=desk.shelf, photos=photos)
    thread, message = await sent_photo(desk)
    shown = await desk.attach.picture("eve", thread, message, 1, small=True)
    assert (shown.data, shown.media_type) == (JPEG + b"small", "image/jpeg")
    assert photos.developed == 1


async def test_a_photo_on_a_draft_is_shown_to_who_may_see_the_draft(desk: Desk) -> None:
    draft = await draft_of(desk)
    await desk.attach.add("ada", draft, JPEG)
    assert (await desk.attach.draft_picture("ada", draft, 1)).data == JPEG
    assert (await desk.attach.draft_picture("ben", draft, 1, small=True)).data.endswith(b"small")
    with pytest.raises(InputError) as found:
        await desk.attach.draft_picture("aud", draft, 1)
    assert code_of(found) == "role-missing"


async def test_a_peers_photo_is_drawn_anew_before_a_page_shows_it_and_its_thumbnail_is_kept(
    desk: Desk,
) -> None:
    photos = Camera()
    desk.attach = Attach(store=desk.store, shelf=desk.shelf, photos=photos)
    sealed = seal(JPEG, 1)
    desk.attach.keep(sealed)
    place = await from_peer(desk, sealed)
    assert (await desk.attach.picture("ada", *place, 1)).data == PNG
    for _ in range(2):
        small = await desk.attach.picture("ada", *place, 1, small=True)
        assert small.data == JPEG + b"small"
    assert photos.developed == 1
    with pytest.raises(InputError) as found:
        await desk.attach.original("ada", *place, 1)
    assert code_of(found) == "original-none"


async def from_peer(desk: Desk, sealed: Sealed, *, keyed: bool = True) -> tuple[str, str]:
    """A result of the peer announces this file; thread and message."""
    sent = await desk.released()
    await desk.receipted(sent)
    keys: dict[str, Any] = {"attachment_keys": {"1": sealed.key}} if keyed else {}
    arrived = await desk.arrives(sent.thread, "result", attachments=(sealed.attachment,), **keys)
    return sent.thread, arrived


async def test_a_peers_file_opens_when_it_is_what_was_announced(desk: Desk) -> None:
    sealed = seal(PDF, 1)
    desk.attach.keep(sealed)
    opened = await desk.attach.open_attachment("ada", *await from_peer(desk, sealed), 1)
    assert opened.data == PDF


async def test_a_peers_program_is_never_handed_out(desk: Desk) -> None:
    """The peer announces an executable as a photo, correctly encrypted and digested."""
    sealed = _forged(RUNS["windows"], "image/jpeg")
    desk.attach.keep(sealed)
    with pytest.raises(InputError) as found:
        await desk.attach.open_attachment("ada", *await from_peer(desk, sealed), 1)
    assert code_of(found) == "file-type"


async def test_a_type_we_would_not_send_is_not_opened(desk: Desk) -> None:
    sealed = _forged(RUNS["html"], "text/html")
    desk.attach.keep(sealed)
    with pytest.raises(InputError) as found:
        await desk.attach.open_attachment("ada", *await from_peer(desk, sealed), 1)
    assert code_of(found) == "file-type"


async def test_a_picture_announced_as_a_document_is_not_handed_out(desk: Desk) -> None:
    sealed = _forged(JPEG, "application/pdf")
    desk.attach.keep(sealed)
    with pytest.raises(InputError) as found:
        await desk.attach.open_attachment("ada", *await from_peer(desk, sealed), 1)
    assert code_of(found) == "file-type"


@pytest.mark.parametrize("field", ["digest", "size"])
async def test_a_file_other_than_the_announced_one_is_not_handed_out(
    desk: Desk, field: str
) -> None:
    sealed = seal(JPEG, 1)
    wrong: dict[str, Any] = {"digest": b64url(b"x" * 32)} if field == "digest" else {"size": 7}
    sealed = Sealed(replace(sealed.attachment, **wrong), sealed.key, sealed.ciphertext)
    desk.attach.keep(sealed)
    thread, message = await from_peer(desk, sealed)
    with pytest.raises(PeerError) as found:
        await desk.attach.open_attachment("ada", thread, message, 1)
    assert found.value.code == "attachment-digest"


async def test_a_file_that_is_not_here_yet_or_has_lost_its_key_says_so(desk: Desk) -> None:
    sealed = seal(JPEG, 1)
    thread, message = await from_peer(desk, sealed)
    with pytest.raises(InputError) as found:
        await desk.attach.open_attachment("ada", thread, message, 1)
    assert code_of(found) == "attachment-not-here"
    desk.attach.keep(sealed)
    thread, message = await from_peer(desk, sealed, keyed=False)
    with pytest.raises(InputError) as found:
        await desk.attach.open_attachment("ada", thread, message, 1)
    assert code_of(found) == "attachment-erased"
    for wrong in ((thread, message, 2), (thread, "A" * 43, 1)):
        with pytest.raises(InputError) as found:
            await desk.attach.open_attachment("ada", *wrong)
        assert code_of(found) == "attachment-unknown"


def test_the_same_photo_for_two_recipients_has_no_key_and_no_ciphertext_in_common() -> None:
    one, two = seal(JPEG, 1), seal(JPEG, 1)
    assert one.key.key != two.key.key
    assert one.attachment.cipher_digest != two.attachment.cipher_digest
    assert one.attachment.digest == two.attachment.digest


def _forged(data: bytes, media_type: str) -> Sealed:
    """What a hostile peer makes: right digests, false claims."""
    carrier = seal(JPEG, 1)
    key, prefix = unb64url(carrier.key.key), unb64url(carrier.key.prefix)
    boxed = tuple(encrypt_stream([data], key, prefix))
    whole = b"".join(boxed)
    described = replace(
        carrier.attachment,
        media_type=media_type,
        size=len(data),
        digest=b64url(sha256(data).digest()),
        cipher_size=len(whole),
        cipher_digest=b64url(sha256(whole).digest()),
    )
    return Sealed(described, carrier.key, boxed)


class Crowd(AsTheyCome):
    """Says how many pictures were open at once."""

    inside = most = 0

    async def develop(self, data: bytes) -> Photo:
        """Take a while."""
        self.inside += 1
        self.most = max(self.most, self.inside)
        for _ in range(50):
            await asyncio.sleep(0)
        self.inside -= 1
        return await super().develop(data)


async def test_of_many_who_look_at_pictures_at_once_few_have_one_in_memory(desk: Desk) -> None:
    photos = Crowd()
    desk.attach = Attach(store=desk.store, shelf=desk.shelf, photos=photos)
    draft = await draft_of(desk)
    await desk.attach.add("ada", draft, JPEG)
    shown = await asyncio.gather(*(desk.attach.draft_picture("ada", draft, 1) for _ in range(20)))
    assert {one.data for one in shown} == {JPEG}
    assert photos.most == SHOWN_AT_ONCE


async def test_small_pictures_belong_to_the_act_of_opening_their_case_and_a_whole_file_does_not(
    desk: Desk,
) -> None:
    thread, message = await sent_photo(desk)
    await desk.reads.opened("eve", thread)
    await desk.attach.picture("eve", thread, message, 1, small=True)
    opened, *_ = await desk.trail.list("aud", ActFilter(subject=thread, by="eve"))
    assert (opened.act, opened.detail["files"]) == ("read-case", 1)
    await desk.attach.open_attachment("eve", thread, message, 1)
    await desk.attach.picture("eve", thread, message, 1, small=True)
    acts = [one.act for one in await desk.trail.list("aud", ActFilter(subject=thread, by="eve"))]
    assert acts == ["read-attachment", "read-attachment", "read-case"]


async def test_a_small_picture_that_nobody_opened_the_case_for_is_on_record(desk: Desk) -> None:
    thread, message = await sent_photo(desk)
    await desk.attach.picture("eve", thread, message, 1, small=True)
    (only,) = await desk.trail.list("aud", ActFilter(subject=thread, by="eve"))
    assert only.act == "read-attachment"
