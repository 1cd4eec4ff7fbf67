"""One command at a time; an accepted one counts as done once the hall shown here has its events."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from shared.hall.errors import Failure
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command
from shared.hall.units import Milliseconds
from shared.ui.refusals import refusal_text
from shared.ui.station import Station

IGNORE_KEYS_FOR: Milliseconds = 400
"""How long presses count for nothing once a command is done: a double press is not two commands."""

SLOW_AFTER: Milliseconds = 700
"""When a command on its way is shown as such; until then nothing flickers."""

SENTENCE_SHOWN: Milliseconds = 9_000
"""How long a sentence stays."""

NOTHING_PENDING = -1
UNTIL_ANSWERED = 1 << 62  # more than any event's number


class PendingCommand(QObject):
    """The model of a page that sends commands. It shows the hall and what is pending, and edits nothing itself."""

    changed = Signal()
    """Anything shown may be different."""
    sentence_changed = Signal()

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.sentence = ""
        self.is_refusal = False
        self.is_warning = False
        self._pending_until = NOTHING_PENDING
        """The number of the event that ends the command on its way, or one of the constants above."""
        self._ignore_timer = QTimer(self, interval=IGNORE_KEYS_FOR, singleShot=True)
        self._slow_timer = QTimer(self, interval=SLOW_AFTER, singleShot=True)
        self._sentence_timer = QTimer(self, interval=SENTENCE_SHOWN, singleShot=True)
        self._slow_timer.timeout.connect(self._say_slow)
        self._sentence_timer.timeout.connect(self.clear_sentence)
        station.changed.connect(self._on_hall_changed)
        station.reachable_changed.connect(self.changed)

    @property
    def hall(self) -> Hall | None:
        return self.station.hall

    @property
    def pending(self) -> bool:
        """Whether a command is on its way, or accepted and its events have not arrived yet."""
        return self._pending_until != NOTHING_PENDING

    @property
    def ready(self) -> bool:
        """Whether a press counts now: no command is pending, and none was done a moment ago."""
        return not self.pending and not self._ignore_timer.isActive()

    @property
    def is_available(self) -> bool:
        """Whether actions can be offered: the hall is there and not slow. It does not flicker with each press."""
        slow = self.pending and not self._slow_timer.isActive()
        return self.hall is not None and not slow and self.station.away_since is None

    # ── commands and answers ──

    def _send(
        self,
        command: Command,
        done: Callable[[Accepted], object] = lambda _: None,
        failed: Callable[[Failure], object] = lambda _: None,
    ) -> None:
        def accepted(answer: Accepted) -> None:
            if self.sentence == self._slow_sentence():
                self.clear_sentence()
            done(answer)
            self._pending_until = answer.seq
            self._on_hall_changed()

        def refused(failure: Failure) -> None:
            failed(failure)
            self._settle()
            self.changed.emit()
            self.say(refusal_text(failure), refusal=True)

        self._pending_until = UNTIL_ANSWERED
        self._slow_timer.start()
        self.clear_sentence()
        self.station.do(command, accepted, refused)

    def _settle(self) -> None:
        self._pending_until = NOTHING_PENDING
        self._slow_timer.stop()
        self._ignore_timer.start()

    def _say_slow(self) -> None:
        self.say(self._slow_sentence(), warning=True)
        self.changed.emit()

    def _slow_sentence(self) -> str:
        return self.tr("The hall has not answered yet …")

    def _on_hall_changed(self) -> None:
        if self.pending and self.hall and self.hall.seq >= self._pending_until:
            self._settle()
        self.changed.emit()

    # ── sentences ──

    def say(self, sentence: str, *, refusal: bool = False, warning: bool = False) -> None:
        """Show a sentence for SENTENCE_SHOWN; one that is neither refusal nor warning is good news."""
        self.sentence, self.is_refusal, self.is_warning = sentence, refusal, warning
        self._sentence_timer.start()
        self.sentence_changed.emit()

    def clear_sentence(self) -> None:
        self._sentence_timer.stop()
        if self.sentence:
            self.sentence = ""
            self.sentence_changed.emit()
