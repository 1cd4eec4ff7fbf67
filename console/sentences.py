"""What the console says: actions, states, spans of time and reasons, in the language of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from unicodedata import bidirectional

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import QGuiApplication

from console.actions import Action
from shared.access.specialists import Seat
from shared.formats import clock
from shared.hall import opening
from shared.hall.calling_order import How, Why
from shared.hall.field_limits import isolated
from shared.hall.field_types import Words, in_language
from shared.hall.hall import Hall
from shared.hall.issuing import Queue
from shared.hall.roles import Role
from shared.hall.serving import Owed, Placement
from shared.hall.values import AT_A_POINT, Line, Point, PointStatus, Precedence, Ticket, TicketState
from shared.hall.whole_set_up import Gap
from shared.languages import suited
from shared.ui import font_coverage


def boxes(hall: Hall) -> list[str]:
    """What the hall has written that this console can't draw."""
    return [
        font_coverage.sentence(QLocale().name().partition("_")[0], what)
        for what in font_coverage.undrawn(font_coverage.written(hall))
    ]


def said(hall: Hall, words: Words) -> str:
    """A name of the hall in the screen's language, else in the hall's own."""
    screen, languages = QLocale().bcp47Name(), hall.settings.languages
    return in_language(words, suited(screen, languages) or screen, languages)


def point_name(hall: Hall, point: Point) -> str:
    return said(hall, point.name)


def service_name(hall: Hall, service: str) -> str:
    found = hall.services.get(service)
    return said(hall, found.name) if found else service


def service_line(hall: Hall, service: str) -> str:
    """A service in a list of several: the letter of its tickets first, as people at the counter call it."""
    return f"{hall.services[service].prefix}   {service_name(hall, service)}"


def service_brief(hall: Hall, service: str) -> str:
    """The same among others in one line."""
    return f"{hall.services[service].prefix} {service_name(hall, service)}"


def precedence_name(hall: Hall, precedence: str) -> str:
    found = hall.precedences.get(precedence)
    return said(hall, found.name) if found else precedence


def gap(hall: Hall, lacking: Gap) -> str:
    """What a hall lacks, and where: ``Blood tests: No service point gives this service.``"""
    sentence = QCoreApplication.translate("Refusals", lacking.sentence)
    return f"{service_name(hall, lacking.item.id)}: {sentence}"


def example(value: str) -> str:
    """What may stand in an empty field, so that nobody takes it for what does."""
    return QCoreApplication.translate("Console", "for example {0}").format(value)


def action_text(action: Action) -> str:
    return {
        Action.OPEN: QCoreApplication.translate("Console", "Open this service point"),
        Action.RESUME: QCoreApplication.translate("Console", "Resume"),
        Action.CALL_NEXT: QCoreApplication.translate("Console", "Call next"),
        Action.START: QCoreApplication.translate("Console", "Start"),
        Action.FINISH_AND_CALL: QCoreApplication.translate("Console", "Finish and call next"),
        Action.RECALL: QCoreApplication.translate("Console", "Recall"),
        Action.TRANSFER: QCoreApplication.translate("Console", "Transfer …"),
        Action.FINISH: QCoreApplication.translate("Console", "Finish, call nobody"),
        Action.RETURN: QCoreApplication.translate("Console", "Return to queue"),
        Action.NO_SHOW: QCoreApplication.translate("Console", "No-show"),
        Action.PARK: QCoreApplication.translate("Console", "Park …"),
        Action.PAUSE: QCoreApplication.translate("Console", "Pause"),
        Action.CLOSE: QCoreApplication.translate("Console", "Close the point"),
        Action.UNDO: QCoreApplication.translate("Console", "Undo"),
        Action.CALL_THIS: QCoreApplication.translate("Console", "Call this one"),
        Action.WAIT_AGAIN: QCoreApplication.translate("Console", "Back to the queue"),
        Action.REINSTATE: QCoreApplication.translate("Console", "Reinstate"),
    }[action]


def no_show(owed: Owed) -> str:
    """The no-show, and what this hall still owes the customer before it."""
    if owed.recalls:
        return QCoreApplication.translate("Console", "No-show in %n calls", None, owed.recalls)
    if owed.seconds:
        return QCoreApplication.translate("Console", "No-show in %n s", None, owed.seconds)
    return action_text(Action.NO_SHOW)


