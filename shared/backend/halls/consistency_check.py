"""Whether a database keeps what is promised: no ticket lost, doubled or served twice, and every table true.

The journal of each hall is told from its first event to its last, with the rules it was written by; what it tells is
held against the domain's diagram and against every row of every table. Memory stays that of one hall, however long
its history. Each fault is one sentence: what is wrong, in which hall, what to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, true

from shared.backend.halls import journal
from shared.backend.halls.table_check import AT_ONCE, TicketTally, calls_differ, first_few, set_up_differs
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

MOST = 20
"""Sentences about one hall; whoever reads them does the same about twenty as about a thousand."""

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
"""The moves of a ticket that the domain draws, from each state; nothing leads away from the others."""


class Untellable(Exception):  # noqa: N818  # not an error of the program: it is what was looked for
    """The journal can't be told any further."""


def faults(connection: Connection, hall: HallId) -> Iterator[str]:
    """What is wrong with a hall, a sentence each; needs a transaction that sees one state of everything."""
    yield from first_few(_readable(connection, hall), MOST, f"{hall}: and there is more of it; the remedy is the same.")


def _readable(connection: Connection, hall: HallId) -> Iterator[str]:
    try:
        yield from _faults(connection, hall)
    except ValueError as error:  # JSON or a time in a table that is none
        yield f"{hall}: what is written in a table can't be read ({error}). {RESTORE}"


def _faults(connection: Connection, name: HallId) -> Iterator[str]:
    told = _Telling(connection, name)
    try:
        yield from told.events()
    except Untellable as fault:  # what would be compared now is half a hall: it would differ everywhere
        yield f"{name}: {fault}"
        return
    yield from _end_differs(connection, told.hall)
    yield from told.tally.end(told.hall)
    yield from set_up_differs(connection, told.hall)
    yield from _snapshot_differs(connection, told.hall)
    yield from _done_twice(connection, name)
    yield from _answers_of_nothing(connection, name)
    yield from _zone_unknown(told.hall)


def day_ahead(hall: Hall, now: datetime) -> Iterator[str]:
    """Whether a clock that was ahead has begun a day too early, a sentence."""
    if is_known(hall.settings.time_zone) and (day := opening.day_ahead(hall, now)):
        yield (
            f"{hall.id}: the business day that is kept, {day}, lies in the future, for a clock was ahead: no new day "
            "begins and numbers do not start again until then. An administrator puts it right in the console's set-up, "
            "under Hall."
        )


class JournalReplay:
    """A hall's journal played event by event, with what is wrong on the way. It needs no database."""

    def __init__(self, name: HallId) -> None:
        self.hall = Hall(id=name)
        self._labels: dict[str, TicketId] = {}
        """The labels of live tickets."""
        self._at_points: dict[TicketId, str] = {}
        """The tickets that are called or being served, and where."""

    def goes_on(self, news: Happened) -> Iterator[str]:
        """Play one more event; raises Untellable if it can't be played."""
        before, event = self.hall, news.event
        if news.seq != before.seq + 1:
            raise Untellable(f"event {before.seq + 1} is missing in the journal. {RESTORE}")
        try:
            after = self.hall = evolve(before, event)
        except (KeyError, ValueError, TypeError, AttributeError, Refused) as error:
            raise Untellable(f"event {news.seq} of the journal can't have happened then. {RESTORE}") from error
        moved = [self._ticket_moved(ticket, before, event, after) for ticket in _leaving_first(event, after)]
        wrong = [*_against_the_clock(before, event, after), *(sentence for ticket in moved for sentence in ticket)]
        wrong += _seats_differ(self._at_points, after)
        yield from (f"{before.id}: {sentence} (event {news.seq} of the journal). {RESTORE}" for sentence in wrong)

    def _ticket_moved(self, ticket: TicketId, before: Hall, event: Event, after: Hall) -> Iterator[str]:
        """Whether a ticket moved as drawn, to a point that had none, with a label that no other shows."""
        if not after.knows(ticket):
            return
        now = after.ticket(ticket)
        was = before.ticket(ticket).state if before.knows(ticket) else None
        if not _drawn(was, now.state, event):
            yield f"ticket {now.label} went from {was or 'nothing'} to {now.state}, which no rule allows"
        if now.ended:
            if self._labels.get(now.label) == ticket:
                del self._labels[now.label]
        elif self._labels.setdefault(now.label, ticket) != ticket:
            yield f"two people who wait or are served hold the same number {now.label}"
        yield from self._seated(now.id, str(now.point) if now.state in AT_A_POINT else None, now.label)

    def _seated(self, ticket: TicketId, point: str | None, label: str) -> Iterator[str]:
        self._at_points.pop(ticket, None)
        if point is not None:
            if point in self._at_points.values():
                yield f"service point {point} has got {label} while it still had another ticket"
            self._at_points[ticket] = point


