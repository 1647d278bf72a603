"""What came or went by another way: signed by us, its row as it was signed, its original whole.

That somebody entered it, and who compared it with the original, is held against the acts (`desk`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from tracer.canonical import b64url
from tracer.envelope.sdjwt import SignedMessage
from tracer.errors import OperatorError, PeerError
from tracer.exchange.outside.course import Entry
from tracer.exchange.outside.statement import Stated, verified
from tracer.model.ids import is_outside
from tracer.node.check.findings import Faults, Keys
from tracer.store import Tx
from tracer.store.account_rows import TranscriptRow
from tracer.store.rows import ThreadRow


def entered_in(
    tx: Tx, row: ThreadRow, rows: Sequence[TranscriptRow], keys: Keys, faults: Faults
) -> list[Entry]:
    """What was entered in a thread, checked; what does not verify states nothing."""
    found: list[Entry] = []
    for one in rows:
        said: Stated | None = None
        with faults.unreadable(one.id):
            said, wrong = _read(one, row, keys)
            faults.add_all(one.id, wrong)
            faults.add_all(one.id, _original(tx, one, said))
        found.append(Entry(one, said))
    return found


def counted_in(row: ThreadRow, entered: Sequence[Entry]) -> list[str]:
    """What was entered that counts as messages of a State that has no node."""
    if not is_outside(row.peer):
        return []
    return [one.row.id for one in entered if one.stated is None or _comes(one.stated)]


def begun(row: ThreadRow, entered: Sequence[Entry]) -> Iterator[str]:
    """When and by whom a thread was opened that something entered opened."""
    first = next((one for one in entered if one.row.id == row.id), None)
    if first is None:
        return
    if row.created != first.row.at:
        yield f"it was opened at {first.row.at}, and is kept as of {row.created}"
    message = first.stated.message if first.stated else None
    if row.opener != "peer" or (message is not None and message.test != row.test):
        yield "who opened it, or whether it is a test, is another than was signed"


def _comes(said: Stated) -> bool:
    return said.message is not None and said.statement.direction == "in"


def _read(one: TranscriptRow, row: ThreadRow, keys: Keys) -> tuple[Stated | None, list[str]]:
    """What a row states, and how the row differs from it."""
    if not one.opens:
        return None, ["it does not open in its place: it was changed"]
    if not one.jws:
        gone = ["its content is gone, and its thread was not deleted"]
        return None, [] if row.purged else gone
    try:
        signed = SignedMessage.of(one.jws, one.disclosures)
        kid, said = verified(signed, keys=keys.verify)
    except PeerError as error:
        return None, [f"it does not verify: {error.message}"]
    told = said.statement
    wanted = {
        "id": (one.id, signed.id),
        "author": (one.author, told.entered_by),
        "instant": (one.at, told.entered_at),
        "thread": (one.thread, told.thread or one.id),
        "counterpart": (row.peer, told.counterpart),
        "signer": (told.authority, keys.signing[kid][0]),
    }
    return said, [
        f"its {name} is kept as {kept!r} and was signed as {found!r}"
        for name, (kept, found) in wanted.items()
        if kept != found
    ]


def _original(tx: Tx, one: TranscriptRow, said: Stated | None) -> Iterator[str]:
    """The bytes of the original against the digest that was signed."""
    wanted = said.statement.original if said is not None else None
    if not one.whole:
        if wanted and said is not None and not said.missing:
            yield "the original that it states is gone, and nothing of it was erased"
        return
    try:
        data = tx.transcripts.original(one.thread, one.number)
    except OperatorError:
        data = None
    if data is None:
        yield "its original does not open: it was changed"
    elif wanted and (len(data), b64url(sha256(data).digest())) != (wanted.size, wanted.digest):
        yield "its original is not the one that was signed for"
    elif said is not None and not wanted:
        yield "no original was signed for, and one is kept"
