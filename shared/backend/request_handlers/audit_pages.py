"""Reads the audit: in pages with filters, and all entries about one ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, tuple_

from shared.backend.request_handlers.request_context import RequestContext
from shared.backend.storage import tables
from shared.hall.errors import Invalid
from shared.hall.field_types import HallId, TicketId
from shared.hall.roles import Actor
from shared.requests.audit import DONE, Act, AuditPage, ReadAudit
from shared.requests.request import Request

LARGEST_PAGE = 1000
"""Entries in one page of the audit."""


def read(context: RequestContext, hall: HallId, request: ReadAudit, by: Actor) -> AuditPage:
    """A page of the matching entries, up to this moment; raises Invalid for a bad limit or cursor.

    Entries of no hall, such as a sign-in with an unknown login, are for those who work in every hall.
    """
    if not 1 <= request.limit <= LARGEST_PAGE:
        raise Invalid(f"A page has 1 to {LARGEST_PAGE} entries.")
    context.ledger.audit_writer.write()
    rows = tables.audit.c
    scopes = [rows.hall_id == hall, *([rows.hall_id.is_(None)] if by.hall is None else [])]
    with context.ledger.database.reading() as connection:
        found = [row for scope in scopes for row in connection.execute(_page(request, scope))]
    found = sorted(found, key=lambda row: (row.at, row.id), reverse=True)
    shown = found[: request.limit]
    more = len(found) > request.limit
    return AuditPage(acts=tuple(map(_act, shown)), older=_cursor(shown[-1]) if more else "")


def of_ticket(connection: Connection, hall: HallId, ticket: TicketId) -> list[Act]:
    """All entries about a ticket, the oldest first."""
    rows, issued = tables.audit.c, tables.tickets.c
    since = select(issued.issued_at).where(issued.hall_id == hall, issued.id == ticket).scalar_subquery()
    query = select(tables.audit).where(rows.hall_id == hall, rows.at >= since, rows.ticket == ticket)
    return [_act(row) for row in connection.execute(query.order_by(rows.at, rows.id))]


def _page(request: ReadAudit, scope: ColumnElement[bool]) -> Select[Any]:
    """The query for a page and one entry more, which shows whether there are older ones."""
    rows = tables.audit.c
    query = select(tables.audit).where(scope, *_conditions(request))
    return query.order_by(rows.at.desc(), rows.id.desc()).limit(request.limit + 1)


def _conditions(request: ReadAudit) -> Iterator[ColumnElement[bool]]:
    rows = tables.audit.c
    if request.since:
        yield rows.at >= request.since
    if request.until:
        yield rows.at < request.until
    if request.actor:
        who = request.actor.lower()
        yield or_(func.lower(rows.actor).contains(who, autoescape=True), rows.address.contains(who, autoescape=True))
    if request.act:
        yield rows.act == request.act
    if request.refused:
        yield rows.outcome != DONE
    if request.before:
        at, entry_id = _position(request.before)
        yield rows.at <= at
        yield tuple_(rows.at, rows.id) < tuple_(at, entry_id)


def _cursor(row: Any) -> str:
    return f"{row.at.isoformat()} {row.id}"


def _position(cursor: str) -> tuple[datetime, int]:
    try:
        at, _, entry_id = cursor.partition(" ")
        moment, number = datetime.fromisoformat(at), int(entry_id)
        in_utc = moment.tzinfo is not None and moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("`before` is not a cursor of the audit: take `older` of a page.") from None
    if not in_utc or not 0 <= number < 1 << 63:
        raise Invalid("`before` is not a cursor of the audit: take `older` of a page.")
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


HANDLERS: Mapping[type[Request[Any]], Callable[[RequestContext, HallId, Any, Actor], Any]] = {ReadAudit: read}
