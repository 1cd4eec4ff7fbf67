"""Imagined histories of halls: any set-up, any people, any order of things, clocks that step.

A history is a list of whims, each a verb and two numbers that say who and what; play on a hall it becomes
commands, accepted or refused. So hypothesis can shorten a history that breaks a rule to the few steps it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

from hypothesis import strategies as st

from shared.hall.appointments import CheckIn
from shared.hall.business_day import CorrectBusinessDay, StartBusinessDay
from shared.hall.calling import CallNext, CallTicket, Recall, TicketCalled
from shared.hall.displays import AssignDisplay, DefineDisplay, RecordClip, RemoveClip, RetireDisplay
from shared.hall.errors import Refused
from shared.hall.exceptional_days import DefineDay, ObserveHolidays, RetireDay
from shared.hall.feedback import GiveFeedback
from shared.hall.hall import Hall
from shared.hall.hours_grammar import Day
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Command, Event
from shared.hall.parking import REINSTATABLE, ParkTicket, ReinstateTicket, ResumeTicket
from shared.hall.points import ActivatePoint, DeactivatePoint, PausePoint, ResumePoint
from shared.hall.rules import decide, evolve, fold
from shared.hall.serving import FinishService, MarkNoShow, Placement, ReturnToQueue, StartService, TransferTicket
from shared.hall.set_up import (
    DefineHall,
    DefinePoint,
    DefinePrecedence,
    DefineService,
    RetirePoint,
    RetirePrecedence,
    RetireService,
)
from shared.hall.set_up_import import ImportSetUp
from shared.hall.shifts import TakePoint
from shared.hall.undo import UndoLast
from shared.hall.values import Moment, TicketState
from shared.hall.whole_set_up import set_up_of
from tests.hall.builders import MORNING

SERVICES, PRECEDENCES, POINTS = ("a", "b", "c"), ("regular", "paid", "priority"), ("1", "2", "3")

ALLOWANCES = (0, 5, 10, 10, 30, 30, 2000)
"""Minutes: alike, a little apart, and further apart than a day."""

PAUSES = (0, 0, 1, 30_000, 60_000, 5 * 60_000, 20 * 60_000)
"""Milliseconds from one step to the next."""

V = TypeVar("V")


@dataclass(frozen=True)
class Step:
    """A command sent to a hall, and its result."""

    before: Hall
    command: Command
    now: Moment
    events: Sequence[Event]
    refusal: Refused | None
    after: Hall

    @property
    def at_call(self) -> Hall:
        """The hall as it was when it chose the ticket to call."""
        earlier = (at for at, event in enumerate(self.events) if isinstance(event, TicketCalled))
        return fold(self.before, self.events[: next(earlier, len(self.events))])


class Transition(NamedTuple):
    """One event, and the hall on both sides of it."""

    before: Hall
    event: Event
    after: Hall


class History:
    """All commands sent to a hall since it was empty."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.hall = Hall(id="imagined")
        self.wall = MORNING
        self.order = 0
        self.presses: list[IssueTicket] = []

    def __repr__(self) -> str:
        """The commands, as a failed property shows them."""
        return "; ".join(
            f"{step.command.type_name()} {step.refusal.type_name() if step.refusal else ''}".strip()
            for step in self.steps
        )

    def send(self, command: Command) -> None:
        before, now = self.hall, Moment(self.wall, self.order)
        try:
            events: Sequence[Event] = decide(before, command, now)
            refusal = None
        except Refused as refused:
            events, refusal = (), refused
        self.hall = fold(before, events)
        self.steps.append(Step(before, command, now, events, refusal, self.hall))

    @property
    def journal(self) -> list[Event]:
        return [event for step in self.steps for event in step.events]

    def transitions(self) -> Iterator[Transition]:
        """Every event, with the hall before and after it."""
        for step in self.steps:
            hall = step.before
            for event in step.events:
                after = evolve(hall, event)
                yield Transition(hall, event, after)
                hall = after

    def calls(self) -> Iterator[Step]:
        """The steps with an accepted CallNext, except those that began a day or are of a hall that calls by itself."""
        for step in self.steps:
            usual = step.before.business_day == step.after.business_day and not step.before.settings.auto_call
            if isinstance(step.command, CallNext) and not step.refusal and usual:
                yield step


