"""A table as a file for spreadsheets, CSV or XLSX, in which nothing that people wrote is ever a formula.

What begins like a formula is one to a spreadsheet, wherever it came from (OWASP, "CSV injection"). In CSV an apostrophe
goes before it; in XLSX every cell is a text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from shared.durable_files import beside
from shared.hall.errors import Unfit

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a formula begins with; full-width signs count as the others in Japanese spreadsheets."""

ENDINGS = (".csv", ".xlsx")

MOST_ROWS = 1_048_575
"""What fits below the titles of a sheet."""

Row = Sequence[str]


def write(file: Path, titles: Row, rows: Sequence[Row]) -> None:
    """Write the rows below their titles, in the form that the file's name ends in; raises Unfit."""
    form = {".csv": _csv, ".xlsx": _xlsx}.get(file.suffix.lower())
    if form is None:
        raise Unfit("A table is written to a file that ends in .csv or .xlsx.")
    try:
        with beside(file) as part:
            form(part, [titles, *rows])
    except OSError as error:
        raise Unfit(f"{file.name} can't be written: {error.strerror}.") from None


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text


def _csv(file: Path, rows: Iterable[Row]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as lines:  # by the mark spreadsheets know that it is UTF-8
        csv.writer(lines, quoting=csv.QUOTE_ALL).writerows([harmless(text) for text in row] for row in rows)


def _xlsx(file: Path, rows: Sequence[Row]) -> None:
    import xlsxwriter  # noqa: PLC0415  # slow to load, and seldom wanted

    if len(rows) - 1 > MOST_ROWS:
        raise Unfit("A sheet has no room for so many rows: choose a shorter time, or a .csv file.")
    with file.open("wb") as out, xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(rows):
            for place, text in enumerate(row):
                sheet.write_string(at, place, text, None if at else bold)
        widths = [max(len(row[place]) for row in rows[:1000]) for place in range(len(rows[0]))]
        for place, width in enumerate(widths):
            sheet.set_column(place, place, min(60, width + 2))
