"""Ticket labels: a service's letter and a number of its series, set back by nothing but a new business day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from shared.hall.errors import Invalid, LabelTaken, NoLabelLeft, PrefixTaken
from shared.hall.hall import Hall
from shared.hall.opening import local
from shared.hall.values import Service

OFFLINE = re.compile(r"[A-Z0-9]{1,4}-[0-9]{2,4}")
"""What a kiosk prints that can't reach its hall: ``K2-07``. No prefix of a hall holds a dash, so they never meet."""

SHARES = "shares_numbers_with"


class Series(NamedTuple):
    """The numbers a service gives, from ``first`` to ``last`` and then again past labels that are still alive."""

    prefix: str
    first: int
    last: int
    digits: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def key(self) -> str:
        """What it counts under: the prefix, if it is the usual series."""
        usual = (self.first, self.digits) == (1, 3)
        return self.prefix if usual else f"{self.prefix}:{self.first}:{self.digits}"

    def label(self, counter: int) -> str:
        """The label the counter gives: ``A042``."""
        return f"{self.prefix}{(counter - 1) % self.size + self.first:0{self.digits}}"

    def meets(self, other: Series) -> bool:
        """Whether both may show one label, or the same number after the same letter."""
        if self.prefix == other.prefix and self.first <= other.last and other.first <= self.last:
            return True
        mine, theirs = self._written(), other._written()
        return mine[:2] == theirs[:2] and mine[2] <= theirs[3] and theirs[2] <= mine[3]

    def _written(self) -> tuple[str, int, int, int]:
        """Its labels as letters, how many figures follow, and the least and greatest number these make."""
        letters = _letters(self.prefix)
        leading = int(self.prefix[len(letters) :] or 0) * 10**self.digits
        return letters, len(self.prefix) - len(letters) + self.digits, leading + self.first, leading + self.last


def series(service: Service) -> Series:
    """The numbers of a service."""
    last = 10**service.digits - 1 if service.last is None else service.last
    return Series(service.prefix, service.first, last, service.digits)


def next_label(hall: Hall, service: Service) -> tuple[str, int]:
    """The next label of a service that no live ticket shows, and the counter that gave it; raises NoLabelLeft."""
    numbers = series(service)
    first = hall.counters.get(numbers.key, 0) + 1
    if first <= numbers.size and _alone(hall.counters, numbers):
        return numbers.label(first), first
    alive = {ticket.label for ticket in hall.tickets.values()}
    for counter in range(first, first + numbers.size):
        if numbers.label(counter) not in alive:
            return numbers.label(counter), counter
    raise NoLabelLeft("All numbers of this service are taken: please come again a little later.")


def is_series(name: str) -> bool:
    """Whether a kiosk's own numbers may begin with this."""
    return bool(OFFLINE.fullmatch(f"{name}-01"))


def called_as(hall: Hall, printed: str, taken_at: datetime) -> str:
    """The label by which a number is called that a kiosk has printed; raises LabelTaken.

    It is what is on paper. Where somebody alive holds the same, the time on this paper stands behind it, as in
    ``K1-01 09:42``, and a letter if that is the same too.
    """
    alive = {ticket.label for ticket in hall.tickets.values()}
    timed = f"{printed} {local(hall.settings, taken_at):%H:%M}"
    for label in (printed, timed, *(timed + letter for letter in "bcdefghij")):
        if label not in alive:
            return label
    raise LabelTaken("Somebody who waits already has {label}.", label=timed)


def numbered(hall: Hall, service: Service) -> list[Service]:
    """A service as it is to be defined, and those that share its numbers; raises Invalid or PrefixTaken."""
    service = _numbered(hall, service)
    return [service, *(replace(other, **_numbers(service)) for other in sharing(hall, service))]


def sharing(hall: Hall, owner: Service) -> Iterator[Service]:
    """The other services that use these numbers as well."""
    return (other for other in hall.services.values() if other.shares_numbers_with == owner.id)


def _numbered(hall: Hall, service: Service) -> Service:
    """The service with numbers of its own that nobody else gives, or with those of the service it names."""
    if service.shares_numbers_with is not None:
        return _with_numbers_of(hall.service(service.shares_numbers_with), hall, service)
    _require(2 <= service.digits <= 4, "A number has two, three or four figures.", "digits")
    numbers = series(service)
    _require(0 <= numbers.first <= numbers.last, "The last number of a service is not below its first.", "last")
    _require(
        numbers.last < 10**service.digits, "The last number has more figures than numbers of this service have.", "last"
    )
    for other in hall.services.values():
        if service.id not in (other.id, other.shares_numbers_with) and numbers.meets(series(other)):
            raise PrefixTaken(
                "Another service gives these numbers: choose another letter or range, or let both share them.",
                service=other.id,
                field="prefix",
            )
    return service


def _with_numbers_of(owner: Service, hall: Hall, service: Service) -> Service:
    _require(owner.id != service.id, "A service shares the numbers of another one, not its own.", SHARES)
    _require(
        owner.shares_numbers_with is None and not any(sharing(hall, service)),
        "Name the service whose numbers are shared: sharing goes one step only.",
        SHARES,
    )
    _require(owner.prefix == service.prefix, "A service that shares numbers has the same letter.", "prefix")
    return replace(service, **_numbers(owner))


def _numbers(service: Service) -> dict[str, Any]:
    return {name: getattr(service, name) for name in ("prefix", "first", "last", "digits")}


def _require(holds: bool, sentence: str, field: str) -> None:
    if not holds:
        raise Invalid(sentence, field=field)


def _alone(counters: Mapping[str, int], numbers: Series) -> bool:
    """Whether no other series with the same letters has given a label today, as after a change of numbering."""
    letters = _letters(numbers.prefix)
    return not any(_letters(key.partition(":")[0]) == letters for key in counters if key != numbers.key)


def _letters(prefix: str) -> str:
    return prefix.rstrip("0123456789")
