"""Tables as files for people who go on with them elsewhere: text with commas, or a workbook.

A cell that begins like a formula is written as text: what a peer wrote never runs in a spreadsheet.
`plain` does that, for every such file of the project (OWASP, CSV injection).

What it does not do: say what stands in a table, or where the file goes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

SUPPRESSED: Final = "<5 *"
"""What stands where a figure is hidden: a small one, or one that would give a small one away."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell does not begin with: what programs take for a formula, in full width too."""
_MARK: Final = "\ufeff"
"""By which programs know that the text is UTF-8."""


def comma_separated(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as text with commas, UTF-8, one line a row; no cell runs as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([plain(head) for head in heads])
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return f"{_MARK}{text.getvalue()}".encode()


def as_csv(report: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    """One line a figure: table, row, column, value, source, and the questionnaire's column."""
    rows: list[tuple[object, ...]] = []
    for table in report["tables"]:
        named = columns.get(table["name"], "")
        rows += [
            (table["name"], row, column, value, table["source"], named)
            for row, column, value in _figures(table)
        ]
    rows += [("method", line, "", "", "", "") for line in report["method"]]
    heads = ("table", "row", "column", "value", "source", "questionnaire")
    return comma_separated(heads, rows).decode()


def as_workbook(report: Mapping[str, Any], columns: Mapping[str, str]) -> bytes:
    """A workbook: one sheet a table, and how it was made."""
    import xlsxwriter  # noqa: PLC0415 - heavy, for this alone

    data = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(data, options) as book:
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        for table in report["tables"]:
            sheet = book.add_worksheet(table["name"][:31])
            sheet.set_column(0, 0, 36)
            sheet.write_string(0, 0, table["title"], bold)
            sheet.write_string(1, 0, f"source: {table['source']}. {table.get('note', '')}".strip())
            sheet.write_string(2, 0, columns.get(table["name"], ""))
            for across, name in enumerate(table["columns"], start=1):
                sheet.write_string(4, across, plain(name), bold)
            for down, name in enumerate(table["rows"]):
                sheet.write_string(5 + down, 0, plain(name))
                for across, cell in enumerate(table["cells"][down], start=1):
                    sheet.write(5 + down, across, figure(cell))
        sheet = book.add_worksheet("method")
        sheet.set_column(0, 0, 90)
        sheet.write_string(0, 0, f"{report['authority']}, {report['year']}", bold)
        sheet.write_string(1, 0, f"as of {report['until']}")
        for down, line in enumerate(report["method"], start=3):
            sheet.write_string(down, 0, line, wrap)
    return data.getvalue()


def plain(value: object) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _figures(table: Mapping[str, Any]) -> Iterator[tuple[str, str, object]]:
    for row, line in zip(table["rows"], table["cells"], strict=True):
        for column, cell in zip(table["columns"], line, strict=True):
            yield row, column, figure(cell)


def figure(cell: Mapping[str, Any]) -> object:
    """What is shown of one cell."""
    if cell["value"] is None:
        return SUPPRESSED if cell.get("suppressed") else ""
    return cell["value"]