def status_text(status: PointStatus) -> str:
    match status:
        case PointStatus.INACTIVE:
            return QCoreApplication.translate("Console", "Closed")
        case PointStatus.ACTIVE:
            return QCoreApplication.translate("Console", "Open")
        case PointStatus.PAUSED:
            return QCoreApplication.translate("Console", "Paused")


def at_the_point(hall: Hall, point: Point, seat: Seat | None = None) -> str:
    """Who is at a point, for somebody who looks for a free one: ``anna since 09:12 · A012 is there``."""
    if point.status is PointStatus.INACTIVE and seat is None:
        return QCoreApplication.translate("Console", "Free")
    said = [_who(hall, seat)]
    if point.status is PointStatus.PAUSED:
        said.append(status_text(point.status))
    if point.ticket:
        said.append(QCoreApplication.translate("Console", "{0} is there").format(hall.tickets[point.ticket].label))
    return " · ".join(said)


def _who(hall: Hall, seat: Seat | None) -> str:
    if seat is None:
        return QCoreApplication.translate("Console", "Open, nobody works there")
    return QCoreApplication.translate("Console", "{0} since {1}").format(in_line(seat.login), clock(seat.since, hall))


def takes_over(hall: Hall, point: Point, seat: Seat) -> str:
    """What somebody has to know before they sit down where a colleague works."""
    return QCoreApplication.translate(
        "Console", "{0} has worked at {1} since {2}, and will be told if you take over."
    ).format(seat.login, point_name(hall, point), clock(seat.since, hall))


def takes_customer(hall: Hall, point: Point, ticket: Ticket) -> str:
    """What somebody has to know before they sit down where a customer is, and perhaps a colleague."""
    return QCoreApplication.translate(
        "Console", "{0} is at {1}, and the hall does not know who serves them. Make sure that nobody does."
    ).format(ticket.label, point_name(hall, point))


def takes_unseen(hall: Hall, point: Point) -> str:
    """What somebody has to know before they sit down where it can't be seen who works."""
    return QCoreApplication.translate(
        "Console", "Who works at {0} can't be seen right now. Make sure that nobody does."
    ).format(point_name(hall, point))


def was_first(hall: Hall, point: Point, seat: Seat | None) -> str:
    """What somebody is told who chose a point a moment too late."""
    if seat is None:
        sentence = QCoreApplication.translate(
            "Console", "Somebody else was at {0} first. Choose another service point."
        )
        return sentence.format(point_name(hall, point))
    sentence = QCoreApplication.translate("Console", "{0} was at {1} first. Choose another service point.")
    return sentence.format(seat.login, point_name(hall, point))


def took_over(hall: Hall, seat: Seat) -> str:
    """What somebody is told whose point it was."""
    return QCoreApplication.translate(
        "Console", "{0} took over this point at {1}. Choose where you work from now on."
    ).format(in_line(seat.login), clock(seat.since, hall))


def ticket_state(state: TicketState) -> str:
    match state:
        case TicketState.WAITING:
            return QCoreApplication.translate("Console", "Waiting")
        case TicketState.CALLED:
            return QCoreApplication.translate("Console", "Called")
        case TicketState.SERVING:
            return QCoreApplication.translate("Console", "Being served")
        case TicketState.PARKED:
            return QCoreApplication.translate("Console", "Parked")
        case TicketState.SERVED:
            return QCoreApplication.translate("Console", "Served")
        case TicketState.NO_SHOW:
            return QCoreApplication.translate("Console", "Did not come")
        case TicketState.CANCELLED:
            return QCoreApplication.translate("Console", "Gave up")
        case TicketState.EXPIRED:
            return QCoreApplication.translate("Console", "Expired")


def in_line(name: str) -> str:
    """What somebody called something, in a sentence of ours, which keeps its direction whatever that of the name."""
    turns = any(bidirectional(sign) in ("R", "AL", "AN") for sign in name)
    return isolated(name) if turns or QGuiApplication.isRightToLeft() else name


