"""`tracer report`: the year's figures, and what is declared for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.files import Target, text_of
from tracer.cli.output import note, show, show_json
from tracer.cli.page import Page
from tracer.cli.verbs import Verbs
from tracer.errors import InputError

_KINDS = ("xlsx", "csv", "json")


@click.group(cls=Verbs, short_help="Make the year's report from cases, and declare totals for it.")
def command() -> None:
    """Make the year's report: counted from cases, with small cells hidden.

    What a node cannot know, what was seized, found or surrendered in the whole country, is declared
    by people and stands apart.
    """


@command.command()
@click.argument("year", type=click.IntRange(2000, 9000))
@click.option(
    "-o",
    "--to",
    "target",
    type=Target(),
    help="Write to this file; its ending says how: .xlsx, .csv or .json.",
)
@pass_globals
def year(common: Globals, year: int, target: Path | None) -> None:
    """Count the requests of YEAR, sent and received, in the shape of the questionnaire.

    Cells of 1 to 4 are hidden, and others from which they could be computed. Who asked for the
    report is recorded.

    \b
    Examples:
      tracer --actor supervisor.one report year 2026
      tracer --actor supervisor.one report year 2026 -o 2026.xlsx
    """
    kind = "" if target is None else target.suffix.lower().lstrip(".")
    if target is not None and kind not in _KINDS:
        raise InputError(
            "report-form",
            f"{target.name} says not how to write it",
            advice=f"End it in {', '.join('.' + one for one in _KINDS)}.",
            field="--to",
        )
    report = ask(common, "report.year", {"year": year})
    if target is not None:
        _write(target, kind, report)
        note(f"Written to {target}.")
    elif common.output == "json":
        show_json(report)
    else:
        _pages(report)


@command.command()
@click.argument("year", type=click.IntRange(2000, 9000))
@click.option("--seized", type=click.IntRange(0), help="Firearms seized in the whole country.")
@click.option("--found", type=click.IntRange(0), help="Firearms found.")
@click.option("--surrendered", type=click.IntRange(0), help="Firearms surrendered.")
@pass_globals
def declare(
    common: Globals, year: int, seized: int | None, found: int | None, surrendered: int | None
) -> None:
    """Enter totals of the whole country for YEAR, which no node can count.

    \b
    Example:
      tracer --actor supervisor.one report declare 2026 --seized 1800 --found 120
    """
    totals = {"seized": seized, "found": found, "surrendered": surrendered}
    given = {name: value for name, value in totals.items() if value is not None}
    if not given:
        raise InputError(
            "declared-none",
            "nothing is declared",
            advice="Give --seized, --found or --surrendered.",
        )
    show(ask(common, "report.declare", {"year": year, "totals": given}), common.output)


@command.command()
@click.option("--with", "peer", metavar="AUTHORITY", required=True, help="The other authority.")
@click.option("--since", required=True, metavar="YYYY-MM", help="First month of receipt.")
@click.option("--until", required=True, metavar="YYYY-MM", help="Last month of receipt.")
@click.option(
    "-o",
    "--to",
    "target",
    required=True,
    type=Target(),
    help="Write the signed file here.",
)
@pass_globals
def statement(common: Globals, peer: str, since: str, until: str, target: Path) -> None:
    """Write and sign a statement of what became of the requests between us and one State.

    It holds coded facts, records of receipt and figures, and nothing of any case. The other side
    signs it too: tracer report countersign. Anybody checks it: tracer verify.

    \b
    Example:
      tracer --actor officer.one report statement --with XB --since 2026-01 --until 2026-12 \\
          -o xa-xb-2026.json
    """
    given = {"authority": peer, "since": since, "until": until}
    _stated(common, ask(common, "statement.write", given), target)
    note("Give the file to them; they sign it if they count the same.")


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--to",
    "target",
    required=True,
    type=Target(),
    help="Write the file with both signatures here.",
)
@pass_globals
def countersign(common: Globals, file: Path, target: Path) -> None:
    """Sign a statement that the other side has signed, if this node counts the same.

    \b
    Example:
      tracer --actor officer.one report countersign xa-xb-2026.json -o both.json
    """
    from tracer.trust.statement import MAX_FILE_BYTES

    if file.stat().st_size > MAX_FILE_BYTES:
        raise InputError("too-large", f"a statement has at most {MAX_FILE_BYTES} bytes")
    found = ask(common, "statement.countersign", {"file": text_of(file, "a statement")})
    _stated(common, found, target)


def _stated(common: Globals, found: dict[str, Any], target: Path) -> None:
    target.write_text(found.pop("file"), "utf-8")
    found["signed_by"] = ", ".join(found["signed_by"])
    show({**found, "file": str(target)}, common.output)


def _write(target: Path, kind: str, report: dict[str, Any]) -> None:
    import msgspec

    from tracer.casework.table_files import as_csv, as_workbook
    from tracer.model.tables import report_columns

    if kind == "json":
        target.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2))
    elif kind == "csv":
        target.write_text(as_csv(report, report_columns()), "utf-8", newline="")
    else:
        target.write_bytes(as_workbook(report, report_columns()))


def _pages(report: dict[str, Any]) -> None:
    from tracer.casework.table_files import figure

    page = Page()
    page.title(f"{report['authority']}: tracing requests of {report['year']}")
    for table in report["tables"]:
        page.heading(f"{table['title']} ({table['source']})")
        if table.get("note"):
            page.text(f"{table['note']}.", style="dim")
        rows = []
        for name, line in zip(table["rows"], table["cells"], strict=True):
            figures = dict(zip(table["columns"], map(figure, line), strict=True))
            rows.append({"": name, **figures})
        show(rows, "table", empty="  Nothing was counted.")
    page.heading("How it was made")
    for line in report["method"]:
        page.text(line)
