"""The work at one service point: what the hall knows of it, what can be done now, and what is being written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from console import sentences
from console.actions import Action, command, is_possible, main_action
from console.desk import Desk, Draft
from console.set_aside import set_aside
from console.work.waiting import Waiting, waiting
from console.work.wishes import Wishing
from shared.access.contacts import Contact, ReadContact
from shared.hall.calling import CallNext, TicketCalled
from shared.hall.due import Why, may_be_called
from shared.hall.errors import Invalid
from shared.hall.messages import Accepted, Event, Note
from shared.hall.points import PointDeactivated
from shared.hall.serving import Placement, TicketNoShow, TicketServed
from shared.hall.undo import LastUndone
from shared.hall.values import Point, Ticket
from shared.hall.wire import decode
from shared.ui.order_clock import OrderClock
from shared.ui.run import every
from shared.ui.station import Station


class ConsoleModel(Wishing):
    """One specialist at one service point."""

    ticked = Signal()
    """A second has passed."""

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self.point_id = ""
        self.clock = OrderClock()
        self._served: set[str] = set()
        self._no_shows: set[str] = set()
        self._drafts: dict[str, Draft] = {}
        self.notes: list[Note] = []
        """What was written about the customer at the point before."""
        self.contact = Contact()
        """What that customer said about themselves."""
        self._notes_of = ""
        self._why: tuple[str, Why] | None = None
        self._nobody_said = ""
        """Why nobody was called when somebody pressed for it last."""
        station.happened.connect(self._happened)
        every(1000, self.ticked.emit, self)

    # ── what there is ──

    @property
    def point(self) -> Point | None:
        return self.hall.points.get(self.point_id) if self.hall else None

    @property
    def ticket(self) -> Ticket | None:
        """The customer at the point."""
        point = self.point
        return self.hall.tickets.get(point.ticket) if self.hall and point and point.ticket else None

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
            return sentences.why(self.hall, self._why[1])
        return ""

    @property
    def since(self) -> datetime | None:
        """Since when the customer has been called, or served."""
        return (self.ticket.started_at or self.ticket.called_at) if self.ticket else None

    @property
    def away(self) -> str:
        """The banner while the hall is away."""
        return sentences.away(self.hall, self.station.away_since) if self.station.away_since else ""

    @property
    def served(self) -> int:
        return len(self._served)

    @property
    def no_shows(self) -> int:
        return len(self._no_shows)

    # ── what is written ──

    @property
    def draft(self) -> Draft:
        return self._drafts.get(self.ticket.id, Draft()) if self.ticket else Draft()

    def write(self, *, outcome: str | None = None, note: str | None = None) -> None:
        """Keep what was written about the customer at the point until it is sent, and until it can't be taken back."""
        if self.ticket:
            draft = self.draft
            self._drafts[self.ticket.id] = replace(
                draft,
                outcome=draft.outcome if outcome is None else outcome,
                note=draft.note if note is None else note,
            )

    def _forget_drafts(self) -> None:
        if self.point:
            last = self.point.last.after if self.point.last else ()
            known = {self.point.ticket, *(ticket.id for ticket in last)}
            self._drafts = {ticket: draft for ticket, draft in self._drafts.items() if ticket in known}

    # ── what can be done ──

    def desk(self, chosen: Ticket | None = None) -> Desk | None:
        """Everything that decides what can be done now."""
        if self.hall is None or self.point is None:
            return None
        return Desk(hall=self.hall, point=self.point, now=self.clock.moment, draft=self.draft, chosen=chosen)

    @property
    def main(self) -> Action:
        desk = self.desk()
        return main_action(desk) if desk else Action.OPEN

    def can(self, action: Action, chosen: Ticket | None = None) -> bool:
        """Whether an action is offered."""
        desk = self.desk(chosen)
        return desk is not None and self.reaches and is_possible(action, desk)

    def choose(self, point: str) -> None:
        """Work at this service point from now on."""
        if point != self.point_id:
            self.forget()
        self.point_id = point
        self.hush()
        self.changed.emit()

    def forget(self) -> None:
        """Somebody else works here from now on."""
        self._served, self._no_shows, self._drafts = set(), set(), {}
        self.changed.emit()

    def press(self) -> None:
        """The main key."""
        self.act(self.main)

    def act(self, action: Action, chosen: Ticket | None = None) -> None:
        """Do it at once, if it can be done; ``chosen`` is whom somebody has picked out of a list."""
        if (desk := self.desk(chosen)) and self.ready and self.can(action, chosen):
            wish = command(action, desk)
            self._send(wish, self._called if isinstance(wish, CallNext) else lambda _: None)

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
            self._forget_drafts()
        if self.sentence and self.sentence == self._nobody_said != self._nobody():
            self.hush()
        self._read_notes()
        super()._hall_changed()

    def _read_notes(self) -> None:
        """Ask who they are and what colleagues wrote, once for each customer who comes to the point."""
        ticket = self.ticket.id if self.ticket else ""
        if ticket != self._notes_of:
            self._notes_of, self.notes, self.contact = ticket, [], Contact()
            if ticket:
                self.station.notes(ticket, lambda notes: self._noted(ticket, notes))
                self.station.request(ReadContact(ticket=ticket), lambda contact: self._told(ticket, contact))

    def _noted(self, ticket: str, notes: list[Note]) -> None:
        if ticket == self._notes_of:
            self.notes = notes
            self.changed.emit()

    def _told(self, ticket: str, contact: Contact) -> None:
        if ticket == self._notes_of:
            self.contact = contact
            self.changed.emit()

    def _closed(self, event: PointDeactivated) -> None:
        """Whoever closes is told what becomes of those who wait."""
        back = self.tr("%n customers who were sent here wait for their services again.", "", len(event.tickets))
        services = [("service", service) for service in self.point.services] if self.point else []
        left = sentences.uncalled(self.hall, services) if self.hall else ""
        if event.tickets or left:
            self.say(" ".join(filter(None, [back if event.tickets else "", left])))

    def _happened(self, event: Event) -> None:
        if getattr(event, "point", None) != self.point_id:
            return
        match event:
            case TicketCalled():
                self._why = event.ticket, event.why
            case PointDeactivated():
                self._closed(event)
            case TicketServed():
                self._served.add(event.ticket)
            case TicketNoShow():
                self._no_shows.add(event.ticket)
            case LastUndone():
                self._served.difference_update(event.tickets)
                self._no_shows.difference_update(event.tickets)
            case _:
                pass
        self.changed.emit()
