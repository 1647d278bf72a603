"""What is searched counts as it looks: cases in which something unseen stands are read anew."""

from __future__ import annotations

import re
from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_KEPT: Final = (("case_word", "word"), ("firearm", "serial"), ("firearm", "family"))
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U00013430-\U0001343f\U00016fe4\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""`model.unseen` as it was when this was written."""


def upgrade() -> None:
    """Make them due: whoever looks at their clocks writes the words and serials of each anew.

    A make or a serial in two words because of something unseen between them holds nothing unseen
    itself; the whole of it does, which is a word as well.
    """
    conn = op.get_bind()
    threads = {
        thread
        for table, column in _KEPT
        for thread, text in conn.execute(sa.text(f"SELECT thread, {column} FROM {table}"))  # noqa: S608 # names of ours
        if not text.isascii() and _UNSEEN.search(text)
    }
    if threads:
        due = sa.text("UPDATE clock SET at = '1970-01-01T00:00:00.000Z' WHERE thread = :thread")
        conn.execute(due, [{"thread": thread} for thread in sorted(threads)])


def downgrade() -> None:
    """Nothing: what was written follows from the messages."""
