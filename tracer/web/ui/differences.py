"""What is different between two versions of a message, field by field, in the reader's words.

Both are laid out as labelled fields (`details`) and compared in their order: a mark that was taken
out is one difference, and the marks behind it, which have other numbers now, are none. Whom it is
for, its language and its files are compared as well; other fields of every message are not.

Example:
    >>> differences(page.speech, before, now)
    (Difference(where=('Firearm 1', 'Make'), before='Glok', now='Glock', mark=False),)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from markupsafe import Markup

from tracer.casework.papers.paper import Earlier
from tracer.model.attachments import Attachment
from tracer.model.messages import AnyMessage, type_of
from tracer.web.ui.details import Row, fields_of
from tracer.web.ui.filters import Speech, visible
from tracer.web.ui.texts import N_

Key = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: the groups it stands in and its own name, and what it said before and says now.

    An empty value: it was, or is, not said. `mark`: a text as it stands on the object.
    """

    where: tuple[str, ...]
    before: object
    now: object
    mark: bool = False


def since(
    speech: Speech,
    back: Earlier | None,
    now: AnyMessage | None,
    called: Mapping[str, Markup] | None = None,
) -> tuple[Difference, ...]:
    """The same from the version that was sent back; nothing where one of the two is not there."""
    if back is None or now is None:
        return ()
    return differences(speech, back.message(type_of(now)), now, called)


def differences(
    speech: Speech,
    before: AnyMessage,
    now: AnyMessage,
    called: Mapping[str, Markup] | None = None,
) -> tuple[Difference, ...]:
    """Everything that a reader of `now` would find different, in its order.

    `called`: what messages of the case are called, by id.
    """
    return tuple(_between(_whole(speech, before, called), _whole(speech, now, called), ()))


def _whole(
    speech: Speech, message: AnyMessage, called: Mapping[str, Markup] | None
) -> tuple[Row, ...]:
    nobody = message.recipient == message.sender
    to = "" if nobody else speech.authority(message.recipient)
    language = speech.language_name(message.language)
    files: Sequence[Attachment] = getattr(message, "attachments", ())
    return (
        *([Row(str(speech.say(N_("Whom to ask"))), to, group="recipient")] if to else ()),
        *fields_of(speech, message, called),
        *(_file(speech, one) for one in files),
        Row(str(speech.say(N_("Language of the words"))), language, group="language"),
    )


def _file(speech: Speech, one: Attachment) -> Row:
    """A file; which it is follows from its bytes, not from its number."""
    kind = speech.label(one.kind) if one.kind else one.media_type
    said = Row(str(speech.say(N_("What it shows"))), kind, group="kind")
    caption = Row(str(speech.say(N_("Caption"))), one.caption, group="caption")
    name = str(speech.say(N_("File %(n)s"), n=one.n))
    return Row(name, inner=(said, *([caption] if one.caption else ())), group=one.digest)


def _between(
    before: Sequence[Row], now: Sequence[Row], trail: tuple[str, ...]
) -> Iterator[Difference]:
    old, new = [_key(one) for one in before], [_key(one) for one in now]
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what != "equal":
            yield from _replaced(before[a:b], now[c:d], trail)


def _replaced(
    before: Sequence[Row], now: Sequence[Row], trail: tuple[str, ...]
) -> Iterator[Difference]:
    """Rows that stand in each other's place: those of one kind are compared."""
    groups = dict.fromkeys(row.group for row in (*now, *before))
    for group in groups:
        old = [row for row in before if row.group == group]
        new = [row for row in now if row.group == group]
        for one, other in zip_longest(old, new):
            yield from _pair(one, other, trail)


def _pair(one: Row | None, other: Row | None, trail: tuple[str, ...]) -> Iterator[Difference]:
    shown = other or one
    if shown is None or (one and other and _key(one) == _key(other)):
        return
    where = (*trail, shown.name)
    if one and other and one.inner and other.inner:
        yield from _between(one.inner, other.inner, where)
    else:
        before, now = _told(one) if one else "", _told(other) if other else ""
        yield Difference(where, before, now, mark=shown.mark)


def _key(row: Row) -> Key:
    """What a row says, whatever number it has among its like."""
    inner = tuple(_key(one) for one in row.inner)
    return (row.group, inner or str(row.value))


def _told(row: Row) -> object:
    """A value; of a group that came or went as a whole, all it says, a field a line."""
    if not row.inner:
        return visible(row.value) if isinstance(row.value, str) else row.value
    lines = (Markup("{}: {}").format(one.name, _told(one)) for one in row.inner)
    return Markup("\n").join(lines)
