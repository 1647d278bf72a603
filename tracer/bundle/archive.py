"""The zip of a bundle: of all spellings of a zip, the one that `pack` writes is read.

Members stand one after the other, each behind its header, then the central directory, then its end
record; nothing before, between or after. No compression, no comments, no extra fields, no flags, no
directories, one fixed date (1980-01-01) and mode (0600), names of ASCII letters, digits, `._-/`. A
reader that follows the headers and one that follows the directory therefore see the same bytes.

Nothing of it is held in memory but names, sizes and sums: `packed` gives a window over the members
where they lie, `unpack` windows into the file (`window`). Sizes and places stay under those at
which another spelling of the zip begins.

Decision: what does not match is named by where it stands and what it should be. A damaged content
is told and read on; a damaged structure ends the reading, because what follows cannot be known.

Example:
    >>> [(one.name, one.data) for one in unpack(pack([("a.txt", b"words")])).members]
    [('a.txt', b'words')]
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracer.bundle.window import Measured, Sums, Window, joined

MAX_BYTES: Final = 3 << 30
"""Longest file that is read: a bundle of the longest, with the layers that renewals put around."""
MAX_BUNDLE: Final = 2 << 30
"""Longest bundle that is written."""
MAX_MEMBERS: Final = 40_000
MAX_NAME: Final = 120

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_LOCAL: Final = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END: Final = struct.Struct("<4sHHHHLLH")
_VERSION, _MADE_BY, _DATE = 20, 3 << 8 | 20, 0x0021
_OWNER_ONLY: Final = 0o600 << 16
_LOCAL_FIELDS: Final = (
    "signature", "version", "flags", "method", "time", "date", "checksum", "size", "size",
    "length of the name", "extra field",
)  # fmt: skip
_CENTRAL_FIELDS: Final = (
    "signature", "version of the writer", "version", "flags", "method", "time", "date",
    "checksum", "size", "size", "length of the name", "extra field", "comment", "disk",
    "attributes", "attributes", "offset",
)  # fmt: skip
_END_FIELDS: Final = (
    "signature", "disk", "disk", "number of files", "number of files", "size of the directory",
    "place of the directory", "comment",
)  # fmt: skip


class ArchiveError(ValueError):
    """The file is not the zip of a bundle; `where` is the member or part concerned."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(what)
        self.where = where
        self.what = what


class TooLarge(ValueError):  # noqa: N818 - what is wrong with it is its name
    """More bytes or files than a bundle may hold."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive, not yet read."""

    name: str
    content: Window

    @property
    def data(self) -> bytes:
        """All of it, for what is known to be small."""
        return self.content.whole()


@dataclass(frozen=True, slots=True)
class Unpacked:
    """All members in their order, their sums, and those whose checksum is not of their bytes."""

    members: tuple[Member, ...]
    sums: Mapping[str, Sums]
    damaged: tuple[str, ...]


def pack(members: Sequence[tuple[str, bytes]]) -> bytes:
    """Write a small archive; errors as those of `packed`."""
    return packed([(name, Measured.of(data)) for name, data in members]).whole()


def packed(members: Sequence[tuple[str, Measured]], *, most: int = MAX_BYTES) -> Window:
    """Write an archive: the same members give the same bytes, which are read where they lie.

    Raises:
        TooLarge: more than a bundle may hold.
        ValueError: a name that is not allowed or stands twice.
    """
    seen: set[str] = set()
    parts: list[Window] = []
    directory: list[bytes] = []
    place = 0
    for name, one in members:
        _check_name(name, seen)
        head = _local(name, one.sums.crc, one.sums.size)
        directory.append(_central(name, one.sums.crc, one.sums.size, place))
        parts += [Window.of(head), one.content]
        place += len(head) + one.sums.size
        if place > most or len(directory) > MAX_MEMBERS:
            raise TooLarge("more than a bundle may hold")
    tail = b"".join(directory)
    whole = joined([*parts, Window.of(tail + _end(len(directory), len(tail), place))])
    if whole.size > most:
        raise TooLarge("more than a bundle may hold")
    return whole


