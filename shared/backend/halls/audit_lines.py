"""Builds audit entries, one row for each command and request, done or refused, and deletes old entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, delete, select

from shared.backend.storage import tables
from shared.backend.storage.row_buffer import TableRow
from shared.hall.errors import Refused
from shared.hall.field_types import HallId, TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command
from shared.hall.roles import Actor
from shared.requests.audit import DONE, ReadAudit
from shared.requests.contacts import Contact, ReadContact
from shared.requests.devices import ClaimSeries, Device, ListDevices, ListNewcomers, ReportState
from shared.requests.media import ListMedia, Medium, ReadMediumPart, SendMediumPart
from shared.requests.request import Request
from shared.requests.specialists import ReadOwnDay, ReadReasons, ReadSeats
from shared.requests.staff import ListStaff, Person

KEPT = timedelta(days=365)
"""How long an entry is kept; until then the database itself refuses to delete it, see migration 0003."""


def entry(
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
) -> TableRow:
    """One row of the audit. Without ``by`` the actor is unknown: an ``address``, and the login they ``claimed``."""
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


def of_command(
    at: datetime, command: Command, by: Actor, before: Hall, after: Hall, answer: Accepted | Refused
) -> TableRow:
    """The row of a decided command, with the hall ``before`` and ``after`` it."""
    ticket_id, label = _ticket(command, after, answer)
    return entry(
        at,
        command.type_name(),
        DONE if isinstance(answer, Accepted) else answer.type_name(),
        by=by,
        hall=after.id,
        ticket=ticket_id,
        about=_joined(label, *_names(command, before, after)),
    )


def _ticket(command: Command, hall: Hall, answer: Accepted | Refused) -> tuple[TicketId | None, str]:
    """The ticket a command is about and its label; an id the hall does not know is not repeated."""
    if isinstance(answer, Accepted) and (result := answer.result.get("ticket")):
        return result["id"], result["label"]
    named = getattr(command, "ticket", None)
    return (named, hall.ticket(named).label) if named and hall.knows(named) else (None, "")


def _names(command: Command, before: Hall, after: Hall) -> Iterator[str]:
    """The ids and dates in a command; ids only if the hall knows or knew them: other text may be a secret."""
    for field in _name_fields(type(command)):  # type: ignore[arg-type]  # mypy: a type is hashable
        name = getattr(command, field)
        if isinstance(name, date):
            yield name.isoformat()
        elif any(name in _ids(hall) for hall in (before, after)):
            yield name


def _ids(hall: Hall) -> set[str]:
    """All that a command may name by its id; of the recordings, what they say."""
    recorded = (clip.says for clip in hall.clips.values())
    return {*hall.points, *hall.services, *hall.precedences, *hall.displays, *recorded}


@cache
def _name_fields(kind: type[Command]) -> tuple[str, ...]:
    wanted = ("point", "service", "precedence", "id", "to_point", "to_service", "display", "says", "date", "kept")
    return tuple(field.name for field in fields(kind) if field.name in wanted)


def _joined(*names: str) -> str:
    return " · ".join(filter(None, names))


# ── requests ──

NOT_AUDITED: frozenset[type[Request[Any]]] = frozenset(
    {
        ListStaff,
        ListDevices,
        ListNewcomers,
        ReportState,
        ClaimSeries,
        ReadSeats,
        ReadOwnDay,
        ReadReasons,
        ListMedia,
        SendMediumPart,
        ReadMediumPart,
    }
)
"""Requests screens and devices send all day: only their refusals are audited."""


def is_audited(request: Request[Any], answer: object) -> bool:
    """Whether an answered request is audited: a further page or an empty contact is not, it tells nothing new."""
    is_further_page = isinstance(request, ReadAudit) and request.before
    is_empty = isinstance(request, ReadContact) and answer == Contact()
    return type(request) not in NOT_AUDITED and not is_further_page and not is_empty


def subject(connection: Connection, request: Request[Any], hall: HallId) -> tuple[TicketId | None, str]:
    """The ticket a request is about, and the name of what it is about; call it before that may be gone."""
    tickets = tables.tickets.c
    if ticket := getattr(request, "ticket", None):
        label = connection.scalar(select(tickets.label).where(tickets.hall_id == hall, tickets.id == ticket))
        return (ticket, label) if label else (None, "")
    return None, next((_name(connection, query) for query in _queries(request, hall)), "")


def _queries(request: Request[Any], hall: HallId) -> Iterator[Select[Any]]:
    """Queries for the name of the person, device, newcomer or medium whose id or login is in a request."""
    staff, devices, newcomers, media = tables.staff.c, tables.devices.c, tables.newcomers.c, tables.media.c
    if person := getattr(request, "person", None):
        yield select(staff.login).where(staff.id == person)
    if login := getattr(request, "login", None):
        yield select(staff.login).where(staff.login == login)
    if device := getattr(request, "device", None):
        yield select(devices.name).where(devices.id == device)
    if newcomer := getattr(request, "newcomer", None):
        yield select(newcomers.role, newcomers.address).where(newcomers.id == newcomer)
    if content := getattr(request, "content", None):
        yield select(media.name).where(media.hall_id == hall, media.content == content)


def _name(connection: Connection, query: Select[Any]) -> str:
    return _joined(*(connection.execute(query).first() or ()))


def subject_after(name: str, answer: object) -> str:
    """The name to audit after the answer: what it is about may be new, or renamed, and then both names."""
    now = answer.login if isinstance(answer, Person) else answer.name if isinstance(answer, Device | Medium) else name
    return name if now == name else _joined(name, now)


def forget(connection: Connection, now: datetime) -> None:
    """Delete entries older than ``KEPT``."""
    rows = tables.audit.c
    halls = connection.scalars(select(tables.halls.c.id)).all()
    for scope in (rows.hall_id.is_(None), *(rows.hall_id == hall for hall in halls)):  # the index begins with the hall
        connection.execute(delete(tables.audit).where(scope, rows.at < now - KEPT))
