"""Cooperation: what became of requests, counted from receipted messages and never declared.

Two nodes that hold the same receipted messages and the same terms compute the same figures about
each other: what A counts of its requests to B is what B counts of A's requests to it. The way
through, in one file each:

1. `facts`    what counts of one request: coded, non-personal, with the messages that prove it
2. `marks`    under which figures these facts stand, from when, until when
3. `tally`    many requests added up, in a form that can be merged, undone and read at any instant
4. `figures`  what is shown of a peer: counts, times, months

Rules:
    1. Requests are counted, one thread each. A thread marked as a test and one of information given
       without being asked are counted nowhere; nor is one with a State that has no node.
    2. What has no receipt is not counted. A month is the UTC month of the receipt of the request.
    3. A *clock* is one of `acknowledge`, `first-answer`, `final-answer` of PROTOCOL.md, 19.1. Lines
       and rounds have their own final answer; the request stands where its worst clock stands:
       passed for good (given up after its end), then running, paused, met late, met, waived. It is
       `awaited` until the first end of those that run, after that `passed`. When nothing runs, all
       that is paused has lapsed and nothing was met, it is waived. Without a target: `no-target`.
    4. *Times*, in whole minutes begun and over: to acknowledge, from the receipt of the request to
       that of the first acknowledgement or determination; to the first answer, to that of the first
       answer or interim reply; to answer, the longest of the rounds, from when the line was asked
       about to when it was settled, once no round is open. Holds and nights are not taken out.
       Two clocks make a time: one that would be negative is 0.
    5. Median and 90th percentile are nearest-rank: of n times in order, number ceil(n/2) and number
       ceil(9n/10), counted from 1.
    6. *Kind*: when no round is open and one was settled, the type that settled the lines; `mixed`
       if they differ. A line given up has none.
    7. *Grounds*: a request counts once under each ground that a standing refusal, delay or
       restriction states, under `not-stated` if one states none. What was recalled or ignored does
       not count.
    8. *Open*: a line is not settled (fold.md), and not every such line waits for information that
       has lapsed. Its age is that of the oldest line or round that is open, in whole days of 24
       hours: 0 to 7, 8 to 30, 31 to 90, more.
    9. *Now* enters only when a figure is read: `passed`, lapsed and ages follow from instants that
       the facts hold.

What it does not do: rank States, weigh figures, or show those of two States to a third.

Decision: a tally keeps the instants at which something changes by itself, beside what is settled.
Rejected: walking through all open requests for each reading; a peer that never answers would make
the page slow, which is the peer whose page matters.

Example:
    >>> facts = facts_of(events, terms)
    >>> figures({facts.month: Tally.of([facts])}, now).counts["acknowledged.in-time"]
    1
"""

from tracer.model.cooperation.facts import NOT_STATED, Act, Clocked, Facts, facts_in, facts_of
from tracer.model.cooperation.figures import Figures, Month, Spread, figures
from tracer.model.cooperation.marks import NAMES, TIMES, Mark, counted, marks, month_of
from tracer.model.cooperation.tally import Count, Tally

__all__ = [
    "NAMES",
    "NOT_STATED",
    "TIMES",
    "Act",
    "Clocked",
    "Count",
    "Facts",
    "Figures",
    "Mark",
    "Month",
    "Spread",
    "Tally",
    "counted",
    "facts_in",
    "facts_of",
    "figures",
    "marks",
    "month_of",
]