def unpack(data: bytes | Window) -> Unpacked:
    """Read an archive that `pack` could have written; each member is read once, for its sums.

    Raises:
        ArchiveError: any other bytes, naming the member and what is not as it must be.
    """
    file = data if isinstance(data, Window) else Window.of(data)
    if file.size > MAX_BYTES:
        raise ArchiveError("zip", f"a bundle has at most {MAX_BYTES} bytes")
    members: list[Member] = []
    stated: list[int] = []
    heads: list[int] = []
    seen: set[str] = set()
    place = 0
    while file.at(place, 4) == b"PK\x03\x04":
        if len(members) == MAX_MEMBERS:
            raise ArchiveError("zip", f"a bundle has at most {MAX_MEMBERS} files")
        member, sum_, after = _member(file, place, seen)
        members.append(member)
        stated.append(sum_)
        heads.append(place)
        place = after
    if not members:
        raise ArchiveError("zip", "this is no evidence file; evidence export makes one")
    _directory(file, place, members, stated, heads)
    sums = {one.name: one.content.sums() for one in members}
    damaged = tuple(
        one.name for one, sum_ in zip(members, stated, strict=True) if sums[one.name].crc != sum_
    )
    return Unpacked(tuple(members), sums, damaged)


def first_name(file: Window) -> str:
    """The name of the first member, not yet checked; empty for what is no zip."""
    head = file.at(0, _LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
        return ""
    return file.at(_LOCAL.size, min(_LOCAL.unpack(head)[9], MAX_NAME)).decode("ascii", "replace")


def _member(file: Window, place: int, seen: set[str]) -> tuple[Member, int, int]:
    """One member, its stated checksum, and where the next begins."""
    head = file.at(place, _LOCAL.size)
    if len(head) < _LOCAL.size:
        raise ArchiveError("zip", f"it is cut off in the header at byte {place}")
    found = _LOCAL.unpack(head)
    size, length = found[7], found[9]
    begin = place + _LOCAL.size + length
    raw = file.at(place + _LOCAL.size, length)
    name = raw.decode("ascii", "backslashreplace")
    where = f"header of {name[:MAX_NAME]!r} at byte {place}"
    wanted = _LOCAL.unpack(_local("x" * length, found[6], size)[: _LOCAL.size])
    _same(found, wanted, _LOCAL_FIELDS, where)
    try:
        _check_name(name, seen)
    except ValueError as error:
        raise ArchiveError(where, str(error)) from error
    if file.size < begin + size:
        raise ArchiveError(where, "the file is cut off, or its size is wrong")
    return Member(name, file.window(begin, size)), found[6], begin + size


def _directory(
    file: Window, place: int, members: Sequence[Member], sums: Sequence[int], heads: Sequence[int]
) -> None:
    start = place
    for member, stated, head in zip(members, sums, heads, strict=True):
        wanted = _central(member.name, stated, member.content.size, head)
        found = file.at(place, len(wanted))
        where = f"directory line of {member.name!r} at byte {place}"
        if len(found) < len(wanted):
            raise ArchiveError(where, "the directory is cut off or does not follow the files")
        if found != wanted:
            pair = _CENTRAL.unpack_from(found), _CENTRAL.unpack_from(wanted)
            _same(*pair, _CENTRAL_FIELDS, where)
            raise ArchiveError(where, "it names another file than the header does")
        place += len(wanted)
    wanted = _end(len(members), place - start, start)
    found = file.at(place, _END.size)
    where = f"end of the directory at byte {place}"
    if len(found) < len(wanted):
        raise ArchiveError(where, "the end of the zip is cut off")
    _same(_END.unpack(found), _END.unpack(wanted), _END_FIELDS, where)
    if file.size != place + _END.size:
        more = file.size - place - _END.size
        raise ArchiveError("end of the zip", f"{more} bytes stand after its end")


def _same(
    found: Sequence[object], wanted: Sequence[object], fields: Sequence[str], at: str
) -> None:
    for got, right, field in zip(found, wanted, fields, strict=True):
        if got != right:
            raise ArchiveError(at, f"its {field} is {got!r}, not {right!r}")


def _check_name(name: str, seen: set[str]) -> None:
    if len(name) > MAX_NAME or not _NAME.fullmatch(name):
        raise ValueError("a name that a bundle may not hold")
    if name.lower() in seen:
        raise ValueError("a name that stands twice")
    seen.add(name.lower())


def _local(name: str, sum_: int, size: int) -> bytes:
    head = (b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, sum_, size, size, len(name), 0)
    return _LOCAL.pack(*head) + name.encode("ascii")


def _central(name: str, sum_: int, size: int, place: int) -> bytes:
    head = (b"PK\x01\x02", _MADE_BY, _VERSION, 0, 0, 0, _DATE, sum_, size, size, len(name))
    return _CENTRAL.pack(*head, 0, 0, 0, 0, _OWNER_ONLY, place) + name.encode("ascii")


def _end(count: int, size: int, place: int) -> bytes:
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, size, place, 0)
