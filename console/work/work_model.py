"""The work at one service point: who waits, which actions are possible now, and sending them as commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from console import sentences
from console.actions import Action, action_of_main_key, command_for, is_possible
from console.point_state import PointState
from console.set_aside import set_aside_at
from console.work.drafts import Drafts
from console.work.visit_notes import VisitNotes
from console.work.waiting_list import Waiting, waiting_at
from shared.hall.business_day import BusinessDayStarted
from shared.hall.calling import CallNext, TicketCalled
from shared.hall.errors import Invalid
from shared.hall.json_codec import decode
from shared.hall.messages import Accepted, Event
from shared.hall.next_ticket import Why, may_be_called
from shared.hall.points import PointDeactivated
from shared.hall.serving import Placement, TicketMovedOn, TicketNoShow, TicketServed
from shared.hall.undo import LastUndone
from shared.hall.units import Milliseconds, Minutes
from shared.hall.values import Ticket
from shared.requests.specialists import OwnDay, ReadOwnDay
from shared.ui.clocks import OrderClock
from shared.ui.event_loop import every
from shared.ui.station import Station

NOTE_SENT_FIRST = frozenset({Action.RETURN, Action.NO_SHOW})
"""Actions by which the customer leaves this point, whose commands carry no note: an unsent one is sent beforehand."""

TICK: Milliseconds = 1_000
"""How often ``ticked`` is emitted."""


class CallReasons(NamedTuple):
    ticket_id: str
    reasons: Why


class WorkModel(VisitNotes):
    """The console at one service point.

    Inherits: sending (``PendingCommand``), who holds the point (``PointOccupancy``), drafts and notes (``VisitNotes``).
    """

    ticked = Signal()

    def __init__(
        self, station: Station, console_name: str = "", drafts: Drafts | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(station, console_name, drafts or Drafts(None), parent)
        self.clock = OrderClock()
        self.own_day = OwnDay()
        """What the person signed in did on this business day, at any console."""
        self._call_reasons: CallReasons | None = None
        self._nobody_sentence = ""
        """What was said after the last call that found nobody."""
        station.event_happened.connect(self._on_event)
        station.reachable_changed.connect(self._read_own_day)
        every(TICK, self.ticked.emit, self)
        self.ticked.connect(self.take_if_not_taken_yet)

    # ── what there is ──

    @property
    def waiting(self) -> list[Waiting]:
        return waiting_at(self.hall, self.point, self.clock.moment) if self.hall and self.point else []

    @property
    def set_aside(self) -> list[Ticket]:
        """The tickets that may be brought back here."""
        return set_aside_at(self.hall, self.point, self.clock.moment.wall) if self.hall and self.point else []

    @property
    def call_sentence(self) -> str:
        """Why this customer was called, in one sentence; empty if this console did not hear of it."""
        if self.hall and self.ticket and self._call_reasons and self._call_reasons.ticket_id == self.ticket.id:
            return sentences.call_reasons(self.hall, self._call_reasons.reasons)
        return ""

    @property
    def since(self) -> datetime | None:
        """Since when the customer has been called, or served."""
        return (self.ticket.started_at or self.ticket.called_at) if self.ticket else None

    @property
    def blocked_because(self) -> str:
        """The banner's sentence: the hall is away, or the point is somebody else's; empty otherwise."""
        return sentences.outage(self.hall, self.station.away_since) if self.station.away_since else self.lost_sentence

    # ── what can be done ──

    def point_state(self, chosen: Ticket | None = None, pause: Minutes = 0) -> PointState | None:
        """Everything that decides which actions are possible now; None without a hall or a point."""
        if self.hall is None or self.point is None:
            return None
        return PointState(
            hall=self.hall,
            point=self.point,
            now=self.clock.moment,
            draft=self.draft,
            shift=self.shift,
            chosen=chosen,
            pause=pause,
        )

    @property
    def main_action(self) -> Action:
        state = self.point_state()
        return action_of_main_key(state) if state else Action.OPEN

    def can(self, action: Action, chosen: Ticket | None = None) -> bool:
        """Whether to offer an action; without ``ready``, so that buttons do not flicker while a command is sent."""
        state = self.point_state(chosen)
        return state is not None and self.is_available and is_possible(action, state)

    def work_at(self, point_id: str, instead_of: str = "") -> None:
        """Work at this service point from now on; ``instead_of`` is the login of the person known to work there."""
        if point_id != self.point_id:
            self.leave()
        self.clear_sentence()
        self.take(point_id, instead_of)
        self._read_own_day()
        self._load_customer()
        self.changed.emit()

    def leave(self) -> None:
        self.own_day = OwnDay()
        super().leave()

    def press_main_key(self) -> None:
        self.act(self.main_action)

    def act(
        self,
        action: Action,
        chosen: Ticket | None = None,
        on_done: Callable[[], object] = lambda: None,
        pause: Minutes = 0,
    ) -> None:
        """Send the command of an action if it is possible; ``chosen`` is the ticket picked out of a list.

        ``on_done`` is called once the hall has accepted the command, except after a call of the next customer.
        """
        if (state := self.point_state(chosen, pause)) and self.ready and self.can(action, chosen):
            if action in NOTE_SENT_FIRST:
                self.send_note()
            command, drafted = command_for(action, state), self._drafted_visit()

            def accepted(answer: Accepted) -> None:
                self._clear_sent_draft(command, drafted)
                if isinstance(command, CallNext):
                    self._on_called(answer)
                else:
                    on_done()

            self._send(command, accepted, self._on_refused)

    def transfer(self, placement: Placement, *, service: str | None = None, point: str | None = None) -> None:
        """Transfer the customer to a service or to a service point, by id."""
        self._act_with(Action.TRANSFER, to_service=service, to_point=point, placement=placement)

    def park(self, reason: str) -> None:
        self._act_with(Action.PARK, reason=reason)

    def pause(self, minutes: Minutes) -> None:
        """Pause for this long; 0: it is not said. During a pause, say anew how long it lasts from now on."""
        self.act(Action.PAUSE_FOR, pause=minutes)

    def _act_with(self, action: Action, **draft_fields: Any) -> None:
        if self.ticket and self.ready and self.can(action):
            self._drafts[self.ticket.id] = replace(self.draft, **draft_fields)
            self.act(action)

    # ── answers ──

    def _on_called(self, accepted: Accepted) -> None:
        result = accepted.result
        if result["ticket"] is None:
            self._nobody_sentence = self._why_nobody()
            self.say(self._nobody_sentence)
            return
        try:
            self._call_reasons = CallReasons(result["ticket"]["id"], decode(Why, result["why"]))
        except Invalid:  # a newer hall gives reasons this version cannot read
            self._call_reasons = None

    def _why_nobody(self) -> str:
        """Why nobody can be called; empty if somebody can."""
        if not self.waiting:
            return self.tr("Nobody is waiting for this service point.")
        if any(may_be_called(waits.ticket, self.clock.moment) for waits in self.waiting):
            return ""
        return self.tr("Nobody who is waiting may be called yet.")

    # ── what the hall tells ──

    def _on_hall_changed(self) -> None:
        if self.hall:
            self.clock.see(self.hall)
        shows_nobody = self.sentence and self.sentence == self._nobody_sentence
        if shows_nobody and self._nobody_sentence != self._why_nobody():
            self.clear_sentence()
        super()._on_hall_changed()

    def _on_point_closed(self, event: PointDeactivated) -> None:
        """Say what happens to the people waiting for the point that closed."""
        back = self.tr("%n customers who were sent here are waiting for their services again.", "", len(event.tickets))
        lines = [line for line, _ in self.point.drawn_lines()] if self.point else []
        uncalled = sentences.uncalled_warning(self.hall, lines) if self.hall else ""
        if event.tickets or uncalled:
            self.say(" ".join(filter(None, [back if event.tickets else "", uncalled])), warning=bool(uncalled))

    def _on_event(self, event: Event) -> None:
        if isinstance(event, (LastUndone, BusinessDayStarted)):
            self._read_own_day()
        if getattr(event, "point", None) != self.point_id:
            return
        match event:
            case TicketCalled():
                self._call_reasons = CallReasons(event.ticket, event.why)
            case PointDeactivated():
                self._on_point_closed(event)
            case TicketServed() | TicketMovedOn() | TicketNoShow():
                self._read_own_day()
            case _:
                pass
        self.changed.emit()

    def _read_own_day(self) -> None:
        """Read ``own_day`` from the hall, which knows all consoles."""
        if self.point_id and self.station.actor and self.station.away_since is None:
            self.station.request(ReadOwnDay(), self._on_own_day)

    def _on_own_day(self, day: OwnDay) -> None:
        if self.point_id:
            self.own_day = day
            self.changed.emit()
