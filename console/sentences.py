"""The sentences of the console, in the language of the screen: actions, states, times, warnings, reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from unicodedata import bidirectional

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import QGuiApplication

from console.actions import Action
from shared.formats import clock
from shared.hall import opening
from shared.hall.field_limits import isolated
from shared.hall.field_types import Words, in_language
from shared.hall.hall import Hall
from shared.hall.issuing import Queue
from shared.hall.next_ticket import How, Why
from shared.hall.roles import Role
from shared.hall.serving import Owed, Placement
from shared.hall.values import AT_A_POINT, Line, Point, PointStatus, Precedence, Ticket, TicketState
from shared.hall.whole_set_up import Gap
from shared.languages import suited
from shared.requests.specialists import Seat
from shared.ui import font_coverage


def undrawable(hall: Hall) -> list[str]:
    """A warning for each of the hall's texts that this console has no glyphs for."""
    return [
        font_coverage.sentence(QLocale().name().partition("_")[0], undrawn)
        for undrawn in font_coverage.missing_scripts(font_coverage.texts_of(hall))
    ]


def localized(hall: Hall, words: Words) -> str:
    """A text of the hall in the screen's language, or otherwise in the hall's own."""
    screen, languages = QLocale().bcp47Name(), hall.settings.languages
    return in_language(words, suited(screen, languages) or screen, languages)


def point_name(hall: Hall, point: Point) -> str:
    return localized(hall, point.name)


def service_name(hall: Hall, service: str) -> str:
    """The name of a service; its id if the hall does not know it."""
    found = hall.services.get(service)
    return localized(hall, found.name) if found else service


def service_line(hall: Hall, service: str) -> str:
    """A service as an item of a list: the letter of its tickets, then its name."""
    return f"{hall.services[service].prefix}   {service_name(hall, service)}"


def service_inline(hall: Hall, service: str) -> str:
    """A service among others in one line of text."""
    return f"{hall.services[service].prefix} {service_name(hall, service)}"


def precedence_name(hall: Hall, precedence: str) -> str:
    found = hall.precedences.get(precedence)
    return localized(hall, found.name) if found else precedence


def gap_sentence(hall: Hall, lacking: Gap) -> str:
    """What a hall lacks, and where: ``Blood tests: No service point gives this service.``"""
    sentence = QCoreApplication.translate("Refusals", lacking.sentence)
    return f"{service_name(hall, lacking.item.id)}: {sentence}"


def example(value: str) -> str:
    """The placeholder of an empty field: an example that nobody can take for its content."""
    return QCoreApplication.translate("Console", "for example {0}").format(in_sentence(value))


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
        Action.PAUSE_FOR: QCoreApplication.translate("Console", "Pause for …"),
        Action.CLOSE: QCoreApplication.translate("Console", "Close the point"),
        Action.UNDO: QCoreApplication.translate("Console", "Undo"),
        Action.CALL_THIS: QCoreApplication.translate("Console", "Call this one"),
        Action.WAIT_AGAIN: QCoreApplication.translate("Console", "Back to the queue"),
        Action.REINSTATE: QCoreApplication.translate("Console", "Reinstate"),
    }[action]


def no_show(owed: Owed) -> str:
    """The text of the no-show button, with the recalls or seconds still due before it."""
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


def status_now(hall: Hall, point: Point, now: datetime) -> str:
    """The status of a point, with the end of its pause if that was said: ``Paused until 14:20``."""
    if point.back_at is None:
        return status_text(point.status)
    if now >= point.back_at:
        return QCoreApplication.translate("Console", "Paused, overdue ▲")
    return QCoreApplication.translate("Console", "Paused until {0}").format(clock(point.back_at, hall))


