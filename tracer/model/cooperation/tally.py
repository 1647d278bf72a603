"""Many requests added up, exactly, in a form that needs none of them again.

Of each figure a tally keeps how many requests count from the beginning, and the sorted instants at
which others begin or cease to; of each time, the sorted minutes themselves. So two tallies merge
into that of the union in any order and grouping, a request can be taken out again, and the figures
at any instant are found by bisection.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Self

from msgspec import Struct

from tracer.model.cooperation.facts import Facts
from tracer.model.cooperation.marks import marks, times


class Count(Struct, frozen=True, omit_defaults=True, array_like=True):
    """How often one figure was begun: `always`, or at instants; and the instants it ceased."""

    always: int = 0
    begins: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    def at(self, now: int) -> int:
        """How many count at `now`, in milliseconds since 1970."""
        return self.always + bisect_left(self.begins, now) - bisect_left(self.ends, now)


class Tally(Struct, frozen=True, omit_defaults=True):
    """Requests added up: counts by figure, minutes by what they are the time of."""

    counts: Mapping[str, Count] = {}
    minutes: Mapping[str, tuple[int, ...]] = {}

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
            {n: Count(always[n], _sorted(begins.get(n)), _sorted(ends.get(n))) for n in names},
            {name: _sorted(found) for name, found in sorted(minutes.items())},
        )

    @classmethod
    def merged(cls, tallies: Iterable[Tally]) -> Self:
        """The tally of all requests of these."""
        found = list(tallies)
        names = sorted({name for tally in found for name in tally.counts})
        kinds = sorted({name for tally in found for name in tally.minutes})
        return cls(
            {name: _merged([t.counts[name] for t in found if name in t.counts]) for name in names},
            {name: _sorted(chain(*(t.minutes.get(name, ()) for t in found))) for name in kinds},
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
        counts = {
            name: _without(count, gone.counts.get(name, Count()))
            for name, count in self.counts.items()
        }
        minutes = {
            name: _less(took, gone.minutes.get(name, ())) for name, took in self.minutes.items()
        }
        if not (gone.counts.keys() <= counts.keys() and gone.minutes.keys() <= minutes.keys()):
            raise ValueError("this request is not part of the tally")
        return Tally(
            {name: count for name, count in counts.items() if count != Count()},
            {name: took for name, took in minutes.items() if took},
        )


def _merged(counts: list[Count]) -> Count:
    if len(counts) == 1:
        return counts[0]
    return Count(
        sum(count.always for count in counts),
        _sorted(chain(*(count.begins for count in counts))),
        _sorted(chain(*(count.ends for count in counts))),
    )


def _without(count: Count, gone: Count) -> Count:
    if count.always < gone.always:
        raise ValueError("this request is not part of the tally")
    return Count(
        count.always - gone.always,
        _less(count.begins, gone.begins),
        _less(count.ends, gone.ends),
    )


def _less(values: tuple[int, ...], gone: tuple[int, ...]) -> tuple[int, ...]:
    """Sorted values without some of them."""
    if not gone:
        return values
    left = list(values)
    for value in gone:
        left.remove(value)
    return tuple(left)


def _sorted(values: Iterable[int] | None) -> tuple[int, ...]:
    return tuple(sorted(values or ()))
