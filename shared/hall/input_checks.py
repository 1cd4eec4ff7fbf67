"""Checks of commands, requests and other bodies: no endless texts, control characters, absurd numbers or years.

They are checked field by field, each text by the form of its type.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, TypeAlias

from shared.hall.errors import Invalid
from shared.hall.field_limits import REMARK, TEXT, TextFormat, can_be_shown

LARGEST_NUMBER = 1_000_000
"""Of any field, whatever it counts; the smallest is minus this."""

MOST_VALUES = 1_000
"""Names, texts and numbers in one body, those in its lists included, unless its type sets its own MOST_VALUES."""

YEARS = (1900, 2200)
"""First and last: time zones fail near the ends of time. A machine whose clock has lost its time says 1970."""


def check_input(content: object) -> None:
    """Raises Invalid if a command, request or body holds a value that can't be meant."""
    leaves = list(_leaves(content, (), TEXT))
    most = getattr(content, "MOST_VALUES", MOST_VALUES)
    if len(leaves) > most:
        raise Invalid("This holds more than {most} values.", most=str(most))
    for value, path, form in leaves:
        if isinstance(value, str):
            check_text(form, value, **_where(path))
        elif isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise Invalid("{field} is a number of at most {most}.", most=str(LARGEST_NUMBER), **_where(path))
        elif isinstance(value, date) and not YEARS[0] <= value.year <= YEARS[1]:
            first, last = map(str, YEARS)
            raise Invalid("{field} lies between the years {first} and {last}.", first=first, last=last, **_where(path))


def check_text(form: TextFormat, text: str, field: str, **path: str) -> None:
    """Raises Invalid if a text is not of this form."""
    if form.fits(text):
        return
    about = {"field": field, "most": str(form.longest), **path}
    if form.sentence:
        raise Invalid(form.sentence, **about)
    if not can_be_shown(text):
        raise Invalid("{field} holds characters that can't be shown.", **about)
    if len(text) > form.longest:
        raise Invalid("{field} has at most {most} characters.", **about)
    raise Invalid(
        "{field} holds characters that can't be seen or change the direction of writing: type it again without them.",
        **about,
    )


FieldPath: TypeAlias = tuple[str | int, ...]
"""The way to a value: fields by name, items of a list by index."""


def _leaves(value: object, path: FieldPath, form: TextFormat) -> Iterator[tuple[object, FieldPath, TextFormat]]:
    if isinstance(value, Mapping):
        for item in (*value.keys(), *value.values()):
            yield from _leaves(item, path, form)
    elif isinstance(value, (list, tuple)):
        for at, item in enumerate(value):
            yield from _leaves(item, (*path, at) if is_dataclass(item) else path, form)
    elif forms := _forms(type(value)):  # type: ignore[arg-type]  # mypy: a type is hashable
        for name, field_form in forms.items():
            yield from _leaves(getattr(value, name), (*path, name), field_form)
    else:
        yield value, path, form


@cache
def _forms(kind: type[Any]) -> dict[str, TextFormat]:
    hints = typing.get_type_hints(kind, include_extras=True) if is_dataclass(kind) else {}
    return {field.name: form_of(hints[field.name]) or TEXT for field in fields(kind)} if hints else {}


def form_of(hint: Any) -> TextFormat | None:
    """The form a type names, or the first one among its parts."""
    if typing.get_origin(hint) is Annotated:
        return next(about for about in hint.__metadata__ if isinstance(about, TextFormat))
    return next((found for part in typing.get_args(hint) if (found := form_of(part))), None)


def remark_fields(content: object) -> tuple[str, ...]:
    """The names of the fields that hold remarks about a customer."""
    forms = _forms(type(content))  # type: ignore[arg-type]  # mypy: a type is hashable
    return tuple(name for name, form in forms.items() if form is REMARK)


def _where(path: FieldPath) -> dict[str, str]:
    """The field of a value; for one in a list of items, its section and its index there too."""
    names = [part for part in path if isinstance(part, str)]
    numbers = [str(part) for part in path if isinstance(part, int)]
    section = {"section": names[0]} if len(names) > 1 else {}
    at = {"at": numbers[0]} if numbers else {}
    return {**section, **at, "field": names[-1]}
