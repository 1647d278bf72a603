"""Spread: which items go into which file, so that no file is above the limit.

Answers come first, then batches, then attachments, in the order of the manifest. A file is begun
when the one before has no room for the next item, and each begins with the state and what is shown
of witnessed heads: it is complete in itself, whichever of its neighbours arrive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from tracer.envelope.stream import cipher_size
from tracer.errors import InputError
from tracer.exchange.courier.form import (
    MAX_ITEMS,
    MAX_PREAMBLE,
    MAX_SEAL_LINE,
    MAX_SMALL,
    Item,
    item_of,
)
from tracer.store import AttachmentRow
from tracer.store.courier import Kind

LIMIT: Final = 200_000_000
"""Bytes of one file, unless told otherwise."""
LEAST: Final = 4_000_000
"""The smallest limit: a file has room for one batch and the entry."""
_SPARE: Final = MAX_PREAMBLE + MAX_SEAL_LINE + 1024 * 1024
"""What a file needs beside messages, answers and attachments: entry, manifest, state, heads."""

Body = tuple[Sequence[str], bytes]
"""A batch or an answer, and the ids of the messages in it; or a shown head, and its size."""
T = TypeVar("T")


@dataclass(slots=True)
class File:
    """One file in the making: its small items, its attachments, what it is noted to hold."""

    small: list[tuple[Item, bytes]] = field(default_factory=list)
    attachments: list[AttachmentRow] = field(default_factory=list)
    load: dict[Kind, list[str]] = field(default_factory=dict)
    size: int = 0

    def add(self, kind: Kind, names: Sequence[str], item: Item, body: bytes) -> None:
        """Put in an item that is at hand."""
        self.small.append((item, body))
        self.load.setdefault(kind, []).extend(names)
        self.size += item.size

    def attach(self, row: AttachmentRow) -> None:
        """Put in an attachment; its bytes stay where they lie until the file is written."""
        self.attachments.append(row)
        self.load.setdefault("attachment", []).append(row.digest)
        self.size += row.size

    @property
    def items(self) -> list[Item]:
        """The lines of its manifest."""
        files = [Item("attachment", row.digest, row.size) for row in self.attachments]
        return [*(item for item, _ in self.small), *files]


def spread(
    *,
    state: bytes,
    held: Sequence[str],
    witnessed: Body | None,
    answers: Sequence[Body],
    batches: Sequence[Body],
    uploads: Sequence[AttachmentRow],
    limit: int,
) -> list[File]:
    """Files of at most `limit` bytes that hold all of it; at least one.

    Raises:
        InputError: `courier-limit`: an attachment is larger than any such file.
    """
    room = limit - _SPARE - cipher_size(limit) + limit  # less what encryption adds
    files = [_begun(state, held, witnessed)]

    def at(size: int, most: int) -> File:
        last = files[-1]
        if last.size + size > most or len(last.items) == MAX_ITEMS:
            files.append(_begun(state, held, witnessed))
        return files[-1]

    small = min(room, MAX_SMALL - _SPARE)
    for names, body in answers:
        at(len(body), small).add("receipt", names, item_of("answer", body), body)
    for names, body in batches:
        at(len(body), small).add("message", names, item_of("batch", body), body)
    for row in uploads:
        if row.size > room:
            raise _too_small(limit, row.size, room)
        at(row.size, room).attach(row)
    return files


def batches_of(
    sealed: Sequence[tuple[str, str]], *, most: int, most_bytes: int
) -> list[list[tuple[str, str]]]:
    """Sealed messages, each with its id, as batches of neither too many nor too many bytes."""
    bound, size = min(most_bytes, LEAST - _SPARE) - MAX_PREAMBLE, 0
    parts: list[list[tuple[str, str]]] = []
    for one in sealed:
        size += len(one[1])
        if not parts or len(parts[-1]) == most or size > bound:
            parts.append([])
            size = len(one[1])
        parts[-1].append(one)
    return parts


def cut(lines: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Parts of at most so many lines."""
    for start in range(0, len(lines), most):
        yield lines[start : start + most]


def _begun(state: bytes, held: Sequence[str], witnessed: Body | None) -> File:
    file = File()
    file.add("held", held, item_of("state", state), state)
    if witnessed is not None:
        sizes, body = witnessed
        file.add("witnessed", sizes, item_of("witnessed", body), body)
    return file


def _too_small(limit: int, size: int, room: int) -> InputError:
    least = size + limit - room
    return InputError(
        "courier-limit",
        f"an attachment of {size} bytes does not fit into files of {limit}",
        advice=f"Give a --limit of at least {-(-least // 1_000_000) + 1} MB.",
        field="limit",
    )
