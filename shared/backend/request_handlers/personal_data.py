"""What a customer may ask of us: all that is kept about their visit, and to have it forgotten (GDPR, 15 and 17)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from shared.access.audit import Act
from shared.access.contacts import EraseTicket, ExportTicket, PersonalData
from shared.access.request import Done, Request
from shared.backend.halls import notes
from shared.backend.request_handlers import audit_pages, contacts
from shared.backend.request_handlers.request_context import RequestContext
from shared.backend.storage import tables
from shared.hall.errors import UnknownTicket
from shared.hall.field_limits import ID
from shared.hall.field_types import HallId, TicketId
from shared.hall.json_codec import encode
from shared.hall.roles import Actor


def export(context: RequestContext, hall: HallId, asked: ExportTicket, by: Actor) -> PersonalData:
    """All of it, as a JSON text people can read. Of our staff it tells the role: their names are theirs."""
    with context.ledger.database.reading() as connection:
        written = context.ledger.wall()
        kept = {
            "written_at": encode(written),
            "hall": hall,
            "ticket": _ticket(connection, hall, asked.ticket),
            "contact": encode(contacts.of(connection, hall, asked.ticket)),
            "notes": [
                {"at": encode(note.at), "text": note.text} for note in notes.about(connection, hall, asked.ticket)
            ],
            "events": list(_events(connection, hall, asked.ticket)),
            "audit": [_told(act) for act in audit_pages.about(connection, hall, asked.ticket)],
        }
    return PersonalData(
        ticket=asked.ticket, written_at=written, text=json.dumps(kept, ensure_ascii=False, indent=2) + "\n"
    )


def erase(context: RequestContext, hall: HallId, asked: EraseTicket, by: Actor) -> Done:
    """Forget the contact and the notes, and which browser took it; its times stay in the statistics."""
    with context.ledger.database.writing() as connection:
        _ticket(connection, hall, asked.ticket)
        contacts.erase(connection, hall, asked.ticket)
        notes.erase(connection, hall, asked.ticket, context.ledger.wall())
        browsers = tables.browsers.c
        connection.execute(delete(tables.browsers).where(browsers.hall_id == hall, browsers.ticket == asked.ticket))
    context.ledger.database.scrub()
    return Done()


def find(connection: Connection, hall: HallId, name: str) -> tuple[TicketId, str, datetime]:
    """The ticket of this id, or the last one that had this label, and when it was taken; raises UnknownTicket."""
    rows = tables.tickets.c
    for wanted in (rows.id == name, rows.label == name.strip().upper()) if ID.fits(name) else ():
        query = select(rows.id, rows.label, rows.issued_at).where(rows.hall_id == hall, wanted)
        if found := connection.execute(query.order_by(rows.issued_at.desc()).limit(1)).first():
            return found.id, found.label, found.issued_at
    raise UnknownTicket(f"There was never a ticket {name!r} in this hall.")


def _ticket(connection: Connection, hall: HallId, ticket: TicketId) -> dict[str, Any]:
    """Its row; raises UnknownTicket."""
    rows = tables.tickets.c
    found = connection.execute(select(tables.tickets).where(rows.hall_id == hall, rows.id == ticket)).mappings().first()
    if found is None:
        raise UnknownTicket("This ticket is not there.", ticket=ticket)
    return {name: encode(value) for name, value in found.items() if name not in ("hall_id", "token_hash")}


def _events(connection: Connection, hall: HallId, ticket: TicketId) -> Iterator[dict[str, Any]]:
    """What happened with it, in order. The journal is read from one end to the other: nobody is asked this often."""
    rows = tables.journal.c
    query = select(rows.body).where(rows.hall_id == hall, rows.body.contains(f'"{ticket}"', autoescape=True))
    for body in connection.scalars(query.order_by(rows.seq)):
        event = json.loads(body)
        event.pop("token_hash", None)
        yield event


def _told(act: Act) -> dict[str, Any]:
    return {"at": encode(act.at), "role": act.role, "act": act.act, "outcome": act.outcome}


ANSWERS: Mapping[type[Request[Any]], Callable[..., Any]] = {ExportTicket: export, EraseTicket: erase}
