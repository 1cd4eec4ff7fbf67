"""Tables for spreadsheets: whole, in either form, and never a formula that somebody else wrote."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest

from shared.hall.errors import Unfit
from shared.spreadsheet import FORMULAS, write

TITLES = ("who", "what")
BAD = [f"{sign}HYPERLINK(1)" for sign in FORMULAS]


def test_a_sheet_holds_no_formula(tmp_path: Path) -> None:
    rows = [(text, "done") for text in [*BAD, "  =1+1"]]
    write(tmp_path / "a.csv", TITLES, rows)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as lines:
        read = list(csv.reader(lines))
    assert read[0] == [*TITLES]
    assert all(cell.startswith("'") for cell, _ in read[1:])
    write(tmp_path / "a.xlsx", TITLES, rows)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet, "XLSX marks a formula so"


def test_quotes_lines_and_every_script_come_back_as_they_were(tmp_path: Path) -> None:
    rows = [('"A", b', "one\ntwo"), ("Зал №1", "قاعة")]
    write(tmp_path / "a.csv", TITLES, rows)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [tuple(row) for row in csv.reader(lines)][1:] == rows


def test_a_file_of_another_kind_or_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="A table is written to a file"):
        write(tmp_path / "a.pdf", TITLES, [])
    for ending in ("csv", "xlsx"):
        with pytest.raises(Unfit, match="can't be written"):
            write(tmp_path / "nowhere" / f"a.{ending}", TITLES, [])
