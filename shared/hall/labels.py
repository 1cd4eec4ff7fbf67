"""Ticket labels: a service's prefix and a number of its series; the count starts again with the business day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from shared.hall.errors import Invalid, LabelTaken, NoLabelLeft, PrefixTaken
from shared.hall.hall import Hall
from shared.hall.time_zones import local
from shared.hall.values import Service

OFFLINE_LABEL = re.compile(r"[A-Z0-9]{1,4}-[0-9]{2,4}")
"""The labels a kiosk gives offline: ``K2-07``. No prefix has a dash, so none is ever a label of the hall's own."""

SHARES = "shares_numbers_with"


class Series(NamedTuple):
    """The numbers of a service: ``first`` to ``last``, then again those no live ticket has; written in ``digits``."""

    prefix: str
    first: int
    last: int
    digits: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def key(self) -> str:
        """Its key among a hall's counters: the prefix, if it is the usual series."""
        usual = (self.first, self.digits) == (1, 3)
        return self.prefix if usual else f"{self.prefix}:{self.first}:{self.digits}"

    def label(self, counter: int) -> str:
        """The label the counter gives: ``A042``."""
        return f"{self.prefix}{(counter - 1) % self.size + self.first:0{self.digits}}"

    def overlaps(self, other: Series) -> bool:
        """Whether both may show one label, or the same number after the same letter."""
        if self.prefix == other.prefix and self.first <= other.last and other.first <= self.last:
            return True
        (ours, numbers), (theirs, others) = self._as_read(), other._as_read()
        return ours == theirs and numbers.start < others.stop and others.start < numbers.stop

    def _as_read(self) -> tuple[tuple[str, int], range]:
        """Its labels as people read them: the letters, how many digits follow, and the range of these as numbers."""
        letters = _letters(self.prefix)
        leading = int(self.prefix[len(letters) :] or 0) * 10**self.digits
        digits = len(self.prefix) - len(letters) + self.digits
        return (letters, digits), range(leading + self.first, leading + self.last + 1)


def series(service: Service) -> Series:
    last = 10**service.digits - 1 if service.last is None else service.last
    return Series(service.prefix, service.first, last, service.digits)


def next_label(hall: Hall, service: Service) -> tuple[str, int]:
    """The next label that no live ticket shows, and its counter; raises NoLabelLeft if live tickets show them all."""
    numbers = series(service)
    first = hall.counters.get(numbers.key, 0) + 1
    if first <= numbers.size and _is_only_series(hall.counters, numbers):
        return numbers.label(first), first
    alive = {ticket.label for ticket in hall.tickets.values()}
    for counter in range(first, first + numbers.size):
        if numbers.label(counter) not in alive:
            return numbers.label(counter), counter
    raise NoLabelLeft("All numbers of this service are taken: please come again a little later.")


def offline_label(series: str, number: int) -> str:
    """A label of a kiosk's own series."""
    return f"{series}-{number:02}"


def is_series(name: str) -> bool:
    """Whether it can be the series of a kiosk's offline labels: ``K2``."""
    return bool(OFFLINE_LABEL.fullmatch(offline_label(name, 1)))


def label_to_call(hall: Hall, printed: str, taken_at: datetime) -> str:
    """The label by which a ticket that a kiosk printed offline is called: the one on paper, if no live ticket has it.

    Otherwise with the time it was printed, ``K1-01 09:42``; if one has that too, with a letter after it. Raises
    LabelTaken if all of these are taken.
    """
    alive = {ticket.label for ticket in hall.tickets.values()}
    timed = f"{printed} {local(hall.settings, taken_at):%H:%M}"
    for label in (printed, timed, *(timed + letter for letter in "bcdefghij")):
        if label not in alive:
            return label
    raise LabelTaken("Somebody else already has {label}.", label=timed)


def with_sharing_services(hall: Hall, service: Service) -> list[Service]:
    """A service to define, and those that share its numbers; raises Invalid, PrefixTaken or UnknownService."""
    service = _with_own_or_shared_numbers(hall, service)
    return [service, *(replace(other, **_number_fields(service)) for other in services_sharing(hall, service))]


def services_sharing(hall: Hall, owner: Service) -> Iterator[Service]:
    """The other services that share these numbers."""
    return (other for other in hall.services.values() if other.shares_numbers_with == owner.id)


def _with_own_or_shared_numbers(hall: Hall, service: Service) -> Service:
    """The service with its own numbers, checked, or with those of the service it shares with."""
    if service.shares_numbers_with is not None:
        return _with_numbers_of(hall.service(service.shares_numbers_with), hall, service)
    _require(2 <= service.digits <= 4, "A number has two, three or four digits.", "digits")
    numbers = series(service)
    _require(0 <= numbers.first <= numbers.last, "The last number of a service can't be lower than its first.", "last")
    _require(
        numbers.last < 10**service.digits, "The last number has more digits than the numbers of this service.", "last"
    )
    for other in hall.services.values():
        if service.id not in (other.id, other.shares_numbers_with) and numbers.overlaps(series(other)):
            raise PrefixTaken(
                "Another service gives these numbers: choose another letter or range, or let both share them.",
                service=other.id,
                field="prefix",
            )
    return service


def _with_numbers_of(owner: Service, hall: Hall, service: Service) -> Service:
    _require(owner.id != service.id, "A service can't share numbers with itself: name another one.", SHARES)
    _require(
        owner.shares_numbers_with is None and not any(services_sharing(hall, service)),
        "Name the service whose numbers are shared: sharing goes one step only.",
        SHARES,
    )
    _require(owner.prefix == service.prefix, "Services that share numbers have the same letter.", "prefix")
    return replace(service, **_number_fields(owner))


def _number_fields(service: Service) -> dict[str, Any]:
    return {name: getattr(service, name) for name in ("prefix", "first", "last", "digits")}


def _require(holds: bool, sentence: str, field: str) -> None:
    if not holds:
        raise Invalid(sentence, field=field)


def _is_only_series(counters: Mapping[str, int], numbers: Series) -> bool:
    """Whether no other series with the same letters has given a label today, as before a change of numbers."""
    letters = _letters(numbers.prefix)
    return not any(_letters(key.partition(":")[0]) == letters for key in counters if key != numbers.key)


def _letters(prefix: str) -> str:
    return prefix.rstrip("0123456789")
