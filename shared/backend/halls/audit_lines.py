"""Who did what, and who was refused: one line for each command and request, that nobody rewrites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, delete, select

from shared.access.audit import DONE, ReadAudit
from shared.access.contacts import Contact, ReadContact
from shared.access.devices import ClaimSeries, Device, ListDevices, ListNewcomers, ReportState
from shared.access.request import Request
from shared.access.specialists import ReadOwnDay, ReadReasons, ReadSeats
from shared.access.staff import ListStaff, Person
from shared.backend.storage import tables
from shared.backend.storage.row_buffer import Row
from shared.hall.errors import Refused
from shared.hall.field_types import HallId, TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command
from shared.hall.roles import Actor

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


def of_command(at: datetime, command: Command, by: Actor, before: Hall, hall: Hall, outcome: Accepted | Refused) -> Row:
    """The line of a command that was decided; ``hall`` is as it left it."""
    ticket, label = _ticket(command, hall, outcome)
    return line(
        at,
        command.type_name(),
        DONE if isinstance(outcome, Accepted) else outcome.type_name(),
        by=by,
        hall=hall.id,
        ticket=ticket,
        about=_together(label, *_names(command, before, hall)),
    )


def _ticket(command: Command, hall: Hall, outcome: Accepted | Refused) -> tuple[TicketId | None, str]:
    """The ticket it is about and its label; whatever else somebody may have written there is not repeated."""
    if isinstance(outcome, Accepted) and (told := outcome.result.get("ticket")):
        return told["id"], told["label"]
    named = getattr(command, "ticket", None)
    return (named, hall.ticket(named).label) if named and hall.knows(named) else (None, "")


def _names(command: Command, before: Hall, hall: Hall) -> Iterator[str]:
    """What it names, as far as the hall knows it, or knew it until then: whatever else people type may be a secret."""
    for field in _naming(type(command)):  # type: ignore[arg-type]  # mypy: a type is hashable
        name = getattr(command, field)
        if isinstance(name, date):
            yield name.isoformat()
        elif any(name in things for at in (before, hall) for things in (at.points, at.services, at.precedences)):
            yield name


@cache
def _naming(kind: type[Command]) -> tuple[str, ...]:
    wanted = ("point", "service", "precedence", "id", "to_point", "to_service", "date", "kept")
    return tuple(field.name for field in fields(kind) if field.name in wanted)


def _together(*names: str) -> str:
    return " · ".join(filter(None, names))


# ── requests ──

UNTOLD: frozenset[type[Request[Any]]] = frozenset(
    {ListStaff, ListDevices, ListNewcomers, ReportState, ClaimSeries, ReadSeats, ReadOwnDay, ReadReasons}
)
"""What screens and machines ask all day, notes beside their customers among it; only a refusal is written down."""


def is_told(request: Request[Any], answer: object) -> bool:
    """Whether an answer leaves a line: whoever turns a page or finds no contact has learned nothing new."""
    further = isinstance(request, ReadAudit) and request.before
    nothing = isinstance(request, ReadContact) and answer == Contact()
    return type(request) not in UNTOLD and not further and not nothing


def named(connection: Connection, request: Request[Any], hall: HallId) -> tuple[TicketId | None, str]:
    """The ticket, person or device a request is about, as far as it is known: asked before it may be gone."""
    tickets = tables.tickets.c
    if ticket := getattr(request, "ticket", None):
        label = connection.scalar(select(tickets.label).where(tickets.hall_id == hall, tickets.id == ticket))
        return (ticket, label) if label else (None, "")
    return None, next((_name(connection, query) for query in _queries(request)), "")


def _queries(request: Request[Any]) -> Iterator[Select[Any]]:
    """How to find what a request calls by an id or by a login."""
    staff, devices, newcomers = tables.staff.c, tables.devices.c, tables.newcomers.c
    if person := getattr(request, "person", None):
        yield select(staff.login).where(staff.id == person)
    if login := getattr(request, "login", None):
        yield select(staff.login).where(staff.login == login)
    if device := getattr(request, "device", None):
        yield select(devices.name).where(devices.id == device)
    if newcomer := getattr(request, "newcomer", None):
        yield select(newcomers.role, newcomers.address).where(newcomers.id == newcomer)


def _name(connection: Connection, query: Select[Any]) -> str:
    return _together(*(connection.execute(query).first() or ()))


def named_since(name: str, answer: object) -> str:
    """The same once it is answered: who is new, or has another name, was not known by it before."""
    match answer:
        case Person():
            now = answer.login
        case Device():
            now = answer.name
        case _:
            now = name
    return name if now == name else _together(name, now)


# ── forgetting ──


def forget(connection: Connection, now: datetime) -> None:
    """Let go of lines that have been kept long enough."""
    rows = tables.audit.c
    halls = connection.scalars(select(tables.halls.c.id)).all()
    for place in (rows.hall_id.is_(None), *(rows.hall_id == hall for hall in halls)):  # the index begins with the hall
        connection.execute(delete(tables.audit).where(place, rows.at < now - KEPT))
