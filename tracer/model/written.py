"""A message and its exact JSON: what is signed, and what was.

What is written is the clear object and each disclosable group, as canonical JSON. What was signed
is read from that JSON where it says it all, else by its members.

Most messages are written as we write them: sorted members, no white space, nothing escaped. Such a
one is decoded at once into its type, which is then written again: equal bytes have one reading,
with no member twice, none unknown and none of another form, and no dictionary was made on the way.
Whatever differs (another order, a default that is written out, anything wrong) is left to
`from_wire`, which tells what is wrong with it: the two can not disagree on what is refused, or why.

What it does not do: verify. What it is handed was signed, and its disclosures match.

Example:
    >>> type_of(message_of(sdjwt.verify(signed, keys=keys)))
    'request'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

import msgspec
from msgspec import UNSET

from tracer.canonical import canonical_json, strict_json
from tracer.errors import PeerError
from tracer.model.messages import DISCLOSABLE, AnyMessage, type_of
from tracer.model.text import NOT_IN_LINE, is_plain
from tracer.model.wire import (
    GROUP_TYPES,
    KEY_PREFIX,
    KEYS,
    check_characters,
    check_numbers,
    from_wire,
    groups_of,
    key_number,
)


class Signed(Protocol):
    """What is asked of something that one key signed."""

    @property
    def pieces(self) -> tuple[bytes, Mapping[str, bytes]] | None:
        """The exact JSON of the clear object and of each group, where it can be told unread."""

    def members(self) -> tuple[dict[str, Any], dict[str, Any], Sequence[bytes], int]:
        """The clear object and the groups, the JSON they stand in, how many groups are missing."""


def write(message: AnyMessage) -> tuple[bytes, dict[str, bytes]]:
    """Write a message as canonical JSON, and read that back: what is signed has one reading.

    Returns:
        The clear object, and each disclosable group by its name on the wire.

    Raises:
        ValueError: JSON that a strict reader would refuse.
    """
    values = {name: getattr(message, name) for name in groups_of(message)}
    bare = msgspec.structs.replace(message, **dict.fromkeys(values, UNSET)) if values else message
    keys = values.pop(KEYS, {})
    values |= {KEY_PREFIX + number: key for number, key in keys.items()}
    clear = canonical_json(bare)
    groups = {name: canonical_json(value) for name, value in values.items()}
    for one in (clear, *groups.values()):
        strict_json(one)
    return clear, groups


def message_of(signed: Signed) -> AnyMessage:
    """Read what was signed.

    Raises:
        PeerError: what `Signed.members` and `from_wire` raise.
    """
    if signed.pieces is not None and (message := at_once(*signed.pieces)) is not None:
        return message
    clear, groups, written, _ = signed.members()
    return from_wire(clear, groups, written=written)


def at_once(clear: bytes, groups: Mapping[str, bytes]) -> AnyMessage | None:
    """Read a message that is written as we write it; None if it is not, or is not right."""
    try:
        message: AnyMessage = _of_messages().decode(clear)
        disclosable = DISCLOSABLE[type_of(message)]
        if (
            canonical_json(message) != clear
            or not _is_for_lines(clear)
            or any(getattr(message, name) is not UNSET for name in disclosable)
        ):
            return None
        if groups:
            message = msgspec.structs.replace(message, **_groups(groups, disclosable))
        check_numbers(message)
    except (ValueError, RecursionError, PeerError):
        return None
    return message


def _groups(groups: Mapping[str, bytes], disclosable: Sequence[str]) -> dict[str, Any]:
    """Read the groups of a type that has these; ValueError or PeerError if one is not right."""
    found: dict[str, Any] = {}
    for name, written in groups.items():
        number = key_number(name)
        group = KEYS if number else name
        if group not in disclosable or name == KEYS:
            raise ValueError("a group that this type does not have")
        value = _of_group(group).decode(written)
        if canonical_json(value) != written:
            raise ValueError("a group is not written as we write it")
        if not _is_for_lines(written):
            check_characters(strict_json(written), group=group)
        if number:
            found.setdefault(KEYS, {})[number] = value
        else:
            found[group] = value
    return found


def _is_for_lines(json: bytes) -> bool:
    """Tell of JSON that no character stands in it that a short field may not hold."""
    return is_plain(json) or not (b"\\" in json or NOT_IN_LINE.search(json.decode()))


@cache
def _of_messages() -> msgspec.json.Decoder[AnyMessage]:
    return msgspec.json.Decoder(AnyMessage)


@cache
def _of_group(name: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(GROUP_TYPES[name])
