"""The devices of a hall, paired and renamed and revoked here: polled while their page is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from console import sentences
from shared.hall.display_values import DisplayId
from shared.hall.displays import AssignDisplay
from shared.hall.errors import Failure, Refused
from shared.hall.messages import Accepted
from shared.hall.units import Milliseconds
from shared.requests.devices import (
    ConfirmPairing,
    Device,
    ListDevices,
    ListNewcomers,
    Newcomer,
    RefusePairing,
    RenameDevice,
    RevokeDevice,
    SeeTroubles,
)
from shared.requests.request import Done, Request
from shared.ui.event_loop import every
from shared.ui.refusals import refusal_text
from shared.ui.station import Station

T = TypeVar("T")

POLL_EVERY: Milliseconds = 3_000
"""How often the lists are read while somebody sees them."""


class DevicesModel(QObject):
    """The paired devices and the newcomers; they are polled while ``watched``."""

    changed = Signal()
    confirmed = Signal()
    """The device whose code was typed belongs to this hall."""

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.devices: tuple[Device, ...] = ()
        self.newcomers: tuple[Newcomer, ...] = ()
        self.is_read = False
        """Whether the devices have been read yet."""
        self.sentence = ""
        self.is_refusal = False
        self.busy = False
        self.watched = False
        for changed in (station.changed, station.reachable_changed):
            changed.connect(self.changed)
        every(POLL_EVERY, self._poll, self)

    def device(self, device_id: str) -> Device | None:
        return next((device for device in self.devices if device.id == device_id), None)

    # ── reading ──

    def begin(self) -> None:
        """Start polling: the page is open."""
        self.watched = True
        self.say("")
        self.read()

    def _poll(self) -> None:
        if self.watched and not self.busy and self.station.away_since is None:
            self.read()

    def read(self) -> None:
        self.station.request(ListNewcomers(), self._on_newcomers)
        self.station.request(ListDevices(), self._on_devices)

    def _on_newcomers(self, newcomers: tuple[Newcomer, ...]) -> None:
        self.newcomers = newcomers

    def _on_devices(self, devices: tuple[Device, ...]) -> None:
        self.devices, self.is_read = devices, True
        self.changed.emit()

    # ── doing ──

    def confirm(self, code: str, name: str) -> None:
        def done(device: Device) -> None:
            name = sentences.in_sentence(device.name)
            self.say(self.tr("“{0}” belongs to this hall now.").format(name), refusal=False)
            self.confirmed.emit()

        if not code.strip():
            self.say(self.tr("Type the code that the new device shows."))
        elif not name.strip():
            self.say(self.tr("Give the device a name, so that you find it again."))
        else:
            self._send(ConfirmPairing(code=code, name=name), done)

    def refuse(self, newcomer: Newcomer) -> None:
        self._send(RefusePairing(newcomer=newcomer.id), self._clear_sentence)

    def rename(self, device: Device, name: str) -> None:
        def done(renamed: Device) -> None:
            self.say(self.tr("It is called “{0}” now.").format(sentences.in_sentence(renamed.name)), refusal=False)

        self._send(RenameDevice(device=device.id, name=name), done)

    def assign(self, device: Device, display: DisplayId | None) -> None:
        """Let a display device show another display from now on; None: the hall's first one."""

        def done(_: Accepted) -> None:
            self.busy = False
            self.say(self.tr("“{0}” changes now.").format(sentences.in_sentence(device.name)), refusal=False)

        if not self.busy:
            self.busy = True
            self.station.do(AssignDisplay(device=device.id, display=display), done, self._on_failure)
            self.changed.emit()

    def acknowledge_troubles(self, device: Device) -> None:
        self._send(SeeTroubles(device=device.id), self._clear_sentence)

    def revoke(self, device: Device) -> None:
        def done(_: Done) -> None:
            self.say(self.tr("“{0}” is out of service.").format(sentences.in_sentence(device.name)), refusal=False)

        self._send(RevokeDevice(device=device.id), done)

    def _send(self, request: Request[T], done: Callable[[T], None]) -> None:
        """Send a request unless one is on its way; once it is answered, the lists are read again."""

        def answered(answer: T) -> None:
            self.busy = False
            done(answer)
            self.read()

        if not self.busy:
            self.busy = True
            self.station.request(request, answered, self._on_failure)
            self.changed.emit()

    def _clear_sentence(self, _: Done) -> None:
        self.say("")

    def say(self, sentence: str, *, refusal: bool = True) -> None:
        self.sentence, self.is_refusal = sentence, refusal
        self.changed.emit()

    def _on_failure(self, failure: Failure) -> None:
        self.busy = False
        if isinstance(failure, Refused):
            self.say(refusal_text(failure))
            self.read()
        else:
            self.say(self.tr("The hall can't be reached: nothing is certain yet. Please look again in a moment."))
