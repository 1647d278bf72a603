"""What every part of a message is made of: frozen, closed, and no garbage to look for.

What a message holds is text, numbers and further parts, all frozen: nothing in it can lead back to
itself, so Python's collector need not follow it. A node keeps thousands of decoded messages of some
sixty parts each; without this it walks through them all again and again.

What it does not do: say which fields may be disclosed (`wire`), or judge them (`lint`).

Example:
    >>> class Place(Part, frozen=True, kw_only=True):
    ...     town: str = ""
"""

from __future__ import annotations

from msgspec import Struct


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Base of the messages and of all that they hold. An unknown field is refused."""
