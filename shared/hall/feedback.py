"""What customers think of their visit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.hall.errors import AlreadyRated, Invalid, TicketNotServed
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Change, Command, Event, Events, Rule, the_ticket
from shared.hall.roles import TICKET_GIVERS
from shared.hall.values import Moment, TicketState

BEST = 5


@dataclass(frozen=True, kw_only=True)
class GiveFeedback(Command):
    """A customer says how the visit was: 1, bad, to 5, good. Once, and on the same day."""

    ticket: TicketId
    rating: int


@dataclass(frozen=True, kw_only=True)
class FeedbackGiven(Event):
    ticket: TicketId
    rating: int


def give_feedback(hall: Hall, command: GiveFeedback, now: Moment) -> Events:
    ticket = hall.ticket(command.ticket)
    if not 1 <= command.rating <= BEST:
        raise Invalid("A rating is a whole number from 1 to {best}.", best=str(BEST))
    if ticket.state is not TicketState.SERVED:
        raise TicketNotServed("{label} has not been served yet: come back after your visit.", **ticket.named)
    if ticket.rating is not None:
        raise AlreadyRated("You have already said how your visit was.", ticket=ticket.id)
    return [FeedbackGiven(ticket=ticket.id, rating=command.rating)]


def feedback_given(hall: Hall, event: FeedbackGiven) -> Hall:
    ended = tuple(
        replace(ticket, rating=event.rating) if ticket.id == event.ticket else ticket for ticket in hall.ended
    )
    return replace(hall, ended=ended)


RULES = (Rule(GiveFeedback, give_feedback, the_ticket, TICKET_GIVERS),)
CHANGES = (Change(FeedbackGiven, feedback_given),)
