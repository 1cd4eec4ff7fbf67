"""Writes a table as CSV or XLSX, in which no text that people wrote becomes a formula.

A spreadsheet runs any text that begins like a formula (OWASP, "CSV injection"). In CSV an apostrophe goes before it; in
XLSX every cell is a text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from shared.durable_files import replacing
from shared.hall.errors import Unfit

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a formula begins; Japanese spreadsheets also take the full-width characters."""

ENDINGS = (".csv", ".xlsx")

MOST_ROWS = 1_048_575
"""Rows that fit below the titles of an XLSX sheet."""

SheetRow = Sequence[str]


def write(file: Path, titles: SheetRow, rows: Sequence[SheetRow]) -> None:
    """Write the rows below their titles, in the format of the file's suffix; raises Unfit, and then writes nothing."""
    write_rows = {".csv": _csv, ".xlsx": _xlsx}.get(file.suffix.lower())
    if write_rows is None:
        raise Unfit("A table is written to a file that ends in .csv or .xlsx.")
    try:
        with replacing(file) as part:
            write_rows(part, [titles, *rows])
    except OSError as error:
        raise Unfit(f"{file.name} can't be written: {error.strerror}.") from None


def harmless(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text


def _csv(file: Path, rows: Iterable[SheetRow]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as lines:  # spreadsheets know UTF-8 by its BOM
        csv.writer(lines, quoting=csv.QUOTE_ALL).writerows([harmless(text) for text in row] for row in rows)


def _xlsx(file: Path, rows: Sequence[SheetRow]) -> None:
    import xlsxwriter  # noqa: PLC0415  # slow to load, and seldom needed

    if len(rows) - 1 > MOST_ROWS:
        raise Unfit("A sheet has no room for so many rows: choose a shorter time, or a .csv file.")
    with file.open("wb") as out, xlsxwriter.Workbook(out, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        bold = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text, None if number else bold)
        # as wide as the longest text of the first thousand rows, in characters
        widths = [max(len(row[column]) for row in rows[:1000]) for column in range(len(rows[0]))]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(60, width + 2))
