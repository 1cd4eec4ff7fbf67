"""The grammar of opening hours, ``mon-fri 08:00-12:00``: parsed strictly, stored as they were written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from shared.hall.errors import Invalid
from shared.hall.field_types import Name
from shared.hall.units import Minutes

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT: Minutes = 24 * 60

Date: TypeAlias = date
"""Another name for ``date``, for classes with a field called ``date``."""

Hours: TypeAlias = tuple[str, ...]
"""Opening hours as lines, which say in a week days and spans of time, on one date spans alone."""


class Span(NamedTuple):
    """A span of time since the midnight its date begins with; an end beyond 24 hours is on the next date."""

    start: Minutes
    end: Minutes


WHOLE_DAY = (Span(0, MIDNIGHT),)

Week: TypeAlias = tuple[tuple[Span, ...], ...]
"""The spans that begin on each day of the week, Monday first."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """An exceptional day: one date that is not like others of its weekday."""

    date: Date
    hours: Hours = ()
    """Spans of time, ``08:00-12:00``; empty: closed all day."""
    reason: Name = ""


@lru_cache(512)
def week(hours: Hours) -> Week:
    """Weekly hours as spans; raises Invalid, quoting the line, if one can't be read or overlaps another."""
    if not hours:
        return (WHOLE_DAY,) * len(DAYS)
    found = [(number, span, piece) for piece in hours for number, span in _spans_by_day(piece)]
    _require_apart(
        [(number * MIDNIGHT + span.start, number * MIDNIGHT + span.end, piece) for number, span, piece in found]
    )
    return tuple(tuple(sorted(span for day, span, _ in found if day == number)) for number in range(len(DAYS)))


@lru_cache(512)
def spans(hours: Hours) -> tuple[Span, ...]:
    """The hours of one date as spans; raises Invalid, quoting the line, if one can't be read or overlaps another."""
    found = [(span, piece) for piece in hours for span in _spans(piece, piece)]
    _require_apart([(*span, piece) for span, piece in found])
    return tuple(sorted(span for span, _ in found))


def _spans_by_day(piece: str) -> list[tuple[int, Span]]:
    days, _, times = piece.strip().lower().partition(" ")
    _require(bool(times.strip()), "“{piece}”: Opening hours are days and times, like mon-fri 08:00-12:00.", piece)
    named, found = _days(days, piece), _spans(times, piece)
    return [(number, span) for number in named for span in found]


def _days(text: str, piece: str) -> list[int]:
    """The days of ``mon``, ``mon-fri`` or ``sat,sun``, Monday being 0; ``fri-mon`` goes over the weekend."""
    named: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        _require(
            first in DAYS and (last or first) in DAYS and part.strip("-") == part,
            "“{piece}”: A day is one of mon, tue, wed, thu, fri, sat, sun.",
            piece,
        )
        start, end = DAYS.index(first), DAYS.index(last or first)
        named += [number % 7 for number in range(start, end + 1 + 7 * (end < start))]
    return named


def _spans(text: str, piece: str) -> list[Span]:
    return [_span(part, piece) for part in re.split(r"\s*,\s*|\s+", text.strip())]


def _span(text: str, piece: str) -> Span:
    written = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", text)
    _require(
        written is not None,
        "“{piece}”: A span of time is written like 08:00-12:00, with times from 00:00 to 24:00.",
        piece,
    )
    hour, minute, to_hour, to_minute = (int(part or 0) for part in written.groups())  # type: ignore[union-attr]  # it is there
    start = hour * 60 + minute
    end = to_hour * 60 + to_minute if written[3] else MIDNIGHT  # type: ignore[index]
    _require(
        start != end,
        "“{piece}”: A span of time that ends when it begins is empty; the whole day is 00:00-24:00.",
        piece,
    )
    return Span(start, end if end > start else end + MIDNIGHT)


def _require_apart(written: Iterable[tuple[int, int, str]]) -> None:
    """Raises Invalid if spans overlap; a span late on Sunday may overlap the first of the week."""
    ordered = sorted(written)
    around = [*ordered, *((start + 7 * MIDNIGHT, end, piece) for start, end, piece in ordered[:1])]
    for (_, end, _), (start, _, piece) in pairwise(around):
        _require(
            end <= start,
            "“{piece}”: These times overlap others: a span can only begin when the one before has ended.",
            piece,
        )


def _require(holds: bool, sentence: str, piece: str) -> None:
    """Raises Invalid, quoting the line, unless it holds."""
    if not holds:
        raise Invalid(sentence, piece=piece)
