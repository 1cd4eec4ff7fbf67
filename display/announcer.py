"""Announcing calls: one at a time, each with its picture, and a backlog that shortens itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from shared.hall.field_types import TicketId

LONGEST_BACKLOG = 3
"""Calls that may wait for their chime; with more, one chime stands for all of them."""


class Voice(QObject):
    """What can be heard of an announcement."""

    ended = Signal()
    """The sound is over. Never sent from within ``play``."""

    def play(self) -> None:
        """Begin; only called when the one before has ended."""
        raise NotImplementedError

    def close(self) -> None:
        """Be still, and let go of the sound device."""


class Silence(Voice):
    """Lasts as long as a chime and makes no sound, so that pictures still come one after another."""

    def __init__(self, milliseconds: int = 1000, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._milliseconds = milliseconds

    def play(self) -> None:
        QTimer.singleShot(self._milliseconds, self, self.ended.emit)


class Announcer(QObject):
    """Calls wait here for their turn."""

    announced = Signal(str)
    """This ticket is being announced now."""

    def __init__(self, voice: Voice, is_called: Callable[[TicketId], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.waiting: list[TicketId] = []
        self.speaking = False
        self._voice = voice
        self._is_called = is_called
        voice.ended.connect(self._next)

    def announce(self, ticket: TicketId) -> None:
        """Announce this ticket after those that wait; a ticket that waits already is announced once."""
        if ticket not in self.waiting:
            self.waiting.append(ticket)
        if not self.speaking:
            self._next()

    def _next(self) -> None:
        """The next one, or all of them if too many wait; whoever has come or gone meanwhile is left out."""
        called = [ticket for ticket in self.waiting if self._is_called(ticket)]
        turn = len(called) if len(called) > LONGEST_BACKLOG else 1
        now, self.waiting = called[:turn], called[turn:]
        self.speaking = bool(now)
        for ticket in now:
            self.announced.emit(ticket)
        if now:
            self._voice.play()
