"""What people work with, built once over a node's rooms: casework, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.node.rooms import Rooms


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The rooms of a node and the casework over them."""

    rooms: Rooms


def open_desk(rooms: Rooms) -> Desk:
    """Build the casework of a node; nothing is started and nothing needs closing."""
    return Desk(rooms=rooms)
