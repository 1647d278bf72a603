"""A bounded cache that two threads may use without a lock.

Two generations: what is read moves to the young one; when that is full it becomes the old one and
the old one is dropped. That keeps at least the `capacity` entries used last and at most twice as
many. Rejected: an ordered dictionary; its reordering needs a lock between the write lane and the
readers, plain dictionary reads and writes do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Holds immutable values that are committed; the caller never puts anything else."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: K) -> V | None:
        """The value, or None if it is not held."""
        value = self._young.get(key)
        if value is None:
            value = self._old.get(key)
            if value is not None:
                self._young[key] = value
        return value

    def put(self, values: Mapping[K, V]) -> None:
        """Hold committed values."""
        self._young.update(values)
        if len(self._young) > self._capacity:
            self._old, self._young = self._young, {}

    def drop(self, key: K) -> None:
        """Forget one value, for ever if nobody puts it again."""
        self._young.pop(key, None)
        self._old.pop(key, None)