def pause_hint(hall: Hall, point: Point, now: datetime) -> str:
    """What a pause means for the specialist, and whether it has lasted longer than they said."""
    hint = QCoreApplication.translate("Console", "Nobody is called here until you resume.")
    if point.back_at is None or now < point.back_at:
        return hint
    late = QCoreApplication.translate("Console", "You meant to be back at {0}, {1} ago.")
    return f"{late.format(clock(point.back_at, hall), duration((now - point.back_at).total_seconds()))} {hint}"


def occupancy(hall: Hall, point: Point, now: datetime, seat: Seat | None = None) -> str:
    """Who is at a point, for somebody choosing one: ``anna since 09:12 · A012 is there``."""
    if point.status is PointStatus.INACTIVE and seat is None:
        return QCoreApplication.translate("Console", "Free")
    parts = [_who(hall, seat)]
    if point.status is PointStatus.PAUSED:
        parts.append(status_now(hall, point, now))
    if point.ticket:
        parts.append(QCoreApplication.translate("Console", "{0} is there").format(hall.tickets[point.ticket].label))
    return " · ".join(parts)


def _who(hall: Hall, seat: Seat | None) -> str:
    if seat is None:
        return QCoreApplication.translate("Console", "Open, nobody works there")
    since = clock(seat.since, hall)
    return QCoreApplication.translate("Console", "{0} since {1}").format(in_sentence(seat.login), since)


def take_over_question(hall: Hall, point: Point, seat: Seat) -> str:
    """The question before taking over a colleague's point."""
    return QCoreApplication.translate(
        "Console", "{0} has worked at {1} since {2}, and will be told if you take over."
    ).format(seat.login, point_name(hall, point), clock(seat.since, hall))


def customer_question(hall: Hall, point: Point, ticket: Ticket) -> str:
    """The question before working at a point with a customer whom nobody is known to serve."""
    return QCoreApplication.translate(
        "Console", "{0} is at {1}, and it is not known who serves them. Make sure that nobody does."
    ).format(ticket.label, point_name(hall, point))


def unseen_question(hall: Hall, point: Point) -> str:
    """The question before working at a point while the hall can't say who works there."""
    return QCoreApplication.translate(
        "Console", "Who works at {0} can't be seen right now. Make sure that nobody does."
    ).format(point_name(hall, point))


def too_late(hall: Hall, point: Point, seat: Seat | None) -> str:
    """The sentence for somebody who chose a point a moment too late."""
    if seat is None:
        sentence = QCoreApplication.translate(
            "Console", "Somebody else was at {0} first. Choose another service point."
        )
        return sentence.format(point_name(hall, point))
    sentence = QCoreApplication.translate("Console", "{0} was at {1} first. Choose another service point.")
    return sentence.format(seat.login, point_name(hall, point))


def taken_over(hall: Hall, seat: Seat) -> str:
    """The sentence for the person whose point was taken over."""
    return QCoreApplication.translate(
        "Console", "{0} took over this point at {1}. Choose where you work from now on."
    ).format(in_sentence(seat.login), clock(seat.since, hall))


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
            return QCoreApplication.translate("Console", "Cancelled")
        case TicketState.EXPIRED:
            return QCoreApplication.translate("Console", "Expired")


def in_sentence(name: str) -> str:
    """A name for one of our sentences, isolated where its direction might turn that of the sentence."""
    right_to_left = any(bidirectional(sign) in ("R", "AL", "AN") for sign in name)
    return isolated(name) if right_to_left or QGuiApplication.isRightToLeft() else name


def set_aside_reason(ticket: Ticket, reason: str = "") -> str:
    """Why a ticket does not wait: ``Parked: fetches a form``."""
    state = ticket_state(ticket.state)
    return f"{state}: {reason}" if reason else state


def whereabouts(hall: Hall, ticket: Ticket, reason: str = "") -> str:
    """A ticket's state and place: ``Called · Counter 1``; ``reason`` is why it is parked."""
    state = set_aside_reason(ticket, reason)
    if ticket.state is TicketState.WAITING:
        return _waiting_text(hall, ticket)
    at = hall.points.get(ticket.point or "") if ticket.state in (*AT_A_POINT, TicketState.SERVED) else None
    return f"{state} · {point_name(hall, at)}" if at else state


