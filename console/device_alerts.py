"""How the devices are, asked again and again on behalf of whoever may know and sees the alerts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from console.set_up.devices_model import EVERY
from shared.access.devices import Device, ListDevices
from shared.ui.event_loop import every
from shared.ui.station import Station


class DeviceAlerts(QObject):
    """The devices of the hall. ``looked_at`` says whether anybody sees it."""

    changed = Signal()

    def __init__(self, station: Station, parent: QObject) -> None:
        super().__init__(parent)
        self.devices: tuple[Device, ...] = ()
        self._station = station
        self._looked_at = False
        every(EVERY, self.read, self)

    def look(self, looked_at: bool) -> None:
        """Whoever looks sees nothing that was read for somebody else."""
        if looked_at != self._looked_at:
            self._looked_at = looked_at
            self.devices = ()
            self.read()

    def read(self) -> None:
        actor = self._station.actor
        if self._looked_at and actor and actor.role in ListDevices.ALLOWED and self._station.away_since is None:
            self._station.request(ListDevices(), self._read)

    def _read(self, devices: tuple[Device, ...]) -> None:
        self.devices = devices if self._looked_at else ()
        self.changed.emit()
