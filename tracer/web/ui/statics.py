"""Files that never change under their name: stylesheet, script, pictures.

Those of this room, and those that drawn pictures need. Each is read once, named by the beginning of
its SHA-256, packed once, and served for a year. A changed file has another name, so no reader ever
mixes an old stylesheet with a new page.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import Final

from tracer.web.pictures import packaged

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Kinds of files that are served; anything else in the folder is not."""
_NAMED_BY: Final = 12


@dataclass(frozen=True, slots=True)
class Static:
    """One file as it is served."""

    name: str
    kind: str
    plain: bytes
    packed: bytes


class Statics:
    """All of them, by the name they are served under; those of the pictures are among them."""

    def __init__(self) -> None:
        self._files: dict[str, Static] = {}
        self._names: dict[str, str] = {}
        for file in (resources.files("tracer.web.ui") / "static").iterdir():
            if file.name.endswith(tuple(TYPES)):
                self._add(file.name, file.read_bytes())
        for name, plain in packaged().items():
            self._add(name, plain)

    def _add(self, name: str, plain: bytes) -> None:
        stem, _, ending = name.rpartition(".")
        served = f"{stem}.{sha256(plain).hexdigest()[:_NAMED_BY]}.{ending}"
        packed = gzip.compress(plain, mtime=0)
        self._files[served] = Static(served, TYPES[f".{ending}"], plain, packed)
        self._names[name] = served

    def path(self, file: str) -> str:
        """The address of a file of the folder.

        Raises:
            KeyError: there is no such file.
        """
        return f"/static/{self._names[file]}"

    def get(self, name: str) -> Static | None:
        """The file that is served under a name."""
        return self._files.get(name)