def uncalled_warning(hall: Hall, lines: Iterable[Line]) -> str:
    """A warning of those among ``lines`` in which people wait and no active service point calls; empty without any."""
    found = hall.unattended()
    waiting = [f"{_line_name(hall, line)} ({found[line]})" for line in lines if line in found]
    if not waiting:
        return ""
    return QCoreApplication.translate(
        "Console", "{0}: people are waiting, but no open service point can call them."
    ).format(", ".join(waiting))


def day_ahead_warning(hall: Hall, wall: datetime) -> str:
    """A warning of a business day begun too early by a clock that was ahead; empty if it was not."""
    day = opening.day_ahead(hall, wall)
    if day is None:
        return ""
    return QCoreApplication.translate(
        "Console",
        "The hall's business day is {0}, because a clock was ahead: until then no new day begins and numbers do not "
        "start again. An administrator corrects it in the set-up, under Hall.",
    ).format(day.isoformat())


def _line_name(hall: Hall, line: Line) -> str:
    kind, name = line
    return point_name(hall, hall.points[name]) if kind == "point" else service_name(hall, name)


def unattended_warning(hall: Hall, line: Line) -> str:
    """A warning before sending a customer into a line no open service point calls from; empty if one does."""
    if hall.attended(line):
        return ""
    kind, _ = line
    sentence = (
        QCoreApplication.translate("Console", "{0} is closed: nobody is called there until it opens.")
        if kind == "point"
        else QCoreApplication.translate("Console", "No service point that gives {0} is open.")
    )
    return sentence.format(_line_name(hall, line))


def _with_closed_warning(hall: Hall, line: Line, text: str) -> str:
    """A text about a line, with a short warning if nobody calls from it."""
    if hall.attended(line):
        return text
    return f"{text}. " + QCoreApplication.translate("Console", "No point is open.")


def people_ahead(hall: Hall, service: str, queue: Queue) -> str:
    """How many people a customer of this service would wait behind, as they may be told before they get a ticket."""
    if queue.ahead:
        text = QCoreApplication.translate("Console", "%n ahead", None, queue.ahead)
    else:
        text = QCoreApplication.translate("Console", "Nobody ahead")
    return _with_closed_warning(hall, ("service", service), text)


def _waiting_text(hall: Hall, ticket: Ticket) -> str:
    if ahead := hall.ahead(ticket):
        text = QCoreApplication.translate("Console", "Waiting, %n ahead", None, ahead)
        return _with_closed_warning(hall, ticket.line, text)
    if hall.attended(ticket.line):
        return _next_text(hall, ticket)
    return QCoreApplication.translate("Console", "Waiting, no point is open")


def _next_text(hall: Hall, ticket: Ticket) -> str:
    only = hall.points.get(ticket.for_point or "")
    if only:
        return QCoreApplication.translate("Console", "Next at {0}").format(point_name(hall, only))
    return QCoreApplication.translate("Console", "Waiting, next")


def placement_text(place: Placement) -> str:
    match place:
        case Placement.KEEP_DUE:
            return QCoreApplication.translate("Console", "By time of issue")
        case Placement.DUE_NOW:
            return QCoreApplication.translate("Console", "First")
        case Placement.AS_ISSUED_NOW:
            return QCoreApplication.translate("Console", "Last")


