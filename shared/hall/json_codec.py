"""Encoding values as JSON and back: one form for the journal, the API, the event feed and a station's memory.

Fields have their names; times are RFC 3339 in UTC; ids are strings. Decoding raises Invalid, with the place, for a
missing field, a wrong type and, unless told otherwise, an unknown field.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, Union, cast

from shared.hall.display_values import Clip, Display
from shared.hall.errors import Invalid, Malformed, UnknownCommand, UnknownEvent
from shared.hall.hall import Hall, waiting_index
from shared.hall.hall_settings import HallSettings
from shared.hall.hours_grammar import Day
from shared.hall.input_checks import check_input
from shared.hall.messages import Command, Event
from shared.hall.opening import state
from shared.hall.rules import COMMANDS, EVENTS
from shared.hall.values import BY_ARRIVAL, BY_PLACE, Call, Point, Precedence, Service, Ticket, Visits

T = TypeVar("T")
Json = dict[str, Any]


# ── writing ──


def encode(value: Any) -> Any:
    """A value as ``json.dumps`` takes it."""
    return _writer(type(value))(value)  # type: ignore[arg-type]  # mypy: a type is hashable


Writer = Callable[[Any], Any]


@cache
def _writer(kind: Any) -> Writer:
    """The function that writes this type, cached."""
    for kinds, write in _WRITERS:
        if issubclass(kind, kinds):
            return write
    names = tuple(field.name for field in dataclasses.fields(kind))
    return lambda value: {name: encode(getattr(value, name)) for name in names}


def _in_utc(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_WRITERS: tuple[tuple[type | tuple[type, ...], Writer], ...] = (
    ((types.NoneType, bool, int, float), lambda value: value),
    (str, str),
    (datetime, _in_utc),
    ((date, time), lambda value: value.isoformat()),
    (Mapping, lambda value: {str(key): encode(item) for key, item in value.items()}),
    ((list, tuple), lambda value: [encode(item) for item in value]),
)


def encode_event(event: Event) -> Json:
    return {"type": event.type_name(), "version": event.VERSION, **encode(event)}


def encode_hall(hall: Hall, now: datetime | None = None) -> Json:
    """A hall as the API shows it and a station stores it: its state, and for readers what follows from it.

    Services are open or closed as of ``now``, or of the hall's last event.
    """
    ahead = hall.all_ahead()
    return {
        "hall": {
            "id": hall.id,
            "at": encode(hall.at),
            "order": hall.order,
            "business_day": encode(hall.business_day),
            "counters": dict(hall.counters),
            "taken": dict(hall.taken),
            "visits": encode(hall.visits),
            **encode(hall.settings),
        },
        "seq": hall.seq,
        "services": [_service(hall, service, now or hall.at) for service in hall.menu()],
        "precedences": encode(list(hall.precedences.values())),
        "points": encode(sorted(hall.points.values(), key=lambda point: point.serial_number)),
        "tickets": [{**encode(ticket), "ahead": ahead.get(ticket.id, 0)} for ticket in hall.tickets.values()],
        "ended": encode(hall.ended),
        "calls": encode(hall.calls),
        "days": encode(list(hall.days.values())),
        "displays": encode(list(hall.displays.values())),
        "assigned": dict(hall.assigned),
        "clips": encode(list(hall.clips.values())),
        "holidays": encode(list(hall.holidays.values())),
    }


def _service(hall: Hall, service: Service, now: datetime) -> Json:
    shown = state(hall, service, now)
    return {
        **encode(service),
        "waiting": hall.waiting(service.id),
        "open": shown.open,
        "reason": encode(shown.reason),
        "opens": encode(shown.opens),
        "closes": encode(shown.closes),
    }


def encode_ticket(hall: Hall, ticket: Ticket) -> Json:
    return {**encode(ticket), "ahead": hall.ahead(ticket)}


def encode_answer(hall: Hall, answer: Mapping[str, Any]) -> Json:
    """An answer as JSON; a ticket in it says how many are ahead."""
    return {
        name: encode_ticket(hall, value) if isinstance(value, Ticket) else encode(value)
        for name, value in answer.items()
    }


# ── reading ──


def decode(kind: type[T], data: Any, where: str = "", *, strict: bool = True) -> T:
    """The value of this type in ``data``; raises Invalid if it is none, or ``strict`` and it has an unknown field."""
    return cast("T", _reader(kind, strict)(data, where or kind.__name__))  # type: ignore[arg-type]  # mypy: a type is hashable


def decode_body(kind: type[T], data: Any, where: str) -> T:
    """``decode``, and then check as commands and requests are: for other bodies; raises Invalid."""
    value = decode(kind, data, where)
    check_input(value)
    return value


def decode_command(name: str, data: Any) -> Command:
    """The command of this name; raises UnknownCommand, Malformed or Invalid if ``data`` is none."""
    if name not in COMMANDS:
        raise UnknownCommand(f"There is no command {name!r}.")
    if not isinstance(data, dict):
        raise Malformed("The body of a command is a JSON object.")
    if "command_id" not in data:
        raise Invalid(f"{name}: the field 'command_id' is missing: make a UUID, and send it again with every retry.")
    return decode(COMMANDS[name], _without(data, COMMANDS[name].GONE), name)


def decode_event(data: Json) -> Event:
    """The event in ``data``; raises UnknownEvent if a newer version wrote it, or Invalid if it is no such event."""
    kind = EVENTS.get(str(data.get("type")))
    if kind is None or data.get("version", 1) > kind.VERSION:
        raise UnknownEvent(f"There is no event {data.get('type')!r} of this version here.")
    return decode(kind, _without(data, kind.GONE | {"type", "version"}))


def _without(data: Json, names: frozenset[str]) -> Json:
    return {name: value for name, value in data.items() if name not in names}


def decode_hall(data: Json) -> Hall:
    """The hall ``encode_hall`` wrote, less fields of newer versions; raises Invalid or KeyError if it is none."""
    settings = data["hall"]
    tickets = _by_id(Ticket, data["tickets"])
    return Hall(
        id=decode(str, settings["id"]),
        seq=decode(int, data["seq"]),
        at=decode(datetime, settings["at"]),
        order=decode(int, settings["order"]),
        business_day=decode(date, settings["business_day"]) if settings["business_day"] else None,
        settings=decode(HallSettings, settings, strict=False),
        services=_by_id(Service, data["services"]),
        precedences=_by_id(Precedence, data["precedences"]),
        points=_by_id(Point, data["points"]),
        tickets=tickets,
        ended=tuple(decode(Ticket, ticket, strict=False) for ticket in data["ended"]),
        calls=tuple(decode(Call, call, strict=False) for call in data["calls"]),
        counters=_each(int, settings["counters"]),
        taken=_each(int, settings.get("taken", {})),
        visits=_each(Visits, settings.get("visits", {})),
        days=_by_date(data.get("days", [])),
        displays=_by_id(Display, data.get("displays", [])),
        assigned=_each(str, data.get("assigned", {})),
        clips=_clips(data.get("clips", [])),
        holidays=_by_date(data.get("holidays", [])),
        lines=waiting_index(tickets.values(), BY_PLACE),
        arrivals=waiting_index(tickets.values(), BY_ARRIVAL),
    )


def _by_id(kind: type[T], items: list[Json]) -> MappingProxyType[str, T]:
    return MappingProxyType({item["id"]: decode(kind, item, strict=False) for item in items})


def _clips(items: list[Json]) -> Mapping[str, Clip]:
    clips = (decode(Clip, item, strict=False) for item in items)
    return MappingProxyType({clip.id: clip for clip in clips})


def _each(kind: type[T], items: Json) -> Mapping[str, T]:
    return MappingProxyType({name: decode(kind, item, strict=False) for name, item in items.items()})


def _by_date(items: list[Json]) -> Mapping[date, Day]:
    days = (decode(Day, item, strict=False) for item in items)
    return MappingProxyType({day.date: day for day in days})


Reader = Callable[[Any, str], Any]


@cache
def _reader(kind: Any, strict: bool) -> Reader:
    """The function that reads this type, made from its hints and cached."""
    origin = typing.get_origin(kind)
    if origin in (Union, types.UnionType):
        return _union(typing.get_args(kind), strict)
    if origin is tuple:
        return _items(_reader(typing.get_args(kind)[0], strict))
    if origin is not None and issubclass(origin, Mapping):
        return _text_per_language
    if dataclasses.is_dataclass(kind):
        return _fields(cast("type[Any]", kind), strict)
    if issubclass(kind, Enum):
        return _parsed(kind, f"one of {', '.join(member.value for member in kind)}")
    if kind in _PARSERS:
        return _parsed(*_PARSERS[kind])
    return _exactly(kind)


def _fields(kind: type[Any], strict: bool) -> Reader:
    hints = typing.get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name], strict) for field in dataclasses.fields(kind)}
    required = {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }

    def read(data: Any, where: str) -> Any:
        if not isinstance(data, dict):
            raise Invalid(f"{where}: an object is needed.")
        for name in data.keys() - readers.keys() if strict else ():
            raise Invalid(f"{where}: there is no field {str(name)[:64]!r}.")
        for name in sorted(required - data.keys()):
            raise Invalid(f"{where}: the field {name!r} is missing.")
        known = data.keys() & readers.keys()
        return kind(**{name: readers[name](data[name], f"{where}.{name}") for name in known})

    return read


def _items(reader: Reader) -> Reader:
    def read(data: Any, where: str) -> Any:
        if not isinstance(data, list):
            raise Invalid(f"{where}: a list is needed.")
        return tuple(reader(item, f"{where}[{number}]") for number, item in enumerate(data))

    return read


def _text_per_language(data: Any, where: str) -> Any:
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise Invalid(f"{where}: a text, or one for each language, is needed.")
    return MappingProxyType(dict(data))


def _union(kinds: tuple[Any, ...], strict: bool) -> Reader:
    """``X | None`` and ``str | Mapping``: told apart by their JSON."""
    others = [kind for kind in kinds if kind not in (types.NoneType, str)]
    read_other = _reader(others[0] if others else str, strict)

    def read(data: Any, where: str) -> Any:
        if data is None and types.NoneType in kinds:
            return None
        if isinstance(data, str) and str in kinds:
            return data
        return read_other(data, where)

    return read


def _parsed(parse: Callable[[str], Any], needed: str) -> Reader:
    def read(data: Any, where: str) -> Any:
        try:
            if isinstance(data, str):
                return parse(data)
        except (ValueError, OverflowError):  # a time before the year 1 or after the year 9999
            pass
        raise Invalid(f"{where}: {needed} is needed.")

    return read


def _exactly(kind: type[Any]) -> Reader:
    """Exactly this type of JSON value: true is not a number."""

    def read(data: Any, where: str) -> Any:
        if type(data) is not kind:
            raise Invalid(f"{where}: {_NAMES.get(kind, kind.__name__)} is needed.")
        return data

    return read


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _local_time(text: str) -> time:
    """A time of day in the hall's local time, so without a zone."""
    moment = time.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError(text)
    return moment


_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    datetime: (_utc, "a time like 2026-11-22T09:30:00Z"),
    date: (date.fromisoformat, "a date like 2026-11-22"),
    time: (_local_time, "a time of day like 08:30"),
}
_NAMES = {str: "a text", int: "a whole number", bool: "true or false", dict: "an object"}
