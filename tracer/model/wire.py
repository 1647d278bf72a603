"""Between a message and the two parts in which it travels: the clear object and its groups.

`to_wire` splits: coded fields into the clear object, each disclosable group under its own name,
each attachment key as `attachment_key.<n>`. `from_wire` joins the groups that were disclosed and
checks everything that a schema can check, in one conversion and one walk over the characters.
Structure is closed, vocabulary is open: an unknown field is refused, an unknown code is kept.

The clear object is without `_sd` and `_sd_alg`, which belong to the signature. The dictionaries
are those of `canonical.strict_json`, which has refused duplicate keys and depth before.

What it does not do: sign, judge completeness (`lint`) or look at the thread (`thread`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, cast

import msgspec

from tracer.errors import PeerError
from tracer.model.attachments import AttachmentKey
from tracer.model.chain import ChainParties
from tracer.model.messages import DISCLOSABLE, TYPES, VERSION, AnyMessage, type_of
from tracer.model.text import NOT_IN_LINE, NOT_IN_TEXT, is_plain
from tracer.model.values import Narrative, Notes, Officer, Persons, Place

KEYS = "attachment_keys"
"""The group of the keys of all files."""
KEY_PREFIX = "attachment_key."
"""A disclosure of this prefix and a number is one entry of `attachment_keys`."""
GROUP_TYPES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "persons": Persons,
        "chain_parties": ChainParties,
        "place": Place,
        "narrative": Narrative,
        "officer": Officer,
        "free_text": Notes,
        KEYS: AttachmentKey,
    }
)
"""What each disclosable group is made of; of the keys of all files, one."""

_KEY = re.compile(r"attachment_key\.(?:[1-9]|1[0-6])")
"""The whole name: `$` in a schema's pattern would let a line feed follow it."""
_CONTAINERS: frozenset[Any] = frozenset((dict, list, tuple))
_SHORT_ONLY: frozenset[str] = frozenset()
_LONG = {"narrative": frozenset({"summary", "circumstances"}), "free_text": frozenset({"text"})}
"""Fields of long text, by the group in which they stand; all other text is short."""
_UNSEEN = (b"\\",)
"""Stands for JSON that the caller does not have: it may hold anything."""


