"""Handles requests about customers' contacts, and erases contacts when the visit is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select

from shared.backend.request_handlers.request_context import RequestContext
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_or_overwrite
from shared.hall.errors import TooLate, UnknownTicket
from shared.hall.field_types import HallId, TicketId
from shared.hall.hall import Hall
from shared.hall.roles import Actor
from shared.hall.undo import UNDO_WITHIN
from shared.hall.values import TicketState
from shared.requests.contacts import Contact, KeepContact, ReadContact
from shared.requests.request import Done, Request

UNDOABLE = timedelta(milliseconds=UNDO_WITHIN) + timedelta(seconds=5)
"""How long the end of a visit can still be undone, and its contact is needed, with five seconds to spare."""

LONGEST_VISIT = timedelta(hours=26)
"""Longer than any business day, also the one of 25 hours in autumn: no ticket lives longer."""


def keep(context: RequestContext, hall_id: HallId, request: KeepContact, by: Actor) -> Done:
    """Store or replace the contact of a live ticket; raises UnknownTicket or TooLate."""
    contact = Contact(name=request.contact.name.strip(), phone=request.contact.phone.strip())
    forget(context.ledger.database, context.ledger.hall(hall_id), context.ledger.wall())
    with context.ledger.database.writing() as connection:
        require_live(connection, hall_id, request.ticket)
        if contact == Contact():
            erase(connection, hall_id, request.ticket)
        else:
            row = {"hall_id": hall_id, "ticket": request.ticket, "name": contact.name, "phone": contact.phone}
            insert_or_overwrite(connection, tables.contacts, {**row, "at": context.ledger.wall()})
    return Done()


def read(context: RequestContext, hall_id: HallId, request: ReadContact, by: Actor) -> Contact:
    """The contact of a ticket, empty if there is none; raises UnknownHall."""
    forget(context.ledger.database, context.ledger.hall(hall_id), context.ledger.wall())
    with context.ledger.database.reading() as connection:
        return of(connection, hall_id, request.ticket)


def of(connection: Connection, hall_id: HallId, ticket: TicketId) -> Contact:
    rows = tables.contacts.c
    query = select(rows.name, rows.phone).where(rows.hall_id == hall_id, rows.ticket == ticket)
    found = connection.execute(query).first()
    return Contact(name=found.name, phone=found.phone) if found else Contact()


def erase(connection: Connection, *keys: str) -> None:
    """Delete the contacts of a hall's tickets: ``keys`` are the hall and the tickets."""
    rows, (hall, *tickets) = tables.contacts.c, keys
    connection.execute(delete(tables.contacts).where(rows.hall_id == hall, rows.ticket.in_(tickets)))


def forget(database: Database, hall: Hall, now: datetime) -> None:
    """Erase the contacts this hall may no longer keep; without one nothing is written."""
    with database.reading() as connection:
        due = _due(connection, hall, now)
    if due:
        with database.writing() as connection:
            erase(connection, hall.id, *_due(connection, hall, now))
        database.scrub()


def _due(connection: Connection, hall: Hall, now: datetime) -> list[TicketId]:
    """The tickets whose contact is to be erased: it was kept long enough after the end, or is older than any visit.

    An end counts only when it can't be undone any more, and a no-show can't be reinstated.
    """
    contacts, tickets = tables.contacts.c, tables.tickets.c
    kept = max(timedelta(hours=hall.settings.keep_contacts), UNDOABLE)
    reinstatable = timedelta(minutes=hall.settings.reinstate_within)
    no_show = tickets.state == TicketState.NO_SHOW.value
    over = or_(
        and_(~no_show, tickets.ended_at < now - kept),
        and_(no_show, tickets.ended_at < now - max(kept, reinstatable)),
        contacts.at < now - kept - LONGEST_VISIT,
    )
    same = and_(tickets.hall_id == contacts.hall_id, tickets.id == contacts.ticket)
    query = select(contacts.ticket).outerjoin_from(tables.contacts, tables.tickets, same)
    return list(connection.scalars(query.where(contacts.hall_id == hall.id, over)))


def require_live(connection: Connection, hall_id: HallId, ticket: TicketId) -> None:
    """Raises UnknownTicket, or TooLate if the visit is over."""
    rows = tables.tickets.c
    found = connection.execute(select(rows.ended_at).where(rows.hall_id == hall_id, rows.id == ticket)).first()
    if found is None:
        raise UnknownTicket("This ticket is not there.", ticket=ticket)
    if found.ended_at is not None:
        raise TooLate("This visit is over: nothing more is kept about its customer.", ticket=ticket)


HANDLERS: Mapping[type[Request[Any]], Callable[..., Any]] = {KeepContact: keep, ReadContact: read}
