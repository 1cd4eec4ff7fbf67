"""What the senders of a world know: every wish, the answers that came, and what must be true of the hall therefore."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.backend.halls.consistency_check import JournalReplay, Untellable
from shared.hall.calling import CallNext, TicketCalled
from shared.hall.errors import Failure, Unreachable
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket, TicketIssued
from shared.hall.messages import Accepted, Command, Event
from shared.hall.values import TicketState
from tests.faults.backend import Outcome, Written
from tests.hall.reference import eligible_in


@dataclass
class Wish:
    """One command, however often it was sent, and what its sender was told."""

    command: Command
    sender: str
    told: Outcome | None = None


@dataclass
class RequestContext:
    """The senders' side of a history."""

    wishes: dict[str, Wish] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    """Tickets whose customers walked away before they knew whether they had one."""
    faults: list[str] = field(default_factory=list)

    def sent(self, command: Command, sender: str) -> None:
        self.wishes.setdefault(command.command_id, Wish(command, sender))

    def heard(self, command: Command, outcome: Outcome) -> None:
        """An answer arrived, perhaps for the second time: it must be the same."""
        if isinstance(outcome, Unreachable):
            return
        wish = self.wishes[command.command_id]
        if wish.told is None:
            wish.told = outcome
        elif _said(wish.told) != _said(outcome):
            self.faults.append(f"{command.command_id} was answered {_said(wish.told)}, then {_said(outcome)}")

    def audit(self, journal: Iterator[Written], final: Hall) -> Iterator[str]:
        """Everything in which the journal, the hall and the senders' books contradict one another."""
        yield from self.faults
        story = JournalReplay(final.id)
        issued: dict[str, TicketIssued] = {}
        called: dict[str, TicketCalled] = {}
        acted: set[str] = set()
        last = ""
        for written in journal:
            event = written.happened.event
            if written.command_id != last and written.command_id in acted:
                yield f"command {written.command_id} acted twice"
            acted.add(last := written.command_id)
            yield from self._expected(story.hall, event, written.command_id)
            if isinstance(event, TicketIssued):
                if event.ticket in issued:
                    yield f"ticket {event.ticket} was issued twice"
                issued[event.ticket] = event
            if isinstance(event, TicketCalled):
                called[written.command_id] = event
            try:
                yield from story.goes_on(written.happened)
            except Untellable as fault:
                yield str(fault)
                return
        if story.hall != final:
            yield "the hall differs from what its journal tells"
        yield from self._balanced(issued, called, final)

    def _expected(self, before: Hall, event: Event, command_id: str) -> Iterator[str]:
        wish = self.wishes.get(command_id)
        if wish is None:
            yield f"{event.type_name()} happened by a command that nobody sent"
        elif isinstance(event, TicketCalled) and isinstance(wish.command, CallNext):
            due = eligible_in(before, event.point, event.order)
            if not due or due[0][2].id != event.ticket:
                yield f"{event.ticket} was called at {event.point}, but was not the first who was due"

    def _balanced(self, issued: dict[str, TicketIssued], called: dict[str, TicketCalled], final: Hall) -> Iterator[str]:
        for name, wish in self.wishes.items():
            told = wish.told
            if isinstance(wish.command, IssueTicket):
                yield from self._press(name, told, issued.get(name), final)
            elif isinstance(wish.command, CallNext) and isinstance(told, Accepted) and told.result["ticket"]:
                happened = called.get(name)
                ticket = told.result["ticket"]["id"]
                if happened is None or (happened.ticket, happened.point) != (ticket, wish.command.point):
                    yield f"{wish.sender} was told to serve {ticket}, but that was never called there"
            if isinstance(told, Accepted) and told.seq > final.seq:
                yield f"{name} was answered with event {told.seq}, and there are only {final.seq}"

    def _press(self, name: str, told: Outcome | None, event: TicketIssued | None, final: Hall) -> Iterator[str]:
        if told is None and name not in self.given_up:
            yield f"the press {name} was never answered"
        if isinstance(told, Accepted) and event is None:
            yield f"{told.result['ticket']['label']} is on paper, and was never issued"
        if isinstance(told, Accepted) and event is not None and event.label != told.result["ticket"]["label"]:
            yield f"{told.result['ticket']['label']} is on paper, but {event.label} is what the hall calls"
        if isinstance(told, Failure) and event is not None:
            yield f"the press {name} was refused, and issued {event.label} all the same"
        waits = name in final.tickets and final.tickets[name].state is TicketState.WAITING
        if name in self.given_up and waits:
            yield f"{final.tickets[name].label} waits for somebody who has gone"


def _said(outcome: Outcome) -> str:
    if isinstance(outcome, Accepted):
        return json.dumps([outcome.seq, outcome.result], sort_keys=True)
    return f"{outcome.type_name()}: {outcome.detail}"