def to_wire(message: AnyMessage) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split a message into its clear object and its disclosable groups, as plain JSON values."""
    clear: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(message))
    groups: dict[str, Any] = {}
    for name in DISCLOSABLE[clear["type"]]:
        if name not in clear:
            continue
        value = clear.pop(name)
        if name == KEYS:
            groups.update((KEY_PREFIX + number, key) for number, key in value.items())
        else:
            groups[name] = value
    return clear, groups


def groups_of(message: AnyMessage) -> tuple[str, ...]:
    """The disclosable groups that a message holds, in their fixed order."""
    names = DISCLOSABLE[type_of(message)]
    return tuple(name for name in names if getattr(message, name) is not msgspec.UNSET)


def only(message: AnyMessage, groups: Collection[str]) -> AnyMessage:
    """The message with some of its disclosable groups; the others as if they were not disclosed.

    Where the keys of files are not among them, what somebody wrote under each file is not, either.
    """
    others: dict[str, Any] = {n: msgspec.UNSET for n in groups_of(message) if n not in groups}
    if KEYS not in groups and (files := getattr(message, "attachments", ())):
        others["attachments"] = tuple(msgspec.structs.replace(one, caption="") for one in files)
    return msgspec.structs.replace(message, **others) if others else message


def from_wire(
    clear: dict[str, Any], groups: dict[str, Any], *, written: Sequence[bytes] = ()
) -> AnyMessage:
    """Join and check a message. `groups` holds what was disclosed; the rest stays UNSET.

    Args:
        clear: The clear object.
        groups: Each disclosed group by its name.
        written: The JSON that `clear` and then each of `groups` was read from, where the caller
            has it: what is plain there need not be walked through.

    Raises:
        PeerError: `type-unknown`, `version-unknown`, `json-strict` (characters), `payload-schema`.
    """
    tag = clear.get("type")
    kind = TYPES.get(tag) if isinstance(tag, str) else None
    if kind is None:
        raise PeerError("type-unknown", "the payload has no type known here")
    version = clear.get("v")
    if type(version) is not int or version != VERSION:
        raise PeerError("version-unknown", "the payload has no version known here")
    merged = _join(clear, groups, DISCLOSABLE[type_of(kind)])
    for name, json in zip(("", *groups), written or _UNSEEN * (1 + len(groups)), strict=True):
        if not is_plain(json):
            check_characters(groups[name] if name else clear, group=name)
    try:
        message = msgspec.convert(merged, kind)
    except msgspec.ValidationError as error:
        raise PeerError("payload-schema", f"{tag}: {error}") from error
    check_numbers(message)
    return cast("AnyMessage", message)


def group_names(message: AnyMessage) -> tuple[str, ...]:
    """The disclosure names that are present in a message."""
    return tuple(to_wire(message)[1])


def key_number(name: str) -> str:
    """The number of the file whose key a disclosure of this name is; empty if it is none."""
    return name[len(KEY_PREFIX) :] if _KEY.fullmatch(name) else ""


def _join(
    clear: dict[str, Any], groups: dict[str, Any], allowed: tuple[str, ...]
) -> dict[str, Any]:
    """One object again. A group in the clear part, or foreign to the type, is refused."""
    merged = dict(clear)
    if not clear.keys().isdisjoint(allowed):
        name = next(name for name in allowed if name in clear)
        raise PeerError("payload-schema", f"{name} stands in the clear part")
    keys: dict[str, Any] = {}
    for name, value in groups.items():
        if name in allowed and name != "attachment_keys":
            merged[name] = value
        elif KEYS in allowed and (number := key_number(name)):
            keys[number] = value
        else:
            raise PeerError("payload-schema", f"a group that this type does not have: {name[:40]}")
    if keys:
        merged[KEYS] = keys
    return merged


def check_characters(part: Any, *, group: str = "") -> None:
    """Refuse characters in all text of a group's value, or of the clear object.

    Raises:
        PeerError: `json-strict`.
    """
    _scan((part,), _LONG.get(group, _SHORT_ONLY))


def _scan(part: Any, long: frozenset[str]) -> None:
    """Refuse characters in all text of a part; `long` names its fields of long text.

    What is printable holds none of the refused characters, which settles most text at once.
    """
    if part.__class__ is dict:
        for name, item in part.items():
            if item.__class__ is str:
                if not item.isprintable():
                    _check(item, NOT_IN_TEXT if name in long else NOT_IN_LINE)
            elif item.__class__ in _CONTAINERS:
                _scan(item, long)
        return
    for item in part:
        if item.__class__ is str:
            if not item.isprintable():
                _check(item, NOT_IN_LINE)
        elif item.__class__ in _CONTAINERS:
            _scan(item, long)


def _check(text: str, refused: re.Pattern[str]) -> None:
    if refused.search(text):
        raise PeerError("json-strict", "a character that is not allowed in this field")


def check_numbers(message: Any) -> None:
    """Attachments are numbered 1, 2, 3 in order, and a key opens one that is described.

    Raises:
        PeerError: `payload-schema`.
    """
    described = getattr(message, "attachments", ())
    if described and any(item.n != n for n, item in enumerate(described, start=1)):
        raise PeerError("payload-schema", "attachments are numbered from 1 in order")
    keys = getattr(message, "attachment_keys", msgspec.UNSET)
    if keys is not msgspec.UNSET and any(int(n) > len(described) for n in keys):
        raise PeerError("payload-schema", "a key for an attachment that is not described")


def is_of(name: str, groups: Collection[str]) -> bool:
    """Whether a disclosure, by its name on the wire, holds one of these groups."""
    return name in groups or (KEYS in groups and name.startswith(KEY_PREFIX))
