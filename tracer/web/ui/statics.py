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
    """All of them, by the name they are served under."""

    def __init__(self) -> None:
        self._files: dict[str, Static] = {}
        self._names: dict[str, str] = {}
        folder = (resources.files("tracer.web.ui") / "static").iterdir()
        for given, plain in (
            *((one.name, one.read_bytes()) for one in folder),
            *packaged().items(),
        ):
            stem, dot, ending = given.rpartition(".")
            kind = TYPES.get(f"{dot}{ending}")
            if kind is None:
                continue
            name = f"{stem}.{sha256(plain).hexdigest()[:_NAMED_BY]}.{ending}"
            self._files[name] = Static(name, kind, plain, gzip.compress(plain, mtime=0))
            self._names[given] = name

    def path(self, file: str) -> str:
        """The address of a file of the folder.

        Raises:
            KeyError: there is no such file.
        """
        return f"/static/{self._names[file]}"

    def get(self, name: str) -> Static | None:
        """The file that is served under a name."""
        return self._files.get(name)
