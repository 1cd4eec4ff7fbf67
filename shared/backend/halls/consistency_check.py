"""The consistency check: no ticket lost, doubled or served twice, and every table as the journal says.

The journal of each hall is replayed from its first event to its last, with the rules it was written by; the result is
compared with the domain's diagram and with every row of every table. Memory stays that of one hall, however long its
history. Each fault is one sentence: what is wrong, in which hall, what to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, true

from shared.backend.halls import journal
from shared.backend.halls.media_parts import media_differ
from shared.backend.halls.table_check import ROWS_AT_ONCE, TicketTally, calls_differ, first_few, set_up_differs
from shared.backend.storage import tables
from shared.hall import opening
from shared.hall.business_day import BusinessDayCorrected
from shared.hall.errors import HallUnreadable, Refused
from shared.hall.feedback import FeedbackGiven
from shared.hall.field_types import HallId, TicketId
from shared.hall.hall import Hall
from shared.hall.json_codec import decode_event, encode
from shared.hall.messages import Event, Happened
from shared.hall.points import PointDeactivated
from shared.hall.rules import evolve
from shared.hall.time_zones import is_known
from shared.hall.undo import LastUndone
from shared.hall.values import AT_A_POINT

MOST_SENTENCES = 20
"""About one hall; a thousand would lead to the same remedy."""

RESTORE = "Put the last good backup in its place with `nowserving restore FILE`."

MOVES = {
    None: {"waiting"},
    "waiting": {"called", "cancelled", "expired"},
    "called": {"called", "serving", "served", "no-show", "waiting", "parked", "expired"},
    "serving": {"served", "waiting", "parked"},
    "parked": {"waiting", "called", "expired"},
    "no-show": {"waiting"},
    "cancelled": {"waiting"},
}
"""The states a ticket may move to from each state; the others are final."""


class ReplayFailed(Exception):  # noqa: N818  # a finding, not an error of the program
    """The journal can't be replayed any further."""


def faults(connection: Connection, hall_id: HallId) -> Iterator[str]:
    """A sentence for each fault of a hall; needs a transaction that sees one state of everything."""
    and_more = f"{hall_id}: and more of the same; the remedy is the same."
    yield from first_few(_readable(connection, hall_id), MOST_SENTENCES, and_more)


def _readable(connection: Connection, hall_id: HallId) -> Iterator[str]:
    try:
        yield from _faults(connection, hall_id)
    except ValueError as error:  # a broken JSON text or time in a table
        yield f"{hall_id}: a value in a table can't be read ({error}). {RESTORE}"


def _faults(connection: Connection, hall_id: HallId) -> Iterator[str]:
    replay = _DatabaseReplay(connection, hall_id)
    try:
        yield from replay.events()
    except ReplayFailed as fault:  # half a hall would differ everywhere
        yield f"{hall_id}: {fault}"
        return
    yield from _end_differs(connection, replay.hall)
    yield from replay.tally.end(replay.hall)
    yield from set_up_differs(connection, replay.hall)
    yield from _snapshot_differs(connection, replay.hall)
    yield from _done_twice(connection, hall_id)
    yield from _answers_without_event(connection, hall_id)
    yield from _zone_unknown(replay.hall)
    yield from media_differ(connection, hall_id)


def day_ahead(hall: Hall, now: datetime) -> Iterator[str]:
    """A sentence if a clock that was ahead has started a business day in the future."""
    if is_known(hall.settings.time_zone) and (day := opening.day_ahead(hall, now)):
        yield (
            f"{hall.id}: the business day, {day}, lies in the future, because a clock was ahead: until then no new day "
            "begins and numbers do not start again. An administrator corrects it in the console's set-up, under Hall."
        )


