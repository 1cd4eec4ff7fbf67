"""Exports and erases what is stored about a customer's visit (GDPR, articles 15 and 17)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from shared.backend.halls import notes
from shared.backend.request_handlers import audit_pages, contacts
from shared.backend.request_handlers.request_context import RequestContext
from shared.backend.storage import tables
from shared.hall.errors import UnknownTicket
from shared.hall.field_limits import ID
from shared.hall.field_types import HallId, TicketId
from shared.hall.json_codec import encode
from shared.hall.roles import Actor
from shared.requests.audit import Act
from shared.requests.contacts import EraseTicket, ExportTicket, PersonalData
from shared.requests.request import Done, Request


def export(context: RequestContext, hall: HallId, request: ExportTicket, by: Actor) -> PersonalData:
    """All that is stored about a ticket, with roles in place of staff's names; raises UnknownTicket."""
    ticket, written = request.ticket, context.ledger.wall()
    with context.ledger.database.reading() as connection:
        stored = {
            "written_at": encode(written),
            "hall": hall,
            "ticket": _ticket(connection, hall, ticket),
            "contact": encode(contacts.of(connection, hall, ticket)),
            "notes": [{"at": encode(note.at), "text": note.text} for note in notes.of_ticket(connection, hall, ticket)],
            "events": list(_events(connection, hall, ticket)),
            "audit": [_entry(act) for act in audit_pages.of_ticket(connection, hall, ticket)],
        }
    text = json.dumps(stored, ensure_ascii=False, indent=2) + "\n"
    return PersonalData(ticket=ticket, written_at=written, text=text)


def erase(context: RequestContext, hall: HallId, request: EraseTicket, by: Actor) -> Done:
    """Erase the contact, the notes and which browser took the ticket, but not its times; raises UnknownTicket."""
    with context.ledger.database.writing() as connection:
        _ticket(connection, hall, request.ticket)
        contacts.erase(connection, hall, request.ticket)
        notes.erase(connection, hall, request.ticket, context.ledger.wall())
        browsers = tables.browsers.c
        connection.execute(delete(tables.browsers).where(browsers.hall_id == hall, browsers.ticket == request.ticket))
    context.ledger.database.scrub()
    return Done()


def find(connection: Connection, hall: HallId, name: str) -> tuple[TicketId, str, datetime]:
    """Id, label and time of issue of the ticket with this id, or the latest with this label; raises UnknownTicket."""
    rows = tables.tickets.c
    for wanted in (rows.id == name, rows.label == name.strip().upper()) if ID.fits(name) else ():
        query = select(rows.id, rows.label, rows.issued_at).where(rows.hall_id == hall, wanted)
        if found := connection.execute(query.order_by(rows.issued_at.desc()).limit(1)).first():
            return found.id, found.label, found.issued_at
    raise UnknownTicket(f"There was never a ticket {name!r} in this hall.")


def _ticket(connection: Connection, hall: HallId, ticket: TicketId) -> dict[str, Any]:
    """The ticket's row; raises UnknownTicket."""
    rows = tables.tickets.c
    found = connection.execute(select(tables.tickets).where(rows.hall_id == hall, rows.id == ticket)).mappings().first()
    if found is None:
        raise UnknownTicket("This ticket is not there.", ticket=ticket)
    return {name: encode(value) for name, value in found.items() if name not in ("hall_id", "token_hash")}


def _events(connection: Connection, hall: HallId, ticket: TicketId) -> Iterator[dict[str, Any]]:
    """The ticket's events, in order. Scans the hall's whole journal: exports are rare."""
    rows = tables.journal.c
    query = select(rows.body).where(rows.hall_id == hall, rows.body.contains(f'"{ticket}"', autoescape=True))
    for body in connection.scalars(query.order_by(rows.seq)):
        event = json.loads(body)
        event.pop("token_hash", None)
        yield event


def _entry(act: Act) -> dict[str, Any]:
    return {"at": encode(act.at), "role": act.role, "act": act.act, "outcome": act.outcome}


HANDLERS: Mapping[type[Request[Any]], Callable[..., Any]] = {ExportTicket: export, EraseTicket: erase}
