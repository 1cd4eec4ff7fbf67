"""How customers can be reached: beside the hall and never in it, for one visit, and then forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select

from shared.access.contacts import Contact, KeepContact, ReadContact
from shared.access.request import Done, Request
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

UNDOABLE = timedelta(milliseconds=UNDO_WITHIN) + timedelta(seconds=5)
"""How long the end of a visit may still be taken back, and the contact with it."""

LONGEST_VISIT = timedelta(hours=26)
"""A business day with an hour more in autumn: no ticket lives longer, whatever became of it."""


def keep(context: RequestContext, hall: HallId, asked: KeepContact, by: Actor) -> Done:
    """Write down how the customer of a live ticket can be reached, instead of what was known."""
    contact = Contact(name=asked.contact.name.strip(), phone=asked.contact.phone.strip())
    forget(context.ledger.database, context.ledger.hall(hall), context.ledger.wall())
    with context.ledger.database.writing() as connection:
        require_live(connection, hall, asked.ticket)
        if contact == Contact():
            erase(connection, hall, asked.ticket)
        else:
            row = {"hall_id": hall, "ticket": asked.ticket, "name": contact.name, "phone": contact.phone}
            insert_or_overwrite(connection, tables.contacts, {**row, "at": context.ledger.wall()})
    return Done()


def read(context: RequestContext, hall: HallId, asked: ReadContact, by: Actor) -> Contact:
    """What is known, or nothing."""
    forget(context.ledger.database, context.ledger.hall(hall), context.ledger.wall())
    with context.ledger.database.reading() as connection:
        return of(connection, hall, asked.ticket)


def of(connection: Connection, hall: HallId, ticket: TicketId) -> Contact:
    rows = tables.contacts.c
    query = select(rows.name, rows.phone).where(rows.hall_id == hall, rows.ticket == ticket)
    found = connection.execute(query).first()
    return Contact(name=found.name, phone=found.phone) if found else Contact()


def erase(connection: Connection, *keys: str) -> None:
    """Forget what is known about a hall's ticket."""
    rows, (hall, *tickets) = tables.contacts.c, keys
    connection.execute(delete(tables.contacts).where(rows.hall_id == hall, rows.ticket.in_(tickets)))


def forget(database: Database, hall: Hall, now: datetime) -> None:
    """Forget whom this hall has no more reason to know; usually there is nobody, and nothing is written."""
    with database.reading() as connection:
        due = _due(connection, hall, now)
    if due:
        with database.writing() as connection:
            erase(connection, hall.id, *_due(connection, hall, now))
        database.scrub()


def _due(connection: Connection, hall: Hall, now: datetime) -> list[TicketId]:
    """The tickets whose visit has been over for as long as contacts are kept.

    Over is what nobody can take back: a slip is undone within seconds, and who did not come may still come for a while.
    """
    contacts, tickets = tables.contacts.c, tables.tickets.c
    kept = max(timedelta(hours=hall.settings.keep_contacts), UNDOABLE)
    may_come = timedelta(minutes=hall.settings.reinstate_within)
    came_not = tickets.state == TicketState.NO_SHOW.value
    over = or_(
        and_(~came_not, tickets.ended_at < now - kept),
        and_(came_not, tickets.ended_at < now - max(kept, may_come)),
        contacts.at < now - kept - LONGEST_VISIT,
    )
    same = and_(tickets.hall_id == contacts.hall_id, tickets.id == contacts.ticket)
    query = select(contacts.ticket).outerjoin_from(tables.contacts, tables.tickets, same)
    return list(connection.scalars(query.where(contacts.hall_id == hall.id, over)))


def require_live(connection: Connection, hall: HallId, ticket: TicketId) -> None:
    """Raises UnknownTicket, or TooLate for one whose visit is over."""
    rows = tables.tickets.c
    found = connection.execute(select(rows.ended_at).where(rows.hall_id == hall, rows.id == ticket)).first()
    if found is None:
        raise UnknownTicket("This ticket is not there.", ticket=ticket)
    if found.ended_at is not None:
        raise TooLate("This visit is over: nothing more is kept about its customer.", ticket=ticket)


ANSWERS: Mapping[type[Request[Any]], Callable[..., Any]] = {KeepContact: keep, ReadContact: read}
