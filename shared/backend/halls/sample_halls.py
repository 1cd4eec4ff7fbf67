"""The sample halls: each is a set-up file an administrator can read, copy and change."""

from __future__ import annotations

from pathlib import Path

from shared.hall.errors import Unknown
from shared.hall.set_up_import import ImportSetUp
from shared.hall.values import Precedence
from shared.set_up_file.reader import SetUpFile, open_file

FOLDER = Path(__file__).parents[3] / "resources" / "samples"


class UnknownSample(Unknown): ...


def names() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def file(name: str) -> SetUpFile:
    """The set-up file of a sample; raises UnknownSample if there is none."""
    if name not in names():
        raise UnknownSample(f"There is no sample {name!r}: choose one of {', '.join(names())}.")
    return open_file(FOLDER / f"{name}.toml")


def regular_precedence() -> Precedence:
    """The first precedence of every sample, *Regular* in all our languages: for a hall that has no other."""
    return file(names()[0]).set_up.precedences[0]


def commands(name: str) -> list[ImportSetUp]:
    """The one command that sets an empty hall up like this sample; raises UnknownSample if there is none."""
    return [file(name).command(retire=False)]