def duration(seconds: float) -> str:
    """A span of seconds in words, to the minute: ``under 1 min``, ``4 min``, ``1 h 5 min``."""
    hours, left = divmod(max(0, int(seconds)) // 60, 60)
    if hours:
        return QCoreApplication.translate("Console", "{0} h {1} min").format(hours, left)
    if left:
        return QCoreApplication.translate("Console", "{0} min").format(left)
    return QCoreApplication.translate("Console", "under 1 min")


def due(hall: Hall | None, due_at: datetime, now: datetime) -> str:
    """When a ticket is due; an overdue one says so in words, because not everybody sees colours."""
    left = (due_at - now).total_seconds()
    if left >= 0:
        return QCoreApplication.translate("Console", "{0}, in {1}").format(clock(due_at, hall), duration(left))
    return QCoreApplication.translate("Console", "{0}, overdue {1} ▲").format(clock(due_at, hall), duration(-left))


def due_briefly(hall: Hall | None, due_at: datetime, now: datetime) -> str:
    """When a ticket is due, where there is little room: ``14:05 ▲``."""
    return clock(due_at, hall) + (" ▲" if due_at < now else "")


def ago(hall: Hall | None, moment: datetime, now: datetime, between: str = " · ") -> str:
    """When something happened, and how long that is ago: ``14:05 · 4 min``."""
    return f"{clock(moment, hall)}{between}{duration((now - moment).total_seconds())}"


def call_reasons(hall: Hall, reasons: Why) -> str:
    """Why this customer was called and no other."""
    name = precedence_name(hall, reasons.precedence)
    sentence = _how_called(reasons.how).format(clock(reasons.due_at, hall), name, duration(reasons.waited))
    if reasons.passed_over == 0:
        return sentence + " " + QCoreApplication.translate("Console", "Nobody who came earlier is still waiting.")
    passed = QCoreApplication.translate("Console", "Passes %n tickets that came earlier", None, reasons.passed_over)
    if reasons.lead < 60:  # seconds: too little to be worth a word
        return f"{sentence} {passed}."
    return f"{sentence} {passed} " + QCoreApplication.translate("Console", "(by up to {0}).").format(
        duration(reasons.lead)
    )


def _how_called(how: How) -> str:
    match how:
        case How.NEXT:
            return QCoreApplication.translate("Console", "Due first, at {0}: {1}, waited {2}.")
        case How.BY_HAND:
            return QCoreApplication.translate("Console", "Chosen by hand; due at {0}: {1}, waited {2}.")
        case How.AUTOMATICALLY:
            return QCoreApplication.translate("Console", "Called automatically; due first, at {0}: {1}, waited {2}.")


def overtaking(hall: Hall, precedences: list[Precedence]) -> list[str]:
    """What the allowances mean, pair by pair: who may pass whom, and by how much at most."""
    ordered = sorted(precedences, key=lambda precedence: precedence.allowance)
    pairs = [(fast, slow) for at, fast in enumerate(ordered) for slow in ordered[at + 1 :]]
    return [_overtakes(hall, fast, slow) for fast, slow in pairs]


def _overtakes(hall: Hall, fast: Precedence, slow: Precedence) -> str:
    names = localized(hall, fast.name), localized(hall, slow.name)
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
    """The name of a person's role."""
    names = {
        Role.SPECIALIST: QCoreApplication.translate("Console", "Specialist"),
        Role.SUPERVISOR: QCoreApplication.translate("Console", "Supervisor"),
        Role.ADMINISTRATOR: QCoreApplication.translate("Console", "Administrator"),
    }
    return names.get(role, role.value)


def outage(hall: Hall | None, since: datetime) -> str:
    return QCoreApplication.translate(
        "Console", "No connection to the hall since {0}; calling is not possible."
    ).format(clock(since, hall))


def same_number_warnings(hall: Hall) -> Iterator[str]:
    """A warning for each two people whose tickets show the same number: which of them is called by what."""
    alive = {ticket.label for ticket in hall.tickets.values()}
    sentence = QCoreApplication.translate(
        "Console",
        "Two people hold {0}, from two kiosks: the one whose ticket shows {1} is called as {2}. "
        "Compare the times on the tickets.",
    )
    for called in sorted(alive):
        paper, _, time = called.partition(" ")
        if time and paper in alive:
            yield sentence.format(paper, time, called)
