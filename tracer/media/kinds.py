"""What a file is, by its first bytes: a small table, and nothing that is not in it.

Example:
    >>> sniff(b"%PDF-1.7 ...")
    'application/pdf'
"""

from __future__ import annotations

from typing import Final, NamedTuple

from tracer.errors import InputError

MAX_OPENED: Final = 64 * 1024 * 1024
"""Largest file that is opened in one piece, in bytes."""
PDF: Final = "application/pdf"
SUFFIX: Final = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/tiff": ".tif",
    PDF: ".pdf",
}
"""The kinds of file that are taken and opened, and the ending each gets when it is saved."""


class _Signature(NamedTuple):
    """Bytes that a file of this kind has at a place."""

    media_type: str
    at: int
    says: bytes
    start: bytes = b""


_SIGNATURES: Final = (
    _Signature("image/jpeg", 0, b"\xff\xd8\xff"),
    _Signature("image/png", 0, b"\x89PNG\r\n\x1a\n"),
    _Signature("image/webp", 8, b"WEBP", b"RIFF"),
    _Signature("image/tiff", 0, b"II*\x00"),
    _Signature("image/tiff", 0, b"MM\x00*"),
    _Signature(PDF, 0, b"%PDF-"),
)
_HEIC: Final = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
)
"""Brands of the container that telephones write by default (ISO/IEC 23008-12, AVIF)."""
_ACTIVE_PDF: Final = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


def sniff(data: bytes) -> str:
    """The media type of a file by its first bytes.

    Raises:
        InputError: `file-empty`, `file-too-large`, `file-heic`, `file-type` for anything else that
            is not a picture or PDF, `file-active` for a PDF that brings a program or files.
    """
    if not data:
        raise InputError("file-empty", "the file is empty", field="file")
    if len(data) > MAX_OPENED:
        raise InputError("file-too-large", f"a file has at most {MAX_OPENED} bytes", field="file")
    found = next((s.media_type for s in _SIGNATURES if _has(data, s)), None)
    if found is None:
        raise _not_taken(data)
    if found == PDF and any(name in data for name in _ACTIVE_PDF):
        raise InputError(
            "file-active",
            "the PDF holds a program or files of its own",
            advice="Print it to a new PDF and attach that.",
            field="file",
        )
    return found


def is_picture(media_type: str) -> bool:
    """Whether a file of this kind is drawn anew before it goes on; a PDF is kept as it is."""
    return media_type in SUFFIX and media_type != PDF


def _has(data: bytes, kind: _Signature) -> bool:
    return data.startswith(kind.start) and data.startswith(kind.says, kind.at)


def _not_taken(data: bytes) -> InputError:
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return InputError(
            "file-heic",
            "the photo is in the format HEIC or AVIF, which is not opened here",
            advice="Set the telephone's camera to JPEG (most compatible), or save it as JPEG.",
            field="file",
        )
    return InputError(
        "file-type",
        "the file is neither JPEG, PNG, WebP, TIFF nor PDF",
        advice="Photograph or scan it, or export it as PDF.",
        field="file",
    )
