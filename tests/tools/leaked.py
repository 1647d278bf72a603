"""Makes the set of leaked passwords anew: `python -m tests.tools.leaked LIST`.

LIST is a text of UTF-8, one password a line, the most frequent first. Those that are long enough go
into the set; `tracer.casework.accounts.leaked` says where the list came from that is in use.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tracer.casework.accounts.leaked import SET, made_of
from tracer.casework.accounts.rules import LONGEST, SHORTEST
from tracer.trust.password import one_form


def main() -> int:
    """Write the set; say how many are in it."""
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    fit = [line for line in lines if SHORTEST <= len(one_form(line)) <= LONGEST]
    SET.write_bytes(made_of(fit))
    print(f"{len(fit)} of {len(lines)} are long enough; the set has {SET.stat().st_size} bytes")  # noqa: T201 - a command
    return 0


if __name__ == "__main__":
    sys.exit(main())