# ── whims ──

Whim = Callable[[History, int, int], Command]


def pick(things: Sequence[V], number: int) -> V:
    return things[number % len(things)]


def _take(history: History, a: int, b: int) -> Command:
    command = IssueTicket(service=pick(SERVICES, a), precedence=pick((None, *PRECEDENCES), b))
    history.presses.append(command)
    return command


def _press_again(history: History, a: int, b: int) -> Command:
    return pick(history.presses, a) if history.presses else _take(history, a, b)


def _cancel(history: History, a: int, b: int) -> Command:
    return CancelTicket(ticket=_somebody(history, a))


def _call(history: History, a: int, b: int) -> Command:
    point = history.hall.points.get(pick(POINTS, a))
    return CallNext(point=pick(POINTS, a), holding=point.ticket if point else None)


def _call_in_error(history: History, a: int, b: int) -> Command:
    return CallNext(point=pick(POINTS, a), holding=pick((None, _somebody(history, b)), b))


def _at_point(kind: Callable[..., Command]) -> Whim:
    """A specialist's command about the ticket at their point; every eighth about some other one."""

    def whim(history: History, a: int, b: int) -> Command:
        busy = [point for point in history.hall.points.values() if point.ticket]
        if not busy or b % 8 == 0:
            return kind(point=pick(POINTS, a), ticket=_somebody(history, b))
        point = pick(busy, a)
        return kind(point=point.id, ticket=point.ticket)

    return whim


