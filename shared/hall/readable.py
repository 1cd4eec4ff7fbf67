"""What no person would say is no command: endless texts, control characters, absurd numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeAlias
from unicodedata import category

from shared.hall.errors import Invalid
from shared.hall.messages import Command

LONGEST_TEXT = 2_000
"""Characters; nothing a hall is told needs more."""

LARGEST_NUMBER = 1_000_000


def readable(command: Command) -> None:
    """Raises Invalid for a command that holds what no person would say."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", command.command_id):
        raise Invalid("A command_id is a UUID: up to 64 letters, digits and dashes.")
    leaves = list(_leaves(command, ()))
    if len(leaves) > command.MOST_VALUES:
        raise Invalid(f"More than {command.MOST_VALUES} things are named at once.")
    for value, place in leaves:
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise Invalid(f"A number is larger than {LARGEST_NUMBER}.", **_named(place))
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise Invalid(f"A text is longer than {LONGEST_TEXT} characters.", **_named(place))
        if isinstance(value, str) and not value.isprintable() and any(category(sign) in ("Cc", "Cs") for sign in value):
            raise Invalid("A text holds characters that can't be shown.", **_named(place))


Place: TypeAlias = tuple[str | int, ...]
"""The way to a value: fields by name, things in a list by number."""


def _leaves(value: object, place: Place) -> Iterator[tuple[object, Place]]:
    if isinstance(value, Mapping):
        for item in (*value.keys(), *value.values()):
            yield from _leaves(item, place)
    elif isinstance(value, (list, tuple)):
        for at, item in enumerate(value):
            yield from _leaves(item, (*place, at) if is_dataclass(item) else place)
    elif names := _fields(type(value)):  # type: ignore[arg-type]  # mypy: a type is hashable
        for name in names:
            yield from _leaves(getattr(value, name), (*place, name))
    else:
        yield value, place


@cache
def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _named(place: Place) -> dict[str, str]:
    """The field a value stands in; for one in a list of things, its section, its number there, and the field."""
    names = [part for part in place if isinstance(part, str)]
    numbers = [str(part) for part in place if isinstance(part, int)]
    section = {"section": names[0]} if len(names) > 1 else {}
    at = {"at": numbers[0]} if numbers else {}
    return {**section, **at, "field": names[-1]}
