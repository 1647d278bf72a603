"""Program: check a node as `tracer verify --data` does, and print the processor seconds it took.

python -m tests.bench.checking FOLDER PROCESSES

It is a program of its own, and imports as late as the command does: each process that a check
starts loads first what the program that started it has loaded at its top, and the benchmark is
more to load than the check.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path


def processor() -> float:
    """Seconds of processor time of this process and those it started and that have ended.

    What else the machine does is not in it; floors are measured in the same way.
    """
    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


async def main(folder: Path, processes: int) -> float:
    """Processor seconds of a check of the node, the processes that it starts included.

    Raises:
        RuntimeError: the check found a fault, so that its time says nothing.
    """
    from tests.bench.stage import rooms_of  # noqa: PLC0415 # see above
    from tracer.node.check.whole import verify  # noqa: PLC0415 # see above

    async with rooms_of(folder) as rooms:
        begun = processor()
        found = await verify(rooms, lambda *_: None, processes=processes)
        spent = processor() - begun
    if found.faults:
        raise RuntimeError(f"the run is void: {found.faults[0]}")
    return spent


if __name__ == "__main__":
    print(asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]))))  # noqa: T201 # the parent reads it
