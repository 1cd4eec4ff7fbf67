"""The work at one service point: what the hall knows of it, what can be done now, and one wish at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from console import sentences
from console.actions import Action, command, main_action, possible
from console.waiting import Waiting, waiting
from shared.hall.calling import CallNext, TicketCalled
from shared.hall.due import Why
from shared.hall.errors import Failure, Invalid
from shared.hall.hall import Hall, Point, Ticket
from shared.hall.messages import Accepted, Command, Event
from shared.hall.serving import Placement, TicketNoShow, TicketServed, TransferTicket
from shared.hall.wire import decode
from shared.ui.run import every
from shared.ui.station import Station

REST = 400
"""Milliseconds all keys rest once a wish is fulfilled: a double press is not two wishes."""

SLOW = 700
"""Milliseconds after which a wish on its way is shown as such; until then nothing flickers."""

SHOWN = 9_000
"""Milliseconds a sentence stays."""

SETTLED = -1
NEVER_SETTLES = 1 << 62


class ConsoleModel(QObject):
    """One specialist at one service point. It shows the hall and what is pending, and edits nothing itself."""

    changed = Signal()
    """Anything shown may be different."""
    ticked = Signal()
    """A second has passed."""
    sentence_changed = Signal()

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.point_id = ""
        self.sentence = ""
        self.is_refusal = False
        self.served = 0
        self.no_shows = 0
        self._settled_at = SETTLED
        self._resting = QTimer(self, interval=REST, singleShot=True)
        self._slow = QTimer(self, interval=SLOW, singleShot=True)
        self._shown = QTimer(self, interval=SHOWN, singleShot=True)
        self._why: tuple[str, Why] | None = None
        self._listen()

    def _listen(self) -> None:
        self._slow.timeout.connect(self._say_slow)
        self._shown.timeout.connect(self.hush)
        self.station.changed.connect(self._hall_changed)
        self.station.happened.connect(self._happened)
        self.station.reachable_changed.connect(self.changed)
        every(1000, self.ticked.emit, self)

    # ── what there is ──

    @property
    def hall(self) -> Hall | None:
        return self.station.hall

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
        return waiting(self.hall, self.point) if self.hall and self.point else []

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
    def pending(self) -> bool:
        """Whether a wish is on its way, or its events have not come back yet."""
        return self._settled_at != SETTLED

    # ── what can be done ──

    @property
    def main(self) -> Action:
        return main_action(self.point, self.ticket) if self.point else Action.OPEN

    @property
    def ready(self) -> bool:
        """Whether a press counts now: no wish is on its way, and the last one was not a moment ago."""
        return not self.pending and not self._resting.isActive()

    def can(self, action: Action) -> bool:
        """Whether an action is offered. One press is not shown as a flicker: see ``ready``."""
        slow = self.pending and not self._slow.isActive()
        if self.point is None or slow or self.station.away_since:
            return False
        return action in possible(self.point, self.ticket)

    def choose(self, point: str) -> None:
        """Work at this service point from now on."""
        if point != self.point_id:
            self.served = self.no_shows = 0
        self.point_id = point
        self.hush()
        self.changed.emit()

    def press(self) -> None:
        """The main key."""
        self.act(self.main)

    def act(self, action: Action) -> None:
        if self.point and self.ready and self.can(action) and action is not Action.TRANSFER:
            self._send(command(action, self.point, self.ticket))

    def transfer(self, place: Placement, *, service: str | None = None, point: str | None = None) -> None:
        """Send the customer on, to a service or to a service point."""
        if self.ticket and self.ready and self.can(Action.TRANSFER):
            self._send(
                TransferTicket(
                    point=self.point_id, ticket=self.ticket.id, to_service=service, to_point=point, place=place
                )
            )

    # ── up ──

    def _send(self, wish: Command) -> None:
        self._settled_at = NEVER_SETTLES
        self._slow.start()
        self.hush()
        self.station.do(wish, lambda accepted: self._accepted(wish, accepted), self._failed)

    def _accepted(self, wish: Command, accepted: Accepted) -> None:
        """The wish counts as done when the hall shown here has caught up with it, and not before."""
        if isinstance(wish, CallNext):
            self._called(accepted.result)
        self._settled_at = accepted.seq
        self._hall_changed()

    def _called(self, result: dict[str, Any]) -> None:
        if result["ticket"] is None:
            self.say(self.tr("Nobody waits for this service point."))
            return
        try:
            self._why = result["ticket"]["id"], decode(Why, result["why"])
        except Invalid:  # a newer hall gives reasons this version cannot read
            self._why = None

    def _failed(self, failure: Failure) -> None:
        self._settle()
        self.changed.emit()
        self.say(QCoreApplication.translate("Refusals", failure.detail), refusal=True)

    def _settle(self) -> None:
        self._settled_at = SETTLED
        self._slow.stop()
        self._resting.start()

    def _say_slow(self) -> None:
        self.say(self.tr("The hall has not answered yet …"))
        self.changed.emit()

    # ── down ──

    def _hall_changed(self) -> None:
        if self.pending and self.hall and self.hall.seq >= self._settled_at:
            self._settle()
        self.changed.emit()

    def _happened(self, event: Event) -> None:
        if getattr(event, "point", None) != self.point_id:
            return
        if isinstance(event, TicketCalled):
            self._why = event.ticket, event.why
        self.served += isinstance(event, TicketServed)
        self.no_shows += isinstance(event, TicketNoShow)
        self.changed.emit()

    # ── sentences ──

    def say(self, sentence: str, *, refusal: bool = False) -> None:
        """Show a sentence for a while."""
        self.sentence, self.is_refusal = sentence, refusal
        self._shown.start()
        self.sentence_changed.emit()

    def hush(self) -> None:
        """Take the sentence away."""
        self._shown.stop()
        if self.sentence:
            self.sentence = ""
            self.sentence_changed.emit()


def now() -> datetime:
    return datetime.now(UTC)
