"""Reads a set-up file strictly: everything wrong in it is refused with its line and the reason."""

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
from shared.hall.hall_settings import HallSettings
from shared.hall.json_codec import decode
from shared.hall.set_up_import import ImportSetUp
from shared.hall.whole_set_up import LISTS, SetUp
from shared.set_up_file import toml_lines

LARGEST_FILE = 256 * 1024
"""Bytes; a hall with forty services and as many points in four languages takes a fifth of it."""


@dataclass(frozen=True, kw_only=True)
class SetUpFile:
    """A set-up with the lines it was read from."""

    name: str
    set_up: SetUp
    lines: dict[toml_lines.KeyPath, int] = field(repr=False)

    def command(self, *, retire: bool) -> ImportSetUp:
        """The command that gives a hall this set-up; with ``retire``, it also removes what the file does not list."""
        values = {part.name: getattr(self.set_up, part.name) for part in fields(SetUp)}
        return ImportSetUp(**values, retire=retire)

    def located(self, refused: Refused) -> Refused:
        """A hall's refusal of this file's set-up, with the place and the line it is about."""
        about = refused.about
        if "section" not in about:
            return refused
        if "at" not in about and about["section"] in LISTS:
            return refused.more(place=f'{about["section"]} "{about["id"]}"')  # the hall has it, the file has not
        at = [int(about["at"])] if "at" in about else []
        path: toml_lines.KeyPath = (about["section"], *at, *([about["field"]] if "field" in about else []))
        return refused.more(**_place(self.lines, path))


def open_file(path: Path) -> SetUpFile:
    """The set-up in a file; raises Unfit if it can't be read, Refused with line and place if its content is wrong."""
    try:
        if not path.is_file():
            raise Unfit(f"There is no file {path}.")
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Unfit(f"{path} can't be read: {error.strerror}.") from None
    return read(raw, path.name)


def read(raw: bytes, name: str) -> SetUpFile:
    """The set-up in these bytes; raises TooLarge or Invalid, with ``line`` and ``place`` where there is one."""
    if len(raw) > LARGEST_FILE:
        raise TooLarge("This file is too large for a set-up: the limit is 256 KiB.")
    written, lines = _parse(_text(raw))
    if not written:
        raise Invalid("This file is empty.")
    for section in written:
        if section not in ("hall", *LISTS):
            raise Invalid("There is no such section in a set-up.", **_place(lines, (section,)))
    if "hall" not in written:
        raise Invalid("The section [hall] is missing: it holds the hall's name, time zone and languages.")
    reader = _ValueReader(lines)
    values: dict[str, Any] = {section: reader.list_of(written, section) for section in LISTS}
    set_up = SetUp(hall=reader.value(HallSettings, written["hall"], ("hall",)), **values)
    return SetUpFile(name=name, set_up=set_up, lines=lines)


def refusal_text(file: str, refused: Refused) -> str:
    """A refusal as a person reads it: ``clinic.toml, line 42: services[2].prefix: …``."""
    line = f", line {refused.about['line']}" if "line" in refused.about else ""
    return f"{file}{line}: {place_and_reason(refused, refused.detail)}"


def place_and_reason(refused: Refused, sentence: str) -> str:
    """A refusal without its line: the place in the file, the reason, and the id of a conflicting service or point."""
    other = refused.about.get("service") or refused.about.get("point")
    place = f"{refused.about['place']}: " if "place" in refused.about else ""
    return f"{place}{sentence}" + (f" ({other})" if other else "")


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")  # some editors write a byte-order mark
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise Invalid("This is not a text file: a set-up is TOML, written in UTF-8.")
    return text.replace("\r\n", "\n")


def _parse(text: str) -> tuple[dict[str, Any], dict[toml_lines.KeyPath, int]]:
    try:
        return tomllib.loads(text), toml_lines.lines_of(text)
    except (ValueError, RecursionError) as error:
        at = search(r"\(at line (\d+), column \d+\)", str(error))
        line = at[1] if at else str(text.count("\n") + 1)
        reason = str(error).partition(" (at ")[0]
        raise Invalid(f"This line is not TOML: {reason}.", line=line) from None


def _place(lines: dict[toml_lines.KeyPath, int], path: toml_lines.KeyPath) -> dict[str, str]:
    line = toml_lines.line_at(lines, path)
    return {"place": _dotted(path), **({"line": str(line)} if line else {})}


def _dotted(path: toml_lines.KeyPath) -> str:
    """A path as a person reads it: ``services[2].prefix``."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return parts.removeprefix(".")


class _ValueReader:
    """Reads a file's values, and refuses wrong ones with their lines."""

    def __init__(self, lines: dict[toml_lines.KeyPath, int]) -> None:
        self.lines = lines

    def list_of(self, written: dict[str, Any], section: str) -> tuple[Any, ...]:
        items = written.get(section, [])
        if not isinstance(items, list):
            raise Invalid("A list is needed here: each item under its own [[…]].", **_place(self.lines, (section,)))
        return tuple(self.value(LISTS[section], item, (section, at)) for at, item in enumerate(items))

    def value(self, kind: type[Any], written: Any, path: toml_lines.KeyPath) -> Any:
        """A value with several fields; raises Invalid with place and line of the field that is wrong."""
        if not isinstance(written, dict):
            raise Invalid("Fields are needed here, each with its name.", **_place(self.lines, path))
        hints = typing.get_type_hints(kind)
        for name in written:
            if name not in {part.name for part in fields(kind)}:
                raise Invalid("There is no such field.", **_place(self.lines, (*path, name)))
        for part in fields(kind):
            if part.name not in written and part.default is MISSING and part.default_factory is MISSING:
                raise Invalid("This field is required and missing.", **_place(self.lines, (*path, part.name)))
        return kind(**{name: self._field(hints[name], value, (*path, name)) for name, value in written.items()})

    def _field(self, hint: Any, written: Any, path: toml_lines.KeyPath) -> Any:
        try:
            return decode(hint, _plain(written), "it")
        except Invalid as wrong:
            raise _needed_kind(hint, wrong).more(**_place(self.lines, (*path, *_path_inside(wrong)))) from None


def _plain(written: Any) -> Any:
    """A value with TOML's own times and dates as text, as JSON has them."""
    if isinstance(written, (date, time)):
        return written.isoformat()
    if isinstance(written, list):
        return [_plain(item) for item in written]
    if isinstance(written, dict):
        return {name: _plain(item) for name, item in written.items()}
    return written


def _needed_kind(hint: Any, wrong: Invalid) -> Invalid:
    """A refusal that names the kind of value that is needed."""
    kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType]
    if typing.get_origin(hint) is tuple:
        is_list = "[" in wrong.detail.partition(": ")[0]
        return Invalid("A list of texts is needed here.") if kinds[0] is str and not is_list else _codec_reason(wrong)
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
            return _codec_reason(wrong)


def _codec_reason(wrong: Invalid) -> Invalid:
    """The reason the JSON codec gave, without the path before the colon."""
    reason = wrong.detail.partition(": ")[2]
    return Invalid(reason[:1].upper() + reason[1:])


def _path_inside(wrong: Invalid) -> toml_lines.KeyPath:
    """Where inside a field the JSON codec found the fault: ``(3, "starts")`` for ``it[3].starts: …``."""
    steps = findall(r"\[(\d+)\]|\.(\w+)", wrong.detail.partition(": ")[0])
    return tuple(int(number) if number else name for number, name in steps)