def _transfer(history: History, a: int, b: int) -> Command:
    to_point = pick(POINTS, b) if b % 2 else None
    to_service = pick(SERVICES, b) if not b % 2 or b % 7 == 0 else None

    def kind(**about: Any) -> Command:
        return TransferTicket(to_point=to_point, to_service=to_service, place=pick(list(Placement), b // 2), **about)

    return _at_point(kind)(history, a, b)


def _status(kind: Callable[..., Command]) -> Whim:
    def whim(history: History, a: int, b: int) -> Command:
        return kind(point=pick(POINTS, a))

    return whim


def _somebody(history: History, number: int) -> str:
    tickets = [*history.hall.tickets, *(ticket.id for ticket in history.hall.ended), "nobody"]
    return pick(tickets, number)


DAY: tuple[Whim, ...] = (
    *[_take] * 14,
    _press_again,
    *[_cancel] * 3,
    *[_call] * 10,
    _call_in_error,
    _at_point(Recall),
    _at_point(StartService),
    _at_point(FinishService),
    _at_point(MarkNoShow),
    *[_at_point(ReturnToQueue)] * 2,
    *[_transfer] * 2,
    *[_status(kind) for kind in (ActivatePoint, ActivatePoint, ResumePoint, ResumePoint, PausePoint, DeactivatePoint)],
    _status(TakePoint),
)
"""What people do on a day when the administrator leaves everything as it is."""


def _call_somebody(history: History, a: int, b: int) -> Command:
    waits = [*history.hall.tickets, "nobody"]
    return CallTicket(point=pick(POINTS, a), ticket=pick(waits, b))


def _of_state(kind: Callable[..., Command], *states: TicketState) -> Whim:
    """A command about a ticket in one of these states; about any if there is none."""

    def whim(history: History, a: int, b: int) -> Command:
        tickets = [*history.hall.tickets.values(), *history.hall.ended]
        named = [ticket.id for ticket in tickets if ticket.state in states] or [_somebody(history, b)]
        return kind(point=pick(POINTS, a), ticket=pick(named, b))

    return whim


def _check_in(history: History, a: int, b: int) -> Command:
    minutes = pick((-90, -11, -5, 0, 5, 16, 120, 1200), b)
    return CheckIn(service=pick(SERVICES, a), appointed_at=history.wall + timedelta(minutes=minutes))


def _rate(history: History, a: int, b: int) -> Command:
    served = [ticket for ticket in history.hall.ended if ticket.state is TicketState.SERVED]
    rated = [ticket for ticket in served if ticket.rating]
    named = [ticket.id for ticket in (rated if b % 3 == 0 else served)] or [_somebody(history, b)]
    return GiveFeedback(ticket=pick(named, a), rating=b % 7)


RARE: tuple[Whim, ...] = (
    *[_at_point(ParkTicket)] * 2,
    *[_of_state(ResumeTicket, TicketState.PARKED)] * 2,
    *[_of_state(ReinstateTicket, *REINSTATABLE)] * 2,
    *[_call_somebody] * 2,
    *[_status(UndoLast)] * 4,
    *[_check_in] * 2,
    _rate,
)
"""What people do less often."""


def _new_allowance(history: History, a: int, b: int) -> Command:
    name = pick(PRECEDENCES, a)
    return DefinePrecedence(id=name, name=name, allowance=pick(ALLOWANCES, b))


def _new_service(history: History, a: int, b: int) -> Command:
    name = pick(SERVICES, a)
    offered = tuple(name for name in PRECEDENCES if name in history.hall.precedences)
    return DefineService(
        id=name,
        name=name,
        prefix=pick("ABCD", b),
        precedences=offered[: b % 3],
        place=b % 5,
        on=b % 4 > 0,
        then=tuple(other for other in SERVICES if other != name and other in history.hall.services)[: b % 3],
    )


def _new_point(history: History, a: int, b: int) -> Command:
    return point_of(pick(POINTS, a), given=b % 8, backed_up=b // 8 % 8, penalty=b % 20)


def _retire(history: History, a: int, b: int) -> Command:
    retirements: tuple[Command, ...] = (
        RetireService(service=pick(SERVICES, b)),
        RetirePrecedence(precedence=pick(PRECEDENCES, b)),
        RetirePoint(point=pick(POINTS, b)),
    )
    return pick(retirements, a)


def _exceptional_day(history: History, a: int, b: int) -> Command:
    """An exceptional day, with hours or closed, is defined or retired, or the holidays change."""
    day = history.wall.date() + timedelta(days=a % 5)
    changes: tuple[Command, ...] = (
        DefineDay(date=day, hours=pick((("00:00-24:00",), ("08:00-20:00",), ()), b // 3)),
        RetireDay(date=pick(tuple(history.hall.days) or (day,), b)),
        ObserveHolidays(days=(Day(date=day),) if b % 2 else ()),
    )
    return pick(changes, b)


def _display(history: History, a: int, b: int) -> Command:
    """A display for some of the calls is defined, given to a device or retired; a clip comes or goes."""
    north = DefineDisplay(id="north", name="North", services=pick(((), ("a",), ("a", "b")), a), languages=("en",))
    changes: tuple[Command, ...] = (
        north,
        AssignDisplay(device="d", display=pick(("north", None), a)),
        RetireDisplay(display="north"),
        RecordClip(language="en", says="letter.A", content="0e" * 32),
        RemoveClip(language="en", says="letter.A"),
    )
    return pick(changes, b)


def _tomorrow(history: History, a: int, b: int) -> Command:
    history.wall += timedelta(hours=pick((1, 14, 24, 50), a))
    return StartBusinessDay()


def _correct_day(history: History, a: int, b: int) -> Command:
    """Somebody notices that the wall clock was ahead, and sets it."""
    history.wall -= timedelta(hours=pick((0, 30, 60), a))
    return CorrectBusinessDay(kept=history.hall.business_day or history.wall.date())


def _set_clock(history: History, a: int, b: int) -> Command:
    """Somebody sets the wall clock; nobody who waits may notice."""
    history.wall += timedelta(minutes=pick((-3 * 24 * 60, -60, -1, 1, 60), a), microseconds=b)
    return _call(history, a, b)


def _new_settings(history: History, a: int, b: int) -> Command:
    return DefineHall(
        name="Imagined",
        return_after=b % 10,
        time_zone=pick(("UTC", "Asia/Tokyo"), a),
        auto_call=b % 3 == 0,
        recalls_before_no_show=a % 2,
        no_show_after=pick((0, 0, 30), b),
    )


def _import(history: History, a: int, b: int) -> Command:
    """A whole set-up at once: other precedences first, a point less, and nothing offered that no point gives."""
    now = set_up_of(history.hall)
    points = now.points[b % 2 :]
    given = {service for point in points for service in (*point.services, *point.backup_services)}
    return ImportSetUp(
        hall=now.hall,
        precedences=(*now.precedences[a % 3 :], *now.precedences[: a % 3]),
        services=tuple(replace(service, on=service.on and service.id in given) for service in now.services),
        points=points,
        retire=b % 3 == 0,
    )


YEAR: tuple[Whim, ...] = (
    *DAY,
    *RARE,
    *[_new_allowance] * 2,
    _new_service,
    *[_new_point] * 2,
    _retire,
    _tomorrow,
    _exceptional_day,
    _display,
    _set_clock,
    _correct_day,
    _new_settings,
    _import,
)
"""What happens in a year: the administrator changes things too, days end and clocks are set."""


# ── histories ──


def point_of(name: str, *, given: int, backed_up: int, penalty: int) -> DefinePoint:
    """A point; which services it gives and backs up are the bits of two numbers."""
    return DefinePoint(
        id=name,
        serial_number=int(name),
        name=f"Point {name}",
        services=_bits(given),
        backup_services=_bits(backed_up),
        backup_penalty=penalty,
    )


def _bits(number: int) -> tuple[str, ...]:
    return tuple(service for place, service in enumerate(SERVICES) if number >> place & 1)


def _set_up(allowances: Sequence[int], points: Sequence[tuple[int, int, int]]) -> Iterator[Command]:
    yield DefineHall(name="Imagined", return_after=3)
    for precedence, allowance in zip(PRECEDENCES, allowances, strict=True):
        yield DefinePrecedence(id=precedence, name=precedence, allowance=allowance)
    for service, prefix in zip(SERVICES, "ABC", strict=True):
        yield DefineService(id=service, name=service, prefix=prefix)
    for name, (given, backed_up, penalty) in zip(POINTS, points, strict=True):
        yield point_of(name, given=given, backed_up=backed_up, penalty=penalty)
        yield ActivatePoint(point=name)


def play(
    whims: Sequence[Whim],
    set_up: tuple[Sequence[int], Sequence[tuple[int, int, int]]],
    choices: Sequence[tuple[int, int, int, int]],
) -> History:
    history = History()
    for command in _set_up(*set_up):
        history.send(command)
    for verb, a, b, pause in choices:
        span = timedelta(milliseconds=pick(PAUSES, pause))
        history.wall += span
        history.order += span // timedelta(milliseconds=1)
        history.send(pick(whims, verb)(history, a, b))
    return history


NUMBERS = st.integers(0, 839)
"""Divisible by everything up to eight: no choice is likelier than another."""


def histories(whims: Sequence[Whim] = YEAR, allowances: Sequence[int] = ALLOWANCES) -> st.SearchStrategy[History]:
    points = st.tuples(st.integers(1, 7), st.integers(0, 7), st.sampled_from((0, 1, 10, 60)))
    three = st.tuples(*[st.sampled_from(allowances)] * len(PRECEDENCES))
    choice = st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
    short, long = st.lists(choice, max_size=40), st.lists(choice, min_size=60, max_size=100)
    choices = st.one_of(short, long, long)  # the short ones are for shrinking: left to itself a list is about five long
    return st.builds(play, st.just(whims), st.tuples(three, st.tuples(points, points, points)), choices)


years = histories()
days = histories(DAY)
