"""The line of every value in a TOML file, whatever form it is written in."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.backend.halls.sample_halls import FOLDER
from shared.set_up_file.reader import open_file
from shared.set_up_file.toml_lines import line_at, lines_of
from shared.set_up_file.writer import write

ODD = '''\
# a comment with [brackets] = and "quotes"
top = 1

[hall] # the hall
name = { en = "a = [b] # c", de.at = 'x' }
"quoted key" = """
two # lines
[[services]]
"""
languages = [ # first
    "en", # own

    'de',
]
day = 2026-11-22T09:30:00.5Z

[[services]]
id = "a"
hours = [{ day = "mon", from = 08:30:00 },
    { day = "tue" }]
[services.more]
x = 1.5
[[services]]
id = \'\'\'
'b\'\'\'
[[services.spans]]
y = -1
[[services.spans]]
y = [[], [1,
 2]]
[empty]
'''


def paths(value: Any, path: tuple[Any, ...] = ()) -> set[tuple[Any, ...]]:
    """Every place in what the standard library read."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path} - {()} | {place for name, item in items for place in paths(item, (*path, name))}


def test_every_value_has_its_line() -> None:
    lines = lines_of(ODD)
    assert paths(tomllib.loads(ODD)) == set(lines)
    expected = {
        ("top",): 2,
        ("hall",): 4,
        ("hall", "name", "de", "at"): 5,
        ("hall", "quoted key"): 6,
        ("hall", "languages"): 10,
        ("hall", "languages", 0): 11,
        ("hall", "languages", 1): 13,
        ("hall", "day"): 15,
        ("services",): 17,
        ("services", 0, "id"): 18,
        ("services", 0, "hours", 1): 20,
        ("services", 0, "hours", 1, "day"): 20,
        ("services", 0, "more", "x"): 22,
        ("services", 1): 23,
        ("services", 1, "spans", 1, "y", 1, 1): 30,
        ("empty",): 31,
    }
    assert {path: lines[path] for path in expected} == expected


def test_what_is_not_there_is_looked_for_where_it_should_be() -> None:
    lines = lines_of(ODD)
    assert line_at(lines, ("services", 1, "prefix")) == 23
    assert line_at(lines, ("hall", "name", "ru", "x")) == 5
    assert line_at(lines, ("points",)) is None


@pytest.mark.parametrize("sample", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_each_field_of_a_sample_is_on_its_line(sample: Path) -> None:
    for text in (sample.read_text("utf-8"), write(open_file(sample).set_up)):
        written, lines = text.splitlines(), lines_of(text)
        assert paths(tomllib.loads(text)) == set(lines)
        for path, line in lines.items():
            if len(path) == 3 and isinstance(path[1], int) and isinstance(path[2], str):
                assert written[line - 1].startswith(f"{path[2]} =")


@given(st.text("ab\"'[]{}=,.#\n\\ 1", max_size=60))
def test_whatever_can_be_read_has_lines(text: str) -> None:
    try:
        found = tomllib.loads(text)
    except ValueError:
        return
    assert paths(found) == set(lines_of(text))
