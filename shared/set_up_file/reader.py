"""Reading a set-up file: strictly, and whatever is wrong in it is refused with its line and its reason."""

from __future__ import annotations

import tomllib
import types
import typing
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, time
from pathlib import Path
from re import findall, search
from typing import Any

from shared.hall.errors import Invalid, Refused, TooLarge, Unfit
from shared.hall.json_codec import decode
from shared.hall.set_up_import import ImportSetUp
from shared.hall.values import HallSettings
from shared.hall.whole_set_up import LISTS, SetUp
from shared.set_up_file import toml_lines

LARGEST_FILE = 256 * 1024
"""Bytes; a hall with forty services and as many points in four languages takes a fifth of it."""


@dataclass(frozen=True, kw_only=True)
class SetUpFile:
    """A set-up with the lines it was read from."""

    name: str
    set_up: SetUp
    lines: dict[toml_lines.Path, int] = field(repr=False)

    def command(self, *, retire: bool) -> ImportSetUp:
        """The wish that a hall be as this file says."""
        values = {part.name: getattr(self.set_up, part.name) for part in fields(SetUp)}
        return ImportSetUp(**values, retire=retire)

    def located(self, refused: Refused) -> Refused:
        """A hall's refusal of this file's set-up, with the place and the line it speaks of."""
        about = refused.about
        if "section" not in about:
            return refused
        if "at" not in about and about["section"] in LISTS:
            return refused.more(place=f'{about["section"]} "{about["id"]}"')  # the hall has it, the file has not
        at = [int(about["at"])] if "at" in about else []
        path: toml_lines.Path = (about["section"], *at, *([about["field"]] if "field" in about else []))
        return refused.more(**_place(self.lines, path))


def open_file(path: Path) -> SetUpFile:
    """The set-up in a file; raises Unfit if it can't be read, and Refused with line and place for what it says."""
    try:
        if not path.is_file():
            raise Unfit(f"There is no file {path}.")
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Unfit(f"{path} can't be read: {error.strerror}.") from None
    return read(raw, path.name)


def read(raw: bytes, name: str) -> SetUpFile:
    """The set-up these bytes stand for; raises Refused, with ``line`` and ``place`` where there is one."""
    if len(raw) > LARGEST_FILE:
        raise TooLarge("This file is too large for a set-up: 256 KiB are the most.")
    written, known = _parsed(_text(raw))
    if not written:
        raise Invalid("There is nothing in this file.")
    for section in written:
        if section not in ("hall", *LISTS):
            raise Invalid("There is no such section in a set-up.", **_place(known, (section,)))
    if "hall" not in written:
        raise Invalid("The section [hall] is missing: it holds the hall's name, time zone and languages.")
    found = _Found(known)
    values: dict[str, Any] = {section: found.listed(written, section) for section in LISTS}
    return SetUpFile(
        name=name, set_up=SetUp(hall=found.value(HallSettings, written["hall"], ("hall",)), **values), lines=known
    )


def in_words(file: str, refused: Refused) -> str:
    """A refusal as people read it: ``clinic.toml, line 42: services[2].prefix: …``."""
    line = f", line {refused.about['line']}" if "line" in refused.about else ""
    return f"{file}{line}: {what(refused, refused.detail)}"


def what(refused: Refused, sentence: str) -> str:
    """What is refused and why, without the file and the line; another thing that is in the way by its id."""
    other = refused.about.get("service") or refused.about.get("point")
    place = f"{refused.about['place']}: " if "place" in refused.about else ""
    return f"{place}{sentence}" + (f" ({other})" if other else "")


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")  # as some editors write it
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise Invalid("This is not a text file: a set-up is TOML, written in UTF-8.")
    return text.replace("\r\n", "\n")


def _parsed(text: str) -> tuple[dict[str, Any], dict[toml_lines.Path, int]]:
    try:
        return tomllib.loads(text), toml_lines.lines_of(text)
    except (ValueError, RecursionError) as error:
        at = search(r"\(at line (\d+), column \d+\)", str(error))
        line = at[1] if at else str(text.count("\n") + 1)
        reason = str(error).partition(" (at ")[0]
        raise Invalid(f"This line is not TOML: {reason}.", line=line) from None