class JournalReplay:
    """Replays a hall's journal event by event and reports faults. It needs no database."""

    def __init__(self, hall_id: HallId) -> None:
        self.hall = Hall(id=hall_id)
        self._labels: dict[str, TicketId] = {}
        """The live ticket with each label."""
        self._at_points: dict[TicketId, str] = {}
        """The service point of each ticket that is called or being served."""

    def apply(self, entry: Happened) -> Iterator[str]:
        """Apply the next event, and report its faults; raises ReplayFailed if that is impossible."""
        before, event = self.hall, entry.event
        if entry.seq != before.seq + 1:
            raise ReplayFailed(f"event {before.seq + 1} is missing in the journal. {RESTORE}")
        try:
            after = self.hall = evolve(before, event)
        except (KeyError, ValueError, TypeError, AttributeError, Refused) as error:
            raise ReplayFailed(f"event {entry.seq} of the journal can't have happened then. {RESTORE}") from error
        moved = [self._check_move(ticket, before, event, after) for ticket in _leaving_first(event, after)]
        wrong = [*_clock_went_back(before, event, after), *(sentence for sentences in moved for sentence in sentences)]
        wrong += _seats_differ(self._at_points, after)
        yield from (f"{before.id}: {sentence} (event {entry.seq} of the journal). {RESTORE}" for sentence in wrong)

    def _check_move(self, ticket: TicketId, before: Hall, event: Event, after: Hall) -> Iterator[str]:
        """Check a ticket's move: allowed by MOVES, to a free point, and with a label no other live ticket has."""
        if not after.knows(ticket):
            return
        now = after.ticket(ticket)
        was = before.ticket(ticket).state if before.knows(ticket) else None
        if not _is_allowed(was, now.state, event):
            yield f"ticket {now.label} went from {was or 'nothing'} to {now.state}, which no rule allows"
        if now.ended:
            if self._labels.get(now.label) == ticket:
                del self._labels[now.label]
        elif self._labels.setdefault(now.label, ticket) != ticket:
            yield f"two live tickets have the same number {now.label}"
        yield from self._check_point(now.id, str(now.point) if now.state in AT_A_POINT else None, now.label)

    def _check_point(self, ticket: TicketId, point: str | None, label: str) -> Iterator[str]:
        self._at_points.pop(ticket, None)
        if point is not None:
            if point in self._at_points.values():
                yield f"service point {point} got {label} while it still had another ticket"
            self._at_points[ticket] = point


class _DatabaseReplay:
    """Replays one hall's journal from its database, in pages from the beginning."""

    def __init__(self, connection: Connection, hall_id: HallId) -> None:
        self.tally = TicketTally(connection, hall_id)
        self._replay = JournalReplay(hall_id)
        self._connection = connection

    @property
    def hall(self) -> Hall:
        return self._replay.hall

    def events(self) -> Iterator[str]:
        """Replay the whole journal and report faults; raises ReplayFailed if it can't go on."""
        while page := self._page():
            happened = [_read(row) for row in page]
            for entry in happened:
                before = self.hall
                yield from self._replay.apply(entry)
                yield from self.tally.follow(before, entry.event, self.hall)
            yield from calls_differ(self._connection, self.hall.id, happened)

    def _page(self) -> list[Any]:
        rows = tables.journal.c
        query = select(rows.seq, rows.type, rows.at, rows.body).where(
            rows.hall_id == self.hall.id, rows.seq > self.hall.seq if self.hall.seq else true()
        )
        return list(self._connection.execute(query.order_by(rows.seq).limit(ROWS_AT_ONCE)))


def _read(row: Any) -> Happened:
    try:
        event = decode_event(json.loads(row.body))
    except (ValueError, KeyError, TypeError, AttributeError, Refused) as error:
        raise ReplayFailed(f"event {row.seq} of the journal can't be read ({error}). {RESTORE}") from error
    if (event.type_name(), encode(event.at)) != (row.type, encode(row.at)):
        raise ReplayFailed(f"event {row.seq} of the journal contradicts the type or time in its own row. {RESTORE}")
    return Happened(row.seq, event)


def _leaving_first(event: Event, after: Hall) -> list[TicketId]:
    """The tickets of an event, those that leave a point first."""
    known = [ticket for ticket in event.tickets_touched() if after.knows(ticket)]
    return sorted(known, key=lambda ticket: after.ticket(ticket).state in AT_A_POINT)


