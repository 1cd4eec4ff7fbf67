"""Limits the live tickets of one browser: which browser took which ticket is stored for a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, or_, select

from shared.backend.access.secret_hashes import hash_of
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import TooManyTickets
from shared.hall.field_types import HallId, TicketId

MOST_LIVE = 3
"""Live tickets per browser: for oneself, for a child, for another service."""

REMEMBERED_FOR = timedelta(days=1)
"""How long the tickets of a browser are remembered."""

BEING_ISSUED = timedelta(minutes=1)
"""How long a recorded ticket that is not issued yet counts as live."""


def record_ticket(database: Database, browser: str, hall: HallId, ticket: TicketId) -> None:
    """Record that this browser takes a ticket, before it is issued; raises TooManyTickets above ``MOST_LIVE``."""
    key, now = hash_of(browser), datetime.now(UTC)
    with database.writing() as connection:
        database.kind.lock(connection, [key])
        if _live(connection, key, ticket, now) >= MOST_LIVE:
            raise TooManyTickets("You have several numbers already: please give one back, or wait for its call.")
        row = {"what": key, "hall_id": hall, "ticket": ticket, "at": now}
        insert_unless_there(connection, tables.browsers, row)


def forget_ticket(database: Database, browser: str, hall: HallId, ticket: TicketId) -> None:
    """Undo ``record_ticket``, because the ticket was refused."""
    rows = tables.browsers.c
    its = (rows.what == hash_of(browser), rows.hall_id == hall, rows.ticket == ticket)
    with database.writing() as connection:
        connection.execute(delete(tables.browsers).where(*its))


def forget(connection: Connection, now: datetime) -> None:
    """Delete the records of tickets taken more than REMEMBERED_FOR ago."""
    connection.execute(delete(tables.browsers).where(tables.browsers.c.at < now - REMEMBERED_FOR))


def _live(connection: Connection, key: str, ticket: TicketId, now: datetime) -> int:
    """How many other tickets of this browser are live, or being issued now."""
    ours, tickets = tables.browsers.c, tables.tickets.c
    same = and_(tickets.hall_id == ours.hall_id, tickets.id == ours.ticket)
    being_issued = and_(tickets.id.is_(None), ours.at > now - BEING_ISSUED)
    live = or_(being_issued, and_(tickets.id.is_not(None), tickets.ended_at.is_(None)))
    query = select(func.count()).select_from(tables.browsers).outerjoin(tables.tickets, same)
    wanted = (ours.what == key, ours.ticket != ticket, ours.at > now - REMEMBERED_FOR, live)
    return int(connection.scalar(query.where(*wanted)) or 0)
