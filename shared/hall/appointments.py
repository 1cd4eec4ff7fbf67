"""Customers who come at a time agreed before: they check in, and their clock starts at that time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.hall.errors import AppointmentNotToday
from shared.hall.field_types import Hash, Language, PrecedenceId, ServiceId
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket, TicketIssued, issue_ticket, issued
from shared.hall.messages import Command, Events, Rule
from shared.hall.opening import business_day
from shared.hall.roles import TICKET_GIVERS
from shared.hall.values import Moment, Origin

A_DAY = timedelta(hours=48)
"""No business day is longer, whatever is done to a clock."""


@dataclass(frozen=True, kw_only=True)
class CheckIn(Command):
    """A customer with an appointment has come. The ticket's id is the command's, as of IssueTicket."""

    service: ServiceId
    appointed_at: datetime
    precedence: PrecedenceId | None = None
    language: Language | None = None
    token_hash: Hash | None = None


def check_in(hall: Hall, command: CheckIn, now: Moment) -> Events:
    at = command.appointed_at.replace(microsecond=0)
    if abs(at - now.wall) > A_DAY or business_day(hall.settings, at) != business_day(hall.settings, now.wall):
        raise AppointmentNotToday("This appointment is for another day.")
    return [_appointed(hall, event, at, now) for event in issue_ticket(hall, _as_issue(command), now)]


def _as_issue(command: CheckIn) -> IssueTicket:
    return IssueTicket(
        command_id=command.command_id,
        service=command.service,
        precedence=command.precedence,
        language=command.language,
        origin=Origin.APPOINTMENT,
        token_hash=command.token_hash,
    )


def _appointed(hall: Hall, event: TicketIssued, at: datetime, now: Moment) -> TicketIssued:
    """The ticket as if it had been taken at the appointed time; late beyond the hall's grace, as it was taken now."""
    until = at - now.wall
    early = until - timedelta(minutes=hall.settings.appointment_early)
    late = -until > timedelta(minutes=hall.settings.appointment_grace)
    return replace(
        event,
        appointed_at=at,
        due=event.due if late else event.due + _milliseconds(until),
        not_before=now.order + _milliseconds(early) if early > timedelta() else None,
    )


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


RULES = (Rule(CheckIn, check_in, issued, TICKET_GIVERS),)
CHANGES = ()
