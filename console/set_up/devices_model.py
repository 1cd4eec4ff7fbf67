"""The devices of a hall as its administrator keeps them: asked for again and again while somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from console import sentences
from shared.access.devices import (
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
from shared.access.request import Done, Request
from shared.hall.errors import Failure, Refused
from shared.ui.event_loop import every
from shared.ui.refusals import why_not
from shared.ui.station import Station

T = TypeVar("T")

EVERY = 3_000
"""Milliseconds between two looks."""


class DevicesModel(QObject):
    """What is here, and who wants to be. ``looked_at`` says whether anybody sees it."""

    changed = Signal()
    confirmed = Signal()
    """The device whose code was typed belongs to this hall."""

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.devices: tuple[Device, ...] = ()
        self.newcomers: tuple[Newcomer, ...] = ()
        self.known = False
        """Whether the lists have been read yet."""
        self.sentence = ""
        self.is_refusal = False
        self.busy = False
        self.looked_at = False
        station.reachable_changed.connect(self.changed)
        every(EVERY, self._look, self)

    def device(self, identity: str) -> Device | None:
        return next((device for device in self.devices if device.id == identity), None)

    # ── looking ──

    def begin(self) -> None:
        """Somebody looks from now on."""
        self.looked_at = True
        self.say("")
        self.read()

    def _look(self) -> None:
        if self.looked_at and not self.busy and self.station.away_since is None:
            self.read()

    def read(self) -> None:
        self.station.request(ListNewcomers(), self._newcomers)
        self.station.request(ListDevices(), self._devices)

    def _newcomers(self, newcomers: tuple[Newcomer, ...]) -> None:
        self.newcomers = newcomers

    def _devices(self, devices: tuple[Device, ...]) -> None:
        self.devices, self.known = devices, True
        self.changed.emit()

    # ── doing ──

    def confirm(self, code: str, name: str) -> None:
        def done(device: Device) -> None:
            self.say(self.tr("“{0}” belongs to this hall now.").format(sentences.in_line(device.name)), refusal=False)
            self.confirmed.emit()

        if not code.strip():
            self.say(self.tr("Type the code that the new device shows."))
        elif not name.strip():
            self.say(self.tr("Give the device a name, so that you find it again."))
        else:
            self._ask(ConfirmPairing(code=code, name=name), done)

    def refuse(self, newcomer: Newcomer) -> None:
        self._ask(RefusePairing(newcomer=newcomer.id), self._nothing)

    def rename(self, device: Device, name: str) -> None:
        def done(renamed: Device) -> None:
            self.say(self.tr("It is called “{0}” now.").format(sentences.in_line(renamed.name)), refusal=False)

        self._ask(RenameDevice(device=device.id, name=name), done)

    def see_troubles(self, device: Device) -> None:
        self._ask(SeeTroubles(device=device.id), self._nothing)

    def revoke(self, device: Device) -> None:
        def done(_: Done) -> None:
            self.say(self.tr("“{0}” is out of service.").format(sentences.in_line(device.name)), refusal=False)

        self._ask(RevokeDevice(device=device.id), done)

    def _ask(self, request: Request[T], done: Callable[[T], None]) -> None:
        """One thing at a time; what has become of it is read at once."""

        def answered(answer: T) -> None:
            self.busy = False
            done(answer)
            self.read()

        if not self.busy:
            self.busy = True
            self.station.request(request, answered, self._failed)
            self.changed.emit()

    def _nothing(self, _: Done) -> None:
        self.say("")

    def say(self, sentence: str, *, refusal: bool = True) -> None:
        self.sentence, self.is_refusal = sentence, refusal
        self.changed.emit()

    def _failed(self, failure: Failure) -> None:
        self.busy = False
        if isinstance(failure, Refused):
            self.say(why_not(failure))
            self.read()
        else:
            self.say(self.tr("The hall can't be reached: nothing is certain yet. Please look again in a moment."))
