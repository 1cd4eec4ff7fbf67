"""Who is next: the earliest due of those a service point may serve.

A ticket is due at its issue plus the allowance of its precedence; a later change of the allowance does not move it.
So overtaking is bounded: a newly issued ticket is called before an older one only if it came later by less than the
difference of their allowances. Static urgency after Jackson (1960), "Some problems in queueing with dynamic
priorities".
"""

from __future__ import annotations

from typing import NamedTuple

from shared.hall.field_types import TicketId
from shared.hall.units import MINUTE, Minutes, OrderTime


class Place(NamedTuple):
    """A place in a line; sorts by who is due first, then by who came first."""

    due: OrderTime
    number: int
    """The sequence number of its issue."""
    ticket: TicketId


class Arrival(NamedTuple):
    """The order of arrival: sorts by who came first, whatever the clocks said."""

    number: int
    """The sequence number of its issue."""
    ticket: TicketId


def due_at_issue(issued: OrderTime, allowance: Minutes) -> OrderTime:
    """When a ticket of a precedence with this allowance is due."""
    return issued + allowance * MINUTE
