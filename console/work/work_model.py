"""The work at one service point: what the hall knows of it, what can be done now, and what is being written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from console import sentences
from console.actions import Action, command, is_possible, main_action
from console.point_state import PointState
from console.set_aside import set_aside
from console.work.drafts import Drafts
from console.work.visit_notes import VisitNotes
from console.work.waiting_list import Waiting, waiting
from shared.access.specialists import OwnDay, ReadOwnDay
from shared.hall.business_day import BusinessDayStarted
from shared.hall.calling import CallNext, TicketCalled
from shared.hall.calling_order import Why, may_be_called
from shared.hall.errors import Invalid
from shared.hall.json_codec import decode
from shared.hall.messages import Accepted, Event
from shared.hall.points import PointDeactivated
from shared.hall.serving import Placement, TicketMovedOn, TicketNoShow, TicketServed
from shared.hall.undo import LastUndone
from shared.hall.values import Ticket
from shared.ui.clocks import OrderClock
from shared.ui.event_loop import every
from shared.ui.station import Station

SENT_AWAY = frozenset({Action.RETURN, Action.NO_SHOW})
"""What ends a customer's time here without taking a note along: it is kept before."""


class WorkModel(VisitNotes):
    """One specialist at one service point."""

    ticked = Signal()
    """A second has passed."""

    def __init__(
        self, station: Station, console: str = "", drafts: Drafts | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(station, console, drafts or Drafts(None), parent)
        self.clock = OrderClock()
        self.day = OwnDay()
        """What whoever sits here did today, wherever they did it."""
        self._why: tuple[str, Why] | None = None
        self._nobody_said = ""
        """Why nobody was called when somebody pressed for it last."""
        station.happened.connect(self._happened)
        station.reachable_changed.connect(self._count)
        every(1000, self.ticked.emit, self)
        self.ticked.connect(self.take_again)

    # ── what there is ──

    @property
    def waiting(self) -> list[Waiting]:
        return waiting(self.hall, self.point, self.clock.moment) if self.hall and self.point else []

    @property
    def set_aside(self) -> list[Ticket]:
        """Who may be brought back here."""
        return set_aside(self.hall, self.point, self.clock.moment.wall) if self.hall and self.point else []

    @property
    def why(self) -> str:
        """Why this customer, in one sentence; nothing if this console was not there when it was decided."""
        if self.hall and self.ticket and self._why and self._why[0] == self.ticket.id:
            return sentences.call_reasons(self.hall, self._why[1])
        return ""

    @property
    def since(self) -> datetime | None:
        """Since when the customer has been called, or served."""
        return (self.ticket.started_at or self.ticket.called_at) if self.ticket else None

    @property
    def away(self) -> str:
        """The banner while nothing can be done here: the hall is away, or the point is somebody else's."""
        return sentences.away(self.hall, self.station.away_since) if self.station.away_since else self.lost

    @property
    def served(self) -> int:
        return self.day.served

    @property
    def no_shows(self) -> int:
        return self.day.no_shows

    # ── what can be done ──

    def desk(self, chosen: Ticket | None = None) -> PointState | None:
        """Everything that decides what can be done now."""
        if self.hall is None or self.point is None:
            return None
        return PointState(
            hall=self.hall,
            point=self.point,
            now=self.clock.moment,
            draft=self.draft,
            shift=self.shift,
            chosen=chosen,
        )

    @property
    def main(self) -> Action:
        desk = self.desk()
        return main_action(desk) if desk else Action.OPEN

    def can(self, action: Action, chosen: Ticket | None = None) -> bool:
        """Whether an action is offered."""
        desk = self.desk(chosen)
        return desk is not None and self.reaches and is_possible(action, desk)

    def choose(self, point: str, instead_of: str = "") -> None:
        """Work at this service point from now on; see ``take``."""
        if point != self.point_id:
            self.leave()
        self.hush()
        self.take(point, instead_of)
        self._count()
        self._look_at_customer()
        self.changed.emit()

    def leave(self) -> None:
        self.day = OwnDay()
        super().leave()

    def press(self) -> None:
        """The main key."""
        self.act(self.main)

    def act(self, action: Action, chosen: Ticket | None = None, then: Callable[[], object] = lambda: None) -> None:
        """Do it at once, if it can be done; ``chosen`` is whom somebody has picked out of a list."""
        if (desk := self.desk(chosen)) and self.ready and self.can(action, chosen):
            if action in SENT_AWAY:
                self.keep_note()
            wish, visit = command(action, desk), self._visit()

            def accepted(answer: Accepted) -> None:
                self._took_along(wish, visit)
                if isinstance(wish, CallNext):
                    self._called(answer)
                else:
                    then()

            self._send(wish, accepted, self._refused)

    def transfer(self, place: Placement, *, service: str | None = None, point: str | None = None) -> None:
        """Send the customer on, to a service or to a service point."""
        self._act_with(Action.TRANSFER, to_service=service, to_point=point, place=place)

    def park(self, reason: str) -> None:
        """Let the visit pause; ``reason`` is for colleagues."""
        self._act_with(Action.PARK, reason=reason)

    def _act_with(self, action: Action, **written: Any) -> None:
        if self.ticket and self.ready and self.can(action):
            self._drafts[self.ticket.id] = replace(self.draft, **written)
            self.act(action)

    # ── up ──

    def _called(self, accepted: Accepted) -> None:
        result = accepted.result
        if result["ticket"] is None:
            self._nobody_said = self._nobody()
            self.say(self._nobody_said)
            return
        try:
            self._why = result["ticket"]["id"], decode(Why, result["why"])
        except Invalid:  # a newer hall gives reasons this version cannot read
            self._why = None

    def _nobody(self) -> str:
        """Why nobody can be called; nothing as soon as somebody can."""
        if not self.waiting:
            return self.tr("Nobody waits for this service point.")
        if any(may_be_called(waits.ticket, self.clock.moment) for waits in self.waiting):
            return ""
        return self.tr("Those who wait have an appointment later.")

    # ── down ──

    def _hall_changed(self) -> None:
        if self.hall:
            self.clock.see(self.hall)
        if self.sentence and self.sentence == self._nobody_said != self._nobody():
            self.hush()
        super()._hall_changed()

    def _closed(self, event: PointDeactivated) -> None:
        """Whoever closes is told what becomes of those who wait."""
        back = self.tr("%n customers who were sent here wait for their services again.", "", len(event.tickets))
        lines = [line for line, _ in self.point.draws()] if self.point else []
        left = sentences.uncalled(self.hall, lines) if self.hall else ""
        if event.tickets or left:
            self.say(" ".join(filter(None, [back if event.tickets else "", left])), warning=bool(left))

    def _happened(self, event: Event) -> None:
        if isinstance(event, (LastUndone, BusinessDayStarted)):
            self._count()
        if getattr(event, "point", None) != self.point_id:
            return
        match event:
            case TicketCalled():
                self._why = event.ticket, event.why
            case PointDeactivated():
                self._closed(event)
            case TicketServed() | TicketMovedOn() | TicketNoShow():
                self._count()
            case _:
                pass
        self.changed.emit()

    def _count(self) -> None:
        """The hall knows the whole of somebody's day, whichever console they sat at."""
        if self.point_id and self.station.actor and self.station.away_since is None:
            self.station.request(ReadOwnDay(), self._counted)

    def _counted(self, day: OwnDay) -> None:
        if self.point_id:
            self.day = day
            self.changed.emit()