def aside(ticket: Ticket, reason: str = "") -> str:
    """Why somebody does not wait: ``Parked: fetches a form``."""
    state = ticket_state(ticket.state)
    return f"{state}: {reason}" if reason else state


def where(hall: Hall, ticket: Ticket, reason: str = "") -> str:
    """Where a ticket stands: ``Called · Counter 1``; ``reason``: why it is parked."""
    state = aside(ticket, reason)
    if ticket.state is TicketState.WAITING:
        return _waits(hall, ticket)
    at = hall.points.get(ticket.point or "") if ticket.state in (*AT_A_POINT, TicketState.SERVED) else None
    return f"{state} · {point_name(hall, at)}" if at else state


def uncalled(hall: Hall, lines: Iterable[Line]) -> str:
    """Which lines people wait in that no active service point calls from, of these; nothing if there is none."""
    found = hall.unattended()
    waiting = [f"{_line_name(hall, line)} ({found[line]})" for line in lines if line in found]
    if not waiting:
        return ""
    return QCoreApplication.translate(
        "Console", "{0}: people wait, and no service point that could call them is active."
    ).format(", ".join(waiting))


def day_ahead(hall: Hall, wall: datetime) -> str:
    """That a clock which was ahead has begun a day too early; nothing if it has not."""
    day = opening.day_ahead(hall, wall)
    if day is None:
        return ""
    return QCoreApplication.translate(
        "Console",
        "The hall keeps the business day {0}, for a clock was ahead: no new day begins, and numbers do not start "
        "again until then. An administrator puts it right in the set-up, under Hall.",
    ).format(day.isoformat())


def _line_name(hall: Hall, line: Line) -> str:
    kind, name = line
    return point_name(hall, hall.points[name]) if kind == "point" else service_name(hall, name)


def nobody_there(hall: Hall, line: Line) -> str:
    """What whoever sends a customer into a line is told where no service point is open that could call them."""
    if hall.attended(line):
        return ""
    kind, _ = line
    sentence = (
        QCoreApplication.translate("Console", "{0} is closed: nobody is called there until it opens.")
        if kind == "point"
        else QCoreApplication.translate("Console", "No service point that gives {0} is open.")
    )
    return sentence.format(_line_name(hall, line))


def _unless_open(hall: Hall, line: Line, said: str) -> str:
    """Said beside a ticket or its service: short, for there is little room."""
    if hall.attended(line):
        return said
    return f"{said}. " + QCoreApplication.translate("Console", "No point is open.")


def before_giving(hall: Hall, service: str, queue: Queue) -> str:
    """What a customer may be told before they are given a number of this service."""
    if queue.ahead:
        said = QCoreApplication.translate("Console", "%n ahead", None, queue.ahead)
    else:
        said = QCoreApplication.translate("Console", "Nobody ahead")
    return _unless_open(hall, ("service", service), said)


def _waits(hall: Hall, ticket: Ticket) -> str:
    if ahead := hall.ahead(ticket):
        said = QCoreApplication.translate("Console", "Waiting, %n ahead", None, ahead)
        return _unless_open(hall, ticket.line, said)
    if hall.attended(ticket.line):
        return _next(hall, ticket)
    return QCoreApplication.translate("Console", "Waiting, no point is open")


def _next(hall: Hall, ticket: Ticket) -> str:
    only = hall.points.get(ticket.for_point or "")
    if only:
        return QCoreApplication.translate("Console", "Next at {0}").format(point_name(hall, only))
    return QCoreApplication.translate("Console", "Waiting, next")


def placement_text(place: Placement) -> str:
    match place:
        case Placement.BY_TIME:
            return QCoreApplication.translate("Console", "By time of issue")
        case Placement.FIRST:
            return QCoreApplication.translate("Console", "First")
        case Placement.LAST:
            return QCoreApplication.translate("Console", "Last")


def minutes(seconds: float) -> str:
    """A span at a glance: ``4 min``."""
    whole = max(0, int(seconds)) // 60
    if whole == 0:
        return QCoreApplication.translate("Console", "under 1 min")
    if whole < 60:
        return QCoreApplication.translate("Console", "{0} min").format(whole)
    return QCoreApplication.translate("Console", "{0} h {1} min").format(*divmod(whole, 60))


