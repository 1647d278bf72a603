"""What `tracer verify --data` and `tracer store verify` show of a check of a node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tracer.cli.asking import ask
from tracer.cli.context import Globals
from tracer.cli.exits import Exit
from tracer.cli.files import lying
from tracer.cli.output import note, show, show_json
from tracer.errors import InputError


def check_folder(common: Globals, folder: Path, others: Iterable[Path] = ()) -> int:
    """Check a node and print what holds and what does not; 1 if something does not.

    Args:
        common: The options before the noun.
        folder: The node's data folder.
        others: Evidence files whose heads of our log must fit.
    """
    from dataclasses import replace

    notes = [text for path in others for text in _notes(path)]
    found = ask(replace(common, data_dir=folder), "store.verify", {"notes": notes}, acts=False)
    if common.output == "json":
        show_json(found)
        return Exit.FAILURE if found["faults"] else Exit.OK
    counts = (
        ("logs, hashed again from their records", "logs"),
        ("records", "records"),
        ("signed heads of logs, each with both signatures", "checkpoints"),
        ("messages, each with its signature, id and record", "messages"),
        ("receipts of other authorities", "receipts"),
        ("proofs that came with messages", "proofs"),
        ("acts of people, against the journal", "acts"),
        ("heads of our log in files of others", "memories"),
        ("threads whose figures wait for the clocks, not compared", "waiting"),
    )
    show([{"checked": words, "number": found[name]} for words, name in counts], common.output)
    tables = [
        {"table": t["name"], "rows": t["rows"], "judged": t["judged"]} for t in found["tables"]
    ]
    show(tables, common.output, title="Every table")
    if found["faults"]:
        show(found["faults"], common.output, title="What does not hold")
    else:
        note("Everything holds.")
    return Exit.FAILURE if found["faults"] else Exit.OK


def _notes(path: Path) -> Iterator[str]:
    """The signed heads in an evidence file; whose they are the node looks at."""
    from tracer.bundle.archive import ArchiveError, unpack
    from tracer.bundle.forms import MAX_FILE
    from tracer.bundle.layers import innermost

    try:
        members = unpack(innermost(lying(path))).members
    except ArchiveError as error:
        raise InputError("bundle-form", f"{path}: {error.where}: {error.what}") from error
    for one in members:
        if one.name.startswith(("checkpoints/", "cosigned/")) and one.content.size <= MAX_FILE:
            yield one.data.decode("utf-8", "replace")
