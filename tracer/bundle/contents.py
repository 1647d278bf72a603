"""The files of an opened bundle: read one at a time, when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tracer.bundle.window import Sums, Window


@dataclass(frozen=True)
class Contents(Mapping[str, bytes]):
    """Files by name, in order; a value is read from the bundle each time."""

    windows: Mapping[str, Window]
    sums: Mapping[str, Sums] = field(default_factory=dict)
    """Of every file: it was read once when the bundle was opened."""

    def __getitem__(self, name: str) -> bytes:
        return self.windows[name].whole()

    def __iter__(self) -> Iterator[str]:
        return iter(self.windows)

    def __len__(self) -> int:
        return len(self.windows)

    def folder(self, folder: str) -> Contents:
        """Those in one folder."""
        begin = f"{folder}/"
        within = {name: one for name, one in self.windows.items() if name.startswith(begin)}
        return Contents(within, self.sums)

    def without(self, names: frozenset[str]) -> Contents:
        """All but these."""
        return Contents({n: one for n, one in self.windows.items() if n not in names}, self.sums)
