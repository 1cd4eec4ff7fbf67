"""Who did what, and who was refused: one line for each command and request, that nobody rewrites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, delete, select

from shared.access.audit import DONE, ReadAudit
from shared.access.contacts import Contact, ReadContact
from shared.access.devices import ListDevices, ListNewcomers, ReportState
from shared.access.request import Request
from shared.access.staff import ListStaff
from shared.access.work import ReadOwnDay, ReadSeats
from shared.backend.storage import tables
from shared.backend.storage.rows import Row
from shared.hall.errors import Refused
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command
from shared.hall.roles import Actor
from shared.hall.words import HallId, TicketId

KEPT = timedelta(days=365)
"""How long a line is kept; until then the database itself refuses to let it go, see migration 0003."""


def line(
    at: datetime,
    act: str,
    outcome: str = DONE,
    *,
    by: Actor | None = None,
    address: str = "",
    claimed: str = "",
    hall: HallId | None = None,
    ticket: TicketId | None = None,
    about: str = "",
) -> Row:
    """One row of the audit. Who has no ``by`` is nobody known, at an ``address``, whoever they ``claimed`` to be."""
    return {
        "at": at,
        "hall_id": hall,
        "role": by.role.value if by else "",
        "actor": (by.name if by else claimed)[:64],
        "address": (by.address if by else address)[:64],
        "act": act,
        "ticket": ticket,
        "about": about[:128],
        "outcome": outcome,
    }


# ── commands ──


def of_command(at: datetime, command: Command, by: Actor, hall: Hall, outcome: Accepted | Refused) -> Row:
    """The line of a command that was decided; ``hall`` is as it left it."""
    ticket, label = _ticket(command, hall, outcome)
    return line(
        at,
        command.type_name(),
        DONE if isinstance(outcome, Accepted) else outcome.type_name(),
        by=by,
        hall=hall.id,
        ticket=ticket,
        about=" · ".join(filter(None, (label, *_names(command, hall)))),
    )


def _ticket(command: Command, hall: Hall, outcome: Accepted | Refused) -> tuple[TicketId | None, str]:
    """The ticket it is about and its label; whatever else somebody may have written there is not repeated."""
    if isinstance(outcome, Accepted) and (told := outcome.result.get("ticket")):
        return told["id"], told["label"]
    named = getattr(command, "ticket", None)
    return (named, hall.ticket(named).label) if named and hall.knows(named) else (None, "")


def _names(command: Command, hall: Hall) -> Iterator[str]:
    """The ids a command names, as far as the hall knows them: what people type anywhere may be a name or worse."""
    for field in _naming(type(command)):  # type: ignore[arg-type]  # mypy: a type is hashable
        name = getattr(command, field)
        if name in hall.points or name in hall.services or name in hall.precedences:
            yield name


@cache
def _naming(kind: type[Command]) -> tuple[str, ...]:
    wanted = ("point", "service", "precedence", "id", "to_point", "to_service")
    return tuple(field.name for field in fields(kind) if field.name in wanted)


# ── requests ──

UNTOLD: frozenset[type[Request[Any]]] = frozenset(
    {ListStaff, ListDevices, ListNewcomers, ReportState, ReadSeats, ReadOwnDay}
)
"""What screens and machines ask all day, and what tells nothing about customers; only a refusal is written down."""


def is_told(request: Request[Any], answer: object) -> bool:
    """Whether an answer leaves a line: whoever turns a page or finds no contact has learned nothing new."""
    further = isinstance(request, ReadAudit) and request.before
    nothing = isinstance(request, ReadContact) and answer == Contact()
    return type(request) not in UNTOLD and not further and not nothing


def named(connection: Connection, request: Request[Any], hall: HallId) -> tuple[TicketId | None, str]:
    """The ticket, person or device a request is about, as far as there is one: asked before it may be gone."""
    staff, devices, tickets = tables.staff.c, tables.devices.c, tables.tickets.c
    if person := getattr(request, "person", None):
        return None, connection.scalar(select(staff.login).where(staff.id == person)) or ""
    if device := getattr(request, "device", None):
        return None, connection.scalar(select(devices.name).where(devices.id == device)) or ""
    if ticket := getattr(request, "ticket", None):
        label = connection.scalar(select(tickets.label).where(tickets.hall_id == hall, tickets.id == ticket))
        return (ticket, label) if label else (None, "")
    return None, ""


# ── forgetting ──


def forget(connection: Connection, now: datetime) -> None:
    """Let go of lines that have been kept long enough."""
    rows = tables.audit.c
    halls = connection.scalars(select(tables.halls.c.id)).all()
    for place in (rows.hall_id.is_(None), *(rows.hall_id == hall for hall in halls)):  # the index begins with the hall
        connection.execute(delete(tables.audit).where(place, rows.at < now - KEPT))
