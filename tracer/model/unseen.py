r"""Characters that are not seen, or that turn the order of what is seen: one definition for all.

Two serials that look alike and are not the same are two firearms to a machine and one to a reader.
So whoever shows a text of other people shows these by their numbers: pages, pictures, the command
line. `REFUSED` are those that no form takes; the others are kept, because some have their place in
a script (a variation of a Mongolian letter, a colour of an emoji), and shown. The wire has a rule
of its own (`text.NOT_IN_LINE`), which is PROTOCOL's.

A joiner is let be between letters of the scripts that are written with it, and in an emoji; after
anything else, as in a serial, it only hides.

Where texts are compared (serials, makes, calibres, words of a search), they count as they look:
`as_seen`.

What it does not do: tell letters apart that look alike (`serials` does, for serials).

Example:
    >>> numbered("A\u200bB"), numbered("A\u200dB"), numbered("\u0645\u06cc\u200c\u062e")
    ('A⟨U+200B⟩B', 'A⟨U+200D⟩B', 'می\u200cخ')
    >>> as_seen("KV\u200b12\u2800 34")
    'KV12  34'
"""

from __future__ import annotations

import re
from typing import Final

_REFUSED: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
REFUSED: Final = re.compile(f"[{_REFUSED}]")
"""Controls other than tab and line ends, and what overrides a direction."""
UNSEEN: Final = re.compile(
    f"[{_REFUSED}\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028\u2029"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f"
    "\U00016fe4\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's ignorable characters, its fillers and blanks that are letters, and `REFUSED`."""
_BLANK: Final = re.compile("[\u115f\u1160\u2028\u2029\u2800\u3164\uffa0]")
"""Those that take room, as a space does."""
_JOINERS: Final = "\u200c\u200d"
_JOINED: Final = re.compile(
    "[\u0590-\u10ff\u1780-\u18af\u1900-\u1cff\u2600-\u27bf\ufb1d-\ufdff\ufe70-\ufefc"
    "\U0001f000-\U0001faff]"
)
"""Scripts in which joiners are written, and emoji."""


def as_seen(text: str) -> str:
    """A text as it looks: what is not seen is not there, and what looks like a space is one."""
    if text.isascii() and text.isprintable():
        return text
    return UNSEEN.sub("", _BLANK.sub(" ", text))


def numbered(text: str, opening: str = "⟨", closing: str = "⟩") -> str:
    """A text in which nothing hides: each such character stands as its number."""
    if text.isascii() and text.isprintable():
        return text

    def shown(found: re.Match[str]) -> str:
        before = text[found.start() - 1 : found.start()]
        if found[0] in _JOINERS and _JOINED.match(before):
            return found[0]
        return f"{opening}U+{ord(found[0]):04X}{closing}"

    return UNSEEN.sub(shown, text)
