"""Bounded text types of the wire. Lengths are in characters (code points).

`Line` and `Name` are short fields: one line, no control and no bidirectional override characters.
`Text` is long text, with line feed and tab; it stands only in the groups `narrative` (`summary`,
`circumstances`) and `free_text` (`text`). `wire` enforces the characters; the lengths and patterns
here are in the types.
"""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

NameText = Annotated[str, Meta(max_length=100)]
"""A short field: a number, a name, a mark."""
Line = Annotated[str, Meta(max_length=300)]
"""A short field of one sentence."""
Text = Annotated[str, Meta(max_length=20_000)]
"""Long text; only in the groups `narrative` and `free_text`."""

Country = Annotated[
    str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2, user-assigned codes included")
]
LanguageTag = Annotated[
    str, Meta(max_length=16, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$", description="BCP 47")
]
Script = Annotated[str, Meta(pattern="^[A-Z][a-z]{3}$", description="ISO 15924")]
_YEAR = "[1-9][0-9]{3}"
_DATE = (
    f"({_YEAR}-("
    "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))"
    "|([1-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)-02-29)"
)
"""Every day of the calendar from year 1000 on and no other, so that the schema alone can tell."""
_INSTANT = f"{_DATE}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{{3}}Z"
Instant = Annotated[str, Meta(pattern=f"^{_INSTANT}$", description="UTC to the millisecond")]
Moment = Annotated[
    str, Meta(pattern=f"^({_INSTANT})?$", description="UTC to the millisecond; empty: not (yet)")
]
Day = Annotated[str, Meta(pattern=f"^{_DATE}$", description="calendar day, ISO 8601")]
PartialDate = Annotated[
    str,
    Meta(
        pattern=f"^({_YEAR}(-(0[1-9]|1[0-2]))?|{_DATE})$",
        description="day, month or year, ISO 8601; as precise as it is long",
    ),
]
Digest = Annotated[
    str, Meta(pattern="^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$", description="base64url of 32 bytes")
]
MediaType = Annotated[
    str, Meta(max_length=100, pattern="^[a-z]+/[a-z0-9][a-z0-9.+-]*$", description="RFC 6838")
]

NOT_IN_LINE = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)
"""Characters refused in short fields: controls, line separators, bidirectional overrides."""
NOT_IN_TEXT = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
"""Characters refused in long text: controls other than tab and line feed."""


def is_plain(json: bytes) -> bool:
    """Tell of JSON from its bytes alone that no refused character stands anywhere in it.

    A control below U+0020 or half a surrogate pair stands in JSON as an escape only, the others
    begin with one of three bytes in UTF-8. What is not plain may still hold nothing refused.
    """
    return not (b"\\" in json or b"\x7f" in json or b"\xc2" in json or b"\xe2" in json)
