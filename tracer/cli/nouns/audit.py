"""`tracer audit`: who did what, whether all of it is there, and acts with their proofs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.exits import Exit
from tracer.cli.output import note, show, show_json
from tracer.cli.particulars import more
from tracer.cli.verbs import Verbs
from tracer.cli.words import short, when
from tracer.wording import counted

_ID = 43
"""Characters of the id of a case; what else is acted on has a shorter name."""


@click.group(
    cls=Verbs,
    short_help="Show who did what, check that nothing is missing, hand it out with proof.",
)
def command() -> None:
    """Show who did what, check that nothing is missing, hand it out with proof.

    Every act has a leaf in the journal, this node's second log. It leaves the node only where
    somebody hands it out; its head enters the exchange log once an hour.
    """


@command.command("list")
@click.option("--subject", help="Only acts on this case, draft, person or authority.")
@click.option("--by", help="Only what this person did.")
@click.option("--act", help="Only this act: read-case, release, case-closed, ...")
@click.option("--since", help="From this day or instant (UTC) on: 2026-03-01 or 2026-03-01T12:00.")
@click.option("--until", help="Before this day or instant.")
@click.option("--before", type=int, help="Go on before this number.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Most rows."
)
@pass_globals
def list_(common: Globals, /, **given: Any) -> None:
    """List who did what, newest first; for supervisors and auditors.

    Acts on cases that one may not see are left out; an auditor of the authority sees all.

    \b
    Examples:
      tracer --actor auditor.one audit list --subject XA-2026-000001
      tracer --actor auditor.one audit list --act read-case --by officer.two --since 2026-03-01
    """
    if common.output == "json":
        show_json(ask(common, "audit.list", given))
        return
    limit = given["limit"]
    found = ask(common, "audit.list", given | {"limit": limit + 1})
    shown = found[:limit]
    names = ask(common, "audit.names", {"subjects": [row["subject"] for row in shown]})
    rows = [
        {
            "number": row["number"],
            "when": when(row["at"]),
            "who": row["actor"],
            "did": row["act"],
            "to": _to(row["subject"], names),
            "more": more(row["act"], row["detail"]),
        }
        for row in shown
    ]
    show(rows, common.output, empty="Nothing was done.")
    if len(found) > limit:
        note(
            f"\nThese are the newest {limit}; there are more. "
            f"Go on with --before {shown[-1]['number']}, or say --limit N for more at once."
        )


def _to(subject: str, names: dict[str, str]) -> str:
    """A case as people call it, with the beginning of its id: a peer may choose our reference.

    Whatever else an act was done to stands by its name.
    """
    name = names.get(subject) if len(subject) == _ID else None
    return f"{name} ({short(subject)})" if name else subject


@command.command()
@pass_globals
def verify(common: Globals) -> int:
    """Check that no act was deleted, changed, moved, dated back or cut off.

    Runs beside the node. Ends with 1 if something does not hold. For supervisors, auditors and
    operators; no detail of an act is shown.

    \b
    Example:
      tracer --actor auditor.one audit verify
    """
    found = ask(common, "audit.verify")
    if common.output == "json":
        show_json(found)
        return Exit.FAILURE if found["faults"] else Exit.OK
    show(
        [
            {"checked": "journals", "number": found["journals"]},
            {"checked": "acts, each against its digest", "number": found["acts"]},
            {"checked": "of them erased, digest kept", "number": found["erased"]},
            {"checked": "heads in the exchange log", "number": found["entries"]},
        ],
        common.output,
    )
    if not found["faults"]:
        note("Everything holds.")
        return Exit.OK
    show(found["faults"], common.output, title="What does not hold")
    return Exit.FAILURE


@command.command()
@click.option("--subject", required=True, help="The case, draft, person or authority.")
@click.option(
    "-o",
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write.",
)
@pass_globals
def export(common: Globals, subject: str, file: Path) -> None:
    """Write the acts on a subject with the proofs of each; the handing out is on record.

    Who holds our entry file can check every act without this node. An act of this hour has no
    proof yet: hand it out after the full hour.

    \b
    Example:
      tracer --actor auditor.one audit export --subject XA-2026-000001 -o acts.json
    """
    from tracer.casework.trail import to_file
    from tracer.trust.private_files import write_private

    found = ask(common, "audit.export", {"subject": subject})
    write_private(file, to_file(found), replace=True)
    open_ = sum(1 for one in found["acts"] if not one["size"])
    told = f"{counted(len(found['acts']), 'act')} written to {file}"
    note(told + (f"; {open_} of them have no proof before the next full hour." if open_ else "."))
    if common.output == "json":
        show_json({"file": str(file), "acts": len(found["acts"]), "unproven": open_})
