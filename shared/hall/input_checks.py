"""What no person would say comes through no door: endless texts, control characters, absurd numbers, far-off years.

Commands are looked at, and requests, and whatever else comes in a body: field by field, each in the form of its type.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, TypeAlias

from shared.hall.errors import Invalid
from shared.hall.field_limits import REMARK, TEXT, Form, can_be_shown

LARGEST_NUMBER = 1_000_000

MOST_VALUES = 1_000
"""Names, texts and numbers in one body, those in its lists included, unless it says otherwise."""

YEARS = (1900, 2200)
"""In which everything happens: near the ends of time no zone can be reckoned with. A clock that lost it says 1970."""


def readable(said: object) -> None:
    """Raises Invalid for what holds something no person would say."""
    leaves = list(_leaves(said, (), TEXT))
    most = getattr(said, "MOST_VALUES", MOST_VALUES)
    if len(leaves) > most:
        raise Invalid("More than {most} things are named at once.", most=str(most))
    for value, place, form in leaves:
        if isinstance(value, str):
            require(form, value, **_named(place))
        elif isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise Invalid("{field} is a number of at most {most}.", most=str(LARGEST_NUMBER), **_named(place))
        elif isinstance(value, date) and not YEARS[0] <= value.year <= YEARS[1]:
            first, last = map(str, YEARS)
            raise Invalid("{field} lies between the years {first} and {last}.", first=first, last=last, **_named(place))


def require(form: Form, text: str, field: str, **place: str) -> None:
    """Raises Invalid for a text that is not of this form."""
    if form.fits(text):
        return
    about = {"field": field, "most": str(form.longest), **place}
    if form.sentence:
        raise Invalid(form.sentence, **about)
    if not can_be_shown(text):
        raise Invalid("{field} holds characters that can't be shown.", **about)
    if len(text) > form.longest:
        raise Invalid("{field} has at most {most} characters.", **about)
    raise Invalid(
        "{field} holds characters that can't be seen or turn the direction of writing: type it anew without them.",
        **about,
    )


Place: TypeAlias = tuple[str | int, ...]
"""The way to a value: fields by name, things in a list by number."""


def _leaves(value: object, place: Place, form: Form) -> Iterator[tuple[object, Place, Form]]:
    if isinstance(value, Mapping):
        for item in (*value.keys(), *value.values()):
            yield from _leaves(item, place, form)
    elif isinstance(value, (list, tuple)):
        for at, item in enumerate(value):
            yield from _leaves(item, (*place, at) if is_dataclass(item) else place, form)
    elif forms := _forms(type(value)):  # type: ignore[arg-type]  # mypy: a type is hashable
        for name, its in forms.items():
            yield from _leaves(getattr(value, name), (*place, name), its)
    else:
        yield value, place, form


@cache
def _forms(kind: type[Any]) -> dict[str, Form]:
    """The form of each field."""
    hints = typing.get_type_hints(kind, include_extras=True) if is_dataclass(kind) else {}
    return {field.name: form_of(hints[field.name]) or TEXT for field in fields(kind)} if hints else {}


def form_of(hint: Any) -> Form | None:
    """The form a type names, or the first of those it is made of."""
    if typing.get_origin(hint) is Annotated:
        return next(about for about in hint.__metadata__ if isinstance(about, Form))
    return next((found for part in typing.get_args(hint) if (found := form_of(part))), None)


def remarks(said: object) -> tuple[str, ...]:
    """The fields in which somebody says something about a customer."""
    forms = _forms(type(said))  # type: ignore[arg-type]  # mypy: a type is hashable
    return tuple(name for name, form in forms.items() if form is REMARK)


def _named(place: Place) -> dict[str, str]:
    """The field a value stands in; for one in a list of things, its section, its number there, and the field."""
    names = [part for part in place if isinstance(part, str)]
    numbers = [str(part) for part in place if isinstance(part, int)]
    section = {"section": names[0]} if len(names) > 1 else {}
    at = {"at": numbers[0]} if numbers else {}
    return {**section, **at, "field": names[-1]}
