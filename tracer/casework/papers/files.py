"""The files of a message in the making: one told otherwise, one taken out, none named any more.

Files are numbered 1, 2, 3 in order, and firearms and marks name photos by these numbers: when one
goes, those behind it move up, their keys with them, and what named it names it no more. A photo of
a request is named by one firearm or one mark (`placed`); in a reply that describes firearms, as an
amendment does, what names a photo is what its writer said.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from msgspec import UNSET
from msgspec.structs import replace

from tracer.errors import InputError
from tracer.model.attachments import MAX_ATTACHMENTS, Attachment, AttachmentKey
from tracer.model.codes import Code
from tracer.model.firearm import Firearm
from tracer.model.messages import AnyMessage, Request


class Place(NamedTuple):
    """What of a request a photo shows: a mark of a firearm, or the firearm as a whole."""

    line: int
    """The firearm; one that is not there: the first."""
    mark: int
    """Number of the mark from 1; 0, or one that is not there: the firearm as a whole."""


def file_of(message: AnyMessage, n: int) -> Attachment:
    """The description of file `n`.

    Raises:
        InputError: `attachment-unknown`.
    """
    for item in cast("tuple[Attachment, ...]", getattr(message, "attachments", ())):
        if item.n == n:
            return item
    raise InputError("attachment-unknown", f"this message announces no file {n}", field="n")


def next_number(message: AnyMessage) -> int:
    """The number that another file of a message gets.

    Raises:
        InputError: `attachment-none`, `attachment-full`.
    """
    described = getattr(message, "attachments", None)
    if described is None:
        raise InputError("attachment-none", "a message of this type carries no files")
    if len(described) >= MAX_ATTACHMENTS:
        raise InputError("attachment-full", f"a message carries at most {MAX_ATTACHMENTS} files")
    return len(described) + 1


def keyed(message: AnyMessage | None, n: int) -> tuple[Attachment, AttachmentKey]:
    """The description of file `n`, and the key that opens it.

    Raises:
        InputError: `attachment-unknown`, `attachment-erased`.
    """
    for item in getattr(message, "attachments", ()):
        if item.n == n:
            keys = getattr(message, "attachment_keys", UNSET) or {}
            if str(n) not in keys:
                raise InputError("attachment-erased", f"the key of file {n} was erased")
            return item, keys[str(n)]
    raise InputError("attachment-unknown", f"this message announces no file {n}", field="n")


def retold(message: AnyMessage, n: int, *, kind: Code | None, caption: str) -> AnyMessage:
    """The message in which file `n` is said to show something else."""
    told = replace(file_of(message, n), kind=kind or UNSET, caption=caption)
    data = cast("Any", message)
    files = tuple(told if item.n == n else item for item in data.attachments)
    return cast("AnyMessage", replace(data, attachments=files))


def without_file(message: AnyMessage, n: int) -> AnyMessage:
    """The message without file `n`."""
    file_of(message, n)
    data = cast("Any", message)
    left = [item for item in data.attachments if item.n != n]
    numbers = {item.n: new for new, item in enumerate(left, start=1)}
    keys = {
        str(numbers[int(old)]): key
        for old, key in (data.attachment_keys or {}).items()
        if int(old) in numbers
    }
    files = tuple(replace(item, n=numbers[item.n]) for item in left)
    changes: dict[str, Any] = {"attachments": files, "attachment_keys": keys or UNSET}
    if hasattr(data, "firearms"):
        changes["firearms"] = tuple(_renumbered(one, numbers) for one in data.firearms)
    return cast("AnyMessage", replace(data, **changes))


def without_photos(message: AnyMessage) -> AnyMessage:
    """The message in which neither a firearm nor a mark names a photo."""
    data = cast("Any", message)
    if not hasattr(data, "firearms"):
        return message
    bare = tuple(_renumbered(one, {}) for one in data.firearms)
    return cast("AnyMessage", replace(data, firearms=bare))


def placed(message: AnyMessage, n: int, place: Place) -> AnyMessage:
    """The message in which file `n` is named where it belongs, and nowhere else.

    A paper belongs to no firearm; anything but a request with firearms stays as it is.
    """
    if not isinstance(message, Request) or not message.firearms:
        return message
    data = cast("Any", message)
    others = {item.n: item.n for item in data.attachments if item.n != n}
    firearms = [_renumbered(one, others) for one in data.firearms]
    kind = file_of(message, n).kind
    if kind and kind.value.startswith("PHOTO"):
        at = next((i for i, one in enumerate(firearms) if one.line == place.line), 0)
        firearms[at] = _naming(firearms[at], n, place.mark)
    return cast("AnyMessage", replace(data, firearms=tuple(firearms)))


def _naming(firearm: Firearm, n: int, mark: int) -> Firearm:
    if not 0 < mark <= len(firearm.marks):
        return replace(firearm, photos=(*firearm.photos, n))
    marks = list(firearm.marks)
    marks[mark - 1] = replace(marks[mark - 1], photos=(*marks[mark - 1].photos, n))
    return replace(firearm, marks=tuple(marks))


def _renumbered(firearm: Any, numbers: dict[int, int]) -> Any:
    if not isinstance(firearm, Firearm):
        return firearm
    marks = tuple(replace(mark, photos=_moved(mark.photos, numbers)) for mark in firearm.marks)
    return replace(firearm, photos=_moved(firearm.photos, numbers), marks=marks)


def _moved(photos: tuple[int, ...], numbers: dict[int, int]) -> tuple[int, ...]:
    return tuple(numbers[n] for n in photos if n in numbers)


def without_files(message: AnyMessage) -> AnyMessage:
    """The message without its files."""
    return cast(
        "AnyMessage",
        replace(cast("Any", message), attachments=(), attachment_keys=UNSET),
    )
