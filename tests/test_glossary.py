"""One word means one thing: every module, class and type of the house is named once, and the glossary leads to it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.test_house import HOUSE, files

ROOMS = ("kiosk", "display", "console", "demo", "shared", "scripts", "benchmarks")

ALIKE = {
    "__main__": "how Python starts a package",
    "app": "the window of each app",
    "display": "a hall display as it is set up, and the app that shows it",
    "check": "what `nowserving check` asks of each app",
    "view_model": "what each app's QML shows",
    "contacts": "a request and its handler",
    "devices": "a request and its handler",
    "media": "a request and its handler",
    "personal_data": "a request and its handler",
    "specialists": "a request and its handler",
    "staff": "a request and its handler",
    "set_up": "a hall's set-up: its commands, its value, and its pages in the console",
}
"""Names that stand in several places for one thing."""

GLOSSARY = (HOUSE / "docs" / "glossary.md").read_text("utf-8")
RETIRED = {word.strip() for word in GLOSSARY.rstrip().rpartition("\n")[2].split(",")}


def named(rooms: Iterable[str] = ROOMS) -> Iterator[tuple[str, str]]:
    """The name of every module, top-level class and type, as ``snake_case``, and where it is."""
    for file in files(".py", rooms=tuple(rooms)):
        if "versions" in file.parts:
            continue
        module = (file.parent if file.stem == "__init__" else file.with_suffix("")).relative_to(HOUSE)
        yield module.name, str(module)
        for node in ast.parse(file.read_text("utf-8")).body:
            match node:
                case ast.ClassDef(name=name) | ast.AnnAssign(ast.Name(name), ast.Name("TypeAlias")):
                    yield snake(name), str(module)
                case _:
                    pass


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip("_") if not name.startswith("__") else name).lower()


def two_things(names: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Names that stand in places of which none is inside another: a class may be named as its module, or its room."""
    places = defaultdict(set)
    for name, place in names:
        places[name].add(place)
    apart = {
        name: sorted(one for one in found if not any(one != other and one.startswith(f"{other}/") for other in found))
        for name, found in places.items()
    }
    return {name: found for name, found in apart.items() if len(found) > 1}


def test_no_name_stands_for_two_things() -> None:
    names = list(named())
    assert len(names) > 700, "it has looked at the house"
    twice = two_things(names)
    assert {name: places for name, places in twice.items() if name not in ALIKE} == {}
    assert ALIKE.keys() <= twice.keys(), "an exception that is none"


def test_two_classes_of_one_name_would_be_seen() -> None:
    names = [("desk", "console/desk"), ("desk", "shared/backend/desk"), ("call", "calls"), ("call", "calls/call")]
    assert two_things(names) == {"desk": ["console/desk", "shared/backend/desk"]}


def test_words_that_hid_what_they_meant_do_not_come_back() -> None:
    assert len(RETIRED) > 12
    assert [(name, place) for name, place in named() if RETIRED & {*re.split("s?_|s$", name), *name.split("_")}] == []


def test_the_glossary_leads_to_a_file_for_every_word() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([^`|]+)` \|$", GLOSSARY, re.MULTILINE)
    assert len(rows) > 60
    assert len(rows) == sum(line.startswith("| ") for line in GLOSSARY.splitlines()) - 2 * 2
    assert [path for *_, path in rows if not (HOUSE / path).exists()] == []
    words = [word for row in rows for word in row[0].split(", ")]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_every_room_of_shared_is_in_the_glossary() -> None:
    rooms = {str(Path(place).parent) for _, place in named(("shared",))} - {"."}
    assert [room for room in sorted(rooms) if f"`{room}" not in GLOSSARY] == []
