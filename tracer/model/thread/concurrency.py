"""The normative table for messages that crossed: which type stands first.

Two messages crossed when neither author had seen the other's. The table is keyed by the unordered
pair of types, so it is commutative by construction. A pair that is not in the table is independent:
no rule of the fold asks for its order. Same in `schemas/fold.md`; a test compares them.

Example:
    >>> first_of("amend", "result"), first_of("result", "amend"), first_of("reminder", "result")
    ('result', 'result', None)
"""

from __future__ import annotations

from itertools import product
from types import MappingProxyType
from typing import Final

ANSWERS: Final = frozenset({"result", "no-record", "unidentifiable", "restricted", "refused"})
"""Types that settle a line."""
HOLDS: Final = frozenset({"more-info", "delayed", "conditions-proposed"})
"""Types that hold a line."""
DETERMINATIONS: Final = ANSWERS | HOLDS | {"interim"}
"""Types that say where a line stands."""

ROWS: Final[tuple[tuple[frozenset[str], frozenset[str], str], ...]] = (
    (
        ANSWERS,
        frozenset({"amend", "correction"}),
        "the answer was given to the request as it stood before: what is changed is open again",
    ),
    (
        frozenset({"amend", "correction"}),
        frozenset({"more-info"}),
        "a change written without knowing the question does not answer it",
    ),
    (
        ANSWERS,
        frozenset({"withdraw"}),
        "the answer stays on the file, and the request is withdrawn",
    ),
    (
        frozenset({"feedback"}),
        ANSWERS | {"interim", "amend", "correction", "recall"},
        "what the closing side had not seen opens the thread again",
    ),
    (
        frozenset({"clarify-ground"}),
        ANSWERS,
        "a new answer makes the question about the older ground void",
    ),
    (
        frozenset({"progress-enquiry"}),
        DETERMINATIONS | {"referral"},
        "news that crossed the enquiry answers it",
    ),
)
"""Types that stand first, types that stand second, and why."""

TABLE: Final = MappingProxyType(
    {
        frozenset({first, second}): first
        for firsts, seconds, _ in ROWS
        for first, second in product(firsts, seconds)
    }
)
"""The type that stands first, by unordered pair of types."""


def first_of(one: str, other: str) -> str | None:
    """The type that stands first when the two crossed; None when their order means nothing."""
    return TABLE.get(frozenset({one, other}))
