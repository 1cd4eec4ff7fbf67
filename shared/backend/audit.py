"""Who did what, and who was refused: one line for each command and request, that nobody rewrites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, or_, select, tuple_

from shared.access.audit import DONE, Act, Page, ReadAudit
from shared.access.contacts import Contact, ReadContact
from shared.access.devices import ListDevices, ListNewcomers, ReportState
from shared.access.request import Request
from shared.access.staff import ListStaff
from shared.backend import tables
from shared.backend.rows import Row
from shared.hall.errors import Invalid, Refused
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command
from shared.hall.roles import Actor
from shared.hall.words import HallId, TicketId

if TYPE_CHECKING:
    from shared.backend.desk import Desk

KEPT = timedelta(days=365)
"""How long a line is kept; until then the database itself refuses to let it go, see migration 0003."""

MOST = 1000
"""Lines in one page of the audit."""


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

UNTOLD: frozenset[type[Request[Any]]] = frozenset({ListStaff, ListDevices, ListNewcomers, ReportState})
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


# ── reading ──


def read(desk: Desk, hall: HallId, asked: ReadAudit, by: Actor) -> Page:
    """A page of what fits. What concerns no hall, as a log-in nobody knows, is for those who work in every hall."""
    if not 1 <= asked.limit <= MOST:
        raise Invalid(f"A page has 1 to {MOST} lines.")
    rows = tables.audit.c
    places = [rows.hall_id == hall, *([rows.hall_id.is_(None)] if by.hall is None else [])]
    with desk.ledger.database.reading() as connection:
        found = [row for place in places for row in connection.execute(_page(asked, place))]
    found = sorted(found, key=lambda row: (row.at, row.id), reverse=True)
    shown = found[: asked.limit]
    more = len(found) > asked.limit
    return Page(acts=tuple(map(_act, shown)), older=_cursor(shown[-1]) if more else "")


def about(connection: Connection, hall: HallId, ticket: TicketId) -> list[Act]:
    """Everything that was ever done about a ticket, the oldest first."""
    rows, issued = tables.audit.c, tables.tickets.c
    since = select(issued.issued_at).where(issued.hall_id == hall, issued.id == ticket).scalar_subquery()
    query = select(tables.audit).where(rows.hall_id == hall, rows.at >= since, rows.ticket == ticket)
    return [_act(row) for row in connection.execute(query.order_by(rows.at, rows.id))]


def _page(asked: ReadAudit, place: ColumnElement[bool]) -> Select[Any]:
    """One more than wanted, which says whether there are older ones."""
    rows = tables.audit.c
    query = select(tables.audit).where(place, *_wanted(asked))
    return query.order_by(rows.at.desc(), rows.id.desc()).limit(asked.limit + 1)


def _wanted(asked: ReadAudit) -> Iterator[ColumnElement[bool]]:
    rows = tables.audit.c
    if asked.since:
        yield rows.at >= asked.since
    if asked.until:
        yield rows.at < asked.until
    if asked.actor:
        who = asked.actor.lower()
        yield or_(func.lower(rows.actor).contains(who, autoescape=True), rows.address.contains(who, autoescape=True))
    if asked.act:
        yield rows.act == asked.act
    if asked.refused:
        yield rows.outcome != DONE
    if asked.before:
        at, identity = _place(asked.before)
        yield rows.at <= at
        yield tuple_(rows.at, rows.id) < tuple_(at, identity)


def _cursor(row: Any) -> str:
    return f"{row.at.isoformat()} {row.id}"


def _place(cursor: str) -> tuple[datetime, int]:
    try:
        at, _, identity = cursor.partition(" ")
        moment, number = datetime.fromisoformat(at), int(identity)
    except ValueError:
        raise Invalid("This is not where a page of the audit ends.") from None
    if moment.tzinfo is None or not 0 <= number < 1 << 63:
        raise Invalid("This is not where a page of the audit ends.")
    return moment, number


def _act(row: Any) -> Act:
    return Act(
        id=str(row.id),
        at=row.at,
        role=row.role,
        actor=row.actor,
        address=row.address,
        act=row.act,
        about=row.about,
        outcome=row.outcome,
    )


# ── forgetting ──


def forget(connection: Connection, now: datetime) -> None:
    """Let go of lines that have been kept long enough."""
    rows = tables.audit.c
    halls = connection.scalars(select(tables.halls.c.id)).all()
    for place in (rows.hall_id.is_(None), *(rows.hall_id == hall for hall in halls)):  # the index begins with the hall
        connection.execute(delete(tables.audit).where(place, rows.at < now - KEPT))


ANSWERS: Mapping[type[Request[Any]], Callable[..., Any]] = {ReadAudit: read}
