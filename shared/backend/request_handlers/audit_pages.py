"""The audit as it is read: in pages that fit what is asked, and all there is about one ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, tuple_

from shared.access.audit import DONE, Act, Page, ReadAudit
from shared.access.request import Request
from shared.backend.request_handlers.request_context import RequestContext
from shared.backend.storage import tables
from shared.hall.errors import Invalid
from shared.hall.field_types import HallId, TicketId
from shared.hall.roles import Actor

MOST = 1000
"""Lines in one page of the audit."""


def read(context: RequestContext, hall: HallId, asked: ReadAudit, by: Actor) -> Page:
    """A page of what fits, up to this moment.

    What concerns no hall, as a log-in nobody knows, is for those who work in every hall.
    """
    if not 1 <= asked.limit <= MOST:
        raise Invalid(f"A page has 1 to {MOST} lines.")
    context.ledger.audit_writer.write()
    rows = tables.audit.c
    places = [rows.hall_id == hall, *([rows.hall_id.is_(None)] if by.hall is None else [])]
    with context.ledger.database.reading() as connection:
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
        known = moment.tzinfo is not None and moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("This is not where a page of the audit ends.") from None
    if not known or not 0 <= number < 1 << 63:
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


ANSWERS: Mapping[type[Request[Any]], Callable[[RequestContext, HallId, Any, Actor], Any]] = {ReadAudit: read}