def _is_allowed(was: str | None, now: str, event: Event) -> bool:
    """Whether the domain allows this move; an undo goes the other way, and a rating, a point that closes and a
    corrected day move no ticket."""
    moves_nobody = {PointDeactivated.type_name(), BusinessDayCorrected.type_name()}
    if moves_nobody & {event.type_name(), getattr(event, "what", "")}:
        return was == now
    if isinstance(event, LastUndone):
        return was in MOVES.get(now, ())
    return now in MOVES.get(was, ()) or (isinstance(event, FeedbackGiven) and was == now == "served")


def _seats_differ(at_points: dict[TicketId, str], after: Hall) -> Iterator[str]:
    seats = {seat.ticket: seat.id for seat in after.points.values() if seat.ticket}
    if seats != at_points:
        who = ", ".join(sorted(_label(after, str(ticket)) for ticket in {*seats, *at_points}))
        yield f"the service points and the tickets disagree about where {who} are"


def _label(hall: Hall, ticket: TicketId) -> str:
    return hall.ticket(ticket).label if hall.knows(ticket) else ticket


def _clock_went_back(before: Hall, event: Event, after: Hall) -> Iterator[str]:
    if event.order < before.order:
        yield "the hall's order clock went back"
    if isinstance(event, BusinessDayCorrected):
        return
    if before.business_day and (after.business_day is None or after.business_day < before.business_day):
        yield "the business day went back"


# ── at the end of the journal ──


def _end_differs(connection: Connection, hall: Hall) -> Iterator[str]:
    last = journal.last_seq(connection, hall.id)
    if hall.seq < last:
        yield f"{hall.id}: the journal ends at event {hall.seq}, but the hall's last event was {last}. {RESTORE}"
    elif hall.seq > last:
        yield f"{hall.id}: the journal goes on to event {hall.seq}, but the hall's last event was {last}. {RESTORE}"
    rows = tables.calls.c
    query = select(func.max(rows.seq)).where(rows.hall_id == hall.id, or_(rows.seq > hall.seq, rows.seq < 1))
    if call := connection.scalar(query):
        yield f"{hall.id}: the table of calls has call {call}, which never happened. {RESTORE}"


def _snapshot_differs(connection: Connection, hall: Hall) -> Iterator[str]:
    try:
        same = journal.load(connection, hall.id) == hall
    except HallUnreadable:
        same = False
    if not same:
        yield f"{hall.id}: the snapshot the hall starts from differs from its journal. {RESTORE}"


def _done_twice(connection: Connection, hall_id: HallId) -> Iterator[str]:
    """A command's events have consecutive numbers, unless it acted more than once."""
    rows = tables.journal.c
    span = func.max(rows.seq) - func.min(rows.seq) + 1
    query = select(rows.command_id, func.min(rows.seq), func.max(rows.seq)).where(rows.hall_id == hall_id)
    twice = query.group_by(rows.command_id).having(span != func.count())
    for command, first, last in connection.execute(twice):
        yield f"{hall_id}: one command ({command}) acted twice, in events {first} and {last}. {RESTORE}"


def _answers_without_event(connection: Connection, hall_id: HallId) -> Iterator[str]:
    rows, last = tables.answers.c, journal.last_seq(connection, hall_id)
    query = select(rows.command_id, rows.seq).where(rows.hall_id == hall_id, or_(rows.seq < 0, rows.seq > last))
    for command, seq in connection.execute(query):
        yield f"{hall_id}: a command ({command}) was answered with event {seq}, which never happened. {RESTORE}"


def _zone_unknown(hall: Hall) -> Iterator[str]:
    if not is_known(hall.settings.time_zone):
        yield (
            f"{hall.id}: this machine does not know the time zone {hall.settings.time_zone}, so the hall serves "
            f"nobody: change it in the hall's file (`nowserving export --hall {hall.id}`) and `nowserving import` it."
        )
