"""What is uploaded comes out as pixels and nothing else, or not at all."""

import asyncio
import io
import os
import signal
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from tests.media import pictures
from tracer.canonical import b64url
from tracer.errors import InputError, OperatorError
from tracer.media import Bounds, Darkroom, Photo

SECRETS = (b"SECRET", b"Exif", b"xmp", b"ICC_PROFILE", b"iCCP", b"eXIf", b"tEXt", b"zTXt", b"GPS")


async def develop(data: bytes, **bounds: float) -> Photo:
    return await Darkroom(Bounds(**bounds)).develop(data)  # type: ignore[arg-type]


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


async def refusal(data: bytes, darkroom: Darkroom | None = None) -> str:
    with pytest.raises(InputError) as found:
        await (darkroom or Darkroom()).develop(data)
    assert found.value.field == "file"
    assert found.value.advice
    return found.value.code


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg"), ("TIFF", "image/png")],
)
async def test_each_kind_of_picture_comes_out_as_one_that_every_browser_shows(
    form: str, media_type: str
) -> None:
    photo = await develop(pictures.saved(pictures.image(), form))
    assert (photo.media_type, photo.width, photo.height) == (media_type, 80, 50)
    assert opened(photo.data).size == (80, 50)


async def test_nothing_of_what_a_telephone_wrote_into_a_photo_comes_out() -> None:
    data = pictures.from_a_telephone()
    assert all(word in data for word in (b"SECRET-TELEPHONE", b"SECRET-XMP", b"SECRET-COMMENT"))
    photo = await develop(data)
    for made in (photo.data, photo.thumb):
        assert [word for word in SECRETS if word in made] == []
        assert not opened(made).getexif()
        assert set(opened(made).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
async def test_nothing_of_what_stands_beside_the_pixels_of_other_kinds_comes_out(form: str) -> None:
    exif = Image.Exif()
    exif[pictures.MAKER] = "SECRET-CAMERA"
    photo = await develop(pictures.saved(pictures.image(), form, exif=exif.tobytes()))
    assert [word for word in SECRETS if word in photo.data] == []


async def test_a_photo_that_lies_on_its_side_is_turned_upright_before_that_is_forgotten() -> None:
    photo = await develop(pictures.from_a_telephone(orientation=6))
    picture = opened(photo.data).convert("RGB")
    assert (photo.width, photo.height) == picture.size == (50, 80)
    red, green, blue = picture.getpixel((picture.width - 5, 5))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60


async def test_the_digest_of_the_file_as_it_came_is_told() -> None:
    data = pictures.from_a_telephone()
    assert (await develop(data)).original == b64url(sha256(data).digest())


async def test_a_thumbnail_comes_with_it_and_is_small() -> None:
    photo = await develop(pictures.saved(pictures.image(2000, 1000), "JPEG"), thumb=300)
    assert opened(photo.thumb).size == (300, 150)
    assert opened(photo.thumb).format == "JPEG"


async def test_what_is_transparent_stays_so_and_is_white_in_the_thumbnail() -> None:
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    photo = await develop(pictures.saved(clear, "PNG"))
    assert opened(photo.data).getpixel((1, 1)) == (255, 0, 0, 0)
    assert opened(photo.thumb).convert("L").getpixel((1, 1)) == 255


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "I;16"])
async def test_scans_in_grey_black_and_print_colours_come_out(mode: str) -> None:
    source = pictures.image()
    if mode == "I;16":
        source = source.convert("L").convert("I").point(lambda value: value * 256).convert("I;16")
    else:
        source = source.convert(mode)
    form = "PNG" if mode in {"P", "LA"} else "TIFF"
    photo = await develop(pictures.saved(source, form))
    corners = opened(photo.data).convert("L").resize((2, 2), Image.Resampling.BOX)
    assert corners.getpixel((1, 0)) != corners.getpixel((0, 1))  # green is lighter than blue


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04" + b"z" * 500])
async def test_what_hangs_behind_the_end_of_a_picture_is_left_behind(tail: bytes) -> None:
    photo = await develop(pictures.saved(pictures.image(), "JPEG") + tail)
    assert tail not in photo.data
    assert photo.data.endswith(b"\xff\xd9")


POLYGLOTS = {
    "a GIF that is also a script": b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a program": b"\x7fELF" + b"\0" * 60,
    "an archive": b"PK\x03\x04" + b"\0" * 60,
    "PostScript": b"%!PS-Adobe-3.0",
}


@pytest.mark.parametrize("what", POLYGLOTS)
async def test_what_is_no_picture_is_not_even_handed_to_the_worker(what: str) -> None:
    assert await refusal(POLYGLOTS[what], Darkroom(worker=("/nowhere",))) == "file-type"


async def test_a_photo_in_heic_is_refused_with_a_way_out() -> None:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40
    assert await refusal(heic) == "file-heic"


async def test_a_document_is_not_opened() -> None:
    assert await refusal(b"%PDF-1.7\n%%EOF") == "file-type"


BOMBS = {
    "promises more pixels than memory": pictures.png_that_says(60_000, 60_000),
    "is a thread of pixels": pictures.png_that_says(1, 100_000),
    "is just above the number of pixels": pictures.png_that_says(7072, 7072),
}


