"""Ticket labels: a service's prefix and a counter that only a new business day sets back."""

from __future__ import annotations

from shared.hall.errors import NoLabelLeft
from shared.hall.hall import Hall

LAST = 999
"""After ``A999`` comes ``A001`` again, past labels that are still alive."""


def next_label(hall: Hall, prefix: str) -> tuple[str, int]:
    """The next label of a prefix that no live ticket shows, and the counter that gave it; raises NoLabelLeft."""
    first = hall.counters.get(prefix, 0) + 1
    if first <= LAST:
        return label(prefix, first), first
    alive = {ticket.label for ticket in hall.tickets.values()}
    for counter in range(first, first + LAST):
        if label(prefix, counter) not in alive:
            return label(prefix, counter), counter
    raise NoLabelLeft("All numbers of this service are taken: please come again a little later.")


def label(prefix: str, counter: int) -> str:
    return f"{prefix}{(counter - 1) % LAST + 1:03}"
