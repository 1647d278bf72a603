"""Python's collector of garbage in circles: kept from what is loaded, and from what makes none.

Every message is hundreds of objects that live a while and never form a circle. Looking through all
of them, and through all that a program has loaded, again and again took a tenth of a receiver's
time and a twentieth of a check's.

Example:
    >>> set_apart()
    >>> gc.get_freeze_count() > 0
    True
"""

from __future__ import annotations

import gc
from threading import Event
from typing import Final

SERVING = (50_000, 20, 50)
"""Objects made, and rounds of the younger generations, before Python looks for garbage."""
_APART: Final = Event()
"""What is loaded is set apart. To ask Python for it counts every object that is."""


def spare_collector() -> None:
    """In a node that serves: look seldom, and never among what is loaded by now."""
    gc.collect()
    gc.freeze()
    _APART.set()
    gc.set_threshold(*SERVING)


def set_apart() -> None:
    """In a program that does one thing and ends: never look among what is loaded by now."""
    if not _APART.is_set():
        _APART.set()
        gc.freeze()
