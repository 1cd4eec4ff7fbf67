"""One wish at a time: what is asked of the hall counts as done when the hall shown here has caught up with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from shared.hall.errors import Failure
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command
from shared.ui.refusals import why_not
from shared.ui.station import Station

REST = 400
"""Milliseconds all keys rest once a wish is fulfilled: a double press is not two wishes."""

SLOW = 700
"""Milliseconds after which a wish on its way is shown as such; until then nothing flickers."""

SHOWN = 9_000
"""Milliseconds a sentence stays."""

SETTLED = -1
NEVER_SETTLES = 1 << 62


class PendingCommand(QObject):
    """Somebody who asks things of the hall. It shows the hall and what is pending, and edits nothing itself."""

    changed = Signal()
    """Anything shown may be different."""
    sentence_changed = Signal()

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.sentence = ""
        self.is_refusal = False
        self.is_warning = False
        self._settled_at = SETTLED
        self._resting = QTimer(self, interval=REST, singleShot=True)
        self._slow = QTimer(self, interval=SLOW, singleShot=True)
        self._shown = QTimer(self, interval=SHOWN, singleShot=True)
        self._slow.timeout.connect(self._say_slow)
        self._shown.timeout.connect(self.hush)
        station.changed.connect(self._hall_changed)
        station.reachable_changed.connect(self.changed)

    @property
    def hall(self) -> Hall | None:
        return self.station.hall

    @property
    def pending(self) -> bool:
        """Whether a wish is on its way, or its events have not come back yet."""
        return self._settled_at != SETTLED

    @property
    def ready(self) -> bool:
        """Whether a press counts now: no wish is on its way, and the last one was not a moment ago."""
        return not self.pending and not self._resting.isActive()

    @property
    def reaches(self) -> bool:
        """Whether anything can be offered at all. One press is not shown as a flicker: see ``ready``."""
        slow = self.pending and not self._slow.isActive()
        return self.hall is not None and not slow and self.station.away_since is None

    # ── up and down ──

    def _send(
        self,
        wish: Command,
        done: Callable[[Accepted], object] = lambda _: None,
        failed: Callable[[Failure], object] = lambda _: None,
    ) -> None:
        def accepted(answer: Accepted) -> None:
            if self.sentence == self._slow_sentence():
                self.hush()
            done(answer)
            self._settled_at = answer.seq
            self._hall_changed()

        def refused(failure: Failure) -> None:
            failed(failure)
            self._settle()
            self.changed.emit()
            self.say(why_not(failure), refusal=True)

        self._settled_at = NEVER_SETTLES
        self._slow.start()
        self.hush()
        self.station.do(wish, accepted, refused)

    def _settle(self) -> None:
        self._settled_at = SETTLED
        self._slow.stop()
        self._resting.start()

    def _say_slow(self) -> None:
        self.say(self._slow_sentence(), warning=True)
        self.changed.emit()

    def _slow_sentence(self) -> str:
        return self.tr("The hall has not answered yet …")

    def _hall_changed(self) -> None:
        if self.pending and self.hall and self.hall.seq >= self._settled_at:
            self._settle()
        self.changed.emit()

    # ── sentences ──

    def say(self, sentence: str, *, refusal: bool = False, warning: bool = False) -> None:
        """Show a sentence for a while; what is neither refusal nor warning is good news."""
        self.sentence, self.is_refusal, self.is_warning = sentence, refusal, warning
        self._shown.start()
        self.sentence_changed.emit()

    def hush(self) -> None:
        """Take the sentence away."""
        self._shown.stop()
        if self.sentence:
            self.sentence = ""
            self.sentence_changed.emit()
