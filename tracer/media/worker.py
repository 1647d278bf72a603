"""Draw one picture anew: bytes on standard input, pixels without anything else on standard output.

`python -m tracer.media.worker image/jpeg JSON-OF-BOUNDS`. It imports nothing of this package, so
that it can also be started by its path, by an interpreter that sees no other code.

Answer: one line of JSON, then the picture, then the thumbnail. The line is `{"media_type", "width",
"height", "size", "thumb"}` with the sizes of both in bytes, or `{"refused": CODE}` with one of
`damaged`, `dimensions`, `frames`. Exit code 3: the process could not be bounded, nothing was read.

Everything that may be needed is imported before the input is read: afterwards no file can be
opened, because no descriptor is left.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
import warnings
from typing import IO, Any

from PIL import (
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

UNBOUNDED = 3
"""Exit code of a process that was not allowed to bound itself."""
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}
LOADED = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
"""The decoders that may be used, with what they import late."""
QUALITY, THUMB_QUALITY = 92, 80
_NEW_NETWORK = 0x40000000 | 0x10000000
"""CLONE_NEWNET | CLONE_NEWUSER of Linux."""


class Refused(Exception):  # noqa: N818 - it is an answer
    """The picture is not taken; the argument is the code."""


def main(arguments: list[str]) -> int:
    """Draw what is on standard input anew."""
    media_type, bounds = arguments[0], json.loads(arguments[1])
    source, out = sys.stdin.buffer, sys.stdout.buffer
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # looked at below, with a code
    Image.preinit()
    try:
        _give_up(bounds)
    except (OSError, ValueError):
        return UNBOUNDED
    data = source.read(bounds["input"] + 1)
    try:
        answer, parts = _drawn(_open(data, FORMATS[media_type], bounds), media_type, bounds)
    except Refused as no:
        answer, parts = {"refused": no.args[0]}, ()
    except Exception:  # noqa: BLE001 - a decoder given hostile bytes raises anything; all mean this
        answer, parts = {"refused": "damaged"}, ()
    return _say(out, answer, parts)


def _give_up(bounds: dict[str, int]) -> None:
    """Give up what drawing does not need; what is given up cannot be had back."""
    unshare = getattr(os, "unshare", None)  # Python 3.12 or newer
    if unshare is not None:
        with contextlib.suppress(OSError):  # not allowed everywhere; no socket is left to open
            unshare(_NEW_NETWORK)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CPU, bounds["cpu"]),
        (resource.RLIMIT_AS, bounds["memory"]),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _open(data: bytes, form: str, bounds: dict[str, int]) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=[form])
    width, height = picture.size
    if max(width, height) > bounds["side"] or width * height > bounds["pixels"]:
        raise Refused("dimensions")
    many = int(getattr(picture, "n_frames", 1)) > 1
    if many and picture.format != "MPO":  # a telephone's photo with a preview beside it
        raise Refused("frames")
    picture.load()
    return picture


def _drawn(
    picture: Image.Image, media_type: str, bounds: dict[str, int]
) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    del picture  # a large one is in memory twice already
    plain = _colours(upright, profile)
    del upright
    plain.info.clear()
    thumb = _jpeg(_on_white(_small(plain, bounds["thumb"])), THUMB_QUALITY)
    lossy = media_type in {"image/jpeg", "image/webp"} and plain.mode in {"RGB", "L"}
    made = _jpeg(plain, QUALITY) if lossy else _png(plain)
    told = {
        "media_type": "image/jpeg" if lossy else "image/png",
        "width": plain.width,
        "height": plain.height,
        "size": len(made),
        "thumb": len(thumb),
    }
    return told, (made, thumb)


def _colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Grey, colour, or either with transparency, in sRGB; always new pixels."""
    if picture.mode in {"1", "L"}:
        return picture.convert("L")
    if picture.mode.startswith(("I", "F")):  # 16 bits of grey, as scanners write
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    clear = picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info
    mode = "RGBA" if clear else "RGB"
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            return _srgb(picture, profile, mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that cannot be read is none
    return picture.convert(mode)


def _srgb(picture: Image.Image, profile: bytes, mode: str) -> Image.Image:
    given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    made = ImageCms.profileToProfile(
        picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB" if mode == "RGB" else mode
    )
    if made is None:
        raise ValueError("no picture was made")
    return made


def _small(picture: Image.Image, side: int) -> Image.Image:
    ratio = min(1.0, side / max(picture.size))
    size = (max(1, round(picture.width * ratio)), max(1, round(picture.height * ratio)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, subsampling=0, optimize=True)
    return out.getvalue()


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _say(out: IO[bytes], answer: dict[str, Any], parts: tuple[bytes, ...]) -> int:
    out.write(json.dumps(answer).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