def _place(known: dict[toml_lines.Path, int], path: toml_lines.Path) -> dict[str, str]:
    line = toml_lines.line_at(known, path)
    return {"place": _said(path), **({"line": str(line)} if line else {})}


def _said(path: toml_lines.Path) -> str:
    """``services[2].prefix``."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return parts.removeprefix(".")


class _Found:
    """The values of a file whose lines are known."""

    def __init__(self, known: dict[toml_lines.Path, int]) -> None:
        self.known = known

    def listed(self, written: dict[str, Any], section: str) -> tuple[Any, ...]:
        items = written.get(section, [])
        if not isinstance(items, list):
            raise Invalid("A list is needed: each item under its own [[…]].", **_place(self.known, (section,)))
        return tuple(self.value(LISTS[section], item, (section, at)) for at, item in enumerate(items))

    def value(self, kind: type[Any], written: Any, path: toml_lines.Path) -> Any:
        """A value of several fields, each with its own line if it is wrong."""
        if not isinstance(written, dict):
            raise Invalid("Fields are needed here, each with its name.", **_place(self.known, path))
        hints = typing.get_type_hints(kind)
        for name in written:
            if name not in {part.name for part in fields(kind)}:
                raise Invalid("There is no such field.", **_place(self.known, (*path, name)))
        for part in fields(kind):
            if part.name not in written and part.default is MISSING and part.default_factory is MISSING:
                raise Invalid("This field is needed and missing.", **_place(self.known, (*path, part.name)))
        return kind(**{name: self._field(hints[name], value, (*path, name)) for name, value in written.items()})

    def _field(self, hint: Any, written: Any, path: toml_lines.Path) -> Any:
        try:
            return decode(hint, _plain(written), "it")
        except Invalid as wrong:
            raise _wanted(hint, wrong).more(**_place(self.known, (*path, *_inside(wrong)))) from None


def _plain(written: Any) -> Any:
    """What TOML writes in its own way and JSON as text: times and dates, with or without quotes."""
    if isinstance(written, (date, time)):
        return written.isoformat()
    if isinstance(written, list):
        return [_plain(item) for item in written]
    if isinstance(written, dict):
        return {name: _plain(item) for name, item in written.items()}
    return written


def _wanted(hint: Any, wrong: Invalid) -> Invalid:
    """What should stand there, in fixed words where there are some."""
    kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType]
    if typing.get_origin(hint) is tuple:
        is_list = "[" in wrong.detail.partition(": ")[0]
        return Invalid("A list of texts is needed here.") if kinds[0] is str and not is_list else _as_read(wrong)
    if str in kinds and len(kinds) > 1:
        return Invalid("A text is needed here, or one for each language.")
    match kinds[0] if kinds else hint:
        case kind if kind is str:
            return Invalid("A text in quotation marks is needed here.")
        case kind if kind is int:
            return Invalid("A whole number is needed here.")
        case kind if kind is bool:
            return Invalid("true or false is needed here.")
        case kind if kind is time:
            return Invalid("A time of day like 08:30 is needed here.")
        case kind if kind is date:
            return Invalid("A date like 2026-11-22 is needed here.")
        case _:
            return _as_read(wrong)


def _as_read(wrong: Invalid) -> Invalid:
    """The words of the wire; where it found them stands before the colon."""
    reason = wrong.detail.partition(": ")[2]
    return Invalid(reason[:1].upper() + reason[1:])


def _inside(wrong: Invalid) -> toml_lines.Path:
    """Where inside a field the wire found what is wrong: ``(3, "starts")`` for ``it[3].starts: …``."""
    steps = findall(r"\[(\d+)\]|\.(\w+)", wrong.detail.partition(": ")[0])
    return tuple(int(number) if number else name for number, name in steps)
