"""The state of the hall's devices, polled while somebody who may read it sees the alerts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from console.set_up.devices_model import POLL_EVERY
from shared.requests.devices import Device, ListDevices
from shared.ui.event_loop import every
from shared.ui.station import Station


class DeviceAlerts(QObject):
    changed = Signal()

    def __init__(self, station: Station, parent: QObject) -> None:
        super().__init__(parent)
        self.devices: tuple[Device, ...] = ()
        self._station = station
        self._watched = False
        every(POLL_EVERY, self.read, self)

    def set_watched(self, watched: bool) -> None:
        """Start or stop polling; what was read for one person is not shown to the next."""
        if watched != self._watched:
            self._watched = watched
            self.devices = ()
            self.read()

    def read(self) -> None:
        actor = self._station.actor
        if self._watched and actor and actor.role in ListDevices.ALLOWED and self._station.away_since is None:
            self._station.request(ListDevices(), self._on_devices)

    def _on_devices(self, devices: tuple[Device, ...]) -> None:
        self.devices = devices if self._watched else ()
        self.changed.emit()