def due(hall: Hall | None, due_at: datetime, now: datetime) -> str:
    """When a ticket is due; an overdue one says so in words, for colours alone are not seen by everybody."""
    left = (due_at - now).total_seconds()
    if left >= 0:
        return QCoreApplication.translate("Console", "{0}, in {1}").format(clock(due_at, hall), minutes(left))
    return QCoreApplication.translate("Console", "{0}, overdue {1} ▲").format(clock(due_at, hall), minutes(-left))


def due_briefly(hall: Hall | None, due_at: datetime, now: datetime) -> str:
    """The same where there is little room: ``14:05 ▲``."""
    return clock(due_at, hall) + (" ▲" if due_at < now else "")


def ago(hall: Hall | None, moment: datetime, now: datetime, between: str = " · ") -> str:
    """When something happened, and how long that is ago: ``14:05 · 4 min``."""
    return f"{clock(moment, hall)}{between}{minutes((now - moment).total_seconds())}"


def call_reasons(hall: Hall, reasons: Why) -> str:
    """Why this customer and no other."""
    name = precedence_name(hall, reasons.precedence)
    sentence = _chosen(reasons.how).format(clock(reasons.due_at, hall), name, minutes(reasons.waited))
    if reasons.passed_over == 0:
        return sentence + " " + QCoreApplication.translate("Console", "Nobody who came earlier still waits.")
    passed = QCoreApplication.translate("Console", "Passes %n tickets that came earlier", None, reasons.passed_over)
    if reasons.lead < 60:
        return f"{sentence} {passed}."
    return f"{sentence} {passed} " + QCoreApplication.translate("Console", "(by up to {0}).").format(
        minutes(reasons.lead)
    )


def _chosen(how: How) -> str:
    match how:
        case How.NEXT:
            return QCoreApplication.translate("Console", "Due first, at {0}: {1}, waited {2}.")
        case How.BY_HAND:
            return QCoreApplication.translate("Console", "Chosen by hand; due at {0}: {1}, waited {2}.")
        case How.AUTOMATICALLY:
            return QCoreApplication.translate("Console", "Called by itself, due first, at {0}: {1}, waited {2}.")


def overtaking(hall: Hall, precedences: list[Precedence]) -> list[str]:
    """What the allowances mean, pair by pair: who may pass whom, and by how much at most."""
    ordered = sorted(precedences, key=lambda precedence: precedence.allowance)
    pairs = [(fast, slow) for at, fast in enumerate(ordered) for slow in ordered[at + 1 :]]
    return [_overtakes(hall, fast, slow) for fast, slow in pairs]


def _overtakes(hall: Hall, fast: Precedence, slow: Precedence) -> str:
    names = said(hall, fast.name), said(hall, slow.name)
    if fast.allowance == slow.allowance:
        same = QCoreApplication.translate("Console", "{0} and {1} tickets are called in the order they came.")
        return same.format(*names)
    passes = QCoreApplication.translate(
        "Console",
        "A {0} ticket may pass {1} tickets that came at most %n minutes earlier.",
        None,
        slow.allowance - fast.allowance,
    )
    return passes.format(*names)


def role_name(role: Role) -> str:
    """What somebody is here, in words."""
    names = {
        Role.SPECIALIST: QCoreApplication.translate("Console", "Specialist"),
        Role.SUPERVISOR: QCoreApplication.translate("Console", "Supervisor"),
        Role.ADMINISTRATOR: QCoreApplication.translate("Console", "Administrator"),
    }
    return names.get(role, role.value)


def away(hall: Hall | None, since: datetime) -> str:
    return QCoreApplication.translate(
        "Console", "No connection to the hall since {0}; calling is not possible."
    ).format(clock(since, hall))


def same_numbers(hall: Hall) -> Iterator[str]:
    """Of two people whose papers show one number: by what each is called."""
    alive = {ticket.label for ticket in hall.tickets.values()}
    said = QCoreApplication.translate(
        "Console",
        "Two people hold {0}, from two kiosks: whose paper shows {1} is called as {2}. "
        "Compare the times on the papers.",
    )
    for called in sorted(alive):
        paper, _, time = called.partition(" ")
        if time and paper in alive:
            yield said.format(paper, time, called)
