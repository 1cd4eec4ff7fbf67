"""The settings of a hall and their defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from shared.hall.display_values import Volume
from shared.hall.field_types import Language, Name, Outcome
from shared.hall.hours_grammar import Hours
from shared.hall.units import Minutes, Seconds

MINUTES = ("return_after", "reinstate_within", "appointment_early", "appointment_grace")
"""The settings of a hall that are a span in minutes."""


@dataclass(frozen=True, kw_only=True)
class HallSettings:
    """What an administrator decides for the whole hall. The first language is the hall's own."""

    name: Name = ""
    time_zone: str = "UTC"
    languages: tuple[Language, ...] = ("en",)
    day_starts: time = time(0, 0)
    return_after: Minutes = 5
    """How long after its return to the queue, or its reinstatement, a ticket is due again."""
    reinstate_within: Minutes = 60
    """How long after its end the ticket of a no-show, or a cancelled one, may be reinstated."""
    recalls_before_no_show: int = 0
    """How often a customer must be called again before they may be marked as a no-show."""
    no_show_after: Seconds = 0
    """How long after the last call a customer may be marked as a no-show at the earliest."""
    auto_call: bool = False
    """Whether the hall calls the next customer by itself, to the service point that has been free longest."""
    appointment_early: Minutes = 15
    """How long before its time an appointment may be called."""
    appointment_grace: Minutes = 10
    """How late a customer may check in and still be due from the appointed time."""
    outcomes: tuple[Outcome, ...] = ()
    """What specialists choose from when a visit ends, for reports; none: they are not asked."""
    web: bool = True
    """Whether customers may take a ticket with their phone."""
    accent: str = "#0b5cad"
    hours: Hours = ()
    """When the hall is open in a usual week: ``mon-fri 08:00-12:00``. None: always."""
    holidays: str = ""
    """Whose public holidays it keeps: a country, ``DE``, or a part of one, ``DE-BE``. Empty: none."""
    last_ticket: bool = False
    """Whether a service stops giving tickets when those who wait will take until closing time."""
    offline_tickets: bool = False
    """Whether kiosks that can't reach the hall may print tickets of their own series."""
    keep_contacts: int = 0
    """Hours for which a customer's name and phone are kept after the visit; 0: they are erased as it ends."""
    announce_times: int = 1
    """How often a voice says each call."""
    announce_gap: Seconds = 2
    """Silence between two announcements."""
    volumes: tuple[Volume, ...] = ()
    """How loud announcements are, by time of day; none: always the loudest."""
