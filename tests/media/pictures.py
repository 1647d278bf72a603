"""Pictures made by the tests themselves: honest ones, and such as somebody would send to harm."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

GPS = 0x8825
ORIENTATION = 0x0112
MAKER = 0x010F


def image(width: int = 80, height: int = 50, mode: str = "RGB") -> Image.Image:
    """A picture of which each corner has a colour of its own: red is top left."""
    made = Image.new("RGB", (width, height), "grey")
    half = (width // 2, height // 2)
    for colour, place in (("red", (0, 0)), ("lime", (half[0], 0)), ("blue", (0, half[1]))):
        made.paste(Image.new("RGB", half, colour), place)
    return made.convert(mode)


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def from_a_telephone(orientation: int = 6) -> bytes:
    """A JPEG with maker, place, XMP, comment and a colour profile, lying on its side."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKER] = "SECRET-TELEPHONE"
    degree = (IFDRational(48), IFDRational(12), IFDRational(30))
    exif.get_ifd(GPS).update({1: "N", 2: degree, 3: "E", 4: degree})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return saved(
        image(),
        "JPEG",
        exif=exif.tobytes(),
        xmp=b"<x:xmpmeta>SECRET-XMP</x:xmpmeta>",
        comment=b"SECRET-COMMENT",
        icc_profile=profile,
        quality=95,
    )


def png_that_says(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG of a few bytes whose header promises any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def png_with_a_text_of(size: int) -> bytes:
    """A PNG of a few kilobytes with a comment that unpacks to `size` bytes."""
    plain = saved(image(), "PNG")
    text = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(size), 9))
    return plain[:33] + text + plain[33:]


def moving(form: str) -> bytes:
    """Three frames."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime", "blue")]
    return saved(frames[0], form, save_all=True, append_images=frames[1:])
