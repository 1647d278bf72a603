"""Many requests added up, exactly, in a form that needs none of them again.

Of each figure a tally keeps how many requests count from the beginning, and the sorted instants at
which others begin or cease to; of each time, the sorted minutes themselves. So two tallies merge
into that of the union in any order and grouping, a request can be taken out again, and the figures
at any instant are found by bisection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Self

from msgspec import Struct

from tracer.model.cooperation.facts import Facts
from tracer.model.cooperation.marks import marks, times
from tracer.model.cooperation.packing import below, pack, unpack


class Count(Struct, frozen=True, omit_defaults=True, array_like=True):
    """How often one figure was begun: `always`, or at instants; and the instants it ceased.

    Instants are packed milliseconds since 1970 (`packing`).
    """

    always: int = 0
    begins: bytes = b""
    ends: bytes = b""

    def at(self, now: int) -> int:
        """How many count at `now`, in milliseconds since 1970."""
        return self.always + below(self.begins, now) - below(self.ends, now)


class Tally(Struct, frozen=True, omit_defaults=True):
    """Requests added up: counts by figure, packed minutes by what they are the time of."""

    counts: Mapping[str, Count] = {}
    minutes: Mapping[str, bytes] = {}

    @classmethod
    def of(cls, requests: Iterable[Facts]) -> Self:
        """Add up requests."""
        always: Counter[str] = Counter()
        begins: dict[str, list[int]] = {}
        ends: dict[str, list[int]] = {}
        minutes: dict[str, list[int]] = {}
        for facts in requests:
            for name, after, until in marks(facts):
                if after is None:
                    always[name] += 1
                else:
                    begins.setdefault(name, []).append(after)
                if until is not None:
                    ends.setdefault(name, []).append(until)
            for name, took in times(facts):
                minutes.setdefault(name, []).append(took)
        names = sorted({*always, *begins})
        return cls(
            {n: Count(always[n], pack(begins.get(n, ())), pack(ends.get(n, ()))) for n in names},
            {name: pack(found) for name, found in sorted(minutes.items())},
        )

    @classmethod
    def merged(cls, tallies: Iterable[Tally]) -> Self:
        """The tally of all requests of these."""
        found = list(tallies)
        names = sorted({name for tally in found for name in tally.counts})
        kinds = sorted({name for tally in found for name in tally.minutes})
        return cls(
            {name: _merged([t.counts[name] for t in found if name in t.counts]) for name in names},
            {name: _joined(t.minutes.get(name, b"") for t in found) for name in kinds},
        )

    def add(self, facts: Facts) -> Tally:
        """With one more request."""
        return Tally.merged((self, Tally.of((facts,))))

    def remove(self, facts: Facts) -> Tally:
        """Without a request that is among those added up.

        Raises:
            ValueError: it is not, as far as can be told.
        """
        gone = Tally.of((facts,))
        if not (gone.counts.keys() <= self.counts.keys()) or not (
            gone.minutes.keys() <= self.minutes.keys()
        ):
            raise ValueError("this request is not part of the tally")
        counts = {n: _without(c, gone.counts.get(n, Count())) for n, c in self.counts.items()}
        minutes = {n: _less(took, gone.minutes.get(n, b"")) for n, took in self.minutes.items()}
        return Tally(
            {name: count for name, count in counts.items() if count != Count()},
            {name: took for name, took in minutes.items() if took},
        )


def _merged(counts: list[Count]) -> Count:
    return Count(
        sum(count.always for count in counts),
        _joined(count.begins for count in counts),
        _joined(count.ends for count in counts),
    )


def _joined(parts: Iterable[bytes]) -> bytes:
    return pack(chain.from_iterable(unpack(part) for part in parts if part))


def _without(count: Count, gone: Count) -> Count:
    if count.always < gone.always:
        raise ValueError("this request is not part of the tally")
    return Count(
        count.always - gone.always,
        _less(count.begins, gone.begins),
        _less(count.ends, gone.ends),
    )


def _less(packed: bytes, gone: bytes) -> bytes:
    """Numbers without some of them."""
    left = list(unpack(packed))
    for value in unpack(gone):
        left.remove(value)
    return pack(left)
