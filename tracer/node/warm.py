"""Every form that is decoded is made known to its decoder before there are threads.

msgspec learns the fields of a class when it is first decoded, and (0.22) shows the class to other
threads while it is still learning: two threads that decode a form for the first time at one moment
end the whole process with a fault of memory. A node that starts under load, when peers have waited
for it, does exactly that. So all forms are learnt here, in one thread, before the store opens its
own; afterwards they are only read.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Struct


def learn_forms() -> int:
    """Let the decoder learn all forms that are defined by now; how many there are."""
    count = 0
    for form in _below(Struct):
        if not form.__module__.startswith("tracer."):
            continue
        msgspec.json.Decoder(form)
        count += 1
    return count


def _below(form: type[Struct]) -> Iterator[type[Struct]]:
    for one in form.__subclasses__():
        yield one
        yield from _below(one)
