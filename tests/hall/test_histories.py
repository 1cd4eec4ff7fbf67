"""What holds in every history of every hall: the invariants of the domain, each by its name."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, takewhile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.hall.business_day import BusinessDayCorrected, BusinessDayStarted
from shared.hall.calling import CallNext, TicketCalled
from shared.hall.errors import Refused
from shared.hall.feedback import FeedbackGiven
from shared.hall.hall import Hall, waiting_index
from shared.hall.issuing import IssueTicket, TicketIssued
from shared.hall.json_codec import decode_event, decode_hall, encode_event, encode_hall
from shared.hall.messages import DoneAtPoint, Event
from shared.hall.next_ticket import How, next_for
from shared.hall.parking import TicketParked
from shared.hall.points import PointDeactivated
from shared.hall.rules import EVENTS, decide, fold
from shared.hall.serving import TicketMovedOn, TicketNoShow, TicketReturned, TicketServed, TicketTransferred
from shared.hall.undo import LastUndone, UndoLast
from shared.hall.values import AT_A_POINT, BY_ARRIVAL, BY_PLACE, Line, Moment, Ticket, TicketState
from tests.hall.builders import picture
from tests.hall.histories import DAY, YEAR, History, Step, days, histories, play, years
from tests.hall.reference import (
    ahead_counted_slowly,
    backups_that_call,
    called_before,
    called_by,
    eligible,
    overtakings,
    point_of,
    waiting,
)

ENDINGS = (TicketServed, TicketMovedOn, TicketNoShow, TicketReturned, TicketTransferred, TicketParked)

ALLOWED_MOVES = {
    ("waiting", "called"),
    ("waiting", "cancelled"),
    ("waiting", "expired"),
    ("called", "called"),
    ("called", "serving"),
    ("called", "served"),
    ("called", "no-show"),
    ("called", "waiting"),
    ("called", "expired"),
    ("serving", "served"),
    ("serving", "waiting"),
    ("serving", "parked"),
    ("parked", "waiting"),
    ("parked", "called"),
    ("parked", "expired"),
    ("no-show", "waiting"),
    ("cancelled", "waiting"),
}
"""The moves from one state to another that a ticket may make."""


# ── who is next ──


@given(years)
def test_a_call_returns_an_eligible_ticket_if_and_only_if_there_is_one(history: History) -> None:
    for step in history.calls():
        assert (called_by(step) is not None) is bool(eligible(step, point_of(step)))


@given(years)
def test_a_call_returns_the_least_due_and_number_among_the_eligible(history: History) -> None:
    for step in history.calls():
        if called := called_by(step):
            assert called.id == eligible(step, point_of(step))[0].ticket.id


@given(years)
def test_a_call_says_who_was_passed_over_and_by_how_much(history: History) -> None:
    for step in history.calls():
        for event in step.events:
            if isinstance(event, TicketCalled):
                called = step.at_call.tickets[event.ticket]
                waiting = [ticket for *_, ticket in eligible(step, event.point)]
                passed = [ticket for ticket in waiting if ticket.number < called.number]
                leads = [(called.issued_at - ticket.issued_at).total_seconds() for ticket in passed]
                assert (event.why.passed_over, event.why.lead) == (len(passed), int(max([0, *leads])))


@given(years)
def test_a_ticket_is_due_at_its_issue_plus_the_allowance_of_that_moment(history: History) -> None:
    for before, event, after in history.transitions():
        if isinstance(event, TicketIssued):
            came = event.order + appointed_later(before, event) // timedelta(milliseconds=1)
            allowance = before.precedences[event.precedence].allowance
            assert after.tickets[event.ticket].due == came + allowance * 60_000


def appointed_later(hall: Hall, event: TicketIssued) -> timedelta:
    """How long after the customer came their appointed time is; negative if they came late, within the grace."""
    until = (event.appointed_at or event.at) - event.at
    return timedelta() if -until > timedelta(minutes=hall.settings.appointment_grace) else until


@given(years)
def test_nobody_is_called_before_their_time(history: History) -> None:
    for before, event, _ in history.transitions():
        if isinstance(event, TicketCalled):
            assert (before.tickets[event.ticket].not_before or 0) <= event.order


@given(years)
def test_a_hall_that_calls_by_itself_leaves_no_point_free_for_whoever_it_could_call(history: History) -> None:
    for step in history.steps:
        hall = step.after
        if step.events and hall.settings.auto_call and not isinstance(step.command, UndoLast):
            now = Moment(step.now.wall, hall.order)
            free = [point for point in hall.points.values() if point.status == "active" and not point.ticket]
            assert not [point for point in free if next_for(hall, point, now)]


@given(years)
def test_a_parked_ticket_is_called_by_hand_alone(history: History) -> None:
    for before, event, _ in history.transitions():
        if isinstance(event, TicketCalled) and before.tickets[event.ticket].state is TicketState.PARKED:
            assert event.why.how is How.BY_HAND


# ── taking back ──


@given(years)
def test_what_is_taken_back_has_not_happened(history: History) -> None:
    for done, undone in pairwise(history.steps):
        if isinstance(undone.command, UndoLast) and not undone.refusal:
            point = undone.command.point
            if [*_points(done)] == [point] and done.before.business_day == done.after.business_day:
                assert _standing(undone.after) == _standing(_before_the_action(done))


def _before_the_action(step: Step) -> Hall:
    """The hall before anything was done at a point; a ticket issued first, in a hall that calls by itself, stays."""
    return fold(step.before, takewhile(lambda event: not isinstance(event, DoneAtPoint), step.events))


def _points(step: Step) -> Iterator[str]:
    """The points at which this step did something, each press once."""
    yield from dict.fromkeys(event.point for event in step.events if isinstance(event, DoneAtPoint))


def _standing(hall: Hall) -> tuple[object, ...]:
    """Where everybody is, without calls and counters."""
    points = [replace(point, last=None) for point in hall.points.values()]
    visits = {service: had for service, had in hall.visits.items() if had.count}
    tickets = dict(hall.tickets)
    lines = waiting_index(tickets.values(), BY_PLACE)
    return tickets, set(hall.ended), points, lines, visits, dict(hall.taken)


@given(years)
def test_only_the_last_ten_seconds_are_taken_back(history: History) -> None:
    for before, event, after in history.transitions():
        if isinstance(event, LastUndone):
            last = before.points[event.point].last
            assert last and event.order - last.at <= 10_000
            assert after.points[event.point].last is None


@given(days)
def test_first_come_first_served_inside_a_service_and_precedence(history: History) -> None:
    for called, others in overtakings(history):
        same_service = [other for other in others if other.service == called.service]
        assert called.precedence not in {other.precedence for other in same_service}


@given(days)
def test_the_lead_of_an_overtaker_is_at_most_the_difference_of_the_allowances(history: History) -> None:
    issued = {event.ticket: event.order for event in history.journal if isinstance(event, TicketIssued)}
    allowed = {name: precedence.allowance for name, precedence in history.hall.precedences.items()}
    for called, others in overtakings(history):
        for other in others:
            lead = issued[called.id] - issued[other.id]
            assert lead <= (allowed[other.precedence] - allowed[called.precedence]) * 60_000


@given(histories(DAY, allowances=[15]))
def test_equal_allowances_give_the_exact_order_of_issue(history: History) -> None:
    assert not [others for _, others in overtakings(history) if others]


@given(years)
def test_whoever_waits_keeps_their_place_whatever_else_is_changed(history: History) -> None:
    """So changing an allowance never reorders anybody."""
    for before, _, after in history.transitions():
        for ticket in waiting(before):
            if ticket.id in after.tickets and after.tickets[ticket.id].state is TicketState.WAITING:
                assert after.tickets[ticket.id].place == ticket.place


# ── points and tickets ──


@given(years)
def test_one_active_ticket_per_point_and_one_point_per_active_ticket(history: History) -> None:
    for step in history.steps:
        at_points = {point.ticket: point.id for point in step.after.points.values() if point.ticket}
        active = {ticket.id: ticket.point for ticket in step.after.tickets.values() if ticket.state in AT_A_POINT}
        assert at_points == active
        assert len(at_points) == sum(point.ticket is not None for point in step.after.points.values())


@given(years)
def test_only_an_active_point_has_a_ticket(history: History) -> None:
    for step in history.steps:
        assert all(point.status == "active" for point in step.after.points.values() if point.ticket)


@given(years)
def test_only_the_point_that_has_a_ticket_ends_it(history: History) -> None:
    for before, event, after in history.transitions():
        if isinstance(event, ENDINGS):
            assert before.points[event.point].ticket == event.ticket
            assert after.points[event.point].ticket is None


@given(years)
def test_a_ticket_ends_once(history: History) -> None:
    """Once a day: that a press of yesterday is sent again, only the ledger knows."""
    ends: Counter[str] = Counter()
    for before, event, after in history.transitions():
        if isinstance(event, BusinessDayStarted):
            ends.clear()
        ended, again = set(before.tickets) - set(after.tickets), set(after.tickets) - set(before.tickets)
        assert ended <= set(touched(event))
        ends.update(ended)
        ends.subtract(again & set(ends))  # reinstated, or what ended it was taken back
    assert set(ends.values()) <= {0, 1}


@given(years)
def test_a_ticket_is_live_or_has_ended_and_never_both(history: History) -> None:
    for step in history.steps:
        assert all(ticket.ended for ticket in step.after.ended)
        assert not any(ticket.ended for ticket in step.after.tickets.values())
        assert not {ticket.id for ticket in step.after.ended} & set(step.after.tickets)


@given(years)
def test_a_ticket_moves_only_as_drawn(history: History) -> None:
    for before, event, after in history.transitions():
        for ticket in touched(event):
            if isinstance(event, TicketIssued):
                assert not before.knows(ticket)
            elif isinstance(event, BusinessDayCorrected):
                assert before.ticket(ticket) == after.ticket(ticket)
            elif isinstance(event, PointDeactivated) or getattr(event, "what", "") == PointDeactivated.type_name():
                assert before.ticket(ticket).state is after.ticket(ticket).state, "another line, and nothing else"
            elif isinstance(event, LastUndone):
                assert (after.ticket(ticket).state, before.ticket(ticket).state) in ALLOWED_MOVES
            elif not isinstance(event, FeedbackGiven):
                assert (before.ticket(ticket).state, after.ticket(ticket).state) in ALLOWED_MOVES


def touched(event: Event) -> tuple[str, ...]:
    """The tickets an event is about."""
    one = getattr(event, "ticket", None)
    return getattr(event, "tickets", (one,) if one else ())


@given(days)
def test_one_press_is_one_ticket_however_often_it_is_retried(history: History) -> None:
    pressed = {step.command.command_id for step in history.steps if isinstance(step.command, IssueTicket)}
    issued = Counter(event.ticket for event in history.journal if isinstance(event, TicketIssued))
    assert set(issued) <= pressed
    assert set(issued.values()) <= {1}


@given(years)
def test_calling_without_knowing_the_points_ticket_calls_nobody(history: History) -> None:
    for step in history.steps:
        if isinstance(step.command, CallNext) and step.command.point in step.before.points:
            has = step.before.points[step.command.point].ticket
            new_day = any(isinstance(event, BusinessDayStarted) for event in step.events)
            assert step.refusal or step.command.holding == has or new_day


# ── how many wait ──


@given(days)
def test_people_ahead_rise_only_when_an_earlier_due_one_arrives_or_returns_or_who_calls_them_changes(
    history: History,
) -> None:
    for before, event, after in history.transitions():
        for ticket in waiting(before):
            if before.ahead(ticket) < after.ahead(after.ticket(ticket.id)):
                came = [after.tickets[other] for other in event.tickets_touched()]
                assert any(is_earlier(after, other, ticket) for other in came) or (
                    who_calls(before, ticket) != who_calls(after, after.tickets[ticket.id])
                )


def is_earlier(hall: Hall, other: Ticket, ticket: Ticket) -> bool:
    """Whether it is due before the ticket, or counts as earlier at a point that calls it as a backup."""
    return other.place < ticket.place or any(called_before(at, other, ticket) for at in backups_that_call(hall, ticket))


def who_calls(hall: Hall, ticket: Ticket) -> tuple[Line, list[str]]:
    """The line a ticket waits in, and the points that call it as a backup."""
    return ticket.line, [point.id for point in backups_that_call(hall, ticket)]


@given(years)
def test_nobody_goes_on_waiting_for_a_point_that_closes(history: History) -> None:
    for _, event, after in history.transitions():
        if isinstance(event, PointDeactivated):
            assert all(ticket.for_point != event.point for ticket in after.tickets.values())


@given(years)
def test_ahead_and_waiting_are_counted_right(history: History) -> None:
    hall = history.hall
    counted = {ticket.id: ahead_counted_slowly(hall, ticket) for ticket in waiting(hall)}
    assert hall.all_ahead() == {ticket.id: hall.ahead(ticket) for ticket in waiting(hall)} == counted
    for service in hall.services:
        assert hall.waiting(service) == sum(ticket.service == service for ticket in waiting(hall))


@given(years)
def test_the_lines_are_those_of_the_waiting_tickets(history: History) -> None:
    for step in history.steps:
        tickets = step.after.tickets.values()
        assert _in_use(step.after.lines) == waiting_index(tickets, BY_PLACE)
        assert _in_use(step.after.arrivals) == waiting_index(tickets, BY_ARRIVAL)


def _in_use(lines: Mapping[Line, tuple[Any, ...]]) -> dict[Line, tuple[Any, ...]]:
    return {line: places for line, places in lines.items() if places}


# ── numbers ──


@given(years)
def test_labels_alive_at_once_are_all_different(history: History) -> None:
    for step in history.steps:
        labels = [ticket.label for ticket in step.after.tickets.values()]
        assert len(set(labels)) == len(labels)


@given(years)
def test_labels_never_go_back_on_a_day(history: History) -> None:
    shown: set[str] = set()
    for before, event, after in history.transitions():
        if isinstance(event, BusinessDayStarted):
            shown.clear()
        else:
            assert all(after.counters[prefix] >= counter for prefix, counter in before.counters.items())
        if isinstance(event, TicketIssued):
            assert event.label not in shown
            shown.add(event.label)


@given(years)
def test_sequence_order_clock_and_day_never_go_back(history: History) -> None:
    for before, event, after in history.transitions():
        assert after.seq == before.seq + 1
        assert after.order >= before.order and after.order == event.order
        went_back = before.business_day and (not after.business_day or after.business_day < before.business_day)
        assert bool(went_back) is isinstance(event, BusinessDayCorrected)
        if isinstance(event, TicketIssued):
            assert after.tickets[event.ticket].number == after.seq


# ── the fold ──


@given(years, st.integers(0, 100))
def test_a_snapshot_and_later_events_are_the_fold_from_zero(history: History, cut: int) -> None:
    journal = history.journal
    early = fold(Hall(id="imagined"), journal[:cut])
    snapshot = decode_hall(json.loads(json.dumps(encode_hall(early))))
    later = [decode_event(json.loads(json.dumps(encode_event(event)))) for event in journal[cut:]]
    assert later == journal[cut:]
    assert picture(fold(snapshot, later)) == picture(fold(Hall(id="imagined"), journal)) == picture(history.hall)
    assert fold(snapshot, later) == history.hall


@given(years)
def test_a_refused_command_changes_nothing_and_is_refused_again(history: History) -> None:
    for step in history.steps:
        if step.refusal:
            before = picture(step.before)
            with pytest.raises(Refused) as again:
                decide(step.before, step.command, step.now)
            assert (type(again.value), again.value.detail) == (type(step.refusal), step.refusal.detail)
            assert step.after is step.before
            assert picture(step.after) == before


@given(years)
def test_the_same_hall_decides_the_same(history: History) -> None:
    for step in history.steps:
        if not step.refusal:
            assert decide(step.before, step.command, step.now) == step.events


def test_everything_there_is_happens_in_some_history() -> None:
    """Otherwise these histories would prove little."""
    chance = random.Random(2)
    happened: set[str] = set()
    for _ in range(200):
        choices = [(number(chance), number(chance), number(chance), number(chance)) for _ in range(60)]
        history = play(YEAR, ((30, 10, 0), [(7, 0, 0), (1, 6, 10), (2, 4, 1)]), choices)
        happened |= {event.type_name() for event in history.journal}
        happened |= {step.refusal.type_name() for step in history.steps if step.refusal}
    assert happened >= set(EVENTS) | {
        "point-has-ticket",
        "point-not-active",
        "precedence-not-offered",
        "prefix-taken",
        "service-closed",
        "still-in-use",
        "ticket-not-at-point",
        "ticket-not-called",
        "ticket-not-waiting",
        "unknown-ticket",
        "already-rated",
        "appointment-not-today",
        "nothing-to-undo",
        "service-not-given",
        "ticket-not-parked",
        "ticket-not-served",
        "ticket-not-serving",
        "too-early",
        "too-late",
    }


def number(chance: random.Random) -> int:
    return chance.randrange(840)
