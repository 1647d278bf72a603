"""A report as files: a workbook, or tables of plain text, for people who go on with it elsewhere.

A cell that begins like a formula is written as text: what a peer wrote never runs in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

SUPPRESSED: Final = "<5 *"
"""What stands where a figure is hidden: a small one, or one that would give a small one away."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(report: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    """One line a figure: table, row, column, value, source, and the questionnaire's column."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("table", "row", "column", "value", "source", "questionnaire"))
    for table in report["tables"]:
        named = columns.get(table["name"], "")
        for row, column, value in _figures(table):
            writer.writerow(
                [plain(one) for one in (table["name"], row, column, value, table["source"], named)]
            )
    for line in report["method"]:
        writer.writerow(("method", plain(line), "", "", "", ""))
    return "\ufeff" + text.getvalue()


def as_workbook(report: Mapping[str, Any], columns: Mapping[str, str]) -> bytes:
    """A workbook: one sheet a table, and how it was made."""
    import xlsxwriter

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
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _figures(table: Mapping[str, Any]) -> Iterator[tuple[str, str, object]]:
    for row, line in zip(table["rows"], table["cells"], strict=True):
        for column, cell in zip(table["columns"], line, strict=True):
            yield row, column, figure(cell)


def figure(cell: Mapping[str, Any]) -> object:
    """What is shown of one cell."""
    if cell["value"] is None:
        return SUPPRESSED if cell.get("suppressed") else ""
    return cell["value"]
