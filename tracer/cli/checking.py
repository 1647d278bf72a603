"""What `tracer verify --data` and `tracer store verify` show of a check of a node."""

from __future__ import annotations

from pathlib import Path

from tracer.cli.asking import ask
from tracer.cli.context import Globals
from tracer.cli.exits import Exit
from tracer.cli.output import note, show, show_json


def check_folder(common: Globals, folder: Path, others: tuple[Path, ...] = ()) -> int:
    """Check a node and print what holds and what does not; 1 if something does not."""
    from dataclasses import replace

    found = ask(replace(common, data_dir=folder), "store.verify", acts=False)
    del others
    if common.output == "json":
        show_json(found)
        return Exit.FAILURE if found["faults"] else Exit.OK
    show(
        [
            {"checked": "logs, hashed again from their records", "number": found["logs"]},
            {"checked": "records", "number": found["records"]},
            {"checked": "messages, each against its id and our log", "number": found["messages"]},
            {"checked": "receipts of other authorities", "number": found["receipts"]},
            {"checked": "proofs that came with messages", "number": found["proofs"]},
        ],
        common.output,
    )
    if found["faults"]:
        show(found["faults"], common.output, title="What does not hold")
    else:
        note("Everything holds.")
    return Exit.FAILURE if found["faults"] else Exit.OK
