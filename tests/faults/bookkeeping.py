"""What the senders of a world know: every command sent, its answers, and what must therefore be true of the hall."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.backend.halls.consistency_check import JournalReplay, ReplayFailed
from shared.hall.calling import CallNext, TicketCalled
from shared.hall.errors import Failure, Unreachable
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket, TicketIssued
from shared.hall.messages import Accepted, Command, Event
from shared.hall.values import TicketState
from tests.faults.backend import JournalledEvent, Outcome
from tests.hall.reference import eligible_in


@dataclass
class SentCommand:
    """One command, however often it was sent, and what its sender was told."""

    command: Command
    sender: str
    answer: Outcome | None = None


@dataclass
class Bookkeeping:
    """The senders' side of a history."""

    commands: dict[str, SentCommand] = field(default_factory=dict)
    abandoned: set[str] = field(default_factory=set)
    """Tickets whose customers walked away before they knew whether they had one."""
    faults: list[str] = field(default_factory=list)

    def sent(self, command: Command, sender: str) -> None:
        self.commands.setdefault(command.command_id, SentCommand(command, sender))

    def heard(self, command: Command, outcome: Outcome) -> None:
        """An answer arrived, perhaps for the second time: it must be the same."""
        if isinstance(outcome, Unreachable):
            return
        entry = self.commands[command.command_id]
        if entry.answer is None:
            entry.answer = outcome
        elif _canonical(entry.answer) != _canonical(outcome):
            self.faults.append(
                f"{command.command_id} was answered {_canonical(entry.answer)}, then {_canonical(outcome)}"
            )

    def audit(self, journal: Iterator[JournalledEvent], final: Hall) -> Iterator[str]:
        """Every contradiction between the journal, the hall and what the senders know."""
        yield from self.faults
        replay = JournalReplay(final.id)
        issued: dict[str, TicketIssued] = {}
        called: dict[str, TicketCalled] = {}
        acted: set[str] = set()
        last = ""
        for written in journal:
            event = written.happened.event
            if written.command_id != last and written.command_id in acted:
                yield f"command {written.command_id} acted twice"
            acted.add(last := written.command_id)
            yield from self._unexpected(replay.hall, event, written.command_id)
            if isinstance(event, TicketIssued):
                if event.ticket in issued:
                    yield f"ticket {event.ticket} was issued twice"
                issued[event.ticket] = event
            if isinstance(event, TicketCalled):
                called[written.command_id] = event
            try:
                yield from replay.apply(written.happened)
            except ReplayFailed as fault:
                yield str(fault)
                return
        if replay.hall != final:
            yield "the hall differs from what its journal tells"
        yield from self._unbalanced(issued, called, final)

    def _unexpected(self, before: Hall, event: Event, command_id: str) -> Iterator[str]:
        entry = self.commands.get(command_id)
        if entry is None:
            yield f"{event.type_name()} happened by a command that nobody sent"
        elif isinstance(event, TicketCalled) and isinstance(entry.command, CallNext):
            due = eligible_in(before, event.point, event.order)
            if not due or due[0].ticket.id != event.ticket:
                yield f"{event.ticket} was called at {event.point}, but was not the first who was due"

    def _unbalanced(
        self, issued: dict[str, TicketIssued], called: dict[str, TicketCalled], final: Hall
    ) -> Iterator[str]:
        for name, entry in self.commands.items():
            answer = entry.answer
            if isinstance(entry.command, IssueTicket):
                yield from self._press(name, answer, issued.get(name), final)
            elif isinstance(entry.command, CallNext) and isinstance(answer, Accepted) and answer.result["ticket"]:
                happened = called.get(name)
                ticket = answer.result["ticket"]["id"]
                if happened is None or (happened.ticket, happened.point) != (ticket, entry.command.point):
                    yield f"{entry.sender} was told to serve {ticket}, but that was never called there"
            if isinstance(answer, Accepted) and answer.seq > final.seq:
                yield f"{name} was answered with event {answer.seq}, and there are only {final.seq}"

    def _press(self, name: str, answer: Outcome | None, event: TicketIssued | None, final: Hall) -> Iterator[str]:
        if answer is None and name not in self.abandoned:
            yield f"the press {name} was never answered"
        if isinstance(answer, Accepted) and event is None:
            yield f"{answer.result['ticket']['label']} is on paper, and was never issued"
        if isinstance(answer, Accepted) and event is not None and event.label != answer.result["ticket"]["label"]:
            yield f"{answer.result['ticket']['label']} is on paper, but {event.label} is what the hall calls"
        if isinstance(answer, Failure) and event is not None:
            yield f"the press {name} was refused, and issued {event.label} all the same"
        waits = name in final.tickets and final.tickets[name].state is TicketState.WAITING
        if name in self.abandoned and waits:
            yield f"{final.tickets[name].label} waits for somebody who has gone"


def _canonical(outcome: Outcome) -> str:
    if isinstance(outcome, Accepted):
        return json.dumps([outcome.seq, outcome.result], sort_keys=True)
    return f"{outcome.type_name()}: {outcome.detail}"
