"""Which firearms of a request a message speaks of."""

from __future__ import annotations

from tracer.model.messages import AnyMessage, Feedback


def lines_of(message: AnyMessage) -> tuple[int, ...]:
    """Numbers of the lines a message speaks of, sorted; empty means all, or none in particular.

    Counted are the lines named, answered, described or dropped.
    """
    found: set[int] = {firearm.line for firearm in getattr(message, "firearms", ())}
    found |= {answer.line for answer in getattr(message, "answers", ())}
    found.update(getattr(message, "dropped", ()))
    if isinstance(message, Feedback):
        found |= {item.line for item in message.lines}
    else:
        found.update(getattr(message, "lines", ()))
    return tuple(sorted(found))