@pytest.mark.parametrize("what", BOMBS)
async def test_a_picture_that_is_too_large_is_refused_before_its_pixels_are_made(what: str) -> None:
    assert await refusal(BOMBS[what]) == "photo-dimensions"


async def test_a_comment_that_unpacks_to_a_gigabyte_does_no_harm() -> None:
    assert await refusal(pictures.png_with_a_text_of(200_000_000)) == "photo-damaged"


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
async def test_more_than_one_frame_or_page_is_refused(form: str) -> None:
    assert await refusal(pictures.moving(form)) == "photo-frames"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
async def test_a_picture_that_is_cut_off_is_refused(form: str) -> None:
    data = pictures.saved(pictures.image(300, 300), form)
    assert await refusal(data[: len(data) // 2]) == "photo-damaged"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
async def test_a_picture_with_noise_in_it_is_drawn_or_refused_and_nothing_else(form: str) -> None:
    data = bytearray(pictures.saved(pictures.image(64, 64), form))
    for place in range(12, len(data), 7):
        data[place] ^= 0xFF
    with pytest.raises(InputError) as found:
        await develop(bytes(data))
    assert found.value.code.startswith("photo-")


async def test_a_picture_that_needs_more_memory_than_there_is_for_one_is_refused() -> None:
    data = pictures.saved(Image.new("RGB", (6000, 6000)), "PNG")
    darkroom = Darkroom(Bounds(memory=200 * 1024 * 1024))
    assert await refusal(data, darkroom) in {"photo-damaged", "photo-refused"}


def program(text: str, seconds: float = 0.5) -> Darkroom:
    """A darkroom whose worker is this program instead."""
    return Darkroom(Bounds(seconds=seconds), worker=(sys.executable, "-I", "-c", text))


WORKERS = {
    "hangs": "import signal; signal.pause()",
    "is ended": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "crashes": "import os; os.abort()",
    "says nothing": "",
    "ends before it has listened": "import os; os.close(0)",
    "says something else": "print('<html>')",
    "says more than it was asked": 'print(\'{"size": 1, "file": "/etc/passwd"}\')',
    "promises more than it gives": 'print(\'{"media_type": "image/png", "width": 1, "height": 1,'
    ' "size": 9, "thumb": 9}\')',
    "gives a page for a picture": 'print(\'{"media_type": "text/html", "width": 1, "height": 1,'
    ' "size": 6, "thumb": 6}\\n<html><html>\', end="")',
    "never stops talking": "import os\nwhile True: os.write(1, bytes(65536))",
}


@pytest.mark.parametrize("what", WORKERS)
async def test_a_worker_that_was_taken_over_or_dies_gives_a_refusal_and_nothing_else(
    what: str,
) -> None:
    data = pictures.saved(Image.effect_noise((700, 700), 90), "PNG")  # more than a pipe holds
    assert await refusal(data, program(WORKERS[what])) == "photo-refused"


async def test_a_worker_that_nobody_waits_for_any_more_is_ended(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    os.mkfifo(note)
    text = f"import os, signal; open({str(note)!r}, 'w').write(str(os.getpid())); signal.pause()"
    picture = pictures.saved(pictures.image(), "PNG")
    developing = asyncio.create_task(program(text, seconds=600).develop(picture))
    number = int(await asyncio.to_thread(note.read_text))
    developing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await developing
    with pytest.raises(ProcessLookupError):
        os.kill(number, signal.SIGCONT)


async def test_a_worker_that_cannot_be_bounded_opens_nothing_and_the_operator_is_told() -> None:
    with pytest.raises(OperatorError) as found:
        await program("raise SystemExit(3)", 600).develop(pictures.saved(pictures.image(), "PNG"))
    assert found.value.code == "photo-worker"


async def test_a_worker_that_is_not_there_is_told_to_the_operator() -> None:
    with pytest.raises(OperatorError) as found:
        await Darkroom(worker=("/nowhere",)).develop(pictures.saved(pictures.image(), "PNG"))
    assert found.value.code == "photo-worker"


PROBE = """
import runpy, sys
from PIL import Image, PngImagePlugin
def act(*_, **__):
    import socket, os
    done = []
    for name, deed in {"read": lambda: open("/etc/hostname"), "connect": socket.socket,
                       "write": lambda: os.open("/tmp/x", os.O_CREAT | os.O_WRONLY)}.items():
        try:
            deed()
            done.append(name)
        except OSError:
            pass
    raise SystemExit(7 if done else 8)
import socket
PngImagePlugin.PngImageFile._open = act
sys.argv = [WORKER] + sys.argv[1:]
runpy.run_path(WORKER, run_name="__main__")
"""


async def test_a_decoder_that_was_taken_over_can_open_neither_file_nor_socket() -> None:
    worker = Path(sys.modules[Darkroom.__module__].__file__ or "").with_name("worker.py")
    darkroom = Darkroom(
        worker=(sys.executable, "-I", "-c", PROBE.replace("WORKER", repr(str(worker))))
    )
    code, _ = await darkroom._run("image/png", pictures.saved(pictures.image(), "PNG"))  # noqa: SLF001
    assert code == 8
