"""The message that is measured: a small, realistic request whose signed payload is about 2 KB.

One pistol with its serial and one seizure, contact, place and a short narrative: what an officer
writes for an ordinary case. The example request of the tests is twice as long.
"""

from __future__ import annotations

import os

import msgspec

from tests.examples import PISTOL, REQUEST
from tracer.canonical import b64url
from tracer.clock import stamp
from tracer.model.messages import Request
from tracer.node.rooms import Rooms

_SERIAL = msgspec.structs.replace(PISTOL.marks[0], photos=())
_FIREARM = msgspec.structs.replace(
    PISTOL,
    marks=(_SERIAL,),
    condition=msgspec.UNSET,
    finish=msgspec.UNSET,
    photos=(),
)
_RECOVERY = msgspec.structs.replace(
    REQUEST.recoveries[0],
    found_with=(),
    concealment=msgspec.UNSET,
    transport=msgspec.UNSET,
    route=msgspec.UNSET,
)


def small_request(sender: Rooms, recipient: str) -> Request:
    """A new request to `recipient`, with a nonce of its own."""
    return msgspec.structs.replace(
        REQUEST,
        sender=sender.authority,
        recipient=recipient,
        terms=sender.cell.get().peer(recipient).terms_digest,
        issued=stamp(sender.clock.now()),
        nonce=b64url(os.urandom(16)),
        firearms=(_FIREARM,),
        recoveries=(_RECOVERY,),
        domestic_work=msgspec.UNSET,
        references=(),
        intended_use=REQUEST.intended_use[:1],
        also_sent_to=(),
        standing_until=msgspec.UNSET,
        investigation=msgspec.UNSET,
        attachments=(),
        attachment_keys=msgspec.UNSET,
        persons=msgspec.UNSET,
    )
