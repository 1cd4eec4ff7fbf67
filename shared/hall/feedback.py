"""Feedback: customers rate their visit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.hall.errors import AlreadyRated, Invalid, TicketNotServed
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Change, Command, Event, Events, Rule, ticket_answer
from shared.hall.roles import TICKET_GIVERS
from shared.hall.values import Moment, TicketState

BEST = 5
"""The best rating; 1 is the worst."""


@dataclass(frozen=True, kw_only=True)
class GiveFeedback(Command):
    """A customer rates the visit, once and on the same business day."""

    ticket: TicketId
    rating: int
    """1 (worst) to 5 (best)."""


@dataclass(frozen=True, kw_only=True)
class FeedbackGiven(Event):
    ticket: TicketId
    rating: int
    """1 to 5."""


def give_feedback(hall: Hall, command: GiveFeedback, now: Moment) -> Events:
    ticket = hall.ticket(command.ticket)
    if not 1 <= command.rating <= BEST:
        raise Invalid("A rating is a whole number from 1 to {best}.", best=str(BEST))
    if ticket.state is not TicketState.SERVED:
        raise TicketNotServed("{label} has not been served yet: come back after your visit.", **ticket.id_and_label)
    if ticket.rating is not None:
        raise AlreadyRated("You have already rated your visit.", ticket=ticket.id)
    return [FeedbackGiven(ticket=ticket.id, rating=command.rating)]


def feedback_given(hall: Hall, event: FeedbackGiven) -> Hall:
    ended = tuple(
        replace(ticket, rating=event.rating) if ticket.id == event.ticket else ticket for ticket in hall.ended
    )
    return replace(hall, ended=ended)


RULES = (Rule(GiveFeedback, give_feedback, ticket_answer, TICKET_GIVERS),)
CHANGES = (Change(FeedbackGiven, feedback_given),)