class _Telling:
    """One hall's journal in its database, read in pages and played from the beginning."""

    def __init__(self, connection: Connection, name: HallId) -> None:
        self.tally = TicketTally(connection, name)
        self._story = JournalReplay(name)
        self._connection = connection

    @property
    def hall(self) -> Hall:
        return self._story.hall

    def events(self) -> Iterator[str]:
        """Play it all, and say what is wrong on the way; raises Untellable."""
        while page := self._page():
            happened = [_read(row) for row in page]
            for news in happened:
                before = self.hall
                yield from self._story.goes_on(news)
                yield from self.tally.heard(before, news.event, self.hall)
            yield from calls_differ(self._connection, self.hall.id, happened)

    def _page(self) -> list[Any]:
        rows = tables.journal.c
        query = select(rows.seq, rows.type, rows.at, rows.body).where(
            rows.hall_id == self.hall.id, rows.seq > self.hall.seq if self.hall.seq else true()
        )
        return list(self._connection.execute(query.order_by(rows.seq).limit(AT_ONCE)))


def _read(row: Any) -> Happened:
    try:
        event = decode_event(json.loads(row.body))
    except (ValueError, KeyError, TypeError, AttributeError, Refused) as error:
        raise Untellable(f"event {row.seq} of the journal can't be read ({error}). {RESTORE}") from error
    if (event.type_name(), encode(event.at)) != (row.type, encode(row.at)):
        raise Untellable(f"event {row.seq} of the journal contradicts itself about its kind or time. {RESTORE}")
    return Happened(row.seq, event)


def _leaving_first(event: Event, after: Hall) -> list[TicketId]:
    """The tickets of an event, those that leave a point before those that come to it."""
    known = [ticket for ticket in event.tickets_touched() if after.knows(ticket)]
    return sorted(known, key=lambda ticket: after.ticket(ticket).state in AT_A_POINT)


def _drawn(was: str | None, now: str, event: Event) -> bool:
    """Whether the domain draws this move; what is taken back goes the other way, and neither a rating, a point that
    closes nor a day put right moves anybody."""
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


def _against_the_clock(before: Hall, event: Event, after: Hall) -> Iterator[str]:
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
        yield f"{hall.id}: the journal ends at event {hall.seq}, but more was written, up to {last}. {RESTORE}"
    elif hall.seq > last:
        yield f"{hall.id}: the journal goes on to event {hall.seq}, but the hall was left at {last}. {RESTORE}"
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


def _done_twice(connection: Connection, hall: HallId) -> Iterator[str]:
    """A command's events follow one another: else it acted more than once."""
    rows = tables.journal.c
    span = func.max(rows.seq) - func.min(rows.seq) + 1
    query = select(rows.command_id, func.min(rows.seq), func.max(rows.seq)).where(rows.hall_id == hall)
    twice = query.group_by(rows.command_id).having(span != func.count())
    for command, first, last in connection.execute(twice):
        yield f"{hall}: one command ({command}) acted twice, in events {first} and {last}. {RESTORE}"


def _answers_of_nothing(connection: Connection, hall: HallId) -> Iterator[str]:
    rows, last = tables.answers.c, journal.last_seq(connection, hall)
    query = select(rows.command_id, rows.seq).where(rows.hall_id == hall, or_(rows.seq < 0, rows.seq > last))
    for command, seq in connection.execute(query):
        yield f"{hall}: a command ({command}) was answered with event {seq}, which never happened. {RESTORE}"


def _zone_unknown(hall: Hall) -> Iterator[str]:
    if not is_known(hall.settings.time_zone):
        yield (
            f"{hall.id}: this machine does not know the time zone {hall.settings.time_zone}, so it serves nobody: "
            f"write another one into its file (`nowserving export --hall {hall.id}`), and `nowserving import` that."
        )
