"""Which display of its hall a device shows: the one its settings name, or was assigned, or else the hall's first."""

from __future__ import annotations

import json
import logging

from PySide6.QtCore import QObject, Signal

from display.screen.hall_as_shown import hall_as_shown, shows
from shared.durable_files import write_whole
from shared.hall.display_values import Display
from shared.hall.errors import Failure, Refused
from shared.hall.field_types import Id, PointId, TicketId
from shared.hall.hall import Hall
from shared.link.state_files import read
from shared.requests.devices import OwnDevice, ReadOwnDevice
from shared.ui.station import Station

DEFAULT = Display(id="display", name="")
"""What is shown where the hall has no displays."""

log = logging.getLogger(__name__)


class ShownDisplay(QObject):
    """The display this device shows, as its hall has it now."""

    changed = Signal()
    """``value`` is another one."""

    def __init__(self, station: Station, wanted: Id = "", parent: QObject | None = None) -> None:
        """``wanted`` is the id of a display; empty: the one that was assigned to this device."""
        super().__init__(parent)
        self.value = DEFAULT
        self._station = station
        self._wanted = wanted
        self._file = station.memory.sibling_file("device") if station.memory else None
        self._device: Id = (read(self._file, _device_id) or "") if self._file else ""
        self._asks = False
        self._missing: Id = ""  # the display that is wanted and is not there
        station.changed.connect(self._update)
        station.changed.connect(self._ask)
        self._update()

    @property
    def hall(self) -> Hall | None:
        """The hall with what this display shows of it; None while none is known."""
        return hall_as_shown(self._station.hall, self.value) if self._station.hall else None

    def shows(self, ticket_id: TicketId, point: PointId) -> bool:
        """Whether a call of this ticket to this point is shown and said here."""
        hall = self._station.hall
        ticket = hall.tickets.get(ticket_id) if hall else None
        return ticket is not None and shows(self.value, ticket.service, point, ticket.precedence)

    def _update(self) -> None:
        hall = self._station.hall
        if hall is None:
            return
        value = hall.displays.get(self._wanted or hall.assigned.get(self._device, "")) or _first(hall)
        self._say_if_missing(hall, value)
        if value != self.value:
            self.value = value
            self.changed.emit()

    def _say_if_missing(self, hall: Hall, value: Display) -> None:
        missing = self._wanted if self._wanted not in hall.displays else ""
        if missing and not self._missing:
            log.warning("The hall has no display %r: %r is shown in its place.", missing, value.id)
        self._missing = missing

    # ── which device this is ──

    def _ask(self) -> None:
        """Ask the hall once which device this is, and again after a failure of the line; meanwhile, what was known."""
        if not self._asks and not self._wanted:
            self._asks = True
            self._station.request(ReadOwnDevice(), self._know, self._ask_again)

    def _know(self, device: OwnDevice) -> None:
        if device.id != self._device:
            self._device = device.id
            self._remember()
            self._update()

    def _ask_again(self, failure: Failure) -> None:
        self._asks = isinstance(failure, Refused)  # a backend of an earlier version, which has assigned nothing
        log.info("%s", failure.detail)

    def _remember(self) -> None:
        try:
            if self._file:
                write_whole(self._file, json.dumps({"id": self._device}))
        except OSError as error:
            log.warning("the id of this device could not be saved: %s", error)


def _first(hall: Hall) -> Display:
    return next(iter(hall.displays.values()), DEFAULT)


def _device_id(text: str) -> Id:
    return str(json.loads(text)["id"])
