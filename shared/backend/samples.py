"""Sample halls to begin with: each one a file an administrator can read, copy and change."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from shared.hall.days import DefineDay
from shared.hall.errors import Invalid, Unknown
from shared.hall.messages import Command
from shared.hall.set_up import DefineHall, DefinePoint, DefinePrecedence, DefineService
from shared.hall.wire import decode

FOLDER = Path(__file__).parent.parent.parent / "resources" / "samples"

SECTIONS: dict[str, type[Command]] = {
    "precedences": DefinePrecedence,
    "services": DefineService,
    "points": DefinePoint,
    "days": DefineDay,
}
"""What a file lists beside the hall itself, in the order in which one needs the other."""


class UnknownSample(Unknown): ...


def names() -> list[str]:
    """The samples there are."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def commands(name: str) -> list[Command]:
    """The commands that set an empty hall up like this sample; raises UnknownSample."""
    if name not in names():
        raise UnknownSample(f"There is no sample {name!r}: choose one of {', '.join(names())}.")
    return read((FOLDER / f"{name}.toml").read_text("utf-8"), name)


def read(text: str, where: str) -> list[Command]:
    """The commands a hall's file stands for; raises Invalid with the place of what is wrong."""
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{where}: {error}.") from None
    for section in written.keys() - {"hall", *SECTIONS}:
        raise Invalid(f"{where}: there is no section {section!r}.")
    hall = decode(DefineHall, written.get("hall", {}), f"{where}.hall")
    return [hall, *(command for section in SECTIONS for command in _listed(written, section, where))]


def _listed(written: dict[str, Any], section: str, where: str) -> list[Command]:
    items = written.get(section, [])
    if not isinstance(items, list):
        raise Invalid(f"{where}.{section}: a list is needed, each item under [[{section}]].")
    return [decode(SECTIONS[section], item, f"{where}.{section}[{at}]") for at, item in enumerate(items)]
