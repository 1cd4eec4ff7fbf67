"""A set-up file says what is wrong in it: the line, the place and the reason, and nothing else happens."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from shared.backend.halls.sample_halls import FOLDER
from shared.hall.errors import Refused, Unfit
from shared.hall.hall import Hall
from shared.hall.rules import decide
from shared.hall.values import Moment
from shared.set_up_file.reader import LARGEST_FILE, SetUpFile, open_file, read, refusal_text

NOW = Moment(datetime(2026, 3, 2, 8, 0, tzinfo=UTC), 0)

SMALL = """\
[hall]
name = "Clinic"
day_starts = 04:00:00

[[precedences]]
id = "regular"
name = "Regular"
allowance = 30

[[services]]
id = "registration"
name = { en = "Registration", de = "Anmeldung" }
prefix = "A"

[[services]]
id = "tests"
name = "Tests"
prefix = "B"

[[points]]
id = "1"
serial_number = 1
name = "Counter 1"
services = [
    "registration",
    "tests",
]
"""


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1
    return SMALL.replace(old, new)


def taken(text: str | bytes) -> SetUpFile:
    """The file as an empty hall would take it."""
    file = read(text if isinstance(text, bytes) else text.encode(), "clinic.toml")
    try:
        decide(Hall(id="clinic"), file.command(retire=False), NOW)
    except Refused as refused:
        raise file.located(refused) from None
    return file


def said_of(text: str | bytes) -> str:
    with pytest.raises(Refused) as raised:
        taken(text)
    return refusal_text("clinic.toml", raised.value)


def test_a_small_file_is_taken() -> None:
    file = taken(SMALL)
    assert file.set_up.hall.day_starts == time(4)
    assert file.set_up.points[0].services == ("registration", "tests")


def test_files_of_other_editors_are_taken() -> None:
    assert taken(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()).set_up == taken(SMALL).set_up


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            changed("[hall]", "[hall"),
            ", line 1: This line is not TOML: Expected ']' at the end",
        ),
        (changed('prefix = "B"', "prefix B"), ", line 18: This line is not TOML: Expected '=' after a key"),
        (changed('id = "1"', 'id = "1'), ", line 21: This line is not TOML: Illegal character"),
        (SMALL + 'id = "', ", line 28: This line is not TOML: Unterminated string."),
        (SMALL + "x = [", ", line 28: This line is not TOML: "),
        (SMALL + "deep = " + "[" * 5000, ", line 28: This line is not TOML: "),
        (SMALL + "long = " + "9" * 5000, ", line 28: This line is not TOML: "),
        (SMALL + "[hall]\n", ", line 28: This line is not TOML: Cannot declare ('hall',) twice."),
        (changed('id = "tests"', 'colour = "red"\nid = "tests"'), ", line 16: services[1].colour: There is no such"),
        (SMALL + '[[rooms]]\nid = "a"\n', ", line 28: rooms: There is no such section in a set-up."),
        ("name = 1\n" + SMALL, ", line 1: name: There is no such section in a set-up."),
        (changed('prefix = "B"\n', ""), ", line 15: services[1].prefix: This field is required and missing."),
        (changed('prefix = "B"', "prefix = 2"), ", line 18: services[1].prefix: A text in quotation marks is needed"),
        (changed("allowance = 30", 'allowance = "30"'), ", line 8: precedences[0].allowance: A whole number is needed"),
        (changed("allowance = 30", "allowance = true"), ", line 8: precedences[0].allowance: A whole number is needed"),
        (changed("allowance = 30", "allowance = -1"), ", line 8: precedences[0].allowance: An allowance is a number"),
        (
            changed("allowance = 30", "allowance = 5000000"),
            ", line 8: precedences[0].allowance: allowance is a number of at",
        ),
        (changed('prefix = "B"', 'prefix = "b"'), ", line 18: services[1].prefix: A prefix is one to three capital"),
        (changed('prefix = "B"', 'prefix = "A"'), ", line 18: services[1].prefix: Another service gives these numbers"),
        (changed('"Tests"', '"Te\\u0000sts"'), ", line 17: services[1].name: name holds characters that can't be"),
        (changed('"Tests"', "5"), ", line 17: services[1].name: A text is needed here, or one for each language."),
        (changed("04:00:00", '"4 o\'clock"'), ", line 3: hall.day_starts: A time of day like 08:30 is needed here."),
        (changed("day_starts = 04:00:00", 'languages = "en"'), ", line 3: hall.languages: A list of texts is needed"),
        (changed("day_starts = 04:00:00", "languages = [1]"), ", line 3: hall.languages[0]: A text is needed."),
        (changed("day_starts = 04:00:00", 'time_zone = "Mars"'), ", line 3: hall.time_zone: There is no time zone"),
        (changed("day_starts = 04:00:00", 'web = "no"'), ", line 3: hall.web: true or false is needed here."),
        (changed('id = "tests"', 'id = "registration"'), ", line 16: services[1].id: This id is used twice."),
        (changed('id = "tests"', 'id = "t e"'), ", line 16: services[1].id: An id is up to 64 letters"),
        (changed('    "tests",\n', ""), ", line 15: services[1]: No service point gives this service."),
        (
            changed('    "tests",\n', '"x", "tests"'),
            ", line 24: points[0].services: There is no service x in",
        ),
        (
            SMALL + '[[points]]\nid = "2"\nname = "2"\nserial_number = 1\n',
            ", line 31: points[1].serial_number: This number already belongs to another service point.",
        ),
        (changed("[[precedences]]", "[precedences]"), ", line 5: precedences: A list is needed here: each item under"),
        ("hall = 5\n", ", line 1: hall: Fields are needed here, each with its name."),
        ("hall = {}\n", ", line 1: hall.name: The hall needs a name."),
        ("services = [1]\n[hall]\nname = 'a'", ", line 1: services[0]: Fields are needed here"),
        ("services = []\n", ": The section [hall] is missing: it holds the hall's name, time zone and languages."),
        ("", ": This file is empty."),
        ("# only words\n\n", ": This file is empty."),
        (bytes(range(256)), ": This is not a text file: a set-up is TOML, written in UTF-8."),
        (SMALL.encode("utf-16"), ": This is not a text file: a set-up is TOML, written in UTF-8."),
        (SMALL + "#" * LARGEST_FILE, ": This file is too large for a set-up: the limit is 256 KiB."),
    ],
    ids=lambda value: None if isinstance(value, (str, bytes)) and len(value) > 500 else repr(value)[-60:],
)
def test_what_is_wrong_is_said_with_its_line_and_reason(text: str | bytes, says: str) -> None:
    assert said_of(text).startswith(f"clinic.toml{says}")


def test_any_line_of_a_sample_that_is_spoilt_is_the_one_that_is_said() -> None:
    lines = (FOLDER / "bank.toml").read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if " = " in line:
            spoilt = [*lines[:number], line.replace(" = ", " = @", 1), *lines[number + 1 :]]
            assert said_of("\n".join(spoilt)).startswith(f"clinic.toml, line {number + 1}: This line is not TOML")


def test_what_a_hall_has_and_the_file_has_not_has_no_line() -> None:
    refused = taken(SMALL).located(Refused("Somebody waits.", section="services", id="old"))
    assert refusal_text("clinic.toml", refused) == 'clinic.toml: services "old": Somebody waits.'
    without = Refused("Sign in first.")
    assert taken(SMALL).located(without) is without


def test_what_is_no_file_can_not_be_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "none.toml", tmp_path / "pipe"):
        with pytest.raises(Unfit, match="There is no file"):
            open_file(path)


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    huge = tmp_path / "huge.toml"
    with huge.open("wb") as file:
        file.truncate(20 * 1024**3)
    with pytest.raises(Refused, match="too large"):
        open_file(huge)
