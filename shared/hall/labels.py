"""Ticket labels: a service's prefix and a counter that only a new business day sets back."""

from __future__ import annotations

from shared.hall.hall import Hall

LAST = 999
"""After ``A999`` comes ``A001`` again, past labels that are still alive."""


def next_label(hall: Hall, prefix: str) -> tuple[str, int]:
    """The next label of a prefix that no live ticket shows, and the counter that gave it."""
    counter = hall.counters.get(prefix, 0) + 1
    if counter > LAST:
        alive = {ticket.label for ticket in hall.tickets.values()}
        while label(prefix, counter) in alive:
            counter += 1
    return label(prefix, counter), counter


def label(prefix: str, counter: int) -> str:
    return f"{prefix}{(counter - 1) % LAST + 1:03}"
