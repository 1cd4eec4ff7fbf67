"""Appointments: the customer checks in, and their ticket counts from the time agreed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.hall.errors import AppointmentNotToday
from shared.hall.field_types import Hash, Language, PrecedenceId, ServiceId
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket, TicketIssued, issue_answer, issue_ticket
from shared.hall.messages import Command, Events, Rule
from shared.hall.opening import business_day
from shared.hall.roles import TICKET_GIVERS
from shared.hall.units import Milliseconds
from shared.hall.values import Moment, Origin

FARTHEST = timedelta(hours=48)
"""An appointment farther from now is on another business day, whatever is done to a clock."""


@dataclass(frozen=True, kw_only=True)
class CheckIn(Command):
    """A customer with an appointment has come. The ticket's id is the command's, as with IssueTicket."""

    service: ServiceId
    appointed_at: datetime
    precedence: PrecedenceId | None = None
    language: Language | None = None
    token_hash: Hash | None = None


def check_in(hall: Hall, command: CheckIn, now: Moment) -> Events:
    at = command.appointed_at.replace(microsecond=0)
    if abs(at - now.wall) > FARTHEST or business_day(hall.settings, at) != business_day(hall.settings, now.wall):
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
    """The ticket as if taken at the appointed time; as if taken now if that passed longer ago than the hall's grace."""
    until = at - now.wall
    until_callable = until - timedelta(minutes=hall.settings.appointment_early)
    is_late = -until > timedelta(minutes=hall.settings.appointment_grace)
    return replace(
        event,
        appointed_at=at,
        due=event.due if is_late else event.due + _milliseconds(until),
        not_before=now.order + _milliseconds(until_callable) if until_callable > timedelta() else None,
    )


def _milliseconds(span: timedelta) -> Milliseconds:
    return span // timedelta(milliseconds=1)


RULES = (Rule(CheckIn, check_in, issue_answer, TICKET_GIVERS),)
CHANGES = ()
