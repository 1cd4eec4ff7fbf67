"""Announces calls one at a time, sound and picture together; a long backlog is announced as one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from shared.hall.field_types import TicketId
from shared.hall.units import Milliseconds

MAX_BACKLOG = 3
"""Calls that may wait for their chime; with more, one chime stands for all of them."""


class Voice(QObject):
    """The sound of an announcement."""

    ended = Signal()
    """The sound is over. Never emitted from within ``play``."""

    def play(self) -> None:
        """Start the sound; may only be called when the one before has ended."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop the sound, and release the sound device."""


class Silence(Voice):
    """Lasts about as long as a chime and makes no sound, so that pictures still come one after another."""

    def __init__(self, milliseconds: Milliseconds = 1000, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._milliseconds = milliseconds

    def play(self) -> None:
        QTimer.singleShot(self._milliseconds, self, self.ended.emit)


class Announcer(QObject):
    """Announces called tickets in turn; those that have to wait are its backlog."""

    announced = Signal(str)
    """This ticket is being announced now."""

    def __init__(self, voice: Voice, is_called: Callable[[TicketId], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.backlog: list[TicketId] = []
        self.speaking = False
        self._voice = voice
        self._is_called = is_called
        voice.ended.connect(self._next)

    def announce(self, ticket: TicketId) -> None:
        """Announce this ticket after those in the backlog; one that is in it already is announced once."""
        if ticket not in self.backlog:
            self.backlog.append(ticket)
        if not self.speaking:
            self._next()

    def _next(self) -> None:
        """Announce the next ticket, or all if too many wait, without those that are no longer called."""
        called = [ticket for ticket in self.backlog if self._is_called(ticket)]
        count = len(called) if len(called) > MAX_BACKLOG else 1
        now, self.backlog = called[:count], called[count:]
        self.speaking = bool(now)
        for ticket in now:
            self.announced.emit(ticket)
        if now:
            self._voice.play()
