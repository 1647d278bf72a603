"""Pictures for pages: drawn from plain values, each with its words and its table.

Purpose
-------
Show what people would rather look at: a firearm with its marks in place, its way across States, a
case in time, deadlines, cooperation. Each function takes typed values and gives a `Picture`; the
page puts it where it belongs with `{{ picture.figure() }}`.

Rules
-----
1. Pure: no input or output but the map that is packaged here, no clock; `now` is an argument.
2. A picture is markup without script, style or address: what it looks like stands in `pictures.css`
   (classes and custom properties, light and dark), which the page includes.
3. Whatever somebody wrote is escaped, and controls and direction overrides in it are made visible
   (`svg`). A picture is safe for a page whoever the peer is.
4. Nothing is told by colour alone: each tone has its pattern or shape, and the words beside it
   (WCAG 2.2, 1.4.1); lines and shapes stand out from the ground by 3 to 1 (1.4.11).
5. Every picture has a title, a description in words, and a table with the same values (1.1.1).
6. Text direction: `Words.dir`. In `rtl` time runs from right to left; firearms and the map stay.
7. What is wide keeps its size and is scrolled in its own box, so that text stays readable at 320
   pixels; what shrinks has no text in it but numbers.

Where things are
----------------
| file | what |
| --- | --- |
| `svg` | elements and text, escaped |
| `picture` | `Picture`, `Table`, `Words`, and the words of this room |
| `outlines` | the drawings of firearms and parts, and where their marks stand |
| `cells` | a mark as boxes: read, not read, one of several |
| `firearm` | the firearm with its marks |
| `chain` | the way of a firearm across States as a line |
| `world` | the same on a map |
| `thread` | the messages of a case between two authorities |
| `deadlines` | terms as a line with today |
| `bars` | stacked and ageing bars, sparkline |
| `matrix` | State by month |
| `scale` | round numbers and days for a scale |
| `packaged` | the stylesheet and the map, to be served |

The map is made once by `tests/tools/world` (`data/README.md` names source and licence).

What it does not do
-------------------
Read the store, decide what a reader may see (whoever calls does), or translate: `Words.say` does.

Example:
    >>> picture = firearm(request.firearms[0], name="f1", words=Words())
    >>> picture.figure()
    Markup('<figure class="pic pic-firearm">...')
"""

from tracer.web.pictures.bars import Bar, Part, bars, sparkline
from tracer.web.pictures.chain import chain, gaps
from tracer.web.pictures.deadlines import Deadline, Pause, deadlines
from tracer.web.pictures.firearm import firearm
from tracer.web.pictures.matrix import Square, matrix
from tracer.web.pictures.packaged import packaged
from tracer.web.pictures.picture import Column, Picture, Table, Tone, Words
from tracer.web.pictures.thread import Sent, thread
from tracer.web.pictures.world import chain_map

__all__ = [
    "Bar",
    "Column",
    "Deadline",
    "Part",
    "Pause",
    "Picture",
    "Sent",
    "Square",
    "Table",
    "Tone",
    "Words",
    "bars",
    "chain",
    "chain_map",
    "deadlines",
    "firearm",
    "gaps",
    "matrix",
    "packaged",
    "sparkline",
    "thread",
]
