"""Which browser took which ticket, remembered for a day: so that no phone has more live tickets than people need."""

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
"""Live tickets of one browser: for oneself, for a child, for another service."""

LASTS = timedelta(days=1)
"""How long a browser is the same to us."""

ON_ITS_WAY = timedelta(minutes=1)
"""For how long a ticket that is being taken counts as live."""


def takes(database: Database, browser: str, hall: HallId, ticket: TicketId) -> None:
    """Remember that this browser takes a ticket; raises TooManyTickets."""
    what, now = hash_of(browser), datetime.now(UTC)
    with database.writing() as connection:
        database.kind.hold(connection, [what])
        if _live(connection, what, ticket, now) >= MOST_LIVE:
            raise TooManyTickets("You have several numbers already: please give one back, or wait for its call.")
        row = {"what": what, "hall_id": hall, "ticket": ticket, "at": now}
        insert_unless_there(connection, tables.browsers, row)


def never_took(database: Database, browser: str, hall: HallId, ticket: TicketId) -> None:
    """Forget a ticket that was refused."""
    rows = tables.browsers.c
    its = (rows.what == hash_of(browser), rows.hall_id == hall, rows.ticket == ticket)
    with database.writing() as connection:
        connection.execute(delete(tables.browsers).where(*its))


def forget(connection: Connection, now: datetime) -> None:
    """Forget which browser took which ticket, a day later."""
    connection.execute(delete(tables.browsers).where(tables.browsers.c.at < now - LASTS))


def _live(connection: Connection, what: str, ticket: TicketId, now: datetime) -> int:
    """How many other tickets this browser has that are live, or being taken at this moment."""
    ours, tickets = tables.browsers.c, tables.tickets.c
    same = and_(tickets.hall_id == ours.hall_id, tickets.id == ours.ticket)
    taking = and_(tickets.id.is_(None), ours.at > now - ON_ITS_WAY)
    live = or_(taking, and_(tickets.id.is_not(None), tickets.ended_at.is_(None)))
    query = select(func.count()).select_from(tables.browsers).outerjoin(tables.tickets, same)
    wanted = (ours.what == what, ours.ticket != ticket, ours.at > now - LASTS, live)
    return int(connection.scalar(query.where(*wanted)) or 0)
