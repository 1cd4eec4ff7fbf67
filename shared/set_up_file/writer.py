"""Writes a set-up file: sections in order, each with a comment, and the same set-up always as the same text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import time
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Item, Table

from shared.hall.field_types import Language
from shared.hall.json_codec import encode
from shared.hall.whole_set_up import LISTS, SetUp

HEAD = """\
# The set-up of a hall. Change it with any editor, then: nowserving import FILE --hall ID
# docs/set-up-file.md explains every section and field; a field that is not there has its usual value.
"""

SECTION_COMMENTS = {
    "precedences": "Precedences: a ticket is normally called within the allowance of its precedence, in minutes.",
    "services": "Services, in the order of the kiosk's menu; the first precedence of each is its usual one.",
    "points": "Service points; backup services are given when there is nothing better to do.",
    "displays": "Hall displays: what each shows and says, and for whom.",
    "days": "Days: dates with hours of their own, or none, which means closed.",
}
FIELD_COMMENTS = {
    "languages": "the first is the hall's own",
    "day_starts": "when numbers begin again",
    "return_after": "minutes after which a ticket sent back to wait is due again",
    "reinstate_within": "minutes for which a customer who did not come may have their place again",
    "recalls_before_no_show": "how often a customer is called again before they count as a no-show",
    "no_show_after": "seconds after the last call before they do",
    "auto_call": "whether the next customer is called automatically",
    "appointment_early": "minutes before its time from which an appointment may be called",
    "appointment_grace": "minutes after its time up to which it counts from that time",
    "outcomes": "outcomes of a visit to choose from; none: nobody is asked",
    "web": "whether customers may take a ticket with their phone",
    "hours": "days and times, like mon-fri 08:00-12:00; none: always open",
    "holidays": "a country, like DE, or a part of one, like DE-BE; empty: none",
    "last_ticket": "whether tickets stop once serving those who wait will take until closing time",
    "offline_tickets": "whether kiosks that can't reach the hall issue numbers of their own",
    "announce_times": "how often a voice says each call; 0: there is only the chime",
    "announce_gap": "seconds of silence between two announcements",
    "volumes": 'percent of the loudest from a time of day on: { since = "08:00", percent = 80 }; none: the loudest',
    "keep_contacts": "hours for which customers' names and phones are kept after a visit",
}

WIDEST_LINE = 100
"""Characters; a longer list gets a line for each item."""


def write(set_up: SetUp) -> str:
    """A set-up as the text of its file."""
    languages = set_up.hall.languages
    lists = {name: getattr(set_up, name) for name in LISTS}
    sections = [_list(name, items, languages) for name, items in lists.items() if items]
    return "\n".join([HEAD, _hall(set_up, languages), *sections])


def _hall(set_up: SetUp, languages: tuple[Language, ...]) -> str:
    """The hall's section with all its fields, so that an administrator sees what can be set."""
    table = _table(set_up.hall, languages, fields(set_up.hall), FIELD_COMMENTS)
    document = tomlkit.document()
    document.add("hall", table)
    return tomlkit.dumps(document)


def _list(name: str, items: Iterable[Any], languages: tuple[Language, ...]) -> str:
    listed = AoT([_table(item, languages, _changed_fields(item)) for item in items])
    document = tomlkit.document()
    document.add(name, listed)
    comment = SECTION_COMMENTS.get(name, name.replace("_", " ").capitalize() + ".")
    return f"# ── {comment} ──\n\n{tomlkit.dumps(document)}"


def _changed_fields(value: Any) -> list[Field[Any]]:
    """The fields of a value that differ from their defaults."""
    return [part for part in fields(value) if getattr(value, part.name) != _default(part)]


def _default(part: Field[Any]) -> Any:
    return part.default_factory() if part.default_factory is not MISSING else part.default


def _table(
    value: Any, languages: tuple[Language, ...], shown: Iterable[Field[Any]], comments: Mapping[str, str] | None = None
) -> Table:
    table = tomlkit.table()
    for part in shown:
        held = getattr(value, part.name)
        if held is not None:
            item = _item(held, languages)
            if comments and part.name in comments:
                item.comment(comments[part.name])
            table.add(part.name, item)
    return table


def _item(value: Any, languages: tuple[Language, ...]) -> Item:
    if isinstance(value, Mapping):
        order = sorted(value, key=lambda name: [*languages, name].index(name))
        return _inline({name: value[name] for name in order}, languages)
    if is_dataclass(value):
        return _inline({part.name: getattr(value, part.name) for part in _changed_fields(value)}, languages)
    if isinstance(value, (list, tuple)):
        return _array(value, languages)
    if isinstance(value, time):
        return tomlkit.string(value.isoformat("auto" if value.second or value.microsecond else "minutes"))
    plain: Item = tomlkit.item(encode(value))
    return plain


def _inline(values: Mapping[str, Any], languages: tuple[Language, ...]) -> InlineTable:
    table = tomlkit.inline_table()
    for name, value in values.items():
        if value is not None:
            table.append(name, _item(value, languages))
    return table


def _array(values: Iterable[Any], languages: tuple[Language, ...]) -> Array:
    array = tomlkit.array()
    for value in values:
        array.append(_item(value, languages))
    array.multiline(len(array.as_string()) > WIDEST_LINE)
    return array
