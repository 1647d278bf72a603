"""The two files that pages with pictures need; whoever serves pages serves them as they are."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

STYLESHEET: Final = "pictures.css"
MAP: Final = "world.svg"
"""The ground of the map: about 64 kB, 25 kB packed; wanted only where a map is shown."""


def packaged() -> Mapping[str, bytes]:
    """The bytes of `STYLESHEET` and `MAP`, by name."""
    room = files("tracer.web.pictures")
    return MappingProxyType(
        {
            STYLESHEET: room.joinpath(STYLESHEET).read_bytes(),
            MAP: room.joinpath("data", MAP).read_bytes(),
        }
    )
