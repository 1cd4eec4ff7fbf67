"""Stores who works at which service point while their session lasts, apart from the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from shared.backend.access.secret_hashes import hash_of
from shared.backend.storage import tables
from shared.backend.storage.upsert import insert_or_overwrite
from shared.hall.field_types import HallId, PointId
from shared.hall.messages import Command, Event
from shared.hall.points import PointDeactivated
from shared.hall.roles import Actor
from shared.hall.set_up import PointRetired
from shared.hall.shifts import PointTaken
from shared.requests.specialists import Seat


def follow(
    connection: Connection, hall: HallId, events: Sequence[Event], command: Command, by: Actor, at: datetime
) -> None:
    """Update the seats after events: somebody takes a point, or one is closed or retired."""
    for event in events:
        if isinstance(event, PointTaken):
            _take(connection, hall, event.point, getattr(command, "console", ""), by, at)
        elif isinstance(event, (PointDeactivated, PointRetired)):
            _free(connection, hall, event.point)


def taken(connection: Connection, hall: HallId) -> list[Seat]:
    """The seats of everybody who is still signed in, in no order."""
    rows = _rows(connection, hall)
    return [Seat(point=row.point, login=row.login, console=row.console, since=row.since) for row in rows]


def _take(connection: Connection, hall: HallId, point: PointId, console: str, by: Actor, at: datetime) -> None:
    """Store that ``by`` works at this point and at no other; taking one's own seat again keeps its ``since``."""
    before = next((row for row in _rows(connection, hall) if row.point == point), None)
    same = before is not None and (before.login, before.console) == (by.name, console)
    _free(connection, hall, point)
    if not by.token:  # a program that opens the database itself has no session
        return
    session, rows = hash_of(by.token), tables.seats.c
    connection.execute(delete(tables.seats).where(rows.hall_id == hall, rows.session == session))
    row = {"hall_id": hall, "point": point, "session": session, "console": console}
    insert_or_overwrite(connection, tables.seats, {**row, "since": before.since if before and same else at})


def _free(connection: Connection, hall: HallId, point: PointId) -> None:
    rows = tables.seats.c
    connection.execute(delete(tables.seats).where(rows.hall_id == hall, rows.point == point))


def _rows(connection: Connection, hall: HallId) -> Sequence[Any]:
    seats, sessions, staff = tables.seats, tables.sessions, tables.staff
    query = select(seats.c.point, seats.c.console, seats.c.since, staff.c.login).join_from(
        seats, sessions, seats.c.session == sessions.c.token_hash
    )
    query = query.join(staff, sessions.c.staff_id == staff.c.id)
    return connection.execute(query.where(seats.c.hall_id == hall, sessions.c.expires_at > datetime.now(UTC))).all()
