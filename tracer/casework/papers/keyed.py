"""Which mark of a firearm records key on, as a document says it (`identity` of `model.firearm`).

The number on the frame or receiver is the one that most records key on (ITI 10). So where nobody
has named a mark, the first serial number on such a part is named. A mark that somebody named keeps
it, whatever it is; a serial number that was named for being one there loses it once it is read as
something else or somewhere else.

What it does not do: judge marks (`model.marks`).

Example:
    >>> marks = [{"kind": "PROOF"}, {"kind": "SERIAL", "location": "FRAME"}]
    >>> settle(marks)
    >>> [one.get("identity", False) for one in marks]
    [False, True]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final

from tracer.casework.papers.friendly import bare
from tracer.model.codes import MarkKind
from tracer.model.marks import ESSENTIAL

_ESSENTIAL: Final = frozenset(part.value for part in ESSENTIAL)


def settle(
    marks: Iterable[MutableMapping[str, Any]],
    written: MutableMapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
) -> None:
    """Name the mark that records key on, after a mark was written or taken off.

    Args:
        marks: The marks of one firearm in a document; changed where they are.
        written: The one of them that was written.
        before: What that one said before; None: it is new.
    """
    if written is not None and before is not None and is_key(before) and not is_key(written):
        written.pop("identity", None)
    every = list(marks)
    if not any(one.get("identity") for one in every):
        first = next((one for one in every if is_key(one)), None)
        if first is not None:
            first["identity"] = True


def is_key(mark: Mapping[str, Any]) -> bool:
    """Whether a mark is a serial number on the frame or receiver."""
    kind, part = bare(mark.get("kind", "")), bare(mark.get("location", ""))
    return kind == MarkKind.SERIAL.value and part in _ESSENTIAL
